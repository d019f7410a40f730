"""Closed seasons return every year, may cross New Year or hang on Easter; they make days of rest, or let time stand."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.definitions.calendars.closed_seasons import day_in, easter_sunday
from caseclock.definitions.calendars.reader import read_calendar
from caseclock.workflow.calendars import OutsideCalendar
from caseclock.workflow.errors import DefinitionInvalid

PLAIN = {
    "calendar": "court",
    "title": "Court",
    "zone": "Europe/Paris",
    "base": "none",
    "years": "2020..2026",
    "official_through": "2026-12-31",
}
SUMMER = {"from": "08-01", "to": "08-31", "title": "Summer recess", "source": "Rules of court"}
VACATION = {**SUMMER, "title": "Court vacation", "time": "stands"}
WINTER = {"from": "12-24", "to": "01-06", "title": "Winter recess"}


def nothing(name):
    raise LookupError(name)


def court(load=nothing, **changes):
    return read_calendar({**PLAIN, **changes}, load)


def problems(**changes):
    with pytest.raises(DefinitionInvalid) as error:
        court(**changes)
    return [(problem.code, problem.path) for problem in error.value.problems], str(error.value)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1818, "03-22"),
        (1886, "04-25"),
        (1943, "04-25"),
        (1954, "04-18"),
        (1961, "04-02"),
        (1981, "04-19"),
        (2000, "04-23"),
        (2008, "03-23"),
        (2011, "04-24"),
        (2019, "04-21"),
        (2024, "03-31"),
        (2025, "04-20"),
        (2026, "04-05"),
        (2027, "03-28"),
        (2038, "04-25"),
        (2049, "04-18"),
        (2076, "04-19"),
        (2285, "03-22"),
    ],
)
def test_easter_of_known_years(year, sunday):
    """Among them the earliest and the latest days there are, and the exceptions for 18 and 19 April."""
    assert easter_sunday(year) == date.fromisoformat(f"{year}-{sunday}")


def test_easter_is_what_the_holidays_package_has_for_two_centuries():
    france = holidays.country_holidays("FR", years=range(1886, 2101), language="en_US")
    mondays = {day.year: day for day, name in france.items() if "Easter Monday" in name}
    assert len(mondays) == 215
    assert [year for year, monday in mondays.items() if easter_sunday(year) != monday - timedelta(days=1)] == []


def test_a_season_rests_every_year_and_names_its_rule():
    calendar = court(closed_seasons={"summer": SUMMER})
    for year in range(2020, 2027):
        assert [calendar.is_working(date(year, month, day)) for month, day in ((7, 31), (8, 1), (8, 31), (9, 1))] == [
            date(year, 7, 31).weekday() < 5,
            False,
            False,
            date(year, 9, 1).weekday() < 5,
        ]
    note = calendar.note(date(2026, 8, 12))
    assert (note.name.en, note.source.en) == ("Summer recess", "Rules of court")


def test_time_stands_only_in_a_season_that_says_so():
    calendar = court(closed_seasons={"summer": VACATION, "winter": WINTER})
    assert calendar.stands(date(2026, 8, 1))
    assert not calendar.stands(date(2026, 9, 1))
    assert not calendar.stands(date(2026, 12, 28))
    assert not calendar.is_working(date(2026, 12, 28))
    assert (calendar.ever_stands, court(closed_seasons={"winter": WINTER}).ever_stands) == (True, False)


def test_where_time_stands_the_office_works_and_rests_as_ever():
    """A season in which time stands makes no day of rest: notes, office hours and working days are as without it."""
    given = {
        "office_hours": {"monday..friday": "09:00..17:00"},
        "days": {"2026-08-14": {"off": "Fair"}, "2026-08-20": {"hours": "09:00..12:00"}},
    }
    standing, plain = court(closed_seasons={"summer": VACATION}, **given), court(**given)
    for n in range(31):
        day = date(2026, 8, 1) + timedelta(days=n)
        assert standing.stands(day)
        assert standing.season(day).title.en == "Court vacation"
        for say in ("is_working", "note", "office_hours", "close_of_office", "next_working_day"):
            assert getattr(standing, say)(day) == getattr(plain, say)(day), (say, day)
        assert standing.working_day_after(day, 7) == plain.working_day_after(day, 7)
    assert standing.working_days(date(2026, 8, 1), date(2026, 8, 31)) == 20
    assert standing.note(date(2026, 8, 12)) is None
    assert standing.note(date(2026, 8, 15)).name.en == "Saturday"


def test_a_season_over_another_calendar_leaves_its_holidays_and_half_days_while_time_stands_and_covers_them_else():
    files = {
        "court": {
            **PLAIN,
            "office_hours": {"monday..friday": "09:00..17:00"},
            "days": {"2026-08-14": {"off": "Fair"}, "2026-08-20": {"hours": "09:00..12:00"}},
        }
    }
    town = {"calendar": "town", "title": "Town", "extends": "court"}
    standing = read_calendar({**town, "closed_seasons": {"summer": VACATION}}, files.__getitem__)
    resting = read_calendar({**town, "closed_seasons": {"summer": SUMMER}}, files.__getitem__)
    assert [calendar.note(date(2026, 8, 14)).name.en for calendar in (standing, resting)] == ["Fair", "Summer recess"]
    assert [len(calendar.office_hours(date(2026, 8, 20))) for calendar in (standing, resting)] == [1, 0]


def test_standing_days_are_counted_like_working_days():
    calendar = court(closed_seasons={"summer": VACATION})
    assert calendar.standing_days(date(2026, 1, 1), date(2026, 12, 31)) == 31
    assert calendar.standing_days(date(2026, 1, 1), date(2026, 12, 31), working=True) == 21
    assert calendar.standing_days(date(2025, 8, 31), date(2026, 8, 2)) == 3
    assert calendar.standing_days(date(2026, 8, 1), date(2026, 8, 2), working=True) == 0
    assert calendar.standing_days(date(2026, 9, 1), date(2026, 9, 30)) == 0
    assert court().standing_days(date(2020, 1, 1), date(2026, 12, 31)) == 0
    for without_seasons in (calendar, court()):
        with pytest.raises(OutsideCalendar):
            without_seasons.standing_days(date(2026, 1, 1), date(2027, 1, 1))


@given(st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(0, 400))
def test_standing_days_are_what_a_walk_day_by_day_finds(first, length):
    calendar = court(closed_seasons={"summer": VACATION, "winter": {**WINTER, "time": "stands"}})
    last = min(first + timedelta(days=length), calendar.last)
    walked = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert calendar.standing_days(first, last) == sum(map(calendar.stands, walked))
    worked = [calendar.stands(day) and calendar.is_working(day) for day in walked]
    assert calendar.standing_days(first, last, working=True) == sum(worked)


def test_a_season_that_crosses_new_year_reaches_over_both_ends_of_the_calendar():
    calendar = court(closed_seasons={"winter": WINTER})
    for day in (date(2020, 1, 1), date(2020, 1, 6), date(2023, 12, 27), date(2024, 1, 5), date(2026, 12, 31)):
        assert not calendar.is_working(day)
        assert calendar.note(day).name.en == "Winter recess"
    assert calendar.is_working(date(2020, 1, 7))
    assert calendar.season(date(2024, 1, 5)).spans[1] == (date(2020, 12, 24), date(2021, 1, 6))


def test_a_season_may_hang_on_easter():
    calendar = court(closed_seasons={"easter": {"from": "easter-7", "to": "easter+7"}})
    assert calendar.note(date(2026, 3, 30)).name.en == "easter"
    assert [calendar.season(day) is None for day in (date(2026, 3, 28), date(2026, 3, 29))] == [True, False]
    assert [calendar.season(day) is None for day in (date(2026, 4, 12), date(2026, 4, 13))] == [False, True]
    assert [span[0] for span in calendar.seasons[0].spans][:2] == [date(2020, 4, 5), date(2021, 3, 28)]


def test_a_season_may_have_its_years():
    """The winter of 2024 is the one that begins in 2024."""
    calendar = court(closed_seasons={"winter": {**WINTER, "years": "2024..2024"}})
    assert calendar.is_working(date(2024, 1, 5))
    assert not calendar.is_working(date(2024, 12, 27))
    assert not calendar.is_working(date(2025, 1, 3))
    assert calendar.is_working(date(2025, 12, 26))


def test_the_29th_of_february_is_the_28th_in_other_years():
    assert (day_in(2024, "02-29"), day_in(2026, "02-29")) == (date(2024, 2, 29), date(2026, 2, 28))
    calendar = court(closed_seasons={"carnival": {"from": "02-16", "to": "02-29"}})
    assert not calendar.is_working(date(2024, 2, 29))
    assert calendar.is_working(date(2021, 3, 1))


def test_a_day_worked_within_a_season_is_worked_and_time_runs_on_it():
    day = date(2026, 8, 12)
    for season in (SUMMER, VACATION):
        calendar = court(
            closed_seasons={"summer": season}, days={"2026-08-12": {"work": "Urgent sitting", "source": "Order 1"}}
        )
        assert (calendar.is_working(day), calendar.stands(day), calendar.season(day)) == (True, False, None)
        assert calendar.note(day).name.en == "Urgent sitting"
    assert calendar.standing_days(date(2026, 8, 1), date(2026, 8, 31)) == 30


def test_a_day_off_within_a_season_stands_all_the_same():
    calendar = court(closed_seasons={"summer": VACATION}, days={"2026-08-12": {"off": "Works in the building"}})
    assert calendar.stands(date(2026, 8, 12))
    assert not calendar.is_working(date(2026, 8, 12))
    assert calendar.season(date(2026, 8, 12)).title.en == "Court vacation"
    assert calendar.note(date(2026, 8, 12)).name.en == "Works in the building"


@pytest.mark.parametrize("first", ["vacation", "all"])
def test_where_two_seasons_meet_nobody_works_and_time_stands_whichever_comes_first(first):
    seasons = {"vacation": VACATION, "all": {"from": "01-01", "to": "12-31", "title": "Closed"}}
    calendar = court(closed_seasons={first: seasons.pop(first), **seasons})
    day = date(2026, 8, 12)
    assert (calendar.is_working(day), calendar.stands(day)) == (False, True)
    assert calendar.note(day).name.en == "Closed", "the season that makes it a day of rest"
    assert calendar.season(day).title.en == "Court vacation", "the season in which time stands"
    assert calendar.note(date(2026, 9, 15)).name.en == "Closed"


def test_a_calendar_that_extends_another_keeps_its_seasons_and_can_lift_and_add_some():
    files = {"court": {**PLAIN, "closed_seasons": {"summer": VACATION}, "days": {"2026-08-20": {"work": "Sitting"}}}}
    town = {
        "calendar": "town",
        "title": "Town court",
        "extends": "court",
        "closed_seasons": {"late": {"from": "08-15", "to": "08-25", "title": "Fair"}},
        "days": {"2026-08-03": {"work": "Sitting"}},
    }
    calendar = read_calendar(town, files.__getitem__)
    assert calendar.is_working(date(2026, 8, 3))
    assert calendar.stands(date(2026, 8, 4))
    assert not calendar.is_working(date(2026, 8, 20)), "the season of the town lies over the days of the court"
    assert calendar.note(date(2026, 8, 20)).name.en == "Fair"


@pytest.mark.parametrize(
    ("season", "code", "path", "told"),
    [
        ({"from": "08-01"}, "missing-key", (), "expected the key to"),
        ({"from": "08-32", "to": "09-01"}, "wrong-season", ("from",), "08-32"),
        ({"from": "13-01", "to": "09-01"}, "wrong-season", ("from",), "13-01"),
        ({"from": "8-1", "to": "09-01"}, "wrong-season", ("from",), "12-24"),
        ({"from": "08-01", "to": "pentecost"}, "wrong-season", ("to",), "easter-7"),
        ({"from": "easter+7", "to": "easter-7"}, "wrong-season", (), "before it begins"),
        ({"from": "04-15", "to": "easter"}, "wrong-season", (), "before it begins"),
        ({**SUMMER, "time": "stops"}, "unknown-word", ("time",), "stops"),
        ({**SUMMER, "until": "09-01"}, "unknown-key", ("until",), "until"),
        ({**SUMMER, "years": "2020"}, "wrong-range", ("years",), "2010..2027"),
        ("August", "wrong-type", (), "August"),
    ],
)
def test_a_mistake_in_a_season_is_told_with_its_place(season, code, path, told):
    found, text = problems(closed_seasons={"summer": season})
    assert (code, ("closed_seasons", "summer", *path)) in found
    assert told in text


def test_seasons_must_be_named():
    assert problems(closed_seasons=["summer"])[0] == [("wrong-type", ("closed_seasons",))]
