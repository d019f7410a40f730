"""Counting agrees with a second program that shares no code with it, and explains itself to a third.

The oracle (`oracle.py`) counts day by day from the text of the rules; the checker (`checker.py`) recomputes the due
from the lines of an explanation alone. A failing question is printed so that it can be pasted into a test.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from chinese_calendar import is_workday

from caseclock.workflow.clocks import ClockStatus, Reckoning, count, received
from caseclock.workflow.messages import ENGLISH
from caseclock.workflow.model import Limit
from caseclock.workflow.showing import plain

from . import checker, oracle
from .oracle import DAY, Office, Rule
from .random_cases import (
    ClockQuestion,
    Question,
    answer,
    ask_clock,
    ask_library,
    counting,
    deemed_receipt,
    dues,
    period,
    random_clock,
    random_instant,
    random_office,
    random_question,
    random_receipt,
)

CHUNKS = 50


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_hundred_thousand_random_limits(chunk):
    chance = random.Random(f"limits {chunk}")
    for number in numbers(chunk, 40, 50):
        compare(random_question(chance, number))


def compare(question: Question) -> None:
    expected, found = answer(question), ask_library(question)
    expect(question, found.due, expected.at)
    if not question.in_hours and not found.bounded:
        expect(question, found.due_day, expected.day)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_clocks_with_all_that_moves_their_start_and_all_readings(chunk):
    chance = random.Random(f"clocks {chunk}")
    for number in numbers(chunk, 5, 30):
        compare_clock(random_clock(chance, number))


def compare_clock(asked: ClockQuestion) -> None:
    expected, status = dues(asked), ask_clock(asked)
    found = status.strict_due_at, status.due_at, status.lenient_due_at
    expect(asked, found, expected)
    printed = explained(status)
    expect(asked, checker.due(printed["days"], printed["zone"]), status.due_at)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_receipts(chunk):
    chance = random.Random(f"receipts {chunk}")
    for number in numbers(chunk, 5, 60):
        office, calendar = random_office(number)
        rule, instant = random_receipt(chance, office), random_instant(chance, office)
        found = received(deemed_receipt(rule), instant, calendar).at
        expect((number, instant, rule), found, oracle.received(office, instant, rule))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_from_its_lines_alone_a_second_program_gets_the_same_due(chunk):
    chance = random.Random(f"explanations {chunk}")
    status = ask_clock(random_clock(chance, chunk))
    for number in numbers(chunk, 5, 16):
        question = random_question(chance, number)
        reckoning = ask_library(question)
        check(question, reckoning, explained(replace(status, due_at=reckoning.due, reckoning=reckoning)))


def check(question: Question, reckoning: Reckoning, printed: dict[str, Any]) -> None:
    days = printed["days"]
    expect(question, checker.due(days, printed["zone"]), reckoning.due)
    if question.extension is None and not reckoning.bounded:
        if question.in_hours:
            expect(question, checker.running(days), running(question))
        elif (number := counted(question)) is not None:
            expect(question, checker.counted(days), number)


def running(question: Question) -> timedelta:
    return sum((amount * oracle.EXACT[unit.removeprefix("working ")] for amount, unit in question.limit), timedelta())


def counted(question: Question) -> int | None:
    """How many days the limit counts; None where that depends on pauses, or on a date."""
    if question.until or question.before:
        return None
    if all(unit not in oracle.MONTHS for _, unit in question.limit):
        return sum(amount * 7 if unit == "week" else amount for amount, unit in question.limit)
    return period_length(question) if len(question.limit) == 1 else None


def period_length(question: Question) -> int:
    """How many days there are in so many months or years, where time never stands."""
    office, _ = random_office(question.office)
    rule = Rule(question.rule.first_day, roll="none", begins=question.rule.begins, closed_seasons="run")
    first = oracle.end_of_span(office.day(question.start) - question.at_day_end * DAY, rule.begins)
    last = answer(replace(question, rule=rule, pauses=[])).day
    return (last - first).days + (rule.first_day == "included")


def explained(status: ClockStatus) -> dict[str, Any]:
    """Return the explanation as a program reads it that knows nothing but JSON."""
    printed: dict[str, Any] = json.loads(json.dumps(plain.explained(status, ENGLISH)))
    return printed


def test_thousands_of_limits_in_china_by_another_list_of_its_working_days(cn):
    first = date(2010, 1, 1)
    office = Office("Asia/Shanghai", frozenset(day for n in range(17 * 365) if is_workday(day := first + n * DAY)))
    chance = random.Random(20261123)
    for _ in range(4000):
        start = datetime(2010, 1, 3, tzinfo=UTC) + timedelta(seconds=chance.randrange(16 * 365 * 86400))
        length = chance.randint(1, 60), chance.choice(("day", "working day"))
        rule = Rule(chance.choice(("excluded", "included")), roll=chance.choice(("next_working_day", "none")))
        found = count(Limit(period(length), counting(rule)), start, cn).due
        expect((start, length, rule), found, oracle.due(office, [length], rule, start).at)


def numbers(chunk: int, offices: int, each: int) -> Iterator[int]:
    """Yield the numbers of a chunk's offices, each so often."""
    for number in range(chunk * offices, (chunk + 1) * offices):
        yield from [number] * each


def expect(asked: object, found: object, expected: object) -> None:
    """Fail with the question in a form that one can paste, after ``import datetime``."""
    if found != expected:
        pytest.fail(f"{asked!r}\nexpected {expected}\nfound    {found}", pytrace=False)
