"""Counting by other rules: weeks, months, hours, first days, ends of days, extensions, daylight saving."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from caseclock.workflow.calendars import Calendar, OutsideCalendar
from caseclock.workflow.clocks import Grant, NoOfficeHours, count
from caseclock.workflow.messages import Text
from caseclock.workflow.model import Counting, DayEnd, Extension, ExtensionMode, FirstDay, Limit, Period, Roll, TimeUnit

PLAIN = Counting(roll=Roll.NONE)
INCLUDED = Counting(first_day=FirstDay.INCLUDED, roll=Roll.NONE)


def weekly(zone: str) -> Calendar:
    first = date(2025, 1, 1)
    days = "".join("1" if (first + timedelta(days=n)).weekday() < 5 else "0" for n in range(1095))
    return Calendar("weekly", Text("Weekly", "每周"), zone, first, days, date(2027, 12, 31))


def due_day(calendar, amount, unit, day, counting=PLAIN):
    start = calendar.at(date.fromisoformat(day), time(10))
    return count(Limit(Period(amount, unit), counting), start, calendar).due_day.isoformat()


@pytest.mark.parametrize(
    ("amount", "unit", "day", "excluded", "included"),
    [
        (2, TimeUnit.DAY, "2026-11-16", "2026-11-18", "2026-11-17"),
        (1, TimeUnit.WEEK, "2026-11-16", "2026-11-23", "2026-11-22"),
        (1, TimeUnit.MONTH, "2026-01-31", "2026-02-28", "2026-02-28"),
        (1, TimeUnit.MONTH, "2026-03-01", "2026-04-01", "2026-03-31"),
        (1, TimeUnit.YEAR, "2024-02-29", "2025-02-28", "2025-02-28"),
        (2, TimeUnit.WORKING_DAY, "2026-11-20", "2026-11-24", "2026-11-23"),
        (2, TimeUnit.WORKING_DAY, "2026-11-21", "2026-11-24", "2026-11-24"),
    ],
)
def test_the_first_day_is_excluded_or_included(cn, amount, unit, day, excluded, included):
    assert due_day(cn, amount, unit, day) == excluded
    assert due_day(cn, amount, unit, day, INCLUDED) == included


def test_an_extension_in_months_is_counted_from_the_original_start(cn):
    """31 January and one month, extended by two: 30 April, not 28 April."""
    more = Extension(ExtensionMode.BY, Period(2, TimeUnit.MONTH), 1, "ask", "grant")
    start = cn.at(date(2026, 1, 31), time(10))
    reckoning = count(
        Limit(Period(1, TimeUnit.MONTH), PLAIN), start, cn, extension=more, grants=[Grant(start, start, "x")]
    )
    assert reckoning.due_day == date(2026, 4, 30)


def test_two_extensions_add_up(cn):
    more = Extension(ExtensionMode.BY, Period(5, TimeUnit.WORKING_DAY), 2, "ask", "grant")
    start = cn.at(date(2026, 11, 16), time(10))
    limit = Limit(Period(5, TimeUnit.WORKING_DAY), Counting())
    grants = [Grant(start, start, "x"), Grant(start, start, "y")]
    assert count(limit, start, cn, extension=more, grants=grants[:1]).due_day == date(2026, 11, 30)
    assert count(limit, start, cn, extension=more, grants=grants).due_day == date(2026, 12, 7)


def test_working_days_can_follow_calendar_days(cn):
    more = Extension(ExtensionMode.BY, Period(2, TimeUnit.WORKING_DAY), 1, "ask", "grant")
    start = cn.at(date(2026, 11, 16), time(10))
    limit = Limit(Period(3, TimeUnit.DAY), Counting())
    reckoning = count(limit, start, cn, extension=more, grants=[Grant(start, start, "x")])
    assert reckoning.due_day == date(2026, 11, 23)
    assert [line.kind.value for line in reckoning.lines][-3:] == ["rest", "rest", "counted"]


def test_an_extension_never_shortens(cn):
    shorter = Extension(ExtensionMode.TO, Period(5, TimeUnit.DAY), 1, "ask", "grant")
    start = cn.at(date(2026, 11, 16), time(10))
    limit = Limit(Period(20, TimeUnit.WORKING_DAY), Counting())
    grants = [Grant(start, start, "x")]
    assert count(limit, start, cn, extension=shorter, grants=grants).due == count(limit, start, cn).due


def test_a_limit_can_run_until_a_given_date(cn):
    limit = Limit(None, Counting(), until="promised_on")
    start = cn.at(date(2026, 11, 16), time(10))
    assert count(limit, start, cn, until=date(2026, 11, 21)).due_day == date(2026, 11, 23)
    past = count(limit, start, cn, until=date(2026, 11, 13))
    assert past.due == cn.midnight_after(date(2026, 11, 13))
    assert [(line.day.day, line.ends) for line in past.lines] == [(13, "24:00"), (14, None), (15, None), (16, None)]
    assert past.lines[0].notes[-1].text() == "the limit ends at 24:00"


def test_an_extension_of_a_given_date_never_counts_that_date_again(cn):
    more = Extension(ExtensionMode.BY, Period(2, TimeUnit.DAY), 1, "ask", "grant")
    start = cn.at(date(2026, 11, 16), time(10))
    limit = Limit(None, INCLUDED, until="promised_on")
    reckoning = count(
        limit, start, cn, until=date(2026, 11, 20), extension=more, grants=[Grant(start, start, "leader")]
    )
    assert reckoning.due_day == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("ends", "due"),
    [
        (DayEnd.MIDNIGHT, datetime(2026, 11, 19, 16, tzinfo=UTC)),
        (DayEnd.CLOSE_OF_OFFICE, datetime(2026, 11, 19, 10, tzinfo=UTC)),
        (DayEnd.SAME_TIME, datetime(2026, 11, 19, 1, 15, tzinfo=UTC)),
    ],
)
def test_the_last_day_ends_as_the_rule_says(cn, ends, due):
    start = cn.at(date(2026, 11, 16), time(9, 15))
    assert count(Limit(Period(3, TimeUnit.DAY), Counting(ends=ends)), start, cn).due == due


def test_hours_are_exact_and_never_roll(cn):
    start = datetime(2026, 11, 20, 8, 7, tzinfo=UTC)
    assert count(Limit(Period(48, TimeUnit.HOUR), Counting()), start, cn).due == start + timedelta(hours=48)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ((date(2026, 11, 20), time(9)), 8, (date(2026, 11, 23), time(9))),
        ((date(2026, 11, 20), time(17)), 4, (date(2026, 11, 23), time(11, 30))),
        ((date(2026, 11, 20), time(12, 30)), 1, (date(2026, 11, 20), time(14, 30))),
        ((date(2026, 11, 21), time(9)), 1, (date(2026, 11, 23), time(9, 30))),
        ((date(2026, 2, 13), time(18)), 1, (date(2026, 2, 14), time(9, 30))),
    ],
)
def test_working_hours_count_only_while_the_office_is_open(cn, start, hours, due):
    limit = Limit(Period(hours, TimeUnit.WORKING_HOUR), Counting())
    assert count(limit, cn.at(*start), cn).due == cn.at(*due)


def test_working_hours_without_office_hours_are_refused_with_the_way_out():
    limit = Limit(Period(4, TimeUnit.WORKING_HOUR), Counting())
    with pytest.raises(NoOfficeHours, match="add office_hours"):
        count(limit, datetime(2026, 11, 20, tzinfo=UTC), weekly("UTC"))


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"])
@pytest.mark.parametrize("unit", [TimeUnit.DAY, TimeUnit.WORKING_DAY])
def test_daylight_saving_moves_no_due_day(zone, unit):
    """For every start of two years, at any wall time, the due day is the one that plain dates give."""
    calendar = weekly(zone)
    limit = Limit(Period(3, unit), PLAIN)
    for n in range(0, 700):
        day = date(2025, 1, 1) + timedelta(days=n)
        wanted = day + timedelta(days=3) if unit is TimeUnit.DAY else calendar.working_day_after(day, 3)
        for wall in (time(3, 30), time(12), time(23, 59)):
            reckoning = count(limit, calendar.at(day, wall), calendar)
            assert (reckoning.due_day, reckoning.due) == (wanted, calendar.midnight_after(wanted))


def test_the_same_time_of_day_is_the_same_on_the_wall():
    london = weekly("Europe/London")
    limit = Limit(Period(3, TimeUnit.DAY), Counting(roll=Roll.NONE, ends=DayEnd.SAME_TIME))
    reckoning = count(limit, london.at(date(2026, 3, 27), time(9)), london)
    assert london.local(reckoning.due).time() == time(9)
    assert reckoning.due - reckoning.start == timedelta(days=3) - timedelta(hours=1)


def test_a_due_at_a_time_that_comes_twice_is_the_first_of_the_two():
    """Even for a start at the second of two: 364 days lie between the ends of two summer times."""
    london = weekly("Europe/London")
    limit = Limit(Period(364, TimeUnit.DAY), Counting(roll=Roll.NONE, ends=DayEnd.SAME_TIME))
    second_half_past_one = datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert count(limit, second_half_past_one, london).due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_counting_past_the_calendar_is_an_error(cn):
    with pytest.raises(OutsideCalendar):
        count(Limit(Period(30, TimeUnit.YEAR), Counting()), datetime(2026, 1, 1, tzinfo=UTC), cn)
