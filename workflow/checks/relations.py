"""Merging and splitting: what names the other cases is an input that must be given, and a merged case has ended."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..messages import Message, say
from ..model import CASE, Action, Field, FieldType, Procedure, Splitting
from .places import ActionAt, Path, actions
from .sentences import unknown


def check_relations(procedure: Procedure) -> Iterator[Problem]:
    """Yield what is wrong with the actions that merge cases or split them."""
    for place in actions(procedure):
        if place.action.merges_into is not None:
            yield from _whole_case((*place.path, "merges_into"), place)
            yield from _merging(place, place.action.merges_into)
        if place.action.splits is not None:
            yield from _whole_case((*place.path, "splits"), place)
            yield from _splitting((*place.path, "splits"), procedure, place.action, place.action.splits)


def _whole_case(path: Path, place: ActionAt) -> Iterator[Problem]:
    if place.lifecycle.kind != CASE:
        yield Problem("not-whole", path, say("only whole cases are merged and split, not subcases"), on_key=True)


def _merging(place: ActionAt, name: str) -> Iterator[Problem]:
    path = (*place.path, "merges_into")
    yield from _given(path, place.action, name, say("a text"), [it for it in place.action.inputs if _is_text(it)])
    to = place.lifecycle.states.get(place.action.to or "")
    if place.action.to is None or (to and not to.final):
        message = say("a case that is merged has ended; let the action lead (to) to a final state")
        yield Problem("merge-not-final", path, message, on_key=True)


def _splitting(path: Path, procedure: Procedure, action: Action, rule: Splitting) -> Iterator[Problem]:
    lists = [it for it in action.inputs if it.type is FieldType.LIST and it.of is FieldType.TEXT]
    yield from _given((*path, "for"), action, rule.parts, say("a list of texts"), lists)
    fields = procedure.case.opens_with
    texts = [it.name for it in fields if _is_text(it)]
    if rule.field not in texts:
        yield Problem("unknown-field", (*path, "field"), unknown("field", rule.field, texts))


def _given(path: Path, action: Action, name: str, kind: Message, valid: list[Field]) -> Iterator[Problem]:
    """Yield a problem where ``name`` is no input of this kind, or one that may be left out."""
    found = next((field for field in action.inputs if field.name == name), None)
    if found is None:
        yield Problem("unknown-field", path, unknown("field", name, [field.name for field in valid]))
    elif found not in valid:
        yield Problem("wrong-type", path, say("{name} must be {kind}", name=name, kind=kind))
    elif not found.required:
        yield Problem(
            "not-given", path, say("{name} must be a required input of {action}", name=name, action=action.name)
        )


def _is_text(field: Field) -> bool:
    return field.type is FieldType.TEXT
