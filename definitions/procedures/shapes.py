"""The shape of a procedure file, key by key as people write it.

A shape says which keys there are and what kind of value each takes. It knows nothing of how the parts fit together:
`reader` makes the model, and `workflow.checks` judges that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from ..shorthands import Choices, Kind, Length, Mark, Name, Names, Privacy, Shape, Title, listed, under
from .clock_shapes import ClockShape


class StageShape(Shape):
    """One of the steps people talk about."""

    step: Annotated[int, Field(ge=1)] | None = None
    """The number of the step; by default its position."""
    title: Title | None = None
    """What people call it."""
    basis: Title | None = None
    """The provision it comes from."""
    beside_states: bool = False
    """It is done beside the states, such as supervision by clocks; no state belongs to it, and that is meant."""


class RoleShape(Shape):
    """Somebody's part in the procedure."""

    title: Title | None = None
    """What people call it."""
    of: Literal["unit"] | None = None
    """``unit``: whoever holds the role acts for their own unit only."""


class FieldShape(Shape):
    """A value that a case carries or an action takes."""

    type: Kind
    """What kind of value it is."""
    title: Title | None = None
    """What people call it."""
    required: bool = False
    """It must be given: to open a case, or for the action whose input it is."""
    private: Privacy = False
    """It is masked in output: wholly, or as a ``phone`` number, an ``id`` number, a ``name`` or an ``address``."""
    guard: Literal["publication"] | None = None
    """``publication``: refused while phone or identity numbers, bank cards, plates or mail addresses stand in it."""
    guard_unless: Name | None = None
    """A field; where it is given with the text, as the reason to publish it nonetheless, the guard lets it pass."""
    of: Kind | None = None
    """For a list: the type of its items."""
    choices: Choices | None = None
    """For a choice: its values with their titles, or a plain list of values."""
    set_by: Names = Field(default_factory=list)
    """Roles that may give it; by default whoever may take the action."""


def _reference(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if not isinstance(value, str):
        return handler(value)
    if value not in ("optional", "required"):
        raise PydanticCustomError("word", "expected a word", {"found": value, "valid": ["optional", "required"]})
    return value


if TYPE_CHECKING:
    Input = FieldShape | Literal["optional", "required"]
else:
    # not a union, so that a mistake in a field is told once, at its place
    Input = Annotated[
        FieldShape, WrapValidator(_reference, json_schema_input_type=FieldShape | Literal["optional", "required"])
    ]


class ShownShape(Shape):
    """What a paper shows of a subcase."""

    fields: list[Name] = Field(default_factory=list)
    """Values of it."""
    clocks: list[Name] = Field(default_factory=list)
    """Clocks: when they are due, on what basis, whether extended, and overdue by how much."""
    actions: list[Name] = Field(default_factory=list)
    """Actions: how often each was done, when, by whom, and with which inputs."""


class ShowsShape(Shape):
    """What a paper shows of the case, or subcase, that issues it."""

    fields: list[str] = Field(default_factory=list)
    """Values of the case; with ``case.`` of the parent, when a subcase issues it."""
    clocks: list[str] = Field(default_factory=list)
    """Clocks: when they are due, on what basis, whether extended, and overdue by how much."""
    actions: list[str] = Field(default_factory=list)
    """Actions: how often each was done, when, by whom, and with which inputs."""
    subcases: dict[Name, ShownShape] = Field(default_factory=dict)
    """For kinds of subcase: what it shows of each of them."""
    papers: Names = Field(default_factory=list)
    """Documents of which it lists what was issued before."""


class DocumentShape(Shape):
    """A paper that an action issues."""

    title: Title | None = None
    """What people call it."""
    numbering: str
    """The pattern of its numbers, with ``{year}`` and ``{serial}``; each document has a series of its own."""
    template: Name | None = None
    """The name of its template's file, without the ending; by default that of the document."""
    shows: ShowsShape = Field(default_factory=ShowsShape)
    """What of the case is fixed in it when it is issued, for its template to print."""


class GuardShape(Shape):
    """A condition, and what to tell whoever does not meet it."""

    check: str
    """An expression that must hold."""
    say: Title | None = None
    """What to tell whoever does not meet it."""


def _guards(value: Any) -> Any:
    items = [value] if isinstance(value, str | dict) else value
    return [under("check")(item) for item in items] if isinstance(items, list) else items


Guards = Annotated[
    list[GuardShape],
    BeforeValidator(_guards, json_schema_input_type=str | GuardShape | list[str | GuardShape]),
]


Words = Annotated[list[str], BeforeValidator(listed, json_schema_input_type=str | list[str])]


class OpensShape(Shape):
    """Subcases that an action opens."""

    subcase: Name
    """The kind of subcase."""
    for_: Annotated[Name | None, Field(alias="for")] = None
    """The field that names the unit or units; by default the subcase's ``for_each``."""


class FiresShape(Shape):
    """An action that is fired on subcases."""

    subcase: Name
    """The kind of subcase."""
    action: Name
    """The subcases' action, done by the system."""
    for_: Annotated[Name | None, Field(alias="for")] = None
    """The field that names the unit or units; by default every subcase where the action is legal."""


class SplitsShape(Shape):
    """New cases that an action splits off."""

    for_: Annotated[Name, Field(alias="for")]
    """The input that lists their texts: one new case for each."""
    field: Name
    """The field of the new case that each text becomes."""


Opens = Annotated[OpensShape, BeforeValidator(under("subcase"), json_schema_input_type=str | OpensShape)]


class ActionShape(Shape):
    """What a person, or the system, may do."""

    title: Title | None = None
    """What people call it."""
    by: Names
    """Roles that may do it; ``system`` for what the engine does by itself."""
    to: Name | None = None
    """The state it leads to; without it the case stays where it is."""
    optional: bool = False
    """It may be done, but nobody's inbox shows the case because of it."""
    basis: Title | None = None
    """The provision it comes from."""
    input: dict[Name, Input] = Field(default_factory=dict)
    """Values it takes: a field declared here, or ``optional`` or ``required`` for a field of the case."""
    when: Guards = Field(default_factory=list)
    """Conditions that must all hold: an expression, or a list of ``check`` and ``say``."""
    sets: dict[Name, str] = Field(default_factory=dict)
    """Fields computed from expressions when it is done."""
    opens: Opens | None = None
    """Subcases that it opens, one for each unit."""
    fires: FiresShape | None = None
    """An action that it fires on subcases."""
    issues: Name | None = None
    """The document that it issues, with a number."""
    tells: Names = Field(default_factory=list)
    """Roles whose holders are told of it by letter, where the roster has an address of theirs."""
    merges_into: Name | None = None
    """The input that names the case into which this one is merged."""
    splits: SplitsShape | None = None
    """New cases that it splits off, one for each text of an input."""
    drops: Names = Field(default_factory=list)
    """Clocks that need not be met any more when it ends the case, and that is meant."""


class SharedActionShape(ActionShape):
    """An action that is legal in several states."""

    in_: Annotated[Names, Field(alias="in")]
    """The states where it is legal; ``open`` for all that are not final."""


class StateShape(Shape):
    """One state, with the actions that are legal in it."""

    stage: Name
    """The step it belongs to."""
    title: Title | None = None
    """What people call it."""
    actions: dict[Name, ActionShape] = Field(default_factory=dict)
    """What may be done in it."""
    final: bool = False
    """Cases end here."""
    unlimited: Mark = False
    """A case may wait here without a clock, and that is meant: ``true``, or the reason."""


class LifecycleShape(Shape):
    """What a case and a subcase have in common."""

    fields: dict[Name, FieldShape] = Field(default_factory=dict)
    """What the case carries."""
    clocks: dict[Name, ClockShape] = Field(default_factory=dict)
    """Limits that run beside the states."""
    states: Annotated[dict[Name, StateShape], Field(min_length=1)]
    """The states; a case begins in the first."""
    actions: dict[Name, SharedActionShape] = Field(default_factory=dict)
    """Actions that are legal in several states."""


class SubcaseShape(LifecycleShape):
    """A kind of subcase: one for each unit."""

    title: Title | None = None
    """What people call it."""
    for_each: Name
    """The case's list of units: one subcase for each."""
    lead: Name | None = None
    """The case's field that names the lead unit."""
    delivered_to: Names = Field(default_factory=list)
    """Roles of the unit to whom it is delivered: the first that the roster has."""
    when_all: dict[Name, Name] = Field(default_factory=dict)
    """State of the subcases: action that the system does on the case when all of them are in it."""
    when_lead: dict[Name, Name] = Field(default_factory=dict)
    """The same, as soon as the lead unit's subcase enters the state."""
    when_case_ends: Name | None = None
    """The action that the system does on every open subcase when the case ends."""
    issues: Name | None = None
    """The document that its opening issues."""


class ArchiveClassShape(Shape):
    """A class of material that the record of a case holds."""

    title: Title | None = None
    """What people call it."""
    fields: Words = Field(default_factory=list)
    """What fills it: fields of the case, or ``kind.field`` for those of a kind of subcase."""
    documents: Names = Field(default_factory=list)
    """Papers that fill it."""
    required_in: Names | None = None
    """States in which the case cannot be archived while it is empty; by default all in which it may be archived."""


class RetentionShape(Shape):
    """How long the record of a case is kept."""

    otherwise: Title
    """The period where the field is not given, or where there is none."""
    field: Name | None = None
    """The case's field that says it."""


class ArchiveShape(Shape):
    """The record that is kept of a case."""

    in_: Annotated[Names | None, Field(alias="in")] = None
    """States in which a case may be archived; by default those that are final."""
    named_by: Name | None = None
    """The case's field that names the record; its value stands in the record's title."""
    classes: dict[Name, ArchiveClassShape] = Field(default_factory=dict)
    """The classes of material that a record holds."""
    retention: Annotated[
        RetentionShape, BeforeValidator(under("otherwise"), json_schema_input_type=str | RetentionShape)
    ]
    """How long it is kept."""
    secrecy: Title | None = None
    """The class of secrecy of everything in it."""


class ReadingShape(Shape):
    """A question that the rule leaves open, and the reading adopted."""

    adopted: Title
    """The reading adopted."""
    basis: Title
    """Why: the provision or document."""
    switch: str
    """The place in this file that switches it: its keys joined by dots."""


class ProcedureShape(LifecycleShape):
    """A procedure file."""

    procedure: Name
    """The id; this key comes first."""
    version: Annotated[int, Field(ge=1)]
    """1, 2, 3...: a deployed version never changes."""
    title: Title | None = None
    """What people call it."""
    basis: Title | None = None
    """The rule it comes from."""
    calendar: Name
    """The id of the calendar by which days are counted."""
    numbering: str = "{year}-{serial:04d}"
    """The pattern of case numbers, with ``{year}`` and ``{serial}``."""
    opened_by: Names
    """Roles that may open a case."""
    redacted_by: Names = Field(default_factory=list)
    """Roles that may have private values erased for good; else those that may open a case."""
    unmasked_by: Names = Field(default_factory=list)
    """Roles that may be shown private values; else those that may open a case."""
    concealed_from: Name | None = None
    """A field that names a unit: nobody of that unit is shown private values, whatever their role."""
    erase_private_after: Length | None = None
    """How long after a case has ended its private values are kept; see `caseclock retention`."""
    stages: Annotated[dict[Name, StageShape], Field(min_length=1)]
    """The steps people talk about."""
    roles: Annotated[dict[Name, RoleShape], Field(min_length=1)]
    """Who takes part."""
    separation: list[list[Name]] = Field(default_factory=list)
    """Groups of actions of which one person does no two in the same case."""
    documents: dict[Name, DocumentShape] = Field(default_factory=dict)
    """Papers that actions issue."""
    subcases: dict[Name, SubcaseShape] = Field(default_factory=dict)
    """Kinds of subcase, one for each of several units."""
    archive: ArchiveShape | None = None
    """The record that is kept of a case."""
    readings: dict[str, ReadingShape] = Field(default_factory=dict)
    """What the rule leaves open, the reading adopted, and where it is switched."""
