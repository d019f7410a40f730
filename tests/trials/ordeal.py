"""Killing programs at random points while they write and deliver, and judging what is left.

``python tests/trials/ordeal.py --kills 1000 --seed 7`` runs it on both databases; `make crashes` does the same. Each
round has an office of its own in the database, in which writers give commands and workers deliver rungs. The trial
kills them with SIGKILL, one or all, and starts others in their place, which first repeat the command that their
predecessor got no answer to, with its key. Now and then it crashes the PostgreSQL server too, if it is its own.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from errands import UNITS, Ground, clerk, faults, helper, kept

from caseclock.storage import create_store
from caseclock.workflow import CaseclockError, Conflict, Engine, FireAction, InvalidInput, OpenCase, StorageFailed
from caseclock.workflow.engine.working import Worker
from caseclock.workflow.ports import CaseQuery

ROUND = 100
"""After how many kills the office is judged and a new one begun."""

WRITERS, WORKERS = 3, 2
LONGEST = 0.15
"""Seconds between two kills at most."""

ALL_AT_ONCE, SERVER = 0.1, 0.05
"""How often everybody is killed at once, and how often the server is crashed."""

Crash = Callable[[], None]


class Book:
    """What one writer has asked for and been answered, a line each; it outlives the writer."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, line: dict[str, Any]) -> None:
        """Write a line, whole or not at all."""
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, json.dumps(line).encode() + b"\n")
        os.close(file)

    def lines(self) -> list[dict[str, Any]]:
        """Return every line."""
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []


def write(ground: Ground, book: Book, name: str, seed: str) -> None:
    """Give command after command, beginning with the one that was not answered."""
    rng = random.Random(seed)
    engine = ground.engine()
    lines = book.lines()
    count = sum("asked" in line for line in lines)
    if lines and "asked" in lines[-1]:
        give(engine, book, name, lines[-1]["asked"])
    while True:
        count += 1
        asked = {"key": f"{name}-{count}", **choose(engine, rng)}
        book.note({"asked": asked})
        give(engine, book, name, asked)


def choose(engine: Engine, rng: random.Random) -> dict[str, Any]:
    """Return a command that might be legal on one of the cases that are due soonest."""
    kind, action = rng.choice(
        [("", "open")]
        + 2 * [("case", "hand_out")]
        + [("case", action) for action in ("count", "note", "note", "finish", "extend")]
        + 4 * [("part", "give")]
    )
    found = while_away(lambda: engine.cases(CaseQuery(kind=kind, open_only=True, limit=8))) if kind else ()
    if not found:
        return {"action": "open", "data": {"subject": f"errand {rng.random()}"}}
    case = rng.choice(found).case
    data: dict[str, dict[str, Any]] = {
        "hand_out": {"units": UNITS},
        "count": {"count": rng.randrange(100)},
        "note": {"remark": "x" * rng.randrange(2000)},
        "give": {"answer": "done"},
    }
    asked = {"action": action, "case": case.id, "unit": case.unit, "data": data.get(action, {})}
    # Some are entered late: what the system has done since is overtaken.
    hours = rng.randrange(1, 72)
    return {**asked, "late": hours} if rng.random() < 0.2 else asked


def give(engine: Engine, book: Book, name: str, asked: dict[str, Any]) -> None:
    """Give a command until it is answered, and note down the answer."""
    if "late" in asked and "at" not in asked:
        # Fixed once: a repeated command is the same command.
        asked["at"] = (engine.now() - timedelta(hours=asked["late"])).isoformat()
    command = as_command(name, asked)
    try:
        receipt = while_away(lambda: carry_out(engine, command))
    except CaseclockError as refusal:
        book.note({"key": asked["key"], "refused": refusal.code})
        return
    book.note({"key": asked["key"], "event": receipt.event.name, "repeated": receipt.repeated})


def main() -> int:
    raise NotImplementedError
