"""What is said of rungs on dates is so when days are counted one by one, by a loop of its own."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.definitions import YamlReader
from caseclock.workflow.calendars import Calendar, OutsideCalendar
from caseclock.workflow.lint import lint
from caseclock.workflow.model import Procedure

from .conftest import CALENDAR, changed

ONE = timedelta(days=1)


@cache
def calendar() -> Calendar:
    return YamlReader().calendar(YamlReader().compile(CALENDAR, file="days.calendar.yaml").compiled)


def procedure(limit: int, kind: str, before: int, of: str, roll: str) -> Procedure:
    text = changed(
        ("limit: 10 working days", f"limit: {limit} {kind}, counting: {{roll: {roll}}}"),
        ("2 working days before", f"{before} {of} before"),
    )
    return YamlReader().procedure(YamlReader().compile(text, file="permit.procedure.yaml").compiled)


def last_day(start: date, limit: int, kind: str, roll: str) -> date:
    """The last day of a limit, counted day by day: the day of the start is not counted."""
    day, counted = start, 0
    while counted < limit:
        day += ONE
        counted += kind == "days" or calendar().is_working(day)
    while roll == "next_working_day" and not calendar().is_working(day):
        day += ONE
    return day


def rung_day(due: date, before: int, of: str) -> date:
    """The day so many days before the due day, counted back day by day."""
    day, counted = due, 0
    if of == "working days":
        calendar().is_working(due)  # the engine counts back only from a day that the calendar holds
    while counted < before:
        day -= ONE
        counted += of == "days" or calendar().is_working(day)
    return day


def early(limit: int, kind: str, before: int, of: str, roll: str) -> list[date]:
    """The dates on which the rung, at 00:00 of its day, comes before a start at noon."""
    found = []
    for number in range((calendar().last - calendar().first).days + 1):
        start = calendar().first + timedelta(days=number)
        try:
            if rung_day(last_day(start, limit, kind, roll), before, of) <= start:
                found.append(start)
        except OutsideCalendar:
            continue
    return found


KINDS = st.sampled_from(["days", "working days"])


@settings(max_examples=25)
@given(st.integers(1, 12), KINDS, st.integers(1, 8), KINDS, st.sampled_from(["none", "next_working_day"]))
def test_a_rung_reported_fine_is_fine_on_every_date_and_one_reported_is_so_on_the_date_shown(
    limit: int, kind: str, before: int, of: str, roll: str
) -> None:
    made = procedure(limit, kind, before, of, roll)
    told = [one for one in lint(made, calendars={"days": calendar()}) if one.code == "rung-before-start"]
    really = early(limit, kind, before, of, roll)
    assert bool(told) == bool(really)
    if told:
        assert (told[0].message.values["first"], told[0].message.values["so"]) == (really[0], len(really))
