"""A calendar answers fast, refuses to guess, and knows when its days begin and end."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.calendars import Calendar, OutsideCalendar, Session
from caseclock.workflow.errors import CaseclockError
from caseclock.workflow.messages import Text


def in_zone(zone: str, first: date = date(2026, 1, 1), days: int = 730) -> Calendar:
    weekly = "".join("1" if (first + timedelta(days=n)).weekday() < 5 else "0" for n in range(days))
    return Calendar("demo", Text("Demo", "示例"), zone, first, weekly, date(2026, 12, 31))


@pytest.mark.parametrize("day", [date(2009, 12, 31), date(2028, 1, 1)])
def test_a_day_outside_is_an_error_that_says_what_to_do(cn, day):
    for ask in (cn.is_working, cn.note, cn.next_working_day, cn.office_hours):
        with pytest.raises(OutsideCalendar, match="2010-01-01 to 2027-12-31") as error:
            ask(day)
        assert isinstance(error.value, CaseclockError)
        assert "add the missing years" in str(error.value)


def test_counting_out_of_the_calendar_is_an_error(cn):
    with pytest.raises(OutsideCalendar):
        cn.working_day_after(date(2027, 12, 30), 60)
    with pytest.raises(OutsideCalendar):
        cn.working_day_before(date(2010, 1, 4), 3)


@given(start=st.dates(date(2012, 1, 1), date(2025, 12, 31)), n=st.integers(1, 120))
def test_the_nth_working_day_is_what_a_walk_day_by_day_finds(cn, start, n):
    day, left = start, n
    while left:
        day += timedelta(days=1)
        left -= cn.is_working(day)
    assert cn.working_day_after(start, n) == day
    assert cn.working_days(start + timedelta(days=1), day) == n
    day, left = start, n
    while left:
        day -= timedelta(days=1)
        left -= cn.is_working(day)
    assert cn.working_day_before(start, n) == day


def test_a_stored_calendar_is_equal_and_keeps_its_fingerprint(cn, xiangxi):
    again = Calendar.from_json(json.loads(json.dumps(cn.to_json())))
    assert again == cn
    assert again.fingerprint == cn.fingerprint != xiangxi.fingerprint


def test_the_day_of_an_instant_is_the_date_in_the_zone(cn):
    assert cn.to_date(datetime(2026, 2, 13, 16, 30, tzinfo=UTC)) == date(2026, 2, 14)


def test_midnight_belongs_to_the_day_it_ends_where_it_is_a_due(cn):
    end = cn.midnight_after(date(2026, 2, 13))
    assert end == datetime(2026, 2, 13, 16, tzinfo=UTC)
    assert (cn.to_date(end), cn.day_up_to(end)) == (date(2026, 2, 14), date(2026, 2, 13))


def test_a_day_of_daylight_saving_change_has_23_or_25_hours():
    london = in_zone("Europe/London")
    lengths = {
        day: london.midnight_after(day) - london.midnight_before(day) for day in (date(2026, 3, 29), date(2026, 10, 25))
    }
    assert list(lengths.values()) == [timedelta(hours=23), timedelta(hours=25)]


def test_a_time_that_comes_twice_means_the_first():
    assert in_zone("Europe/London").at(date(2026, 10, 25), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_skipped_time_means_as_much_later_as_the_clocks_jump():
    london = in_zone("Europe/London")
    assert london.at(date(2026, 3, 29), time(1, 30)).astimezone(ZoneInfo("Europe/London")).time() == time(2, 30)


def test_a_day_whose_midnight_is_skipped_begins_when_the_clocks_have_jumped():
    """Beirut puts its clocks forward at 00:00."""
    beirut = in_zone("Asia/Beirut")
    begins = beirut.midnight_before(date(2026, 3, 29))
    assert begins.astimezone(ZoneInfo("Asia/Beirut")) == datetime(2026, 3, 29, 1, tzinfo=ZoneInfo("Asia/Beirut"))
    assert beirut.to_date(begins - timedelta(seconds=1)) == date(2026, 3, 28)


def test_office_hours_are_those_of_the_weekday_and_a_make_up_saturday_borrows_them(cn):
    morning, afternoon = Session(time(8, 30), time(12)), Session(time(13, 30), time(18))
    assert cn.office_hours(date(2026, 11, 20)) == (morning, afternoon)
    assert cn.office_hours(date(2026, 11, 21)) == ()
    assert cn.office_hours(date(2026, 2, 14)) == (morning, afternoon)
    assert cn.close_of_office(date(2026, 2, 14)) == datetime(2026, 2, 14, 10, tzinfo=UTC)


def test_without_office_hours_the_day_closes_at_24():
    assert in_zone("UTC").close_of_office(date(2026, 11, 20)) == datetime(2026, 11, 21, tzinfo=UTC)
