"""Counting agrees with a slow program that walks day by day and shares no code with it."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chinese_calendar import is_workday
from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.clocks import count
from caseclock.workflow.model import Counting, FirstDay, Limit, Period, Roll, TimeUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")


def walk(start: datetime, amount: int, *, working: bool, included: bool, roll: bool) -> datetime:
    day = start.astimezone(SHANGHAI).date()
    counted = 0
    if not included:
        day += timedelta(days=1)
    while True:
        counted += is_workday(day) if working else 1
        if counted == amount:
            break
        day += timedelta(days=1)
    while roll and not is_workday(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(), SHANGHAI) + timedelta(days=1)


def test_thousands_of_random_limits(cn):
    chance = random.Random(20261123)
    for _ in range(4000):
        start = datetime(2010, 1, 3, tzinfo=UTC) + timedelta(seconds=chance.randrange(16 * 365 * 86400))
        amount = chance.randint(1, 60)
        working, included, roll = (chance.random() < 0.5 for _ in range(3))
        limit = Limit(
            Period(amount, TimeUnit.WORKING_DAY if working else TimeUnit.DAY),
            Counting(
                first_day=FirstDay.INCLUDED if included else FirstDay.EXCLUDED,
                roll=Roll.NEXT_WORKING_DAY if roll else Roll.NONE,
            ),
        )
        expected = walk(start, amount, working=working, included=included, roll=roll)
        assert count(limit, start, cn).due == expected, (start, limit)


@given(
    day=st.dates(date(2012, 1, 1), date(2025, 12, 1)),
    amount=st.integers(1, 24),
    unit=st.sampled_from([TimeUnit.DAY, TimeUnit.WORKING_DAY, TimeUnit.WEEK, TimeUnit.MONTH]),
)
def test_a_rolled_due_never_falls_on_a_rest_day_and_never_moves_back(cn, day, amount, unit):
    start = cn.at(day, time(9))
    rolled = count(Limit(Period(amount, unit), Counting()), start, cn)
    plain = count(Limit(Period(amount, unit), Counting(roll=Roll.NONE)), start, cn)
    assert cn.is_working(rolled.due_day)
    assert plain.due <= rolled.due
    if plain.due < rolled.due:
        assert cn.working_days(plain.due_day, rolled.due_day) == 1


@given(day=st.dates(date(2012, 1, 1), date(2026, 6, 1)), amount=st.integers(1, 60))
def test_starting_later_never_ends_earlier(cn, day, amount):
    for unit in (TimeUnit.DAY, TimeUnit.WORKING_DAY, TimeUnit.MONTH):
        limit = Limit(Period(amount if unit is not TimeUnit.MONTH else amount % 12 + 1, unit), Counting())
        today, tomorrow = (count(limit, cn.at(start, time(9)), cn).due for start in (day, day + timedelta(days=1)))
        assert today <= tomorrow
