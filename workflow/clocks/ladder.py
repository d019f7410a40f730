"""The ladder: the instants at which a clock's rungs fall due.

A warning leaves whole days, and a sanction waits for whole days:

- ``n working days before`` is 00:00 at the start of the n-th working day before the due day, whatever the office hours,
  so that n whole working days and the due day itself are left; never before the clock started.
- ``due`` is the due instant.
- ``n working days after`` is 24:00 at the end of the n-th working day after the due day.

Calendar days, weeks, months and years go by the same rule; hours and working hours are exact offsets.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..calendars import Calendar
from ..model import Period, Rung, Side, TimeUnit
from .course import days_earlier, days_later
from .hours import after_working_hours, before_working_hours


def rung_instant(rung: Rung, *, start: datetime, target: datetime, due: datetime, calendar: Calendar) -> datetime:
    """Return the legal instant of ``rung``, in UTC.

    Args:
        start: when the clock started.
        target: what the rungs before are measured from: the working target, or the due where there is none.
        due: what the rungs at and after are measured from.

    Raises `OutsideCalendar` and `NoOfficeHours`.
    """
    if rung.offset is None or rung.side is Side.DUE:
        return due
    if rung.side is Side.BEFORE:
        return max(start, before(target, rung.offset, calendar))
    return after(due, rung.offset, calendar)


def before(instant: datetime, offset: Period, calendar: Calendar) -> datetime:
    """Return the start of the day that lies ``offset`` before the day of ``instant``; hours are exact."""
    if (moved := _hours(instant, offset, calendar, -1)) is not None:
        return moved
    return calendar.midnight_before(days_earlier(calendar.day_up_to(instant), offset, calendar))


def after(instant: datetime, offset: Period, calendar: Calendar) -> datetime:
    """Return the end of the day that lies ``offset`` after the day of ``instant``; hours are exact."""
    if (moved := _hours(instant, offset, calendar, 1)) is not None:
        return moved
    return calendar.midnight_after(days_later(calendar.day_up_to(instant), offset, calendar))


def less_reserve(instant: datetime, reserve: Period, calendar: Calendar) -> datetime:
    """Return the last instant that leaves ``reserve`` free before ``instant``.

    It is the end of the day that lies the reserve before the day of ``instant``; hours are exact.
    """
    if (moved := _hours(instant, reserve, calendar, -1)) is not None:
        return moved
    return calendar.midnight_after(days_earlier(calendar.day_up_to(instant), reserve, calendar))


def _hours(instant: datetime, offset: Period, calendar: Calendar, sign: int) -> datetime | None:
    match offset.unit:
        case TimeUnit.HOUR:
            return instant + sign * timedelta(hours=offset.amount)
        case TimeUnit.WORKING_HOUR if sign > 0:
            return after_working_hours(instant, offset.amount, calendar)
        case TimeUnit.WORKING_HOUR:
            return before_working_hours(instant, offset.amount, calendar)
        case _:
            return None
