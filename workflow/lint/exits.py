"""Exits: an action that ends the case while a statutory limit still runs, and asks for no reason.

When a case ends its clocks end with it, met or not. That is right for what the law lays down: a limit that has run out,
a case that was stopped with a reason, a subcase that ends with its case. An exit that asks nothing lets whoever is late
close the case instead of answering it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..checks.places import Path, actions
from ..checks.timers import states_running
from ..errors import Problem
from ..messages import say
from ..model import CASE, SYSTEM, Action, Clock, Effect, Lifecycle, Procedure


def lint_exits(procedure: Procedure) -> Iterator[Problem]:
    """Yield actions that end a case while a statutory clock may run, without an input, a paper or a marking."""
    for path, lifecycle, exits in _exits(procedure):
        action = exits[0][1]
        left = [
            clock.name
            for clock in lifecycle.clocks.values()
            if clock.name not in action.drops and any(_escapes(lifecycle, clock, state, it) for state, it in exits)
        ]
        if left:
            yield Problem(
                "escaping-exit",
                path,
                say(
                    "{action} ends the case while {clocks} may still run, and asks for no reason: "
                    "whoever is late can close the case instead",
                    action=action.name,
                    clocks=left,
                ),
                on_key=True,
                warning=True,
                hint=say(
                    "Ask for the reason (input with required: true), issue a paper, stop the clock (stops), or write "
                    "drops: {clocks}",
                    clocks=f"[{', '.join(left)}]",
                ),
            )


def _exits(procedure: Procedure) -> Iterator[tuple[Path, Lifecycle, list[tuple[str, Action]]]]:
    """Every action that ends a case and asks nothing, with the states in which it is legal, as one is written."""
    found: dict[tuple[str, str], tuple[Path, Lifecycle, list[tuple[str, Action]]]] = {}
    for path, lifecycle, action in actions(procedure):
        if _is_exit(lifecycle, action) and not _asks(action) and not _laid_down(procedure, lifecycle, action):
            _, _, states = found.setdefault((lifecycle.kind, action.name), (path, lifecycle, []))
            states.append((str(path[-3]), action))
    yield from found.values()


def _is_exit(lifecycle: Lifecycle, action: Action) -> bool:
    return action.to in lifecycle.states and lifecycle.states[str(action.to)].final


def _asks(action: Action) -> bool:
    return action.issues is not None or any(field.required for field in action.inputs)


def _laid_down(procedure: Procedure, lifecycle: Lifecycle, action: Action) -> bool:
    """Whether the system does it because a limit has run out, or for the case to which the subcase belongs."""
    if set(action.by) != {SYSTEM}:
        return False
    expiries = {expiry.action for clock in lifecycle.clocks.values() for expiry in clock.expires}
    if lifecycle.kind == CASE:
        return action.name in expiries
    fired = {
        it.fires.action
        for state in procedure.case.states.values()
        for it in state.actions.values()
        if it.fires and it.fires.subcase == lifecycle.kind
    }
    return action.name in expiries | fired | {procedure.subcases[lifecycle.kind].when_case_ends or ""}


def _escapes(lifecycle: Lifecycle, clock: Clock, state: str, action: Action) -> bool:
    if clock.effect is not Effect.STATUTORY:
        return False
    ends = action.name in clock.stops or any(expiry.action == action.name for expiry in clock.expires)
    return not ends and state in states_running(lifecycle, clock)
