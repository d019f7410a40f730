"""The course of a limit: the periods that it is made of, one after another, and where they end.

A day is a date in the calendar's zone, never 24 hours, so daylight saving moves no due day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ..calendars import ONE_DAY, Calendar
from ..model import Counting, DayEnd, FirstDay, Period, Roll, TimeUnit
from .hours import after_working_hours

MONTHS = {TimeUnit.MONTH: 1, TimeUnit.YEAR: 12}


class Course(NamedTuple):
    """What is to be counted. A named tuple, because one is made for every due: it costs a third of a frozen class.

    Args:
        start: the instant from which it runs, with a zone.
        periods: what follows one another from the start, or from ``until`` where that is given.
        until: a date that is given instead of a first period.
    """

    start: datetime
    periods: tuple[Period, ...]
    until: date | None
    counting: Counting
    calendar: Calendar


class Ending(NamedTuple):
    """The day on which a course ends, the day to which that day moves when it rolls, and the last instant in UTC."""

    last_day: date
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


def in_hours(unit: TimeUnit) -> bool:
    """Return whether ``unit`` measures exact time, which neither rolls nor waits for the end of a day."""
    return unit is TimeUnit.HOUR or unit is TimeUnit.WORKING_HOUR


def ending(course: Course) -> Ending:
    """Return where ``course`` ends. Raises `OutsideCalendar` and `NoOfficeHours`."""
    start, periods, until, counting, calendar = course
    if until is None and len(periods) == 1 and not in_hours(periods[0].unit):
        included = counting.first_day is FirstDay.INCLUDED
        last_day = days_later(calendar.to_date(start), periods[0], calendar, included=included)
    else:
        *_, last = segments(course)
        last_day = last.last
        if last.ends:
            return Ending(last_day, last_day, last.ends)
    # Civil Code art. 203: 期间的最后一日是法定休假日的，以法定休假日结束的次日为期间的最后一日。
    due_day = calendar.next_working_day(last_day) if counting.roll is Roll.NEXT_WORKING_DAY else last_day
    return Ending(last_day, due_day, _end_of(due_day, course))


def segments(course: Course) -> Iterator[Segment]:
    """Yield one segment for each period of ``course``, in order."""
    day, instant = course.calendar.to_date(course.start), course.start
    first = course.counting.first_day is FirstDay.INCLUDED
    if course.until is not None:
        yield Segment(TimeUnit.DAY, day + ONE_DAY, course.until)
        day, instant, first = course.until, _end_of(course.until, course), False
    for period in course.periods:
        if in_hours(period.unit):
            begins, instant = instant, _hours_later(instant, period, course.calendar)
            yield Segment(period.unit, day, course.calendar.day_up_to(instant), begins, instant)
            day = course.calendar.day_up_to(instant)
        else:
            before, day = day, days_later(day, period, course.calendar, included=first)
            yield Segment(period.unit, before if first else before + ONE_DAY, day)
            instant = _end_of(day, course)
        first = False


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


def _hours_later(instant: datetime, period: Period, calendar: Calendar) -> datetime:
    if period.unit is TimeUnit.WORKING_HOUR:
        return after_working_hours(instant, period.amount, calendar)
    return instant + timedelta(hours=period.amount)


def _end_of(day: date, course: Course) -> datetime:
    """The end of a last day. Civil Code art. 203: 24:00, or the close of business where there are business hours.

    《民法典》第二百零三条：期间的最后一日的截止时间为二十四时；有业务时间的，停止业务活动的时间为截止时间。
    """
    match course.counting.ends:
        case DayEnd.MIDNIGHT:
            return course.calendar.midnight_after(day)
        case DayEnd.CLOSE_OF_OFFICE:
            return course.calendar.close_of_office(day)
        case DayEnd.SAME_TIME:
            return course.calendar.at(day, course.calendar.wall_time(course.start))
