"""The machine: every state can be entered, every case can end, and what has ended stays ended."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..messages import say
from ..model import Lifecycle, Procedure
from .places import Path, lifecycles


def check_graph(procedure: Procedure) -> Iterator[Problem]:
    """Yield states that nothing leads to, states from which no case can end, and final states with actions."""
    for path, lifecycle in lifecycles(procedure):
        yield from _check(path, lifecycle)


def _check(path: Path, lifecycle: Lifecycle) -> Iterator[Problem]:
    forward = edges(lifecycle)
    entered = closure({lifecycle.initial}, forward)
    backward = {state: {source for source in forward if state in forward[source]} for state in lifecycle.states}
    ending = closure({state.name for state in lifecycle.states.values() if state.final}, backward)
    for name, state in lifecycle.states.items():
        place = (*path, "states", name)
        if name not in entered:
            message = say("state {state} can never be entered: no action leads to it", state=name)
            yield Problem("unreachable-state", place, message, on_key=True)
        if name not in ending:
            message = say("from state {state} no final state can be reached; add an action, or final: true", state=name)
            yield Problem("dead-end", place, message, on_key=True)
        if state.final and state.actions:
            message = say("final state {state} cannot have actions: {actions}", state=name, actions=list(state.actions))
            yield Problem("final-with-actions", place, message, on_key=True)


def edges(lifecycle: Lifecycle) -> dict[str, set[str]]:
    """Return the states to which the actions of each state lead, itself where they lead nowhere."""
    return {
        name: {action.to or name for action in state.actions.values()} & lifecycle.states.keys()
        for name, state in lifecycle.states.items()
    }


def closure(start: set[str], edges: dict[str, set[str]]) -> set[str]:
    """Return everything that can be reached from ``start``."""
    reached: set[str] = set()
    waiting = set(start)
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting |= edges[state] - reached
    return reached
