"""Rows to values and back: what each table's columns mean in the core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from hashlib import blake2b
from typing import Any

from ..workflow.chain import End, Head, public
from ..workflow.history import Case, Event, Mark, Relation, RungKey, Seal
from ..workflow.letters import Letter
from ..workflow.ports import ClockRow, Definition, IssuedDocument, ListedCase, Print, Timer
from .columns import instant_text


def case_row(case: Case) -> dict[str, Any]:
    """Return the row of ``cc_cases`` for a case."""
    return {
        "office": case.office,
        "id": case.id,
        "root_id": case.root,
        "parent_id": case.parent,
        "procedure": case.procedure,
        "version": case.version,
        "kind": case.kind,
        "number": case.number,
        "state": case.state,
        "unit": case.unit,
        "lead": case.lead,
        "opened_at": case.opened_at,
        "since": case.since,
        "closed_at": case.closed_at,
        "revision": case.revision,
        "data": dict(case.data),
        "marks": {
            action: [[instant_text(mark.at), mark.actor, mark.seq, dict(mark.given)] for mark in done]
            for action, done in case.marks.items()
        },
        "delivered": [[*_rung(key), seq] for key, seq in sorted(case.delivered.items())],
        "relations": [_relation_told(relation) for relation in case.relations] or None,
        "carried": dict(case.carried) or None,
        "link": case.link or None,
        "unheaded": True,
    }


def case_of(row: Any) -> Case:
    """Return the case of a row of ``cc_cases``."""
    return Case(
        id=row.id,
        office=row.office,
        procedure=row.procedure,
        version=row.version,
        kind=row.kind,
        number=row.number,
        root=row.root_id,
        state=row.state,
        opened_at=row.opened_at,
        since=row.since,
        parent=row.parent_id,
        unit=row.unit,
        lead=row.lead,
        data=row.data,
        marks={
            action: tuple(Mark(datetime.fromisoformat(at), *rest) for at, *rest in done)
            for action, done in row.marks.items()
        },
        delivered={RungKey(*key[:3]): key[3] if len(key) > 3 else 0 for key in row.delivered},
        relations=tuple(_relation_of(told) for told in row.relations or ()),
        carried=row.carried or {},
        closed_at=row.closed_at,
        revision=int(row.revision),
        link=row.link or "",
    )


def _relation_told(relation: Relation) -> dict[str, Any]:
    values = {item.name: getattr(relation, item.name) for item in fields(Relation)}
    return {**values, "at": instant_text(relation.at), "starts": dict(relation.starts), "dues": dict(relation.dues)}


def _relation_of(told: Mapping[str, Any]) -> Relation:
    return Relation(**{**told, "at": datetime.fromisoformat(told["at"])})


def event_row(event: Event) -> dict[str, Any]:
    """Return the row of ``cc_events`` for an event."""
    return {
        "office": event.office,
        "case_id": event.case,
        "root_id": event.root,
        "seq": event.seq,
        "action": event.action,
        "actor": event.actor,
        "role": event.role,
        "unit": event.unit,
        "effective_at": event.effective_at,
        "recorded_at": event.recorded_at,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "data": public(event),
        "opened": None if event.opened is None else dict(event.opened),
        "closes": event.closes,
        "key": event.key,
        "rung": None if event.rung is None else _rung(event.rung),
        "cause": event.cause,
        "overtakes": list(event.overtakes) or None,
        "since": event.since,
        "recount": None if event.recount is None else dict(event.recount),
        "sealed": {name: seal.commitment for name, seal in event.seals.items()} or None,
        "issued": [dict(paper) for paper in event.issued] or None,
        "drawn": dict(event.drawn) or None,
        "redaction": None if event.redaction is None else dict(event.redaction),
        "printed": None if event.printed is None else dict(event.printed),
        "relations": [dict(told) for told in event.relations] or None,
        "migration": None if event.migration is None else dict(event.migration),
        "link": event.link or None,
    }


def private_rows(event: Event) -> Iterator[dict[str, Any]]:
    """Yield a row of ``cc_private`` for each private value of an event that has not been erased."""
    place = {"office": event.office, "case_id": event.case, "seq": event.seq}
    for name, seal in event.seals.items():
        if seal.salt is not None:
            yield {**place, "name": name, "salt": seal.salt, "value": event.data[name]}


Private = Mapping[tuple[str, int], Mapping[str, tuple[str, Any]]]
"""Salt and value of private values, by case and seq of their event and then by name."""


def private_of(rows: Iterable[Any]) -> Private:
    """Return the private values of rows of ``cc_private``."""
    found: dict[tuple[str, int], dict[str, tuple[str, Any]]] = {}
    for row in rows:
        found.setdefault((row.case_id, row.seq), {})[row.name] = (row.salt, row.value)
    return found


def event_of(row: Any, private: Private) -> Event:
    """Return the event of a row of ``cc_events``, with those of its private values that have not been erased."""
    kept = private.get((row.case_id, row.seq), {})
    return Event(
        office=row.office,
        case=row.case_id,
        root=row.root_id,
        seq=int(row.seq),
        action=row.action,
        actor=row.actor,
        role=row.role,
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
        from_state=row.from_state,
        to_state=row.to_state,
        unit=row.unit,
        data={**row.data, **{name: value for name, (_, value) in kept.items()}},
        opened=row.opened,
        closes=row.closes,
        key=row.key,
        rung=None if row.rung is None else RungKey(*row.rung),
        cause=row.cause,
        overtakes=tuple(row.overtakes or ()),
        since=row.since,
        recount=row.recount,
        seals={name: Seal(told, kept[name][0] if name in kept else None) for name, told in (row.sealed or {}).items()},
        issued=tuple(row.issued or ()),
        drawn=row.drawn or {},
        redaction=row.redaction,
        printed=row.printed,
        relations=tuple(row.relations or ()),
        migration=row.migration,
        link=row.link or "",
    )


def clock_row(office: str, clock: ClockRow) -> dict[str, Any]:
    """Return the row of ``cc_clocks`` for the projection of a clock."""
    return {
        "office": office,
        "case_id": clock.case,
        "clock": clock.clock,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "provisional": clock.provisional,
        "running": clock.running,
        "paused": clock.paused,
        "calendar": clock.calendar,
    }


def clock_of(row: Any) -> ClockRow:
    """Return the projection of a clock of a row of ``cc_clocks``."""
    return ClockRow(
        row.case_id,
        row.clock,
        row.started_at,
        row.due_at,
        row.provisional,
        row.running,
        row.calendar,
        bool(row.paused),
    )


def due_row(soonest: ClockRow | None) -> dict[str, Any]:
    """Return the columns of ``cc_cases`` for its soonest due running clock, or for a paused one, which has no due."""
    if soonest is None or soonest.paused:
        return {"due_clock": soonest.clock if soonest else None, "due_at": None, "due_provisional": None}
    return {"due_clock": soonest.clock, "due_at": soonest.due_at, "due_provisional": soonest.provisional}


def projection_digest(clocks: Iterable[ClockRow], timers: Iterable[Timer]) -> str:
    """Return a digest of the rows of a case's clocks and timers, by which those that are kept are told from others."""
    told = [
        *(
            f"{it.clock} {it.started_at} {it.due_at} {it.provisional} {it.running} {it.calendar} {it.paused}"
            for it in clocks
        ),
        *(f"{it.key.clock} {it.key.round} {it.key.rung} {it.action} {it.at} {it.root}" for it in timers),
    ]
    return blake2b("\n".join(sorted(told)).encode(), digest_size=16).hexdigest()


def listed_of(row: Any) -> ListedCase:
    """Return the listed case of a row of ``cc_cases``."""
    return ListedCase(case_of(row), row.due_clock, row.due_at, bool(row.due_provisional))


def timer_row(office: str, timer: Timer) -> dict[str, Any]:
    """Return the row of ``cc_timers`` for a rung still to be delivered."""
    return {
        "office": office,
        "case_id": timer.case,
        "clock": timer.key.clock,
        "round": timer.key.round,
        "rung": timer.key.rung,
        "root_id": timer.root,
        "action": timer.action,
        "at": timer.at,
    }


def timer_of(row: Any) -> Timer:
    """Return the timer of a row of ``cc_timers``."""
    return Timer(row.case_id, row.root_id, RungKey(row.clock, row.round, row.rung), row.action, row.at)


def document_row(office: str, document: IssuedDocument) -> dict[str, Any]:
    """Return the row of ``cc_documents`` for an issued document."""
    return {
        "office": office,
        "case_id": document.case,
        "seq": document.seq,
        "name": document.name,
        "number": document.number,
        "data": dict(document.data),
        "sha256": document.sha256,
    }


def document_of(row: Any) -> IssuedDocument:
    """Return the document of a row of ``cc_documents``."""
    return IssuedDocument(row.case_id, row.seq, row.name, row.number, row.data, row.sha256)


def letter_row(letter: Letter) -> dict[str, Any]:
    """Return the row of ``cc_outbox`` for a letter."""
    row = {item.name: getattr(letter, item.name) for item in fields(letter) if item.name != "case"}
    return row | {"case_id": letter.case, "facts": dict(letter.facts)}


def letter_of(row: Any) -> Letter:
    """Return the letter of a row of ``cc_outbox``."""
    told = row._asdict()
    return Letter(case=told.pop("case_id"), **told)


def print_row(office: str, one: Print) -> dict[str, Any]:
    """Return the row of ``cc_prints`` for a printed paper."""
    return {
        "office": office,
        "case_id": one.case,
        "seq": one.seq,
        "number": one.number,
        "format": one.format,
        "content": one.content,
        "sha256": one.sha256,
        "template": one.template,
        "printed_at": one.printed_at,
    }


def print_of(row: Any) -> Print:
    """Return the printed paper of a row of ``cc_prints``."""
    content = None if row.content is None else bytes(row.content)
    return Print(row.case_id, int(row.seq), row.number, row.format, content, row.sha256, row.template, row.printed_at)


def head_row(head: Head) -> dict[str, Any]:
    """Return the row of ``cc_heads`` for a head."""
    return {item.name: getattr(head, item.name) for item in fields(head)}


def head_of(row: Any) -> Head:
    """Return the head of a row of ``cc_heads``."""
    return Head(row.office, int(row.number), row.closed_at, row.previous, row.root, row.ends)


def end_row(head: Head, end: End) -> dict[str, Any]:
    """Return the row of ``cc_ends`` for an end that a head covers."""
    return {"office": head.office, "head": head.number, "case_id": end.case, "seq": end.seq, "link": end.link}


def end_of(row: Any) -> End:
    """Return the end of a row of ``cc_ends``."""
    return End(row.case_id, row.seq, row.link)


def definition_row(definition: Definition) -> dict[str, Any]:
    """Return the row of ``cc_definitions`` for a definition."""
    return {item.name: getattr(definition, item.name) for item in fields(definition)}


def definition_of(row: Any) -> Definition:
    """Return the definition of a row of ``cc_definitions``."""
    return Definition(**row._asdict())


def serial_of(row: Any) -> int:
    """Return the last number drawn of a row of ``cc_serials``."""
    return int(row.value)


def _rung(key: RungKey) -> list[str | int]:
    return [key.clock, key.round, key.rung]
