"""Every refusal is a sentence with the exit status of its kind, and leaves everything as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from caseclock.cli import caseclock


def test_a_word_that_is_no_command_is_wrong_usage(shell: Any) -> None:
    error = shell.refused("shwo", status=2)
    assert error["code"] == "usage"
    assert "show" in error["message"]


def test_a_missing_argument_is_wrong_usage(shell: Any) -> None:
    assert "ACTION" in shell.run("advance", "1", status=2).stderr


def test_nobody_named_to_act(shell: Any) -> None:
    error = shell.refused("inbox", status=2)
    assert "--as" in error["message"]
    assert "zhao_min" in error["hint"]


def test_an_input_without_a_value(shell: Any) -> None:
    assert "NAME=VALUE" in shell.refused("open", "subject", by="zhao_min", status=2)["message"]


def test_an_input_given_twice(shell: Any) -> None:
    assert shell.refused("open", "subject=a", "subject=b", by="zhao_min", status=2)["code"] == "invalid-input"


def test_all_inputs_that_are_wrong_are_told_at_once(shell: Any) -> None:
    error = shell.refused("open", "posted_at=soon", "subjct=x", by="zhao_min", status=2)
    assert list(error["fields"]) == ["posted_at"]
    error = shell.refused("open", "subjct=x", by="zhao_min", status=2)
    assert "subject" in error["fields"]["subjct"]
    assert "missing" in error["fields"]["subject"]


def test_a_missing_input_is_named(shell: Any) -> None:
    case = shell.open()
    shell.run("advance", case, "report", by="zhao_min")
    error = shell.refused("advance", case, "dispatch", by="li_guang", status=2)
    assert set(error["fields"]) == {"instruction", "units"}


def test_a_definition_that_is_not_valid(shell: Any) -> None:
    file = shell.folder / "online_opinion.procedure.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("to: under_review", "to: under_reviw", 1), encoding="utf-8"
    )
    page = shell.run("check", status=3).stdout
    assert "online_opinion.procedure.yaml:" in page
    assert "under_review" in page
    assert "^" in page
    assert shell.refused("deploy", status=3)["problems"][0]["line"] > 1
    assert shell.json("check", status=3)["problems"][0]["code"]


def test_one_bad_file_keeps_the_others_from_being_deployed(shell: Any) -> None:
    (shell.folder / "zz.procedure.yaml").write_text("procedure: zz\n", encoding="utf-8")
    roster = shell.folder / "township.roster.yaml"
    roster.write_text(roster.read_text(encoding="utf-8") + "  new_one: {roles: officer}\n", encoding="utf-8")
    shell.run("deploy", status=3)
    assert shell.refused("inbox", by="new_one", status=4)["code"] == "not-found"


def test_a_changed_procedure_needs_a_new_version(shell: Any) -> None:
    file = shell.folder / "online_opinion.procedure.yaml"
    changed = file.read_text(encoding="utf-8").replace("step: 7", "step: 8")
    file.write_text(changed, encoding="utf-8")
    assert shell.refused("deploy", status=6)["code"] == "conflict"


@pytest.mark.parametrize(
    "command",
    [("show", "9"), ("history", "9"), ("why", "9"), ("actions", "9"), ("advance", "9", "report")],
    ids=lambda command: command[0],
)
def test_an_unknown_case(shell: Any, command: tuple[str, ...]) -> None:
    assert shell.refused(*command, by="zhao_min", status=4)["code"] == "not-found"


def test_an_unknown_action_gets_a_suggestion(shell: Any) -> None:
    case = shell.open()
    assert "report" in shell.refused("advance", case, "repotr", by="zhao_min", status=4)["hint"]


def test_an_unknown_clock_gets_the_known_ones(shell: Any) -> None:
    case = shell.open()
    assert "public_reply" in shell.refused("why", case, "reply", status=4)["hint"]


def test_an_unknown_person_and_an_unknown_procedure(shell: Any) -> None:
    assert shell.refused("inbox", by="nobody", status=4)["code"] == "not-found"
    assert shell.refused("open", "--procedure", "online_opinon", by="zhao_min", status=4)["hint"]


def test_an_illegal_action_says_what_is_legal(shell: Any) -> None:
    case = shell.open()
    assert "report" in shell.refused("advance", case, "publish", by="qian_wen", status=5)["hint"]


def test_a_wrong_role(shell: Any) -> None:
    case = shell.open()
    assert shell.refused("advance", case, "report", by="li_guang", status=5)["code"] == "not-allowed"


def test_a_time_that_has_not_come(shell: Any) -> None:
    case = shell.open()
    shell.run("advance", case, "report", "--at", "2026-11-16 09:06", by="zhao_min", status=2)


def test_somebody_else_was_there_first(shell: Any) -> None:
    case = shell.open()
    seen = str(shell.json("show", case)["revision"])
    shell.run("advance", case, "acknowledge", "acknowledgement=Hello", by="zhao_min")
    error = shell.refused("advance", case, "report", "--revision", seen, by="zhao_min", status=6)
    assert error["code"] == "conflict"
    assert shell.json("show", case)["state"] == "registered"


def test_an_ambiguous_number(shell: Any) -> None:
    shell.open()
    shell.open()
    assert shell.refused("show", "2026-", status=6)["code"] == "conflict"


def test_there_is_no_office_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(caseclock, ["list"])
    assert result.exit_code == 4
    assert "caseclock init" in result.stderr


def test_a_mistake_in_office_yaml_is_told_with_its_line(shell: Any) -> None:
    (shell.folder / "office.yaml").write_text("office: q\ndatabse: x.db\n", encoding="utf-8")
    error = shell.refused("list", status=3)
    assert {(problem["code"], problem["line"]) for problem in error["problems"]} == {
        ("unknown-key", 2),
        ("missing-key", 1),
    }


def test_a_database_that_is_gone(shell: Any) -> None:
    for file in shell.folder.glob("caseclock.db*"):
        file.unlink()
    error = shell.refused("list", status=1)
    assert error["code"] == "storage-failed"
    assert "caseclock init" in error["hint"]


def test_a_file_that_is_no_database(shell: Any) -> None:
    for file in shell.folder.glob("caseclock.db*"):
        file.unlink()
    (shell.folder / "caseclock.db").write_bytes(b"this is a letter, not a database" * 200)
    assert shell.refused("list", status=1)["code"] == "storage-failed"


def test_a_file_that_cannot_be_read_is_told(shell: Any) -> None:
    error = shell.refused("open", "subject=@gone.txt", by="zhao_min", status=2)
    assert "gone.txt" in error["fields"]["subject"]


def test_init_keeps_what_is_there(shell: Any) -> None:
    roster = shell.folder / "township.roster.yaml"
    roster.write_text(roster.read_text(encoding="utf-8") + "  new_one: {roles: officer}\n", encoding="utf-8")
    case = shell.open()
    assert shell.json("init", str(shell.folder))["written"] == []
    assert "new_one" in roster.read_text(encoding="utf-8")
    assert shell.json("show", case)["number"] == case


def test_an_unexpected_error_is_one_sentence(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from caseclock.workflow import Engine

    def broken(*_args: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Engine, "cases", broken)
    error = shell.refused("list", status=1)
    assert "ZeroDivisionError" in error["message"]
    assert "--debug" in error["hint"]
    result = CliRunner().invoke(caseclock, ["--debug", "--office", str(shell.folder), "list"])
    assert isinstance(result.exception, ZeroDivisionError)


def test_errors_for_people_stand_on_stderr_and_say_what_to_do(shell: Any) -> None:
    result = shell.run("show", "9", status=4)
    assert result.stdout == ""
    assert "9" in result.stderr
    with pytest.raises(json.JSONDecodeError):
        json.loads(result.stderr)
