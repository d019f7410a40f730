"""The kinds of value in a definition, with the short forms that people may write and the one form that is kept."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from datetime import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from ..workflow.grammar import BUILTIN_NAMES
from ..workflow.messages import Text
from ..workflow.model import CASE, Effect, FieldType, FirstDay, Mask, Period, Roll, Seasons, Strictness, TimeUnit, UpTo
from .words import parse_period, parse_unit

RESERVED = (*BUILTIN_NAMES, CASE, "true", "false")
"""Words with a meaning of their own in expressions; no part of a definition may be called so."""

ONE_LENGTH = r"(?!0+ )[0-9]{1,5} (?:(?:working )?(?:minute|hour|day)|week|month|year)s?"
"""What `words.parse_period` takes, for editors."""

Word = TypeVar("Word", bound=StrEnum)


class Shape(BaseModel):
    """A mapping with exactly the declared keys; values are never coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, use_attribute_docstrings=True)


class TitleShape(Shape):
    """A text in both languages."""

    zh: str
    en: str


def listed(value: Any) -> Any:
    """Return a list for a single name."""
    return [value] if isinstance(value, str) else value


def under(key: str) -> Callable[[Any], Any]:
    """Return a shorthand: a bare text means the mapping that has only this key."""
    return lambda value: {key: value} if isinstance(value, str) else value


def _both(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


def _text(shape: TitleShape) -> Text:
    return Text(en=shape.en, zh=shape.zh)


def _mark(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return value if isinstance(value, bool) else handler(value)


def _titled(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return {item: item for item in value}
    return value


def as_length(value: Any) -> Period:
    """Return the length that a value names; a mistake is told as one of the shape."""
    try:
        return parse_period(str(value))
    except ValueError:
        raise PydanticCustomError("period", "expected a period", {"found": value}) from None


def _unit(value: Any) -> TimeUnit:
    try:
        return parse_unit(str(value))
    except ValueError:
        valid = [f"{unit.value}s" for unit in TimeUnit]
        raise PydanticCustomError("word", "expected a word", {"found": value, "valid": valid}) from None


def as_wall_time(value: Any) -> str:
    """Return a time of day such as ``16:30``; a mistake is told as one of the shape."""
    try:
        return time.fromisoformat(str(value)).isoformat(timespec="minutes")
    except ValueError:
        raise PydanticCustomError("wall_time", "expected a time of day", {"found": value}) from None


def _name(value: str) -> str:
    if keyword.iskeyword(value) or value in RESERVED:
        raise PydanticCustomError("reserved", "a reserved word", {"found": value})
    return value


def _privacy(value: Any) -> bool | Mask:
    words = [mask.value for mask in Mask if mask is not Mask.WHOLE]
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value not in words:
        raise PydanticCustomError("word", "expected a word", {"found": value, "valid": ["true", *words]})
    return Mask(value)


def _one_of(kind: type[Word]) -> BeforeValidator:
    valid = [member.value for member in kind]

    def check(value: Any) -> Word:
        if not isinstance(value, str) or value not in valid:
            raise PydanticCustomError("word", "expected a word", {"found": value, "valid": valid})
        return kind(value)

    return BeforeValidator(check, json_schema_input_type=kind)


NAME_PATTERN = r"^[^\W\d]\w{0,62}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN), AfterValidator(_name)]
Names = Annotated[list[Name], BeforeValidator(listed, json_schema_input_type=Name | list[Name])]
if TYPE_CHECKING:
    # what comes out; the shape that goes in is TitleShape, and a bare text for both languages
    Title = Text
    Mark = bool | Text
else:
    Title = Annotated[
        TitleShape, BeforeValidator(_both, json_schema_input_type=str | TitleShape), AfterValidator(_text)
    ]
    # a word to the checker that something is meant so, with the reason or without
    Mark = Annotated[Title, WrapValidator(_mark, json_schema_input_type=bool | str | TitleShape)]
Choices = Annotated[
    dict[str, Title], BeforeValidator(_titled, json_schema_input_type=dict[str, str | TitleShape] | list[str])
]
_UNIT_WORDS = [word for unit in TimeUnit for word in (f"{unit.value}s", unit.value)]
LengthText = Annotated[
    str,
    Field(
        pattern=rf"^\s*{ONE_LENGTH}\s*$",
        examples=["3 working days", "48 hours", "1 month"],
        json_schema_extra={"patternErrorMessage": "expected a length such as 3 days, 1 working day or 48 hours"},
    ),
]
"""A length as an editor is told of it."""
Length = Annotated[Period, BeforeValidator(as_length, json_schema_input_type=LengthText)]
UnitWord = Annotated[
    TimeUnit,
    BeforeValidator(_unit, json_schema_input_type=Annotated[str, Field(json_schema_extra={"enum": list(_UNIT_WORDS)})]),
]
WallTime = Annotated[str, BeforeValidator(as_wall_time, json_schema_input_type=str)]
Privacy = Annotated[
    bool | Mask,
    BeforeValidator(_privacy, json_schema_input_type=bool | Literal["phone", "id", "name", "address"]),
]
Kind = Annotated[FieldType, _one_of(FieldType)]
EffectWord = Annotated[Effect, _one_of(Effect)]
FirstDayWord = Annotated[FirstDay, _one_of(FirstDay)]
RollWord = Annotated[Roll, _one_of(Roll)]
UpToWord = Annotated[UpTo, _one_of(UpTo)]
SeasonsWord = Annotated[Seasons, _one_of(Seasons)]
StrictnessWord = Annotated[Strictness, _one_of(Strictness)]
