"""The status of a clock: everything that is known of it from its case's history, measured anew at every reading.

Nothing here is stored as truth. Overdue and late are derived, so a late or corrected entry needs no patching.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from ..calendars import Calendar
from ..history import Case, RungKey
from ..messages import Message, say, spoken_due
from ..model import Clock, Limit
from .counting import count
from .ladder import less_reserve, rung_instant
from .ledger import Grant, Ledger, read_instant, read_ledger
from .reckoning import Reckoning


@dataclass(frozen=True, slots=True)
class RungAt:
    """A rung of the present round: its key, the action it fires, and its legal instant in UTC."""

    key: RungKey
    action: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockStatus:
    """A started clock, as measured. All instants in UTC.

    Args:
        started_by: the field or action, or ``opened``, that started it.
        due_at: the last instant at which it can still be met.
        target_at: the working target, for a clock that must end within another one.
        infeasible: the target does not lie after the start.
        stopped_at: the stop that holds.
        ended_at: when the case ended without a stop.
        grants: the extensions granted.
        asked_at: an extension asked for and not decided.
        round: number of restarts and extensions so far.
        provisional: the due lies past the last officially announced day.
        rungs: the ladder of the present round, in order of the definition.
    """

    clock: Clock
    started_at: datetime
    started_by: str
    due_at: datetime
    target_at: datetime | None
    infeasible: bool
    stopped_at: datetime | None
    ended_at: datetime | None
    grants: tuple[Grant, ...]
    asked_at: datetime | None
    round: int
    provisional: bool
    rungs: tuple[RungAt, ...]
    reckoning: Reckoning

    @property
    def running(self) -> bool:
        """Neither stopped nor ended with its case."""
        return self.stopped_at is None and self.ended_at is None

    @property
    def met(self) -> bool:
        """Stopped at or before due."""
        return self.stopped_at is not None and self.stopped_at <= self.due_at

    @property
    def late(self) -> bool:
        """Stopped after due."""
        return self.stopped_at is not None and self.stopped_at > self.due_at

    def overdue(self, at: datetime) -> bool:
        """Return whether the clock was still running at ``at``, past its due."""
        over = self.stopped_at or self.ended_at
        return at > self.due_at and (over is None or over > at)

    def lapsed(self, at: datetime) -> bool:
        """Return whether an extension was asked for and was not decided when the limit ran out."""
        extension = self.clock.extension
        return bool(self.asked_at and extension and extension.before_due and at > self.due_at)

    def why_not_ask(self, at: datetime) -> Message | None:
        """Return why an extension cannot be asked for at ``at``; None when it can."""
        if refused := self._why_not_extend(at):
            return refused
        if self.asked_at is not None:
            return say("an extension was already asked for at {at} and is not decided", at=self._shown(self.asked_at))
        return None

    def why_not_grant(self, at: datetime) -> Message | None:
        """Return why an extension cannot be granted at ``at``; None when it can."""
        if self.asked_at is not None and self.lapsed(at):
            return say(
                "the extension asked for at {asked} was not decided before the limit ended at {due}, so it has lapsed",
                asked=self._shown(self.asked_at),
                due=spoken_due(self._shown(self.due_at)),
            )
        if refused := self._why_not_extend(at):
            return refused
        if self.asked_at is None or self.asked_at > at:
            return say("no extension has been asked for")
        return None

    def _why_not_extend(self, at: datetime) -> Message | None:
        extension = self.clock.extension
        if extension is None:
            return say("the limit {clock} cannot be extended", clock=self.clock.title)
        if not self.running:
            return say("the limit {clock} no longer runs", clock=self.clock.title)
        if len(self.grants) >= extension.times:
            return say(
                "the limit {clock} has been extended {times} times, the most allowed",
                clock=self.clock.title,
                times=len(self.grants),
            )
        if extension.before_due and at > self.due_at:
            return say(
                "the limit {clock} ended at {due}", clock=self.clock.title, due=spoken_due(self._shown(self.due_at))
            )
        return None

    def _shown(self, instant: datetime) -> datetime:
        return self.reckoning.calendar.local(instant)


def measure(
    clock: Clock,
    case: Case,
    calendar: Calendar,
    holds: Callable[[str], bool],
    bound: datetime | None = None,
) -> ClockStatus | None:
    """Return the status of ``clock`` in ``case``; None when it has not started, or the date it runs to is not known.

    Args:
        holds: says whether a condition of a limit is true in this case.
        bound: the due of the clock named by ``clock.within``, if that clock runs.

    Raises `OutsideCalendar` and `NoOfficeHours`.
    """
    ledger = read_ledger(clock, case)
    if ledger is None:
        return None
    limit = next((limit for limit in clock.limits if limit.when is None or holds(limit.when)), None)
    if limit is None or (limit.until and not case.data.get(limit.until)):
        return None
    reckoning = count(
        limit,
        ledger.start.at,
        calendar,
        extension=clock.extension,
        grants=ledger.grants,
        until=_until(limit, case, calendar),
    )
    return _status(clock, ledger, reckoning, _target(clock, reckoning, bound))


def _until(limit: Limit, case: Case, calendar: Calendar) -> date | None:
    if limit.until is None:
        return None
    value: str = case.data[limit.until]
    return calendar.to_date(read_instant(value)) if "T" in value else date.fromisoformat(value)


def _target(clock: Clock, reckoning: Reckoning, bound: datetime | None) -> datetime | None:
    if clock.within is None or bound is None:
        return None
    return min(reckoning.due, less_reserve(bound, clock.within.reserve, reckoning.calendar))


def _status(clock: Clock, ledger: Ledger, reckoning: Reckoning, target: datetime | None) -> ClockStatus:
    start, due = ledger.start, reckoning.due
    return ClockStatus(
        clock=clock,
        started_at=start.at,
        started_by=start.by,
        due_at=due,
        target_at=target,
        infeasible=target is not None and target <= start.at,
        stopped_at=ledger.stopped_at,
        ended_at=ledger.ended_at,
        grants=ledger.grants,
        asked_at=ledger.asked_at,
        round=ledger.round,
        provisional=reckoning.provisional,
        rungs=tuple(
            RungAt(
                RungKey(clock.name, ledger.round, index),
                rung.action,
                rung_instant(rung, start=start.at, target=target or due, due=due, calendar=reckoning.calendar),
            )
            for index, rung in enumerate(clock.ladder)
        ),
        reckoning=reckoning,
    )
