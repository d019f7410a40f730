"""Clocks beside the states: rungs delivered once, extensions, targets, late entries, and no daemon needed."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.workflow import NotAllowed


def rungs(township: Any, case: str) -> list[tuple[str, str]]:
    """Return the rungs delivered, as (number, action), in order of recording."""
    return [(view.number, view.event.action) for view in township.engine.history(case) if view.event.rung]


def test_the_ladder_warns_then_urges_then_supervises_each_once(township: Any) -> None:
    """Q19: warn one working day before, urge at due, supervise the next working day."""
    case = township.dispatched("water")
    slip = f"{case}-1"
    township.at("2026-11-30 09:00").engine.tick()
    township.engine.tick()
    own = [action for number, action in rungs(township, case) if number == slip]
    assert own == ["warn", "urge", "supervise"]
    township.later(days=30)
    assert township.engine.tick().delivered == ()


def test_a_month_of_downtime_loses_no_rung_and_keeps_the_legal_order(township: Any) -> None:
    """design 4: each rung stores its legal instant and the instant at which it was really delivered."""
    case = township.dispatched("water")
    delivered = township.at("2026-12-28 09:00").engine.tick().delivered
    instants = [event.effective_at for event in delivered]
    assert instants == sorted(instants)
    assert len(delivered) == 8
    assert {event.recorded_at for event in delivered} == {township.clock[0]}
    assert max(instants) < township.instant("2026-11-22 00:00")
    assert township.state(case) == "handling"


def test_urging_and_supervision_issue_numbered_notices(township: Any) -> None:
    case = township.dispatched("water")
    township.at("2026-11-30 09:00").engine.tick()
    numbers = [
        paper.number
        for view in (township.engine.case(case), *township.engine.case(case).subcases)
        for paper in view.documents
    ]
    assert sorted(number for number in numbers if number.startswith("舆催")) == ["舆催〔2026〕1号", "舆催〔2026〕2号"]
    assert sorted(number for number in numbers if number.startswith("舆督")) == ["舆督〔2026〕1号", "舆督〔2026〕2号"]


def test_being_overdue_is_derived_without_any_tick(township: Any) -> None:
    case = township.dispatched("water")
    township.at("2026-11-19 23:59")
    assert not any(clock.overdue for clock in township.engine.case(f"{case}-1").clocks if clock.status.clock.ladder)
    township.at("2026-11-20 00:01")
    assert [clock.overdue for clock in township.engine.case(f"{case}-1").clocks if clock.status.clock.ladder] == [True]


def test_an_action_first_delivers_what_was_due_before_it(township: Any) -> None:
    """The history says the same whether or not a tick came in between."""
    case = township.dispatched("water")
    township.at("2026-11-25 09:00").answer(f"{case}-1", "wanda")
    actions = [view.event.action for view in township.engine.history(f"{case}-1")]
    assert actions == ["open", "warn", "urge", "supervise", "answer"]


def test_a_slip_answered_in_time_but_entered_late_is_not_late_and_its_urging_is_overtaken(township: Any) -> None:
    """design 5: effective before recorded; what it changes is re-derived."""
    case = township.dispatched("water")
    slip = f"{case}-1"
    township.at("2026-11-20 09:00").engine.tick()
    data = {"result": "Pumped", "reply_opinion": "Done", "proposed_outcome": "resolved"}
    township.engine.fire(slip, "answer", by="wanda", data=data, at=township.instant("2026-11-19 16:00"))
    assert township.clock_of(slip, "unit_reply").met
    overtaken = {view.event.action: view.overtaken for view in township.engine.history(slip) if view.event.rung}
    assert overtaken == {"warn": False, "urge": True}


def test_an_action_cannot_take_effect_in_the_future_or_before_what_it_depends_on(township: Any) -> None:
    case = township.open()
    township.later(hours=2).do(case, "report", "olive")
    data = {"instruction": "Look", "units": ["water"]}
    with pytest.raises(Exception, match="nothing can have happened"):
        township.engine.fire(case, "dispatch", by="lena", data=data, at=township.instant("2026-11-16 12:00"))
    with pytest.raises(NotAllowed, match="present state began at 2026-11-16 11:00"):
        township.engine.fire(case, "dispatch", by="lena", data=data, at=township.instant("2026-11-16 10:00"))
    with pytest.raises(Exception, match="time zone"):
        township.engine.fire(
            case, "dispatch", by="lena", data=data, at=township.instant("2026-11-16 11:00").replace(tzinfo=None)
        )


def asked(township: Any, case: str) -> None:
    data = {"extension_ground": "investigation", "extension_reason": "Soil samples"}
    township.do(case, "ask_extension", "wanda", **data)


def granted(township: Any, case: str, by: str = "lena") -> None:
    township.do(case, "grant_extension", by, extension_decision="Agreed", notice_to_author="By Monday")


def test_an_extension_is_to_five_days_in_all_from_the_same_start(township: Any) -> None:
    """三.5: 不得超出5日; Q5: five in total. Mon 16 + 5 days = Sat 21, rolled to Mon 23."""
    case = township.dispatched("water")
    asked(township, case)
    granted(township, case)
    assert township.clock_of(case, "public_reply").due_at == township.instant("2026-11-24 00:00")


def test_an_extension_is_asked_before_due_by_a_handling_unit_granted_by_a_leader_and_once(township: Any) -> None:
    """Q6, Q7, Q8, and the event tests of regulation section 3."""
    case = township.dispatched("water")
    with pytest.raises(NotAllowed, match="no extension has been asked for"):
        granted(township, case)
    with pytest.raises(NotAllowed, match="acts for unit"):
        township.do(case, "ask_extension", "rosa", extension_ground="other", extension_reason="x")
    asked(township, case)
    with pytest.raises(NotAllowed, match="already asked for"):
        asked(township, case)
    with pytest.raises(NotAllowed):
        granted(township, case, by="wanda")
    granted(township, case)
    with pytest.raises(NotAllowed, match="the most allowed"):
        asked(township, case)


def test_an_extension_asked_after_due_is_refused_and_one_undecided_at_due_lapses(township: Any) -> None:
    late, undecided = township.dispatched("water"), township.dispatched("water")
    asked(township, undecided)
    township.at("2026-11-20 09:00")
    with pytest.raises(NotAllowed, match="ended at"):
        asked(township, late)
    with pytest.raises(NotAllowed, match="lapsed"):
        granted(township, undecided)


def test_after_an_extension_the_ladder_runs_again_for_the_new_due(township: Any) -> None:
    case = township.dispatched("water")
    township.at("2026-11-19 08:00").engine.tick()
    assert (case, "warn") in rungs(township, case)
    asked(township, case)
    granted(township, case)
    township.at("2026-11-23 08:00").engine.tick()
    assert [action for number, action in rungs(township, case) if number == case].count("warn") == 2


def test_the_units_target_leaves_a_working_day_and_one_that_cannot_be_met_is_said_at_dispatch(township: Any) -> None:
    """Q4: two clocks; the engine shows "infeasible" at dispatch."""
    case = township.dispatched("water")
    status = township.clock_of(f"{case}-1", "unit_reply")
    assert status.target_at == township.instant("2026-11-19 00:00")
    late = township.open(posted_at=township.instant("2026-11-14 09:00"))
    township.at("2026-11-17 16:00").do(late, "report", "olive")
    receipt = township.do(late, "dispatch", "lena", instruction="Hurry", units=["water"])
    assert any("cannot have the full time" in notice.text() for notice in receipt.notices)


def test_the_public_clock_starts_with_the_post_and_else_with_its_finding(township: Any) -> None:
    """Q3."""
    posted = township.open(
        posted_at=township.instant("2026-11-15 20:00"), found_at=township.instant("2026-11-16 08:00")
    )
    found = township.open(posted_at=None, found_at=township.instant("2026-11-16 08:00"))
    neither = township.open(posted_at=None)
    assert [township.clock_of(case, "public_reply").started_by for case in (posted, found, neither)] == [
        "posted_at",
        "found_at",
        "opened",
    ]


def test_a_due_past_the_last_official_year_is_provisional_and_said_to_be(township: Any) -> None:
    """regulation 3, last row: Wed 2026-12-30 reaches into a year without a notice."""
    township.at("2026-12-30 09:00")
    receipt = township.engine.open("online_opinion", {"subject": "Ice", "posted_at": township.clock[0]}, by="olive")
    assert any("provisional" in notice.text() for notice in receipt.notices)
    assert township.clock_of(receipt.case.number, "public_reply").provisional


def test_why_can_be_asked_as_it_was_believed_on_an_earlier_day(township: Any) -> None:
    case = township.dispatched("water")
    township.later(hours=5)
    before = township.clock[0]
    township.later(hours=1)
    asked(township, case)
    granted(township, case)
    then = township.engine.why(case, "public_reply", as_of=before)[0]
    now = township.engine.why(case, "public_reply")[0]
    assert (then.due_at, now.due_at) == (township.instant("2026-11-20 00:00"), township.instant("2026-11-24 00:00"))
    with pytest.raises(Exception, match="had not been recorded yet"):
        township.engine.why(case, as_of=township.instant("2026-11-01 00:00"))


def test_the_inbox_shows_what_waits_for_each_soonest_due_first(township: Any) -> None:
    first = township.dispatched("water")
    township.later(days=1)
    second = township.dispatched("water", "roads", lead="water", urgent=True)
    third = township.open()
    inbox = {
        person: [item.case.number for item in township.engine.inbox(person)]
        for person in ("wanda", "rosa", "olive", "lena")
    }
    assert inbox["wanda"] == [f"{first}-1", f"{second}-1"]
    assert inbox["rosa"] == [f"{second}-2"]
    assert inbox["olive"] == [third]
    assert inbox["lena"] == []


def test_the_first_response_has_four_hours_on_duty_and_48_hours_at_the_latest(township: Any) -> None:
    """三.1: 在第一时间予以积极回应; Q17. From Mon 16:00: two hours that day, two the next morning."""
    case = township.at("2026-11-16 16:00").open()
    dues = [township.clock_of(case, name).due_at for name in ("first_word", "first_response")]
    assert dues == [township.instant("2026-11-17 10:30"), township.instant("2026-11-18 16:00")]
    township.later(hours=1).do(case, "acknowledge", "olive", acknowledgement="We have read it")
    assert township.clock_of(case, "first_word").met


def test_a_clock_without_effect_is_nobodys_deadline(township: Any) -> None:
    """The day within which a slip may be returned makes no case due and none overdue."""
    case = township.dispatched("water")
    assert [item.clock.en for item in township.engine.inbox("wanda")] == ["Unit's reply"]
    township.later(days=2)
    assert [clock.overdue for clock in township.engine.case(f"{case}-1").clocks] == [False, False]
