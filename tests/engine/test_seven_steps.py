"""The township's rule, step by step, as an office goes through it; the rule's clauses are in the test names."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.workflow import NotAllowed


def refusal(call: Any) -> str:
    """Return the text of the refusal that the call must meet."""
    with pytest.raises(NotAllowed) as refused:
        call()
    return refused.value.text()


def test_one_case_goes_through_all_seven_steps(township: Any) -> None:
    """Intake, assignment, handling, approval, publication, filing, inspection: every stage is passed, in order."""
    case = township.open()
    stages = [township.engine.case(case).stage.step]
    township.later(hours=1).do(case, "report", "olive")
    stages.append(township.engine.case(case).stage.step)
    township.do(case, "dispatch", "lena", instruction="Pump it", units=["water"])
    stages.append(township.engine.case(case).stage.step)
    township.later(hours=2).do(f"{case}-1", "receive", "walt")
    township.later(days=1).answer(f"{case}-1", "wanda")
    stages.append(township.engine.case(case).stage.step)
    township.approve(case)
    township.publish(case)
    stages.append(township.engine.case(case).stage.step)
    township.file_record(case)
    stages.append(township.engine.case(case).stage.step)
    township.do(case, "inspect", "omar", findings="In time, complete")
    view = township.engine.case(case)
    assert stages == [1, 2, 3, 5, 6, 7]
    assert view.case.state == "inspected"
    assert view.case.closed_at is not None
    assert [clock.status.met for clock in view.clocks if clock.status.clock.name == "public_reply"] == [True]


def test_several_units_need_a_lead_named_among_them(township: Any) -> None:
    """三.2: 需要多个单位办理的……明确牵头领办单位."""
    case = township.open()
    township.do(case, "report", "olive")

    def dispatch(**data: Any) -> Any:
        return township.do(case, "dispatch", "lena", instruction="Pump it", **data)

    assert "name one of them as lead" in refusal(lambda: dispatch(units=["water", "roads"]))
    assert "must be one of the units" in refusal(lambda: dispatch(units=["water"], lead="roads"))
    assert township.state(case) == "under_review"
    receipt = dispatch(units=["water", "roads"], lead="roads")
    assert [(slip.unit, slip.lead) for slip in receipt.opened] == [("water", False), ("roads", True)]


def test_a_village_leads_only_with_a_reason(township: Any) -> None:
    """Q13: grass-roots units lead by reasoned override only."""
    case = township.open()
    township.do(case, "report", "olive")
    inputs = {"instruction": "Look", "units": ["east_village", "water"], "lead": "east_village"}
    assert "lead_override" in refusal(lambda: township.do(case, "dispatch", "lena", **inputs))
    township.do(case, "dispatch", "lena", **inputs, lead_override="The ditch is theirs")
    assert township.state(case) == "handling"


def test_the_unit_that_the_post_is_about_cannot_handle_it_alone(township: Any) -> None:
    """信访工作条例 30: recusal for direct interest."""
    case = township.open(subject_unit="water")
    township.do(case, "report", "olive")
    assert "only one to handle" in refusal(
        lambda: township.do(case, "dispatch", "lena", instruction="x", units=["water"])
    )


def test_a_dispatch_issues_a_numbered_slip_and_opens_one_subcase_for_each_unit(township: Any) -> None:
    """三.2: 以《网络舆情抄告单》形式."""
    case = township.dispatched("water", "roads", lead="water")
    view = township.engine.case(case)
    assert [paper.number for paper in view.documents] == ["舆抄〔2026〕1号"]
    assert [slip.case.number for slip in view.subcases] == [f"{case}-1", f"{case}-2"]
    assert [slip.case.data["delivered_to"] for slip in view.subcases] == ["walt", "ray"]


def test_a_unit_without_a_liaison_is_told_of_and_its_head_receives(township: Any) -> None:
    """四.1: 确定一名联络员具体负责; R29: warn at dispatch and fall back to the head."""
    case = township.open()
    township.do(case, "report", "olive")
    receipt = township.do(case, "dispatch", "lena", instruction="Look", units=["health"])
    assert receipt.opened[0].data["delivered_to"] == "hugo"
    assert any("hugo" in notice.text() for notice in receipt.notices)


def test_all_answers_bring_the_case_to_approval_and_one_does_not(township: Any) -> None:
    case = township.dispatched("water", "roads", lead="water")
    township.later(hours=1).answer(f"{case}-1", "wanda")
    assert township.state(case) == "handling"
    township.later(hours=1).answer(f"{case}-2", "rosa")
    assert township.state(case) == "awaiting_approval"
    causes = [view.event.cause for view in township.engine.history(case) if view.event.action == "units_answered"]
    assert len(causes) == 1
    assert causes[0] is not None


def test_a_silent_co_unit_holds_up_neither_the_reply_nor_the_lead(township: Any) -> None:
    """Q13 and section 3: co-unit silent, lead answers on time: only the co-unit is flagged."""
    case = township.dispatched("water", "roads", lead="water")
    assert "lead unit has not answered" in refusal(lambda: township.do(case, "proceed", "lena", proceed_reason="Time"))
    township.later(days=1).answer(f"{case}-1", "wanda")
    township.do(case, "proceed", "lena", proceed_reason="Time presses")
    assert township.state(case) == "awaiting_approval"
    township.later(days=9)
    late = {
        slip.case.unit: [c.overdue for c in slip.clocks if c.status.clock.name == "unit_reply"]
        for slip in township.engine.case(case).subcases
    }
    assert late == {"water": [False], "roads": [True]}


def test_a_wrong_slip_is_returned_once_within_a_day_and_redirected(township: Any) -> None:
    """Q16: one reasoned return within one day; a return that is refused changes no due."""
    case = township.dispatched("water")
    due = township.clock_of(f"{case}-1", "unit_reply").due_at
    township.later(hours=2).do(f"{case}-1", "return_slip", "walt", return_reason="Not our road")
    township.do(f"{case}-1", "refuse_return", "lena", return_refused_because="It is")
    assert township.clock_of(f"{case}-1", "unit_reply").due_at == due
    assert "only once" in refusal(lambda: township.do(f"{case}-1", "return_slip", "walt", return_reason="Really not"))

    other = township.dispatched("water")
    township.later(hours=2).do(f"{other}-1", "return_slip", "walt", return_reason="Not our road")
    receipt = township.do(other, "redirect", "lena", returned_by="water", to_unit="roads")
    assert [(slip.unit, slip.lead) for slip in receipt.opened] == [("roads", True)]
    assert township.state(f"{other}-1") == "redirected"
    assert township.state(other) == "handling"

    late = township.dispatched("water")
    township.later(days=3)
    assert "within one day" in refusal(lambda: township.do(f"{late}-1", "return_slip", "walt", return_reason="Late"))


def test_a_redirect_needs_a_returned_slip(township: Any) -> None:
    case = township.dispatched("water")
    text = refusal(lambda: township.do(case, "redirect", "lena", returned_by="water", to_unit="roads"))
    assert "accept_return needs" in text
    assert township.state(f"{case}-1") == "issued"


def test_a_returned_slip_of_two_does_not_send_the_case_to_approval_while_it_is_redirected(township: Any) -> None:
    case = township.dispatched("water", "roads", lead="roads")
    township.later(hours=1).do(f"{case}-1", "return_slip", "walt", return_reason="Not ours")
    township.answer(f"{case}-2", "rosa")
    assert township.state(case) == "handling"
    township.do(case, "redirect", "lena", returned_by="water", to_unit="health")
    assert township.state(case) == "handling"
    township.answer(f"{case}-3", "hugo")
    assert township.state(case) == "awaiting_approval"


def test_drafter_approver_and_publisher_are_three_people(township: Any) -> None:
    """三.5; Q14."""
    case = township.dispatched("water")
    township.answer(f"{case}-1", "wanda")
    both = township.engine.roster().actor("lena")
    township.approve(case)
    doubled = type(both)("lena", both.roles | {"publisher"})
    text = refusal(
        lambda: township.do(case, "publish", doubled, published_text="x", reply_url="https://board.example/1")
    )
    assert "somebody else must do publish" in text


def test_only_the_exact_text_that_was_approved_is_published(township: Any) -> None:
    """三.5: approval of an exact text; R19, R20."""
    case = township.dispatched("water")
    township.answer(f"{case}-1", "wanda")
    township.approve(case, text="The road is dry again.")
    assert "not the text that was approved" in refusal(lambda: township.publish(case, text="The road is dry again!"))
    assert "not legal" not in refusal(lambda: township.publish(case, text="The road is dry again. "))
    township.publish(case, text="The road is dry again.")
    assert township.state(case) == "replied"


@pytest.mark.parametrize("check", ["facts_checked", "policy_checked", "secrecy_checked", "privacy_checked"])
def test_approval_needs_every_check(township: Any, check: str) -> None:
    """四.4: 不得泄漏国家秘密和不宜公开的信息 (R36)."""
    case = township.dispatched("water")
    township.answer(f"{case}-1", "wanda")
    assert "All four checks" in refusal(lambda: township.approve(case, **{check: False}))


def test_a_reply_sent_back_reopens_the_slips_and_their_clocks_run_on(township: Any) -> None:
    case = township.dispatched("water")
    before = township.clock_of(f"{case}-1", "unit_reply")
    township.later(days=1).answer(f"{case}-1", "wanda")
    assert not township.clock_of(f"{case}-1", "unit_reply").running
    township.do(case, "send_back", "lena", comment="Say when")
    after = township.clock_of(f"{case}-1", "unit_reply")
    assert (after.running, after.due_at) == (True, before.due_at)
    assert township.state(case) == "handling"


def test_a_deferred_matter_stays_on_a_clock_until_its_promise_is_met(township: Any) -> None:
    """四.2 (R31); Q21: replied and resolved are two facts."""
    case = township.dispatched("water")
    township.answer(f"{case}-1", "wanda")
    assert "promised_on" in refusal(lambda: township.approve(case, outcome="deferred"))
    township.approve(case, outcome="deferred", promised_on="2026-12-10")
    township.publish(case)
    assert township.clock_of(case, "promise").running
    assert "promise is still open" in refusal(lambda: township.file_record(case))
    township.do(case, "fulfil", "omar", fulfilment="Drain built")
    assert township.clock_of(case, "promise").met
    township.file_record(case)


def test_an_explanation_to_the_author_names_its_legal_basis(township: Any) -> None:
    """四.2 (R32)."""
    case = township.dispatched("water")
    township.answer(f"{case}-1", "wanda")
    assert "legal_basis" in refusal(lambda: township.approve(case, outcome="explained"))


@pytest.mark.parametrize(
    "missing", ["original_post", "handling_record", "assignment_and_reply", "leaders_instructions", "other_material"]
)
def test_a_record_with_an_empty_class_is_not_filed(township: Any, missing: str) -> None:
    """三.6: five classes of papers (R24)."""
    case = township.dispatched("water")
    township.answer(f"{case}-1", "wanda")
    township.approve(case)
    township.publish(case)
    assert missing in refusal(lambda: township.file_record(case, **{missing: []}))
    assert township.state(case) == "replied"
    township.file_record(case)
    assert township.state(case) == "archived"


def test_an_explanation_keeps_a_unit_out_of_the_bulletin_to_the_last_minute(township: Any) -> None:
    """三.7: 既未作答复，又未作说明; Q9: an explanation counts until the bulletin is signed."""
    case = township.dispatched("water", "roads", lead="water")
    slip, other = f"{case}-1", f"{case}-2"
    naming = {"bulletin": "舆通〔2026〕1号"}
    assert "has not run out" in refusal(lambda: township.do(slip, "name_in_bulletin", "greta", **naming))
    township.later(days=20)
    township.do(slip, "explain", "wanda", explanation="Flood", progress="Half", expected_on="2026-12-20")
    township.later(minutes=1)
    assert "has explained itself" in refusal(lambda: township.do(slip, "name_in_bulletin", "greta", **naming))
    assert township.clock_of(slip, "unit_reply").overdue(township.clock[0])
    township.do(other, "name_in_bulletin", "greta", **naming)


def test_a_withdrawn_case_closes_its_slips_and_stops_their_clocks(township: Any) -> None:
    case = township.dispatched("water", "roads", lead="water")
    township.later(hours=1).do(case, "withdraw", "omar", withdrawn_because="By mail")
    assert {slip.case.state for slip in township.engine.case(case).subcases} == {"closed"}
    assert not township.clock_of(f"{case}-1", "unit_reply").running
    assert not township.clock_of(case, "public_reply").running


@pytest.mark.parametrize(
    ("action", "by", "data", "state"),
    [
        ("merge", "olive", {"merged_into": "2026-0001"}, "merged"),
        ("mark_out_of_scope", "lena", {"scope_reason": "Another county"}, "out_of_scope"),
        ("withdraw", "omar", {"withdrawn_because": "By mail"}, "withdrawn"),
    ],
)
def test_every_exit_from_intake_needs_its_reason(township: Any, action: str, by: str, data: Any, state: str) -> None:
    """Q15, Q16 and the exits that the rule is silent about."""
    township.open()
    case = township.open()
    with pytest.raises(Exception, match="missing"):
        township.do(case, action, by)
    township.do(case, action, by, **data)
    assert township.state(case) == state


def test_what_needs_no_reply_is_closed_by_a_leader_with_a_reason(township: Any) -> None:
    """三.2: 确定需答复的留言信息 (R8); Q15."""
    case = township.open()
    township.do(case, "report", "olive")
    refusal(lambda: township.do(case, "close_without_reply", "olive", no_reply_reason="Thanks only"))
    township.do(case, "close_without_reply", "lena", no_reply_reason="Thanks only")
    assert township.state(case) == "no_reply_needed"


def test_urgency_is_marked_by_the_leader_and_lifted_by_the_same_one(township: Any) -> None:
    """Q12; 三.3: 需紧急办理的……2天内予以明确答复, and no roll over rest days (Q11)."""
    case = township.dispatched("water", urgent=True)
    slip = f"{case}-1"
    assert township.clock_of(slip, "unit_reply").due_at == township.instant("2026-11-19 00:00")
    assert "may lift the urgency" in refusal(lambda: township.do(case, "set_urgent", "louis", urgent=False))
    township.do(case, "set_urgent", "lena", urgent=False)
    assert township.clock_of(slip, "unit_reply").due_at == township.instant("2026-11-20 00:00")
    refusal(lambda: township.do(case, "set_urgent", "olive", urgent=True))


def test_new_evidence_reopens_an_archived_case_with_a_new_public_clock(township: Any) -> None:
    """Q23."""
    case = township.dispatched("water")
    township.answer(f"{case}-1", "wanda")
    township.approve(case)
    township.publish(case)
    township.file_record(case)
    township.later(days=14).do(case, "reopen", "lena", new_evidence="It is flooded again")
    clock = township.clock_of(case, "public_reply")
    assert (clock.running, clock.started_by) == (True, "reopen")
    assert township.state(case) == "under_review"
