"""The past of a family: where a case stood at an instant, and what came after it, read off the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..history import Event, rung_after, without
from .family import Family


@dataclass(frozen=True, slots=True)
class Then:
    """Where a case stood when something is said to have been done on it.

    Args:
        state: the state it was in.
        later: what came after in its family, in effective order; empty when nothing did.
    """

    state: str
    later: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """That a case came to a state: which, when in law, and by which event."""

    state: str
    since: datetime
    event: Event


class Past:
    """The history of a family, less what has been overtaken.

    Args:
        events: of the whole family, in order of recording.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = translated(in_force(events))
        self._timed: set[str] = set()
        for event in events:
            if event.rung or event.cause in self._timed:
                self._timed.add(event.name)

    def is_timed(self, event: Event) -> bool:
        """Return whether the system did it because its time had come, or in the wake of something like that."""
        return event.name in self._timed

    def of(self, case: str) -> Iterator[Event]:
        """Yield the events of one case."""
        return (event for event in self.events if event.case == case)

    def steps(self, case: str) -> tuple[Step, ...]:
        """Return the states that a case has come to, in order."""
        return tuple(Step(event.to_state, event.effective_at, event) for event in self.of(case) if event.moves)

    def standings(self, case: str, at: datetime, *, timed: bool) -> Iterator[Then]:
        """Yield where a case stood at an instant: before what came to pass at this very instant by time, then after it.

        What people do exactly when something falls due is in time, so it comes before; what is ``timed`` itself, after.
        """
        ordered = sorted(self.events, key=lambda event: event.effective_at)
        for after in (True,) if timed else (False, True):
            here = [step for step in self._until(case, at) if after or not self._comes_with(step.event, at)]
            later = (e for e in ordered if e.effective_at > at or (not after and self._comes_with(e, at)))
            if here:
                yield Then(here[-1].state, tuple(later))

    def _until(self, case: str, at: datetime) -> Iterator[Step]:
        """Yield the states to which a case had come at an instant."""
        for step in self.steps(case):
            if step.since > at:
                return
            yield step

    def _comes_with(self, event: Event, at: datetime) -> bool:
        return event.effective_at == at and self.is_timed(event)


def in_force(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events that have not been overtaken, or have been put in force again since."""
    gone = overtaken(events)
    return tuple(event for event in events if (event.case, event.seq) not in gone)


def overtaken(events: Iterable[Event]) -> dict[tuple[str, int], Event]:
    """Return, by case and seq, what has been overtaken and is not in force again, with the event that overtook it."""
    gone: dict[tuple[str, int], Event] = {}
    for event in events:
        gone |= {(event.case, seq): event for seq in event.overtakes}
        for restored in (event.migration or {}).get("restores", ()):
            gone.pop((event.case, restored["seq"]), None)
    return gone


def translated(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return events in the words of the version on which each case is after the last of them.

    What happened before a migration is told as if the case had been on the new version then: its states and actions
    are those that the plan of the migration put in their places. A migration that was undone changes nothing.
    """
    ahead: dict[str, list[Mapping[str, Any]]] = {}
    found: list[Event] = []
    for event in reversed(events):
        later, told = ahead.setdefault(event.case, []), event
        if event.migration:
            told = replace(told, from_state=event.migration["states"].get(event.from_state, event.from_state))
        for migration in later:
            told = _in_words_of(told, migration)
        found.append(told)
        if event.migration:
            undone = [it for it in later if it["undoes"] == event.migration["id"]]
            ahead[event.case] = [it for it in later if it not in undone] if undone else [event.migration, *later]
    return tuple(reversed(found))


def _in_words_of(event: Event, migration: Mapping[str, Any]) -> Event:
    states, actions = migration["states"], migration["actions"]
    return replace(
        event,
        action=actions.get(event.action, event.action),
        from_state=states.get(event.from_state, event.from_state),
        to_state=states.get(event.to_state, event.to_state),
        rung=event.rung and (rung_after(event.rung, migration) or event.rung),
    )


def before(family: Family, past: Past, later: Iterable[Event]) -> Family:
    """Return the family without what the system did by itself among what came ``later``."""
    return less(family, [event for event in later if past.is_timed(event)])


def less(family: Family, gone: Sequence[Event]) -> Family:
    """Return the family without the marks, delivered rungs and closings of these events."""
    cases = []
    for case in family.cases:
        own = [event for event in gone if event.case == case.id]
        kept = without(case, {event.seq for event in own})
        cases.append(replace(kept, closed_at=None) if any(event.closes for event in own) else kept)
    return Family(tuple(cases))
