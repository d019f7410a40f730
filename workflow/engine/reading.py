"""From loaded cases to views; what is overdue or legal is derived here for the asked-for time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from ..clocks import ClockStatus
from ..errors import NotFound
from ..history import Case, Event, fold, versions
from ..messages import Text, say
from ..model import (
    DISCLOSED,
    JOINED,
    MIGRATED,
    OPEN,
    PRINTED,
    RECOUNTED,
    REDACTED,
    REVISED,
    SYSTEM,
    Action,
    Effect,
    Lifecycle,
)
from ..ports import CaseQuery, IssuedDocument, ListedCase
from ..roster import Actor
from .family import Family
from .past import overtaken
from .permission import may
from .session import Session
from .situation import Deployed, Situation
from .views import CaseView, ClockView, EventView, ListItem, Offer

TITLES = {
    OPEN: Text("Opened", "立案"),
    RECOUNTED: Text("Recounted by a new calendar", "按新日历重新计算"),
    REVISED: Text("Revised by a late entry", "因补录而更正"),
    PRINTED: Text("Paper printed", "打印文书"),
    DISCLOSED: Text("Private values shown", "已查看个人信息原文"),
    REDACTED: Text("Private values erased", "已删除个人信息"),
    MIGRATED: Text("Gone over to another version of the procedure", "转入流程的另一版本"),
    JOINED: Text("Another case was merged into this one", "他案并入本案"),
}
"""Of the events that no definition declares."""


def case_view(situation: Situation, documents: Iterable[IssuedDocument]) -> CaseView:
    """Return a case as of the situation's instant; one that has no parent comes with its subcases."""
    papers = tuple(documents)
    case, deployed = situation.case, situation.deployed
    lifecycle = deployed.lifecycle(case)
    state = lifecycle.states[case.state]
    members = situation.family.subcases if case.parent is None else ()
    return CaseView(
        case=case,
        procedure=deployed.procedure.title,
        state=state.title,
        stage=deployed.procedure.stages[state.stage],
        zone=deployed.calendar.zone,
        fields=lifecycle.fields,
        clocks=tuple(_clock_view(status, situation.at) for status in situation.clocks()),
        documents=tuple(paper for paper in papers if paper.case == case.id and paper.seq <= case.revision),
        subcases=tuple(case_view(replace(situation, case=member), papers) for member in members),
    )


def _clock_view(status: ClockStatus, at: datetime) -> ClockView:
    return ClockView(status, overdue=status.clock.effect is not Effect.NONE and status.overdue(at))


def offers(situation: Situation, actor: Actor) -> tuple[Offer, ...]:
    """Return what ``actor`` may do on the case, in the order in which the procedure declares it."""
    machine = situation.deployed.machine(situation.case)
    acting = replace(situation, actor=actor.id)
    legal = machine.legal(situation.case.state)
    procedure, family = situation.deployed.procedure, situation.family
    return tuple(_offer(acting, action) for action in legal if may(procedure, family, situation.case, action, actor))


def _offer(situation: Situation, action: Action) -> Offer:
    case, machine = situation.case, situation.deployed.machine(situation.case)
    return Offer(
        case=case.number,
        action=action.name,
        title=action.title,
        inputs=action.inputs,
        leads_to=machine.lifecycle.states[action.to].title if action.to else None,
        optional=action.optional,
        obstacle=machine.obstacle(case.state, action.name, situation),
    )


def history_view(session: Session, situation: Situation, events: Iterable[Event]) -> tuple[EventView, ...]:
    """Return the history of a case with its subcases, or of one subcase, in order of recording.

    What happened before a case was migrated is told in the words of the version on which it was then.
    """
    wanted, told = situation.case, tuple(events)
    then = _lifecycles(session, situation, told)
    stopped = dict(_stopped(situation))
    overtaking = overtaken(told)
    return tuple(
        _event_view(situation, event, stopped, overtaking.get((event.case, event.seq)), then)
        for event in told
        if wanted.parent is None or event.case == wanted.id
    )


def _lifecycles(session: Session, situation: Situation, events: Sequence[Event]) -> Mapping[str, Lifecycle]:
    """The lifecycle by which each event happened, by the name of the event."""
    found: dict[str, Lifecycle] = {}
    on = versions(events)
    for event in events:
        case = situation.family.member(event.case)
        found[event.name] = session.deployed(case.procedure, on[event.name]).lifecycle(case)
    return found


def _told(situation: Situation, event: Event, then: Mapping[str, Lifecycle]) -> EventView:
    case, lifecycle = situation.family.member(event.case), then[event.name]
    title = TITLES.get(event.action) or lifecycle.actions[event.action].title
    return EventView(event, case.number, title, fields=lifecycle.fields)


def _stopped(situation: Situation) -> Iterator[tuple[tuple[str, str, int], ClockStatus]]:
    """Yield each clock of the family that has stopped, by case, clock and round."""
    for case in situation.family.cases:
        for status in replace(situation, case=case).clocks():
            if status.stopped_at:
                yield (case.id, status.clock.name, status.round), status


def _event_view(
    situation: Situation,
    event: Event,
    stopped: Mapping[tuple[str, str, int], ClockStatus],
    by: Event | None,
    then: Mapping[str, Lifecycle],
) -> EventView:
    """One entry. A rung is overtaken too when its clock is found to have stopped at its instant or before."""
    status = stopped.get((event.case, event.rung.clock, event.rung.round)) if event.rung else None
    stop = status.stopped_at if status and event.action not in status.clock.stops else None
    late = stop is not None and stop <= event.effective_at
    told = _told(situation, event, then)
    return replace(told, overtaken=late or by is not None, overtaken_by=_told(situation, by, then) if by else None)


def started_clock(situation: Situation, name: str) -> ClockStatus:
    """Return where the clock ``name`` stands. Raises `NotFound` for one that is unknown or has not started."""
    known = situation.deployed.clock_names(situation.case)
    if name not in known:
        raise NotFound(
            say("{case} has no clock {clock}", case=situation.case.number, clock=name),
            say("clocks: {known}", known=list(known)),
        )
    status = situation.clock(name)
    if status is None:
        starts = situation.deployed.clock(situation.case, name).starts
        raise NotFound(
            say("the clock {clock} of {case} has not started", clock=name, case=situation.case.number),
            say("it starts with the first of: {starts}", starts=list(starts)),
        )
    return status


def known(session: Session, ref: str, as_of: datetime | None) -> Situation:
    """Return the case that ``ref`` names as it is known now, or as it was known at ``as_of``.

    Raises `NotFound`, also when it had not been recorded then, or `Conflict` when several cases match.
    """
    situation = session.situation(ref)
    if as_of is None:
        return situation
    case = situation.case
    past = [event for event in session.tx.events(case.root) if event.recorded_at <= as_of]
    if not any(event.case == case.id for event in past):
        moment = situation.deployed.local(as_of)
        raise NotFound(say("{case} had not been recorded yet at {as_of}", case=case.number, as_of=moment))
    family = Family(fold(past))
    deployed = session.deployed_for(family.cases, as_of)
    return Situation(deployed, family, family.member(case.id), as_of)


def listing(session: Session, query: CaseQuery) -> tuple[ListItem, ...]:
    """Return the cases that match the query, soonest due first."""
    return tuple(_list_item(session, listed) for listed in session.tx.cases(query))


def states(session: Session, state: str | None, stage: str | None) -> tuple[tuple[str, str], ...]:
    """Return the pairs of kind and state that some procedure has with this state, and in this stage."""
    found = {
        (kind, name)
        for deployed in _all_deployed(session)
        for kind, machine in deployed.machines.items()
        for name, declared in machine.lifecycle.states.items()
        if state in (None, name) and stage in (None, declared.stage)
    }
    return tuple(sorted(found))


def inbox(session: Session, actor: Actor, limit: int | None = None) -> tuple[ListItem, ...]:
    """Return the cases that wait for something that ``actor`` may do, soonest due first; ``limit`` of them at most."""
    states = sorted(_awaited_states(session, actor))
    unit = actor.unit if _acts_for_unit_alone(session, actor) else None
    query = CaseQuery(states=states, unit=unit, open_only=True, limit=limit)
    waiting = _waiting(session, actor, query) if states else iter(())
    return tuple(islice(waiting, limit))


def _waiting(session: Session, actor: Actor, query: CaseQuery) -> Iterator[ListItem]:
    """Yield what waits, page by page: in these states are also cases of units for which the actor does not act."""
    while found := session.tx.cases(query):
        for listed in found:
            if actions := _awaited_actions(session, listed.case, actor):
                yield _list_item(session, listed, actions)
        if query.limit is None:
            return
        query = replace(query, offset=query.offset + query.limit)


def _acts_for_unit_alone(session: Session, actor: Actor) -> bool:
    """Whether whatever waits for the actor is held by the actor's unit, so that other units' cases need no look."""
    procedures = (deployed.procedure for deployed in _all_deployed(session))
    held = [procedure.roles[role] for procedure in procedures for role in actor.roles if role in procedure.roles]
    return actor.unit is not None and all(role.of_unit for role in held)


def _list_item(session: Session, listed: ListedCase, actions: tuple[Text, ...] = ()) -> ListItem:
    deployed = session.deployed_for((listed.case,))
    lifecycle = deployed.lifecycle(listed.case)
    state = lifecycle.states[listed.case.state]
    return ListItem(
        case=listed.case,
        procedure=deployed.procedure.title,
        state=state.title,
        stage=deployed.procedure.stages[state.stage],
        zone=deployed.calendar.zone,
        clock=deployed.clock(listed.case, listed.clock).title if listed.clock else None,
        due_at=listed.due_at,
        overdue=listed.due_at is not None and session.now > listed.due_at,
        provisional=listed.provisional,
        actions=actions,
        fields=lifecycle.fields,
    )


def _awaited_actions(session: Session, case: Case, actor: Actor) -> tuple[Text, ...]:
    """Return the titles of what ``case`` waits for and ``actor``'s roles may do; empty when there is nothing."""
    deployed = session.deployed(case.procedure, case.version)
    legal = deployed.machine(case).legal(case.state)
    return tuple(action.title for action in legal if not action.optional and _holds_role(deployed, case, action, actor))


def _holds_role(deployed: Deployed, case: Case, action: Action, actor: Actor) -> bool:
    roles = deployed.procedure.roles
    held = [role for role in action.by if role != SYSTEM and role in actor.roles]
    return any(not roles[role].of_unit or case.unit == actor.unit for role in held)


def _awaited_states(session: Session, actor: Actor) -> Iterator[tuple[str, str]]:
    """Yield the pairs of kind and state in which some procedure waits for one of the actor's roles."""
    pairs = set()
    for deployed in _all_deployed(session):
        for kind, machine in deployed.machines.items():
            for state in machine.lifecycle.states:
                if any(not action.optional and actor.roles & set(action.by) for action in machine.legal(state)):
                    pairs.add((kind, state))
    yield from pairs


def _all_deployed(session: Session) -> Iterator[Deployed]:
    """Yield every version of every procedure that the office has deployed."""
    for definition in session.tx.definitions():
        if definition.kind == "procedure":
            yield session.deployed(definition.name, definition.version)
