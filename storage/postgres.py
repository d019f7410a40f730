"""How PostgreSQL is opened and begun: readers see one moment, and a writer does not wait for ever."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

READ_ONE_MOMENT = {"isolation_level": "REPEATABLE READ"}
"""The execution options of a connection that will only read: all its answers are of one moment.

Writers stay at READ COMMITTED: they lock the case first, and what they read after that must be the newest.
"""


def set_up(engine: Engine, *, wait: float) -> Engine:
    """Set up an engine of our own, and return it; a host sets up its own engine as it sees fit.

    Args:
        wait: seconds that a writer waits for another one that holds the case.
    """

    def connected(connection: Any, record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {max(1, int(wait * 1000))}")
        connection.commit()

    event.listen(engine, "connect", connected)
    return engine
