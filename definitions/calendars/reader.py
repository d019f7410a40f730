"""Calendars from YAML: a plain mapping in, a compiled `Calendar` out, every mistake reported with its path.

A calendar is a ground (public holidays of countries, another calendar, or several together) and the layers of the file
over it: closed seasons, then single days, the later over the earlier.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from ...workflow.calendars import Calendar
from ...workflow.errors import DefinitionInvalid, Problem
from ...workflow.messages import say
from .base import based
from .closed_seasons import SEASON_KEYS as SEASON_KEYS
from .closed_seasons import is_month_day
from .file import WEEKDAY_NAMES, CalendarFile, Path
from .layers import DAY_KEYS as DAY_KEYS
from .layers import Layers
from .notices import NOTICE_KEYS as NOTICE_KEYS
from .notices import Notices, find_years_without_notice, read_notices
from .office_hours import read_office_hours
from .union import united

Load = Callable[[str], Mapping[str, Any]]

KEYS = (
    "calendar",
    "title",
    "extends",
    "union",
    "base",
    "categories",
    "without",
    "zone",
    "years",
    "official_through",
    "rest_days",
    "issuer",
    "notices",
    "office_hours",
    "closed_seasons",
    "days",
    "week_ends",
    "year_ends",
)
NEEDED_WITHOUT_OTHER_CALENDARS = ("zone", "base", "years", "official_through")
OF_THE_BASE = ("base", "categories", "without", "rest_days")
SHORTEST_MONTH, COMMON_YEAR = 28, 2001


def read_calendar(data: Mapping[str, Any], load: Load) -> Calendar:
    """Return the calendar that a calendar file describes.

    Args:
        data: the parsed file; dates and times are text, such as ``2026-09-20`` and ``08:30``.
        load: returns the parsed file of another calendar, for ``extends`` and ``union``; raises LookupError when there
            is none.

    Raises `DefinitionInvalid` with every problem of the file.
    """
    return _read(CalendarFile(data), load, ())


def review_calendar(data: Mapping[str, Any], load: Load) -> tuple[Problem, ...]:
    """Return what is worth a look in a valid calendar file, such as a year without a notice.

    Args:
        data, load: as for `read_calendar`.

    Raises `DefinitionInvalid` with every problem of the file.
    """
    file = CalendarFile(data)
    _read(file, load, ())
    return tuple(file.findings)


def _read(file: CalendarFile, load: Load, within: tuple[str, ...]) -> Calendar:
    calendar = _compile(file, load, within)
    if file.problems or calendar is None:
        raise DefinitionInvalid(say("the calendar {calendar} is not valid", calendar=file.id), file.problems)
    return calendar


def _compile(file: CalendarFile, load: Load, within: tuple[str, ...]) -> Calendar | None:
    file.mapping(file.data, (), KEYS)
    others = [key for key in ("extends", "union") if key in file.data]
    for key in ("calendar", "title", *(() if others else NEEDED_WITHOUT_OTHER_CALENDARS)):
        if key not in file.data:
            file.problem("missing-key", (), say("expected the key {key}, which is missing", key=key))
    if file.problems:
        return None
    zone = _zone(file)
    notices = read_notices(file)
    ground = _others(file, others, notices, load, (*within, file.id)) if others else based(file, zone, notices)
    return _overlaid(file, ground, zone, notices) if ground else None


def _others(
    file: CalendarFile, keys: list[str], notices: Notices, load: Load, within: tuple[str, ...]
) -> Calendar | None:
    """The calendar that this one extends, or the union of several."""
    if any(key in file.data for key in OF_THE_BASE):
        message = say("a calendar that extends another takes base and rest_days from it; remove them here")
        file.problem("not-with-extends", (keys[0],), message)
    if len(keys) > 1:
        message = say("expected either extends or union; let one calendar be the union, and another extend it")
        file.problem("not-with-extends", ("union",), message)
    if "years" in file.data and file.years(file.data["years"], ("years",)) is None:
        return None
    if keys[0] == "extends":
        ground = _other(file, str(file.data["extends"]), ("extends",), load, within)
    else:
        ground = _union(file, load, within)
    if ground:
        find_years_without_notice(file, notices, ground.official_through.year + 1)
    return ground


def _union(file: CalendarFile, load: Load, within: tuple[str, ...]) -> Calendar | None:
    given = file.data["union"]
    if not isinstance(given, list) or not given:
        message = say("expected a list of ids of calendars, such as [england, scotland], got: {found}", found=given)
        file.problem("wrong-type", ("union",), message)
        return None
    members = [_other(file, str(other), ("union", i), load, within) for i, other in enumerate(given)]
    found = [member for member in members if member]
    if len(found) < len(members):
        return None
    if max(member.first for member in found) > min(member.last for member in found):
        file.problem("wrong-range", ("union",), say("these calendars have no year in common"))
        return None
    return united(found)


def _other(file: CalendarFile, other: str, path: Path, load: Load, within: tuple[str, ...]) -> Calendar | None:
    """Another calendar, which this one builds on."""
    if other in within:
        file.problem("circular", path, say("calendars extend one another in a circle: {ids}", ids=within))
        return None
    try:
        # years that this file gives are those of the other one too
        years = {"years": file.data["years"]} if "years" in file.data else {}
        return _read(CalendarFile({**load(other), **years}), load, within)
    except LookupError:
        message = say("expected the id of a calendar, got: {found}, which is not to be found", found=other)
    except DefinitionInvalid as error:
        found = [problem.message for problem in error.problems]
        message = say("the calendar {other}, which this one extends, is not valid: {found}", other=other, found=found)
    file.problem("unknown-calendar", path, message)
    return None


def _zone(file: CalendarFile) -> str | None:
    """The file's time zone; None where it gives none that exists."""
    if "zone" not in file.data:
        return None
    zones, value = available_timezones(), file.data["zone"]
    if str(value) in zones:
        return str(value)
    near = get_close_matches(str(value), zones, 3) or ["Asia/Shanghai", "Europe/London"]
    message = say("expected the IANA name of a time zone, such as {near}, got: {found}", near=near, found=value)
    file.problem("unknown-zone", ("zone",), message)
    return None


def _overlaid(file: CalendarFile, ground: Calendar, zone: str | None, notices: Notices) -> Calendar:
    """The ground with this file's title, zone, office hours, closed seasons and days laid over it."""
    layers = Layers.over(file, ground)
    layers.lay_seasons()
    layers.lay_days(notices)
    official_through = file.day(file.data.get("official_through", ground.official_through), ("official_through",))
    hours, seasonal_hours = read_office_hours(file, ground)
    return replace(
        layers.on(ground),
        id=file.id,
        title=file.text(file.data["title"], ("title",)),
        zone=zone or ground.zone,
        official_through=official_through or ground.official_through,
        hours=hours,
        seasonal_hours=seasonal_hours,
        week_ends=_week_ends(file, ground.week_ends),
        year_ends=_year_ends(file, ground.year_ends),
    )


def _week_ends(file: CalendarFile, otherwise: int) -> int:
    if "week_ends" not in file.data:
        return otherwise
    weekday = str(file.data["week_ends"])
    if weekday in WEEKDAY_NAMES:
        return WEEKDAY_NAMES.index(weekday)
    file.unknown(weekday, ("week_ends",), WEEKDAY_NAMES)
    return otherwise


def _year_ends(file: CalendarFile, otherwise: tuple[int, int]) -> tuple[int, int]:
    if "year_ends" not in file.data:
        return otherwise
    found = str(file.data["year_ends"])
    if is_month_day(found):
        month, day = (int(part) for part in found.split("-"))
        if day < SHORTEST_MONTH or day >= monthrange(COMMON_YEAR, month)[1]:
            return month, day
    message = say("expected month and day on which a year ends, such as 03-31 or 04-05, got: {found}", found=found)
    file.problem("wrong-date", ("year_ends",), message)
    return otherwise
