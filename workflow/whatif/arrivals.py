"""Arrivals: days of the past are drawn again for the days to come, with what was opened on them and when.

A day is drawn from past days of the same weekday, a day of rest from days of rest, so that the pattern of the week and
of the day is kept, and so is that some days bring much and others nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from ..calendars import Calendar
from ..history import Event

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """That a case was opened: at what time of day, by whom, and with which values."""

    wall: time
    event: Event
    data: Mapping[str, Any]


@dataclass
class Arrivals:
    """What was opened on each day of a part of history.

    Args:
        first, last: the days of it.
    """

    calendar: Calendar
    first: date
    last: date
    opened: dict[date, list[Arrival]] = field(default_factory=lambda: defaultdict(list))

    def add(self, event: Event, left_out: frozenset[str]) -> None:
        """Take up an opening, with its values but those that are left out."""
        day = self.calendar.to_date(event.effective_at)
        if self.first <= day <= self.last:
            data = {name: value for name, value in event.data.items() if name not in left_out}
            self.opened[day].append(Arrival(self.calendar.wall_time(event.effective_at), event, data))

    @property
    def count(self) -> int:
        """How many were opened."""
        return sum(map(len, self.opened.values()))

    def days(self) -> dict[tuple[bool, int], list[date]]:
        """Return the days by whether they are working days, and by weekday; days of rest are all alike."""
        found: dict[tuple[bool, int], list[date]] = defaultdict(list)
        day = self.first
        while day <= self.last:
            found[self._kind(day)].append(day)
            day += ONE_DAY
        return found

    def _kind(self, day: date) -> tuple[bool, int]:
        works = self.calendar.is_working(day)
        return works, day.weekday() if works else -1

    def draw(
        self, day: date, days: Mapping[tuple[bool, int], list[date]], times: float, random: Random
    ) -> Iterator[tuple[datetime, Arrival]]:
        """Yield what is opened on a day to come, ``times`` as much as on the day of the past that is drawn for it."""
        alike = days.get(self._kind(day)) or [it for kind, found in days.items() if kind[0] for it in found]
        if not alike:
            return
        for arrival in self.opened.get(alike[random.randrange(len(alike))], ()):
            whole = int(times)
            for _ in range(whole + (random.random() < times - whole)):
                yield self.calendar.at(day, arrival.wall), arrival
