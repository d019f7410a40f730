"""Coverage: what there is in a procedure to be reached by tests, and what of it they reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ..clocks import ClockStatus, LineKind
from ..engine.situation import Situation
from ..guards import compile_expression
from ..history import Case, Event
from ..messages import Message, say
from ..model import OPEN, Clock, Limit, Procedure, Roll, Side, TimeUnit


class Part(StrEnum):
    """The parts of a procedure that are counted apart."""

    STATES = "states"
    ACTIONS = "actions"
    CLOCKS = "clocks"


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that a test can reach.

    Args:
        kind: of the lifecycle: ``case``, or a kind of subcase.
        name: of the state, action or clock.
        aspect: of a clock: what is reached, such as ``started``; ``detail``: by what, or which.
    """

    part: Part
    kind: str
    name: str
    aspect: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is to be reached, in the order of the procedure, and what was.

    >>> Coverage((Feature(Part.STATES, "case", "open"),), frozenset()).percent(Part.STATES)
    0
    """

    features: tuple[Feature, ...]
    seen: frozenset[Feature]

    def of(self, part: str) -> tuple[Feature, ...]:
        """Return everything of a part that there is to be reached."""
        return tuple(feature for feature in self.features if feature.part == part)

    def missing(self, part: str) -> tuple[Feature, ...]:
        """Return what of a part was not reached."""
        return tuple(feature for feature in self.of(part) if feature not in self.seen)

    def percent(self, part: str) -> int:
        """Return how much of a part was reached, rounded down; a part with nothing in it counts as reached."""
        there = len(self.of(part))
        return 100 * (there - len(self.missing(part))) // there if there else 100

    def with_more(self, other: Coverage) -> Coverage:
        """Return the coverage by both of two files of the same procedure."""
        return replace(self, seen=self.seen | other.seen)


# What there is


def features(procedure: Procedure) -> tuple[Feature, ...]:
    """Return everything that tests of a procedure can reach."""
    lifecycles = [procedure.case, *(subcase.lifecycle for subcase in procedure.subcases.values())]
    found: list[Feature] = []
    for lifecycle in lifecycles:
        kind = lifecycle.kind
        found.extend(Feature(Part.STATES, kind, state) for state in lifecycle.states)
        found.extend(Feature(Part.ACTIONS, kind, action) for action in lifecycle.actions)
        for clock in lifecycle.clocks.values():
            found.extend(Feature(Part.CLOCKS, kind, clock.name, *aspect) for aspect in _aspects(clock))
    return tuple(dict.fromkeys(found))


def _aspects(clock: Clock) -> Iterator[tuple[str, ...]]:
    """Yield what can be reached of a clock, in the order of its definition."""
    yield from (("started", name) for name in clock.starts)
    if clock.latest_start:
        yield "started", clock.latest_start.after
    if clock.receipt or clock.deemed_later:
        yield ("received",)
    for aspect, limits in _readings(clock).items():
        yield from ((aspect, str(index)) for index in range(len(limits)))
    if any(_may_roll(limit) for limit in clock.limits):
        yield ("rolled",)
    yield from (("paused", str(index)) for index in range(len(clock.pauses)))
    yield from (("stopped", name) for name in clock.stops)
    if clock.stops:
        yield ("met",)
    if clock.stops and all(expiry.when for expiry in clock.expires):
        yield ("late",)
    yield from (("ran_on", name) for name in clock.runs_on)
    yield from (("restarted", name) for name in clock.restarts)
    if any(extension.ask for extension in clock.extensions):
        yield ("asked",)
    if clock.extensions:
        yield ("granted",)
    if any(extension.refuse for extension in clock.extensions):
        yield ("refused",)
    yield from (("rung", str(index)) for index in range(len(clock.ladder)))
    yield from (("expired", expiry.action) for expiry in clock.expires)


def _may_roll(limit: Limit) -> bool:
    """Return whether the last day can be a day of rest: a limit in working days ends on none, and hours know no day."""
    period = (limit.then or (limit.period,))[-1]
    unit = limit.amount.unit if limit.amount else period.unit if period else TimeUnit.DAY
    ends_on_any_day = unit in (TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR) or limit.counting.up_to
    return limit.counting.roll is not Roll.NONE and bool(ends_on_any_day)


def _readings(clock: Clock) -> dict[str, tuple[Limit, ...]]:
    """Return the limits of a clock by reading."""
    strict, lenient = (reading.limits if reading else () for reading in (clock.strict, clock.lenient))
    return {"limit": clock.limits, "strict": strict, "lenient": lenient}


# What was reached


def reached(situation: Situation, events: Iterable[Event]) -> Iterator[Feature]:
    """Yield what a case with its subcases, as of an instant, has reached.

    Args:
        events: the history of the family.
    """
    done = tuple(events)
    for case in situation.family.cases:
        lifecycle = situation.deployed.lifecycle(case)
        here = replace(situation, case=case)
        own = [event for event in done if event.case == case.id]
        for event in own:
            yield Feature(Part.STATES, case.kind, event.to_state)
            if event.action != OPEN:
                yield Feature(Part.ACTIONS, case.kind, event.action)
        for clock in lifecycle.clocks.values():
            for aspect in _reached(clock, here, own):
                yield Feature(Part.CLOCKS, case.kind, clock.name, *aspect)


def _reached(clock: Clock, situation: Situation, events: Sequence[Event]) -> Iterator[tuple[str, ...]]:
    actions = {event.action for event in events}
    yield from (("ran_on", name) for name in clock.runs_on if name in actions)
    if any(extension.refuse in actions for extension in clock.extensions):
        yield ("refused",)
    yield from _delivered(clock, events)
    status = situation.clock(clock.name)
    if status is not None:
        yield "restarted" if _again(clock, status, situation.case) else "started", status.started_by
        yield from _of_status(clock, status)
        yield from _applied(clock, situation)
        yield from (("stopped", name) for name in clock.stops if _stopped_by(name, status, situation.case))


def _delivered(clock: Clock, events: Iterable[Event]) -> Iterator[tuple[str, ...]]:
    for event in events:
        if event.rung and event.rung.clock == clock.name:
            on_ladder = event.rung.rung < len(clock.ladder)
            yield ("rung", str(event.rung.rung)) if on_ladder else ("expired", event.action)


def _of_status(clock: Clock, status: ClockStatus) -> Iterator[tuple[str, ...]]:
    kinds = {line.kind for line in status.reckoning.lines}
    if status.reckoning.received is not None or LineKind.RECEIPT in kinds:
        yield ("received",)
    if LineKind.ROLLED in kinds:
        yield ("rolled",)
    yield from (("paused", str(index)) for index, pause in enumerate(clock.pauses) if _used(pause, status))
    if status.met:
        yield ("met",)
    if status.late:
        yield ("late",)
    if status.asked_at or status.grants:
        yield ("asked",)
    if status.grants:
        yield ("granted",)


def _again(clock: Clock, status: ClockStatus, case: Case) -> bool:
    """Return whether the clock was restarted: an action that starts it too does so only when it was done before."""
    name = status.started_by
    return name in clock.restarts and (name not in clock.starts or len(case.marks.get(name, ())) > 1)


def _used(rule: object, status: ClockStatus) -> bool:
    return any(pause.rule is rule or pause.rule == rule for pause in status.pauses)


def _applied(clock: Clock, situation: Situation) -> Iterator[tuple[str, ...]]:
    """Yield which limit of each reading applies."""
    for aspect, limits in _readings(clock).items():
        for index, limit in enumerate(limits):
            if limit.when is None or compile_expression(limit.when).holds(situation):
                yield aspect, str(index)
                break


def _stopped_by(name: str, status: ClockStatus, case: Case) -> bool:
    return any(mark.at == status.stopped_at for mark in case.marks.get(name, ()))


# In words


def spoken(feature: Feature, procedure: Procedure) -> Message:
    """Return what a feature is, by its name in the definition."""
    name = feature.name if feature.kind == procedure.case.kind else f"{feature.kind}.{feature.name}"
    if not feature.aspect:
        return say("{name}", name=name)
    clock = procedure.lifecycle(feature.kind).clocks[feature.name]
    return say("{name}: {aspect}", name=name, aspect=_ASPECTS[feature.aspect](feature.detail, clock))


def _limit(reading: str, index: str, clock: Clock) -> str:
    limit = _readings(clock)[reading][int(index)]
    length = limit.until or limit.before or (limit.amount.field if limit.amount else None) or str(limit.period)
    return f"{length}, {limit.when}" if limit.when else length


def _rung(index: str, clock: Clock) -> str:
    rung = clock.ladder[int(index)]
    where = rung.side.value if rung.side is Side.DUE else f"{rung.offset} {rung.side}"
    return f"{where}: {rung.action}"


_ASPECTS: Mapping[str, Callable[[str, Clock], Message]] = {
    "started": lambda detail, _: say("started by {what}", what=detail),
    "received": lambda *_: say("counts as received later"),
    "limit": lambda detail, clock: say("limit {limit}", limit=_limit("limit", detail, clock)),
    "strict": lambda detail, clock: say("strict limit {limit}", limit=_limit("strict", detail, clock)),
    "lenient": lambda detail, clock: say("lenient limit {limit}", limit=_limit("lenient", detail, clock)),
    "rolled": lambda *_: say("last day moved"),
    "paused": lambda detail, clock: say("paused from {what}", what=list(clock.pauses[int(detail)].begins)),
    "stopped": lambda detail, _: say("stopped by {what}", what=detail),
    "met": lambda *_: say("met"),
    "late": lambda *_: say("late"),
    "ran_on": lambda detail, _: say("ran on after {what}", what=detail),
    "restarted": lambda detail, _: say("restarted by {what}", what=detail),
    "asked": lambda *_: say("extension asked for"),
    "granted": lambda *_: say("extension granted"),
    "refused": lambda *_: say("extension refused"),
    "rung": lambda detail, clock: say("rung {rung}", rung=_rung(detail, clock)),
    "expired": lambda detail, _: say("expired with {what}", what=detail),
}
