"""The roles of the page on PostgreSQL: what each can do, and that no worker can change the history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from caseclock.definitions import shipped
from caseclock.storage import SqlStore
from caseclock.workflow import Actor, Engine, StorageFailed
from caseclock.workflow.engine.prints import Rendered

PAGE = Path(__file__).parents[2] / "docs" / "postgresql.md"
START = datetime(2026, 11, 16, 1, tzinfo=UTC)
CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))
HEAD = Actor("wanda", frozenset({"unit_head"}), "water")

ROSTER = """
roster: qingxi
units: {water: {}}
people: {walt: {roles: liaison, unit: water, notify: walt@example.org}}
"""

As = Callable[[str], SqlStore]


@pytest.fixture
def acting(postgres: str) -> Iterator[As]:
    """Opens the database in a role that the page's SQL made. Roles belong to a whole server: each test has its own."""
    (sql,) = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    suffix = uuid4().hex[:8]
    made = [f"{role}_{suffix}" for role in re.findall(r"CREATE ROLE (\w+)", sql)]
    with ExitStack() as stack:
        owner = create_engine(postgres)
        stack.callback(owner.dispose)
        _run(owner, *re.sub(r"\bcaseclock_\w+", rf"\g<0>_{suffix}", sql).split(";"))
        stack.callback(_run, owner, *(f"{drop} {role}" for role in made for drop in ("DROP OWNED BY", "DROP ROLE")))

        def opened(role: str) -> SqlStore:
            store = SqlStore(f"{postgres}{'&' if '?' in postgres else '?'}options=-c%20role%3D{role}_{suffix}")
            stack.callback(store.close)
            return store

        yield opened


def _run(database: Any, *statements: str) -> None:
    with database.begin() as connection:
        for statement in statements:
            if statement.strip():
                connection.execute(text(statement))


def office(store: SqlStore, reader: Any, now: datetime = START) -> Engine:
    return Engine(store, reader, office="qingxi", now=lambda: now)


def worked(store: SqlStore, reader: Any) -> Engine:
    """Do all that an office does, from its first definition to erasing what is private."""
    engine = office(store, reader)
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    engine.deploy(ROSTER, file="qingxi.roster.yaml")
    case = engine.open("online_opinion", {"subject": "Flood", "author": "somebody"}, by=CLERK).case.number
    engine.fire(case, "report", by=CLERK)
    units = {"instruction": "Look", "units": ["water"], "lead": "water"}
    engine.fire(case, "dispatch", by=CLERK, data=units)
    answer = {"result": "Dry", "reply_opinion": "Done", "proposed_outcome": "resolved"}
    engine.fire(f"{case}-1", "answer", by=HEAD, data=answer)
    later = office(store, reader, START + timedelta(days=9))
    assert later.tick().delivered
    assert later.deliver_letters(lambda letter: None).delivered
    (slip,) = later.papers(case, "dispatch_slip")
    later.keep_print(slip, "html", Rendered(b"somebody", b"template", tuple(slip.private)), by=CLERK)
    later.redact(case, by=CLERK, reason="asked")
    assert later.close_heads()
    changed = shipped("cn.calendar.yaml").replace("official_through: 2026-12-31", "official_through: 2026-12-30")
    later.deploy(changed, file="cn.calendar.yaml")
    later.rebuild()
    return later


def test_a_worker_can_do_all_that_an_office_does(acting: As, reader: Any) -> None:
    engine = worked(acting("caseclock_worker"), reader)
    assert engine.verify().findings == ()
    assert engine.rebuild(check=True).differences == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cc_events SET actor = 'forged'",
        "DELETE FROM cc_events",
        "TRUNCATE cc_events",
        "ALTER TABLE cc_events DISABLE TRIGGER ALL",
        "DROP TABLE cc_events CASCADE",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION cc_events_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "UPDATE cc_ends SET link = 'forged'",
        "UPDATE cc_heads SET root = 'forged'",
        "DELETE FROM cc_heads",
        "UPDATE cc_private SET value = 'forged'",
        "UPDATE cc_documents SET sha256 = 'forged'",
        "UPDATE cc_prints SET sha256 = 'forged'",
        "DELETE FROM cc_prints",
        "DELETE FROM cc_cases",
        "DELETE FROM cc_serials",
        "DELETE FROM cc_definitions",
        "UPDATE cc_alembic_version SET version_num = '9999'",
    ],
)
def test_no_worker_can_touch_what_is_recorded(acting: As, make: Any, statement: str) -> None:
    """The rights say no before any trigger is asked, and a worker cannot switch the triggers off."""
    store = acting("caseclock_worker")
    make.keep(store, make.opened("2026-0001"))
    with (
        store.engine.connect() as connection,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
    ):
        connection.execute(text(statement))


def test_an_auditor_can_read_and_verify_everything_and_write_nothing(acting: As, reader: Any) -> None:
    worked(acting("caseclock_worker"), reader)
    store = acting("caseclock_auditor")
    engine = office(store, reader, START + timedelta(days=10))
    assert engine.verify().findings == ()
    assert engine.rebuild(check=True).differences == ()
    assert list(engine.export())
    assert {item.case.number for item in engine.cases()} == {"2026-0001", "2026-0001-1"}
    assert engine.history("2026-0001")
    assert engine.why("2026-0001")
    with pytest.raises(StorageFailed, match=r"may not do that\n.*role"):
        engine.fire("2026-0001", "withdraw", by=CLERK, data={"reason": "x"})
    with pytest.raises(StorageFailed, match="may not do that"):
        engine.open("online_opinion", {"subject": "x"}, by=CLERK)


def test_a_worker_is_told_that_it_cannot_wipe_what_it_erased(acting: As, postgres: str) -> None:
    """The server passes over a table of another owner with a warning that nobody sees, and reports success."""
    with pytest.raises(StorageFailed, match=r"may still stand.*\n.*owner"):
        acting("caseclock_worker").scrub()
    owner = SqlStore(postgres)
    owner.scrub()
    owner.close()
