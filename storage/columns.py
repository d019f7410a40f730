"""The kinds of column that need care: instants, JSON, names and positions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..workflow.chain import canonical, told
from .values import as_utc

INSTANT_WIDTH = 27


def instant_text(value: datetime) -> str:
    """Return an instant as text of fixed width in UTC, so that texts sort as instants do. Raises ValueError if naive.

    >>> from datetime import timedelta, timezone
    >>> instant_text(datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=8))))
    '2026-11-23T01:00:00.000000Z'
    """
    return told(as_utc(value))


Position = BigInteger().with_variant(Integer, "sqlite")
"""The order of recording. SQLite numbers only an ``INTEGER`` primary key by itself, and it has 64 bits there anyway."""


def Name(length: int) -> TypeEngine[str]:  # noqa: N802
    """Return the type of a name or id: ordered by code points, in every database and language as in Python."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Instant(TypeDecorator[datetime]):
    """An instant: aware datetimes in, aware UTC datetimes out; a naive one is refused, for it names no instant.

    SQLite knows no instants, so they are stored there as text; PostgreSQL has ``timestamptz``.
    """

    impl = String(INSTANT_WIDTH)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that this database stores instants as."""
        native = DateTime(timezone=True) if dialect.name == "postgresql" else String(INSTANT_WIDTH)
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return what is handed to the driver. Raises ValueError for a naive datetime."""
        if value is None:
            return None
        return as_utc(value) if dialect.name == "postgresql" else instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the aware UTC datetime that was stored."""
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return None if value is None else value.astimezone(UTC)


class CanonicalJson(TypeDecorator[Any]):
    """A plain JSON value as canonical text, independent of how the host's engine is set up for JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the canonical text; None stays NULL."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the value that the text stands for."""
        return None if value is None else json.loads(value)
