"""The items of a record: papers, prints and given files, one row of the file index for each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..chain import canonical
from ..engine import CaseView, EventView
from ..errors import InvalidInput
from ..messages import Language, Message, Text, render, say
from ..model import SYSTEM, Archive, FieldType, Procedure
from ..showing.pages import name_of
from .completeness import archive_of
from .gathering import Gathered


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file to be put into a package.

    Args:
        document: for a print: the number of the paper that it shows.
    """

    name: str
    content: bytes
    document: str = ""


@dataclass(frozen=True, slots=True)
class Retained:
    """How long a record is kept, and how secret it is.

    Args:
        retention: the value of the field that says how long, such as ``years_30``; empty where none does.
    """

    retention: str
    retention_text: str
    secrecy_text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the file index.

    Args:
        number: that of the paper; empty for anything else.
        author: who issued or gave it.
        at: when, in law.
        sha256: of the file's content; of one that is not there, as it was given.
        path: where in the package it stands; empty when the file is not in it.
        material: the title of the class of material that it belongs to.
    """

    sequence: int
    title: Message
    number: str
    author: str
    at: datetime
    zone: str
    format: str
    size: int | None
    sha256: str
    path: str
    material: str
    retained: Retained


def retained(view: CaseView, procedure: Procedure, language: Language) -> Retained:
    """Return how long the record of a case is kept, and how secret it is; empty where the procedure does not say."""
    archive = archive_of(procedure)
    secrecy = archive.secrecy.of(language.code) if archive.secrecy else ""
    if archive.retention is None:
        return Retained("", "", secrecy)
    name = archive.retention.field
    value = view.case.data.get(name) if name else None
    if name is None or value in (None, ""):
        return Retained("", archive.retention.otherwise.of(language.code), secrecy)
    title = procedure.case.fields[name].choices.get(str(value), str(value))
    return Retained(str(value), render(title, language), secrecy)


def items(
    found: Gathered,
    kept: Retained,
    language: Language,
    prints: Iterable[NamedFile],
    attached: Callable[[str], bytes | None],
    creator: str,
    files: dict[str, bytes],
) -> Iterator[Item]:
    """Yield the items of a record in order, and put the files that are there into ``files``, by path.

    Args:
        creator: the body whose records they are; it is the author of what the system did by itself.

    Raises `InvalidInput` for a print of a paper that the case did not issue.
    """
    archive = archive_of(found.procedure)
    events = {(entry.event.case, entry.event.seq): entry for entry in found.history}
    printed: dict[str, list[NamedFile]] = {}
    for one in prints:
        printed.setdefault(one.document, []).append(one)
    _check_prints(printed, found)
    sequence = 0

    def listed(title: Message, entry: EventView, material: str, path: str, content: bytes | None, **more: Any) -> Item:
        if content is not None:
            files[path] = content
        return Item(
            sequence=sequence,
            title=title,
            author=creator if entry.event.actor == SYSTEM else _name(found, entry, language),
            at=entry.event.effective_at,
            zone=found.view.zone,
            path=path if content is not None else "",
            size=None if content is None else len(content),
            material=material,
            retained=kept,
            **{"number": "", "sha256": "" if content is None else sha256(content), **more},
        )

    for paper in found.view.documents:
        entry = events[paper.case, paper.seq]
        title = found.procedure.documents[paper.name].title
        material = _material(archive, paper.name, language)
        sequence += 1
        path = f"documents/{sequence:04d}-{paper.name}.json"
        content = canonical(dict(paper.data)).encode()
        yield listed(say("{title}", title=title), entry, material, path, content, number=paper.number, format="json")
        for one in printed.get(paper.number, ()):
            sequence += 1
            path = f"prints/{sequence:04d}-{safe_name(one.name)}"
            name = say("{title}, print", title=title)
            yield listed(name, entry, material, path, one.content, number=paper.number, format=_format(one.name))
    for entry, field, title, value in _given(found):
        sequence += 1
        path = f"files/{sequence:04d}-{safe_name(value['name'])}"
        name = say("{title}: {name}", title=title, name=value["name"])
        material = _material(archive, field, language)
        content_of = attached(value["sha256"])
        yield listed(name, entry, material, path, content_of, sha256=value["sha256"], format=_format(value["name"]))


def _name(found: Gathered, entry: EventView, language: Language) -> str:
    return render(name_of(found.roster, entry.event.actor), language)


def _check_prints(printed: Mapping[str, Sequence[NamedFile]], found: Gathered) -> None:
    strange = sorted(set(printed) - {paper.number for paper in found.view.documents})
    if strange:
        raise InvalidInput(say("{case} issued no paper {numbers}", case=found.view.case.number, numbers=strange))


def _given(found: Gathered) -> Iterator[tuple[EventView, str, Text, Mapping[str, str]]]:
    """Yield the files that were given: the entry, the field as a class names it, its title, and name with hash."""
    kinds = {one.case.id: one for one in (found.view, *found.view.subcases)}
    for entry in found.history:
        view = kinds[entry.event.case]
        prefix = "" if view.case.parent is None else f"{view.case.kind}."
        for name, value in entry.event.data.items():
            field = view.fields.get(name)
            if field is None or (field.private and not found.private):
                continue
            if FieldType.FILE in (field.type, field.of):
                for one in value if isinstance(value, list) else [value]:
                    if one:
                        yield entry, f"{prefix}{name}", field.title, one


def _material(archive: Archive, name: str, language: Language) -> str:
    """The title of the first class that a field or paper fills; empty when it fills none."""
    for one in archive.classes.values():
        if name in one.documents or name in one.fields:
            return one.title.of(language.code)
    return ""


def safe_name(name: str) -> str:
    """Return a file's name that every system takes: no folders, no blanks, nothing that a shell would read.

    >>> safe_name("../a b|c.pdf")
    'a_b_c.pdf'
    """
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[^\w.-]+", "_", last).strip("._")[-80:] or "file"


def _format(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()
