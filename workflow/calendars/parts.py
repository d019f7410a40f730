"""The parts of a calendar: why a day is as it is, office hours, closed seasons; each knows its form in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from ..messages import Text

WEEKDAYS = (
    Text("Monday", "星期一"),
    Text("Tuesday", "星期二"),
    Text("Wednesday", "星期三"),
    Text("Thursday", "星期四"),
    Text("Friday", "星期五"),
    Text("Saturday", "星期六"),
    Text("Sunday", "星期日"),
)


@dataclass(frozen=True, slots=True)
class Note:
    """Why a day is not what its weekday says.

    Args:
        name: of the holiday, or of the reason for working.
        source: the notice or law it comes from; None for the weekly rest day and for days not yet announced.
    """

    name: Text
    source: Text | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the note as plain JSON values."""
        return {"name": text_to_json(self.name), "source": text_to_json(self.source) if self.source else None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Note:
        """Return the note that `to_json` described."""
        return cls(Text(**data["name"]), _optional_text(data["source"]))


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of office hours within one day, in the calendar's zone.

    Args:
        closes: later than ``opens``; 00:00 is the 24:00 that ends the day.
    """

    opens: time
    closes: time

    @property
    def until_midnight(self) -> bool:
        """Whether it closes at 24:00."""
        return self.closes == time()

    def __str__(self) -> str:
        closes = "24:00" if self.until_midnight else f"{self.closes:%H:%M}"
        return f"{self.opens:%H:%M}-{closes}"


@dataclass(frozen=True, slots=True)
class ClosedSeason:
    """A time of every year in which an office does not work, or in which time stands, such as a court vacation.

    Args:
        name: its key in the calendar's file.
        stands: time stands on its days, which are worked as ever; otherwise they are days of rest, and time runs.
        spans: first and last day in each year.
    """

    name: str
    title: Text
    source: Text | None
    stands: bool
    spans: tuple[tuple[date, date], ...] = field(repr=False)

    def covers(self, day: date) -> bool:
        """Return whether ``day`` lies in the season."""
        return any(first <= day <= last for first, last in self.spans)

    @property
    def note(self) -> Note:
        """What it is called, and the rule that it comes from."""
        return Note(self.title, self.source)

    def to_json(self) -> dict[str, Any]:
        """Return the season as plain JSON values."""
        return {
            "name": self.name,
            "title": text_to_json(self.title),
            "source": text_to_json(self.source) if self.source else None,
            "stands": self.stands,
            "spans": [[first.isoformat(), last.isoformat()] for first, last in self.spans],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClosedSeason:
        """Return the season that `to_json` described."""
        spans = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in data["spans"])
        return cls(data["name"], Text(**data["title"]), _optional_text(data["source"]), data["stands"], spans)


@dataclass(frozen=True, slots=True)
class SeasonalHours:
    """Office hours of a part of every year, such as summer hours.

    Args:
        name: its key in the calendar's file, such as ``05-01..09-30``.
        spans: first and last day in each year.
        hours: for Monday to Sunday.
    """

    name: str
    spans: tuple[tuple[date, date], ...] = field(repr=False)
    hours: tuple[tuple[Session, ...], ...]

    def covers(self, day: date) -> bool:
        """Return whether these hours hold on ``day``."""
        return any(first <= day <= last for first, last in self.spans)

    def to_json(self) -> dict[str, Any]:
        """Return the hours as plain JSON values."""
        spans = [[first.isoformat(), last.isoformat()] for first, last in self.spans]
        return {"name": self.name, "spans": spans, "hours": [sessions_to_json(sessions) for sessions in self.hours]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SeasonalHours:
        """Return the hours that `to_json` described."""
        spans = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in data["spans"])
        return cls(data["name"], spans, tuple(map(sessions_from_json, data["hours"])))


def text_to_json(text: Text) -> dict[str, str]:
    """Return a text as plain JSON values."""
    return {"en": text.en, "zh": text.zh}


def _optional_text(data: Mapping[str, str] | None) -> Text | None:
    return Text(**data) if data else None


def sessions_to_json(sessions: tuple[Session, ...]) -> list[list[str]]:
    """Return the office hours of a day as plain JSON values."""
    return [[session.opens.isoformat(), session.closes.isoformat()] for session in sessions]


def sessions_from_json(data: list[list[str]]) -> tuple[Session, ...]:
    """Return the office hours that `sessions_to_json` described."""
    return tuple(Session(*map(time.fromisoformat, span)) for span in data)
