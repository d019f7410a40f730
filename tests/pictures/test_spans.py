"""The states that a picture says a clock runs in, against what runs in real cases."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

import pytest

import caseclock.definitions
from caseclock.definitions import YamlReader
from caseclock.definitions.rehearsals.reader import check_rehearsals
from caseclock.storage import MemoryStore
from caseclock.workflow import CaseclockError, Engine
from caseclock.workflow.model import Procedure
from caseclock.workflow.pictures.spans import span

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
    from caseclock.workflow.rehearsal.rehearsing import rehearse

    tests, problems = check_rehearsals([file])
    assert not problems
    (test,) = tests.values()
    stores: list[MemoryStore] = []

    def new_store() -> MemoryStore:
        stores.append(MemoryStore())
        return stores[-1]

    rehearse(test, YamlReader(), new_store)
    assert stores
    for store in stores[:40]:
        check_store(store)


def check_store(store: MemoryStore) -> None:
    """Every case of a store, at the instant of each of its events."""
    office = next(iter({event.office for event in _events(store)}), "")
    engine = Engine(store, YamlReader(), office=office)
    for item in engine.cases():
        if item.case.parent is None:
            model = engine.procedure(item.case.procedure, item.case.version)
            for at in sorted({entry.event.effective_at for entry in engine.history(item.case.id)}):
                check_running(engine, item.case.id, model, at)
