"""Rungs on every date: one that falls before its clock has started, or after its limit has run out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..calendars import Calendar
from ..checks.places import Path, lifecycles
from ..errors import Problem
from ..messages import Message, say, spoken_due
from ..model import Clock, Lifecycle, Procedure, Rung, Side
from .alternatives import spoken_limit
from .dates import Course, Dues, courses, every_date, rung_at

MOSTLY = 0.75
"""The share of dates from which a marking excuses nothing: a rung that nearly always falls at the start says nothing."""


@dataclass
class Tally:
    """How often something is so, out of how many, and the first time that it is."""

    first: Dues | None = None
    so: int = 0
    of: int = 0
    days: set[object] = field(default_factory=set)

    def add(self, dues: Dues, *, so: bool) -> None:
        """Count one start."""
        self.of += 1
        if so:
            self.so += 1
            self.first = self.first or dues

    @property
    def mostly(self) -> bool:
        """Whether it is so nearly always."""
        return self.so >= MOSTLY * self.of


def lint_rungs(procedure: Procedure, calendars: Mapping[str, Calendar]) -> Iterator[Problem]:
    """Yield rungs that fall before the start, or outside the limit, of a clock started on some date."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            calendar = calendars.get(clock.calendar or procedure.calendar)
            rungs = [rung for rung in clock.ladder if rung.offset and rung.side in (Side.BEFORE, Side.AFTER_START)]
            if calendar is None or not rungs:
                continue
            for _, course in courses(clock):
                other = bound_of(procedure, lifecycle, clock, calendars)
                yield from _course((*path, "clocks", clock.name), clock, course, rungs, calendar, other)


def bound_of(
    procedure: Procedure, lifecycle: Lifecycle, clock: Clock, calendars: Mapping[str, Calendar]
) -> tuple[Course, object, Calendar] | None:
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
    other: tuple[Course, object, Calendar] | None,
) -> Iterator[Problem]:
    tallies = {index: Tally() for index in range(len(rungs))}
    for dues in every_date(course, calendar, other=other, rungs=rungs):  # type: ignore[arg-type]
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
            "{clock} ({limit}) started on {start} is due {due}: {rung} would be {at}, before the start, so {action} comes "
            "at once; so it is for {so} of {of} starts tried, {first} being the first date",
            clock=clock.name,
            limit=spoken_limit(course.limit),
            start=spoken_due(calendar.local(dues.start)),
            due=spoken_due(calendar.local(dues.by(rung))),
            rung=f"{rung.offset} {rung.side}",
            at=calendar.local(at).strftime("%Y-%m-%d %H:%M"),
            action=rung.action,
            **_numbers(tally, calendar),
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
            "{clock} ({limit}) started on {start} is due {due}: {rung} is {at}, after that; so it is for {so} of {of} "
            "starts tried, {first} being the first date",
            clock=clock.name,
            limit=spoken_limit(course.limit),
            start=spoken_due(calendar.local(dues.start)),
            due=spoken_due(calendar.local(dues.adopted)),
            rung=f"{rung.offset} {rung.side}",
            at=spoken_due(calendar.local(at)),
            **_numbers(tally, calendar),
        ),
        on_key=True,
        warning=True,
        hint=say("Write a shorter length, or place it by the due: before, due or after."),
    )


def _numbers(tally: Tally, calendar: Calendar) -> dict[str, object]:
    assert tally.first is not None, "only what was found is told"
    return {"so": tally.so, "of": tally.of, "first": calendar.to_date(tally.first.came)}


def spoken_numbers(tally: Tally) -> Message:
    """Return how often something is so."""
    return say("{so} of {of}", so=tally.so, of=tally.of)
