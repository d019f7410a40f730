"""The office hours of a calendar file: those of each weekday, and over them those of parts of the year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ...workflow.calendars import Calendar
from ...workflow.calendars.parts import SeasonalHours, Session
from ...workflow.messages import say
from .closed_seasons import is_bound, spans_between
from .file import CalendarFile, Path

Weekly = tuple[tuple[Session, ...], ...]

NO_HOURS: Weekly = ((),) * 7


def read_office_hours(file: CalendarFile, ground: Calendar) -> tuple[Weekly, tuple[SeasonalHours, ...]]:
    """Return the ordinary office hours and those of parts of the year; those of the ground where the file has none."""
    if "office_hours" not in file.data:
        return ground.hours, ground.seasonal_hours
    given = file.mapping(file.data["office_hours"], ("office_hours",))
    parts = {str(key): entry for key, entry in given.items() if _is_part(key, entry)}
    ordinary = {key: hours for key, hours in given.items() if str(key) not in parts}
    weekly = _weekly(file, ordinary, ("office_hours",), NO_HOURS)
    read = (_part(file, key, entry, weekly, ground) for key, entry in parts.items())
    return weekly, tuple(part for part in read if part)


def _is_part(key: Any, entry: Any) -> bool:
    """Whether a key names a part of the year: by what stands below it, or by its own look."""
    return isinstance(entry, Mapping) or str(key)[:1].isdigit()


def _weekly(file: CalendarFile, given: Mapping[Any, Any], path: Path, over: Weekly) -> Weekly:
    """The hours of each weekday; those that are not given are as before."""
    hours = list(over)
    for key, stretches in given.items():
        sessions = file.sessions(stretches, (*path, key))
        for weekday in file.weekdays(key, (*path, key), on_key=True):
            hours[weekday] = sessions
    return tuple(hours)


def _part(file: CalendarFile, key: str, entry: Any, weekly: Weekly, ground: Calendar) -> SeasonalHours | None:
    path: Path = ("office_hours", key)
    spans = _spans(file, key, path, ground.first, ground.last)
    hours = _weekly(file, file.mapping(entry, path), path, weekly)
    return SeasonalHours(key, spans, hours) if spans else None


def _spans(file: CalendarFile, key: str, path: Path, first: date, last: date) -> tuple[tuple[date, date], ...]:
    """The days of ``05-01..09-30`` in every year, or of ``2026-02-18..2026-03-19`` once."""
    begins, dots, ends = key.partition("..")
    if is_bound(begins) and is_bound(ends if dots else begins):
        found = spans_between(file, path, begins, ends if dots else begins, (first.year - 1, last.year))
    elif span := _dates(begins, ends if dots else begins):
        found = iter([span])
    else:
        message = say("expected weekdays, or days such as 05-01..09-30 with weekdays below, got: {found}", found=key)
        file.problem("wrong-season", path, message, on_key=True)
        return ()
    return tuple((max(begin, first), min(end, last)) for begin, end in found if begin <= last and end >= first)


def _dates(begins: str, ends: str) -> tuple[date, date] | None:
    try:
        span = date.fromisoformat(begins), date.fromisoformat(ends)
    except ValueError:
        return None
    return span if span[0] <= span[1] else None
