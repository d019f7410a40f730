"""Comparing: in what a history that was replayed differs from the one that was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import Any

from ..engine import Refused, Replayed
from ..history import Event
from ..messages import Message, say

NOT_COMPARED = frozenset({"office", "link", "seals"})
"""What differs whenever a history is written a second time: salts are drawn at random, and links follow from them."""


@dataclass(frozen=True, slots=True)
class Differing:
    """Something of an event that did not come out as it was recorded.

    Args:
        what: which value of it; empty where the whole event is missing on one side.
        recorded, replayed: that value, or the action of the event that is there; None for nothing.
    """

    case: str
    seq: int
    action: str
    what: str
    recorded: Any
    replayed: Any

    @property
    def message(self) -> Message:
        """The difference in a sentence."""
        return say(
            "{case}, event {seq} ({action}), {what}: recorded {recorded}, replayed {replayed}",
            case=self.case,
            seq=self.seq,
            action=self.action,
            what=self.what or "-",
            recorded=str(self.recorded),
            replayed=str(self.replayed),
        )


def differing(one: Replayed) -> Iterator[Differing]:
    """Yield in what a replayed family differs from its history: nothing, under the definitions of its time."""
    numbers = {event.case: event.opened["number"] for event in one.events if event.opened}
    for recorded, replayed in zip_longest(one.events, one.again):
        known = recorded or replayed
        number = numbers.get(known.case, one.number)
        if recorded is None or replayed is None:
            yield Differing(
                number, known.seq, known.action, "", recorded and recorded.action, replayed and replayed.action
            )
            continue
        for name in (field.name for field in fields(Event) if field.name not in NOT_COMPARED):
            left, right = _value(recorded, recorded, name), _value(replayed, recorded, name)
            if left != right:
                yield Differing(number, known.seq, known.action, name, left, right)


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether histories came out again as they were recorded: how many, and everything that did not."""

    cases: int
    events: int
    differing: tuple[Differing, ...]
    refused: tuple[Refused, ...]


def check(families: Iterable[Replayed]) -> Checked:
    """Compare replayed families with their histories, event by event; they are read once and not kept."""
    cases = events = 0
    found: list[Differing] = []
    refused: list[Refused] = []
    for one in families:
        cases, events = cases + 1, events + len(one.events)
        found += differing(one)
        refused += one.refused
    return Checked(cases, events, tuple(found), tuple(refused))


def _value(event: Event, recorded: Event, name: str) -> Any:
    """A value of an event; of its data, what has not been erased from the recorded one."""
    if name != "data":
        return getattr(event, name)
    erased = {field for field, seal in recorded.seals.items() if seal.salt is None}
    return {field: value for field, value in event.data.items() if field not in erased}
