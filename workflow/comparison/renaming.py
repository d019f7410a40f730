"""States that have another name in the new procedure: told by what can be done in them and what lies around them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ..model import CASE, Action, Lifecycle, Procedure, State
from .naming import lifecycles

Renames = Mapping[str, Mapping[str, str]]
"""For each kind of case: the old names of states, with the new ones."""

_IN_STATE = re.compile(r"\b((?:lead|all|any)_in\(\s*)(\w+)(\s*,\s*)(\w+)")
"""A state in an expression: it is always named with its kind of subcase."""


def probable_renames(old: Procedure, new: Procedure) -> Renames:
    """Return the states that are gone and stand in the new procedure under another name, as far as one can tell.

    A state is the same one when the same can be done in it, or the way in and out is the same and so is its title, and
    no other state fits as well.
    """
    after = lifecycles(new)
    found = {kind: _of(it, after[kind]) for kind, it in lifecycles(old).items() if kind in after}
    return {kind: renames for kind, renames in found.items() if renames}


def _of(old: Lifecycle, new: Lifecycle) -> Mapping[str, str]:
    gone = [name for name in old.states if name not in new.states]
    come = [name for name in new.states if name not in old.states]
    renames: dict[str, str] = {}
    for name in gone:
        likeness = {other: _likeness(old, name, new, other) for other in come if other not in renames.values()}
        best = max(likeness.values(), default=0)
        candidates = [other for other, points in likeness.items() if points == best]
        if best >= _ENOUGH and len(candidates) == 1:
            renames[name] = candidates[0]
    return renames


_ENOUGH = 3


def _likeness(old: Lifecycle, name: str, new: Lifecycle, other: str) -> int:
    """Points for what is the same: the way in, the way out, the stage, the title; none for a state of another sort."""
    before, after = old.states[name], new.states[other]
    if before.final != after.final or (old.initial == name) != (new.initial == other):
        return 0
    actions = bool(before.actions) and set(before.actions) == set(after.actions)
    return (
        2 * actions
        + (_ways_in(old, name) == _ways_in(new, other))
        + (before.stage == after.stage)
        + 2 * (before.title == after.title)
    )


def _ways_in(lifecycle: Lifecycle, name: str) -> frozenset[str]:
    """The actions by which the state is reached."""
    actions = (action for state in lifecycle.states.values() for action in state.actions.values())
    return frozenset(action.name for action in actions if action.to == name)


def renamed(procedure: Procedure, renames: Renames) -> Procedure:
    """Return a procedure with other names for some of its states, wherever it names them."""
    if not renames:
        return procedure
    of_case = renames.get(CASE, {})
    archive = procedure.archive and replace(
        procedure.archive,
        states=_names(procedure.archive.states, of_case),
        classes={
            name: replace(it, required_in=_names(it.required_in, of_case))
            for name, it in procedure.archive.classes.items()
        },
    )
    subcases = {
        kind: replace(
            it,
            lifecycle=_lifecycle(it.lifecycle, renames),
            when_all=_keys(it.when_all, renames.get(kind, {})),
            when_lead=_keys(it.when_lead, renames.get(kind, {})),
        )
        for kind, it in procedure.subcases.items()
    }
    return replace(procedure, case=_lifecycle(procedure.case, renames), subcases=subcases, archive=archive)


def _lifecycle(lifecycle: Lifecycle, renames: Renames) -> Lifecycle:
    names = renames.get(lifecycle.kind, {})
    states = {names.get(name, name): _state(state, names, renames) for name, state in lifecycle.states.items()}
    clocks = {
        name: replace(
            clock,
            applies=_expression(clock.applies, renames),
            limits=tuple(replace(limit, when=_expression(limit.when, renames)) for limit in clock.limits),
            expires=tuple(replace(expiry, when=_expression(expiry.when, renames)) for expiry in clock.expires),
        )
        for name, clock in lifecycle.clocks.items()
    }
    return replace(lifecycle, states=states, clocks=clocks)


def _state(state: State, names: Mapping[str, str], renames: Renames) -> State:
    actions = {name: _action(action, names, renames) for name, action in state.actions.items()}
    return replace(state, name=names.get(state.name, state.name), actions=actions)


def _action(action: Action, names: Mapping[str, str], renames: Renames) -> Action:
    return replace(
        action,
        to=names.get(action.to, action.to) if action.to else None,
        guards=tuple(replace(it, check=_expression(it.check, renames) or "") for it in action.guards),
        sets={field: _expression(it, renames) or "" for field, it in action.sets.items()},
    )


def _expression(source: str | None, renames: Renames) -> str | None:
    def rename(found: re.Match[str]) -> str:
        state = renames.get(found[2], {}).get(found[4], found[4])
        return f"{found[1]}{found[2]}{found[3]}{state}"

    return source and _IN_STATE.sub(rename, source)


def _names(states: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(state, state) for state in states)


def _keys(named: Mapping[str, str], names: Mapping[str, str]) -> Mapping[str, str]:
    return {names.get(state, state): action for state, action in named.items()}
