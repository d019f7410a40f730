"""The ground of a calendar of its own: public holidays of countries, and the days of weekly rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ...workflow.calendars import RESTS, WORKS, Calendar
from ...workflow.calendars.parts import Note
from ...workflow.messages import Text, say
from .file import CalendarFile, Path
from .notices import Notices, find_years_without_notice
from .public_holidays import NO_HOLIDAYS, PublicHolidays, UnknownCategory, UnknownHoliday, UnknownYears, public_holidays

NO_BASE = "none"
WEEKEND = frozenset({5, 6})
MAKE_UP_DAY = Text("make-up working day", "调休上班")


def based(file: CalendarFile, zone: str | None, notices: Notices) -> Calendar | None:
    """Return the calendar of the countries' public holidays, before any layer; None when there is a problem."""
    years = file.years(file.data["years"], ("years",))
    official_through = file.day(file.data["official_through"], ("official_through",))
    days = _days_of(years) if years else []
    public = _public_holidays(file, days) if days else None
    if not (zone and official_through and public):
        return None
    if public is not NO_HOLIDAYS:
        find_years_without_notice(file, notices, days[0].year)
    rests = (public.off.keys() | _weekly(file, public, days)) - public.work
    return Calendar(
        id=file.id,
        title=Text("", ""),
        zone=zone,
        first=days[0],
        days="".join(RESTS if day in rests else WORKS for day in days),
        official_through=official_through,
        notes={
            day: Note(
                name=public.off[day] if day in rests else MAKE_UP_DAY,
                source=notices.covering(day) if day <= official_through else None,
            )
            for day in days
            if day in public.off or day in public.work
        },
    )


def _days_of(years: tuple[int, int]) -> list[date]:
    first, last = date(years[0], 1, 1).toordinal(), date(years[1], 12, 31).toordinal()
    return [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]


def _public_holidays(file: CalendarFile, days: list[date]) -> PublicHolidays | None:
    base = file.data["base"]
    if base == NO_BASE:
        if "categories" in file.data:
            file.problem("wrong-category", ("categories",), say("without a base there are no categories; remove them"))
        if "without" in file.data:
            file.problem("wrong-type", ("without",), say("without a base there are no holidays; remove this"))
        return NO_HOLIDAYS
    places = [str(place) for place in (base if isinstance(base, list) else [base])]
    categories, without = _categories(file), _without(file)
    try:
        return public_holidays(places, days, categories, without)
    except UnknownHoliday as error:
        file.unknown(error.name, ("without", without.index(error.name)), error.known)
    except UnknownCategory as error:
        message = say(
            "the holidays package has no category {category} for {place}; it has: {known}",
            category=error.category,
            place=error.place,
            known=error.known,
        )
        file.problem("wrong-category", ("categories", categories.index(error.category)), message)
    except UnknownYears as error:
        message = say(
            "the holidays package knows the days of {place} from {first} to {last} only",
            place=error.place,
            first=error.first,
            last=error.last,
        )
        file.problem("wrong-range", ("years",), message)
    except LookupError:
        message = say(
            "expected a country, or a country and region, that the holidays package knows, such as CN or GB-ENG, "
            "got: {found}",
            found=places,
        )
        file.problem("unknown-country", ("base",), message)
    return None


def _categories(file: CalendarFile) -> list[str]:
    given = file.data.get("categories", [])
    if not isinstance(given, list) or ("categories" in file.data and not given):
        message = say("expected a list of categories, such as [public, bank], got: {found}", found=given)
        file.problem("wrong-category", ("categories",), message)
        return []
    return [str(category) for category in given]


def _without(file: CalendarFile) -> list[str]:
    """The holidays that are left out."""
    given = file.data.get("without", [])
    if not isinstance(given, list):
        message = say("expected a list of holidays, such as [Boxing Day], got: {found}", found=given)
        file.problem("wrong-type", ("without",), message)
        return []
    return [str(name) for name in given]


def _weekly(file: CalendarFile, public: PublicHolidays, days: list[date]) -> frozenset[date]:
    """The days of weekly rest: those of the countries, or of the file's weekdays, which may change over time."""
    if "rest_days" not in file.data:
        return frozenset(day for day in days if day.weekday() in WEEKEND) if public is NO_HOLIDAYS else public.weekly
    given = file.data["rest_days"]
    if not isinstance(given, Mapping):
        weekdays = file.weekday_set(given, ("rest_days",))
        return frozenset(day for day in days if day.weekday() in weekdays)
    regimes: dict[date, frozenset[int]] = {}
    for key, value in given.items():
        path: Path = ("rest_days", key)
        span, weekdays = file.span(key, path, days[0], days[-1]), file.weekday_set(value, path)
        if span:
            regimes |= {day: weekdays for day in days if span[0] <= day <= span[1]}
    open_day = next((day for day in days if day not in regimes), None)
    if open_day and not file.problems:
        file.problem("wrong-range", ("rest_days",), say("no rest days are given for {day}", day=open_day))
    return frozenset(day for day, weekdays in regimes.items() if day.weekday() in weekdays)
