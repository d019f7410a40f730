"""The base of a calendar: public holidays and working weekends of countries and regions, from the `holidays` package.

The package answers for years that no notice has announced yet, from the statute alone and without saying so; how far
its answers are official is therefore written in the calendar's file (`official_through`).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ...workflow.messages import Text

_OBSERVED = re.compile(r" \((?:observed|estimated|observed, estimated)\)$")


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


class UnknownHoliday(LookupError):
    """A name that no holiday of the places has in the asked years.

    Args:
        known: the names that there are.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = tuple(sorted(known))


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


def public_holidays(
    places: Sequence[str], days: Sequence[date], categories: Sequence[str] = (), without: Sequence[str] = ()
) -> PublicHolidays:
    """Return the days off of all ``places`` together, such as ``CN``, or ``GB-ENG`` and ``GB-SCT``.

    Args:
        days: the days asked about, in order.
        categories: of the `holidays` package, such as ``public`` and ``bank``; its usual ones when left out.
        without: English names of holidays that are left out, with the days on which they are observed instead.

    Raises LookupError for a country or region that the `holidays` package does not know, `UnknownCategory`,
    `UnknownYears` and `UnknownHoliday`.
    """
    if not places:
        raise LookupError("no country")
    found = [_holidays_of(place, days, categories) for place in places]
    if without:
        found = [_left_out(place, without) for place in _having(found, without)]
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


def _having(places: list[PublicHolidays], wanted: Sequence[str]) -> list[PublicHolidays]:
    """The places, when they have every holiday that is to be left out."""
    known = {name for place in places for text in place.off.values() for name in _names(text)}
    for name in wanted:
        if name not in known:
            raise UnknownHoliday(name, known)
    return places


def _left_out(place: PublicHolidays, without: Sequence[str]) -> PublicHolidays:
    """A place without some of its holidays; a day that has another name too stays off."""
    return replace(place, off={day: text for day, text in place.off.items() if not _names(text) <= set(without)})


def _names(text: Text) -> set[str]:
    """The names of the holidays of a day, without "(observed)" and the like."""
    return {_OBSERVED.sub("", name) for name in text.en.split("; ")}


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
    with warnings.catch_warnings():
        # Beyond its data the package says so by a warning to the terminal; here such days are provisional anyway.
        warnings.simplefilter("ignore")
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
