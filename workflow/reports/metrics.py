"""The figures: of each its formula in words, what it counts, and by which instant something belongs to a period.

A denominator is of items due, never of items received: what is not due yet is told beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from ..accounts.timeline import NOTHING
from ..clocks import ClockStatus
from ..messages import Message, say
from .items import CaseItem, SlipItem

Item = TypeVar("Item", CaseItem, SlipItem)


@dataclass(frozen=True, slots=True)
class Rate(Generic[Item]):
    """A share of things.

    Args:
        when: by which instant an item belongs to a month and a period; None for one that is not counted at all. An
            instant after the cut-off means that the item is not due yet.
        hit: whether it is one of those that the numerator counts.
    """

    name: str
    title: Message
    formula: Message
    when: Callable[[Item], datetime | None]
    hit: Callable[[Item], bool]


@dataclass(frozen=True, slots=True)
class Length(Generic[Item]):
    """A length of time: by the wall clock, and of it the part in which time stood still; None where it is not over."""

    name: str
    title: Message
    formula: Message
    when: Callable[[Item], datetime | None]
    lasted: Callable[[Item], tuple[timedelta, timedelta]]


def _in_time(status: ClockStatus | None) -> bool:
    return status is not None and status.met


def _reply_due(item: CaseItem) -> datetime | None:
    return item.reply.due_at if item.reply and item.valid else None


def _first_due(item: CaseItem) -> datetime | None:
    return item.first.due_at if item.first and not item.merged else None


def _dispatched(item: CaseItem) -> datetime | None:
    return item.done(item.plan.dispatch)


def _called_back(item: CaseItem) -> datetime | None:
    return item.opened_at if item.answered_back else None


def _slip_due(item: SlipItem) -> datetime | None:
    status = item.slip.status
    return status.due_at if status and item.slip.counts and item.slip.course != "ended" else None


def _delivered(item: SlipItem) -> datetime:
    return item.slip.case.opened_at


def _counted(item: SlipItem) -> datetime | None:
    return _delivered(item) if item.slip.counts else None


def _received_due(item: SlipItem) -> datetime | None:
    return item.slip.received_due if item.slip.counts else None


def _received_in_time(item: SlipItem) -> bool:
    slip = item.slip
    return slip.received_at is not None and slip.received_due is not None and slip.received_at <= slip.received_due


def _replied(item: CaseItem) -> bool:
    return item.reply is not None and item.reply.stopped_at is not None


OF_CASES: tuple[Rate[CaseItem], ...] = (
    Rate(
        "replied",
        say("Reply rate"),
        say("published replies / valid posts whose reply was due by the cut-off"),
        _reply_due,
        _replied,
    ),
    Rate(
        "replied_on_time",
        say("Replied on time"),
        say("replies published by their due / valid posts whose reply was due by the cut-off"),
        _reply_due,
        lambda item: _in_time(item.reply),
    ),
    Rate(
        "first_response_on_time",
        say("First response on time"),
        say("first responses given by their due / posts whose first response was due by the cut-off"),
        _first_due,
        lambda item: _in_time(item.first),
    ),
    Rate(
        "solved",
        say("Solved"),
        say("cases with the outcome solved / cases whose author was called back and said something"),
        _called_back,
        lambda item: item.value(item.plan.outcome) in item.plan.solved,
    ),
    Rate(
        "satisfied",
        say("Satisfied"),
        say("authors who said that they are satisfied / cases whose author was called back and said something"),
        _called_back,
        lambda item: item.value(item.plan.called_back) in item.plan.satisfied,
    ),
    Rate(
        "extended",
        say("Extended"),
        say("cases whose limit was extended / cases dispatched"),
        _dispatched,
        lambda item: item.done(item.plan.extended) is not None,
    ),
    Rate(
        "merged",
        say("Raised again"),
        say("posts linked to another case / posts registered"),
        lambda item: item.opened_at,
        lambda item: item.merged,
    ),
    Rate(
        "without_reply",
        say("Ended without a reply"),
        say("posts that ended as not valid, or as needing no reply / posts registered"),
        lambda item: item.opened_at,
        lambda item: not item.valid,
    ),
)

OF_SLIPS: tuple[Rate[SlipItem], ...] = (
    Rate(
        "answered_on_time",
        say("Units answered on time"),
        say("slips answered by their due / slips due by the cut-off, less those returned in time and accepted"),
        _slip_due,
        lambda item: _in_time(item.slip.status),
    ),
    Rate(
        "received_on_time",
        say("Units received on time"),
        say("slips signed for in time / slips whose time to sign had run out by the cut-off"),
        _received_due,
        _received_in_time,
    ),
    Rate(
        "returned",
        say("Returned"),
        say("slips that a unit asked to return / slips dispatched"),
        _delivered,
        lambda item: bool(item.slip.returns),
    ),
    Rate(
        "wrongly_dispatched",
        say("Wrongly dispatched"),
        say("slips returned in time and accepted / slips dispatched"),
        _delivered,
        lambda item: not item.slip.counts,
    ),
    Rate(
        "sent_back",
        say("Sent back to be done again"),
        say("slips sent back / slips dispatched, less those returned in time and accepted"),
        _counted,
        lambda item: bool(item.slip.sent_back),
    ),
    Rate(
        "urged",
        say("Urged"),
        say("slips urged / slips dispatched, less those returned in time and accepted"),
        _counted,
        lambda item: bool(item.slip.urged),
    ),
    Rate(
        "supervised",
        say("Supervised"),
        say("slips supervised / slips dispatched, less those returned in time and accepted"),
        _counted,
        lambda item: bool(item.slip.supervised),
    ),
)


def _clocked(status: ClockStatus | None) -> tuple[timedelta, timedelta]:
    """How long a clock ran until it was stopped, and how much of that time stood still."""
    if status is None or status.stopped_at is None:
        return NOTHING, NOTHING
    begins, ends = status.started_at, max(status.started_at, status.stopped_at)
    stood = (min(pause.ends, ends) - max(pause.begins, begins) for pause in status.pauses)
    return ends - begins, sum((max(part, NOTHING) for part in stood), NOTHING)


LENGTHS_OF_CASES: tuple[Length[CaseItem], ...] = (
    Length(
        "first_response",
        say("Time to the first response"),
        say("from when the post was found to the first response; posts that had one"),
        lambda item: item.first.stopped_at if item.first else None,
        lambda item: _clocked(item.first),
    ),
    Length(
        "reply",
        say("Time to the public reply"),
        say("from when the limit began to the publication; posts that were replied to"),
        lambda item: item.reply.stopped_at if item.reply and item.valid else None,
        lambda item: _clocked(item.reply),
    ),
)

LENGTHS_OF_SLIPS: tuple[Length[SlipItem], ...] = (
    Length(
        "unit",
        say("Time at the unit"),
        say("when it was the unit's turn, in all; slips that were answered"),
        lambda item: item.slip.status.stopped_at if item.slip.status and item.slip.counts else None,
        lambda item: (_turn(item), _turn(item) - item.slip.own),
    ),
)


def _turn(item: SlipItem) -> timedelta:
    return sum((span.length for span in item.slip.turn), NOTHING)
