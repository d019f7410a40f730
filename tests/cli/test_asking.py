"""On a terminal, missing inputs are asked for; elsewhere, or with --no-input, they are refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from caseclock.cli import Session, caseclock


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command believe that somebody sits at a terminal."""
    monkeypatch.setattr(Session, "may_ask", property(lambda session: not session.no_input))


def answered(shell: Any, text: str, *args: str) -> Any:
    return CliRunner().invoke(caseclock, ["--office", str(shell.folder), "--lang", "en", *args], input=text)


@pytest.mark.usefixtures("terminal")
def test_missing_inputs_are_asked_for(shell: Any) -> None:
    case = shell.open()
    shell.run("advance", case, "report", "--no-input", by="zhao_min")
    result = answered(shell, "Look into it\nminzheng\n", "--as", "li_guang", "advance", case, "dispatch")
    assert result.exit_code == 0, result.output
    assert "Instruction (instruction)" in result.stderr
    assert shell.json("show", case)["data"]["units"] == ["minzheng"]


@pytest.mark.usefixtures("terminal")
def test_a_choice_is_asked_with_its_values(shell: Any) -> None:
    case = shell.dispatched()
    args = ("--as", "zheng_hua", "advance", case, "ask_extension", "extension_reason=x")
    result = answered(shell, "nothing\nother\n", *args)
    assert result.exit_code == 0, result.output
    assert "investigation" in result.stderr


@pytest.mark.usefixtures("terminal")
def test_nothing_is_asked_with_no_input(shell: Any) -> None:
    case = shell.open()
    shell.run("advance", case, "report", "--no-input", by="zhao_min")
    shell.refused("advance", case, "dispatch", "--no-input", by="li_guang", status=2)
