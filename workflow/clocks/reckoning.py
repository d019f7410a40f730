"""What counting returns: the due, and the days between start and due, one line each, with the reason for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from ..calendars import ONE_DAY, Calendar
from ..messages import Message
from ..model import TimeUnit
from . import wording
from .course import Course, Ending, Segment, minimum_day, segments
from .hours import all_of, in_hours, in_working_hours, open_on
from .ledger import Grant
from .receipt import Received
from .standing import Pausing, Span, Standing, running


class LineKind(StrEnum):
    """What a day was to the clock."""

    RECEIPT = "receipt"
    START = "start"
    COUNTED = "counted"
    REST = "rest"
    PAUSED = "paused"
    CLOSED = "closed"
    ROLLED = "rolled"
    MINIMUM = "minimum"


@dataclass(frozen=True, slots=True)
class Line:
    """One day of a reckoning.

    Args:
        kind: ``receipt``, between coming in and counting as received; ``start`` and not counted; ``counted``; ``rest``,
            passed over; ``paused`` or in a ``closed`` season; ``rolled``, after the last counted day; ``minimum``,
            waiting until enough working days have passed.
        number: which of the counted days this is, from 1; for a limit counted back, how far from its date.
        notes: why, as whole sentences.
        spans: for limits in hours: the stretches counted on this day, in UTC.
        ends: on the day of the due: the wall time at which the limit ends, such as ``24:00``.
    """

    day: date
    kind: LineKind
    number: int | None
    notes: tuple[Message, ...]
    spans: tuple[Span, ...] = ()
    ends: str | None = None


@dataclass(frozen=True, slots=True)
class Extended:
    """The days from ``after`` (not included) to ``to`` are there because of an extension."""

    after: date
    to: date
    grant: Grant


class Reckoning(NamedTuple):
    """A counted limit: what was counted, where it ends, and from these two the explanation.

    A named tuple for the same reason as `Course`: one is made for every due.

    Args:
        received: when what started it came in, where it counts as received later.
        bound: another clock's due, less the reserve, that this limit does not pass.
        floor: another clock's due that this limit reaches at least.
        unextended: the course before any extension, where there is one.
    """

    course: Course
    ending: Ending
    extended: tuple[Extended, ...] = ()
    received: Received | None = None
    bound: datetime | None = None
    floor: datetime | None = None
    unextended: Course | None = None

    @property
    def start(self) -> datetime:
        """The instant from which the limit runs."""
        return self.course.start

    @property
    def calendar(self) -> Calendar:
        """The calendar on which it was counted."""
        return self.course.calendar

    @property
    def bounded(self) -> bool:
        """The limit ends with its bound, earlier than by its own count."""
        return self.bound is not None and self.bound < max(self.ending.due, self.floor or self.ending.due)

    @property
    def floored(self) -> bool:
        """The limit ends with another clock, later than by its own count."""
        return self.floor is not None and not self.bounded and self.floor > self.ending.due

    @property
    def due(self) -> datetime:
        """The last instant at which the clock can still be met, in UTC."""
        due = max(self.floor, self.ending.due) if self.floor else self.ending.due
        return min(self.bound, due) if self.bound else due

    @property
    def last_day(self) -> date:
        """The day on which the period itself ends."""
        return self.ending.last_day

    @property
    def due_day(self) -> date:
        """The day on which it ends after rolling."""
        return self.calendar.day_up_to(self.due) if self.bounded or self.floored else self.ending.due_day

    @property
    def provisional(self) -> bool:
        """The due lies past the last officially announced day, so a new notice may move it."""
        return not self.calendar.official(max(self.due_day, self.course.until or self.due_day))

    @property
    def lines(self) -> tuple[Line, ...]:
        """One line for each day from start to due, from which the due can be recomputed."""
        return tuple(_explain(self))


@dataclass(frozen=True, slots=True)
class _Explained:
    """A reckoning with what its lines need: its segments, its first day, and the number of each counted day."""

    reckoning: Reckoning
    segments: tuple[Segment, ...]
    first: date
    numbers: Mapping[date, int]
    standing: Standing | None

    @property
    def calendar(self) -> Calendar:
        return self.reckoning.calendar

    def received_on(self, day: date) -> bool:
        """Whether it had come in on ``day``, to count as received later."""
        received = self.reckoning.received
        return received is not None and day >= self.calendar.to_date(received.came_at)

    def pause_on(self, day: date) -> Pausing | None:
        pauses = self.reckoning.course.pauses
        return next((pause for pause in pauses if pause.covers(day, self.calendar)), None)


def _explain(reckoning: Reckoning) -> Iterator[Line]:
    calendar, course = reckoning.calendar, reckoning.course
    stretches, standing = tuple(segments(course)), course.standing
    days = [day for segment in stretches for day in _counted_days(segment, calendar, standing)]
    numbers = {day: number for number, day in enumerate(reversed(days) if course.back else days, 1)}
    first = course.until if course.back and course.until else course.day
    explained = _Explained(reckoning, stretches, first, numbers, standing)
    for day in _days(explained):
        yield _line(explained, day)


def _days(explained: _Explained) -> Iterator[date]:
    """Every day from coming in to due; for a limit counted back, from due to the date."""
    reckoning = explained.reckoning
    came = explained.calendar.to_date(reckoning.received.came_at if reckoning.received else reckoning.start)
    last = reckoning.due_day if reckoning.bounded else max(reckoning.due_day, reckoning.ending.counted_day)
    if reckoning.course.back:
        day, last = min(reckoning.due_day, explained.first), max(reckoning.due_day, explained.first)
    else:
        day, last = min(came, explained.first, reckoning.due_day, *explained.numbers), max(explained.first, last)
    while day <= last:
        yield day
        day += ONE_DAY


def _counted_days(segment: Segment, calendar: Calendar, standing: Standing | None) -> Iterator[date]:
    if in_hours(segment.unit):
        return
    day = segment.first
    while day <= segment.last:
        working = segment.unit is not TimeUnit.WORKING_DAY or calendar.is_working(day)
        if working and (standing is None or day not in standing):
            yield day
        day += ONE_DAY


def _line(explained: _Explained, day: date) -> Line:
    spans = tuple(_spans(explained, day))
    number = explained.numbers.get(day)
    kind = _kind(explained, day, counted=number is not None or bool(spans))
    reckoning = explained.reckoning
    final = day == reckoning.due_day
    ends = wording.ending_time(explained.calendar, reckoning.due, reckoning.due_day) if final else None
    return Line(day, kind, number, tuple(_notes(explained, day, kind, spans, final=final)), spans, ends)


def _spans(explained: _Explained, day: date) -> Iterator[Span]:
    course, due = explained.reckoning.course, explained.reckoning.due
    if course.seasons and explained.calendar.stands(day):
        return
    for segment in explained.segments:
        if segment.begins and segment.ends:
            ends = min(segment.ends, due) if explained.reckoning.bounded else segment.ends
            if in_working_hours(segment.unit):
                within = open_on(explained.calendar, day, segment.begins, ends)
            else:
                within = all_of(explained.calendar, day, segment.begins, ends)
            yield from running(within, course.pauses)


def _kind(explained: _Explained, day: date, *, counted: bool) -> LineKind:
    reckoning = explained.reckoning
    if counted:
        return LineKind.COUNTED
    if day == explained.first:
        return LineKind.START
    if day < explained.first and not reckoning.course.back:
        return LineKind.RECEIPT if explained.received_on(day) else LineKind.REST
    if reckoning.floored and day > reckoning.ending.due_day:
        return LineKind.ROLLED
    if explained.pause_on(day):
        return LineKind.PAUSED
    if explained.standing and day in explained.standing:
        return LineKind.CLOSED
    if day > reckoning.ending.rolled_day and _in_minimum(explained, day):
        return LineKind.MINIMUM if explained.calendar.is_working(day) else LineKind.REST
    counted_day = reckoning.ending.counted_day
    beyond = day < counted_day if reckoning.course.back else day > counted_day
    return LineKind.ROLLED if beyond else LineKind.REST


def _in_minimum(explained: _Explained, day: date) -> bool:
    """Whether the limit waits on ``day`` for its least number of working days."""
    course = explained.reckoning.course
    return bool(course.counting.minimum) and not course.back and day <= minimum_day(course)


def _notes(
    explained: _Explained, day: date, kind: LineKind, spans: tuple[Span, ...], *, final: bool
) -> Iterator[Message]:
    reckoning, calendar = explained.reckoning, explained.calendar
    received = reckoning.received
    if received and day == calendar.to_date(received.came_at) and received.at != received.came_at:
        yield wording.came_in(calendar, received.came_at)
        yield from received.reasons
    if day == explained.first:
        yield wording.beginning(reckoning.course, counted=kind is LineKind.COUNTED)
    yield from _reasons(explained, day, kind, spans)
    if kind is LineKind.COUNTED and day == reckoning.ending.rolled_day < reckoning.ending.last_day:
        yield wording.moved_here(reckoning.course, reckoning.ending)
    for extended in reckoning.extended:
        if extended.after < day <= extended.to:
            yield wording.extended(extended.grant.actor, calendar.to_date(extended.grant.at))
    if not calendar.official(day):
        yield wording.not_announced(calendar)
    if final:
        yield from _end(explained)


def _end(explained: _Explained) -> Iterator[Message]:
    reckoning, calendar = explained.reckoning, explained.calendar
    if reckoning.bounded:
        yield wording.bounded()
    elif reckoning.floored:
        yield wording.floored()
    elif held := next((p for p in reckoning.course.pauses if p.begins < reckoning.due and _held(reckoning, p)), None):
        yield wording.held(held)
    yield wording.ends(calendar, reckoning.due, reckoning.due_day)
    if not any(in_hours(period.unit) for period in reckoning.course.periods[-1:]):
        yield from wording.clock_change(calendar, reckoning.course, reckoning.due, reckoning.due_day)


def _held(reckoning: Reckoning, pause: Pausing) -> bool:
    """Whether the limit would have run out in this pause, and so ends when time runs again."""
    end = reckoning.ending
    return end.due_day > end.rolled_day and pause.end_day(reckoning.calendar) > end.rolled_day


def _reasons(explained: _Explained, day: date, kind: LineKind, spans: tuple[Span, ...]) -> Iterator[Message]:
    calendar, reckoning = explained.calendar, explained.reckoning
    match kind:
        case LineKind.COUNTED if spans:
            yield from (wording.stretch(calendar, span) for span in spans)
            yield from wording.clocks_change_on(calendar, day)
        case LineKind.COUNTED:
            number, total = explained.numbers[day], len(explained.numbers)
            working = _in_working_days(explained, day)
            course = reckoning.course
            yield from wording.counted(
                calendar, day, number, total, working=working, back=course.back, clear=course.counting.clear
            )
        case LineKind.REST if day < explained.first and not reckoning.course.back:
            yield wording.not_started(reckoning.course)
        case LineKind.REST:
            yield wording.passed_over(calendar.note(day), stands=False)
        case LineKind.CLOSED:
            season = calendar.season(day)
            yield wording.passed_over(season.note if season else calendar.note(day), stands=True)
        case LineKind.PAUSED if pause := explained.pause_on(day):
            yield wording.paused(pause, calendar)
        case LineKind.MINIMUM:
            yield wording.minimum(reckoning.course.counting.minimum)
        case LineKind.ROLLED if reckoning.floored and day > reckoning.ending.due_day:
            yield wording.goes_on()
        case LineKind.ROLLED:
            yield wording.rolled(calendar, reckoning.course, reckoning.ending, day)
        case LineKind.RECEIPT if reckoning.received and day > calendar.to_date(reckoning.received.came_at):
            yield wording.not_received()


def _in_working_days(explained: _Explained, day: date) -> bool:
    return any(s.unit is TimeUnit.WORKING_DAY and s.first <= day <= s.last for s in explained.segments)
