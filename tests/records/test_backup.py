"""A backup of a running SQLite database is whole, and a restored one is the database again."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest

from caseclock.storage import SqlStore, create_store
from caseclock.storage.backup import back_up, restore
from caseclock.workflow import Actor, Conflict, Engine, NotFound, StorageFailed

CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))
NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)


@pytest.fixture
def address(tmp_path: Path, source: Engine, engine_on: Any) -> str:
    """The address of a database with something in it."""
    address = f"sqlite:///{tmp_path}/cases.db"
    store = create_store(address)
    engine_on(store).load(source.export())
    store.close()
    return address


def numbers(address: str, engine_on: Any) -> list[str]:
    store = SqlStore(address)
    engine = engine_on(store)
    assert engine.verify().findings == ()
    found = [item.case.number for item in engine.cases() if item.case.parent is None]
    store.close()
    return sorted(found)


def test_a_backup_is_made_while_others_write_and_holds_all_that_was_done_before(
    address: str, tmp_path: Path, engine_on: Any
) -> None:
    done: list[str] = []
    begun, stop = Signal(), Signal()

    def write() -> None:
        store = SqlStore(address)
        engine = engine_on(store)
        while not stop.is_set():
            done.append(engine.open("online_opinion", {"subject": "x" * 2000}, by=CLERK).case.number)
            begun.set()
        store.close()

    writer = Thread(target=write)
    writer.start()
    begun.wait(10)
    before = list(done)
    back_up(address, tmp_path / "copy.db")
    stop.set()
    writer.join()
    kept = numbers(f"sqlite:///{tmp_path}/copy.db", engine_on)
    assert set(before) <= set(kept)
    assert kept == [f"2026-{serial:04d}" for serial in range(1, len(kept) + 1)]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("copy")) == ["copy.db"]


def test_a_restored_database_is_the_one_of_then_and_the_present_one_is_kept(
    address: str, tmp_path: Path, engine_on: Any
) -> None:
    back_up(address, tmp_path / "copy.db")
    store = SqlStore(address)
    engine_on(store).open("online_opinion", {"subject": "Later"}, by=CLERK)
    store.close()
    kept = restore(address, tmp_path / "copy.db", NOON)
    assert numbers(address, engine_on) == ["2026-0001", "2026-0002", "2026-0003"]
    assert kept == tmp_path / "cases-until-20261118T040000.000000.db"
    assert len(numbers(f"sqlite:///{kept}", engine_on)) == 4


def test_a_lost_database_is_restored(address: str, tmp_path: Path, engine_on: Any) -> None:
    back_up(address, tmp_path / "copy.db")
    (tmp_path / "cases.db").unlink()
    assert restore(address, tmp_path / "copy.db", NOON) is None
    assert len(numbers(address, engine_on)) == 3


def test_the_database_itself_is_no_backup_and_what_is_kept_aside_is_never_overwritten(
    address: str, tmp_path: Path, engine_on: Any
) -> None:
    with pytest.raises(Conflict, match="the database itself"):
        restore(address, tmp_path / "cases.db", NOON)
    back_up(address, tmp_path / "copy.db")
    restore(address, tmp_path / "copy.db", NOON)
    with pytest.raises(Conflict, match="already"):
        restore(address, tmp_path / "copy.db", NOON)
    assert len(numbers(address, engine_on)) == 3


def test_a_file_that_is_there_is_not_overwritten(address: str, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious", encoding="utf-8")
    with pytest.raises(Conflict, match="already"):
        back_up(address, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text(encoding="utf-8") == "precious"


def test_a_database_that_is_in_use_is_not_replaced(address: str, tmp_path: Path, engine_on: Any) -> None:
    back_up(address, tmp_path / "copy.db")
    store = SqlStore(address)
    with store.begin("qingxi", write=False) as reading:
        reading.families("", 1)
        with pytest.raises(Conflict, match="using the database"):
            restore(address, tmp_path / "copy.db", NOON)
    store.close()
    assert len(numbers(address, engine_on)) == 3


def test_a_damaged_or_foreign_or_newer_file_is_not_restored(address: str, tmp_path: Path, engine_on: Any) -> None:
    back_up(address, tmp_path / "copy.db")
    whole = (tmp_path / "copy.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "letter.db").write_text("Dear Sir or Madam", encoding="utf-8")
    sqlite3.connect(tmp_path / "empty.db").close()
    for name in ("cut", "letter", "empty"):
        with pytest.raises(StorageFailed):
            restore(address, tmp_path / f"{name}.db", NOON)
    with sqlite3.connect(tmp_path / "copy.db") as newer:
        newer.execute("UPDATE cc_alembic_version SET version_num = '9999'")
    newer.close()
    with pytest.raises(StorageFailed, match="schema 9999"):
        restore(address, tmp_path / "copy.db", NOON)
    with pytest.raises(NotFound):
        restore(address, tmp_path / "missing.db", NOON)
    assert len(numbers(address, engine_on)) == 3


def test_a_server_has_tools_of_its_own() -> None:
    with pytest.raises(StorageFailed, match=r"SQLite.*\n.*pg_dump"):
        back_up("postgresql://user@host/database", Path("copy.db"))
