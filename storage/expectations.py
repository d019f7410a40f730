"""What every store checks before it writes, and what it says when the case has moved on meanwhile."""

from __future__ import annotations

from ..workflow.errors import Conflict, KeyUsed, StorageFailed
from ..workflow.history import Case, Event
from ..workflow.messages import say
from ..workflow.ports import Change, Definition


def expected_revisions(office: str, change: Change) -> dict[str, int]:
    """Return, for each case of a change, the revision that it must have in the store: 0 when it is new.

    Raises ValueError for a change that hangs together wrongly: a case without events, an event without its case, or
    anything of another office.
    """
    first: dict[str, int] = {}
    for event in change.events:
        first.setdefault(event.case, event.seq)
    ids = {case.id for case in change.cases}
    if ids != first.keys():
        raise ValueError(f"cases and events of a change differ: {sorted(ids ^ first.keys())}")
    refuse_strangers(office, *(case.office for case in change.cases), *(event.office for event in change.events))
    refuse_strangers(office, *(letter.office for letter in change.letters))
    if not {clock.case for clock in change.clocks} | {timer.case for timer in change.timers} <= set(change.projected):
        raise ValueError("clocks and timers of a change must be of projected cases")
    return {case: seq - 1 for case, seq in first.items()}


def refuse_strangers(office: str, *owners: str) -> None:
    """Raise ValueError when anything that a transaction is to write belongs to another office than its own."""
    if strangers := sorted(set(owners) - {office}):
        raise ValueError(f"a transaction of office {office} was given rows of {strangers}")


def overtaken(case: Case, last: Event) -> Conflict:
    """Return the refusal of a change made from a revision that is no longer the last: who changed it, when and how."""
    return Conflict(
        say(
            "case {case} was changed meanwhile: {action} by {actor} at {when}",
            case=case.number,
            action=last.action,
            actor=last.actor,
            when=last.recorded_at,
        ),
        say("look at the case again, and repeat the action if it is still right"),
    )


def redeployed(kept: Definition) -> Conflict:
    """Return the refusal of a definition whose version is already kept with another meaning."""
    return Conflict(
        say(
            "{kind} {name} version {version} is already deployed with other content",
            kind=kept.kind,
            name=kept.name,
            version=kept.version,
        ),
        say("running cases rely on it: give the changed definition a higher version"),
    )


def used_key(key: str) -> KeyUsed:
    """Return the refusal of an idempotency key under which something else has just been recorded."""
    return KeyUsed(
        say("the key {key} has been used by another request", key=key),
        say("repeat the request to get that one's result, or give a new key"),
    )


def begun_for_reading() -> StorageFailed:
    """Return the error of writing in a transaction that was begun for reading."""
    return StorageFailed(
        say("this transaction was begun for reading"), say("begin it with write=True to change anything")
    )


def written_already() -> Conflict:
    """Return the refusal of an entry, an id or a number that is in the store already."""
    return Conflict(
        say("somebody else has written the same entry first; nothing was changed"),
        say("read the case again and repeat"),
    )
