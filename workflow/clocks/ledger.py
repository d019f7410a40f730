"""The ledger of a clock: when it started, stopped, paused and was extended, read off what happened to its case.

Only effective times count, never the order in which things were entered: a late or corrected entry gives the ledger
that a prompt one would have given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from ..calendars import Calendar
from ..history import Case, Mark, Relation
from ..messages import Text
from ..model import MIGRATED, OPENED, SYSTEM, Clock, Extension, Pause


@dataclass(frozen=True, slots=True)
class Start:
    """When a run of a clock began, in UTC, and the field or action (or ``opened``) that began it.

    Args:
        by_system: the system began it, at the end of a limit.
        case: the number of the other case from which it was taken over; empty for its own start.
    """

    at: datetime
    by: str
    by_system: bool = False
    case: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """An extension granted: when it was asked for, when it was granted and by whom, and the values given with it. UTC.

    Where nobody needs to ask, it was asked for when it was granted. ``which``: the extension's position in its clock.
    """

    asked_at: datetime
    at: datetime
    actor: Text | str
    given: Mapping[str, Any] = field(default_factory=dict)
    which: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when a pause lasted (None: it has not ended), what began it, and who began and ended it. UTC."""

    rule: Pause
    begins: datetime
    ends: datetime | None
    by: str
    actor: str
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The effective facts of a clock's present run. All instants in UTC.

    Args:
        stopped_at: the first stop that no later action undid.
        ended_at: when the case ended without a stop.
        expired_at: when the limit ran out and the system did what the clock's ``expires`` says.
        grants: extensions of this run, in effective order.
        asked: for each extension of the clock: when it was asked for, where that is not decided.
        pauses: in order of their beginning.
        round: number of restarts and extensions so far, and of pauses in the runs before this one.
        ends_by: when it ends at the latest, since a case was merged or split, and the number of that other case.
    """

    start: Start
    stopped_at: datetime | None = None
    ended_at: datetime | None = None
    expired_at: datetime | None = None
    grants: tuple[Grant, ...] = ()
    asked: tuple[datetime | None, ...] = ()
    pauses: tuple[Stretch, ...] = ()
    round: int = 0
    ends_by: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the clock: what happened from one start (None: from the beginning) to before the next."""

    since: datetime | None
    before: datetime | None

    def marks(self, case: Case, actions: Iterable[str]) -> list[Mark]:
        """What was done of ``actions`` in this run, in effective order."""
        done = [mark for action in actions if action in case.marks for mark in case.marks[action]]
        return sorted((mark for mark in done if self.holds(mark.at)), key=lambda mark: mark.at) if done else done

    def holds(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.before is None or at < self.before)


def read_ledger(
    clock: Clock,
    case: Case,
    calendar: Calendar,
    latest_start: datetime | None = None,
    deemed: Callable[[Start], datetime] = lambda start: start.at,
) -> Ledger | None:
    """Return the effective facts of ``clock`` in ``case``; None when it has not started.

    Args:
        calendar: in whose zone a field that holds only a date begins.
        latest_start: the instant at which it starts at the latest, where it is known.
        deemed: says when what starts it counts as received, to be compared with that.
    """
    own = _starts(clock, case, calendar, latest_start, deemed)
    taken = [start for relation in case.relations if (start := _taken_over(clock, relation))]
    starts = own or taken[:1]
    if not starts:
        return None
    starts = _carried(starts, clock, case)
    runs = _runs(starts)
    # What was taken over holds for the run in which that was done; a later restart begins a run of its own.
    held = [relation for relation in case.relations if runs[-1].holds(relation.at)]
    earlier = [start for relation in held if (start := _taken_over(clock, relation))]
    decided = [[_decisions(which, rule, case, run) for run in runs] for which, rule in enumerate(clock.extensions)]
    grants = [grant for rule, by_run in zip(clock.extensions, decided, strict=True) for grant in _held(rule, by_run)]
    stopped_at = _stop(clock, case, runs[-1])
    expired_at = _expiry(clock, case, runs[-1]) if stopped_at is None else None
    return Ledger(
        start=min((starts[-1], *earlier), key=lambda start: start.at),
        stopped_at=stopped_at,
        ended_at=case.closed_at if stopped_at is None and expired_at is None else None,
        expired_at=expired_at,
        grants=tuple(sorted(grants, key=lambda grant: grant.at)),
        asked=tuple(by_run[-1][1] for by_run in decided),
        pauses=tuple(_pauses(clock, case, calendar, runs[-1])) if clock.pauses else (),
        round=len(runs)
        - 1
        + sum(len(granted) for by_run in decided for granted, _ in by_run)
        + _paused_before(clock, case, calendar, runs[:-1]),
        ends_by=_ends_by(clock, held, grants),
    )


def _taken_over(clock: Clock, relation: Relation) -> Start | None:
    """The start that a merged or split case brought for a clock, if it brought one."""
    told = relation.starts.get(clock.name)
    return Start(read_instant(told["at"]), told["by"], case=relation.number) if told else None


def _ends_by(clock: Clock, relations: Iterable[Relation], grants: Iterable[Grant]) -> tuple[datetime, str] | None:
    """When a clock ends at the latest because of other cases; an extension granted since holds for all of them."""
    last_grant = max((grant.at for grant in grants), default=None)
    found = [
        (read_instant(relation.dues[clock.name]), relation.number)
        for relation in relations
        if clock.name in relation.dues and not (last_grant and last_grant > relation.at)
    ]
    return min(found, default=None)


def _starts(
    clock: Clock, case: Case, calendar: Calendar, latest: datetime | None, deemed: Callable[[Start], datetime]
) -> list[Start]:
    """The first start and every restart after it; a restart begins a clock that had no start."""
    found = ((name, at) for name in clock.starts if (at := _start(name, clock, case, calendar)))
    first = next((Start(at, name, _by_system(name, at, case)) for name, at in found), None)
    if latest is not None and clock.latest_start and (first is None or latest < deemed(first)):
        first = Start(latest, clock.latest_start.after)
    restarts = sorted(
        (Start(mark.at, name, mark.actor == SYSTEM) for name in clock.restarts for mark in case.marks.get(name, ())),
        key=lambda start: (start.at, start.by),
    )
    return [first, *(again for again in restarts if again.at > first.at)] if first else restarts


def _carried(starts: list[Start], clock: Clock, case: Case) -> list[Start]:
    """The starts with that of a migration from which the clock runs anew, unless it turned out to be over by then."""
    told = case.carried.get(clock.name)
    if told is None or "at" not in told:
        return starts
    begun = Start(read_instant(told["at"]), MIGRATED)
    earlier = [start for start in starts if start.at <= begun.at]
    if not earlier or _stop(clock, case, _Run(earlier[-1].at if len(earlier) > 1 else None, begun.at)):
        return starts
    return [*earlier, begun, *(start for start in starts if start.at > begun.at)]


def _start(name: str, clock: Clock, case: Case, calendar: Calendar) -> datetime | None:
    """When what starts the clock happened; of several, the last, once all are known."""
    if name not in clock.all_of:
        return known(name, case, calendar)
    instants = [known(part, case, calendar) for part in clock.all_of[name]]
    return max((at for at in instants if at is not None), default=None) if None not in instants else None


def _by_system(name: str, at: datetime, case: Case) -> bool:
    return any(mark.at == at and mark.actor == SYSTEM for mark in case.marks.get(name, ()))


def known(name: str, case: Case, calendar: Calendar) -> datetime | None:
    """Return when ``opened``, a field's instant or date, or the first time an action was done, is; None while unknown.

    A date is its first instant in the calendar's zone.
    """
    if name == OPENED:
        return case.opened_at
    if value := case.data.get(name):
        return read_time(value, calendar)
    return min((mark.at for mark in case.marks.get(name, ())), default=None)


def read_time(value: str, calendar: Calendar) -> datetime:
    """Return the instant that a field holds, or the first instant of the day that it holds, in UTC."""
    return read_instant(value) if "T" in value else calendar.midnight_before(date.fromisoformat(value))


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


def _expiry(clock: Clock, case: Case, run: _Run) -> datetime | None:
    actions = [expiry.action for expiry in clock.expires]
    return next((mark.at for mark in run.marks(case, actions)), None) if actions else None


def _pauses(clock: Clock, case: Case, calendar: Calendar, run: _Run) -> Iterable[Stretch]:
    """The pauses of a run, in order of their beginning; of each rule as many as it allows."""
    found = []
    for rule in clock.pauses:
        given = any(name in case.data for name in (*rule.begins, *rule.ends))
        stretches = _given_stretches(rule, case, calendar, run) if given else _stretches(rule, case, run)
        found += stretches[: rule.times]
    return sorted(found, key=lambda stretch: (stretch.begins, stretch.by))


def _paused_before(clock: Clock, case: Case, calendar: Calendar, runs: Sequence[_Run]) -> int:
    """How many pauses the earlier runs had, so that no round of the ladder is used twice."""
    return sum(len(list(_pauses(clock, case, calendar, run))) for run in runs) if clock.pauses else 0


def _given_stretches(rule: Pause, case: Case, calendar: Calendar, run: _Run) -> list[Stretch]:
    """The stretches of a rule some of whose instants stand in fields.

    A field keeps only its last value, so each stretch is read off the deed that gave it. A deed that gives the same
    beginning again corrects the stretch, and one that gives only an end ends the last that has begun by then.
    """
    found: dict[datetime, Stretch] = {}
    for name, mark in _deeds(case):
        begins = _told(rule.begins, name, mark, calendar)
        ends = _told(rule.ends, name, mark, calendar)
        if begins is not None:
            known_end = found[begins].ends if begins in found else None
            found[begins] = Stretch(rule, begins, ends or known_end, name, mark.actor)
        elif ends is not None and (open_before := [at for at in found if at <= ends]):
            last = max(open_before)
            found[last] = replace(found[last], ends=ends, ended_by=mark.actor)
    return [found[at] for at in sorted(found) if run.holds(at)]


def _deeds(case: Case) -> Iterable[tuple[str, Mark]]:
    """Every deed of a case, in order of recording; what its fields hold, where no deed tells who gave it."""
    deeds = [(name, mark) for name, marks in case.marks.items() for mark in marks]
    told = {name for _, mark in deeds for name in mark.given}
    rest = {name: value for name, value in case.data.items() if name not in told}
    return [("", Mark(case.opened_at, "", given=rest)), *sorted(deeds, key=lambda deed: (deed[1].seq, deed[1].at))]


def _told(names: Iterable[str], deed: str, mark: Mark, calendar: Calendar) -> datetime | None:
    """The instant that a deed itself is, or that it gives in a field; None where it is none of ``names``."""
    for name in names:
        if name == deed:
            return mark.at
        if value := mark.given.get(name):
            return read_time(value, calendar)
    return None


def _stretches(rule: Pause, case: Case, run: _Run) -> list[Stretch]:
    """The stretches of a rule of actions. At one instant a pause that is open ends before the next begins."""
    stretches: list[Stretch] = []
    opened: tuple[datetime, str, str] | None = None
    turns = [(at, False, name, actor) for at, name, actor in _happened(rule.begins, case, run)]
    turns += [(at, True, name, actor) for at, name, actor in _happened(rule.ends, case, run)]
    for at in sorted({turn[0] for turn in turns}):
        here = sorted((turn for turn in turns if turn[0] == at), key=lambda turn: turn[1] is (opened is None))
        for _, ends, name, actor in here:
            if ends and opened:
                stretches.append(Stretch(rule, opened[0], at, *opened[1:], ended_by=actor))
                opened = None
            elif not ends and opened is None:
                opened = at, name, actor
    return [*stretches, Stretch(rule, opened[0], None, *opened[1:])] if opened else stretches


def _happened(names: Iterable[str], case: Case, run: _Run) -> Iterable[tuple[datetime, str, str]]:
    """When each of these actions was done, and by whom."""
    for name in names:
        for mark in run.marks(case, (name,)):
            yield mark.at, name, mark.actor


Decisions = tuple[tuple[Grant, ...], datetime | None]
"""The extensions granted in a run, and when one was asked for that is not decided."""


def _held(extension: Extension, by_run: Sequence[Decisions]) -> tuple[Grant, ...]:
    """The grants that count in the last run: its own, or those of every run."""
    if not extension.every_run:
        return by_run[-1][0]
    return tuple(grant for granted, _ in by_run for grant in granted)[: extension.times]


def _decisions(which: int, extension: Extension, case: Case, run: _Run) -> Decisions:
    """The extensions granted in a run, at most as many as the rule allows, and the ask that is still open."""
    grants: list[Grant] = []
    asked_at: datetime | None = None
    for action, mark in _in_turn(extension, case, run):
        if action == extension.ask:
            asked_at = asked_at or mark.at
        elif action == extension.refuse:
            asked_at = None
        elif len(grants) < extension.times and (asked_at or extension.ask is None):
            grants.append(Grant(asked_at or mark.at, mark.at, mark.actor, mark.given, which))
            asked_at = None
    return tuple(grants), asked_at


def _in_turn(extension: Extension, case: Case, run: _Run) -> Iterable[tuple[str, Mark]]:
    """Asks and decisions in effective order; at one instant the ask comes first, then the grant, then the refusal."""
    order = [action for action in (extension.ask, extension.grant, extension.refuse) if action]
    found = [(action, mark) for action in order for mark in run.marks(case, (action,))]
    return sorted(found, key=lambda entry: (entry[1].at, order.index(entry[0]), entry[1].actor))
