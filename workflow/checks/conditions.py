"""Conditions and computed fields: every expression of a procedure, checked in its scope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..errors import Problem
from ..model import Limit, Procedure
from .expressions import FLAG, Scope, Typed, check_expression, typed
from .places import Path, actions, lifecycles

_CHOSEN = re.compile(r'\w+ == "?([^"]*)"?')
"""The condition that the reader makes of a value: the field, and the value as it is compared."""


def check_conditions(procedure: Procedure) -> Iterator[Problem]:
    """Yield what is wrong with guards, with what actions set, and with the conditions of limits."""
    scopes = {kind: Scope(procedure, kind) for kind in ("case", *procedure.subcases)}
    for path, lifecycle, action in actions(procedure):
        scope = scopes[lifecycle.kind]
        for index, guard in enumerate(action.guards):
            yield from _check((*path, "when", index, "check"), guard.check, scope, FLAG)
        for name, source in action.sets.items():
            if name in lifecycle.fields:
                yield from _check((*path, "sets", name), source, scope, typed(lifecycle.fields[name]))
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            place = (*path, "clocks", clock.name)
            if clock.applies is not None:
                yield from _check((*place, "applies"), clock.applies, scopes[lifecycle.kind], FLAG)
            yield from _limits((*place, "limit"), clock.limits, scopes[lifecycle.kind])
            for key, reading in (("strict", clock.strict), ("lenient", clock.lenient)):
                known = {limit.when for limit in clock.limits}
                own = tuple(limit for limit in reading.limits if limit.when not in known) if reading else ()
                yield from _limits((*place, key, "limit"), own, scopes[lifecycle.kind])
            for index, expiry in enumerate(clock.expires):
                if expiry.when is not None:
                    yield from _check((*place, "expires", index, "when"), expiry.when, scopes[lifecycle.kind], FLAG)


def _limits(path: Path, limits: tuple[Limit, ...], scope: Scope) -> Iterator[Problem]:
    for index, limit in enumerate(limits):
        if limit.when is not None:
            for problem in _check((*path, index, "when"), limit.when, scope, FLAG):
                yield _at_its_value((*path, index), problem, limit) if limit.chosen else problem


def _at_its_value(path: Path, problem: Problem, limit: Limit) -> Problem:
    """A limit chosen by a field's value has no condition of its own: what is wrong is at the value, or the field."""
    value = _CHOSEN.match(limit.when or "")
    if value is None or problem.code != "unknown-choice":
        return replace(problem, path=(*path, "by"), offset=0)
    return replace(problem, path=(*path, "is", value[1]), offset=0, on_key=True)


def _check(path: Path, source: str, scope: Scope, expects: Typed) -> Iterator[Problem]:
    for code, offset, message in check_expression(source, scope, expects):
        yield Problem(code, path, message, offset)
