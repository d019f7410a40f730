"""A database that is full, or can only be read, refuses every change in words, and goes on when it can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from caseclock.definitions import shipped
from caseclock.storage import SqlStore, create_store
from caseclock.workflow import Actor, Engine, StorageFailed

CLERK, HEAD = Actor("ann", frozenset({"clerk"})), Actor("ben", frozenset({"head"}))


def inquiries(store: Any, reader: Any) -> Engine:
    engine = Engine(store, reader, office="town")
    for name in ("cn.calendar.yaml", "inquiry.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    return engine


def test_a_full_disk_refuses_every_command_in_words_and_everything_goes_on_when_there_is_room(
    tmp_path: Path, reader: Any
) -> None:
    store = create_store(f"sqlite:///{tmp_path}/cases.db")
    engine = inquiries(store, reader)
    case = engine.open("inquiry", {"question": "When?"}, by=CLERK).case.number
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    before = list(engine.export())
    refused: list[str] = []
    for serial in range(60):
        try:
            engine.open("inquiry", {"question": "x" * 3000}, by=CLERK, key=f"k{serial}")
        except StorageFailed as error:
            refused.append(error.text())
    with pytest.raises(StorageFailed, match="disk is full"):
        engine.fire(case, "draft", by=CLERK, data={"reply": "x" * 200_000})
    assert refused
    assert all("disk is full" in told for told in refused)
    assert engine.verify().findings == ()
    assert engine.rebuild(check=True).differences == ()
    assert [line for line in engine.export() if line in before] == before
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    assert engine.fire(case, "draft", by=CLERK, data={"reply": "x" * 200_000}).case.state == "drafted"
    assert engine.open("inquiry", {"question": "x" * 3000}, by=CLERK, key="k59").case.number
    numbers = sorted(int(item.case.number.split("-")[1]) for item in engine.cases())
    assert numbers == list(range(1, len(numbers) + 1))
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_database_that_can_only_be_read_refuses_every_change_and_answers_every_question(
    request: pytest.FixtureRequest, tmp_path: Path, reader: Any, kind: str
) -> None:
    address = request.getfixturevalue("postgres") if kind == "postgres" else f"sqlite:///{tmp_path}/cases.db"
    store = create_store(address)
    engine = inquiries(store, reader)
    case = engine.open("inquiry", {"question": "When?"}, by=CLERK).case.number
    if kind == "postgres":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            name = connection.execute(text("SELECT current_database()")).scalar()
            connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        only = SqlStore(address)
    else:
        only = SqlStore(f"sqlite:///file:{tmp_path}/cases.db?mode=ro&uri=true")
    reading = Engine(only, reader, office="town")
    for change in (
        lambda: reading.open("inquiry", {"question": "x"}, by=CLERK),
        lambda: reading.fire(case, "draft", by=CLERK, data={"reply": "x"}),
        lambda: reading.close_heads(),
        lambda: reading.deploy(shipped("inquiry.procedure.yaml").replace("version: 1", "version: 2")),
    ):
        with pytest.raises(StorageFailed, match="only be read"):
            change()
    assert reading.case(case).case.state == "received"
    assert reading.verify().findings == ()
    assert [item.case.number for item in reading.cases()] == [case]
    only.close()
    store.close()
