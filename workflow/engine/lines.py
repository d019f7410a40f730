"""Whole cases as lines of JSON: the form in which they move between databases, and in which outsiders verify them.

The first line names the format and the office. Then come definitions, families, each with its events and papers,
and, where a whole office is written, its heads. An event is what is chained of it (`chain.entry`), beside it its link
and the private values with their salts, so that a reader can check everything without us.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from types import NoneType
from typing import Any, TypeVar

from ..chain import End, Head, canonical, entry, told
from ..errors import InvalidInput
from ..history import Event, RungKey, Seal
from ..messages import say
from ..ports import Definition, IssuedDocument, Print

T = TypeVar("T", Definition, Event, IssuedDocument, Seal, RungKey, Head, End)

_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, NoneType),
    "int": (int,),
    "bool": (bool,),
    "datetime": (datetime,),
    "datetime | None": (datetime, NoneType),
    "Mapping[str, Any]": (dict,),
    "Mapping[str, Any] | None": (dict, NoneType),
    "Mapping[str, int]": (dict,),
}
"""Of which kind a value is, by how its field is annotated."""

FORMAT = 1
"""The version of this format."""


@dataclass(frozen=True, slots=True)
class FamilyRecord:
    """A case with its subcases: everything recorded of it, and by which versions of which calendars it was counted.

    Args:
        announced: how many events and documents its line says that follow.
    """

    root: str
    calendars: Mapping[str, int]
    events: tuple[Event, ...] = ()
    documents: tuple[IssuedDocument, ...] = ()
    announced: tuple[int, int] | None = None
    prints: tuple[Print, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether as many events and documents followed as were announced, at least the event that opens it."""
        return bool(self.events) and self.announced in (None, (len(self.events), len(self.documents)))


@dataclass(frozen=True, slots=True)
class HeadRecord:
    """A head with the ends that it covers."""

    head: Head
    ends: tuple[End, ...]


Record = Definition | FamilyRecord | HeadRecord


def header(office: str) -> str:
    """Return the first line of an export."""
    return canonical({"caseclock": "export", "format": FORMAT, "office": office})


def definition_line(one: Definition) -> str:
    """Return the line of a definition."""
    values = {item.name: getattr(one, item.name) for item in fields(one) if item.name != "office"}
    return canonical({"definition": {name: _plain(value) for name, value in values.items()}})


def family_lines(family: FamilyRecord, *, private: bool) -> Iterator[str]:
    """Yield the lines of a family: what it is, its events, its papers and their prints.

    Args:
        private: with private values and their salts; without them the chain can still be verified.
    """
    counts = {"events": len(family.events), "documents": len(family.documents)}
    yield canonical({"family": family.root, "calendars": dict(family.calendars), **counts})
    for event in family.events:
        values = {
            name: {"salt": seal.salt, "value": event.data[name]}
            for name, seal in event.seals.items()
            if private and seal.salt is not None
        }
        yield canonical({"event": entry(event), "link": event.link, "private": values})
    for paper in family.documents:
        yield canonical({"document": {item.name: getattr(paper, item.name) for item in fields(paper)}})
    shows_private = {(event.case, event.seq) for event in family.events if (event.printed or {}).get("shows")}
    for one in family.prints:
        if private or (one.case, one.seq) not in shows_private:
            yield _print_line(one)


def _print_line(one: Print) -> str:
    values = {item.name: _plain(getattr(one, item.name)) for item in fields(one)}
    content = None if one.content is None else b64encode(one.content).decode()
    return canonical({"print": {**values, "content": content}})


def head_line(record: HeadRecord) -> str:
    """Return the line of a head."""
    values = {item.name: _plain(getattr(record.head, item.name)) for item in fields(record.head)}
    return canonical({"head": values, "ends": [[end.case, end.seq, end.link] for end in record.ends]})


def _plain(value: Any) -> Any:
    return told(value) if isinstance(value, datetime) else value


def read_office(line: str) -> str:
    """Return the office of an export from its first line. Raises `InvalidInput` for anything else."""
    found = _read(line, 1)
    if found.get("caseclock") != "export":
        raise InvalidInput(say("this is not an export of caseclock"), hint=say("give what `caseclock export` wrote"))
    if found.get("format") != FORMAT:
        raise InvalidInput(
            say("the export has format {found}; this caseclock reads {known}", found=found.get("format"), known=FORMAT),
            hint=say("a newer caseclock wrote it: install that version"),
        )
    return str(found["office"])


def read_records(lines: Iterable[str], office: str) -> Iterator[Record]:
    """Yield the records of the lines after the first. Raises `InvalidInput`, with the line's number, for a bad line."""
    family: FamilyRecord | None = None
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        found = _read(line, number)
        try:
            if "event" in found or "document" in found or "print" in found:
                family = _grown(family, found)
                continue
            if family:
                yield family
                family = None
            if "family" in found:
                announced = int(found["events"]), int(found["documents"])
                family = FamilyRecord(found["family"], dict(found["calendars"]), announced=announced)
            elif "definition" in found:
                yield _definition(found["definition"], office)
            else:
                yield _head(found)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _bad(number, f"{type(error).__name__}: {error}") from error
    if family:
        yield family


def _read(line: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise _bad(number, str(error)) from error
    if not isinstance(found, dict):
        raise _bad(number, str(type(found)))
    return found


def _bad(number: int, reason: str) -> InvalidInput:
    return InvalidInput(
        say("line {number} of the export cannot be read: {reason}", number=number, reason=reason),
        hint=say("the file is damaged or cut off: export again"),
    )


def _grown(family: FamilyRecord | None, found: Mapping[str, Any]) -> FamilyRecord:
    if family is None:
        raise ValueError("an event or document outside a family")
    if "event" in found:
        return replace(family, events=(*family.events, _event(found)))
    if "print" in found:
        return replace(family, prints=(*family.prints, _print(found["print"])))
    return replace(family, documents=(*family.documents, _whole(IssuedDocument(**found["document"]))))


def _print(found: Mapping[str, Any]) -> Print:
    content = None if found["content"] is None else b64decode(found["content"], validate=True)
    return Print(**{**found, "content": content, "printed_at": _instant(found["printed_at"])})


def _event(found: Mapping[str, Any]) -> Event:
    told_of, private = dict(found["event"]), found["private"]
    seals = {
        name: _whole(Seal(commitment, private[name]["salt"] if name in private else None))
        for name, commitment in told_of.pop("sealed", {}).items()
    }
    data = {**told_of.pop("data", {}), **{name: kept["value"] for name, kept in private.items()}}
    rung = told_of.pop("rung", None)
    values: dict[str, Any] = {"to_state": "", "from_state": None, **told_of}
    for name in ("effective_at", "recorded_at", "since"):
        if name in values:
            values[name] = _instant(values[name])
    for name in ("overtakes", "issued", "relations"):
        values[name] = tuple(values.get(name, ()))
    key = _whole(RungKey(*rung)) if rung else None
    return _whole(Event(**values, data=data, seals=seals, rung=key, link=found["link"]))


def _definition(found: Mapping[str, Any], office: str) -> Definition:
    instants = {name: found[name] and _instant(found[name]) for name in ("deployed_at", "recounted_at")}
    return _whole(Definition(**{**found, **instants, "office": office}))


def _head(found: Mapping[str, Any]) -> HeadRecord:
    values = {**found["head"], "closed_at": _instant(found["head"]["closed_at"])}
    return HeadRecord(_whole(Head(**values)), _ends(found["ends"]))


def _ends(found: Sequence[Sequence[Any]]) -> tuple[End, ...]:
    return tuple(_whole(End(*end)) for end in found)


def _whole(record: T) -> T:
    """Return the record, each of whose values is of its kind. Raises TypeError for one that is not."""
    for item in fields(record):
        value, kinds = getattr(record, item.name), _KINDS.get(str(item.type))
        if kinds and not isinstance(value, kinds):
            raise TypeError(f"{item.name} is {type(value).__name__}")
    return record


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
