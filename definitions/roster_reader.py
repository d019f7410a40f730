"""A roster file to the units and people of an office."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from ..workflow.checks.sentences import nearest
from ..workflow.errors import Problem
from ..workflow.messages import Message, say
from ..workflow.model import SYSTEM
from ..workflow.roster import Actor, Roster, Unit
from .procedures.lifecycle_reader import title_of
from .shape_problems import check_shape
from .shorthands import Name, Names, Shape, Title, listed
from .yaml_reader import Source

ADDRESS = re.compile(r"[^@\s:/]+@[^@\s]+|https?://\S+|(dingtalk|wecom|feishu):\S+")
"""What letters can be sent to: a mail address, a web address that takes JSON, or a robot of a group chat."""


class UnitShape(Shape):
    """A unit of the office."""

    title: Title | None = None
    """What people call it."""
    can_lead: bool = True
    """Whether it may lead where several units are given a case."""
    vacant: Names = Field(default_factory=list)
    """Roles for which it has nobody, on purpose; `check` does not ask for them."""


class PersonShape(Shape):
    """Somebody who acts."""

    name: Title | None = None
    """What people call them."""
    roles: Names
    """The role, or the roles, that they hold."""
    unit: Name | None = None
    """The unit they belong to."""
    notify: Annotated[list[str], BeforeValidator(listed)] = Field(default_factory=list)
    """Where letters to them go: a mail address, a web address, or a robot of a group chat."""
    language: Literal["en", "zh"] | None = None
    """``en`` or ``zh``: in which letters to them are written."""


class RosterShape(Shape):
    """A roster file."""

    roster: Name
    """The id; this key comes first."""
    units: dict[Name, UnitShape] = Field(default_factory=dict)
    """The units of the office."""
    people: dict[Name, PersonShape] = Field(default_factory=dict)
    """The people who act, by the id that they type."""
    language: Literal["en", "zh"] = "en"
    """``en`` or ``zh``: in which letters are written, where a person has no language of their own."""
    procedures: Names = Field(default_factory=list)
    """The procedures that its people work by; of all in the folder where it says none."""


def read_roster(source: Source) -> Roster:
    """Return the roster that a file describes. Raises `DefinitionInvalid` with every problem of it."""
    shape, problems = check_shape(RosterShape, source.data)
    if shape is None:
        raise source.refusal(problems)
    problems = list(_problems(shape))
    if problems:
        raise source.refusal(problems)
    return Roster(
        units={
            name: Unit(name, title_of(name, unit.title), unit.can_lead, tuple(unit.vacant))
            for name, unit in shape.units.items()
        },
        people={
            name: Actor(
                name,
                frozenset(person.roles),
                person.unit,
                title_of(name, person.name),
                tuple(person.notify),
                person.language,
            )
            for name, person in shape.people.items()
        },
        language=shape.language,
        procedures=tuple(shape.procedures),
    )


def _no_address() -> Message:
    """What is wrong with an address, which may hold a secret and is not repeated."""
    return say(
        "this is no address for letters; expected one such as {mail}, {web}, {robots}",
        mail="wang@example.org",
        web="https://example.org/inbox",
        robots="dingtalk:TOKEN:SECRET, wecom:KEY, feishu:TOKEN:SECRET",
    )


def _problems(shape: RosterShape) -> Iterator[Problem]:
    for name, person in shape.people.items():
        path = ("people", name)
        if name == SYSTEM:
            yield Problem(
                "reserved-name", path, say("{name} is the engine itself; no person can be", name=name), on_key=True
            )
        for serial, address in enumerate(person.notify):
            if not ADDRESS.fullmatch(address):
                yield Problem("address", (*path, "notify", serial), _no_address())
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
