"""How PostgreSQL is opened, begun and scrubbed: readers see one moment, and a writer does not wait for ever."""

from __future__ import annotations

from math import inf
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError

from .failures import not_owner, still_read

PREPARING = "prepare_threshold"
"""How often the driver runs a statement before it has the server keep it prepared; ``none`` in an address: never."""

READ_ONE_MOMENT = {"isolation_level": "REPEATABLE READ"}
"""The execution options of a connection that will only read: all its answers are of one moment.

Writers stay at READ COMMITTED: they lock the case first, and what they read after that must be the newest.
"""


PRIVATE = ("cc_private", "cc_cases")
"""The tables in which private values stand."""

IDLE = 1.0
"""Seconds after which a connection that nobody used is asked first: no server is restarted in less."""

LAST_USED = "caseclock_last_used"

PATIENCE = 10.0
"""Seconds that a scrubbing waits for those who read what was there before it."""

_NEXT_CHANGE = text("SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)")
# Whoever began to read before a row was erased may still ask for it, and the server keeps it for them.
_EARLIER_READERS = text(
    "SELECT count(*) FROM ("
    " SELECT backend_xmin AS oldest FROM pg_stat_activity"
    " WHERE pid != pg_backend_pid() AND coalesce(datname, current_database()) = current_database()"
    " UNION ALL SELECT xmin FROM pg_replication_slots"
    ") AS reading WHERE age(oldest) > age(CAST(:since AS xid))"
)
_FILE = text("SELECT pg_relation_filenode(CAST(:name AS text))")


def scrub(connection: Connection) -> None:
    """Write the tables anew in which private values stood; the connection must commit by itself.

    Raises `Conflict` while somebody reads what was there before, `StorageFailed` where the tables are another role's.
    """
    _wait_for_earlier_readers(connection)
    for table in PRIVATE:
        before = connection.execute(_FILE, {"name": table}).scalar()
        connection.exec_driver_sql(f"VACUUM FULL {table}")
        # The server passes over what is not ours to rewrite, and reports success.
        if connection.execute(_FILE, {"name": table}).scalar() == before:
            raise not_owner()


def _wait_for_earlier_readers(connection: Connection) -> None:
    since, end = connection.execute(_NEXT_CHANGE).scalar(), monotonic() + PATIENCE
    while connection.execute(_EARLIER_READERS, {"since": since}).scalar():
        if monotonic() > end:
            raise still_read()
        sleep(0.05)


def open_engine(url: URL, *, wait: float) -> Engine:
    """Return an engine of our own for an address; a host sets up its own engine as it sees fit.

    Args:
        wait: seconds that a writer waits for another one that holds the case.

    Raises ValueError for a ``prepare_threshold`` that is no number.
    """

    def connected(connection: Any, record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {max(1, int(wait * 1000))}")
        connection.commit()

    engine = create_engine(url.difference_update_query([PREPARING]), connect_args=_driver_arguments(url))
    event.listen(engine, "connect", connected)
    _ask_the_idle(engine)
    return engine


def _ask_the_idle(engine: Engine) -> None:
    """Have a connection that was idle asked whether its server is still there, and replaced when it is not."""

    def laid_down(connection: Any, record: Any) -> None:
        record.info[LAST_USED] = monotonic()

    def taken_up(connection: Any, record: Any, proxy: object) -> None:
        if connection.closed or monotonic() - record.info.get(LAST_USED, inf) > IDLE:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    event.listen(engine, "checkin", laid_down)
    event.listen(engine, "checkout", taken_up)


def _driver_arguments(url: URL) -> dict[str, Any]:
    """What the driver takes as a number, and would be handed as text if it stayed in the address."""
    given = url.query.get(PREPARING)
    if given is None:
        return {}
    return {PREPARING: None if given == "none" else int(str(given))}
