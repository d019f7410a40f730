"""Reading calendar files: what they can say, and how mistakes are told."""

from datetime import date, time

import pytest

from caseclock.definitions.calendar_reader import read_calendar
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
        ({"years": "2026"}, "wrong-range", ("years",), "2010..2027"),
        ({"years": "2027..2026"}, "wrong-range", ("years",), "2010..2027"),
        ({"official_through": "31.12.2026"}, "wrong-date", ("official_through",), "31.12.2026"),
        ({"offical_through": "2026-12-31"}, "unknown-key", ("offical_through",), "official_through"),
        ({"days": {"2026-02-30": {"off": "x"}}}, "wrong-date", ("days", "2026-02-30"), "2026-02-30"),
        ({"days": {"2027-01-01": {"off": "x"}}}, "outside-years", ("days", "2027-01-01"), "2026-12-31"),
        ({"days": {"2026-01-05..2026-01-01": {"off": "x"}}}, "wrong-range", ("days", "2026-01-05..2026-01-01"), "ends"),
        ({"days": {"2026-01-05": {"of": "x"}}}, "off-or-work", ("days", "2026-01-05"), "off or work"),
        ({"days": {"2026-01-05": {"off": "x", "work": "y"}}}, "off-or-work", ("days", "2026-01-05"), "either"),
        ({"days": ["2026-01-05"]}, "wrong-type", ("days",), "mapping"),
        ({"office_hours": {"mondag": "09:00..12:00"}}, "unknown-key", ("office_hours", "mondag"), "monday"),
        ({"office_hours": {"monday": "12:00..09:00"}}, "wrong-hours", ("office_hours", "monday", 0), "08:30..12:00"),
        ({"rest_days": ["Sunday"]}, "unknown-word", ("rest_days", 0), "sunday"),
        ({"rest_days": "sunday"}, "wrong-type", ("rest_days",), "[saturday, sunday]"),
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
