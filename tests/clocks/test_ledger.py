"""The ledger: what counts is when things happened, not when or in which order they were entered."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.calendars import Calendar
from caseclock.workflow.clocks import Ledger, Start, read_ledger
from caseclock.workflow.history import Case, Mark
from caseclock.workflow.messages import Text
from caseclock.workflow.model import Clock, Counting, Extension, ExtensionMode, Limit, Period, TimeUnit

T0 = datetime(2026, 11, 16, 1, tzinfo=UTC)
DAYS = Calendar("days", Text("Days", "日"), "Asia/Shanghai", date(2026, 1, 1), "1" * 365, date(2026, 12, 31))
CLOCK = Clock(
    name="reply",
    title=Text("Reply", "答复"),
    starts=("posted_at", "found_at", "opened"),
    limits=(Limit(Period(3, TimeUnit.DAY), Counting()),),
    stops=("answer", "publish"),
    runs_on=("send_back",),
    restarts=("complete",),
    extension=Extension(ExtensionMode.TO, Period(5, TimeUnit.DAY), 1, "ask", "grant", "refuse"),
)


def hour(n: float) -> datetime:
    return T0 + timedelta(hours=n)


def case(data=None, closed_at=None, **marks) -> Case:
    return Case(
        id="1",
        office="o",
        procedure="p",
        version=1,
        kind="case",
        number="2026-0001",
        root="1",
        state="s",
        opened_at=T0,
        since=T0,
        data=data or {},
        marks={action: tuple(Mark(hour(n), "somebody") for n in hours) for action, hours in marks.items()},
        closed_at=closed_at,
    )


def read(**given) -> Ledger:
    ledger = read_ledger(CLOCK, case(**given), DAYS)
    assert ledger is not None
    return ledger


def test_it_starts_at_the_first_source_that_is_known():
    posted, found = (hour(n).isoformat() for n in (-5, -1))
    assert read(data={"posted_at": posted, "found_at": found}).start == Start(hour(-5), "posted_at")
    assert read(data={"posted_at": None, "found_at": found}).start == Start(hour(-1), "found_at")
    assert read().start == Start(T0, "opened")


def test_an_action_can_start_it_the_first_time_it_was_done():
    clock = replace(CLOCK, starts=("deliver",))
    assert read_ledger(clock, case(), DAYS) is None
    assert read_ledger(clock, case(deliver=[4, 2]), DAYS).start == Start(hour(2), "deliver")


def test_an_instant_without_a_zone_is_refused_not_guessed():
    with pytest.raises(ValueError, match="offset"):
        read(data={"posted_at": "2026-11-16T09:00:00"})


def test_the_first_stop_counts():
    assert read(answer=[5], publish=[3]).stopped_at == hour(3)


def test_a_reply_sent_back_did_not_stop_it():
    assert read(answer=[5], send_back=[6]).stopped_at is None
    assert read(answer=[5, 9], send_back=[6]).stopped_at == hour(9)
    assert read(answer=[5], send_back=[4]).stopped_at == hour(5)


def test_within_one_minute_answering_and_sending_back_are_taken_in_turn():
    assert read(answer=[5], send_back=[5]).stopped_at is None
    assert read(answer=[4, 5], send_back=[5]).stopped_at == hour(5)
    assert read(answer=[5, 5], send_back=[5]).stopped_at == hour(5)


def test_a_case_that_ends_without_a_stop_ends_the_clock():
    assert read(closed_at=hour(8)).ended_at == hour(8)
    assert read(closed_at=hour(8), answer=[8]).ended_at is None


def test_a_restart_begins_anew():
    ledger = read(answer=[5], ask=[1], grant=[2], complete=[6])
    assert ledger.start == Start(hour(6), "complete")
    assert (ledger.stopped_at, ledger.grants, ledger.asked) == (None, (), (None,))
    assert ledger.round == 2, "one extension and one restart: no round is used twice"
    assert read(complete=[6], answer=[7]).stopped_at == hour(7)


def test_a_restart_before_the_start_is_none():
    assert read(complete=[-2]).start == Start(T0, "opened")


def test_a_grant_needs_an_open_ask():
    assert read(grant=[2]).grants == ()
    assert read(ask=[3], grant=[2]).grants == ()
    assert [grant.at for grant in read(ask=[1], grant=[2]).grants] == [hour(2)]
    assert read(ask=[1], refuse=[2], grant=[3]).grants == ()


def test_it_is_extended_at_most_as_often_as_the_rule_allows():
    ledger = read(ask=[1, 3], grant=[2, 4])
    assert (len(ledger.grants), ledger.round) == (1, 1)


def test_an_ask_is_pending_until_it_is_decided():
    assert read(ask=[1]).asked == (hour(1),)
    assert read(ask=[1, 2]).asked == (hour(1),)
    assert read(ask=[1], grant=[2]).asked == (None,)
    assert read(ask=[1], refuse=[2]).asked == (None,)
    assert read(ask=[1, 3], refuse=[2]).asked == (hour(3),)


marks = st.dictionaries(
    st.sampled_from(["answer", "publish", "send_back", "complete", "ask", "grant", "refuse"]),
    st.lists(st.integers(-2, 12), min_size=1, max_size=4),
)


@given(marks=marks, seed=st.integers())
def test_the_order_of_recording_does_not_matter(marks, seed):
    chance = random.Random(seed)
    shuffled = {action: chance.sample(hours, len(hours)) for action, hours in marks.items()}
    order = list(shuffled)
    chance.shuffle(order)
    assert read(**{action: shuffled[action] for action in order}) == read(**marks)


@given(marks=marks)
def test_a_stop_is_one_that_was_recorded(marks):
    ledger = read(**marks)
    stops = {hour(n) for action in CLOCK.stops for n in marks.get(action, [])}
    assert ledger.stopped_at is None or ledger.stopped_at in stops
