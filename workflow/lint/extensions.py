"""Extensions on every date: a new total that is no longer than the limit gives no time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..calendars import Calendar
from ..checks.places import Path, lifecycles
from ..errors import Problem
from ..messages import say
from ..model import Clock, Extension, ExtensionMode, Procedure
from .alternatives import spoken_limit
from .dates import Course, courses, every_date


def lint_extensions(procedure: Procedure, calendars: Mapping[str, Calendar]) -> Iterator[Problem]:
    """Yield extensions whose new total, or whose cap, is on no date later than every limit of the clock."""
    for path, lifecycle in lifecycles(procedure):
        for clock in lifecycle.clocks.values():
            calendar = calendars.get(clock.calendar or procedure.calendar)
            if calendar is None or any(limit.period is None for limit in clock.limits):
                continue
            for index, extension in enumerate(clock.extensions):
                yield from _extension((*path, "clocks", clock.name, "extension", index), clock, extension, calendar)


def _extension(path: Path, clock: Clock, extension: Extension, calendar: Calendar) -> Iterator[Problem]:
    total, key = (extension.period, "to") if extension.mode is ExtensionMode.TO else (extension.cap, "cap")
    if total is None:
        return
    for _, course in courses(clock):
        given = replace(course, limit=replace(course.limit, period=total, then=()), strict=None, lenient=None)
        if _gives(course, given, calendar):
            return
    yield Problem(
        "extends-nothing",
        (*path, key),
        say(
            "{action} gives no time: {total} in all is on no date later than the limit of {clock}, {limits}",
            action=extension.grant,
            total=total.spoken(),
            clock=clock.name,
            limits=[spoken_limit(limit) for limit in clock.limits],
        ),
        warning=True,
        hint=say("Write a longer total, or a shorter limit; by: 2 days says how much is added."),
    )


def _gives(course: Course, extended: Course, calendar: Calendar) -> bool:
    """Whether an extended limit ends later than the limit itself on some date."""
    later = {dues.came: dues.adopted for dues in every_date(extended, calendar)}
    return any(later.get(dues.came, dues.adopted) > dues.adopted for dues in every_date(course, calendar))
