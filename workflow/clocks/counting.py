"""Counting a limit: from a start, a rule, extensions and a calendar to the due and its explanation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ..calendars import Calendar
from ..model import Extension, ExtensionMode, Limit, Period
from .course import Course, Ending, ending
from .ledger import Grant
from .reckoning import Extended, Reckoning


def count(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    *,
    extension: Extension | None = None,
    grants: Sequence[Grant] = (),
    until: date | None = None,
) -> Reckoning:
    """Return when ``limit`` is due, with the explanation.

    Args:
        start: the instant from which it runs, with a zone.
        extension: the clock's rule for extending; needed when there are grants.
        grants: the extensions granted, in effective order.
        until: for a limit that ends on a field's date: that date.

    Raises `OutsideCalendar` when the calendar does not reach so far, `NoOfficeHours` when working hours are unknown.
    """
    periods = (limit.period,) if limit.period else ()
    course = Course(start, periods, until, limit.counting, calendar)
    end = ending(course)
    if not grants:
        return Reckoning(course, end)
    if extension is None:
        raise ValueError("grants need the extension rule under which they were granted")
    return _extended(course, end, extension, grants)


def _extended(course: Course, end: Ending, extension: Extension, grants: Sequence[Grant]) -> Reckoning:
    """The reckoning after every grant. A grant never shortens: a total that ends earlier changes nothing."""
    reached, extended = course, []
    for times, grant in enumerate(grants, 1):
        further = _longer(course, extension, times)
        later = ending(further)
        if later.due > end.due:
            extended.append(Extended(end.last_day, later.last_day, grant))
            reached, end = further, later
    return Reckoning(reached, end, tuple(extended))


def _longer(course: Course, extension: Extension, times: int) -> Course:
    """The course extended so many times: a new total from the same start, or so much more."""
    if extension.mode is ExtensionMode.TO:
        return course._replace(periods=(extension.period,), until=None)
    more = Period(times * extension.period.amount, extension.period.unit)
    return course._replace(periods=_joined(course.periods, more))


def _joined(periods: tuple[Period, ...], more: Period) -> tuple[Period, ...]:
    """Periods of one unit become one, counted from the original start: 31 Jan + 1 + 2 months is 30 Apr, not 28 Apr."""
    if periods and periods[-1].unit is more.unit:
        return (*periods[:-1], Period(periods[-1].amount + more.amount, more.unit))
    return (*periods, more)
