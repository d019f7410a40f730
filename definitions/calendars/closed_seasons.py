"""Closed seasons of a calendar file, and the days that bound them: 12-24, easter-7, first monday of may."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from ...workflow.calendars.parts import ClosedSeason
from ...workflow.messages import Text, say
from .file import WEEKDAY_NAMES, CalendarFile, Path

SEASON_KEYS = ("from", "to", "years", "title", "source", "time")
TIME_WORDS = ("runs", "stands")

_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_EASTER = re.compile(r"easter(?:([+-]\d{1,3}))?")
_NTH = re.compile(r"(first|second|third|fourth|last) ([a-z]+) of ([a-z]+)")
_NUMBERS = {"first": 0, "second": 1, "third": 2, "fourth": 3}
_LEAP_YEAR = 2000

MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def read_seasons(file: CalendarFile, first: date, last: date) -> tuple[ClosedSeason, ...]:
    """Return the closed seasons of a file, as far as they lie between ``first`` and ``last``."""
    given = file.mapping(file.data.get("closed_seasons", {}), ("closed_seasons",))
    read = (_season(file, str(name), entry, first, last) for name, entry in given.items())
    return tuple(season for season in read if season)


def _season(file: CalendarFile, name: str, entry: Any, first: date, last: date) -> ClosedSeason | None:
    path: Path = ("closed_seasons", name)
    given = file.mapping(entry, path, SEASON_KEYS)
    bounds = [_bound(file, given, path, key) for key in ("from", "to")]
    years = file.years(given["years"], (*path, "years")) if "years" in given else (first.year - 1, last.year)
    time = given.get("time", "runs")
    if time not in TIME_WORDS:
        file.unknown(time, (*path, "time"), TIME_WORDS)
    if not all(bounds) or years is None:
        return None
    begins, ends = (str(bound) for bound in bounds)
    spans = [
        (max(begin, first), min(end, last))
        for begin, end in spans_between(file, path, begins, ends, years)
        if begin <= last and end >= first
    ]
    return ClosedSeason(
        name=name,
        title=file.text(given["title"], (*path, "title")) if "title" in given else Text(name, name),
        source=file.text(given["source"], (*path, "source")) if "source" in given else None,
        stands=time == "stands",
        spans=tuple(spans),
    )


def _bound(file: CalendarFile, given: Mapping[Any, Any], path: Path, key: str) -> str | None:
    """A bound as it is written; None, and a problem, when it is none."""
    if key not in given:
        file.problem("missing-key", path, say("expected the key {key}, which is missing", key=key))
        return None
    bound = str(given[key])
    if is_bound(bound):
        return bound
    message = say("expected a day such as 12-24, easter-7 or first monday of may, got: {found}", found=given[key])
    file.problem("wrong-season", (*path, key), message)
    return None


def is_bound(bound: str) -> bool:
    """Return whether ``bound`` means a day of every year.

    >>> [is_bound(bound) for bound in ("12-24", "easter+1", "last thursday of november", "fifth monday of may")]
    [True, True, True, False]
    """
    if found := _NTH.fullmatch(bound):
        return found[2] in WEEKDAY_NAMES and found[3] in MONTH_NAMES
    return bool(_EASTER.fullmatch(bound)) or is_month_day(bound)


def is_month_day(bound: str) -> bool:
    """Return whether ``bound`` is a month and a day of it, such as ``12-24``."""
    found = _MONTH_DAY.fullmatch(bound)
    return bool(found and 1 <= int(found[1]) <= 12 and 1 <= int(found[2]) <= monthrange(_LEAP_YEAR, int(found[1]))[1])


def spans_between(
    file: CalendarFile, path: Path, begins: str, ends: str, years: tuple[int, int]
) -> Iterator[tuple[date, date]]:
    """Yield the days from one bound to another that begin in each of the years.

    They may cross New Year, unless Easter bounds them.
    """
    crosses = _crosses(begins, ends)
    for year in range(years[0], years[1] + 1):
        begin, end = day_in(year, begins), day_in(year + crosses, ends)
        if end < begin:
            message = say("the season would end on {end}, before it begins on {begin}", begin=begin, end=end)
            file.problem("wrong-season", path, message, on_key=True)
            return
        yield begin, end


def _crosses(begins: str, ends: str) -> bool:
    """Whether a season between these bounds ends in the year after that in which it begins."""
    if is_month_day(begins) and is_month_day(ends):
        return ends < begins
    months = [_month_of(bound) for bound in (begins, ends)]
    return all(months) and months[1] < months[0]


def _month_of(bound: str) -> int:
    """The month in which a bound always lies; 0 for Easter."""
    if found := _NTH.fullmatch(bound):
        return MONTH_NAMES.index(found[3]) + 1
    return 0 if _EASTER.fullmatch(bound) else int(bound[:2])


def day_in(year: int, bound: str) -> date:
    """Return the day of ``year`` that a bound such as ``12-24`` or ``easter+7`` means; 02-29 may mean the 28th.

    >>> day_in(2026, "easter-7"), day_in(2026, "02-29"), day_in(2026, "last thursday of november")
    (datetime.date(2026, 3, 29), datetime.date(2026, 2, 28), datetime.date(2026, 11, 26))
    """
    if found := _NTH.fullmatch(bound):
        return _nth_weekday(year, found[1], found[2], MONTH_NAMES.index(found[3]) + 1)
    if found := _EASTER.fullmatch(bound):
        return easter_sunday(year) + timedelta(days=int(found[1] or 0))
    month, day = map(int, bound.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def _nth_weekday(year: int, number: str, weekday: str, month: int) -> date:
    begins, length = monthrange(year, month)
    first = 1 + (WEEKDAY_NAMES.index(weekday) - begins) % 7
    weeks = (length - first) // 7 if number == "last" else _NUMBERS[number]
    return date(year, month, first + 7 * weeks)


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Western churches, by the Gregorian computus.

    It is the Sunday after the first full moon, reckoned by the 19-year cycle of the moon, on or after 21 March.

    >>> easter_sunday(2026)
    datetime.date(2026, 4, 5)
    """
    cycle, century = year % 19, year // 100
    # leap years that were left out, and the corrections of the moon's tables, one day each
    skipped, corrected = century - century // 4, (8 * century + 13) // 25
    after_equinox = (19 * cycle + skipped - corrected + 15) % 30
    # the tables put a full moon of 19 April on the 18th, and one of the 18th late in the cycle on the 17th
    after_equinox -= after_equinox == 29 or (after_equinox == 28 and cycle > 10)
    full_moon = date(year, 3, 21) + timedelta(days=after_equinox)
    return full_moon + timedelta(days=7 - (full_moon.weekday() + 1) % 7)
