"""The explanation: from its lines alone a second program gets the same due, and people read why."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.clocks import Grant, Line, LineKind, count
from caseclock.workflow.model import Counting, Extension, ExtensionMode, FirstDay, Limit, Period, Roll, TimeUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = datetime(2012, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)

starts = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC))
countings = st.builds(Counting, st.sampled_from(FirstDay), st.sampled_from([Roll.NONE, Roll.NEXT_WORKING_DAY]))


def recompute(lines: Sequence[Line], total: int) -> datetime:
    """An independent reader of the lines: it knows nothing of calendars, only that days end at 24:00 in Shanghai."""
    for before, after in pairwise(lines):
        assert after.day == before.day + timedelta(days=1)
    counted = [line for line in lines if line.kind is LineKind.COUNTED]
    assert [line.number for line in counted] == list(range(1, total + 1))
    assert all(line.kind in (LineKind.COUNTED, LineKind.ROLLED) for line in lines[-1:])
    return datetime.combine(lines[-1].day + timedelta(days=1), time(), SHANGHAI)


def recompute_hours(lines: Sequence[Line]) -> tuple[datetime, timedelta]:
    spans = [span for line in lines for span in line.spans]
    return spans[-1][1], sum((ends - begins for begins, ends in spans), timedelta())


@given(
    start=starts,
    amount=st.integers(1, 40),
    unit=st.sampled_from([TimeUnit.DAY, TimeUnit.WORKING_DAY]),
    counting=countings,
)
def test_counted_lines_equal_the_limit_and_give_the_due(cn, start, amount, unit, counting):
    reckoning = count(Limit(Period(amount, unit), counting), start, cn)
    assert recompute(reckoning.lines, amount) == reckoning.due
    assert reckoning.lines[0].day == start.astimezone(SHANGHAI).date()


@given(
    start=starts,
    amount=st.integers(1, 20),
    more=st.integers(1, 20),
    mode=st.sampled_from([ExtensionMode.TO, ExtensionMode.BY]),
)
def test_an_extended_limit_counts_the_extension_too(cn, start, amount, more, mode):
    unit = TimeUnit.WORKING_DAY
    extension = Extension(mode, Period(more, unit), 1, "ask", "grant")
    reckoning = count(
        Limit(Period(amount, unit), Counting()),
        start,
        cn,
        extension=extension,
        grants=[Grant(start, start, "leader")],
    )
    total = amount + more if mode is ExtensionMode.BY else max(amount, more)
    assert recompute(reckoning.lines, total) == reckoning.due


@given(start=starts, hours=st.integers(1, 80), unit=st.sampled_from([TimeUnit.HOUR, TimeUnit.WORKING_HOUR]))
def test_counted_stretches_equal_a_limit_in_hours(cn, start, hours, unit):
    reckoning = count(Limit(Period(hours, unit), Counting()), start, cn)
    assert recompute_hours(reckoning.lines) == (reckoning.due, timedelta(hours=hours))


def sentences(lines: Sequence[Line]) -> list[str]:
    return [f"{line.day:%m-%d} {line.kind}: {'; '.join(note.text() for note in line.notes)}" for line in lines]


def test_why_three_days_from_12_february_end_on_the_24th(cn):
    start = cn.at(date(2026, 2, 12), time(10))
    lines = sentences(count(Limit(Period(3, TimeUnit.DAY), Counting()), start, cn).lines)
    notice = "General Office of the State Council notice on holidays, 国办发明电〔2025〕7号, 2025-11-04"
    assert lines[:4] == [
        "02-12 start: the clock starts at 10:00; this day is not counted",
        "02-13 counted: day 1 of 3",
        f"02-14 counted: day 2 of 3; a working day: make-up working day ({notice})",
        "02-15 counted: day 3 of 3; a rest day, counted because the limit is in calendar days: Sunday",
    ]
    moved = "the last day moves on, because this is not a working day"
    assert lines[4] == f"02-16 rolled: {moved}: Chinese New Year's Eve ({notice})"
    assert lines[-1] == (
        "02-24 rolled: the last day moves here from 2026-02-15, which is not a working day; the limit ends at 24:00"
    )


def test_why_a_rest_day_is_not_counted_in_working_days(cn):
    start = cn.at(date(2026, 9, 30), time(10))
    lines = sentences(count(Limit(Period(3, TimeUnit.WORKING_DAY), Counting()), start, cn).lines)
    assert lines[1].startswith("10-01 rest: not counted: National Day (")
    assert lines[-1].startswith("10-10 counted: working day 3 of 3; a working day: make-up working day (")


def test_by_whom_the_days_were_extended(cn):
    start = cn.at(date(2026, 11, 16), time(10))
    five = Extension(ExtensionMode.TO, Period(5, TimeUnit.DAY), 1, "ask", "grant")
    grant = Grant(start, cn.at(date(2026, 11, 18), time(9)), "the-leader")
    reckoning = count(Limit(Period(3, TimeUnit.DAY), Counting()), start, cn, extension=five, grants=[grant])
    extended = [
        line.day.day for line in reckoning.lines if "extended by the-leader on 2026-11-18" in map(str, line.notes)
    ]
    assert extended == [20, 21]
    assert [line.kind.value for line in reckoning.lines][-2:] == ["rolled", "rolled"]
