"""The union of several calendars: a day of rest in any of them is a day of rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from ...workflow.calendars import RESTS, STANDS, STANDS_WORKED, WORKED, WORKS, Calendar
from ...workflow.calendars.parts import ClosedSeason, Note


def united(members: Sequence[Calendar]) -> Calendar:
    """Return the calendar that rests when any of ``members`` does, over the years that they have in common.

    Zone and office hours are those of the first; it is official as far as all of them are. A day off keeps the name and
    the source that it has where it is one.
    """
    first, last = max(member.first for member in members), min(member.last for member in members)
    days = [date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1)]
    states = {day: _state(members, day) for day in days}
    notes = {day: _note(members, day, state) for day, state in states.items()}
    ground = members[0]
    return replace(
        ground,
        first=first,
        days="".join(states.values()),
        official_through=min(member.official_through for member in members),
        notes={day: note for day, note in notes.items() if note},
        seasons=tuple(dict.fromkeys(_clipped(members, first, last))),
        special_hours={day: hours for day, hours in ground.special_hours.items() if states.get(day) in WORKED},
    )


def _state(members: Sequence[Calendar], day: date) -> str:
    works = all(member.is_working(day) for member in members)
    if any(member.stands(day) for member in members):
        return STANDS_WORKED if works else STANDS
    return WORKS if works else RESTS


def _note(members: Sequence[Calendar], day: date, state: str) -> Note | None:
    """The note of the first calendar that makes the day what it is, and says why."""
    makers = [member for member in members if member.is_working(day) == (state in WORKED)]
    return next((note for member in makers if (note := member.notes.get(day))), None)


def _clipped(members: Sequence[Calendar], first: date, last: date) -> Iterator[ClosedSeason]:
    for member in members:
        for season in member.seasons:
            spans = [(max(begin, first), min(end, last)) for begin, end in season.spans]
            yield replace(season, spans=tuple(span for span in spans if span[0] <= span[1]))
