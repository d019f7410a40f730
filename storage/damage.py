"""Rows that do not mean anything: whoever finds one says which, so that a damaged entry does not hide the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..workflow.errors import MALFORMED, Unreadable
from ..workflow.messages import say

T = TypeVar("T")


def readable(make: Callable[..., T], row: Any, *more: Any) -> T:
    """Return what ``make`` makes of a row. Raises `Unreadable` when it cannot."""
    try:
        return make(row, *more)
    except MALFORMED as error:
        raise unreadable(row, str(error)) from error


def unreadable(row: Any, reason: str) -> Unreadable:
    """Return the error for a row, of any table, that cannot be read."""
    told = row._asdict()
    case, seq = str(told.get("case_id", told.get("id", ""))), told.get("seq")
    place = ", ".join(f"{name} {told[name]}" for name in PLACES if told.get(name) is not None)
    message = say("what is kept as {place} cannot be read: {reason}", place=place, reason=reason)
    return Unreadable(message, case=case, seq=seq if isinstance(seq, int) else 0)


PLACES = ("kind", "number", "name", "version", "case_id", "seq", "clock", "series")
"""The columns that tell people which row it is."""
