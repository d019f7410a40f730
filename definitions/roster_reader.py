"""A roster file to the units and people of an office."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from ..workflow.checks.sentences import nearest
from ..workflow.errors import Problem
from ..workflow.messages import say
from ..workflow.model import SYSTEM
from ..workflow.roster import Actor, Roster, Unit
from .procedures.lifecycle_reader import title_of
from .shape_problems import check_shape
from .shorthands import Name, Names, Shape, Title
from .yaml_reader import Source


class UnitShape(Shape):
    """A unit of the office."""

    title: Title | None = None
    can_lead: bool = True


class PersonShape(Shape):
    """Somebody who acts."""

    name: Title | None = None
    roles: Names
    unit: Name | None = None


class RosterShape(Shape):
    """A roster file."""

    roster: Name
    units: dict[Name, UnitShape] = Field(default_factory=dict)
    people: dict[Name, PersonShape] = Field(default_factory=dict)


def read_roster(source: Source) -> Roster:
    """Return the roster that a file describes. Raises `DefinitionInvalid` with every problem of it."""
    shape, problems = check_shape(RosterShape, source.data)
    if shape is None:
        raise source.refusal(problems)
    problems = list(_problems(shape))
    if problems:
        raise source.refusal(problems)
    return Roster(
        units={name: Unit(name, title_of(name, unit.title), unit.can_lead) for name, unit in shape.units.items()},
        people={
            name: Actor(name, frozenset(person.roles), person.unit, title_of(name, person.name))
            for name, person in shape.people.items()
        },
    )


def _problems(shape: RosterShape) -> Iterator[Problem]:
    for name, person in shape.people.items():
        path = ("people", name)
        if name == SYSTEM:
            yield Problem(
                "reserved-name", path, say("{name} is the engine itself; no person can be", name=name), on_key=True
            )
        if SYSTEM in person.roles:
            place = (*path, "roles", person.roles.index(SYSTEM))
            yield Problem(
                "reserved-name", place, say("the role {role} is the engine's own; nobody can hold it", role=SYSTEM)
            )
        if person.unit is not None and person.unit not in shape.units:
            near = nearest(person.unit, shape.units)
            message = (
                say("no unit {name}; did you mean {near}?", name=person.unit, near=near)
                if near
                else say("no unit {name}; declared: {units}", name=person.unit, units=list(shape.units))
            )
            yield Problem("unknown-unit", (*path, "unit"), message)
