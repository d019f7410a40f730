"""Letters: what an event has the office tell somebody, kept in an outbox until it has been delivered.

A letter is written in the same transaction as its event, and sent after it, by whoever delivers: so nobody is told of
what was rolled back, and nothing that happened goes untold. A letter holds facts, no private values and no sentences:
it is put into words, in the language of whoever receives it, when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

LEASE = timedelta(minutes=5)
"""How long a letter that somebody is sending is left alone; longer than any sending takes."""

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)
"""How long a letter that could not be delivered waits: after the first attempt, and at most."""

ATTEMPTS = 12
"""After how many attempts it is given up; with these waits, a day after it was written."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address of one person.

    Args:
        key: tells this letter from all others, in every attempt; a receiver drops what it has had under it.
        case, seq: the event of which it tells.
        address: where it goes; may hold a secret, so it is shown to nobody.
        facts: what it tells, as plain JSON values; see `engine.telling`.
        written_at: when the event was recorded. UTC.
        attempts: how often its delivery has been begun.
        next_at: from when on it is to be sent; None once it is delivered or given up. UTC.
        sent_at: when it was delivered. UTC.
        reason: why the last attempt failed.
    """

    office: str
    key: str
    case: str
    seq: int
    person: str
    address: str
    language: str
    facts: Mapping[str, Any]
    written_at: datetime
    attempts: int = 0
    next_at: datetime | None = None
    sent_at: datetime | None = None
    reason: str | None = None

    @property
    def given_up(self) -> bool:
        """Whether it is a dead letter: not delivered, and tried no more."""
        return self.sent_at is None and self.next_at is None


def wait_after(attempts: int) -> timedelta:
    """Return how long a letter waits after this many failed attempts: twice as long each time.

    >>> [wait_after(attempts) // SHORTEST for attempts in (1, 2, 3, 4, 12)]
    [1, 2, 4, 8, 360]
    """
    return min(LONGEST, SHORTEST * (1 << (attempts - 1)))


def delivered(letter: Letter, now: datetime) -> Letter:
    """Return the letter as delivered at ``now``."""
    return replace(letter, next_at=None, sent_at=now, reason=None)


def failed(letter: Letter, now: datetime, reason: str, *, for_good: bool = False) -> Letter:
    """Return the letter after an attempt that failed: to be tried again, or given up.

    Args:
        for_good: no further attempt can succeed, such as with an address that does not exist.
    """
    ends = for_good or letter.attempts >= ATTEMPTS
    return replace(letter, next_at=None if ends else now + wait_after(letter.attempts), reason=reason)


def renewed(letter: Letter, now: datetime) -> Letter:
    """Return a letter that was given up, to be sent again from ``now`` on as if it were new."""
    return replace(letter, attempts=0, next_at=now, reason=None)
