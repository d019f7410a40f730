"""The layers of a calendar: closed seasons and single days, laid over a ground, the later over the earlier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ...workflow.calendars import ONE_DAY, RESTS, STANDING, STANDS, STANDS_WORKED, WORKED, WORKS, Calendar
from ...workflow.calendars.parts import ClosedSeason, Note, Session
from ...workflow.messages import Text, say
from .closed_seasons import read_seasons
from .file import CalendarFile, Path
from .notices import Notices

DAY_KEYS = ("off", "work", "hours", "source")
OTHER_HOURS = Text("other office hours on this day", "当日办公时间另定")


@dataclass(frozen=True, slots=True)
class DayEntry:
    """What a file says of a day: ``1`` works or ``0`` rests, None for as before; why; and hours of that day alone."""

    becomes: str | None
    note: Note
    hours: tuple[Session, ...]


@dataclass
class Layers:
    """The days of a calendar while layers are laid over them."""

    file: CalendarFile
    first: date
    days: list[str]
    notes: dict[date, Note]
    seasons: list[ClosedSeason] = field(default_factory=list)
    special_hours: dict[date, tuple[Session, ...]] = field(default_factory=dict)

    @classmethod
    def over(cls, file: CalendarFile, ground: Calendar) -> Layers:
        """Return the layers of ``file`` over a calendar, none laid yet."""
        return cls(
            file,
            ground.first,
            list(ground.days),
            dict(ground.notes),
            list(ground.seasons),
            dict(ground.special_hours),
        )

    @property
    def last(self) -> date:
        """The last day held."""
        return self.first + ONE_DAY * (len(self.days) - 1)

    def on(self, ground: Calendar) -> Calendar:
        """Return the ground with these layers over it."""
        return replace(
            ground,
            days="".join(self.days),
            notes=self.notes,
            seasons=tuple(
                replace(season, spans=tuple(span for whole in season.spans for span in self._unlifted(season, *whole)))
                for season in self.seasons
            ),
            special_hours=self.special_hours,
        )

    def _unlifted(self, season: ClosedSeason, first: date, last: date) -> Iterator[tuple[date, date]]:
        """The parts of a span on which no entry of a day lifts the season."""
        begins = None
        while first <= last:
            kind = self.days[self._index(first)]
            holds = kind in STANDING if season.stands else kind not in WORKED
            if holds and begins is None:
                begins = first
            if not holds and begins is not None:
                yield begins, first - ONE_DAY
                begins = None
            first += ONE_DAY
        if begins is not None:
            yield begins, last

    def _index(self, day: date) -> int:
        return (day - self.first).days

    # Closed seasons

    def lay_seasons(self) -> None:
        """Lay the file's closed seasons: on their days time stands, or nobody works."""
        for season in read_seasons(self.file, self.first, self.last):
            self.seasons.append(season)
            for first, last in season.spans:
                while first <= last:
                    if season.stands:
                        self._stop(first)
                    else:
                        self._close(first)
                    first += ONE_DAY

    def _stop(self, day: date) -> None:
        index = self._index(day)
        self.days[index] = STANDS_WORKED if self.days[index] in WORKED else STANDS

    def _close(self, day: date) -> None:
        self._rest(day)
        self.notes.pop(day, None)
        self.special_hours.pop(day, None)

    def _rest(self, day: date) -> None:
        index = self._index(day)
        self.days[index] = STANDS if self.days[index] in STANDING else RESTS

    # Single days

    def lay_days(self, notices: Notices) -> None:
        """Lay the file's days. ``notices``: what covers the days that name no source."""
        for key, given in self.file.mapping(self.file.data.get("days", {}), ("days",)).items():
            path: Path = ("days", key)
            entry = read_entry(self.file, given, path)
            days = self._held(key, path)
            if not days or entry is None:
                continue
            self._find_unsourced(days, entry, notices, path)
            laid = days if entry.becomes else [day for day in days if self.days[self._index(day)] in WORKED]
            if not laid:
                message = say("{day} is a day of rest and has no office hours; add work with the reason", day=days[0])
                self.file.problem("hours-of-rest-day", path, message, on_key=True)
                continue
            changed = [self._lay(day, entry, notices) for day in laid]
            if not any(changed):
                message = say("this changes nothing: {found} is so anyway", found=key)
                self.file.finding("changes-nothing", path, message, on_key=True)

    def _held(self, key: Any, path: Path) -> list[date]:
        """The days that a key names; none, and a problem, where the calendar does not hold them all."""
        held = []
        for day in self.file.days(key, path):
            if not self.first <= day <= self.last:
                message = say(
                    "expected a day from {first} to {last}, got: {found}", first=self.first, last=self.last, found=day
                )
                self.file.problem("outside-years", path, message, on_key=True)
                return []
            held.append(day)
        return held

    def _find_unsourced(self, days: list[date], entry: DayEntry, notices: Notices, path: Path) -> None:
        made_up = [day for day in days if entry.becomes == WORKS and self.days[self._index(day)] != WORKS]
        if made_up and not entry.note.source and not all(notices.covering(day) for day in made_up):
            message = say("nothing says by which notice {day} is worked; give its source", day=made_up[0])
            self.file.finding("work-without-source", path, message, on_key=True)

    def _lay(self, day: date, entry: DayEntry, notices: Notices) -> bool:
        """Lay one day; return whether that changed anything."""
        index = self._index(day)
        before = self.days[index], self.special_hours.pop(day, ())
        if entry.becomes == WORKS:
            self.days[index] = WORKS
        elif entry.becomes == RESTS:
            self._rest(day)
        if entry.hours:
            self.special_hours[day] = entry.hours
        self.notes[day] = self._note(day, entry, notices)
        return before != (self.days[index], entry.hours)

    def _note(self, day: date, entry: DayEntry, notices: Notices) -> Note:
        """What the entry says of a day; with nothing but hours, a day keeps the name that it has."""
        known = self.notes.get(day) if entry.becomes is None else None
        source = entry.note.source or (known.source if known else None) or notices.covering(day)
        return Note(known.name if known else entry.note.name, source)


def read_entry(file: CalendarFile, entry: Any, path: Path) -> DayEntry | None:
    """Return what an entry of ``days`` says; None, and a problem, where it says nothing clear."""
    given = file.mapping(entry, path, DAY_KEYS)
    chosen = [word for word in ("off", "work") if word in given]
    if len(chosen) > 1 or not (chosen or "hours" in given):
        file.problem("off-or-work", path, say("expected either off or work with the reason, got: {found}", found=entry))
        return None
    if "hours" in given and chosen == ["off"]:
        message = say("a day off has no office hours; take hours away, or write work instead of off")
        file.problem("hours-of-rest-day", (*path, "hours"), message, on_key=True)
        return None
    if given.get("hours") == []:
        message = say("expected office hours in order, such as 08:30..12:00, got: {found}", found=given["hours"])
        file.problem("wrong-hours", (*path, "hours"), message)
    name = file.text(given[chosen[0]], (*path, chosen[0])) if chosen else OTHER_HOURS
    source = file.text(given["source"], (*path, "source")) if "source" in given else None
    hours = file.sessions(given["hours"], (*path, "hours")) if "hours" in given else ()
    becomes = {"off": RESTS, "work": WORKS}[chosen[0]] if chosen else None
    return DayEntry(becomes, Note(name, source), hours)
