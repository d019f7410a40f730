"""Subcases: the units they are for are units, a lead is one of them, and what joins and ends them exists."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..grammar import ExpressionError
from ..guards import compile_expression
from ..messages import say
from ..model import CASE, SYSTEM, Action, Field, FieldType, Lifecycle, Procedure, Subcase
from .places import ActionAt, Path, actions, refuse_unknown
from .sentences import unknown
from .timers import legal_by_system


def check_subcases(procedure: Procedure) -> Iterator[Problem]:
    """Yield what is wrong with the kinds of subcase, and with the actions that open them and fire on them."""
    for name, subcase in procedure.subcases.items():
        path = ("subcases", name)
        yield from _units((*path, "for_each"), subcase.for_each, procedure.case, list_only=True)
        if subcase.lead is not None:
            yield from _lead((*path, "lead"), subcase, procedure.case)
        yield from _delivery((*path, "delivered_to"), subcase, procedure)
        yield from refuse_unknown("document", (*path, "issues"), [subcase.issues], procedure.documents)
        yield from _joins(path, subcase, procedure.case)
        yield from _ending((*path, "when_case_ends"), subcase)
    for place in actions(procedure):
        yield from _opening(place, procedure)
        yield from _firing(place, procedure)


def _is_units(field: Field, *, list_only: bool) -> bool:
    return (field.type is FieldType.LIST and field.of is FieldType.UNIT) or (
        field.type is FieldType.UNIT and not list_only
    )


def _units(path: Path, name: str, case: Lifecycle, *, list_only: bool) -> Iterator[Problem]:
    valid = [field.name for field in case.fields.values() if _is_units(field, list_only=list_only)]
    if name in case.fields and name not in valid:
        message = say(
            "{name} must be a list of unit; it is a field of type {type}", name=name, type=case.fields[name].type
        )
        yield Problem("wrong-type", path, message)
    elif name not in valid:
        yield Problem("unknown-field", path, unknown("field", name, valid))


def _lead(path: Path, subcase: Subcase, case: Lifecycle) -> Iterator[Problem]:
    valid = [field.name for field in case.fields.values() if field.type is FieldType.UNIT]
    lead = subcase.lead or ""
    if lead in case.fields and lead not in valid:
        yield Problem("wrong-type", path, say("{name} must be a field of type unit", name=lead))
    elif lead not in valid:
        yield Problem("unknown-field", path, unknown("field", lead, valid))
    else:
        for state in case.states.values():
            for action in state.actions.values():
                if not _names_lead(action, subcase):
                    message = say(
                        "action {action} opens these for {units} without a condition that {lead} is one of them; "
                        "add: len({units}) == 1 or {lead} in {units}",
                        action=action.name,
                        units=subcase.for_each,
                        lead=lead,
                    )
                    yield Problem("lead-unchecked", path, message)


def _names_lead(action: Action, subcase: Subcase) -> bool:
    """Return whether an action that opens these subcases ties the lead to the units in one of its conditions."""
    opens = action.opens
    if opens is None or opens.subcase != subcase.lifecycle.kind or opens.units != subcase.for_each:
        return True
    return any({subcase.lead, subcase.for_each} <= _names(guard.check) for guard in action.guards)


def _names(source: str) -> frozenset[str]:
    try:
        return compile_expression(source).names
    except ExpressionError:
        return frozenset()


def _delivery(path: Path, subcase: Subcase, procedure: Procedure) -> Iterator[Problem]:
    yield from refuse_unknown("role", path, subcase.delivered_to, procedure.roles)
    for index, name in enumerate(subcase.delivered_to):
        if name in procedure.roles and not procedure.roles[name].of_unit:
            message = say("role {role} is nobody's of a unit; declare it with of: unit", role=name)
            yield Problem("wrong-role", (*path, index), message)


def _joins(path: Path, subcase: Subcase, case: Lifecycle) -> Iterator[Problem]:
    for key, joins in (("when_all", subcase.when_all), ("when_lead", subcase.when_lead)):
        for state, action in joins.items():
            place = (*path, key, state)
            yield from refuse_unknown("state", place, [state], subcase.lifecycle.states, on_key=True)
            yield from refuse_unknown("action", place, [action], case.actions)
            yield from _by_system(place, action, case)


def _by_system(path: Path, name: str, lifecycle: Lifecycle) -> Iterator[Problem]:
    action = lifecycle.actions.get(name)
    if action is not None and SYSTEM not in action.by:
        yield Problem("not-by-system", path, say("the system does {action} here; add system to its by", action=name))


def _ending(path: Path, subcase: Subcase) -> Iterator[Problem]:
    name, lifecycle = subcase.when_case_ends, subcase.lifecycle
    if name is None:
        return
    if name not in lifecycle.actions:
        yield Problem("unknown-action", path, unknown("action", name, lifecycle.actions))
        return
    missing = [
        s.name for s in lifecycle.states.values() if not s.final and not legal_by_system(lifecycle, s.name, name)
    ]
    if missing:
        message = say(
            "{action} must be legal by system in every open state; it is not in: {states}", action=name, states=missing
        )
        yield Problem("not-legal", path, message)


def _opening(place: ActionAt, procedure: Procedure) -> Iterator[Problem]:
    opens = place.action.opens
    if opens is None:
        return
    if place.lifecycle.kind != CASE:
        yield Problem("subcase-action", (*place.path, "opens"), say("only an action of the case can open subcases"))
        return
    yield from refuse_unknown("subcase", (*place.path, "opens", "subcase"), [opens.subcase], procedure.subcases)
    if opens.subcase in procedure.subcases and opens.units != procedure.subcases[opens.subcase].for_each:
        yield from _units((*place.path, "opens", "for"), opens.units, procedure.case, list_only=False)


def _firing(place: ActionAt, procedure: Procedure) -> Iterator[Problem]:
    fires = place.action.fires
    if fires is None:
        return
    path = (*place.path, "fires")
    if place.lifecycle.kind != CASE:
        yield Problem("subcase-action", path, say("only an action of the case can fire actions of subcases"))
        return
    yield from refuse_unknown("subcase", (*path, "subcase"), [fires.subcase], procedure.subcases)
    if fires.subcase in procedure.subcases:
        lifecycle = procedure.subcases[fires.subcase].lifecycle
        yield from refuse_unknown("action", (*path, "action"), [fires.action], lifecycle.actions)
        yield from _by_system((*path, "action"), fires.action, lifecycle)
    if fires.units is not None:
        yield from _units((*path, "for"), fires.units, procedure.case, list_only=False)
