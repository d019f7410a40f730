"""What the tests of tests share: a test file of the small procedure for inquiries, read and run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caseclock.definitions import YamlReader
from caseclock.definitions.rehearsals.reader import read_rehearsal
from caseclock.storage import MemoryStore
from caseclock.workflow import DefinitionInvalid
from caseclock.workflow.rehearsal.rehearsing import Rehearsed, rehearse

Run = Callable[..., Rehearsed]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return how to read and run a test file in a folder of its own.

    Files beside it are given by name and content.
    """

    def run(text: str, **beside: str) -> Rehearsed:
        for name, content in beside.items():
            (tmp_path / f"{name.replace('__', '.')}.yaml").write_text(content, encoding="utf-8")
        return rehearse(read_rehearsal(text, str(tmp_path / "x.test.yaml")), YamlReader(), MemoryStore)

    return run


@pytest.fixture
def problems() -> Callable[[str], list[tuple[str, int, int]]]:
    """Return how to get the problems of a test file: code, line and column of each."""

    def problems(text: str) -> list[tuple[str, int, int]]:
        with pytest.raises(DefinitionInvalid) as caught:
            read_rehearsal(text, "x.test.yaml")
        return [(problem.code, problem.line, problem.column) for problem in caught.value.problems]

    return problems
