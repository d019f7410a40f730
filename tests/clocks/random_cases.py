"""Random offices, and random questions about their time.

An office is known by its number, so that a question can be pasted into a test.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from caseclock.workflow.calendars import RESTS, STANDING, STANDS, STANDS_WORKED, WORKED, WORKS, Calendar, Session
from caseclock.workflow.clocks import ClockStatus, Grant, Pausing, Reckoning, count, measure
from caseclock.workflow.history import Case, Mark
from caseclock.workflow.messages import Text
from caseclock.workflow.model import (
    Clock,
    Counting,
    DayEnd,
    DeemedReceipt,
    Extension,
    ExtensionMode,
    FirstDay,
    LatestStart,
    Limit,
    OtherReading,
    Pause,
    Period,
    Roll,
    Seasons,
    TimeUnit,
    UpTo,
)

from . import oracle
from .oracle import DAY, Length, Office, Receipt, Rule

ZONES = (
    "Africa/Cairo",
    "America/Havana",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Europe/London",
)
SESSIONS = (
    [(time(9), time(17))],
    [(time(8, 30), time(12)), (time(14), time(18))],
    [(time(0, 30), time(4))],
    [(time(7), time(7, 45)), (time(11, 15), time(13)), (time(20), time(23, 30))],
    [],
)
WEEKENDS = ((5, 6), (4, 5), (6,), ())
WALLS = (time(0), time(0, 30), time(1, 45), time(2), time(2, 15), time(12), time(16, 30), time(17), time(23, 30))
DAYS = {"day": 40, "working day": 30, "week": 6, "month": 5, "year": 1}
SHORT = [unit for unit in DAYS if unit != "year"]
ROUGHLY = {"day": 1, "working day": 3, "week": 7, "month": 31, "year": 366}
HOURS = {"hour": 200, "working hour": 60, "minute": 4000, "working minute": 1500}
Hours = list[tuple[time, time]]

LENGTH = 1550
EARLIEST, LATEST = 100, 300
LONGEST = timedelta(days=60)


@dataclass(frozen=True)
class Question:
    """When does this limit run out? ``office`` is the number from which `random_office` makes the office."""

    office: int
    start: datetime
    limit: Sequence[Length] = ()
    rule: Rule = field(default_factory=Rule)
    until: date | None = None
    before: date | None = None
    at_day_end: bool = False
    pauses: list[oracle.Pause] = field(default_factory=list)
    extension: oracle.Extension | None = None
    bound: datetime | None = None

    @property
    def in_hours(self) -> bool:
        """The limit is in hours or minutes."""
        return bool(self.limit) and self.limit[0][1] in HOURS


@dataclass(frozen=True)
class Reading:
    """Another reading of a limit. ``pauses``: time stands still by it too."""

    limit: Sequence[Length]
    rule: Rule
    pauses: bool


@dataclass(frozen=True)
class ClockQuestion:
    """Where does a clock stand ``now``? Its ``question`` says when what starts it came in, and has no pauses itself.

    Args:
        also: what must have come in too before it starts.
        plus, latest, receipt: what moves the start.
        readings: other limits, each with its rule, of which the earlier and the later is taken.
        paused: when time was made to stand, and to run again.
        pause: how these pauses are counted.
    """

    question: Question
    now: datetime
    also: datetime | None
    plus: Length | None
    latest: tuple[datetime, Length] | None
    receipt: Receipt
    strict: Reading | None
    lenient: Reading | None
    paused: list[tuple[datetime, datetime | None]]
    pause: dict[str, Any]


# Offices


@lru_cache(maxsize=4)
def random_office(number: int) -> tuple[Office, Calendar]:
    """The same office twice: as plain facts for the oracle, and as a calendar of the library."""
    chance = random.Random(number)
    first = date(chance.randint(2015, 2025), 1, 1)
    weekend = chance.choice(WEEKENDS)
    kinds = [RESTS if (first + n * DAY).weekday() in weekend else WORKS for n in range(LENGTH)]
    for _ in range(chance.randint(0, 40)):
        kinds[chance.randrange(LENGTH)] = chance.choice((RESTS, RESTS, WORKS))
    for closed, most in ((_resting, 9), (_standing, 30)):
        for _ in range(chance.randint(0, 5)):
            begin, length = chance.randrange(LENGTH), chance.randint(1, most)
            kinds[begin : begin + length] = [closed(kind) for kind in kinds[begin : begin + length]]
    weekly = [chance.choice(SESSIONS) for _ in range(7)] if chance.random() < 0.8 else [[]] * 7
    half_days = [first + n * DAY for n in chance.sample(range(LENGTH), 100)] if any(weekly) else []
    special = {day: SESSIONS[chance.randrange(3)] for day in half_days}
    calendar = Calendar(
        id=f"office-{number}",
        title=Text(f"Office {number}", f"机关{number}"),
        zone=chance.choice(ZONES),
        first=first,
        days="".join(kinds),
        official_through=first + timedelta(days=LENGTH - 1),
        hours=tuple(sessions(hours) for hours in weekly),
        special_hours={day: sessions(hours) for day, hours in special.items()},
    )
    return _plain_facts(calendar.zone, first, kinds, weekly, special), calendar


def _resting(kind: str) -> str:
    return RESTS


def _standing(kind: str) -> str:
    return STANDS_WORKED if kind in WORKED else STANDS


def sessions(hours: Hours) -> tuple[Session, ...]:
    return tuple(Session(opens, closes) for opens, closes in hours)


def _plain_facts(zone: str, first: date, kinds: list[str], weekly: list[Hours], special: dict[date, Hours]) -> Office:
    """A working day whose weekday has no hours has those of the first weekday that has any."""
    works = frozenset(first + n * DAY for n, kind in enumerate(kinds) if kind in WORKED)
    stands = frozenset(first + n * DAY for n, kind in enumerate(kinds) if kind in STANDING)
    usual = next((hours for hours in weekly if hours), [])
    hours = {day: special.get(day) or weekly[day.weekday()] or usual for day in works}
    return Office(zone, works, stands, hours)


@lru_cache(maxsize=4)
def clock_changes(office: Office) -> tuple[date, ...]:
    """The days on which clocks are changed in the office's zone, and the days before them."""
    zone, first = ZoneInfo(office.zone), min(office.works)
    noons = [datetime.combine(first + n * DAY, time(12), zone) for n in range(EARLIEST, LATEST)]
    changed = [noon.date() for noon in noons if noon.utcoffset() != (noon - DAY).utcoffset()]
    return tuple(day - n * DAY for day in changed for n in (0, 1))


# Questions


def random_question(chance: random.Random, number: int) -> Question:
    """A question about the office of that number; instants are often just where something else happens."""
    office, _ = random_office(number)
    start = random_instant(chance, office)
    shape = chance.choice(("days", "days", "days", "hours", "until", "before"))
    at_day_end = start == office.begin(office.day(start)) and chance.random() < 0.5
    question = Question(number, start, rule=random_rule(chance), at_day_end=at_day_end)
    if shape == "hours":
        question = replace(question, limit=random_hours(chance, office))
    elif shape == "until":
        question = replace(question, until=office.day(start) + chance.randint(-5, 90) * DAY)
    else:
        question = replace(question, limit=random_days(chance))
    if shape == "before":
        length = sum(amount * ROUGHLY[unit] for amount, unit in question.limit)
        question = replace(question, before=office.day(start) + (length + chance.randint(-20, 60)) * DAY)
    if shape != "before" and chance.random() < 0.3:
        question = replace(question, extension=random_extension(chance, office, question))
    question = replace(question, pauses=random_pauses(chance, question))
    if chance.random() < 0.1:
        question = replace(question, bound=start + chance.uniform(-5, 60) * DAY)
    return question


def random_instant(chance: random.Random, office: Office) -> datetime:
    """Any second, or a round wall time, or one at the end of a month, or on a day on which the clocks are changed."""
    day = min(office.works) + chance.randrange(EARLIEST, LATEST) * DAY
    if chance.random() < 0.1:
        day = oracle.end_of_span(day, "end_of_month") - chance.randrange(2) * DAY
    if chance.random() < 0.3 and clock_changes(office):
        day = chance.choice(clock_changes(office))
    wall = chance.choice(WALLS) if chance.random() < 0.6 else time(*map(chance.randrange, (24, 60, 60)))
    return datetime.combine(day, wall, ZoneInfo(office.zone)).replace(fold=chance.randrange(2)).astimezone(UTC)


def random_rule(chance: random.Random) -> Rule:
    return Rule(
        first_day=chance.choice(("excluded", "included")),
        minimum=chance.choice((0, 0, 0, 1, 2, 5, 20)),
        up_to=chance.choice((None,) * 6 + ("end_of_week", "end_of_month", "end_of_quarter", "end_of_year")),
        roll=chance.choice(("next_working_day", "previous_working_day", "none")),
        ends=chance.choice(("24:00", "24:00", "close", "same_time", chance.choice(WALLS))),
        closed_seasons=chance.choice(("stand", "stand", "run")),
        each_rolls=chance.random() < 0.2,
        begins=chance.choice((None,) * 8 + ("end_of_week", "end_of_month", "end_of_quarter", "end_of_year")),
        clear=chance.random() < 0.15,
    )


def random_days(chance: random.Random) -> list[Length]:
    """One length in days or longer, or two of different units."""
    units = ["year"] if chance.random() < 0.1 else chance.sample(SHORT, chance.choice((1, 1, 1, 2)))
    return [(chance.randint(1, DAYS[unit]), unit) for unit in units]


def random_hours(chance: random.Random, office: Office) -> list[Length]:
    units = [unit for unit in HOURS if any(office.open.values()) or not unit.startswith("working")]
    return [(chance.randint(1, HOURS[unit]), unit) for unit in chance.sample(units, chance.choice((1, 1, 2)))]


def random_extension(chance: random.Random, office: Office, question: Question) -> oracle.Extension:
    how = chance.choice(("to", "by", "by", "until"))
    in_hours = question.in_hours and (how == "by" or chance.random() < 0.5)
    length = random_hours(chance, office)[0] if in_hours else (chance.randint(1, 3), chance.choice(SHORT))
    cap = chance.choice((None, length, random_days(chance)[0]))
    if how == "until":
        days = tuple(office.day(question.start) + chance.randint(-5, 120) * DAY for _ in range(chance.randint(1, 2)))
        return oracle.Extension(how, days=days, cap=cap)
    return oracle.Extension(how, length, times=1 if how == "to" else chance.choice((1, 1, 2)), cap=cap)


def random_pauses(chance: random.Random, question: Question) -> list[oracle.Pause]:
    """Pauses anywhere, or that begin or end at midnight, or just where the limit would have run out."""
    how_many = chance.choice((0, 0, 1, 1, 2, 3))
    ending = answer(question).at if how_many else question.start
    return [random_pause(chance, question, ending) for _ in range(how_many)]


def random_pause(chance: random.Random, question: Question, ending: datetime) -> oracle.Pause:
    office, _ = random_office(question.office)
    begins = question.start + chance.uniform(-0.1, 1.1) * max(ending - question.start, DAY)
    ends = begins + chance.choice((chance.uniform(0, 1.5), chance.uniform(0, 40))) * DAY
    begins, ends = sorted(_nearby(chance, office, at, ending) for at in (begins, ends))
    ends = min(ends, begins + LONGEST)
    first_day, last_day = (chance.choice(("excluded", "included")) for _ in range(2))
    at_day_ends = (chance.random() < 0.5 and at == office.begin(office.day(at)) for at in (begins, ends))
    return oracle.Pause(begins, ends, first_day, last_day, *at_day_ends)


def _nearby(chance: random.Random, office: Office, instant: datetime, ending: datetime) -> datetime:
    return chance.choice(
        (
            instant.replace(microsecond=0),
            instant.replace(microsecond=0),
            office.begin(office.day(instant)),
            office.at(office.day(instant), chance.choice(WALLS)),
            ending + chance.randint(-1, 1) * timedelta(seconds=1),
        )
    )


def answer(question: Question) -> oracle.Due:
    """The oracle's answer."""
    office, _ = random_office(question.office)
    return oracle.due(
        office,
        question.limit,
        question.rule,
        question.start,
        until=question.until,
        before=question.before,
        pauses=question.pauses,
        extension=question.extension,
        bound=question.bound,
        at_day_end=question.at_day_end,
    )


# Clocks


def random_clock(chance: random.Random, number: int) -> ClockQuestion:
    """A clock of the office of that number, with everything that moves its start and its due."""
    office, _ = random_office(number)
    came_at = random_instant(chance, office)
    limit, rule = random_hours(chance, office) if chance.random() < 0.3 else random_days(chance), random_rule(chance)
    plus = chance.choice((None, random_short(chance, office)))
    latest = (came_at + chance.uniform(-5, 5) * DAY, random_short(chance, office)) if chance.random() < 0.5 else None
    receipt = random_receipt(chance, office)
    also = came_at + chance.uniform(-10, 10) * DAY if chance.random() < 0.2 else None
    start = oracle.start(office, max(came_at, also or came_at), plus, latest, receipt)
    paused, now = random_marks(chance, start)
    return ClockQuestion(
        Question(number, came_at, limit, rule),
        now,
        also,
        plus,
        latest,
        receipt,
        random_reading(chance),
        random_reading(chance),
        paused,
        random_pause_rule(chance, office),
    )


def random_reading(chance: random.Random) -> Reading | None:
    return Reading(random_days(chance), random_rule(chance), chance.random() < 0.7) if chance.random() < 0.4 else None


def random_short(chance: random.Random, office: Office) -> Length:
    hours = random_hours(chance, office)[0]
    return chance.choice(((chance.randint(1, 9), "day"), (chance.randint(1, 9), "working day"), (1, "month"), hours))


def random_receipt(chance: random.Random, office: Office) -> Receipt:
    return Receipt(
        cutoff=chance.choice((None, *WALLS)),
        outside_hours=any(office.open.values()) and chance.random() < 0.5,
        rest_day=chance.random() < 0.5,
    )


def random_marks(chance: random.Random, start: datetime) -> tuple[list[tuple[datetime, datetime | None]], datetime]:
    """Pauses one after another, of which the last may still be open, and an instant after all of it."""
    at, paused = start.replace(microsecond=0), list[tuple[datetime, datetime | None]]()
    for _ in range(chance.randint(0, 3)):
        begins = at + timedelta(hours=chance.randint(0, 500))
        at = begins + timedelta(minutes=chance.randint(0, 60000))
        paused.append((begins, at))
    now = at + timedelta(minutes=chance.randint(0, 60000))
    if paused and chance.random() < 0.3:
        paused[-1] = (paused[-1][0], None)
    return paused, now


def random_pause_rule(chance: random.Random, office: Office) -> dict[str, Any]:
    return {
        "first_day": chance.choice(("excluded", "included")),
        "last_day": chance.choice(("excluded", "included")),
        "times": chance.choice((None, None, 1, 2)),
        "at_most": chance.choice((None, random_short(chance, office))),
    }


def dues(asked: ClockQuestion) -> tuple[datetime, datetime, datetime]:
    """The oracle's answer: the strict due, the adopted one, and the lenient one."""
    question = asked.question
    office, _ = random_office(question.office)
    question = replace(
        question,
        start=oracle.start(
            office, max(question.start, asked.also or question.start), asked.plus, asked.latest, asked.receipt
        ),
        pauses=oracle.pauses(office, asked.paused, asked.now, **asked.pause),
    )
    others = [
        replace(question, limit=other.limit, rule=other.rule, pauses=question.pauses if other.pauses else [])
        for other in (asked.strict, asked.lenient)
        if other
    ]
    return oracle.readings(answer(question).at, *(answer(other).at for other in others))


# The same question to the library


def ask_library(question: Question) -> Reckoning:
    """The library's answer."""
    _, calendar = random_office(question.office)
    extension, grants = _granted(question)
    return count(
        _limit(question),
        question.start,
        calendar,
        extension=extension,
        grants=grants,
        until=question.until or question.before,
        pauses=[_pausing(pause) for pause in question.pauses],
        bound=question.bound,
        at_day_end=question.at_day_end,
    )


def _limit(question: Question) -> Limit:
    if question.until:
        return Limit(None, counting(question.rule), until="day")
    first, *then = (period(length) for length in question.limit)
    return Limit(first, counting(question.rule), then=tuple(then), before="day" if question.before else None)


def period(length: Length) -> Period:
    amount, unit = length
    return Period(amount, TimeUnit(unit))


def counting(rule: Rule) -> Counting:
    at = rule.ends.isoformat("minutes") if isinstance(rule.ends, time) else None
    return Counting(
        FirstDay(rule.first_day),
        Roll(rule.roll),
        DayEnd.AT if at else DayEnd(rule.ends),
        rule.minimum,
        UpTo(rule.up_to) if rule.up_to else None,
        at,
        Seasons(rule.closed_seasons),
        each_rolls=rule.each_rolls,
        begins=UpTo(rule.begins) if rule.begins else None,
        clear=rule.clear,
    )


def _pausing(pause: oracle.Pause) -> Pausing:
    rule = Pause(("ask",), ("answer",), pause.first_day == "included", pause.last_day == "included")
    return Pausing(
        pause.begins,
        pause.ends,
        rule,
        "ask",
        begun_at_day_end=pause.begun_at_day_end,
        ended_at_day_end=pause.ended_at_day_end,
    )


def _granted(question: Question) -> tuple[Extension | None, list[Grant]]:
    asked = question.extension
    if asked is None:
        return None, []
    given: list[dict[str, str]] = [{"to": day.isoformat()} for day in asked.days] or [{}] * asked.times
    extension = Extension(
        ExtensionMode(asked.how),
        period(asked.length) if asked.length else None,
        len(given),
        "ask",
        "grant",
        until="to" if asked.days else None,
        cap=period(asked.cap) if asked.cap else None,
    )
    return extension, [Grant(question.start, question.start, "head", values) for values in given]


def ask_clock(asked: ClockQuestion) -> ClockStatus:
    """The library's answer to a question about a clock."""
    question = asked.question
    _, calendar = random_office(question.office)
    clock = Clock(
        name="reply",
        title=Text("Reply", "答复"),
        starts=("start",),
        limits=(_limit(question),),
        stops=("publish",),
        all_of={"start": ("came_at", "also_came_at") if asked.also else ("came_at",)},
        deemed_later={"start": period(asked.plus)} if asked.plus else {},
        latest_start=LatestStart("applied_at", period(asked.latest[1])) if asked.latest else None,
        receipt=deemed_receipt(asked.receipt),
        pauses=(_pause(asked.pause),),
        strict=_other_reading(question, asked.strict),
        lenient=_other_reading(question, asked.lenient),
    )
    data = {"came_at": question.start.isoformat()}
    if asked.also:
        data["also_came_at"] = asked.also.isoformat()
    if asked.latest:
        data["applied_at"] = asked.latest[0].isoformat()
    case = Case("1", "o", "p", 1, "case", "1", "1", "s", question.start, question.start, data=data, marks=_marks(asked))
    status = measure(clock, case, calendar, lambda condition: True, asked.now)
    assert status is not None
    return status


def _marks(asked: ClockQuestion) -> dict[str, tuple[Mark, ...]]:
    return {
        "ask": tuple(Mark(begins, "ann") for begins, _ in asked.paused),
        "answer": tuple(Mark(ends, "ann") for _, ends in asked.paused if ends),
    }


def _other_reading(question: Question, reading: Reading | None) -> OtherReading | None:
    if reading is None:
        return None
    return OtherReading((_limit(replace(question, limit=reading.limit, rule=reading.rule)),), reading.pauses)


def _pause(rule: dict[str, Any]) -> Pause:
    most = rule["at_most"]
    return Pause(
        ("ask",),
        ("answer",),
        rule["first_day"] == "included",
        rule["last_day"] == "included",
        rule["times"],
        period(most) if most else None,
    )


def deemed_receipt(rule: Receipt) -> DeemedReceipt:
    cutoff = rule.cutoff.isoformat("minutes") if rule.cutoff else None
    return DeemedReceipt(cutoff, rule.outside_hours, rule.rest_day)
