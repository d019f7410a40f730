"""From loaded cases to views: pure functions; what is overdue or legal is derived here for the asked-for time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..errors import NotAllowed
from ..history import Case, Event
from ..machine import CaseMachine
from ..messages import Text
from ..model import OPEN, SYSTEM, Action
from ..ports import IssuedDocument, ListedCase
from ..roster import Actor
from .family import Family
from .permission import role_for
from .situation import Deployed, Situation
from .views import CaseView, ClockView, EventView, ListItem, Offer

OPENED = Text("Opened", "立案")


def case_view(
    deployed: Deployed, family: Family, case: Case, documents: Iterable[IssuedDocument], at: datetime
) -> CaseView:
    """Return a case of ``family`` as of ``at``; the case that has no parent comes with its subcases."""
    papers = tuple(documents)
    lifecycle = deployed.lifecycle(case)
    state = lifecycle.states[case.state]
    return CaseView(
        case=case,
        procedure=deployed.procedure.title,
        state=state.title,
        stage=deployed.procedure.stages[state.stage],
        zone=deployed.calendar.zone,
        fields=lifecycle.fields,
        clocks=tuple(
            ClockView(status, status.overdue(at)) for status in Situation(deployed, family, case, at).clocks()
        ),
        documents=tuple(paper for paper in papers if paper.case == case.id),
        subcases=tuple(case_view(deployed, family, member, papers, at) for member in family.subcases)
        if case.parent is None
        else (),
    )


def offers(deployed: Deployed, family: Family, case: Case, actor: Actor, at: datetime) -> tuple[Offer, ...]:
    """Return what ``actor`` may do on ``case`` at ``at``, in the order in which the procedure declares it."""
    situation = Situation(deployed, family, case, at, actor.id)
    machine = deployed.machine(case)
    return tuple(
        _offer(situation, machine, action)
        for action in machine.legal(case.state)
        if _may(deployed, family, case, action, actor)
    )


def _offer(situation: Situation, machine: CaseMachine, action: Action) -> Offer:
    case = situation.case
    return Offer(
        case=case.number,
        action=action.name,
        title=action.title,
        inputs=action.inputs,
        leads_to=machine.lifecycle.states[action.to].title if action.to else None,
        optional=action.optional,
        obstacle=machine.obstacle(case.state, action.name, situation),
    )


def _may(deployed: Deployed, family: Family, case: Case, action: Action, actor: Actor) -> bool:
    try:
        role_for(deployed.procedure, family, case, action, actor)
    except NotAllowed:
        return False
    return True


def history_view(deployed: Deployed, family: Family, events: Iterable[Event], at: datetime) -> tuple[EventView, ...]:
    """Return the history of a case and its subcases in order of recording."""
    stopped = {
        (case.id, status.clock.name, status.round): status.stopped_at
        for case in family.cases
        for status in Situation(deployed, family, case, at).clocks()
    }
    return tuple(_event_view(deployed, family, event, stopped) for event in events)


def _event_view(
    deployed: Deployed, family: Family, event: Event, stopped: dict[tuple[str, str, int], datetime | None]
) -> EventView:
    case = family.member(event.case)
    title = OPENED if event.action == OPEN else deployed.lifecycle(case).actions[event.action].title
    stop = stopped.get((case.id, event.rung.clock, event.rung.round)) if event.rung else None
    return EventView(event, case.number, title, overtaken=stop is not None and stop < event.effective_at)


def list_item(deployed: Deployed, listed: ListedCase, at: datetime, actions: tuple[Text, ...] = ()) -> ListItem:
    """Return a listed case as of ``at``."""
    lifecycle = deployed.lifecycle(listed.case)
    state = lifecycle.states[listed.case.state]
    return ListItem(
        case=listed.case,
        procedure=deployed.procedure.title,
        state=state.title,
        stage=deployed.procedure.stages[state.stage],
        zone=deployed.calendar.zone,
        clock=lifecycle.clocks[listed.clock].title if listed.clock else None,
        due_at=listed.due_at,
        overdue=listed.due_at is not None and at > listed.due_at,
        provisional=listed.provisional,
        actions=actions,
    )


def awaited_actions(deployed: Deployed, case: Case, actor: Actor) -> tuple[Text, ...]:
    """Return the titles of what ``case`` waits for and ``actor``'s roles may do; empty when there is nothing."""
    roles = deployed.procedure.roles
    return tuple(
        action.title
        for action in deployed.machine(case).legal(case.state)
        if not action.optional
        and any(
            role != SYSTEM and role in actor.roles and (not roles[role].of_unit or case.unit == actor.unit)
            for role in action.by
        )
    )
