"""Names: everything that a definition mentions must be declared in it, and no name may have two meanings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..errors import Problem
from ..messages import say
from ..model import (
    CASE,
    DISCLOSED,
    JOINED,
    MIGRATED,
    OPEN,
    OPENED,
    PRINTED,
    RECOUNTED,
    REDACTED,
    REVISED,
    SYSTEM,
    Field,
    FieldType,
    Lifecycle,
    Mask,
    Procedure,
)
from .places import Path, actions, lifecycles, refuse_unknown


def check_names(procedure: Procedure) -> Iterator[Problem]:
    """Yield every name that is not declared, and every declaration that is incomplete or takes a reserved name."""
    yield from _whole(procedure)
    for path, lifecycle in lifecycles(procedure):
        yield from _reserved(path, lifecycle)
        yield from _fields(procedure, path, lifecycle)
        for state in lifecycle.states.values():
            yield from refuse_unknown("stage", (*path, "states", state.name, "stage"), [state.stage], procedure.stages)
    yield from _actions(procedure)


def _whole(procedure: Procedure) -> Iterator[Problem]:
    yield from refuse_unknown("role", ("opened_by",), procedure.opened_by, [*procedure.roles, SYSTEM])
    yield from refuse_unknown("role", ("redacted_by",), procedure.redacted_by, procedure.roles)
    yield from refuse_unknown("role", ("unmasked_by",), procedure.unmasked_by, procedure.roles)
    if procedure.concealed_from:
        units = [it.name for it in procedure.case.fields.values() if FieldType.UNIT in (it.type, it.of)]
        yield from refuse_unknown("field", ("concealed_from",), [procedure.concealed_from], units)
    done = {name for _, lifecycle in lifecycles(procedure) for name in lifecycle.actions}
    for index, group in enumerate(procedure.separation):
        yield from refuse_unknown("action", ("separation", index), group, done)
        if len(set(group)) < 2:
            message = say("expected at least two actions that one person may not both do")
            yield Problem("separation", ("separation", index), message)
    steps: dict[int, str] = {}
    for stage in procedure.stages.values():
        if steps.setdefault(stage.step, stage.name) != stage.name:
            message = say("stage {other} is step {step} already", other=steps[stage.step], step=stage.step)
            yield Problem("duplicate-step", ("stages", stage.name, "step"), message)
    for path, word, names in (
        (("roles",), SYSTEM, procedure.roles),
        (("subcases",), CASE, procedure.subcases),
    ):
        if word in names:
            yield _reserved_name((*path, word), word)


def _reserved_name(path: Path, word: str) -> Problem:
    return Problem(
        "reserved-name", path, say("{name} has a meaning of its own; choose another name", name=word), on_key=True
    )


def _reserved(path: Path, lifecycle: Lifecycle) -> Iterator[Problem]:
    if OPEN in lifecycle.states:
        yield _reserved_name((*path, "states", OPEN), OPEN)
    if OPENED in lifecycle.fields:
        yield _reserved_name((*path, "fields", OPENED), OPENED)
    for state in lifecycle.states.values():
        for word in (DISCLOSED, JOINED, MIGRATED, OPEN, OPENED, PRINTED, RECOUNTED, REDACTED, REVISED):
            if word in state.actions:
                yield _reserved_name((*path, "states", state.name, "actions", word), word)


def _fields(procedure: Procedure, path: Path, lifecycle: Lifecycle) -> Iterator[Problem]:
    for field in lifecycle.fields.values():
        yield from _field(procedure, (*path, "fields", field.name), field)
    yield from _let_pass((*path, "fields"), lifecycle.opens_with)
    for state in lifecycle.states.values():
        for action in state.actions.values():
            place = (*path, "states", state.name, "actions", action.name, "input")
            for field in action.inputs:
                yield from _field(procedure, (*place, field.name), field)
            yield from _let_pass(place, action.inputs)


def _let_pass(path: Path, fields: Sequence[Field]) -> Iterator[Problem]:
    """The field that lets a guarded text pass must be given with it."""
    for field in fields:
        unless = [field.published_unless] if field.published_unless else []
        yield from refuse_unknown("field", (*path, field.name, "guard_unless"), unless, [it.name for it in fields])


def _field(procedure: Procedure, path: Path, field: Field) -> Iterator[Problem]:
    yield from refuse_unknown("role", (*path, "set_by"), field.set_by, [*procedure.roles, SYSTEM])
    is_list, is_choice = field.type is FieldType.LIST, field.type is FieldType.CHOICE
    if is_list and field.of in (None, FieldType.LIST, FieldType.CHOICE):
        yield Problem("field-shape", path, say("a list needs of: the type of its items, such as of: unit"), on_key=True)
    if not is_list and field.of is not None:
        yield Problem("field-shape", (*path, "of"), say("only a list takes of"), on_key=True)
    if is_choice and not field.choices:
        yield Problem("field-shape", path, say("a choice needs choices: its values with their titles"), on_key=True)
    if not is_choice and field.choices:
        yield Problem("field-shape", (*path, "choices"), say("only a choice takes choices"), on_key=True)
    if field.published and field.type is not FieldType.TEXT:
        yield Problem("field-shape", (*path, "guard"), say("only a text is guarded for publication"), on_key=True)
    if field.published_unless and not field.published:
        yield Problem(
            "field-shape", (*path, "guard_unless"), say("only a guarded text takes guard_unless"), on_key=True
        )
    if field.mask is not Mask.WHOLE and FieldType.TEXT not in (field.type, field.of):
        message = say("only a text can be masked as {mask}; write private: true", mask=field.mask.value)
        yield Problem("field-shape", (*path, "private"), message, on_key=True)


def _actions(procedure: Procedure) -> Iterator[Problem]:
    roles = [*procedure.roles, SYSTEM]
    for path, lifecycle, action in actions(procedure):
        yield from refuse_unknown("role", (*path, "by"), action.by, roles)
        yield from refuse_unknown("role", (*path, "tells"), action.tells, procedure.roles)
        yield from refuse_unknown("state", (*path, "to"), [action.to], lifecycle.states)
        yield from refuse_unknown("document", (*path, "issues"), [action.issues], procedure.documents)
        yield from refuse_unknown("clock", (*path, "drops"), action.drops, lifecycle.clocks)
        for name in action.sets:
            yield from refuse_unknown("field", (*path, "sets", name), [name], lifecycle.fields, on_key=True)
