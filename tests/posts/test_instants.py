"""Times, days and lengths in the spellings that people use, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.definitions.instants import read_date, read_instant, read_span
from caseclock.workflow import InvalidInput
from caseclock.workflow.showing.pages import show_due, show_instant

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-16 09:00", "2026-11-16T09:00:00+08:00"),
        ("2026-11-16T09:00", "2026-11-16T09:00:00+08:00"),
        ("2026-11-16T09:00+08:00", "2026-11-16T09:00:00+08:00"),
        ("2026-11-16T01:00:00Z", "2026-11-16T01:00:00+00:00"),
        ("2026-11-16T09:00:00.250+0100", "2026-11-16T09:00:00+01:00"),
        ("2019/4/25 9:32:09", "2019-04-25T09:32:09+08:00"),
        ("2019/4/25", "2019-04-25T00:00:00+08:00"),
        ("2019.4.25 9:32", "2019-04-25T09:32:00+08:00"),
        ("2026年11月16日 9时30分", "2026-11-16T09:30:00+08:00"),
        ("2026年11月16日9时", "2026-11-16T09:00:00+08:00"),
        ("2026年11月16日9点30分15秒", "2026-11-16T09:30:15+08:00"),
        ("2026年11月16日", "2026-11-16T00:00:00+08:00"),
        ("２０２６-11-16 09：00", "2026-11-16T09:00:00+08:00"),
    ],
)
def test_the_usual_spellings(text: str, iso: str) -> None:
    found = read_instant(text, SHANGHAI)
    assert found == datetime.fromisoformat(iso)
    assert found.isoformat() == iso


@pytest.mark.parametrize(
    "text",
    ["now", "", "tomorrow", "11-16", "2026-13-01", "2026-02-30", "2026-11-16 24:00", "2026-11-16 9", "16/11/2026",
     "2026-11/16", "1700000000", "2026-11-16 09:00 tomorrow", "09:00", "P3D"],
)  # fmt: skip
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="2026-11-16 09:00"):
        read_instant(text, SHANGHAI)


def test_a_time_that_the_clocks_jumped_over_is_refused() -> None:
    with pytest.raises(InvalidInput, match="put forward"):
        read_instant("2026-03-29 02:30", "Europe/Berlin")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_what_is_shown_can_be_read(moment: datetime) -> None:
    instant = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    assert read_instant(show_instant(instant, "Asia/Tokyo"), "Asia/Tokyo") == instant


def test_a_day_for_a_date_field_has_no_time() -> None:
    assert read_date("2026年12月1日") == date(2026, 12, 1)
    for text in ("2026-12-01 09:00", "2026-12-32"):
        with pytest.raises(InvalidInput):
            read_date(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("3 days", timedelta(days=3)),
        ("1 day", timedelta(days=1)),
        ("48h", timedelta(hours=48)),
        ("30 minutes", timedelta(minutes=30)),
        ("2周", timedelta(weeks=2)),
        ("3天", timedelta(days=3)),
        ("4小时", timedelta(hours=4)),
    ],
)
def test_lengths(text: str, span: timedelta) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["3", "days", "1 month", "-1 day", "3 working days"])
def test_a_length_that_is_none(text: str) -> None:
    with pytest.raises(InvalidInput, match="3 days"):
        read_span(text)


def test_midnight_is_the_end_of_a_day_for_a_due_only() -> None:
    midnight = datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert show_due(midnight, SHANGHAI) == "2026-11-19 24:00"
    assert show_instant(midnight, SHANGHAI) == "2026-11-20 00:00"
    assert show_due(datetime(2026, 11, 19, 9, 30, tzinfo=UTC), SHANGHAI) == "2026-11-19 17:30"
