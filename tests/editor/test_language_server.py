"""What people see in an editor, asked of a real YAML language server over its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions.schemas import KINDS, first_line, write_schemas

from .language_server import LanguageServer

SERIALS = count(1)
DEFINITIONS = Path(__file__).parents[2] / "definitions"
PROCEDURE = """procedure: 许可
version: 1
title: {zh: 许可, en: Permit}
calendar: cn
opened_by: 经办人
stages: {intake: {step: 1}}
roles: {经办人: {title: Clerk}}
fields:
  on: {type: date}
  yes: {type: text}
clocks:
  reply:
    limit: 5 working days
    counting: {roll: next_working_day, ends: 24:00}
    stops: answer
{blank}
states:
  开始:
    stage: intake
    actions: {answer: {by: 经办人}}
  end: {stage: intake, final: true}
""".replace("{blank}", " " * 4)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    folder = tmp_path_factory.mktemp("office")
    write_schemas(folder)
    server = LanguageServer(folder)
    yield server
    server.stop()


class Editor:
    """One document in the editor; places are told by the text that stands there."""

    def __init__(self, server: LanguageServer, text: str, kind: str = "procedure") -> None:
        self.server, self.name = server, f"{next(SERIALS)}.{kind}.yaml"
        self.text = f"{first_line(kind)}\n{text}"
        self.mistakes = [(self.line(one), one["message"]) for one in server.open(self.name, self.text)]

    def line(self, mistake: dict[str, Any]) -> str:
        return self.text.splitlines()[mistake["range"]["start"]["line"]].strip()

    def place(self, before: str) -> tuple[int, int]:
        offset = self.text.index(before) + len(before)
        return self.text.count("\n", 0, offset), offset - self.text.rfind("\n", 0, offset) - 1

    def offered(self, after: str) -> dict[str, Any]:
        return self.server.completion(self.name, *self.place(after))

    def shown(self, at: str) -> str:
        line, column = self.place(at)
        return self.server.hover(self.name, line, column - 1)


@pytest.fixture
def editor(server: LanguageServer) -> Any:
    return lambda text, kind="procedure": Editor(server, text, kind)


def test_a_valid_procedure_has_no_mistakes_with_chinese_names_and_words_that_yaml_once_took_for_others(
    editor: Any,
) -> None:
    """``on``, ``yes``, ``24:00`` and dates are texts in YAML 1.2, for the editor as for the reader."""
    assert editor(PROCEDURE).mistakes == []


@pytest.mark.parametrize(
    ("right", "wrong", "line", "message"),
    [
        ("opened_by:", "opend_by:", "opend_by: 经办人", "Property opend_by is not allowed."),
        ("5 working days", "5 workdays", "limit: 5 workdays", "expected a length such as 3 days"),
        ("next_working_day", "sideways", "counting: {roll: sideways, ends: 24:00}", '"previous_working_day"'),
        ("final: true", "final: yes", "end: {stage: intake, final: yes}", 'Expected "boolean"'),
        ("    stops: answer\n", "", "reply:", 'Missing property "stops"'),
        ("version: 1", "version: 0", "version: 0", "below the minimum of 1"),
        ("calendar: cn", "calendar: c n", "calendar: c n", "expected a name of letters"),
        ("{type: date}", "{type: day}", "on: {type: day}", '"instant"'),
    ],
)
def test_a_mistake_is_told_on_its_line(editor: Any, right: str, wrong: str, line: str, message: str) -> None:
    mistakes = editor(PROCEDURE.replace(right, wrong)).mistakes
    assert any(line == at and message in told for at, told in mistakes), mistakes


def test_keys_that_may_come_here_are_offered_with_what_they_mean(editor: Any) -> None:
    offered = editor(PROCEDURE).offered("stops: answer\n    ")
    assert {"pauses", "extension", "ladder", "not_before"} <= offered.keys()
    assert offered["pauses"]["documentation"] == "When time stands still."
    assert "procedure" not in offered


def test_words_are_offered_where_a_word_must_stand(editor: Any) -> None:
    offered = editor(PROCEDURE.replace("roll: next_working_day", "roll: ")).offered("roll: ")
    assert {"next_working_day", "previous_working_day", "none"} <= offered.keys()


def test_hovering_a_key_shows_what_it_means(editor: Any) -> None:
    document = editor(PROCEDURE)
    assert "Roles that may open a case" in document.shown("opened_by")
    assert "next\\_working\\_day" in document.shown("roll") or "next_working_day" in document.shown("roll")
    assert "3 working days" in editor(
        PROCEDURE.replace("version: 1", "version: 1\nerase_private_after: 3 years")
    ).shown("erase_private_after")


def test_other_kinds_of_file_are_known_too(editor: Any) -> None:
    roster = editor("roster: town\npeople:\n  ann: {roles: clerk, rolls: head}\n", "roster")
    assert roster.mistakes == [("ann: {roles: clerk, rolls: head}", "Property rolls is not allowed.")]
    test = editor("test: inquiry\ncases:\n  - steps:\n      - {refused: nonsense}\n", "test")
    assert "not-allowed" in test.mistakes[0][1]


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_files_have_no_mistakes_and_name_their_schema(server: LanguageServer, kind: str) -> None:
    for file in sorted(DEFINITIONS.glob(f"*.{kind}.yaml")):
        text = file.read_text(encoding="utf-8")
        if not file.name.startswith("inquiry"):
            assert text.startswith(first_line(kind) + "\n"), file.name
        named = text if text.startswith(first_line(kind)) else f"{first_line(kind)}\n{text}"
        assert server.open(file.name, named) == [], file.name
