"""A calendar answers fast, refuses to guess, and knows when its days begin and end."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.calendars import Calendar, NoOfficeHours, OutsideCalendar, Session
from caseclock.workflow.errors import CaseclockError
from caseclock.workflow.messages import Text


def in_zone(zone: str, first: date = date(2026, 1, 1), days: int = 730) -> Calendar:
    weekly = "".join("1" if (first + timedelta(days=n)).weekday() < 5 else "0" for n in range(days))
    return Calendar("demo", Text("Demo", "示例"), zone, first, weekly, date(2026, 12, 31))


@pytest.mark.parametrize("day", [date(2009, 12, 31), date(2051, 1, 1)])
def test_a_day_outside_is_an_error_that_says_what_to_do(cn, day):
    for ask in (cn.is_working, cn.note, cn.next_working_day, cn.office_hours):
        with pytest.raises(OutsideCalendar, match="2010-01-01 to 2050-12-31") as error:
            ask(day)
        assert isinstance(error.value, CaseclockError)
        assert f"give years: {min(day.year, 2010)}..20" in str(error.value)


def test_counting_out_of_the_calendar_is_an_error(cn):
    with pytest.raises(OutsideCalendar):
        cn.working_day_after(date(2050, 12, 30), 60)
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


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00+00:00", 23),
        ("Africa/Cairo", date(2026, 10, 29), "2026-10-28T21:00+00:00", 25),
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00+00:00", 23),
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00+00:00", 25),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00+00:00", 23),
        ("Asia/Beirut", date(2026, 10, 24), "2026-10-23T21:00+00:00", 25),
    ],
)
def test_a_day_begins_at_its_first_instant_where_the_clocks_change_at_midnight(zone, day, begins, hours):
    """Forward at 00:00 midnight is missing; back to 00:00 it comes twice; back to 23:00 the hour before it does."""
    calendar = in_zone(zone)
    first = calendar.midnight_before(day)
    assert first == datetime.fromisoformat(begins)
    assert calendar.midnight_after(day - timedelta(days=1)) == first
    assert (calendar.to_date(first), calendar.to_date(first - timedelta(seconds=1))) == (day, day - timedelta(days=1))
    assert calendar.midnight_after(day) - first == timedelta(hours=hours)
    assert calendar.day_up_to(calendar.midnight_after(day)) == day


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Havana", "Asia/Beirut", "Europe/London", "Asia/Shanghai"])
def test_every_instant_lies_between_the_midnights_of_its_day(zone):
    calendar = in_zone(zone, days=366)
    day = calendar.first
    while day < calendar.last:
        begins, ends = calendar.midnight_before(day), calendar.midnight_after(day)
        assert calendar.to_date(begins) == calendar.to_date(ends - timedelta(seconds=1)) == day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "change"),
    [
        ("Europe/London", date(2026, 3, 29), time(0, 59), None),
        ("Europe/London", date(2026, 3, 29), time(1), "missing"),
        ("Europe/London", date(2026, 3, 29), time(1, 59), "missing"),
        ("Europe/London", date(2026, 3, 29), time(2), None),
        ("Europe/London", date(2026, 10, 25), time(1), "twice"),
        ("Europe/London", date(2026, 10, 25), time(2), None),
        ("Africa/Cairo", date(2026, 4, 24), time(0), "missing"),
        ("Africa/Cairo", date(2026, 10, 29), time(23, 30), "twice"),
        ("Africa/Cairo", date(2026, 10, 30), time(0), None),
        ("America/Havana", date(2026, 3, 8), time(0, 30), "missing"),
        ("America/Havana", date(2026, 11, 1), time(0), "twice"),
        ("Asia/Beirut", date(2026, 3, 29), time(0), "missing"),
        ("Asia/Beirut", date(2026, 10, 24), time(23), "twice"),
        ("Asia/Shanghai", date(2026, 3, 29), time(1, 30), None),
    ],
)
def test_a_wall_time_that_is_missing_or_comes_twice_is_known(zone, day, wall, change):
    assert in_zone(zone).clock_change(day, wall) == change
    assert in_zone(zone).clock_change(day, wall.replace(fold=1)) == change


def test_office_hours_are_those_of_the_weekday_and_a_make_up_saturday_borrows_them(cn):
    morning, afternoon = Session(time(8, 30), time(12)), Session(time(13, 30), time(18))
    assert cn.office_hours(date(2026, 11, 20)) == (morning, afternoon)
    assert cn.office_hours(date(2026, 11, 21)) == ()
    assert cn.office_hours(date(2026, 2, 14)) == (morning, afternoon)
    assert cn.close_of_office(date(2026, 2, 14)) == datetime(2026, 2, 14, 10, tzinfo=UTC)


def test_without_office_hours_the_day_closes_at_24():
    assert in_zone("UTC").close_of_office(date(2026, 11, 20)) == datetime(2026, 11, 21, tzinfo=UTC)


OPEN = (Session(time(9), time(12)), Session(time(13), time(17)))


def office(**changes) -> Calendar:
    """An office in London, open Monday to Thursday in two stretches, on Friday until noon."""
    weekly = "".join("1" if (date(2026, 1, 1) + timedelta(days=n)).weekday() < 5 else "0" for n in range(365))
    hours = (OPEN, OPEN, OPEN, OPEN, OPEN[:1], (), ())
    title, first, last = Text("Demo", "示例"), date(2026, 1, 1), date(2026, 12, 31)
    return Calendar("demo", title, "Europe/London", first, weekly, last, hours=hours, **changes)


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("2026-11-16 08:59", "2026-11-16 09:00"),
        ("2026-11-16 09:00", "2026-11-16 09:00"),
        ("2026-11-16 10:30", "2026-11-16 10:30"),
        ("2026-11-16 12:00", "2026-11-16 12:00"),
        ("2026-11-16 12:01", "2026-11-16 13:00"),
        ("2026-11-16 17:00", "2026-11-16 17:00"),
        ("2026-11-16 17:01", "2026-11-17 09:00"),
        ("2026-11-20 12:01", "2026-11-23 09:00"),
        ("2026-11-21 10:00", "2026-11-23 09:00"),
    ],
)
def test_the_next_opening_is_now_while_the_office_is_open(instant, opening):
    """The minute of closing still is office time; in November London is at UTC."""
    at = datetime.fromisoformat(f"{instant}+00:00")
    assert office().opening_after(at) == datetime.fromisoformat(f"{opening}+00:00")


def test_the_next_opening_goes_by_the_hours_of_the_day_alone():
    half_day = office(special_hours={date(2026, 11, 16): (Session(time(10), time(11)),)})
    assert half_day.opening_after(datetime(2026, 11, 16, 9, tzinfo=UTC)) == datetime(2026, 11, 16, 10, tzinfo=UTC)
    assert half_day.opening_after(datetime(2026, 11, 16, 11, 1, tzinfo=UTC)) == datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert half_day.close_of_office(date(2026, 11, 16)) == datetime(2026, 11, 16, 11, tzinfo=UTC)


def test_there_is_no_opening_without_office_hours_and_none_after_the_last_day():
    with pytest.raises(NoOfficeHours, match="add office_hours"):
        in_zone("UTC").opening_after(datetime(2026, 11, 16, tzinfo=UTC))
    with pytest.raises(OutsideCalendar):
        office().opening_after(datetime(2026, 12, 31, 18, tzinfo=UTC))


def test_no_calendar_without_closed_seasons_lets_time_stand(cn):
    assert not cn.stands(date(2026, 2, 17))
    assert cn.season(date(2026, 2, 17)) is None
    with pytest.raises(OutsideCalendar):
        cn.stands(date(2051, 1, 1))
