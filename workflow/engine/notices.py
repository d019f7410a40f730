"""Notices: what whoever acts should know although the action goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..history import Event
from ..messages import Message, say
from ..model import Subcase
from .family import Family
from .past import Past
from .situation import Deployed, Situation


def about_time(situation: Situation) -> Iterator[Message]:
    """Yield what is remarkable about the clocks of a case that was just opened."""
    for status in situation.clocks():
        if status.infeasible:
            yield say(
                "{unit} cannot have the full time of {clock}: the limit of the case ends too early for it; "
                "agree on a shorter target, or have the limit of the case extended",
                unit=situation.case.unit or situation.case.kind,
                clock=status.clock.title,
            )
        if status.provisional:
            yield say(
                "the due of {clock} is provisional: the calendar has no official notice for that year yet",
                clock=status.clock.title,
            )


def about_overtaken(deployed: Deployed, family: Family, past: Past, entered: Iterable[Event]) -> Iterator[Message]:
    """Yield what a late entry overtakes: what the system had done meanwhile and what is without effect now."""
    for event in entered:
        case = family.member(event.case)
        for other in past.of(event.case):
            if other.seq in event.overtakes:
                yield say(
                    "{title} of {case} at {at} is overtaken and has no effect",
                    title=deployed.lifecycle(case).actions[other.action].title,
                    case=case.number,
                    at=deployed.local(other.effective_at),
                )


def about_delivery(deployed: Deployed, subcase: Subcase, unit: str, receiver: str | None) -> Iterator[Message]:
    """Yield what is remarkable about who receives a subcase in ``unit``; ``receiver`` is None when nobody can."""
    if not subcase.delivered_to:
        return
    first = subcase.delivered_to[0]
    if receiver is None:
        yield say("unit {unit} has nobody on the roster who can receive this", unit=unit)
    elif not any(person.id == receiver for person in deployed.roster.holders([first], unit)):
        yield say(
            "unit {unit} has no {role} on the roster; delivered to {person} instead",
            unit=unit,
            role=deployed.procedure.roles[first].title,
            person=receiver,
        )
