"""What a database's own errors mean for people: one place that turns them into `Conflict` and `StorageFailed`."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..workflow.errors import CaseclockError, Conflict, KeyUsed, StorageFailed
from ..workflow.messages import Message, say
from .expectations import written_already
from .schema import ALREADY_WRITTEN, APPEND_ONLY, KEY_USED, REVISIONS

FULL = say("the disk is full, or the database has reached its size limit; nothing was changed")
NO_ROOM = os.strerror(errno.ENOSPC)
"""How a server without room says so that it lets nobody in; it gives no SQLSTATE then."""
MAKE_ROOM = say("make room on the disk and repeat the command")
READ_ONLY = say("the database can only be read, not written")
_SQLITE: tuple[tuple[str, Message, Message], ...] = (
    (
        "SQLITE_FULL",
        FULL,
        MAKE_ROOM,
    ),
    (
        "SQLITE_READONLY",
        READ_ONLY,
        say("check the rights on the database file and on its folder, and that the disk is not mounted read-only"),
    ),
    (
        "SQLITE_CANTOPEN",
        say("the database file cannot be opened"),
        say("check that its folder exists and that you may write in it"),
    ),
    (
        "SQLITE_NOTADB",
        say("this file is not a database"),
        say("give the path of a database that `caseclock init` made"),
    ),
    (
        "SQLITE_CORRUPT",
        say("the database file is damaged"),
        say("stop writing to it, keep a copy, and restore the last backup"),
    ),
    (
        "SQLITE_IOERR",
        say("the disk reported an error while the database was read or written; nothing was changed"),
        say("check the disk, then repeat the command"),
    ),
)

# By the beginning of the five characters that PostgreSQL calls its SQLSTATE.
_POSTGRESQL: tuple[tuple[str, Message, Message], ...] = (
    ("53100", FULL, MAKE_ROOM),
    (
        "53300",
        say("the database server takes no more connections"),
        say("close programs that are not needed, or raise max_connections or use a pool"),
    ),
    ("25006", READ_ONLY, say("check that this is not a replica, and that the server does not default to read-only")),
    (
        "42501",
        say("this user of the database may not do that"),
        say("use the role that the administrator made for caseclock; see docs/postgresql.md"),
    ),
    (
        "57P",
        say("the database server is being stopped or started"),
        say("look whether the command was carried out, or repeat it with its key"),
    ),
)
_BUSY = ("55P03", "40001", "40P01")
"""Lock not available in time, could not serialize, deadlock: somebody else was there first."""


@contextmanager
def reported() -> Iterator[None]:
    """Turn the driver's errors inside the block into `Conflict` or `StorageFailed`; every other error passes."""
    try:
        yield
    except DBAPIError as error:
        raise meaning(error) from error
    except StatementError as error:
        # Raised by our own column types, before the driver saw anything: a fault of the caller, shown as it is.
        raise error.orig or error from error
    except PoolTimeout as error:
        raise StorageFailed(
            say("every connection to the database is in use"), say("wait a moment and repeat the command")
        ) from error
    except SQLAlchemyError as error:
        raise _other(error) from error


def meaning(error: DBAPIError) -> CaseclockError:
    """Return what a driver's error means for whoever made the request."""
    name = getattr(error.orig, "sqlite_errorname", "")
    text = str(error.orig)
    state = getattr(error.orig, "sqlstate", None) or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or state in _BUSY:
        return Conflict(
            say("another program is writing to the database and has not finished in time; nothing was changed"),
            say("repeat the command"),
        )
    if APPEND_ONLY in text:
        return StorageFailed(
            say("the history of cases is append-only"), say("record an event that corrects the earlier one")
        )
    if isinstance(error, IntegrityError):
        return _integrity(text)
    if "no such table: cc_" in text or state == "42P01":
        return missing_schema()
    for known, kinds in ((name, _SQLITE), (state, _POSTGRESQL)):
        for prefix, message, hint in kinds:
            if known.startswith(prefix):
                return StorageFailed(message, hint)
    if not name and isinstance(error, OperationalError) and (not state or state.startswith("08")):
        return StorageFailed(FULL, MAKE_ROOM) if NO_ROOM in text else _unreachable(text)
    return _other(error.orig or error)


def missing_driver(error: ModuleNotFoundError) -> StorageFailed:
    """Return the error of an address for whose database no driver is installed."""
    return StorageFailed(
        say("the driver for this database is not installed: {module}", module=error.name or str(error)),
        say("for PostgreSQL: pip install 'caseclock[postgres]'"),
    )


def _unreachable(reason: str) -> StorageFailed:
    """The error of a server that does not let us in, or has gone away; the driver gives no SQLSTATE for it."""
    return StorageFailed(
        say("there is no connection to the database server: {reason}", reason=" ".join(reason.split())),
        say("check the address, its database, user and password, and that the server runs"),
    )


def still_read() -> Conflict:
    """Return the refusal of a scrubbing that could not let go of the log, because somebody reads from it."""
    return Conflict(
        say("another program is reading the database: what was erased may still stand in its log"),
        say("end other programs, then run `caseclock scrub`"),
    )


def not_owner() -> StorageFailed:
    """Return the error of a scrubbing by a role that may erase rows, but not write the tables anew."""
    return StorageFailed(
        say("what was erased may still stand in the database's files: this user may not write its tables anew"),
        say("have the owner of the tables run `caseclock scrub`"),
    )


def missing_schema() -> StorageFailed:
    """Return the error of a database in which no caseclock tables have been made."""
    return StorageFailed(
        say("this database has no caseclock tables"), say("make them with `caseclock init`, or with create_store(url)")
    )


def old_schema(found: str) -> StorageFailed:
    """Return the error of a database that an older caseclock made and that has not been upgraded."""
    return StorageFailed(
        say("the database has schema {found}, this caseclock needs {needed}", found=found, needed=REVISIONS[-1]),
        say("make a backup, then upgrade it with `caseclock init`, or with create_store(url)"),
    )


def new_schema(found: str) -> StorageFailed:
    """Return the error of a database that a newer caseclock has upgraded."""
    return StorageFailed(
        say(
            "the database has schema {found}, this caseclock knows schemas up to {known}",
            found=found,
            known=REVISIONS[-1],
        ),
        say("a newer caseclock has upgraded it: install that version or a later one; nothing was changed"),
    )


def missing_file(path: str) -> StorageFailed:
    """Return the error of a database file that does not exist."""
    return StorageFailed(
        say("there is no database file {path}", path=path), say("make it with `caseclock init`, or check the path")
    )


def _integrity(text: str) -> CaseclockError:
    if KEY_USED in text or "cc_events.key" in text or "_office_key" in text:
        return KeyUsed(
            say("the key of this request has been used by another request"),
            say("repeat the request to get that one's result, or give a new key"),
        )
    if ALREADY_WRITTEN in text or "UNIQUE" in text or "unique" in text:
        return written_already()
    return StorageFailed(
        say("the database refused a row: {reason}", reason=text), say("report this as a fault of the program")
    )


def _other(error: BaseException) -> StorageFailed:
    return StorageFailed(
        say("the database could not do its work: {reason}", reason=str(error)),
        say("check that the database can be reached, then repeat the command"),
    )
