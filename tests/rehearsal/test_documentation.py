"""docs/testing.md says everything about test files, and what it says is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from caseclock.definitions.rehearsals import shapes as shapes
from caseclock.definitions.rehearsals.reader import read_rehearsal
from caseclock.definitions.shape_problems import check_shape

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
SECTIONS = {
    "The test file": shapes.RehearsalShape,
    "Who acts": shapes.ByShape,
    "Tables of dues": shapes.TableShape,
    "A due": shapes.DueShape,
    "What is done": shapes.DoneShape,
    "Cases": shapes.CaseShape,
    "Steps": shapes.StepShape,
    "What is expected": shapes.ExpectShape,
    "What was delivered": shapes.DeliveryShape,
}


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def rows(title: str) -> dict[str, str]:
    """Return the keys of a section's table of three columns, with what stands under default."""
    cells = [line.strip("| ").split(" | ") for line in section(title).splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[-1] for row in cells if len(row) >= 3}


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_stands_in_its_section_and_no_other_key_does(title: str) -> None:
    assert set(rows(title)) == {field.alias or name for name, field in SECTIONS[title].model_fields.items()}


@pytest.mark.parametrize("title", SECTIONS)
def test_a_key_is_told_to_be_required_when_it_is(title: str) -> None:
    for name, field in SECTIONS[title].model_fields.items():
        assert (rows(title)[field.alias or name] == "required") is field.is_required(), name


def test_the_first_test_of_the_page_holds(run: Any) -> None:
    (text,) = re.findall(r"^```yaml test\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert [str(finding) for finding in run(text).findings] == []


@pytest.mark.parametrize("title", ["Tables of dues", "A due", "Steps", "What is expected", "What was delivered"])
def test_the_examples_of_the_sections_are_of_the_right_shape(title: str) -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", section(title), re.DOTALL | re.MULTILINE)
    ((key, _),) = yaml.load(text, yaml.BaseLoader).items()
    indented = "".join(f"      {line}\n" for line in text.splitlines())
    opened = "cases:\n  - steps:\n    - at: 2026-11-16\n      open: {subject: x}\n"
    table = "dues:\n  - clock: public_reply\n    given: {subject: x}\n"
    frames = {
        "dues": text,
        "table": table + indented.replace("      table", "    table"),
        "steps": f"cases:\n  -\n{indented}",
        "expect": opened + indented,
        "tick": f"{opened}    - at: 2026-11-19\n{indented}",
    }
    assert read_rehearsal(f"test: online_opinion\n{frames[key]}", "x.test.yaml").scenes


def test_every_standing_and_refusal_is_told() -> None:
    from typing import get_args

    for word in (*get_args(shapes.StandingWord), *get_args(shapes.RefusalCode)):
        assert f"`{word}`" in PAGE, word


def test_the_python_of_the_page_runs() -> None:
    (source,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    exec(compile(source, "testing.md", "exec"), {})


def test_the_words_for_standings_are_those_of_the_program() -> None:
    from typing import get_args

    from caseclock.workflow.rehearsal.expectations import Standing

    assert list(get_args(shapes.StandingWord)) == [word.value for word in Standing]


def test_a_bare_due_and_its_mapping_mean_the_same() -> None:
    base = {"clock": "reply", "table": {}}
    short, _ = check_shape(shapes.TableShape, {**base, "table": {"a": "2026-12-30 provisional"}})
    long, _ = check_shape(shapes.TableShape, {**base, "table": {"a": {"due": "2026-12-30", "provisional": True}}})
    assert short == long
