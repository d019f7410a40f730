"""The course of a limit: the periods that it is made of, one after another, and where they end.

A day is a date in the calendar's zone, never 24 hours, so daylight saving moves no due day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from ..calendars import ONE_DAY, Calendar
from ..model import EXACT_UNITS, Counting, DayEnd, FirstDay, Period, Roll, Seasons, TimeUnit, UpTo
from .hours import all_spans, exact, hours_earlier, hours_later, in_hours, in_working_hours, open_spans, used_up
from .standing import Pausing, Standing, running

MONTHS = {TimeUnit.MONTH: 1, TimeUnit.YEAR: 12}

# Looking up a member of an enumeration costs as much as a call; these are looked up for every due.
WORKING_DAY, INCLUDED = TimeUnit.WORKING_DAY, FirstDay.INCLUDED
NEXT_WORKING_DAY, MIDNIGHT = Roll.NEXT_WORKING_DAY, DayEnd.MIDNIGHT
SPANS = {UpTo.QUARTER: 3, UpTo.HALF_YEAR: 6, UpTo.YEAR: 12}
SHORTEST_MONTH = 28


class Course(NamedTuple):
    """What is to be counted. A named tuple, because one is made for every due: it costs a third of a frozen class.

    Args:
        start: the instant from which it runs, with a zone.
        day: the day from which it is counted: that of the start, or the end of its month, say.
        periods: what follows one another from the start, or from ``until`` where that is given.
        until: a date that is given instead of a first period.
        back: ``until`` is the date from which the periods are counted back.
        at_day_end: the start is the 24:00 that ends a day.
        until_at: where ``until`` is not a whole day: the instant.
        pauses: when time stood still, in order of their beginning.
    """

    start: datetime
    day: date
    periods: tuple[Period, ...]
    until: date | None
    counting: Counting
    calendar: Calendar
    back: bool = False
    at_day_end: bool = False
    until_at: datetime | None = None
    pauses: tuple[Pausing, ...] = ()

    @property
    def seasons(self) -> bool:
        """Whether time stands still in closed seasons of the calendar."""
        return self.calendar.ever_stands and self.counting.closed_seasons is Seasons.STAND

    @property
    def standing(self) -> Standing | None:
        """The days on which time stands; None where it never does."""
        if not self.pauses and not self.seasons:
            return None
        return Standing(self.pauses, self.calendar, seasons=self.seasons)


class Ending(NamedTuple):
    """Where a course ends.

    Args:
        counted_day: the last day of the periods themselves.
        last_day: the same, or the day after for clear days, or the end of its week, month, quarter or year.
        rolled_day: the day to which that one moves when it rolls.
        due_day: the day on which the limit ends, after the minimum of working days and after pauses.
        due: the last instant, in UTC.
    """

    counted_day: date
    last_day: date
    rolled_day: date
    due_day: date
    due: datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch counted in one unit: its first and last day, and for hours its first and last instant (UTC)."""

    unit: TimeUnit
    first: date
    last: date
    begins: datetime | None = None
    ends: datetime | None = None


def ending(course: Course) -> Ending:
    """Return where ``course`` ends. Raises `OutsideCalendar` and `NoOfficeHours`."""
    _, day, periods, until, counting, calendar, back, _, until_at, pauses = course
    runs = not pauses and not calendar.ever_stands
    if counting.ordinary and runs and until is None and len(periods) == 1 and periods[0].unit is WORKING_DAY:
        # The commonest limit, counted by the million in lists and sweeps; its last day is a working day already.
        day = calendar.working_day_after(day, periods[0].amount)
        return Ending(day, day, day, day, calendar.midnight_after(day))
    standing = course.standing
    if until is None and len(periods) == 1 and periods[0].unit not in EXACT_UNITS:
        included = counting.first_day is INCLUDED
        counted_day = _period_end(day, periods[0], course, standing, included=included)
    elif until_at and (not periods or (back and in_hours(periods[0].unit))):
        due = hours_earlier(until_at, periods[0], calendar) if periods else until_at
        counted_day = calendar.day_up_to(due)
        return Ending(counted_day, counted_day, counted_day, counted_day, due)
    elif back:
        counted_day = _back_segment(course).first
    else:
        *_, last = segments(course)
        counted_day = last.last
        if last.ends:
            return _exact_ending(counted_day, last.ends, course)
    last_day = _after_clear_days(counted_day, course) if counting.clear else counted_day
    if counting.up_to:
        last_day = end_of(counting.up_to, last_day, calendar)
    rolled_day = _rolled(last_day, course, standing)
    due_day = max(rolled_day, minimum_day(course)) if counting.minimum else rolled_day
    due = _end_of_day(due_day, course)
    if pauses:
        due_day, due = not_while_paused(due_day, due, course)
    return Ending(counted_day, last_day, rolled_day, due_day, due)


def _exact_ending(counted_day: date, due: datetime, course: Course) -> Ending:
    """Where a limit in hours ends: at the very instant, or where it rolls at the same time of the next working day."""
    calendar, due_day = course.calendar, counted_day
    if course.counting.hours_roll:
        due_day = _rolled(counted_day, course, course.standing)
        if due_day > counted_day:
            at_end = course.counting.ends in (DayEnd.AT, DayEnd.CLOSE_OF_OFFICE)
            due = _end_of_day(due_day, course) if at_end else calendar.at(due_day, calendar.wall_time(due))
    return Ending(counted_day, counted_day, due_day, due_day, due)


def segments(course: Course) -> Iterator[Segment]:
    """Yield one segment for each period of ``course``, in order."""
    day, instant, standing = course.day, course.start, course.standing
    first = course.counting.first_day is FirstDay.INCLUDED
    if course.until is not None:
        if course.back:
            yield _back_segment(course)
            return
        yield Segment(TimeUnit.DAY, day + ONE_DAY, course.until)
        day, instant, first = course.until, course.until_at or _end_of_day(course.until, course), False
    for number, period in enumerate(course.periods):
        if number and course.counting.each_rolls and course.counting.roll is Roll.NEXT_WORKING_DAY:
            day = _rolled(day, course, standing)
        if in_hours(period.unit):
            begins, instant = instant, _hours_later(instant, period, course)
            yield Segment(period.unit, day, course.calendar.day_up_to(instant), begins, instant)
            day = course.calendar.day_up_to(instant)
        else:
            before, day = day, _period_end(day, period, course, standing, included=first)
            yield Segment(period.unit, before if first else before + ONE_DAY, day)
            instant = _end_of_day(day, course)
        first = False


def _period_end(day: date, period: Period, course: Course, standing: Standing | None, *, included: bool) -> date:
    """The last day of a period: days on which time stands do not count, so it ends so many days later."""
    last = _plain_end(day, period, course, included=included)
    if standing is None:
        return last
    return standing.pushed(day if included else day + ONE_DAY, last, working=period.unit is WORKING_DAY)


def _plain_end(day: date, period: Period, course: Course, *, included: bool) -> date:
    """The last day of a period when time does not stand. Months from the end of a month end with a month."""
    counting, calendar = course.counting, course.calendar
    if period.unit in MONTHS:
        if counting.begins not in (None, UpTo.WEEK) and day == course.day and (day + ONE_DAY).day == 1:
            return end_of(UpTo.MONTH, months_later(day, period.amount * MONTHS[period.unit]), calendar)
        if counting.months_from_next_day and not included:
            return months_later(day + ONE_DAY, period.amount * MONTHS[period.unit], included=True)
    return days_later(day, period, calendar, included=included)


def days_later(day: date, period: Period, calendar: Calendar, *, included: bool = False) -> date:
    """Return the last day of ``period``, in days or longer units. Civil Code art. 201: its first day is not counted.

    《民法典》第二百零一条：按照年、月、日计算期间的，开始的当日不计入，自下一日开始计算。

    Args:
        included: for rules that do count the first day.
    """
    if period.unit is TimeUnit.WORKING_DAY:
        return calendar.working_day_after(day - ONE_DAY if included else day, period.amount)
    if period.unit in MONTHS:
        return months_later(day, period.amount * MONTHS[period.unit], included=included)
    return day + timedelta(days=period.amount * (7 if period.unit is TimeUnit.WEEK else 1) - included)


def days_earlier(day: date, period: Period, calendar: Calendar) -> date:
    """Return the day that lies ``period``, in days or longer units, before ``day``."""
    if period.unit is TimeUnit.WORKING_DAY:
        return calendar.working_day_before(day, period.amount)
    if period.unit in MONTHS:
        return months_later(day, -period.amount * MONTHS[period.unit])
    return day - timedelta(days=period.amount * (7 if period.unit is TimeUnit.WEEK else 1))


def months_later(day: date, months: int, *, included: bool = False) -> date:
    """Return the day that ends a period of ``months`` from ``day``; ``months`` may be negative.

    Civil Code art. 202: the corresponding day of the last month is the last day; without one, the month's end.
    《民法典》第二百零二条：按照年、月计算期间的，到期月的对应日为期间的最后一日；没有对应日的，月末日为期间的最后一日。

    >>> months_later(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    length = monthrange(year, month)[1]
    if day.day > length:
        return date(year, month, length)
    return date(year, month, day.day) - timedelta(days=included)


def end_of(span: UpTo, day: date, calendar: Calendar) -> date:
    """Return the last day of the week, month, quarter, half-year or year of a calendar in which ``day`` lies.

    >>> from ..messages import Text
    >>> fiscal = Calendar("f", Text("", ""), "UTC", date(2026, 1, 1), "1", date(2026, 1, 1), year_ends=(4, 5))
    >>> [end_of(span, date(2026, 5, 3), fiscal).isoformat() for span in (UpTo.QUARTER, UpTo.HALF_YEAR, UpTo.YEAR)]
    ['2026-07-05', '2026-10-05', '2027-04-05']
    """
    match span:
        case UpTo.WEEK:
            return day + timedelta(days=(calendar.week_ends - day.weekday()) % 7)
        case UpTo.MONTH:
            return date(day.year, day.month, monthrange(day.year, day.month)[1])
    step, (month, last) = SPANS[span], calendar.year_ends
    ends = _day_of(day, (month - day.month) % step, last)
    return ends if day <= ends else _day_of(day, (month - day.month) % step + step, last)


def _day_of(day: date, later: int, wanted: int) -> date:
    """A day of the month that lies so many months later than that of ``day``; the month's end for 28 and more."""
    years, month = divmod(day.month - 1 + later, 12)
    length = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, length if wanted >= SHORTEST_MONTH else wanted)


def _after_clear_days(day: date, course: Course) -> date:
    """The day on which a limit of clear days ends: the last counted one must be over; counted back, still to come."""
    return day - ONE_DAY if course.back else day + ONE_DAY


def _rolled(day: date, course: Course, standing: Standing | None) -> date:
    """The day to which a last day moves when it is a day of rest, or one on which time stands.

    《民法典》第二百零三条：期间的最后一日是法定休假日的，以法定休假日结束的次日为期间的最后一日。
    """
    calendar, roll = course.calendar, course.counting.roll
    if roll is NEXT_WORKING_DAY:
        day = calendar.next_working_day(day)
        while standing is not None and day in standing:
            day = calendar.working_day_after(day, 1)
    elif roll is Roll.PREVIOUS_WORKING_DAY:
        day = calendar.working_day_before(day + ONE_DAY, 1)
        while standing is not None and day in standing:
            day = calendar.working_day_before(day, 1)
    return day


def minimum_day(course: Course) -> date:
    """Return the day by which the least number of working days has passed. Reg. (EEC, Euratom) 1182/71, art. 3(5)."""
    included = course.counting.first_day is FirstDay.INCLUDED
    period = Period(course.counting.minimum, TimeUnit.WORKING_DAY)
    return _period_end(course.day, period, course, course.standing, included=included)


def not_while_paused(due_day: date, due: datetime, course: Course) -> tuple[date, datetime]:
    """Return the due day and instant, moved on to when time runs again where the limit would run out in a pause."""
    while inside := [pause for pause in course.pauses if pause.begins < due < pause.ends]:
        due_day, due = max(_after(pause, course) for pause in inside)
    return due_day, due


def _after(pause: Pausing, course: Course) -> tuple[date, datetime]:
    """The first day, from the end of a pause on, whose end it does not reach, and that end."""
    day = _open_day(pause.end_day(course.calendar), course)
    while _end_of_day(day, course) < pause.ends:
        day = _open_day(day + ONE_DAY, course)
    return day, _end_of_day(day, course)


def _open_day(day: date, course: Course) -> date:
    """The day itself, or where the limit rolls the next working day outside of closed seasons in which time stands."""
    if course.counting.roll is Roll.NONE:
        return day
    day = course.calendar.next_working_day(day)
    while course.seasons and course.calendar.stands(day):
        day = course.calendar.working_day_after(day, 1)
    return day


def _back_segment(course: Course) -> Segment:
    """What is counted back from a date, or for hours from an instant; its first day is the last on which to act."""
    day, unit = course.until, course.periods[0].unit
    assert day is not None, "what is counted back is counted from a date"
    if course.until_at and in_hours(unit):
        begins = hours_earlier(course.until_at, course.periods[0], course.calendar)
        return Segment(unit, course.calendar.to_date(begins), day, begins, course.until_at)
    included = course.counting.first_day is FirstDay.INCLUDED
    first = day + ONE_DAY if included else day
    for period in course.periods:
        first = days_earlier(first, period, course.calendar)
    return Segment(unit, first, day if included else day - ONE_DAY)


def _hours_later(instant: datetime, period: Period, course: Course) -> datetime:
    if in_working_hours(period.unit):
        spans = open_spans(course.calendar, instant, seasons=course.seasons)
    elif course.pauses or course.seasons:
        spans = all_spans(course.calendar, instant, seasons=course.seasons)
    else:
        return hours_later(instant, period, course.calendar)
    return used_up(running(spans, course.pauses), exact(period))


def _end_of_day(day: date, course: Course) -> datetime:
    """The end of a last day. Civil Code art. 203: 24:00, or the close of business where there are business hours.

    《民法典》第二百零三条：期间的最后一日的截止时间为二十四时；有业务时间的，停止业务活动的时间为截止时间。
    """
    end = course.counting.ends
    if end is MIDNIGHT:
        return course.calendar.midnight_after(day)
    match end:
        case DayEnd.CLOSE_OF_OFFICE:
            return course.calendar.close_of_office(day)
        case DayEnd.SAME_TIME if not course.at_day_end:
            return course.calendar.at(day, course.calendar.wall_time(course.start))
        case DayEnd.SAME_TIME:
            return course.calendar.midnight_after(day)
        case _:
            return course.calendar.at(day, time.fromisoformat(course.counting.ends_at or "00:00"))
