"""A case is what its events add up to: rebuilding it from its history gives the same case, always."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseclock.workflow import Actor, Refusal
from caseclock.workflow.history import fold
from caseclock.workflow.ports import CaseQuery

VALUES: dict[str, Any] = {
    "units": ["water", "roads"],
    "lead": "water",
    "returned_by": "water",
    "to_unit": "health",
    "added_unit": "roads",
    "reply_text": "Dry",
    "published_text": "Dry",
    "outcome": "resolved",
    "proposed_outcome": "resolved",
    "reply_url": "https://board.example/1",
    "extension_ground": "other",
    "retention": "years_30",
    "satisfied": "not_asked",
    "urgent": True,
    "expected_on": "2026-12-01",
    "promised_on": "2026-12-01",
    "delivered_at": "2026-11-16T09:00:00+08:00",
}
PAPERS = [{"name": "a.pdf", "sha256": "1" * 64}]


def inputs(offer: Any) -> dict[str, Any]:
    """Return plausible inputs for an offered action."""
    filled = {}
    for field in offer.inputs:
        if field.name in VALUES:
            filled[field.name] = VALUES[field.name]
        elif field.type == "flag":
            filled[field.name] = True
        elif field.type == "list":
            filled[field.name] = PAPERS
        elif field.type == "file":
            filled[field.name] = PAPERS[0]
        else:
            filled[field.name] = "because"
    return filled


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    choices=st.lists(
        st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 40), st.sampled_from([0, 0, 1, 7, 30, 80])),
        min_size=5,
        max_size=25,
    )
)
def test_whatever_happens_the_stored_cases_equal_their_folded_history(township: Any, choices: Any) -> None:
    """Random actions by everybody at random times, some entered late, with ticks in between."""
    engine = township.engine
    township.at("2026-11-16 09:00")
    case = township.open()
    people = [
        *engine.roster().people.values(),
        Actor("jack", frozenset(engine.procedure("online_opinion").roles), "water"),
    ]
    for which, what, hours, ago in choices:
        township.later(hours=hours)
        members = [case, *(sub.case.number for sub in engine.case(case).subcases)]
        target = members[which % len(members)]
        offers = [(person, offer) for person in people for offer in engine.actions(target, person)]
        if not offers:
            engine.tick()
            continue
        person, offer = offers[what % len(offers)]
        try:
            engine.fire(
                target, offer.action, by=person, data=inputs(offer), at=township.clock[0] - timedelta(hours=ago)
            )
        except Refusal:
            continue
    view = engine.case(case)
    folded = fold(entry.event for entry in engine.history(case))
    assert folded == (view.case, *(sub.case for sub in view.subcases))
    assert [entry.event.seq for entry in engine.history(case) if entry.event.case == view.case.id] == list(
        range(1, view.case.revision + 1)
    )


def test_the_projections_say_what_the_cases_say(township: Any) -> None:
    """A list's due is the soonest due among the case's running clocks that have an effect, read off the case itself."""
    for hours in (0, 30, 60):
        township.later(hours=hours).dispatched("water", urgent=bool(hours))
    township.later(days=1)
    for item in township.engine.cases(CaseQuery()):
        clocks = [clock.status for clock in township.engine.case(item.case.number).clocks]
        assert item.due_at == min(one.due_at for one in clocks if one.running and one.clock.effect != "none")
