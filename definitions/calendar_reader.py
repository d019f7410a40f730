"""Calendars from YAML: a plain mapping in, a compiled `Calendar` out, every mistake reported with its path.

A calendar is a base (a country's public holidays, or another calendar) and overlays on it, the later over the earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from ..workflow.calendars import RESTS, WORKS, Calendar, Note, Session
from ..workflow.errors import DefinitionInvalid
from ..workflow.messages import Text, say
from .calendar_file import CalendarFile, Path
from .public_holidays import PublicHolidays, public_holidays

Load = Callable[[str], Mapping[str, Any]]

KEYS = (
    "calendar",
    "title",
    "extends",
    "base",
    "zone",
    "years",
    "official_through",
    "rest_days",
    "issuer",
    "notices",
    "office_hours",
    "days",
)
NEEDED_WITHOUT_BASE_CALENDAR = ("zone", "base", "years", "official_through")
NOTICE_KEYS = ("number", "published", "amended")
DAY_KEYS = ("off", "work", "source")
MAKE_UP_DAY = Text("make-up working day", "调休上班")


def read_calendar(data: Mapping[str, Any], load: Load) -> Calendar:
    """Return the calendar that a calendar file describes.

    Args:
        data: the parsed file; dates and times are text, such as ``2026-09-20`` and ``08:30``.
        load: returns the parsed file of another calendar, for ``extends``; raises LookupError when there is none.

    Raises `DefinitionInvalid` with every problem of the file.
    """
    return _read(data, load, ())


def _read(data: Mapping[str, Any], load: Load, within: tuple[str, ...]) -> Calendar:
    file = CalendarFile(data)
    calendar = _compile(file, load, within)
    if file.problems or calendar is None:
        raise DefinitionInvalid(say("the calendar {calendar} is not valid", calendar=file.id), file.problems)
    return calendar


def _compile(file: CalendarFile, load: Load, within: tuple[str, ...]) -> Calendar | None:
    file.mapping(file.data, (), KEYS)
    for key in ("calendar", "title", *(() if "extends" in file.data else NEEDED_WITHOUT_BASE_CALENDAR)):
        if key not in file.data:
            file.problem("missing-key", (), say("expected the key {key}, which is missing", key=key))
    if file.problems:
        return None
    if "extends" in file.data:
        ground = _extended(file, load, within)
        if "rest_days" in file.data or "base" in file.data or "years" in file.data:
            file.problem(
                "not-with-extends",
                ("extends",),
                say("a calendar that extends another takes base, years and rest_days from it; remove them here"),
            )
    else:
        ground = _based(file)
    return _overlaid(file, ground) if ground else None


def _extended(file: CalendarFile, load: Load, within: tuple[str, ...]) -> Calendar | None:
    """The calendar that this one extends."""
    other = str(file.data["extends"])
    within = (*within, file.id)
    if other in within:
        file.problem("circular", ("extends",), say("calendars extend one another in a circle: {ids}", ids=within))
        return None
    try:
        data = load(other)
    except LookupError:
        message = say("expected the id of a calendar, got: {found}, which is not to be found", found=other)
        file.problem("unknown-calendar", ("extends",), message)
        return None
    try:
        return _read(data, load, within)
    except DefinitionInvalid as error:
        found = [problem.message for problem in error.problems]
        message = say("the calendar {other}, which this one extends, is not valid: {found}", other=other, found=found)
        file.problem("unknown-calendar", ("extends",), message)
        return None


def _based(file: CalendarFile) -> Calendar | None:
    """The calendar of the country's public holidays, before any overlay."""
    years = _years(file)
    zone = _zone(file, file.data["zone"])
    official_through = file.day(file.data["official_through"], ("official_through",))
    public = _public_holidays(file, years) if years else None
    if not (years and zone and official_through and public):
        return None
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)
    days = [date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1)]
    working = _working(public, _rest_days(file, public))
    sources = _notices(file)
    return Calendar(
        id=file.id,
        title=Text("", ""),
        zone=zone,
        first=first,
        days="".join(WORKS if working(day) else RESTS for day in days),
        official_through=official_through,
        notes={
            day: Note(
                name=MAKE_UP_DAY if working(day) else public.off[day],
                source=_source(sources, day) if day <= official_through else None,
            )
            for day in days
            if day in public.off or day in public.work
        },
    )


def _working(public: PublicHolidays, rest_days: frozenset[int]) -> Callable[[date], bool]:
    def working(day: date) -> bool:
        return day in public.work or (day not in public.off and day.weekday() not in rest_days)

    return working


def _years(file: CalendarFile) -> tuple[int, int] | None:
    first, _, last = str(file.data["years"]).partition("..")
    if first.isdecimal() and last.isdecimal() and 1900 <= int(first) <= int(last) <= 2200:
        return int(first), int(last)
    message = say("expected the first and last year, such as 2010..2027, got: {found}", found=file.data["years"])
    file.problem("wrong-range", ("years",), message)
    return None


def _zone(file: CalendarFile, value: Any) -> str | None:
    zones = available_timezones()
    if str(value) in zones:
        return str(value)
    near = get_close_matches(str(value), zones, 3) or ["Asia/Shanghai", "Europe/London"]
    message = say("expected the IANA name of a time zone, such as {near}, got: {found}", near=near, found=value)
    file.problem("unknown-zone", ("zone",), message)
    return None


def _public_holidays(file: CalendarFile, years: tuple[int, int]) -> PublicHolidays | None:
    base = file.data["base"]
    places = base if isinstance(base, list) else [base]
    try:
        return public_holidays([str(place) for place in places], *years)
    except LookupError:
        message = say(
            "expected a country, or a country and region, that the holidays package knows, such as CN or GB-ENG, "
            "got: {found}",
            found=places,
        )
        file.problem("unknown-country", ("base",), message)
        return None


def _rest_days(file: CalendarFile, public: PublicHolidays) -> frozenset[int]:
    if "rest_days" not in file.data:
        return public.rest_days
    given = file.data["rest_days"]
    if not isinstance(given, list):
        message = say("expected a list of weekdays, such as [saturday, sunday], got: {found}", found=given)
        file.problem("wrong-type", ("rest_days",), message)
        return frozenset()
    return frozenset(n for i, name in enumerate(given) for n in file.weekdays(name, ("rest_days", i)))


def _notices(file: CalendarFile) -> dict[int, Text]:
    """For each year, the notice that arranges its days, as it is cited."""
    issuer = file.text(file.data["issuer"], ("issuer",)) if "issuer" in file.data else Text("notice", "通知")
    cited = {}
    for year, notice in file.mapping(file.data.get("notices", {}), ("notices",)).items():
        path: Path = ("notices", year)
        if not str(year).isdecimal():
            file.problem("wrong-year", path, say("expected a year, got: {found}", found=year), on_key=True)
            continue
        given = file.mapping(notice, path, NOTICE_KEYS)
        parts = [str(given[key]) for key in ("number", "published") if key in given]
        amended = [str(given["amended"])] if "amended" in given else []
        cited[int(year)] = Text(
            ", ".join([issuer.en, *parts, *(f"amended {day}" for day in amended)]),
            "，".join([issuer.zh, *parts, *(f"{day} 修订" for day in amended)]),
        )
    return cited


def _source(sources: Mapping[int, Text], day: date) -> Text | None:
    """The notice that covers ``day``. A year's notice also moves days to the three before its New Year's Day."""
    return sources.get((day + timedelta(days=3)).year) or sources.get(day.year)


def _overlaid(file: CalendarFile, ground: Calendar) -> Calendar:
    """The ground with this file's title, zone, office hours and days laid over it."""
    days, notes = list(ground.days), dict(ground.notes)
    for key, entry in file.mapping(file.data.get("days", {}), ("days",)).items():
        path: Path = ("days", key)
        read = _overlay(file, entry, path)
        for day in file.days(key, path):
            if not ground.first <= day <= ground.last:
                message = say(
                    "expected a day from {first} to {last}, got: {found}",
                    first=ground.first,
                    last=ground.last,
                    found=day,
                )
                file.problem("outside-years", path, message, on_key=True)
                break
            if read:
                days[(day - ground.first).days], notes[day] = read
    official_through = file.day(file.data.get("official_through", ground.official_through), ("official_through",))
    return Calendar(
        id=file.id,
        title=file.text(file.data["title"], ("title",)),
        zone=_zone(file, file.data.get("zone", ground.zone)) or ground.zone,
        first=ground.first,
        days="".join(days),
        official_through=official_through or ground.official_through,
        notes=notes,
        hours=_office_hours(file) if "office_hours" in file.data else ground.hours,
    )


def _overlay(file: CalendarFile, entry: Any, path: Path) -> tuple[str, Note] | None:
    given = file.mapping(entry, path, DAY_KEYS)
    chosen = [word for word in ("off", "work") if word in given]
    if len(chosen) != 1:
        file.problem("off-or-work", path, say("expected either off or work with the reason, got: {found}", found=entry))
        return None
    name = file.text(given[chosen[0]], (*path, chosen[0]))
    source = file.text(given["source"], (*path, "source")) if "source" in given else None
    return (WORKS if chosen[0] == "work" else RESTS), Note(name, source)


def _office_hours(file: CalendarFile) -> tuple[tuple[Session, ...], ...]:
    hours: list[tuple[Session, ...]] = [()] * 7
    for key, given in file.mapping(file.data["office_hours"], ("office_hours",)).items():
        path: Path = ("office_hours", key)
        sessions = file.sessions(given, path)
        for weekday in file.weekdays(key, path, on_key=True):
            hours[weekday] = sessions
    return tuple(hours)
