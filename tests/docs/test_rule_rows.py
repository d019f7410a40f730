"""Rows of the rule that are shown by no other test; docs/rule_table.yaml names these tests."""

from __future__ import annotations

from typing import Any


def test_the_first_response_is_reminded_of_after_4_hours_on_duty_and_after_48_hours_and_given_once(
    township: Any,
) -> None:
    """三.1: 在第一时间予以积极回应 (R6, Q17)."""
    case = township.open()
    township.later(hours=50).engine.tick()
    given = [view.event for view in township.engine.history(case) if view.event.action == "remind"]
    assert [(event.rung.clock, event.effective_at) for event in given] == [
        ("first_word", township.instant("2026-11-16 14:30")),
        ("first_response", township.instant("2026-11-18 09:00")),
    ]
    township.do(case, "acknowledge", "olive", acknowledgement="We look into it")
    assert not township.clock_of(case, "first_word").running
    (offer,) = [offer for offer in township.engine.actions(case, "olive") if offer.action == "acknowledge"]
    assert offer.obstacle is not None


def test_the_units_clock_runs_from_delivery_and_not_from_its_signature(township: Any) -> None:
    """三.3: 收到……抄告单后 (R12, Q2): delivery is receipt, and signing late gains nothing."""
    slip = f"{township.dispatched('water')}-1"
    due = township.clock_of(slip, "unit_reply").due_at
    township.later(days=2).do(slip, "receive", "walt")
    assert township.clock_of(slip, "unit_reply").due_at == due
    township.do(slip, "record_delivery", "omar", delivered_at="2026-11-17T09:00:00+08:00")
    assert township.clock_of(slip, "unit_reply").due_at == township.instant("2026-11-21 00:00")


def test_irregular_handling_is_supervised_on_a_finding_by_a_person(township: Any) -> None:
    """三.4: 不按有关规定办理的……进行督办 (R17): needs no lateness, but a finding; the stages do not move."""
    slip = f"{township.dispatched('water')}-1"
    township.do(slip, "supervise_irregular", "omar", finding="No site visit", measures="Visit the site")
    view = township.engine.case(slip)
    assert view.case.state == "issued"
    assert [paper.name for paper in view.documents] == ["supervision_notice"]
    assert not any(clock.overdue for clock in view.clocks)
