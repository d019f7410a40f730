"""A host program with a table of its own: its rows and the case change in one transaction, or neither does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from caseclock.definitions import shipped
from caseclock.storage import SqlStore, prepare_engine, upgrade_if_needed
from caseclock.workflow import Actor, Engine, NotAllowed, NotFound

LETTERS = sa.Table("letters", sa.MetaData(), sa.Column("text", sa.String), sa.Column("case_number", sa.String))
CLERK = Actor("account-17", frozenset({"clerk"}))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    """The host's database: its own table, and ours beside it."""
    database = prepare_engine(sa.create_engine(f"sqlite:///{tmp_path}/host.db"))
    LETTERS.metadata.create_all(database)
    upgrade_if_needed(database)
    yield database
    database.dispose()


@pytest.fixture
def engine(database: sa.Engine, reader: Any) -> Engine:
    engine = Engine(SqlStore(database), reader, office="host", now=lambda: datetime(2026, 11, 16, 1, tzinfo=UTC))
    for name in ("cn.calendar.yaml", "inquiry.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    return engine


def letters(database: sa.Engine) -> int:
    with database.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(LETTERS)).scalar_one()


def opened(engine: Engine, connection: sa.Connection) -> str:
    """Write a row of the host's and open a case in the same transaction."""
    connection.execute(LETTERS.insert().values(text="When do you open?"))
    joined = engine.using(SqlStore.joined(connection))
    return joined.open("inquiry", {"question": "When do you open?"}, by=CLERK).case.number


def test_both_are_kept_when_the_host_commits(database: sa.Engine, engine: Engine) -> None:
    with database.begin() as connection:
        number = opened(engine, connection)
    assert engine.case(number).case.state == "received"
    assert letters(database) == 1


def test_neither_is_kept_when_the_host_rolls_back(database: sa.Engine, engine: Engine) -> None:
    with database.connect() as connection:
        number = opened(engine, connection)
        connection.rollback()
    with pytest.raises(NotFound):
        engine.case(number)
    assert letters(database) == 0
    with database.begin() as connection:
        assert opened(engine, connection) == number, "the number that was rolled back is given again: no gap"


def test_a_refusal_that_the_host_catches_leaves_its_own_rows_to_it(database: sa.Engine, engine: Engine) -> None:
    with database.begin() as connection:
        number = opened(engine, connection)
        with pytest.raises(NotAllowed):
            engine.using(SqlStore.joined(connection)).fire(number, "answer", by=CLERK)
    assert engine.case(number).case.revision == 1
    assert letters(database) == 1


def test_nobody_else_sees_the_case_before_the_host_commits(database: sa.Engine, engine: Engine) -> None:
    with database.connect() as connection:
        number = opened(engine, connection)
        assert engine.using(SqlStore.joined(connection)).case(number).case.number == number
        with pytest.raises(NotFound):
            engine.case(number)
        connection.commit()
    assert engine.case(number).case.number == number
