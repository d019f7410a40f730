"""The store that keeps cases in a database: on an engine of its own, or inside a host program's transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Connection, Engine, MetaData, Table, create_engine, inspect, make_url, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..workflow.errors import StorageFailed
from ..workflow.messages import say
from ..workflow.ports import Transaction
from . import postgres
from .failures import missing_driver, missing_schema, new_schema, old_schema, reported, still_read
from .postgres import READ_ONE_MOMENT
from .schema import REVISIONS, VERSION_TABLE
from .sqlite import READING, WAIT, ensure_begun, prepare_engine, refuse_missing_file
from .transaction import SqlTransaction

POSTGRESQL = "postgresql"
SCRUBBING = ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
"""What writes a SQLite database anew, and lets go of the log that has what it was before."""


class SqlStore:
    """Cases in a database of SQLAlchemy's; each `begin` is one transaction on a connection of its own.

    Args:
        database: an engine of the host (call `prepare_engine` on it first), or an address such as
            ``sqlite:///cases.db`` or ``postgresql://user@host/database``, for which an engine is made.
        wait: seconds that a writer waits for another one to finish before it is refused with `Conflict`; only for an
            address.

    Raises `StorageFailed` for an address that cannot be understood. The database itself is looked at by the first
    `begin`, which raises `StorageFailed` when it has no tables, or tables of another version; see `create_store`.
    """

    def __init__(self, database: Engine | URL | str, *, wait: float = WAIT) -> None:
        self.engine = database if isinstance(database, Engine) else open_engine(database, wait=wait)
        self._reading = self.engine.execution_options(**_for_reading(self.engine))

    @staticmethod
    def joined(connection: Connection) -> JoinedStore:
        """Return a store that works inside the transaction of a host's open connection."""
        return JoinedStore(connection)

    @contextmanager
    def begin(self, office: str, *, write: bool) -> Iterator[Transaction]:
        """Begin a transaction for one office: committed at the end, rolled back when an exception leaves it.

        Raises `Conflict` when another writer does not finish in time, `StorageFailed` when the database cannot work.
        """
        with reported():
            refuse_missing_file(self.engine.url)
            with (self.engine if write else self._reading).connect() as connection, connection.begin():
                ensure_begun(connection)
                check_schema(connection)
                yield SqlTransaction(connection, office, write=write)

    def scrub(self) -> None:
        """Make sure that nothing of what was deleted is left in the database's own files.

        Takes long where the database is large, and waits for others: it writes the tables anew. Backups, replicas and
        a server's archived logs are out of its reach. Raises `Conflict` or `StorageFailed`.
        """
        with reported(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if connection.dialect.name == POSTGRESQL:
                postgres.scrub(connection)
                return
            for statement in SCRUBBING:
                done = connection.exec_driver_sql(statement)
                # A checkpoint says whether it was kept from finishing.
                if done.returns_rows and done.scalar():
                    raise still_read()

    def close(self) -> None:
        """Close every connection of the engine."""
        self.engine.dispose()


class JoinedStore:
    """Cases inside a host's transaction: what the host commits or rolls back, it commits or rolls back with it.

    A change that fails or is refused half way is undone by itself, through a savepoint; the host's own rows stay.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def begin(self, office: str, *, write: bool) -> Iterator[Transaction]:
        """Join the host's transaction for one office; the end of the block neither commits it nor rolls it back.

        Raises `StorageFailed` when the connection is in autocommit mode, which has no transaction to join.
        """
        with reported():
            if not self._connection.in_transaction():
                self._connection.begin()
            ensure_begun(self._connection)
            check_schema(self._connection)
            transaction = SqlTransaction(self._connection, office, write=write)
            if not write:
                yield transaction
                return
            with self._savepoint():
                yield transaction

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        savepoint = self._connection.begin_nested()
        try:
            yield
        except BaseException:
            try:
                savepoint.rollback()
            except DBAPIError:
                # A full disk makes SQLite roll the whole transaction back: the host must not commit what is left of it.
                self._connection.invalidate()
            raise
        savepoint.commit()


def _for_reading(engine: Engine) -> dict[str, Any]:
    """The execution options of a connection that will only read."""
    return READ_ONE_MOMENT if engine.dialect.name == POSTGRESQL else {READING: True}


def open_engine(address: URL | str, *, wait: float = WAIT) -> Engine:
    """Return a prepared engine for a database address. Raises `StorageFailed` for one that cannot be understood."""
    try:
        url = make_url(address)
        if url.get_backend_name() == POSTGRESQL:
            return postgres.open_engine(url, wait=wait)
        return prepare_engine(create_engine(url), wait=wait)
    except ModuleNotFoundError as error:
        raise missing_driver(error) from error
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise StorageFailed(
            say(
                "cannot understand the database address {address}: {reason}", address=_shown(address), reason=str(error)
            ),
            say("an address looks like sqlite:///cases.db or postgresql://user@host/database"),
        ) from error


def _shown(address: URL | str) -> str:
    """An address as it may stand in a message: without its password."""
    try:
        return make_url(address).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return str(address)


def create_store(address: URL | str, *, wait: float = WAIT) -> SqlStore:
    """Make the database, or upgrade an older one to this version, and return its store.

    A database that is up to date is left as it is. Raises `StorageFailed` when a newer caseclock has upgraded it.
    """
    store = SqlStore(address, wait=wait)
    upgrade_if_needed(store.engine)
    return store


def upgrade_if_needed(engine: Engine) -> None:
    """Bring our tables in a host's database to this version, in one transaction; the host's own are not touched."""
    with reported(), engine.connect().execution_options(**_for_reading(engine)) as connection:
        found = schema_revision(connection)
    if found == REVISIONS[-1]:
        return
    if found is not None and found not in REVISIONS:
        raise new_schema(found)
    # Only here: importing alembic takes a third of a second.
    from .migrations import upgrade

    with reported():
        upgrade(engine)


def schema_revision(connection: Connection) -> str | None:
    """Return the revision of our tables in this database; None when it has none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version = Table(VERSION_TABLE, MetaData(), autoload_with=connection)
    return connection.execute(select(version.c.version_num)).scalar()


_checked: WeakSet[Engine] = WeakSet()


def check_schema(connection: Connection) -> None:
    """Raise `StorageFailed`, saying what to do, unless this code knows the tables; asks once for each engine."""
    if connection.engine in _checked:
        return
    found = schema_revision(connection)
    if found is None:
        raise missing_schema()
    if found not in REVISIONS:
        raise new_schema(found)
    if found != REVISIONS[-1]:
        raise old_schema(found)
    _checked.add(connection.engine)
