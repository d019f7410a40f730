"""The shape of a procedure file, key by key as people write it.

A shape says which keys there are and what kind of value each takes. It knows nothing of how the parts fit together:
`procedure_reader` makes the model, and `workflow.checks` judges that.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from ..workflow.model import OPENED
from .shorthands import (
    Choices,
    EffectWord,
    EndsWord,
    FirstDayWord,
    Kind,
    Length,
    Name,
    Names,
    RollWord,
    Shape,
    Title,
    under,
)


class StageShape(Shape):
    """One of the steps people talk about."""

    step: Annotated[int, Field(ge=1)] | None = None
    title: Title | None = None
    basis: Title | None = None


class RoleShape(Shape):
    """Somebody's part in the procedure."""

    title: Title | None = None
    of: Literal["unit"] | None = None


class FieldShape(Shape):
    """A value that a case carries or an action takes."""

    type: Kind
    title: Title | None = None
    required: bool = False
    private: bool = False
    of: Kind | None = None
    choices: Choices | None = None
    set_by: Names = Field(default_factory=list)


def _reference(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if not isinstance(value, str):
        return handler(value)
    if value not in ("optional", "required"):
        raise PydanticCustomError("word", "expected a word", {"found": value, "valid": ["optional", "required"]})
    return value


Input = Annotated[
    FieldShape | Literal["optional", "required"],
    WrapValidator(_reference, json_schema_input_type=FieldShape | Literal["optional", "required"]),
]


class DocumentShape(Shape):
    """A paper that an action issues."""

    title: Title | None = None
    numbering: str


class CountingShape(Shape):
    """How a limit in days or longer is counted."""

    first_day: FirstDayWord | None = None
    roll: RollWord | None = None
    ends: EndsWord | None = None


def _refuse_unless_one(*values: object, keys: list[str]) -> None:
    if sum(value is not None for value in values) != 1:
        raise PydanticCustomError("exactly_one", "expected exactly one key", {"keys": keys})


class LimitShape(Shape):
    """One possible length of a clock, and when it applies."""

    is_: Annotated[Length | None, Field(alias="is")] = None
    until: Name | None = None
    when: str | None = None
    counting: CountingShape | None = None

    @model_validator(mode="after")
    def _one(self) -> LimitShape:
        _refuse_unless_one(self.is_, self.until, keys=["is", "until"])
        return self


class ExtensionShape(Shape):
    """How a clock may be extended."""

    to: Length | None = None
    by: Length | None = None
    times: Annotated[int, Field(ge=1)] = 1
    asked: Name
    granted: Name
    refused: Name | None = None
    ask: Literal["before_due", "any_time"] = "before_due"

    @model_validator(mode="after")
    def _one(self) -> ExtensionShape:
        _refuse_unless_one(self.to, self.by, keys=["to", "by"])
        return self


class WithinShape(Shape):
    """A working target: not later than another clock's due, less a reserve."""

    clock: str
    reserve: Length


def _limits(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return [{"is": value}]
    return [value] if isinstance(value, dict) else value


Limits = Annotated[
    list[LimitShape],
    Field(min_length=1),
    BeforeValidator(_limits, json_schema_input_type=str | LimitShape | list[LimitShape]),
]


class ClockShape(Shape):
    """A limit that runs over several states."""

    title: Title | None = None
    basis: Title | None = None
    effect: EffectWord | None = None
    starts: Names = Field(default_factory=lambda: [OPENED])
    limit: Limits
    counting: CountingShape | None = None
    stops: Names
    runs_on: Names = Field(default_factory=list)
    restarts: Names = Field(default_factory=list)
    extension: ExtensionShape | None = None
    within: WithinShape | None = None
    ladder: dict[str, Name] = Field(default_factory=dict)


class GuardShape(Shape):
    """A condition, and what to tell whoever does not meet it."""

    check: str
    say: Title | None = None


def _guards(value: Any) -> Any:
    items = [value] if isinstance(value, str | dict) else value
    return [under("check")(item) for item in items] if isinstance(items, list) else items


Guards = Annotated[
    list[GuardShape],
    BeforeValidator(_guards, json_schema_input_type=str | GuardShape | list[str | GuardShape]),
]


class OpensShape(Shape):
    """Subcases that an action opens."""

    subcase: Name
    for_: Annotated[Name | None, Field(alias="for")] = None


class FiresShape(Shape):
    """An action that is fired on subcases."""

    subcase: Name
    action: Name
    for_: Annotated[Name | None, Field(alias="for")] = None


Opens = Annotated[OpensShape, BeforeValidator(under("subcase"), json_schema_input_type=str | OpensShape)]


class ActionShape(Shape):
    """What a person, or the system, may do."""

    title: Title | None = None
    by: Names
    to: Name | None = None
    optional: bool = False
    basis: Title | None = None
    input: dict[Name, Input] = Field(default_factory=dict)
    when: Guards = Field(default_factory=list)
    sets: dict[Name, str] = Field(default_factory=dict)
    opens: Opens | None = None
    fires: FiresShape | None = None
    issues: Name | None = None


class SharedActionShape(ActionShape):
    """An action that is legal in several states."""

    in_: Annotated[Names, Field(alias="in")]


class StateShape(Shape):
    """One state, with the actions that are legal in it."""

    stage: Name
    title: Title | None = None
    actions: dict[Name, ActionShape] = Field(default_factory=dict)
    final: bool = False


class LifecycleShape(Shape):
    """What a case and a subcase have in common."""

    fields: dict[Name, FieldShape] = Field(default_factory=dict)
    clocks: dict[Name, ClockShape] = Field(default_factory=dict)
    states: Annotated[dict[Name, StateShape], Field(min_length=1)]
    actions: dict[Name, SharedActionShape] = Field(default_factory=dict)


class SubcaseShape(LifecycleShape):
    """A kind of subcase: one for each unit."""

    title: Title | None = None
    for_each: Name
    lead: Name | None = None
    delivered_to: Names = Field(default_factory=list)
    when_all: dict[Name, Name] = Field(default_factory=dict)
    when_lead: dict[Name, Name] = Field(default_factory=dict)
    when_case_ends: Name | None = None
    issues: Name | None = None


class ReadingShape(Shape):
    """A question that the rule leaves open, and the reading adopted."""

    adopted: Title
    basis: Title
    switch: str


class ProcedureShape(LifecycleShape):
    """A procedure file."""

    procedure: Name
    version: Annotated[int, Field(ge=1)]
    title: Title | None = None
    basis: Title | None = None
    calendar: Name
    numbering: str = "{year}-{serial:04d}"
    opened_by: Names
    stages: Annotated[dict[Name, StageShape], Field(min_length=1)]
    roles: Annotated[dict[Name, RoleShape], Field(min_length=1)]
    separation: list[list[Name]] = Field(default_factory=list)
    documents: dict[Name, DocumentShape] = Field(default_factory=dict)
    subcases: dict[Name, SubcaseShape] = Field(default_factory=dict)
    readings: dict[str, ReadingShape] = Field(default_factory=dict)
