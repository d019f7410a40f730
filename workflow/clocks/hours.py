"""Hours: exact ones, and those in which the office is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from ..calendars import ONE_DAY, Calendar
from ..errors import CaseclockError
from ..messages import say

Span = tuple[datetime, datetime]


class NoOfficeHours(CaseclockError):
    """Working hours are to be counted on a calendar that gives no office hours."""

    code = "no-office-hours"
    exit_status = 3


def after_working_hours(start: datetime, hours: int, calendar: Calendar) -> datetime:
    """Return the instant, in UTC, by which the office has been open for ``hours`` since ``start``.

    Raises `NoOfficeHours` and `OutsideCalendar`.
    """
    left = timedelta(hours=hours)
    for opens, closes in open_spans(calendar, start):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise AssertionError("open_spans ends only by raising OutsideCalendar")


def before_working_hours(end: datetime, hours: int, calendar: Calendar) -> datetime:
    """Return the instant, in UTC, from which the office is open for ``hours`` until ``end``.

    Raises `NoOfficeHours` and `OutsideCalendar`.
    """
    _require_hours(calendar)
    left = timedelta(hours=hours)
    day = calendar.to_date(end)
    while True:
        for opens, closes in reversed(_sessions(calendar, day)):
            open_for = max(min(closes, end) - opens, timedelta())
            if open_for >= left:
                return opens + open_for - left
            left -= open_for
        day -= ONE_DAY


def open_spans(calendar: Calendar, start: datetime) -> Iterator[Span]:
    """Yield the stretches in which the office is open from ``start`` on, in UTC, until `OutsideCalendar` is raised."""
    _require_hours(calendar)
    day = calendar.to_date(start)
    while True:
        for opens, closes in _sessions(calendar, day):
            if closes > start:
                yield max(opens, start), closes
        day += ONE_DAY


def open_on(calendar: Calendar, day: date, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Return the stretches of ``day`` between ``start`` and ``end`` in which the office is open, in UTC."""
    return tuple(
        (max(opens, start), min(closes, end))
        for opens, closes in _sessions(calendar, day)
        if opens < end and closes > start
    )


def all_of(calendar: Calendar, day: date, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Return the stretch of ``day`` between ``start`` and ``end``, in UTC."""
    begins, ends = max(calendar.midnight_before(day), start), min(calendar.midnight_after(day), end)
    return ((begins, ends),) if begins < ends else ()


def _sessions(calendar: Calendar, day: date) -> list[Span]:
    return [
        (calendar.at(day, session.opens), calendar.at(day, session.closes)) for session in calendar.office_hours(day)
    ]


def _require_hours(calendar: Calendar) -> None:
    if not any(calendar.hours):
        raise NoOfficeHours(
            say("working hours are counted on calendar {calendar}, which gives no office hours", calendar=calendar.id),
            say("add office_hours to the calendar's file, or count hours or working days"),
        )
