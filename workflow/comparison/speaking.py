"""Values of the model in words: a rung, a limit, a pause as a clerk would say them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import singledispatchmethod
from typing import Any

from ..messages import Message, Text, say
from ..model import (
    Action,
    Amount,
    Archive,
    Bound,
    Clock,
    DayEnd,
    DeemedReceipt,
    Effect,
    Expiry,
    Extension,
    ExtensionMode,
    Field,
    Firing,
    FirstDay,
    Floor,
    Guard,
    LatestStart,
    Limit,
    Opening,
    OtherReading,
    Pause,
    Period,
    Retention,
    Roll,
    Rung,
    Seasons,
    Shown,
    Side,
    Splitting,
    State,
    Strictness,
    Subcase,
    TimeUnit,
    UpTo,
)
from .naming import Names, Naming, named
from .nouns import Noun

NOTHING = say("nothing")

WORDS: Mapping[tuple[type[Enum], Enum], Message] = {
    (FirstDay, FirstDay.EXCLUDED): say("not counted"),
    (FirstDay, FirstDay.INCLUDED): say("counted"),
    (Roll, Roll.NONE): say("stays the last day"),
    (Roll, Roll.NEXT_WORKING_DAY): say("moves to the next working day"),
    (Roll, Roll.PREVIOUS_WORKING_DAY): say("moves to the working day before"),
    (DayEnd, DayEnd.MIDNIGHT): say("at 24:00"),
    (DayEnd, DayEnd.CLOSE_OF_OFFICE): say("when the office closes"),
    (DayEnd, DayEnd.SAME_TIME): say("at the time of day of the start"),
    (DayEnd, DayEnd.AT): say("at a wall time"),
    (UpTo, UpTo.WEEK): say("the end of the week"),
    (UpTo, UpTo.MONTH): say("the end of the month"),
    (UpTo, UpTo.QUARTER): say("the end of the quarter"),
    (UpTo, UpTo.HALF_YEAR): say("the end of the half-year"),
    (UpTo, UpTo.YEAR): say("the end of the year"),
    (Seasons, Seasons.STAND): say("stands still"),
    (Seasons, Seasons.RUN): say("runs"),
    (Effect, Effect.STATUTORY): say("a breach of law"),
    (Effect, Effect.SERVICE): say("a broken promise of service"),
    (Effect, Effect.NONE): say("nothing"),
    (ExtensionMode, ExtensionMode.TO): say("the new total"),
    (ExtensionMode, ExtensionMode.BY): say("how much is added"),
    (ExtensionMode, ExtensionMode.UNTIL): say("the new last day"),
    (Strictness, Strictness.STRICT): say("by the strict reading"),
    (Strictness, Strictness.ADOPTED): say("by the adopted reading"),
    (Strictness, Strictness.LENIENT): say("by the lenient reading"),
}
"""What people say for the words that a definition chooses from; the others are said as they are written.

By their class, since words of two classes are equal that are written in the same way.
"""

_UNITS: Mapping[TimeUnit, Message] = {
    TimeUnit.MINUTE: say("minutes"),
    TimeUnit.WORKING_MINUTE: say("working minutes"),
    TimeUnit.HOUR: say("hours"),
    TimeUnit.WORKING_HOUR: say("working hours"),
    TimeUnit.DAY: say("days"),
    TimeUnit.WORKING_DAY: say("working days"),
    TimeUnit.WEEK: say("weeks"),
    TimeUnit.MONTH: say("months"),
    TimeUnit.YEAR: say("years"),
}

_PLACES: Mapping[Side, Callable[[object], Message]] = {
    Side.BEFORE: lambda offset: say("{offset} before due", offset=offset),
    Side.DUE: lambda _offset: say("at due"),
    Side.AFTER: lambda offset: say("{offset} after due", offset=offset),
    Side.AFTER_START: lambda offset: say("{offset} after the start", offset=offset),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says values of one kind of case with the names that two procedures give.

    Args:
        kind: ``case`` or the kind of subcase in which the values stand.
    """

    names: Names
    kind: str

    def value(self, value: object, noun: Noun) -> object:
        """Return the value of an attribute in words, ids with their titles."""
        if noun.ids is not None and isinstance(value, str) and value:
            return self.names.of(noun.ids, value, self.kind)
        if noun.ids is not None and isinstance(value, tuple) and value:
            return tuple(self.value(part, noun) for part in value)
        return self.say(value)

    def say(self, value: object) -> object:
        """Return any value in words."""
        if value is None or value == "" or value == ():
            return NOTHING
        if isinstance(value, bool):
            return say("yes") if value else say("no")
        if isinstance(value, Enum):
            return WORDS.get((type(value), value), value.value)
        if isinstance(value, tuple):
            return tuple(self.say(part) for part in value)
        if isinstance(value, Mapping):
            return tuple(self._entry(key, part) for key, part in value.items()) or NOTHING
        return self.whole(value)

    def _entry(self, key: str, value: object) -> object:
        title = getattr(value, "title", None)
        return named(key, title if isinstance(title, Text) else None)

    @singledispatchmethod
    def whole(self, value: Any) -> object:
        """Return a value of the model in words; one that is not known here by its title, or by its parts."""
        title = getattr(value, "title", None)
        if isinstance(title, Text):
            return title
        if is_dataclass(value) and not isinstance(value, Text):
            parts = (getattr(value, part.name) for part in fields(value))
            return tuple(self.say(part) for part in parts if part is not None)
        return value

    @whole.register
    def _(self, value: Period) -> object:
        return value.spoken()

    @whole.register
    def _(self, value: Amount) -> object:
        return say("the number in {field}, in {unit}", field=self._field(value.field), unit=_UNITS[value.unit])

    @whole.register
    def _(self, value: Rung) -> object:
        place = _PLACES[value.side](self.say(value.offset))
        told = say("{action} {place}", action=self._action(value.action), place=place)
        return say("{rung}, {reading}", rung=told, reading=self.say(value.reading)) if value.reading else told

    @whole.register
    def _(self, value: Bound) -> object:
        clock = self._clock(value.clock, of_case=value.of_case)
        if value.hard:
            return say("not later than {clock}, which ends it", clock=clock)
        if value.reserve:
            return say("not later than {reserve} before {clock}", reserve=value.reserve.spoken(), clock=clock)
        return say("not later than {clock}", clock=clock)

    @whole.register
    def _(self, value: Floor) -> object:
        clock = self._clock(value.clock, of_case=value.of_case)
        if value.plus:
            return say("not earlier than {length} after {clock}", length=value.plus.spoken(), clock=clock)
        return say("not earlier than {clock}", clock=clock)

    @whole.register
    def _(self, value: LatestStart) -> object:
        after = self.names.of(Naming.HAPPENING, value.after, self.kind)
        return say("{length} after {what}", length=value.period.spoken(), what=after)

    @whole.register
    def _(self, value: Expiry) -> object:
        return self._where(self._action(value.action), value.when)

    @whole.register
    def _(self, value: Opening) -> object:
        kind = self.names.of(Naming.SUBCASE, value.subcase)
        return say("{subcase} for each of {units}", subcase=kind, units=self._field(value.units))

    @whole.register
    def _(self, value: Firing) -> object:
        kind = self.names.of(Naming.SUBCASE, value.subcase)
        action = self.names.of(Naming.ACTION, value.action, value.subcase)
        if value.units is None:
            return say("{action} on every {subcase}", action=action, subcase=kind)
        return say("{action} on {subcase} of {units}", action=action, subcase=kind, units=self._field(value.units))

    @whole.register
    def _(self, value: Splitting) -> object:
        parts, field = self._field(value.parts), self._field(value.field)
        return say("one case for each of {parts}, as its {field}", parts=parts, field=field)

    @whole.register
    def _(self, value: Limit) -> object:
        if value.until:
            return self._where(say("until {field}", field=self._field(value.until)), value.when)
        lengths: object = self.say(value.amount or value.period)
        if value.then:
            lengths = say("{first}, then {others}", first=lengths, others=self.say(value.then))
        if value.before:
            lengths = say("{length} before {field}", length=lengths, field=self._field(value.before))
        return self._where(lengths, value.when)

    @whole.register
    def _(self, value: OtherReading) -> object:
        return self.say(value.limits)

    @whole.register
    def _(self, value: Pause) -> object:
        begins, ends = (self.names.all_of(Naming.HAPPENING, it, self.kind) for it in (value.begins, value.ends))
        return say("from {begins} until {ends}", begins=begins, ends=ends or NOTHING)

    @whole.register
    def _(self, value: Extension) -> object:
        length = self._field(value.until) if value.until else self.say(value.amount or value.period)
        told = {
            ExtensionMode.TO: say("to {length} in all, granted by {action}", **self._grant(length, value)),
            ExtensionMode.BY: say("by {length}, granted by {action}", **self._grant(length, value)),
            ExtensionMode.UNTIL: say("until {length}, granted by {action}", **self._grant(length, value)),
        }
        return told[value.mode]

    @whole.register
    def _(self, value: DeemedReceipt) -> object:
        rules: list[object] = []
        if value.cutoff:
            rules.append(say("after {time} the next day", time=value.cutoff))
        if value.outside_hours:
            rules.append(say("outside office hours at the next opening"))
        if value.rest_day:
            rules.append(say("on a day of rest the next working day"))
        return tuple(rules) or say("at once")

    @whole.register
    def _(self, value: Guard) -> object:
        return value.check

    @whole.register
    def _(self, value: Shown) -> object:
        fields = self.names.all_of(Naming.FIELD, value.fields, self.kind)
        clocks = self.names.all_of(Naming.CLOCK, value.clocks, self.kind)
        return (*fields, *clocks, *self.names.all_of(Naming.ACTION, value.actions, self.kind)) or NOTHING

    @whole.register
    def _(self, value: Retention) -> object:
        if value.field:
            return say("as {field} says, else {period}", field=self._field(value.field), period=value.otherwise)
        return value.otherwise

    @whole.register
    def _(self, value: Archive) -> object:
        return say("in {states}: {classes}", states=value.states, classes=self.say(value.classes))

    @whole.register
    def _(self, value: Clock) -> object:
        return self.say(value.limits)

    @whole.register
    def _(self, value: Field) -> object:
        kind = say("list of {part}", part=value.of.value) if value.of else value.type.value
        return say("{type}, required", type=kind) if value.required else kind

    @whole.register
    def _(self, value: Action) -> object:
        by = self.names.all_of(Naming.ROLE, value.by)
        if value.to is None:
            return say("by {roles}, without another state", roles=by)
        return say("by {roles}, leads to {state}", roles=by, state=self.names.of(Naming.STATE, value.to, self.kind))

    @whole.register
    def _(self, value: State) -> object:
        if value.final:
            return say("the case ends in it")
        actions = self.names.all_of(Naming.ACTION, tuple(value.actions), self.kind)
        return say("there {actions}", actions=actions) if actions else say("nothing can be done there")

    @whole.register
    def _(self, value: Subcase) -> object:
        return say("one for each of {units}", units=self.names.of(Naming.FIELD, value.for_each))

    def _grant(self, length: object, value: Extension) -> dict[str, object]:
        return {"length": length, "action": self._action(value.grant)}

    def _where(self, told: object, condition: str | None) -> object:
        return say("{what} when {condition}", what=told, condition=condition) if condition else told

    def _field(self, name: str) -> object:
        return self.names.of(Naming.FIELD, name, self.kind)

    def _action(self, name: str) -> object:
        return self.names.of(Naming.ACTION, name, self.kind)

    def _clock(self, name: str, *, of_case: bool) -> object:
        return self.names.of(Naming.CLOCK, f"case.{name}" if of_case else name, self.kind)
