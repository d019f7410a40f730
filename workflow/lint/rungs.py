"""Rungs on every date: one that falls before its clock has started, or after its limit has run out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..calendars import Calendar
from ..checks.places import Path, lifecycles
from ..errors import Problem
from ..messages import say, spoken_due
from ..model import Clock, Lifecycle, Procedure, Rung, Side
from .alternatives import spoken_limit
from .dates import Course, Dues, Other, courses, every_date, rung_at

MOSTLY = 0.75
"""The share of dates from which a marking excuses nothing: a rung that nearly always comes at the start is useless."""


@dataclass
class Tally:
    """On how many dates something is so, out of how many, and the first time that it is."""

    first: Dues | None = None
    so: int = 0
    of: int = 0
    _last: date | None = None
    _last_so: date | None = None

    def add(self, dues: Dues, *, so: bool) -> None:
        """Count one start; several on one date count once."""
        self.of += dues.day != self._last
        self._last = dues.day
        if so:
            self.so += dues.day != self._last_so
            self._last_so = dues.day
            self.first = self.first or dues

    @property
    def mostly(self) -> bool:
        """Whether it is so nearly always."""
        return self.so >= MOSTLY * self.of

    @property
    def numbers(self) -> dict[str, object]:
        """What a sentence tells of it; asked only where something was found."""
        assert self.first is not None, "only what was found is told"
        return {"so": self.so, "of": self.of, "first": self.first.day}


def lint_rungs(procedure: Procedure, calendars: Mapping[str, Calendar]) -> Iterator[Problem]:
    """Yield rungs that fall before the start, or outside the limit, of a clock started on some date."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            calendar = calendars.get(clock.calendar or procedure.calendar)
            rungs = [rung for rung in clock.ladder if rung.offset and rung.side in (Side.BEFORE, Side.AFTER_START)]
            if calendar is None or not rungs:
                continue
            other = bound_of(procedure, lifecycle, clock, calendars)
            told: set[Path] = set()
            for _, course in courses(clock):
                for problem in _course((*path, "clocks", clock.name), clock, course, rungs, calendar, other):
                    if problem.path not in told:
                        told.add(problem.path)
                        yield problem


def bound_of(
    procedure: Procedure, lifecycle: Lifecycle, clock: Clock, calendars: Mapping[str, Calendar]
) -> Other | None:
    """Return how the clock within which another stands is counted; None where that is not fixed."""
    within = clock.within
    if within is None:
        return None
    others = procedure.case.clocks if within.of_case else lifecycle.clocks
    other = others.get(within.clock)
    calendar = calendars.get((other.calendar if other else None) or procedure.calendar)
    found = [course for _, course in courses(other)] if other else []
    return (found[-1], within, calendar) if found and calendar else None


def _course(
    path: Path,
    clock: Clock,
    course: Course,
    rungs: Sequence[Rung],
    calendar: Calendar,
    other: Other | None,
) -> Iterator[Problem]:
    tallies = {index: Tally() for index in range(len(rungs))}
    for dues in every_date(course, calendar, other=other, rungs=rungs):
        for index, rung in enumerate(rungs):
            at = rung_at(rung, dues, calendar)
            if at is not None:
                late = rung.side is Side.AFTER_START
                tallies[index].add(dues, so=at > dues.adopted if late else at < dues.start)
    for index, rung in enumerate(rungs):
        tally = tallies[index]
        if tally.first is None or (rung.at_once and rung.side is Side.BEFORE and not tally.mostly):
            continue
        told = _late if rung.side is Side.AFTER_START else _early
        yield told((*path, "ladder", f"{rung.offset} {rung.side}"), clock, course, rung, tally, calendar)


def _early(path: Path, clock: Clock, course: Course, rung: Rung, tally: Tally, calendar: Calendar) -> Problem:
    dues = tally.first
    assert dues is not None, "only what was found is told"
    at = rung_at(rung, dues, calendar)
    assert at is not None, "it was found where it falls inside the calendar"
    return Problem(
        "rung-before-start",
        path,
        say(
            "{clock} ({limit}) started on {start} is to be met by {due}: {rung} would be {at}, before the start, so "
            "{action} comes at once; so it is on {so} of {of} dates, {first} being the first",
            clock=clock.name,
            limit=spoken_limit(course.limit),
            start=spoken_due(calendar.local(dues.start)),
            due=spoken_due(calendar.local(dues.by(rung))),
            rung=f"{rung.offset} {rung.side}",
            at=calendar.local(at).strftime("%Y-%m-%d %H:%M"),
            action=rung.action,
            **tally.numbers,
        ),
        on_key=True,
        warning=True,
        hint=say("Write a shorter length, or, if at once is meant, {{do: {action}, at_once: true}}", action=rung.action)
        if not tally.mostly
        else say("Write a shorter length: nearly every time there is no such day before the due."),
    )


def _late(path: Path, clock: Clock, course: Course, rung: Rung, tally: Tally, calendar: Calendar) -> Problem:
    dues = tally.first
    assert dues is not None, "only what was found is told"
    at = rung_at(rung, dues, calendar)
    assert at is not None, "it was found where it falls inside the calendar"
    return Problem(
        "rung-after-limit",
        path,
        say(
            "{clock} ({limit}) started on {start} is due {due}: {rung} is {at}, after that; so it is on {so} of {of} "
            "dates, {first} being the first",
            clock=clock.name,
            limit=spoken_limit(course.limit),
            start=spoken_due(calendar.local(dues.start)),
            due=spoken_due(calendar.local(dues.adopted)),
            rung=f"{rung.offset} {rung.side}",
            at=spoken_due(calendar.local(at)),
            **tally.numbers,
        ),
        on_key=True,
        warning=True,
        hint=say("Write a shorter length, or place it by the due: before, due or after."),
    )
