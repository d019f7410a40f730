"""What people did, read off a recorded history: the commands and notes to be given again, and what came by itself.

A history tells a command from its consequences: what the system did because of an event names that event as its cause,
and what came because its time had come names its rung. Neither is copied when a history is replayed; the rules bring
it about again, or do not.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Literal

from ..history import NOTED, Case, Event
from ..model import OPEN, RECOUNTED, Procedure
from .situation import Deployed

Kind = Literal["command", "note", "recount", "tick", "wait"]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One thing to do on a family, in order of recording.

    Args:
        root: the family's case without parent.
        at: when it was recorded.
        event: the event that it left; for a tick, the last rung that was delivered.
        until: for a tick: up to which instant rungs were delivered, at least.
        alone: for a tick: nobody did anything on the family at the instant of recording.
    """

    kind: Kind
    root: str
    at: datetime
    event: Event
    until: datetime | None = None
    alone: bool = False


def strokes(events: Sequence[Event]) -> Iterator[Stroke]:
    """Yield what is to be done again of the history of a family.

    A family that was merged with, or split off from, another one waits for the event of that one.
    """
    members = {event.case for event in events}
    for at, group in groupby(events, key=lambda event: event.recorded_at):
        found = list(group)
        alone = all(event.rung or event.cause for event in found)
        rungs: list[Event] = []
        for event in found:
            if event.rung:
                rungs.append(event)
            elif (kind := _kind(event, members)) is not None:
                yield from _tick(rungs, at, alone=False)
                yield Stroke(kind, event.root, at, event)
        yield from _tick(rungs, at, alone=alone)


def _kind(event: Event, members: set[str]) -> Kind | None:
    if event.cause:
        return None if cause_of(event) in members else "wait"
    if event.action == RECOUNTED:
        return "recount"
    return "note" if event.action in NOTED else "command"


def _tick(rungs: list[Event], at: datetime, *, alone: bool) -> Iterator[Stroke]:
    if rungs:
        yield Stroke("tick", rungs[0].root, at, rungs[-1], max(event.effective_at for event in rungs), alone)
        rungs.clear()


def cause_of(event: Event) -> str:
    """Return the case of the event in whose wake an event happened; empty for none."""
    return (event.cause or "").rpartition(":")[0]


def related_roots(events: Iterable[Event]) -> frozenset[str]:
    """Return the cases with which a family was merged, or from which it was split."""
    return frozenset(str(told["case"]) for event in events for told in event.relations)


@dataclass
class Names:
    """The ids and numbers that transactions on some families gave, to be given again in the same order.

    Args:
        ids: by the family on which the transaction was, those of the cases that it opened.
        serials: by that family and series, the numbers drawn.
    """

    ids: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    serials: dict[tuple[str, str], deque[int]] = field(default_factory=lambda: defaultdict(deque))


def names_in(families: Iterable[Sequence[Event]], recorded: Mapping[str, Deployed]) -> Names:
    """Return the names that some histories hold.

    Args:
        recorded: by the name of each event, the procedure by which it was recorded.
    """
    names = Names()
    for events in families:
        for event in events:
            owner = _owner(event)
            if event.action == OPEN and owner == event.root:
                names.ids[owner].append(event.case)
            names.ids[owner].extend(str(told["case"]) for told in event.relations if told["kind"] == "split_into")
            for series, last in event.drawn.items():
                count = _drawn_of(event, series, recorded[event.name].procedure)
                names.serials[owner, series].extend(range(last - count + 1, last + 1))
    # A family draws one after the other, so that the order of its numbers is that of the drawing.
    for key, drawn in names.serials.items():
        names.serials[key] = deque(sorted(drawn))
    return names


def _owner(event: Event) -> str:
    """The family whose transaction recorded an event: of a case that is split off, the one that it comes from."""
    split = event.action == OPEN and any(told["kind"] == "split_from" for told in event.relations)
    return str(event.relations[0]["case"]) if split else event.root


def _drawn_of(event: Event, series: str, procedure: Procedure) -> int:
    """How many numbers of a series an event drew."""
    patterns = [procedure.documents[paper["name"]].numbering for paper in event.issued]
    if event.action == OPEN and event.case == event.root:
        patterns.append(procedure.numbering)
    return max(1, sum(series == pattern or series.startswith(f"{pattern}:") for pattern in patterns))


def places(events: Iterable[Event]) -> dict[str, tuple[str, str, int]]:
    """Return by id what each case of a family is: its kind, its unit, and the how many-th of these it is."""
    found: dict[str, tuple[str, str, int]] = {}
    for event in events:
        if event.opened:
            kind, unit = str(event.opened["kind"]), str(event.opened.get("unit") or "")
            nth = sum(known[:2] == (kind, unit) for known in found.values())
            found[event.case] = (kind, unit, nth)
    return found


def members(cases: Iterable[Case]) -> dict[tuple[str, str, int], str]:
    """Return the ids of cases, by what each is."""
    found: dict[tuple[str, str, int], str] = {}
    for case in cases:
        nth = sum(known[:2] == (case.kind, case.unit or "") for known in found)
        found[case.kind, case.unit or "", nth] = case.id
    return found
