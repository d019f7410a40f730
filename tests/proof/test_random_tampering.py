"""Whatever value somebody changes in a database, wherever it stands: a verification gets through, and finds it."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from caseclock.storage import SqlStore
from caseclock.workflow import Actor, Engine
from caseclock.workflow.engine.prints import Rendered

TELLS_NOTHING = {
    "cc_definitions": {"source", "deployed_at", "recounted_at"},
    "cc_cases": {"position", "projected", "unheaded"},
    "cc_events": {"position"},
    "cc_documents": {"position"},
    "cc_clocks": {"calendar"},  # Older versions kept none.
    "cc_heads": {"closed_at"},  # That of the last one: see docs/proof.md.
}
"""Columns that are no part of what was recorded: they may be found, and need not be."""

YES_OR_NO = {"closes", "lead", "running", "paused", "provisional", "due_provisional"}
EMPTY = (None, "", "[]", "{}", 0)
FORGED = ("forged", "{", "[1]", '{"a":1}', "7", "2026-01-01T00:00:00.000000Z")


class Copies:
    """Copies of one office's database, each to be tampered with once."""

    def __init__(self, office: Any, reader: Any, folder: Path) -> None:
        self._office, self._reader, self._folder = office, reader, folder
        with office.database.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            names = [name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            self.tables = sorted(name for name in names if name.startswith("cc_") and name not in NO_RECORD)
            self.columns = {
                table: [row[1] for row in driver.execute(f"PRAGMA table_info({table})")] for table in self.tables
            }
            self.rows = {table: driver.execute(f"SELECT rowid, * FROM {table}").fetchall() for table in self.tables}

    def tampered(self, statement: str, *values: Any) -> set[str] | None:
        """Return the kinds of findings in a copy after a statement; None where the database refused it."""
        copy = self._folder / "copy.db"
        for ending in ("", "-wal", "-shm"):
            Path(f"{copy}{ending}").unlink(missing_ok=True)
        shutil.copy(self._folder / "cases.db", copy)
        connection = sqlite3.connect(copy)
        try:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement, values)
            connection.commit()
        except sqlite3.IntegrityError:
            return None
        finally:
            connection.close()
        store = SqlStore(f"sqlite:///{copy}")
        engine = Engine(store, self._reader, office="qingxi", now=lambda: self._office.clock[0])
        kinds = {finding.kind for finding in engine.verify().findings}
        store.close()
        return kinds


NO_RECORD = ("cc_alembic_version", "cc_outbox")
"""Tables that are no part of what is proved: letters only carry what the history says."""


@pytest.fixture
def copies(sqlite_office: Any, reader: Any, tmp_path: Path) -> Copies:
    keeper = Actor("omar", frozenset({"office"}))
    sqlite_office.engine.redact("2026-0002", by=keeper, reason="asked by the person")
    paper = sqlite_office.engine.papers("2026-0001")[0]
    for form in ("html", "docx"):
        sqlite_office.engine.keep_print(paper, form, Rendered(form.encode(), b"template"), by=keeper)
    sqlite_office.engine.close_heads()
    return Copies(sqlite_office, reader, tmp_path)


def another(column: str, old: Any, others: list[Any], dice: random.Random) -> Any:
    """A value in the place of ``old`` that means something else."""
    if column in YES_OR_NO:
        return int(not old)
    choice = [value for value in (*others, *FORGED, None) if str(value) != str(old)]
    return dice.choice([value for value in choice if not (old in EMPTY and value in EMPTY)])


@pytest.mark.parametrize("seed", [1, 2])
def test_a_changed_value_is_found_wherever_it_stands(copies: Copies, seed: int) -> None:
    dice = random.Random(seed)
    missed = []
    for table in copies.tables:
        for at, column in enumerate(copies.columns[table], 1):
            row = dice.choice(copies.rows[table])
            new = another(column, row[at], [other[at] for other in copies.rows[table]], dice)
            kinds = copies.tampered(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", new, row[0])
            if kinds == set() and column not in TELLS_NOTHING.get(table, ()):
                missed.append((table, column, row[at], new))
    assert missed == []


def test_a_row_that_is_taken_out_is_missed_wherever_it_stood(copies: Copies) -> None:
    dice = random.Random(1)
    for table in copies.tables:
        for row in dice.sample(copies.rows[table], min(3, len(copies.rows[table]))):
            assert copies.tampered(f"DELETE FROM {table} WHERE rowid = ?", row[0]), (table, row)
