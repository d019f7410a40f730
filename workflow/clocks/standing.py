"""Standing still: the stretches and days on which a limit does not run, because of a pause or of a closed season."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ..calendars import ONE_DAY, Calendar
from ..messages import Text
from ..model import Pause

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Pausing:
    """One pause of a clock, as it happened.

    Args:
        begins, ends: from when to when time stood still, in UTC; a pause that is still open ends at the asked-for time.
        rule: the pause as the procedure declares it.
        by: what began it, as people call it.
        actor: who began it.
        open: it has not ended.
        begun_at_day_end, ended_at_day_end: it began or ended at the 24:00 of a day, because a limit ran out then.
    """

    begins: datetime
    ends: datetime
    rule: Pause
    by: Text | str
    actor: Text | str = ""
    open: bool = False
    begun_at_day_end: bool = False
    ended_at_day_end: bool = False

    def first_day(self, calendar: Calendar) -> date:
        """Return the first day that is not counted because of it."""
        day = calendar.to_date(self.begins)
        return day if self.rule.first_day or self.begun_at_day_end else day + ONE_DAY

    def last_day(self, calendar: Calendar) -> date:
        """Return the last day that is not counted because of it; before the first where there is none."""
        day = self.end_day(calendar)
        return day if self.rule.last_day or self.ended_at_day_end else day - ONE_DAY

    def end_day(self, calendar: Calendar) -> date:
        """Return the day on which it ends."""
        return calendar.day_up_to(self.ends) if self.ended_at_day_end else calendar.to_date(self.ends)

    def covers(self, day: date, calendar: Calendar) -> bool:
        """Return whether ``day`` is not counted because of it."""
        return self.first_day(calendar) <= day <= self.last_day(calendar)


class Standing:
    """The days on which time stands: those of pauses, and those of the calendar's closed seasons.

    Args:
        seasons: whether closed seasons of the calendar count as standing.
    """

    __slots__ = ("_calendar", "_days", "_seasons")

    def __init__(self, pauses: Iterable[Pausing], calendar: Calendar, *, seasons: bool) -> None:
        self._calendar = calendar
        self._seasons = seasons
        self._days = tuple(_merged((pause.first_day(calendar), pause.last_day(calendar)) for pause in pauses))

    def __contains__(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self._days) or (self._seasons and self._calendar.stands(day))

    def pushed(self, first: date, last: date, *, working: bool) -> date:
        """Return the day to which ``last`` moves when the days from ``first`` on which time stands do not count.

        Args:
            working: only working days are counted at all.
        """
        lost = self._lost(first, last, working=working)
        while lost:
            further = self._calendar.working_day_after(last, lost) if working else last + lost * ONE_DAY
            first, last = last + ONE_DAY, further
            lost = self._lost(first, last, working=working)
        return last

    def _lost(self, first: date, last: date, *, working: bool) -> int:
        """How many days from ``first`` to ``last`` would count if time did not stand on them."""
        stretches = [(max(first, begins), min(last, ends)) for begins, ends in self._days]
        paused = [(begins, ends) for begins, ends in stretches if begins <= ends]
        lost = sum(self._length(*span, working=working) - self._season(*span, working=working) for span in paused)
        return lost + self._season(first, last, working=working)

    def _length(self, first: date, last: date, *, working: bool) -> int:
        return self._calendar.working_days(first, last) if working else (last - first).days + 1

    def _season(self, first: date, last: date, *, working: bool) -> int:
        """How many of these days a closed season takes out."""
        return self._calendar.standing_days(first, last, working=working) if self._seasons and first <= last else 0


def _merged(stretches: Iterable[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """The stretches in order, those that overlap as one, empty ones left out."""
    held: tuple[date, date] | None = None
    for first, last in sorted(stretch for stretch in stretches if stretch[0] <= stretch[1]):
        if held and first <= held[1]:
            held = held[0], max(held[1], last)
            continue
        if held:
            yield held
        held = first, last
    if held:
        yield held


def running(spans: Iterable[Span], pauses: Iterable[Pausing]) -> Iterator[Span]:
    """Yield what is left of ``spans`` when the time from the beginning of each pause to its end is taken out."""
    taken = sorted((pause.begins, pause.ends) for pause in pauses)
    for begins, ends in spans:
        for off, on in taken:
            if off < ends and on > begins:
                if begins < off:
                    yield begins, off
                begins = max(begins, on)
        if begins < ends:
            yield begins, ends
