"""The generated parts of the pages are those that the program would make now, and nothing is missing from them."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from caseclock.workflow.checks.sentences import KINDS


def test_every_generated_part_is_up_to_date(generate: ModuleType) -> None:
    """After a change of commands, messages, modules or definitions: run docs/generate.py (`make docs`)."""
    assert [path.name for path in generate.outdated()] == []


def test_the_check_mode_tells_which_page_is_out_of_date(
    generate: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- begin errors -->\nold\n<!-- end errors -->\nafter\n", encoding="utf-8")
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "page.md is out of date" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    text = page.read_text(encoding="utf-8")
    assert "`conflict`" in text
    assert (text.startswith("before"), text.endswith("after\n")) == (True, True)


def codes_in(tree: ast.Module) -> Iterator[str]:
    """Yield the problem codes that a module can report: the words given where a problem is made."""
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            parts = node.args[:2] if name in ("Problem", "problem", "finding", "_report") else []
        elif isinstance(node, ast.Tuple):
            # a code returned or yielded with its message, or kept beside how to say it; such codes have a hyphen
            parts = [part for part in node.elts[:1] if "-" in str(getattr(part, "value", ""))]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


@pytest.fixture(scope="session")
def codes(generate: ModuleType) -> set[str]:
    """Every code that the readers and checks can report."""
    found = {f"unknown-{kind}" for kind in KINDS}
    for name in generate.modules():
        spec = importlib.util.find_spec(name)
        assert spec is not None
        path = Path(str(spec.origin))
        if "definitions" in name or ".checks" in name or ".lint" in name:
            found |= set(codes_in(ast.parse(path.read_text(encoding="utf-8"))))
    return {code for code in found if code.replace("-", "").isalpha() and code.islower()}


def test_the_codes_are_found_in_the_sources(codes: set[str]) -> None:
    """The test below would be blind if the search found nothing."""
    assert {
        "yaml-syntax",
        "numbering",
        "dead-end",
        "off-or-work",
        "unknown-state",
        "unknown-key",
        "bad-period",
    } <= codes


def test_every_problem_code_is_explained_with_an_example(generate: ModuleType, codes: set[str]) -> None:
    explained = {entry["code"] for entry in generate.problem_examples() if "code" in entry}
    # words of the sources that stand in such a place and are not codes
    assert codes - explained - NO_CODES == set()
    assert explained - codes == set()


NO_CODES: set[str] = set()


def test_every_command_and_option_stands_in_the_page(docs: Path) -> None:
    from caseclock.cli import caseclock

    page = (docs / "cli.md").read_text(encoding="utf-8")
    for name, command in caseclock.commands.items():
        assert f"\n## caseclock {name}\n" in page
        part = page.split(f"\n## caseclock {name}\n")[1].split("\n## ")[0]
        shown = [option for option in command.params if not getattr(option, "hidden", False)]
        for option in shown:
            assert any(word in part for word in (*option.opts, option.human_readable_name)), (name, option.name)


def test_every_error_code_and_exit_status_stands_in_the_page(generate: ModuleType, docs: Path) -> None:
    page = (docs / "embedding.md").read_text(encoding="utf-8")
    for kind in generate.error_classes():
        assert f"| `{kind.__name__}` | `{kind.code}` | {kind.exit_status} |" in page


def test_the_rule_table_has_every_row_and_says_why_where_no_line_carries_it(generate: ModuleType) -> None:
    table = generate.rule_rows()
    assert list(table) == [f"R{number}" for number in range(1, 39)]
    for row, entry in table.items():
        assert entry.get("lines") or entry.get("note"), row
        if entry.get("lines"):
            assert entry.get("tests") or entry.get("story") or entry.get("note"), row


def test_every_line_of_the_rule_table_is_the_line_of_its_place(generate: ModuleType, docs: Path) -> None:
    """Read independently of the generator: the key at the end of the path stands on the linked line."""
    import re

    lines = (docs.parent / generate.PROCEDURE).read_text(encoding="utf-8").splitlines()
    links = re.findall(r"\[`([\w.]+)`\]\(\.\./[\w./]+#L(\d+)\)", (docs / "rule-table.md").read_text(encoding="utf-8"))
    assert len(links) > 80
    for dotted, number in links:
        assert f"{dotted.rpartition('.')[2]}:" in lines[int(number) - 1]


def test_the_story_of_the_rule_table_is_one_that_the_demo_plays(generate: ModuleType) -> None:
    from caseclock.definitions import shipped
    from caseclock.definitions.rehearsals.story_reader import read_story

    story = read_story(shipped("demo.story.yaml"), "demo.story.yaml")
    assert len(story.steps) == len(generate.story_lines(generate.read_yaml(shipped("demo.story.yaml"), "demo")))
