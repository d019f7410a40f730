"""The log of patrols, and its gaps: 二 "每日上网浏览", so every calendar day needs one, days of rest too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..calendars import Calendar
from ..engine import Standing
from .plan import PatrolPlan

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PatrolLog:
    """The patrols of a time, as of a cut-off.

    Args:
        since, until: the first and the last day looked at. The day of the cut-off itself is not over yet: it is looked
            at only where it has been patrolled.
        patrols: how many were recorded.
        gaps: the days without any.
        entered_later: days whose patrol was recorded on a later day only, with that day.
        sites: for each site, the days on which there was a patrol, or should have been, that did not read it.
    """

    since: date
    until: date
    patrols: int
    gaps: tuple[date, ...]
    entered_later: tuple[tuple[date, date], ...]
    sites: Mapping[str, tuple[date, ...]]

    @property
    def days(self) -> int:
        """How many days were looked at."""
        return (self.until - self.since).days + 1


def patrol_log(
    standings: Iterable[Standing], plan: PatrolPlan, at: datetime, calendar: Calendar, since: date | None = None
) -> PatrolLog | None:
    """Return the log of the patrols that these cases are; None when there is no day to look at.

    Args:
        at: the cut-off.
        calendar: in whose zone days are told.
        since: the first day to look at; the first that was patrolled when left out.
    """
    read: dict[date, set[str]] = {}
    entered: dict[date, date] = {}
    patrols = 0
    for standing in standings:
        case = standing.situation.case
        day = _day(case.data.get(plan.day))
        if day is None or case.state in plan.void or (since and day < since):
            continue
        patrols += 1
        read.setdefault(day, set()).update(_sites(case.data.get(plan.sites)))
        recorded = calendar.to_date(standing.events[0].recorded_at)
        entered[day] = min(recorded, entered.get(day, recorded))
    today = calendar.to_date(at)
    first = since or min(read, default=today)
    until = today if today in read else today - DAY
    if first > until:
        return None
    days = [first + DAY * place for place in range((until - first).days + 1)]
    sites = sorted(set(plan.expected) or {site for day in days for site in read.get(day, ())})
    return PatrolLog(
        first,
        until,
        patrols,
        gaps=tuple(day for day in days if day not in read),
        entered_later=tuple((day, entered[day]) for day in days if day in entered and entered[day] > day),
        sites={site: tuple(day for day in days if site not in read.get(day, ())) for site in sites},
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def _sites(value: object) -> list[str]:
    return [str(site) for site in value] if isinstance(value, list) else []
