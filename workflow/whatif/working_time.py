"""Working time as one number: how long the office has been open since some day, and back to an instant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ..calendars import Calendar

ENOUGH = 0.8
"""The share of what people did that must fall into the time in which the office is open, for it to be counted by."""

MARGIN = timedelta(days=60)
"""How much before and after is laid out, so that limits and steps that reach beyond still have a place."""


class WorkingTime:
    """The time in which an office is open, laid out between two days.

    Args:
        calendar: gives office hours; where it gives none, working days from midnight to midnight.
        plain: count by the wall clock, day and night.
    """

    def __init__(self, calendar: Calendar, first: datetime, last: datetime, *, plain: bool = False) -> None:
        spans = [(first, last)] if plain else list(_open_spans(calendar, first, last))
        self.plain = plain
        self._begins = [begins for begins, _ in spans]
        self._ends = [ends for _, ends in spans]
        self._before = [0.0]
        for begins, ends in spans:
            self._before.append(self._before[-1] + (ends - begins).total_seconds())

    def since_first(self, instant: datetime) -> float:
        """Return the open seconds up to an instant."""
        at = bisect_right(self._begins, instant)
        if at == 0:
            return 0.0
        return self._before[at - 1] + (min(instant, self._ends[at - 1]) - self._begins[at - 1]).total_seconds()

    def instant(self, seconds: float) -> datetime | None:
        """Return the first instant at which so many seconds have been open; None beyond what is laid out."""
        at = max(1, bisect_left(self._before, seconds))
        if at > len(self._begins):
            return None
        return self._begins[at - 1] + timedelta(seconds=seconds - self._before[at - 1])

    def is_open(self, instant: datetime) -> bool:
        """Return whether the office is open at an instant, the last minute included."""
        at = bisect_right(self._begins, instant)
        return at > 0 and instant <= self._ends[at - 1]


def fitting(calendar: Calendar, done: Iterable[datetime], last: datetime) -> WorkingTime:
    """Return the time by which people's durations are measured: open time, or wall time where they work at any hour.

    Args:
        done: when people did things.
        last: up to when it is needed.
    """
    instants = sorted(done)
    first = _bounded(calendar, (instants[0] if instants else last) - MARGIN)
    last = _bounded(calendar, last + MARGIN)
    found = WorkingTime(calendar, first, last)
    within = sum(map(found.is_open, instants))
    return found if within >= ENOUGH * len(instants) else WorkingTime(calendar, first, last, plain=True)


def _bounded(calendar: Calendar, instant: datetime) -> datetime:
    """An instant within the years that the calendar holds."""
    earliest, latest = calendar.midnight_before(calendar.first), calendar.midnight_after(calendar.last)
    return min(max(instant, earliest), latest)


def _open_spans(calendar: Calendar, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    day = calendar.to_date(first)
    end = min(calendar.day_up_to(last), calendar.last)
    while day <= end:
        if calendar.is_working(day):
            yield from calendar.open_on(day) or ((calendar.midnight_before(day), calendar.midnight_after(day)),)
        day = day + _ONE_DAY


_ONE_DAY = timedelta(days=1)
