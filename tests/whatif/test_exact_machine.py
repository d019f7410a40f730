"""Whatever the machine of the engine's own tests does, its histories come out again: keys, pauses, erasing, ticks."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from caseclock.storage import MemoryStore
from caseclock.workflow.whatif.comparing import check

from ..conftest import RememberingReader
from ..engine.test_state_machine import Offices

READER = RememberingReader()


class ReplayedOffices(Offices):
    """The same offices; at the end, each is replayed."""

    make_store = staticmethod(MemoryStore)
    reader = READER

    def teardown(self) -> None:
        found = check(self.engine.replay(MemoryStore))
        assert [it.message.text() for it in found.differing] == []
        assert [it.why.text() for it in found.refused] == []


def test_histories_of_the_state_machine_come_out_as_recorded() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        ReplayedOffices,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
