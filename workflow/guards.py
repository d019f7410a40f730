"""Expressions over a case: the conditions and computed fields of a definition, compiled once and run on plain values.

`grammar` says what an expression may hold; evaluation is left to `simpleeval`, which gets the rewritten tree and the
plain values of fields, never an object with behaviour.

A field that is not set behaves as empty, whatever its type:

- alone it counts as false; `len` of it is 0;
- it equals ``false``, ``""``, ``[]`` and another field that is not set, and nothing else (not 0);
- ``<``, ``<=``, ``>`` and ``>=`` with it are false; it is in no list, and nothing is in it.
"""

from __future__ import annotations

import ast
import hashlib
import operator
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Protocol

from simpleeval import EvalWithCompoundTypes, InvalidExpression  # type: ignore[import-untyped]

from .grammar import ExpressionError, characters, parse
from .messages import say


class Facts(Protocol):
    """What an expression may ask about a case."""

    def value(self, name: str) -> object:
        """Return the value of a field, of ``case.<field>`` or of a name in `BUILTIN_NAMES`; None when it is not set."""

    def day(self, instant: str | None) -> str | None:
        """Return the day, in the procedure's zone, on which an instant falls; both as ISO 8601."""

    def weekday(self, instant: str | None) -> str | None:
        """Return the English name, in small letters, of the weekday of an instant or a day."""

    def time(self, instant: str | None) -> int | None:
        """Return the time of day of an instant in the procedure's zone as a number, 1630 for 16:30."""

    def working_day(self, instant: str | None) -> bool:
        """Return whether an instant or a day is on a working day of the procedure's calendar."""

    def times(self, action: str) -> int:
        """Return how often ``action`` was done."""

    def doer(self, action: str) -> str | None:
        """Return the actor who did ``action`` last, None when nobody has."""

    def overdue(self, clock: str) -> bool:
        """Return whether a clock, or ``case.<clock>`` of the parent, is overdue."""

    def overdue_by_any_reading(self, clock: str) -> bool:
        """Return whether a clock, or ``case.<clock>`` of the parent, is overdue even by the latest reading."""

    def paused(self, clock: str) -> bool:
        """Return whether time stands still for a clock, or for ``case.<clock>`` of the parent."""

    def can_lead(self, unit: str) -> bool:
        """Return whether ``unit`` may be named lead."""

    def in_state(self, subcase: str, state: str, which: Literal["lead", "all", "any"]) -> bool:
        """Return whether the lead's subcase, all or any of a kind are in ``state``."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that passed the allowlist.

    Args:
        source: as written.
        tree: rewritten: ``case.x`` is one name, names given to functions are constants; positions as in ``source``.
        names: the fields it reads, ``case.<field>`` for the parent's; without `BUILTIN_NAMES`.
    """

    source: str
    tree: ast.expr = field(compare=False, repr=False)
    names: frozenset[str] = field(compare=False)

    def value(self, facts: Facts) -> object:
        """Return the value for these facts; None where it is that of a field that is not set.

        Raises `ExpressionError` when values cannot be compared.
        """
        evaluator = _here.evaluator
        outer = evaluator.names, evaluator.functions
        evaluator.names, evaluator.functions = _Names(facts), _functions(facts)
        try:
            value: object = evaluator.eval(self.source, self.tree)
            return value
        except (TypeError, InvalidExpression) as error:
            raise ExpressionError(
                say("expression {source} cannot be evaluated: {reason}", source=repr(self.source), reason=error)
            ) from error
        finally:
            evaluator.names, evaluator.functions = outer

    def holds(self, facts: Facts) -> bool:
        """Return whether the condition holds. Raises `ExpressionError` when it gives anything but true or false."""
        value = self.value(facts)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise ExpressionError(
            say("condition {source} gave {value}; expected true or false", source=repr(self.source), value=repr(value)),
            say("compare it with something, for example: len(x) > 0"),
        )

    def offset(self, node: ast.expr) -> int:
        """Return how many characters into `source` a node of `tree` begins."""
        return characters(self.source, node.col_offset)


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """Return the expression, ready to evaluate. Raises `ExpressionError`, with the offset, for what is not allowed.

    >>> sorted(compile_expression("len(units) == 1 or lead in units").names)
    ['lead', 'units']
    """
    tree, names = parse(source)
    return Expression(source, tree, names)


class _Names:
    """The names of an expression, resolved by the facts."""

    __slots__ = ("_facts",)

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __getitem__(self, name: str) -> object:
        return self._facts.value(name)


def _functions(facts: Facts) -> dict[str, Callable[..., Any]]:
    return {
        "len": lambda value: 0 if value is None else len(value),
        "given": lambda name: not _is_empty(facts.value(name)),
        "sha256": lambda text: hashlib.sha256((text or "").encode()).hexdigest(),
        "can_lead": lambda unit: not _is_empty(unit) and facts.can_lead(unit),
        "day": facts.day,
        "weekday": facts.weekday,
        "time": facts.time,
        "working_day": facts.working_day,
        "times": facts.times,
        "doer": facts.doer,
        "overdue": facts.overdue,
        "overdue_by_any_reading": facts.overdue_by_any_reading,
        "paused": facts.paused,
        "lead_in": lambda subcase, state: facts.in_state(subcase, state, "lead"),
        "all_in": lambda subcase, state: facts.in_state(subcase, state, "all"),
        "any_in": lambda subcase, state: facts.in_state(subcase, state, "any"),
    }


def _is_empty(value: object) -> bool:
    return value is None or value in ([], ()) or (isinstance(value, str) and not value.strip())


def _equal(left: object, right: object) -> bool:
    if left is None or right is None:
        other = right if left is None else left
        return other is None or other is False or other in ("", [], ())
    return _plain(left) == _plain(right)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _contains(item: object, container: Any) -> bool:
    return item is not None and container is not None and item in container


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[object, object], bool]:
    return lambda left, right: left is not None and right is not None and compare(left, right)


_OPERATORS: dict[type[ast.AST], Callable[..., bool]] = {
    ast.Eq: _equal,
    ast.NotEq: lambda left, right: not _equal(left, right),
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: _contains,
    ast.NotIn: lambda item, container: not _contains(item, container),
    ast.Not: operator.not_,
}


class _Here(threading.local):
    """One evaluator for each thread, because making one is slow; facts that ask conditions themselves re-enter it."""

    def __init__(self) -> None:
        self.evaluator = EvalWithCompoundTypes(_OPERATORS, {}, {})


_here = _Here()
