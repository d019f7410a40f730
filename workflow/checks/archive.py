"""The record of a case: what fills its classes is declared, and every class can be filled."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..messages import say
from ..model import Archive, ArchiveClass, FieldType, Procedure
from .places import Path, refuse_unknown


def check_archive(procedure: Procedure) -> Iterator[Problem]:
    """Yield whatever the archive section names that is not declared, and every class that nothing can fill."""
    archive = procedure.archive
    if archive is None:
        return
    place: Path = ("archive",)
    yield from refuse_unknown("state", (*place, "in"), archive.states, procedure.case.states)
    yield from refuse_unknown("field", (*place, "named_by"), [archive.named_by], procedure.case.fields)
    yield from _private_name(procedure, archive)
    if archive.retention:
        yield from _retention(procedure, archive.retention.field)
    for one in archive.classes.values():
        yield from _class(procedure, archive, one)


def _private_name(procedure: Procedure, archive: Archive) -> Iterator[Problem]:
    if archive.named_by in procedure.case.private:
        message = say("a record cannot be named by {field}, which is private", field=archive.named_by)
        yield Problem("archive-private", ("archive", "named_by"), message)


def _retention(procedure: Procedure, name: str | None) -> Iterator[Problem]:
    place = ("archive", "retention", "field")
    yield from refuse_unknown("field", place, [name], procedure.case.fields)
    field = procedure.case.fields.get(name or "")
    if field and field.type not in (FieldType.CHOICE, FieldType.TEXT):
        message = say(
            "expected a choice or a text that says how long; {field} is of type {type}", field=name, type=field.type
        )
        yield Problem("archive-retention", place, message)


def _class(procedure: Procedure, archive: Archive, one: ArchiveClass) -> Iterator[Problem]:
    place = ("archive", "classes", one.name)
    yield from refuse_unknown("field", (*place, "fields"), one.fields, fillers(procedure))
    yield from refuse_unknown("document", (*place, "documents"), one.documents, procedure.documents)
    yield from refuse_unknown("state", (*place, "required_in"), one.required_in, archive.states)
    if not one.fields and not one.documents:
        message = say("nothing fills this class; name the fields or documents that do")
        yield Problem("archive-class", place, message, on_key=True)


def fillers(procedure: Procedure) -> tuple[str, ...]:
    """Return the names of all fields that may fill a class: the case's, and ``kind.field`` of its subcases."""
    below = (f"{kind}.{name}" for kind, subcase in procedure.subcases.items() for name in subcase.lifecycle.fields)
    return (*procedure.case.fields, *below)
