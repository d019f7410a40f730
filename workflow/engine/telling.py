"""Telling: which letters an event writes, to whom, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..clocks import ClockStatus
from ..history import Case, Event
from ..letters import Letter
from ..messages import Text, spoken_due
from ..model import OPEN, Action, Effect
from ..roster import Actor
from .family import Family
from .permission import may
from .situation import Deployed, Situation


def letters(deployed: Deployed, family: Family, events: Iterable[Event]) -> Iterator[Letter]:
    """Yield the letters of events that have just been decided on: one for each address of everybody who is told.

    Args:
        family: as these events leave it.
    """
    for event in events:
        case = family.member(event.case)
        for person in _told(deployed, family, case, event):
            facts = _facts(Situation(deployed, family, case, event.recorded_at), event, person)
            for serial, address in enumerate(person.notify, 1):
                yield Letter(
                    office=event.office,
                    key=f"{event.name}:{person.id}:{serial}",
                    case=event.case,
                    seq=event.seq,
                    person=person.id,
                    address=address,
                    language=person.language or deployed.roster.language,
                    facts=facts,
                    written_at=event.recorded_at,
                    next_at=event.recorded_at,
                )


def _told(deployed: Deployed, family: Family, case: Case, event: Event) -> Iterator[Actor]:
    """Everybody who is told of an event, but whoever did it; nobody is told twice."""
    found = _receiver(deployed, event) if event.action == OPEN else _holders(deployed, family, case, event)
    for person in dict.fromkeys(found):
        if person.notify and person.id != event.actor:
            yield person


def _receiver(deployed: Deployed, event: Event) -> Iterator[Actor]:
    """To whom a subcase was delivered."""
    receiver = deployed.roster.people.get(str(event.data.get("delivered_to")))
    if event.opened and event.opened.get("parent") and receiver:
        yield receiver


def _holders(deployed: Deployed, family: Family, case: Case, event: Event) -> Iterator[Actor]:
    """Those who hold a role that the action tells; of a unit's role, those of the units that hold the case."""
    action = deployed.machine(case).actions.get(event.action)
    for role in action.tells if action else ():
        for person in deployed.roster.holders([role]):
            if not deployed.procedure.roles[role].of_unit or person.unit in family.units_of(case):
                yield person


def _facts(situation: Situation, event: Event, person: Actor) -> dict[str, Any]:
    deployed, case = situation.deployed, situation.case
    machine = deployed.machine(case)
    action = machine.actions.get(event.action)
    kind = deployed.procedure.subcases.get(case.kind)
    title = action.title if action else kind.title if kind else deployed.procedure.title
    basis = action.basis if action else None
    return {
        "number": case.number,
        "procedure": _text(deployed.procedure.title),
        "action": event.action,
        "title": _text(title),
        "basis": _text(basis) if basis else None,
        "state": _text(machine.lifecycle.states[case.state].title),
        "clocks": [_clock(situation, status) for status in _running(situation, event)],
        "acts": [{"action": one.name, "title": _text(one.title)} for one in _waiting_for(situation, person)],
        "actor": person.id,
    }


def _running(situation: Situation, event: Event) -> list[ClockStatus]:
    """The limits that run, that of which a rung came first, then the soonest due."""
    own = event.rung.clock if event.rung else None
    running = (it for it in situation.clocks() if it.running and it.clock.effect is not Effect.NONE)
    return sorted(running, key=lambda status: (status.clock.name != own, status.due_at))


def _waiting_for(situation: Situation, person: Actor) -> Iterator[Action]:
    """What the case waits for this person to do."""
    deployed, case = situation.deployed, situation.case
    for action in deployed.machine(case).legal(case.state):
        if not action.optional and may(deployed.procedure, situation.family, case, action, person):
            yield action


def _clock(situation: Situation, status: ClockStatus) -> dict[str, Any]:
    return {
        "title": _text(status.clock.title),
        "due": spoken_due(situation.deployed.local(status.due_at)),
        "overdue": status.overdue(situation.at),
        "basis": _text(status.clock.basis) if status.clock.basis else None,
    }


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
