"""A test file that is not valid is told with line and column, every problem at once, before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions.rehearsals.reader import find_tests, read_rehearsal
from caseclock.workflow import DefinitionInvalid, NotFound

HEAD = "test: online_opinion\ncases:\n  - steps:\n"
OPEN = "      - {at: 2026-11-16 09:00, open: {subject: Flood}}\n"
TABLE = "test: inquiry\ndues:\n  - {clock: reply, given: {question: x}, table: {2026-11-16: 2026-11-23}}\n"


@pytest.mark.parametrize(
    ("step", "code", "column"),
    [
        ("{do: reprt, by: officer}", "unknown-action", 14),
        ("{do: receive, by: officer}", "unknown-action", 14),
        ("{do: report, on: parks, by: liaison}", "unknown-action", 14),
        ("{do: report, by: oficer}", "unknown-person", 26),
        ("{do: report, by: {role: oficer}}", "unknown-person", 26),
        ("{do: report, by: system}", "reserved-name", 26),
        ("{do: report, by: {}}", "one-of-keys", 26),
        ("{do: report, by: {role: officer, person: x}}", "one-of-keys", 26),
        ("{do: ask_extension, by: unit_head}", "missing-key", 33),
        ("{do: report}", "missing-key", 9),
        ("{do: report, by: officer, with: {x: 1}}", "unknown-field", 42),
        ("{do: report, by: officer, refused: nope}", "unknown-word", 44),
        ("{do: report, by: officer, because: x}", "missing-key", 35),
        ("{do: report, by: officer, tick: []}", "step-deed", 9),
        ("{at: 2026-11-17 09:00}", "step-deed", 9),
        ("{expect: {state: x}, with: {a: b}}", "missing-key", 30),
        ("{expect: {state: x}, refused: conflict}", "missing-key", 30),
        ("{expect: {}, named: x}", "missing-key", 22),
        ("{at: soon, tick: []}", "wrong-value", 14),
        ("{at: 2026-11-15 09:00, tick: []}", "time-order", 14),
        ("{at: 2026-11-17 09:00, recorded: 2026-11-16 10:00, tick: []}", "time-order", 42),
        ("{tick: [remnd]}", "unknown-action", 17),
        ("{tick: [{do: remind, clock: x}]}", "unknown-clock", 37),
        ("{expect: {state: receved}}", "unknown-state", 26),
        ("{on: parks, expect: {state: registered}}", "unknown-state", 37),
        ("{on: slp/parks, expect: {state: issued}}", "unknown-subcase", 14),
        ("{expect: {due: {x: 2026-11-19}}}", "unknown-clock", 25),
        ("{expect: {due: {public_reply: soon}}}", "wrong-value", 39),
        ("{expect: {due: {public_reply: {due: soon}}}}", "wrong-value", 39),
        ("{expect: {clocks: {x: met}}}", "unknown-clock", 28),
        ("{expect: {clocks: {public_reply: done}}}", "unknown-word", 42),
        ("{expect: {overdue: x}}", "unknown-clock", 28),
        ("{expect: {paused: [x]}}", "unknown-clock", 27),
        ("{expect: {counted: {x: 3}}}", "unknown-clock", 29),
        ("{expect: {rungs: {x: {2026-11-18 00:00: warn}}}}", "unknown-clock", 27),
        ("{expect: {rungs: {public_reply: {2026-11-18: warn}}}}", "wrong-value", 54),
        ("{expect: {rungs: {public_reply: {2026-11-18 00:00: wrn}}}}", "unknown-action", 60),
        ("{expect: {fields: {subjct: x}}}", "unknown-field", 28),
        ("{expect: {fields: {posted_at: soon}}}", "wrong-value", 39),
        ("{expect: {units: {parks: gone}}}", "unknown-state", 34),
        ("{expect: {papers: slip}}", "unknown-document", 27),
        ("{open: {subjct: x}}", "unknown-field", 17),
        ("{open: {subject: x, posted_at: soon}}", "wrong-value", 40),
        ("{expct: {}}", "unknown-key", 10),
        ("{tick: [], by: officer}", "missing-key", 20),
        ("{expect: {state: registered}, recorded: 2026-11-17 09:00}", "missing-key", 39),
        ("{open: {subject: x}, on: parks}", "wrong-value", 30),
    ],
)
def test_what_is_wrong_with_a_step_is_told_at_its_place(problems: Any, step: str, code: str, column: int) -> None:
    found = problems(HEAD + OPEN + f"      - {step}\n")
    assert (code, 5, column) in found


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("clock: reply", "clock: replay", "unknown-clock", 13),
        ("question", "questin", "unknown-field", 28),
        ("2026-11-16:", "soon:", "wrong-value", 50),
        ("2026-11-23", "soon", "wrong-value", 62),
        ("table: {2026-11-16: 2026-11-23}", "table: {}", "wrong-type", 49),
        ("given", "starts: question, given", "unknown-field", 28),
        ("given", "starts: x, given", "unknown-field", 28),
        ("given", "starts: received_at, opened: soon, given", "wrong-value", 49),
        ("given", "opened: 2026-11-16, given", "missing-key", 20),
        ("given", "calendar: x, given", "unknown-calendar", 30),
        ("given", "by: x, given", "unknown-person", 24),
        ("given", "on: parks, given", "unknown-unit", 24),
        ("given", "then: [{do: drft, by: clerk}], given", "unknown-action", 32),
        ("test: inquiry\n", "test: inquiries\n", "unknown-procedure", 7),
        ("test: inquiry\n", "test: inquiry\nroster: nowhere\n", "unknown-roster", 9),
        ("test: inquiry\n", "test: inquiry\npeople: {bo: {roles: boss}}\n", "unknown-role", 22),
    ],
)
def test_what_is_wrong_with_a_table_or_the_file_is_told(
    problems: Any, old: str, new: str, code: str, column: int
) -> None:
    found = problems(TABLE.replace(old, new, 1))
    assert [(code, column)] == sorted({(code, column) for code, _, column in found})


def test_a_start_that_nothing_in_the_table_takes_is_told(problems: Any) -> None:
    text = "test: online_opinion\ndues:\n  - clock: unit_reply\n    given: {subject: x}\n    starts: delivered_at\n"
    text += "    then:\n      - {do: report, by: officer}\n"
    text += "      - {do: dispatch, by: leader, with: {instruction: x, units: parks}}\n    on: parks\n"
    assert problems(text + "    table: {2026-11-17: 2026-11-20}\n") == [("wrong-value", 5, 13)]


def test_a_file_without_tables_and_cases_is_told(problems: Any) -> None:
    assert problems("test: inquiry\n") == [("missing-key", 1, 1)]


def test_the_first_step_needs_its_time(problems: Any) -> None:
    assert problems(HEAD + "      - {open: {subject: x}}\n") == [("missing-key", 4, 9)]


def test_a_name_is_given_to_one_case_only(problems: Any) -> None:
    step = "      - {open: {subject: x}, named: second}\n"
    assert problems(HEAD + OPEN + step + step) == [("wrong-value", 6, 37)]


def test_every_problem_is_told_in_one_run(problems: Any) -> None:
    steps = "      - {do: reprt, by: oficer}\n      - {expect: {state: x, overdue: y}}\n"
    assert [code for code, _, _ in problems(HEAD + OPEN + steps)] == [
        "unknown-action",
        "unknown-person",
        "unknown-state",
        "unknown-clock",
    ]


def test_an_unknown_name_is_told_with_the_nearest(problems: Any) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        read_rehearsal(HEAD + OPEN + "      - {do: reprt, by: oficer}\n", "x.test.yaml")
    assert [problem.message.text() for problem in caught.value.problems] == [
        "no action reprt; did you mean report?",
        "no person or role oficer; did you mean officer?",
    ]


def test_what_is_to_be_refused_may_name_and_hold_anything() -> None:
    steps = "      - {do: dispatch, by: leader, with: {anything: 1, units: 7}, refused: invalid-input}\n"
    assert read_rehearsal(HEAD + OPEN + steps, "x.test.yaml").scenes


def test_the_procedure_beside_the_test_is_meant_whatever_its_file_is_called(tmp_path: Path) -> None:
    """An office may call its file as it likes; the first key of a definition says what it is."""
    from caseclock.definitions import shipped

    text = shipped("inquiry.procedure.yaml")
    (tmp_path / "letters.procedure.yaml").write_text(text.replace("version: 1", "version: 7"), encoding="utf-8")
    assert read_rehearsal(TABLE, str(tmp_path / "x.test.yaml")).procedure.version == 7
    (tmp_path / "inquiry.procedure.yaml").write_text(text.replace("version: 1", "version: 8"), encoding="utf-8")
    assert read_rehearsal(TABLE, str(tmp_path / "x.test.yaml")).procedure.version == 8


def test_a_procedure_that_is_not_valid_is_told_with_its_own_problems(tmp_path: Path) -> None:
    from caseclock.definitions import shipped

    text = shipped("inquiry.procedure.yaml").replace("stops: answer", "stops: anser")
    (tmp_path / "inquiry.procedure.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionInvalid) as caught:
        read_rehearsal(TABLE, str(tmp_path / "x.test.yaml"))
    (problem,) = caught.value.problems
    assert (problem.code, Path(problem.file).name) == ("unknown-action", "inquiry.procedure.yaml")


def test_the_test_files_of_folders_and_single_ones_are_found_once(tmp_path: Path) -> None:
    for name in ("b.test.yaml", "a.test.yaml", "a.procedure.yaml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert [path.name for path in find_tests([tmp_path, tmp_path / "a.test.yaml"])] == ["a.test.yaml", "b.test.yaml"]
    with pytest.raises(NotFound, match="no test file"):
        find_tests([tmp_path / ".."])
