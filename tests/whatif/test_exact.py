"""Replayed under the definitions of its time, every history comes out exactly as it was recorded."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.storage import MemoryStore
from caseclock.workflow import Engine
from caseclock.workflow.whatif.comparing import differing

from ..accounts.random_office import RandomOffice
from ..conftest import ROSTER, RememberingReader

READER = RememberingReader()


def told(engine: Engine) -> list[str]:
    """Every difference between what an office recorded and what comes out again."""
    found = []
    for one in engine.replay(MemoryStore):
        found += [str(step.why) for step in one.refused]
        found += [it.message.text() for it in differing(one)]
    return found


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_a_random_office_comes_out_as_it_was_recorded(seed: int) -> None:
    office = RandomOffice(READER, ROSTER, seed)
    for case in [office.open(), office.open()]:
        office.wander(case, 25)
    assert told(office.engine) == []
