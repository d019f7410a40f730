"""A worker delivers what falls due, and stops when told; several of them share the work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.storage import SqlStore, create_store
from caseclock.workflow import Actor, CaseclockError, Engine, StorageFailed, TickReport
from caseclock.workflow.engine.working import Worker
from caseclock.workflow.messages import say


class Driven:
    """Time that moves on by as much as a worker waits; after so many waits the worker is told to stop."""

    def __init__(self, township: Any, waits: int) -> None:
        self.township = township
        self.left = waits
        self.waited: list[float] = []
        self.reports: list[TickReport] = []
        self.troubles: list[CaseclockError] = []

    def worker(self, engine: Engine, **options: Any) -> Worker:
        return Worker(
            engine,
            now=lambda: self.township.clock[0],
            wait=self.wait,
            stopping=lambda: self.left == 0,
            report=self.reports.append,
            trouble=self.troubles.append,
            **options,
        )

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        self.township.later(seconds=seconds)
        self.left -= 1
        return self.left == 0


def test_a_worker_sleeps_until_the_next_rung_and_delivers_it_at_its_instant(township: Any) -> None:
    case = township.dispatched("water")
    first = township.engine.next_rung()
    time = Driven(township, waits=3)
    time.worker(township.engine, every=10**9).run()
    assert time.waited[0] == (first - township.instant("2026-11-16 09:00")).total_seconds()
    delivered = [event for report in time.reports for event in report.delivered]
    assert delivered
    assert all(event.recorded_at == event.effective_at for event in delivered)
    assert {view.event.action for view in township.engine.history(case)} >= {event.action for event in delivered}


def test_a_worker_looks_again_at_the_latest_after_a_while(township: Any) -> None:
    time = Driven(township, waits=2)
    time.worker(township.engine, every=30).run()
    assert (time.waited, time.reports) == ([30, 30], [])
    assert township.engine.next_rung() is None


WEEK_OF_2026 = """
calendar: cn
title: {zh: 日历, en: Calendar}
zone: Asia/Shanghai
base: none
years: 2026..2026
official_through: 2026-12-31
rest_days: [saturday, sunday]
office_hours: {monday..friday: "09:00..17:00"}
"""


def test_a_case_that_cannot_be_delivered_is_told_once_and_makes_no_other_late(township: Any) -> None:
    township.engine.deploy(shipped("inquiry.procedure.yaml"), file="inquiry.procedure.yaml")
    clerk = Actor("ann", frozenset({"clerk"}))
    near = township.at("2026-12-24 10:00").engine.open("inquiry", {"question": "When?"}, by=clerk).case
    township.at("2026-12-29 09:00").open()
    township.engine.deploy(WEEK_OF_2026, file="cn.calendar.yaml", recount=False)
    time = Driven(township, waits=6)
    time.worker(township.engine, every=10**6).run()
    assert sum(bool(report.failed) for report in time.reports) == 1
    delivered = [event for report in time.reports for event in report.delivered if event.case == near.id]
    assert [event.action for event in delivered] == ["remind", "remind"]
    assert all(event.recorded_at == event.effective_at for event in delivered)
    assert 0 not in time.waited


def test_a_case_that_somebody_is_writing_in_is_tried_again_soon(postgres: str, reader: Any) -> None:
    now = [datetime(2026, 11, 16, 1, tzinfo=UTC)]
    store = SqlStore(postgres)
    engine = Engine(store, reader, office="qingxi", now=lambda: now[0])
    for name in ("cn.calendar.yaml", "inquiry.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    case = engine.open("inquiry", {"question": "When?"}, by=Actor("ann", frozenset({"clerk"}))).case
    now[0] += timedelta(days=9)
    waited: list[float] = []
    reports: list[TickReport] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        clerk.close()
        return len(waited) == 2

    clerk = ExitStack()
    clerk.enter_context(store.begin("qingxi", write=True)).family(case.id)
    Worker(
        engine,
        now=lambda: now[0],
        wait=wait,
        stopping=lambda: False,
        report=reports.append,
        trouble=lambda error: None,
    ).run()
    assert waited == [1, 30]
    assert [event.action for report in reports for event in report.delivered] == ["remind", "remind"]
    store.close()


def test_a_worker_outlives_a_database_that_goes_away_and_says_so_once(township: Any) -> None:
    township.dispatched("water")
    township.later(days=9)
    engine, failing = township.engine, [3]

    class Flaky:
        def tick(self, **options: Any) -> TickReport:
            if failing[0]:
                failing[0] -= 1
                raise StorageFailed(say("gone"))
            return engine.tick(**options)

        def next_rung(self, since: datetime | None = None) -> Any:
            return engine.next_rung(since)

    time = Driven(township, waits=5)
    time.worker(Flaky()).run()  # type: ignore[arg-type]
    assert len(time.troubles) == 1
    assert time.waited[:3] == [2, 4, 8]
    assert sum(len(report.delivered) for report in time.reports) > 0


def test_a_tick_that_is_to_stop_leaves_the_rest_for_the_next_one(township: Any) -> None:
    township.dispatched("water")
    township.later(days=9)
    assert township.engine.tick(stop=lambda: True).delivered == ()
    assert township.engine.tick().delivered


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_workers_at_the_same_time_deliver_each_rung_once(
    request: pytest.FixtureRequest, tmp_path: Path, reader: Any, kind: str
) -> None:
    address = request.getfixturevalue("postgres") if kind == "postgres" else f"sqlite:///{tmp_path}/cases.db"
    create_store(address).close()
    now = [datetime(2026, 11, 16, 1, tzinfo=UTC)]

    stores = [SqlStore(address, wait=60) for _ in range(5)]
    engine, *workers = (Engine(store, reader, office="qingxi", now=lambda: now[0]) for store in stores)
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    clerk = Actor("ann", frozenset({"officer"}))
    for serial in range(30):
        engine.open("online_opinion", {"subject": str(serial), "posted_at": now[0]}, by=clerk)
    now[0] += timedelta(days=9)
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda worker: worker.tick(), workers))
    # What one worker passed over because another held it is delivered by now, or comes with the next tick.
    engine.tick()
    delivered = [event.name for report in reports for event in report.delivered]
    assert len(delivered) == len(set(delivered))
    for serial in range(1, 31):
        rungs = [view.event.rung for view in engine.history(f"2026-{serial:04d}") if view.event.rung]
        assert len(rungs) == len(set(rungs)) == 5
    assert engine.verify().findings == ()
    for store in stores:
        store.close()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_the_command_works_until_it_is_told_to_stop(tmp_path: Path, name: str) -> None:
    office = tmp_path / "town"
    command = [sys.executable, "-m", "caseclock.cli", "--office", str(office), "--lang", "en"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    subprocess.run([*command, "init", str(office)], check=True, capture_output=True)
    opened = [
        *command,
        "--as",
        "zhao_min",
        "open",
        "subject=Flood",
        "posted_at=2026-01-05 09:00",
        "--at",
        "2026-01-05 09:00",
    ]
    subprocess.run(opened, check=True, capture_output=True)
    worker = subprocess.Popen([*command, "--json", "work", "--every", "60"], stdout=subprocess.PIPE, env=environment)
    assert worker.stdout is not None
    report = ""
    while not report.endswith("}\n") or report.count("{") != report.count("}"):
        report += worker.stdout.readline().decode()
    worker.send_signal(getattr(signal, name))
    assert worker.wait(30) == 0
    worker.stdout.close()
    assert {event["action"] for event in json.loads(report)["delivered"]} >= {"warn", "urge"}
