"""Closed seasons of a calendar file: from MM-DD or Easter to MM-DD or Easter, every year."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from ..workflow.calendar_parts import ClosedSeason
from ..workflow.messages import Text, say
from .calendar_file import CalendarFile, Path

SEASON_KEYS = ("from", "to", "years", "title", "source", "time")
TIME_WORDS = ("runs", "stands")

_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_EASTER = re.compile(r"easter(?:([+-]\d{1,3}))?")
_LEAP_YEAR = 2000


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
        for begin, end in _spans(file, path, begins, ends, years)
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
    if _EASTER.fullmatch(bound) or _is_month_day(bound):
        return bound
    message = say("expected a day such as 12-24, or easter, easter-7 or easter+7, got: {found}", found=given[key])
    file.problem("wrong-season", (*path, key), message)
    return None


def _is_month_day(bound: str) -> bool:
    found = _MONTH_DAY.fullmatch(bound)
    return bool(found and 1 <= int(found[1]) <= 12 and 1 <= int(found[2]) <= monthrange(_LEAP_YEAR, int(found[1]))[1])


def _spans(
    file: CalendarFile, path: Path, begins: str, ends: str, years: tuple[int, int]
) -> Iterator[tuple[date, date]]:
    """The season that begins in each of the years; between days of the month it may cross New Year."""
    crosses = _is_month_day(begins) and _is_month_day(ends) and ends < begins
    for year in range(years[0], years[1] + 1):
        begin, end = day_in(year, begins), day_in(year + crosses, ends)
        if end < begin:
            message = say("the season would end on {end}, before it begins on {begin}", begin=begin, end=end)
            file.problem("wrong-season", path, message, on_key=True)
            return
        yield begin, end


def day_in(year: int, bound: str) -> date:
    """Return the day of ``year`` that a bound such as ``12-24`` or ``easter+7`` means; 02-29 may mean the 28th.

    >>> day_in(2026, "easter-7"), day_in(2026, "02-29")
    (datetime.date(2026, 3, 29), datetime.date(2026, 2, 28))
    """
    if found := _EASTER.fullmatch(bound):
        return easter_sunday(year) + timedelta(days=int(found[1] or 0))
    month, day = map(int, bound.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


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
