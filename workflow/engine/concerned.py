"""Whom a changed procedure concerns: running cases are counted, and their clocks measured by the old and the new text.

Nothing is written. A running case keeps its version until it is migrated; what is told here is how it would stand.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..calendars import Calendar
from ..clocks import ClockStatus
from ..comparison import Difference, Matter, Way
from ..errors import CaseclockError
from ..history import Case
from ..messages import Message, Text
from ..model import CASE, Clock, Effect, Lifecycle, Procedure
from .family import Family
from .session import FAMILIES, Session, Sessions
from .situation import Deployed, Situation

ClockKey = tuple[str, str]
"""A clock by its kind of case and its name."""


@dataclass(slots=True)
class ClockEffect:
    """How one clock of running cases stands by the old and by the new text.

    Args:
        running: of how many cases it runs by either.
        no_longer_overdue: of how many it is overdue by the old text and would not be by the new one.
        newly_overdue: of how many it is the other way about.
        moved: of how many the due would be another.
        earlier, later: by how much at most.
        first_due, last_due: the earliest and the latest of the new dues that moved; None where none moved.
        begins, ends: of how many it would run by the new text only, and by the old one only.
        failed: why it cannot be measured, by the numbers of the cases.
    """

    kind: str
    clock: str
    title: Text
    zone: str
    running: int = 0
    no_longer_overdue: int = 0
    newly_overdue: int = 0
    moved: int = 0
    earlier: timedelta = timedelta()
    later: timedelta = timedelta()
    first_due: datetime | None = None
    last_due: datetime | None = None
    begins: int = 0
    ends: int = 0
    failed: dict[str, Message] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether any running case would stand otherwise."""
        return bool(self.moved or self.begins or self.ends or self.failed or self.verdicts)

    @property
    def verdicts(self) -> int:
        """Of how many cases it would be told otherwise whether they are overdue."""
        return self.no_longer_overdue + self.newly_overdue


@dataclass(slots=True)
class Concern:
    """One difference with the running cases that it touches.

    Args:
        cases: how many cases or subcases; None for a matter of words, which touches none.
        effect: how the clock that it is about would stand, by all differences together; told with the first of them.
    """

    difference: Difference
    cases: int | None = 0
    effect: ClockEffect | None = None


@dataclass(frozen=True, slots=True)
class ConcernReport:
    """What a changed procedure would mean for the running cases of one version.

    Args:
        version: the version that they are on.
        running: how many families of it are running.
        elsewhere: how many run on other versions, by these.
        further: how clocks would stand of which the text has not changed, but what they hang on.
    """

    procedure: str
    version: int
    at: datetime
    running: int
    elsewhere: Mapping[int, int]
    concerns: tuple[Concern, ...]
    further: tuple[ClockEffect, ...] = ()


def concerned(
    sessions: Sessions,
    old: Procedure,
    new: Procedure,
    differences: Iterable[Difference],
    calendars: Mapping[str, Calendar],
    instead: Mapping[str, Calendar],
) -> ConcernReport:
    """Count and measure the running cases of the old version; see `Engine.concerned`."""
    found = _Count(old, new, [_concern(difference) for difference in differences], instead)
    after = ""
    at: datetime | None = None
    while True:
        with sessions() as session:
            at = at or session.now
            roots = session.tx.open_families([old.id], after, FAMILIES)
            if not roots:
                break
            found.take(session, roots, at, calendars)
        after = roots[-1]
    return found.report(at)


def _concern(difference: Difference) -> Concern:
    return Concern(difference, cases=None if difference.matter is Matter.WORDS else 0)


class _Count:
    """What has been counted so far, page by page."""

    def __init__(
        self, old: Procedure, new: Procedure, concerns: list[Concern], instead: Mapping[str, Calendar]
    ) -> None:
        self._old, self._new, self._concerns, self._instead = old, new, concerns, instead
        self._running, self._elsewhere = 0, dict[int, int]()
        self._touched = _touched_clocks(old, new, [concern.difference for concern in concerns], instead)
        self._effects: dict[ClockKey, ClockEffect] = {}

    def take(self, session: Session, roots: Sequence[str], at: datetime, calendars: Mapping[str, Calendar]) -> None:
        """Count a page of families."""
        before = session.shelf.tried(session.tx, self._old, calendars)
        after = _counting(session.shelf.tried(session.tx, self._new, calendars), self._instead)
        families = session.tx.named_many(roots)
        for root in roots:
            family = Family(families[root][1])
            if family.root.version != self._old.version:
                self._elsewhere[family.root.version] = self._elsewhere.get(family.root.version, 0) + 1
                continue
            self._running += 1
            for case in family.cases:
                if case.closed_at is None:
                    self._count(case, before, after, family, at)

    def _count(self, case: Case, before: Deployed, after: Deployed, family: Family, at: datetime) -> None:
        runs = dict[ClockKey, bool]()
        for kind, clock in self._touched:
            if kind == case.kind:
                runs[kind, clock] = self._measure(clock, case, before, after, family, at)
        for concern in self._concerns:
            if concern.cases is not None and _touches(concern.difference, case, runs):
                concern.cases += 1

    def _measure(self, clock: str, case: Case, before: Deployed, after: Deployed, family: Family, at: datetime) -> bool:
        """Measure a clock by both texts; return whether it runs by either."""
        effect = self._effect(case.kind, clock, before, after)
        try:
            old = _status(Situation(before, family, case, at), clock)
            new = _status(Situation(after, family, case, at), clock)
        except CaseclockError as error:
            effect.failed[case.number] = error.message
            return True
        if old is None and new is None:
            return False
        effect.running += 1
        effect.begins += old is None
        effect.ends += new is None
        if old and new:
            _compare(effect, old, new, at)
        elif new:
            effect.newly_overdue += _overdue(new, at)
        elif old:
            effect.no_longer_overdue += _overdue(old, at)
        return True

    def _effect(self, kind: str, clock: str, before: Deployed, after: Deployed) -> ClockEffect:
        if (kind, clock) not in self._effects:
            deployed, lifecycle = next(
                (it, lifecycle)
                for it in (after, before)
                if (lifecycle := _lifecycle(it.procedure, kind)) and clock in lifecycle.clocks
            )
            declared = lifecycle.clocks[clock]
            zone = deployed.calendar_of(declared).zone
            self._effects[kind, clock] = ClockEffect(kind, clock, declared.title, zone)
        return self._effects[kind, clock]

    def report(self, at: datetime) -> ConcernReport:
        """Return everything that was counted, each clock's effect with the first difference that is about it."""
        effects = dict(self._effects)
        for concern in self._concerns:
            if concern.difference.clock and concern.difference.matter is Matter.LIMIT:
                concern.effect = effects.pop((concern.difference.lifecycle, concern.difference.clock), None)
        return ConcernReport(
            self._old.id,
            self._old.version,
            at,
            self._running,
            dict(sorted(self._elsewhere.items())),
            tuple(self._concerns),
            tuple(effect for effect in effects.values() if effect.changes),
        )


def _counting(deployed: Deployed, instead: Mapping[str, Calendar]) -> Deployed:
    """The same, counted by other calendars."""
    calendars = {name: instead.get(name, calendar) for name, calendar in deployed.calendars.items()}
    return replace(deployed, calendar=calendars[deployed.procedure.calendar], calendars=calendars)


def _lifecycle(procedure: Procedure, kind: str) -> Lifecycle | None:
    if kind == CASE:
        return procedure.case
    return procedure.subcases[kind].lifecycle if kind in procedure.subcases else None


def _status(situation: Situation, clock: str) -> ClockStatus | None:
    """Where a clock that runs stands; None where it does not run, or is not there."""
    lifecycle = _lifecycle(situation.deployed.procedure, situation.case.kind)
    if lifecycle is None or clock not in lifecycle.clocks:
        return None
    status = situation.clock(clock)
    return status if status and status.running else None


def _overdue(status: ClockStatus, at: datetime) -> bool:
    return status.clock.effect is not Effect.NONE and status.overdue(at)


def _compare(effect: ClockEffect, old: ClockStatus, new: ClockStatus, at: datetime) -> None:
    was, would_be = _overdue(old, at), _overdue(new, at)
    effect.no_longer_overdue += was and not would_be
    effect.newly_overdue += would_be and not was
    if new.due_at != old.due_at:
        effect.moved += 1
        effect.earlier = max(effect.earlier, old.due_at - new.due_at)
        effect.later = max(effect.later, new.due_at - old.due_at)
        effect.first_due = min(effect.first_due or new.due_at, new.due_at)
        effect.last_due = max(effect.last_due or new.due_at, new.due_at)


def _touches(difference: Difference, case: Case, runs: Mapping[ClockKey, bool]) -> bool:
    """Whether a difference is about something that an open case has before it."""
    if difference.lifecycle and difference.lifecycle != case.kind:
        return False
    if difference.clock and difference.way is not Way.RENAMED:
        return runs.get((case.kind, difference.clock), False)
    if difference.states:
        return case.state in difference.states
    return bool(difference.lifecycle) or case.parent is None


def _touched_clocks(
    old: Procedure, new: Procedure, differences: Iterable[Difference], instead: Container[str]
) -> tuple[ClockKey, ...]:
    """The clocks that a difference is about or another calendar counts, and those that hang on one of them."""
    clocks = list(_clocks(old, new))
    touched = dict.fromkeys(key for key, clock in clocks if (clock.calendar or new.calendar) in instead)
    for difference in differences:
        if difference.way is Way.RENAMED:
            continue
        if difference.clock and difference.matter is not Matter.WORDS:
            touched[difference.lifecycle, difference.clock] = None
        elif difference.path == ("calendar",):
            touched |= dict.fromkeys(key for key, clock in clocks if clock.calendar is None)
    while hanging := [key for key, clock in clocks if key not in touched and _hangs_on(key[0], clock) & touched.keys()]:
        touched |= dict.fromkeys(hanging)
    return tuple(touched)


def _clocks(old: Procedure, new: Procedure) -> Iterator[tuple[ClockKey, Clock]]:
    for procedure in (old, new):
        for kind in (CASE, *procedure.subcases):
            for name, clock in procedure.lifecycle(kind).clocks.items():
                yield (kind, name), clock


def _hangs_on(kind: str, clock: Clock) -> set[ClockKey]:
    """The clocks by whose due another one is bounded."""
    bounds = (clock.within, clock.not_before)
    return {(CASE if bound.of_case else kind, bound.clock) for bound in bounds if bound}
