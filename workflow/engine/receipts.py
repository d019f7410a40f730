"""Receipts: what a command did, told from the change it made, or from the history when it is repeated."""

from __future__ import annotations

from ..errors import Conflict
from ..history import Event, fold
from ..messages import say
from ..model import OPEN
from ..ports import Change, Transaction
from .draft import Draft
from .views import Receipt


def receipt(draft: Draft, change: Change, event: Event) -> Receipt:
    """Return the receipt of the command whose own event is ``event``."""
    own = (event.case, event.seq)
    opened = {other.case for other in change.events if other.action == OPEN and (other.case, other.seq) != own}
    return Receipt(
        case=next(case for case in change.cases if case.id == event.case),
        event=next(other for other in change.events if (other.case, other.seq) == own),
        opened=tuple(case for case in change.cases if case.id in opened),
        documents=change.documents,
        notices=tuple(draft.notices),
    )


def first_receipt(tx: Transaction, key: str, action: str, case_id: str | None) -> Receipt | None:
    """Return the first result of a command that has been carried out under this key, by whomever, or None.

    Raises `Conflict` when the key was used for another command.
    """
    event = tx.event_by_key(key)
    if event is None:
        return None
    if event.action != action or case_id not in (None, event.case):
        raise Conflict(
            say("the key {key} was used for {action} by {actor}", key=key, action=event.action, actor=event.actor),
            say("use a new key for a new command"),
        )
    history = [past for past in tx.events(event.root) if past.case == event.case and past.seq <= event.seq]
    documents = tuple(paper for paper in tx.documents(event.root) if (paper.case, paper.seq) == (event.case, event.seq))
    return Receipt(case=fold(history)[0], event=event, documents=documents, repeated=True)
