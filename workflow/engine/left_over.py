"""What is left of a limit at an instant, counted as the limit itself is: days that count, or minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..clocks import ClockStatus, LineKind
from ..model import EXACT_UNITS, TimeUnit

_MINUTE = timedelta(minutes=1)


def left_of(status: ClockStatus, at: datetime) -> dict[str, Any] | None:
    """Return how much is left of a running clock and how much is used, as an event keeps it.

    None where nothing is left, or where it ends on a date that was given and has no length.
    """
    course = status.reckoning.course
    if status.due_at <= at or course.until is not None or not course.periods:
        return None
    units = {period.unit for period in course.periods}
    used, rest, unit = _minutes(status, at) if units & set(EXACT_UNITS) else _days(status, at)
    if rest < 1:
        return None
    return {"rest": rest, "used": used, "unit": unit.value, "extended": bool(status.grants)}


def _days(status: ClockStatus, at: datetime) -> tuple[int, int, TimeUnit]:
    today = status.reckoning.calendar.to_date(at)
    counted = [line.day for line in status.reckoning.lines if line.kind is LineKind.COUNTED]
    working = any(period.unit is TimeUnit.WORKING_DAY for period in status.reckoning.course.periods)
    used = sum(day <= today for day in counted)
    return used, len(counted) - used, TimeUnit.WORKING_DAY if working else TimeUnit.DAY


def _minutes(status: ClockStatus, at: datetime) -> tuple[int, int, TimeUnit]:
    spans = [span for line in status.reckoning.lines for span in line.spans]
    whole = sum((span[1] - span[0] for span in spans), timedelta())
    ahead = sum((span[1] - max(span[0], at) for span in spans if span[1] > at), timedelta())
    working = any(
        period.unit in (TimeUnit.WORKING_HOUR, TimeUnit.WORKING_MINUTE) for period in status.reckoning.course.periods
    )
    unit = TimeUnit.WORKING_MINUTE if working else TimeUnit.MINUTE
    return (whole - ahead) // _MINUTE, -(-ahead // _MINUTE), unit
