"""Every store under one set of tests, and small cases to keep in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from sqlalchemy import create_engine

from caseclock.storage import MemoryStore, SqlStore, create_store, prepare_engine
from caseclock.workflow.history import Case, Event, RungKey, apply
from caseclock.workflow.ports import Change, ClockRow, Definition, IssuedDocument, Store, Timer

NOON = datetime(2026, 11, 16, 4, 0, 0, 250, tzinfo=UTC)


class Make:
    """Makes cases, events and what hangs on them, with as few words as a test needs."""

    noon = NOON

    def __init__(self, office: str = "qingxi") -> None:
        self.office = office

    def elsewhere(self, office: str) -> Make:
        return Make(office)

    def opened(self, number: str, *, id: str | None = None, root: str | None = None, **values: Any) -> Event:
        """Return the first event of a case; ``id`` is made from the number when none is given."""
        case_id = id or f"id-{number}"
        given = {"procedure": "online_opinion", "version": 1, "kind": "case", "number": number}
        given |= {name: values.pop(name) for name in ("kind", "parent", "unit", "lead", "procedure") if name in values}
        return Event(
            office=self.office,
            case=case_id,
            root=root or case_id,
            seq=1,
            action="open",
            actor="olive",
            role="officer",
            effective_at=values.pop("at", NOON),
            recorded_at=NOON,
            from_state=None,
            to_state=values.pop("state", "registered"),
            opened=given,
            **values,
        )

    def slip(self, case: Case, unit: str, **values: Any) -> Event:
        """Return the first event of a subcase of ``case``."""
        number = f"{case.number}-{unit}"
        return self.opened(number, root=case.id, parent=case.id, kind="slip", unit=unit, state="issued", **values)

    def event(self, case: Case, action: str = "report", to: str = "under_review", **values: Any) -> Event:
        """Return the next event of a case."""
        event = Event(
            office=self.office,
            case=case.id,
            root=case.root,
            seq=case.revision + 1,
            action=action,
            actor="olive",
            role="officer",
            effective_at=NOON + timedelta(hours=1),
            recorded_at=NOON + timedelta(hours=2),
            from_state=case.state,
            to_state=to,
        )
        return replace(event, **values)

    def clock(self, case: str, due: datetime = NOON, clock: str = "public_reply", **values: Any) -> ClockRow:
        given = {"started_at": NOON, "provisional": False, "running": True} | values
        return ClockRow(case=case, clock=clock, due_at=due, **given)

    def timer(self, case: str, at: datetime = NOON, rung: int = 0, clock: str = "public_reply") -> Timer:
        return Timer(case, case, RungKey(clock, 1, rung), "warn", at)

    def paper(self, case: str, number: str, seq: int = 1) -> IssuedDocument:
        return IssuedDocument(case, seq, "dispatch_slip", number, {"单位": "水务站"}, "0" * 64)

    def definition(self, version: int = 1, name: str = "online_opinion", **values: Any) -> Definition:
        given = {"kind": "procedure", "fingerprint": f"f{version}", "source": "留言", "compiled": "{}"}
        given |= {"deployed_at": NOON} | values
        return Definition(office=self.office, name=name, version=version, **given)

    def change(self, *events: Event, before: tuple[Case, ...] = (), **values: Any) -> Change:
        """Return the change that these events make, with the cases as the events leave them."""
        cases = {case.id: case for case in before}
        for event in events:
            cases[event.case] = apply(cases.get(event.case), event)
        touched = {event.case for event in events}
        return Change(tuple(case for case in cases.values() if case.id in touched), events, **values)

    def keep(self, store: Store, *events: Event, **values: Any) -> tuple[Case, ...]:
        """Save what these events make in a transaction of its own, and return the cases."""
        change = self.change(*events, **values)
        with store.begin(self.office, write=True) as transaction:
            transaction.save(change)
        return change.cases


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with our tables and nothing in them, made once and copied for each test."""
    path = tmp_path_factory.mktemp("storage") / "empty.db"
    create_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def path(tmp_path: Path, empty_database: Path) -> Path:
    return Path(copy(empty_database, tmp_path / "cases.db"))


@pytest.fixture
def address(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite(address: str) -> Iterator[SqlStore]:
    store = SqlStore(address)
    yield store
    store.close()


@pytest.fixture(params=["memory", "sqlite", "joined", "joined, unprepared", "postgres", "postgres, joined"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each store: in memory, in both databases, and inside the transaction of a host, whatever its engine is like."""
    kind, _, joined = request.param.partition(", ")
    if kind == "memory":
        yield MemoryStore()
        return
    address = request.getfixturevalue("postgres" if kind == "postgres" else "address")
    if kind in ("sqlite", "postgres") and not joined:
        opened = SqlStore(address)
        yield opened
        opened.close()
        return
    engine = create_engine(address)
    if joined != "unprepared":
        prepare_engine(engine)
    with engine.begin() as connection:
        yield SqlStore.joined(connection)
    engine.dispose()
