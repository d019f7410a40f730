"""How SQLite must be opened and begun so that nothing is lost.

The driver by itself sends no BEGIN before a SELECT: two programs then read the same revision, both write, and one
change would be lost without an error. So the driver's own transaction control is switched off and every transaction
is begun here, a writing one with BEGIN IMMEDIATE, which waits for its turn before it reads.
"""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import URL, Connection, Engine, event

from ..workflow.errors import StorageFailed
from ..workflow.messages import say
from .failures import missing_file
from .prepared import send

WAIT = 10.0
"""Seconds that a writer waits for another one to finish."""

READING = "caseclock_reading"
"""The execution option of a connection that will only read, so that it need not wait for writers."""

_PREPARED = "_caseclock_prepared"


def prepare_engine(engine: Engine, *, wait: float = WAIT) -> Engine:
    """Install on a host's own engine what SQLite needs, and return the engine; other databases need nothing.

    Every transaction of the engine is then a real one: begun with ``BEGIN IMMEDIATE``, or with ``BEGIN`` on a
    connection with the execution option ``caseclock_reading``. Call it before the engine's first connection.

    Args:
        wait: seconds that a writer waits for another one to finish.
    """
    if engine.dialect.name != "sqlite" or getattr(engine.dialect, _PREPARED, False):
        return engine
    setattr(engine.dialect, _PREPARED, True)

    def set_up(connection: Any, record: object) -> None:
        connection.isolation_level = None
        _set_pragmas(connection, wait)

    def begin(connection: Connection) -> None:
        if not _commits_by_itself(connection):
            ensure_begun(connection)

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return engine


def _set_pragmas(connection: Any, wait: float) -> None:
    connection.execute(f"PRAGMA busy_timeout={int(wait * 1000)}")
    connection.execute("PRAGMA foreign_keys=ON")
    # What is deleted is overwritten: an erased value must not be left in freed space.
    connection.execute("PRAGMA secure_delete=ON")
    # Asking first: changing the mode needs a lock, and fails on a database that may only be read.
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete" and not _is_read_only(connection):
        connection.execute("PRAGMA journal_mode=WAL")
    # FULL: in WAL mode, NORMAL may lose the last committed changes when the power fails.
    connection.execute("PRAGMA synchronous=FULL")


def _is_read_only(connection: Any) -> bool:
    """Return whether the file was opened for reading only; asking for the write lock of an idle file tells."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except Exception as error:
        return getattr(error, "sqlite_errorname", "").startswith("SQLITE_READONLY")
    connection.execute("ROLLBACK")
    return False


def ensure_begun(connection: Connection) -> None:
    """Send the BEGIN that the driver has not sent, so that a savepoint or a commit has a transaction to act on.

    Without it, on a host's unprepared engine, releasing our savepoint would commit the host's transaction half way.
    Raises `StorageFailed` when the connection is in autocommit mode and so has no transactions.
    """
    if connection.dialect.name != "sqlite":
        return
    driver: Any = connection.connection.dbapi_connection
    if driver.in_transaction:
        return
    if _commits_by_itself(connection):
        raise StorageFailed(
            say("this connection commits every statement by itself"),
            say("hand over a connection in a transaction, without isolation_level AUTOCOMMIT"),
        )
    reading = connection.get_execution_options().get(READING, False)
    send(connection, "BEGIN" if reading else "BEGIN IMMEDIATE")


def _commits_by_itself(connection: Connection) -> bool:
    """Return whether a connection without an open transaction is in autocommit mode.

    On a prepared engine the driver always is, and SQLAlchemy's own option tells; on any other the driver tells.
    """
    if getattr(connection.dialect, _PREPARED, False):
        return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    driver: Any = connection.connection.dbapi_connection
    return driver.isolation_level is None


def refuse_missing_file(url: URL) -> None:
    """Raise `StorageFailed` when ``url`` names a file that does not exist, which SQLite would make, empty."""
    path = url.database
    if url.get_backend_name() != "sqlite" or not path or path == ":memory:" or path.startswith("file:"):
        return
    if not os.path.exists(path):
        raise missing_file(path)
