"""What a change may cost, in counts: statements, pages of the log, imports. Times differ from machine to machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
import pytest

from caseclock.definitions import shipped
from caseclock.storage import create_store
from caseclock.workflow import Actor, Engine

CLERK, HEAD = Actor("ann", frozenset({"clerk"})), Actor("ben", frozenset({"head"}))


@contextmanager
def inquiries(address: str, reader: Any) -> Iterator[Any]:
    """An office in which one change has been made already, so that everything is loaded and compiled."""
    store = create_store(address)
    now = [datetime(2026, 11, 16, 1, tzinfo=UTC)]
    engine = Engine(store, reader, office="town", now=lambda: now[0])
    for name in ("cn.calendar.yaml", "inquiry.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    for serial in range(20):
        engine.open("inquiry", {"question": str(serial)}, by=CLERK)
        now[0] += timedelta(minutes=1)
    engine.fire("2026-0001", "draft", by=CLERK, data={"reply": "We will see to it."})
    yield engine, store
    store.close()


@contextmanager
def traced(store: Any) -> Iterator[list[str]]:
    """Collect the statements that a store sends to SQLite."""
    seen: list[str] = []
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
    driver.set_trace_callback(seen.append)
    yield seen
    driver.set_trace_callback(None)


def test_a_change_takes_six_statements_on_sqlite(tmp_path: Path, reader: Any) -> None:
    """Begin; the case with its family; the edition of the definitions; the case; the event; commit."""
    with inquiries(f"sqlite:///{tmp_path}/cases.db", reader) as (engine, store), traced(store) as seen:
        engine.fire("2026-0002", "draft", by=CLERK, data={"reply": "We will see to it."})
    # SQLite names a statement once more for each trigger that it sets off.
    assert [statement.split()[0] for statement, _ in groupby(seen)] == [
        "BEGIN",
        "SELECT",
        "SELECT",
        "UPDATE",
        "INSERT",
        "COMMIT",
    ]


def test_a_change_takes_five_statements_on_postgresql_and_a_begin_and_a_commit(
    postgres: str, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on SQLite, and one that locks the case."""
    with inquiries(postgres, reader) as (engine, _):
        seen: list[str] = []
        execute = psycopg.Cursor.execute

        def noted(self: Any, query: Any, *rest: Any, **options: Any) -> Any:
            seen.append(str(query))
            return execute(self, query, *rest, **options)

        monkeypatch.setattr(psycopg.Cursor, "execute", noted)
        engine.fire("2026-0002", "draft", by=CLERK, data={"reply": "We will see to it."})
    # An empty one asks whether the server is still there.
    assert [query.split()[0] for query in seen if query.strip(" ;")] == ["SELECT"] * 3 + ["UPDATE", "INSERT"]


def test_a_change_that_stops_a_clock_writes_its_clocks_and_timers_too(tmp_path: Path, reader: Any) -> None:
    with inquiries(f"sqlite:///{tmp_path}/cases.db", reader) as (engine, store), traced(store) as seen:
        engine.fire("2026-0001", "answer", by=HEAD)
    assert len([statement for statement, _ in groupby(seen)]) <= 10


def test_a_change_adds_at_most_eight_pages_to_the_log(tmp_path: Path, reader: Any) -> None:
    path = tmp_path / "cases.db"
    with inquiries(f"sqlite:///{path}", reader) as (engine, _):
        log = path.with_name("cases.db-wal")
        before = log.stat().st_size
        for serial in range(2, 12):
            engine.fire(f"2026-{serial:04d}", "draft", by=CLERK, data={"reply": "We will see to it."})
        assert (log.stat().st_size - before) / 10 <= 8 * (4096 + 24)


def test_a_poll_with_nothing_due_reads_one_index(tmp_path: Path, reader: Any) -> None:
    """A sweep and the heads: a transaction that asks for timers, and one that asks for chains that have grown."""
    with inquiries(f"sqlite:///{tmp_path}/cases.db", reader) as (engine, store):
        engine.tick()
        with traced(store) as seen:
            engine.tick()
    assert len([statement for statement in seen if statement.startswith("SELECT")]) <= 3
    assert not [statement for statement in seen if statement.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_help_imports_no_heavy_library() -> None:
    code = "import sys; from caseclock.cli import caseclock; caseclock.main(['--help'])"
    watch = "import atexit, sys; atexit.register(lambda: print('\\n', *sys.modules, file=sys.stderr)); "
    done = subprocess.run([sys.executable, "-c", watch + code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert not {"sqlalchemy", "alembic", "rich", "pydantic", "pendulum", "yaml", "psycopg", "jinja2"} & loaded
