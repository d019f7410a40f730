"""What would have been late: every limit of recorded cases beside the same limit under other rules.

A limit that the plan of a report names is judged by the report's own formulas, so that the recorded side is what
`caseclock report` says. Any other limit is late when it was stopped, ran out or was open after its due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from ..accounts import SlipAccount
from ..calendars import Calendar
from ..clocks import ClockStatus
from ..engine import Refused, Replayed, Situation, Standing
from ..messages import Text
from ..model import CASE, Effect, Procedure
from ..reports import Plan, plan_of
from ..reports.items import CaseItem
from ..reports.report import days_after

Verdict = Literal["in_time", "late", "pending"]
"""What became of a limit by the cut-off; ``pending``: it was not due by then."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One limit of one case or subcase at the cut-off.

    Args:
        case: the number of the case or subcase. ``kind``: what it is, and ``clock``: the limit's name.
        unit: whose it is; empty for nobody's.
    """

    case: str
    kind: str
    clock: str
    title: Text
    unit: str
    due_at: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where limits are counted together: by kind of case, clock, unit, and month of the due, such as ``2026-11``."""

    kind: str
    clock: str
    unit: str
    month: str


@dataclass(slots=True)
class Counted:
    """How many limits were due in a cell, and how many of them were late."""

    n: int = 0
    late: int = 0

    @property
    def rate(self) -> float | None:
        """The share of late ones; None of nothing."""
        return self.late / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Changed:
    """A limit that is judged otherwise under the other rules, or due on another day.

    Args:
        before, after: None where it does not run, or does not count, on that side.
        days: by how many calendar days the due moved, negative for an earlier one; None where a side is missing.
    """

    before: Judged | None
    after: Judged | None
    days: int | None

    @property
    def known(self) -> Judged:
        """What it is, by whichever side there is."""
        found = self.before or self.after
        assert found is not None
        return found

    @property
    def turned(self) -> bool:
        """Whether it went from late to in time, or back."""
        return bool(self.before and self.after and {self.before.verdict, self.after.verdict} == {"late", "in_time"})


@dataclass(slots=True)
class WhatIf:
    """What recorded history would have come to under other definitions, as of a cut-off.

    Args:
        at: the cut-off. ``since``: only limits due from then on; None from the beginning.
        recorded, replayed: the counts on both sides.
        changed: limits that are judged otherwise or due on another day.
        stopped: by the number of the case, the first step that the other rules do not allow. ``refused``: how many
            steps were not allowed in all.
        alike: how many cases were replayed under the definitions of their time.
        erased: in how many cases something stood in the place of private values that have been erased.
    """

    procedure: str
    title: Text
    zone: str
    at: datetime
    since: datetime | None
    cases: int = 0
    alike: int = 0
    erased: int = 0
    refused: int = 0
    recorded: dict[Cell, Counted] = field(default_factory=lambda: defaultdict(Counted))
    replayed: dict[Cell, Counted] = field(default_factory=lambda: defaultdict(Counted))
    changed: list[Changed] = field(default_factory=list)
    stopped: dict[str, Refused] = field(default_factory=dict)
    clocks: dict[tuple[str, str], Text] = field(default_factory=dict)
    units: dict[str, Text] = field(default_factory=dict)

    @property
    def cells(self) -> list[Cell]:
        """Every cell that either side fills, in order."""
        return sorted(self.recorded.keys() | self.replayed.keys())

    def total(self, kind: str, clock: str) -> tuple[Counted, Counted]:
        """Return both sides' counts of a clock over all units and months."""
        sides = []
        for counts in (self.recorded, self.replayed):
            mine = [counted for cell, counted in counts.items() if (cell.kind, cell.clock) == (kind, clock)]
            sides.append(Counted(sum(one.n for one in mine), sum(one.late for one in mine)))
        return sides[0], sides[1]


def what_if(
    families: Iterable[Replayed],
    plan: Plan,
    *,
    title: Text,
    zone: str,
    calendar: Calendar,
    at: datetime,
    since: datetime | None = None,
) -> WhatIf:
    """Return what replayed families come to, beside what was recorded.

    Args:
        families: from `Engine.replay`, with the same ``at``; read once and not kept.
        plan: what is what in the procedure.
        calendar: by whose days the moving of a due is told.
    """
    found = WhatIf(plan.procedure, title, zone, at, since)
    for one in families:
        if one.before is None or one.procedure != plan.procedure:
            continue
        found.cases += 1
        found.alike += one.alike
        found.erased += bool(one.erased)
        found.refused += len(one.refused)
        if one.refused:
            found.stopped[one.number] = one.refused[0]
        before = {(it.case, it.clock): it for it in judged(one.before, plan)}
        after = {(it.case, it.clock): it for it in judged(one.after, plan)} if one.after else {}
        _name(found, one.before, one.after)
        for counts, side in ((found.recorded, before), (found.replayed, after)):
            _count(counts, side.values(), found)
        for key in sorted(before.keys() | after.keys()):
            found.changed.extend(_changed(before.get(key), after.get(key), calendar, found))
    return found


def _name(found: WhatIf, *standings: Standing | None) -> None:
    for standing in standings:
        if standing:
            deployed = standing.situation.deployed
            found.units |= {name: unit.title for name, unit in deployed.roster.units.items()}
            for kind in (CASE, *deployed.procedure.subcases):
                clocks = deployed.procedure.lifecycle(kind).clocks
                found.clocks |= {(kind, name): clock.title for name, clock in clocks.items()}


def _count(counts: dict[Cell, Counted], side: Iterable[Judged], found: WhatIf) -> None:
    for one in side:
        if one.verdict != "pending" and (found.since is None or one.due_at >= found.since):
            month = one.due_at.astimezone(ZoneInfo(found.zone)).strftime("%Y-%m")
            counted = counts[Cell(one.kind, one.clock, one.unit, month)]
            counted.n += 1
            counted.late += one.verdict == "late"


def _changed(before: Judged | None, after: Judged | None, calendar: Calendar, found: WhatIf) -> Iterator[Changed]:
    known = [it for it in (before, after) if it]
    if found.since and all(it.due_at < found.since for it in known):
        return
    if before is None or after is None:
        yield Changed(before, after, None)
    elif (before.verdict, before.due_at) != (after.verdict, after.due_at):
        yield Changed(before, after, days_after(before.due_at, after.due_at, calendar))


def judged(standing: Standing, plan: Plan) -> Iterator[Judged]:
    """Yield every limit of a family that counts, with what became of it by the cut-off."""
    situation = standing.situation
    item = CaseItem(standing, _fitting(plan, situation.deployed.procedure))
    slips = {slip.case.id: slip for slip in item.account.slips}
    for case in situation.family.cases:
        here = standing.of(case)
        slip = slips.get(case.id)
        unit = item.groups["unit"] if case.parent is None else case.unit or ""
        for status in here.clocks():
            verdict = _of_slip(status, slip, here) if slip else _of_case(status, item, here)
            if verdict and status.clock.effect is not Effect.NONE:
                name = status.clock.name
                yield Judged(case.number, case.kind, name, status.clock.title, unit, status.due_at, verdict)


def _fitting(plan: Plan, procedure: Procedure) -> Plan:
    """The plan, as far as a procedure has what it names; else the one that the procedure's own clocks say."""
    clocks = [name for name in (plan.reply_clock, plan.first_clock) if name]
    slips = plan.slips
    known = slips is None or (
        slips.kind in procedure.subcases
        and all(
            name is None or name in procedure.lifecycle(slips.kind).clocks
            for name in (slips.clock, slips.return_clock, slips.received_by)
        )
    )
    if known and all(name in procedure.case.clocks for name in clocks):
        return plan
    return replace(plan_of(procedure), invalid=plan.invalid, merged=plan.merged, groups=plan.groups)


def _of_case(status: ClockStatus, item: CaseItem, here: Situation) -> Verdict | None:
    """By the formulas of ``replied_on_time`` and ``first_response_on_time``, where it is one of those limits."""
    name, own = status.clock.name, here.case.parent is None
    if own and name == item.plan.reply_clock:
        return _by_rate(status, here.at) if item.valid else None
    if own and name == item.plan.first_clock:
        return None if item.merged else _by_rate(status, here.at)
    return _plainly(status, here.at)


def _of_slip(status: ClockStatus, slip: SlipAccount, here: Situation) -> Verdict | None:
    """By the formula of ``answered_on_time``, where it is the unit's own limit."""
    if not slip.counts:
        return None
    if slip.status and slip.status.clock.name == status.clock.name:
        return None if slip.course == "ended" else _by_rate(status, here.at)
    return _plainly(status, here.at)


def _by_rate(status: ClockStatus, at: datetime) -> Verdict:
    if status.due_at > at:
        return "pending"
    return "in_time" if status.met else "late"


def _plainly(status: ClockStatus, at: datetime) -> Verdict | None:
    over = status.over_at
    if over is not None and over <= status.due_at:
        if status.stopped_at is None:
            return None
        return "in_time" if status.due_at <= at else "pending"
    return "pending" if status.due_at > at else "late"
