"""Days are dates, not multiples of 24 hours: a change of the clocks moves no due day, and hours are exact across it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from caseclock.workflow.calendars import Calendar, Session
from caseclock.workflow.clocks import Pausing, Reckoning, count
from caseclock.workflow.messages import Text
from caseclock.workflow.model import Counting, DayEnd, FirstDay, Limit, Pause, Period, Roll, TimeUnit, UpTo

FIRST = date(2026, 1, 1)
WITH_DAYLIGHT_SAVING = (
    "Africa/Cairo",
    "America/Havana",
    "America/New_York",
    "Australia/Lord_Howe",
    "Europe/London",
)
EARLY, DAYTIME = Session(time(0, 30), time(4)), Session(time(9), time(17))
DAYS = (TimeUnit.DAY, TimeUnit.WORKING_DAY, TimeUnit.WEEK, TimeUnit.MONTH)
SAME_TIME = Counting(roll=Roll.NONE, ends=DayEnd.SAME_TIME)


def calendar(zone: str, weekend: tuple[int, ...] = ()) -> Calendar:
    days = "".join("0" if (FIRST + timedelta(days=n)).weekday() in weekend else "1" for n in range(1500))
    return Calendar("demo", Text("Demo", "示例"), zone, FIRST, days, date(2029, 1, 1), {}, ((EARLY, DAYTIME),) * 7)


def reckon(zone: str, start: str, amount: int, unit: TimeUnit, counting: Counting = SAME_TIME) -> Reckoning:
    """Count from a wall time in a zone; where it comes twice, from the first."""
    begins = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
    return count(Limit(Period(amount, unit), counting), begins, calendar(zone))


def local(reckoning: Reckoning) -> str:
    return reckoning.due.astimezone(ZoneInfo(reckoning.calendar.zone)).isoformat(" ", "minutes")


def notes(reckoning: Reckoning) -> list[str]:
    return [note.text() for line in reckoning.lines for note in line.notes]


@pytest.mark.parametrize("zone", WITH_DAYLIGHT_SAVING)
@given(
    day=st.dates(date(2026, 1, 5), date(2027, 1, 1)),
    wall=st.times().map(lambda at: at.replace(microsecond=0)),
    unit=st.sampled_from(DAYS),
    amount=st.integers(1, 12),
    counting=st.builds(
        Counting,
        first_day=st.sampled_from(FirstDay),
        roll=st.sampled_from(Roll),
        ends=st.sampled_from([DayEnd.MIDNIGHT, DayEnd.CLOSE_OF_OFFICE, DayEnd.SAME_TIME]),
        minimum=st.integers(0, 5),
        up_to=st.none() | st.sampled_from(UpTo),
    ),
)
def test_a_due_day_is_the_same_with_and_without_daylight_saving(zone, day, wall, unit, amount, counting):
    found = set()
    for each in (zone, "UTC"):
        weekly = calendar(each, weekend=(5, 6))
        start = datetime.combine(day, wall, ZoneInfo(each))
        assume(weekly.wall_time(start) == wall)
        found.add(count(Limit(Period(amount, unit), counting), start, weekly).due_day)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("zone", "start", "due"),
    [
        ("America/New_York", "2026-03-07 02:30", "2026-03-08 03:30-04:00"),
        ("Europe/London", "2026-03-28 01:30", "2026-03-29 02:30+01:00"),
        ("Australia/Lord_Howe", "2026-10-03 02:15", "2026-10-04 02:45+11:00"),
        ("Africa/Cairo", "2026-04-23 00:30", "2026-04-24 01:30+03:00"),
        ("America/Havana", "2026-03-07 00:00", "2026-03-08 01:00-04:00"),
    ],
)
def test_a_wall_time_that_is_skipped_means_as_much_later_as_the_clocks_jump(zone, start, due):
    found = reckon(zone, start, 1, TimeUnit.DAY)
    assert local(found) == due
    assert found.due_day == date.fromisoformat(due[:10])
    assert found.lines[-1].ends == due[11:16]
    assert f"the clocks are put forward and {start[11:]} does not exist" in notes(found)[-1]


@pytest.mark.parametrize(
    ("zone", "start", "due"),
    [
        ("America/New_York", "2026-10-31 01:30", "2026-11-01 01:30-04:00"),
        ("Europe/London", "2026-10-24 01:30", "2026-10-25 01:30+01:00"),
        ("Australia/Lord_Howe", "2026-04-04 01:45", "2026-04-05 01:45+11:00"),
        ("Africa/Cairo", "2026-10-28 23:30", "2026-10-29 23:30+03:00"),
        ("America/Havana", "2026-10-31 00:30", "2026-11-01 00:30-04:00"),
    ],
)
def test_a_wall_time_that_comes_twice_means_the_first(zone, start, due):
    found = reckon(zone, start, 1, TimeUnit.DAY)
    assert local(found) == due
    assert notes(found)[-1] == f"the clocks are put back and {start[11:]} comes twice; the first is meant"


def test_a_given_wall_time_is_treated_alike():
    at_half_past_two = Counting(roll=Roll.NONE, ends=DayEnd.AT, ends_at="02:30")
    assert local(reckon("America/New_York", "2026-03-07 10:00", 1, TimeUnit.DAY, at_half_past_two)) == (
        "2026-03-08 03:30-04:00"
    )


@pytest.mark.parametrize(
    ("zone", "start", "midnight", "length"),
    [
        ("Africa/Cairo", "2026-04-22 10:00", "2026-04-24 01:00+03:00", 24),
        ("Africa/Cairo", "2026-04-23 10:00", "2026-04-25 00:00+03:00", 23),
        ("Africa/Cairo", "2026-10-28 10:00", "2026-10-30 00:00+02:00", 25),
        ("America/Havana", "2026-03-06 10:00", "2026-03-08 01:00-04:00", 24),
        ("America/Havana", "2026-03-07 10:00", "2026-03-09 00:00-04:00", 23),
        ("America/Havana", "2026-10-30 10:00", "2026-11-01 00:00-04:00", 24),
        ("America/Havana", "2026-10-31 10:00", "2026-11-02 00:00-05:00", 25),
        ("Australia/Lord_Howe", "2026-10-03 10:00", "2026-10-05 00:00+11:00", 23.5),
    ],
)
def test_2400_is_where_the_next_day_begins_even_if_it_begins_at_one(zone, start, midnight, length):
    found = reckon(zone, start, 1, TimeUnit.DAY, Counting(roll=Roll.NONE))
    assert local(found) == midnight
    assert found.lines[-1].ends == "24:00"
    begins = found.calendar.midnight_before(found.due_day)
    assert found.due - begins == timedelta(hours=length)
    assert found.due == found.calendar.midnight_before(found.due_day + timedelta(days=1))


@pytest.mark.parametrize(
    ("unit", "amount", "start", "due"),
    [
        (TimeUnit.HOUR, 24, "2026-03-07 12:00", "2026-03-08 13:00-04:00"),
        (TimeUnit.HOUR, 24, "2026-10-31 12:00", "2026-11-01 11:00-05:00"),
        (TimeUnit.HOUR, 1, "2026-11-01 01:30", "2026-11-01 01:30-05:00"),
        (TimeUnit.MINUTE, 90, "2026-03-08 01:00", "2026-03-08 03:30-04:00"),
        (TimeUnit.MINUTE, 61, "2026-11-01 00:59", "2026-11-01 01:00-05:00"),
        (TimeUnit.DAY, 1, "2026-03-07 12:00", "2026-03-08 12:00-04:00"),
    ],
)
def test_hours_across_a_change_are_exact(unit, amount, start, due):
    assert local(reckon("America/New_York", start, amount, unit)) == due


def test_an_office_that_is_open_while_the_clocks_change_has_an_hour_less_or_more():
    """Open from 00:30 to 04:00: two and a half hours on 8 March, four and a half on 1 November."""
    assert local(reckon("America/New_York", "2026-03-08 00:00", 150, TimeUnit.WORKING_MINUTE)) == (
        "2026-03-08 04:00-04:00"
    )
    assert local(reckon("America/New_York", "2026-11-01 00:00", 270, TimeUnit.WORKING_MINUTE)) == (
        "2026-11-01 04:00-05:00"
    )


def test_the_explanation_of_hours_says_that_the_day_is_shorter_or_longer():
    forward, back = (
        reckon("America/New_York", f"{day} 12:00", 24, TimeUnit.HOUR) for day in ("2026-03-07", "2026-10-31")
    )
    assert "the clocks change on this day, which has 23 hours" in notes(forward)
    assert "the clocks change on this day, which has 25 hours" in notes(back)
    assert sum((ends - begins for line in back.lines for begins, ends in line.spans), timedelta()) == timedelta(
        hours=24
    )


def test_where_nothing_changes_nothing_is_said():
    assert not any("clocks" in note for note in notes(reckon("America/New_York", "2026-03-09 02:30", 1, TimeUnit.DAY)))
    assert not any("clocks" in note for note in notes(reckon("Asia/Shanghai", "2026-03-07 02:30", 9, TimeUnit.DAY)))


def test_a_pause_across_a_change_adds_days_not_hours():
    new_york = calendar("America/New_York")
    start = new_york.at(date(2026, 3, 6), time(10))
    paused = Pausing(
        datetime(2026, 3, 7, 15, tzinfo=UTC), datetime(2026, 3, 9, 14, tzinfo=UTC), Pause(("ask",), ("answer",)), "ask"
    )
    found = count(Limit(Period(3, TimeUnit.DAY), SAME_TIME), start, new_york, pauses=[paused])
    assert local(found) == "2026-03-11 10:00-04:00"
