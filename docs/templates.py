"""Writes the shipped templates of papers: the same layout as HTML, Typst and Word, each a plain file to be edited.

A layout is a list of blocks; `{a.b}` in a text is a value that the paper shows. Run it after changing a layout:
`.venv/bin/python docs/templates.py`. What the papers have in common (`base.*`) and the general paper are files alone.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FOLDER = Path(__file__).parent.parent / "definitions" / "templates"
SLOT = re.compile(r"\{([\w.]+)\}")
WEIGHTS = {
    "nth": 1.4,
    "case": 2.8,
    "role": 1.3,
    "basis": 1.3,
    "state": 1.7,
    "number": 2.9,
    "at": 3.1,
    "due": 3.1,
    "short": 3.2,
}
"""How wide the columns of lists are, as weights by the last part of their paths; any other has 2.2."""

PLAIN = ("plain",)
ROWS = ("row", "rowif", "room")
SIGNED = ("sign", "{office}", "{date}")

SOURCE = [
    ("row", "来源网站", "{own.fields.site.text}", "原帖编号", "{own.fields.post_id.text}"),
    ("row", "网名", "{own.fields.author.text}", "类别", "{own.fields.category.text}"),
    ("row", "发帖时间", "{own.fields.posted_at.text}", "发现时间", "{own.fields.found_at.text}"),
    ("row", "登记时间", "{own.opened_at}", "是否紧急", "{own.fields.urgent.text}"),
    ("row", "原帖地址", "{own.fields.post_url.text}"),
    ("row", "原帖截图", "{own.fields.capture.text}"),
    ("row", "主题", "{own.fields.subject.text}"),
    ("row", "留言内容", "{own.fields.body.text}"),
    ("row", "被反映单位", "{own.fields.subject_unit.text}"),
]
INSTRUCTION = [
    ("row", "领导批示", "{case.actions.dispatch.inputs.instruction.text}"),
    ("row", "批示领导", "{case.actions.dispatch.by}", "批示时间", "{case.actions.dispatch.at}"),
]
PUBLIC_DUE = [
    (
        "row",
        "公开答复时限",
        "{case.clocks.public_reply.due}",
        "计算依据",
        "{case.clocks.public_reply.basis}（自{case.clocks.public_reply.started}起算）",
    ),
]
UNIT_DUE = [
    ("rowif", "own.unit", "承办单位", "{own.unit}", "抄告单号", "{own.number}"),
    (
        "rowif",
        "own.clocks.unit_reply.runs",
        "单位答复时限",
        "{own.clocks.unit_reply.due}",
        "计算依据",
        "{own.clocks.unit_reply.basis}（自{own.clocks.unit_reply.started}起算）",
    ),
    (
        "rowif",
        "own.clocks.unit_reply.late",
        "超过时限",
        "{own.clocks.unit_reply.overdue_days}日（{own.clocks.unit_reply.overdue_hours}小时）",
    ),
    *PUBLIC_DUE,
    (
        "rowif",
        "case.clocks.public_reply.extended",
        "延长前末日",
        "{case.clocks.public_reply.original}",
        "批准延长",
        "{case.clocks.public_reply.extended_at}",
    ),
    (
        "rowif",
        "case.clocks.public_reply.late",
        "公开答复已超",
        "{case.clocks.public_reply.overdue_days}日（{case.clocks.public_reply.overdue_hours}小时）",
    ),
]
ISSUED = ("list", "此前所发文书", "papers", [("文书", "title"), ("字号", "number"), ("日期", "at")])
CALL = "网民反映“{case.fields.subject.text}”一事（案件编号{case.number}）"
EXTENSION = [
    ("row", "申请延期的时限", "{own.clocks.public_reply.title}", "依据", "{own.clocks.public_reply.basis}"),
    ("row", "延期事由", "{own.actions.ask_extension.inputs.extension_ground.text}"),
    ("row", "延期理由", "{own.actions.ask_extension.inputs.extension_reason.text}"),
    ("row", "进展与计划", "{own.actions.ask_extension.inputs.extension_plan.text}"),
]

LAYOUTS: dict[str, list[Any]] = {
    "dispatch_slip": [
        ("row", "案件编号", "{case_number}", "签发时间", "{at}"),
        *SOURCE,
        *INSTRUCTION,
        *PUBLIC_DUE,
        (
            "list",
            "承办单位",
            "subcases.slip",
            [
                ("单位", "unit"),
                ("分工", "role"),
                ("抄告单号", "number"),
                ("收件人", "delivered_to"),
                ("答复时限", "clocks.unit_reply.due"),
                ("依据", "clocks.unit_reply.basis"),
                ("状态", "state"),
            ],
        ),
        (
            "p",
            "请承办单位在上述时限内以书面形式报送办理情况和答复意见，由单位主要负责人签字并加盖公章；"
            "不属本单位职责的，于收到后1日内说明理由退单。",
        ),
        ("row", "签收人", "", "签收时间", ""),
        ("room", "办理情况", 24),
        ("room", "答复意见", 24),
        ("row", "承办人", "", "负责人签字（盖章）", ""),
        SIGNED,
    ],
    "urging_notice": [
        ("to", "own.unit", "各承办单位"),
        (
            "p",
            CALL + "，现予第{own.actions.urge.times}次催办。请立即办理并书面答复；因故未能按期答复的，应当书面说明。",
        ),
        *UNIT_DUE,
        *INSTRUCTION,
        ("list", "催办记录", "own.actions.urge.done", [("催办时间", "at"), ("催办人", "by")]),
        ISSUED,
        ("row", "签收人", "", "签收时间", ""),
        SIGNED,
    ],
    "supervision_notice": [
        ("to", "own.unit", "各承办单位"),
        ("p", CALL + "，现予督办。请按下列要求限期办理，并书面报告结果。督办不改变法定时限。"),
        *UNIT_DUE,
        *INSTRUCTION,
        (
            "rowif",
            "own.actions.supervise_irregular.times",
            "督办事由",
            "{own.actions.supervise_irregular.inputs.finding.text}",
        ),
        (
            "rowif",
            "own.actions.supervise_irregular.times",
            "整改要求",
            "{own.actions.supervise_irregular.inputs.measures.text}",
        ),
        ("rowif", "own.actions.explain.times", "单位说明", "{own.actions.explain.inputs.explanation.text}"),
        ("list", "催办记录", "own.actions.urge.done", [("催办时间", "at"), ("催办人", "by")]),
        ISSUED,
        ("room", "办理结果", 16),
        ("row", "审核人", "", "办结时间", ""),
        SIGNED,
    ],
    "extension_request": [
        PLAIN,
        ("row", "案件编号", "{case_number}", "申请时间", "{own.actions.ask_extension.at}"),
        ("row", "申请单位", "{actor_unit}", "申请人", "{own.actions.ask_extension.by}"),
        ("row", "主题", "{own.fields.subject.text}"),
        ("row", "现行期限", "{own.clocks.public_reply.due}", "已延长次数", "{own.clocks.public_reply.extended}"),
        *EXTENSION,
        ("room", "办公室意见", 20),
        ("room", "领导批示", 20),
        ("sign", "{actor_unit}", "{date}"),
    ],
    "extension_decision": [
        ("row", "案件编号", "{case_number}", "申请时间", "{own.actions.ask_extension.at}"),
        ("row", "主题", "{own.fields.subject.text}", "申请人", "{own.actions.ask_extension.by}"),
        *EXTENSION,
        (
            "rowif",
            "own.actions.grant_extension.times",
            "批准意见",
            "{own.actions.grant_extension.inputs.extension_decision.text}",
        ),
        (
            "rowif",
            "own.actions.grant_extension.times",
            "延长前末日",
            "{own.clocks.public_reply.original}",
            "延长后期限",
            "{own.clocks.public_reply.due}",
        ),
        (
            "rowif",
            "own.actions.grant_extension.times",
            "告知网民",
            "{own.actions.grant_extension.inputs.notice_to_author.text}",
        ),
        (
            "rowif",
            "own.actions.refuse_extension.times",
            "不予延期的理由",
            "{own.actions.refuse_extension.inputs.refusal_reason.text}",
        ),
        ("row", "决定人", "{actor}", "决定时间", "{at}"),
        SIGNED,
    ],
    "explanation": [
        PLAIN,
        ("to", "office", "办公室"),
        ("p", CALL + "，我单位未能按期答复，现说明如下："),
        ("row", "说明单位", "{own.unit}", "说明时间", "{own.actions.explain.at}"),
        *UNIT_DUE[1:3],
        ("row", "未按期办理的原因", "{own.actions.explain.inputs.explanation.text}"),
        ("row", "进展", "{own.actions.explain.inputs.progress.text}"),
        (
            "row",
            "预计完成日期",
            "{own.actions.explain.inputs.expected_on.text}",
            "已催办次数",
            "{own.actions.urge.times}",
        ),
        ("row", "负责人签字（盖章）", "{own.actions.explain.by}", "办公室收件", ""),
        ("sign", "{own.unit}", "{date}"),
    ],
    "approval_sheet": [
        PLAIN,
        ("row", "案件编号", "{case_number}", "审定时间", "{own.actions.approve.at}"),
        ("row", "主题", "{own.fields.subject.text}"),
        *INSTRUCTION,
        *PUBLIC_DUE,
        ("row", "答复全文", "{own.actions.approve.inputs.reply_text.text}"),
        ("row", "文本摘要（SHA-256）", "{own.fields.approved_hash.text}"),
        (
            "row",
            "办理结果",
            "{own.actions.approve.inputs.outcome.text}",
            "承诺办结日期",
            "{own.actions.approve.inputs.promised_on.text}",
        ),
        ("row", "政策法规依据", "{own.actions.approve.inputs.legal_basis.text}"),
        (
            "row",
            "事实已核",
            "{own.actions.approve.inputs.facts_checked.text}",
            "政策法规已核",
            "{own.actions.approve.inputs.policy_checked.text}",
        ),
        (
            "row",
            "保密审查",
            "{own.actions.approve.inputs.secrecy_checked.text}",
            "隐私审查",
            "{own.actions.approve.inputs.privacy_checked.text}",
        ),
        (
            "list",
            "各单位报送",
            "subcases.slip",
            [
                ("单位", "unit"),
                ("分工", "role"),
                ("办理情况", "actions.answer.inputs.result.text"),
                ("答复意见", "actions.answer.inputs.reply_opinion.text"),
                ("报送时间", "actions.answer.at"),
            ],
        ),
        ("row", "审定人", "{own.actions.approve.by}", "决定", "同意发布"),
        SIGNED,
    ],
    "public_reply": [
        ("p", "关于“{own.fields.subject.text}”的答复："),
        ("text", "{own.actions.publish.inputs.published_text.text}"),
        SIGNED,
        ("row", "案件编号", "{case_number}", "原网站", "{own.fields.site.text}"),
        ("row", "原帖地址", "{own.fields.post_url.text}"),
        ("row", "答复地址", "{own.actions.publish.inputs.reply_url.text}"),
        ("row", "答复截图", "{own.actions.publish.inputs.reply_capture.text}"),
        ("row", "另行发布或无截图的理由", "{own.actions.publish.inputs.fallback_reason.text}"),
        ("row", "发布人", "{own.actions.publish.by}", "发布时间", "{own.actions.publish.at}"),
        ("row", "审定人", "{own.actions.approve.by}", "公开答复时限", "{own.clocks.public_reply.due}"),
        ("row", "审定文本摘要（SHA-256）", "{own.fields.approved_hash.text}"),
    ],
    "file_index": [
        PLAIN,
        ("row", "案件编号", "{case_number}", "保管期限", "{own.actions.file_record.inputs.retention.text}"),
        ("row", "题名", "{own.fields.subject.text}"),
        (
            "list",
            "本卷文书",
            "papers",
            [
                ("序号", "nth"),
                ("题名", "title"),
                ("文号", "number"),
                ("案号", "case"),
                ("日期", "at"),
                ("摘要前16位", "short"),
            ],
        ),
        ("row", "原始资料", "{own.actions.file_record.inputs.original_post.text}"),
        ("row", "办理情况", "{own.actions.file_record.inputs.handling_record.text}"),
        ("row", "交办答复记录", "{own.actions.file_record.inputs.assignment_and_reply.text}"),
        ("row", "领导批示件", "{own.actions.file_record.inputs.leaders_instructions.text}"),
        ("row", "其他资料", "{own.actions.file_record.inputs.other_material.text}"),
        ("row", "立卷人", "{own.actions.file_record.by}", "立卷时间", "{own.actions.file_record.at}"),
        ("room", "备考", 20),
        SIGNED,
    ],
    "bulletin": [
        ("p", "{case.fields.opening.text}"),
        ("row", "统计期间", "{case.fields.period.text}", "数据截止", "{case.fields.cut_off.text}"),
        ("row", "依据", "{basis}"),
        ("text", "{case.fields.figures.text}"),
        ("text", "{case.fields.named_cases.text}"),
        ("row", "整改期限", "{case.fields.correct_by.text}", "签发人", "{actor}"),
        ("row", "主送", "{case.fields.sent_to.text}"),
        ("row", "抄送", "{case.fields.copied_to.text}"),
        ("row", "异议与更正", "{case.fields.objections.text}"),
        SIGNED,
    ],
}

# HTML


def html_slots(text: str) -> str:
    """Return a text with its slots as jinja writes them."""
    return SLOT.sub(r"{{ \1 }}", text)


def html(layout: list[Any]) -> str:
    """Return the template in HTML."""
    head = ['{% block head %}<p class="plain">{{ number }}</p>{% endblock %}'] if layout[0] == PLAIN else []
    lines, in_table = ['{% extends "base.html" %}', *head, "{% block body %}"], False
    for kind, *block in layout:
        if (kind in ROWS) != in_table:
            lines.append("</table>" if in_table else "<table>")
            in_table = not in_table
        lines += html_block(kind, block)
    return "\n".join([*lines, *(["</table>"] if in_table else []), "{% endblock %}", ""])


def html_block(kind: str, block: list[Any]) -> list[str]:
    """Return the lines of one block."""
    match kind:
        case "plain":
            return []
        case "room":
            return [f'<tr><th>{block[0]}</th><td colspan="3" style="height: {block[1]}mm"></td></tr>']
        case "row" | "rowif":
            cells = block[1:] if kind == "rowif" else block
            span = ' colspan="3"' if len(cells) == 2 else ""
            row = "".join(
                f"<th>{cells[at]}</th><td{span}>{html_slots(cells[at + 1])}</td>" for at in range(0, len(cells), 2)
            )
            row = f"<tr>{row}</tr>"
            return [f"{{% if {block[0]} %}}", row, "{% endif %}"] if kind == "rowif" else [row]
        case "p":
            return [f"<p>{html_slots(block[0])}</p>"]
        case "text":
            return [f'<div class="text">{html_slots(block[0])}</div>']
        case "to":
            return [f'<p class="to">{{{{ {block[0]} or "{block[1]}" }}}}：</p>']
        case "sign":
            return [f'<p class="sign">{html_slots(block[0])}<br>{html_slots(block[1])}</p>']
    heading, many, columns = block
    head = "".join(f"<th>{title}</th>" for title, _ in columns)
    row = "".join(f"<td>{{{{ one.{path} }}}}</td>" for _, path in columns)
    return [
        f"{{% if {many} %}}",
        f"<h2>{heading}</h2>",
        f"<table><thead><tr>{head}</tr></thead>",
        f"{{% for one in {many} %}}",
        f"<tr>{row}</tr>",
        "{% endfor %}",
        "</table>",
        "{% endif %}",
    ]


def widths(columns: list[tuple[str, str]]) -> list[float]:
    """Return the weights of the columns of a list."""
    return [WEIGHTS.get(path.removesuffix(".text").rpartition(".")[2], 2.2) for _, path in columns]


# Typst


def typ_text(text: str) -> str:
    """Return a text with its slots as an expression of Typst."""
    parts = []
    for at, part in enumerate(SLOT.split(text)):
        if at % 2:
            parts.append(f"str(d.{part})")
        elif part:
            parts.append('"' + part.replace('"', '\\"') + '"')
    return " + ".join(parts) or '""'


def typ(layout: list[Any]) -> str:
    """Return the template in Typst."""
    lines = ['#import "base.typ": *', "#let d = json(bytes(sys.inputs.d))", "#show: sheet.with(d)", ""]
    if layout[0] == PLAIN:
        lines[2] = "#show: sheet.with(d, head: false)"
    rows: list[str] = []
    for kind, *block in [*layout, ("end",)]:
        if kind == "row":
            rows.append(f"  ({', '.join(typ_cells(block))}),")
            continue
        if kind == "room":
            rows.append(f'  ("{block[0]}", {block[1]}mm),')
            continue
        if kind == "rowif":
            rows.append(f"  if given(d.{block[0]}) {{ ({', '.join(typ_cells(block[1:]))}) }},")
            continue
        if rows:
            lines += ["#form(keep: true," if kind == "sign" else "#form(", *rows, ")"]
            rows = []
        lines += typ_block(kind, block)
    return "\n".join([*lines, ""])


def typ_cells(cells: list[str]) -> list[str]:
    """Return the cells of a row: titles and values."""
    return [typ_text(cell) for cell in cells]


def typ_block(kind: str, block: list[Any]) -> list[str]:
    """Return the lines of one block that is no row."""
    match kind:
        case "end" | "plain":
            return []
        case "p":
            return [f"#par({typ_text(block[0])})"]
        case "text":
            return [f"#paragraphs({typ_text(block[0])})"]
        case "to":
            return [f'#addressee(if given(d.{block[0]}) {{ d.{block[0]} }} else {{ "{block[1]}" }})']
        case "sign":
            return [f"#signed({typ_text(block[0])}, {typ_text(block[1])})"]
    heading, many, columns = block
    titles = ", ".join(f'"{title}"' for title, _ in columns)
    cells = ", ".join(f"one.{path}" for _, path in columns)
    room = ", ".join(f"{width}fr" for width in widths(columns))
    return [f'#listing("{heading}", ({titles},), ({room},), d.{many}.map(one => ({cells},)))']


# Word

SONG, FANG, HEI = "方正小标宋简体", "仿宋_GB2312", "黑体"
RED = RGBColor(0xD8, 0x00, 0x1B)


def word(layout: list[Any]) -> bytes:
    """Return the template as a Word file."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    faces(document.styles["Normal"], FANG, 16)
    if layout[0] == PLAIN:
        line(document, "{{ number }}", FANG, 16).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    else:
        line(document, "{{ office }}", SONG, 30, RED)
        ruled(line(document, "{{ number }}", FANG, 16))
    line(document, "{{ title }}", SONG, 22)
    table = None
    for kind, *block in layout:
        if kind in ROWS:
            if table is None:
                table = grid(document, (26, 52, 26, 52))
            if kind == "room":
                word_row(table, [block[0], ""], None).height = Mm(block[1])
                continue
            word_row(table, block[1:] if kind == "rowif" else block, block[0] if kind == "rowif" else None)
            continue
        table = None
        word_block(document, kind, block)
    page_number(section.footer.paragraphs[0])
    made = io.BytesIO()
    document.save(made)
    return same_every_time(made.getvalue())


def faces(style: Any, name: str, size: float, color: RGBColor | None = None) -> None:
    """Set the face of a style or run; Word reads that of Chinese text from ``eastAsia`` alone."""
    style.font.name, style.font.size = name, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
    if color is not None:
        style.font.color.rgb = color


def line(document: Any, text: str, face: str, size: float, color: RGBColor | None = None) -> Any:
    """Add a centred line."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    faces(paragraph.add_run(text), face, size, color)
    return paragraph


def ruled(paragraph: Any) -> None:
    """Rule a red line below a paragraph."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "8"), ("color", "D8001B")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def body(document: Any, text: str, indent: bool = True) -> Any:
    """Add a paragraph of the text: 28 points from line to line, two characters in."""
    paragraph = document.add_paragraph(text)
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
    form.space_after = Pt(0)
    if indent:
        form.first_line_indent = Pt(32)
    return paragraph


def grid(document: Any, widths: tuple[float, ...]) -> Any:
    """Add a table with lines, its columns so many millimetres wide."""
    table = document.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    table.cc_widths = widths
    return table


def fill(cell: Any, text: str, face: str = FANG) -> None:
    """Write into a cell."""
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    faces(paragraph.add_run(text), face, 12)


def added(table: Any) -> Any:
    """Add a row whose cells have the widths of their columns, as readers other than Word want it."""
    row = table.add_row()
    for cell, width in zip(row.cells, table.cc_widths, strict=True):
        cell.width = Mm(width)
    return row


def word_row(table: Any, cells: list[str], condition: str | None) -> Any:
    """Add a row of a form and return it; with a condition, between two rows that docxtpl takes out."""
    if condition:
        fill(added(table).cells[0], f"{{%tr if {condition} %}}")
    row = added(table)
    for at in range(0, len(cells), 2):
        fill(row.cells[at], cells[at], HEI)
        fill(row.cells[at + 1], html_slots(cells[at + 1]))
    if len(cells) == 2:
        row.cells[1].merge(row.cells[3])
    if condition:
        fill(added(table).cells[0], "{%tr endif %}")
    return row


def word_block(document: Any, kind: str, block: list[Any]) -> None:
    """Add a block that is no row of a form."""
    match kind:
        case "p" | "text":
            body(document, html_slots(block[0]))
        case "to":
            body(document, f'{{{{ {block[0]} or "{block[1]}" }}}}：', indent=False)
        case "sign":
            for text in block:
                signed = body(document, html_slots(text), indent=False)
                signed.alignment, signed.paragraph_format.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(32)
                signed.paragraph_format.keep_with_next = text is block[0]
        case "each":
            many, title, text = block
            table = grid(document, (50, 106))
            fill(added(table).cells[0], f"{{%tr for one in {many} %}}")
            row = added(table)
            fill(row.cells[0], f"{{{{ one.{title} }}}}", HEI)
            fill(row.cells[1], f"{{{{ one.{text} }}}}")
            fill(added(table).cells[0], "{%tr endfor %}")
        case "list":
            word_list(document, *block)


def word_list(document: Any, heading: str, many: str, columns: list[tuple[str, str]]) -> None:
    """Add a heading and a table with a row for each of many."""
    body(document, f"{{%p if {many} %}}")
    title = body(document, "", indent=False)
    faces(title.add_run(heading), HEI, 16)
    title.paragraph_format.keep_with_next = True
    table = grid(document, tuple(156 * width / sum(widths(columns)) for width in widths(columns)))
    head = added(table)
    for cell, (name, _) in zip(head.cells, columns, strict=True):
        fill(cell, name, HEI)
    fill(added(table).cells[0], f"{{%tr for one in {many} %}}")
    row = added(table)
    for cell, (_, path) in zip(row.cells, columns, strict=True):
        fill(cell, f"{{{{ one.{path} }}}}")
    fill(added(table).cells[0], "{%tr endfor %}")
    body(document, "{%p endif %}")


def page_number(paragraph: Any) -> None:
    """Write ``— 1 —`` with a field that counts."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    faces(paragraph.add_run("— "), "宋体", 14)
    run = paragraph.add_run()
    faces(run, "宋体", 14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._r.append(part)
    faces(paragraph.add_run(" —"), "宋体", 14)


def same_every_time(content: bytes) -> bytes:
    """Return a Word file without the time at which it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(zipfile.ZipInfo(one.filename, (2026, 1, 1, 0, 0, 0)), old.read(one), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def paper_word() -> bytes:
    """Return the general template as a Word file: every value of the case that issues the paper, a row for each."""
    return word(
        [
            ("p", "{case_number}　{at}　{actor}"),
            ("each", "own.fields | dictvalues", "title", "text"),
            ("each", "own.clocks | dictvalues", "title", "due"),
            ("each", "own.actions | dictvalues", "title", "at"),
            ("each", "inputs | dictvalues", "title", "text"),
            ("each", "papers", "title", "number"),
            SIGNED,
        ]
    )


def main(folder: Path = FOLDER) -> None:
    """Write every template that has a layout, and the general one for Word."""
    (folder / "paper.docx").write_bytes(paper_word())
    for name, layout in LAYOUTS.items():
        (folder / f"{name}.html").write_text(html(layout), encoding="utf-8")
        (folder / f"{name}.typ").write_text(typ(layout), encoding="utf-8")
        (folder / f"{name}.docx").write_bytes(word(layout))


if __name__ == "__main__":
    main()
