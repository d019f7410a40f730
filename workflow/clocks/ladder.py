"""The ladder: the instants at which a clock's rungs fall due.

A warning leaves whole days, and a sanction waits for whole days:

- ``n working days before`` is 00:00 at the start of the n-th working day before the due day, whatever the office hours,
  so that n whole working days and the due day itself are left; never before the clock started.
- ``due`` is the due instant.
- ``n working days after`` is 24:00 at the end of the n-th working day after the due day.
- ``n working days after start`` is 24:00 at the end of the n-th working day after the day of the start.

Calendar days, weeks, months and years go by the same rule; hours and working hours are exact offsets.
"""

from __future__ import annotations

from datetime import datetime

from ..calendars import Calendar
from ..model import Period, Rung, Side
from .course import days_earlier, days_later
from .hours import hours_earlier, hours_later, in_hours


def rung_instant(rung: Rung, *, start: datetime, due: datetime, calendar: Calendar) -> datetime:
    """Return the legal instant of ``rung``, in UTC.

    Args:
        start: when the clock started; no rung lies before it.
        due: what the rung is measured from: for a warning, the working target or the earliest reading.

    Raises `OutsideCalendar` and `NoOfficeHours`.
    """
    if rung.offset is None or rung.side is Side.DUE:
        return due
    if rung.side is Side.BEFORE:
        return max(start, before(due, rung.offset, calendar))
    if rung.side is Side.AFTER_START:
        return after(start, rung.offset, calendar)
    return after(due, rung.offset, calendar)


def before(instant: datetime, offset: Period, calendar: Calendar) -> datetime:
    """Return the start of the day that lies ``offset`` before the day of ``instant``; hours are exact."""
    if in_hours(offset.unit):
        return hours_earlier(instant, offset, calendar)
    return calendar.midnight_before(days_earlier(calendar.day_up_to(instant), offset, calendar))


def after(instant: datetime, offset: Period, calendar: Calendar) -> datetime:
    """Return the end of the day that lies ``offset`` after the day of ``instant``; hours are exact."""
    if in_hours(offset.unit):
        return hours_later(instant, offset, calendar)
    return calendar.midnight_after(days_later(calendar.day_up_to(instant), offset, calendar))


def less_reserve(instant: datetime, reserve: Period | None, calendar: Calendar) -> datetime:
    """Return the last instant that leaves ``reserve`` free before ``instant``.

    It is the end of the day that lies the reserve before the day of ``instant``; hours are exact.
    """
    if reserve is None:
        return instant
    if in_hours(reserve.unit):
        return hours_earlier(instant, reserve, calendar)
    return calendar.midnight_after(days_earlier(calendar.day_up_to(instant), reserve, calendar))
