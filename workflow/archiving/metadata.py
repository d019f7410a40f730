"""Metadata of the record, named as DA/T 46-2009 names its elements.

Only the names are taken from the standard; the package claims no conformity with DA/T 46 or DA/T 48.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from ..messages import Language, render
from ..showing.pages import name_of, show_instant
from .completeness import archive_of
from .gathering import Gathered
from .items import Item, Retained


@dataclass(frozen=True, slots=True)
class Fonds:
    """To whose archive a record belongs.

    Args:
        name: of the fonds (全宗名称).
        creator: the body whose records they are (立档单位名称).
        number: of the fonds (全宗号); empty while the archive has given none.
        item: the number that the archive gives the record (档号); empty while it has given none.
    """

    name: str
    creator: str
    number: str = ""
    item: str = ""


def metadata(
    found: Gathered, kept: Retained, fonds: Fonds, listed: Sequence[Item], language: Language
) -> dict[str, Any]:
    """Return what is said of the record: where it is from, what it is of, who took part, and what was done."""
    case, zone = found.view.case, found.view.zone
    closed = case.closed_at or max(entry.event.effective_at for entry in found.history)
    return {
        "聚合层次": "案卷",
        "来源": {"全宗号": fonds.number, "全宗名称": fonds.name, "立档单位名称": fonds.creator},
        "电子文件号": f"{found.office}:{case.number}",
        "档号": {
            "编号": fonds.item,
            "年度": show_instant(closed, zone)[:4],
            "保管期限": kept.retention_text,
            "机构或问题": found.procedure.title.of(language.code),
        },
        "内容描述": {
            "题名": title(found, language),
            "责任者": fonds.creator,
            "日期": {"开始": show_instant(case.opened_at, zone), "结束": show_instant(closed, zone)},
            "文种": found.procedure.title.of(language.code),
            "语种": language.code,
            "密级": kept.secrecy_text,
        },
        "组件": [_component(item, language) for item in listed],
        "机构人员实体": list(_agents(found, language)),
        "业务实体": [_business(found, entry, language) for entry in found.history],
        "实体关系": list(_relations(found)),
    }


def title(found: Gathered, language: Language) -> str:
    """Return the title of a record: the procedure, the case's number, and what the case is named by."""
    named_by = archive_of(found.procedure).named_by
    named = found.view.case.data.get(named_by, "") if named_by else ""
    return " ".join(filter(None, (found.procedure.title.of(language.code), found.view.case.number, str(named))))


def _component(item: Item, language: Language) -> dict[str, Any]:
    return {
        "顺序号": item.sequence,
        "题名": item.title.text(language),
        "文件编号": item.number,
        "责任者": item.author,
        "日期": show_instant(item.at, item.zone),
        "格式信息": item.format,
        "计算机文件名": item.path,
        "计算机文件大小": item.size,
        "数字摘要": {"算法": "SHA-256", "值": item.sha256},
        "密级": item.retained.secrecy_text,
        "保管期限": item.retained.retention_text,
    }


def _agents(found: Gathered, language: Language) -> Iterator[dict[str, Any]]:
    for actor in dict.fromkeys(entry.event.actor for entry in found.history):
        unit = next((entry.event.unit for entry in found.history if entry.event.actor == actor), None)
        roles = sorted({entry.event.role for entry in found.history if entry.event.actor == actor})
        titles = [
            found.procedure.roles[role].title.of(language.code) for role in roles if role in found.procedure.roles
        ]
        unit_title = (
            found.roster.units[unit].title.of(language.code) if unit and unit in found.roster.units else unit or ""
        )
        yield {
            "机构人员代码": actor,
            "机构人员名称": render(name_of(found.roster, actor), language),
            "岗位": titles or roles,
            "组织机构": unit_title,
        }


def _business(found: Gathered, entry: Any, language: Language) -> dict[str, Any]:
    return {
        "业务行为": entry.title.of(language.code),
        "行为代码": entry.event.action,
        "行为时间": show_instant(entry.event.effective_at, found.view.zone),
        "登记时间": show_instant(entry.event.recorded_at, found.view.zone),
        "机构人员代码": entry.event.actor,
        "对象": entry.number,
        "历史记录": f"{entry.event.case}:{entry.event.seq}",
    }


def _relations(found: Gathered) -> Iterator[dict[str, Any]]:
    for one in found.view.subcases:
        yield {"关系类型": "包含", "实体": found.view.case.number, "相关实体": one.case.number}
    for paper in found.view.documents:
        yield {"关系类型": "产生", "实体": f"{paper.case}:{paper.seq}", "相关实体": paper.number}


def metadata_xml(about: Mapping[str, Any]) -> bytes:
    """Return the metadata as XML, with the same names and order."""
    root = ElementTree.Element("元数据")
    _fill(root, about)
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _fill(parent: ElementTree.Element, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            child = ElementTree.SubElement(parent, name)
            if isinstance(one, Mapping):
                _fill(child, one)
            else:
                child.text = _plain(one)


def _plain(value: object) -> str:
    """Return a value as XML may hold it: without the control characters that it forbids."""
    text = "" if value is None else str(value)
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")
