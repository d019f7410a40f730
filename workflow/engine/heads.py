"""Closing heads: sealing the ends of the chains that have grown, so that they can be checked from outside."""

from __future__ import annotations

from ..chain import Head, close_head
from ..errors import Conflict
from .session import Sessions

COVERED = 1000
"""How many ends of chains one head covers at most, so that no transaction holds many cases for long."""


def close_heads(sessions: Sessions, office: str) -> Head | None:
    """Close heads until every chain that has grown is covered; return the last head, None without any case."""
    while _close_one(sessions, office):
        pass
    with sessions() as session:
        return session.tx.last_head()


def _close_one(sessions: Sessions, office: str) -> bool:
    """Close one head, if anything has grown; return whether there may be more to cover."""
    with sessions() as session:
        if not session.tx.unheaded(1):
            return False
    try:
        with sessions(write=True) as session:
            ends = session.tx.unheaded(COVERED)
            if ends:
                session.tx.add_head(close_head(office, session.tx.last_head(), ends, session.now), ends)
    except Conflict:
        # Somebody else is closing one; what it leaves is covered next time.
        return False
    return len(ends) == COVERED
