"""Redaction: a person's data is erased for good, and the history says that it was, by whom and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from ..errors import InvalidInput, NotAllowed, NotFound
from ..history import kept_private
from ..messages import say
from ..model import REDACTED
from ..roster import Actor
from .draft import Draft
from .permission import redacting_role
from .prints import showing
from .projections import project
from .receipts import first_receipt, receipt
from .session import Session
from .views import Receipt


def redact(
    session: Session, ref: str, fields: Iterable[str] | None, by: Actor | str, reason: str, key: str | None
) -> Receipt:
    """Erase private values of the family of a case; see `Engine.redact`."""
    actor, situation = session.actor(by), session.situation(ref)
    family, deployed = situation.family, situation.deployed
    role = redacting_role(deployed.procedure, actor)
    if key and (first := first_receipt(session.tx, key, REDACTED, None)):
        return first
    if not reason.strip():
        raise InvalidInput(say("why are they erased? Give a reason"))
    events = session.tx.events(family.root.id)
    erased = chosen(kept_private(events), fields, family.root.number)
    draft = session.draft(deployed, family)
    before = _dues(draft)
    for case in family.cases:
        if names := sorted(name for owner, name in erased if owner == case.id):
            draft.redact(draft.family.member(case.id), actor, role, {"fields": names, "reason": reason.strip()}, key)
            key = None
    _refuse_moved(before, _dues(draft))
    gone = showing(events, session.tx.prints(family.root.id), erased)
    change = replace(draft.change(), erased=tuple(sorted(erased)), erased_prints=gone)
    session.tx.save(change)
    return receipt(draft, change, next(event for event in change.events if event.redaction))


def chosen(there: set[tuple[str, str]], fields: Iterable[str] | None, number: str) -> set[tuple[str, str]]:
    """Return those of the private values that are there whose fields are named. Raises `NotFound` for others.

    Args:
        fields: their names; all of them when None.
        number: of the case, for the message.
    """
    if not there:
        raise NotFound(say("{case} holds no private values", case=number))
    if fields is None:
        return there
    wanted, known = set(fields), sorted({name for _, name in there})
    if unknown := sorted(wanted - set(known)):
        raise NotFound(
            say("{case} holds no private {fields}", case=number, fields=unknown),
            say("private values that it holds: {known}", known=known),
        )
    return {(case, name) for case, name in there if name in wanted}


def _dues(draft: Draft) -> Mapping[tuple[str, str], datetime]:
    rows, _ = project(draft.deployed, draft.measured())
    return {(row.case, row.clock): row.due_at for row in rows if row.running}


def _refuse_moved(before: Mapping[tuple[str, str], datetime], after: Mapping[tuple[str, str], datetime]) -> None:
    moved = sorted({clock for case, clock in before if after.get((case, clock)) != before[case, clock]})
    if moved:
        raise NotAllowed(
            say("the limit {clocks} is measured by a value that would be erased, and still runs", clocks=moved),
            say("erase it when the limit is over, or name other fields"),
        )
