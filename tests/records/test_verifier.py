"""The stand-alone verifier: a program that knows nothing of caseclock finds whatever was changed in an export."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from caseclock.workflow import Engine

PROGRAM = files("caseclock.storage").joinpath("verifier.py").read_text(encoding="utf-8")


@pytest.fixture
def verify(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Runs a copy of the program elsewhere, isolated from every installed package."""
    program = tmp_path / "elsewhere" / "verifier.py"
    program.parent.mkdir()
    program.write_text(PROGRAM, encoding="utf-8")

    def run(lines: list[str], head: str | None = None) -> tuple[int, str]:
        (program.parent / "cases.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (program.parent / "head.txt").write_text(head or "", encoding="utf-8")
        arguments = ["cases.jsonl", *(["head.txt"] if head is not None else [])]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "verifier.py", *arguments],
            cwd=program.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_it_is_short_and_imports_nothing_of_ours() -> None:
    assert len(PROGRAM.splitlines()) < 180
    imported = {
        name.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(PROGRAM))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert {str(name).partition(".")[0] for name in imported} <= sys.stdlib_module_names
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(ast.parse(PROGRAM)))


def test_what_nobody_touched_holds(source: Engine, verify: Any) -> None:
    lines = list(source.export())
    assert verify(lines) == (0, "everything holds\n")
    assert verify(lines, source.last_head().line) == (0, "everything holds\n")  # type: ignore[union-attr]


def edited(lines: list[str], which: str, change: Callable[[dict[str, Any]], object], nth: int = 0) -> list[str]:
    at = [at for at, line in enumerate(lines) if which in json.loads(line)][nth]
    found = json.loads(lines[at])
    change(found)
    return [*lines[:at], json.dumps(found, ensure_ascii=False), *lines[at + 1 :]]


def without(lines: list[str], which: str, nth: int = 0) -> list[str]:
    at = [at for at, line in enumerate(lines) if which in json.loads(line)][nth]
    return [*lines[:at], *lines[at + 1 :]]


TAMPERINGS: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "an event is changed": (
        lambda lines: edited(lines, "event", lambda found: found["event"].update(actor="forged"), 1),
        "event 2: was changed",
    ),
    "an event is taken out": (lambda lines: without(lines, "event", 1), "follows event 1"),
    "the last event is cut off": (lambda lines: without(lines, "event", -1), "is missing, or is another"),
    "two events change places": (
        lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]],
        "follows event",
    ),
    "a private value is changed": (
        lambda lines: edited(lines, "event", lambda found: found["private"]["author"].update(value="forged")),
        "has another author",
    ),
    "a private value is taken away": (
        lambda lines: edited(lines, "event", lambda found: found["private"].pop("author")),
        "author is not in the file",
    ),
    "a paper is changed": (
        lambda lines: edited(lines, "document", lambda found: found["document"]["data"].update(unit="forged")),
        "was changed",
    ),
    "a paper is taken out": (lambda lines: without(lines, "document"), "was issued and is missing"),
    "a head is changed": (
        lambda lines: edited(lines, "head", lambda found: found["head"].update(root="0" * 64)),
        "does not cover what it covered",
    ),
    "a head is taken out": (lambda lines: without(lines, "head"), "does not follow"),
    "a definition is changed": (
        lambda lines: edited(lines, "definition", lambda found: found["definition"].update(compiled="{}")),
        "was changed",
    ),
    "a procedure is changed with its fingerprint": (
        lambda lines: edited(
            lines,
            "definition",
            lambda found: found["definition"].update(compiled="{}", fingerprint=sha256(b"{}").hexdigest()),
            1,
        ),
        "by which it was opened is missing, or is another",
    ),
    "an event is of another office": (
        lambda lines: edited(lines, "event", lambda found: found["event"].update(office="elsewhere")),
        "is of another office",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampering_is_found(source: Engine, verify: Any, name: str) -> None:
    tamper, told = TAMPERINGS[name]
    status, found = verify(tamper(list(source.export())))
    assert status == 1
    assert told in found
    assert "Traceback" not in found


def test_a_published_head_that_is_not_in_the_file_is_told(source: Engine, verify: Any) -> None:
    lines = list(source.export())
    head = source.last_head()
    assert head is not None
    status, found = verify(lines, head.line.replace(head.digest, "0" * 64))
    assert (status, "head 2: is missing, or is another" in found) == (1, True)
    assert verify(without(lines, "head", -1), head.line)[0] == 1
    both = [one.line for one in source.heads()]
    assert verify(lines, "\n".join(both)) == (0, "everything holds\n")
    forged = both[0].replace(source.heads()[0].digest, "0" * 64)
    assert "head 1: is missing, or is another" in verify(lines, f"{forged}\n{both[1]}")[1]
    assert "no head of this office" in verify(lines, "nothing")[1]
