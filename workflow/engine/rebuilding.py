"""Rebuilding: everything that follows from the history, computed anew and compared with what is kept.

Cases, clocks, timers and the dues that lists are sorted by are projections: the history alone decides. A difference is
a fault of a program, or somebody's hand in the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from ..errors import CaseclockError
from ..history import Case, Event, Mark, fold
from ..messages import Message, say
from ..ports import ClockRow, ListedCase, Timer, soonest
from .family import Family
from .projections import measured, project
from .session import Session, Sessions, family_pages
from .situation import Deployed


@dataclass(frozen=True, slots=True)
class Difference:
    """Something kept that does not follow from the history.

    Args:
        case: the number of the case, or its id where it has none; empty for a series of numbers.
        what: which value of it.
        kept, derived: what is in the store, and what follows from the history; None for nothing.
    """

    case: str
    what: Message | str
    kept: Any
    derived: Any

    @property
    def message(self) -> Message:
        """The difference in a sentence."""
        return say(
            "{case}: {what} is {kept}; from the history follows {derived}",
            case=self.case or "-",
            what=self.what,
            kept=_told(self.kept),
            derived=_told(self.derived),
        )


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild found, and repaired unless it only checked; and why which families could not be derived."""

    cases: int = 0
    differences: tuple[Difference, ...] = ()
    failed: Mapping[str, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Projection:
    """All that is kept of a family beside its history."""

    cases: tuple[Case, ...]
    clocks: tuple[ClockRow, ...]
    timers: tuple[Timer, ...]


def derive(session: Session, events: Sequence[Event], kept: Sequence[ClockRow] = ()) -> Projection:
    """Return the projection of a family from its events alone.

    Args:
        kept: its clock rows, which say by which versions of their calendars they were counted.

    Raises ValueError when the events do not follow one another, and `CaseclockError` when they cannot be counted.
    """
    cases = fold(events)
    if not cases:
        raise ValueError("there are no events")
    deployed = _as_counted(session, session.deployed_for(cases), kept)
    clocks, timers = project(deployed, measured(deployed, Family(cases), session.now))
    return Projection(cases, clocks, timers)


def differences(session: Session, root: str, events: Sequence[Event]) -> tuple[Difference, ...]:
    """Return what is kept of a family that does not follow from its history. Raises as `derive` does.

    Args:
        events: its history.
    """
    tx = session.tx
    cases, clocks, timers = tx.family(root), tx.clocks(root), tx.timers_of(root)
    derived = derive(session, events, clocks) if events else Projection((), (), ())
    numbers = {case.id: case.number for case in (*cases, *derived.cases)}
    return (
        *_of_cases(numbers, cases, derived.cases),
        *_of_clocks(numbers, clocks, derived.clocks, _waiting(session, derived.cases)),
        *_of_timers(numbers, timers, derived.timers),
        *_of_dues(numbers, tx.listed_family(root), clocks),
    )


def _waiting(session: Session, cases: Sequence[Case]) -> frozenset[str]:
    """The calendars of which the present version may not have reached every case yet."""
    return session.deployed_for(cases).recounting if cases else frozenset()


def repair(session: Session, root: str, events: Sequence[Event]) -> None:
    """Write the projection that follows from a family's history in the place of the one that is kept."""
    derived = derive(session, events, session.tx.clocks(root))
    session.tx.rewrite(derived.cases, derived.clocks, derived.timers)


def rebuild(sessions: Sessions, *, check: bool) -> RebuildReport:
    """Go through every family, in a transaction for each; see `Engine.rebuild`."""
    found: list[Difference] = []
    failed: dict[str, Message] = {}
    cases, known = 0, dict[str, int]()
    for page in family_pages(sessions):
        for root in page:
            with sessions(write=not check) as session:
                events = session.tx.events(root)
                cases, known = cases + 1, drawn(events, known)
                try:
                    found += _differing(session, root, events, check=check)
                except (ValueError, KeyError, CaseclockError) as error:
                    failed[root] = say("its history cannot be followed: {reason}", reason=str(error))
    with sessions(write=not check) as session:
        for root in session.tx.lost_families():
            found += _lost(session, root, check=check)
        found += differing_serials(session, known, check=check)
    return RebuildReport(cases, tuple(found), failed)


def _differing(session: Session, root: str, events: Sequence[Event], *, check: bool) -> tuple[Difference, ...]:
    differs = differences(session, root, events)
    if differs and not check:
        repair(session, root, events)
    return differs


def _lost(session: Session, root: str, *, check: bool) -> list[Difference]:
    """The cases of a family of which the history is there, and they themselves are not."""
    events = session.tx.recorded(root)
    there = {event.case for event in session.tx.events(root)}
    lost = [case for case in fold(events) if case.id not in there]
    if not check:
        repair(session, root, events)
    return [Difference(case.number, "case", None, case.state) for case in lost]


def differing_serials(session: Session, known: Mapping[str, int], *, check: bool) -> Iterator[Difference]:
    """Yield the series of which a number would be drawn a second time; they are put right unless only checked."""
    kept = session.tx.serials()
    for series, last in sorted(known.items()):
        if kept.get(series, 0) < last:
            yield Difference("", say("the last number drawn of {series}", series=series), kept.get(series, 0), last)
            if not check:
                session.tx.raise_serial(series, last)


def drawn(events: Iterable[Event], so_far: Mapping[str, int]) -> dict[str, int]:
    """Return the last number that is known to have been drawn of each series."""
    last = dict(so_far)
    for event in events:
        for series, serial in event.drawn.items():
            last[series] = max(serial, last.get(series, 0))
    return last


def _as_counted(session: Session, deployed: Deployed, kept: Iterable[ClockRow]) -> Deployed:
    """The same by those versions of its calendars by which the rows were counted, where a recount has not come yet."""
    for calendar in {row.calendar for row in kept if row.calendar}:
        name, _, version = calendar.rpartition("@")
        if name in deployed.versions and int(version) != deployed.versions[name]:
            deployed, _ = session.counting_by(deployed, name, int(version))
    return deployed


def _of_cases(numbers: Mapping[str, str], kept: Iterable[Case], derived: Iterable[Case]) -> Iterator[Difference]:
    for case, old, new in _pairs({it.id: it for it in kept}, {it.id: it for it in derived}):
        if old is None or new is None:
            yield Difference(numbers[case], "case", old and old.state, new and new.state)
            continue
        for item in fields(Case):
            left, right = getattr(old, item.name), getattr(new, item.name)
            if left != right and not _older(item.name, left, right):
                yield Difference(numbers[case], item.name, left, right)


def _older(name: str, kept: Any, derived: Any) -> bool:
    """Whether two values differ only in what an older version did not keep: which event left a mark or a rung."""
    if name == "marks":
        return bool(
            kept.keys() == derived.keys()
            and all(
                len(kept[action]) == len(derived[action]) and all(map(_same_mark, kept[action], derived[action]))
                for action in kept
            )
        )
    if name == "delivered":
        return bool(kept.keys() == derived.keys() and all(seq in (0, derived[key]) for key, seq in kept.items()))
    return False


def _same_mark(kept: Mark, derived: Mark) -> bool:
    return kept == derived or (kept.seq == 0 and (kept.at, kept.actor) == (derived.at, derived.actor))


def _of_clocks(
    numbers: Mapping[str, str], kept: Iterable[ClockRow], derived: Iterable[ClockRow], waiting: frozenset[str]
) -> Iterator[Difference]:
    old_rows = {(row.case, row.clock): row for row in kept}
    new_rows = {(row.case, row.clock): row for row in derived}
    for (case, clock), old, new in _pairs(old_rows, new_rows):
        dated = bool(old and new and _is_dated(old, new, waiting))
        if old is None or new is None or _compared(old, dated=dated) != _compared(new, dated=dated):
            told = (row and _compared(row, dated=True) for row in (old, new))
            yield Difference(numbers[case], say("clock {clock}", clock=clock), *told)


def _is_dated(kept: ClockRow, derived: ClockRow, waiting: frozenset[str]) -> bool:
    """Whether the due of a row can be derived.

    That of a paused clock moves on by itself. A row that names no calendar is of an older version, until a recount has
    reached it.
    """
    calendar = (derived.calendar or "").rpartition("@")[0]
    return not kept.paused and not (kept.calendar is None and calendar in waiting)


def _compared(row: ClockRow, *, dated: bool) -> tuple[Any, ...]:
    return row.started_at, row.running, row.paused, (row.due_at, row.provisional, row.calendar) if dated else None


def _of_timers(numbers: Mapping[str, str], kept: Iterable[Timer], derived: Iterable[Timer]) -> Iterator[Difference]:
    old_rows = {(timer.case, timer.key): timer for timer in kept}
    new_rows = {(timer.case, timer.key): timer for timer in derived}
    for (case, key), old, new in _pairs(old_rows, new_rows):
        if old != new:
            what = say("rung {rung} of clock {clock}, round {round}", rung=key.rung, clock=key.clock, round=key.round)
            yield Difference(numbers[case], what, old and (old.action, old.at), new and (new.action, new.at))


def _of_dues(
    numbers: Mapping[str, str], listed: Iterable[ListedCase], clocks: Iterable[ClockRow]
) -> Iterator[Difference]:
    first = soonest(clocks)
    for item in listed:
        row = first.get(item.case.id)
        dated = row is not None and not row.paused
        should = (row and row.clock, row.due_at if row and dated else None, bool(row and dated and row.provisional))
        if (item.clock, item.due_at, item.provisional) != should:
            shown = item.clock, item.due_at, item.provisional
            yield Difference(numbers[item.case.id], say("the due that lists show"), shown, should)


def _pairs(kept: Mapping[Any, Any], derived: Mapping[Any, Any]) -> Iterator[tuple[Any, Any, Any]]:
    for key in dict.fromkeys((*kept, *derived)):
        yield key, kept.get(key), derived.get(key)


def _told(value: Any) -> Any:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_told(part)}" for key, part in value.items())
    if isinstance(value, tuple):
        return ", ".join(str(_told(part)) for part in value)
    return "-" if value is None else value
