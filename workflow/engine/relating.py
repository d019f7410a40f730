"""Merging and splitting cases: what holds of their limits, and how both sides come to say so in one transaction.

The laws, however cases are merged and split: the earliest statutory limit never moves later. A case that takes in
another counts each statutory limit from the earliest start of the two, and ends it not later than either would have
ended. A case that is split off counts from the start of the one that it comes from. Nothing else moves between the
cases: the person who wrote a post that was merged stays on the post's own case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..clocks import ClockStatus
from ..errors import NotAllowed
from ..history import Case, Event, apply, noted
from ..messages import Message, say
from ..model import JOINED, OPEN, Action, Effect, Splitting
from ..roster import Actor
from .draft import Deed, Draft
from .family import Family
from .inputs import accept_inputs
from .session import Session
from .situation import Situation

MERGED_INTO = "merged_into"
TOOK_IN = "took_in"
SPLIT_INTO = "split_into"
SPLIT_FROM = "split_from"

Told = Mapping[str, Any]
Clocks = Mapping[str, ClockStatus]


@dataclass(slots=True)
class Related:
    """The other cases of a deed, each with its change in the making; ``kind``: what they are to the deed's own case."""

    kind: str
    drafts: tuple[Draft, ...]

    def told(self) -> tuple[Told, ...]:
        """What the event of the deed says of them; their numbers must have been drawn."""
        roots = [draft.family.root for draft in self.drafts]
        return tuple({"kind": self.kind, "case": case.id, "number": case.number} for case in roots)


def perform(session: Session, draft: Draft, deed: Deed) -> tuple[Event, Related | None]:
    """Do a deed and everything that follows from it, also on the cases with which it merges its own, or splits off.

    Returns its event and the other cases, if it is a deed that merges or splits. Raises whatever refuses it.
    """
    action = _relating(draft, deed)
    if action is None:
        event, others = draft.perform(deed), None
    elif action.merges_into:
        event, others = _merge(session, draft, deed, action.merges_into)
    else:
        assert action.splits is not None
        event, others = _split(session, draft, deed, action.splits)
    draft.deliver_due(deed.at)
    return event, others


def _relating(draft: Draft, deed: Deed) -> Action | None:
    """The declaration of an action that merges or splits; None for any other."""
    states = draft.deployed.lifecycle(draft.family.member(deed.case)).states.values()
    if not any(deed.action in state.actions and _relates(state.actions[deed.action]) for state in states):
        return None
    then = draft.then(deed.case, deed.action, deed.at)
    action = next((it.actions[deed.action] for it in states if then and it.name == then.state), None)
    return action if action and _relates(action) else None


def _relates(action: Action) -> bool:
    return action.merges_into is not None or action.splits is not None


def _merge(session: Session, draft: Draft, deed: Deed, field: str) -> tuple[Event, Related]:
    case = draft.family.root
    ref = str(deed.inputs[field])
    other = _survivor(session, draft, ref, deed.at)
    into = other.family.root
    own, others = _statutory(draft, case), _statutory(other, into)
    for name, status in own.items():
        _refuse_lost(status, others.get(name), case, into)
    event = draft.perform(replace(deed, inputs={**deed.inputs, field: into.number}))
    starts = {name: _start_of(status) for name, status in own.items()}
    told: Told = {"kind": TOOK_IN, "case": case.id, "number": case.number, "starts": starts}
    joined = _joined(into, event, told)
    trial = other.family.with_case(apply(into, joined))
    after = _statutory(replace(other, family=trial), trial.root)
    dues = dict(_too_late(after, own, others))
    other.join(replace(joined, relations=({**told, "dues": dues},)) if dues else joined)
    other.deliver_due(deed.at)
    draft.notices.extend(_about_dues(other, others))
    return event, Related(MERGED_INTO, (other,))


def _survivor(session: Session, draft: Draft, ref: str, at: datetime) -> Draft:
    """The case into which a case is merged, locked, with what fell due in it by then."""
    case = draft.family.root
    found = session.tx.find(ref)
    if found in {member.id for member in draft.family.cases}:
        raise NotAllowed(say("a case cannot be merged into itself"), say("name the other case"))
    session.lock_after(case.id, found)
    family = session.family(found)
    into = family.root
    if found != into.id:
        raise NotAllowed(
            say("{case} is a subcase; cases are merged whole", case=family.member(found).number),
            say("name the case that it belongs to: {case}", case=into.number),
        )
    if into.procedure != case.procedure:
        raise NotAllowed(
            say("{case} runs by another procedure: {procedure}", case=into.number, procedure=into.procedure),
            say("cases of one procedure can be merged"),
        )
    if into.opened_at > at:
        raise NotAllowed(
            say("{case} had not been opened at {at}", case=into.number, at=draft.deployed.local(at)),
            say("give a time at which both were open, or merge it into this one"),
        )
    other = session.draft(session.deployed_for(family.cases), family)
    other.deliver_due(at)
    if other.family.root.closed_at is not None:
        raise _ended(other.family.root)
    return other


def _ended(into: Case) -> NotAllowed:
    goes_on = next((it.number for it in into.relations if it.kind == MERGED_INTO), None)
    return NotAllowed(
        say("{case} has ended, so nothing can be merged into it", case=into.number),
        say("it was merged into {case} itself; name that one", case=goes_on)
        if goes_on
        else say("name a case that is still open, or handle this one by itself"),
    )


def _refuse_lost(own: ClockStatus, other: ClockStatus | None, case: Case, into: Case) -> None:
    """Refuse a merger by which a limit that runs would run no longer, or would stand still."""
    values = {"case": case.number, "into": into.number, "clock": own.clock.title}
    if other is None:
        raise NotAllowed(
            say("{clock} runs in {case} and not in {into}: merged, nobody would have to meet it", **values),
            say("handle {case} by itself, or have {into} reopened first", **values),
        )
    if other.paused_since and not own.paused_since:
        raise NotAllowed(
            say("{clock} runs in {case} and stands still in {into}: merged, it would stand still too", **values),
            say("merge them the other way round, or when time runs again in {into}", **values),
        )


def _joined(into: Case, event: Event, told: Told) -> Event:
    """The event by which the surviving case says what it took in, of whom and by whom."""
    note = noted(
        into, JOINED, at=event.effective_at, recorded_at=event.recorded_at, cause=event.name, relations=(told,)
    )
    return replace(note, actor=event.actor, role=event.role, unit=event.unit)


def _too_late(after: Clocks, *before: Clocks) -> Iterator[tuple[str, str]]:
    """Yield the limits that their earliest start alone would move to a later date, with when they end at the latest."""
    for name, status in after.items():
        earliest = min((clocks[name].due_at for clocks in before if name in clocks), default=None)
        if earliest is not None and status.due_at > earliest:
            yield name, earliest.isoformat()


def _about_dues(other: Draft, before: Clocks) -> Iterator[Message]:
    case = other.family.root
    for name, status in _statutory(other, case).items():
        if name not in before or status.due_at != before[name].due_at:
            yield say(
                "{clock} of {case} is due {due} now",
                clock=status.clock.title,
                case=case.number,
                due=other.deployed.local(status.due_at),
            )


def _split(session: Session, draft: Draft, deed: Deed, rule: Splitting) -> tuple[Event, Related]:
    case = draft.family.root
    own = _statutory(draft, case)
    parts = list(deed.inputs[rule.parts])
    event = draft.perform(deed)
    drafts = tuple(_part(session, draft, event, rule, text, own) for text in parts)
    return event, Related(SPLIT_INTO, drafts)


def _part(session: Session, draft: Draft, event: Event, rule: Splitting, text: str, own: Clocks) -> Draft:
    """A case that is split off: it takes the values of the one it comes from, of private ones only what it needs."""
    case, deployed = draft.family.root, draft.deployed
    fields = deployed.procedure.case.opens_with
    wanted = [it.name for it in fields if it.required or not it.private]
    copied = {name: case.data[name] for name in wanted if case.data.get(name) is not None}
    values = accept_inputs(fields, {**copied, rule.field: text}, deployed.roster)
    told: Told = {
        "kind": SPLIT_FROM,
        "case": case.id,
        "number": case.number,
        "starts": {name: _start_of(status) for name, status in own.items()},
    }
    deed = Deed(draft.new_id(), OPEN, _actor(event), event.role, event.effective_at, values, cause=event.name)
    trial = _opened(session, draft, replace(deed, relations=(told,)))
    dues = dict(_too_late(_statutory(trial, trial.family.root), own))
    return _opened(session, draft, replace(deed, relations=({**told, "dues": dues},))) if dues else trial


def _opened(session: Session, draft: Draft, deed: Deed) -> Draft:
    part = session.draft(draft.deployed, Family(()))
    part.open_case(deed)
    return part


def _actor(event: Event) -> Actor:
    return Actor(event.actor, frozenset({event.role}), event.unit)


def _statutory(draft: Draft, case: Case) -> Clocks:
    """The statutory clocks of a case that run, or stand still for a while, as of now."""
    statuses = Situation(draft.deployed, draft.family, case, draft.now).clocks()
    return {it.clock.name: it for it in statuses if it.running and it.clock.effect is Effect.STATUTORY}


def _start_of(status: ClockStatus) -> dict[str, str]:
    return {"at": status.came_at.isoformat(), "by": status.started_by}
