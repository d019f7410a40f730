"""Every case that the shipped test files play comes out again as it was recorded: expiries, pauses, extensions, all."""

from __future__ import annotations

from pathlib import Path

import pytest

import caseclock.definitions as definitions
from caseclock.definitions.rehearsals.reader import check_rehearsals
from caseclock.storage import MemoryStore
from caseclock.workflow import Engine
from caseclock.workflow.rehearsal.rehearsing import OFFICE, rehearse
from caseclock.workflow.whatif.comparing import check

from ..conftest import RememberingReader

READER = RememberingReader()
FILES = sorted(Path(str(definitions.__path__[0])).glob("*.test.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_scenes_of_a_shipped_test_come_out_as_recorded(file: Path) -> None:
    stores: list[MemoryStore] = []

    def new_store() -> MemoryStore:
        stores.append(MemoryStore())
        return stores[-1]

    tests, problems = check_rehearsals([file])
    assert not problems
    for test in tests.values():
        rehearse(test, READER, new_store)
    events = 0
    for store in stores:
        found = check(Engine(store, READER, office=OFFICE).replay(MemoryStore))
        assert [it.message.text() for it in found.differing] == []
        assert [it.why.text() for it in found.refused] == []
        events += found.events
    assert events > 0
