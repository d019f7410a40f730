"""Clocks: what starts, stops and extends them is declared, and exactly one limit always applies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import Problem
from ..messages import say
from ..model import OPENED, Clock, Extension, FieldType, Lifecycle, Procedure
from .places import Path, lifecycles, refuse_unknown
from .sentences import unknown


def check_limits(procedure: Procedure) -> Iterator[Problem]:
    """Yield what is wrong with the clocks of every lifecycle, their ladders aside."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            place = (*path, "clocks", clock.name)
            yield from _starts((*place, "starts"), clock.starts, lifecycle)
            for key, names in (("stops", clock.stops), ("runs_on", clock.runs_on), ("restarts", clock.restarts)):
                yield from refuse_unknown("action", (*place, key), names, lifecycle.actions)
            yield from _limits((*place, "limit"), clock, lifecycle)
            if clock.extension:
                yield from _extension((*place, "extension"), clock.extension, lifecycle)
            if clock.within:
                yield from _within((*place, "within", "clock"), clock, procedure, lifecycle)


def _starts(path: Path, starts: Iterable[str], lifecycle: Lifecycle) -> Iterator[Problem]:
    instants = [name for name, field in lifecycle.fields.items() if field.type is FieldType.INSTANT]
    for index, name in enumerate(starts):
        if name in (OPENED, *instants) or name in lifecycle.actions:
            continue
        if name in lifecycle.fields:
            kind = lifecycle.fields[name].type
            message = say("a clock starts with an instant; {name} is a field of type {type}", name=name, type=kind)
            yield Problem("wrong-type", (*path, index), message)
        else:
            message = unknown("name", name, [*instants, *lifecycle.actions, OPENED])
            yield Problem("unknown-name", (*path, index), message)


def _limits(path: Path, clock: Clock, lifecycle: Lifecycle) -> Iterator[Problem]:
    for index, limit in enumerate(clock.limits):
        last = index == len(clock.limits) - 1
        if last and limit.when is not None:
            message = say("the last limit applies when no other does; it takes no condition (when)")
            yield Problem("limit-order", (*path, index), message)
        if not last and limit.when is None:
            message = say("the limits after this one can never apply; give it a condition (when)")
            yield Problem("limit-order", (*path, index), message)
        if limit.until is not None:
            yield from _until((*path, index, "until"), limit.until, lifecycle)


def _until(path: Path, name: str, lifecycle: Lifecycle) -> Iterator[Problem]:
    dates = [name for name, field in lifecycle.fields.items() if field.type is FieldType.DATE]
    if name in lifecycle.fields and name not in dates:
        kind = lifecycle.fields[name].type
        message = say("a limit runs until a date; {name} is a field of type {type}", name=name, type=kind)
        yield Problem("wrong-type", path, message)
    elif name not in dates:
        yield Problem("unknown-field", path, unknown("field", name, dates))


def _extension(path: Path, extension: Extension, lifecycle: Lifecycle) -> Iterator[Problem]:
    steps = {"asked": extension.ask, "granted": extension.grant, "refused": extension.refuse}
    for key, action in steps.items():
        yield from refuse_unknown("action", (*path, key), [action], lifecycle.actions)


def _within(path: Path, clock: Clock, procedure: Procedure, lifecycle: Lifecycle) -> Iterator[Problem]:
    assert clock.within is not None
    prefix = "case." if clock.within.of_case else ""
    valid = [*lifecycle.clocks, *(f"case.{name}" for name in procedure.case.clocks)]
    name = f"{prefix}{clock.within.clock}"
    if name not in valid:
        yield Problem("unknown-clock", path, unknown("clock", name, valid))
        return
    seen = {(lifecycle.kind, clock.name)}
    here, at = lifecycle, clock
    while at.within is not None:
        here = procedure.case if at.within.of_case else here
        if at.within.clock not in here.clocks:
            return
        at = here.clocks[at.within.clock]
        if (here.kind, at.name) in seen:
            yield Problem("within-cycle", path, say("clock {clock} stands within itself", clock=clock.name))
            return
        seen.add((here.kind, at.name))
