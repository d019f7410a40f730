"""The shape of a clock in a procedure file: its start, limits, counting, pauses, extension, target and ladder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ...workflow.model import EXACT_UNITS, OPENED, DayEnd, Period, TimeUnit
from ..shorthands import (
    ONE_LENGTH,
    EffectWord,
    FirstDayWord,
    Length,
    LengthText,
    Name,
    Names,
    RollWord,
    SeasonsWord,
    Shape,
    StrictnessWord,
    Title,
    UnitWord,
    UpToWord,
    WallTime,
    as_wall_time,
    under,
)
from ..words import AND, THEN, parse_lead, parse_periods


class CountingShape(Shape):
    """How a limit in days or longer is counted."""

    from_: Annotated[UpToWord | None, Field(alias="from")] = None
    """It is counted from the end of the start's week, month, quarter or year."""
    first_day: FirstDayWord | None = None
    """``excluded`` (default) or ``included``: whether the day of the start counts."""
    last_day: FirstDayWord | None = None
    """``included`` (default), or ``excluded`` (clear days): the limit ends on the day after the last one counted."""
    minimum: Length | None = None
    """At least so many working days lie in the period, such as ``2 working days``."""
    up_to: UpToWord | None = None
    """The period reaches to the end of its last day's week, month, quarter or year."""
    roll: RollWord | None = None
    """``next_working_day`` (default), ``previous_working_day`` or ``none``: what happens to a last day of rest."""
    ends: Annotated[str | None, BeforeValidator(lambda value: _ends(value), json_schema_input_type=str)] = None
    """``24:00`` (default), ``close`` (of office), ``same_time`` (as the start), or a time of day such as ``17:00``."""
    months: Literal["corresponding_day", "from_next_day"] | None = None
    """``corresponding_day`` (default), or ``from_next_day``: 28 February + 3 months is 31 May, as in Japan."""
    closed_seasons: SeasonsWord | None = None
    """``stand`` (default) or ``run``: whether time stands still in closed seasons of the calendar that say so."""

    @model_validator(mode="after")
    def _in_working_days(self) -> CountingShape:
        if self.minimum and self.minimum.unit is not TimeUnit.WORKING_DAY:
            raise PydanticCustomError("working_days", "expected working days", {"found": str(self.minimum)})
        return self

    def refuse_for_hours(self) -> None:
        """Refuse what has no meaning for a limit in hours; only rolling and closed seasons have."""
        keys = ["from_", "first_day", "last_day", "minimum", "up_to", "months"]
        if self.roll is None:
            keys.append("ends")
        said = [key.rstrip("_") for key in keys if getattr(self, key) is not None]
        if said:
            raise PydanticCustomError("no_effect", "keys without effect", {"keys": said})


def _ends(value: Any) -> Any:
    words = [end.value for end in DayEnd if end is not DayEnd.AT]
    if value is None or value in words:
        return value
    try:
        return as_wall_time(value)
    except PydanticCustomError:
        raise PydanticCustomError("word", "expected a word", {"found": value, "valid": [*words, "17:00"]}) from None


def _refuse_unless_one(*values: object, keys: list[str]) -> None:
    if sum(value is not None for value in values) != 1:
        raise PydanticCustomError("exactly_one", "expected exactly one key", {"keys": keys})


Lengths = tuple[tuple[Period, ...], bool]
"""Lengths one after another, and whether each rolls before the next begins."""


def _lengths(value: Any) -> Any:
    """A length, lengths one after another, or a length for each value of the field named by ``by``."""
    if isinstance(value, dict):
        return {_key(key): _lengths(length) for key, length in value.items()}
    try:
        return parse_periods(str(value).replace(THEN, AND)), THEN in str(value)
    except ValueError:
        raise PydanticCustomError("period", "expected a period", {"found": value}) from None


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


LengthsText = Annotated[
    str,
    Field(
        pattern=rf"^\s*{ONE_LENGTH}\s*(?: (?:and|then) \s*{ONE_LENGTH}\s*)*$",
        examples=["5 working days", "1 month and 10 days", "14 days then 3 days"],
        json_schema_extra={"patternErrorMessage": "expected a length such as 3 days, 1 working day or 48 hours"},
    ),
]
"""Lengths one after another as an editor is told of them."""
LengthsOrChoices = Annotated[
    Lengths | dict[str, Lengths],
    BeforeValidator(_lengths, json_schema_input_type=LengthsText | dict[str, LengthsText]),
]


class LimitShape(Shape):
    """One possible length of a clock, and when it applies."""

    is_: Annotated[LengthsOrChoices | None, Field(alias="is")] = None
    """The length: ``3 days``, ``1 month and 10 days``, ``14 days then 3 days``; with ``by``: value: length."""
    by: Name | None = None
    """The field by whose value the length is chosen."""
    otherwise: LengthsOrChoices | None = None
    """With ``by``: the length for every other value."""
    amount: Name | None = None
    """Instead of a length: the integer field that holds the number."""
    unit: UnitWord | None = None
    """With ``amount``: what the number counts, such as ``working days``."""
    until: Name | None = None
    """Instead of a length: the date field that holds the last day."""
    before: Name | None = None
    """The date field from which the length is counted back."""
    when: str | None = None
    """The condition under which this limit applies; the last limit has none."""
    counting: CountingShape | None = None
    """What this limit counts otherwise than the clock's ``counting``."""

    @model_validator(mode="after")
    def _fits(self) -> LimitShape:
        _refuse_unless_one(self.is_, self.amount, self.until, keys=["is", "amount", "until"])
        _refuse_without("unit", "amount", self.unit, self.amount)
        _refuse_without("amount", "unit", self.amount, self.unit)
        _refuse_without("otherwise", "by", self.otherwise, self.by)
        _refuse_without("before", "is", self.before, self.is_)
        if isinstance(self.is_, Mapping) != (self.by is not None) or isinstance(self.otherwise, Mapping):
            raise PydanticCustomError("by_value", "expected by and a mapping", {})
        if self.in_hours and self.counting:
            self.counting.refuse_for_hours()
        return self

    @property
    def in_hours(self) -> bool:
        """Whether every length is in hours or minutes."""
        lengths = [*self.is_.values()] if isinstance(self.is_, Mapping) else [self.is_] if self.is_ else []
        units = [period.unit for periods, _ in (*lengths, *_one(self.otherwise)) for period in periods]
        return bool(units or self.unit) and all(unit in EXACT_UNITS for unit in (*units, *_one(self.unit)))


def _one(value: Any) -> list[Any]:
    return [] if value is None else [value]


def _refuse_without(key: str, needed: str, value: object, other: object) -> None:
    if value is not None and other is None:
        raise PydanticCustomError("needs_key", "a key needs another one", {"key": key, "needed": needed})


def _listed_mapping(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class AdditionShape(Shape):
    """How much more: a length, or the field that holds the number."""

    length: Length | None = None
    """A length; ``by: 5 days`` means ``by: {length: 5 days}``."""
    amount: Name | None = None
    """The integer field, given with the grant, that holds the number."""
    unit: UnitWord | None = None
    """What it counts, such as ``working days``."""

    @model_validator(mode="after")
    def _fits(self) -> AdditionShape:
        _refuse_unless_one(self.length, self.amount, keys=["length", "amount"])
        _refuse_without("amount", "unit", self.amount, self.unit)
        return self


def _asking(value: Any) -> Any:
    if value in ("before_due", "any_time"):
        return value
    try:
        return parse_lead(str(value))
    except ValueError:
        valid = ["before_due", "any_time", "3 working days before due"]
        raise PydanticCustomError("word", "expected a word", {"found": value, "valid": valid}) from None


class DecidedShape(Shape):
    """Until when an extension must be granted."""

    is_: Annotated[Length, Field(alias="is")]
    """So long, counted as the clock itself."""
    after: Name | None = None
    """An instant field, an action, or ``opened``; by default the clock's start."""


class ExtensionShape(Shape):
    """How a clock may be extended."""

    to: Length | None = None
    """The new total, counted from the same start."""
    by: Annotated[
        AdditionShape | None, BeforeValidator(under("length"), json_schema_input_type=LengthText | AdditionShape)
    ] = None
    """Instead of a total: how much more; a length, or ``{amount: <integer field>, unit: working days}``."""
    until: Name | None = None
    """Instead of a total: the date field, given with the grant, that holds the new last day."""
    cap: Length | None = None
    """The total from the start that no extension passes."""
    times: Annotated[int, Field(ge=1)] = 1
    """How often it may be granted."""
    asked: Name | None = None
    """The action that asks for it; without it nobody needs to ask."""
    granted: Name
    """The action that grants it."""
    refused: Name | None = None
    """The action that refuses it."""
    ask: Annotated[Literal["before_due", "any_time"] | Period, BeforeValidator(_asking, json_schema_input_type=str)] = (
        "before_due"
    )
    """``before_due`` (default): only before the limit has run out; ``any_time``; or ``3 working days before due``."""
    within: Annotated[
        DecidedShape | None, BeforeValidator(under("is"), json_schema_input_type=LengthText | DecidedShape)
    ] = None
    """It must be granted at most so long after the start, or after something else."""
    holds: Literal["this_run", "every_run"] = "this_run"
    """``this_run`` (default), or ``every_run``: a grant holds on when the clock starts anew."""

    @model_validator(mode="after")
    def _one(self) -> ExtensionShape:
        _refuse_unless_one(self.to, self.by, self.until, keys=["to", "by", "until"])
        return self


Extensions = Annotated[
    list[ExtensionShape],
    BeforeValidator(_listed_mapping, json_schema_input_type=ExtensionShape | list[ExtensionShape]),
]


class WithinShape(Shape):
    """Not later than another clock's due, less a reserve."""

    clock: str
    """The other clock; ``case.<clock>`` for the parent's."""
    reserve: Length | None = None
    """How much before the other clock's due this one must be met."""
    moves: Literal["target", "due"] = "target"
    """``target`` (default): an earlier working target; ``due``: the due itself is never later."""
    at_once: bool = False
    """Where no time is left for it, it is to be met at once, and that is meant."""


class ReceiptShape(Shape):
    """When something that came in counts as received."""

    cutoff: WallTime | None = None
    """What comes later than this time of day counts from the next day."""
    outside_hours: Literal["next_opening"] | None = None
    """``next_opening``: what comes while the office is closed counts from its next opening."""
    rest_day: Literal["next_working_day"] | None = None
    """``next_working_day``: what comes on a day of rest counts from the next working day."""


class StartShape(Shape):
    """What starts a clock."""

    at: Name | None = None
    """An instant field, an action, or ``opened``."""
    all_of: Annotated[list[Name] | None, Field(min_length=2)] = None
    """Instead of one: several, all of which must be known; the last of them starts the clock."""
    plus: Length | None = None
    """It is deemed received so much later."""
    receipt: ReceiptShape | None = None
    """When this one counts as received, where it is not as for the others."""

    @model_validator(mode="after")
    def _one(self) -> StartShape:
        _refuse_unless_one(self.at, self.all_of, keys=["at", "all_of"])
        return self

    @property
    def name(self) -> str:
        """What starts the clock, several joined."""
        return self.at or " + ".join(self.all_of or ())


class LatestStartShape(Shape):
    """When a clock starts at the latest."""

    after: Name
    """An instant field, an action, or ``opened``."""
    is_: Annotated[Length, Field(alias="is")]
    """So long after it."""


class PauseShape(Shape):
    """When time stands still."""

    from_: Annotated[Names, Field(alias="from", min_length=1)]
    """What begins it: an action, or an instant field."""
    to: Annotated[Names, Field(min_length=1)]
    """What ends it: an action, or an instant field."""
    first_day: FirstDayWord | None = None
    """``excluded`` (default) or ``included``: whether the day on which it begins is paused."""
    last_day: FirstDayWord | None = None
    """``included`` (default) or ``excluded``: whether the day on which it ends is paused."""
    times: Annotated[int, Field(ge=1)] | None = None
    """How often it may be used."""
    at_most: Length | None = None
    """After this length it ends by itself."""


class FloorShape(Shape):
    """Not earlier than another clock's due."""

    clock: str
    """The other clock; ``case.<clock>`` for the parent's."""
    plus: Length | None = None
    """So long after it."""


class OtherReadingShape(Shape):
    """Another reading of the limit."""

    limit: Limits | None = None
    """Its limits; by default those of the clock."""
    counting: CountingShape | None = None
    """What it counts otherwise than the clock's ``counting``."""
    pauses: Literal["none"] | None = None
    """``none``: by this reading time never stands still."""


class ExpiryShape(Shape):
    """What the system does when the limit has run out."""

    do: Name
    """The action."""
    when: str | None = None
    """The condition under which it is this one; the last has none."""


def _expires(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    return [under("do")(item) for item in items]


Expires = Annotated[
    list[ExpiryShape], BeforeValidator(_expires, json_schema_input_type=str | ExpiryShape | list[ExpiryShape])
]


class RungShape(Shape):
    """What the system does at a place of the ladder."""

    do: Name
    """The action."""
    reading: StrictnessWord | None = None
    """By which reading it is placed; by default ``strict`` before due, ``adopted`` at due, ``lenient`` after due."""
    at_once: bool = False
    """Where it falls before the start it comes at the start, and that is meant."""


def _limits(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return [{"is": value}]
    return [value] if isinstance(value, dict) else value


Limits = Annotated[
    list[LimitShape],
    Field(min_length=1),
    BeforeValidator(_limits, json_schema_input_type=LengthsText | LimitShape | list[LimitShape]),
]


def _starts(value: Any) -> Any:
    items = [value] if isinstance(value, str | dict) else value
    return [under("at")(item) for item in items] if isinstance(items, list) else items


Starts = Annotated[
    list[StartShape], BeforeValidator(_starts, json_schema_input_type=str | StartShape | list[str | StartShape])
]


Pauses = Annotated[
    list[PauseShape], BeforeValidator(_listed_mapping, json_schema_input_type=PauseShape | list[PauseShape])
]
Rungs = dict[str, Annotated[RungShape, BeforeValidator(under("do"), json_schema_input_type=str | RungShape)]]


class ClockShape(Shape):
    """A limit that runs over several states."""

    title: Title | None = None
    """What people call it."""
    basis: Title | None = None
    """The provision it comes from."""
    effect: EffectWord | None = None
    """What missing it means: ``statutory`` (default), ``service`` or ``none``."""
    applies: str | None = None
    """The condition under which the case has this clock; by default always."""
    calendar: Name | None = None
    """The id of the calendar by which it is counted; by default the procedure's."""
    starts: Starts = Field(default_factory=lambda: [StartShape(at=OPENED)])
    """Instant fields, actions, or ``opened``; the first that is known starts the clock."""
    starts_at_latest: LatestStartShape | None = None
    """When it starts at the latest, whatever else is known."""
    receipt: ReceiptShape | None = None
    """When what starts it counts as received."""
    limit: Limits
    """A length, one limit, or several with conditions of which the first that holds applies."""
    counting: CountingShape | None = None
    """How days are counted."""
    pauses: Pauses = Field(default_factory=list)
    """When time stands still."""
    stops: Names
    """Actions that meet the clock."""
    runs_on: Names = Field(default_factory=list)
    """Actions that undo an earlier stop, as if it had not been."""
    restarts: Names = Field(default_factory=list)
    """Actions from which the clock starts anew."""
    extension: Extensions = Field(default_factory=list)
    """How it may be extended: in one way, or in several."""
    within: WithinShape | None = None
    """Not later than another clock's due, less a reserve."""
    not_before: Annotated[
        FloorShape | None, BeforeValidator(under("clock"), json_schema_input_type=str | FloorShape)
    ] = None
    """Not earlier than another clock's due: whichever is later."""
    strict: OtherReadingShape | None = None
    """An earlier reading of the limit, by which warnings go."""
    lenient: OtherReadingShape | None = None
    """A later reading of the limit, by which sanctions go."""
    expires: Expires = Field(default_factory=list)
    """What the system does at due, when the limit has run out: an action, or several with conditions."""
    ladder: Rungs = Field(default_factory=dict)
    """What the system does before, at and after due: ``1 working day before: warn``, ``due: urge``."""

    @model_validator(mode="after")
    def _counts(self) -> ClockShape:
        if self.counting and all(limit.in_hours for limit in self.limit):
            self.counting.refuse_for_hours()
        return self


OtherReadingShape.model_rebuild()
