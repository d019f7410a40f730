"""Clocks that cannot both be met: a unit's limit against the public one, on every date of the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..calendars import Calendar
from ..checks.places import Path, lifecycles
from ..checks.timers import states_running
from ..errors import Problem
from ..messages import say, spoken_due
from ..model import CASE, Bound, Clock, Effect, Lifecycle, Procedure
from .dates import courses, every_date
from .rungs import Tally, bound_of


def lint_bounds(procedure: Procedure, calendars: Mapping[str, Calendar]) -> Iterator[Problem]:
    """Yield clocks that stand within another and have no time left on some date, or that outlast the case's own."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            calendar = calendars.get(clock.calendar or procedure.calendar)
            if calendar is None:
                continue
            place = (*path, "clocks", clock.name)
            if clock.within:
                yield from _no_time(place, procedure, lifecycle, clock, calendars, calendar)
            elif lifecycle.kind != CASE and clock.effect is Effect.STATUTORY:
                yield from _outlasts(place, procedure, lifecycle, clock, calendars, calendar)


def _no_time(
    path: Path,
    procedure: Procedure,
    lifecycle: Lifecycle,
    clock: Clock,
    calendars: Mapping[str, Calendar],
    calendar: Calendar,
) -> Iterator[Problem]:
    other = bound_of(procedure, lifecycle, clock, calendars)
    own = [course for _, course in courses(clock)]
    course = own[-1] if own else None
    if other is None or course is None or clock.within is None:
        return
    tally, longer = Tally(), Tally()
    for dues in every_date(course, calendar, other=other):
        tally.add(dues, so=dues.target is not None and dues.target <= dues.start)
        longer.add(dues, so=dues.other is not None and dues.adopted > dues.other)
    if not clock.within.hard:
        yield from _longer(path, clock, clock.within, longer, calendar)
    if tally.first is None or (clock.within.at_once and not tally.mostly):
        return
    dues = tally.first
    assert dues.target is not None, "it stands within another clock"
    yield Problem(
        "limits-collide",
        (*path, "within"),
        say(
            "{clock} and {other}, both started on {start}, cannot both be met: what leaves {reserve} ends {target}, "
            "before the start; so it is on {so} of {of} dates, {first} being the first",
            clock=clock.name,
            other=clock.within.clock,
            start=spoken_due(calendar.local(dues.start)),
            reserve=clock.within.reserve.spoken() if clock.within.reserve else say("nothing"),
            target=spoken_due(calendar.local(dues.target)),
            **tally.numbers,
        ),
        on_key=True,
        warning=True,
        hint=say("Make the reserve shorter, or, if at once is meant on such dates, write at_once: true"),
    )


def _longer(path: Path, clock: Clock, within: Bound, tally: Tally, calendar: Calendar) -> Iterator[Problem]:
    """A limit that is longer than the one within which it stands, though its target is not."""
    dues = tally.first
    if dues is None or dues.other is None:
        return
    yield Problem(
        "limits-collide",
        (*path, "limit"),
        say(
            "{clock} started on {start} is due {due}, later than {other}, within which it stands: {target}; "
            "whoever uses the time makes that one late; so it is on {so} of {of} dates, {first} being the first",
            clock=clock.name,
            start=spoken_due(calendar.local(dues.start)),
            due=spoken_due(calendar.local(dues.adopted)),
            other=within.clock,
            target=spoken_due(calendar.local(dues.other)),
            **tally.numbers,
        ),
        on_key=True,
        warning=True,
        hint=say("Make the limit shorter, or write in within: moves: due, so that it never ends later."),
    )


def _outlasts(
    path: Path,
    procedure: Procedure,
    lifecycle: Lifecycle,
    clock: Clock,
    calendars: Mapping[str, Calendar],
    calendar: Calendar,
) -> Iterator[Problem]:
    """A unit's limit that ends no earlier than the case's, though the case waits for the unit."""
    for other in procedure.case.clocks.values():
        theirs = calendars.get(other.calendar or procedure.calendar)
        if theirs is None or not _waits(procedure, lifecycle, other):
            continue
        limits = [course for _, course in courses(other)]
        own = [course for _, course in courses(clock)]
        if not limits or not own:
            continue
        tally = Tally()
        within = limits[-1], Bound(other.name, of_case=True), theirs
        for dues in every_date(own[-1], calendar, other=within):
            tally.add(dues, so=dues.target is not None and dues.adopted >= dues.target)
        if tally.first is None or tally.first.target is None:
            continue
        yield Problem(
            "limits-collide",
            path,
            say(
                "{clock} started on {start} is due {due}, and {other}, started then too, {target}: a unit that uses "
                "its time leaves none for the case; so it is on {so} of {of} dates, {first} being the first",
                clock=clock.name,
                other=other.name,
                start=spoken_due(calendar.local(tally.first.start)),
                due=spoken_due(calendar.local(tally.first.adopted)),
                target=spoken_due(calendar.local(tally.first.target)),
                so=tally.so,
                of=tally.of,
                first=tally.first.day,
            ),
            on_key=True,
            warning=True,
            hint=say(
                "Make the unit's limit shorter, or write within: {{clock: case.{other}, reserve: 1 working day}}",
                other=other.name,
            ),
        )


def _waits(procedure: Procedure, lifecycle: Lifecycle, other: Clock) -> bool:
    """Whether a statutory clock of the case can run while it waits for such subcases."""
    if other.effect is not Effect.STATUTORY:
        return False
    running = states_running(procedure.case, other)
    return any(
        action.opens is not None and action.opens.subcase == lifecycle.kind and (action.to or state.name) in running
        for state in procedure.case.states.values()
        for action in state.actions.values()
    )
