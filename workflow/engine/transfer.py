"""Moving whole cases between databases: everything recorded goes along, and everything is checked on arrival."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain as following

from ..chain import fingerprint
from ..errors import MALFORMED, CaseclockError, Conflict, InvalidInput
from ..messages import Message, say
from ..ports import Change, ClockRow, Definition
from .family import Family
from .lines import (
    FamilyRecord,
    HeadRecord,
    definition_line,
    family_lines,
    head_line,
    header,
    read_office,
    read_records,
)
from .rebuilding import derive, drawn
from .session import Session, Sessions, family_pages
from .verification import verify_record


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of the families of an export: by number, what was loaded, was here already, or could not be loaded.

    Args:
        heads: how many heads were taken over; only an office that has none of its own takes any.
    """

    loaded: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    failed: Mapping[str, Message] = field(default_factory=dict)
    definitions: int = 0
    heads: int = 0


def export(sessions: Sessions, office: str, cases: Sequence[str], *, private: bool) -> Iterator[str]:
    """Yield the lines of an export; see `Engine.export`."""
    yield header(office)
    with sessions() as session:
        definitions = session.tx.definitions()
        roots = [session.tx.family(session.tx.find(case))[0].root for case in cases]
        # Read before the families: what these heads cover is then surely among what is written.
        heads = () if cases else session.tx.heads()
    yield from (definition_line(one) for one in definitions)
    for page in [tuple(dict.fromkeys(roots))] if cases else family_pages(sessions):
        with sessions() as session:
            records = [_record(session, root) for root in page]
        yield from following.from_iterable(family_lines(record, private=private) for record in records)
    for head in heads:
        with sessions() as session:
            yield head_line(HeadRecord(head, session.tx.ends(head.number)))


def _record(session: Session, root: str) -> FamilyRecord:
    tx = session.tx
    return FamilyRecord(root, _calendars(tx.clocks(root)), tx.events(root), tx.documents(root), prints=tx.prints(root))


def _calendars(rows: Iterable[ClockRow]) -> dict[str, int]:
    """By which version of each calendar rows were counted."""
    named = (row.calendar.rpartition("@") for row in rows if row.calendar)
    return {name: int(version) for name, _, version in named}


def load(sessions: Sessions, office: str, lines: Iterable[str]) -> LoadReport:
    """Take up the families of an export; see `Engine.load`."""
    remaining = iter(lines)
    _check_office(read_office(next(remaining, "{}")), office)
    with sessions() as session:
        takes_heads = not session.tx.families("", 1) and not session.tx.heads()
    report = LoadReport()
    for record in read_records(remaining, office):
        match record:
            case Definition():
                report = replace(report, definitions=report.definitions + _take_definition(sessions, record))
            case FamilyRecord():
                report = _with_family(sessions, report, record)
            case HeadRecord():
                report = replace(report, heads=report.heads + (takes_heads and _take_head(sessions, record)))
    return report


def _check_office(found: str, office: str) -> None:
    if found != office:
        raise InvalidInput(
            say("the export is of the office {found}; this is {office}", found=found, office=office),
            hint=say("a case stays in its office: load it into a database of that office"),
        )


def _take_definition(sessions: Sessions, one: Definition) -> bool:
    """Deploy a definition as it was; return whether it was not here already.

    Raises `InvalidInput` for one that is not what its fingerprint says.
    """
    if fingerprint(one.compiled) != one.fingerprint:
        raise InvalidInput(say("the {kind} {name} version {version} was changed after it was deployed", **_named(one)))
    with sessions(write=True) as session:
        known = session.tx.definition(one.kind, one.name, one.version)
        if one.kind == "words" and known:
            # Each office words its procedures itself; no history depends on it.
            return False
        session.tx.deploy(one)
        return known is None


def _named(one: Definition) -> dict[str, object]:
    return {"kind": one.kind, "name": one.name, "version": one.version}


def _with_family(sessions: Sessions, report: LoadReport, record: FamilyRecord) -> LoadReport:
    name = _number(record)
    try:
        _check(record)
        with sessions(write=True) as session:
            if _is_present(session, record):
                return replace(report, present=(*report.present, name))
            _take_family(session, record)
    except (CaseclockError, *MALFORMED) as error:
        why = error.message if isinstance(error, CaseclockError) else say("{reason}", reason=str(error))
        return replace(report, failed={**report.failed, name: why})
    return replace(report, loaded=(*report.loaded, name))


def _number(record: FamilyRecord) -> str:
    opened = record.events[0].opened if record.events else None
    return str((opened or {}).get("number", record.root))


def _check(record: FamilyRecord) -> None:
    """Raise `InvalidInput` unless everything about a family proves to be as it was recorded."""
    if not record.is_whole or any(event.root != record.root for event in record.events):
        raise InvalidInput(say("the file is damaged or cut off: export again"))
    numbers = {event.case: str((event.opened or {}).get("number", event.case)) for event in reversed(record.events)}
    found = verify_record(numbers, record.events, record.documents, record.prints)
    if any(finding.kind == "private-lost" for finding in found):
        raise InvalidInput(
            say("its private values are not in the file"),
            hint=say("a file without private values can be verified, not loaded: export with them"),
        )
    if found:
        raise InvalidInput(found[0].message)


def _is_present(session: Session, record: FamilyRecord) -> bool:
    """Return whether the family is here with the same history. Raises `Conflict` when it is here with another."""
    here = {event.name: event.link for event in session.tx.events(record.root)}
    if not here:
        return False
    there = {event.name: event.link for event in record.events}
    if here == there:
        return True
    if here.items() < there.items():
        raise Conflict(say("it is here already, with a shorter history"))
    if here.items() > there.items():
        raise Conflict(say("it is here already, with a longer history"))
    raise Conflict(say("it is here already, with another history"))


def _take_family(session: Session, record: FamilyRecord) -> None:
    """Keep a family as it was counted where it comes from; then count it by this office's calendars."""
    rows = [
        ClockRow("", "", session.now, session.now, False, False, f"{name}@{it}")
        for name, it in record.calendars.items()
    ]
    derived = derive(session, record.events, rows)
    session.tx.save(
        Change(
            cases=derived.cases,
            events=record.events,
            projected=tuple(case.id for case in derived.cases),
            clocks=derived.clocks,
            timers=derived.timers,
            documents=record.documents,
            prints=record.prints,
        )
    )
    for series, last in drawn(record.events, {}).items():
        session.tx.raise_serial(series, last)
    deployed = session.deployed_for(derived.cases)
    if any(deployed.versions.get(name) != version for name, version in record.calendars.items()):
        draft = session.draft(replace(deployed, recounting=frozenset(deployed.versions)), Family(derived.cases))
        session.tx.save(draft.change())


def _take_head(sessions: Sessions, record: HeadRecord) -> bool:
    """Keep a head if it follows the last one and all that it covers is here; return whether it was kept."""
    try:
        with sessions(write=True) as session:
            last = session.tx.last_head()
            if record.head.previous != (last.digest if last else ""):
                return False
            session.tx.add_head(record.head, record.ends)
            if session.tx.contradicted(record.head.number):
                raise Conflict(say("head {number} covers what is not here", number=record.head.number))
    except Conflict:
        return False
    return True
