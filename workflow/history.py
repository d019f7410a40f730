"""A case and its history: events are what happened, and a case is what they add up to.

`apply` is the only place that says what an event does to a case; the engine uses it when it writes, and rebuilding a
case from its history uses the same function, so the two cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .model import DISCLOSED, JOINED, MIGRATED, OPEN, PRINTED, RECOUNTED, REDACTED, REVISED, SYSTEM

NOTED = frozenset({DISCLOSED, JOINED, MIGRATED, PRINTED, RECOUNTED, REDACTED, REVISED})
"""The actions of events by which something is noted down about a case; they are not something done on it."""

_DATE_OR_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")


@dataclass(frozen=True, slots=True)
class Mark:
    """That an action was done: when in law, and by whom.

    Args:
        seq: the number of its event in the case; 0 where an older version kept none.
        given: those values of the event that time is measured by: numbers, dates and instants.
    """

    at: datetime
    actor: str
    seq: int = 0
    given: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """That a case was merged with another one, or split off from it.

    Args:
        kind: ``merged_into`` or ``took_in``; ``split_into`` or ``split_from``.
        case, number: the other case.
        at: when in law.
        seq: the number of the event of this case that says so.
        starts: from when a statutory clock of this case runs at the latest, taken over from the other: by clock, the
            instant ``at``, in ISO 8601, and ``by`` which field or action.
        dues: by clock, where its start alone would move a limit to a later date: when it ends at the latest.
    """

    kind: str
    case: str
    number: str
    at: datetime
    seq: int
    starts: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    dues: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, order=True)
class RungKey:
    """Which rung of which clock an event delivered. ``round`` grows with each extension and restart of the clock."""

    clock: str
    round: int
    rung: int


@dataclass(frozen=True, slots=True)
class Seal:
    """What stands for a private value in the chain of a history, and tells nothing about it.

    Args:
        commitment: SHA-256 over the salt and the value; see `chain.commitment`.
        salt: kept beside the value, without which nobody can guess it from the commitment; None once both are erased.
    """

    commitment: str
    salt: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a case's history; never changed after it is written.

    Args:
        seq: 1, 2, 3... within its case.
        effective_at: when it happened in law. UTC.
        recorded_at: when it was entered. UTC.
        data: accepted inputs and computed fields, as plain JSON values; private ones are missing once they are erased.
            Of what the engine notes down, what there is to say of it, no value of the case; see `disclosure`.
        opened: for the first event only: what the new case is: its procedure, version, kind, number, parent,
            unit and lead, as in `Case`, and the fingerprint of the procedure as ``definition``.
        closes: the event led to a final state.
        key: the caller's idempotency key, unique in its office.
        rung: the rung that this event delivered, for the system's timed actions.
        cause: the event, as ``case:seq``, in whose wake this one happened.
        overtakes: the events of this case, by their seq, that never took legal effect because this one was entered.
        since: when ``to_state`` began, where the case goes back to a state because what led out of it was overtaken.
        recount: what a new version of a calendar changed: the calendar's id, its version and fingerprint ``from`` and
            ``to`` which it went, and for each of the ``clocks`` the ``old`` and the ``new`` due in ISO 8601.
        seals: for every private value of ``data``, by name.
        issued: the papers that it issued: of each the ``name``, the ``number`` and the ``sha256``.
        drawn: the last number that it drew of each series.
        redaction: which private ``fields`` of the case it had erased, and the ``reason``.
        printed: the paper of the case that it printed, by the ``seq`` of the event that issued it, with its ``number``,
            the ``format``, the ``sha256`` of the bytes and of the ``template``, and the private values that ``shows``.
        relations: the cases that it merged this one with, or split from it: what `Relation` keeps of each.
        migration: by what the case went over to another version of its procedure; see `migration`.
        link: what chains it to the case's event before it; see `chain.link`. Empty while it is not written yet.
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
    overtakes: tuple[int, ...] = ()
    since: datetime | None = None
    recount: Mapping[str, Any] | None = None
    seals: Mapping[str, Seal] = field(default_factory=dict)
    issued: tuple[Mapping[str, str], ...] = ()
    drawn: Mapping[str, int] = field(default_factory=dict)
    redaction: Mapping[str, Any] | None = None
    printed: Mapping[str, Any] | None = None
    relations: tuple[Mapping[str, Any], ...] = ()
    migration: Mapping[str, Any] | None = None
    link: str = ""

    @property
    def name(self) -> str:
        """What other events name it by: ``case:seq``."""
        return f"{self.case}:{self.seq}"

    @property
    def disclosure(self) -> Mapping[str, Any] | None:
        """Which private ``fields`` of the case were shown, and the ``reason``; None for any other event."""
        return self.data if self.action == DISCLOSED else None

    @property
    def moves(self) -> bool:
        """Whether it led to another state."""
        return self.to_state != self.from_state


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a procedure, or a subcase of one, as its events have made it.

    Args:
        id: time-ordered UUID.
        number: what people see and type, unique in the office.
        root: the case that has no parent; the unit of locking. Equal to ``id`` for that case itself.
        unit: for a subcase: the unit that holds it; ``lead`` tells whether it is the lead unit.
        data: fields by name, as plain JSON values: instants as ISO 8601 in UTC, dates as ISO 8601.
        marks: for every action done and not overtaken: when and by whom, in order of recording.
        delivered: rungs already delivered and not overtaken, each with the seq of the event that did.
        since: effective time of the event that led to the present state.
        revision: number of its events.
        link: that of its last event: the end of its chain.
        relations: the cases that it was merged with or split from, in order of recording.
        carried: for clocks that a migration did not simply count by the new version: by which rule they go on.
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
    delivered: Mapping[RungKey, int] = field(default_factory=dict)
    closed_at: datetime | None = None
    revision: int = 0
    link: str = ""
    relations: tuple[Relation, ...] = ()
    carried: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def noted(case: Case, action: str, *, at: datetime, recorded_at: datetime, **values: Any) -> Event:
    """Return an event by which the engine notes something down about a case, which stays where it is.

    Args:
        values: further values of the event.
    """
    return Event(
        office=case.office,
        case=case.id,
        root=case.root,
        seq=case.revision + 1,
        action=action,
        actor=SYSTEM,
        role=SYSTEM,
        effective_at=at,
        recorded_at=recorded_at,
        from_state=case.state,
        to_state=case.state,
        **values,
    )


def apply(case: Case | None, event: Event) -> Case:
    """Return the case after ``event``; ``case`` is None for the event that opens it.

    Raises ValueError when the event does not follow the case's last one.
    """
    if case is None:
        case = _opened(event)
    if event.seq != case.revision + 1:
        raise ValueError(f"event {event.seq} does not follow revision {case.revision} of case {case.id}")
    if event.overtakes:
        case = without(case, event.overtakes)
    if event.redaction:
        case = _redacted(case, event.redaction["fields"])
    if event.migration:
        case = _migrated(case, event.migration)
    anew = (event.moves and not event.migration) or event.since is not None
    return replace(
        case,
        state=event.to_state,
        since=(event.since or event.effective_at) if anew else case.since,
        data=case.data if event.action in NOTED else {**case.data, **event.data},
        marks=_marks(case, event),
        delivered={**case.delivered, event.rung: event.seq} if event.rung else case.delivered,
        closed_at=(event.effective_at if event.closes else None) if anew else case.closed_at,
        revision=event.seq,
        link=event.link or case.link,
        relations=(*case.relations, *related(event)),
    )


def _migrated(case: Case, told: Mapping[str, Any]) -> Case:
    """The case in the words of the version to which it went over."""
    actions = told["actions"]
    marks = {actions.get(action, action): done for action, done in case.marks.items()}
    delivered = {key: seq for old, seq in case.delivered.items() if (key := rung_after(old, told)) is not None}
    for restored in told["restores"]:
        seq, action = restored["seq"], restored["action"]
        if restored.get("rung"):
            delivered[RungKey(*restored["rung"])] = seq
        if not any(mark.seq == seq for mark in marks.get(action, ())):
            mark = Mark(datetime.fromisoformat(restored["at"]), restored["actor"], seq, restored["given"])
            marks[action] = tuple(sorted((*marks.get(action, ()), mark), key=lambda mark: mark.seq))
    return replace(case, version=told["to"]["version"], marks=marks, delivered=delivered, carried=told["carried"])


def rung_after(key: RungKey, told: Mapping[str, Any]) -> RungKey | None:
    """Return a rung as a migration names it: its place in the new ladder; None when that has no such rung."""
    places = told["rungs"].get(key.clock)
    if places is None:
        return key
    place = places.get(str(key.rung))
    return None if place is None else replace(key, rung=place)


def related(event: Event) -> tuple[Relation, ...]:
    """Return what an event says of other cases."""
    return tuple(Relation(at=event.effective_at, seq=event.seq, **told) for told in event.relations)


def without(case: Case, seqs: Container[int]) -> Case:
    """Return the case without the marks, delivered rungs and relations of these of its events."""
    kept = {action: tuple(mark for mark in done if mark.seq not in seqs) for action, done in case.marks.items()}
    return replace(
        case,
        marks={action: done for action, done in kept.items() if done},
        delivered={key: seq for key, seq in case.delivered.items() if seq not in seqs},
        relations=tuple(relation for relation in case.relations if relation.seq not in seqs),
    )


def _redacted(case: Case, names: Container[str]) -> Case:
    """Return the case without these of its values, wherever it keeps them."""
    return replace(
        case,
        data={name: value for name, value in case.data.items() if name not in names},
        marks={action: tuple(_redacted_mark(mark, names) for mark in done) for action, done in case.marks.items()},
    )


def _redacted_mark(mark: Mark, names: Container[str]) -> Mark:
    return replace(mark, given={name: value for name, value in mark.given.items() if name not in names})


def _marks(case: Case, event: Event) -> Mapping[str, tuple[Mark, ...]]:
    """The marks with that of ``event``. What the engine notes down about a case is not something done on it."""
    if event.action in NOTED:
        return case.marks
    given = {name: value for name, value in event.data.items() if _measures_time(value)}
    mark = Mark(event.effective_at, event.actor, event.seq, given)
    return {**case.marks, event.action: (*case.marks.get(event.action, ()), mark)}


def _measures_time(value: Any) -> bool:
    """Return whether a limit, a start or an extension could be measured by this value."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    if not isinstance(value, str) or not _DATE_OR_INSTANT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


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
        **{name: value for name, value in event.opened.items() if name != "definition"},
    )


def erasures(events: Iterable[Event]) -> dict[tuple[str, str], int]:
    """Return, by case and field, the last event that had private values erased; the events of a case in order."""
    return {(event.case, name): event.seq for event in events if event.redaction for name in event.redaction["fields"]}


def kept_private(events: Iterable[Event]) -> set[tuple[str, str]]:
    """Return the private values that have not been erased, as pairs of case and field."""
    return {(event.case, name) for event in events for name, seal in event.seals.items() if seal.salt is not None}


def versions(events: Iterable[Event]) -> dict[str, int]:
    """Return, by the name of each event, the version of its procedure on which its case was when it happened.

    Args:
        events: whole histories, in order of recording.
    """
    now: dict[str, int] = {}
    found: dict[str, int] = {}
    for event in events:
        if event.opened:
            now[event.case] = event.opened["version"]
        found[event.name] = now[event.case]
        if event.migration:
            now[event.case] = event.migration["to"]["version"]
    return found


def fold(events: Iterable[Event]) -> tuple[Case, ...]:
    """Return the cases that these events add up to, parents first: a case with its subcases, rebuilt from its history.

    Args:
        events: whole histories, in order of recording.
    """
    cases: dict[str, Case] = {}
    for event in events:
        cases[event.case] = apply(cases.get(event.case), event)
    return tuple(cases.values())
