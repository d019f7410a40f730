"""What can be said about a calendar, and how two of them differ."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from caseclock.definitions.calendars.reader import read_calendar
from caseclock.workflow.calendars.facts import (
    DayState,
    Period,
    differ,
    differences,
    facts,
    read_period,
    seasons,
    settings,
    sources,
    standing_days,
    unusual,
    whole,
    working_days,
)
from caseclock.workflow.errors import InvalidInput

COURT = {
    "calendar": "court",
    "title": "Court",
    "extends": "fr",
    "office_hours": {"monday..friday": "09:00..17:00"},
    "closed_seasons": {
        "summer": {"from": "08-01", "to": "08-31", "title": "Summer recess", "source": "Rules", "time": "stands"},
        "winter": {"from": "12-24", "to": "01-06"},
    },
    "days": {"2026-08-14": {"work": "Urgent sitting"}, "2026-11-12": {"hours": "09:00..12:00"}},
}


@pytest.fixture(scope="module")
def court(load):
    return read_calendar(COURT, load)


def test_a_period_is_a_year_or_a_month(cn):
    assert read_period("2026", cn) == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert read_period("2026-02", cn) == Period(date(2026, 2, 1), date(2026, 2, 28), is_month=True)
    assert whole(cn) == Period(date(2010, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize("text", ["26", "2026-13", "2026-00", "2026-2", "0000", "2026-02-01", "February", ""])
def test_other_periods_are_refused(cn, text):
    with pytest.raises(InvalidInput, match="2026-03"):
        read_period(text, cn)


def test_a_period_that_the_calendar_does_not_hold_is_refused(cn):
    with pytest.raises(InvalidInput, match="2010-01-01 to 2050-12-31"):
        read_period("2051", cn)


def test_the_months_of_a_year_add_up(cn):
    assert [working_days(cn, 2026, month) for month in range(1, 13)] == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    assert working_days(cn, 2026) == 248


def test_unusual_are_the_days_that_are_not_what_their_weekday_says(cn):
    told = {it.day: it for it in unusual(cn, read_period("2026-02", cn))}
    assert list(told) == [date(2026, 2, day) for day in (14, 16, 17, 18, 19, 20, 23, 28)]
    assert told[date(2026, 2, 14)].state is DayState.WORKS
    assert told[date(2026, 2, 17)].note.source.zh.startswith("国务院办公厅")


def test_every_other_day_of_cn_follows_its_weekday(cn):
    told = {it.day for it in unusual(cn, whole(cn))}
    day = cn.first
    while day <= cn.last:
        assert cn.is_working(day) == ((day.weekday() < 5) != (day in told)), day
        day += timedelta(days=1)


def test_what_a_weekday_says_may_change_over_time():
    data = {
        "calendar": "gulf",
        "title": "Gulf",
        "zone": "Asia/Dubai",
        "base": "none",
        "years": "2021..2022",
        "official_through": "2022-12-31",
        "rest_days": {"..2021-12-31": ["friday", "saturday"], "2022-01-01..": ["saturday", "sunday"]},
        "days": {"2021-11-21": {"off": "Fair"}, "2022-11-20": {"off": "Fair"}},
    }
    gulf = read_calendar(data, dict.__getitem__)
    assert [it.day for it in unusual(gulf, whole(gulf))] == [date(2021, 11, 21)]
    assert facts(gulf, date(2022, 11, 20)).as_usual


def test_where_every_such_day_has_a_name_of_its_own_monday_to_friday_are_taken_for_the_usual_working_days(cn):
    week = replace(cn, first=date(2026, 2, 16), days="0" * 7)
    assert [it.day.day for it in unusual(week, whole(week))] == [16, 17, 18, 19, 20]


def test_days_worked_in_a_season_and_days_with_hours_of_their_own_are_unusual_but_seasons_are_told_apart(court):
    told = [it.day for it in unusual(court, read_period("2026", court))]
    assert date(2026, 8, 14) in told
    assert date(2026, 11, 12) in told
    assert [day for day in told if day.month == 8] == [date(2026, 8, 14)]
    found = {season.name: spans for season, spans in seasons(court, read_period("2026", court))}
    assert found["summer"] == (
        (date(2026, 8, 1), date(2026, 8, 13)),
        (date(2026, 8, 15), date(2026, 8, 31)),
    )
    assert found["winter"] == ((date(2025, 12, 24), date(2026, 1, 6)), (date(2026, 12, 24), date(2027, 1, 6)))
    assert standing_days(court, 2026) == 30
    assert working_days(court, 2026, 8) == 21, "the court works while time stands"
    assert [source.en for source in sources(court, read_period("2026-08", court))][-1] == "Rules"


def test_equal_calendars_do_not_differ(cn):
    assert not differ(cn, cn)
    assert differences(cn, cn) == ()


def test_a_difference_says_in_which_respects(fr, court):
    found = {it.day: it for it in differences(fr, court)}
    august, christmas = found[date(2026, 8, 3)], found[date(2026, 12, 28)]
    assert august.what == ("stands", "season")
    assert [(it.state, it.stands) for it in (august.old, august.new)] == [
        (DayState.WORKS, False),
        (DayState.WORKS, True),
    ]
    assert christmas.what == ("state", "name", "season")
    assert (christmas.new.state, christmas.new.stands) == (DayState.RESTS, False)
    assert found[date(2026, 11, 12)].what == ("name", "hours")
    assert found[date(2026, 8, 14)].what == ("name",)
    assert date(2026, 11, 16) not in found
    assert set(settings(fr, court)) == {"title", "hours"}


def test_the_days_that_differ_are_all_there_are(cn, xiangxi):
    """Found by comparing every day, without the shortcut for days that are plainly the same."""
    days = [cn.first + timedelta(days=n) for n in range((cn.last - cn.first).days + 1)]
    other = [day for day in days if cn.is_working(day) != xiangxi.is_working(day) or cn.note(day) != xiangxi.note(day)]
    assert [it.day for it in differences(cn, xiangxi)] == other


def test_a_new_horizon_and_new_years_are_settings_and_only_common_days_are_compared(cn):
    longer = replace(cn, days=cn.days + "1" * 365, official_through=date(2027, 12, 31))
    assert settings(cn, longer) == {
        "last": (date(2050, 12, 31), date(2051, 12, 31)),
        "official_through": (date(2026, 12, 31), date(2027, 12, 31)),
    }
    assert differences(cn, longer) == ()
    assert differ(cn, longer)
