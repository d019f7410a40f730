"""Reading calendar files: what they can say, and how mistakes are told."""

from datetime import date, time, timedelta

import pytest

from caseclock.definitions.calendars.reader import read_calendar
from caseclock.workflow.calendars import Session
from caseclock.workflow.errors import DefinitionInvalid

DEMO = {
    "calendar": "demo",
    "title": {"zh": "示例", "en": "Demo"},
    "zone": "Europe/London",
    "base": "GB-ENG",
    "years": "2026..2026",
    "official_through": "2026-12-31",
}

HOURS = ("days", "2026-01-05", "hours")


def nothing(name):
    raise LookupError(name)


def demo(**changes):
    return read_calendar({**DEMO, **changes}, nothing)


def problems(data, load=nothing):
    with pytest.raises(DefinitionInvalid) as error:
        read_calendar(data, load)
    return [(problem.code, problem.path) for problem in error.value.problems], str(error.value)


def test_a_region_has_its_own_holidays():
    good_friday, easter_monday = date(2026, 4, 3), date(2026, 4, 6)
    assert not demo().is_working(easter_monday)
    assert demo(base="GB-SCT").is_working(easter_monday)
    assert not demo(base="GB-SCT").is_working(good_friday)


def test_a_union_of_regions_rests_when_any_of_them_rests():
    union = demo(base=["GB-ENG", "GB-NIR"])
    assert not union.is_working(date(2026, 3, 17))
    assert demo().is_working(date(2026, 3, 17))


def test_the_weekly_rest_days_can_be_set():
    assert demo(rest_days=["sunday"]).is_working(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("rest_days", "resting"),
    [(["friday", "saturday"], {4, 5}), (["friday"], {4}), (["thursday..saturday"], {3, 4, 5}), ([], set())],
)
def test_a_week_may_rest_on_other_days(rest_days, resting):
    calendar = demo(base="none", rest_days=rest_days)
    week = [date(2026, 11, 16) + timedelta(days=n) for n in range(7)]
    assert {day.weekday() for day in week if not calendar.is_working(day)} == resting


def test_without_a_base_there_are_no_holidays_and_the_week_rests_on_saturday_and_sunday():
    calendar = demo(base="none")
    assert calendar.is_working(date(2026, 12, 25))
    assert calendar.working_days(date(2026, 11, 16), date(2026, 11, 22)) == 5
    assert calendar.notes == {}


def test_the_days_of_weekly_rest_may_change_as_in_the_emirates_in_2022():
    regimes = {"..2021-12-31": ["friday", "saturday"], "2022-01-01..": ["saturday", "sunday"]}
    calendar = demo(base="none", years="2020..2023", rest_days=regimes)
    assert [calendar.is_working(date(2021, 12, day)) for day in (24, 25, 26)] == [False, False, True]
    assert [calendar.is_working(date(2022, 1, day)) for day in (7, 8, 9)] == [True, False, False]


def test_a_country_whose_weekend_moved_rests_as_it_did_then():
    emirates = demo(base="AE", years="2020..2023")
    assert [emirates.is_working(date(2021, 11, day)) for day in (19, 20, 21)] == [False, False, True]
    assert [emirates.is_working(date(2022, 11, day)) for day in (18, 19, 20)] == [True, False, False]


def test_of_ranges_of_rest_days_the_later_lies_over_the_earlier():
    regimes = {"2026-01-01..2026-12-31": ["saturday", "sunday"], "2026-11-16..2026-11-22": ["monday"]}
    calendar = demo(base="none", rest_days=regimes)
    assert [calendar.is_working(date(2026, 11, day)) for day in (16, 21, 22, 23)] == [False, True, True, True]


def test_categories_of_the_holidays_package_may_be_chosen():
    assert demo(base="IE").is_working(date(2026, 4, 3))
    with_optional = demo(base="IE", categories=["public", "optional"])
    assert with_optional.note(date(2026, 4, 3)).name.en == "Good Friday"
    assert not with_optional.is_working(date(2026, 12, 25))


def test_a_day_may_have_hours_of_its_own():
    hours = {"monday..friday": ["09:00..12:00", "13:00..17:00"]}
    half_day = {"work": {"zh": "半天", "en": "Half day"}, "hours": "09:00..12:00"}
    calendar = demo(office_hours=hours, days={"2026-12-24": half_day, "2026-12-31": {"hours": "09:00..12:00"}})
    for day in (date(2026, 12, 24), date(2026, 12, 31)):
        assert calendar.office_hours(day) == (Session(time(9), time(12)),)
        assert calendar.is_working(day)
    assert calendar.note(date(2026, 12, 24)).name.zh == "半天"
    assert calendar.note(date(2026, 12, 31)).name.en == "other office hours on this day"
    assert len(calendar.office_hours(date(2026, 12, 30))) == 2


def test_hours_alone_leave_a_day_the_name_that_it_has(load):
    half = {"calendar": "half", "title": "Half", "extends": "cn", "days": {"2026-02-14": {"hours": "08:30..12:00"}}}
    note = read_calendar(half, load).note(date(2026, 2, 14))
    assert note.name.en == "make-up working day"
    assert "2025-11-04" in note.source.en


def test_a_calendar_that_extends_another_may_take_back_the_hours_of_a_day():
    hours = {"monday..friday": "09:00..17:00"}
    files = {"demo": {**DEMO, "office_hours": hours, "days": {"2026-12-24": {"hours": "09:00..12:00"}}}}
    county = {"calendar": "county", "title": "County", "extends": "demo"}
    inherited = read_calendar(county, files.__getitem__)
    assert inherited.office_hours(date(2026, 12, 24)) == (Session(time(9), time(12)),)
    whole = read_calendar({**county, "days": {"2026-12-24": {"work": "Whole day"}}}, files.__getitem__)
    assert whole.office_hours(date(2026, 12, 24)) == (Session(time(9), time(17)),)
    off = read_calendar({**county, "days": {"2026-12-24": {"off": "Closed"}}}, files.__getitem__)
    assert off.office_hours(date(2026, 12, 24)) == ()


def test_a_chain_of_calendars_overrides_both_ways_the_later_over_the_earlier():
    files = {
        "demo": {**DEMO, "days": {"2026-11-18": {"off": "Base"}, "2026-11-21": {"work": "Base"}}},
        "county": {
            "calendar": "county",
            "title": "County",
            "extends": "demo",
            "days": {"2026-11-16..2026-11-20": {"off": "County fair"}, "2026-11-21": {"off": "County fair"}},
        },
        "town": {
            "calendar": "town",
            "title": "Town",
            "extends": "county",
            "days": {"2026-11-18": {"work": "Town"}, "2026-12-25": {"work": "Town"}},
        },
    }
    demo_day, county, town = (read_calendar(files[name], files.__getitem__) for name in ("demo", "county", "town"))
    told = [[calendar.is_working(date(2026, 11, day)) for day in (17, 18, 21)] for calendar in (demo_day, county, town)]
    assert told == [[True, False, True], [False, False, False], [False, True, False]]
    assert town.note(date(2026, 11, 17)).name.en == "County fair"
    assert town.is_working(date(2026, 12, 25))
    assert not county.is_working(date(2026, 12, 25))


def test_a_day_without_a_source_cites_the_notice_of_its_year():
    files = {"demo": DEMO}
    county = read_calendar(
        {
            "calendar": "county",
            "title": "County",
            "extends": "demo",
            "issuer": "County",
            "notices": {"2026": {"number": 12, "published": "2025-12-01"}},
            "days": {"2026-11-21": {"work": "Fair"}, "2026-11-22": {"work": "Fair", "source": "Order 2"}},
        },
        files.__getitem__,
    )
    assert county.note(date(2026, 11, 21)).source.en == "County, 12, 2025-12-01"
    assert county.note(date(2026, 11, 22)).source.en == "Order 2"


def test_without_notices_the_issuer_is_the_law_that_is_cited():
    calendar = demo(issuer="Holidays Act", years="2026..2027")
    assert calendar.note(date(2026, 12, 25)).source.en == "Holidays Act"
    assert calendar.note(date(2027, 12, 25)).source is None, "beyond official_through nothing is cited"


def test_later_days_override_earlier_ones_both_ways():
    calendar = demo(
        days={
            "2026-12-21..2026-12-31": {"off": {"zh": "冬休", "en": "Winter closing"}},
            "2026-12-23": {"work": "Stocktaking", "source": "Order 1"},
            "2026-12-25": {"work": "Emergency"},
        }
    )
    assert not calendar.is_working(date(2026, 12, 21))
    assert calendar.is_working(date(2026, 12, 23))
    assert calendar.note(date(2026, 12, 23)).source.zh == "Order 1"
    assert calendar.is_working(date(2026, 12, 25))
    assert calendar.note(date(2026, 12, 31)).name.zh == "冬休"


def test_a_notice_is_cited_with_number_and_date():
    calendar = demo(
        issuer={"zh": "通知机关", "en": "Issuer"}, notices={2026: {"number": "No. 7", "published": "2025-11-04"}}
    )
    assert calendar.note(date(2026, 12, 25)).source.en == "Issuer, No. 7, 2025-11-04"


def test_office_hours_are_given_for_weekdays_and_ranges_of_them():
    calendar = demo(office_hours={"monday..thursday": ["09:00..12:00", "13:00..17:00"], "friday": "09:00..12:00"})
    assert calendar.office_hours(date(2026, 11, 20)) == (Session(time(9), time(12)),)
    assert len(calendar.office_hours(date(2026, 11, 19))) == 2


def test_office_hours_may_end_at_24():
    calendar = demo(
        office_hours={"monday": "00:00..24:00", "tuesday": ["08:00..12:00", "22:00..24:00"]},
        days={"2026-11-18": {"hours": "20:00..24:00"}},
    )
    around_the_clock, evening = Session(time(), time()), Session(time(22), time())
    assert calendar.office_hours(date(2026, 11, 16)) == (around_the_clock,)
    assert calendar.office_hours(date(2026, 11, 17)) == (Session(time(8), time(12)), evening)
    assert calendar.office_hours(date(2026, 11, 18)) == (Session(time(20), time()),)
    assert [session.until_midnight for session in calendar.office_hours(date(2026, 11, 17))] == [False, True]
    assert str(around_the_clock) == "00:00-24:00"


@pytest.mark.parametrize("hours", ["24:00..24:00", "08:00..00:00", "08:00..24:30", ["20:00..24:00", "22:00..23:00"]])
def test_nothing_comes_after_24_and_0_is_the_beginning_of_a_day_only(hours):
    with pytest.raises(DefinitionInvalid) as error:
        demo(office_hours={"monday": hours})
    assert {problem.code for problem in error.value.problems} == {"wrong-hours"}


def test_an_extending_calendar_takes_what_it_does_not_say():
    files = {"demo": {**DEMO, "office_hours": {"monday..friday": "09:00..17:00"}}}
    county = read_calendar(
        {"calendar": "county", "title": "County", "extends": "demo", "days": {"2026-11-20": {"off": "Fair"}}},
        files.__getitem__,
    )
    assert (county.id, county.title.zh, county.zone) == ("county", "County", "Europe/London")
    assert county.office_hours(date(2026, 11, 19)) == (Session(time(9), time(17)),)
    assert not county.is_working(date(2026, 11, 20))
    assert not county.is_working(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("changes", "code", "path", "told"),
    [
        ({"zone": "Europe/Lundon"}, "unknown-zone", ("zone",), "Europe/London"),
        ({"base": "XX"}, "unknown-country", ("base",), "XX"),
        ({"base": "GB-XX"}, "unknown-country", ("base",), "GB-XX"),
        ({"base": []}, "unknown-country", ("base",), "GB-ENG"),
        ({"base": "utils"}, "unknown-country", ("base",), "utils"),
        ({"base": ["GB-ENG", "none"]}, "unknown-country", ("base",), "none"),
        ({"years": "2099..2101"}, "wrong-range", ("years",), "to 2100 only"),
        ({"base": "CN", "years": "1949..2026"}, "wrong-range", ("years",), "from 1950"),
        ({"years": "2026"}, "wrong-range", ("years",), "2010..2027"),
        ({"years": "2027..2026"}, "wrong-range", ("years",), "2010..2027"),
        ({"official_through": "31.12.2026"}, "wrong-date", ("official_through",), "31.12.2026"),
        ({"offical_through": "2026-12-31"}, "unknown-key", ("offical_through",), "official_through"),
        ({"days": {"2026-02-30": {"off": "x"}}}, "wrong-date", ("days", "2026-02-30"), "2026-02-30"),
        ({"days": {"2027-01-01": {"off": "x"}}}, "outside-years", ("days", "2027-01-01"), "2026-12-31"),
        (
            {"days": {"2026-01-05..9999-12-31": {"off": "x"}}},
            "outside-years",
            ("days", "2026-01-05..9999-12-31"),
            "2027",
        ),
        ({"days": {"2026-01-05..2026-01-01": {"off": "x"}}}, "wrong-range", ("days", "2026-01-05..2026-01-01"), "ends"),
        ({"days": {"2026-01-05": {"of": "x"}}}, "off-or-work", ("days", "2026-01-05"), "off or work"),
        ({"days": {"2026-01-05": {"off": "x", "work": "y"}}}, "off-or-work", ("days", "2026-01-05"), "either"),
        ({"days": ["2026-01-05"]}, "wrong-type", ("days",), "mapping"),
        ({"office_hours": {"mondag": "09:00..12:00"}}, "unknown-key", ("office_hours", "mondag"), "monday"),
        ({"office_hours": {"monday": "12:00..09:00"}}, "wrong-hours", ("office_hours", "monday", 0), "08:30..12:00"),
        ({"rest_days": ["Sunday"]}, "unknown-word", ("rest_days", 0), "sunday"),
        ({"rest_days": "sunday"}, "wrong-type", ("rest_days",), "[saturday, sunday]"),
        ({"rest_days": {"..2026-06-30": ["sunday"]}}, "wrong-range", ("rest_days",), "2026-07-01"),
        ({"rest_days": {"2026-06-30..2026-01-01": []}}, "wrong-range", ("rest_days", "2026-06-30..2026-01-01"), "ends"),
        ({"rest_days": {"since": ["sunday"]}}, "wrong-date", ("rest_days", "since"), "since"),
        ({"rest_days": {"..": "sunday"}}, "wrong-type", ("rest_days", ".."), "[saturday, sunday]"),
        ({"rest_days": {"..": ["sundy"]}}, "unknown-word", ("rest_days", "..", 0), "sunday"),
        ({"categories": ["bank"]}, "wrong-category", ("categories", 0), "public"),
        ({"categories": []}, "wrong-category", ("categories",), "[public, bank]"),
        ({"base": "none", "categories": ["public"]}, "wrong-category", ("categories",), "without a base"),
        ({"days": {"2026-01-05": {"off": "x", "hours": "09:00..12:00"}}}, "hours-of-rest-day", HOURS, "a day off"),
        ({"days": {"2026-01-04": {"hours": "09:00..12:00"}}}, "hours-of-rest-day", ("days", "2026-01-04"), "rest"),
        ({"days": {"2026-01-05": {"hours": []}}}, "wrong-hours", HOURS, "08:30..12:00"),
        ({"days": {"2026-01-05": {"hours": "noon"}}}, "wrong-hours", (*HOURS, 0), "noon"),
        ({"days": {"2026-01-05": {"source": "x"}}}, "off-or-work", ("days", "2026-01-05"), "either off or work"),
        ({"notices": {"MMXX": {}}}, "wrong-year", ("notices", "MMXX"), "MMXX"),
        ({"title": {"de": "Probe"}}, "wrong-type", ("title",), "zh and en"),
    ],
)
def test_a_mistake_is_told_with_its_place(changes, code, path, told):
    found, text = problems({**DEMO, **changes})
    assert (code, path) in found
    assert told in text


def test_all_mistakes_are_told_in_one_run():
    found, _ = problems({**DEMO, "zone": "Nowhere", "years": "x", "official_through": "y"})
    assert {code for code, _ in found} == {"unknown-zone", "wrong-range", "wrong-date"}


def test_missing_keys_are_named():
    found, text = problems({"calendar": "demo", "title": "Demo"})
    assert [code for code, _ in found] == ["missing-key"] * 4
    assert "official_through" in text


def test_extending_an_unknown_or_broken_calendar_or_in_a_circle_is_refused():
    overlay = {"calendar": "county", "title": "County", "extends": "demo"}
    assert problems(overlay)[0] == [("unknown-calendar", ("extends",))]
    found, text = problems(overlay, {"demo": {**DEMO, "zone": "Nowhere"}}.__getitem__)
    assert found == [("unknown-calendar", ("extends",))]
    assert "Nowhere" in text
    _, text = problems(overlay, {"demo": {"calendar": "demo", "title": "x", "extends": "county"}}.__getitem__)
    assert "circle" in text


def test_base_and_extends_exclude_each_other():
    found, _ = problems({**DEMO, "extends": "other"}, {"other": DEMO}.__getitem__)
    assert ("not-with-extends", ("extends",)) in found
