"""Late entries: what happened is judged as of when it happened, and overtakes what the system did meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.workflow import Actor, NotAllowed


def deemed(permits: Any, **data: Any) -> str:
    """Open a case on 2 November and let it be deemed granted at the end of the 16th; it is the 20th then."""
    case = permits.open(**data)
    permits.at("11-20 09:00").tick()
    assert permits.state(case) == "granted"
    return case


def refusal(act: Any) -> str:
    with pytest.raises(NotAllowed) as refused:
        act()
    return refused.value.text()


def test_a_decision_made_in_time_overtakes_the_expiry_that_the_system_had_delivered(permits: Any) -> None:
    case = deemed(permits)
    receipt = permits.do(case, "refuse", "head", at="11-13 10:00", ground="Too high")
    assert receipt.case.state == "refused"
    assert receipt.case.closed_at == permits.instant("11-13 10:00")
    assert permits.history(case) == ["open", "remind", "(urge)", "(deem_granted)", "refuse"]
    assert receipt.event.from_state == "pending"
    assert any("deem_granted of" in notice.text() for notice in receipt.notices)
    permits.check(case)
    assert permits.tick() == []


def test_what_is_overtaken_stays_in_the_history_and_says_by_which_event(permits: Any) -> None:
    case = deemed(permits)
    permits.do(case, "refuse", "head", at="11-13 10:00", ground="Too high")
    by = {view.event.action: view.overtaken_by and view.overtaken_by.event.action for view in permits.entries(case)}
    assert by == {"open": None, "remind": None, "urge": "refuse", "deem_granted": "refuse", "refuse": None}
    assert permits.entries(case)[-1].event.overtakes == (3, 4)


def test_the_clock_that_the_overtaken_event_started_has_not_started(permits: Any) -> None:
    case = deemed(permits)
    assert permits.due(case, "certificate") == "11-24 00:00"
    permits.do(case, "refuse", "head", at="11-13 10:00", ground="Too high")
    with pytest.raises(Exception, match="has not started"):
        permits.due(case, "certificate")
    assert permits.engine.why(case, "decision")[0].met


def test_fields_that_an_overtaken_event_had_set_are_as_before(permits: Any) -> None:
    case = deemed(permits)
    assert permits.engine.case(case).case.data["outcome"] == "deemed granted"
    permits.do(case, "refuse", "head", at="11-13 10:00", ground="Too high")
    assert permits.engine.case(case).case.data["outcome"] is None
    other = permits.open()
    permits.at("12-20 09:00").tick()
    permits.do(other, "grant", "head", at="11-24 10:00")
    assert permits.engine.case(other).case.data["outcome"] == "granted"


@pytest.mark.parametrize("ticked", [True, False])
def test_what_comes_exactly_at_the_due_is_in_time(permits: Any, ticked: bool) -> None:
    """The history says the same whether or not the expiry had been delivered."""
    case = permits.open()
    permits.at("11-20 09:00")
    if ticked:
        permits.tick()
    permits.do(case, "refuse", "head", at="11-17 00:00", ground="Too high")
    assert permits.engine.why(case, "decision")[0].met
    assert [action for action in permits.history(case) if "(" not in action] == ["open", "remind", "refuse"]
    assert permits.tick() == []


def test_what_only_the_expiry_makes_legal_comes_after_it_at_the_same_instant(permits: Any) -> None:
    case = permits.open()
    permits.at("11-17 00:00").do(case, "issue")
    assert permits.history(case) == ["open", "remind", "urge", "deem_granted", "issue"]


def test_a_rung_at_the_instant_of_what_happened_is_delivered_after_it_if_it_is_still_due(permits: Any) -> None:
    case = permits.open()
    permits.at("11-17 00:00").do(case, "note")
    assert permits.history(case) == ["open", "remind", "note", "urge", "deem_granted"]


def test_an_action_that_moves_nothing_is_accepted_however_the_case_went_on_since(permits: Any) -> None:
    case = permits.open()
    permits.at("11-05 09:00").do(case, "refuse", "head", ground="Too high")
    receipt = permits.at("11-09 09:00").do(case, "note", at="11-03 10:00", remark="Neighbour heard")
    assert (receipt.case.state, receipt.case.closed_at) == ("refused", permits.instant("11-05 09:00"))
    assert receipt.case.since == permits.instant("11-05 09:00")
    assert receipt.event.overtakes == ()
    permits.check(case)
    text = refusal(lambda: permits.do(case, "note", at="11-06 10:00"))
    assert "refused" in text


def test_it_needs_to_have_been_legal_then(permits: Any) -> None:
    case = permits.open()
    permits.at("11-05 09:00").do(case, "grant", "head")
    text = refusal(lambda: permits.do(case, "inspect", at="11-04 09:00"))
    assert "its present state began at 2026-11-05 09:00" in text
    assert "not legal" in refusal(lambda: permits.do(case, "ask_papers"))
    assert "not legal" in refusal(lambda: permits.do(case, "ask_papers", at="10-30 09:00"))
    with pytest.raises(NotAllowed, match="it is for"):
        permits.do(case, "grant", "clerk", at="11-04 09:00")


def test_a_pause_entered_late_takes_back_the_expiry_that_it_moves(permits: Any) -> None:
    """Papers were missing from the 10th to the 12th, which moves the due from the 16th to the 18th."""
    case = deemed(permits)
    permits.do(case, "ask_papers", at="11-10 09:00")
    assert permits.state(case) == "pending"
    assert permits.engine.case(case).case.since == permits.instant("11-02 09:00")
    assert permits.engine.case(case).case.closed_at is None
    permits.do(case, "papers_came", at="11-12 09:00")
    assert permits.due(case) == "11-19 00:00"
    permits.check(case)
    assert permits.tick() == ["remind", "urge", "deem_granted"]
    assert permits.state(case) == "granted"
    assert permits.engine.why(case, "certificate")[0].started_at == permits.instant("11-19 00:00")
    permits.check(case)


def test_a_pause_that_moves_the_due_past_now_leaves_the_case_undecided(permits: Any) -> None:
    case = deemed(permits)
    permits.do(case, "ask_papers", at="11-10 09:00")
    permits.do(case, "papers_came", at="11-18 09:00")
    assert (permits.state(case), permits.due(case)) == ("pending", "11-25 00:00")
    assert permits.tick() == ["remind"]
    permits.at("11-26 09:00")
    assert permits.tick() == ["urge", "deem_granted"]


def test_a_pause_after_which_the_expiry_would_still_have_come_changes_nothing(permits: Any) -> None:
    case = permits.open()
    permits.do(case, "demand_fee")
    permits.at("11-20 09:00").tick()
    assert permits.history(case) == ["open", "demand_fee", "lapse"]
    permits.do(case, "ask_papers", at="11-04 09:00")
    assert permits.history(case) == ["open", "demand_fee", "lapse", "ask_papers"]
    assert permits.state(case) == "lapsed"


def test_an_extension_granted_in_time_and_entered_late_takes_the_expiry_back(permits: Any) -> None:
    case = deemed(permits)
    permits.do(case, "extend", "head", at="11-13 10:00")
    assert (permits.state(case), permits.due(case)) == ("pending", "11-24 00:00")
    assert permits.history(case) == ["open", "remind", "(urge)", "(deem_granted)", "extend"]
    permits.at("11-24 09:00")
    assert permits.tick() == ["remind", "urge", "deem_granted"]


def test_an_urging_that_went_out_before_a_late_pause_comes_again_at_the_new_due(permits: Any) -> None:
    case = permits.open()
    permits.at("11-12 09:00").tick()
    assert permits.history(case) == ["open", "remind"]
    permits.do(case, "ask_papers", at="11-09 09:00")
    permits.do(case, "papers_came", at="11-11 09:00")
    assert permits.history(case) == ["open", "(remind)", "ask_papers", "papers_came"]
    permits.at("11-16 09:00")
    assert permits.tick() == ["remind"]


def test_what_people_did_on_the_deemed_outcome_stands_in_the_way_and_is_named(permits: Any) -> None:
    case = deemed(permits)
    permits.do(case, "issue")
    before = permits.history(case)
    for act in (
        lambda: permits.do(case, "refuse", "head", at="11-13 10:00", ground="Too high"),
        lambda: permits.do(case, "ask_papers", at="11-10 09:00"),
    ):
        assert f"issue of {case} by ann at 2026-11-20 09:00" in refusal(act)
    assert permits.history(case) == before
    permits.check(case)


def test_an_act_that_moves_nothing_but_needs_the_deemed_outcome_stands_in_the_way_too(permits: Any) -> None:
    case = deemed(permits)
    permits.do(case, "note", remark="Everywhere legal")
    permits.do(case, "inspect")
    text = refusal(lambda: permits.do(case, "refuse", "head", at="11-13 10:00", ground="Too high"))
    assert "inspect of" in text
    assert "deem_granted" in text


def test_an_act_that_the_new_course_allows_as_well_stays(permits: Any) -> None:
    case = deemed(permits)
    permits.do(case, "inspect")
    receipt = permits.do(case, "grant", "head", at="11-13 10:00")
    assert (receipt.case.state, receipt.case.since) == ("granted", permits.instant("11-13 10:00"))
    assert permits.due(case, "certificate") == "11-19 00:00"


def test_a_later_decision_of_somebody_is_not_overtaken(permits: Any) -> None:
    case = permits.open()
    permits.at("11-05 09:00").do(case, "grant", "head")
    text = refusal(lambda: permits.do(case, "refuse", "head", at="11-04 09:00", ground="Too high"))
    assert f"grant of {case} by ben at 2026-11-05 09:00 has decided otherwise" in text


def test_an_expiry_that_opened_subcases_is_not_taken_back(permits: Any) -> None:
    case = deemed(permits, surveyors=["water"])
    text = refusal(lambda: permits.do(case, "refuse", "head", at="11-13 10:00", ground="Too high"))
    assert f"open of {case}-1" in text


def test_a_subcase_answered_in_time_overtakes_its_silence(permits: Any) -> None:
    case = permits.open()
    permits.do(case, "consult", experts=["water"])
    permits.at("11-10 09:00").tick()
    opinion = f"{case}-1"
    assert permits.state(opinion) == "silent"
    permits.do(opinion, "give", "expert", at="11-04 15:00", opinion="Good")
    assert permits.state(opinion) == "given"
    assert permits.history(opinion) == ["open", "(urge)", "(deem_silent)", "give"]
    permits.check(case)


def test_subcases_that_ended_in_the_wake_of_what_is_overtaken_go_on(permits: Any) -> None:
    case = permits.open()
    permits.do(case, "demand_fee")
    permits.at("11-09 09:00").do(case, "consult", experts=["water"])
    permits.at("11-11 09:00").tick()
    opinion = f"{case}-1"
    assert (permits.state(case), permits.state(opinion)) == ("lapsed", "dropped")
    permits.do(case, "pay", at="11-09 10:00")
    assert (permits.state(case), permits.state(opinion)) == ("pending", "asked")
    assert permits.history(opinion) == ["open", "(drop)", "revised"]
    assert permits.engine.case(opinion).case.closed_at is None
    assert permits.due(opinion, "opinion") == "11-12 17:00"
    permits.check(case)
    permits.at("11-13 09:00")
    assert [action for action in permits.tick() if action != "remind"] == ["urge", "deem_silent"]


def test_a_late_end_of_the_case_ends_its_subcases_as_of_then(permits: Any) -> None:
    case = permits.open()
    permits.do(case, "demand_fee")
    permits.do(case, "consult", experts=["water"])
    permits.at("11-06 09:00").tick()
    opinion = f"{case}-1"
    assert permits.state(opinion) == "silent"
    permits.do(case, "refuse", "head", at="11-04 09:00", ground="Too high")
    assert permits.state(opinion) == "dropped"
    assert permits.engine.case(opinion).case.closed_at == permits.instant("11-04 09:00")
    assert permits.history(opinion) == ["open", "(urge)", "(deem_silent)", "drop"]
    permits.check(case)


def test_what_an_expert_did_since_stays_when_the_case_is_found_to_have_ended_before(permits: Any) -> None:
    case = permits.open()
    permits.do(case, "consult", experts=["water"])
    opinion = f"{case}-1"
    permits.at("11-04 09:00").do(opinion, "give", "expert")
    permits.do(case, "refuse", "head", at="11-03 09:00", ground="Too high")
    assert (permits.state(case), permits.state(opinion)) == ("refused", "given")


def test_an_earlier_start_that_is_found_late_moves_an_expiry_nobody_acted_on_to_its_legal_instant(permits: Any) -> None:
    case = permits.open()
    permits.at("11-05 09:00").do(case, "demand_fee")
    permits.at("11-12 09:00").tick()
    assert permits.engine.case(case).case.closed_at == permits.instant("11-10 12:00")
    permits.do(case, "demand_fee", at="11-03 09:00")
    assert permits.tick() == ["lapse"]
    assert permits.engine.case(case).case.closed_at == permits.instant("11-09 12:00")
    permits.check(case)


def test_a_second_late_entry_is_judged_on_the_course_that_the_first_one_left(permits: Any) -> None:
    case = deemed(permits)
    permits.do(case, "extend", "head", at="11-13 10:00")
    permits.at("11-27 09:00").tick()
    assert permits.state(case) == "granted"
    permits.do(case, "refuse", "head", at="11-20 10:00", ground="Too high")
    assert permits.state(case) == "refused"
    permits.check(case)
    text = refusal(lambda: permits.do(case, "grant", "head", at="11-19 10:00"))
    assert "refuse of" in text


def test_a_late_entry_is_repeated_by_its_key_without_a_second_effect(permits: Any) -> None:
    case = deemed(permits)
    given: Any = {"data": {"ground": "Too high"}, "at": permits.instant("11-13 10:00"), "key": "k"}
    head = Actor("ben", frozenset({"head"}))
    first, again = (permits.engine.fire(case, "refuse", by=head, **given) for _ in range(2))
    assert again.repeated
    assert (again.case, again.event) == (first.case, first.event)
