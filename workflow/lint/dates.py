"""Clocks on every date of a calendar: the dues and rungs that starting on each date would bring, by the real counting.

Only limits of a fixed length can be tried: one that stands in a field is whatever somebody enters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from ..calendars import Calendar, NoOfficeHours, OutsideCalendar
from ..clocks.counting import count
from ..clocks.hours import in_hours
from ..clocks.ladder import after, before, less_reserve
from ..clocks.receipt import Received, deemed_later, received
from ..model import Bound, Clock, DeemedReceipt, Limit, OtherReading, Period, Rung, Side, Strictness

NOON = (time(12),)
ALL_DAY = (time(0, 30), time(9), time(12), time(15), time(17, 45), time(23, 30))
"""When a clock is started on each date: times of day matter only where hours do."""


class Dues(NamedTuple):
    """What a clock that something starts comes to, the instants in UTC.

    Args:
        day: the date, in the calendar's zone, of what starts it.
        target: the working target within another clock; ``other``: the due of that clock.
    """

    day: date
    came: datetime
    start: datetime
    adopted: datetime
    strict: datetime
    lenient: datetime
    target: datetime | None = None
    other: datetime | None = None

    def by(self, rung: Rung) -> datetime:
        """Return from which due a rung is measured."""
        if rung.goes_by is Strictness.ADOPTED:
            due = self.adopted
        else:
            due = self.strict if rung.goes_by is Strictness.STRICT else self.lenient
        return min(due, self.target) if rung.side is Side.BEFORE and self.target else due


@dataclass(frozen=True, slots=True)
class Course:
    """One way in which a clock can be counted.

    Args:
        limit: the limit that applies; ``strict``, ``lenient``: the other readings of it.
        receipt, plus: when what starts it counts as received.
    """

    limit: Limit
    strict: Limit | None = None
    lenient: Limit | None = None
    receipt: DeemedReceipt | None = None
    plus: Period | None = None

    @property
    def by_hours(self) -> bool:
        """Whether the time of day at which it starts can matter."""
        limits = (self.limit, self.strict, self.lenient)
        periods = [period for limit in limits if limit for period in _periods(limit)]
        return self.receipt is not None or any(in_hours(period.unit) for period in periods)

    def start(self, came: datetime, calendar: Calendar) -> datetime:
        """Return from when it runs."""
        if self.receipt is None and self.plus is None:
            return came
        deemed = deemed_later(Received(came, came), self.plus, calendar).at if self.plus else came
        return received(self.receipt, deemed, calendar).at

    def dues(self, day: date, came: datetime, calendar: Calendar) -> Dues:
        """Return the dues of a clock that something at ``came`` on a day starts. Raises `OutsideCalendar`."""
        start = self.start(came, calendar)
        adopted = count(self.limit, start, calendar).due
        strict = count(self.strict, start, calendar).due if self.strict else adopted
        lenient = count(self.lenient, start, calendar).due if self.lenient else adopted
        found = (adopted, strict, lenient)
        return Dues(day, came, start, adopted, min(found), max(found))


Other = tuple[Course, Bound, Calendar]
"""How the clock within which another stands is counted, the bound, and the calendar of it."""


def courses(clock: Clock) -> Iterator[tuple[int, Course]]:
    """Yield every way in which a clock of fixed lengths can be counted, with the position of its limit."""
    ways = dict.fromkeys(
        (clock.receipts.get(name, clock.receipt), clock.deemed_later.get(name)) for name in clock.starts
    )
    for index, limit in enumerate(clock.limits):
        if limit.period is None or limit.before or limit.until:
            continue
        for receipt, plus in ways:
            strict, lenient = _beside(clock.strict, limit), _beside(clock.lenient, limit)
            yield index, Course(limit, strict=strict, lenient=lenient, receipt=receipt, plus=plus)


def _beside(reading: OtherReading | None, limit: Limit) -> Limit | None:
    """The limit of another reading that applies when ``limit`` does."""
    if reading is None:
        return None
    fitting = [it for it in reading.limits if it.when in (limit.when, None) and it.period and not it.before]
    found = next((it for it in fitting if it.when == limit.when), fitting[0] if fitting else None)
    return found if found != limit else None


def starts(calendar: Calendar, *, by_hours: bool) -> Iterator[tuple[date, datetime]]:
    """Yield every date that the calendar holds, with an instant on it in UTC; where hours count, with several."""
    day = calendar.first
    for _ in range((calendar.last - calendar.first).days + 1):
        for wall in ALL_DAY if by_hours else NOON:
            yield day, calendar.at(day, wall)
        day += timedelta(days=1)


def every_date(
    course: Course, calendar: Calendar, *, other: Other | None = None, rungs: Sequence[Rung] = ()
) -> tuple[Dues, ...]:
    """Return the dues for every start; dates from which counting leaves the calendar are left out.

    Args:
        other: the clock within which it stands, and how, with its calendar; both are started by the same thing.
        rungs: those that will be looked at; one in hours makes the time of day matter.
    """
    by_hours = course.by_hours or any(rung.offset and in_hours(rung.offset.unit) for rung in rungs)
    return _every_date(course, calendar, other, by_hours)


@lru_cache(maxsize=4)
def _every_date(course: Course, calendar: Calendar, other: Other | None, by_hours: bool) -> tuple[Dues, ...]:
    """The dues for every start. The last few are kept, because one rule after another asks for the same clock's."""
    found = []
    for day, came in starts(calendar, by_hours=by_hours):
        try:
            dues = course.dues(day, came, calendar)
            if other:
                due = count(other[0].limit, other[0].start(came, other[2]), other[2]).due
                dues = dues._replace(target=less_reserve(due, other[1].reserve, calendar), other=due)
        except (OutsideCalendar, NoOfficeHours):
            continue
        found.append(dues)
    return tuple(found)


def rung_at(rung: Rung, dues: Dues, calendar: Calendar) -> datetime | None:
    """Return where a rung falls, even where that is before the start; None where it leaves the calendar."""
    try:
        if rung.offset is None or rung.side is Side.DUE:
            return dues.by(rung)
        if rung.side is Side.BEFORE:
            return before(dues.by(rung), rung.offset, calendar)
        return after(dues.start if rung.side is Side.AFTER_START else dues.by(rung), rung.offset, calendar)
    except OutsideCalendar:
        return None


def _periods(limit: Limit) -> tuple[Period, ...]:
    return (limit.period, *limit.then) if limit.period else limit.then
