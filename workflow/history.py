"""A case and its history: events are what happened, and a case is what they add up to.

`apply` is the only place that says what an event does to a case; the engine uses it when it writes, and rebuilding a
case from its history uses the same function, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .model import OPEN


@dataclass(frozen=True, slots=True)
class Mark:
    """That an action was done: when in law, and by whom."""

    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, order=True)
class RungKey:
    """Which rung of which clock an event delivered. ``round`` grows with each extension and restart of the clock."""

    clock: str
    round: int
    rung: int


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a case's history; never changed after it is written.

    Args:
        seq: 1, 2, 3... within its case.
        effective_at: when it happened in law. UTC.
        recorded_at: when it was entered. UTC.
        data: accepted inputs and computed fields, as plain JSON values.
        opened: for the first event only: what the new case is: its procedure, version, kind, number, parent,
            unit and lead, as in `Case`.
        closes: the event led to a final state.
        key: the caller's idempotency key, unique in its office.
        rung: the rung that this event delivered, for the system's timed actions.
        cause: the event, as ``case:seq``, in whose wake this one happened.
    """

    office: str
    case: str
    root: str
    seq: int
    action: str
    actor: str
    role: str
    effective_at: datetime
    recorded_at: datetime
    from_state: str | None
    to_state: str
    unit: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    opened: Mapping[str, Any] | None = None
    closes: bool = False
    key: str | None = None
    rung: RungKey | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a procedure, or a subcase of one, as its events have made it.

    Args:
        id: time-ordered UUID.
        number: what people see and type, unique in the office.
        root: the case that has no parent; the unit of locking. Equal to ``id`` for that case itself.
        unit: for a subcase: the unit that holds it; ``lead`` tells whether it is the lead unit.
        data: fields by name, as plain JSON values: instants as ISO 8601 in UTC, dates as ISO 8601.
        marks: for every action done: when and by whom, in order of recording.
        delivered: rungs already delivered.
        since: effective time of the event that led to the present state.
        revision: number of its events.
    """

    id: str
    office: str
    procedure: str
    version: int
    kind: str
    number: str
    root: str
    state: str
    opened_at: datetime
    since: datetime
    parent: str | None = None
    unit: str | None = None
    lead: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    delivered: frozenset[RungKey] = frozenset()
    closed_at: datetime | None = None
    revision: int = 0


def apply(case: Case | None, event: Event) -> Case:
    """Return the case after ``event``; ``case`` is None for the event that opens it.

    Raises ValueError when the event does not follow the case's last one.
    """
    if case is None:
        case = _opened(event)
    if event.seq != case.revision + 1:
        raise ValueError(f"event {event.seq} does not follow revision {case.revision} of case {case.id}")
    return replace(
        case,
        state=event.to_state,
        since=event.effective_at if event.to_state != event.from_state else case.since,
        data={**case.data, **event.data},
        marks={**case.marks, event.action: (*case.marks.get(event.action, ()), Mark(event.effective_at, event.actor))},
        delivered=case.delivered | {event.rung} if event.rung else case.delivered,
        closed_at=event.effective_at if event.closes else case.closed_at,
        revision=event.seq,
    )


def _opened(event: Event) -> Case:
    if event.action != OPEN or event.opened is None:
        raise ValueError(f"the first event of case {event.case} is {event.action}, not {OPEN}")
    return Case(
        id=event.case,
        office=event.office,
        root=event.root,
        state=event.to_state,
        opened_at=event.effective_at,
        since=event.effective_at,
        **event.opened,
    )


def fold(events: Iterable[Event]) -> tuple[Case, ...]:
    """Return the cases that these events add up to, parents first: a case with its subcases, rebuilt from its history.

    Args:
        events: whole histories, in order of recording.
    """
    cases: dict[str, Case] = {}
    for event in events:
        cases[event.case] = apply(cases.get(event.case), event)
    return tuple(cases.values())
