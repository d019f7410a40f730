"""Time-ordered ids, so that cases can move between databases and indexes stay compact."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime


def time_ordered_id(now: datetime) -> str:
    """Return a new UUID of version 7 for the instant ``now`` (RFC 9562, section 5.7).

    >>> time_ordered_id(datetime(2026, 11, 23, tzinfo=UTC))[:13]
    '01a205b3-d000'
    """
    milliseconds = int(now.timestamp() * 1000)
    noise = int.from_bytes(secrets.token_bytes(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | noise
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def new_salt() -> str:
    """Return 128 random bits, in hexadecimal digits, for the commitment of a private value."""
    return secrets.token_hex(16)


def utc_now() -> datetime:
    """Return the present instant in UTC; the engine's default source of time."""
    return datetime.now(UTC)
