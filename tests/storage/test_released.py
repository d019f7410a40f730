"""A database of every released schema is upgraded with what is in it, and its cases go on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import create_engine, inspect, text

from caseclock.definitions import YamlReader
from caseclock.storage import SqlStore, prepare_engine, schema, upgrade_if_needed
from caseclock.workflow import Actor, Engine
from caseclock.workflow.chain import commitment, digest, link
from caseclock.workflow.history import Event, fold

RELEASED = sorted((Path(__file__).parent / "released").glob("*.json"))
SECRETS = ("invented_wanderer", "invented_neighbour", "invented_answer")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "postgres":
        engine = create_engine(request.getfixturevalue("new_postgres"))
    else:
        engine = prepare_engine(create_engine(f"sqlite:///{tmp_path}/old.db"))
    yield engine
    engine.dispose()


@pytest.fixture(params=RELEASED, ids=lambda path: path.stem)
def released(request: pytest.FixtureRequest, database: Database) -> Database:
    """A database as a released version left it."""
    from caseclock.storage.migrations import upgrade

    upgrade(database, request.param.stem)
    tables = json.loads(request.param.read_text(encoding="utf-8"))
    with database.begin() as connection:
        for name, rows in tables.items():
            columns = inspect(connection).get_columns(name)
            # SQLite keeps flags as numbers.
            flags = {column["name"] for column in columns if str(column["type"]) == "BOOLEAN"}
            for row in rows:
                # Positions are given anew, in the same order, by the database itself.
                row.pop("position", None)
                values = {
                    key: bool(value) if key in flags and value is not None else value for key, value in row.items()
                }
                names, places = ", ".join(row), ", ".join(f":{key}" for key in row)
                connection.execute(text(f"INSERT INTO {name} ({names}) VALUES ({places})"), values)
    return database


@pytest.fixture
def upgraded(released: Database) -> Database:
    upgrade_if_needed(released)
    return released


def families(database: Database) -> dict[str, tuple[Event, ...]]:
    with SqlStore(database).begin("town", write=False) as transaction:
        return {root: transaction.events(root) for root in transaction.families("", 10)}


def test_there_is_a_database_of_every_schema_that_was_released() -> None:
    assert [path.stem for path in RELEASED] == [name for name in schema.REVISIONS if name in ("0001", "0002")]


def test_every_history_is_chained(upgraded: Database) -> None:
    histories = families(upgraded)
    assert len(histories) == 2
    with SqlStore(upgraded).begin("town", write=False) as transaction:
        for root, events in histories.items():
            ends: dict[str, str] = {}
            for event in events:
                ends[event.case] = link(ends.get(event.case, ""), event)
                assert event.link == ends[event.case]
            assert {case.id: case.link for case in transaction.family(root)} == ends
        assert {end.case: end.link for end in transaction.unheaded(99)} == {
            case.id: case.link for root in histories for case in transaction.family(root)
        }


def test_cases_are_still_what_their_history_adds_up_to(upgraded: Database) -> None:
    with SqlStore(upgraded).begin("town", write=False) as transaction:
        for root, events in families(upgraded).items():
            kept = transaction.family(root)
            assert [(case.number, case.state, case.data, case.revision) for case in fold(events)] == [
                (case.number, case.state, case.data, case.revision) for case in kept
            ]


def test_private_values_stand_apart_from_the_history_from_then_on(upgraded: Database) -> None:
    for events in families(upgraded).values():
        for event in events:
            for name, seal in event.seals.items():
                assert seal.salt is not None
                assert seal.commitment == commitment(seal.salt, event.data[name])
    with upgraded.connect() as connection:
        kept = [row.value for row in connection.execute(text("SELECT value FROM cc_private ORDER BY value"))]
        elsewhere = [
            str(tuple(row))
            for table in ("cc_events", "cc_documents")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert kept == sorted(json.dumps(secret) for secret in SECRETS * 2)
    assert not [row for row in elsewhere if any(secret in row for secret in SECRETS)]


def test_papers_are_bound_by_the_event_that_issued_them(upgraded: Database) -> None:
    with SqlStore(upgraded).begin("town", write=False) as transaction:
        for root, events in families(upgraded).items():
            papers = transaction.documents(root)
            assert len(papers) == 1
            told = [{"name": it.name, "number": it.number, "sha256": digest(dict(it.data))} for it in papers]
            assert [dict(paper) for event in events for paper in event.issued] == told
            assert papers[0].sha256 == told[0]["sha256"]


def test_the_history_is_append_only_again_afterwards(upgraded: Database) -> None:
    with upgraded.connect() as connection, pytest.raises(Exception, match="cc_events is append-only"):
        connection.execute(text("UPDATE cc_events SET actor = 'somebody else'"))


def test_cases_go_on(upgraded: Database) -> None:
    now = [datetime(2026, 12, 1, 1, tzinfo=UTC)]
    engine = Engine(SqlStore(upgraded), YamlReader(), office="town", now=lambda: now[0])
    water = Actor("rosa", frozenset({"unit"}), "roads")
    engine.fire("2026-002-2", "answer", by=water, data={"text": "invented"})
    now[0] += timedelta(hours=1)
    closed = engine.fire("2026-002", "close", by=Actor("ben", frozenset({"head"})))
    assert closed.case.state == "closed"
    assert engine.fire("2026-002-1", "answer", by=water, data={}, key="answer-2").repeated
    opened = engine.open("complaint", {"subject": "Flood 3"}, by=Actor("ann", frozenset({"clerk"})))
    assert opened.case.number == "2026-003"
