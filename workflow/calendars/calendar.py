"""Calendars: which days an office works, why, from which notice, and when its days begin and end.

A calendar is compiled: every day of its years is decided when the definition is read, so that counting is arithmetic
on a table. It knows how far the official notices reach; past that day it still answers, from the weekly pattern and
the statute alone, and `Calendar.official` says so. Past its last day it refuses to guess.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, compress
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ..errors import CaseclockError
from ..messages import Text, say
from .parts import WEEKDAYS as WEEKDAYS
from .parts import ClosedSeason as ClosedSeason
from .parts import Note as Note
from .parts import SeasonalHours as SeasonalHours
from .parts import Session as Session
from .parts import sessions_from_json, sessions_to_json, text_to_json

WORKS, RESTS, STANDS, STANDS_WORKED = "1", "0", "s", "S"
WORKED, STANDING = frozenset({WORKS, STANDS_WORKED}), frozenset({STANDS, STANDS_WORKED})
SUNDAY, NEW_YEARS_EVE = 6, (12, 31)
ONE_DAY = timedelta(days=1)
MIDNIGHT = time()
KNOWN_YEARS = 2100


class OutsideCalendar(CaseclockError):
    """A day was asked for that the calendar does not hold; the calendar's author must add its year."""

    code = "outside-calendar"
    exit_status = 3


class NoOfficeHours(CaseclockError):
    """Working hours are to be counted on a calendar that gives no office hours."""

    code = "no-office-hours"
    exit_status = 3


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of an office in one time zone.

    Args:
        zone: IANA name of the time zone whose dates are the days.
        first: the first day held.
        days: one character a day from ``first`` on: ``1`` works, ``0`` rests; ``S`` works and ``s`` rests in a closed
            season in which time stands.
        official_through: the last day for which official notices are included.
        notes: why a day rests or works, where its weekday does not tell.
        hours: office hours for Monday to Sunday.
        seasons: closed seasons, the later over the earlier; what they make of a day stands in ``days``.
        special_hours: office hours of single days, such as a half day.
        ever_stands: there is a day on which time stands.
        seasonal_hours: office hours of parts of the year, the later over the earlier.
        week_ends: the weekday on which a week ends, 0 for Monday.
        year_ends: month and day on which a year ends, from which its quarters and halves are counted too.

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
    seasons: tuple[ClosedSeason, ...] = ()
    special_hours: Mapping[date, tuple[Session, ...]] = field(default_factory=dict, hash=False, repr=False)
    seasonal_hours: tuple[SeasonalHours, ...] = ()
    week_ends: int = SUNDAY
    year_ends: tuple[int, int] = NEW_YEARS_EVE
    _base: int = field(init=False, repr=False, compare=False)
    _tz: ZoneInfo = field(init=False, repr=False, compare=False)
    _works: tuple[bool, ...] = field(init=False, repr=False, compare=False)
    _worked: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _ordinals: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _stood: tuple[int, ...] = field(init=False, repr=False, compare=False)
    ever_stands: bool = field(init=False, repr=False, compare=False)
    _stood_worked: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        base = self.first.toordinal()
        object.__setattr__(self, "_base", base)
        object.__setattr__(self, "_tz", ZoneInfo(self.zone))
        # _worked[i], _stood[i], _stood_worked[i]: such days among the first i; _ordinals: all working days in order
        works = tuple(day in WORKED for day in self.days)
        object.__setattr__(self, "_works", works)
        object.__setattr__(self, "_worked", tuple(accumulate(works, initial=0)))
        object.__setattr__(self, "_ordinals", tuple(compress(range(base, base + len(works)), works)))
        object.__setattr__(self, "_stood", self._among(STANDING))
        object.__setattr__(self, "ever_stands", bool(self._stood))
        object.__setattr__(self, "_stood_worked", self._among(frozenset({STANDS_WORKED})))

    def _among(self, kinds: frozenset[str]) -> tuple[int, ...]:
        """How many days of these kinds there are among the first 0, 1, 2... days; empty when time never stands."""
        if STANDING.isdisjoint(self.days):
            return ()
        return tuple(accumulate((day in kinds for day in self.days), initial=0))

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
        return self._works[self._index(day)]

    def stands(self, day: date) -> bool:
        """Return whether time stands on ``day``, be it worked or not. Raises `OutsideCalendar`."""
        return self.days[self._index(day)] in STANDING

    def official(self, day: date) -> bool:
        """Return whether official notices decide ``day``; if not, only the weekly pattern and the statute do."""
        return day <= self.official_through

    def note(self, day: date) -> Note | None:
        """Return why ``day`` rests, or works against its weekday; None for a plain working day.

        Raises `OutsideCalendar`.
        """
        if note := self.notes.get(day):
            return note
        if self.is_working(day):
            return None
        season = self.rest_season(day)
        return season.note if season else Note(WEEKDAYS[day.weekday()])

    def season(self, day: date) -> ClosedSeason | None:
        """Return the closed season in which ``day`` lies, even where it is worked; None outside of all.

        Of several it is one on which time stands, and the later one.
        """
        return max(self._seasons(day), key=lambda season: season.stands, default=None)

    def rest_season(self, day: date) -> ClosedSeason | None:
        """Return the closed season that makes ``day`` a day of rest, the later of several; None where none does."""
        return next((season for season in self._seasons(day) if not season.stands), None)

    def _seasons(self, day: date) -> Iterator[ClosedSeason]:
        return (season for season in reversed(self.seasons) if season.covers(day))

    def next_working_day(self, day: date) -> date:
        """Return ``day`` itself when the office works on it, else the next day it does. Raises `OutsideCalendar`."""
        index = self._index(day)
        return day if self._works[index] else self._nth(self._worked[index], day)

    def working_day_after(self, day: date, n: int) -> date:
        """Return the n-th working day after ``day``, which does not count itself (n >= 1). Raises `OutsideCalendar`."""
        # This is _nth and _index in one, because every limit in working days comes by here.
        index, ordinals = day.toordinal() - self._base, self._ordinals
        if 0 <= index < len(self.days) and (position := self._worked[index + 1] + n - 1) < len(ordinals):
            return date.fromordinal(ordinals[position])
        raise self._outside(day)

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

    def standing_days(self, first: date, last: date, *, working: bool = False) -> int:
        """Return on how many days from ``first`` to ``last``, both included, time stands.

        Args:
            working: only those are counted that the office works.

        Raises `OutsideCalendar`.
        """
        begins, ends = self._index(first), self._index(last) + 1
        stood = self._stood_worked if working else self._stood
        return stood[ends] - stood[begins] if stood else 0

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
            say(
                "give years: {years} in the calendar's file, or in one that extends it, and deploy it",
                years=f"{min(day.year, self.first.year)}..{max(day.year, min(self.last.year + 20, KNOWN_YEARS))}",
            ),
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

        Hours of that day alone come before those of a part of the year, and these before the ordinary ones. A working
        day whose weekday has no hours (a make-up Saturday) has those of the first weekday that has any.
        """
        if not self.is_working(day):
            return ()
        if special := self.special_hours.get(day):
            return special
        weekly = next((hours.hours for hours in reversed(self.seasonal_hours) if hours.covers(day)), self.hours)
        return weekly[day.weekday()] or next((hours for hours in weekly if hours), ())

    def open_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return from when to when, in UTC, the office is open on ``day``. Raises `OutsideCalendar`."""
        return tuple(
            (
                self.at(day, session.opens),
                self.midnight_after(day) if session.until_midnight else self.at(day, session.closes),
            )
            for session in self.office_hours(day)
        )

    def close_of_office(self, day: date) -> datetime:
        """Return the instant, in UTC, at which the office closes on ``day``; its 24:00 where no hours are known."""
        hours = self.open_on(day)
        return hours[-1][1] if hours else self.midnight_after(day)

    def opening_after(self, instant: datetime) -> datetime:
        """Return ``instant`` itself while the office is open, the minute of closing included, else the next opening.

        Raises `NoOfficeHours` and `OutsideCalendar`.

        >>> monday, nine_to_five = date(2026, 11, 16), (Session(time(9), time(17)),)
        >>> week = Calendar("demo", Text("Demo", "示例"), "UTC", monday, "1111100" * 2, monday, {}, (nine_to_five,) * 7)
        >>> week.opening_after(datetime(2026, 11, 20, 17, 1, tzinfo=UTC)).isoformat()
        '2026-11-23T09:00:00+00:00'
        """
        self.require_office_hours()
        day = self.to_date(instant)
        while True:
            for opens, closes in self.open_on(day):
                if instant <= closes:
                    return max(instant, opens)
            day = self.working_day_after(day, 1)

    def require_office_hours(self) -> None:
        """Raise `NoOfficeHours` when the calendar gives none."""
        if not any(self.hours) and not self.seasonal_hours:
            raise NoOfficeHours(
                say("working hours are counted on calendar {calendar}, which gives no office hours", calendar=self.id),
                say("add office_hours to the calendar's file, or count hours or working days"),
            )

    def clock_change(self, day: date, wall: time) -> Literal["missing", "twice"] | None:
        """Return whether a change of the clocks makes ``wall`` miss on ``day``, or come twice; None when it does not.

        >>> new_year, eve = date(2026, 1, 1), date(2026, 12, 31)
        >>> london = Calendar("demo", Text("Demo", "示例"), "Europe/London", new_year, "1" * 365, eve)
        >>> london.clock_change(date(2026, 3, 29), time(1, 30)), london.clock_change(date(2026, 10, 25), time(1, 30))
        ('missing', 'twice')
        >>> london.clock_change(date(2026, 10, 25), time(2, 0))
        """
        before, after = (datetime.combine(day, wall.replace(fold=fold), self._tz).utcoffset() for fold in (0, 1))
        if before is None or after is None or before == after:
            return None
        return "missing" if before < after else "twice"

    # Storing

    def to_json(self) -> dict[str, Any]:
        """Return the calendar as plain JSON values, from which `from_json` makes an equal one.

        What came later than the first calendars is left out where a calendar does not use it, so that its fingerprint
        stays.
        """
        data: dict[str, Any] = {
            "id": self.id,
            "title": text_to_json(self.title),
            "zone": self.zone,
            "first": self.first.isoformat(),
            "days": self.days,
            "official_through": self.official_through.isoformat(),
            "notes": {day.isoformat(): note.to_json() for day, note in sorted(self.notes.items())},
            "hours": [sessions_to_json(sessions) for sessions in self.hours],
        }
        if self.seasons:
            data["seasons"] = [season.to_json() for season in self.seasons]
        if self.special_hours:
            special = sorted(self.special_hours.items())
            data["special_hours"] = {day.isoformat(): sessions_to_json(sessions) for day, sessions in special}
        if self.seasonal_hours:
            data["seasonal_hours"] = [hours.to_json() for hours in self.seasonal_hours]
        if self.week_ends != SUNDAY:
            data["week_ends"] = self.week_ends
        if self.year_ends != NEW_YEARS_EVE:
            data["year_ends"] = list(self.year_ends)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calendar:
        """Return the calendar that `to_json` described."""
        special = data.get("special_hours", {})
        return cls(
            id=data["id"],
            title=Text(**data["title"]),
            zone=data["zone"],
            first=date.fromisoformat(data["first"]),
            days=data["days"],
            official_through=date.fromisoformat(data["official_through"]),
            notes={date.fromisoformat(day): Note.from_json(note) for day, note in data["notes"].items()},
            hours=tuple(map(sessions_from_json, data["hours"])),
            seasons=tuple(map(ClosedSeason.from_json, data.get("seasons", ()))),
            special_hours={date.fromisoformat(day): sessions_from_json(hours) for day, hours in special.items()},
            seasonal_hours=tuple(map(SeasonalHours.from_json, data.get("seasonal_hours", ()))),
            week_ends=data.get("week_ends", SUNDAY),
            year_ends=tuple(data.get("year_ends", NEW_YEARS_EVE)),
        )


@lru_cache(maxsize=4096)
def _instant(zone: ZoneInfo, day: date, wall: time) -> datetime:
    """The instant of a wall time. Kept, because the dues of one office fall on the same few midnights."""
    return datetime.combine(day, wall, zone).astimezone(UTC)
