"""What can be said about a calendar: its working days by year and month, its unusual days, and how two differ."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..errors import InvalidInput
from ..messages import Text, say
from .calendar import ONE_DAY, Calendar
from .parts import ClosedSeason, Note, Session

SETTINGS = (
    "title",
    "zone",
    "first",
    "last",
    "official_through",
    "hours",
    "seasonal_hours",
    "week_ends",
    "year_ends",
)
WEEK = timedelta(days=7)
SATURDAY = 5

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?")


class DayState(StrEnum):
    """What a calendar says of a day."""

    WORKS = "works"
    RESTS = "rests"


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a month of a calendar, or all that it holds."""

    first: date
    last: date
    is_month: bool = False


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What a calendar says of one day.

    Args:
        stands: time stands on the day, whether it is worked or not.
        as_usual: the day is what its weekday says.
        note: why it is so; None for a plain working day.
        hours: office hours of this day alone.
    """

    day: date
    state: DayState
    stands: bool
    as_usual: bool
    note: Note | None
    hours: tuple[Session, ...]
    season: ClosedSeason | None


@dataclass(frozen=True, slots=True)
class DayDifference:
    """A day of which two calendars say different things.

    Args:
        what: in which respects: ``state``, ``stands``, ``name``, ``source``, ``hours`` or ``season``.
    """

    day: date
    what: tuple[str, ...]
    old: DayFacts
    new: DayFacts


def whole(calendar: Calendar) -> Period:
    """Return all days of a calendar."""
    return Period(calendar.first, calendar.last)


def read_period(text: str, calendar: Calendar) -> Period:
    """Return the days of a year such as ``2026``, or of a month such as ``2026-03``.

    Raises `InvalidInput` for any other text, and for what the calendar does not hold.
    """
    found = _PERIOD.fullmatch(text)
    year, month = (int(part) if part else 0 for part in (found.groups() if found else ("", "")))
    if not year or month > 12 or (month == 0 and "-" in text):
        raise InvalidInput(say("expected a year or a month, such as 2026 or 2026-03; got: {found}", found=text))
    period = _clipped(calendar, year, month)
    if period.last < period.first:
        raise InvalidInput(
            say(
                "calendar {calendar} holds {first} to {last}, not {found}",
                calendar=calendar.id,
                first=calendar.first,
                last=calendar.last,
                found=text,
            )
        )
    return period


def _clipped(calendar: Calendar, year: int, month: int) -> Period:
    """A year, or one of its months, as far as the calendar holds it."""
    last = date(year, month or 12, monthrange(year, month or 12)[1])
    return Period(max(date(year, month or 1, 1), calendar.first), min(last, calendar.last), month > 0)


def days_of(period: Period) -> Iterator[date]:
    """Yield the days of a period."""
    day = period.first
    while day <= period.last:
        yield day
        day += ONE_DAY


def facts(calendar: Calendar, day: date) -> DayFacts:
    """Return what a calendar says of a day. Raises `OutsideCalendar`."""
    works = calendar.is_working(day)
    return DayFacts(
        day=day,
        state=DayState.WORKS if works else DayState.RESTS,
        stands=calendar.stands(day),
        as_usual=works == _weekday_works(calendar, day),
        note=calendar.note(day),
        hours=calendar.special_hours.get(day, ()) if works else (),
        season=calendar.season(day),
    )


def _weekday_works(calendar: Calendar, day: date) -> bool:
    """What the weekday of ``day`` says: the nearest such weekday on which nothing special is the case tells."""
    before = after = day
    while calendar.first <= before or after <= calendar.last:
        for near in (before, after):
            if calendar.first <= near <= calendar.last and _is_plain(calendar, near):
                return calendar.is_working(near)
        before, after = before - WEEK, after + WEEK
    return day.weekday() < SATURDAY


def _is_plain(calendar: Calendar, day: date) -> bool:
    return day not in calendar.notes and not calendar.rest_season(day)


def unusual(calendar: Calendar, period: Period) -> tuple[DayFacts, ...]:
    """Return the days that are not what their weekday says, or are worked for a reason of their own, or at own hours.

    The days of closed seasons are not among them; `seasons` tells those.
    """
    named = {*calendar.notes, *calendar.special_hours}
    told = (facts(calendar, day) for day in sorted(named) if period.first <= day <= period.last)
    return tuple(it for it in told if it.state is DayState.WORKS or not it.as_usual)


def years(period: Period) -> range:
    """Return the years of a period."""
    return range(period.first.year, period.last.year + 1)


def working_days(calendar: Calendar, year: int, month: int = 0) -> int:
    """Return how many working days a year, or one of its months, has."""
    period = _clipped(calendar, year, month)
    return calendar.working_days(period.first, period.last) if period.first <= period.last else 0


def standing_days(calendar: Calendar, year: int) -> int:
    """Return on how many days of a year time stands."""
    period = _clipped(calendar, year, 0)
    return calendar.standing_days(period.first, period.last)


def sources(calendar: Calendar, period: Period) -> tuple[Text, ...]:
    """Return the notices and laws on which the days of a period rest, in order of the days."""
    noted = [note for day, note in sorted(calendar.notes.items()) if period.first <= day <= period.last]
    seasons = [season for season in calendar.seasons if _spans_in(season, period)]
    found = [*(note.source for note in noted), *(season.source for season in seasons)]
    return tuple(dict.fromkeys(source for source in found if source))


def seasons(calendar: Calendar, period: Period) -> tuple[tuple[ClosedSeason, tuple[tuple[date, date], ...]], ...]:
    """Return the closed seasons of a period, each with those of its spans that touch it."""
    found = ((season, _spans_in(season, period)) for season in calendar.seasons)
    return tuple((season, spans) for season, spans in found if spans)


def _spans_in(season: ClosedSeason, period: Period) -> tuple[tuple[date, date], ...]:
    return tuple((first, last) for first, last in season.spans if first <= period.last and last >= period.first)


def settings(old: Calendar, new: Calendar) -> dict[str, tuple[object, object]]:
    """Return what differs between two calendars besides their days, each before and after."""
    told = {name: (getattr(old, name), getattr(new, name)) for name in SETTINGS}
    return {name: (before, after) for name, (before, after) in told.items() if before != after}


def differences(old: Calendar, new: Calendar) -> tuple[DayDifference, ...]:
    """Return the days that both calendars hold and of which they say different things, in order."""
    common = Period(max(old.first, new.first), min(old.last, new.last))
    pairs = ((facts(old, day), facts(new, day)) for day in days_of(common) if not _same(old, new, day))
    found = (DayDifference(before.day, tuple(_respects(before, after)), before, after) for before, after in pairs)
    return tuple(difference for difference in found if difference.what)


def differ(old: Calendar, new: Calendar) -> bool:
    """Return whether two calendars say different things at all."""
    return bool(settings(old, new) or differences(old, new))


def _same(old: Calendar, new: Calendar, day: date) -> bool:
    """Whether two calendars plainly say the same of a day, which most days of most calendars do."""
    return (
        old.is_working(day) == new.is_working(day)
        and old.stands(day) == new.stands(day)
        and old.notes.get(day) == new.notes.get(day)
        and old.special_hours.get(day) == new.special_hours.get(day)
        and old.season(day) == new.season(day)
    )


def _respects(old: DayFacts, new: DayFacts) -> Iterator[str]:
    if old.state != new.state:
        yield "state"
    if old.stands != new.stands:
        yield "stands"
    if _name(old) != _name(new):
        yield "name"
    if (old.note and old.note.source) != (new.note and new.note.source):
        yield "source"
    if old.hours != new.hours:
        yield "hours"
    if (old.season and old.season.note) != (new.season and new.season.note):
        yield "season"


def _name(told: DayFacts) -> Text | None:
    return told.note.name if told.note else None
