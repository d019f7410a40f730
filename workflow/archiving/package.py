"""The package: every file of it, by its path, and what it says about itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..chain import told
from ..engine.inclusion import Inclusion
from ..engine.views import CaseView
from ..messages import Language
from ..showing import pages, plain
from ..showing.pages import show_instant
from .completeness import check_complete
from .gathering import Gathered
from .index import index_csv, index_html
from .items import Item, NamedFile, Retained, items, retained, safe_name
from .metadata import Fonds, metadata, metadata_xml
from .note import note_html
from .readme import README
from .text import page_text


@dataclass(frozen=True, slots=True)
class Package:
    """An archive package that is not written yet.

    Args:
        name: what its folder may be called.
        files: content by path, with ``/`` between folders.
        about: what stands in its ``bag-info.txt``.
        missing: names of files that were given in the case, and are not in the package.
    """

    name: str
    files: Mapping[str, bytes]
    about: Mapping[str, str]
    items: tuple[Item, ...] = ()
    missing: tuple[str, ...] = field(default=())


def nothing_attached(_sha256: str) -> bytes | None:
    """Return None: no file that was given in the case is at hand."""
    return None


def make_package(
    found: Gathered,
    *,
    now: datetime,
    language: Language,
    fonds: Fonds,
    programs: Iterable[NamedFile] = (),
    prints: Iterable[NamedFile] = (),
    attached: Callable[[str], bytes | None] = nothing_attached,
    by: str = "",
) -> Package:
    """Return the archive package of a case.

    Args:
        now: when it is made.
        language: of its index, note and explanations.
        fonds: to whose archive it belongs.
        programs: the verifiers that go along.
        prints: printed papers that are kept.
        attached: returns the content of a file that was given in the case, by its SHA-256; None where it is not there.
        by: who files the record; empty for a line to sign.

    Raises `NotAllowed` while the record is not complete, `InvalidInput` for a print of a paper of another case.
    """
    check_complete(found.view, found.procedure)
    kept = retained(found.view, found.procedure, language)
    files: dict[str, bytes] = {}
    listed = tuple(items(found, kept, language, prints, attached, fonds.creator, files))
    files |= _record(found, language)
    about = metadata(found, kept, fonds, listed, language)
    files["metadata.json"] = _json(about)
    files["metadata.xml"] = metadata_xml(about)
    files["index.csv"] = index_csv(listed, language)
    files["index.html"] = index_html(listed, kept, language)
    missing = tuple(item.title.text(language) for item in listed if not item.path)
    files["note.html"] = note_html(found, kept, listed, now, language, by)
    files["README.txt"] = README.encode()
    files |= {program.name: program.content for program in programs}
    name = safe_name(f"{found.office}-{found.view.case.number}")
    return Package(name, dict(sorted(files.items())), _about(found, kept, fonds, now, about), listed, missing)


def _record(found: Gathered, language: Language) -> dict[str, bytes]:
    """The history, the definitions, the heads, the case as it stands and why each due is when it is."""
    dues = [{"case": number, **plain.explained(status, language)} for number, status in found.dues]
    whys = (f"{number}\n{page_text(pages.why(status), language)}" for number, status in found.dues)
    made = {
        "history.jsonl": "".join(f"{line}\n" for line in found.lines).encode(),
        "record/case.json": _json(
            plain.case(found.view, language, unmasked=_private_of(found.view) if found.private else ())
        ),
        "record/dues.json": _json(dues),
        "record/dues.txt": "\n".join(whys).encode(),
        "record/heads.json": _json(heads_data(found.inclusion)),
    }
    made |= {f"definitions/{one.kind}-{one.name}-{one.version}.yaml": one.source.encode() for one in found.definitions}
    if found.inclusion.heads:
        made["record/last-head.txt"] = f"{found.inclusion.heads[-1].line}\n".encode()
    return made


def _private_of(view: CaseView) -> frozenset[str]:
    """The names of the private fields of a case and its subcases."""
    own = frozenset(field.name for field in view.fields.values() if field.private)
    return own.union(*(_private_of(subcase) for subcase in view.subcases))


def heads_data(inclusion: Inclusion) -> dict[str, Any]:
    """Return heads and proofs as plain data, such as the verifier in the package reads."""
    return {
        "heads": [
            {
                "office": head.office,
                "number": head.number,
                "closed_at": told(head.closed_at),
                "previous": head.previous,
                "root": head.root,
                "ends": head.ends,
                "digest": head.digest,
            }
            for head in inclusion.heads
        ],
        "proofs": [
            {
                "case": proof.end.case,
                "seq": proof.end.seq,
                "link": proof.end.link,
                "head": proof.head,
                "path": [list(step) for step in proof.path],
            }
            for proof in inclusion.proofs
        ],
        "uncovered": list(inclusion.uncovered),
    }


def _about(found: Gathered, kept: Retained, fonds: Fonds, now: datetime, about: Mapping[str, Any]) -> dict[str, str]:
    heads = found.inclusion.heads
    said = {
        "Source-Organization": fonds.creator,
        "External-Identifier": f"{found.office}:{found.view.case.number}",
        "External-Description": about["内容描述"]["题名"],
        "Bagging-Date": show_instant(now, found.view.zone)[:10],
        "Bag-Software-Agent": "caseclock",
        "Caseclock-Retention": kept.retention_text,
        "Caseclock-Private-Values": "included" if found.private else "withheld",
        "Caseclock-Last-Head": heads[-1].digest if heads else "",
    }
    return {name: " ".join(value.split()) for name, value in said.items() if value}


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False)}\n".encode()
