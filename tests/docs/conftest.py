"""What the tests of the pages share: the pages themselves, and the program that makes their generated parts."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def blocks(page: Path, kind: str) -> list[str]:
    """Return the fenced code blocks of a page whose opening line is exactly ``kind``, such as ``yaml calendar``."""
    return re.findall(rf"^```{re.escape(kind)}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def section(page: Path, title: str) -> str:
    """Return what stands under a heading, up to the next heading."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found, f"{page.name} has no section {title}"
    return found[1]


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of every row of the tables in a text, headings left out."""
    lines = text.splitlines()
    for index, line in enumerate(lines):
        is_heading = index + 1 < len(lines) and lines[index + 1].startswith("| ---")
        if line.startswith("|") and not line.startswith("| ---") and not is_heading:
            yield [cell.strip() for cell in line.strip("|").split("|")]


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
