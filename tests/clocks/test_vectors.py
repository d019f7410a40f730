"""The test vectors of the rule: event day, way of counting, last day (regulation, section 3)."""

from datetime import UTC, date, datetime, time

import pytest

from caseclock.workflow.clocks import Grant, count
from caseclock.workflow.model import Counting, Extension, ExtensionMode, Limit, Period, Roll, TimeUnit

THREE_DAYS = Limit(Period(3, TimeUnit.DAY), Counting())
THREE_WORKING_DAYS = Limit(Period(3, TimeUnit.WORKING_DAY), Counting())
URGENT = Limit(Period(2, TimeUnit.DAY), Counting(roll=Roll.NONE))
FIVE_IN_TOTAL = Extension(ExtensionMode.TO, Period(5, TimeUnit.DAY), 1, "ask", "grant")
FIVE_MORE = Extension(ExtensionMode.BY, Period(5, TimeUnit.DAY), 1, "ask", "grant")

VECTORS = [
    # event day, 3 days with roll, 3 working days, urgent 2 days, total 5, 3 and 5 more
    ("2026-11-16", "2026-11-19", "2026-11-19", "2026-11-18", "2026-11-23", "2026-11-24"),
    ("2026-11-18", "2026-11-23", "2026-11-23", "2026-11-20", "2026-11-23", "2026-11-26"),
    ("2026-11-19", "2026-11-23", "2026-11-24", "2026-11-21", "2026-11-24", "2026-11-27"),
    ("2026-11-20", "2026-11-23", "2026-11-25", "2026-11-22", "2026-11-25", "2026-11-30"),
    ("2026-09-30", "2026-10-08", "2026-10-10", "2026-10-02", "2026-10-08", "2026-10-08"),
    ("2026-02-12", "2026-02-24", "2026-02-24", "2026-02-14", "2026-02-24", "2026-02-24"),
    ("2026-05-08", "2026-05-11", "2026-05-12", "2026-05-10", "2026-05-13", "2026-05-18"),
    ("2026-04-30", "2026-05-06", "2026-05-08", "2026-05-02", "2026-05-06", "2026-05-08"),
]


def at(calendar, day: str, wall: time = time(10)) -> datetime:
    return calendar.at(date.fromisoformat(day), wall)


def extended(calendar, day, extension):
    grant = Grant(at(calendar, day, time(11)), at(calendar, day, time(12)), "leader")
    return count(THREE_DAYS, at(calendar, day), calendar, extension=extension, grants=[grant])


@pytest.mark.parametrize("vector", VECTORS, ids=[vector[0] for vector in VECTORS])
def test_national_vectors(cn, vector):
    day, *expected = vector
    reckonings = [
        *(count(limit, at(cn, day), cn) for limit in (THREE_DAYS, THREE_WORKING_DAYS, URGENT)),
        *(extended(cn, day, extension) for extension in (FIVE_IN_TOTAL, FIVE_MORE)),
    ]
    assert [reckoning.due_day.isoformat() for reckoning in reckonings] == expected
    assert [reckoning.due for reckoning in reckonings] == [cn.midnight_after(date.fromisoformat(d)) for d in expected]
    assert not any(reckoning.provisional for reckoning in reckonings)


@pytest.mark.parametrize("wall", [time(0), time(0, 30), time(12), time(23, 59, 59)])
def test_the_hour_of_the_event_does_not_matter(cn, wall):
    assert count(THREE_DAYS, at(cn, "2026-11-16", wall), cn).due == datetime(2026, 11, 19, 16, tzinfo=UTC)


def test_local_days_override_the_national_ones(cn, xiangxi):
    start = at(cn, "2024-09-13")
    national = [count(limit, start, cn).due_day for limit in (THREE_DAYS, THREE_WORKING_DAYS)]
    local = [count(limit, start, xiangxi).due_day for limit in (THREE_DAYS, THREE_WORKING_DAYS)]
    assert national == [date(2024, 9, 18), date(2024, 9, 19)]
    assert local == [date(2024, 9, 22), date(2024, 9, 23)]


def test_a_due_in_a_year_without_notice_is_provisional(cn):
    reckoning = count(THREE_DAYS, at(cn, "2026-12-30"), cn)
    assert reckoning.last_day == date(2027, 1, 2)
    assert reckoning.provisional
    assert "not announced yet: official notices reach to 2026-12-31" in [
        note.text() for line in reckoning.lines for note in line.notes
    ]


@pytest.mark.parametrize(
    ("period", "start", "due_day"),
    [
        (Period(60, TimeUnit.DAY), "2026-08-03", "2026-10-08"),
        (Period(90, TimeUnit.DAY), "2026-08-03", "2026-11-02"),
        (Period(20, TimeUnit.WORKING_DAY), "2026-09-10", "2026-10-14"),
        (Period(40, TimeUnit.WORKING_DAY), "2026-09-10", "2026-11-11"),
    ],
    ids=str,
)
def test_vectors_of_sibling_rules(cn, period, start, due_day):
    """The petition rule (60 and 90 days) and the rule on open government information (20 and 40 working days)."""
    assert count(Limit(period, Counting()), at(cn, start), cn).due_day.isoformat() == due_day
