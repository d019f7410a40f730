"""What is not as expected is told at its line, with what was expected and found; all of it in one run."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.workflow.clocks import LineKind

HEAD = """\
test: inquiry
cases:
  - title: {zh: 来信, en: A letter}
    steps:
      - {at: 2026-11-16 09:00, open: {question: When?}, by: clerk}
"""
DRAFT = "      - {at: 2026-11-17 09:00, do: draft, by: clerk, with: {reply: Now}}\n"


def told(found: Any) -> list[str]:
    """Return the sentences of what was found."""
    return [finding.problem.message.text() for finding in found.findings]


def expecting(words: str, at: str = "2026-11-18 09:00") -> str:
    return HEAD + f"      - {{at: {at}, expect: {{{words}}}}}\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("state: drafted", "expected state drafted; found: received"),
        ("due: {reply: 2026-11-24}", "expected reply due 2026-11-24 24:00; found: 2026-11-23 24:00"),
        ("due: {reply: 2026-11-23 17:00}", "expected reply due 2026-11-23 17:00; found: 2026-11-23 24:00"),
        ("due: {reply: 2026-11-23 provisional}", "expected reply due provisionally; it is certain"),
        (
            "due: {reply: {target: 2026-11-20}}",
            "expected reply target 2026-11-20 24:00; found: none",
        ),
        (
            "due: {reply: {started: 2026-11-17 00:00}}",
            "expected reply start 2026-11-16 24:00; found: 2026-11-16 09:00",
        ),
        (
            "due: {reply: {strict: 2026-11-20}}",
            "expected reply strict due 2026-11-20 24:00; found: 2026-11-23 24:00",
        ),
        (
            "due: {reply: {lenient: 2026-11-24}}",
            "expected reply lenient due 2026-11-24 24:00; found: 2026-11-23 24:00",
        ),
        ("clocks: {reply: met}", "expected reply met; found: running"),
        ("overdue: reply", "expected overdue: reply; found: none"),
        ("paused: reply", "expected paused: reply; found: none"),
        ("counted: {reply: 4}", "expected 4 days counted for reply; found: 5"),
        (
            "rungs: {reply: {2026-11-20 00:00: remind}}",
            "expected another ladder of reply; found: 2026-11-20 00:00 remind, 2026-11-23 24:00 remind",
        ),
        ("fields: {question: Where?}", "expected question 'Where?'; found: 'When?'"),
        ("fields: {question: null}", "expected question none; found: 'When?'"),
    ],
)
def test_an_expectation_that_is_not_met_is_told_with_what_was_found(run: Any, words: str, sentence: str) -> None:
    assert told(run(expecting(words))) == [sentence]


@pytest.mark.parametrize(
    "words",
    [
        "state: received",
        "due: {reply: 2026-11-23}",
        "due: {reply: 2026-11-23 24:00}",
        "due: {reply: {strict: 2026-11-23, lenient: 2026-11-23, started: 2026-11-16 09:00}}",
        "clocks: {reply: running}",
        "overdue: []",
        "paused: []",
        "counted: {reply: 5}",
        "rungs: {reply: {2026-11-20 00:00: remind, 2026-11-23 24:00: [remind]}}",
        "fields: {question: When?, reply: null}",
    ],
)
def test_what_is_as_expected_is_not_mentioned(run: Any, words: str) -> None:
    assert run(expecting(words)).findings == ()


def test_overdue_is_asked_as_of_the_time_of_the_step(run: Any) -> None:
    assert told(run(expecting("overdue: []", at="2026-11-24 00:01"))) == ["expected overdue: none; found: reply"]


def test_a_wrong_due_comes_with_the_count_day_by_day(run: Any) -> None:
    (finding,) = run(expecting("due: {reply: 2026-11-24}")).findings
    status = finding.mismatch.status
    assert [line.day.day for line in status.reckoning.lines if line.kind is LineKind.COUNTED] == [17, 18, 19, 20, 23]


def test_it_is_told_at_its_place_and_by_the_title_of_its_case(run: Any) -> None:
    (finding,) = run(expecting("due: {reply: 2026-11-24}")).findings
    assert (finding.problem.line, finding.problem.column, finding.scene.title.en) == (6, 54, "A letter")
    assert finding.problem.file.endswith("x.test.yaml")


def test_every_mismatch_of_a_run_is_told(run: Any) -> None:
    first = expecting("state: drafted, counted: {reply: 1}, overdue: reply", at="2026-11-16 12:00")
    found = run(first + DRAFT + DRAFT)
    assert [(finding.problem.code, finding.problem.line) for finding in found.findings] == [
        ("state", 6),
        ("overdue", 6),
        ("counted", 6),
        ("refused", 8),
    ]


def test_a_refusal_that_nobody_expected_is_told_with_its_hint(run: Any) -> None:
    (finding,) = run(HEAD + "      - {do: answer, by: head}\n").findings
    assert finding.problem.message.text().startswith("refused (not-allowed): answer is not legal")
    assert finding.problem.line == 6
    assert [note.text() for note in finding.mismatch.notes] == ["legal now: draft (Clerk)"]


def test_missing_inputs_are_told_by_name(run: Any) -> None:
    (finding,) = run(HEAD + "      - {do: draft, by: clerk}\n").findings
    assert [note.text() for note in finding.mismatch.notes] == ["reply: missing: Reply (text)"]


def test_an_expected_refusal_that_does_not_come_is_told(run: Any) -> None:
    step = "      - {do: draft, by: clerk, with: {reply: Now}, refused: not-allowed}\n"
    (finding,) = run(HEAD + step).findings
    assert finding.problem.message.text() == "expected a refusal (not-allowed), but it went through"
    assert finding.problem.column == step.index("not-allowed") + 1


@pytest.mark.parametrize("words", ["answer is not legal", "Received", "已收到", "legal now", "现在可以办理"])
def test_the_words_of_a_refusal_may_be_of_either_language_and_of_its_hint(run: Any, words: str) -> None:
    step = f"      - {{do: answer, by: head, refused: not-allowed, because: {words}}}\n"
    assert run(HEAD + step).findings == ()


def test_other_words_than_expected_are_told(run: Any) -> None:
    (finding,) = run(HEAD + "      - {do: answer, by: head, refused: not-allowed, because: too late}\n").findings
    assert finding.problem.message.text().startswith("expected a refusal with too late; found: answer is not legal")
    assert finding.problem.code == "because"


def test_another_kind_of_refusal_than_expected_is_told(run: Any) -> None:
    step = "      - {do: answer, by: head, refused: conflict}\n"
    assert told(run(HEAD + step))[0].startswith("refused (not-allowed): answer is not legal")


def test_a_refused_step_may_expect_what_the_case_is_like_after_it(run: Any) -> None:
    step = "      - {do: answer, by: head, refused: not-allowed, expect: {state: %s}}\n"
    assert run(HEAD + step % "received").findings == ()
    assert told(run(HEAD + step % "drafted")) == ["expected state drafted; found: received"]


def test_a_case_that_cannot_be_opened_is_told_once_and_its_steps_are_left_out(run: Any) -> None:
    found = run(HEAD.replace("by: clerk", "by: head") + DRAFT)
    assert [finding.problem.code for finding in found.findings] == ["refused"]


def test_a_tick_tells_all_that_was_delivered_since_the_last_one_in_whose_wake_whatever(run: Any) -> None:
    """The reminder of the 20th is delivered by the draft of the 21st, and yet the tick tells it."""
    steps = "      - {at: 2026-11-21 09:00, do: draft, by: clerk, with: {reply: Now}}\n"
    steps += "      - {at: 2026-11-24 09:00, tick: [remind, remind]}\n      - {at: 2026-11-30 09:00, tick: []}\n"
    assert run(HEAD + steps).findings == ()


def test_a_tick_that_delivers_something_else_tells_what_and_when(run: Any) -> None:
    (finding,) = run(HEAD + "      - {at: 2026-11-24 09:00, tick: [remind]}\n").findings
    assert finding.problem.message.text() == "expected delivered: remind; found: remind, remind"
    assert [note.text() for note in finding.mismatch.notes] == [
        "2026-11-20 00:00  remind (reply)",
        "2026-11-24 00:00  remind (reply)",
    ]
    assert finding.problem.column == 38


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ("{do: remind, clock: reply}", True),
        ("{do: remind, at: 2026-11-20 00:00}", True),
        ("{do: remind, at: 2026-11-19 24:00}", True),
        ("{do: remind, at: 2026-11-20 09:00}", False),
    ],
)
def test_a_delivery_may_be_expected_by_clock_and_time(run: Any, wanted: str, holds: bool) -> None:
    found = run(HEAD + f"      - {{at: 2026-11-20 09:00, tick: [{wanted}]}}\n")
    assert (found.findings == ()) is holds


def test_a_step_without_a_time_is_taken_at_the_time_of_the_one_before(run: Any) -> None:
    steps = DRAFT + "      - {expect: {due: {reply: 2026-11-23}, overdue: []}}\n      - {do: answer, by: head}\n"
    assert run(HEAD + steps).findings == ()


def test_what_is_entered_later_than_it_happened_counts_as_of_when_it_happened(run: Any) -> None:
    steps = DRAFT + "      - {at: 2026-11-23 17:00, recorded: 2026-11-25 09:00, do: answer, by: head"
    steps += ", expect: {clocks: {reply: met}}}\n"
    assert run(HEAD + steps).findings == ()


def test_each_case_begins_in_an_office_of_its_own(run: Any) -> None:
    twice = (
        HEAD + HEAD.split("cases:\n")[1] + "      - {at: 2026-11-16 10:00, do: draft, by: clerk, with: {reply: x}}\n"
    )
    assert run(twice).findings == ()


def test_a_test_of_several_cases_names_them(run: Any) -> None:
    steps = """\
      - {at: 2026-11-17 09:00, open: {question: Where?}, named: second, by: clerk}
      - {do: draft, by: clerk, with: {reply: Here}, expect: {state: drafted, fields: {question: Where?}}}
      - {on: case, expect: {state: received, fields: {question: When?}}}
      - {on: second, expect: {state: drafted}}
      - {at: 2026-11-24 09:00, tick: [remind, remind, remind]}
"""
    assert run(HEAD + steps).findings == ()


def test_days_after_the_last_year_of_the_calendar_are_a_refusal_and_not_a_crash(run: Any) -> None:
    found = run(HEAD.replace("2026-11-16", "2080-11-16"))
    assert [finding.problem.message.text().split(":")[0] for finding in found.findings] == [
        "refused (outside-calendar)"
    ]


def test_the_system_has_acted_before_anything_is_looked_at(run: Any) -> None:
    """No tick is written, and yet the limit has run out with its consequence, as it would in an office."""
    procedure = shipped("inquiry.procedure.yaml").replace(
        "    stops: answer\n", "    stops: answer\n    expires: lapse\n"
    )
    procedure = procedure.replace(
        "  remind: {in: open", "  lapse: {in: open, by: system, to: answered}\n  remind: {in: open"
    )
    steps = "      - {at: 2026-11-24 09:00, expect: {state: answered, clocks: {reply: expired}}}\n"
    assert run(HEAD + steps, inquiry__procedure=procedure).findings == ()


def test_a_rung_that_cannot_be_delivered_is_told(run: Any) -> None:
    procedure = shipped("inquiry.procedure.yaml").replace(
        "remind: {in: open,", "remind: {in: open, when: given(reply),"
    )
    found = run(HEAD + "      - {at: 2026-11-24 09:00, tick: []}\n", inquiry__procedure=procedure)
    assert [sentence.split(":")[0] for sentence in told(found)] == ["not delivered for 2026-0001"]
