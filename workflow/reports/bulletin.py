"""The draft of a bulletin: the slips past the limit by the latest reading, neither answered nor explained.

三.7 of the rule names units in a bulletin; what a person signs is drafted from the same figures as the report shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..messages import Language, Text, say, spoken_due
from ..roster import Roster
from .items import SlipItem


def draft(
    named: Sequence[SlipItem], *, at: datetime, since: datetime | None, zone: str, roster: Roster, language: Language
) -> dict[str, Any]:
    """Return the values with which a bulletin is opened.

    Args:
        named: what `report.unanswered` returns.
        at: the cut-off. since: the first instant of the period; None for all time.
        zone: in which dues are told.
    """
    named = sorted(named, key=lambda one: (one.slip.unit, one.slip.case.number))
    lines = [_line(one, zone, roster).text(language) for one in named]
    return {
        "period": _period(since, at, zone, language),
        "cut_off": at.isoformat(),
        "units": sorted({one.slip.unit for one in named}),
        "slips": [one.slip.case.number for one in named],
        "named_cases": "\n".join(lines),
        "figures": _figures(named, roster, language),
    }


def _line(one: SlipItem, zone: str, roster: Roster) -> Any:
    slip, status = one.slip, one.slip.status
    assert status is not None
    return say(
        "{unit}: {number}, due {due}, {days} day(s) overdue, urged {urged} time(s), neither replied nor explained",
        unit=_title(slip.unit, roster),
        number=slip.case.number,
        due=spoken_due(status.lenient_due_at.astimezone(ZoneInfo(zone))),
        days=(slip.at - status.lenient_due_at).days,
        urged=len(slip.urged),
    )


def _figures(named: Sequence[SlipItem], roster: Roster, language: Language) -> str:
    counts: dict[str, int] = {}
    for one in named:
        counts[one.slip.unit] = counts.get(one.slip.unit, 0) + 1
    told: Mapping[str, int] = dict(sorted(counts.items()))
    return "\n".join(
        say("{unit}: {count} slip(s)", unit=_title(unit, roster), count=count).text(language)
        for unit, count in told.items()
    )


def _period(since: datetime | None, at: datetime, zone: str, language: Language) -> str:
    last = at.astimezone(ZoneInfo(zone)).date()
    if since is None:
        return say("until {last}", last=last).text(language)
    return say("{first} to {last}", first=since.astimezone(ZoneInfo(zone)).date(), last=last).text(language)


def _title(unit: str, roster: Roster) -> Text | str:
    return roster.units[unit].title if unit in roster.units else unit
