"""The 24:00 of a day is its end: for office hours that last until then, and for a due, even where no clock shows it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions.calendars.reader import read_calendar
from caseclock.workflow.calendars import Calendar, Session
from caseclock.workflow.clocks import count, received
from caseclock.workflow.messages import ENGLISH, Text, say, spoken_due
from caseclock.workflow.model import Counting, DayEnd, DeemedReceipt, Limit, Period, TimeUnit
from caseclock.workflow.showing.calendar_pages import show_data
from caseclock.workflow.showing.pages import show_due

ROUND_THE_CLOCK = {
    "calendar": "hotline",
    "title": "Hotline",
    "zone": "Africa/Cairo",
    "base": "none",
    "years": "2026..2027",
    "official_through": "2027-12-31",
    "rest_days": ["saturday", "sunday"],
    "office_hours": {"monday..friday": "00:00..24:00"},
}


def hotline(**changes) -> Calendar:
    return read_calendar({**ROUND_THE_CLOCK, **changes}, dict.__getitem__)


def wall(text: str, zone: str = "Africa/Cairo") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def due(calendar: Calendar, amount: int, unit: TimeUnit, start: str, **counting) -> datetime:
    return count(Limit(Period(amount, unit), Counting(**counting)), wall(start, calendar.zone), calendar).due


def test_working_hours_round_the_clock_are_hours_without_weekends():
    for start, expected in (
        ("2026-11-16T10:00", "2026-11-18T10:00"),
        ("2026-11-19T10:00", "2026-11-23T10:00"),
        ("2026-11-21T10:00", "2026-11-25T00:00"),
        ("2026-11-18T00:00", "2026-11-20T00:00"),
    ):
        assert due(hotline(), 48, TimeUnit.WORKING_HOUR, start) == wall(expected)


def test_a_limit_that_ends_with_the_week_ends_at_the_24_00_of_friday():
    found = count(Limit(Period(24, TimeUnit.WORKING_HOUR), Counting()), wall("2026-11-20T00:00"), hotline())
    (line,) = found.lines
    assert (line.day, line.ends) == (date(2026, 11, 20), "24:00")
    assert line.notes[1].text() == "counted from 00:00 to 24:00"


def test_a_day_of_23_hours_has_as_many_working_hours():
    """In Cairo the clocks skip the first hour of Friday, 24 April 2026."""
    calendar = hotline()
    (span,) = calendar.open_on(date(2026, 4, 24))
    assert span[1] - span[0] == timedelta(hours=23)
    assert due(calendar, 24, TimeUnit.WORKING_HOUR, "2026-04-23T00:00") == calendar.midnight_after(date(2026, 4, 23))
    assert due(calendar, 25, TimeUnit.WORKING_HOUR, "2026-04-23T00:00") == wall("2026-04-24T02:00")


def test_close_of_office_is_24_00_and_the_stretches_of_one_day_may_touch_those_of_the_next():
    calendar = hotline(office_hours={"monday..friday": ["08:00..12:00", "22:00..24:00"]})
    assert calendar.close_of_office(date(2026, 11, 16)) == calendar.midnight_after(date(2026, 11, 16))
    assert due(calendar, 1, TimeUnit.DAY, "2026-11-16T10:00", ends=DayEnd.CLOSE_OF_OFFICE) == wall("2026-11-18T00:00")
    assert due(calendar, 3, TimeUnit.WORKING_HOUR, "2026-11-16T11:00") == wall("2026-11-17T00:00")
    assert due(calendar, 4, TimeUnit.WORKING_HOUR, "2026-11-16T11:00") == wall("2026-11-17T09:00")


def test_the_next_opening_is_now_until_24_00_and_that_instant_belongs_to_the_next_day():
    calendar = hotline()
    for instant, opening in (
        ("2026-11-20T23:59", "2026-11-20T23:59"),
        ("2026-11-20T00:00", "2026-11-20T00:00"),
        ("2026-11-21T00:00", "2026-11-23T00:00"),
    ):
        assert calendar.opening_after(wall(instant)) == wall(opening)
    came = received(DeemedReceipt(cutoff="16:30", outside_hours=True), wall("2026-11-20T17:00"), calendar)
    assert came.at == wall("2026-11-23T00:00")


def test_a_day_alone_may_be_open_until_24_00_and_pages_and_stored_calendars_say_so():
    calendar = hotline(office_hours={"monday": "09:00..17:00"}, days={"2026-11-16": {"hours": "20:00..24:00"}})
    assert Calendar.from_json(calendar.to_json()) == calendar
    shown = show_data(calendar, say("a file"), ENGLISH)
    assert [day["hours"] for day in shown["unusual"]] == [["20:00-24:00"]]
    assert show_data(hotline(), say("a file"), ENGLISH)["office_hours"][0] == ["00:00-24:00"]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Africa/Cairo", date(2026, 4, 23)),
        ("Asia/Beirut", date(2026, 3, 28)),
        ("America/Havana", date(2026, 3, 7)),
        ("Asia/Beirut", date(2026, 10, 24)),
        ("America/Havana", date(2026, 10, 31)),
        ("Asia/Shanghai", date(2026, 11, 20)),
        ("Pacific/Apia", date(2011, 12, 29)),
    ],
)
def test_the_end_of_a_day_is_spoken_as_its_24_00(zone, day):
    """Where the next midnight is skipped, comes twice, or belongs to a day that does not exist."""
    title, tz = Text("Demo", "示例"), ZoneInfo(zone)
    ends = Calendar("demo", title, zone, day, "111", day).midnight_after(day)
    assert spoken_due(ends.astimezone(tz)) == show_due(ends, zone) == f"{day} 24:00"


def test_other_times_of_such_a_day_are_spoken_as_the_clock_shows_them():
    tz = ZoneInfo("Africa/Cairo")
    skipped = datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert spoken_due((skipped + timedelta(minutes=1)).astimezone(tz)) == "2026-04-24 01:01"
    assert spoken_due((skipped - timedelta(minutes=1)).astimezone(tz)) == "2026-04-23 23:59"
    second = datetime(2026, 11, 1, 0, tzinfo=ZoneInfo("America/Havana"), fold=1)
    assert spoken_due(second) == "2026-11-01 00:00", "the midnight that comes again is within the day"
    assert spoken_due(datetime(2026, 11, 20, 0, 0, 30)) == "2026-11-20 00:00"


def test_a_session_is_written_with_its_24_00():
    assert [str(Session(time(22), closes)) for closes in (time(23, 30), time())] == ["22:00-23:30", "22:00-24:00"]
    assert replace(Session(time(22), time()), closes=time(23)).until_midnight is False
