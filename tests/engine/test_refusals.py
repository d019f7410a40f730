"""Refusals are answers: what is wrong, what is valid instead; and nothing has changed after one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from caseclock.workflow import Actor, Conflict, FireAction, InvalidInput, NotAllowed, NotFound, OpenCase


def test_an_illegal_action_says_where_the_case_stands_since_when_and_what_is_legal_for_whom(township: Any) -> None:
    case = township.open()
    with pytest.raises(NotAllowed) as refused:
        township.do(case, "publish", "paula")
    text = refused.value.text()
    assert "is registered (Registered) since 2026-11-16 09:00, by open of olive" in text
    assert "report (Opinion officer)" in text


def test_an_unknown_action_or_case_or_person_is_answered_with_the_nearest(township: Any) -> None:
    case = township.open()
    with pytest.raises(NotFound, match="did you mean report"):
        township.do(case, "reprot", "olive")
    with pytest.raises(NotFound, match="is an action of a slip"):
        township.do(case, "answer", "wanda")
    with pytest.raises(NotFound, match="no person olivia"):
        township.do(case, "report", "olivia")
    with pytest.raises(NotFound):
        township.do("2026-9999", "report", "olive")
    with pytest.raises(NotFound, match="did you mean online_opinion"):
        township.engine.open("online_opinions", {}, by="olive")


def test_a_wrong_role_is_told_for_whom_it_is(township: Any) -> None:
    case = township.open()
    with pytest.raises(NotAllowed, match="it is for: Opinion officer"):
        township.do(case, "report", "lena")
    with pytest.raises(NotAllowed, match="may not open"):
        township.engine.open("online_opinion", {"subject": "x"}, by="wanda")


def test_one_unit_cannot_act_on_another_units_slip(township: Any) -> None:
    case = township.dispatched("water")
    with pytest.raises(NotAllowed, match="acts for unit roads; this is for water"):
        township.answer(f"{case}-1", "rosa")


def test_nobody_acts_as_the_system(township: Any) -> None:
    case = township.dispatched("water")
    with pytest.raises(NotFound):
        township.do(case, "units_answered", "system")
    with pytest.raises(NotAllowed):
        township.do(case, "units_answered", "lena")


def test_every_input_problem_is_told_at_once_by_name(township: Any) -> None:
    case = township.open()
    township.do(case, "report", "olive")
    with pytest.raises(InvalidInput) as refused:
        township.do(case, "dispatch", "lena", units=["watr"], urgent="maybe", leed="water")
    problems = {name: message.text() for name, message in refused.value.fields.items()}
    assert sorted(problems) == ["instruction", "leed", "units", "urgent"]
    assert "did you mean water" in problems["units"]
    assert "did you mean lead" in problems["leed"]
    assert "missing: Instruction" in problems["instruction"]
    assert township.state(case) == "under_review"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-15T10:00:00+08:00", "2026-11-15T02:00:00+00:00"),
        ("2026-11-15T10:00:00", None),
        ("yesterday", None),
        (date(2026, 11, 15), None),
        (17, None),
    ],
)
def test_instants_are_kept_in_utc_and_need_their_zone(township: Any, value: Any, expected: str | None) -> None:
    def opened() -> Any:
        return township.engine.open("online_opinion", {"subject": "x", "found_at": value}, by="olive").case

    if expected is None:
        with pytest.raises(InvalidInput, match="found_at"):
            opened()
    else:
        assert opened().data["found_at"] == expected


def test_a_field_that_only_the_engine_computes_cannot_be_given(township: Any) -> None:
    with pytest.raises(NotAllowed, match="Hash of the approved text"):
        township.engine.open("online_opinion", {"subject": "x", "approved_hash": "0" * 64}, by="olive")


def test_titles_of_units_and_choices_are_understood_in_both_languages(township: Any) -> None:
    case = township.open(category="投诉")
    township.do(case, "report", "olive")
    receipt = township.do(
        case, "dispatch", "lena", instruction="Look", units=["水务站", "Roads station"], lead="水务站"
    )
    assert [slip.unit for slip in receipt.opened] == ["water", "roads"]


def test_a_refusal_leaves_no_trace_and_no_gap_in_the_numbers(township: Any) -> None:
    case = township.dispatched("water")
    history = township.engine.history(case)
    for data in ({"added_unit": "water"}, {"added_unit": "nowhere"}, {}):
        with pytest.raises((NotAllowed, InvalidInput)):
            township.do(case, "add_unit", "lena", **data)
    assert township.engine.history(case) == history
    receipt = township.do(case, "add_unit", "lena", added_unit="roads")
    assert [paper.number for paper in receipt.documents] == ["舆抄〔2026〕2号"]
    assert receipt.opened[0].number == f"{case}-2"


def test_a_repeated_command_with_the_same_key_has_one_effect_and_one_answer(township: Any) -> None:
    first = township.engine.open("online_opinion", {"subject": "x"}, by="olive", key="post-1")
    again = township.engine.open("online_opinion", {"subject": "x"}, by="paula", key="post-1")
    assert (again.case, again.repeated, first.repeated) == (first.case, True, False)
    case = first.case.number
    done = township.engine.fire(case, "report", by="olive", key="report-1")
    township.do(case, "dispatch", "lena", instruction="Look", units=["water"])
    repeated = township.engine.fire(case, "report", by="olive", key="report-1")
    assert (repeated.case, repeated.event, repeated.repeated) == (done.case, done.event, True)
    with pytest.raises(Conflict, match="was used for report by olive"):
        township.engine.fire(case, "withdraw", by="omar", key="report-1", data={"withdrawn_because": "x"})


def test_a_case_changed_since_the_caller_looked_is_not_touched(township: Any) -> None:
    case = township.open()
    seen = township.engine.case(case).case.revision
    township.later(minutes=62)
    township.do(case, "acknowledge", "olive", acknowledgement="We read you")
    with pytest.raises(Conflict) as refused:
        township.engine.fire(case, "report", by="olive", revision=seen)
    assert refused.value.text() == (
        f"{case} was changed since you looked: acknowledge by olive at 2026-11-16 10:02; "
        f"these fields changed: Text of the first response\nlook at it again: `caseclock show {case}`"
    )
    assert township.state(case) == "registered"


def test_who_missed_steps_that_changed_no_field_is_told_the_steps(township: Any) -> None:
    case = township.open()
    seen = township.engine.case(case).case.revision
    township.do(case, "report", "olive")
    with pytest.raises(Conflict, match=r"since you looked: report by olive at 2026-11-16 09:00\nlook"):
        township.engine.fire(case, "acknowledge", by="paula", revision=seen)


def test_who_missed_many_steps_is_told_the_last_ones_and_how_many_came_before(permits: Any) -> None:
    case = permits.open()
    for remark in "abcdefg":
        permits.do(case, "note", remark=remark)
    with pytest.raises(Conflict) as refused:
        permits.engine.fire(case, "grant", by=Actor("ben", frozenset({"head"})), revision=1)
    assert "since you looked: 2 earlier step(s), note by ann at " in refused.value.text()
    assert refused.value.text().count("note by ann") == 5


@pytest.mark.parametrize("revision", [0, 9, -1])
def test_a_revision_that_the_case_never_had_is_told_the_one_it_has(township: Any, revision: int) -> None:
    case = township.open()
    with pytest.raises(Conflict, match=f"you saw revision {revision} of {case}; it is at 1"):
        township.engine.fire(case, "report", by="olive", revision=revision)


def test_in_a_batch_the_refused_are_reported_and_the_rest_goes_through(township: Any) -> None:
    cases = [township.open() for _ in range(3)]
    commands = [FireAction(case, "report", "lena" if case == cases[1] else "olive") for case in cases]
    results = list(
        township.engine.fire_many(
            [*commands, OpenCase("online_opinion", {"subject": "y"}, "olive"), OpenCase("online_opinion", {}, "olive")]
        )
    )
    assert [result.refusal.code if result.refusal else "done" for result in results] == [
        "done",
        "not-allowed",
        "done",
        "done",
        "invalid-input",
    ]
    assert [township.state(case) for case in cases] == ["under_review", "registered", "under_review"]


def test_a_menu_offers_what_the_actor_may_do_with_inputs_and_obstacles(township: Any) -> None:
    case = township.dispatched("water")
    offers = {offer.action: offer for offer in township.engine.actions(case, "lena")}
    assert {"redirect", "add_unit", "set_urgent", "grant_extension", "proceed"} <= set(offers)
    assert "dispatch" not in offers
    assert "units_answered" not in offers
    assert offers["grant_extension"].obstacle is not None
    assert offers["proceed"].obstacle is not None
    assert offers["add_unit"].obstacle is None
    assert [field.name for field in offers["add_unit"].inputs] == ["added_unit"]
    assert [offer.action for offer in township.engine.actions(f"{case}-1", "rosa")] == []


def test_a_host_may_bring_its_own_actors(township: Any) -> None:
    case = township.open()
    receipt = township.engine.fire(case, "report", by=Actor("account-17", frozenset({"officer"})))
    assert receipt.event.actor == "account-17"


def test_the_same_version_with_another_meaning_is_refused_and_comments_do_not_count(township: Any) -> None:
    definition = next(one for one in township.engine.definitions() if one.name == "online_opinion")
    township.engine.deploy(definition.source + "\n# a comment\n")
    with pytest.raises(Conflict):
        township.engine.deploy(definition.source.replace("limit: 3 days", "limit: 4 days"))
    township.engine.deploy(
        definition.source.replace("limit: 3 days", "limit: 4 days").replace("version: 1", "version: 2")
    )


def test_a_running_case_stays_on_the_version_it_began_with(township: Any) -> None:
    old = township.open()
    definition = next(one for one in township.engine.definitions() if one.name == "online_opinion")
    township.engine.deploy(
        definition.source.replace("limit: 3 days", "limit: 4 days").replace("version: 1", "version: 2")
    )
    new = township.open()
    dues = [township.clock_of(case, "public_reply").due_at for case in (old, new)]
    assert dues == [township.instant("2026-11-20 00:00"), township.instant("2026-11-21 00:00")]


def test_a_post_from_before_the_calendar_is_refused_without_a_gap_and_without_harm_to_the_batch(township: Any) -> None:
    data = [{"subject": "x", "posted_at": f"{year}-03-01T09:00:00+08:00"} for year in (2026, 1999, 2026)]
    results = list(township.engine.fire_many(OpenCase("online_opinion", values, "olive") for values in data))
    assert [result.receipt.case.number if result.receipt else None for result in results] == [
        "2026-0001",
        None,
        "2026-0002",
    ]
    assert results[1].refusal is not None
    assert "2010" in results[1].refusal.text()
