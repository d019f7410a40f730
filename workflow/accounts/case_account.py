"""The account of a case: units + unassigned + paused = elapsed, exactly, because every interval is attributed once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..clocks import ClockStatus, Grant
from ..engine import Standing
from ..history import Case, Event
from .slip_account import SlipAccount, SlipWords, main_clock, pauses_of, slip_account
from .timeline import NOTHING, Holding, Interval, Span, partition, shares


@dataclass(frozen=True, slots=True)
class CaseAccount:
    """Who had a case and for how long, from when it was opened to its end or to the cut-off.

    Args:
        bounds: that time.
        intervals: it, cut where anything changed; they cover it without gap or overlap.
        slips: the record of every slip, in order of dispatch, also of those that do not count.
        clock: the clock by which the whole case is judged, and ``extensions`` granted to it.
    """

    case: Case
    bounds: Span
    intervals: tuple[Interval, ...]
    slips: tuple[SlipAccount, ...]
    clock: ClockStatus | None = None

    @property
    def elapsed(self) -> timedelta:
        """From opening to the end, or the cut-off."""
        return self.bounds.length

    @property
    def extensions(self) -> tuple[Grant, ...]:
        """The extensions that were granted."""
        return self.clock.grants if self.clock else ()

    @property
    def paused(self) -> timedelta:
        """How long time stood still."""
        return sum((one.span.length for one in self.intervals if one.paused), NOTHING)

    @property
    def unassigned(self) -> Mapping[str, timedelta]:
        """How long it was no unit's turn, by the stage in which the case was."""
        found: dict[str, timedelta] = {}
        for one in self.intervals:
            if not one.paused and not one.bearers:
                found[one.stage] = found.get(one.stage, NOTHING) + one.span.length
        return found

    @property
    def as_lead(self) -> Mapping[str, timedelta]:
        """How much of the case's time each unit bears as lead."""
        return _borne(one for one in self.intervals if one.leads)

    @property
    def as_co_unit(self) -> Mapping[str, timedelta]:
        """How much of the case's time each unit bears while it was not the lead's turn, or there was no lead."""
        return _borne(one for one in self.intervals if not one.leads)

    @property
    def units(self) -> timedelta:
        """How much of the case's time all units bear together."""
        return sum((*self.as_lead.values(), *self.as_co_unit.values()), NOTHING)

    @property
    def balanced(self) -> bool:
        """Whether units + unassigned + paused = elapsed, to the microsecond."""
        return self.units + sum(self.unassigned.values(), NOTHING) + self.paused == self.elapsed


def _borne(intervals: Iterable[Interval]) -> Mapping[str, timedelta]:
    found: dict[str, timedelta] = {}
    for one in intervals:
        for unit, part in shares(one).items():
            found[unit] = found.get(unit, NOTHING) + part
    return found


def account(standing: Standing, words: SlipWords | None = None, clock: str | None = None) -> CaseAccount:
    """Return the account of a case as it stood at a cut-off.

    Args:
        words: what its slips are called; where left out, every kind of subcase with a unit is a slip, by its first
            statutory clock.
        clock: the clock whose pauses stop the whole case; its first statutory one where left out.
    """
    situation = standing.situation
    case = situation.case
    bounds = Span(case.opened_at, max(case.opened_at, min(case.closed_at or situation.at, situation.at)))
    name = clock or main_clock(situation.deployed.lifecycle(case))
    slips = tuple(
        slip_account(standing.of(member), words or SlipWords(member.kind), bounds)
        for member in situation.family.subcases
        if member.unit and (words is None or member.kind == words.kind)
    )
    paused = tuple(pauses_of(situation, name, bounds)) if name else ()
    intervals = partition(bounds, _holdings(slips), paused, _stages(standing))
    return CaseAccount(case, bounds, intervals, slips, situation.clock(name) if name else None)


def _holdings(slips: tuple[SlipAccount, ...]) -> list[Holding]:
    """Whose turn it was when. A slip that does not count is nobody's turn: its time is unassigned."""
    return [Holding(slip.unit, slip.case.lead, span, slip.still) for slip in slips if slip.counts for span in slip.turn]


def _stages(standing: Standing) -> list[tuple[datetime, str]]:
    """From when on the case was in which stage, in effective order."""
    states = standing.situation.deployed.lifecycle(standing.situation.case).states

    def since(event: Event) -> datetime:
        return event.since or event.effective_at

    moves = (event for event in standing.events if event.case == standing.situation.case.id)
    moved = [event for event in moves if event.moves or event.since]
    return [(since(event), states[event.to_state].stage) for event in sorted(moved, key=since)]
