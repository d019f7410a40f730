"""Tables of dues: each row opens a case, and the clock must be due as the right column says."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.definitions import shipped

HEAD = "test: inquiry\ndues:\n  - clock: reply\n    given: {question: When?}\n"
OPINION = "test: online_opinion\ndues:\n  - clock: %s\n    given: {subject: Flood}\n"
DISPATCHED = """\
    then:
      - {do: report, by: officer}
      - {do: dispatch, by: leader, with: {instruction: Look, units: parks%s}}
"""

# Columns "3 working d" and "public, 3+5" of the test vectors of the rule: readings that were not adopted.
WORKING_DAYS = {
    "2026-11-16": "2026-11-19",
    "2026-11-18": "2026-11-23",
    "2026-11-19": "2026-11-24",
    "2026-11-20": "2026-11-25",
    "2026-09-30": "2026-10-10",
    "2026-02-12": "2026-02-24",
    "2026-05-08": "2026-05-12",
    "2026-04-30": "2026-05-08",
    "2024-09-13": "2024-09-19",
}
THREE_AND_FIVE = {
    "2026-11-16": "2026-11-24",
    "2026-11-18": "2026-11-26",
    "2026-11-19": "2026-11-27",
    "2026-11-20": "2026-11-30",
    "2026-09-30": "2026-10-08",
    "2026-02-12": "2026-02-24",
    "2026-05-08": "2026-05-18",
    "2026-04-30": "2026-05-08",
}


def table(rows: dict[str, str]) -> str:
    return "    table:\n" + "".join(f"      {start}: {due}\n" for start, due in rows.items())


def told(found: Any) -> list[str]:
    return [finding.problem.message.text() for finding in found.findings]


def test_a_wrong_row_is_told_at_its_due_with_its_start_as_title(run: Any) -> None:
    found = run(HEAD + table({"2026-11-16": "2026-11-23", "2026-11-20": "2026-11-26"}))
    (finding,) = found.findings
    assert finding.problem.message.text() == "expected reply due 2026-11-26 24:00; found: 2026-11-27 24:00"
    assert (finding.problem.line, finding.problem.column) == (7, 19)
    assert (finding.scene.title.en, finding.scene.title.zh) == ("Time to reply: 2026-11-20", "答复期限：2026-11-20")
    assert finding.mismatch.status.due_at.isoformat() == "2026-11-27T16:00:00+00:00"


def test_without_a_field_the_left_column_is_when_the_case_is_opened(run: Any) -> None:
    assert run(HEAD + table({"2026-11-20 23:59": "2026-11-27"})).findings == ()


def test_the_left_column_fills_in_the_field_that_it_names(run: Any) -> None:
    text = HEAD + "    starts: received_at\n    opened: 2026-11-25 09:00\n" + table({"2026-11-20": "2026-11-27"})
    assert run(text).findings == ()


def test_a_field_that_only_an_action_takes_is_given_to_that_action(run: Any) -> None:
    """The delivery is recorded afterwards; the clock of the unit runs from it."""
    text = OPINION % "unit_reply" + "    opened: 2026-11-16 09:00\n    starts: delivered_at\n" + DISPATCHED % ""
    text += "      - {do: record_delivery, on: parks, by: office}\n    on: parks\n"
    assert run(text + table({"2026-11-17 09:00": "2026-11-20"})).findings == ()


def test_a_date_field_may_be_the_left_column(run: Any) -> None:
    checks = "facts_checked: true, policy_checked: true, secrecy_checked: true, privacy_checked: true"
    text = OPINION % "promise" + "    starts: promised_on\n    opened: 2026-11-16 09:00\n" + DISPATCHED % ""
    answer = "result: x, reply_opinion: x, proposed_outcome: deferred"
    publish = "published_text: x, reply_url: 'https://f.example', fallback_reason: y"
    text += f"      - {{do: answer, on: parks, by: unit_head, with: {{{answer}}}}}\n"
    text += f"      - {{do: approve, by: leader, with: {{reply_text: x, outcome: deferred, {checks}}}}}\n"
    text += f"      - {{do: publish, by: publisher, with: {{{publish}}}}}\n"
    assert run(text + table({"2026-12-04": "2026-12-04", "2026-12-05": "2026-12-07"})).findings == ()


def test_what_is_done_at_once_leads_to_the_clock_of_a_unit(run: Any) -> None:
    text = OPINION % "unit_reply" + DISPATCHED % ", urgent: true" + "    on: parks\n"
    assert run(text + table({"2026-11-19": "2026-11-21", "2026-11-20": "2026-11-22"})).findings == ()


def test_a_refusal_on_the_way_is_told_at_the_step_that_met_it(run: Any) -> None:
    found = run(
        OPINION % "unit_reply"
        + DISPATCHED.replace("leader", "officer") % ""
        + "    on: parks\n"
        + table({"2026-11-19": "2026-11-23"})
    )
    assert [(finding.problem.code, finding.problem.line) for finding in found.findings] == [
        ("refused", 7),
        ("refused", 10),
    ]


def test_a_row_may_tell_target_start_and_readings(run: Any) -> None:
    text = OPINION % "unit_reply" + DISPATCHED % "" + "    on: parks\n"
    row = "{due: 2026-11-19, target: 2026-11-18, started: 2026-11-16 09:00, strict: 2026-11-19, lenient: 2026-11-19}"
    assert run(text + table({"2026-11-16 09:00": row})).findings == ()


@pytest.mark.parametrize(
    ("due", "sentences"),
    [
        ("2027-01-07 provisional", []),
        ("2027-01-07", ["expected reply due for certain; it is provisional"]),
        ("2027-01-08 provisional", ["expected reply due 2027-01-08 24:00; found: 2027-01-07 24:00"]),
        ("{due: 2027-01-07, provisional: true}", []),
    ],
)
def test_a_due_that_no_official_calendar_confirms_must_be_said_to_be_provisional(
    run: Any, due: str, sentences: list[str]
) -> None:
    assert told(run(HEAD + table({"2026-12-30": due}))) == sentences


@pytest.mark.parametrize("where", ["file", "table"])
def test_another_calendar_may_take_the_place_of_the_procedures(run: Any, where: str) -> None:
    """Friday 13 September 2024: Xiangxi rests from the 15th to the 20th, and works on Sunday the 22nd."""
    text = OPINION % "public_reply" + "    starts: posted_at\n"
    text = "".join([text, "    calendar: xiangxi\n"]) if where == "table" else text
    text += table({"2024-09-13": "2024-09-22"})
    found = run(text + "calendar: xiangxi\n" if where == "file" else text)
    assert found.findings == ()
    assert told(run(text.replace("    calendar: xiangxi\n", ""))) == (
        ["expected public_reply due 2024-09-22 24:00; found: 2024-09-18 24:00"]
    )


def test_times_are_on_the_wall_of_the_calendar(run: Any) -> None:
    """16 November 23:30 in London is the 17th in Shanghai."""
    text = HEAD + table({"2026-11-16T23:30+00:00": "2026-11-24", "2026-11-16 23:30": "2026-11-23"})
    assert run(text).findings == ()


def test_three_working_days_would_give_the_dues_of_the_other_reading(run: Any) -> None:
    procedure = shipped("online_opinion.procedure.yaml").replace(
        "    limit: 3 days\n", "    limit: 3 working days\n", 1
    )
    text = OPINION % "public_reply" + "    starts: posted_at\n" + table(WORKING_DAYS)
    assert told(run(text, online_opinion__procedure=procedure)) == []
    xiangxi = OPINION % "public_reply" + "    calendar: xiangxi\n    starts: posted_at\n"
    assert told(run(xiangxi + table({"2024-09-13": "2024-09-23"}), online_opinion__procedure=procedure)) == []


def test_five_days_more_would_give_the_dues_of_the_other_reading(run: Any) -> None:
    procedure = shipped("online_opinion.procedure.yaml").replace("extension: {to: 5 days", "extension: {by: 5 days", 1)
    procedure = procedure.replace("clocks.public_reply.extension.to", "clocks.public_reply.extension.by")
    text = OPINION % "public_reply" + "    starts: posted_at\n" + DISPATCHED % ""
    asked = "by: {role: unit_head, unit: parks}, with: {extension_ground: other, extension_reason: x}"
    text += f"      - {{do: ask_extension, {asked}}}\n"
    text += "      - {do: grant_extension, by: leader, with: {extension_decision: x, notice_to_author: x}}\n"
    assert told(run(text + table(THREE_AND_FIVE), online_opinion__procedure=procedure)) == []
