"""Whether an expression fits its procedure: every name is declared, and every value is of the type its place takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from ..grammar import BUILTIN_NAMES, ExpressionError
from ..guards import Expression, compile_expression
from ..messages import Message, say
from ..model import CASE, OPEN, Field, FieldType, Procedure
from .sentences import unknown

Finding = tuple[str, int, Message]
"""A problem's code, its offset in the expression, and what to say."""

_TEXTS = {FieldType.TEXT, FieldType.URL, FieldType.UNIT, FieldType.ACTOR, FieldType.CHOICE}
_ORDERED = {FieldType.INTEGER, FieldType.DATE, FieldType.INSTANT}
_ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(frozen=True, slots=True)
class Typed:
    """What is known of a part of an expression before it runs.

    Args:
        of: the element type of a list; None for an empty one.
        choices: for a choice: its values.
        constant: the text itself, where it stands in the expression.
        items: of a list that stands in the expression.
    """

    type: FieldType
    of: FieldType | None = None
    choices: tuple[str, ...] = ()
    constant: str | None = None
    items: tuple[Typed, ...] = ()

    def __str__(self) -> str:
        return f"{self.type} of {self.of}" if self.of else str(self.type)


FLAG, INTEGER, TEXT, ACTOR, DATE = (
    Typed(kind) for kind in (FieldType.FLAG, FieldType.INTEGER, FieldType.TEXT, FieldType.ACTOR, FieldType.DATE)
)
_RESULTS = {
    "len": INTEGER,
    "times": INTEGER,
    "sha256": TEXT,
    "doer": ACTOR,
    "day": DATE,
    "weekday": TEXT,
    "time": INTEGER,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression of one lifecycle may name.

    Args:
        kind: ``case``, or the subcase's name.
    """

    procedure: Procedure
    kind: str
    names: Mapping[str, Typed] = field(init=False)

    def __post_init__(self) -> None:
        own = {name: typed(field) for name, field in self.procedure.lifecycle(self.kind).fields.items()}
        parent = {f"{CASE}.{name}": typed(field) for name, field in self.procedure.case.fields.items()}
        builtin = {"actor": ACTOR} if self.kind == CASE else {"actor": ACTOR, "is_lead": FLAG}
        object.__setattr__(self, "names", {**own, **parent, **builtin})

    @property
    def actions(self) -> list[str]:
        """The actions that have marks: those of the lifecycle, and its opening."""
        return [*self.procedure.lifecycle(self.kind).actions, OPEN]

    @property
    def clocks(self) -> list[str]:
        """The clocks of the lifecycle, and the parent's with their prefix."""
        return [*self.procedure.lifecycle(self.kind).clocks, *(f"{CASE}.{name}" for name in self.procedure.case.clocks)]


def typed(field: Field) -> Typed:
    """Return the type of a field's value."""
    return Typed(field.type, field.of, tuple(field.choices))


def check_expression(source: str, scope: Scope, expects: Typed = FLAG) -> Iterator[Finding]:
    """Yield everything that is wrong with an expression in its scope.

    Args:
        expects: the type of value that its place takes; a condition takes a flag.
    """
    try:
        expression = compile_expression(source)
    except ExpressionError as error:
        message = say("{message} ({hint})", message=error.message, hint=error.hint) if error.hint else error.message
        yield "bad-expression", error.offset, message
        return
    checker = _Checker(expression, scope)
    found = checker.type_of(expression.tree)
    if found is not None:
        checker.expect(expression.tree, found, expects)
    yield from checker.findings


class _Checker:
    """One walk over an expression. `type_of` is None below something that was reported already."""

    def __init__(self, expression: Expression, scope: Scope) -> None:
        self.expression = expression
        self.scope = scope
        self.findings: list[Finding] = []

    def type_of(self, node: ast.expr) -> Typed | None:
        match node:
            case ast.Constant(value=bool()):
                return FLAG
            case ast.Constant(value=int()):
                return INTEGER
            case ast.Constant(value=str() as text):
                return Typed(FieldType.TEXT, constant=text)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.List(elts=items):
                return self._list(items)
            case ast.BoolOp(values=values):
                return self._conditions(values)
            case ast.UnaryOp(operand=operand):
                return self._conditions([operand])
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._conditions([test])
                return self._branches(body, orelse)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self._call(function, arguments)
        raise AssertionError(ast.dump(node))

    def expect(self, node: ast.expr, found: Typed, expected: Typed) -> None:
        """Report a value that its place cannot take."""
        if expected.type is FieldType.FLAG and found.type is not FieldType.FLAG:
            self._report(
                "wrong-type", node, say("expected a condition that is true or false, got: {found}", found=found)
            )
        elif not self._comparable(node, found, expected):
            self._report("wrong-type", node, say("expected {expected}, got: {found}", expected=expected, found=found))

    def _name(self, node: ast.expr, name: str) -> Typed | None:
        if name in self.scope.names:
            return self.scope.names[name]
        self._report("unknown-name", node, unknown("name", name, self.scope.names))
        return None

    def _list(self, items: list[ast.expr]) -> Typed:
        types = tuple(found for item in items if (found := self.type_of(item)))
        return Typed(FieldType.LIST, types[0].type if types else None, items=types)

    def _conditions(self, nodes: list[ast.expr]) -> Typed:
        for node in nodes:
            found = self.type_of(node)
            if found is not None and found.type is not FieldType.FLAG:
                part = ast.unparse(node)
                message = say(
                    "{part} is {found}, not true or false; for a value use given(...)", part=part, found=found
                )
                self._report("wrong-type", node, message)
        return FLAG

    def _branches(self, body: ast.expr, orelse: ast.expr) -> Typed | None:
        first, second = self.type_of(body), self.type_of(orelse)
        if first and second and not self._comparable(orelse, first, second):
            message = say("both values must be of one type; these are {first} and {second}", first=first, second=second)
            self._report("wrong-type", orelse, message)
        return first

    def _compare(self, node: ast.Compare) -> Typed:
        left, left_type = node.left, self.type_of(node.left)
        for operation, right in zip(node.ops, node.comparators, strict=True):
            right_type = self.type_of(right)
            if left_type and right_type:
                self._pair(left, left_type, operation, right, right_type)
            left, left_type = right, right_type
        return FLAG

    def _pair(self, left: ast.expr, left_type: Typed, operation: ast.cmpop, right: ast.expr, right_type: Typed) -> None:
        if isinstance(operation, ast.In | ast.NotIn):
            fits = self._contained(left, left_type, right, right_type)
        else:
            fits = self._comparable(left, left_type, right_type, right)
            fits &= not isinstance(operation, _ORDERINGS) or {left_type.type, right_type.type} & _ORDERED != set()
        if not fits:
            message = say(
                "{left} is {left_type} and {right} is {right_type}; they cannot be compared like this",
                left=ast.unparse(left),
                left_type=left_type,
                right=ast.unparse(right),
                right_type=right_type,
            )
            self._report("wrong-type", left, message)

    def _contained(self, node: ast.expr, item: Typed, container_node: ast.expr, container: Typed) -> bool:
        if container.items:
            nodes = container_node.elts if isinstance(container_node, ast.List) else []
            places = nodes if len(nodes) == len(container.items) else [node] * len(container.items)
            pairs = zip(places, container.items, strict=True)
            return all(self._comparable(node, item, each, place) for place, each in pairs)
        if container.type is FieldType.LIST:
            return container.of is None or self._comparable(node, item, Typed(container.of))
        return item.type in _TEXTS and container.type in (FieldType.TEXT, FieldType.URL)

    def _comparable(self, node: ast.expr, one: Typed, other: Typed, other_node: ast.expr | None = None) -> bool:
        for place, text, against in ((node, one, other), (other_node or node, other, one)):
            if text.constant is not None and against.type is FieldType.CHOICE:
                self._refuse_choice(place, text.constant, against.choices)
                return True
            if text.constant is not None and against.type is FieldType.DATE:
                return not text.constant or _is_date(text.constant)
        if one.type is FieldType.LIST and other.type is FieldType.LIST:
            return one.of is None or other.of is None or self._comparable(node, Typed(one.of), Typed(other.of))
        return one.type is other.type or (TEXT.type in (one.type, other.type) and {one.type, other.type} <= _TEXTS)

    def _refuse_choice(self, node: ast.expr, value: str, choices: tuple[str, ...]) -> None:
        if choices and value and value not in choices:
            message = say("{value} is not one of the choices: {choices}", value=repr(value), choices=choices)
            self._report("unknown-choice", node, message)

    def _call(self, function: str, arguments: list[ast.expr]) -> Typed:
        first = arguments[0]
        match function:
            case "len":
                self._value(first, FieldType.LIST, FieldType.TEXT)
            case "day" | "time":
                self._value(first, FieldType.INSTANT)
            case "weekday" | "working_day":
                self._value(first, FieldType.INSTANT, FieldType.DATE)
            case "sha256":
                self._value(first, FieldType.TEXT)
            case "can_lead":
                self._value(first, FieldType.UNIT)
            case "given":
                self._named("name", first, [name for name in self.scope.names if name not in BUILTIN_NAMES])
            case "times" | "doer":
                self._named("action", first, self.scope.actions)
            case "overdue" | "overdue_by_any_reading" | "paused":
                self._named("clock", first, self.scope.clocks)
            case _:
                self._in_state(first, arguments[1])
        return _RESULTS.get(function, FLAG)

    def _value(self, node: ast.expr, *kinds: FieldType) -> None:
        found = self.type_of(node)
        if found and found.type not in kinds:
            self._report("wrong-type", node, say("expected one of {kinds}, got: {found}", kinds=kinds, found=found))

    def _named(self, kind: str, node: ast.expr, valid: list[str]) -> str | None:
        assert isinstance(node, ast.Constant), "the grammar turns names given to functions into constants"
        if node.value in valid:
            return str(node.value)
        self._report(f"unknown-{kind}", node, unknown(kind, str(node.value), valid))
        return None

    def _in_state(self, subcase: ast.expr, state: ast.expr) -> None:
        subcases = self.scope.procedure.subcases
        name = self._named("subcase", subcase, list(subcases))
        if name:
            self._named("state", state, list(subcases[name].lifecycle.states))

    def _report(self, code: str, node: ast.expr, message: Message) -> None:
        self.findings.append((code, self.expression.offset(node), message))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text) is not None
    except ValueError:
        return False
