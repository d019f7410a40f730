"""Simulating: the weeks to come, many times over, from the cases open now and from what history shows of people.

What people do and when is drawn from history; what follows from it is decided by the engine's own drafts: the machine,
subcases, joins, expiries. Dues are counted by the clocks themselves. What is left out, so that two hundred runs take
minutes and not hours: the store, papers, letters, permissions, and the conditions on what people give (a step that is
drawn was allowed when it was taken).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from ..engine import Situation, Standing
from ..engine.draft import Deed, Draft
from ..engine.family import Family
from ..engine.situation import Deployed
from ..errors import CaseclockError
from ..history import Case, Event
from ..machine import CaseMachine
from ..model import CASE, OPEN, SYSTEM, Action, FieldType, Lifecycle, Procedure
from ..roster import Actor
from .arrivals import Arrival, Arrivals
from .stays import Did, Stays
from .working_time import WorkingTime


def bare(deployed: Deployed) -> Deployed:
    """Return a procedure without what costs time and decides nothing here: papers, and conditions on people's steps."""
    procedure = deployed.procedure
    case = _bare(procedure.case)
    subcases = {
        name: replace(subcase, lifecycle=_bare(subcase.lifecycle), issues=None)
        for name, subcase in procedure.subcases.items()
    }
    machines = {CASE: CaseMachine(case), **{name: CaseMachine(it.lifecycle) for name, it in subcases.items()}}
    return replace(deployed, procedure=replace(procedure, case=case, subcases=subcases), machines=machines)


def _bare(lifecycle: Lifecycle) -> Lifecycle:
    states = {
        name: replace(state, actions={it.name: _bare_action(it) for it in state.actions.values()})
        for name, state in lifecycle.states.items()
    }
    return replace(lifecycle, states=states)


def _bare_action(action: Action) -> Action:
    return replace(action, issues=None, guards=action.guards if SYSTEM in action.by else ())


def rungs_matter(procedure: Procedure) -> bool:
    """Return whether anything that comes by time leads a case elsewhere, or moves a clock."""
    for kind in (CASE, *procedure.subcases):
        lifecycle = procedure.lifecycle(kind)
        by_time = {rung.action for clock in lifecycle.clocks.values() for rung in clock.ladder}
        by_time |= {expiry.action for clock in lifecycle.clocks.values() for expiry in clock.expires}
        read = {name for clock in lifecycle.clocks.values() for name in _reads(clock)}
        acts = [it for state in lifecycle.states.values() for it in state.actions.values() if it.name in by_time]
        if by_time & read or any(it.to or it.opens or it.fires or it.sets for it in acts):
            return True
    return False


def _reads(clock: Any) -> Iterator[str]:
    yield from (*clock.starts, *clock.stops, *clock.runs_on, *clock.restarts)
    for pause in clock.pauses:
        yield from (*pause.begins, *pause.ends)


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit by which a case, or a subcase, is judged, at the end of a run.

    Args:
        root: the case without parent; its number, empty for one that was drawn. ``unit``: whose subcase it is.
        over_at: when it was met, or ended.
    """

    root: str
    unit: str
    opened_at: datetime
    due_at: datetime | None
    over_at: datetime | None

    def late_by(self, at: datetime) -> bool:
        """Return whether it ran out by an instant without having been met."""
        return self.due_at is not None and self.due_at < at and (self.over_at is None or self.over_at > self.due_at)

    def open_at(self, at: datetime) -> bool:
        """Return whether it was to be met still at an instant."""
        return self.opened_at <= at and (self.over_at is None or self.over_at > at)


def limits_of(situation: Situation, clocks: Mapping[str, str]) -> Iterator[Limit]:
    """Yield the limits by which the cases of a family are judged.

    Args:
        clocks: by kind of case, the clock; a kind that is missing is not judged.
    """
    number = situation.family.root.number
    for case in situation.family.cases:
        if name := clocks.get(case.kind):
            here = Situation(situation.deployed, situation.family, case, situation.at)
            status = here.clock(name)
            yield Limit(
                number,
                case.unit or "",
                case.opened_at,
                status.due_at if status else None,
                status.over_at if status else case.closed_at,
            )


@dataclass(frozen=True, slots=True)
class World:
    """All that runs are drawn from.

    Args:
        start, end: the weeks to come. ``times``: how much more arrives than did.
        opened: the families open at the start, as they stood; ``how``: by which procedure each goes on.
        deployed: the procedure of the cases to come, made bare.
        clocks: by which clock each kind of case is judged.
    """

    start: datetime
    end: datetime
    stays: Stays
    arrivals: Arrivals
    time: WorkingTime
    opened: Sequence[Standing]
    how: Sequence[Deployed]
    deployed: Deployed
    clocks: Mapping[str, str]
    times: float = 1.0


@dataclass
class Run:
    """One run: what becomes of every limit, and how many drawn steps did not fit where the case was."""

    limits: list[Limit] = field(default_factory=list)
    steps: int = 0
    unfitting: int = 0


def run(world: World, seed: str) -> Run:
    """Run the weeks to come once. The same seed gives the same run."""
    random, done, ids = Random(seed), Run(), count(1)  # noqa: S311 (a forecast must come out the same again)
    for standing, deployed in zip(world.opened, world.how, strict=True):
        family = _Course(world, deployed, random, done, ids, standing)
        family.go_on()
        done.limits.extend(limits_of(family.situation(), world.clocks))
    days = world.arrivals.days()
    day, last = world.arrivals.calendar.to_date(world.start), world.arrivals.calendar.to_date(world.end)
    while day <= last:
        for at, arrival in world.arrivals.draw(day, days, world.times, random):
            if world.start < at <= world.end:
                family = _Course(world, world.deployed, random, done, ids)
                if family.open(at, arrival):
                    family.go_on()
                    done.limits.extend(limits_of(family.situation(), world.clocks))
        day += timedelta(days=1)
    return done


class _Course:
    """The course of one family through the weeks to come."""

    def __init__(
        self,
        world: World,
        deployed: Deployed,
        random: Random,
        done: Run,
        ids: Iterator[int],
        standing: Standing | None = None,
    ) -> None:
        self._world = world
        self._random = random
        self._done = done
        self._rungs = rungs_matter(deployed.procedure)
        family = standing.situation.family if standing else Family(())
        recorded = _renumbered(standing.events) if standing else ()
        self._draft = Draft(
            deployed,
            family.root.office if standing else "",
            world.start,
            lambda: f"drawn-{next(ids)}",
            lambda series: 0,
            new_salt=str,
            recorded=lambda: recorded,
            first_timer=lambda: world.start,
            family=family,
        )
        self._coming: list[tuple[datetime, int, str, tuple[str, datetime], Did, bool]] = []
        self._order = count()
        self._known: dict[str, tuple[str, datetime]] = {}

    def situation(self) -> Situation:
        """The family at the end of the weeks to come."""
        draft = self._draft
        return Situation(draft.deployed, draft.family, draft.family.root, self._world.end)

    def open(self, at: datetime, arrival: Arrival) -> bool:
        """Open the case as one of the past was opened; return whether the procedure has its values."""
        draft, event = self._draft, arrival.event
        draft.now = at
        fields = {it.name: it for it in draft.deployed.procedure.case.opens_with}
        data = {name: value for name, value in arrival.data.items() if name in fields}
        inputs = _moved(data, draft.deployed.procedure.case, at - event.effective_at)
        actor = Actor(event.actor, frozenset({event.role}), event.unit)
        draft.open_case(Deed(draft.new_id(), OPEN, actor, event.role, at, inputs))
        return True

    def go_on(self) -> None:
        """Take step after step until the end of the weeks to come."""
        world, draft = self._world, self._draft
        draft.now = max(draft.now, world.start)
        self._plan()
        while self._coming:
            at, _, case, stay, did, leaves = heappop(self._coming)
            if at > world.end:
                break
            if self._rungs:
                draft.now = at
                draft.deliver_due(at - datetime.resolution)
                self._plan()
            if self._known.get(case) == stay:
                self._take(case, at, did, leaves)
                self._plan()
        draft.now = world.end
        if self._rungs:
            draft.deliver_due(world.end)

    def _take(self, case: str, at: datetime, did: Did, leaves: bool) -> None:
        draft = self._draft
        draft.now = at
        self._done.steps += 1
        member = draft.family.member(case)
        machine = draft.deployed.machine(member)
        before = draft.family, len(draft.events)
        if machine.is_legal(member.state, did.action):
            inputs = _moved(did.data, draft.deployed.lifecycle(member), at - did.at)
            actor = Actor(did.actor, frozenset({did.role}), member.unit or did.unit)
            try:
                draft.perform(Deed(case, did.action, actor, did.role, at, inputs))
                return
            except CaseclockError:
                draft.family = before[0]
                del draft.events[before[1] :]
                draft.arrivals.clear()
        self._done.unfitting += 1
        if leaves:
            # Somebody will do something else: another end of the stay is drawn, from those that lasted longer.
            self._draw(member, self._known[case], did.after)

    def _plan(self) -> None:
        """Draw what people will do wherever a case has come to a state since this was done last."""
        for case in self._draft.family.cases:
            stay = case.state, case.since
            if case.closed_at is None and self._known.get(case.id) != stay:
                self._known[case.id] = stay
                time = self._world.time
                lasted = time.since_first(max(case.since, self._world.start)) - time.since_first(case.since)
                self._draw(case, stay, lasted if case.since < self._world.start else -1.0)

    def _draw(self, case: Case, stay: tuple[str, datetime], already: float) -> None:
        time = self._world.time
        begun = time.since_first(case.since)
        will = self._world.stays.draw(case.kind, case.state, case.unit, already, self._random)
        for one in (*will.did, *([will.left] if will.left else [])):
            at = time.instant(begun + one.after)
            if at is not None:
                at = max(at, case.since, self._draft.now)
                heappush(self._coming, (at, next(self._order), case.id, stay, one, one is will.left))


def _renumbered(events: Sequence[Event]) -> tuple[Event, ...]:
    """Events without the gaps that what has been left out made."""
    last: dict[str, int] = {}
    found = []
    for event in events:
        last[event.case] = last.get(event.case, 0) + 1
        found.append(replace(event, seq=last[event.case], overtakes=()))
    return tuple(found)


def _moved(data: Mapping[str, Any], lifecycle: Lifecycle, span: timedelta) -> dict[str, Any]:
    """Values with every instant and date as much later as the whole step is."""
    found = dict(data)
    for name, value in data.items():
        declared = lifecycle.fields.get(name)
        if declared and isinstance(value, str):
            if declared.type is FieldType.INSTANT:
                found[name] = (datetime.fromisoformat(value) + span).isoformat()
            elif declared.type is FieldType.DATE:
                found[name] = (date.fromisoformat(value) + timedelta(days=round(span / timedelta(days=1)))).isoformat()
    return found
