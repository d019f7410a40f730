"""Alternatives of which the first that holds applies: limits and expiries chosen by a condition.

One that can never be chosen does nothing; two that hold for the same values are settled by their order alone; and where
none holds, the case has no limit. Each is shown by an example of values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..checks.places import Path, lifecycles
from ..errors import Problem
from ..messages import Message, say
from ..model import Clock, Lifecycle, Limit, Procedure
from .known import given_at_opening
from .values import Asked, Condition, Example, Known, Undecidable, examples, spoken, telling, values_of


class Alternative(NamedTuple):
    """One of several; ``result``: what applies when it is chosen."""

    path: Path
    when: str | None
    result: Message | str


def lint_alternatives(procedure: Procedure) -> Iterator[Problem]:
    """Yield alternatives that can never be chosen, that overlap, and values for which there is none."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            place = (*path, "clocks", clock.name)
            judge = _Judge(procedure, lifecycle, clock)
            yield from judge.limits((*place, "limit"), clock.limits)
            for key, reading in (("strict", clock.strict), ("lenient", clock.lenient)):
                if reading and [it.when for it in reading.limits] != [it.when for it in clock.limits]:
                    yield from judge.limits((*place, key, "limit"), reading.limits)
            expiries = [
                Alternative((*place, "expires", index, "when"), expiry.when, expiry.action)
                for index, expiry in enumerate(clock.expires)
            ]
            yield from judge.chosen(expiries)


class _Judge(NamedTuple):
    """Judges the alternatives of one clock."""

    procedure: Procedure
    lifecycle: Lifecycle
    clock: Clock

    def limits(self, path: Path, limits: Sequence[Limit]) -> Iterator[Problem]:
        found = [_of_limit((*path, index), limit) for index, limit in enumerate(limits)]
        yield from self.chosen(found)
        yield from self._without(path, found)

    def chosen(self, alternatives: Sequence[Alternative]) -> Iterator[Problem]:
        """Yield those that are never chosen, and pairs that hold together with different results."""
        try:
            conditions = [Condition(one.when) if one.when else None for one in alternatives]
            values = self._values(conditions)
            tried = [example for example in examples(values) if self._applies(example)]
            for index, one in enumerate(alternatives):
                before, own = conditions[:index], conditions[index]
                holding = [it for it in tried if own is None or own.holds(it)]
                free = [it for it in holding if not any(_holds(other, it) for other in before)]
                if tried and own is None and any(all(_holds(it, example) for example in tried) for it in before):
                    yield _never_chosen(one, never_holds=False)
                elif tried and not free and own is not None:
                    yield _never_chosen(one, never_holds=holding == [])
                elif own is not None:
                    yield from self._overlap(one, own, alternatives[:index], before, holding, values)
        except Undecidable:
            return

    def _overlap(
        self,
        one: Alternative,
        own: Condition,
        earlier: Sequence[Alternative],
        before: Sequence[Condition | None],
        holding: Sequence[Example],
        values: Mapping[Asked, Sequence[Any]],
    ) -> Iterator[Problem]:
        for other, condition in zip(earlier, before, strict=True):
            if condition is None or str(other.result) == str(one.result):
                continue
            both = next((it for it in holding if condition.holds(it)), None)
            if both is None or self._narrower(condition, own, values):
                continue
            shown = telling(both, values, lambda it, first=condition: first.holds(it) and own.holds(it))  # type: ignore[misc]
            yield Problem(
                "overlap",
                one.path,
                say(
                    "with {values} both {first} and {second} hold; only their order decides, for {result} of {clock}",
                    values=spoken(shown, self.lifecycle, self.procedure),
                    first=other.when,
                    second=one.when,
                    result=other.result,
                    clock=self.clock.name,
                ),
                warning=True,
                hint=say(
                    "If that is meant, say so in the second: {second} and not ({first})",
                    first=other.when,
                    second=one.when,
                ),
            )
            return

    def _narrower(self, first: Condition, second: Condition, values: Mapping[Asked, Sequence[Any]]) -> bool:
        """Whether the first is a special case of the second, which its place before it then says."""
        return all(second.holds(it) for it in examples(values) if first.holds(it))

    def _without(self, path: Path, alternatives: Sequence[Alternative]) -> Iterator[Problem]:
        """Yield values for which there is no limit at all."""
        if not alternatives or any(one.when is None for one in alternatives):
            return
        try:
            conditions = [Condition(one.when) for one in alternatives if one.when]
            values = self._values(conditions)

            def lost(example: Example) -> bool:
                return self._applies(example) and not any(condition.holds(example) for condition in conditions)

            found = next((example for example in examples(values) if lost(example)), None)
            if found is None:
                return
            yield Problem(
                "no-limit",
                path[:-1],
                say(
                    "with {values} {clock} has no limit: it never runs, and nothing reminds anybody",
                    values=spoken(telling(found, values, lost), self.lifecycle, self.procedure),
                    clock=self.clock.name,
                ),
                on_key=True,
                warning=True,
                hint=say("Add a limit for every other value (otherwise), or say when there is this clock (applies)."),
            )
        except Undecidable:
            return

    def _values(self, conditions: Sequence[Condition | None]) -> dict[Asked, tuple[Any, ...]]:
        applies = [Condition(self.clock.applies)] if self.clock.applies else []
        known = Known(given=given_at_opening(self.procedure, self.lifecycle))
        return values_of([*applies, *filter(None, conditions)], self.procedure, self.lifecycle, known)

    def _applies(self, example: Example) -> bool:
        return not self.clock.applies or Condition(self.clock.applies).holds(example)


def _holds(condition: Condition | None, example: Example) -> bool:
    return condition is None or condition.holds(example)


def _never_chosen(one: Alternative, *, never_holds: bool) -> Problem:
    if one.when is None:
        message = say("{result} is never chosen: the condition of an earlier one always holds", result=one.result)
        hint = say("Correct that condition, or delete this one.")
        return Problem("never-chosen", one.path[:-1], message, warning=True, hint=hint)
    message = (
        say("{result} is never chosen: no values meet {condition}", result=one.result, condition=one.when)
        if never_holds
        else say(
            "{result} is never chosen: where {condition} holds, an earlier one does too, and the first is taken",
            result=one.result,
            condition=one.when,
        )
    )
    hint = say("Put the narrower condition first, or delete this one.")
    return Problem("never-chosen", one.path, message, warning=True, hint=hint)


def _of_limit(path: Path, limit: Limit) -> Alternative:
    return Alternative((*path, "when"), limit.when, spoken_limit(limit))


def spoken_limit(limit: Limit) -> Message | str:
    """Return a limit in words: its lengths, or the field from which it comes."""
    if limit.period and not limit.then:
        return limit.period.spoken()
    if limit.period:
        return ", ".join(str(period) for period in (limit.period, *limit.then))
    if limit.amount:
        return say("so many {unit} as {field} says", unit=f"{limit.amount.unit}s", field=limit.amount.field)
    return say("until {field}", field=limit.until or limit.before or "")
