"""Clocks: what starts, stops, pauses and extends them is declared, and exactly one limit always applies."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..messages import say
from ..model import (
    CASE,
    EXACT_UNITS,
    OPENED,
    Bound,
    Clock,
    Extension,
    FieldType,
    Floor,
    Lifecycle,
    Limit,
    Pause,
    Period,
    Procedure,
)
from .places import Path, lifecycles, refuse_unknown
from .sentences import unknown

_DAYS = (FieldType.DATE, FieldType.INSTANT)


def check_limits(procedure: Procedure) -> Iterator[Problem]:
    """Yield what is wrong with the clocks of every lifecycle, their ladders aside."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            place = (*path, "clocks", clock.name)
            yield from _starts(place, clock, lifecycle)
            for key, names in (("stops", clock.stops), ("runs_on", clock.runs_on), ("restarts", clock.restarts)):
                yield from refuse_unknown("action", (*place, key), names, lifecycle.actions)
            yield from _limits((*place, "limit"), clock.limits, lifecycle)
            for key, reading in (("strict", clock.strict), ("lenient", clock.lenient)):
                if reading:
                    yield from _limits((*place, key, "limit"), reading.limits, lifecycle)
            if clock.pauses and all(limit.until or limit.before for limit in clock.limits):
                message = say("a limit until a date, or before one, knows no pauses")
                yield Problem("no-effect", (*place, "pauses"), message)
            for index, pause in enumerate(clock.pauses):
                yield from _pause((*place, "pauses", index), pause, lifecycle)
            for index, expiry in enumerate(clock.expires[:-1]):
                if expiry.when is None:
                    message = say("what comes after this one can never happen; give it a condition (when)")
                    yield Problem("limit-order", (*place, "expires", index), message)
            for index, extension in enumerate(clock.extensions):
                yield from _extension((*place, "extension", index), clock, extension, lifecycle)
            for key, other in (("within", clock.within), ("not_before", clock.not_before)):
                if other:
                    yield from _other_clock((*place, key, "clock"), clock, other, procedure, lifecycle)


def _starts(place: Path, clock: Clock, lifecycle: Lifecycle) -> Iterator[Problem]:
    for index, name in enumerate(clock.starts):
        path = (*place, "starts", index)
        for position, part in enumerate(clock.all_of.get(name, ())):
            yield from _instant((*path, "all_of", position), part, lifecycle, opened=True)
        if name not in clock.all_of:
            yield from _instant((*path, "at"), name, lifecycle, opened=True)
    if clock.latest_start:
        yield from _instant((*place, "starts_at_latest", "after"), clock.latest_start.after, lifecycle, opened=True)


def _instant(path: Path, name: str, lifecycle: Lifecycle, *, opened: bool) -> Iterator[Problem]:
    """Yield a problem where ``name`` is neither a field of time nor an action, or is both a field and an action."""
    instants = [name for name, field in lifecycle.fields.items() if field.type in _DAYS]
    words = [OPENED] if opened else []
    if name in lifecycle.fields and name in lifecycle.actions:
        yield Problem("two-meanings", path, say("{name} is a field and an action; give one another name", name=name))
    elif name in lifecycle.fields and name not in instants:
        kind = lifecycle.fields[name].type
        message = say("expected an instant or a date; {name} is a field of type {type}", name=name, type=kind)
        yield Problem("wrong-type", path, message)
    elif name not in (*words, *instants, *lifecycle.actions):
        yield Problem("unknown-name", path, unknown("name", name, [*instants, *lifecycle.actions, *words]))


def _pause(place: Path, pause: Pause, lifecycle: Lifecycle) -> Iterator[Problem]:
    for key, names in (("from", pause.begins), ("to", pause.ends)):
        for index, name in enumerate(names):
            yield from _instant((*place, key, index), name, lifecycle, opened=False)


def _limits(path: Path, limits: tuple[Limit, ...], lifecycle: Lifecycle) -> Iterator[Problem]:
    for index, limit in enumerate(limits):
        last = index == len(limits) - 1
        if last and limit.when is not None and not limit.chosen and not _covers_all(limits, lifecycle):
            message = say("the last limit applies when no other does; it takes no condition (when)")
            yield Problem("limit-order", (*path, index), message)
        if not last and limit.when is None:
            message = say("the limits after this one can never apply; give it a condition (when)")
            yield Problem("limit-order", (*path, index), message)
        yield from _limit((*path, index), limit, lifecycle)


def _covers_all(limits: tuple[Limit, ...], lifecycle: Lifecycle) -> bool:
    """Return whether there is a limit for each value of one choice or flag, so that the last needs no other."""
    conditions = [limit.when for limit in limits]
    for name, field in lifecycle.fields.items():
        values = [f'"{choice}"' for choice in field.choices] or ["true", "false"]
        if field.type in (FieldType.CHOICE, FieldType.FLAG) and all(f"{name} == {v}" in conditions for v in values):
            return True
    return False


def _limit(path: Path, limit: Limit, lifecycle: Lifecycle) -> Iterator[Problem]:
    if limit.until is not None:
        yield from _of_type((*path, "until"), limit.until, _DAYS, lifecycle)
    if limit.before is not None:
        exact = any(period.unit in EXACT_UNITS for period in _periods(limit))
        yield from _of_type((*path, "before"), limit.before, (FieldType.INSTANT,) if exact else _DAYS, lifecycle)
        if exact and limit.then:
            message = say("a limit in hours before an instant is a single length")
            yield Problem("bad-period", (*path, "is"), message)
    if limit.amount is not None:
        yield from _of_type((*path, "amount"), limit.amount.field, (FieldType.INTEGER,), lifecycle)


def _periods(limit: Limit) -> tuple[Period, ...]:
    return (limit.period, *limit.then) if limit.period else limit.then


def _of_type(path: Path, name: str, kinds: tuple[FieldType, ...], lifecycle: Lifecycle) -> Iterator[Problem]:
    valid = [name for name, field in lifecycle.fields.items() if field.type in kinds]
    if name in lifecycle.fields and name not in valid:
        message = say(
            "expected a field of type {kind}; {name} is a field of type {type}",
            kind=list(kinds),
            name=name,
            type=lifecycle.fields[name].type,
        )
        yield Problem("wrong-type", path, message)
    elif name not in valid:
        yield Problem("unknown-field", path, unknown("field", name, valid))


def _extension(path: Path, clock: Clock, extension: Extension, lifecycle: Lifecycle) -> Iterator[Problem]:
    steps = {"asked": extension.ask, "granted": extension.grant, "refused": extension.refuse}
    for key, action in steps.items():
        yield from refuse_unknown("action", (*path, key), [action], lifecycle.actions)
    if extension.decided_after is not None:
        yield from _instant((*path, "within", "after"), extension.decided_after, lifecycle, opened=True)
    if extension.amount is not None:
        yield from _given((*path, "by", "amount"), extension, extension.amount.field, (FieldType.INTEGER,), lifecycle)
    if extension.until is not None:
        yield from _given((*path, "until"), extension, extension.until, (FieldType.DATE,), lifecycle)
    if any(limit.before for limit in clock.limits):
        yield Problem("no-extension", path, say("a limit that is counted back from a date cannot be extended"))


def _given(
    path: Path, extension: Extension, name: str, kinds: tuple[FieldType, ...], lifecycle: Lifecycle
) -> Iterator[Problem]:
    """Yield what is wrong with a field that the granting action must be given."""
    yield from _of_type(path, name, kinds, lifecycle)
    if extension.grant not in lifecycle.actions:
        return
    for state in lifecycle.states.values():
        action = state.actions.get(extension.grant)
        if action and not any(field.name == name and field.required for field in action.inputs):
            message = say(
                "{action} grants the extension, so it takes {name} as a required input", action=action.name, name=name
            )
            yield Problem("not-given", path, message)
            return


def _other_clock(
    path: Path, clock: Clock, other: Bound | Floor, procedure: Procedure, lifecycle: Lifecycle
) -> Iterator[Problem]:
    """Yield a clock that is not declared, or that stands, through others, within the clock itself."""
    valid = [*lifecycle.clocks, *(f"{CASE}.{name}" for name in procedure.case.clocks)]
    name = f"{CASE}.{other.clock}" if other.of_case else other.clock
    if name not in valid:
        yield Problem("unknown-clock", path, unknown("clock", name, valid))
    elif (lifecycle.kind, clock.name) in _beyond(other, procedure, lifecycle, set()):
        yield Problem("within-cycle", path, say("clock {clock} stands within itself", clock=clock.name))


def _beyond(
    other: Bound | Floor, procedure: Procedure, lifecycle: Lifecycle, seen: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return the clocks on which a bound depends, as pairs of kind and name."""
    here = procedure.case if other.of_case else lifecycle
    key = (here.kind, other.clock)
    if key not in seen and other.clock in here.clocks:
        seen.add(key)
        clock = here.clocks[other.clock]
        for further in (clock.within, clock.not_before):
            if further:
                _beyond(further, procedure, here, seen)
    return seen
