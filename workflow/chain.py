"""What makes a history prove itself: each event of a case is chained to the one before it, and heads seal the ends.

Everything is SHA-256 over canonical JSON, so that a few lines in any language can check it. Cases are chained apart:
writers never wait for one global link. Now and then a `Head` is closed over the ends of the chains that have grown,
and is itself chained to the head before it; whoever keeps one head outside can tell later whether anything that it
covers has been changed, taken out or cut off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from .history import Event, Seal

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> str:
    """Return plain JSON values as their one canonical text: sorted keys, no blanks, Chinese left readable.

    Raises TypeError or ValueError for anything that is not plain JSON.

    >>> canonical({"b": [1, None], "a": "留言"})
    '{"a":"留言","b":[1,null]}'
    """
    return _CANONICAL.encode(value)


def digest(value: Any) -> str:
    """Return the SHA-256, in hexadecimal digits, of the canonical text of plain JSON values."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def fingerprint(compiled: str) -> str:
    """Return what a definition is known by: the SHA-256 of its compiled text, in hexadecimal digits."""
    return hashlib.sha256(compiled.encode()).hexdigest()


def told(instant: datetime) -> str:
    """Return an instant as text of fixed width in UTC, the form in which it enters a chain.

    >>> told(datetime(2026, 11, 23, 1, tzinfo=UTC))
    '2026-11-23T01:00:00.000000Z'
    """
    moment = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"


def commitment(salt: str, value: Any) -> str:
    """Return what stands for a private value: it binds the value, and tells nothing about it without the salt."""
    return digest([salt, value])


def sealed(event: Event, private: Container[str], new_salt: Callable[[], str]) -> Event:
    """Return the event with a seal for each of its values that is private."""
    salts = {name: new_salt() for name in event.data if name in private}
    if not salts:
        return event
    seals = {name: Seal(commitment(salt, event.data[name]), salt) for name, salt in salts.items()}
    return replace(event, seals=seals)


def public(event: Event) -> dict[str, Any]:
    """Return the values of an event that are not private."""
    return {name: value for name, value in event.data.items() if name not in event.seals}


def entry(event: Event) -> dict[str, Any]:
    """Return what of an event is chained: all of it, with commitments for private values; what is empty is left out."""
    whole = {
        "office": event.office,
        "case": event.case,
        "root": event.root,
        "seq": event.seq,
        "action": event.action,
        "actor": event.actor,
        "role": event.role,
        "unit": event.unit,
        "effective_at": told(event.effective_at),
        "recorded_at": told(event.recorded_at),
        "from_state": event.from_state,
        "to_state": event.to_state,
        "data": public(event),
        "sealed": {name: seal.commitment for name, seal in event.seals.items()},
        "opened": event.opened and dict(event.opened),
        "closes": event.closes,
        "key": event.key,
        "rung": event.rung and [event.rung.clock, event.rung.round, event.rung.rung],
        "cause": event.cause,
        "overtakes": list(event.overtakes),
        "since": event.since and told(event.since),
        "recount": event.recount and dict(event.recount),
        "issued": [dict(paper) for paper in event.issued],
        "drawn": dict(event.drawn),
        "redaction": event.redaction and dict(event.redaction),
        "printed": event.printed and dict(event.printed),
        "relations": [dict(told) for told in event.relations],
        "migration": event.migration and dict(event.migration),
    }
    return {name: value for name, value in whole.items() if value}


def link(previous: str, event: Event) -> str:
    """Return the link of an event: the digest of the link before it, empty for a case's first event, and its entry."""
    return digest([previous, entry(event)])


def linked(events: Iterable[Event], ends: Mapping[str, str]) -> tuple[Event, ...]:
    """Return events with their links, in the order given.

    Args:
        ends: the ends of the chains so far, by case; a case that is missing begins its chain.
    """
    last, done = dict(ends), []
    for event in events:
        last[event.case] = link(last.get(event.case, ""), event)
        done.append(replace(event, link=last[event.case]))
    return tuple(done)


HEAD_LINE = "caseclock-head"
"""How the line of a published head begins."""


@dataclass(frozen=True, slots=True, order=True)
class End:
    """The end of a case's chain at some time: its last event then, and that event's link."""

    case: str
    seq: int
    link: str


@dataclass(frozen=True, slots=True)
class Head:
    """A seal over the chains of an office: those that have grown since the head before, and through it all others.

    Args:
        number: 1, 2, 3... within its office.
        closed_at: when it was closed. UTC.
        previous: the digest of the head before; empty for the first.
        root: the Merkle root over the ends that it covers, in order of case.
        ends: how many those are.
    """

    office: str
    number: int
    closed_at: datetime
    previous: str
    root: str
    ends: int

    @property
    def digest(self) -> str:
        """What is published, mailed or printed of it: the digest over all of it."""
        return digest([self.office, self.number, told(self.closed_at), self.previous, self.root, self.ends])

    @property
    def line(self) -> str:
        """The head in one line of plain characters, to be printed, mailed or published."""
        return f"{HEAD_LINE} {self.number} {told(self.closed_at)} {self.digest} {self.office}"


def close_head(office: str, before: Head | None, ends: Sequence[End], now: datetime) -> Head:
    """Return the head that follows ``before`` and covers these ends, which must be in order of case."""
    return Head(
        office=office,
        number=before.number + 1 if before else 1,
        closed_at=now,
        previous=before.digest if before else "",
        root=merkle_root(ends),
        ends=len(ends),
    )


def merkle_root(ends: Sequence[End]) -> str:
    """Return the Merkle root over ends in order of case: digests of leaves, then of pairs; an odd one moves up.

    Leaves and pairs begin with different words, so that no pair can be passed off as a leaf.
    """
    level = leaves(ends) or [digest(["end"])]
    while len(level) > 1:
        level = level_above(level)
    return level[0]


def leaves(ends: Sequence[End]) -> list[str]:
    """Return the lowest level of the tree over ends."""
    return [digest(["end", end.case, end.seq, end.link]) for end in ends]


def level_above(level: Sequence[str]) -> list[str]:
    """Return the level of the tree above another: a digest for each pair, and an odd one as it is."""
    pairs = [digest(["pair", *level[at : at + 2]]) for at in range(0, len(level) - 1, 2)]
    return [*pairs, *level[len(level) - len(level) % 2 :]]
