"""The shipped calendars say what the official notices say."""

from datetime import date, timedelta

import chinese_calendar
import pytest


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_cn_equals_the_second_package_on_every_day_of_2010_to_2026(cn):
    wrong = [
        d for d in days(date(2010, 1, 1), date(2026, 12, 31)) if cn.is_working(d) != chinese_calendar.is_workday(d)
    ]
    assert wrong == []


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


def test_cn_reaches_from_2010_to_2027_and_is_official_to_the_end_of_2026(cn):
    assert (cn.first, cn.last) == (date(2010, 1, 1), date(2027, 12, 31))
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
