"""The shipped calendars say what the official notices and laws say."""

from datetime import date, timedelta
from importlib.resources import files

import chinese_calendar
import pytest

from caseclock.definitions import YamlReader, shipped

SHIPPED = sorted(file.name for file in files("caseclock.definitions").iterdir() if file.name.endswith(".calendar.yaml"))


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_cn_equals_the_second_package_on_every_day_of_2010_to_2026(cn):
    wrong = [
        d for d in days(date(2010, 1, 1), date(2026, 12, 31)) if cn.is_working(d) != chinese_calendar.is_workday(d)
    ]
    assert wrong == []


def test_cn_makes_up_for_days_off_exactly_where_the_second_package_does(cn):
    weekend = [d for d in days(date(2010, 1, 1), date(2026, 12, 31)) if d.weekday() >= 5]
    worked = [d for d in weekend if chinese_calendar.is_workday(d)]
    assert [d for d in weekend if cn.is_working(d)] == worked
    assert {cn.note(d).name.en for d in worked} == {"make-up working day"}


def test_cn_names_a_notice_with_number_and_date_for_every_arranged_day(cn):
    for day, note in cn.notes.items():
        if cn.official(day):
            assert "国办发明电〔20" in note.source.zh, day


@pytest.mark.parametrize(
    ("year", "working_days"),
    [
        (2018, 250),
        (2019, 250),
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_cn_has_the_known_number_of_working_days(cn, year, working_days):
    assert cn.working_days(date(year, 1, 1), date(year, 12, 31)) == working_days


def test_cn_reaches_from_2010_to_2050_and_is_official_to_the_end_of_2026(cn):
    assert (cn.first, cn.last) == (date(2010, 1, 1), date(2050, 12, 31))
    assert cn.official(date(2026, 12, 31))
    assert not cn.official(date(2027, 1, 1))


def test_a_make_up_saturday_names_its_notice(cn):
    note = cn.note(date(2026, 2, 14))
    assert note.name.zh == "调休上班"
    assert "2025-11-04" in note.source.zh


def test_a_year_without_notice_cites_none(cn):
    assert cn.note(date(2027, 2, 6)).source is None


def test_a_notice_arranges_the_last_days_of_the_year_before(cn):
    """Saturday 2018-12-29 is worked by the notice on 2019, published in December 2018."""
    assert "2018-12-06" in cn.note(date(2018, 12, 29)).source.en


def test_a_plain_weekend_day_is_named_and_a_plain_working_day_has_no_note(cn):
    assert cn.note(date(2026, 11, 21)).name.en == "Saturday"
    assert cn.note(date(2026, 11, 20)) is None


def test_xiangxi_overrides_the_national_days_in_both_directions(cn, xiangxi):
    different = [d for d in days(cn.first, cn.last) if cn.is_working(d) != xiangxi.is_working(d)]
    off = [date(2018, 9, 20), date(2018, 9, 21), date(2024, 9, 18), date(2024, 9, 19), date(2024, 9, 20)]
    assert different == [*off, date(2024, 9, 22)]
    assert xiangxi.is_working(date(2024, 9, 22))
    assert xiangxi.note(date(2024, 9, 18)).source.en == "National holiday regulation, art. 4; Xiangxi notice of 2024"


def test_xiangxi_is_official_only_as_far_as_its_own_notices_reach(xiangxi):
    assert xiangxi.official(date(2024, 12, 31))
    assert not xiangxi.official(date(2025, 1, 1))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_calendar_is_valid_and_nothing_in_it_is_worth_a_look(name):
    reader = YamlReader()
    assert reader.compile(shipped(name), file=name).name == name.removesuffix(".calendar.yaml")
    assert reader.findings(shipped(name), file=name) == ()


def off_in(calendar, year: int) -> list[str]:
    """The days of a year that are off although it is Monday to Friday, as MM-DD."""
    whole = days(date(year, 1, 1), date(year, 12, 31))
    return [f"{d:%m-%d}" for d in whole if d.weekday() < 5 and not calendar.is_working(d)]


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (2011, "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27"),
        (2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"),
        (2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
        (2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
        (2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
    ],
)
def test_england_has_the_published_bank_holidays(england, year, off):
    """Substitute days, and the days proclaimed for weddings, jubilees, a funeral and a coronation."""
    assert off_in(england, year) == off.split()


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (
            2026,
            "01-01 01-02 03-17 04-03 04-06 05-04 05-25 06-15 07-13 08-03 08-31 11-30 12-25 12-28",
        ),
        (
            2027,
            "01-01 01-04 03-17 03-26 03-29 05-03 05-31 07-12 08-02 08-30 11-30 12-27 12-28",
        ),
    ],
)
def test_uk_rests_on_the_bank_holidays_of_every_part(uk, year, off):
    """2 January and St Andrew's Day in Scotland, 17 March and 12 July in Northern Ireland, Easter Monday elsewhere."""
    assert off_in(uk, year) == off.split()


def test_uk_rests_whenever_england_does(uk, england):
    both = days(uk.first, uk.last)
    assert [d for d in both if uk.is_working(d) and not england.is_working(d)] == []


def test_twenty_working_days_over_st_patricks_day_end_a_day_later_in_the_uk_than_in_england(uk, england):
    """Freedom of Information Act 2000, section 10: received on Friday 13 March 2026."""
    assert uk.working_day_after(date(2026, 3, 13), 20) == date(2026, 4, 15)
    assert england.working_day_after(date(2026, 3, 13), 20) == date(2026, 4, 14)


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (2011, "03-17 04-25 05-02 06-06 08-01 10-31 12-26"),
        (2022, "03-17 03-18 04-18 05-02 06-06 08-01 10-31 12-26"),
        (2024, "01-01 02-05 04-01 05-06 06-03 08-05 10-28 12-25 12-26"),
        (2026, "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25"),
    ],
)
def test_ireland_has_its_public_holidays_and_moves_none_from_a_weekend(ie, year, off):
    """St Brigid's Day since 2023; a single day in 2022; and none in September 2011, where the package errs."""
    assert off_in(ie, year) == off.split()


def test_a_month_that_ends_on_a_saturday_in_ireland_rolls_to_monday(ie):
    """31 January 2026 + 1 month is Saturday 28 February."""
    assert ie.next_working_day(date(2026, 2, 28)) == date(2026, 3, 2)


def test_france_has_eleven_public_holidays_and_moves_none_from_a_weekend(fr):
    assert off_in(fr, 2026) == ["01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "11-11", "12-25"]
    assert len([d for d in fr.notes if d.year == 2026]) == 11


@pytest.mark.parametrize("name", ["uk", "england", "ie", "fr"])
def test_a_day_off_by_law_names_the_law(request, name):
    calendar = request.getfixturevalue(name)
    christmas = calendar.note(date(2026, 12, 25))
    assert any(word in christmas.source.en for word in ("Act", "Code"))
    assert calendar.note(date(2030, 12, 25)).source is None
