"""Counting, written a second time from the text of the rules alone: slow, obvious, day by day.

It shares no code with the library and imports none of it. Its words are those of a procedure file. Where library and
oracle differ, one of them has misread the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

Length = tuple[int, str]
"""An amount and its unit, such as ``(3, "working day")``."""

Span = tuple[datetime, datetime]

DAY = timedelta(days=1)
EXACT = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, eq=False)
class Office:
    """What is known of an office: where it is, and on which days it works, and time stands, and it is open when."""

    zone: str
    works: frozenset[date]
    stands: frozenset[date] = frozenset()
    open: dict[date, list[tuple[time, time]]] = field(default_factory=dict)

    def day(self, instant: datetime) -> date:
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def wall(self, instant: datetime) -> time:
        return instant.astimezone(ZoneInfo(self.zone)).time()

    def at(self, day: date, wall: time) -> datetime:
        """A time that comes twice means the first; one that is skipped means as much later as the clocks jump."""
        return datetime.combine(day, wall.replace(fold=0), ZoneInfo(self.zone)).astimezone(UTC)

    def begin(self, day: date) -> datetime:
        return self.at(day, time(0))

    def end(self, day: date) -> datetime:
        return self.begin(day + DAY)

    def sessions(self, day: date) -> list[Span]:
        return [(self.at(day, opens), self.at(day, closes)) for opens, closes in self.open.get(day, [])]


@dataclass(frozen=True)
class Rule:
    """How is counted.

    Args:
        ends: "24:00", "close", "same_time" or a wall time.
        each_rolls: of lengths one after another, each begins when the one before, rolled on, has ended.
        begins: the end of the week, month, quarter or year of the start, from which is counted.
        clear: the limit ends on the day after the last one counted; counted back, on the day before it.
    """

    first_day: str = "excluded"
    minimum: int = 0
    up_to: str | None = None
    roll: str = "next_working_day"
    ends: str | time = "24:00"
    closed_seasons: str = "stand"
    each_rolls: bool = False
    begins: str | None = None
    clear: bool = False


@dataclass(frozen=True)
class Pause:
    """Time stands from one instant to another; what happens at the 24:00 of a day may belong to that day."""

    begins: datetime
    ends: datetime
    first_day: str = "excluded"
    last_day: str = "included"
    begun_at_day_end: bool = False
    ended_at_day_end: bool = False


@dataclass(frozen=True)
class Extension:
    """What was granted. ``how``: "to" a total, "by" so much more, "until" a day."""

    how: str
    length: Length | None = None
    days: tuple[date, ...] = ()
    times: int = 1
    cap: Length | None = None


@dataclass(frozen=True)
class Due:
    """When a limit runs out, and the day that this belongs to."""

    at: datetime
    day: date


# The whole of it: pauses, extensions, and the bound of another clock


def due(
    office: Office,
    limit: Sequence[Length],
    rule: Rule,
    start: datetime,
    *,
    at_day_end: bool = False,
    until: date | None = None,
    before: date | None = None,
    pauses: Sequence[Pause] = (),
    extension: Extension | None = None,
    bound: datetime | None = None,
) -> Due:
    """When the limit runs out. A pause counts only if it begins before the due as it is without it."""
    day = office.day(start) - DAY if at_day_end else office.day(start)
    run = Run(office, rule, start, end_of_span(day, rule.begins), at_day_end)
    for pause in sorted(pauses, key=lambda pause: (pause.begins, pause.ends)):
        if not until and not before and pause.begins < _extended(run, limit, until, before, extension).at:
            run = replace(run, pauses=(*run.pauses, pause))
    found = _extended(run, limit, until, before, extension)
    return min(found, Due(bound, office.day(bound)), key=_instant) if bound else found


def _extended(
    run: Run, limit: Sequence[Length], until: date | None, before: date | None, extension: Extension | None
) -> Due:
    """An extension never shortens, and passes no cap."""
    plain = longer = run.due(limit, until, before)
    if extension is None:
        return plain
    if extension.how == "to" and extension.length:
        longer = run.due([extension.length])
    if extension.how == "by" and extension.length:
        longer = run.due(_sum(limit, [extension.length] * extension.times), until)
    if extension.how == "until":
        longer = max((replace(run, pauses=()).due([], day) for day in extension.days), key=_instant)
    if extension.cap:
        longer = min(longer, run.due([extension.cap]), key=_instant)
    return max(plain, longer, key=_instant)


def _instant(due: Due) -> datetime:
    return due.at


def _sum(limit: Sequence[Length], more: Sequence[Length]) -> list[Length]:
    """One month and two months are three months: from 31 January to 30 April."""
    total = list(limit)
    for amount, unit in more:
        if total and total[-1][1] == unit:
            amount += total.pop()[0]
        total.append((amount, unit))
    return total


# Counting once


@dataclass(frozen=True)
class Run:
    """One counting: the office, the rule, the start with its day, and the pauses that count."""

    office: Office
    rule: Rule
    start: datetime
    day: date
    at_day_end: bool = False
    pauses: tuple[Pause, ...] = ()

    def due(self, limit: Sequence[Length], until: date | None = None, before: date | None = None) -> Due:
        if limit and _is_exact(limit[0]):
            at = self._after_hours(limit)
            return Due(at, self.office.day(at))
        if before:
            last = _counted_back(self.office, limit, before + DAY if self.rule.first_day == "included" else before)
            return self._end(last - DAY if self.rule.clear else last)
        last = self._last_day(limit, until)
        return self._end(last + DAY if self.rule.clear else last)

    # Days on which time stands

    @cached_property
    def _paused(self) -> set[date]:
        return {day for pause in self.pauses for day in _paused_days(self.office, pause)}

    def _season(self, day: date) -> bool:
        return self.rule.closed_seasons == "stand" and day in self.office.stands

    def _stands(self, day: date) -> bool:
        """Days paused, and days of a closed season in which time stands."""
        return day in self._paused or self._season(day)

    def _good(self, day: date) -> bool:
        return day in self.office.works and not self._stands(day)

    # Days and longer

    def _last_day(self, limit: Sequence[Length], until: date | None) -> date:
        """The last day of a limit, one length after another; those that follow a date begin after it."""
        day = until or self.day
        included = self.rule.first_day == "included" and not until
        from_month_end = self.rule.begins in ("end_of_month", "end_of_quarter", "end_of_year") and not until
        for number, (amount, unit) in enumerate(limit):
            if self.rule.each_rolls and number > 0 and self.rule.roll == "next_working_day":
                day = self._roll(day)
            if unit in MONTHS:
                day = self._months_later(day, amount * MONTHS[unit], included, from_month_end and day == self.day)
            else:
                day = self._days_later(day, amount * 7 if unit == "week" else amount, unit, included)
            included = False
        return day

    def _days_later(self, day: date, amount: int, unit: str, included: bool) -> date:
        number = 0
        if not included:
            day += DAY
        while True:
            if not self._stands(day) and (unit != "working day" or day in self.office.works):
                number += 1
            if number == amount:
                return day
            day += DAY

    def _months_later(self, start: date, months: int, included: bool, from_month_end: bool) -> date:
        """The corresponding day, and as many days later as time stood until then.

        Months counted from the end of a month end with a month.
        """
        last = corresponding(start, months)
        if from_month_end:
            last = end_of_span(last, "end_of_month")
        elif included and last.day == start.day:
            last -= DAY
        day = start if included else start + DAY
        stood = 0
        while day <= last:
            stood += self._stands(day)
            day += DAY
        while stood:
            last += DAY
            stood -= not self._stands(last)
        return last

    # From the last day to the instant

    def _end(self, last: date) -> Due:
        day = self._roll(end_of_span(last, self.rule.up_to))
        if self.rule.minimum:
            day = max(day, self._minimum())
        return self._out_of_pauses(day)

    def _roll(self, day: date) -> date:
        while self.rule.roll == "next_working_day" and not self._good(day):
            day += DAY
        while self.rule.roll == "previous_working_day" and not self._good(day):
            day -= DAY
        return day

    def _minimum(self) -> date:
        """The day on which so many working days have passed."""
        day = self.day if self.rule.first_day == "included" else self.day + DAY
        number = 0
        while True:
            number += self._good(day)
            if number == self.rule.minimum:
                return day
            day += DAY

    def _out_of_pauses(self, day: date) -> Due:
        """A limit never runs out while it is paused; if it rolls, not on a day of rest or of a season either."""
        at = self._end_of_day(day)
        while around := [pause for pause in self.pauses if pause.begins < at < pause.ends]:
            last = max(around, key=lambda pause: pause.ends)
            day = _last_paused_day(self.office, last)
            while self._end_of_day(day) < last.ends or (
                self.rule.roll != "none" and (day not in self.office.works or self._season(day))
            ):
                day += DAY
            at = self._end_of_day(day)
        return Due(at, day)

    def _end_of_day(self, day: date) -> datetime:
        ends = self.rule.ends
        if ends == "24:00" or (ends == "same_time" and self.at_day_end):
            return self.office.end(day)
        if ends == "same_time":
            return self.office.at(day, self.office.wall(self.start))
        if ends == "close":
            sessions = self.office.sessions(day)
            return sessions[-1][1] if sessions else self.office.end(day)
        assert isinstance(ends, time)
        return self.office.at(day, ends)

    # Hours and minutes

    def _after_hours(self, limit: Sequence[Length]) -> datetime:
        at = self.start
        for amount, unit in limit:
            left = amount * EXACT[unit.removeprefix("working ")]
            for begins, ends in self._running(at, unit.startswith("working ")):
                if ends - begins >= left:
                    at = begins + left
                    break
                left -= ends - begins
        return at

    def _running(self, start: datetime, working: bool) -> Iterator[Span]:
        """The spans in which time runs: days, or the hours in which the office is open, less what is paused."""
        day = self.office.day(start)
        while True:
            spans = self.office.sessions(day) if working else [(self.office.begin(day), self.office.end(day))]
            if self.rule.closed_seasons == "stand" and day in self.office.stands:
                spans = []
            spans = [(max(begins, start), ends) for begins, ends in spans]
            for pause in self.pauses:
                spans = [part for span in spans for part in _less(span, pause)]
            yield from [(begins, ends) for begins, ends in spans if begins < ends]
            day += DAY


def _is_exact(length: Length) -> bool:
    return length[1].endswith(("hour", "minute"))


def _less(span: Span, pause: Pause) -> list[Span]:
    """What is before the pause, and what is after it."""
    begins, ends = span
    return [(begins, min(ends, max(begins, pause.begins))), (max(begins, min(ends, pause.ends)), ends)]


def _paused_days(office: Office, pause: Pause) -> Iterator[date]:
    """From the day after it began to the day on which it ended, unless the rule says otherwise for either."""
    day, last = office.day(pause.begins), _last_paused_day(office, pause)
    if pause.first_day == "excluded" and not pause.begun_at_day_end:
        day += DAY
    if pause.last_day == "excluded" and not pause.ended_at_day_end:
        last -= DAY
    while day <= last:
        yield day
        day += DAY


def _last_paused_day(office: Office, pause: Pause) -> date:
    return office.day(pause.ends) - DAY if pause.ended_at_day_end else office.day(pause.ends)


def _counted_back(office: Office, limit: Sequence[Length], day: date) -> date:
    """So many days before a date; neither pauses nor closed seasons hold up a counting back."""
    for amount, unit in limit:
        if unit in MONTHS:
            day = corresponding(day, -amount * MONTHS[unit])
            continue
        number = amount * 7 if unit == "week" else amount
        while number:
            day -= DAY
            number -= unit != "working day" or day in office.works
    return day


def corresponding(day: date, months: int) -> date:
    """The day of the same number so many months later, or the month's end if there is none."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def end_of_span(day: date, span: str | None) -> date:
    """Go on until tomorrow belongs to another week, month, quarter or year."""
    while True:
        tomorrow = day + DAY
        if (
            span is None
            or (span == "end_of_week" and day.strftime("%A") == "Sunday")
            or (span == "end_of_month" and tomorrow.day == 1)
            or (span == "end_of_quarter" and tomorrow.day == 1 and tomorrow.month in (1, 4, 7, 10))
            or (span == "end_of_year" and tomorrow.day == 1 and tomorrow.month == 1)
        ):
            return day
        day = tomorrow


# The start


def start(
    office: Office,
    came_at: datetime,
    plus: Length | None = None,
    latest: tuple[datetime, Length] | None = None,
    receipt: Receipt | None = None,
) -> datetime:
    """Deemed so much later, but at the latest so long after something else; then by the rule of receipt."""
    at = _deemed_later(office, came_at, plus) if plus else came_at
    if latest:
        at = min(at, _deemed_later(office, *latest))
    return received(office, at, receipt) if receipt else at


def _deemed_later(office: Office, instant: datetime, plus: Length) -> datetime:
    """Days later at the same wall time, hours exactly."""
    run = Run(office, Rule(roll="none", ends="same_time", closed_seasons="run"), instant, office.day(instant))
    return run.due([plus]).at


@dataclass(frozen=True)
class Receipt:
    """When what came in counts as received."""

    cutoff: time | None = None
    outside_hours: bool = False
    rest_day: bool = False


def received(office: Office, instant: datetime, rule: Receipt) -> datetime:
    """The cut-off hour first, then office hours, then days of rest."""
    if rule.cutoff and office.wall(instant) > rule.cutoff:
        instant = office.end(office.day(instant))
    if rule.outside_hours and not _open(office, instant):
        instant = _next_opening(office, instant)
    if rule.rest_day:
        while office.day(instant) not in office.works:
            instant = office.end(office.day(instant))
    return instant


def _open(office: Office, instant: datetime) -> bool:
    return any(opens <= instant <= closes for opens, closes in office.sessions(office.day(instant)))


def _next_opening(office: Office, instant: datetime) -> datetime:
    day = office.day(instant)
    while True:
        for opens, _ in office.sessions(day):
            if opens > instant:
                return opens
        day += DAY


# Pauses as they happened, and readings


def pauses(
    office: Office,
    happened: Sequence[tuple[datetime, datetime | None]],
    now: datetime,
    *,
    first_day: str = "excluded",
    last_day: str = "included",
    times: int | None = None,
    at_most: Length | None = None,
) -> list[Pause]:
    """One that is still open ends now; one that lasts longer than it may ended by itself."""
    found = []
    for begins, ends in happened[:times]:
        pause = Pause(begins, ends or now, first_day, last_day)
        if at_most:
            most = _deemed_later(office, begins, at_most)
            if not _is_exact(at_most):
                most = office.end(office.day(most))
            if most <= pause.ends:
                pause = Pause(begins, most, first_day, last_day, ended_at_day_end=not _is_exact(at_most))
        found.append(pause)
    return found


def readings(adopted: datetime, *others: datetime) -> tuple[datetime, datetime, datetime]:
    """The strict due, the adopted one, and the lenient one."""
    every = [adopted, *others]
    return min(every), adopted, max(every)
