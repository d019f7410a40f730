"""Calendars: which days an office works, why, from which notice, and when its days begin and end.

A calendar is compiled: every day of its years is decided when the definition is read, so that counting is arithmetic
on a table. It knows how far the official notices reach; past that day it still answers, from the weekly pattern and
the statute alone, and `Calendar.official` says so. Past its last day it refuses to guess.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from .errors import CaseclockError
from .messages import Text, say

WORKS, RESTS = "1", "0"
ONE_DAY = timedelta(days=1)
MIDNIGHT = time()
WEEKDAYS = (
    Text("Monday", "星期一"),
    Text("Tuesday", "星期二"),
    Text("Wednesday", "星期三"),
    Text("Thursday", "星期四"),
    Text("Friday", "星期五"),
    Text("Saturday", "星期六"),
    Text("Sunday", "星期日"),
)


class OutsideCalendar(CaseclockError):
    """A day was asked for that the calendar does not hold; the calendar's author must add its year."""

    code = "outside-calendar"
    exit_status = 3


@dataclass(frozen=True, slots=True)
class Note:
    """Why a day is not what its weekday says.

    Args:
        name: of the holiday, or of the reason for working.
        source: the notice or law it comes from; None for the weekly rest day and for days not yet announced.
    """

    name: Text
    source: Text | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of office hours within one day, in the calendar's zone."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of an office in one time zone.

    Args:
        zone: IANA name of the time zone whose dates are the days.
        first: the first day held.
        days: one character a day from ``first`` on, ``1`` for a working day and ``0`` for a rest day.
        official_through: the last day for which official notices are included.
        notes: why a day rests or works, where its weekday does not tell.
        hours: office hours for Monday to Sunday.

    >>> monday, days = date(2026, 11, 16), "1111100" * 2
    >>> week = Calendar("demo", Text("Demo", "示例"), "Asia/Shanghai", monday, days, date(2026, 11, 29))
    >>> week.working_day_after(date(2026, 11, 20), 1)
    datetime.date(2026, 11, 23)
    """

    id: str
    title: Text
    zone: str
    first: date
    days: str = field(repr=False)
    official_through: date
    notes: Mapping[date, Note] = field(default_factory=dict, hash=False, repr=False)
    hours: tuple[tuple[Session, ...], ...] = field(default=((),) * 7, repr=False)
    _base: int = field(init=False, repr=False, compare=False)
    _tz: ZoneInfo = field(init=False, repr=False, compare=False)
    _worked: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _ordinals: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        base = self.first.toordinal()
        object.__setattr__(self, "_base", base)
        object.__setattr__(self, "_tz", ZoneInfo(self.zone))
        # _worked[i]: working days among the first i days; _ordinals: all working days in order
        object.__setattr__(self, "_worked", tuple(accumulate((day == WORKS for day in self.days), initial=0)))
        object.__setattr__(self, "_ordinals", tuple(base + i for i, day in enumerate(self.days) if day == WORKS))

    @property
    def last(self) -> date:
        """The last day held."""
        return date.fromordinal(self._base + len(self.days) - 1)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that the calendar says."""
        canonical = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    # Days

    def is_working(self, day: date) -> bool:
        """Return whether the office works on ``day``. Raises `OutsideCalendar`."""
        return self.days[self._index(day)] == WORKS

    def official(self, day: date) -> bool:
        """Return whether official notices decide ``day``; if not, only the weekly pattern and the statute do."""
        return day <= self.official_through

    def note(self, day: date) -> Note | None:
        """Return why ``day`` rests, or works against its weekday; None for a plain working day.

        Raises `OutsideCalendar`.
        """
        if note := self.notes.get(day):
            return note
        return None if self.is_working(day) else Note(WEEKDAYS[day.weekday()])

    def next_working_day(self, day: date) -> date:
        """Return ``day`` itself when the office works on it, else the next day it does. Raises `OutsideCalendar`."""
        index = self._index(day)
        return day if self.days[index] == WORKS else self._nth(self._worked[index], day)

    def working_day_after(self, day: date, n: int) -> date:
        """Return the n-th working day after ``day``, which does not count itself (n >= 1). Raises `OutsideCalendar`."""
        return self._nth(self._worked[self._index(day) + 1] + n - 1, day)

    def working_day_before(self, day: date, n: int) -> date:
        """Return the n-th working day before ``day``, which does not count itself (n >= 1).

        Raises `OutsideCalendar`.
        """
        return self._nth(self._worked[self._index(day)] - n, day)

    def working_days(self, first: date, last: date) -> int:
        """Return how many working days there are from ``first`` to ``last``, both included.

        Raises `OutsideCalendar`.
        """
        return self._worked[self._index(last) + 1] - self._worked[self._index(first)]

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._base
        if 0 <= index < len(self.days):
            return index
        raise self._outside(day)

    def _nth(self, position: int, asked: date) -> date:
        if 0 <= position < len(self._ordinals):
            return date.fromordinal(self._ordinals[position])
        raise self._outside(asked)

    def _outside(self, day: date) -> OutsideCalendar:
        return OutsideCalendar(
            say(
                "calendar {calendar} holds {first} to {last}; counting from {day} leaves it",
                calendar=self.id,
                first=self.first,
                last=self.last,
                day=day,
            ),
            say("add the missing years to the calendar's file and deploy it again"),
        )

    # Instants

    def to_date(self, instant: datetime) -> date:
        """Return the day, in the calendar's zone, on which ``instant`` falls."""
        return instant.astimezone(self._tz).date()

    def day_up_to(self, instant: datetime) -> date:
        """Return the day of ``instant`` where midnight is the 24:00 of the day before, as for a due."""
        return self.to_date(instant - datetime.resolution)

    def local(self, instant: datetime) -> datetime:
        """Return ``instant`` with the calendar's zone, as people there read it."""
        return instant.astimezone(self._tz)

    def wall_time(self, instant: datetime) -> time:
        """Return what the clock on the wall shows at ``instant``."""
        return instant.astimezone(self._tz).time()

    def at(self, day: date, wall: time) -> datetime:
        """Return the instant, in UTC, at which the wall clock shows ``wall`` on ``day``.

        When clocks are put back, a time that comes twice means the first; when they are put forward, a time that is
        skipped means as much later as they jump. Days are therefore never multiples of 24 hours.

        >>> new_year, eve = date(2026, 1, 1), date(2026, 12, 31)
        >>> london = Calendar("demo", Text("Demo", "示例"), "Europe/London", new_year, "1" * 365, eve)
        >>> london.at(date(2026, 3, 29), time(1, 30)).isoformat()
        '2026-03-29T01:30:00+00:00'
        """
        return _instant(self._tz, day, wall.replace(fold=0))

    def midnight_before(self, day: date) -> datetime:
        """Return the instant, in UTC, at which ``day`` begins."""
        return _instant(self._tz, day, MIDNIGHT)

    def midnight_after(self, day: date) -> datetime:
        """Return the instant, in UTC, at which ``day`` ends: its 24:00."""
        return _instant(self._tz, day + ONE_DAY, MIDNIGHT)

    def office_hours(self, day: date) -> tuple[Session, ...]:
        """Return the office hours of ``day``, none on a rest day. Raises `OutsideCalendar`.

        A working day whose weekday has no hours (a make-up Saturday) has those of the first weekday that has any.
        """
        if not self.is_working(day):
            return ()
        return self.hours[day.weekday()] or next((hours for hours in self.hours if hours), ())

    def close_of_office(self, day: date) -> datetime:
        """Return the instant, in UTC, at which the office closes on ``day``; its 24:00 where no hours are known."""
        hours = self.office_hours(day)
        return self.at(day, hours[-1].closes) if hours else self.midnight_after(day)

    # Storing

    def to_json(self) -> dict[str, Any]:
        """Return the calendar as plain JSON values, from which `from_json` makes an equal one."""
        return {
            "id": self.id,
            "title": _text_to_json(self.title),
            "zone": self.zone,
            "first": self.first.isoformat(),
            "days": self.days,
            "official_through": self.official_through.isoformat(),
            "notes": {day.isoformat(): _note_to_json(note) for day, note in sorted(self.notes.items())},
            "hours": [[[s.opens.isoformat(), s.closes.isoformat()] for s in sessions] for sessions in self.hours],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calendar:
        """Return the calendar that `to_json` described."""
        return cls(
            id=data["id"],
            title=Text(**data["title"]),
            zone=data["zone"],
            first=date.fromisoformat(data["first"]),
            days=data["days"],
            official_through=date.fromisoformat(data["official_through"]),
            notes={date.fromisoformat(day): _note_from_json(note) for day, note in data["notes"].items()},
            hours=tuple(tuple(Session(*map(time.fromisoformat, s)) for s in sessions) for sessions in data["hours"]),
        )


@lru_cache(maxsize=4096)
def _instant(zone: ZoneInfo, day: date, wall: time) -> datetime:
    """The instant of a wall time. Kept, because the dues of one office fall on the same few midnights."""
    return datetime.combine(day, wall, zone).astimezone(UTC)


def _text_to_json(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _note_to_json(note: Note) -> dict[str, Any]:
    return {"name": _text_to_json(note.name), "source": _text_to_json(note.source) if note.source else None}


def _note_from_json(data: Mapping[str, Any]) -> Note:
    return Note(Text(**data["name"]), Text(**data["source"]) if data["source"] else None)
