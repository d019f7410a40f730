"""What a picture says of a clock: its limit, how it may be extended, and its rungs."""

from __future__ import annotations

from collections.abc import Iterator

from ..messages import Language, Message, Text, render, say
from ..model import Clock, Extension, ExtensionMode, Lifecycle, Limit, Rung, Side


def clock_lines(clock: Clock, lifecycle: Lifecycle, language: Language) -> tuple[str, ...]:
    """Return what is to be said of a clock below its title, a line each."""
    return tuple(render(line, language) for line in _lines(clock, lifecycle))


def _lines(clock: Clock, lifecycle: Lifecycle) -> Iterator[object]:
    for limit in clock.limits:
        yield _limit(limit, lifecycle)
    for extension in clock.extensions:
        yield _extension(extension)
    for rung in clock.ladder:
        yield say("{when}: {action}", when=_place(rung), action=_action(rung.action, lifecycle))
    for expiry in clock.expires:
        yield say("run out: {action}", action=_action(expiry.action, lifecycle))


def _limit(limit: Limit, lifecycle: Lifecycle) -> Message:
    length = _length(limit, lifecycle)
    if limit.when is None:
        return say("limit: {length}", length=length)
    return say("limit: {length}, where {condition}", length=length, condition=_condition(limit.when, lifecycle))


def _condition(condition: str, lifecycle: Lifecycle) -> object:
    """A condition in words where it is a field, or a field that has one of its choices; else as it is written."""
    name, equals, value = condition.partition(" == ")
    field = lifecycle.fields.get(name)
    if field and not equals:
        return field.title
    choice = field.choices.get(value.strip("\"'")) if field else None
    return say("{field} is {value}", field=field.title, value=choice) if field and choice else condition


def _length(limit: Limit, lifecycle: Lifecycle) -> object:
    if limit.period and limit.before:
        return say("{period} before {field}", period=limit.period.spoken(), field=_field(limit.before, lifecycle))
    if limit.period:
        return [period.spoken() for period in (limit.period, *limit.then)]
    if limit.amount:
        return say("as long as {field} says", field=_field(limit.amount.field, lifecycle))
    return say("until {field}", field=_field(limit.until or limit.before or "", lifecycle))


def _extension(extension: Extension) -> Message:
    if extension.period is None:
        return say("may be extended")
    period = extension.period.spoken()
    to_a_total = extension.mode is ExtensionMode.TO
    return (
        say("may be extended to {period}", period=period) if to_a_total else say("extended by {period}", period=period)
    )


def _place(rung: Rung) -> Message:
    if rung.offset is None:
        return say("when due")
    period = rung.offset.spoken()
    match rung.side:
        case Side.BEFORE:
            return say("{period} before due", period=period)
        case Side.AFTER:
            return say("{period} after due", period=period)
        case _:
            return say("{period} after the start", period=period)


def _action(name: str, lifecycle: Lifecycle) -> Text | str:
    return lifecycle.actions[name].title if name in lifecycle.actions else name


def _field(name: str, lifecycle: Lifecycle) -> Text | str:
    return lifecycle.fields[name].title if name in lifecycle.fields else name
