"""What recurs every year: hours of a season, local holidays, holidays left out, fiscal years and other weeks."""

from datetime import UTC, date, datetime, time

import pytest

from caseclock.definitions.calendars.reader import read_calendar
from caseclock.workflow.calendars import Calendar, OutsideCalendar, Session
from caseclock.workflow.calendars.facts import settings
from caseclock.workflow.clocks import count
from caseclock.workflow.clocks.course import end_of
from caseclock.workflow.errors import DefinitionInvalid
from caseclock.workflow.messages import ENGLISH, render, say
from caseclock.workflow.model import Counting, Limit, Period, Roll, TimeUnit, UpTo
from caseclock.workflow.showing import calendar_pages

TOWN = {
    "calendar": "town",
    "title": "Town",
    "zone": "Europe/Madrid",
    "base": "none",
    "years": "2024..2027",
    "official_through": "2027-12-31",
}
ORDINARY, SUMMER, SHORT = (
    (Session(time(8, 30), time(12)), Session(time(13, 30), time(18))),
    (Session(time(8), time(12)), Session(time(15), time(18))),
    (Session(time(9), time(14)),),
)
HOURS = {
    "monday..friday": ["08:30..12:00", "13:30..18:00"],
    "05-01..09-30": {"monday..thursday": ["08:00..12:00", "15:00..18:00"]},
    "12-20..01-06": {"monday..friday": "09:00..14:00"},
    "2026-02-18..2026-03-19": {"monday..friday": "09:00..14:00"},
}


def nothing(name):
    raise LookupError(name)


def town(load=nothing, **changes) -> Calendar:
    return read_calendar({**TOWN, **changes}, load)


def problems(**changes):
    with pytest.raises(DefinitionInvalid) as error:
        town(**changes)
    return [(problem.code, problem.path) for problem in error.value.problems], str(error.value)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-04-30", ORDINARY),
        ("2026-05-04", SUMMER),
        ("2026-05-01", ORDINARY),
        ("2026-09-30", SUMMER),
        ("2026-10-01", ORDINARY),
        ("2024-01-05", SHORT),
        ("2026-12-21", SHORT),
        ("2027-01-06", SHORT),
        ("2027-01-07", ORDINARY),
        ("2026-02-18", SHORT),
        ("2025-02-18", ORDINARY),
        ("2026-06-06", ()),
    ],
)
def test_office_hours_of_a_part_of_the_year_lie_over_the_ordinary_ones(day, hours):
    """Weekdays without hours of their own keep the ordinary ones: 1 May 2026 is a Friday."""
    assert town(office_hours=HOURS).office_hours(date.fromisoformat(day)) == hours


def test_working_hours_are_counted_by_the_hours_of_the_season():
    limit = Limit(Period(4, TimeUnit.WORKING_HOUR), Counting(roll=Roll.NONE))
    due = count(limit, datetime(2026, 6, 15, 9, tzinfo=UTC), town(office_hours=HOURS)).due
    assert due == datetime(2026, 6, 15, 16, tzinfo=UTC), "from 11:00 one hour to noon, then from 15:00 to 18:00"


def test_hours_of_the_year_survive_storing_and_extending_and_are_replaced_together():
    calendar = town(office_hours=HOURS)
    assert Calendar.from_json(calendar.to_json()) == calendar
    files = {"town": {**TOWN, "office_hours": HOURS}}
    county = {"calendar": "county", "title": "County", "extends": "town"}
    assert read_calendar(county, files.__getitem__).seasonal_hours == calendar.seasonal_hours
    own = read_calendar({**county, "office_hours": {"monday": "09:00..10:00"}}, files.__getitem__)
    assert own.seasonal_hours == ()


def test_hours_of_the_year_alone_are_office_hours():
    calendar = town(office_hours={"05-01..09-30": {"monday..friday": "09:00..10:00"}})
    assert calendar.opening_after(datetime(2026, 6, 15, tzinfo=UTC)) == datetime(2026, 6, 15, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "code", "path", "told"),
    [
        ({"05-01..09-31": {"monday": "09:00..10:00"}}, "wrong-season", ("05-01..09-31",), "05-01..09-30"),
        ({"summer": {"monday": "09:00..10:00"}}, "wrong-season", ("summer",), "weekdays"),
        ({"05-01..09-30": "09:00..10:00"}, "wrong-type", ("05-01..09-30",), "mapping"),
        ({"05-01..09-30": {"mondy": "09:00..10:00"}}, "unknown-key", ("05-01..09-30", "mondy"), "monday"),
        ({"05-01..09-30": {"monday": "10:00..09:00"}}, "wrong-hours", ("05-01..09-30", "monday", 0), "08:30..12:00"),
        ({"2026-05-02..2026-05-01": {"monday": "09:00..10:00"}}, "wrong-season", ("2026-05-02..2026-05-01",), "days"),
    ],
)
def test_a_mistake_in_hours_is_told_with_its_place(hours, code, path, told):
    found, text = problems(office_hours=hours)
    assert (code, ("office_hours", *path)) in found
    assert told in text


def test_hours_for_a_range_of_days_pass_over_days_of_rest():
    calendar = town(days={"2026-06-15..2026-06-28": {"hours": "09:00..14:00"}})
    assert len(calendar.special_hours) == 10
    found, text = problems(days={"2026-06-20..2026-06-21": {"hours": "09:00..14:00"}})
    assert found == [("hours-of-rest-day", ("days", "2026-06-20..2026-06-21"))]
    assert "2026-06-20 is a day of rest" in text


@pytest.mark.parametrize(
    ("bound", "days"),
    [
        ("05-15", ["2024-05-15", "2025-05-15", "2026-05-15", "2027-05-15"]),
        ("easter-2", ["2024-03-29", "2025-04-18", "2026-04-03", "2027-03-26"]),
        ("first monday of may", ["2024-05-06", "2025-05-05", "2026-05-04", "2027-05-03"]),
        ("third monday of january", ["2024-01-15", "2025-01-20", "2026-01-19", "2027-01-18"]),
        ("fourth thursday of november", ["2024-11-28", "2025-11-27", "2026-11-26", "2027-11-25"]),
        ("last thursday of may", ["2024-05-30", "2025-05-29", "2026-05-28", "2027-05-27"]),
    ],
)
def test_a_local_holiday_of_every_year_is_a_season_of_one_day(bound, days):
    calendar = town(closed_seasons={"fair": {"from": bound, "to": bound}})
    assert [first.isoformat() for first, _ in calendar.seasons[0].spans] == days
    assert not any(calendar.is_working(date.fromisoformat(day)) for day in days)


def test_a_season_from_a_weekday_of_a_month_may_cross_new_year_and_may_not_end_before_it_begins():
    winter = town(closed_seasons={"w": {"from": "last monday of december", "to": "first friday of january"}})
    assert winter.seasons[0].spans[-2:] == (
        (date(2026, 12, 28), date(2027, 1, 1)),
        (date(2027, 12, 27), date(2027, 12, 31)),
    )
    for bounds in ({"from": "05-20", "to": "first monday of may"}, {"from": "easter", "to": "first monday of march"}):
        assert problems(closed_seasons={"x": bounds})[0] == [("wrong-season", ("closed_seasons", "x"))]


@pytest.mark.parametrize("bound", ["fifth monday of may", "first mondy of may", "first monday of mai"])
def test_a_weekday_of_a_month_that_there_is_not_is_told(bound):
    found, text = problems(closed_seasons={"x": {"from": bound, "to": "12-31"}})
    assert found == [("wrong-season", ("closed_seasons", "x", "from"))]
    assert "first monday of may" in text


def test_a_holiday_can_be_left_out_with_the_days_on_which_it_is_observed():
    england = town(base="GB-ENG", without=["Boxing Day", "Good Friday"])
    assert england.is_working(date(2026, 4, 3))
    assert england.is_working(date(2026, 12, 28)), "Boxing Day 2026 is a Saturday"
    assert not england.is_working(date(2026, 12, 25))


def test_a_day_that_has_another_name_too_stays_off():
    """On 1 May 2008 it was Ascension Day, too."""
    france = town(base="FR", years="2008..2009", without=["Labor Day"])
    assert not france.is_working(date(2008, 5, 1))
    assert france.is_working(date(2009, 5, 1))


@pytest.mark.parametrize(
    ("changes", "code", "path", "told"),
    [
        ({"base": "GB-ENG", "without": ["Boxing Dy"]}, "unknown-word", ("without", 0), "did you mean Boxing Day"),
        ({"base": "GB-ENG", "without": "Boxing Day"}, "wrong-type", ("without",), "[Boxing Day]"),
        ({"without": ["Boxing Day"]}, "wrong-type", ("without",), "without a base"),
        ({"week_ends": "sat"}, "unknown-word", ("week_ends",), "saturday"),
        ({"year_ends": "31-03"}, "wrong-date", ("year_ends",), "03-31"),
        ({"year_ends": "03-30"}, "wrong-date", ("year_ends",), "04-05"),
    ],
)
def test_a_mistake_is_told_with_its_place(changes, code, path, told):
    found, text = problems(**changes)
    assert (code, path) in found
    assert told in text


@pytest.mark.parametrize(
    ("ends", "span", "day", "last"),
    [
        ("12-31", UpTo.QUARTER, "2026-05-03", "2026-06-30"),
        ("12-31", UpTo.HALF_YEAR, "2026-06-30", "2026-06-30"),
        ("12-31", UpTo.HALF_YEAR, "2026-07-01", "2026-12-31"),
        ("03-31", UpTo.YEAR, "2026-03-31", "2026-03-31"),
        ("03-31", UpTo.YEAR, "2026-04-01", "2027-03-31"),
        ("03-31", UpTo.HALF_YEAR, "2026-04-01", "2026-09-30"),
        ("04-05", UpTo.YEAR, "2026-04-06", "2027-04-05"),
        ("04-05", UpTo.QUARTER, "2026-04-05", "2026-04-05"),
        ("04-05", UpTo.QUARTER, "2026-10-06", "2027-01-05"),
        ("02-28", UpTo.YEAR, "2024-02-29", "2024-02-29"),
        ("01-31", UpTo.QUARTER, "2026-02-01", "2026-04-30"),
        ("06-30", UpTo.MONTH, "2026-02-01", "2026-02-28"),
    ],
)
def test_years_quarters_and_halves_end_by_the_calendars_year(ends, span, day, last):
    calendar = town(year_ends=ends)
    assert end_of(span, date.fromisoformat(day), calendar).isoformat() == last
    assert Calendar.from_json(calendar.to_json()) == calendar


def test_a_week_ends_on_the_calendars_day():
    limit = Limit(Period(1, TimeUnit.DAY), Counting(roll=Roll.NONE, up_to=UpTo.WEEK))
    start = datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert count(limit, start, town()).last_day == date(2026, 11, 22)
    assert count(limit, start, town(week_ends="saturday")).last_day == date(2026, 11, 21)
    assert count(limit, start, town(week_ends="tuesday")).last_day == date(2026, 11, 17)


def test_months_from_the_end_of_a_fiscal_quarter_end_on_its_day():
    """A tax month runs from the 6th to the 5th where the year ends on 5 April."""
    limit = Limit(Period(1, TimeUnit.MONTH), Counting(roll=Roll.NONE, begins=UpTo.QUARTER))
    start = datetime(2026, 4, 20, 9, tzinfo=UTC)
    assert count(limit, start, town(year_ends="04-05")).last_day == date(2026, 8, 5)
    assert count(limit, start, town()).last_day == date(2026, 7, 31)


def test_what_is_left_at_its_default_is_not_stored():
    """So that the fingerprints of calendars stay as they were before there were such keys."""
    assert not {"seasonal_hours", "week_ends", "year_ends"} & town().to_json().keys()


def test_other_years_can_be_given_over_another_calendar():
    files = {"town": TOWN, "both": {"calendar": "both", "title": "Both", "union": ["town"]}}
    for key, other in (("extends", "town"), ("extends", "both")):
        longer = {"calendar": "far", "title": "Far", key: other, "years": "2024..2090"}
        far = read_calendar(longer, files.__getitem__)
        assert (far.last, far.official_through) == (date(2090, 12, 31), date(2027, 12, 31))
    with pytest.raises(OutsideCalendar, match=r"give years: 2024\.\.2100 in the calendar's file"):
        far.is_working(date(2091, 1, 1))
    with pytest.raises(DefinitionInvalid) as error:
        read_calendar({**longer, "years": "2090"}, files.__getitem__)
    assert [problem.path for problem in error.value.problems] == [("years",)]


def test_pages_tell_the_hours_of_the_year_and_what_differs():
    old, new = town(), town(office_hours=HOURS, week_ends="saturday", year_ends="03-31")
    page = _text(calendar_pages.show(new, say("here")))
    assert "office hours 05-01..09-30, Monday to Thursday: 08:00-12:00, 15:00-18:00" in page
    assert "weeks end on Saturday, years on 03-31" in page
    assert list(settings(old, new)) == ["hours", "seasonal_hours", "week_ends", "year_ends"]
    told = _text(calendar_pages.diff(old, new, (say("a"), say("b"))))
    assert "the year ends on: 12-31 -> 03-31" in told
    assert "12-20..01-06: Monday to Friday 09:00-14:00" in told


def _text(page):
    return "\n".join(render(line.value, ENGLISH) for line in page if isinstance(line, calendar_pages.Line))
