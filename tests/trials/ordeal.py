"""Killing programs at random points while they write and deliver, and judging what is left.

``python tests/trials/ordeal.py --kills 1000 --seed 7`` runs it on both databases; so does `make crashes`. Each round has
an office of its own, in which writers give commands and workers deliver rungs. The trial kills them with SIGKILL, one
or all, and starts others in their place; a writer first repeats, with its key, the command that its predecessor got no
answer to. The PostgreSQL server, where the trial has started it, is crashed now and then too.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn, TypeVar

from errands import UNITS, Ground, clerk, faults, helper, kept

from caseclock.storage import create_store
from caseclock.workflow import CaseclockError, Conflict, Engine, FireAction, OpenCase, Receipt, StorageFailed
from caseclock.workflow.engine.working import Worker
from caseclock.workflow.ports import CaseQuery

ROUND = 100
"""After how many kills the office is judged and a new one begun."""

WRITERS, WORKERS = 3, 2
LONGEST = 0.12
"""Seconds between two kills at most."""

ALL_AT_ONCE, SERVER = 0.1, 0.03
"""How often everybody is killed at once, and how often the server is crashed."""

Answer = TypeVar("Answer")


class Book:
    """What one writer has asked for and what it was answered, a line each; it outlives the writer."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, **line: Any) -> None:
        """Write a line, whole or not at all."""
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, json.dumps(line).encode() + b"\n")
        os.close(file)

    def lines(self) -> list[dict[str, Any]]:
        """Return every line."""
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []


@dataclass(frozen=True)
class Writer:
    """Gives command after command, until it is killed."""

    ground: Ground
    name: str
    book: Book

    def run(self, seed: str) -> None:
        """Begin with the command that was not answered."""
        rng, engine, lines = random.Random(seed), self.ground.engine(), self.book.lines()
        if lines and "asked" in lines[-1]:
            self._give(engine, lines[-1]["asked"])
        count = sum("asked" in line for line in lines)
        while True:
            count += 1
            asked = {"key": f"{self.name}-{count}", **self._choose(engine, rng)}
            self.book.note(asked=asked)
            self._give(engine, asked)

    def _choose(self, engine: Engine, rng: random.Random) -> dict[str, Any]:
        """A command that is perhaps legal, on one of the cases that are due soonest; some are entered late."""
        data: dict[str, dict[str, Any]] = {
            "hand_out": {"units": UNITS},
            "count": {"count": rng.randrange(100)},
            "note": {"remark": "x" * rng.randrange(2000)},
            "give": {"answer": "done"},
        }
        actions = ["hand_out", "hand_out", "count", "note", "note", "finish", "extend", "give", "give", "give", "give"]
        action = rng.choice(["open", "open", *actions])
        found = _on(engine, action)
        if not found:
            return {"action": "open", "data": {"subject": f"errand {rng.random()}"}}
        case = rng.choice(found).case
        asked = {"action": action, "case": case.id, "unit": case.unit, "data": data.get(action, {})}
        if rng.random() < 0.2:
            asked["at"] = (self.ground.now() - timedelta(hours=rng.randrange(1, 72))).isoformat()
        return asked

    def _give(self, engine: Engine, asked: dict[str, Any]) -> None:
        try:
            receipt = answered(lambda: self._carry_out(engine, asked))
        except CaseclockError as refusal:
            self.book.note(key=asked["key"], refused=refusal.code)
            return
        self.book.note(key=asked["key"], event=receipt.event.name, repeated=receipt.repeated)

    def _carry_out(self, engine: Engine, asked: dict[str, Any]) -> Receipt:
        action, key, unit = asked["action"], asked["key"], asked.get("unit")
        if action == "open":
            command: Any = OpenCase("errand", asked["data"], clerk(self.name), key=key)
        else:
            by = helper(self.name, unit) if unit else clerk(self.name)
            at = datetime.fromisoformat(asked["at"]) if "at" in asked else None
            command = FireAction(asked["case"], action, by, asked["data"], at, key)
        # Alone or as a page: both ways into the engine are tried.
        if len(key) % 2:
            return (
                engine.open(command.procedure, command.data, by=command.by, key=key)
                if action == "open"
                else fire(engine, command)
            )
        (result,) = engine.fire_many([command])
        if result.refusal:
            raise result.refusal
        assert result.receipt
        return result.receipt
