"""Who acts and on what: people of the file, of a roster, or invented for a role; units and their subcases."""

from __future__ import annotations

from typing import Any

import pytest

ROSTER = """\
roster: town
units: {parks: {can_lead: false}, roads: {}}
people:
  lee:  {roles: leader}
  pat:  {roles: unit_head, unit: parks}
  rob:  {roles: [unit_head, liaison], unit: roads}
"""
HEAD = """\
test: online_opinion
%scases:
  - title: x
    steps:
      - {at: 2026-11-16 09:00, open: {subject: Flood}}
      - {do: report, by: officer}
"""
DISPATCH = "      - {do: dispatch, by: leader, with: {instruction: Look, units: %s%s}}\n"
INQUIRY = """\
test: inquiry
people:
  bo: {roles: [clerk, head]}
cases:
  - title: x
    steps:
      - {at: 2026-11-16 09:00, open: {question: When?}, by: bo}
      - {do: draft, by: %s, with: {reply: Now}}
      - {do: answer, by: %s}
"""


def told(found: Any) -> list[str]:
    return [finding.problem.message.text() for finding in found.findings]


@pytest.mark.parametrize(
    ("drafts", "answers", "goes"),
    [
        ("clerk", "head", True),
        ("bo", "head", True),
        ("clerk", "bo", True),
        ("bo", "bo", False),
        ("{person: bo}", "{person: bo}", False),
        ("{role: [clerk, head]}", "{role: [clerk, head]}", False),
        ("{role: [clerk, head]}", "{role: head}", True),
        ("head", "clerk", False),
    ],
)
def test_who_is_named_twice_is_the_same_person(run: Any, drafts: str, answers: str, goes: bool) -> None:
    """The procedure wants somebody else to sign than who drafted."""
    assert (run(INQUIRY % (drafts, answers)).findings == ()) is goes


def test_without_by_a_case_is_opened_by_somebody_who_may(run: Any) -> None:
    assert run(HEAD % "").findings == ()


def test_without_a_roster_units_are_invented_and_a_role_acts_for_the_unit_on_whose_slip_it_acts(run: Any) -> None:
    steps = DISPATCH % ("[parks, roads]", ", lead: parks")
    steps += "      - {do: receive, on: parks, by: liaison, expect: {state: handling}}\n"
    steps += "      - {do: receive, on: roads, by: {role: liaison, unit: parks}, refused: not-allowed}\n"
    steps += "      - {expect: {units: {parks: handling, roads: issued}}}\n"
    assert run(HEAD % "" + steps).findings == ()


def test_the_people_of_a_roster_act_and_its_units_handle(run: Any) -> None:
    steps = DISPATCH.replace("leader", "lee") % ("[parks, roads]", ", lead: parks, lead_override: It is theirs")
    steps += "      - {on: roads, expect: {fields: {delivered_to: rob}}}\n"
    steps += "      - {on: parks, expect: {fields: {delivered_to: pat}}}\n"
    steps += (
        "      - {do: receive, on: roads, by: rob}\n      - {do: receive, on: parks, by: pat, refused: not-allowed}\n"
    )
    assert told(run(HEAD % "roster: town\n" + steps, town__roster=ROSTER)) == []


def test_a_role_means_the_first_on_the_roster_who_holds_it(run: Any) -> None:
    steps = DISPATCH % ("roads", "") + "      - {do: receive, on: roads, by: liaison}\n"
    found = run(HEAD % "roster: town\n" + steps, town__roster=ROSTER)
    deeds = [step.deed for step in found.rehearsal.scenes[0].steps]
    assert [deed.who for deed in deeds] == ["officer", "officer", "lee", "rob"]
    assert found.findings == ()


def test_a_unit_that_may_not_lead_by_the_roster_is_refused(run: Any) -> None:
    steps = DISPATCH % ("[parks, roads]", ", lead: parks")
    assert "This unit may not lead" in told(run(HEAD % "roster: town\n" + steps, town__roster=ROSTER))[0]


def test_the_kind_of_subcase_may_be_named_before_the_unit(run: Any) -> None:
    steps = DISPATCH % ("roads", "") + "      - {do: receive, on: slip/roads, by: liaison}\n"
    steps += "      - {on: case/slip/roads, expect: {state: handling}}\n"
    steps += "      - {on: case/roads, expect: {state: handling}}\n"
    assert run(HEAD % "" + steps).findings == ()


def test_a_unit_without_a_subcase_is_told(run: Any) -> None:
    steps = DISPATCH % ("roads", "") + "      - {do: receive, on: parks, by: liaison}\n"
    assert told(run(HEAD % "" + steps)) == ["refused (not-found): no subcase of case is held by parks"]


def test_units_and_papers_that_differ_are_told(run: Any) -> None:
    steps = DISPATCH % ("roads", "") + "      - {expect: {units: {roads: handling}, papers: []}}\n"
    assert told(run(HEAD % "" + steps)) == [
        "expected units: roads: handling; found: roads: issued",
        "expected papers: none; found: dispatch_slip",
    ]


def test_files_are_given_by_their_name_or_with_their_content(run: Any) -> None:
    text = HEAD.replace("{subject: Flood}", "{subject: Flood, capture: %s}") % ("", "{file: a.png, text: abc}")
    found = run(text)
    assert found.findings == ()
    assert found.rehearsal.scenes[0].steps[0].deed.data["capture"]["sha256"].startswith("ba7816bf")
    named = run(text.replace("{file: a.png, text: abc}", "a.png")).rehearsal.scenes[0].steps[0].deed.data["capture"]
    assert named["name"] == "a.png"


def test_a_number_in_a_text_field_and_a_single_item_of_a_list_are_taken(run: Any) -> None:
    text = HEAD.replace("{subject: Flood}", "{subject: 12}") % ""
    found = run(text + DISPATCH % ("roads", "") + "      - {expect: {fields: {subject: 12, units: roads}}}\n")
    assert found.findings == ()
