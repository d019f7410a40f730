"""What can be derived from cases at any time: rungs still to be delivered, and the rows by which lists and ticks search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..clocks import RungAt
from ..history import Case
from ..ports import ClockRow, Timer
from .family import Family
from .situation import Deployed, Situation


def pending_rungs(situation: Situation) -> Iterator[RungAt]:
    """Yield the rungs of a case that are still to come: legal here, not delivered, not after their clock stopped."""
    case, machine = situation.case, situation.deployed.machine(situation.case)
    for status in situation.clocks():
        end = status.stopped_at or status.ended_at
        for rung in status.rungs:
            over = rung.key in case.delivered or (end is not None and rung.at > end)
            if not over and machine.is_legal(case.state, rung.action):
                yield rung


def next_rung(deployed: Deployed, family: Family, now: datetime, until: datetime) -> tuple[Case, RungAt] | None:
    """Return the first rung of the family, in legal order, whose instant is not after ``until``."""
    due = [
        (rung.at, case.number, rung.key, case, rung)
        for case in family.cases
        for rung in pending_rungs(Situation(deployed, family, case, now))
        if rung.at <= until
    ]
    return min(due, key=lambda entry: entry[:3])[3:] if due else None


def clock_rows(situation: Situation) -> Iterator[ClockRow]:
    """Yield the row of every clock of a case that has started."""
    for status in situation.clocks():
        yield ClockRow(
            case=situation.case.id,
            clock=status.clock.name,
            started_at=status.started_at,
            due_at=status.due_at,
            provisional=status.provisional,
            running=status.running,
        )


def timers(situation: Situation) -> Iterator[Timer]:
    """Yield a timer for every rung of a case that is still to come."""
    case = situation.case
    for rung in pending_rungs(situation):
        yield Timer(case.id, case.root, rung.key, rung.action, rung.at)
