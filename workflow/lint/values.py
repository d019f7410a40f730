"""Values with which a condition can be tried out: for everything that it asks of a case, a few that tell apart.

A condition compares fields with constants and with one another. Trying the constants, their neighbours, something else
and nothing at all is as good as trying every value there is. What cannot be decided so is not: `Undecidable`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, product
from math import prod
from typing import Any, Literal, NamedTuple

from ..grammar import ExpressionError
from ..guards import Expression, compile_expression
from ..messages import Message, say
from ..model import CASE, OPEN, Field, FieldType, Lifecycle, Procedure

MOST = 20_000
"""How many combinations of values are tried at most; what would need more is undecidable."""

LONGEST = 8
"""The longest list that is tried."""

PEOPLE, UNITS = ("person_a", "person_b"), ("unit_a", "unit_b")
DAYS = ("2026-03-02", "2026-03-03")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OTHER_TEXT, SOME_FILE = "other text", "a file"


class Undecidable(Exception):
    """The values that a condition can have are too many, or are not known before a case runs."""


class Asked(NamedTuple):
    """One thing that a condition asks of a case: ``what`` is ``value``, or the function of the language.

    Args:
        name: a field, an action, a clock, a kind of subcase with its state, or for ``can_lead`` a unit.
    """

    what: str
    name: str


Example = Mapping[Asked, Any]
"""One value for each thing that is asked."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known wherever a condition is tried.

    Args:
        given: fields that are surely given.
        done: actions that were surely done before; ``possible``: those that can have been done, None for any.
        overdue: whether clocks are overdue, where that is to be taken as settled.
    """

    given: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    possible: frozenset[str] | None = None
    overdue: Mapping[str, bool] = field(default_factory=dict)


NOTHING = Known()


class Condition:
    """An expression that is tried with examples; every combination of its own values is evaluated once."""

    def __init__(self, source: str) -> None:
        self.expression = _compiled(source)
        self.asks = tuple(dict.fromkeys(_asked(self.expression)))
        self._held: dict[tuple[Any, ...], bool] = {}

    def holds(self, example: Example) -> bool:
        """Return whether it holds. Raises `Undecidable` where it compares what cannot be compared."""
        key = tuple(_hashable(example[one]) for one in self.asks)
        if key not in self._held:
            try:
                self._held[key] = self.expression.holds(_Facts(example))
            except ExpressionError as error:
                raise Undecidable from error
        return self._held[key]


def values_of(
    conditions: Iterable[Condition], procedure: Procedure, lifecycle: Lifecycle, known: Known = NOTHING
) -> dict[Asked, tuple[Any, ...]]:
    """Return the values to be tried for everything that ``conditions`` ask.

    Raises `Undecidable` where what they ask, or how much, cannot be tried.
    """
    conditions = list(conditions)
    drawn = _Drawn(procedure, lifecycle, known, [condition.expression for condition in conditions])
    asks = dict.fromkeys(one for condition in conditions for one in condition.asks)
    return {one: drawn.values(one) for one in asks}


def examples(values: Mapping[Asked, Sequence[Any]]) -> Iterator[Example]:
    """Yield every combination that can be. Raises `Undecidable` where they are too many."""
    if prod(len(some) for some in values.values()) > MOST:
        raise Undecidable
    for combination in product(*values.values()):
        example = dict(zip(values, combination, strict=True))
        if _can_be(example):
            yield example


def can_all_hold(conditions: Sequence[Condition], values: Mapping[Asked, Sequence[Any]]) -> bool:
    """Return whether some combination of values meets every condition.

    Conditions that share nothing are tried apart, so that their combinations do not multiply. Raises `Undecidable`.
    """
    for group in _sharing(conditions, values):
        asked = dict.fromkeys(one for condition in group for one in condition.asks)
        tried = examples({one: values[one] for one in asked})
        if not any(all(condition.holds(example) for condition in group) for example in tried):
            return False
    return True


def _sharing(conditions: Sequence[Condition], values: Mapping[Asked, Sequence[Any]]) -> list[list[Condition]]:
    """The conditions in groups, each of which shares nothing that has a choice of values with another."""
    groups: list[tuple[set[str], list[Condition]]] = []
    for condition in conditions:
        names = {one.name for one in condition.asks if len(values[one]) > 1}
        joined = [group for group in groups if group[0] & names]
        groups = [group for group in groups if not group[0] & names]
        members = [it for _, some in joined for it in some]
        groups.append((names.union(*(some for some, _ in joined)), [*members, condition]))
    return [members for _, members in groups]


def telling(example: Example, values: Mapping[Asked, Sequence[Any]], found: Callable[[Example], bool]) -> Example:
    """Return the example without what does not matter: what is found whatever the value is."""
    kept = dict(example)
    for one in example:
        if all(found({**example, **kept, one: value}) for value in values[one]):
            del kept[one]
            values = {**values, one: (example[one],)}
    return kept


def spoken(example: Example, lifecycle: Lifecycle, procedure: Procedure) -> list[Message]:
    """Return an example in words, in order of its names."""
    return [_spoken(one, value, lifecycle, procedure) for one, value in example.items()]


def _compiled(source: str) -> Expression:
    try:
        return compile_expression(source)
    except ExpressionError as error:
        raise Undecidable from error


def _asked(expression: Expression) -> Iterator[Asked]:
    """Everything that an expression asks of a case."""
    called = {id(node.func) for node in ast.walk(expression.tree) if isinstance(node, ast.Call)}
    for node in ast.walk(expression.tree):
        match node:
            case ast.Name(id=name) if id(node) not in called:
                yield Asked("value", name)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                yield from _asked_by(function, arguments)


def _asked_by(function: str, arguments: Sequence[ast.expr]) -> Iterator[Asked]:
    names = [str(one.value) for one in arguments if isinstance(one, ast.Constant)]
    match function:
        case "len":
            return
        case "given":
            yield Asked("value", names[0])
        case "can_lead":
            yield from (Asked(function, unit) for unit in UNITS)
        case "weekday" | "time" | "working_day":
            if not isinstance(arguments[0], ast.Name):
                raise Undecidable
            yield Asked(function, arguments[0].id)
        case "times" | "doer" | "overdue" | "overdue_by_any_reading" | "paused":
            yield Asked(function, names[0])
        case "lead_in" | "all_in" | "any_in":
            yield Asked(function, ".".join(names))
        case _:
            raise Undecidable


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Draws the values to be tried from the constants of the expressions."""

    procedure: Procedure
    lifecycle: Lifecycle
    known: Known
    expressions: Sequence[Expression]

    def values(self, one: Asked) -> tuple[Any, ...]:
        match one.what:
            case "value":
                return self._of_name(one.name)
            case "times":
                return self._times(one.name)
            case "doer":
                return PEOPLE if one.name in self._done else (None, *PEOPLE) if self._may_be(one.name) else (None,)
            case "weekday":
                return WEEKDAYS
            case "time":
                return self._numbers()
            case "overdue" | "overdue_by_any_reading" if one.name in self.known.overdue:
                return (self.known.overdue[one.name],)
        return (False, True)

    @property
    def _done(self) -> frozenset[str]:
        return self.known.done | {OPEN}

    def _may_be(self, action: str) -> bool:
        return self.known.possible is None or action in self.known.possible

    def _times(self, action: str) -> tuple[int, ...]:
        if not self._may_be(action):
            return (0,)
        return tuple(number for number in self._numbers() if number or action not in self._done)

    def _numbers(self) -> tuple[int, ...]:
        found = {0, 1} | {near for number in self._constants(int) for near in (number - 1, number, number + 1)}
        return tuple(sorted(number for number in found if number >= 0))

    def _constants(self, kind: type) -> set[Any]:
        nodes = (node for expression in self.expressions for node in ast.walk(expression.tree))
        return {node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is kind}

    def _of_name(self, name: str) -> tuple[Any, ...]:
        if name == "actor":
            return (*PEOPLE, *sorted(self._constants(str)))
        if name == "is_lead":
            return (False, True)
        of_case = name.startswith(f"{CASE}.")
        fields = self.procedure.case.fields if of_case else self.lifecycle.fields
        declared = fields.get(name.removeprefix(f"{CASE}.") if of_case else name)
        if declared is None:
            raise Undecidable
        found = self._of_field(name, declared)
        asked_whether_given = declared.type is not FieldType.FLAG or self._asked_whether_given(name)
        return (None, *found) if asked_whether_given and name not in self.known.given else found

    def _of_field(self, name: str, declared: Field) -> tuple[Any, ...]:
        match declared.type:
            case FieldType.FLAG:
                return (False, True)
            case FieldType.CHOICE:
                return tuple(declared.choices)
            case FieldType.INTEGER:
                constants = self._constants(int)
                return tuple(sorted({0, 1} | {near for it in constants for near in (it - 1, it, it + 1)}))
            case FieldType.DATE | FieldType.INSTANT:
                return self._of_time(name, declared)
            case FieldType.LIST:
                return self._lists(name, declared)
            case FieldType.FILE:
                return (SOME_FILE,)
        return self._texts(name, declared.type)

    def _of_time(self, name: str, declared: Field) -> tuple[Any, ...]:
        if any(Asked(what, name) in _all_asked(self.expressions) for what in ("weekday", "time", "working_day")):
            if self._compared(name):
                raise Undecidable
            return (name,)
        if declared.type is FieldType.INSTANT:
            return tuple(f"{day}T01:00:00+00:00" for day in DAYS)
        constants = [day for text in self._constants(str) if (day := _date(text))]
        near = {day + timedelta(days=days) for day in constants for days in (-1, 0, 1)}
        return (*DAYS, *(day.isoformat() for day in sorted(near)))

    def _texts(self, name: str, kind: FieldType) -> tuple[str, ...]:
        fresh = {FieldType.UNIT: UNITS, FieldType.ACTOR: PEOPLE}.get(kind, (OTHER_TEXT,))
        lengths = [it for it in self._numbers() if it] if self._measured(name) else []
        if any(length > 1000 for length in lengths):
            raise Undecidable
        return (*sorted(text for text in self._constants(str) if text), *fresh, *("x" * length for length in lengths))

    def _lists(self, name: str, declared: Field) -> tuple[tuple[str, ...], ...]:
        of_files = declared.of is FieldType.FILE
        items = (SOME_FILE,) if of_files else self._texts("", declared.of or FieldType.TEXT)
        lengths = [it for it in self._numbers() if it] if self._measured(name) else [1, 2]
        if lengths and max(lengths) > LONGEST:
            raise Undecidable
        found: list[tuple[str, ...]] = [(item,) for item in items if 1 in lengths]
        found += [pair for pair in combinations(items, 2) if 2 in lengths]
        for length in lengths:
            rest = tuple(f"another {number}" for number in range(1, length))
            found += [(item, *rest) for item in items if length > 2]
        if 2 in lengths and len(items) < 2:
            found.append((items[0], "another 1"))
        return ((), *found)

    def _asked_whether_given(self, name: str) -> bool:
        return any(_calls(expression, "given", name) for expression in self.expressions)

    def _measured(self, name: str) -> bool:
        return any(_calls(expression, "len", name) for expression in self.expressions)

    def _compared(self, name: str) -> bool:
        nodes = (node for expression in self.expressions for node in ast.walk(expression.tree))
        return any(
            isinstance(part, ast.Name) and part.id == name
            for node in nodes
            if isinstance(node, ast.Compare)
            for part in (node.left, *node.comparators)
        )


def _all_asked(expressions: Iterable[Expression]) -> set[Asked]:
    return {one for expression in expressions for one in _asked(expression)}


def _calls(expression: Expression, function: str, name: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == function
        and any(name in (getattr(part, "id", None), getattr(part, "value", None)) for part in node.args)
        for node in ast.walk(expression.tree)
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _hashable(value: Any) -> Any:
    # 1, True and 1.0 are one key to Python, and are three values here
    return type(value), value


def _can_be(example: Example) -> bool:
    """Whether the parts of an example agree with one another."""
    for (what, name), value in example.items():
        if what == "doer" and Asked("times", name) in example and (value is None) != (example["times", name] == 0):  # type: ignore[index]
            return False
        if what == "overdue_by_any_reading" and value and not example.get(Asked("overdue", name), True):
            return False
        if what == "lead_in" and value and not example.get(Asked("any_in", name), True):
            return False
    return True


def _spoken(one: Asked, value: Any, lifecycle: Lifecycle, procedure: Procedure) -> Message:
    name = one.name
    match one.what:
        case "value" if value is None or value == ():
            return say("{name} is not given", name=name)
        case "value":
            return say("{name} = {value}", name=name, value=_shown(name, value, lifecycle, procedure))
        case "times":
            return say("{action} done {number} times", action=name, number=value)
        case "doer":
            return say("{action} not done", action=name) if value is None else say("{action} done", action=name)
        case "overdue":
            return say("{clock} overdue", clock=name) if value else say("{clock} not overdue", clock=name)
        case "weekday" | "time":
            return say("{function} of {name} = {value}", function=one.what, name=name, value=value)
    written = f"{one.what}({', '.join(name.split('.'))})"
    return say("{name} = {value}", name=written, value=str(value).lower())


def _shown(name: str, value: Any, lifecycle: Lifecycle, procedure: Procedure) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str) and len(value) > 1 and set(value) == {"x"}:
        return say("a text of {number} characters", number=len(value))
    return value


@dataclass(frozen=True, slots=True)
class _Facts:
    """The facts of an example, as expressions ask for them."""

    example: Example

    def value(self, name: str) -> object:
        found = self.example[Asked("value", name)]
        return list(found) if isinstance(found, tuple) else found

    def day(self, instant: str | None) -> str | None:
        raise Undecidable

    def weekday(self, instant: str | None) -> str | None:
        return None if instant is None else self.example[Asked("weekday", instant)]

    def time(self, instant: str | None) -> int | None:
        return None if instant is None else self.example[Asked("time", instant)]

    def working_day(self, instant: str | None) -> bool:
        return instant is not None and bool(self.example[Asked("working_day", instant)])

    def times(self, action: str) -> int:
        return int(self.example[Asked("times", action)])

    def doer(self, action: str) -> str | None:
        found: str | None = self.example[Asked("doer", action)]
        return found

    def overdue(self, clock: str) -> bool:
        return bool(self.example[Asked("overdue", clock)])

    def overdue_by_any_reading(self, clock: str) -> bool:
        return bool(self.example[Asked("overdue_by_any_reading", clock)])

    def paused(self, clock: str) -> bool:
        return bool(self.example[Asked("paused", clock)])

    def can_lead(self, unit: str) -> bool:
        return bool(self.example.get(Asked("can_lead", unit), True))

    def in_state(self, subcase: str, state: str, which: Literal["lead", "all", "any"]) -> bool:
        return bool(self.example[Asked(f"{which}_in", f"{subcase}.{state}")])
