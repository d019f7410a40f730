"""The ledger of a clock: when it started, stopped and was extended, read off what happened to its case.

Only effective times count, never the order in which things were entered: a late or corrected entry gives the ledger
that a prompt one would have given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from ..history import Case, Mark
from ..model import OPENED, Clock, Extension


@dataclass(frozen=True, slots=True)
class Start:
    """When a run of a clock began, in UTC, and the field or action (or ``opened``) that began it."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Grant:
    """An extension granted: when it was asked for, when it was granted and by whom. UTC."""

    asked_at: datetime
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The effective facts of a clock's present run. All instants in UTC.

    Args:
        stopped_at: the first stop that no later action undid.
        ended_at: when the case ended without a stop.
        grants: extensions of this run.
        asked_at: an extension that was asked for and is not decided.
        round: number of restarts and extensions so far, in all runs.
    """

    start: Start
    stopped_at: datetime | None = None
    ended_at: datetime | None = None
    grants: tuple[Grant, ...] = ()
    asked_at: datetime | None = None
    round: int = 0


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the clock: what happened from one start (None: from the beginning) to before the next."""

    since: datetime | None
    before: datetime | None

    def marks(self, case: Case, actions: Iterable[str]) -> list[Mark]:
        """What was done of ``actions`` in this run, in effective order."""
        done = [mark for action in actions if action in case.marks for mark in case.marks[action]]
        return sorted((mark for mark in done if self._holds(mark.at)), key=lambda mark: mark.at) if done else done

    def _holds(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.before is None or at < self.before)


def read_ledger(clock: Clock, case: Case) -> Ledger | None:
    """Return the effective facts of ``clock`` in ``case``; None when it has not started."""
    starts = _starts(clock, case)
    if not starts:
        return None
    runs = _runs(starts)
    decided = [_decisions(clock.extension, case, run) for run in runs]
    grants, asked_at = decided[-1]
    stopped_at = _stop(clock, case, runs[-1])
    return Ledger(
        start=starts[-1],
        stopped_at=stopped_at,
        ended_at=case.closed_at if stopped_at is None else None,
        grants=grants,
        asked_at=asked_at,
        round=len(runs) - 1 + sum(len(granted) for granted, _ in decided),
    )


def _starts(clock: Clock, case: Case) -> list[Start]:
    """The first start and every restart after it; a restart begins a clock that had no start."""
    first = next((Start(at, name) for name in clock.starts if (at := _known(name, case))), None)
    restarts = sorted(
        (Start(mark.at, name) for name in clock.restarts for mark in case.marks.get(name, ())),
        key=lambda start: (start.at, start.by),
    )
    return [first, *(again for again in restarts if again.at > first.at)] if first else restarts


def _known(name: str, case: Case) -> datetime | None:
    if name == OPENED:
        return case.opened_at
    if value := case.data.get(name):
        return read_instant(value)
    return min((mark.at for mark in case.marks.get(name, ())), default=None)


def read_instant(value: str) -> datetime:
    """Return the instant, in UTC, that a field holds as ISO 8601. Raises ValueError when it names no zone."""
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError(f"expected an instant with its offset, such as 2026-11-16T01:00:00+00:00, got: {value!r}")
    return instant.astimezone(UTC)


def _runs(starts: Sequence[Start]) -> list[_Run]:
    """One run for each start. What happened before the first start still counts: it was done in advance."""
    bounds = [None, *(start.at for start in starts[1:]), None]
    return [_Run(since, before) for since, before in pairwise(bounds)]


def _stop(clock: Clock, case: Case, run: _Run) -> datetime | None:
    """The first stop that holds. At one instant, stops and the actions that undo them are taken in turn."""
    stops = [mark.at for mark in run.marks(case, clock.stops)]
    if not stops:
        return None
    undone = [mark.at for mark in run.marks(case, clock.runs_on)]
    stopped: datetime | None = None
    for at in sorted({*stops, *undone}):
        balance = (stopped is not None) + stops.count(at) - undone.count(at)
        if balance < 1:
            stopped = None
        elif stopped is None or at in undone:
            stopped = at
    return stopped


def _decisions(extension: Extension | None, case: Case, run: _Run) -> tuple[tuple[Grant, ...], datetime | None]:
    """The extensions granted in a run, at most as many as the rule allows, and the ask that is still open."""
    if extension is None:
        return (), None
    grants: list[Grant] = []
    asked_at: datetime | None = None
    for action, mark in _in_turn(extension, case, run):
        if action == extension.ask:
            asked_at = asked_at or mark.at
        elif action == extension.refuse:
            asked_at = None
        elif asked_at and len(grants) < extension.times:
            grants.append(Grant(asked_at, mark.at, mark.actor))
            asked_at = None
    return tuple(grants), asked_at


def _in_turn(extension: Extension, case: Case, run: _Run) -> Iterable[tuple[str, Mark]]:
    """Asks and decisions in effective order; at one instant the ask comes first, then the grant, then the refusal."""
    order = [action for action in (extension.ask, extension.grant, extension.refuse) if action]
    found = [(action, mark) for action in order for mark in run.marks(case, (action,))]
    return sorted(found, key=lambda entry: (entry[1].at, order.index(entry[0]), entry[1].actor))
