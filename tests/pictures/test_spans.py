"""The states that a picture says a clock runs in, against what runs in real cases."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import caseclock.definitions
from caseclock.definitions import YamlReader
from caseclock.definitions.rehearsals.reader import check_rehearsals
from caseclock.storage import MemoryStore
from caseclock.workflow import Engine
from caseclock.workflow.model import Procedure
from caseclock.workflow.pictures.spans import span
from caseclock.workflow.rehearsal.rehearsing import OFFICE, rehearse

from ..accounts.random_office import RandomOffice
from ..conftest import ROSTER

READER = YamlReader()
TESTS = sorted(Path(str(resources.files(caseclock.definitions))).glob("*.test.yaml"))


def check_running(engine: Engine, ref: str, procedure: Procedure, at: Any) -> int:
    """Every clock that runs in a case, or a subcase of it, at an instant is in a state of its span."""
    standing = engine.standing(ref, at)
    found = 0
    for case in standing.situation.family.cases:
        lifecycle = procedure.lifecycle(case.kind)
        for status in standing.of(case).clocks():
            if status.running:
                spanned = span(lifecycle.clocks[status.clock.name], lifecycle)
                assert case.state in spanned.states, (procedure.id, case.kind, case.state, status.clock.name)
                assert not status.paused_since or case.state in spanned.paused
                found += 1
    return found


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name)
def test_a_clock_of_a_rehearsed_case_runs_only_where_the_picture_says(file: Path) -> None:
    tests, problems = check_rehearsals([file])
    assert not problems
    (test,) = tests.values()
    stores: list[MemoryStore] = []

    def new_store() -> MemoryStore:
        stores.append(MemoryStore())
        return stores[-1]

    rehearse(test, READER, new_store)
    assert stores
    found = sum(check_store(store) for store in stores[:40])
    assert found or not any(clock for clock in test.procedure.case.clocks.values())


def check_store(store: MemoryStore) -> int:
    """Every case of a store, at the instant of each of its events."""
    engine = Engine(store, READER, office=OFFICE)
    found = 0
    for item in engine.cases():
        if item.case.parent is None:
            model = engine.procedure(item.case.procedure, item.case.version)
            for at in sorted({entry.event.effective_at for entry in engine.history(item.case.id)}):
                found += check_running(engine, item.case.id, model, at)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_clock_of_a_random_case_runs_only_where_the_picture_says(reader: YamlReader, seed: int) -> None:
    office = RandomOffice(reader, ROSTER, seed, without=())
    office.without = ()
    model = office.engine.procedure("online_opinion")
    case = office.open()
    found = 0
    for _ in range(40):
        office.wander(case, 1)
        found += check_running(office.engine, case, model, office.now)
    assert found
