"""How fast dues are counted, as ratios to an ordinary loop over days, measured block by block in turn.

Run it as ``python benchmarks/clocks.py``, with ``--json`` for a program. Nothing here asserts an absolute time.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow.calendars import Calendar
from caseclock.workflow.clocks import Pausing, count
from caseclock.workflow.model import Counting, Limit, Pause, Period, TimeUnit

DAY = timedelta(days=1)
FIRST, SPAN = datetime(2020, 1, 1, tzinfo=UTC), 1500 * 86400
STRIDE = 7_919_033
BLOCK, ROUNDS = 2_000, 15
MILLION = 1_000_000
PAUSED = Pause(("ask",), ("answer",))

Due = Callable[[datetime], datetime]


@dataclass(frozen=True)
class Row:
    """What was measured: microseconds for one due, of the library and of the loop, and the median of their ratios."""

    what: str
    library: float
    loop: float
    ratio: float
    target: float | None
    count: int

    @property
    def kept(self) -> bool | None:
        """Whether the target is kept; None where there is none."""
        return None if self.target is None else self.ratio <= self.target


def main() -> int:
    """Measure, print, and return 1 if ``--check`` was given and a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a ratio is above its target")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many blocks of each, in turn; else {ROUNDS}")
    asked = parser.parse_args()
    rows = list(measured(asked.rounds))
    sys.stdout.write(as_json(rows) if asked.json else as_table(rows))
    return int(asked.check and any(row.kept is False for row in rows))


def measured(rounds: int) -> Iterator[Row]:
    """Yield a row for each kind of limit; before it is measured, library and loop must agree."""
    reader = YamlReader()
    calendar = reader.calendar(reader.compile(shipped("cn.calendar.yaml"), file="cn.calendar.yaml").compiled)
    loop = Loop(calendar)
    working_day, month, hour = TimeUnit.WORKING_DAY, TimeUnit.MONTH, TimeUnit.WORKING_HOUR
    three, sixty = by_library(calendar, 3, working_day), by_library(calendar, 60, working_day)
    yield compare("3 working days", three, lambda start: loop.working_days(start, 3), rounds, target=1.5)
    yield compare("60 working days", sixty, lambda start: loop.working_days(start, 60), rounds, target=0.3)
    yield compare(
        "20 working days, one pause",
        by_library(calendar, 20, working_day, paused=True),
        lambda start: loop.working_days(start, 20, pause_of(start)),
        rounds,
    )
    yield compare("3 months", by_library(calendar, 3, month), lambda start: loop.months(start, 3), rounds)
    yield compare("24 working hours", by_library(calendar, 24, hour), lambda start: loop.hours(start, 24), rounds)
    yield compare(
        "3 working days, a million", three, lambda start: loop.working_days(start, 3), rounds, MILLION // rounds
    )


def by_library(calendar: Calendar, amount: int, unit: TimeUnit, *, paused: bool = False) -> Due:
    """Return how the library counts."""
    limit = Limit(Period(amount, unit), Counting())
    if paused:
        return lambda start: count(limit, start, calendar, pauses=[Pausing(*pause_of(start), PAUSED, "ask")]).due
    return lambda start: count(limit, start, calendar).due


def pause_of(start: datetime) -> tuple[datetime, datetime]:
    """Return a pause of ten days that begins two days after the start."""
    return start + 2 * DAY, start + 12 * DAY


class Loop:
    """What one would write without a library: a loop over days, and sets of the days that are not as their weekday."""

    def __init__(self, calendar: Calendar) -> None:
        self.zone = ZoneInfo(calendar.zone)
        days = [calendar.first + n * DAY for n in range((calendar.last - calendar.first).days + 1)]
        self.holidays = {day for day in days if day.weekday() < 5 and not calendar.is_working(day)}
        self.worked_weekends = {day for day in days if day.weekday() >= 5 and calendar.is_working(day)}
        self.sessions = [(session.opens, session.closes) for session in calendar.office_hours(date(2020, 1, 2))]

    def works(self, day: date) -> bool:
        """Return whether ``day`` is a working day."""
        return day in self.worked_weekends if day.weekday() >= 5 else day not in self.holidays

    def working_days(self, start: datetime, amount: int, pause: tuple[datetime, datetime] | None = None) -> datetime:
        """Return the end of the n-th working day after the start."""
        day = start.astimezone(self.zone).date()
        first, last = (at.astimezone(self.zone).date() for at in pause) if pause else (day, day)
        while amount:
            day += DAY
            if self.works(day) and not first < day <= last:
                amount -= 1
        return self.end_of(day)

    def months(self, start: datetime, amount: int) -> datetime:
        """Return the end of the first working day from the day of the same number on."""
        day = start.astimezone(self.zone).date()
        year, month = day.year + (day.month + amount - 1) // 12, (day.month + amount - 1) % 12 + 1
        day = date(year, month, min(day.day, monthrange(year, month)[1]))
        while not self.works(day):
            day += DAY
        return self.end_of(day)

    def hours(self, start: datetime, amount: int) -> datetime:
        """Return when the office has been open for so many hours."""
        left = timedelta(hours=amount)
        day = start.astimezone(self.zone).date()
        while True:
            if self.works(day):
                for opens, closes in self.sessions:
                    begins = max(start, datetime.combine(day, opens, self.zone))
                    open_for = datetime.combine(day, closes, self.zone) - begins
                    if open_for >= left:
                        return begins + left
                    left -= max(open_for, timedelta())
            day += DAY

    def end_of(self, day: date) -> datetime:
        """Return the 24:00 of a day, in UTC as the library does."""
        return datetime.combine(day + DAY, time(), self.zone).astimezone(UTC)


def compare(what: str, library: Due, loop: Due, rounds: int, block: int = BLOCK, target: float | None = None) -> Row:
    """Measure library and loop block by block in turn, each on the same starts."""
    for start in starts(0, 500):
        assert library(start) == loop(start), f"{what} from {start}: {library(start)} is not {loop(start)}"
    times = [(timed(library, block_of), timed(loop, block_of)) for block_of in blocks(rounds, block)]
    return Row(
        what,
        library=median(mine for mine, _ in times) / block * 1e6,
        loop=median(other for _, other in times) / block * 1e6,
        ratio=median(mine / other for mine, other in times),
        target=target,
        count=rounds * block,
    )


def blocks(rounds: int, block: int) -> Iterator[Sequence[datetime]]:
    """Yield as many lists of different starts as there are rounds."""
    for number in range(rounds):
        yield list(starts(number * block, block))


def starts(first: int, how_many: int) -> Iterator[datetime]:
    """Yield instants all over four years, the same in every run."""
    for n in range(first, first + how_many):
        yield FIRST + timedelta(seconds=n * STRIDE % SPAN)


def timed(due: Due, given: Sequence[datetime]) -> float:
    """Return the seconds it takes to count a due from each of the given starts."""
    gc.collect()
    gc.disable()
    began = perf_counter()
    for start in given:
        due(start)
    took = perf_counter() - began
    gc.enable()
    return took


def as_table(rows: Sequence[Row]) -> str:
    """Return the rows for people."""
    lines = [f"{'':<28}{'library':>11}{'loop':>11}{'ratio':>8}{'target':>9}{'a second':>12}"]
    for row in rows:
        target = f"{row.target:.1f}" if row.target else ""
        missed = "  missed" if row.kept is False else ""
        lines.append(
            f"{row.what:<28}{row.library:>8.2f} us{row.loop:>8.2f} us{row.ratio:>8.2f}{target:>9}"
            f"{1e6 / row.library:>12,.0f}{missed}"
        )
    return "\n".join(lines) + "\n"


def as_json(rows: Sequence[Row]) -> str:
    """Return the rows for programs."""
    return (
        json.dumps([{**asdict(row), "per_second": 1e6 / row.library, "kept": row.kept} for row in rows], indent=2)
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
