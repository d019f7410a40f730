"""Stays: how long cases stayed in a state and what people did there, read off history and drawn from again.

A stay that nobody has ended yet, or that the system ended, says only that people would have taken longer. Such a stay
is not left out, which would make everybody look quick: when it is drawn, another one that lasted longer takes over
from its end. Drawing so is drawing from the estimate of Kaplan and Meier (1958), in the form that Efron (1967) gave
it: what is not known is handed on to what lasted longer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from ..engine import Standing
from ..history import NOTED, Case, Event
from ..model import OPEN, SYSTEM, FieldType, Lifecycle
from .working_time import WorkingTime

OWN = 12
"""How many stays of a unit's own are enough to draw from those alone; with fewer, all units' stays are drawn from."""


@dataclass(frozen=True, slots=True)
class Did:
    """What somebody did: how long after the beginning of the stay, in seconds of working time, and how."""

    after: float
    action: str
    actor: str
    role: str
    unit: str | None
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a case in a state.

    Args:
        lasted: in seconds of working time, up to its end or to when it was last seen.
        did: what people did meanwhile that led nowhere, in order.
        left: what a person did that ended it; None where the system ended it, or nobody yet.
    """

    lasted: float
    did: tuple[Did, ...]
    left: Did | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What people will do in a stay; ``left``: what ends it, None where nobody in history waited so long."""

    did: tuple[Did, ...]
    left: Did | None


Key = tuple[str, str, str]
"""Kind of case, state and unit; an empty unit stands for all."""


@dataclass
class Stays:
    """The stays of history, by kind, state and unit."""

    found: dict[Key, list[Stay]] = field(default_factory=lambda: defaultdict(list))

    def add(self, standing: Standing, time: WorkingTime) -> None:
        """Take up the stays of a family as it stood."""
        for case in standing.situation.family.cases:
            left_out = wordy(standing.situation.deployed.lifecycle(case))
            own = [event for event in standing.events if event.case == case.id]
            for state, stay in _stays(own, case, time, standing.situation.at, left_out):
                self.found[case.kind, state, case.unit or ""].append(stay)
                if case.unit:
                    self.found[case.kind, state, ""].append(stay)

    def close(self) -> None:
        """Put all stays in order of their length; none is taken up after that."""
        for stays in self.found.values():
            stays.sort(key=lambda stay: stay.lasted)

    @property
    def ended(self) -> int:
        """How many stays people have ended."""
        return sum(stay.left is not None for key, stays in self.found.items() for stay in stays if not key[2])

    def draw(self, kind: str, state: str, unit: str | None, already: float, random: Random) -> Drawn:
        """Return what people will do in a stay that has lasted ``already``."""
        own = self.found.get((kind, state, unit or ""), [])
        known = own if not unit or len(own) >= OWN else self.found.get((kind, state, ""), [])
        will: list[Did] = []
        while True:
            first = bisect_right(known, already, key=lambda stay: stay.lasted)
            if first == len(known):
                return Drawn(tuple(will), None)
            stay = known[random.randrange(first, len(known))]
            will += [one for one in stay.did if one.after > already]
            if stay.left is not None:
                return Drawn(tuple(will), stay.left)
            already = stay.lasted


def wordy(lifecycle: Lifecycle) -> frozenset[str]:
    """Return the private fields that are left out of what is drawn: texts, of which no limit is measured."""
    words = (FieldType.TEXT, FieldType.URL, FieldType.FILE, FieldType.LIST)
    return frozenset(name for name in lifecycle.private if lifecycle.fields[name].type in words)


def _stays(
    events: Iterable[Event], case: Case, time: WorkingTime, until: datetime, left_out: frozenset[str]
) -> Iterable[tuple[str, Stay]]:
    state, begun, did = "", 0.0, list[Did]()
    for event in sorted(events, key=lambda event: (event.effective_at, event.seq)):
        now = time.since_first(event.effective_at)
        by_person = event.actor != SYSTEM and event.cause is None and event.rung is None and event.action not in NOTED
        if not (event.moves or event.since):
            if by_person:
                did.append(_did(event, now - begun, left_out))
            continue
        if state:
            left = _did(event, now - begun, left_out) if by_person and event.action != OPEN else None
            yield state, Stay(now - begun, tuple(did), left)
        state, begun, did = event.to_state, now, []
    if state and case.closed_at is None:
        yield state, Stay(time.since_first(until) - begun, tuple(did), None)


def _did(event: Event, after: float, left_out: frozenset[str]) -> Did:
    data = {name: value for name, value in event.data.items() if name not in left_out}
    return Did(after, event.action, event.actor, event.role, event.unit, event.effective_at, data)
