"""Values in the one form in which every store keeps them: UTC instants and plain, canonical JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ..workflow.chain import canonical


def as_utc(value: datetime) -> datetime:
    """Return the same instant as a plain datetime in UTC. Raises ValueError for a naive datetime.

    Subclasses (pendulum's, for one) are reduced to the standard type, which database drivers know.
    """
    if value.tzinfo is UTC and type(value) is datetime:
        return value
    if value.utcoffset() is None:
        raise ValueError(f"expected an instant with its zone, got the naive {value!r}")
    moved = value.astimezone(UTC)
    return datetime(
        moved.year, moved.month, moved.day, moved.hour, moved.minute, moved.second, moved.microsecond, tzinfo=UTC
    )


def plain(value: Any) -> Any:
    """Return a copy of a JSON value exactly as it will be read back from a store."""
    return json.loads(canonical(value))
