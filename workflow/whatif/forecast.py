"""A forecast: what many runs of the weeks to come say together, week by week, and beside what came if that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil, floor
from typing import Literal

from ..accounts.slip_account import main_clock
from ..calendars import Calendar
from ..engine import Standing
from ..engine.situation import Deployed
from ..errors import InvalidInput
from ..history import NOTED
from ..messages import Text, say
from ..model import CASE, OPEN, SYSTEM, Procedure
from ..reports import Plan
from .arrivals import Arrivals
from .simulating import Limit, Run, World, bare, limits_of, run
from .stays import Stays, wordy
from .working_time import fitting

LEAST_WEEKS = 4
"""How many whole weeks of history a forecast needs, so that every weekday has been seen some times."""

LEAST_CASES = 30
"""How many cases must have been opened in them."""

LEAST_STAYS = 30
"""How many stays in a state people must have ended."""

Figure = Literal["arrivals", "open", "late"]
FIGURES: tuple[Figure, ...] = ("arrivals", "open", "late")


@dataclass(frozen=True, slots=True)
class Band:
    """What the runs say of a number: its median, and between what and what eight of ten runs lie."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a forecast, of everything or of one unit.

    Args:
        unit: None for the cases themselves; else the subcases of this unit.
        bands: of ``arrivals``: opened in the week; ``open``: to be met still at its end; ``late``: ran out unmet in it.
        came: what came; None where it is not known yet.
    """

    begins: datetime
    ends: datetime
    unit: str | None
    bands: Mapping[Figure, Band]
    came: Mapping[Figure, int] | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely a case that is open at the start is late by the end: in how many of a hundred runs.

    Args:
        came: whether it was; None where it is not known yet.
    """

    case: str
    due_at: datetime
    share: float
    came: bool | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The weeks to come.

    Args:
        since: the first day of the history that is drawn from. ``cases``: how many were opened in it. ``stays``: how
            many stays people ended.
        open: how many cases were open at the start.
        plain: durations were measured by the wall clock, because people work at any hour.
        unfitting: the share of drawn steps that did not fit where a case was.
    """

    procedure: str
    title: Text
    zone: str
    start: datetime
    end: datetime
    since: datetime
    cases: int
    stays: int
    open: int
    runs: int
    seed: int
    times: float
    plain: bool
    unfitting: float
    weeks: tuple[Week, ...]
    risks: tuple[Risk, ...]
    units: Mapping[str, Text]

    @property
    def known(self) -> bool:
        """Whether what came is known."""
        return bool(self.weeks and self.weeks[0].came is not None)


def forecast(
    families: Callable[[], Iterable[Standing]],
    plan: Plan,
    newest: Deployed,
    *,
    start: datetime,
    weeks: int,
    runs: int,
    seed: int,
    times: float = 1.0,
    past_weeks: int = 26,
    came: Iterable[Standing] | None = None,
) -> Forecast:
    """Return the forecast of the weeks after an instant.

    Args:
        families: gives every family of the procedure as it stood at the start, such as `Engine.standings`; read twice,
            so that not all of them must be held at once.
        plan: what is what in the procedure.
        newest: the procedure by which the cases to come are handled; those that are open stay with their own.
        runs: how often the weeks are run. ``seed``: the same gives the same forecast.
        times: how much more arrives than did.
        past_weeks: from how many weeks of history arrivals are drawn; people's durations are drawn from all of it.
        came: the families as they stood at the end of these weeks, to compare with.

    Raises `InvalidInput` where there is too little history to draw from.
    """
    calendar = newest.calendar
    end = weeks_later(calendar, start, weeks)
    world, since = _world(families, plan, newest, start, end, past_weeks, times)
    done = [run(world, f"{seed}:{number}") for number in range(runs)]
    actual = None if came is None else [it for one in came for it in limits_of(one.situation, world.clocks)]
    return Forecast(
        procedure=plan.procedure,
        title=newest.procedure.title,
        zone=calendar.zone,
        start=start,
        end=end,
        since=since,
        cases=world.arrivals.count,
        stays=world.stays.ended,
        open=len(world.opened),
        runs=runs,
        seed=seed,
        times=times,
        plain=world.time.plain,
        unfitting=sum(one.unfitting for one in done) / max(1, sum(one.steps for one in done)),
        weeks=tuple(_weeks(done, actual, _bounds(calendar, start, weeks))),
        risks=tuple(_risks(world, done, actual)),
        units={name: unit.title for name, unit in newest.roster.units.items()},
    )


def _world(
    families: Callable[[], Iterable[Standing]],
    plan: Plan,
    newest: Deployed,
    start: datetime,
    end: datetime,
    past_weeks: int,
    times: float,
) -> tuple[World, datetime]:
    calendar = newest.calendar
    done: list[datetime] = []
    opened: list[datetime] = []
    for standing in families():
        done += [it.effective_at for it in standing.events if it.actor != SYSTEM and it.action not in NOTED]
        opened.append(standing.situation.case.opened_at)
    begins = max(min(opened, default=start), weeks_later(calendar, start, -past_weeks))
    whole = (start - begins) // timedelta(weeks=1)
    _refuse_few(whole >= LEAST_WEEKS, whole, sum(at >= begins for at in opened), None)
    time = fitting(calendar, done, end)
    stays = Stays()
    # Whole weeks up to the day before the start: that day, and the one on which the office began, are not whole.
    last_day = calendar.to_date(start) - timedelta(days=1)
    arrivals = Arrivals(calendar, last_day - timedelta(days=7 * whole - 1), last_day)
    here: list[Standing] = []
    for standing in families():
        stays.add(standing, time)
        if standing.situation.case.closed_at is None:
            here.append(standing)
        event = standing.events[0]
        if event.action == OPEN and event.case == event.root and event.cause is None:
            arrivals.add(event, wordy(standing.situation.deployed.procedure.case))
    stays.close()
    _refuse_few(arrivals.count >= LEAST_CASES and stays.ended >= LEAST_STAYS, whole, arrivals.count, stays.ended)
    made: dict[str, Deployed] = {}
    for one in here:
        made.setdefault(one.situation.deployed.fingerprint, bare(one.situation.deployed))
    world = World(
        start=start,
        end=end,
        stays=stays,
        arrivals=arrivals,
        time=time,
        opened=here,
        how=[made[one.situation.deployed.fingerprint] for one in here],
        deployed=bare(newest),
        clocks=_judging(plan, newest.procedure),
        times=times,
    )
    return world, calendar.midnight_before(arrivals.first)


def _refuse_few(enough: bool, weeks: int, cases: int, stays: int | None) -> None:
    if enough:
        return
    raise InvalidInput(
        say(
            "too little history to forecast from: {weeks} whole week(s), {cases} case(s) opened in them{stays}",
            weeks=weeks,
            cases=cases,
            stays=say(", {stays} step(s) by people", stays=stays) if stays is not None else "",
        ),
        hint=say(
            "at least {weeks} whole weeks with {cases} cases and {stays} steps by people are needed",
            weeks=LEAST_WEEKS,
            cases=LEAST_CASES,
            stays=LEAST_STAYS,
        ),
    )


def _judging(plan: Plan, procedure: Procedure) -> dict[str, str]:
    """By which clock each kind of case is judged: that of the report, or its first statutory one."""
    found = {}
    for kind in (CASE, *procedure.subcases):
        lifecycle = procedure.lifecycle(kind)
        named = (
            plan.reply_clock if kind == CASE else plan.slips.clock if plan.slips and plan.slips.kind == kind else None
        )
        clock = named if named in lifecycle.clocks else main_clock(lifecycle)
        if clock:
            found[kind] = clock
    return found


def weeks_later(calendar: Calendar, instant: datetime, weeks: int) -> datetime:
    """Return the same time of day so many weeks after an instant."""
    day = calendar.to_date(instant) + timedelta(weeks=weeks)
    return calendar.at(day, calendar.wall_time(instant))


def _bounds(calendar: Calendar, start: datetime, weeks: int) -> list[tuple[datetime, datetime]]:
    edges = [weeks_later(calendar, start, number) for number in range(weeks + 1)]
    return list(pairwise(edges))


def _weeks(
    done: Sequence[Run], actual: Sequence[Limit] | None, bounds: Sequence[tuple[datetime, datetime]]
) -> Iterable[Week]:
    units = sorted({limit.unit for one in done for limit in one.limits if limit.unit})
    for unit in (None, *units):
        for begins, ends in bounds:
            counts = [_counted(one.limits, unit, begins, ends) for one in done]
            bands = {figure: band([one[figure] for one in counts]) for figure in FIGURES}
            came = _counted(actual, unit, begins, ends) if actual is not None else None
            yield Week(begins, ends, unit, bands, came)


def _counted(limits: Iterable[Limit], unit: str | None, begins: datetime, ends: datetime) -> dict[Figure, int]:
    mine = [limit for limit in limits if limit.unit == (unit or "")]
    return {
        "arrivals": sum(begins < limit.opened_at <= ends for limit in mine),
        "open": sum(limit.open_at(ends) for limit in mine),
        "late": sum(limit.late_by(ends) and not limit.late_by(begins) for limit in mine),
    }


def band(values: Sequence[float]) -> Band:
    """Return the median of values, and what lies between the lowest and the highest tenth of them.

    >>> band([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    Band(median=6, low=2, high=10)
    """
    ordered = sorted(values)
    last = len(ordered) - 1
    return Band(ordered[round(last / 2)], ordered[floor(last / 10)], ordered[ceil(last * 9 / 10)])


def _risks(world: World, done: Sequence[Run], actual: Sequence[Limit] | None) -> list[Risk]:
    running = {
        limit.root: limit
        for one in world.opened
        for limit in limits_of(replace(one.situation, at=world.start), world.clocks)
        if not limit.unit and limit.due_at and limit.over_at is None
    }
    late = dict.fromkeys(running, 0)
    for one in done:
        for limit in one.limits:
            if limit.root in late and not limit.unit and limit.late_by(world.end):
                late[limit.root] += 1
    came = {limit.root: limit.late_by(world.end) for limit in actual or () if not limit.unit}
    found = [
        Risk(case, limit.due_at or world.start, late[case] / len(done), came.get(case) if actual is not None else None)
        for case, limit in running.items()
    ]
    return sorted(found, key=lambda risk: (-risk.share, risk.due_at, risk.case))
