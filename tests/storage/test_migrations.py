"""Migrations make exactly the tables that the code has, all or nothing, and leave a host's own alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, Table, create_engine, inspect, text
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from caseclock.storage import SqlStore, create_store, prepare_engine, schema, upgrade_if_needed
from caseclock.storage.rows import case_row, clock_row, definition_row, event_row
from caseclock.workflow.chain import linked
from caseclock.workflow.errors import StorageFailed
from caseclock.workflow.history import RungKey

RUNG = RungKey("reply", 0, 1)


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    engine = prepare_engine(create_engine(f"sqlite:///{tmp_path}/new.db"))
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def any_engine(request: pytest.FixtureRequest) -> Any:
    """An engine on a database without tables, of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("engine")
        return
    engine = create_engine(request.getfixturevalue("new_postgres"))
    yield engine
    engine.dispose()


POSTGRESQL_LAYOUT = """
SELECT table_name || '.' || column_name,
       concat_ws(' ', data_type, character_maximum_length, collation_name, is_nullable)
  FROM information_schema.columns WHERE table_name LIKE 'cc\\_%'
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'cc\\_%'
UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE '%cc\\_%'
UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT attrelid::regclass::text || '.' || attname || ' statistics', attstattarget::text
  FROM pg_attribute WHERE attrelid::regclass::text LIKE 'cc\\_%' AND attnum > 0
UNION ALL SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'cc\\_%'
UNION ALL SELECT sequencename, data_type::text FROM pg_sequences
"""


def postgres_layout(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        made = [tuple(row) for row in connection.exec_driver_sql(POSTGRESQL_LAYOUT.replace("%", "%%"))]
    return {name: told for name, told in made if schema.VERSION_TABLE not in name}


def layout(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return {name: " ".join(sql.replace("\t", " ").split()) for name, sql in made}


def as_bound(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a row as they are handed to SQLite."""
    columns, dialect = schema.metadata.tables[table].c, sqlite_dialect()
    bind = {name: columns[name].type.bind_processor(dialect) for name in row}
    return {name: bind[name](value) if bind[name] else value for name, value in row.items()}


def test_migrations_make_the_same_tables_as_the_schema(engine: Engine, sqlite: SqlStore) -> None:
    schema.metadata.create_all(engine)
    migrated = layout(sqlite.engine)
    assert migrated.pop(schema.VERSION_TABLE)
    assert migrated == layout(engine)
    assert set(schema.SQLITE_TRIGGERS) < set(migrated)


def test_on_postgresql_too(new_postgres: str, postgres: str) -> None:
    made, migrated = create_engine(new_postgres), create_engine(postgres)
    schema.metadata.create_all(made)
    assert postgres_layout(migrated) == postgres_layout(made)
    assert set(schema.POSTGRESQL_TRIGGERS) < set(postgres_layout(made))
    made.dispose()
    migrated.dispose()


def test_alembic_finds_no_drift_and_the_last_revision_is_the_one_the_code_names(any_engine: Engine) -> None:
    engine = any_engine
    from alembic import command
    from alembic.script import ScriptDirectory

    from caseclock.storage.migrations import configuration

    scripts = ScriptDirectory.from_config(configuration())
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == schema.REVISIONS
    upgrade_if_needed(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE host (note TEXT)")
        command.check(configuration(connection))


@pytest.mark.parametrize("prepared", [True, False])
def test_a_failed_migration_leaves_nothing_behind(tmp_path: Path, prepared: bool) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/new.db")
    if prepared:
        prepare_engine(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cc_timers (in_the_way TEXT)")
    with pytest.raises(StorageFailed, match="cc_timers already exists"):
        upgrade_if_needed(engine)
    assert inspect(engine).get_table_names() == ["cc_timers"]
    engine.dispose()


def test_a_failed_migration_leaves_nothing_behind_on_postgresql(new_postgres: str) -> None:
    engine = create_engine(new_postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cc_timers (in_the_way TEXT)")
    with pytest.raises(StorageFailed, match="already exists"):
        upgrade_if_needed(engine)
    assert inspect(engine).get_table_names() == ["cc_timers"]
    engine.dispose()


def test_a_database_of_the_first_version_is_upgraded_with_what_is_in_it(engine: Engine, make: Any) -> None:
    """Its rows say nothing of what came later; what they say is read as before."""
    from caseclock.storage.migrations import upgrade

    upgrade(engine, "0001")
    opened = make.opened("2026-0001", data={"subject": "Flood"})
    (case,) = make.change(opened, make.event(*make.change(opened).cases, "warn", "registered", rung=RUNG)).cases
    old = {
        "cc_definitions": definition_row(make.definition()),
        "cc_cases": {**case_row(case), "delivered": [["reply", 0, 1]]},
        "cc_events": event_row(opened),
        "cc_clocks": clock_row("qingxi", make.clock(case.id)),
    }
    old["cc_cases"]["marks"] = {name: [mark[:2] for mark in done] for name, done in old["cc_cases"]["marks"].items()}
    with engine.begin() as connection:
        for name, row in old.items():
            table = Table(name, MetaData(), autoload_with=connection)
            connection.execute(table.insert().values(as_bound(name, {key: row[key] for key in row if key in table.c})))
    upgrade_if_needed(engine)
    with SqlStore(engine).begin("qingxi", write=False) as transaction:
        (kept,) = transaction.family(case.id)
        assert kept.delivered == {RUNG: 0}
        assert [(mark.at, mark.actor, mark.seq, mark.given) for mark in kept.marks["warn"]] == [
            (case.marks["warn"][0].at, "olive", 0, {})
        ]
        assert transaction.events(case.id) == linked([opened], {})
        assert [clock.calendar for clock in transaction.clocks(case.id)] == [None]
        assert [definition.recounted_at for definition in transaction.definitions()] == [None]


def test_a_hosts_own_tables_and_its_own_migrations_are_untouched(any_engine: Engine) -> None:
    engine = any_engine
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('of the host')")
    upgrade_if_needed(engine)
    names = set(inspect(engine).get_table_names())
    assert {name for name in names if not name.startswith("cc_")} == {"alembic_version"}
    assert names > set(schema.metadata.tables)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "of the host"


def test_making_a_store_again_keeps_what_is_in_it(address: str, make: Any) -> None:
    first = create_store(address)
    (case,) = make.keep(first, make.opened("2026-0001"))
    second = create_store(address)
    with second.begin("qingxi", write=False) as transaction:
        assert transaction.family(case.id) == (case,)
    first.close()
    second.close()


def test_a_database_without_our_tables_names_the_next_command(engine: Engine) -> None:
    engine.connect().close()
    for store in (SqlStore(engine), SqlStore.joined(engine.connect())):
        with pytest.raises(StorageFailed, match=r"no caseclock tables\n.*`caseclock init`"):
            store.begin("qingxi", write=True).__enter__()


def test_a_database_of_a_newer_caseclock_is_left_alone(sqlite: SqlStore, address: str) -> None:
    with sqlite.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cc_alembic_version SET version_num = '9999'")
    for begin in (lambda: create_store(address), lambda: SqlStore(address).begin("qingxi", write=False).__enter__()):
        with pytest.raises(StorageFailed, match=r"schema 9999.*\n.*install that version"):
            begin()


def test_a_database_of_an_older_caseclock_asks_to_be_upgraded(
    sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from caseclock.storage import failures, sql

    for module in (sql, failures):
        monkeypatch.setattr(module, "REVISIONS", (*schema.REVISIONS, "9999"))
    with pytest.raises(StorageFailed, match=r"schema 0008.*needs 9999\n.*backup.*`caseclock init`"):
        sqlite.begin("qingxi", write=False).__enter__()


def imported(*lines: str) -> set[str]:
    """Return the names of the modules that a fresh program has imported after these lines."""
    code = "\n".join([*lines, "import sys; print(' '.join(sys.modules))"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_an_up_to_date_database_is_opened_without_alembic_and_memory_without_sqlalchemy(address: str) -> None:
    opened = imported(
        "from caseclock.storage import create_store",
        f"with create_store({address!r}).begin('qingxi', write=True) as t: t.next_serial('s')",
    )
    assert "sqlalchemy" in opened
    assert not {"alembic", "sqlalchemy.orm"} & opened
    in_memory = imported(
        "from caseclock.storage import MemoryStore",
        "with MemoryStore().begin('qingxi', write=True) as t: t.next_serial('s')",
    )
    assert "sqlalchemy" not in in_memory
