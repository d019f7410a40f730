"""In which states a clock can run: every way through the machine from what starts it to what stops it is followed.

Conditions on actions are not looked at, so a state may be named in which no real case ever has the clock running; none
is left out in which one can.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..model import OPENED, Action, Clock, Effect, Lifecycle


class _Phase(NamedTuple):
    """Where a clock may stand: ``none`` (not started), ``runs`` or ``over``, and whether a pause has begun."""

    run: str
    paused: bool


class Span(NamedTuple):
    """The states in which a clock can run, in order of declaration, and those of them in which it can be paused."""

    states: tuple[str, ...]
    paused: tuple[str, ...]


def span(clock: Clock, lifecycle: Lifecycle) -> Span:
    """Return in which states of ``lifecycle`` the clock can run or be paused; a case that has ended runs none."""
    waiting = [(lifecycle.initial, phase) for phase in _first(clock, lifecycle)]
    reached = set(waiting)
    while waiting:
        state, phase = waiting.pop()
        for action in lifecycle.states[state].actions.values():
            for after in _after(clock, action, phase):
                place = (action.to or state, after)
                if place not in reached:
                    reached.add(place)
                    waiting.append(place)
    running = {(state, phase.paused) for state, phase in reached if phase.run == "runs"}
    open_states = [name for name, state in lifecycle.states.items() if not state.final]
    return Span(
        tuple(name for name in open_states if {(name, False), (name, True)} & running),
        tuple(name for name in open_states if (name, True) in running),
    )


def start_names(clock: Clock) -> set[str]:
    """Return every field and action that can start the clock, and ``opened``."""
    names = {part for name in clock.starts for part in clock.all_of.get(name, (name,))}
    return names | ({clock.latest_start.after} if clock.latest_start else set())


def _first(clock: Clock, lifecycle: Lifecycle) -> Iterator[_Phase]:
    """Yield where the clock can stand when a case begins: a field may be given then, or a start taken over."""
    starts = start_names(clock)
    if OPENED not in starts or clock.all_of:
        yield _Phase("none", paused=False)
    if OPENED in starts or starts & lifecycle.fields.keys() or _taken_over(clock, lifecycle):
        yield _Phase("runs", paused=False)
        if any(name in lifecycle.fields for pause in clock.pauses for name in pause.begins):
            yield _Phase("runs", paused=True)


def _taken_over(clock: Clock, lifecycle: Lifecycle) -> bool:
    """Whether a case may take over the start of a statutory clock from a case merged into it, or split."""
    relates = any(action.merges_into or action.splits for action in lifecycle.actions.values())
    return relates and clock.effect is Effect.STATUTORY


def _after(clock: Clock, action: Action, phase: _Phase) -> Iterator[_Phase]:
    told = {action.name, *(field.name for field in action.inputs), *action.sets}
    for run in _runs(clock, action, told, phase.run):
        for paused in _pauses(clock, action, told, paused=phase.paused):
            yield _Phase(run, paused)


def _runs(clock: Clock, action: Action, told: set[str], run: str) -> set[str]:
    """Where the clock may stand after an action. What stops a clock before it starts has stopped it in advance."""
    if action.name in clock.restarts:
        return {run, "runs"}
    if action.name in clock.runs_on and run == "over":
        return {run, "runs"}
    if action.name in clock.stops or any(action.name == expiry.action for expiry in clock.expires):
        return {"over"}
    if run == "none" and told & start_names(clock):
        return {run, "runs"}
    return {run}


def _pauses(clock: Clock, action: Action, told: set[str], *, paused: bool) -> set[bool]:
    """Whether time may stand still after an action. A pause may end by itself, or be one too many to count."""
    begins = any(told & {*pause.begins} for pause in clock.pauses)
    ends = any(told & {*pause.ends} for pause in clock.pauses)
    by_itself = any(pause.at_most for pause in clock.pauses)
    if begins or (ends and len(clock.pauses) > 1):
        return {True, False} if ends or by_itself or len(clock.pauses) > 1 or told - {action.name} else {True}
    return {False} if ends or action.name in clock.restarts else {paused, False} if by_itself else {paused}
