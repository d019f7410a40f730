"""What can be derived from cases at any time: rungs still to come, and the rows by which lists and ticks search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..clocks import ClockStatus, RungAt
from ..history import Case
from ..machine import CaseMachine
from ..model import Effect
from ..ports import ClockRow, Timer
from .family import Family
from .situation import Deployed, Situation


def project(deployed: Deployed, family: Family, now: datetime) -> tuple[tuple[ClockRow, ...], tuple[Timer, ...]]:
    """Return the row of every clock of a family that has started, and a timer for every rung that is still to come.

    A clock without effect is nobody's deadline, so it has no row: no list or inbox shows a case as due by it.
    """
    clocks: list[ClockRow] = []
    timers: list[Timer] = []
    for case in family.cases:
        statuses = Situation(deployed, family, case, now).clocks()
        clocks.extend(_clock_row(case, status) for status in statuses if status.clock.effect is not Effect.NONE)
        timers.extend(
            Timer(case.id, case.root, rung.key, rung.action, rung.at)
            for rung in _pending(case, statuses, deployed.machine(case))
        )
    return tuple(clocks), tuple(timers)


def next_rung(deployed: Deployed, family: Family, now: datetime, until: datetime) -> tuple[Case, RungAt] | None:
    """Return the first rung of the family, in legal order, whose instant is not after ``until``."""
    due = [
        (rung.at, case.number, rung.key, case, rung)
        for case in family.cases
        for rung in _pending(case, Situation(deployed, family, case, now).clocks(), deployed.machine(case))
        if rung.at <= until
    ]
    return min(due, key=lambda entry: entry[:3])[3:] if due else None


def _pending(case: Case, statuses: Iterable[ClockStatus], machine: CaseMachine) -> Iterator[RungAt]:
    """Yield the rungs of a case that are still to come: legal here, not delivered, not after their clock stopped."""
    for status in statuses:
        end = status.stopped_at or status.ended_at
        for rung in status.rungs:
            over = rung.key in case.delivered or (end is not None and rung.at > end)
            if not over and machine.is_legal(case.state, rung.action):
                yield rung


def _clock_row(case: Case, status: ClockStatus) -> ClockRow:
    return ClockRow(case.id, status.clock.name, status.started_at, status.due_at, status.provisional, status.running)
