"""The account of a case: who had it for how long, and what counts for or against a unit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.definitions.reports.reader import shipped_plan
from caseclock.workflow.accounts import CaseAccount, account

from ..conftest import ROSTER, RememberingReader, Township
from .random_office import RandomOffice

PLAN = shipped_plan("online_opinion")
READER = RememberingReader()
DAY = timedelta(days=1)


def account_of(township: Township, case: str, at: str | None = None) -> CaseAccount:
    assert PLAN is not None
    return account(township.engine.standing(case, township.instant(at) if at else None), PLAN.slips)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), steps=st.integers(1, 40), back=st.integers(0, 20000))
def test_the_account_balances_whatever_was_done(seed: int, steps: int, back: int) -> None:
    """Time of units + unassigned + paused = elapsed, at the end and at any cut-off before it."""
    assert PLAN is not None
    office = RandomOffice(READER, ROSTER, seed)
    case = office.open()
    office.wander(case, steps)
    for at in (office.now, max(office.now - timedelta(minutes=back), office.engine.case(case).case.opened_at)):
        found = account(office.engine.standing(case, at), PLAN.slips)
        assert found.balanced
        for slip in found.slips:
            assert timedelta() <= slip.own <= found.elapsed
        borne = sum((*found.as_lead.values(), *found.as_co_unit.values()), timedelta())
        assert borne <= sum((slip.own for slip in found.slips if slip.counts), timedelta())


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_a_cut_off_now_is_the_case_as_it_is(seed: int) -> None:
    office = RandomOffice(READER, ROSTER, seed)
    case = office.open()
    office.wander(case, 25)
    view = office.engine.case(case)
    stood = office.engine.standing(case).situation
    assert stood.case == view.case
    assert stood.family.subcases == tuple(sub.case for sub in view.subcases)


def test_one_unit_has_it_from_delivery_to_reply(township: Township) -> None:
    case = township.dispatched("water")
    township.later(days=1)
    township.answer(f"{case}-1", "wanda")
    township.later(days=2)
    found = account_of(township, case)
    assert found.as_lead == {"water": DAY}
    assert found.as_co_unit == {}
    assert found.unassigned == {"approval": 2 * DAY}
    (slip,) = found.slips
    assert (slip.course, slip.own, slip.late_by) == ("met", DAY, timedelta())


def test_the_lead_bears_the_time_while_it_has_the_case_and_co_units_what_remains(township: Township) -> None:
    case = township.dispatched("water", "roads", lead="water")
    township.later(days=1)
    township.answer(f"{case}-1", "wanda")
    township.later(days=1)
    township.answer(f"{case}-2", "rosa")
    found = account_of(township, case)
    assert (found.as_lead, found.as_co_unit) == ({"water": DAY}, {"roads": DAY})
    assert {slip.unit: slip.own for slip in found.slips} == {"water": DAY, "roads": 2 * DAY}


def test_a_wrong_dispatch_that_was_returned_in_time_does_not_count_against_the_unit(township: Township) -> None:
    case = township.dispatched("water")
    township.later(hours=5)
    township.do(f"{case}-1", "return_slip", "walt", return_reason="Not our road")
    township.later(days=4)
    township.do(case, "redirect", "lena", returned_by="water", to_unit="roads")
    township.later(days=1)
    found = account_of(township, case)
    wrong, right = found.slips
    assert (wrong.course, wrong.counts, wrong.late_by, wrong.unanswered) == ("not_counted", False, timedelta(), False)
    assert wrong.returns[0].decision == "accepted"
    assert right.unit == "roads"
    assert found.as_lead == {"roads": DAY}
    assert sum(found.unassigned.values(), timedelta()) == timedelta(days=4, hours=5)


def test_a_return_that_was_refused_leaves_the_time_with_the_unit(township: Township) -> None:
    case = township.dispatched("water")
    township.later(hours=5)
    township.do(f"{case}-1", "return_slip", "walt", return_reason="Not our road")
    township.later(days=1)
    township.do(f"{case}-1", "refuse_return", "lena", return_refused_because="It is")
    found = account_of(township, case)
    assert found.as_lead == {"water": timedelta(days=1, hours=5)}
    assert found.slips[0].returns[0].decision == "refused"


def test_time_after_a_reply_was_sent_back_is_the_units_again(township: Township) -> None:
    case = township.dispatched("water")
    township.later(days=1)
    township.answer(f"{case}-1", "wanda")
    township.later(hours=2)
    township.do(case, "send_back", "lena", comment="Which pump?")
    township.later(hours=3)
    found = account_of(township, case)
    assert found.as_lead == {"water": timedelta(hours=27)}
    assert len(found.slips[0].sent_back) == 1


def test_an_answer_entered_late_moves_the_account_and_needs_no_patching(township: Township) -> None:
    case = township.dispatched("water")
    township.at("2026-11-18 09:00")
    at = township.instant("2026-11-16 21:00")
    data = {"result": "a", "reply_opinion": "b", "proposed_outcome": "resolved"}
    township.engine.fire(f"{case}-1", "answer", by="wanda", data=data, at=at)
    assert account_of(township, case).as_lead == {"water": timedelta(hours=12)}


@pytest.mark.parametrize(("explains", "unanswered"), [(False, True), (True, False)])
def test_neither_answered_nor_explained_goes_by_the_latest_reading(
    township: Township, *, explains: bool, unanswered: bool
) -> None:
    """Three days from Thursday end on Monday; three working days, the lenient reading, on Tuesday."""
    township.at("2026-11-19 09:00")
    case = township.dispatched("water")
    township.at("2026-11-24 12:00")
    (slip,) = account_of(township, case).slips
    assert (slip.course, slip.unanswered) == ("overdue", False)
    township.at("2026-11-25 09:00")
    if explains:
        data = {"explanation": "a", "progress": "b", "expected_on": "2026-12-01"}
        township.do(f"{case}-1", "explain", "wanda", **data)
    assert account_of(township, case).slips[0].unanswered is unanswered
    assert account_of(township, case, "2026-11-24 12:00").slips[0].unanswered is False
