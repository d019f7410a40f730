"""What counting returns: the due, and the days between start and due, one line each, with the reason for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ..calendars import ONE_DAY, Calendar
from ..messages import Message
from ..model import TimeUnit
from . import wording
from .course import Course, Ending, Segment, in_hours, segments
from .hours import Span, all_of, open_on
from .ledger import Grant


class LineKind(StrEnum):
    """What a day was to the clock."""

    START = "start"
    COUNTED = "counted"
    REST = "rest"
    ROLLED = "rolled"


@dataclass(frozen=True, slots=True)
class Line:
    """One day of a reckoning.

    Args:
        kind: ``start`` and not counted; ``counted``; ``rest``, passed over; ``rolled``, after the last counted day.
        number: which of the counted days this is, from 1.
        notes: why, as whole sentences.
        spans: for limits in hours: the stretches counted on this day, in UTC.
    """

    day: date
    kind: LineKind
    number: int | None
    notes: tuple[Message, ...]
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Extended:
    """The days from ``after`` (not included) to ``to`` are there because of an extension."""

    after: date
    to: date
    grant: Grant


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A counted limit: what was counted, where it ends, and from these two the explanation."""

    course: Course
    ending: Ending
    extended: tuple[Extended, ...] = ()

    @property
    def start(self) -> datetime:
        """The instant from which the limit runs."""
        return self.course.start

    @property
    def calendar(self) -> Calendar:
        """The calendar on which it was counted."""
        return self.course.calendar

    @property
    def due(self) -> datetime:
        """The last instant at which the clock can still be met, in UTC."""
        return self.ending.due

    @property
    def last_day(self) -> date:
        """The day on which the period itself ends."""
        return self.ending.last_day

    @property
    def due_day(self) -> date:
        """The day on which it ends after rolling."""
        return self.ending.due_day

    @property
    def provisional(self) -> bool:
        """The due lies past the last officially announced day, so a new notice may move it."""
        return not self.calendar.official(self.due_day)

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

    @property
    def calendar(self) -> Calendar:
        return self.reckoning.calendar


def _explain(reckoning: Reckoning) -> Iterator[Line]:
    calendar, stretches = reckoning.calendar, tuple(segments(reckoning.course))
    counted = (day for segment in stretches for day in _counted_days(segment, calendar))
    numbers = {day: number for number, day in enumerate(counted, 1)}
    day = calendar.to_date(reckoning.start)
    explained = _Explained(reckoning, stretches, day, numbers)
    final = max(day, reckoning.due_day)
    while day <= final:
        yield _line(explained, day, final=day == final)
        day += ONE_DAY


def _counted_days(segment: Segment, calendar: Calendar) -> Iterator[date]:
    if in_hours(segment.unit):
        return
    day = segment.first
    while day <= segment.last:
        if segment.unit is not TimeUnit.WORKING_DAY or calendar.is_working(day):
            yield day
        day += ONE_DAY


def _line(explained: _Explained, day: date, *, final: bool) -> Line:
    spans = tuple(_spans(explained, day))
    number = explained.numbers.get(day)
    kind = _kind(explained, day, counted=number is not None or bool(spans))
    return Line(day, kind, number, tuple(_notes(explained, day, kind, spans, final=final)), spans)


def _spans(explained: _Explained, day: date) -> Iterator[Span]:
    for segment in explained.segments:
        if segment.begins and segment.ends:
            within = open_on if segment.unit is TimeUnit.WORKING_HOUR else all_of
            yield from within(explained.calendar, day, segment.begins, segment.ends)


def _kind(explained: _Explained, day: date, *, counted: bool) -> LineKind:
    if counted:
        return LineKind.COUNTED
    if day == explained.first:
        return LineKind.START
    return LineKind.ROLLED if day > explained.reckoning.last_day else LineKind.REST


def _notes(
    explained: _Explained, day: date, kind: LineKind, spans: tuple[Span, ...], *, final: bool
) -> Iterator[Message]:
    reckoning, calendar = explained.reckoning, explained.calendar
    if day == explained.first:
        yield wording.beginning(reckoning.course, counted=kind is LineKind.COUNTED)
    yield from _reasons(explained, day, kind, spans)
    for extended in reckoning.extended:
        if extended.after < day <= extended.to:
            yield wording.extended(extended.grant.actor, calendar.to_date(extended.grant.at))
    if not calendar.official(day):
        yield wording.not_announced(calendar)
    if final:
        yield wording.ends(calendar, reckoning.ending, day)


def _reasons(explained: _Explained, day: date, kind: LineKind, spans: tuple[Span, ...]) -> Iterator[Message]:
    calendar = explained.calendar
    match kind:
        case LineKind.COUNTED if spans:
            yield from (wording.stretch(calendar, span) for span in spans)
        case LineKind.COUNTED:
            number, total = explained.numbers[day], len(explained.numbers)
            yield from wording.counted(calendar, day, number, total, working=_in_working_days(explained, day))
        case LineKind.REST:
            yield wording.passed_over(calendar.note(day))
        case LineKind.ROLLED:
            yield wording.rolled(calendar, explained.reckoning.ending, day)
        case LineKind.START:
            pass


def _in_working_days(explained: _Explained, day: date) -> bool:
    return any(s.unit is TimeUnit.WORKING_DAY and s.first <= day <= s.last for s in explained.segments)
