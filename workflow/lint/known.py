"""What is known of a case by the state it is in: what was surely given and done before, and what can have been done.

A field is surely given in a state when every way that leads there passes an action that requires it. This keeps the
examples of other rules to cases that can exist.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model import CASE, SYSTEM, Action, Lifecycle, Procedure
from .values import Known


def known_in(procedure: Procedure, lifecycle: Lifecycle) -> Mapping[str, Known]:
    """Return what is known in every state that can be entered, clocks aside."""
    given, done = _surely(procedure, lifecycle)
    possible = _possibly(lifecycle)
    return {state: Known(given[state], done[state], possible[state]) for state in given}


def given_at_opening(procedure: Procedure, lifecycle: Lifecycle) -> frozenset[str]:
    """Return the fields that are surely given when a case, or a subcase, begins; the parent's with their prefix."""
    required = {field.name for field in lifecycle.opens_with if field.required}
    if lifecycle.kind == CASE:
        return frozenset(required if SYSTEM not in procedure.opened_by else ())
    opening = [action for action in procedure.case.actions.values() if _opens(action, lifecycle.kind)]
    of_parent = {field.name for field in procedure.case.opens_with if field.required}
    each = [{field.name for field in action.inputs if field.required} for action in opening]
    of_parent |= set.intersection(*each) if each else set()
    return frozenset(f"{CASE}.{name}" for name in of_parent)


def _opens(action: Action, kind: str) -> bool:
    return action.opens is not None and action.opens.subcase == kind


Sets = dict[str, frozenset[str]]


def _surely(procedure: Procedure, lifecycle: Lifecycle) -> tuple[Sets, Sets]:
    """The fields given, and the actions done, on every way to each state."""
    given: Sets = {lifecycle.initial: given_at_opening(procedure, lifecycle)}
    done: Sets = {lifecycle.initial: frozenset()}
    waiting = [lifecycle.initial]
    while waiting:
        state = waiting.pop()
        for action in lifecycle.states[state].actions.values():
            target = action.to or state
            if target not in lifecycle.states:
                continue
            after = _given_after(given[state], action), done[state] | {action.name}
            before = given.get(target), done.get(target)
            met = _met(before[0], after[0]), _met(before[1], after[1])
            if met != before:
                given[target], done[target] = met
                waiting.append(target)
    return given, done


def _met(known: frozenset[str] | None, reached: frozenset[str]) -> frozenset[str]:
    return reached if known is None else known & reached


def _given_after(given: frozenset[str], action: Action) -> frozenset[str]:
    required = {field.name for field in action.inputs if field.required}
    return (given | required) - action.sets.keys()


def _possibly(lifecycle: Lifecycle) -> Sets:
    """The actions that can have been done on some way to each state."""
    found: dict[str, set[str]] = {name: set() for name in lifecycle.states}
    changed = True
    while changed:
        changed = False
        for state in lifecycle.states.values():
            for action in state.actions.values():
                after = found[state.name] | {action.name}
                target = action.to or state.name
                if target in found and not after <= found[target]:
                    found[target] |= after
                    changed = True
    return {name: frozenset(actions) for name, actions in found.items()}
