"""Limits on a calendar with a season in which time stands: the office works in it, and no limit runs."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions.calendars.reader import read_calendar
from caseclock.workflow.clocks import LineKind, Pausing, count, received
from caseclock.workflow.model import (
    Counting,
    DayEnd,
    DeemedReceipt,
    FirstDay,
    Limit,
    Pause,
    Period,
    Roll,
    Seasons,
    TimeUnit,
    UpTo,
)

DAY, WORKING_DAY, MONTH = TimeUnit.DAY, TimeUnit.WORKING_DAY, TimeUnit.MONTH
HOUR, WORKING_HOUR = TimeUnit.HOUR, TimeUnit.WORKING_HOUR
ROME = ZoneInfo("Europe/Rome")
ITALY = {
    "calendar": "italy",
    "title": "Courts of Italy",
    "zone": "Europe/Rome",
    "base": "IT",
    "years": "2024..2027",
    "official_through": "2027-12-31",
    "office_hours": {"monday..friday": "09:00..13:00"},
    "closed_seasons": {
        "august": {"from": "08-01", "to": "08-31", "title": "August", "source": "Law 742/1969", "time": "stands"}
    },
}
STAND, RUN = Counting(), Counting(closed_seasons=Seasons.RUN)


@pytest.fixture(scope="module")
def italy():
    return read_calendar(ITALY, dict.__getitem__)


@pytest.fixture(scope="module")
def ordinary():
    """The same courts without a season."""
    return read_calendar({key: value for key, value in ITALY.items() if key != "closed_seasons"}, dict.__getitem__)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def reckoned(calendar, amount, unit, start, counting=STAND, **given):
    return count(Limit(Period(amount, unit), counting), wall(start), calendar, **given)


def due(*question, **given) -> str:
    found = reckoned(*question, **given)
    return f"{found.due_day:%m-%d}"


def test_an_urgent_limit_runs_through_august_as_through_any_month(italy):
    """30 days from 20 July: with the season 19 September rolls to Monday; without it a Wednesday in August."""
    assert due(italy, 30, DAY, "2026-07-20T10:00", RUN) == "08-19"
    assert due(italy, 30, DAY, "2026-07-20T10:00") == "09-21"


def test_working_days_run_through_august_where_seasons_do_and_wait_where_they_stand(italy):
    assert due(italy, 5, WORKING_DAY, "2026-08-07T10:00", RUN) == "08-14"
    assert due(italy, 5, WORKING_DAY, "2026-08-07T10:00") == "09-07"
    assert due(italy, 5, WORKING_DAY, "2026-07-29T10:00") == "09-03"


@pytest.mark.parametrize(
    ("amount", "unit", "counting"),
    [
        (30, DAY, RUN),
        (12, WORKING_DAY, RUN),
        (1, MONTH, replace(RUN, up_to=UpTo.MONTH)),
        (9, DAY, replace(RUN, minimum=8)),
        (40, WORKING_HOUR, RUN),
        (100, HOUR, RUN),
        (3, DAY, replace(RUN, roll=Roll.PREVIOUS_WORKING_DAY, ends=DayEnd.CLOSE_OF_OFFICE)),
    ],
)
@pytest.mark.parametrize("start", ["2026-07-20T10:00", "2026-08-07T10:00", "2026-08-13T09:30", "2026-08-31T12:59"])
def test_with_seasons_that_run_everything_is_as_without_the_season(italy, ordinary, amount, unit, counting, start):
    ours, theirs = (reckoned(calendar, amount, unit, start, counting) for calendar in (italy, ordinary))
    assert ours.due == theirs.due
    assert ours.lines == theirs.lines


def test_what_comes_in_during_august_is_received_in_august(italy):
    rule = DeemedReceipt(rest_day=True, outside_hours=True)
    came = received(rule, wall("2026-08-08T11:00"), italy)
    assert came.at == wall("2026-08-10T09:00"), "a Saturday: the next opening, on Monday"
    assert received(rule, wall("2026-08-11T11:00"), italy).at == wall("2026-08-11T11:00")
    holiday = received(DeemedReceipt(rest_day=True), wall("2025-08-15T11:00"), italy)
    assert holiday.at == wall("2025-08-18T00:00"), "the fifteenth, a Friday, is a day of rest all the same"


def test_a_last_day_in_the_season_rolls_out_of_it_in_either_direction(italy):
    month_end = replace(STAND, up_to=UpTo.MONTH)
    assert due(italy, 20, DAY, "2026-07-31T10:00", month_end) == "09-30"
    assert due(italy, 1, DAY, "2026-07-30T10:00", replace(STAND, up_to=UpTo.WEEK)) == "09-01"
    back = replace(STAND, up_to=UpTo.WEEK, roll=Roll.PREVIOUS_WORKING_DAY)
    assert due(italy, 1, DAY, "2026-07-30T10:00", back) == "07-31"
    assert due(italy, 1, DAY, "2026-07-30T10:00", replace(STAND, up_to=UpTo.WEEK, roll=Roll.NONE)) == "08-02"


def test_the_least_number_of_working_days_is_not_made_of_days_on_which_time_stands(italy):
    assert due(italy, 2, DAY, "2026-07-29T10:00", replace(STAND, minimum=4)) == "09-02"
    assert due(italy, 2, DAY, "2026-07-29T10:00", replace(RUN, minimum=4)) == "08-04"


def test_a_first_day_in_the_season_does_not_count_either(italy):
    included = replace(STAND, first_day=FirstDay.INCLUDED)
    assert due(italy, 2, WORKING_DAY, "2026-08-12T10:00", included) == "09-02"


def test_hours_stand_still_in_the_season_be_they_working_hours_or_not(italy):
    at = [reckoned(italy, n, unit, "2026-07-31T12:00").due for n, unit in ((2, WORKING_HOUR), (13, HOUR))]
    assert at == [wall("2026-09-01T10:00"), wall("2026-09-01T01:00")]
    assert reckoned(italy, 2, WORKING_HOUR, "2026-07-31T12:00", RUN).due == wall("2026-08-03T10:00")
    found = reckoned(italy, 2, WORKING_HOUR, "2026-07-31T12:00")
    spans = [(line.day, len(line.spans)) for line in found.lines if line.spans]
    assert spans == [(date(2026, 7, 31), 1), (date(2026, 9, 1), 1)]


def test_a_pause_within_the_season_takes_nothing_twice(italy):
    pause = Pausing(wall("2026-08-03T10:00"), wall("2026-08-21T10:00"), Pause(("ask",), ("tell",)), "asked")
    reaching_out = replace(pause, ends=wall("2026-09-02T10:00"))
    for amount, unit, plain, longer in ((5, WORKING_DAY, "09-03", "09-07"), (10, DAY, "09-08", "09-10")):
        assert due(italy, amount, unit, "2026-07-29T10:00", pauses=(pause,)) == plain
        assert due(italy, amount, unit, "2026-07-29T10:00", pauses=(reaching_out,)) == longer


def test_a_limit_that_would_run_out_in_a_pause_does_not_run_out_in_the_season_after_it(italy):
    pause = Pausing(wall("2026-07-30T10:00"), wall("2026-08-05T10:00"), Pause(("ask",), ("tell",)), "asked")
    question = (italy, 1, DAY, "2026-07-29T10:00")
    assert due(*question, pauses=(pause,)) == "09-01"
    assert due(*question, RUN, pauses=(pause,)) == "08-05"


def test_a_closed_line_names_the_season_and_its_source_on_every_day_of_it(italy):
    lines = {line.day: line for line in reckoned(italy, 5, WORKING_DAY, "2026-07-29T10:00").lines}
    august = [line for day, line in lines.items() if day.month == 8]
    assert len(august) == 31
    assert {line.kind for line in august} == {LineKind.CLOSED}
    told = {note.text() for line in august for note in line.notes}
    assert told == {"not counted, because time stands still: August (Law 742/1969)"}


def test_a_day_that_the_season_does_not_stop_is_told_as_the_day_that_it_is(italy):
    lines = {
        line.day.day: line for line in reckoned(italy, 30, DAY, "2026-07-20T10:00", RUN).lines if line.day.month == 8
    }
    assert {line.kind for line in lines.values()} == {LineKind.COUNTED}
    assert lines[12].notes[0].text() == "day 23 of 30"
    assert len(lines[12].notes) == 1
    assert "Assumption" in lines[15].notes[1].text()


def test_a_sitting_in_the_season_is_a_day_on_which_time_runs():
    days = {"2026-08-12": {"work": "Urgent sitting", "source": "Order 1"}}
    calendar = read_calendar({**ITALY, "days": days}, dict.__getitem__)
    assert due(calendar, 3, WORKING_DAY, "2026-07-30T10:00") == "09-01"
    assert due(calendar, 2, WORKING_DAY, "2026-07-30T10:00") == "08-12"


def test_the_office_closes_in_the_season_at_its_hour(italy):
    assert italy.close_of_office(date(2026, 8, 12)) == wall("2026-08-12T13:00")
    assert [session.opens for session in italy.office_hours(date(2026, 8, 12))] == [time(9)]
