"""A report: every figure as of a cut-off, the lists behind them, and what the keys of its groups are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..calendars import Calendar
from ..clocks import ClockStatus
from ..engine import Situation, Standing
from ..messages import Message, Text, say
from ..model import Strictness
from .items import CaseItem, SlipItem
from .patrol import PatrolLog
from .plan import Plan
from .tallying import Figure, Lasted, Tally


@dataclass(frozen=True, slots=True)
class LateItem:
    """A case or slip that is or was late, with the days for which it was: calendar days after the day it was due.

    Args:
        over_at: when it was met, or ended; None for one that is open at the cut-off.
        explained, named: the unit has explained itself; it has been named in a bulletin.
    """

    case: str
    unit: str
    clock: Text | str
    due_at: datetime
    lenient_due_at: datetime
    days: int
    over_at: datetime | None = None
    explained: bool = False
    named: bool = False
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Figures and lists, as of a cut-off.

    Args:
        at: the cut-off in law. ``as_of``: what had been recorded by then counts; None for all that is recorded.
        since: the first instant of the period; None from the beginning.
        figures, lengths, structure: shares, lengths of time, and how many cases fall under what.
        overdue: open past their due at the cut-off. ``closed_late``: met or ended after it; apart from those.
        unanswered: slips past the limit by the latest reading, neither answered nor explained.
        groups: what each group is called. ``keys``: what the keys of a group are called, where they have a name.
        small: the groups in which small cells are not shown, and from how many on a cell is.
        provisional: how many of the dues lie past the last officially announced day.
    """

    procedure: str
    title: Text
    zone: str
    at: datetime
    as_of: datetime | None
    since: datetime | None
    cases: int
    figures: tuple[Figure, ...]
    lengths: tuple[Lasted, ...]
    structure: tuple[Figure, ...]
    overdue: tuple[LateItem, ...]
    closed_late: tuple[LateItem, ...]
    unanswered: tuple[LateItem, ...]
    groups: Mapping[str, Text | Message]
    keys: Mapping[str, Mapping[str, Text]]
    small: Mapping[str, int]
    provisional: int = 0
    patrol: PatrolLog | None = None


@dataclass
class _Lists:
    """The lists of a report while it is made."""

    since: datetime | None
    overdue: list[LateItem] = field(default_factory=list)
    closed_late: list[LateItem] = field(default_factory=list)
    unanswered: list[LateItem] = field(default_factory=list)
    provisional: int = 0

    def add(self, item: CaseItem) -> None:
        if item.reply and item.valid:
            self._add(item.standing.situation, item.reply, "")
        for one in item.slips:
            slip = one.slip
            if slip.status and slip.counts:
                explained, named = bool(slip.explained), bool(slip.named)
                self._add(item.standing.of(slip.case), slip.status, slip.unit, explained=explained, named=named)
                if slip.unanswered:
                    situation = item.standing.of(slip.case)
                    self.unanswered.append(_late(situation, slip.status, slip.unit, explained=explained, named=named))

    def _add(
        self, situation: Situation, status: ClockStatus, unit: str, *, explained: bool = False, named: bool = False
    ) -> None:
        self.provisional += status.provisional
        over = status.over_at
        if status.overdue(situation.at):
            self.overdue.append(_late(situation, status, unit, explained=explained, named=named))
        elif over and over > status.due_at and (self.since is None or over >= self.since):
            self.closed_late.append(_late(situation, status, unit, explained=explained, named=named))


def _late(situation: Situation, status: ClockStatus, unit: str, *, explained: bool, named: bool) -> LateItem:
    calendar = situation.deployed.calendar_of(status.clock)
    over = status.over_at if status.over_at and status.over_at <= situation.at else None
    return LateItem(
        situation.case.number,
        unit,
        status.clock.title,
        status.due_at,
        status.due_by(Strictness.LENIENT),
        days_after(status.due_at, over or situation.at, calendar),
        over,
        explained,
        named,
        status.provisional,
    )


def days_after(due: datetime, over: datetime, calendar: Calendar) -> int:
    """Return how many calendar days after the day of a due something is: midnight is still the day that it ends."""
    return (_day_that_ends(over, calendar) - _day_that_ends(due, calendar)).days


def _day_that_ends(instant: datetime, calendar: Calendar) -> date:
    return calendar.to_date(instant - datetime.resolution)


def make_report(
    standings: Iterable[Standing],
    plan: Plan,
    *,
    title: Text,
    zone: str,
    at: datetime,
    as_of: datetime | None = None,
    since: datetime | None = None,
    patrol: PatrolLog | None = None,
) -> Report:
    """Return the report on these families, which are read once and not kept.

    Args:
        standings: the families as they stood at the cut-off: `Engine.standings` with the same ``at`` and ``as_of``.
        plan: what is what in the procedure.
        since: the first instant of the period. What is due, opened, dispatched or over from then to the cut-off
            counts, each figure by the instant that its formula names.
    """
    tally, lists = Tally(at, since, ZoneInfo(zone)), _Lists(since)
    cases, last = 0, None
    for standing in _of(plan, standings):
        item, last = CaseItem(standing, plan), standing
        tally.add(item)
        lists.add(item)
        cases += 1
    small = {group.name: group.small for group in plan.groups if group.small}
    return Report(
        procedure=plan.procedure,
        title=title,
        zone=zone,
        at=at,
        as_of=as_of,
        since=since,
        cases=cases,
        figures=tally.figures(small),
        lengths=tally.lengths(small),
        structure=tally.structure(small),
        overdue=tuple(sorted(lists.overdue, key=_order)),
        closed_late=tuple(sorted(lists.closed_late, key=_order)),
        unanswered=tuple(sorted(lists.unanswered, key=_order)),
        groups=_groups(plan),
        keys=_keys(plan, last) if last else {},
        small=small,
        provisional=lists.provisional,
        patrol=patrol,
    )


def _of(plan: Plan, standings: Iterable[Standing]) -> Iterator[Standing]:
    return (one for one in standings if one.situation.case.procedure == plan.procedure)


def _order(item: LateItem) -> tuple[datetime, str]:
    return item.due_at, item.case


def _groups(plan: Plan) -> dict[str, Text | Message]:
    own: dict[str, Text | Message] = {group.name: group.title for group in plan.groups}
    return {"all": say("All"), "unit": say("Unit"), "stage": say("Stage"), "month": say("Month"), **own}


def _keys(plan: Plan, standing: Standing) -> dict[str, Mapping[str, Text]]:
    """What the keys of the groups are called: units, stages, and the choices of fields."""
    deployed = standing.situation.deployed
    units = {name: unit.title for name, unit in deployed.roster.units.items()}
    stages = {name: stage.title for name, stage in deployed.procedure.stages.items()}
    fields = deployed.procedure.case.fields
    own: dict[str, Mapping[str, Text]] = {}
    for group in plan.groups:
        declared = fields.get(group.field)
        own[group.name] = dict(declared.choices) if declared and declared.choices else units
    return {"unit": units, "stage": stages, **own}


def unanswered(standings: Iterable[Standing], plan: Plan) -> tuple[SlipItem, ...]:
    """Return the slips past the limit by the latest reading, neither answered nor explained, as of the cut-off.

    A bulletin that is drafted from it names those that the report names.
    """
    return tuple(
        one for standing in _of(plan, standings) for one in CaseItem(standing, plan).slips if one.slip.unanswered
    )
