"""The grammar of expressions: an allowlist over Python's own syntax, checked and rewritten once.

Comparisons, ``and or not``, ``in``, ``a if c else b``, texts, whole numbers, ``true`` and ``false``, lists, names, and
the calls in `FUNCTIONS`; everything else is refused, so nothing in a definition can run code.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from enum import Enum

from .errors import CaseclockError
from .messages import Message, say
from .model import CASE

MAX_LENGTH = 2000
"""The longest expression, in characters."""

MAX_DEPTH = 40
"""How deep the parts of an expression may be nested."""

BUILTIN_NAMES = ("actor", "is_lead")
"""Names that are not fields: the id of who acts, and whether a subcase is the lead unit's."""


COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
"""The comparisons of the language."""


class Argument(Enum):
    """What a function's argument is: a value, or the name of something that the procedure declares."""

    VALUE = "value"
    FIELD = "field"
    ACTION = "action"
    CLOCK = "clock"
    SUBCASE = "subcase"
    STATE = "state"


FUNCTIONS: Mapping[str, tuple[Argument, ...]] = {
    "len": (Argument.VALUE,),
    "given": (Argument.FIELD,),
    "sha256": (Argument.VALUE,),
    "can_lead": (Argument.VALUE,),
    "day": (Argument.VALUE,),
    "weekday": (Argument.VALUE,),
    "time": (Argument.VALUE,),
    "working_day": (Argument.VALUE,),
    "times": (Argument.ACTION,),
    "doer": (Argument.ACTION,),
    "overdue": (Argument.CLOCK,),
    "overdue_by_any_reading": (Argument.CLOCK,),
    "paused": (Argument.CLOCK,),
    "lead_in": (Argument.SUBCASE, Argument.STATE),
    "all_in": (Argument.SUBCASE, Argument.STATE),
    "any_in": (Argument.SUBCASE, Argument.STATE),
}
"""Every function of the language, with what its arguments are."""


class ExpressionError(CaseclockError):
    """An expression of a definition is not allowed, or gave a value that its place cannot take; its author must act.

    Args:
        offset: characters into the expression where the trouble stands.
    """

    code = "expression"
    exit_status = 3

    def __init__(self, message: Message, hint: Message | None = None, offset: int = 0) -> None:
        super().__init__(message, hint)
        self.offset = offset


def parse(source: str) -> tuple[ast.expr, frozenset[str]]:
    """Return the rewritten tree of an expression, and the fields that it reads.

    In the tree ``case.x`` is one name, and names given to functions are constants; positions are those of ``source``.

    Raises `ExpressionError`, with the offset, for whatever is not in the language.
    """
    rewriter = _Rewriter(source)
    tree = rewriter.rewrite(_parse(source), 0)
    return tree, frozenset(rewriter.names)


def characters(source: str, byte: int) -> int:
    """Return a count of characters for one of UTF-8 bytes, which is what `ast` counts."""
    return len(source.encode()[:byte].decode(errors="ignore"))


def _parse(source: str) -> ast.expr:
    if len(source) > MAX_LENGTH:
        raise ExpressionError(say("expected an expression of at most {limit} characters", limit=MAX_LENGTH))
    if "\\" in source:
        raise ExpressionError(say("a backslash has no meaning in an expression"), offset=source.index("\\"))
    margin = len(source) - len(source.lstrip())
    text = source[margin:].replace("\r", " ").replace("\n", " ")
    try:
        with warnings.catch_warnings():
            # `size > 5and urgent` is taken by Python with a word about its own future; it is none of an author's
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(
            say("expected an expression, got: {source} ({reason})", source=repr(source), reason=error.msg),
            offset=margin + max((error.offset or 1) - 1, 0),
        ) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise ExpressionError(say("expected an expression, got: {source}", source=repr(source))) from error
    if margin:
        _shift(tree, len(source[:margin].encode()))
    return tree


def _shift(tree: ast.expr, columns: int) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.col_offset += columns
            node.end_col_offset = (node.end_col_offset or 0) + columns


class _Rewriter:
    """One walk over a parsed expression: refuses what is not in the language and resolves what names mean."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.names: set[str] = set()

    def rewrite(self, node: ast.expr, depth: int) -> ast.expr:
        if depth > MAX_DEPTH:
            raise self._refusal(node, say("the expression is nested too deep; split it into several checks"))
        new = self._part(node, depth + 1)
        return ast.copy_location(new, node)

    def _part(self, node: ast.expr, depth: int) -> ast.expr:
        match node:
            case ast.Constant(value=bool() | int() | str()):
                return ast.Constant(node.value)
            case ast.Name(id="true" | "false"):
                return ast.Constant(node.id == "true")
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.BoolOp():
                return ast.BoolOp(node.op, self._all(node.values, depth))
            case ast.UnaryOp(op=ast.Not()):
                return ast.UnaryOp(node.op, self.rewrite(node.operand, depth))
            case ast.Compare() if all(type(op) in COMPARISONS for op in node.ops):
                return ast.Compare(self.rewrite(node.left, depth), node.ops, self._all(node.comparators, depth))
            case ast.IfExp():
                test, body, orelse = self._all([node.test, node.body, node.orelse], depth)
                return ast.IfExp(test, body, orelse)
            case ast.List() | ast.Tuple():
                return ast.List(self._all(node.elts, depth), ast.Load())
            case ast.Call():
                return self._call(node, depth)
        raise self._refusal(node, say("this is not allowed in an expression: {part}", part=self._text(node)))

    def _all(self, nodes: list[ast.expr], depth: int) -> list[ast.expr]:
        return [self.rewrite(node, depth) for node in nodes]

    def _name(self, node: ast.expr) -> ast.Name:
        name = self._dotted(node)
        if name not in BUILTIN_NAMES:
            self.names.add(name)
        return ast.Name(name, ast.Load())

    def _dotted(self, node: ast.expr) -> str:
        """Return ``x`` or ``case.x``; no other dot has a meaning."""
        match node:
            case ast.Name():
                return node.id
            case ast.Attribute(value=ast.Name(id=owner)) if owner == CASE:
                return f"{CASE}.{node.attr}"
        raise self._refusal(node, say("expected a name or case.<name>, got: {part}", part=self._text(node)))

    def _call(self, node: ast.Call, depth: int) -> ast.Call:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise self._refusal(
                node,
                say(
                    "no function {part}; the functions are {functions}",
                    part=self._text(node.func),
                    functions=list(FUNCTIONS),
                ),
            )
        kinds = FUNCTIONS[node.func.id]
        if node.keywords or len(node.args) != len(kinds):
            raise self._refusal(
                node,
                say(
                    "expected {function}({arguments}), got: {part}",
                    function=node.func.id,
                    arguments=[kind.value for kind in kinds],
                    part=self._text(node),
                ),
            )
        arguments = [self._argument(argument, kind, depth) for argument, kind in zip(node.args, kinds, strict=True)]
        return ast.Call(ast.copy_location(ast.Name(node.func.id, ast.Load()), node.func), arguments, [])

    def _argument(self, node: ast.expr, kind: Argument, depth: int) -> ast.expr:
        if kind is Argument.VALUE:
            return self.rewrite(node, depth)
        name = self._dotted(node)
        if kind is Argument.FIELD:
            self.names.add(name)
        return ast.copy_location(ast.Constant(name), node)

    def _text(self, node: ast.expr) -> str:
        raw = self.source.encode()[node.col_offset :]
        return raw[: (node.end_col_offset or 0) - node.col_offset].decode(errors="ignore").strip() or ast.unparse(node)

    def _refusal(self, node: ast.expr, message: Message) -> ExpressionError:
        hint = say("allowed: == != < <= > >= in, and or not, a if c else b, texts, numbers, true, false, lists, names")
        return ExpressionError(message, hint, characters(self.source, node.col_offset))
