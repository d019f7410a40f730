"""A second reader of an explanation: from the `days` and the `zone` that `caseclock why --json` prints, the due again.

It knows nothing of calendars, rules or pauses, and nothing of the library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

Day = Mapping[str, Any]
Span = tuple[datetime, datetime]

WAITING = {"receipt", "start", "rest", "paused", "closed", "rolled", "minimum"}


def due(days: Sequence[Day], zone: str) -> datetime:
    """Return the instant at which the limit runs out, after checking that the lines hang together."""
    for before, after in pairwise(days):
        assert _date(after) == _date(before) + timedelta(days=1), f"a day is missing after {before['day']}"
    assert all((day["number"] is None) == (day["kind"] in WAITING) for day in days if not day["spans"])
    (last,) = (day for day in days if day["ends"])
    at, spans = _end(last, ZoneInfo(zone)), _checked_spans(days, ZoneInfo(zone))
    if spans and _wall(at, zone) == _wall(spans[-1][1], zone):
        return spans[-1][1]  # where a wall time comes twice, the span says which is meant
    assert not spans or spans[-1][1] <= at, "time runs on after the due"
    return at


def counted(days: Sequence[Day]) -> int:
    """Return how many days were counted, after checking that their numbers run from 1 on, or down to 1."""
    numbers = [day["number"] for day in days if day["number"] is not None]
    upwards = list(range(1, len(numbers) + 1))
    assert numbers in (upwards, upwards[::-1]), f"the days are numbered {numbers}"
    return len(numbers)


def running(days: Sequence[Day]) -> timedelta:
    """Return how long time ran, for a limit in hours or minutes."""
    return sum((ends - begins for day in days for begins, ends in _spans(day)), timedelta())


def _end(day: Day, zone: ZoneInfo) -> datetime:
    if day["ends"] == "24:00":
        return datetime.combine(_date(day) + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(_date(day), time.fromisoformat(day["ends"]), zone).astimezone(UTC)


def _checked_spans(days: Sequence[Day], zone: ZoneInfo) -> list[Span]:
    """The stretches in which time ran: each on its own day, one after another."""
    for day in days:
        for begins, ends in _spans(day):
            assert begins < ends
            assert begins.astimezone(zone).date() == _date(day), "a span stands beside another day"
            assert (ends - datetime.resolution).astimezone(zone).date() == _date(day), "a span reaches past its day"
    spans = [span for day in days for span in _spans(day)]
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans)), "two spans overlap"
    return spans


def _spans(day: Day) -> list[Span]:
    return [(datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends in day["spans"]]


def _wall(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _date(day: Day) -> date:
    return date.fromisoformat(day["day"])
