"""What PostgreSQL must keep to: an untouchable history, no lost change, and failures told in words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from caseclock.storage import SqlStore, create_store, statements
from caseclock.storage import postgres as postgresql
from caseclock.workflow.errors import Conflict, KeyUsed, StorageFailed
from caseclock.workflow.ports import CaseQuery

OFFICE = "qingxi"
NOON = datetime(2026, 11, 16, 4, tzinfo=UTC)
DISCONNECT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid != pg_backend_pid()"
)


def disconnect_all(store: SqlStore) -> None:
    """Have the server close every connection of the store, as when it is restarted."""
    engine = create_engine(store.engine.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(DISCONNECT))
    engine.dispose()


@pytest.fixture
def store(postgres: str) -> Iterator[SqlStore]:
    store = SqlStore(postgres)
    yield store
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cc_events SET actor = 'somebody else'",
        "DELETE FROM cc_events",
        "TRUNCATE cc_events",
        "TRUNCATE cc_cases CASCADE",
        "INSERT INTO cc_events SELECT * FROM cc_events ON CONFLICT (position) DO UPDATE SET actor = 'forged'",
    ],
)
def test_the_history_is_append_only_even_for_raw_sql(store: SqlStore, make: Any, statement: str) -> None:
    (case,) = make.keep(store, make.opened("2026-0001", key="k"))
    with store.engine.connect() as connection, pytest.raises(Exception, match="cc_events is append-only"):
        connection.execute(text(statement))
    with store.begin(OFFICE, write=False) as transaction:
        assert [(event.action, event.actor) for event in transaction.events(case.id)] == [("open", "olive")]


def test_rows_cannot_be_joined_across_offices(store: SqlStore, make: Any) -> None:
    make.keep(store, make.opened("2026-0001"))
    with store.engine.connect() as connection, pytest.raises(Exception, match="foreign key"):
        connection.execute(
            text("INSERT INTO cc_documents SELECT 1, 'baihe', id, 1, 'slip', 'B-1', '{}', '' FROM cc_cases")
        )


def test_threads_that_read_then_write_take_turns(store: SqlStore, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001", data={"count": 0}))

    def count_up(_: int) -> None:
        for _ in range(10):
            with store.begin(OFFICE, write=True) as transaction:
                (read,) = transaction.family(case.id)
                count = make.event(read, "count", read.state, data={"count": read.data["count"] + 1})
                transaction.save(make.change(count, before=(read,)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(4)))
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.family(case.id)[0].data == {"count": 40}
        assert [event.seq for event in transaction.events(case.id)] == list(range(1, 42))


RAISE = """
import sys
from caseclock.storage import SqlStore
store = SqlStore(sys.argv[1])
for _ in range(25):
    with store.begin("qingxi", write=True) as transaction:
        transaction.next_serial("s")
"""


def test_programs_that_begin_a_series_at_the_same_time_leave_no_gap(store: SqlStore, postgres: str) -> None:
    running = [subprocess.Popen([sys.executable, "-c", RAISE, postgres]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    with store.begin(OFFICE, write=True) as transaction:
        assert transaction.next_serial("s") == 51


def test_writers_of_different_cases_do_not_wait_for_one_another(store: SqlStore, make: Any) -> None:
    (one,) = make.keep(store, make.opened("2026-0001"))
    (two,) = make.keep(store, make.opened("2026-0002"))
    with store.begin(OFFICE, write=True) as transaction:
        transaction.family(one.id)
        make.keep(store, make.event(two), before=(two,))


def test_a_writer_that_waits_too_long_is_told_so_and_readers_do_not_wait(postgres: str, make: Any) -> None:
    first, second = SqlStore(postgres), SqlStore(postgres, wait=0.05)
    (case,) = make.keep(first, make.opened("2026-0001"))
    with first.begin(OFFICE, write=True) as transaction:
        transaction.family(case.id)
        transaction.save(make.change(make.event(case), before=(case,)))
        with second.begin(OFFICE, write=False) as reading:
            assert reading.family(case.id) == (case,)
        with (
            pytest.raises(Conflict, match="another program is writing"),
            second.begin(OFFICE, write=True) as waiting,
        ):
            waiting.family(case.id)
    first.close()
    second.close()


def test_a_reader_sees_one_moment(store: SqlStore, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    with store.begin(OFFICE, write=False) as reading:
        assert len(reading.cases(CaseQuery())) == 1
        make.keep(store, make.event(case), before=(case,))
        assert reading.family(case.id) == (case,)


def test_a_key_that_two_record_at_the_same_moment_is_recorded_once(store: SqlStore, make: Any) -> None:
    """The second waits for the first to finish, and is told that the key is used."""
    begun = Signal()

    def second() -> Any:
        begun.wait(10)
        return make.keep(store, make.opened("2026-0002", key="k"))

    with ThreadPoolExecutor(1) as pool:
        with store.begin(OFFICE, write=True) as transaction:
            transaction.save(make.change(make.opened("2026-0001", key="k")))
            answer = pool.submit(second)
            begun.set()
        with pytest.raises(KeyUsed):
            answer.result(10)


def test_a_definition_that_two_deploy_at_the_same_moment_is_kept_once(store: SqlStore, make: Any) -> None:
    """The second waits for the first to finish, and is told so in words."""
    begun = Signal()

    def second() -> None:
        begun.wait(10)
        with store.begin(OFFICE, write=True) as transaction:
            transaction.deploy(make.definition(fingerprint="other"))

    with ThreadPoolExecutor(1) as pool:
        with store.begin(OFFICE, write=True) as transaction:
            transaction.deploy(make.definition())
            answer = pool.submit(second)
            begun.set()
        with pytest.raises(Conflict, match=r"somebody else has written|already deployed"):
            answer.result(10)
    with store.begin(OFFICE, write=False) as transaction:
        assert [kept.fingerprint for kept in transaction.definitions()] == ["f1"]


@pytest.mark.parametrize(("said", "meant"), [("", 5), ("&prepare_threshold=none", None), ("&prepare_threshold=2", 2)])
def test_an_address_says_when_the_driver_prepares(postgres: str, make: Any, said: str, meant: int | None) -> None:
    """A pool between us and the server may not bear prepared statements."""
    store = SqlStore(f"{postgres}{said}")
    for serial in range(7):
        make.keep(store, make.opened(f"2026-000{serial}"))
    with store.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        kept = connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
    assert (driver.prepare_threshold, kept > 0) == (meant, meant is not None)
    store.close()


def test_an_address_with_a_setting_that_is_no_number_is_told() -> None:
    """And its password is not shown."""
    with pytest.raises(StorageFailed, match=r"cannot understand.*often") as refused:
        SqlStore("postgresql://user:hidden@host/database?prepare_threshold=often")
    assert "hidden" not in refused.value.text()


def test_a_chain_that_is_being_written_is_passed_over_by_the_next_head(store: SqlStore, make: Any) -> None:
    """Closing a head waits for no writer, and no writer waits for it."""
    (one,) = make.keep(store, make.opened("2026-0001"))
    (two,) = make.keep(store, make.opened("2026-0002"))
    with store.begin(OFFICE, write=True) as writing:
        writing.family(one.id)
        with store.begin(OFFICE, write=True) as closing:
            assert [end.case for end in closing.unheaded(9)] == [two.id]


def test_a_database_that_may_only_be_read_says_why_it_cannot_be_written(postgres: str, make: Any) -> None:
    store = SqlStore(create_engine(postgres, connect_args={"options": "-c default_transaction_read_only=on"}))
    with pytest.raises(StorageFailed, match="only be read"):
        make.keep(store, make.opened("2026-0002"))
    store.close()


def test_a_missing_database_is_told(postgres: str) -> None:
    missing = make_url(postgres).set(database="cc_no_such_database")
    with pytest.raises(StorageFailed, match=r"no connection.*does not exist"):
        SqlStore(missing).begin(OFFICE, write=False).__enter__()


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(StorageFailed, match=r"no connection.*\n.*server runs"):
        create_store("postgresql://nobody@/none?host=/nowhere")


def test_a_connection_that_the_server_has_closed_while_it_was_idle_is_replaced(
    store: SqlStore, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "IDLE", 0.0)
    (case,) = make.keep(store, make.opened("2026-0001"))
    disconnect_all(store)
    make.keep(store, make.event(case), before=(case,))


def test_a_connection_that_is_closed_between_two_commands_costs_one_command_and_no_more(
    store: SqlStore, make: Any
) -> None:
    """A connection in use all the time is not asked before each command; what it could not do is told."""
    (case,) = make.keep(store, make.opened("2026-0001"))
    disconnect_all(store)
    with pytest.raises(StorageFailed, match=r"stopped or started|no connection"):
        make.keep(store, make.event(case), before=(case,))
    make.keep(store, make.event(case), before=(case,))


def test_a_server_that_is_stopped_in_the_middle_is_told_and_nothing_is_changed(store: SqlStore, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))

    def interrupted() -> None:
        with store.begin(OFFICE, write=True) as transaction:
            transaction.save(make.change(make.event(case), before=(case,)))
            disconnect_all(store)
            transaction.family(case.id)

    with pytest.raises(StorageFailed, match=r"stopped or started|no connection"):
        interrupted()
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.family(case.id) == (case,)


def test_lists_and_timers_are_found_by_index(store: SqlStore) -> None:
    """With sequential scans forbidden, a plan that still has one could use no index."""

    def plan(statement: Any, **values: Any) -> str:
        with store.engine.connect() as connection:
            connection.execute(text("SET enable_seqscan = off"))
            query = statement.params(values).compile(store.engine, compile_kwargs={"literal_binds": True})
            return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {query}".replace("%", "%%")))

    plans = {
        "ix_cc_timers_order": plan(statements.timers_until, office=OFFICE, until=NOON, most=9),
        "ix_cc_events_office_key": plan(statements.event_by_key, office=OFFICE, key="k"),
        "ix_cc_cases_open": plan(statements.open_families, office=OFFICE, procedures=["p"], after="", most=9),
        "ix_cc_cases_unheaded": plan(statements.unheaded, office=OFFICE, most=9),
        "ix_cc_cases_office_due_at_number": plan(statements.listed(OFFICE, CaseQuery(open_only=True, limit=50))),
    }
    for index, found in plans.items():
        assert index in found
        assert "Seq Scan" not in found


def test_a_role_without_rights_is_told(store: SqlStore, make: Any) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS cc_test_auditor"))
        connection.execute(text("CREATE ROLE cc_test_auditor"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO cc_test_auditor"))
    auditor = create_engine(store.engine.url, connect_args={"options": "-c role=cc_test_auditor"})
    with pytest.raises(StorageFailed, match="may not do that"):
        make.keep(SqlStore(auditor), make.opened("2026-0001"))
    with SqlStore(auditor).begin(OFFICE, write=False) as transaction:
        assert transaction.cases(CaseQuery()) == ()
    auditor.dispose()
    with store.engine.begin() as connection:
        connection.execute(text("DROP OWNED BY cc_test_auditor"))
        connection.execute(text("DROP ROLE cc_test_auditor"))


def test_the_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StorageFailed, match=r"not installed: psycopg\n.*caseclock\[postgres\]"):
        SqlStore("postgresql://user@host/database")


def test_programming_errors_are_not_taken_for_something_else(store: SqlStore) -> None:
    with store.engine.connect() as connection, pytest.raises(ProgrammingError):
        connection.execute(text("SELECT nothing FROM nowhere"))


def test_timers_of_a_case_that_somebody_is_writing_are_passed_over(store: SqlStore, make: Any) -> None:
    """Workers wait neither for clerks nor for one another: each takes what nobody holds."""
    (one,) = make.keep(store, make.opened("2026-0001"))
    (two,) = make.keep(store, make.opened("2026-0002"))
    make.keep(store, projected=(one.id, two.id), timers=(make.timer(one.id), make.timer(two.id)))
    with store.begin(OFFICE, write=True) as clerk:
        clerk.family(one.id)
        with store.begin(OFFICE, write=True) as worker:
            assert [timer.case for timer in worker.timers(make.noon, 9)] == [two.id]
            with store.begin(OFFICE, write=True) as another:
                assert another.timers(make.noon, 9) == ()
        with store.begin(OFFICE, write=False) as reading:
            assert [timer.case for timer in reading.timers(make.noon, 9)] == [one.id, two.id]


def test_nothing_is_scrubbed_while_somebody_still_reads_what_was_erased(
    store: SqlStore, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server keeps an erased row for whoever began to read before, and would write it anew with the others."""
    monkeypatch.setattr(postgresql, "PATIENCE", 0.1)
    (case,) = make.keep(store, make.opened("2026-0001"))
    with store.begin(OFFICE, write=False) as reading:
        reading.find("2026-0001")
        make.keep(store, make.event(case), before=(case,))
        with pytest.raises(Conflict, match="still stand"):
            store.scrub()
    store.scrub()
