"""A person's data can be erased for good, and the history stays whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from caseclock.definitions import shipped
from caseclock.workflow import Actor, Engine, InvalidInput, NotAllowed, NotFound
from caseclock.workflow.chain import linked
from caseclock.workflow.history import fold

KEEPER = Actor("omar", frozenset({"office"}))
MARKER = "invented_marker_7f3a"
PROCEDURE = """
procedure: visit
version: 1
calendar: cn
opened_by: clerk
redacted_by: head
stages: {work: {}}
roles: {clerk: {}, head: {}}
fields:
  born: {type: date, private: true}
  asked_at: {type: instant, private: true}
  name: {type: text, private: true}
clocks:
  reply: {starts: asked_at, limit: 3 working days, stops: close}
states:
  open_now:
    stage: work
    actions: {close: {by: clerk, to: closed}, note: {by: clerk, input: {name: {type: text, private: true}}}}
  closed: {stage: work, final: true}
"""


def test_erased_values_are_gone_and_the_chain_holds(office: Any) -> None:
    case = office.open("Well", author=MARKER)
    before = [view.event.link for view in office.engine.history(case)]
    receipt = office.engine.redact(case, by=KEEPER, reason="asked by the person")
    assert receipt.event.redaction == {"fields": ["author", "body"], "reason": "asked by the person"}
    assert (receipt.event.actor, receipt.event.role) == ("omar", "office")
    view, events = office.engine.case(case), [view.event for view in office.engine.history(case)]
    assert MARKER not in str(view)
    assert MARKER not in str(events)
    assert [event.link for event in events][:-1] == before
    assert [event.link for event in events] == [event.link for event in linked(events, {})]
    assert fold(events) == (view.case,)
    assert view.case.data["subject"] == "Well"


def test_nothing_of_it_is_left_in_the_files_of_the_database(office: Any, tmp_path: Path) -> None:
    """Long values stand on pages of their own, and a log has them too."""
    case = office.open("Well", author=MARKER, more=token_hex(9000))
    office.engine.fire(case, "report", by=Actor("ann", frozenset({"officer"})))
    files = _files(office, tmp_path)
    if files:
        assert any(MARKER.encode() in file.read_bytes() for file in files())
    office.engine.redact(case, by=KEEPER, reason="asked by the person")
    office.store.scrub()
    with office.database.connect() as connection:
        tables = [name for (name,) in connection.execute(text(_TABLES[office.database.dialect.name]))]
        for table in tables:
            assert not [row for row in connection.execute(text(f"SELECT * FROM {table}")) if MARKER in str(row)]
    if files:
        assert [file.name for file in files() if MARKER.encode() in file.read_bytes()] == []


_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'cc_%' UNION ALL SELECT 'pg_stats'",
}


def _files(office: Any, tmp_path: Path) -> Any:
    """The files of the database, where they can be seen; on a server those of its tables, not its log."""
    if office.database.dialect.name == "sqlite":
        return lambda: [file for file in tmp_path.iterdir() if file.name.startswith("cases.db")]
    with office.database.connect() as connection:
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        database = connection.execute(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        ).scalar_one()
    base = folder / "base" / str(database)
    if not base.is_dir():
        return None

    def files() -> list[Path]:
        with office.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
        return [file for file in base.iterdir() if file.is_file()]

    return files


def test_single_fields_can_be_named(office: Any) -> None:
    case = office.open("Well")
    office.engine.redact(case, ["author"], by=KEEPER, reason="asked")
    assert "author" not in office.engine.case(case).case.data
    assert "body" in office.engine.case(case).case.data
    with pytest.raises(NotFound, match=r"no private .*author.*\n.*body"):
        office.engine.redact(case, ["author"], by=KEEPER, reason="asked")
    with pytest.raises(NotFound, match=r"no private .*subject"):
        office.engine.redact(case, ["subject"], by=KEEPER, reason="asked")
    office.engine.redact(case, by=KEEPER, reason="asked")
    with pytest.raises(NotFound, match="holds no private values"):
        office.engine.redact(case, by=KEEPER, reason="asked")
    assert office.found() == set()


def test_only_those_may_whom_the_procedure_names_and_only_with_a_reason(office: Any) -> None:
    case = office.open("Well")
    with pytest.raises(NotAllowed, match=r"may not have private values .* erased\n.*for"):
        office.engine.redact(case, by=Actor("ann", frozenset({"officer"})), reason="asked")
    with pytest.raises(InvalidInput, match="reason"):
        office.engine.redact(case, by=KEEPER, reason=" ")
    assert "author" in office.engine.case(case).case.data


def test_repeating_it_under_its_key_does_nothing(office: Any) -> None:
    case = office.open("Well")
    first = office.engine.redact(case, by=KEEPER, reason="asked", key="r1")
    again = office.engine.redact(case, by=KEEPER, reason="asked", key="r1")
    assert again.repeated
    assert again.event == first.event


@pytest.fixture
def visits(reader: Any, any_store: Any) -> Engine:
    now = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    engine = Engine(any_store, reader, office="town", now=lambda: now)
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(PROCEDURE, file="visit.procedure.yaml")
    return engine


def test_a_value_by_which_a_running_limit_is_measured_stays_until_it_is_over(visits: Engine) -> None:
    clerk, head = Actor("ann", frozenset({"clerk"})), Actor("ben", frozenset({"head"}))
    asked = datetime(2026, 11, 12, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    case = visits.open("visit", {"asked_at": asked, "name": "Invented"}, by=clerk).case.number
    with pytest.raises(NotAllowed, match="still runs"):
        visits.redact(case, by=head, reason="asked")
    visits.redact(case, ["name"], by=head, reason="asked")
    assert list(visits.case(case).case.data) == ["asked_at"]
    visits.fire(case, "close", by=clerk)
    visits.redact(case, by=head, reason="asked")
    assert visits.case(case).case.data == {}
    assert visits.verify().findings == ()


def test_a_value_that_is_given_afterwards_stays(visits: Engine) -> None:
    clerk, head = Actor("ann", frozenset({"clerk"})), Actor("ben", frozenset({"head"}))
    case = visits.open("visit", {"name": "Invented"}, by=clerk).case.number
    visits.redact(case, by=head, reason="asked")
    visits.fire(case, "note", by=clerk, data={"name": "Another"})
    assert visits.case(case).case.data == {"name": "Another"}
    assert visits.verify().findings == ()
