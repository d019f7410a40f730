"""Receipt: from the instant at which something came in to the instant from which the clock runs."""

from __future__ import annotations

from datetime import datetime, time
from typing import NamedTuple

from ..calendars import Calendar
from ..messages import Message, say
from ..model import DeemedReceipt, Period
from .course import days_later
from .hours import hours_later, in_hours


class Received(NamedTuple):
    """When something came in, from when it counts as received, both in UTC, and why the two differ."""

    came_at: datetime
    at: datetime
    reasons: tuple[Message, ...] = ()


def received(rule: DeemedReceipt | None, instant: datetime, calendar: Calendar) -> Received:
    """Return from when something that came in at ``instant`` counts as received.

    Cut-off hour first, then office hours, then days of rest. Raises `NoOfficeHours` and `OutsideCalendar`.
    """
    at, reasons = instant, []
    if rule and rule.cutoff and calendar.wall_time(at) > time.fromisoformat(rule.cutoff):
        at = calendar.midnight_after(calendar.to_date(at))
        reasons.append(say("it came after {cutoff}, so it counts from the next day", cutoff=rule.cutoff))
    if rule and rule.outside_hours and (opening := calendar.opening_after(at)) > at:
        at = opening
        reasons.append(say("the office was closed, so it counts from the next opening"))
    if rule and rule.rest_day and not calendar.is_working(calendar.to_date(at)):
        at = calendar.midnight_before(calendar.next_working_day(calendar.to_date(at)))
        reasons.append(say("it was a day of rest, so it counts from the next working day"))
    return Received(instant, at, tuple(reasons))


def later(instant: datetime, period: Period, calendar: Calendar) -> datetime:
    """Return the instant that lies ``period`` after another: hours exactly, days at the same wall time."""
    if in_hours(period.unit):
        return hours_later(instant, period, calendar)
    return calendar.at(days_later(calendar.to_date(instant), period, calendar), calendar.wall_time(instant))


def deemed_later(came: Received, period: Period, calendar: Calendar) -> Received:
    """Return the receipt of something that counts as received ``period`` later than it came."""
    reason = say("it counts as received {period} later", period=period.spoken())
    return came._replace(at=later(came.at, period, calendar), reasons=(*came.reasons, reason))
