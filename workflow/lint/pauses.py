"""Pauses: one that nothing ends lets a limit stand still for ever."""

from __future__ import annotations

from collections.abc import Iterator

from ..checks.graph import closure, edges
from ..checks.places import Path, lifecycles
from ..errors import Problem
from ..messages import say
from ..model import Action, Clock, Lifecycle, Pause, Procedure


def lint_pauses(procedure: Procedure) -> Iterator[Problem]:
    """Yield pauses that no action can end once they have begun, in all states or from some."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            for index, pause in enumerate(clock.pauses):
                if pause.at_most is None:
                    yield from _pause((*path, "clocks", clock.name, "pauses", index), lifecycle, clock, pause)


def _pause(path: Path, lifecycle: Lifecycle, clock: Clock, pause: Pause) -> Iterator[Problem]:
    begun = _begun(lifecycle, clock, pause)
    forward = edges(lifecycle)
    endless = [
        (state, action)
        for state, action in begun
        if not any(_ends(it, pause) for name in closure({state}, forward) for it in _actions(lifecycle, name))
    ]
    if not endless:
        return
    state, action = endless[0]
    message = say(
        "once {action} has been done, the case is in {state}, and from there none of {ends} can be done: "
        "{clock} stands still for ever and is never overdue",
        action=action,
        state=state,
        ends=list(pause.ends),
        clock=clock.name,
    )
    hint = say("Make one of {ends} legal there, name another end (to), or say at_most.", ends=list(pause.ends))
    yield Problem("endless-pause", (*path, "to"), message, on_key=True, warning=len(endless) < len(begun), hint=hint)


def _begun(lifecycle: Lifecycle, clock: Clock, pause: Pause) -> list[tuple[str, str]]:
    """Where a case is when the pause has begun, and by which action; final states and stops aside."""
    return [
        (action.to or state.name, action.name)
        for state in lifecycle.states.values()
        for action in state.actions.values()
        if _named(action, pause.begins)
        and action.name not in clock.stops
        and not _ends(action, pause)
        and not lifecycle.states[action.to or state.name].final
    ]


def _named(action: Action, names: tuple[str, ...]) -> bool:
    """Whether an action is one of the names, or gives one of them as a field."""
    return (
        action.name in names or any(field.name in names for field in action.inputs) or bool({*action.sets} & {*names})
    )


def _ends(action: Action, pause: Pause) -> bool:
    return _named(action, pause.ends)


def _actions(lifecycle: Lifecycle, state: str) -> Iterator[Action]:
    yield from lifecycle.states[state].actions.values()
