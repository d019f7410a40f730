"""A worker: delivers what falls due, again and again, until it is told to stop.

Any number of workers may run on one database. They share the work by what they can lock (see `Transaction.timers`), so
a rung has one effect however many there are and whenever one is killed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import CaseclockError, Conflict, StorageFailed
from .engine import Engine
from .views import TickReport

LONGEST = 60.0
"""Seconds that a worker waits at most for a database that has gone away to come back."""

SOON = 1.0
"""Seconds after which a worker tries a case again that somebody was writing in."""


@dataclass(slots=True)
class Worker:
    """Works through what falls due in one office.

    Args:
        engine: the office's.
        now: gives the present instant.
        wait: waits for this many seconds, less when the worker is to stop, and returns whether it is.
        stopping: tells whether the worker is to stop; asked between two transactions.
        report: is given what a round has delivered, and which cases have begun to fail, if there are any.
        post: sends the letters that are due.
        trouble: is given an error that kept a round from being finished, once until a round succeeds.
        every: seconds after which it looks again although nothing is due, for what others have recorded meanwhile.
    """

    engine: Engine
    now: Callable[[], datetime]
    wait: Callable[[float], bool]
    stopping: Callable[[], bool]
    report: Callable[[TickReport], None]
    trouble: Callable[[CaseclockError], object]
    post: Callable[[], object] = lambda: None
    every: float = 30.0
    _failed: frozenset[str] = frozenset()
    _in_trouble: bool = False
    _pause: float = 1.0

    def run(self) -> None:
        """Work until told to stop; the transaction in hand is finished first."""
        while not self.stopping():
            try:
                pause = self._round()
            except (StorageFailed, Conflict) as error:
                pause = self._after(error)
            if self.wait(pause):
                return

    def _round(self) -> float:
        """Deliver what is due, and return for how many seconds there is nothing to do."""
        begun = self.now()
        done = self.engine.tick(stop=self.stopping)
        news = TickReport(done.delivered, {case: why for case, why in done.failed.items() if case not in self._failed})
        if news.delivered or news.failed:
            self.report(news)
        self._failed, self._in_trouble, self._pause = frozenset(done.failed), False, 1.0
        self.post()
        return min(self._until_next(begun), self._until_passed_over(begun))

    def _until_next(self, begun: datetime) -> float:
        """How many seconds nothing will be due that was not due when the round began."""
        coming = self.engine.next_rung(begun + datetime.resolution)
        return min(self.every, max(0.0, (coming - self.now()) / timedelta(seconds=1))) if coming else self.every

    def _until_passed_over(self, begun: datetime) -> float:
        """What somebody was writing in is tried again soon; what failed is not hurried after."""
        left = None if self._failed else self.engine.next_rung()
        return min(self.every, SOON) if left and left < begun else self.every

    def _after(self, error: CaseclockError) -> float:
        if not self._in_trouble:
            self.trouble(error)
        self._in_trouble = True
        self._pause = min(2 * self._pause, LONGEST)
        return self._pause
