"""The shape of a clock in a procedure file: its limits, counting, extension, working target and ladder."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ..workflow.model import OPENED
from .shorthands import EffectWord, EndsWord, FirstDayWord, Length, Name, Names, RollWord, Shape, Title


class CountingShape(Shape):
    """How a limit in days or longer is counted."""

    first_day: FirstDayWord | None = None
    """``excluded`` (default) or ``included``: whether the day of the start counts."""
    roll: RollWord | None = None
    """``next_working_day`` (default) or ``none``: what happens when the last day is a day of rest."""
    ends: EndsWord | None = None
    """``24:00`` (default), ``close`` (of office) or ``same_time``: when the last day ends."""


def _refuse_unless_one(*values: object, keys: list[str]) -> None:
    if sum(value is not None for value in values) != 1:
        raise PydanticCustomError("exactly_one", "expected exactly one key", {"keys": keys})


class LimitShape(Shape):
    """One possible length of a clock, and when it applies."""

    is_: Annotated[Length | None, Field(alias="is")] = None
    """The length, such as ``3 days``, ``5 working days`` or ``48 hours``."""
    until: Name | None = None
    """Instead of a length: the date field that holds the last day."""
    when: str | None = None
    """The condition under which this limit applies; the last limit has none."""
    counting: CountingShape | None = None
    """What this limit counts otherwise than the clock's ``counting``."""

    @model_validator(mode="after")
    def _one(self) -> LimitShape:
        _refuse_unless_one(self.is_, self.until, keys=["is", "until"])
        return self


class ExtensionShape(Shape):
    """How a clock may be extended."""

    to: Length | None = None
    """The new total, counted from the same start."""
    by: Length | None = None
    """Instead of a total: how much more."""
    times: Annotated[int, Field(ge=1)] = 1
    """How often it may be granted."""
    asked: Name
    """The action that asks for it."""
    granted: Name
    """The action that grants it."""
    refused: Name | None = None
    """The action that refuses it."""
    ask: Literal["before_due", "any_time"] = "before_due"
    """``before_due`` (default): only before the limit has run out; or ``any_time``."""

    @model_validator(mode="after")
    def _one(self) -> ExtensionShape:
        _refuse_unless_one(self.to, self.by, keys=["to", "by"])
        return self


class WithinShape(Shape):
    """A working target: not later than another clock's due, less a reserve."""

    clock: str
    """The other clock; ``case.<clock>`` for the parent's."""
    reserve: Length
    """How much before the other clock's due this one must be met."""


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
    """What people call it."""
    basis: Title | None = None
    """The provision it comes from."""
    effect: EffectWord | None = None
    """What missing it means: ``statutory`` (default), ``service`` or ``none``."""
    starts: Names = Field(default_factory=lambda: [OPENED])
    """Instant fields, actions, or ``opened``; the first that is known starts the clock."""
    limit: Limits
    """A length, one limit, or several with conditions of which the first that holds applies."""
    counting: CountingShape | None = None
    """How days are counted."""
    stops: Names
    """Actions that meet the clock."""
    runs_on: Names = Field(default_factory=list)
    """Actions that undo an earlier stop, as if it had not been."""
    restarts: Names = Field(default_factory=list)
    """Actions from which the clock starts anew."""
    extension: ExtensionShape | None = None
    """How it may be extended."""
    within: WithinShape | None = None
    """A working target: not later than another clock's due, less a reserve."""
    ladder: dict[str, Name] = Field(default_factory=dict)
    """What the system does before, at and after due: ``1 working day before: warn``, ``due: urge``."""
