"""Hours and minutes: exact ones, and those in which the office is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from ..calendars import ONE_DAY, Calendar
from ..calendars import NoOfficeHours as NoOfficeHours
from ..model import EXACT_UNITS, Period, TimeUnit
from .standing import Span

_LENGTHS = {
    TimeUnit.MINUTE: timedelta(minutes=1),
    TimeUnit.WORKING_MINUTE: timedelta(minutes=1),
    TimeUnit.HOUR: timedelta(hours=1),
    TimeUnit.WORKING_HOUR: timedelta(hours=1),
}
_WORKING = (TimeUnit.WORKING_HOUR, TimeUnit.WORKING_MINUTE)


def in_hours(unit: TimeUnit) -> bool:
    """Return whether ``unit`` measures exact time, which neither rolls nor waits for the end of a day."""
    return unit in EXACT_UNITS


def in_working_hours(unit: TimeUnit) -> bool:
    """Return whether ``unit`` measures time in which the office is open."""
    return unit in _WORKING


def exact(period: Period) -> timedelta:
    """Return the length of a period in hours or minutes."""
    return period.amount * _LENGTHS[period.unit]


def used_up(spans: Iterable[Span], length: timedelta) -> datetime:
    """Return the instant at which ``length`` has passed within ``spans``, which must be long enough."""
    left = length
    for begins, ends in spans:
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise AssertionError("open_spans and all_spans end only by raising OutsideCalendar")


def hours_later(instant: datetime, period: Period, calendar: Calendar) -> datetime:
    """Return the instant, in UTC, that lies a period in hours or minutes after another, seasons and pauses aside.

    Raises `NoOfficeHours` and `OutsideCalendar` for working hours.
    """
    if not in_working_hours(period.unit):
        return instant + exact(period)
    return used_up(open_spans(calendar, instant, seasons=False), exact(period))


def hours_earlier(instant: datetime, period: Period, calendar: Calendar) -> datetime:
    """Return the instant, in UTC, that lies a period in hours or minutes before another.

    Raises `NoOfficeHours` and `OutsideCalendar` for working hours.
    """
    if not in_working_hours(period.unit):
        return instant - exact(period)
    return before_working_hours(instant, exact(period), calendar)


def before_working_hours(end: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """Return the instant, in UTC, from which the office is open for ``length`` until ``end``.

    Raises `NoOfficeHours` and `OutsideCalendar`.
    """
    calendar.require_office_hours()
    left = length
    day = calendar.to_date(end)
    while True:
        for opens, closes in reversed(calendar.open_on(day)):
            open_for = max(min(closes, end) - opens, timedelta())
            if open_for >= left:
                return opens + open_for - left
            left -= open_for
        day -= ONE_DAY


def open_spans(calendar: Calendar, start: datetime, *, seasons: bool) -> Iterator[Span]:
    """Yield the stretches in which the office is open from ``start`` on, in UTC, until `OutsideCalendar` is raised.

    Args:
        seasons: days on which time stands are left out.
    """
    calendar.require_office_hours()
    day = calendar.to_date(start)
    while True:
        for opens, closes in () if seasons and calendar.stands(day) else calendar.open_on(day):
            if closes > start:
                yield max(opens, start), closes
        day += ONE_DAY


def all_spans(calendar: Calendar, start: datetime, *, seasons: bool) -> Iterator[Span]:
    """Yield the days from ``start`` on as stretches in UTC, without those on which time stands, with ``seasons``."""
    day = calendar.to_date(start)
    while True:
        if not (seasons and calendar.stands(day)):
            yield max(calendar.midnight_before(day), start), calendar.midnight_after(day)
        day += ONE_DAY


def open_on(calendar: Calendar, day: date, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Return the stretches of ``day`` between ``start`` and ``end`` in which the office is open, in UTC."""
    return tuple(
        (max(opens, start), min(closes, end))
        for opens, closes in calendar.open_on(day)
        if opens < end and closes > start
    )


def all_of(calendar: Calendar, day: date, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Return the stretch of ``day`` between ``start`` and ``end``, in UTC."""
    begins, ends = max(calendar.midnight_before(day), start), min(calendar.midnight_after(day), end)
    return ((begins, ends),) if begins < ends else ()
