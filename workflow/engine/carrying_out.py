"""Carrying out a command: decide, which writes nothing; then keep, which writes all of it."""

from __future__ import annotations

from datetime import datetime

from ..errors import CaseclockError, StorageFailed
from ..history import Event
from ..messages import Message
from ..model import OPEN
from .admission import admit_action, admit_opening, check_revision
from .commands import Command, FireAction, OpenCase
from .draft import Draft
from .family import Family
from .receipts import first_receipt, receipt
from .recount import is_current, moved
from .relating import Related, perform
from .session import Session
from .views import BatchResult, Receipt, RecountReport

Decision = Receipt | tuple[Draft, Event, Related | None]
"""What a command would change, its own event and what it would change in other cases; or the first receipt of a
command that is repeated.
"""


def carry_out(session: Session, command: Command) -> Receipt:
    """Carry out a command and return its receipt. Raises whatever refuses it; nothing has been written then."""
    return _keep(session, _decide(session, command))


def attempt(session: Session, command: Command) -> BatchResult:
    """Carry out one command of a page; what refuses it is its result, and the page goes on."""
    try:
        decision = _decide(session, command)
    except StorageFailed:
        raise
    except CaseclockError as refusal:
        return BatchResult(None, refusal)
    return BatchResult(_keep(session, decision))


def deliver(session: Session, root: str, until: datetime) -> tuple[Event, ...] | Message:
    """Deliver the rungs of a family that are due at ``until``; return their events, or what stood in the way."""
    family = session.family(root)
    deployed = session.deployed_for(family.cases)
    try:
        draft = session.draft(deployed, family)
        draft.deliver_due(until)
    except StorageFailed:
        raise
    except CaseclockError as refusal:
        return refusal.message
    change = draft.change()
    session.tx.save(change)
    return tuple(event for event in change.events if event.rung)


def recount(session: Session, root: str, calendar: str) -> RecountReport:
    """Recount a family by a calendar's present version; return what moved, or what stood in the way."""
    family = session.family(root)
    deployed = session.deployed_for(family.cases)
    if calendar not in deployed.calendars or is_current(deployed, calendar, session.tx.clocks(root)):
        return RecountReport()
    try:
        draft = session.draft(deployed, family)
        change = draft.change()
    except StorageFailed:
        raise
    except CaseclockError as refusal:
        return RecountReport(failed={family.root.number: refusal.message})
    session.tx.save(change)
    return RecountReport(tuple(moved(draft)))


def _decide(session: Session, command: Command) -> Decision:
    return _decide_opening(session, command) if isinstance(command, OpenCase) else _decide_action(session, command)


def _decide_opening(session: Session, command: OpenCase) -> Decision:
    actor = session.actor(command.by)
    if command.key and (first := first_receipt(session.tx, command.key, OPEN, None)):
        return first
    draft = session.draft(session.deployed(command.procedure, command.version), Family(()))
    return draft, draft.open_case(admit_opening(draft, command, actor)), None


def _decide_action(session: Session, command: FireAction) -> Decision:
    actor = session.actor(command.by)
    situation = session.situation(command.case)
    case = situation.case.id
    if command.key and (first := first_receipt(session.tx, command.key, command.action, case)):
        return first
    check_revision(situation, command, lambda: session.tx.events(situation.family.root.id))
    draft = session.draft(situation.deployed, situation.family)
    return draft, *perform(session, draft, admit_action(draft, case, command, actor))


def _keep(session: Session, decision: Decision) -> Receipt:
    if isinstance(decision, Receipt):
        return decision
    draft, event, related = decision
    if related:
        _keep_others(session, draft, event, related)
    change = draft.change()
    session.tx.save(change)
    return receipt(draft, change, event)


def _keep_others(session: Session, draft: Draft, event: Event, related: Related) -> None:
    """Keep what a command changes in other cases; its own event names them by the numbers that they draw."""
    for other in related.drafts:
        session.tx.save(other.change())
    draft.relate(event, related.told())
