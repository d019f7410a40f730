"""A procedure file to the checked model: shape, then parts, then how the parts fit together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...workflow.checks import check
from ...workflow.checks.sentences import nearest
from ...workflow.errors import Problem
from ...workflow.messages import say
from ...workflow.model import CASE, Document, Procedure, Reading, Role, Shown, Stage, Subcase
from ..shape_problems import check_shape
from ..yaml_reader import Path, Source
from .archive_reader import read_archive
from .lifecycle_reader import LifecycleReader, title_of
from .repair import beside, repaired
from .shapes import DocumentShape, ProcedureShape, ShownShape, ShowsShape, SubcaseShape


def read_procedure(source: Source) -> Procedure:
    """Return the procedure that a file describes. Raises `DefinitionInvalid` with every problem of it."""
    shape, problems = check_shape(ProcedureShape, source.data)
    if shape is None:
        raise source.refusal([*problems, *_problems_beside(problems, source)])
    procedure, problems = _judged(shape, source)
    if problems:
        raise source.refusal(problems)
    return procedure


def _judged(shape: ProcedureShape, source: Source) -> tuple[Procedure, list[Problem]]:
    procedure, problems = _assemble(shape)
    problems += [*check(procedure), *_switches(shape, source)]
    return procedure, [as_written(problem, source) for problem in problems]


def _problems_beside(problems: list[Problem], source: Source) -> list[Problem]:
    """Return what is wrong beside the shape, as far as the mistakes of shape can be undone."""
    shape, left = check_shape(ProcedureShape, repaired(source.data, problems))
    if shape is None:
        return [problem for problem in left if beside(problem, problems)]
    return [problem for problem in _judged(shape, source)[1] if beside(problem, problems)]


def _assemble(shape: ProcedureShape) -> tuple[Procedure, list[Problem]]:
    for_each = {name: subcase.for_each for name, subcase in shape.subcases.items()}
    case = LifecycleReader(CASE, shape, (), for_each)
    parts = {
        name: LifecycleReader(name, subcase, ("subcases", name), for_each) for name, subcase in shape.subcases.items()
    }
    procedure = Procedure(
        id=shape.procedure,
        version=shape.version,
        title=title_of(shape.procedure, shape.title),
        calendar=shape.calendar,
        numbering=shape.numbering,
        opened_by=tuple(shape.opened_by),
        redacted_by=tuple(shape.redacted_by),
        unmasked_by=tuple(shape.unmasked_by),
        concealed_from=shape.concealed_from,
        erase_private_after=shape.erase_private_after,
        stages=_stages(shape),
        roles={name: Role(name, title_of(name, role.title), role.of is not None) for name, role in shape.roles.items()},
        case=case.read(),
        basis=shape.basis,
        subcases={name: _subcase(name, shape.subcases[name], part) for name, part in parts.items()},
        documents={name: _document(name, document) for name, document in shape.documents.items()},
        separation=tuple(tuple(group) for group in shape.separation),
        archive=read_archive(shape.archive, shape.states) if shape.archive else None,
        readings=tuple(
            Reading(question, reading.adopted, reading.basis, tuple(reading.switch.split(".")))
            for question, reading in shape.readings.items()
        ),
    )
    return procedure, [problem for part in (case, *parts.values()) for problem in part.problems]


def _stages(shape: ProcedureShape) -> dict[str, Stage]:
    return {
        name: Stage(name, stage.step or position, title_of(name, stage.title), stage.basis, stage.beside_states)
        for position, (name, stage) in enumerate(shape.stages.items(), start=1)
    }


def _subcase(name: str, shape: SubcaseShape, part: LifecycleReader) -> Subcase:
    return Subcase(
        lifecycle=part.read(),
        title=title_of(name, shape.title),
        for_each=shape.for_each,
        lead=shape.lead,
        delivered_to=tuple(shape.delivered_to),
        when_all=dict(shape.when_all),
        when_lead=dict(shape.when_lead),
        when_case_ends=shape.when_case_ends,
        issues=shape.issues,
    )


def _document(name: str, shape: DocumentShape) -> Document:
    shows = shape.shows
    return Document(
        name,
        title_of(name, shape.title),
        shape.numbering,
        template=shape.template or "",
        shows=_shown(shows),
        subcases={kind: _shown(part) for kind, part in shows.subcases.items()},
        papers=tuple(shows.papers),
    )


def _shown(shape: ShowsShape | ShownShape) -> Shown:
    return Shown(tuple(shape.fields), tuple(shape.clocks), tuple(shape.actions))


def _switches(shape: ProcedureShape, source: Source) -> Iterator[Problem]:
    """Yield the readings whose switch is not a place in this file."""
    places = {".".join(map(str, path)) for path in source.values if path}
    for question, reading in shape.readings.items():
        if reading.switch not in places:
            near = nearest(reading.switch, places)
            message = (
                say("no place {switch} in this file; did you mean {near}?", switch=reading.switch, near=near)
                if near
                else say("no place {switch} in this file; write its keys joined by dots", switch=reading.switch)
            )
            yield Problem("unknown-place", ("readings", question, "switch"), message)


def as_written(problem: Problem, source: Source) -> Problem:
    """Return the problem of an action where the action is written: in its state, or among those of several states."""
    path = problem.path
    prefix: Path = path[:2] if path[:1] == ("subcases",) else ()
    rest = path[len(prefix) :]
    if len(rest) > 3 and rest[0] == "states" and rest[2] == "actions" and path[: len(prefix) + 4] not in source.values:
        return replace(problem, path=(*prefix, "actions", *rest[3:]))
    return problem
