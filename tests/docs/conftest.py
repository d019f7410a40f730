"""What the tests of the pages share: the pages themselves, and the program that makes their generated parts."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
import time_machine

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SHANGHAI = ZoneInfo("Asia/Shanghai")
FENCE = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page of docs/, or the README."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def blocks(self, kind: str) -> list[str]:
        """Return the code blocks whose opening line is exactly ``kind``, such as ``yaml calendar``."""
        return re.findall(rf"^```{re.escape(kind)}\n(.*?)^```$", self.text, re.DOTALL | re.MULTILINE)

    def section(self, title: str) -> str:
        """Return what stands under a heading, up to the next heading."""
        found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", self.text, re.DOTALL | re.MULTILINE)
        assert found, f"{self.path.name} has no section {title}"
        return found[1]

    def rows(self, title: str) -> list[list[str]]:
        """Return the cells of every row of the tables in a section, headings left out."""
        lines = self.section(title).splitlines()
        below = [line.startswith("| ---") for line in lines[1:]] + [False]
        return [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line, is_heading in zip(lines, below, strict=True)
            if line.startswith("|") and not line.startswith("| ---") and not is_heading
        ]


@pytest.fixture(scope="session")
def page() -> Callable[[str], Page]:
    """Give a page by its name, such as ``language`` or ``../README``."""
    return lambda name: Page(DOCS / f"{name}.md")


@pytest.fixture(scope="session")
def docs() -> Path:
    return DOCS


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    """The program that makes the generated parts of the pages."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Walkthrough:
    """A page that is carried out as it stands: its files written, its edits made, its commands run.

    A comment such as ``# 2026-11-16 09:00`` in a console block sets the time, in Shanghai.
    """

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture
        self.now = datetime(2026, 11, 16, 9, tzinfo=SHANGHAI)
        self.status = 0

    def carry_out(self, page: Page) -> Iterator[tuple[str, str, str]]:
        """Yield every command with the output that the page shows and the output that it had."""
        for kind, file, text in FENCE.findall(page.text):
            if kind == "console":
                yield from self._commands(text)
            elif kind == "diff":
                self._edit(self.folder / file, text)
            elif file:
                (self.folder / file).write_text(text, encoding="utf-8")

    def _commands(self, text: str) -> Iterator[tuple[str, str, str]]:
        for part in re.split(r"^(?=[$#] )", text, flags=re.MULTILINE):
            line, _, shown = part.partition("\n")
            if line.startswith("# "):
                self.now = datetime.fromisoformat(line.removeprefix("# ")).replace(tzinfo=SHANGHAI)
            elif line:
                yield line, shown, self._run(shlex.split(line.removeprefix("$ ")))

    def _run(self, words: list[str]) -> str:
        if words[0] == "cd":
            self.folder = self.folder / words[1]
            return ""
        if words == ["echo", "$?"]:
            return f"{self.status}\n"
        assert words[0] == "caseclock", words
        from caseclock.cli import caseclock

        with chdir(self.folder), time_machine.travel(self.now, tick=False), pytest.raises(SystemExit) as stopped:
            caseclock.main(words[1:])
        self.status = int(stopped.value.code or 0)
        out, err = self.capture.readouterr()
        return out + err

    @staticmethod
    def _edit(file: Path, diff: str) -> None:
        before, after = (
            "".join(line[1:] + "\n" for line in diff.splitlines() if line.startswith(sign)) for sign in "-+"
        )
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, before
        file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def walkthrough(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Walkthrough:
    monkeypatch.setenv("LANGUAGE", "en")
    for variable in ("CASECLOCK_OFFICE", "CASECLOCK_ACTOR"):
        monkeypatch.delenv(variable, raising=False)
    return Walkthrough(tmp_path, capsys)
