"""Ladders: the system must be able to deliver every rung, in whatever state the case is when its instant comes.

The rule: an action on a ladder is done by the system, and is legal in every state that is not final and in which the
clock can be running. A clock can be running in a state when some way through the machine leads there after it has
started and without an action that stops it in between. A field, or the opening, may start it from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..messages import say
from ..model import OPENED, SYSTEM, Clock, Lifecycle, Procedure, Rung
from .places import Path, lifecycles
from .sentences import unknown


def check_timers(procedure: Procedure) -> Iterator[Problem]:
    """Yield rungs whose action is not declared, not by the system, or not legal where the clock can be running."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            running = states_running(lifecycle, clock)
            place = (*path, "clocks", clock.name)
            for rung in clock.ladder:
                yield from _rung((*place, "ladder", _key(rung)), rung.action, lifecycle, running)
            for index, expiry in enumerate(clock.expires):
                yield from _rung((*place, "expires", index, "do"), expiry.action, lifecycle, running)


def _rung(path: Path, name: str, lifecycle: Lifecycle, running: list[str]) -> Iterator[Problem]:
    if name not in lifecycle.actions:
        yield Problem("unknown-action", path, unknown("action", name, lifecycle.actions))
        return
    missing = [state for state in running if not legal_by_system(lifecycle, state, name)]
    if missing:
        message = say(
            "{action} must be legal by system wherever the clock can be running; it is not in: {states}",
            action=name,
            states=missing,
        )
        yield Problem("not-legal", path, message)


def legal_by_system(lifecycle: Lifecycle, state: str, action: str) -> bool:
    """Return whether the system may do ``action`` in ``state``."""
    declared = lifecycle.states[state].actions.get(action)
    return declared is not None and SYSTEM in declared.by


def states_running(lifecycle: Lifecycle, clock: Clock) -> list[str]:
    """Return the states, in order, that are not final and in which the clock can be running."""
    latest = (clock.latest_start.after,) if clock.latest_start else ()
    sources = [(name,) for name in (*clock.starts, *latest) if name not in clock.all_of] + list(clock.all_of.values())
    begins = {*(name for names in sources for name in names), *clock.restarts, *clock.runs_on}
    at_opening = any(all(name == OPENED or name in lifecycle.fields for name in names) for names in sources)
    ending = {*clock.stops, *(expiry.action for expiry in clock.expires)}
    waiting = {(lifecycle.initial, at_opening)}
    seen: set[tuple[str, bool]] = set()
    while waiting:
        state, runs = waiting.pop()
        seen.add((state, runs))
        for action in lifecycle.states[state].actions.values():
            ends = action.name in ending
            after = not ends and (runs or action.name in begins)
            reached = (action.to or state, after)
            if reached not in seen and reached[0] in lifecycle.states:
                waiting.add(reached)
    return [name for name, state in lifecycle.states.items() if not state.final and (name, True) in seen]


def _key(rung: Rung) -> str:
    """Return the rung's key as the definition has it."""
    return f"{rung.offset} {rung.side}" if rung.offset else str(rung.side)
