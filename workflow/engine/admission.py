"""Admission: whether a command may become a deed: possible in time, legal here, allowed to the actor, inputs valid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ..errors import InvalidInput
from ..history import Event
from ..messages import say
from ..model import OPEN
from ..roster import Actor
from . import refusals
from .commands import FireAction, OpenCase
from .draft import Deed, Draft
from .inputs import accept_inputs
from .permission import check_field_rights, opening_role, role_for
from .situation import Deployed, Situation


def admit_opening(draft: Draft, command: OpenCase, actor: Actor) -> Deed:
    """Return the deed that opens a case. Raises `NotAllowed` or `InvalidInput`."""
    deployed = draft.deployed
    role = opening_role(deployed.procedure, actor)
    fields = deployed.procedure.case.opens_with
    check_field_rights(fields, command.data, actor, deployed.procedure)
    inputs = accept_inputs(fields, command.data, deployed.roster)
    return Deed(draft.new_id(), OPEN, actor, role, effective(command.at, draft.now, deployed), inputs, command.key)


def admit_action(draft: Draft, case_id: str, command: FireAction, actor: Actor) -> Deed:
    """Return the deed that fires an action, after the rungs that came before it have been delivered.

    What comes exactly when something falls due is in time: the rungs of that instant come after it, unless only they
    make it legal.

    Raises `NotFound`, `NotAllowed`, `InvalidInput` or `Conflict`.
    """
    deployed = draft.deployed
    if unknown := refusals.unknown_action(deployed, draft.family.member(case_id), command.action):
        raise unknown
    at = effective(command.at, draft.now, deployed)
    draft.deliver_due(at - datetime.resolution)
    then = draft.then(case_id, command.action, at)
    if then is None:
        draft.deliver_due(at)
        then = draft.then(case_id, command.action, at)
    case = draft.family.member(case_id)
    if then is None:
        raise refusals.not_legal_then(deployed, case, command.action, at, draft.now)
    action = deployed.lifecycle(case).states[then.state].actions[command.action]
    role = role_for(deployed.procedure, draft.family, case, action, actor)
    check_field_rights(action.inputs, command.data, actor, deployed.procedure)
    inputs = accept_inputs(action.inputs, command.data, deployed.roster)
    return Deed(case.id, action.name, actor, role, at, inputs, command.key)


def check_revision(situation: Situation, command: FireAction, recorded: Callable[[], tuple[Event, ...]]) -> None:
    """Raise `Conflict` when the case has changed since the caller looked at it.

    Args:
        recorded: gives the family's history; read only to tell what has changed.
    """
    if command.revision is not None and command.revision != situation.case.revision:
        raise refusals.changed_since(situation.deployed, situation.case, command.revision, recorded())


def utc(instant: datetime) -> datetime:
    """Return an aware instant as a plain datetime in UTC. Raises `InvalidInput` for one without a zone."""
    if instant.tzinfo is None:
        raise InvalidInput(
            say("an instant needs its time zone, got: {instant}", instant=instant.isoformat()),
            hint=say("give one such as 2026-11-16T09:00:00+08:00"),
        )
    moment = instant.astimezone(UTC)
    return datetime(*moment.timetuple()[:6], moment.microsecond, UTC)


def effective(at: datetime | None, now: datetime, deployed: Deployed) -> datetime:
    """Return when a command takes effect: ``at`` in UTC, or now. Raises `InvalidInput` for a time that has not come."""
    if at is None:
        return now
    moment = utc(at)
    if moment > now:
        raise InvalidInput(
            say("nothing can have happened at {at}: now is {now}", at=deployed.local(moment), now=deployed.local(now)),
            hint=say("leave the time out for now, or give one that has passed"),
        )
    return moment
