"""What SQLite must keep to: an untouchable history, no lost change, and failures told in words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError

from caseclock.storage import SqlStore, create_store, prepare_engine, statements
from caseclock.workflow.errors import CaseclockError, Conflict, StorageFailed
from caseclock.workflow.ports import CaseQuery

OFFICE = "qingxi"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cc_events SET actor = 'somebody else'",
        "DELETE FROM cc_events",
        "DELETE FROM cc_events WHERE seq = 1",
        "INSERT OR REPLACE INTO cc_events SELECT * FROM cc_events",
        "INSERT OR REPLACE INTO cc_events SELECT 99, office, case_id, root_id, seq, 'forged', actor, role, unit,"
        " effective_at, recorded_at, from_state, to_state, data, opened, closes, NULL, rung, cause,"
        " overtakes, since, recount, sealed, issued, drawn, redaction, link, printed, relations, migration"
        " FROM cc_events",
        "INSERT OR REPLACE INTO cc_events SELECT 99, office, case_id, root_id, 7, 'forged', actor, role, unit,"
        " effective_at, recorded_at, from_state, to_state, data, opened, closes, key, rung, cause,"
        " overtakes, since, recount, sealed, issued, drawn, redaction, link, printed, relations, migration"
        " FROM cc_events",
        "INSERT OR REPLACE INTO cc_events (position) VALUES (1)",
        "UPDATE OR REPLACE cc_events SET key = 'k'",
    ],
)
def test_the_history_is_append_only_even_for_raw_sql(sqlite: SqlStore, make: Any, statement: str) -> None:
    (case,) = make.keep(sqlite, make.opened("2026-0001", key="k"))
    with sqlite.engine.connect() as connection, pytest.raises(IntegrityError, match="cc_events is append-only"):
        connection.execute(text(statement))
    with sqlite.begin(OFFICE, write=False) as transaction:
        assert [(event.action, event.actor) for event in transaction.events(case.id)] == [("open", "olive")]


def test_rows_cannot_be_joined_across_offices(sqlite: SqlStore, make: Any) -> None:
    make.keep(sqlite, make.opened("2026-0001"))
    with sqlite.engine.connect() as connection, pytest.raises(IntegrityError, match="FOREIGN KEY"):
        connection.execute(
            text("INSERT INTO cc_documents SELECT 1, 'baihe', id, 1, 'slip', 'B-1', '{}', '' FROM cc_cases")
        )


def test_chinese_stays_readable_in_the_file(sqlite: SqlStore, make: Any) -> None:
    make.keep(sqlite, make.opened("2026-0001", data={"主题": "积水", "a": 1}))
    with sqlite.engine.connect() as connection:
        assert connection.execute(text("SELECT data FROM cc_cases")).scalar() == '{"a":1,"主题":"积水"}'
        at = connection.execute(text("SELECT effective_at FROM cc_events")).scalar()
    assert at == "2026-11-16T04:00:00.000250Z"


def test_a_connection_is_set_up_to_lose_nothing_when_the_power_fails(sqlite: SqlStore) -> None:
    with sqlite.engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    assert values == ["wal", 2, 1, 10_000]


RAISE = """
import sys
from caseclock.storage import SqlStore
store = SqlStore(sys.argv[1], wait=60)
for _ in range(25):
    with store.begin("qingxi", write=True) as transaction:
        transaction.next_serial("s")
"""


def test_programs_that_write_at_the_same_time_lose_no_change(sqlite: SqlStore, address: str) -> None:
    running = [subprocess.Popen([sys.executable, "-c", RAISE, address]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    with sqlite.begin(OFFICE, write=True) as transaction:
        assert transaction.next_serial("s") == 51


@pytest.mark.parametrize("prepared", [True, False])
def test_threads_that_read_then_write_take_turns(address: str, make: Any, prepared: bool) -> None:
    """On a host's engine without our set-up too: SQLAlchemy alone sends no BEGIN before a SELECT and loses changes."""
    engine = create_engine(address, connect_args={"timeout": 60})
    store = SqlStore(prepare_engine(engine, wait=60) if prepared else engine)
    (case,) = make.keep(store, make.opened("2026-0001", data={"count": 0}))

    def count_up() -> None:
        for _ in range(15):
            with store.begin(OFFICE, write=True) as transaction:
                (read,) = transaction.family(case.id)
                count = make.event(read, "count", read.state, data={"count": read.data["count"] + 1})
                transaction.save(make.change(count, before=(read,)))

    threads = [Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.family(case.id)[0].data == {"count": 60}
        assert [event.seq for event in transaction.events(case.id)] == list(range(1, 62))
    engine.dispose()


def test_a_writer_that_waits_too_long_is_told_so_and_readers_do_not_wait(address: str, make: Any) -> None:
    first, second = SqlStore(address), SqlStore(address, wait=0.05)
    (case,) = make.keep(first, make.opened("2026-0001"))
    with first.begin(OFFICE, write=True) as transaction:
        transaction.save(make.change(make.event(case), before=(case,)))
        with second.begin(OFFICE, write=False) as reading:
            assert reading.family(case.id) == (case,)
        with pytest.raises(Conflict, match="another program is writing"):
            make.keep(second, make.opened("2026-0002"))
    first.close()
    second.close()


def test_a_reader_sees_one_moment(sqlite: SqlStore, make: Any) -> None:
    (case,) = make.keep(sqlite, make.opened("2026-0001"))
    with sqlite.begin(OFFICE, write=False) as reading:
        assert len(reading.cases(CaseQuery())) == 1
        make.keep(sqlite, make.event(case), before=(case,))
        assert reading.family(case.id) == (case,)


def test_a_full_disk_is_told_and_changes_nothing(sqlite: SqlStore, make: Any) -> None:
    (case,) = make.keep(sqlite, make.opened("2026-0001"))
    with sqlite.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StorageFailed, match=r"disk is full.*\n.*make room"):
        make.keep(sqlite, make.event(case, data={"text": "x" * 500_000}), before=(case,))
    with sqlite.begin(OFFICE, write=False) as transaction:
        assert transaction.family(case.id) == (case,)
        assert len(transaction.events(case.id)) == 1


def test_a_database_that_may_only_be_read_can_be_read_and_says_why_it_cannot_be_written(path: Path, make: Any) -> None:
    writable = SqlStore(f"sqlite:///{path}")
    (case,) = make.keep(writable, make.opened("2026-0001"))
    store = SqlStore(f"sqlite:///file:{path}?mode=ro&uri=true")
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.find("1") == case.id
    with pytest.raises(StorageFailed, match="only be read"):
        make.keep(store, make.opened("2026-0002"))
    store.close()
    writable.close()


def test_a_missing_file_is_not_made_by_looking_at_it(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"no database file .*\n.*caseclock init"):
        SqlStore(f"sqlite:///{tmp_path}/typo.db").begin(OFFICE, write=False).__enter__()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be opened"):
        create_store(f"sqlite:///{tmp_path}/missing/cases.db")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100, encoding="utf-8")
    with pytest.raises(StorageFailed, match="not a database"):
        create_store(f"sqlite:///{path}")


@pytest.mark.parametrize("address", ["cases.db", "nosuch://server/db", "sqlite://["])
def test_an_address_that_cannot_be_understood_is_told(address: str) -> None:
    with pytest.raises(StorageFailed, match="an address looks like"):
        SqlStore(address)


def test_lists_and_timers_are_found_by_index(sqlite: SqlStore, make: Any) -> None:
    """A poll with nothing due must cost the same with a million open clocks as with ten."""

    def plan(statement: Any, **values: Any) -> str:
        query = statement.params(values).compile(sqlite.engine, compile_kwargs={"literal_binds": True})
        with sqlite.engine.connect() as connection:
            return "\n".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))

    timers = plan(statements.timers_until, office=OFFICE, until=make.noon, most=9)
    assert "ix_cc_timers_order (office=? AND at<?)" in timers
    key = plan(statements.event_by_key, office=OFFICE, key="k")
    assert "ix_cc_events_office_key (office=? AND key=?)" in key
    inbox = plan(statements.listed(OFFICE, CaseQuery(states=[("case", "handling"), ("slip", "issued")])))
    assert "ix_cc_cases_office_kind_state_due_at_number (office=? AND kind=? AND state=?)" in inbox
    families = plan(statements.open_families, office=OFFICE, procedures=["online_opinion"], after="", most=9)
    assert "ix_cc_cases_open (office=? AND root_id>?)" in families
    unheaded = plan(statements.unheaded, office=OFFICE, most=9)
    assert "ix_cc_cases_unheaded (office=?)" in unheaded
    page = plan(statements.listed(OFFICE, CaseQuery(states=[("case", "handling"), ("slip", "issued")], limit=50)))
    assert page.count("ix_cc_cases_office_kind_state_due_at_number (office=? AND kind=? AND state=?)") == 2
    # Only the page itself is sorted, not the cases of each state.
    assert page.count("TEMP B-TREE") == 1, page
    unit = plan(statements.listed(OFFICE, CaseQuery(unit="water", open_only=True)))
    assert "ix_cc_cases_office_unit (office=? AND unit=?)" in unit
    every = plan(statements.listed(OFFICE, CaseQuery(open_only=True, limit=50)))
    assert "ix_cc_cases_office_due_at_number" in every
    assert "TEMP B-TREE" not in every + timers
    due = plan(statements.listed(OFFICE, CaseQuery(due_before=make.noon)))
    assert "ix_cc_cases_office_due_at_number (office=? AND due_at<?)" in due
    assert "SCAN" not in timers + key + inbox + families + unheaded + unit + every + due


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.mark.parametrize("prepared", [True, False])
def test_a_joined_change_stands_or_falls_with_the_hosts_transaction(address: str, make: Any, prepared: bool) -> None:
    """Unprepared, the driver begins nothing before our savepoint, and releasing it would commit the host half way."""
    engine = create_engine(address)
    if prepared:
        prepare_engine(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE host (note TEXT)"))
    connection = engine.connect()
    make.keep(SqlStore.joined(connection), make.opened("2026-0001"))
    connection.execute(text("INSERT INTO host VALUES ('with the case')"))
    connection.rollback()
    assert (_count(connection, "cc_cases"), _count(connection, "host")) == (0, 0)
    connection.rollback()
    make.keep(SqlStore.joined(connection), make.opened("2026-0001"))
    connection.execute(text("INSERT INTO host VALUES ('with the case')"))
    connection.commit()
    connection.close()
    with engine.connect() as other:
        assert (_count(other, "cc_cases"), _count(other, "host")) == (1, 1)
    engine.dispose()


@pytest.mark.parametrize("prepared", [True, False])
def test_a_refused_change_leaves_the_hosts_rows_and_nothing_of_ours(address: str, make: Any, prepared: bool) -> None:
    engine = create_engine(address)
    if prepared:
        prepare_engine(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE host (note TEXT)"))
        connection.execute(text("INSERT INTO host VALUES ('before')"))
        store = SqlStore.joined(connection)
        make.keep(store, make.opened("2026-0001", key="k"))
        with pytest.raises(Conflict):
            make.keep(store, make.opened("2026-0002"), make.opened("2026-0003", key="k"))
        connection.execute(text("INSERT INTO host VALUES ('after')"))
    with engine.connect() as other:
        assert (_count(other, "cc_cases"), _count(other, "cc_events"), _count(other, "host")) == (1, 1, 2)
    engine.dispose()


def test_a_host_without_transactions_cannot_be_joined(address: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection, pytest.raises(StorageFailed, match="AUTOCOMMIT"):
        SqlStore.joined(connection).begin(OFFICE, write=True).__enter__()
    engine.dispose()


def test_a_prepared_engine_still_has_connections_that_commit_by_themselves(address: str) -> None:
    """A host needs one to VACUUM; a case needs a transaction all the same."""
    engine = prepare_engine(create_engine(address))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
        with pytest.raises(StorageFailed, match="AUTOCOMMIT"):
            SqlStore.joined(connection).begin(OFFICE, write=True).__enter__()
    engine.dispose()


def test_a_host_cannot_commit_what_a_full_disk_left_over(address: str, make: Any) -> None:
    engine = prepare_engine(create_engine(address))
    connection = engine.connect()
    connection.exec_driver_sql("CREATE TABLE host (note TEXT)")
    connection.commit()
    connection.exec_driver_sql("PRAGMA max_page_count = 1")
    connection.exec_driver_sql("INSERT INTO host VALUES ('half')")
    with pytest.raises(CaseclockError, match="disk is full"):
        make.keep(SqlStore.joined(connection), make.opened("2026-0001", data={"text": "x" * 500_000}))
    connection.rollback()
    with engine.connect() as other:
        assert (_count(other, "cc_cases"), _count(other, "host")) == (0, 0)
    connection.close()
    engine.dispose()
