"""Every interval of a case's time is attributed once, whatever overlaps what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.accounts import Holding, Interval, Span, partition, shares
from caseclock.workflow.accounts.timeline import total

ZERO = datetime(2026, 11, 16, tzinfo=UTC)
LENGTH = 1000


def instant(micro: int) -> datetime:
    return ZERO + timedelta(microseconds=micro)


spans = st.tuples(st.integers(-50, LENGTH + 50), st.integers(-50, LENGTH + 50)).map(
    lambda pair: Span(instant(min(pair)), instant(max(pair)))
)
holdings = st.builds(
    Holding,
    unit=st.sampled_from(["water", "roads", "health"]),
    lead=st.booleans(),
    span=spans,
    still=st.lists(spans, max_size=2).map(tuple),
)
stages = st.lists(st.tuples(st.integers(0, LENGTH).map(instant), st.sampled_from("abc")), min_size=1).map(sorted)
BOUNDS = Span(instant(0), instant(LENGTH))


@given(st.lists(holdings, max_size=6), st.lists(spans, max_size=3), stages)
def test_units_and_unassigned_and_paused_are_the_elapsed_time_exactly(
    held: list[Holding], paused: list[Span], staged: list[tuple[datetime, str]]
) -> None:
    intervals = partition(BOUNDS, held, paused, staged)
    assert intervals[0].span.begins == BOUNDS.begins
    assert intervals[-1].span.ends == BOUNDS.ends
    assert all(one.span.ends == after.span.begins for one, after in pairwise(intervals))
    borne = sum((part for one in intervals for part in shares(one).values()), timedelta())
    nobodys = sum((one.span.length for one in intervals if not one.paused and not one.bearers), timedelta())
    stood = sum((one.span.length for one in intervals if one.paused), timedelta())
    assert borne + nobodys + stood == BOUNDS.length


@given(st.lists(holdings, max_size=6), st.lists(spans, max_size=3), st.integers(0, LENGTH - 1))
def test_each_microsecond_is_attributed_as_its_own_facts_say(
    held: list[Holding], paused: list[Span], micro: int
) -> None:
    """An oracle that looks at one microsecond at a time."""
    now = instant(micro)

    def on(span: Span) -> bool:
        return span.begins <= now < span.ends

    turn = [one for one in held if on(one.span)]
    active = [one for one in turn if not any(on(still) for still in one.still)]
    stands = any(on(span) for span in paused) or bool(turn and not active)
    leads = {one.unit for one in active if one.lead}
    expected = set() if stands else leads or {one.unit for one in active}
    (interval,) = [one for one in partition(BOUNDS, held, paused, [(ZERO, "a")]) if on(one.span)]
    assert (set(interval.bearers), interval.paused) == (expected, stands)


def test_what_does_not_divide_goes_to_those_dispatched_first() -> None:
    interval = Interval(Span(instant(0), instant(8)), "a", co_units=("water", "roads", "health"))
    assert [part.microseconds for part in shares(interval).values()] == [3, 3, 2]


@given(st.lists(spans, max_size=6))
def test_time_that_several_spans_cover_counts_once(covered: list[Span]) -> None:
    micros = {m for span in covered for m in range(-50, LENGTH + 50) if span.begins <= instant(m) < span.ends}
    assert total(covered) == timedelta(microseconds=len(micros))
