"""The sentences of an explanation: why a day was counted, passed over or moved on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ..calendars import Calendar, Note
from ..messages import Message, Text, say
from .course import Course, Ending
from .hours import Span


def beginning(course: Course, *, counted: bool) -> Message:
    """Return at what time the clock starts, and whether its first day counts."""
    at = _clock_face(course.calendar, course.start)
    if counted:
        return say("the clock starts at {time}; this day is counted", time=at)
    return say("the clock starts at {time}; this day is not counted", time=at)


def counted(calendar: Calendar, day: date, number: int, total: int, *, working: bool) -> Iterator[Message]:
    """Yield which of the counted days ``day`` is, and why it counts where that may surprise."""
    if working:
        yield say("working day {number} of {total}", number=number, total=total)
    else:
        yield say("day {number} of {total}", number=number, total=total)
    note = calendar.note(day)
    if note and calendar.is_working(day):
        yield say("a working day: {reason}", reason=_reason(note))
    elif note:
        yield say("a rest day, counted because the limit is in calendar days: {reason}", reason=_reason(note))


def stretch(calendar: Calendar, span: Span) -> Message:
    """Return from when to when hours were counted."""
    begins, ends = (_clock_face(calendar, instant) for instant in span)
    return say("counted from {begins} to {ends}", begins=begins, ends=ends)


def passed_over(note: Note | None) -> Message:
    """Return why a day was not counted."""
    return say("not counted: {reason}", reason=_reason(note)) if note else say("not counted: the office is closed")


def rolled(calendar: Calendar, end: Ending, day: date) -> Message:
    """Return why the last day moved on from ``day``, or to it."""
    note = calendar.note(day)
    if note and day < end.due_day:
        return say("the last day moves on, because this is not a working day: {reason}", reason=_reason(note))
    return say("the last day moves here from {day}, which is not a working day", day=end.last_day)


def extended(actor: str, day: date) -> Message:
    """Return by whose decision, and of which day, the limit reaches further."""
    return say("extended by {actor} on {day}", actor=actor, day=day)


def not_announced(calendar: Calendar) -> Message:
    """Return that a day lies beyond the official notices."""
    return say("not announced yet: official notices reach to {day}", day=calendar.official_through)


def ends(calendar: Calendar, end: Ending, day: date) -> Message:
    """Return when the limit ends, on ``day`` or before the clock even started."""
    if end.due_day < day:
        return say("the limit ended on {day}, before the clock started", day=end.due_day)
    if end.due == calendar.midnight_after(day):
        return say("the limit ends at {time}", time="24:00")
    return say("the limit ends at {time}", time=_clock_face(calendar, end.due))


def _reason(note: Note) -> Text | Message:
    return say("{name} ({source})", name=note.name, source=note.source) if note.source else note.name


def _clock_face(calendar: Calendar, instant: datetime) -> str:
    return calendar.wall_time(instant).isoformat(timespec="minutes")
