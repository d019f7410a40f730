"""Hindsight: what a late entry takes back of what came after it.

A late entry is judged in the state in which the case was then. What people did afterwards stands, or stands in its way.
What the system did by itself (rungs, expiries, and what followed from them) is gone through once more, in effective
order: what would not have come had the entry been made in time is overtaken. It stays in the history for ever, and has
no legal effect any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..history import NOTED, Case, Event, RungKey, apply, noted
from ..model import OPEN, REVISED
from .family import Family
from .past import Past, Then, less
from .projections import is_over
from .situation import Deployed, Situation


class InTheWay(Exception):
    """What people did afterwards builds on something that a late entry would overtake.

    Args:
        overtaken: what it would overtake; None where it is the later step itself that decides otherwise.
        later: what stands in the way.
    """

    def __init__(self, later: Event, overtaken: Event | None = None) -> None:
        super().__init__(later, overtaken)
        self.later = later
        self.overtaken = overtaken


def look_back(deployed: Deployed, family: Family, past: Past, then: Then, entry: Event) -> tuple[Event, ...]:
    """Return a late entry with what it overtakes, and after it an event for each other case in which it overtakes any.

    Args:
        family: as it is, before the entry.
        then: where the entry's case stood.

    Raises `InTheWay` when what people did afterwards builds on something that it would overtake.
    """
    try:
        gone = _Review(deployed, family, past, then, entry, exact=True).overtaken()
    except InTheWay:
        # An expiry that should have come earlier stands where it is when people have acted on it.
        gone = _Review(deployed, family, past, then, entry, exact=False).overtaken()
    others = [case for case in family.cases if case.id != entry.case]
    return (
        _overtaking(entry, family.member(entry.case), past, gone),
        *(_revised(entry, case, past, gone) for case in others if any(event.case == case.id for event in gone)),
    )


def _revised(entry: Event, case: Case, past: Past, gone: Sequence[Event]) -> Event:
    """The event by which a late entry overtakes events of another case of its family."""
    event = noted(case, REVISED, at=entry.effective_at, recorded_at=entry.recorded_at, cause=entry.name)
    return _overtaking(event, case, past, gone)


def _overtaking(event: Event, case: Case, past: Past, gone: Sequence[Event]) -> Event:
    """The event with what it overtakes of its own case: the case goes back to where it was, and so do its fields."""
    own = {other.seq: other for other in gone if other.case == case.id}
    event = replace(event, overtakes=tuple(sorted(own)), data={**_former(case, past, own), **event.data})
    if event.moves or not any(other.moves for other in own.values()):
        return event
    step = next(step for step in reversed(past.steps(case.id)) if step.event.seq not in own)
    return replace(event, from_state=step.state, to_state=step.state, since=step.since)


def _former(case: Case, past: Past, gone: Mapping[int, Event]) -> dict[str, Any]:
    """The values that fields had, or have got from others, of those that overtaken events had set."""
    values: dict[str, Any] = {}
    for event in past.of(case.id):
        if event.seq not in gone:
            values |= event.data
    fields = {name for event in gone.values() for name in event.data}
    return {name: values.get(name) for name in sorted(fields) if case.data.get(name) != values.get(name)}


class _Review:
    """One going through what came after a late entry.

    Args:
        exact: an expiry is overtaken also when it would have come earlier, or after another one that the entry brings.
    """

    def __init__(
        self, deployed: Deployed, family: Family, past: Past, then: Then, entry: Event, *, exact: bool
    ) -> None:
        self._deployed = deployed
        self._family = family
        self._past = past
        self._entry = entry
        self._later = then.later
        self._exact = exact
        self._ahead = [event for event in then.later if past.is_timed(event)]
        self._gone: dict[str, Event] = {}
        self._turned: dict[str, Event] = {}
        coming = {event.name for event in then.later}
        self._was = {
            step.event.case: step.state
            for case in family.cases
            for step in past.steps(case.id)
            if step.event.name not in coming
        }
        self._is = {**self._was, entry.case: entry.to_state if entry.moves else then.state}

    def overtaken(self) -> tuple[Event, ...]:
        """Return what is overtaken. Raises `InTheWay`."""
        for event in self._later:
            if self._goes(event):
                self._overtake(event)
            elif event.moves:
                self._was[event.case] = self._is[event.case] = event.to_state
            self._ahead = [other for other in self._ahead if other is not event]
        return tuple(self._gone.values())

    def _overtake(self, event: Event) -> None:
        if event.action == OPEN:
            raise InTheWay(event, self._gone.get(event.cause or ""))
        self._gone[event.name] = event
        if event.moves:
            self._was[event.case] = event.to_state
            self._turned.setdefault(event.case, event)

    def _goes(self, event: Event) -> bool:
        if event.cause in self._gone:
            return True
        if not self._past.is_timed(event):
            self._stands(event)
            return False
        if event.action == OPEN:
            return False
        if self._decided_otherwise(event) or not self._is_possible(event):
            return True
        known = less(self._family, self._ahead)
        course = less(self._family, [*self._ahead, *self._gone.values()])
        entered = course.with_case(apply(course.member(self._entry.case), self._entry))
        if event.rung and self._would_not_have_come(event, self._instant(known, event), self._instant(entered, event)):
            return True
        return self._exact and event.moves and bool(self._before(entered, event) - self._before(known, event))

    def _stands(self, event: Event) -> None:
        """What people did stays, unless it builds on what has been overtaken: then it stands in the way."""
        turned = self._turned.get(event.case)
        if self._decided_otherwise(event) or (turned and self._builds_on(turned, event)):
            raise InTheWay(event, turned)

    def _builds_on(self, turned: Event, event: Event) -> bool:
        """Whether it could be done neither where the case is found to have been nor where ``turned`` led it from."""
        if self._is_possible(event):
            return False
        return event.moves or turned.from_state is None or not self._is_legal(event, turned.from_state)

    def _decided_otherwise(self, event: Event) -> bool:
        """Whether the entry led the case somewhere, and this event led it on from another state."""
        return self._entry.moves and event.case == self._entry.case and event.moves

    def _is_possible(self, event: Event) -> bool:
        """Whether it could have been done in the state in which the case is now found to have been."""
        state = self._is.get(event.case)
        if state == self._was.get(event.case) or event.action == OPEN or event.action in NOTED:
            return True
        if event.moves:
            return event.from_state == state
        return state is not None and self._is_legal(event, state)

    def _is_legal(self, event: Event, state: str) -> bool:
        return self._deployed.machine(self._family.member(event.case)).is_legal(state, event.action)

    def _would_not_have_come(self, event: Event, known: datetime | None, entered: datetime | None) -> bool:
        """Whether a rung, which comes at these instants without and with the entry, came only because it was missing.

        One that moves its case must have come at its very instant.
        """
        came = known is not None and known <= event.effective_at
        if came and (entered is None or entered > event.effective_at):
            return True
        return self._exact and event.moves and known == event.effective_at and entered != known

    def _before(self, family: Family, event: Event) -> set[RungKey]:
        """The rungs that lead the case of an event elsewhere before that event does, as the family stands."""
        case, state = family.member(event.case), self._is[event.case]
        actions = self._deployed.lifecycle(case).states[state].actions
        statuses = Situation(self._deployed, family, case, event.effective_at).clocks()
        return {
            rung.key
            for status in statuses
            for rung in status.rungs
            if rung.at < event.effective_at and not is_over(case, status, rung)
            if rung.action in actions and actions[rung.action].to not in (None, state)
        }

    def _instant(self, family: Family, event: Event) -> datetime | None:
        """When the rung that an event delivered comes, as the family stands; None when it does not."""
        assert event.rung is not None
        case = family.member(event.case)
        status = Situation(self._deployed, family, case, event.effective_at).clock(event.rung.clock)
        rung = next((rung for rung in status.rungs if rung.key == event.rung), None) if status else None
        return rung.at if status and rung and not is_over(case, status, rung) else None
