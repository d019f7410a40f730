"""Delivering letters: each is sent at least once, whatever crashes, and never inside a change's transaction.

A letter is leased before it is sent: whoever else delivers leaves it alone meanwhile. If the sender is killed, the
lease ends and the letter is sent again, under the same key, by which its receiver can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ..errors import NotFound, Undelivered
from ..letters import LEASE, Letter, delivered, failed, renewed
from ..messages import say
from .session import Sessions

AT_ONCE = 20
"""How many letters are leased at a time; few enough to be sent while the lease lasts."""

MOST = 10_000
"""How many letters that were given up are sent again at a time."""

Send = Callable[[Letter], None]
"""Sends a letter. Raises `Undelivered` when the receiver has not confirmed that it has it."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of letters in one round: delivered, to be tried again, given up."""

    delivered: tuple[Letter, ...] = ()
    waiting: tuple[Letter, ...] = ()
    given_up: tuple[Letter, ...] = ()


def deliver_letters(sessions: Sessions, send: Send, stop: Callable[[], bool]) -> DeliveryReport:
    """Send every letter that is due, in pages; see `Engine.deliver_letters`."""
    report = DeliveryReport()
    while not stop() and (leased := _lease(sessions)):
        for letter in leased:
            if stop():
                break
            report = _with(report, _attempt(sessions, letter, send))
    return report


def resend(sessions: Sessions, key: str | None) -> tuple[Letter, ...]:
    """Have letters that were given up sent again; see `Engine.resend_letters`."""
    with sessions(write=True) as session:
        dead = session.tx.letters(given_up=True, limit=MOST)
        chosen = [renewed(letter, session.now) for letter in dead if key in (None, letter.key)]
        if key and not chosen:
            raise NotFound(
                say("no letter {key} has been given up", key=key), say("look at them: `caseclock outbox list --dead`")
            )
        session.tx.settle(chosen)
    return tuple(chosen)


def _lease(sessions: Sessions) -> tuple[Letter, ...]:
    """Take letters that are due; nobody else sends them before the lease ends."""
    with sessions() as session:
        if not session.tx.letters_due(session.now, 1):
            return ()
    with sessions(write=True) as session:
        due = session.tx.letters_due(session.now, AT_ONCE)
        leased = [replace(it, attempts=it.attempts + 1, next_at=session.now + LEASE) for it in due]
        session.tx.settle(leased)
    return tuple(leased)


def _attempt(sessions: Sessions, letter: Letter, send: Send) -> Letter:
    """Send a letter, keep what has become of it, and return it."""
    refusal: Undelivered | None = None
    try:
        send(letter)
    except Undelivered as error:
        refusal = error
    with sessions(write=True) as session:
        became = _became(letter, session.now, refusal)
        session.tx.settle([became])
    return became


def _became(letter: Letter, now: datetime, refusal: Undelivered | None) -> Letter:
    if refusal is None:
        return delivered(letter, now)
    return failed(letter, now, refusal.message.text(), for_good=refusal.for_good)


def _with(report: DeliveryReport, letter: Letter) -> DeliveryReport:
    if letter.sent_at:
        return replace(report, delivered=(*report.delivered, letter))
    if letter.given_up:
        return replace(report, given_up=(*report.given_up, letter))
    return replace(report, waiting=(*report.waiting, letter))
