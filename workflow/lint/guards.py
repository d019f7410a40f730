"""Guards: a condition that can never be met, and a state in which some values leave no way on.

Values are chosen by whoever acts where they are inputs of the action; the others are as the case has them. A clock that
runs in a state runs out some day, so a condition that it must not be overdue is taken not to hold for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..checks.places import Path, actions, lifecycles
from ..checks.timers import states_running
from ..errors import Problem
from ..messages import say
from ..model import Action, Guard, Lifecycle, Procedure, State
from .known import known_in
from .values import (
    NOTHING,
    Asked,
    Condition,
    Example,
    Known,
    Undecidable,
    can_all_hold,
    examples,
    spoken,
    telling,
    values_of,
)

CHOSEN = ("paused", "lead_in", "all_in", "any_in", "can_lead", "weekday", "time", "working_day")
"""What changes by itself, or can be waited for."""


def lint_guards(procedure: Procedure) -> Iterator[Problem]:
    """Yield conditions that can never be met, and states in which some values leave no way on."""
    for path, action, core in _impossible(procedure):
        yield Problem(
            "never-true",
            (*path, "when", core[0], "check"),
            say(
                "{action} can never be done: no values meet {conditions}",
                action=action.name,
                conditions="; ".join(action.guards[index].check for index in core),
            ),
            hint=say("Correct the condition, or delete the action."),
        )
    for path, lifecycle in lifecycles(procedure):
        known = known_in(procedure, lifecycle)
        for name, state in lifecycle.states.items():
            if not state.final and name in known:
                yield from _ways_on((*path, "states", name), procedure, lifecycle, state, known[name])


def _impossible(procedure: Procedure) -> Iterator[tuple[Path, Action, list[int]]]:
    """The actions that are possible in none of the states where they are legal, with the conditions that exclude it."""
    found: dict[tuple[str, str, tuple[Guard, ...]], list[tuple[Path, Action, list[int]]]] = {}
    known = {lifecycle.kind: known_in(procedure, lifecycle) for _, lifecycle in lifecycles(procedure)}
    for path, lifecycle, action in actions(procedure):
        here = known[lifecycle.kind].get(str(path[-3]), NOTHING)
        core = excluding(procedure, lifecycle, action, here)
        found.setdefault((lifecycle.kind, action.name, action.guards), []).append((path, action, core))
    for same in found.values():
        if all(core for _, _, core in same):
            yield same[0]


def never_possible(procedure: Procedure, lifecycle: Lifecycle, action: Action, known: Known) -> bool:
    """Return whether no values meet the conditions of an action; see `excluding`."""
    return bool(excluding(procedure, lifecycle, action, known))


def excluding(procedure: Procedure, lifecycle: Lifecycle, action: Action, known: Known) -> list[int]:
    """Return the positions of the fewest conditions of an action that no values meet together.

    Empty where some values do, and where that cannot be decided.

    Args:
        known: what is known in the state; what is given is left aside, since a value can be taken back.
    """
    required = frozenset(field.name for field in action.inputs if field.required)
    try:
        conditions = [Condition(guard.check) for guard in action.guards]
        values = values_of(conditions, procedure, lifecycle, replace(known, given=required))
        core = list(range(len(conditions)))
        if can_all_hold(conditions, values):
            return []
        for index in range(len(conditions)):
            fewer = [it for it in core if it != index]
            if not can_all_hold([conditions[it] for it in fewer], values):
                core = fewer
        return core
    except Undecidable:
        return []


@dataclass
class _Way:
    """An action of a state, with its conditions; ``inner``: what whoever acts chooses."""

    action: Action
    conditions: Sequence[Condition]
    values: Mapping[Asked, Sequence[Any]]
    inner: Sequence[Asked]
    _open: dict[tuple[Any, ...], bool] = field(default_factory=dict)

    @property
    def outer(self) -> list[Asked]:
        return [one for one in self.values if one not in self.inner]

    def is_open(self, example: Example) -> bool:
        """Whether some choice of its inputs meets its conditions, everything else being as in the example."""
        key = tuple((type(example[one]), example[one]) for one in self.outer)
        if key not in self._open:
            values = {one: self.values[one] if one in self.inner else (example[one],) for one in self.values}
            self._open[key] = can_all_hold(self.conditions, values)
        return self._open[key]


def _ways_on(path: Path, procedure: Procedure, lifecycle: Lifecycle, state: State, known: Known) -> Iterator[Problem]:
    leaving = [action for action in state.actions.values() if action.to not in (None, state.name)]
    wanted = [action for action in leaving if not action.optional] or leaving
    if not wanted or not all(action.guards for action in wanted):
        return
    if all(never_possible(procedure, lifecycle, action, known) for action in wanted):
        return  # which is told of each of them
    known = replace(known, overdue=_settled(lifecycle, state.name))
    try:
        ways = [_way(action, procedure, lifecycle, known) for action in wanted]
        ways += [_way(it, procedure, lifecycle, known) for it in state.actions.values() if _helps(it, state, ways)]
        values = _together(ways)
        stuck = _stuck(ways, values)
    except Undecidable:
        return
    if stuck is None:
        return
    rest = [action.name for action in leaving if action.optional and action not in wanted]
    yield Problem(
        "no-way-on",
        path,
        say(
            "with {values}, none of {actions} can be done in {state}, whatever is given: the case stays here for ever",
            values=spoken(stuck, lifecycle, procedure),
            actions=[action.name for action in wanted],
            state=state.name,
        )
        if not rest
        else say(
            "with {values}, none of {actions} can be done in {state}, whatever is given: only {rest} is left, "
            "of which no inbox reminds anybody",
            values=spoken(stuck, lifecycle, procedure),
            actions=[action.name for action in wanted],
            state=state.name,
            rest=rest,
        ),
        on_key=True,
        warning=True,
        hint=say("Add an action for these values, or widen the condition of one (when)."),
    )


def _together(ways: Sequence[_Way]) -> dict[Asked, Sequence[Any]]:
    """The values to be tried for what no one chooses: those of every way."""
    found: dict[Asked, Sequence[Any]] = {}
    for way in ways:
        for one in way.outer:
            found[one] = tuple(dict.fromkeys((*found.get(one, ()), *way.values[one])))
    return found


def _stuck(ways: Sequence[_Way], values: Mapping[Asked, Sequence[Any]]) -> Example | None:
    """The first example with which no way is open, without what does not matter in it."""

    def closed(example: Example) -> bool:
        return not any(way.is_open(example) for way in ways)

    found = next((example for example in examples(values) if closed(example)), None)
    return telling(found, values, closed) if found is not None else None


def _way(action: Action, procedure: Procedure, lifecycle: Lifecycle, known: Known) -> _Way:
    inputs = {field.name for field in action.inputs}
    required = {field.name for field in action.inputs if field.required}
    conditions = [Condition(guard.check) for guard in action.guards]
    for_action = replace(known, given=(known.given - inputs) | required)
    values = values_of(conditions, procedure, lifecycle, for_action)
    inner = [one for one in values if one.what in CHOSEN or one.name == "actor" or (_is_input(one, inputs))]
    return _Way(action, conditions, values, inner)


def _is_input(one: Asked, inputs: set[str]) -> bool:
    return one.what == "value" and one.name in inputs


def _helps(action: Action, state: State, ways: Sequence[_Way]) -> bool:
    """Whether an action that stays in the state changes what the conditions of the ways on ask."""
    if action.to not in (None, state.name):
        return False
    asked = {one for way in ways for one in way.outer}
    changes = {field.name for field in action.inputs} | action.sets.keys()
    if action.fires or action.opens:
        return bool(asked)
    return any(
        one.name == action.name if one.what in ("times", "doer") else one.what == "value" and one.name in changes
        for one in asked
    )


def _settled(lifecycle: Lifecycle, state: str) -> Mapping[str, bool]:
    """Whether each clock is overdue in the long run: those that run in the state, and no other."""
    return {name: state in states_running(lifecycle, clock) for name, clock in lifecycle.clocks.items()}
