"""The union of calendars rests whenever one of them does."""

from datetime import date, time, timedelta

import pytest

from caseclock.definitions.calendars.reader import read_calendar
from caseclock.workflow.calendars import Session
from caseclock.workflow.errors import DefinitionInvalid

NORTH = {
    "calendar": "north",
    "title": "North",
    "zone": "Europe/London",
    "base": "GB-SCT",
    "years": "2024..2027",
    "official_through": "2027-12-31",
    "issuer": "Law of the north",
    "office_hours": {"monday..friday": "09:00..17:00"},
    "days": {"2026-11-18": {"work": "Half day", "hours": "09:00..12:00"}, "2026-11-21": {"work": "Open Saturday"}},
}
SOUTH = {
    "calendar": "south",
    "title": "South",
    "zone": "Europe/Paris",
    "base": "FR",
    "years": "2025..2028",
    "official_through": "2026-12-31",
    "closed_seasons": {"august": {"from": "08-01", "to": "08-31", "title": "August", "time": "stands"}},
}
BOTH = {"calendar": "both", "title": "Both", "union": ["north", "south"]}


def union(files=None, **changes):
    return read_calendar({**BOTH, **changes}, {"north": NORTH, "south": SOUTH, **(files or {})}.__getitem__)


def problems(files=None, **changes):
    with pytest.raises(DefinitionInvalid) as error:
        union(files, **changes)
    return [(problem.code, problem.path) for problem in error.value.problems], str(error.value)


def members():
    return [read_calendar(data, dict.__getitem__) for data in (NORTH, SOUTH)]


def test_a_day_of_rest_in_any_is_a_day_of_rest_and_a_day_that_stands_in_any_stands():
    both, (north, south) = union(), members()
    day = both.first
    while day <= both.last:
        assert both.is_working(day) == (north.is_working(day) and south.is_working(day)), day
        assert both.stands(day) == (north.stands(day) or south.stands(day)), day
        day += timedelta(days=1)


def test_it_holds_the_years_that_all_hold_and_is_official_as_far_as_all_are():
    both = union()
    assert (both.first, both.last) == (date(2025, 1, 1), date(2027, 12, 31))
    assert both.official_through == date(2026, 12, 31)


def test_it_may_say_by_itself_how_far_it_is_official():
    assert union(official_through="2025-12-31").official_through == date(2025, 12, 31)


def test_zone_and_office_hours_are_those_of_the_first_unless_given():
    both = union()
    assert both.zone == "Europe/London"
    assert both.office_hours(date(2026, 11, 17)) == (Session(time(9), time(17)),)
    assert both.office_hours(date(2026, 11, 18)) == (Session(time(9), time(12)),)
    other = union(zone="Europe/Paris", office_hours={"monday..friday": "10:00..16:00"})
    assert other.zone == "Europe/Paris"
    assert other.office_hours(date(2026, 11, 17)) == (Session(time(10), time(16)),)


def test_a_day_off_keeps_the_name_and_source_that_it_has_where_it_is_one():
    both = union()
    assert both.note(date(2026, 11, 30)).name.en == "Saint Andrew's Day"
    assert both.note(date(2026, 11, 30)).source.en == "Law of the north"
    assert both.note(date(2026, 11, 11)).name.en == "Armistice Day"
    assert both.note(date(2026, 11, 11)).source is None
    assert both.season(date(2026, 8, 12)).title.en == "August"
    assert both.note(date(2026, 8, 12)) is None, "worked in both, while time stands in the south"
    assert both.note(date(2026, 11, 21)).name.en == "Saturday", "worked in the north only, so the south decides"


def test_a_season_is_cut_to_the_years_of_the_union():
    assert [span[0].year for span in union().seasons[0].spans] == [2025, 2026, 2027]


def test_a_season_that_two_of_them_take_from_the_same_calendar_is_told_once():
    files = {"east": {"calendar": "east", "title": "East", "extends": "south"}}
    assert len(union(files, union=["south", "east"]).seasons) == 1


def test_its_own_seasons_and_days_lie_over_it():
    both = union(
        closed_seasons={"fair": {"from": "11-16", "to": "11-20"}}, days={"2026-08-12": {"work": "Urgent sitting"}}
    )
    assert not both.is_working(date(2026, 11, 17))
    assert both.is_working(date(2026, 8, 12))
    assert not both.stands(date(2026, 8, 12))


def test_a_union_can_be_extended_and_united_again():
    files = {"north": NORTH, "south": SOUTH, "both": BOTH, "east": {**SOUTH, "calendar": "east", "base": "IE"}}
    county = read_calendar({"calendar": "county", "title": "County", "extends": "both"}, files.__getitem__)
    assert county.note(date(2026, 11, 30)).name.en == "Saint Andrew's Day"
    again = union(files, calendar="more", union=["both", "east"])
    assert again.note(date(2026, 11, 30)).name.en == "Saint Andrew's Day"
    assert again.note(date(2026, 10, 26)).name.en == "October Bank Holiday"


@pytest.mark.parametrize(
    ("changes", "code", "path", "told"),
    [
        ({"union": "north"}, "wrong-type", ("union",), "[england, scotland]"),
        ({"union": []}, "wrong-type", ("union",), "[england, scotland]"),
        ({"union": ["north", "west"]}, "unknown-calendar", ("union", 1), "west"),
        ({"union": ["north", "both"]}, "circular", ("union", 1), "circle"),
        ({"extends": "north"}, "not-with-extends", ("union",), "either extends or union"),
        ({"rest_days": ["sunday"]}, "not-with-extends", ("union",), "rest_days"),
        ({"categories": ["public"]}, "not-with-extends", ("union",), "base"),
    ],
)
def test_a_mistake_is_told_with_its_place(changes, code, path, told):
    found, text = problems(**changes)
    assert (code, path) in found
    assert told in text


def test_a_broken_calendar_within_is_told_and_so_are_years_that_do_not_meet():
    assert problems({"south": {**SOUTH, "zone": "Nowhere"}})[0] == [("unknown-calendar", ("union", 1))]
    assert problems({"south": {**SOUTH, "years": "2010..2020"}})[0] == [("wrong-range", ("union",))]
