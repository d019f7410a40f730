"""The shape of a test file, key by key as the owner of a procedure writes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ..roster_reader import PersonShape
from ..shorthands import Name, Names, Shape, Title, listed, under

PROVISIONAL = "provisional"
"""The word after a due that no official calendar confirms yet."""

StandingWord = Literal["not_started", "running", "paused", "met", "late", "expired", "ended"]
RefusalCode = Literal["conflict", "invalid-input", "not-allowed", "not-found"]


Words = Annotated[list[str], BeforeValidator(listed, json_schema_input_type=str | list[str])]


class ByShape(Shape):
    """Who acts: somebody by name, or whoever holds a role."""

    person: Name | None = None
    """A person of this file or of the roster; else a role that somebody holds."""
    role: Names = Field(default_factory=list)
    """The role, or several roles that one person holds."""
    unit: Name | None = None
    """The unit for which they act."""


By = Annotated[ByShape, BeforeValidator(under("person"), json_schema_input_type=str | ByShape)]


class DueShape(Shape):
    """When a clock must be due."""

    due: str | None = None
    """The due: a day, which means its 24:00, or a time."""
    provisional: bool = False
    """No official calendar reaches so far yet."""
    strict: str | None = None
    """The earliest of its readings."""
    lenient: str | None = None
    """The latest of its readings."""
    target: str | None = None
    """The working target, for a clock within another one."""
    started: str | None = None
    """From when it is counted, such as a deemed receipt."""


def _due(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    due = value.removesuffix(PROVISIONAL)
    return {"due": due.strip(), "provisional": due != value}


Due = Annotated[DueShape, BeforeValidator(_due, json_schema_input_type=str | DueShape)]


class DeliveryShape(Shape):
    """One thing that the system did by itself."""

    do: Name
    """The action."""
    clock: Name | None = None
    """The clock whose ladder it stands on."""
    on: str | None = None
    """The unit, where it was on a unit's subcase."""
    at: str | None = None
    """The instant at which it took effect."""


Delivery = Annotated[DeliveryShape, BeforeValidator(under("do"), json_schema_input_type=str | DeliveryShape)]


class ExpectShape(Shape):
    """What must be so; what is not named is not looked at."""

    state: Name | None = None
    """The state of the case."""
    due: dict[Name, Due] = Field(default_factory=dict)
    """Clock: when it is due."""
    clocks: dict[Name, StandingWord] = Field(default_factory=dict)
    """Clock: how it stands."""
    overdue: Names | None = None
    """The clocks that are overdue: these and no others."""
    paused: Names | None = None
    """The clocks whose time stands still: these and no others."""
    counted: dict[Name, int] = Field(default_factory=dict)
    """Clock: the number of days that are counted from its start to its due."""
    rungs: dict[Name, dict[str, Names]] = Field(default_factory=dict)
    """Clock: its whole ladder, time by time."""
    fields: dict[Name, Any] = Field(default_factory=dict)
    """Field: its value; null for none."""
    units: dict[Name, Name] | None = None
    """Unit: the state of its subcase; these units and no others."""
    papers: Names | None = None
    """The papers issued so far by the case itself, in order."""


class DoneShape(Shape):
    """Something that is done to a case."""

    do: Name
    """The action."""
    on: str | None = None
    """The unit whose subcase is meant; without it the case itself."""
    by: By
    """Who does it."""
    with_: dict[Name, Any] = Field(default_factory=dict, alias="with")
    """The action's inputs."""


class TableShape(Shape):
    """A table of starts and dues of one clock."""

    clock: Name
    """The clock."""
    title: Title | None = None
    """What it shows."""
    given: dict[Name, Any] = Field(default_factory=dict)
    """The fields with which each case is opened."""
    by: By | None = None
    """Who opens it."""
    starts: Name = "opened"
    """The field that the left column fills in; by default it is when the case is opened."""
    opened: str | None = None
    """When each case is opened; by default at the time in the left column."""
    then: list[DoneShape] = Field(default_factory=list)
    """What is done at once after that, in order."""
    on: str | None = None
    """The unit whose subcase has the clock."""
    calendar: Name | None = None
    """The id of a calendar that replaces the procedure's."""
    table: Annotated[dict[str, Due], Field(min_length=1)]
    """Start: due."""


class StepShape(Shape):
    """One step of a case: ``open``, ``do``, ``tick``, or only ``expect``."""

    at: str | None = None
    """When; by default at the time of the step before."""
    recorded: str | None = None
    """When it is entered, if later than it happened."""
    open: dict[Name, Any] | None = None
    """Open a case with these fields."""
    named: Name | None = None
    """What the case is called in this test, where it opens several."""
    do: Name | None = None
    """Do this action."""
    tick: list[Delivery] | None = None
    """What the system has done by itself since the last tick, in order."""
    on: str | None = None
    """The unit whose subcase is meant, or the name of another case."""
    by: By | None = None
    """Who opens the case or does the action."""
    with_: dict[Name, Any] = Field(default_factory=dict, alias="with")
    """The action's inputs."""
    expect: ExpectShape | None = None
    """What must be so after the step."""
    refused: RefusalCode | None = None
    """The code of the refusal with which the step must end."""
    because: Words = Field(default_factory=list)
    """Words that the refusal must contain, each in either language."""


class CaseShape(Shape):
    """A case, step by step."""

    title: Title | None = None
    """What it shows."""
    calendar: Name | None = None
    """The id of a calendar that replaces the procedure's."""
    steps: Annotated[list[StepShape], Field(min_length=1)]
    """The steps, in order of time."""


class RehearsalShape(Shape):
    """A test file."""

    test: Name
    """The id of the procedure; this key comes first."""
    title: Title | None = None
    """What the file is about."""
    roster: Name | None = None
    """The id of the roster whose people and units act."""
    calendar: Name | None = None
    """The id of a calendar that replaces the procedure's."""
    people: dict[Name, PersonShape] = Field(default_factory=dict)
    """Invented people: name, roles, unit."""
    dues: list[TableShape] = Field(default_factory=list)
    """Tables of starts and dues."""
    cases: list[CaseShape] = Field(default_factory=list)
    """Cases, step by step."""
