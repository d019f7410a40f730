"""Backup and restore of a SQLite database, while others work with it; PostgreSQL has its own tools for both."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from ..workflow.errors import Conflict, NotFound, StorageFailed
from ..workflow.messages import say
from .failures import missing_schema, new_schema
from .schema import REVISIONS, VERSION_TABLE

PAGES = 500
"""How many pages are copied at a time; between times others may write."""


def back_up(address: str, target: Path) -> None:
    """Copy a database to a new file, as it is at one moment, while others work with it.

    The copy is checked, and gets its name only when it is whole and on the disk.

    Raises `Conflict` when there is such a file, `NotFound` when there is no database, `StorageFailed` when it cannot be
    copied or the copy is damaged.
    """
    source = _file_of(address)
    if target.exists():
        raise Conflict(say("there is a file {file} already", file=str(target)), say("name another file"))
    with _copied(source, target) as half:
        half.replace(target)


def restore(address: str, backup: Path, now: datetime) -> Path | None:
    """Put a backup in the place of a database; return where the old one is kept now, None when there was none.

    Raises `NotFound` when there is no backup, `Conflict` when the database is in use, and `StorageFailed` when the
    backup is damaged, is no database of caseclock, or is of a newer one.
    """
    target = _file_of(address, must_exist=False)
    if not backup.is_file():
        raise NotFound(say("there is no file {file}", file=str(backup)))
    if target.exists() and backup.samefile(target):
        raise Conflict(say("this file is the database itself"), say("name a backup of it"))
    _check(backup)
    with _copied(backup, target) as half:
        # Only now: until the copy is whole, the database stays where it is.
        kept = _set_aside(target, now) if target.exists() else None
        half.replace(target)
    return kept


def _file_of(address: str, *, must_exist: bool = True) -> Path:
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise StorageFailed(
            say("only a database in a SQLite file is copied by caseclock itself"),
            say("for PostgreSQL use pg_dump and pg_restore; see docs/postgresql.md"),
        )
    path = Path(url.database)
    if must_exist and not path.is_file():
        raise NotFound(say("there is no database file {path}", path=str(path)))
    return path


@contextmanager
def _copied(source: Path, target: Path) -> Iterator[Path]:
    """Give a whole copy of a database, beside where it shall be; the block gives it its name."""
    half = target.with_name(f"{target.name}.half")
    half.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(source, isolation_level=None)) as from_file,
            closing(sqlite3.connect(half)) as to_file,
        ):
            # Held to one moment: otherwise the copy begins anew after every change that somebody makes meanwhile.
            from_file.execute("BEGIN")
            from_file.execute("SELECT 1 FROM sqlite_master").fetchone()
            from_file.backup(to_file, pages=PAGES)
            from_file.execute("ROLLBACK")
            # A copy is one file: it must not need the log of a database that it is not.
            to_file.execute("PRAGMA journal_mode=DELETE")
        _check(half)
        to_disk(half)
        yield half
        to_disk(target.parent)
    except sqlite3.Error as error:
        raise StorageFailed(
            say("the database could not be copied: {reason}", reason=str(error)),
            say("check the disk and the rights on the folder"),
        ) from error
    finally:
        half.unlink(missing_ok=True)


def _check(path: Path) -> None:
    """Raise `StorageFailed` unless a file is a whole database of a caseclock that is not newer than this one."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
            named = copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (VERSION_TABLE,)).fetchone()
            found = copy.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone() if named else None  # noqa: S608
    except sqlite3.DatabaseError as error:
        raise StorageFailed(
            say("{file} is not a whole database: {reason}", file=str(path), reason=str(error))
        ) from error
    if answer != "ok":
        raise StorageFailed(say("{file} is not a whole database: {reason}", file=str(path), reason=answer))
    if found is None:
        raise missing_schema()
    if found[0] not in REVISIONS:
        raise new_schema(found[0])


def _set_aside(target: Path, now: datetime) -> Path:
    """Take the present database out of use, with its log, and keep it under a dated name. Raises `Conflict`."""
    with closing(sqlite3.connect(target, isolation_level=None, timeout=1)) as present:
        try:
            # Nobody else may have it open: then the log can be taken up into the file.
            present.execute("PRAGMA locking_mode=EXCLUSIVE")
            present.execute("BEGIN EXCLUSIVE")
            present.execute("COMMIT")
            busy = present.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise _in_use() from error
        if busy:
            raise _in_use()
    kept = target.with_name(f"{target.stem}-until-{now:%Y%m%dT%H%M%S.%f}{target.suffix}")
    if kept.exists():
        raise Conflict(say("there is a file {file} already", file=str(kept)), say("name another file"))
    target.replace(kept)
    for log in ("-wal", "-shm"):
        target.with_name(target.name + log).unlink(missing_ok=True)
    return kept


def _in_use() -> Conflict:
    return Conflict(
        say("another program is using the database"), say("stop everything that uses it, then restore it again")
    )


def to_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
