"""The sentences of an explanation: why a day was counted, passed over or moved on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from ..calendars import MIDNIGHT, ONE_DAY, Calendar, Note
from ..messages import Message, Text, say
from ..model import DayEnd, UpTo
from .course import Course, Ending
from .standing import Pausing, Span

_SPANS = {
    UpTo.WEEK: say("week"),
    UpTo.MONTH: say("month"),
    UpTo.QUARTER: say("quarter"),
    UpTo.HALF_YEAR: say("half-year"),
    UpTo.YEAR: say("year"),
}


def came_in(calendar: Calendar, instant: datetime) -> Message:
    """Return at what time something came in that counts as received later."""
    return say("what starts the clock came at {time}", time=_clock_face(calendar, instant))


def not_started(course: Course) -> Message:
    """Return that a day lies before the one from which the limit is counted."""
    if course.counting.begins:
        return say("the limit is counted from the end of the {span}", span=_SPANS[course.counting.begins])
    return say("the clock had not started")


def not_received() -> Message:
    """Return that a day lies between coming in and counting as received."""
    return say("it does not count as received yet")


def beginning(course: Course, *, counted: bool) -> Message:
    """Return at what time the clock starts, and whether its first day counts."""
    if course.back:
        return say("the limit is counted back from this day")
    at = _clock_face(course.calendar, course.start)
    if course.counting.begins and not counted:
        return say("the limit is counted from this day, which is not counted itself")
    if counted:
        return say("the clock starts at {time}; this day is counted", time=at)
    return say("the clock starts at {time}; this day is not counted", time=at)


def counted(
    calendar: Calendar, day: date, number: int, total: int, *, working: bool, back: bool, clear: bool
) -> Iterator[Message]:
    """Yield which of the counted days ``day`` is, and why it counts where that may surprise."""
    if working:
        yield say("working day {number} of {total}", number=number, total=total)
    else:
        yield say("day {number} of {total}", number=number, total=total)
    if back and number == total and not clear:
        yield say("the last day on which so much time is left")
    note = calendar.note(day)
    if note and calendar.is_working(day):
        yield say("a working day: {reason}", reason=_reason(note))
    elif note:
        yield say("a rest day, counted because the limit is in calendar days: {reason}", reason=_reason(note))


def stretch(calendar: Calendar, span: Span) -> Message:
    """Return from when to when hours were counted."""
    begins, ends = span
    day = calendar.to_date(begins)
    return say(
        "counted from {begins} to {ends}", begins=_clock_face(calendar, begins), ends=ending_time(calendar, ends, day)
    )


def passed_over(note: Note | None, *, stands: bool) -> Message:
    """Return why a day was not counted; ``stands``: in a closed season no limit counts it."""
    if stands and note:
        return say("not counted, because time stands still: {reason}", reason=_reason(note))
    return say("not counted: {reason}", reason=_reason(note)) if note else say("not counted: the office is closed")


def paused(pause: Pausing, calendar: Calendar) -> Message:
    """Return by what, by whom and since when time stands still."""
    since = calendar.to_date(pause.begins)
    if not pause.actor:
        return say("time stands still: {reason} on {day}", reason=pause.by, day=since)
    return say("time stands still: {reason} by {actor} on {day}", reason=pause.by, actor=pause.actor, day=since)


def held(pause: Pausing) -> Message:
    """Return that the limit would have run out during a pause."""
    return say("time stood still when the limit would have run out ({reason}), so it ends here", reason=pause.by)


def bounded() -> Message:
    """Return that another clock ends the limit."""
    return say("the limit of another clock ends it here")


def goes_on() -> Message:
    """Return that the limit goes on to the due of another clock."""
    return say("the limit does not end before that of another clock")


def floored() -> Message:
    """Return that the limit ends with another clock."""
    return say("it ends with the limit of another clock, which is later")


def minimum(working_days: int) -> Message:
    """Return that the limit waits for its least number of working days."""
    return say("the limit goes on until at least {number} working days have passed", number=working_days)


def rolled(calendar: Calendar, course: Course, end: Ending, day: date) -> Message:
    """Return why the last day moved on from ``day``, or to it."""
    if day > max(end.rolled_day, end.last_day):
        return say("the limit goes on, because time stood still when it would have run out")
    if day == end.rolled_day != end.last_day:
        return moved_here(course, end)
    if end.rolled_day < day <= end.last_day:
        return say(
            "the last day moves back, because this is not a working day: {reason}", reason=_why(calendar.note(day))
        )
    if day <= end.last_day and course.counting.up_to:
        return say("the limit reaches to the end of the {span}", span=_SPANS[course.counting.up_to])
    if day <= end.last_day or (course.back and day >= end.last_day):
        return say("the days counted must be clear days, so the limit ends beyond them")
    return say("the last day moves on, because this is not a working day: {reason}", reason=_why(calendar.note(day)))


def moved_here(course: Course, end: Ending) -> Message:
    """Return from where the last day moved to the day on which it stays."""
    if course.standing and end.last_day in course.standing:
        return say("the last day moves here from {day}, on which time stands still", day=end.last_day)
    if end.rolled_day < end.last_day:
        return say("the last day moves back here from {day}, which is not a working day", day=end.last_day)
    return say("the last day moves here from {day}, which is not a working day", day=end.last_day)


def extended(actor: Text | str, day: date) -> Message:
    """Return by whose decision, and of which day, the limit reaches further."""
    return say("extended by {actor} on {day}", actor=actor, day=day)


def not_announced(calendar: Calendar) -> Message:
    """Return that a day lies beyond the official notices."""
    return say("not announced yet: official notices reach to {day}", day=calendar.official_through)


def ends(calendar: Calendar, due: datetime, due_day: date) -> Message:
    """Return when the limit ends."""
    return say("the limit ends at {time}", time=ending_time(calendar, due, due_day))


def ending_time(calendar: Calendar, due: datetime, due_day: date) -> str:
    """Return the wall time at which a limit ends on its last day, midnight as the 24:00 that ends it."""
    if due == calendar.midnight_after(due_day):
        return "24:00"
    wall = calendar.wall_time(due)
    return wall.isoformat() if wall.second or wall.microsecond else wall.isoformat(timespec="minutes")


def clock_change(calendar: Calendar, course: Course, due: datetime, due_day: date) -> Iterator[Message]:
    """Yield how a due was resolved whose wall time does not exist, or comes twice, because the clocks change."""
    day, wall = _meant(calendar, course, due, due_day)
    match calendar.clock_change(day, wall):
        case "missing":
            yield say(
                "the clocks are put forward and {time} does not exist; the limit ends at the same distance after the "
                "change",
                time=wall.isoformat(timespec="minutes"),
            )
        case "twice":
            yield say(
                "the clocks are put back and {time} comes twice; the first is meant",
                time=wall.isoformat(timespec="minutes"),
            )


def _meant(calendar: Calendar, course: Course, due: datetime, due_day: date) -> tuple[date, time]:
    """The day and wall time at which a limit is meant to end, whether or not that time exists."""
    if due == calendar.midnight_after(due_day):
        return due_day + ONE_DAY, MIDNIGHT
    match course.counting.ends:
        case DayEnd.SAME_TIME:
            return due_day, calendar.wall_time(course.start)
        case DayEnd.AT:
            return due_day, time.fromisoformat(course.counting.ends_at or "00:00")
    return due_day, calendar.wall_time(due)


def clocks_change_on(calendar: Calendar, day: date) -> Iterator[Message]:
    """Yield that ``day`` has more or fewer than 24 hours, for limits that count them."""
    hours = (calendar.midnight_after(day) - calendar.midnight_before(day)).total_seconds() / 3600
    if hours != 24:
        yield say("the clocks change on this day, which has {hours} hours", hours=f"{hours:g}")


def _reason(note: Note) -> Text | Message:
    return say("{name} ({source})", name=note.name, source=note.source) if note.source else note.name


def _why(note: Note | None) -> Text | Message:
    return _reason(note) if note else say("the office is closed")


def _clock_face(calendar: Calendar, instant: datetime) -> str:
    return calendar.wall_time(instant).isoformat(timespec="minutes")
