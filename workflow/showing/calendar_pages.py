"""Calendars as pages for people, and as plain data for JSON: what one says, and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from ..calendars import NEW_YEARS_EVE, ONE_DAY, SUNDAY, WEEKDAYS, Calendar
from ..calendars.facts import (
    DayDifference,
    DayFacts,
    DayState,
    Period,
    days_of,
    differences,
    facts,
    seasons,
    settings,
    sources,
    standing_days,
    unusual,
    whole,
    working_days,
    years,
)
from ..calendars.parts import ClosedSeason, Note, Session
from ..messages import Language, Message, Text, render, say
from .pages import NOTHING, Grid, Line, Page
from .plain import Plain

STATES = {DayState.WORKS: say("works"), DayState.RESTS: say("rests")}
MONTHS = range(1, 13)
SETTINGS = {
    "title": say("title"),
    "zone": say("time zone"),
    "first": say("first day"),
    "last": say("last day"),
    "official_through": say("official through"),
    "hours": say("office hours"),
    "seasonal_hours": say("office hours of parts of the year"),
    "week_ends": say("the week ends on"),
    "year_ends": say("the year ends on"),
}


# One calendar


def show(calendar: Calendar, origin: Message, period: Period | None = None) -> Page:
    """Return what a calendar says: of all its years, of one year with its unusual days, or of one month day by day."""
    asked = period or whole(calendar)
    yield Line(say("{title} ({calendar})", title=calendar.title, calendar=calendar.id), "strong")
    yield Line(origin)
    yield Line(say("days of {zone}, {first} to {last}", zone=calendar.zone, first=calendar.first, last=calendar.last))
    yield Line(say("official through {day}; later days are provisional", day=calendar.official_through))
    for days, hours in _weekly_hours(calendar.hours):
        yield Line(say("office hours {days}: {hours}", days=days, hours=hours))
    for part in calendar.seasonal_hours:
        for days, hours in _weekly_hours(part.hours):
            yield Line(say("office hours {part}, {days}: {hours}", part=part.name, days=days, hours=hours))
    if (calendar.week_ends, calendar.year_ends) != (SUNDAY, NEW_YEARS_EVE):
        yield Line(
            say("weeks end on {day}, years on {date}", day=WEEKDAYS[calendar.week_ends], date=_year_end(calendar))
        )
    cited = sources(calendar, asked)
    for number, source in enumerate(cited, start=1):
        yield Line(say("source {number}: {source}", number=number, source=source))
    if asked.is_month:
        yield from _month(calendar, asked)
    else:
        yield from _year_counts(calendar, asked)
    if period is None:
        count = len(unusual(calendar, asked))
        yield from _season_lines(calendar, asked)
        yield Line(say("{count} days are not what their weekday says; name a year to see them", count=count))
    else:
        yield from _season_rows(calendar, asked, cited)
        yield from _noted_rows(_listed(calendar, asked), cited)


def _weekly_hours(weekly: Sequence[tuple[Session, ...]]) -> Iterator[tuple[Message | Text, list[str]]]:
    """The office hours, days of the same hours together."""
    for hours, run in groupby(range(7), key=lambda weekday: weekly[weekday]):
        days = [WEEKDAYS[weekday] for weekday in run]
        if hours:
            yield say("{first} to {last}", first=days[0], last=days[-1]) if len(days) > 1 else days[0], _spans(hours)


def _year_end(calendar: Calendar) -> str:
    month, day = calendar.year_ends
    return f"{month:02d}-{day:02d}"


def _spans(hours: Sequence[Session]) -> list[str]:
    return [str(session) for session in hours]


def _year_counts(calendar: Calendar, period: Period) -> Page:
    stands = any(standing_days(calendar, year) for year in years(period))
    rows = tuple(
        (
            year,
            working_days(calendar, year),
            *((standing_days(calendar, year),) if stands else ()),
            *(working_days(calendar, year, month) for month in MONTHS),
        )
        for year in years(period)
    )
    yield Grid(
        (
            say("Year"),
            say("Working days"),
            *((say("Time stands"),) if stands else ()),
            *(f"{month:02d}" for month in MONTHS),
        ),
        rows,
    )


def _month(calendar: Calendar, period: Period) -> Page:
    days = list(days_of(period))
    cells: list[object] = [""] * days[0].weekday() + [_cell(facts(calendar, day)) for day in days]
    cells += [""] * (-len(cells) % 7)
    yield Line(say("working days: {count}", count=calendar.working_days(period.first, period.last)))
    yield Grid(WEEKDAYS, tuple(tuple(cells[first : first + 7]) for first in range(0, len(cells), 7)))
    yield Line(say(". rests  * rests by name  = time stands  + works against its weekday  h has its own office hours"))


def _cell(told: DayFacts) -> Line:
    if told.state is DayState.WORKS:
        mark = "h" if told.hours else "" if told.as_usual else "+"
    else:
        mark = "*" if _is_named(told) else "."
    if told.stands:
        mark += "="
    return Line(f"{told.day.day} {mark}".rstrip(), "plain" if mark in ("", ".") else "note")


def _is_named(told: DayFacts) -> bool:
    return told.note is not None and told.note.name not in WEEKDAYS


def _listed(calendar: Calendar, period: Period) -> tuple[DayFacts, ...]:
    """The days to list: the unusual ones of a year; of a month all that have a name of their own."""
    if not period.is_month:
        return unusual(calendar, period)
    told = (facts(calendar, day) for day in days_of(period))
    return tuple(it for it in told if _is_named(it) and (it.day in calendar.notes or not calendar.rest_season(it.day)))


def _noted_rows(listed: Sequence[DayFacts], cited: Sequence[Text]) -> Page:
    with_hours = any(told.hours for told in listed)
    rows = tuple(
        (
            told.day.isoformat(),
            WEEKDAYS[told.day.weekday()],
            _state(told),
            told.note.name if told.note else "",
            _number(told.note.source if told.note else None, cited),
            *((_spans(told.hours),) if with_hours else ()),
        )
        for told in listed
    )
    if rows:
        yield Grid((say("Day"), "", "", say("Why"), say("Source"), *((say("Hours"),) if with_hours else ())), rows)


def _state(told: DayFacts) -> Message:
    state = STATES[told.state]
    return say("{state}; time stands", state=state) if told.stands else state


def _number(source: Text | None, cited: Sequence[Text]) -> object:
    """The number under which a source was told."""
    return cited.index(source) + 1 if source else NOTHING


def _season_rows(calendar: Calendar, period: Period, cited: Sequence[Text]) -> Page:
    rows = tuple(
        (season.title, _range(first, last), _time_of(season), _number(season.source, cited))
        for season, spans in seasons(calendar, period)
        for first, last in spans
    )
    if rows:
        yield Grid((say("Closed season"), say("Days"), say("Time"), say("Source")), rows)


def _season_lines(calendar: Calendar, period: Period) -> Page:
    for season, spans in seasons(calendar, period):
        first, last = _range(*spans[0]), _range(*spans[-1])
        told = say(
            "closed season {title}, from {first} to {last}; time {time}",
            title=season.title,
            first=first,
            last=last,
            time=_time_of(season),
        )
        yield Line(told)


def _time_of(season: ClosedSeason) -> Message:
    return say("stands") if season.stands else say("runs")


def _range(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first}..{last}"


# Two calendars


def diff(old: Calendar, new: Calendar, origins: tuple[Message, Message]) -> Page:
    """Return how two calendars differ; days that differ in the same way stand together."""
    for calendar, origin, title in zip((old, new), origins, (say("before"), say("after")), strict=True):
        yield Line(say("{when}: {calendar}, {origin}", when=title, calendar=calendar.id, origin=origin))
    changed, days = settings(old, new), differences(old, new)
    for name in changed:
        yield Line(
            say("{what}: {old} -> {new}", what=SETTINGS[name], old=_setting(name, old), new=_setting(name, new)),
            "note",
        )
    if days:
        yield Grid((say("Days"), say("Before"), say("After")), tuple(_difference_rows(days)))
    if days or changed:
        yield Line(say("{count} days differ", count=len(days)), "strong")
    else:
        yield Line(say("these calendars say the same"), "strong")


def _setting(name: str, calendar: Calendar) -> object:
    match name:
        case "hours":
            return _told_hours(calendar.hours) or say("none")
        case "seasonal_hours":
            told = [say("{part}: {hours}", part=it.name, hours=_told_hours(it.hours)) for it in calendar.seasonal_hours]
            return told or say("none")
        case "week_ends":
            return WEEKDAYS[calendar.week_ends]
        case "year_ends":
            return _year_end(calendar)
    return getattr(calendar, name)


def _told_hours(weekly: Sequence[tuple[Session, ...]]) -> list[Message]:
    return [say("{days} {hours}", days=days, hours=hours) for days, hours in _weekly_hours(weekly)]


def _difference_rows(days: Sequence[DayDifference]) -> Iterator[tuple[object, ...]]:
    runs: list[list[DayDifference]] = []
    for found in days:
        if runs and found.day - runs[-1][-1].day == ONE_DAY and _alike(found, runs[-1][-1]):
            runs[-1].append(found)
        else:
            runs.append([found])
    for run in runs:
        yield _range(run[0].day, run[-1].day), _told(run[0].old), _told(run[0].new)


def _alike(one: DayDifference, other: DayDifference) -> bool:
    return (_told(one.old), _told(one.new)) == (_told(other.old), _told(other.new))


def _told(told: DayFacts) -> Message:
    """One day in a line: state, name, source, hours and season, as far as there are any."""
    said = STATES[told.state]
    if told.note and _is_named(told):
        said = _named(said, told.note)
    if told.hours:
        said = say("{said}, {hours}", said=said, hours=_spans(told.hours))
    if told.stands:
        said = say("{state}; time stands", state=said)
        said = _named(said, told.season.note) if told.season else said
    return said


def _named(said: Message, note: Note) -> Message:
    said = say("{state}: {name}", state=said, name=note.name)
    return say("{said} ({source})", said=said, source=note.source) if note.source else said


# Plain data


def show_data(calendar: Calendar, origin: Message, language: Language, period: Period | None = None) -> Plain:
    """Return what a calendar says; ``days`` has every day of a month that was asked for, and is empty otherwise."""
    asked = period or whole(calendar)
    return {
        **_identity(calendar, origin, language),
        "sources": [source.of(language.code) for source in sources(calendar, asked)],
        "years": [
            {
                "year": year,
                "working_days": working_days(calendar, year),
                "standing_days": standing_days(calendar, year),
                "months": [working_days(calendar, year, month) for month in MONTHS],
            }
            for year in years(asked)
        ],
        "unusual": [_day_data(told, language) for told in unusual(calendar, asked)],
        "seasons": [_season_data(season, spans, language) for season, spans in seasons(calendar, asked)],
        "days": [_day_data(facts(calendar, day), language) for day in days_of(asked)] if asked.is_month else [],
    }


def diff_data(old: Calendar, new: Calendar, origins: tuple[Message, Message], language: Language) -> Plain:
    """Return how two calendars differ: in ``settings`` besides their days, and on which of the days that both hold."""
    return {
        "old": _identity(old, origins[0], language),
        "new": _identity(new, origins[1], language),
        "settings": list(settings(old, new)),
        "days": [
            {
                "day": found.day.isoformat(),
                "what": list(found.what),
                "old": _day_data(found.old, language),
                "new": _day_data(found.new, language),
            }
            for found in differences(old, new)
        ],
    }


def _identity(calendar: Calendar, origin: Message, language: Language) -> Plain:
    return {
        "calendar": calendar.id,
        "title": calendar.title.of(language.code),
        "origin": origin.text(language),
        "fingerprint": calendar.fingerprint,
        "zone": calendar.zone,
        "first": calendar.first.isoformat(),
        "last": calendar.last.isoformat(),
        "official_through": calendar.official_through.isoformat(),
        "office_hours": [_spans(hours) for hours in calendar.hours],
        "seasonal_hours": {it.name: [_spans(hours) for hours in it.hours] for it in calendar.seasonal_hours},
        "week_ends": WEEKDAYS[calendar.week_ends].en.lower(),
        "year_ends": _year_end(calendar),
    }


def _day_data(told: DayFacts, language: Language) -> Plain:
    return {
        "day": told.day.isoformat(),
        "state": told.state.value,
        "stands": told.stands,
        "as_usual": told.as_usual,
        "name": render(told.note.name, language) if told.note else None,
        "source": render(told.note.source, language) if told.note and told.note.source else None,
        "hours": _spans(told.hours),
        "season": told.season.name if told.season else None,
    }


def _season_data(season: ClosedSeason, spans: Sequence[tuple[date, date]], language: Language) -> Plain:
    return {
        "name": season.name,
        "title": season.title.of(language.code),
        "source": season.source.of(language.code) if season.source else None,
        "time": "stands" if season.stands else "runs",
        "spans": [[first.isoformat(), last.isoformat()] for first, last in spans],
    }
