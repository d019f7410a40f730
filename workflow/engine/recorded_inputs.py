"""The inputs of recorded events, to be given again; something stands in for values that have been erased for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..history import Event
from ..model import Action, Field, FieldType, Lifecycle
from ..roster import Roster

ERASED = "erased"
"""What stands in the place of a text that has been erased for good."""


def actions_named(lifecycle: Lifecycle, name: str) -> Iterator[Action]:
    """Return an action as each state declares it that knows it."""
    return (state.actions[name] for state in lifecycle.states.values() if name in state.actions)


def inputs_of(lifecycle: Lifecycle, action: str) -> Sequence[Field]:
    """Return the inputs that an action takes in any state."""
    found: dict[str, Field] = {}
    for one in actions_named(lifecycle, action):
        for declared in one.inputs:
            found.setdefault(declared.name, declared)
    return tuple(found.values())


def instead(declared: Field, event: Event, roster: Roster) -> Any:
    """Return something of a field's type, in the place of a value that has been erased."""
    one = _one_instead(
        declared.of or FieldType.TEXT if declared.type is FieldType.LIST else declared.type, event, roster
    )
    if declared.type is FieldType.CHOICE:
        return next(iter(declared.choices))
    return [one] if declared.type is FieldType.LIST else one


def _one_instead(kind: FieldType, event: Event, roster: Roster) -> Any:
    values: dict[FieldType, Any] = {
        FieldType.FLAG: False,
        FieldType.INTEGER: 0,
        FieldType.INSTANT: event.effective_at,
        FieldType.DATE: event.effective_at.date(),
        FieldType.URL: "https://erased.invalid/",
        FieldType.FILE: {"name": ERASED, "sha256": "0" * 64},
        FieldType.UNIT: next(iter(roster.units), ERASED),
        FieldType.ACTOR: next(iter(roster.people), ERASED),
    }
    return values.get(kind, ERASED)
