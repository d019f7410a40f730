"""A township office with a few cases of every kind, in a database that the test may tamper with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import SqlStore, create_store
from caseclock.workflow import Actor, Engine

CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))
HEAD = Actor("wanda", frozenset({"unit_head"}), "water")


@dataclass
class Office:
    """An office whose time stands still until the test moves it, and its database."""

    engine: Engine
    store: SqlStore
    clock: list[datetime]

    @property
    def database(self) -> Database:
        return self.store.engine

    def open(self, subject: str, author: str = "invented_wanderer", more: str = "") -> str:
        """Open a case with private values, one as long as wanted, and return its number."""
        body = f"The words of {author} {more}"
        data = {"subject": subject, "author": author, "body": body, "posted_at": self.clock[0]}
        return self.engine.open("online_opinion", data, by=CLERK, key=f"post {subject}").case.number

    def dispatch(self, case: str) -> None:
        """Report and dispatch a case to two units, of which one answers."""
        self.engine.fire(case, "report", by=CLERK)
        units = {"instruction": "Look", "units": ["water", "roads"], "lead": "water"}
        self.engine.fire(case, "dispatch", by=CLERK, data=units)
        answer = {"result": "Dry", "reply_opinion": "Done", "proposed_outcome": "resolved"}
        self.engine.fire(f"{case}-1", "answer", by=HEAD, data=answer)

    def tamper(self, *statements: str, **values: Any) -> int:
        """Change the database behind everybody's back, and return how many rows the last statement changed."""
        with _unguarded(self.database) as connection, connection.begin():
            _disarm(connection)
            changed = 0
            for statement in statements:
                changed = connection.execute(text(statement), values).rowcount
        return changed

    def found(self, **options: Any) -> set[tuple[str, str, int]]:
        """Return what a verification finds: kind, case and seq."""
        report = self.engine.verify(**options)
        return {(finding.kind, finding.case, finding.seq) for finding in report.findings}


@contextmanager
def _unguarded(database: Database) -> Iterator[Connection]:
    """A connection on which a row may be taken out from under those that hang on it."""
    with database.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        if database.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys = OFF")
        yield connection
        if database.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys = ON")


def _disarm(connection: Any) -> None:
    """What somebody with all rights can do: switch off whatever keeps the history from being changed."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for (name,) in list(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path, reader: YamlReader) -> Iterator[Office]:
    """An office on each kind of database."""
    address = request.getfixturevalue("postgres") if request.param == "postgres" else f"sqlite:///{tmp_path}/cases.db"
    with closing(create_store(address)) as store:
        yield settled(store, reader)


@pytest.fixture
def sqlite_office(tmp_path: Path, reader: YamlReader) -> Iterator[Office]:
    """An office in the file ``cases.db``."""
    with closing(create_store(f"sqlite:///{tmp_path}/cases.db")) as store:
        yield settled(store, reader)


def settled(store: SqlStore, reader: YamlReader) -> Office:
    """Three cases, one of them dispatched and answered by one of two units; a head over them."""
    clock = [datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai"))]
    engine = Engine(store, reader, office="qingxi", now=lambda: clock[0])
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    made = Office(engine, store, clock)
    made.dispatch(made.open("Flooded road"))
    made.open("Street lamp")
    made.engine.fire(made.open("Noise"), "report", by=CLERK)
    engine.close_heads()
    return made
