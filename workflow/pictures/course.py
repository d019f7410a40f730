"""What a picture shows of one case: the states it has been in, its numbered way, and how its clocks stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..clocks import ClockStatus
from ..engine import CaseView
from ..history import Event
from ..messages import Message, say, spoken_due
from ..model import SYSTEM
from .graph import Step, steps

Names = Callable[[str], object]
"""Says what people call an actor."""


@dataclass(frozen=True, slots=True)
class Course:
    """The way of a case, as far as it was known when it was asked for.

    Args:
        names: says what people call an actor.
    """

    view: CaseView
    steps: tuple[Step, ...]
    names: Names

    @property
    def here(self) -> str:
        """The state in which the case stands."""
        return self.view.case.state

    @property
    def visited(self) -> set[str]:
        """Every state it has been in, what was overtaken left out."""
        return {step.target for step in self.steps if not step.overtaken}

    def entries(self, state: str) -> tuple[Message, ...]:
        """Return when it came to a state, and by whom, for each time."""
        return tuple(
            say(
                "{number}. {at} {actor}",
                number=step.number,
                at=self._at(step.at),
                actor=say("the system") if step.actor == SYSTEM else self.names(step.actor),
            )
            for step in self.steps
            if step.target == state and not step.overtaken
        )

    def numbers(self, source: str, action: str, target: str) -> tuple[str, ...]:
        """Return the numbers of the steps taken by a move, in brackets those that were overtaken."""
        taken = [one for one in self.steps if (one.source, one.action, one.target) == (source, action, target)]
        return tuple(f"({one.number})" if one.overtaken else f"{one.number}." for one in taken)

    def overtaken(self, source: str, action: str, target: str) -> bool:
        """Return whether a move was taken, and every time overtaken."""
        taken = [one for one in self.steps if (one.source, one.action, one.target) == (source, action, target)]
        return bool(taken) and all(one.overtaken for one in taken)

    def overdue(self, clock: str) -> bool:
        """Return whether a clock is overdue at the asked time."""
        return any(found.overdue for found in self.view.clocks if found.status.clock.name == clock)

    def clock_lines(self, clock: str) -> tuple[Message, ...]:
        """Return how a clock of the case stands at the asked time: its start, its due, and what became of it."""
        found = next((one for one in self.view.clocks if one.status.clock.name == clock), None)
        if found is None:
            return (say("not started"),)
        status = found.status
        return (
            say("started {at}", at=self._at(status.started_at)),
            say("due {due}", due=spoken_due(status.due_at.astimezone(ZoneInfo(self.view.zone)))),
            *((say("extended {times} time(s)", times=len(status.grants)),) if status.grants else ()),
            say("overdue") if found.overdue else _standing(status),
        )

    def _at(self, instant: datetime) -> str:
        return instant.astimezone(ZoneInfo(self.view.zone)).strftime("%m-%d %H:%M")


def _standing(status: ClockStatus) -> Message:
    if status.stopped_at:
        return say("met") if status.met else say("late")
    if status.expired_at:
        return say("expired")
    if status.ended_at:
        return say("ended")
    return say("paused") if status.paused_since else say("running")


def course(view: CaseView, events: tuple[Event, ...], names: Names, as_of: datetime | None = None) -> Course:
    """Return the way of a case.

    Args:
        view: the case as of the asked time.
        events: the history of its family.
        as_of: leave out what was recorded later.
    """
    return Course(view, steps(events, view.case.id, as_of), names)
