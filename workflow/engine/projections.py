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

Measured = tuple[tuple[Case, tuple[ClockStatus, ...]], ...]
"""The cases of a family, each with its clocks that have started."""


def measured(deployed: Deployed, family: Family, now: datetime) -> Measured:
    """Return every clock of a family that has started, as of ``now``."""
    return tuple((case, Situation(deployed, family, case, now).clocks()) for case in family.cases)


def project(deployed: Deployed, family: Measured) -> tuple[tuple[ClockRow, ...], tuple[Timer, ...]]:
    """Return the row of every clock of a family that has started, and a timer for every rung that is still to come.

    A clock without effect is nobody's deadline, so it has no row: no list or inbox shows a case as due by it.
    """
    clocks: list[ClockRow] = []
    timers: list[Timer] = []
    for case, statuses in family:
        clocks.extend(
            _clock_row(deployed, case, status) for status in statuses if status.clock.effect is not Effect.NONE
        )
        timers.extend(
            Timer(case.id, case.root, rung.key, rung.action, rung.at)
            for rung in pending(case, statuses, deployed.machine(case))
        )
    return tuple(clocks), tuple(timers)


def next_rung(deployed: Deployed, family: Measured, until: datetime) -> tuple[Case, RungAt] | None:
    """Return the first rung of the family, in legal order, whose instant is not after ``until``."""
    due = [
        (rung.at, rung.expiry, case.number, rung.key, case, rung)
        for case, statuses in family
        for rung in pending(case, statuses, deployed.machine(case))
        if rung.at <= until
    ]
    return min(due, key=lambda entry: entry[:4])[4:] if due else None


def pending(case: Case, statuses: Iterable[ClockStatus], machine: CaseMachine) -> Iterator[RungAt]:
    """Yield the rungs of a case that are still to come: legal here, not delivered, and not of a clock that is over.

    What stops a clock exactly at due is in time, so a rung at the instant of the stop is over too.
    """
    for status in statuses:
        for rung in status.rungs:
            if not is_over(case, status, rung) and machine.is_legal(case.state, rung.action):
                yield rung


def is_over(case: Case, status: ClockStatus, rung: RungAt) -> bool:
    """Return whether a rung does not come any more, or not now: it came, its clock is over, or time stands still."""
    over_at, paused_since = status.over_at, status.paused_since
    return (
        rung.key in case.delivered
        or (over_at is not None and rung.at >= over_at)
        or (paused_since is not None and rung.at > paused_since)
        or (rung.at <= status.round_began and _was_delivered(case, rung))
    )


def _was_delivered(case: Case, rung: RungAt) -> bool:
    """Whether the rung came in an earlier round of its clock; one that lies before the present round need not again."""
    return any((key.clock, key.rung) == (rung.key.clock, rung.key.rung) for key in case.delivered)


def _clock_row(deployed: Deployed, case: Case, status: ClockStatus) -> ClockRow:
    """The row of a clock. One that is paused makes no case due until time runs again."""
    paused = status.running and status.paused_since is not None
    return ClockRow(
        case=case.id,
        clock=status.clock.name,
        started_at=status.started_at,
        due_at=status.due_at,
        provisional=status.provisional,
        running=status.running and not paused,
        calendar=deployed.calendar_version(status.clock),
        paused=paused,
    )
