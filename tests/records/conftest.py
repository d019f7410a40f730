"""An office with something in it, and empty ones to load into, on every kind of store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import MemoryStore, create_store
from caseclock.workflow import Actor, Engine

NOW = datetime(2026, 11, 18, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))


class Passing:
    """Time that passes: each time it is asked, a second later."""

    def __init__(self) -> None:
        self._now = NOW

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def fill(engine: Engine) -> None:
    """Open three cases, one with slips and an answer, one of which private values were erased; close a head."""
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    for serial in (1, 2, 3):
        data = {"subject": f"Post {serial}", "author": f"invented_{serial}", "posted_at": NOW}
        engine.open("online_opinion", data, by=CLERK, key=f"post-{serial}")
    engine.fire("2026-0001", "report", by=CLERK)
    units = {"instruction": "Look", "units": ["water", "roads"], "lead": "water"}
    engine.fire("2026-0001", "dispatch", by=CLERK, data=units)
    answer = {"result": "Dry", "reply_opinion": "Done", "proposed_outcome": "resolved"}
    engine.fire("2026-0001-1", "answer", by=Actor("wanda", frozenset({"unit_head"}), "water"), data=answer)
    engine.close_heads()
    engine.redact("2026-0003", by=CLERK, reason="asked")
    engine.close_heads()


@pytest.fixture
def engine_on(reader: YamlReader) -> Callable[..., Engine]:
    """Makes an engine of an office on a store."""
    return lambda store, office="qingxi": Engine(store, reader, office=office, now=Passing())


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path, engine_on: Any) -> Iterator[Engine]:
    """An empty office to load into."""
    if request.param == "memory":
        yield engine_on(MemoryStore())
        return
    address = request.getfixturevalue("postgres") if request.param == "postgres" else f"sqlite:///{tmp_path}/to.db"
    store = create_store(address)
    yield engine_on(store)
    store.close()


@pytest.fixture
def source(engine_on: Any) -> Engine:
    """The office with something in it."""
    engine: Engine = engine_on(MemoryStore())
    fill(engine)
    return engine
