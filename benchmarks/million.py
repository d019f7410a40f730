"""A million open cases: what a poll, a sweep, an inbox and a list cost there, and by which plans.

    python benchmarks/million.py [--cases 1000000] [--postgres | --db ADDRESS]

The rows are made by the database itself, from a few real ones of `inquiry`: they have clocks and timers like any other.
Each figure is the median of several runs, beside the same with ten thousand cases.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text
from store import server

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import SqlStore, create_store, statements
from caseclock.workflow import Actor, CaseQuery, Engine

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
CLERK, HEAD = Actor("ann", frozenset({"clerk"})), Actor("ben", frozenset({"head"}))
SERIES = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)",
    "postgresql": "WITH n(i) AS (SELECT generate_series(CAST(:first AS integer), CAST(:last AS integer)))",
}
COPY_CASE = """
INSERT INTO cc_cases (office, id, root_id, procedure, version, kind, number, state, lead, opened_at, since, revision,
                      data, marks, delivered, due_clock, due_at, due_provisional, link)
{series}
SELECT office, 'm' || i, 'm' || i, procedure, version, kind, 'M-' || i,
       CASE WHEN i % 1000 = 0 THEN 'drafted' ELSE state END, lead, opened_at, since, revision,
       data, marks, delivered, due_clock, {due}, due_provisional, link
FROM n, cc_cases WHERE number = '2026-0001'
"""
COPY_TIMER = """
INSERT INTO cc_timers (office, case_id, clock, round, rung, root_id, action, at)
{series}
SELECT office, 'm' || i, clock, round, rung, 'm' || i, action,
       CASE WHEN i % 100 = 0 THEN at ELSE {late} END
FROM n, cc_timers WHERE case_id = (SELECT id FROM cc_cases WHERE number = '2026-0001') AND rung = 0
"""
DUE = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f000Z', due_at, '+' || (i % 500) || ' minutes')",
    "postgresql": "due_at + (i % 500) * interval '1 minute'",
}
LATE = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f000Z', at, '+1 year')",
    "postgresql": "at + interval '1 year'",
}


class Office:
    """An office on a store, filled as far as it is wanted."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.now, self.filled = store, NOW, 0
        self.engine = Engine(store, YamlReader(), office="bench", now=lambda: self.now)
        for name in ("cn.calendar.yaml", "inquiry.procedure.yaml"):
            self.engine.deploy(shipped(name), file=name)
        self.engine.open("inquiry", {"question": "When is the library open?"}, by=CLERK)

    def fill(self, cases: int) -> None:
        """Copy the first case until there are so many."""
        kind = self.store.engine.dialect.name
        span = {"first": self.filled + 1, "last": cases}
        with self.store.engine.begin() as connection:
            connection.execute(text(COPY_CASE.format(series=SERIES[kind], due=DUE[kind])), span)
            connection.execute(text(COPY_TIMER.format(series=SERIES[kind], late=LATE[kind])), span)
        with self.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        self.filled = cases

    def looks(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Yield what is measured, by name."""
        yield "poll with nothing due", lambda: self.page(NOW)
        yield "sweep with 1 % due: a page of 200 claimed", lambda: self.page(NOW + timedelta(days=30))
        yield "inbox of one actor", lambda: self.engine.inbox(HEAD, 1000)
        yield "list of 50, soonest due first", lambda: self.engine.cases(CaseQuery(open_only=True, limit=50))
        yield (
            "list of 50 in one state",
            lambda: self.engine.cases(CaseQuery(states=[("case", "drafted")], open_only=True, limit=50)),
        )
        yield "a case by its number", lambda: self.engine.case("M-5000")

    def page(self, until: datetime) -> int:
        """Claim a page of what is due until then, and let it go again."""
        with self.store.begin("bench", write=True) as transaction:
            return len(transaction.timers(until, 200))

    def plans(self) -> Iterator[tuple[str, str]]:
        """Yield by which plan the database finds each of these."""
        queries = {
            "poll, sweep": (statements.timers_until, {"office": "bench", "until": NOW, "most": 200}),
            "inbox": (
                statements.listed("bench", CaseQuery(states=[("case", "drafted")], open_only=True, limit=50)),
                {},
            ),
            "list": (statements.listed("bench", CaseQuery(open_only=True, limit=50)), {}),
        }
        verb = "EXPLAIN QUERY PLAN" if self.store.engine.dialect.name == "sqlite" else "EXPLAIN"
        for name, (statement, values) in queries.items():
            query = statement.params(values).compile(self.store.engine, compile_kwargs={"literal_binds": True})
            with self.store.engine.connect() as connection:
                rows = connection.exec_driver_sql(
                    f"{verb} {query}".replace("%", "%%") if verb == "EXPLAIN" else f"{verb} {query}"
                )
                for row in rows:
                    yield name, str(row[-1])


def median(look: Callable[[], Any], runs: int = 9) -> float:
    """Return how many milliseconds a look takes: the median, after one that is not counted."""
    look()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        look()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def main() -> int:
    """Print the figures and the plans."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server from the wheel")
    parser.add_argument("--db", help="an empty database")
    options = parser.parse_args()
    with TemporaryDirectory() as folder, server(None) if options.postgres else nullcontext() as started:
        store = create_store(options.db or started or f"sqlite:///{Path(folder) / 'cases.db'}")
        office = Office(store)
        office.fill(10_000)
        before = {name: median(look) for name, look in office.looks()}
        begun = time.perf_counter()
        office.fill(options.cases)
        print(
            f"{options.cases:,} open cases on {store.engine.dialect.name}, made in {time.perf_counter() - begun:.0f} s"
        )
        for name, look in office.looks():
            after = median(look)
            print(f"{name:44} {before[name]:8.2f} ms with 10,000 {after:8.2f} ms now: {after / before[name]:5.2f}x")
        for name, plan in office.plans():
            print(f"  {name}: {plan}")
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
