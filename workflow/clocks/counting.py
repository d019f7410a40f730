"""Counting a limit: from a start, a rule, pauses, extensions and a calendar to the due and its explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from ..calendars import Calendar
from ..model import Extension, ExtensionMode, Limit, Period
from .course import Course, Ending, end_of, ending, not_while_paused
from .ledger import Grant
from .receipt import Received
from .reckoning import Extended, Reckoning
from .standing import Pausing


def count(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    *,
    extension: Extension | None = None,
    further_extensions: Sequence[Extension] = (),
    grants: Sequence[Grant] = (),
    until: date | datetime | None = None,
    amount: int | None = None,
    pauses: Sequence[Pausing] = (),
    received: Received | None = None,
    bound: datetime | None = None,
    floor: datetime | None = None,
    at_day_end: bool = False,
) -> Reckoning:
    """Return when ``limit`` is due, with the explanation.

    Args:
        start: the instant from which it runs, with a zone.
        extension, further_extensions: the clock's rules for extending; needed when there are grants.
        grants: the extensions granted, in effective order.
        until: for a limit that ends on a field's date, or is counted back from one: that date, or the instant in UTC.
        amount: for a limit whose number stands in a field: that number.
        pauses: when time stood still, in UTC. One that begins at the due or later moves nothing.
        received: when what started it came in, where it counts as received later.
        bound: the limit ends not later than this.
        floor: it ends not earlier than this.
        at_day_end: the start is the 24:00 that ends a day, because another limit ran out then; that day is its day.

    Raises `OutsideCalendar` when the calendar does not reach so far, `NoOfficeHours` when working hours are unknown.
    """
    periods = (limit.period,) if limit.period and not limit.then else _periods(limit, amount)
    if start.tzinfo is not UTC:
        start = start.astimezone(UTC)
    day = calendar.day_up_to(start) if at_day_end else calendar.to_date(start)
    counting, until_at = limit.counting, None
    if isinstance(until, datetime):
        until_at, until = until, calendar.to_date(until)
    if counting.begins:
        day = end_of(counting.begins, day, calendar)
    course = Course(start, day, periods, until, counting, calendar, limit.before is not None, at_day_end, until_at)
    if not (grants or pauses or received or bound or floor):
        return Reckoning(course, ending(course))
    extensions = (extension, *further_extensions) if extension else ()
    reckoning = _reckoned(course, extensions, grants)
    for pause in sorted(pauses, key=lambda pause: (pause.begins, pause.ends)):
        # A date knows no pauses, and what comes after the due moves nothing.
        if until is not None or pause.begins >= max(reckoning.due, floor or reckoning.due):
            break
        course = course._replace(pauses=(*course.pauses, pause))
        reckoning = _reckoned(course, extensions, grants)
    if floor and course.pauses:
        _, floor = not_while_paused(calendar.day_up_to(floor), floor, course)
    return reckoning._replace(received=received, bound=bound, floor=floor)


def recounted(reckoning: Reckoning, extensions: Sequence[Extension], grants: Sequence[Grant]) -> Reckoning:
    """Return the same limit counted with other grants."""
    return _reckoned(reckoning.unextended or reckoning.course, extensions, grants)


def cap_of(reckoning: Reckoning, extension: Extension) -> Ending | None:
    """Return where the limit would end with the most that extensions may bring; None where there is no cap."""
    capped = _capped(reckoning.unextended or reckoning.course, extension)
    return capped[1] if capped else None


def _periods(limit: Limit, amount: int | None) -> tuple[Period, ...]:
    if limit.period:
        return (limit.period, *limit.then)
    if limit.amount and amount is not None:
        return (Period(amount, limit.amount.unit),)
    return ()


def _reckoned(course: Course, extensions: Sequence[Extension], grants: Sequence[Grant]) -> Reckoning:
    """The reckoning after every grant. A grant never shortens: a total that ends earlier changes nothing."""
    end = ending(course)
    if not grants:
        return Reckoning(course, end)
    if not extensions:
        raise ValueError("grants need the extension rule under which they were granted")
    reached, extended, given = course, [], course
    for grant in grants:
        extension = extensions[grant.which]
        given = _longer(given, course, extension, grant)
        further, later = given, ending(given)
        cap = _capped(course, extension)
        if cap and later.due > cap[1].due:
            further, later = cap
        if later.due > end.due:
            extended.append(Extended(end.last_day, later.last_day, grant))
            reached, end = further, later
    return Reckoning(reached, end, tuple(extended), unextended=course)


def _capped(course: Course, extension: Extension) -> tuple[Course, Ending] | None:
    """The course that no extension passes, and where it ends."""
    if extension.cap is None:
        return None
    most = course._replace(periods=(extension.cap,), until=None, until_at=None, back=False)
    return most, ending(most)


def _longer(given: Course, course: Course, extension: Extension, grant: Grant) -> Course:
    """The course after one more grant: a new total from the same start, so much more, or until a day."""
    match extension.mode:
        case ExtensionMode.TO if extension.period:
            return course._replace(periods=(extension.period,), until=None, until_at=None)
        case ExtensionMode.UNTIL if day := _day(grant.given.get(extension.until or "")):
            return course._replace(periods=(), until=day, until_at=None, pauses=())
        case ExtensionMode.BY if more := _addition(extension, grant.given):
            return given._replace(periods=_joined(given.periods, more))
    return given


def _addition(extension: Extension, given: Mapping[str, Any]) -> Period | None:
    if extension.amount is None:
        return extension.period
    number = given.get(extension.amount.field)
    return Period(number, extension.amount.unit) if isinstance(number, int) and number > 0 else None


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _joined(periods: tuple[Period, ...], more: Period) -> tuple[Period, ...]:
    """Periods of one unit become one, counted from the original start: 31 Jan + 1 + 2 months is 30 Apr, not 28 Apr."""
    if periods and periods[-1].unit is more.unit:
        return (*periods[:-1], Period(periods[-1].amount + more.amount, more.unit))
    return (*periods, more)
