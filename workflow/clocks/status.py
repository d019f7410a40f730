"""The status of a clock: everything that is known of it from its case's history, measured anew at every reading.

Nothing here is stored as truth. Overdue and late are derived, so a late or corrected entry needs no patching.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from ..calendars import Calendar
from ..history import Case, RungKey
from ..messages import Text
from ..migration import Left
from ..model import MIGRATED, SYSTEM, Clock, Extension, Limit, Rung, Side, Strictness
from .counting import count
from .hours import in_hours
from .ladder import less_reserve, rung_instant
from .ledger import Grant, Ledger, Start, Stretch, known, read_instant, read_ledger
from .receipt import Received, deemed_later, later, received
from .reckoning import Reckoning
from .standing import Pausing

Words = Callable[[str], Text | str]
"""Says what people call something that has an id."""


@dataclass(frozen=True, slots=True)
class RungAt:
    """A rung of the present round: its key, the action it fires, its legal instant in UTC, and on which side of due.

    Args:
        title: what people call the action.
        expiry: it is the expiry of the clock, which comes after everything else that happens at its instant.
    """

    key: RungKey
    action: str
    at: datetime
    side: Side
    title: Text | str
    expiry: bool = False


class Dues(NamedTuple):
    """The due by each reading of a limit, and the working target, where there is one."""

    adopted: datetime
    strict: datetime
    lenient: datetime
    target: datetime | None = None

    def by(self, reading: Strictness) -> datetime:
        """Return the due by one of the readings."""
        if reading is Strictness.ADOPTED:
            return self.adopted
        return self.strict if reading is Strictness.STRICT else self.lenient


@dataclass(frozen=True, slots=True)
class ClockStatus:
    """A started clock, as measured at an instant. All instants in UTC.

    Args:
        started_at: from when it runs: when what started it counts as received.
        started_by: the field or action, or ``opened``, that started it.
        due_at: the last instant at which it can still be met; while it is paused: if time ran again from now on.
        strict_due_at, lenient_due_at: the earliest and the latest due of all readings.
        target_at: the working target, for a clock that should end before another one.
        infeasible: the target does not lie after the start.
        stopped_at: the stop that holds.
        ended_at: when the case ended without a stop.
        expired_at: when the limit ran out with a consequence that the law lays down (``expires``).
        grants: the extensions granted.
        grants_until: for each extension: when it may be granted at the latest, where there is such a rule.
        asked: for each extension: when it was asked for, where that is not decided.
        pauses: the pauses of this run.
        paused_since: when time stood still, if it does so now.
        round: number of restarts, extensions and ended pauses so far: each begins the ladder anew.
        round_began: when the present round began.
        provisional: the due lies past the last officially announced day.
        rungs: the ladder of the present round, in order of the definition, the expiry last.
        taken_from: the number of the case, merged or split, from which its start was taken over.
        held_by: the number of the case, merged or split, with the limit of which it ends, earlier than by its own.
    """

    clock: Clock
    started_at: datetime
    started_by: str
    due_at: datetime
    strict_due_at: datetime
    lenient_due_at: datetime
    target_at: datetime | None
    infeasible: bool
    stopped_at: datetime | None
    ended_at: datetime | None
    expired_at: datetime | None
    grants: tuple[Grant, ...]
    grants_until: tuple[datetime | None, ...]
    asked: tuple[datetime | None, ...]
    pauses: tuple[Pausing, ...]
    paused_since: datetime | None
    round: int
    round_began: datetime
    provisional: bool
    rungs: tuple[RungAt, ...]
    reckoning: Reckoning
    taken_from: str = ""
    held_by: str = ""

    @property
    def came_at(self) -> datetime:
        """When what started it came in; it counts as received then or later."""
        return self.reckoning.received.came_at if self.reckoning.received else self.started_at

    @property
    def over_at(self) -> datetime | None:
        """When it was stopped, ran out with a consequence, or ended with its case."""
        return self.stopped_at or self.expired_at or self.ended_at

    @property
    def running(self) -> bool:
        """Neither stopped, expired nor ended with its case."""
        return self.over_at is None

    @property
    def met(self) -> bool:
        """Stopped at or before due."""
        return self.stopped_at is not None and self.stopped_at <= self.due_at

    @property
    def late(self) -> bool:
        """Stopped after due."""
        return self.stopped_at is not None and self.stopped_at > self.due_at

    def overdue(self, at: datetime, reading: Strictness = Strictness.ADOPTED) -> bool:
        """Return whether the clock was still running at ``at``, past its due by this reading."""
        over = self.over_at
        return at > self.due_by(reading) and (over is None or over > at)

    def due_by(self, reading: Strictness) -> datetime:
        """Return the due by one of the readings."""
        return Dues(self.due_at, self.strict_due_at, self.lenient_due_at).by(reading)

    @property
    def asked_at(self) -> datetime | None:
        """When an extension was asked for that is not decided."""
        return next((asked for asked in self.asked if asked), None)

    @property
    def grant_until(self) -> datetime | None:
        """When an extension may be granted at the latest, where there is such a rule."""
        return next((until for until in self.grants_until if until), None)

    def lapsed(self, at: datetime, which: int = 0) -> bool:
        """Return whether an extension was asked for and was not decided when the limit ran out."""
        extensions = self.clock.extensions
        return bool(extensions and self.asked[which] and extensions[which].before_due and at > self.due_at)


def measure(
    clock: Clock,
    case: Case,
    calendar: Calendar,
    holds: Callable[[str], bool],
    at: datetime,
    bound: datetime | None = None,
    title: Words = str,
    floor: datetime | None = None,
    person: Words = str,
) -> ClockStatus | None:
    """Return the status of ``clock`` in ``case``; None when it has not started, or what it depends on is not known.

    Args:
        holds: says whether a condition of a limit is true in this case.
        at: the instant as of which it is measured; a pause that has not ended reaches to it.
        bound: the due of the clock named by ``clock.within``, if that clock runs.
        title: says what people call an action or a field.
        floor: the due of the clock named by ``clock.not_before``, if that clock runs.
        person: says what people call an actor.

    Raises `OutsideCalendar` and `NoOfficeHours`.
    """
    if clock.applies is not None and not holds(clock.applies):
        return None
    ledger = read_ledger(
        clock, case, calendar, _latest_start(clock, case, calendar), lambda start: _deemed(clock, start, calendar).at
    )
    if ledger is None:
        return None
    if ledger.grants:
        named = (replace(grant, actor=person(str(grant.actor))) for grant in ledger.grants)
        ledger = replace(ledger, grants=tuple(named))
    measured = _Measured(
        clock, case, calendar, holds, ledger, _received(clock, ledger, calendar), title, at, bound, floor
    )
    # A pause that nobody has ended reaches no further than the clock itself.
    over_at = ledger.stopped_at or ledger.expired_at or ledger.ended_at
    until = min(at, over_at) if over_at else at
    pauses = tuple(_pausing(stretch, calendar, until, title, person) for stretch in ledger.pauses)
    reckoning = measured.count(clock.limits, pauses)
    if reckoning is None:
        return None
    readings = [reading for reading in (clock.strict, clock.lenient) if reading]
    others = [
        measured.count(reading.limits, pauses if reading.pauses else (), capped=reading is clock.strict)
        for reading in readings
    ]
    dues = [reckoning.due, *(other.due for other in others if other)]
    return _status(measured, reckoning, min(dues), max(dues))


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a clock is counted from: its case's ledger and values, and where its start leads."""

    clock: Clock
    case: Case
    calendar: Calendar
    holds: Callable[[str], bool]
    ledger: Ledger
    received: Received
    title: Words
    at: datetime
    other_due: datetime | None
    floor_due: datetime | None

    def count(self, limits: Sequence[Limit], pauses: Sequence[Pausing], *, capped: bool = True) -> Reckoning | None:
        """Count the first limit that applies; None when there is none, or its date or number is not known.

        Args:
            capped: not later than the limit of a case that was merged or split.
        """
        limit = next((limit for limit in limits if limit.when is None or self.holds(limit.when)), None)
        if limit is None:
            return None
        extensions = self.clock.extensions
        if left := self._left():
            limit, extensions = Limit(left.rest, limit.counting), left.extensions(extensions)
        until, amount = self._until(limit), self._amount(limit)
        unknown_date = until is None and (limit.until or limit.before)
        if unknown_date or (limit.amount and amount is None):
            return None
        return count(
            limit,
            self.received.at,
            self.calendar,
            extension=extensions[0] if extensions else None,
            further_extensions=extensions[1:],
            grants=self.ledger.grants,
            until=until,
            amount=amount,
            pauses=pauses,
            received=self.received if self.received.at != self.received.came_at else None,
            bound=self._ends_by(capped=capped),
            floor=self.floor(limit),
            at_day_end=self.ledger.start.by_system,
        )

    def _left(self) -> Left | None:
        """What a migration left of the limit, where the present run began with it."""
        told = self.case.carried.get(self.clock.name) if self.ledger.start.by == MIGRATED else None
        return Left.of(told) if told else None

    def _ends_by(self, *, capped: bool) -> datetime | None:
        """When it ends at the latest: with another clock that it may not pass, or with the limit of another case."""
        hard = self.bound if self.clock.within and self.clock.within.hard else None
        other = self.ledger.ends_by[0] if self.ledger.ends_by and capped else None
        return min(filter(None, (hard, other)), default=None)

    def grant_until(self, extension: Extension, reckoning: Reckoning) -> datetime | None:
        """The last instant at which an extension may be granted, counted as the clock itself; None for no such rule."""
        if extension.decided_within is None:
            return None
        start = (
            known(extension.decided_after, self.case, self.calendar) if extension.decided_after else self.received.at
        )
        limit = Limit(extension.decided_within, reckoning.course.counting)
        if start is None:
            return None
        return count(limit, start, self.calendar, pauses=reckoning.course.pauses).due

    @property
    def bound(self) -> datetime | None:
        """The other clock's due, less the reserve."""
        within = self.clock.within
        if within is None or self.other_due is None:
            return None
        return less_reserve(self.other_due, within.reserve, self.calendar)

    def floor(self, limit: Limit) -> datetime | None:
        """The due of the clock before which this one does not end, or so long after it, counted as this one is."""
        other, due = self.clock.not_before, self.floor_due
        if other is None or due is None or other.plus is None:
            return due
        plus = Limit(other.plus, limit.counting)
        return count(plus, due, self.calendar, at_day_end=_at_midnight(due, self.calendar)).due

    def target(self, due: datetime) -> datetime | None:
        """The working target: the earlier of the due and the bound; None where the clock has no bound."""
        bound = self.bound
        return None if bound is None or (self.clock.within and self.clock.within.hard) else min(due, bound)

    def _until(self, limit: Limit) -> date | datetime | None:
        value = self.case.data.get(limit.until or limit.before or "")
        if not isinstance(value, str) or not value:
            return None
        return read_instant(value) if "T" in value else date.fromisoformat(value)

    def _amount(self, limit: Limit) -> int | None:
        value = self.case.data.get(limit.amount.field) if limit.amount else None
        return value if isinstance(value, int) and value > 0 else None


def _latest_start(clock: Clock, case: Case, calendar: Calendar) -> datetime | None:
    if clock.latest_start is None:
        return None
    since = known(clock.latest_start.after, case, calendar)
    return None if since is None else later(since, clock.latest_start.period, calendar)


def _received(clock: Clock, ledger: Ledger, calendar: Calendar) -> Received:
    came = _deemed(clock, ledger.start, calendar)
    rule = clock.receipts.get(ledger.start.by, clock.receipt)
    if rule is None or ledger.start.by == MIGRATED:
        return came
    counts = received(rule, came.at, calendar)
    return Received(came.came_at, counts.at, (*came.reasons, *counts.reasons))


def _deemed(clock: Clock, start: Start, calendar: Calendar) -> Received:
    came = Received(start.at, start.at)
    plus = clock.deemed_later.get(start.by)
    return deemed_later(came, plus, calendar) if plus else came


def _pausing(stretch: Stretch, calendar: Calendar, at: datetime, title: Words, person: Words) -> Pausing:
    """The pause as of an instant: one that is open reaches to it, one that may last so long ends by itself."""
    rule, ends = stretch.rule, stretch.ends
    reached = ends or max(at, stretch.begins)
    pausing = Pausing(
        stretch.begins,
        reached,
        rule,
        title(stretch.by),
        person(stretch.actor),
        open=ends is None,
        begun_at_day_end=stretch.actor == SYSTEM and _at_midnight(stretch.begins, calendar),
        ended_at_day_end=stretch.ended_by == SYSTEM and _at_midnight(reached, calendar),
    )
    if rule.at_most is not None:
        most = later(stretch.begins, rule.at_most, calendar)
        if not in_hours(rule.at_most.unit):
            most = calendar.midnight_after(calendar.to_date(most))
        if most <= (ends or at):
            return replace(pausing, ends=most, open=False, ended_at_day_end=not in_hours(rule.at_most.unit))
    return pausing


def _stands(pause: Pausing, at: datetime) -> bool:
    return pause.begins <= at and (pause.open or at < pause.ends)


def _at_midnight(instant: datetime, calendar: Calendar) -> bool:
    return instant == calendar.midnight_before(calendar.to_date(instant))


def _status(measured: _Measured, reckoning: Reckoning, strict: datetime, lenient: datetime) -> ClockStatus:
    clock, ledger, due = measured.clock, measured.ledger, reckoning.due
    target, effective = measured.target(due), reckoning.course.pauses
    ended = [pause.ends for pause in effective if not pause.open and pause.ends <= measured.at]
    began = [ledger.start.at, *(grant.at for grant in ledger.grants), *ended]
    number, dues = ledger.round + len(ended), Dues(due, strict, lenient, target)
    return ClockStatus(
        clock=clock,
        started_at=measured.received.at,
        started_by=ledger.start.by,
        due_at=due,
        strict_due_at=strict,
        lenient_due_at=lenient,
        target_at=target,
        infeasible=target is not None and target <= measured.received.at,
        stopped_at=ledger.stopped_at,
        ended_at=ledger.ended_at,
        expired_at=ledger.expired_at,
        grants=ledger.grants,
        grants_until=tuple(measured.grant_until(extension, reckoning) for extension in clock.extensions),
        asked=ledger.asked,
        pauses=effective,
        paused_since=next((pause.begins for pause in effective if _stands(pause, measured.at)), None),
        round=number,
        round_began=max(began),
        provisional=reckoning.provisional,
        rungs=tuple(_rungs(measured, dues, effective, number)),
        reckoning=reckoning,
        taken_from=ledger.start.case,
        held_by=ledger.ends_by[1] if ledger.ends_by and reckoning.bounded and due == ledger.ends_by[0] else "",
    )


def _rungs(measured: _Measured, dues: Dues, pauses: Sequence[Pausing], number: int) -> Iterator[RungAt]:
    """The ladder of a round, and the expiry whose condition holds.

    A rung whose instant lies in a pause waits until time runs again.
    """
    clock = measured.clock
    expiry = next((expiry for expiry in clock.expires if expiry.when is None or measured.holds(expiry.when)), None)
    rungs = (*clock.ladder, Rung(Side.DUE, None, expiry.action)) if expiry else clock.ladder
    for index, rung in enumerate(rungs):
        due = dues.by(rung.goes_by)
        if rung.side is Side.BEFORE and dues.target is not None:
            due = min(due, dues.target)
        at = rung_instant(rung, start=measured.received.at, due=due, calendar=measured.calendar)
        for pause in pauses:
            if pause.begins < at < pause.ends:
                at = pause.ends
        key = RungKey(clock.name, number, index)
        yield RungAt(key, rung.action, at, rung.side, measured.title(rung.action), expiry=index == len(clock.ladder))
