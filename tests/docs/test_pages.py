"""What the pages show has been run, and where they point to is there."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions import YamlReader

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
BOARD = """id,asked_at,replied_at
1,2026-03-02 09:00:00,2026-03-04 10:00:00
2,2026-03-03 21:15:00,2026-03-20
3,2026-03-05 08:00:00,2026-03-09 23:59:00
4,2026-03-05 08:00:00,2026-03-10 09:00:00
"""


def meets(shown: str, output: str) -> bool:
    """Return whether an output is as shown; ``...`` stands for anything, blanks at the ends of lines for nothing."""
    lines = ["\n".join(line.rstrip() for line in text.strip().splitlines()) for text in (shown, output)]
    pattern = ".*".join(map(re.escape, lines[0].split("...")))
    return re.fullmatch(pattern, lines[1], re.DOTALL) is not None


def test_the_tutorial_goes_as_it_is_told(page: Any, walkthrough: Any) -> None:
    commands = list(walkthrough.carry_out(page("tutorial")))
    assert len(commands) > 20
    for command, shown, output in commands:
        assert meets(shown, output), f"{command}\n{output}"


def run(source: str, names: dict[str, Any]) -> str:
    """Run Python as a page has it and return what it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "page", "exec"), names)
    return out.getvalue()


@pytest.fixture
def close_databases() -> Iterator[dict[str, Any]]:
    """Give a namespace to run in, and close the databases that it opened."""
    names: dict[str, Any] = {"__name__": "page"}
    yield names
    if "engine" in names:
        names["engine"]._store.close()


def test_the_python_of_the_embedding_page_prints_what_stands_below_it(
    page: Any, close_databases: dict[str, Any]
) -> None:
    parts = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", page("embedding").text, re.DOTALL)
    assert len(parts) > 8
    for source, shown in parts:
        assert run(source, close_databases) == shown


def test_the_python_of_the_readme_runs(
    page: Any, close_databases: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (source,) = page("../README").blocks("python")
    assert len(source.splitlines()) <= 12
    assert "working day 5 of 5 the limit ends at 24:00" in run(source, close_databases)


def test_the_yaml_of_the_readme_is_a_valid_procedure(page: Any) -> None:
    (source,) = page("../README").blocks("yaml procedure")
    compiled = YamlReader().compile(source, file="permit.procedure.yaml")
    assert (compiled.name, compiled.warnings) == ("permit", ())


def test_the_example_of_embedding_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "docs/examples/embedding.py"))["main"]()
    out = capsys.readouterr().out
    assert "opened 2026-0001" in out
    assert "refused (not-allowed): answer is not legal" in out
    assert "rows left: 1" in out
    assert "overdue: True" in out


def test_the_example_of_replaying_a_board_counts_what_was_in_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Post 3: Thursday + 3 days is Sunday, rolled to Monday; post 4 is answered on Tuesday, the fifth day."""
    (tmp_path / "board.csv").write_text(BOARD, encoding="utf-8")
    runpy.run_path(str(ROOT / "docs/examples/replay_board.py"))["main"](
        str(tmp_path / "board.csv"), f"sqlite:///{tmp_path}/board.db"
    )
    out = capsys.readouterr().out
    assert "4 posts, 20 commands done, 0 refused" in out
    assert "within 3 days: 2 (50.0%)" in out
    assert "within 5 days: 3 (75.0%)" in out


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        aim = (path.parent / file).resolve() if file else path
        assert aim.exists(), target
        if line := re.fullmatch(r"L(\d+)", anchor):
            assert int(line[1]) <= len(aim.read_text(encoding="utf-8").splitlines()), target
        elif anchor:
            assert anchor in anchors(aim), target


def test_every_page_stands_in_the_index(page: Any) -> None:
    for path in (ROOT / "docs").glob("*.md"):
        assert path.name == "README.md" or f"({path.name})" in page("README").text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_that_a_page_names_exists(path: Path) -> None:
    from caseclock.cli import caseclock

    for name in re.findall(r"`caseclock (?:--\S+ )*([a-z]+)", path.read_text(encoding="utf-8")):
        assert name in caseclock.commands


def test_every_file_that_the_code_map_names_exists(page: Any) -> None:
    for file in re.findall(r"`((?:workflow|definitions|storage)/[\w/]*(?:\.py)?)`", page("code-map").text):
        assert (ROOT / file).exists(), file
