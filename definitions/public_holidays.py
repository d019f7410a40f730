"""The base of a calendar: public holidays and working weekends of countries and regions, from the `holidays` package.

The package answers for years that no notice has announced yet, from the statute alone and without saying so; how far
its answers are official is therefore written in the calendar's file (`official_through`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..workflow.messages import Text


class UnknownCategory(LookupError):
    """A category of holidays that the `holidays` package does not have for a place.

    Args:
        known: those that it has.
    """

    def __init__(self, place: str, category: str, known: Iterable[str]) -> None:
        super().__init__(place, category)
        self.place = place
        self.category = category
        self.known = tuple(sorted(known))


class UnknownYears(LookupError):
    """Years for which the `holidays` package has nothing for a place.

    Args:
        first, last: the years that it knows.
    """

    def __init__(self, place: str, first: int, last: int) -> None:
        super().__init__(place, first, last)
        self.place = place
        self.first = first
        self.last = last


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The days off and working weekends of one or more places within the asked years.

    Args:
        weekly: days of weekly rest by the law of that time.
        off: names of the days off.
        work: days of weekly rest that are worked.
    """

    weekly: frozenset[date]
    off: Mapping[date, Text]
    work: frozenset[date]


NO_HOLIDAYS = PublicHolidays(frozenset(), {}, frozenset())


def public_holidays(places: Sequence[str], days: Sequence[date], categories: Sequence[str] = ()) -> PublicHolidays:
    """Return the days off of all ``places`` together, such as ``CN``, or ``GB-ENG`` and ``GB-SCT``.

    Args:
        days: the days asked about, in order.
        categories: of the `holidays` package, such as ``public`` and ``bank``; its usual ones when left out.

    Raises LookupError for a country or region that the `holidays` package does not know, `UnknownCategory` and
    `UnknownYears`.
    """
    if not places:
        raise LookupError("no country")
    found = [_holidays_of(place, days, categories) for place in places]
    return PublicHolidays(
        weekly=frozenset().union(*(place.weekly for place in found)),
        off={day: name for place in found for day, name in place.off.items()},
        work=frozenset.intersection(*(place.work for place in found)),
    )


def _holidays_of(place: str, days: Sequence[date], categories: Sequence[str]) -> PublicHolidays:
    english, chinese = (_in_language(place, days, categories, language) for language in ("en_US", "zh_CN"))
    return PublicHolidays(
        weekly=frozenset(day for day in days if english.is_weekend(day)),
        off={day: Text(_iso_dates(name), chinese.get(day) or name) for day, name in english.items()},
        work=frozenset(english.weekend_workdays),
    )


def _in_language(place: str, days: Sequence[date], categories: Sequence[str], language: str) -> Any:
    """The package's answer. Neighbouring years are looked at too, because a year's notice may move days of another."""
    import holidays

    country, _, region = place.partition("-")
    if country not in {*holidays.list_supported_countries(), *holidays.list_supported_financial()}:
        raise LookupError(country)
    try:
        known = holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError as error:
        raise LookupError(str(error)) from None
    for category in categories:
        if category not in known.supported_categories:
            raise UnknownCategory(place, category, known.supported_categories)
    if days[0].year < known.start_year or days[-1].year > known.end_year:
        raise UnknownYears(place, known.start_year, known.end_year)
    return holidays.country_holidays(
        country,
        subdiv=region or None,
        years=range(days[0].year - 1, days[-1].year + 2),
        expand=False,
        language=language,
        categories=tuple(categories) or None,
    )


def _iso_dates(name: str) -> str:
    """The name with its American dates as ISO dates: "Day off (substituted from 02/14/2026)"."""
    return re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\3-\1-\2", name)
