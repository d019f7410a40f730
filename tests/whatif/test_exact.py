"""Replayed under the definitions of its time, every history comes out exactly as it was recorded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.definitions import shipped
from caseclock.storage import MemoryStore, create_store
from caseclock.workflow import Engine
from caseclock.workflow.engine import TickReport
from caseclock.workflow.whatif.comparing import differing

from ..accounts.random_office import RandomOffice
from ..conftest import ROSTER, RememberingReader
from ..relating.test_laws import STEPS, play
from ..relating.test_laws import Office as Merging

READER = RememberingReader()
CALENDAR = shipped("cn.calendar.yaml")


def told(engine: Engine) -> list[str]:
    """Every difference between what an office recorded and what comes out again."""
    found = []
    for one in engine.replay(MemoryStore):
        found += [str(step.why) for step in one.refused]
        found += [it.message.text() for it in differing(one)]
    return found


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6))
def test_a_random_office_comes_out_as_it_was_recorded(seed: int) -> None:
    office = RandomOffice(READER, ROSTER, seed)
    for case in [office.open(), office.open()]:
        office.wander(case, 25)
    assert told(office.engine) == []


@settings(max_examples=40)
@given(steps=STEPS)
def test_mergers_and_splits_come_out_as_recorded(steps: list[tuple[str, int, int, int]]) -> None:
    """Also where several things were recorded at one instant, and a limit was taken over from another case."""
    office = Merging(READER)
    office.open(3, urgent=False)
    for step in steps:
        play(office, step)
        office.engine.tick()
    assert told(office.engine) == []


DAY_OFF = (
    CALENDAR + "days:\n  2026-11-24..2026-11-25: {off: {zh: 放假, en: Day off}, source: {zh: 示例, en: Example}}\n"
)


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6))
def test_recounts_erasing_showing_and_another_roster_come_out_as_recorded(seed: int) -> None:
    office = RandomOffice(READER, ROSTER, seed)
    cases = [office.open(), office.open()]
    for case in cases:
        office.wander(case, 8)
    office.now += timedelta(minutes=3)
    recount = office.engine.deploy(DAY_OFF, file="cn.calendar.yaml")
    assert recount.version == 2
    author = office.engine.open(
        "online_opinion",
        {"subject": "Lamp", "posted_at": office.now, "author": "Invented", "body": "Dark", "site": "board"},
        by="olive",
    ).case.number
    office.now += timedelta(minutes=3)
    office.engine.deploy(ROSTER.replace("olive: {", "oscar: {roles: [officer]}\n  olive: {"), file="qingxi.roster.yaml")
    office.now += timedelta(minutes=3)
    office.engine.disclose(author, by="olive", reason="asked")
    office.wander(author, 8)
    office.now += timedelta(minutes=3)
    office.engine.redact(author, by="omar", reason="asked by the person")
    for case in (*cases, author):
        office.wander(case, 5)
    assert told(office.engine) == []


class Careless(RandomOffice):
    """A random office whose ticks come late or only for part, and which merges whatever may be merged."""

    def __init__(self, seed: int) -> None:
        super().__init__(READER, ROSTER, seed)
        self.without = ()
        self.cases: list[str] = []
        self._deliver = self.engine.tick
        self.engine.tick = self._tick  # type: ignore[method-assign]

    def _tick(self) -> TickReport:
        back = self.random.choice((0, 0, 5, 600, 3000))
        return self._deliver(self.now - timedelta(minutes=back)) if back else self._deliver()

    def _data(self, action: str, view: Any) -> dict[str, Any]:
        if action == "merge":
            return {"merged_into": self.random.choice(self.cases)}
        return super()._data(action, view)


@pytest.mark.parametrize("seed", [5, 1001, 1002])
def test_late_ticks_half_done_recounts_and_mergers_come_out_as_recorded(seed: int) -> None:
    """Two families that one merger changes draw their own numbers, though in one transaction."""
    office = Careless(seed)
    office.cases += [office.open(), office.open()]
    for round in range(3):
        for case in list(office.cases):
            office.wander(case, 8)
        office.now += timedelta(minutes=1)
        if round == 0:
            office.engine.deploy(DAY_OFF, file="cn.calendar.yaml", recount=seed % 2 == 0)
        elif round == 1:
            office.engine.recount()
        office.cases.append(office.open())
    assert told(office.engine) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_history_in_a_database_comes_out_as_it_was_recorded(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    address = request.getfixturevalue("postgres") if kind == "postgres" else f"sqlite:///{tmp_path}/cases.db"
    store = create_store(address)
    office = RandomOffice(READER, ROSTER, 11, store)
    office.wander(office.open(), 25)
    assert told(office.engine) == []
    store.close()
