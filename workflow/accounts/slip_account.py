"""One slip of one unit: its own clock, whose turn it was, returns, explanations and lateness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from ..clocks import ClockStatus
from ..clocks.ledger import known
from ..engine import Situation
from ..history import Case
from ..model import Clock, Effect, Lifecycle, Strictness
from .timeline import NOTHING, Span, total

Decision = Literal["accepted", "refused", "open"]
Course = Literal["not_started", "running", "overdue", "met", "late", "ended", "not_counted"]


@dataclass(frozen=True, slots=True)
class SlipWords:
    """What the slips of a procedure are called and what is done on them, by the names that the procedure declares.

    Args:
        kind: the kind of subcase.
        clock: the unit's own clock, by which it is judged.
        returned, return_accepted, return_refused: the actions of a return, and ``return_clock``, within which it must
            be asked for not to count against the unit.
        sent_back, received, explained, urged, supervised, named: the actions of that kind.
        received_by: the clock by whose due a slip must have been received to be received in time.
    """

    kind: str
    clock: str | None = None
    returned: tuple[str, ...] = ()
    return_accepted: tuple[str, ...] = ()
    return_refused: tuple[str, ...] = ()
    return_clock: str | None = None
    received: tuple[str, ...] = ()
    received_by: str | None = None
    sent_back: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    urged: tuple[str, ...] = ()
    supervised: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def main_clock(lifecycle: Lifecycle) -> str | None:
    """Return the clock by which a lifecycle is judged where nothing else is said: the first statutory one."""
    return next((name for name, clock in lifecycle.clocks.items() if clock.effect is Effect.STATUTORY), None)


@dataclass(frozen=True, slots=True)
class Return:
    """That a unit asked to return a slip, and what became of it. ``in_time``: within the time for returning."""

    asked_at: datetime
    in_time: bool
    decision: Decision
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SlipAccount:
    """One slip of one unit, as of a cut-off. All instants in UTC.

    Args:
        status: the unit's own clock; None where it has not started.
        turn: when it was the unit's turn: from the start of its clock to its reply, and again after it was sent back.
        still: when the unit's own time stood still.
        returns: in order.
        received_at: when the unit signed for it. ``received_due``: by when it should have.
        explained, urged, supervised, sent_back, named: when that was done.
        at: the cut-off.
    """

    case: Case
    status: ClockStatus | None
    at: datetime
    turn: tuple[Span, ...] = ()
    still: tuple[Span, ...] = ()
    returns: tuple[Return, ...] = ()
    received_at: datetime | None = None
    received_due: datetime | None = None
    explained: tuple[datetime, ...] = ()
    urged: tuple[datetime, ...] = ()
    supervised: tuple[datetime, ...] = ()
    sent_back: tuple[datetime, ...] = ()
    named: tuple[datetime, ...] = ()

    @property
    def unit(self) -> str:
        """The unit that holds it."""
        return self.case.unit or ""

    @property
    def counts(self) -> bool:
        """Whether it counts for the unit: not when it was the wrong unit's and was returned in time."""
        return not any(one.decision == "accepted" and one.in_time for one in self.returns)

    @property
    def own(self) -> timedelta:
        """How long it was the unit's turn in all, less the time in which its own clock stood still."""
        return total(self.turn) - total(part.within(turn) for part in self.still for turn in self.turn)

    @property
    def course(self) -> Course:
        """Where the unit's own clock stands at the cut-off, by the adopted reading."""
        if not self.counts:
            return "not_counted"
        if self.status is None:
            return "not_started"
        if self.status.stopped_at is not None:
            return "late" if self.status.late else "met"
        if self.status.over_at is not None:
            # A slip that was open past its due when its case ended was late all the same.
            return "late" if self.status.over_at > self.status.due_at else "ended"
        return "overdue" if self.status.overdue(self.at) else "running"

    @property
    def late_by(self) -> timedelta:
        """How long after its due it was answered, or is open at the cut-off; nothing for what is not late."""
        if self.status is None or self.course not in ("late", "overdue"):
            return NOTHING
        return (self.status.over_at or self.at) - self.status.due_at

    @property
    def unanswered(self) -> bool:
        """Past the limit by the latest reading, neither answered nor explained: 三.7 "既未作答复，又未作说明"."""
        return (
            self.counts
            and self.status is not None
            and self.status.overdue(self.at, Strictness.LENIENT)
            and not self.explained
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    """A slip while it is read."""

    situation: Situation
    words: SlipWords
    bounds: Span
    _dues: dict[str, datetime | None] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        return self.situation.case

    def when(self, actions: Sequence[str]) -> tuple[datetime, ...]:
        return tuple(sorted(mark.at for action in actions for mark in self.case.marks.get(action, ())))

    def due(self, clock: str | None) -> datetime | None:
        if clock is None:
            return None
        if clock not in self._dues:
            status = self.situation.clock(clock)
            self._dues[clock] = status.due_at if status else None
        return self._dues[clock]


def slip_account(situation: Situation, words: SlipWords, bounds: Span) -> SlipAccount:
    """Return the account of the slip that the situation is about.

    Args:
        bounds: the time of the case that is accounted for.
    """
    read = _Reading(situation, words, bounds)
    name = words.clock or main_clock(situation.deployed.lifecycle(situation.case))
    clock = situation.deployed.clock(situation.case, name) if name else None
    status = situation.clock(name) if name else None
    turn = tuple(span for span in _turn(read, clock, status) if span.length)
    return SlipAccount(
        case=situation.case,
        status=status,
        at=situation.at,
        turn=turn,
        still=tuple(pauses_of(situation, name, bounds)) if name else (),
        returns=tuple(_returns(read)),
        received_at=next(iter(read.when(words.received)), None),
        received_due=read.due(words.received_by),
        explained=read.when(words.explained),
        urged=read.when(words.urged),
        supervised=read.when(words.supervised),
        sent_back=read.when(words.sent_back),
        named=read.when(words.named),
    )


def _turn(read: _Reading, clock: Clock | None, status: ClockStatus | None) -> Iterator[Span]:
    """The spans in which the unit's clock had started and was not stopped, as the clock's own rules say."""
    ends = read.case.closed_at or read.bounds.ends
    if clock is None:
        yield Span(read.case.opened_at, ends).within(read.bounds)
        return
    begun = _began(read, clock) or (status.started_at if status else None)
    for at, runs in _switches(read, clock):
        if not runs and begun is not None:
            yield Span(begun, min(at, ends)).within(read.bounds)
            begun = None
        elif runs and begun is None:
            begun = at
    if begun is not None:
        yield Span(begun, ends).within(read.bounds)


def _began(read: _Reading, clock: Clock) -> datetime | None:
    calendar = read.situation.deployed.calendar_of(clock)
    starts = (known(name, read.case, calendar) for name in clock.starts if name not in clock.all_of)
    return next((at for at in starts if at is not None), None)


def _switches(read: _Reading, clock: Clock) -> list[tuple[datetime, bool]]:
    """When the clock was stopped (False) and set running again (True), in effective order."""
    marks = read.case.marks
    found = [(mark.at, mark.seq, False) for name in clock.stops for mark in marks.get(name, ())]
    again = (*clock.runs_on, *clock.restarts)
    found += [(mark.at, mark.seq, True) for name in again for mark in marks.get(name, ())]
    return [(at, runs) for at, _, runs in sorted(found)]


def _returns(read: _Reading) -> Iterator[Return]:
    """Each return with the first decision that was made on it after it was asked for."""
    words, due = read.words, read.due(read.words.return_clock)
    decided = [(at, "accepted") for at in read.when(words.return_accepted)]
    decided += [(at, "refused") for at in read.when(words.return_refused)]
    for asked in read.when(words.returned):
        decision = min(((at, what) for at, what in decided if at >= asked), default=None)
        in_time = due is None or asked <= due
        if decision is None:
            yield Return(asked, in_time, "open")
        else:
            yield Return(asked, in_time, "accepted" if decision[1] == "accepted" else "refused", decision[0])


def pauses_of(situation: Situation, name: str, bounds: Span) -> Iterator[Span]:
    """Yield when a clock of the situation's case stood still, in every run of it, cut to ``bounds``.

    A run ends where the next begins; the pauses of an earlier one are those that it had before that.
    """
    clock = situation.deployed.clock(situation.case, name)
    if not clock.pauses:
        return
    case = situation.case
    begun = sorted({mark.at for action in clock.restarts for mark in case.marks.get(action, ())})
    for ends in (*begun, None):
        earlier = replace(situation, case=_before_restart(case, clock, ends) if ends else case)
        status = earlier.clock(name)
        limit = min(at for at in (ends, status.over_at if status else None, bounds.ends) if at is not None)
        for pause in status.pauses if status else ():
            yield Span(pause.begins, limit if pause.open else min(pause.ends, limit)).within(bounds)


def _before_restart(case: Case, clock: Clock, before: datetime) -> Case:
    """The case without the restarts of a clock at or after an instant."""
    kept = {
        name: tuple(mark for mark in marks if name not in clock.restarts or mark.at < before)
        for name, marks in case.marks.items()
    }
    return replace(case, marks=kept)
