"""The base of a calendar: a country's public holidays and working weekends, from the `holidays` package.

The package answers for years that no notice has announced yet, from the statute alone and without saying so; how far
its answers are official is therefore written in the calendar's file (`official_through`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ..workflow.messages import Text


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """A country's or region's days off and working weekends within the asked years.

    Args:
        rest_days: the weekly rest days of its law, 0 for Monday.
        off: names of the days off.
        work: rest days of the week that are worked.
    """

    rest_days: frozenset[int]
    off: Mapping[date, Text]
    work: frozenset[date]


def public_holidays(places: Iterable[str], first: int, last: int) -> PublicHolidays:
    """Return the days off of all ``places`` together, such as ``CN``, or ``GB-ENG`` and ``GB-SCT``.

    Args:
        first, last: years. Their neighbours are looked at too, because a year's notice may move days of another.

    Raises LookupError for a country or region that the `holidays` package does not know.
    """
    found = [_holidays_of(place, first, last) for place in places]
    return PublicHolidays(
        rest_days=frozenset().union(*(place.rest_days for place in found)),
        off={day: name for place in found for day, name in place.off.items()},
        work=frozenset.intersection(*(place.work for place in found)),
    )


def _holidays_of(place: str, first: int, last: int) -> PublicHolidays:
    import holidays

    country, _, region = place.partition("-")
    years = range(first - 1, last + 2)
    try:
        english, chinese = (
            holidays.country_holidays(country, subdiv=region or None, years=years, expand=False, language=language)
            for language in ("en_US", "zh_CN")
        )
    except NotImplementedError as error:
        raise LookupError(str(error)) from None
    return PublicHolidays(
        rest_days=frozenset(english.weekend),
        off={day: Text(_iso_dates(name), chinese.get(day) or name) for day, name in english.items()},
        work=frozenset(english.weekend_workdays),
    )


def _iso_dates(name: str) -> str:
    """The name with its American dates as ISO dates: "Day off (substituted from 02/14/2026)"."""
    return re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\3-\1-\2", name)
