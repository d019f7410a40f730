"""A plan file (`*.report.yaml`) to the plan of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import Field

from ...workflow.accounts import SlipWords
from ...workflow.errors import DefinitionInvalid, NotFound, Problem
from ...workflow.messages import say
from ...workflow.model import Lifecycle, Procedure
from ...workflow.reports import Group, PatrolPlan, Plan
from .. import shipped
from ..office_reader import read_text
from ..procedures.lifecycle_reader import title_of
from ..shape_problems import check_shape
from ..shorthands import Name, Names, Shape, Title
from ..yaml_reader import Source, read_yaml


class SlipsShape(Shape):
    """The subcases of the units: their kind, the unit's own clock, and what is done on them."""

    kind: Name
    """The kind of subcase."""
    clock: Name | None = None
    """The clock of the unit's own limit."""
    received: Names = Field(default_factory=list)
    """Actions by which a unit signs for it."""
    received_by: Name | None = None
    """The clock within which it must be signed for."""
    returned: Names = Field(default_factory=list)
    """Actions by which a unit asks to return it."""
    return_accepted: Names = Field(default_factory=list)
    """Actions by which a return is accepted."""
    return_refused: Names = Field(default_factory=list)
    """Actions by which a return is refused."""
    return_clock: Name | None = None
    """The clock within which it may be returned in time."""
    sent_back: Names = Field(default_factory=list)
    """Actions by which a reply is sent back to be done again."""
    explained: Names = Field(default_factory=list)
    """Actions by which a unit explains itself."""
    urged: Names = Field(default_factory=list)
    """Actions by which a unit is urged."""
    supervised: Names = Field(default_factory=list)
    """Actions by which a unit is supervised."""
    named: Names = Field(default_factory=list)
    """Actions by which a unit is named in a bulletin."""


class GroupShape(Shape):
    """By which field cases are grouped, and how small a cell may be to be shown."""

    field: Name
    """The field of the case by whose value cases are grouped."""
    title: Title | None = None
    """What people call the group."""
    small: int = Field(default=0, ge=0)
    """A cell of fewer cases than this is not shown."""


class PatrolShape(Shape):
    """The procedure of which each case is a patrol, its fields, and the sites to be read every day."""

    procedure: Name
    """The procedure of which each case is one patrol."""
    day: Name
    """The field with the day of the patrol."""
    sites: Name
    """The field with the sites that were read."""
    expected: list[str] = Field(default_factory=list)
    """The sites that must be read every day."""
    void: Names = Field(default_factory=list)
    """States of patrols that were entered by mistake and do not count."""


class ReportShape(Shape):
    """A plan file."""

    report: Name
    """The id of the procedure that the report is about; this key comes first."""
    slips: SlipsShape | None = None
    """The subcases of the units, and what is done on them."""
    dispatch: Names = Field(default_factory=list)
    """Actions that give a case to units."""
    reply_clock: Name | None = None
    """The clock of the reply."""
    replied: Names = Field(default_factory=list)
    """Actions that reply."""
    first_clock: Name | None = None
    """The clock of the first response."""
    first: Names = Field(default_factory=list)
    """Actions that are the first response."""
    extended: Names = Field(default_factory=list)
    """Actions that extend the limit."""
    invalid: Names = Field(default_factory=list)
    """States of posts that need no reply."""
    merged: Names = Field(default_factory=list)
    """States of posts that were linked to another case."""
    outcome: Name | None = None
    """The field with the result."""
    solved: Names = Field(default_factory=list)
    """The values of ``outcome`` that mean solved."""
    called_back: Name | None = None
    """The field with what the author said when called back."""
    asked: Names = Field(default_factory=list)
    """The values of ``called_back`` that mean that something was said."""
    satisfied: Names = Field(default_factory=list)
    """The values of ``called_back`` that mean content."""
    groups: dict[Name, GroupShape] = Field(default_factory=dict)
    """Further groups of cases for the figures."""
    patrol: PatrolShape | None = None
    """The log of patrols."""


RESERVED = ("unit", "stage", "month")
"""Groups that every report has."""


def read_plan(text: str, file: str, procedure: Procedure | None = None) -> Plan:
    """Return the plan that a file describes. Raises `DefinitionInvalid` with every problem of it.

    Args:
        procedure: the procedure that it is about: every name must be declared there.
    """
    source = read_yaml(text, file)
    shape, problems = check_shape(ReportShape, source.data)
    if shape is None:
        raise source.refusal(problems)
    _refuse(source, _problems(shape, procedure))
    slips = SlipWords(**_tuples(shape.slips)) if shape.slips else None
    groups = tuple(
        Group(name, group.field, title_of(name, group.title), group.small) for name, group in shape.groups.items()
    )
    patrol = PatrolPlan(**_tuples(shape.patrol)) if shape.patrol else None
    plain = {
        name: value for name, value in _tuples(shape).items() if name not in ("report", "slips", "groups", "patrol")
    }
    return Plan(shape.report, slips=slips, groups=groups, patrol=patrol, **plain)


def _tuples(shape: Shape) -> dict[str, Any]:
    values = {name: getattr(shape, name) for name in type(shape).model_fields}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _refuse(source: Source, problems: Iterator[Problem]) -> None:
    found = list(problems)
    if found:
        raise source.refusal(found)


def _problems(shape: ReportShape, procedure: Procedure | None) -> Iterator[Problem]:
    for name in RESERVED:
        if name in shape.groups:
            message = say("every report has a group {name} of its own; give this one another name", name=name)
            yield Problem("reserved-name", ("groups", name), message, on_key=True)
    if procedure is None:
        return
    yield from _unknown(shape, (), procedure.case, _CASE_PARTS)
    for name, group in shape.groups.items():
        yield from _not_in(group.field, procedure.case.fields, ("groups", name, "field"), "field")
    if shape.slips and shape.slips.kind not in procedure.subcases:
        yield from _not_in(shape.slips.kind, procedure.subcases, ("slips", "kind"), "subcase")
    elif shape.slips:
        yield from _unknown(shape.slips, ("slips",), procedure.lifecycle(shape.slips.kind), _SLIP_PARTS)


_CASE_PARTS = {
    "actions": ("dispatch", "replied", "first", "extended"),
    "clocks": ("reply_clock", "first_clock"),
    "states": ("invalid", "merged"),
    "fields": ("outcome", "called_back"),
}
_SLIP_PARTS = {
    "actions": (
        "received",
        "returned",
        "return_accepted",
        "return_refused",
        "sent_back",
        "explained",
        "urged",
        "supervised",
        "named",
    ),
    "clocks": ("clock", "received_by", "return_clock"),
}


def _unknown(
    shape: Shape, path: tuple[str, ...], lifecycle: Lifecycle, parts: dict[str, tuple[str, ...]]
) -> Iterator[Problem]:
    for part, keys in parts.items():
        for key in keys:
            value = getattr(shape, key)
            for name in value if isinstance(value, list) else [value] if value else []:
                yield from _not_in(name, getattr(lifecycle, part), (*path, key), part.removesuffix("s"))


def _not_in(name: str, declared: Iterable[str], path: tuple[str, ...], kind: str) -> Iterator[Problem]:
    known = list(declared)
    if name not in known:
        yield Problem(
            f"unknown-{kind}", path, say("nothing here is called {name}; there are: {known}", name=name, known=known)
        )


def shipped_plan(procedure: str) -> Plan | None:
    """Return the plan that comes with the package for a procedure; None when none does."""
    file = f"{procedure}.report.yaml"
    try:
        text = shipped(file)
    except NotFound:
        return None
    return read_plan(text, file)


def find_plan(folder: Path, procedure: Procedure) -> Plan | None:
    """Return the plan of a procedure: that of the office's folder, else the shipped one, None when there is neither.

    A shipped plan is used only where it fits the procedure that the office has deployed under that name.

    Raises `DefinitionInvalid` when the folder's own has mistakes, or does not fit the procedure.
    """
    file = folder / f"{procedure.id}.report.yaml"
    if file.exists():
        return read_plan(read_text(file), str(file), procedure)
    try:
        return read_plan(shipped(file.name), file.name, procedure)
    except (NotFound, DefinitionInvalid):
        return None
