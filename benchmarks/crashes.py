"""Kills writers and workers at random points, again and again, and then looks whether anything was lost or done twice.

    python benchmarks/crashes.py [--kills 3000] [--seed 1] [--db ADDRESS | --postgres]

Children of this process write and deliver on one database; each tells through a pipe what it has been told is done.
They are killed with SIGKILL, and others take their place. Afterwards every command that was acknowledged must be in the
history exactly once, no rung twice, and `verify` and `rebuild --check` must find nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from store import server

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import SqlStore, create_store
from caseclock.workflow import Actor, CaseclockError, Engine, Refusal

CLERK, HEAD = Actor("ann", frozenset({"clerk"})), Actor("ben", frozenset({"head"}))
WRITERS, WORKERS = 2, 1
LONG_AGO = datetime(2026, 1, 5, 1, tzinfo=UTC)


def office(address: str) -> Engine:
    """Return an engine of its own on the database."""
    return Engine(SqlStore(address, wait=60), YamlReader(), office="crash")


def set_up(address: str) -> None:
    """Make the tables and deploy a small procedure."""
    create_store(address).close()
    engine = office(address)
    for name in ("cn.calendar.yaml", "inquiry.procedure.yaml"):
        engine.deploy(shipped(name), file=name)


def write(address: str, told: int, seed: int) -> None:
    """Open cases and act on them for ever; tell each key whose command was acknowledged."""
    engine, chance = office(address), random.Random(seed)
    numbers: list[str] = []
    for turn in range(10**9):
        key = f"{seed}-{turn}"
        try:
            if not numbers or chance.random() < 0.3:
                at = LONG_AGO + timedelta(days=chance.randrange(200))
                numbers.append(engine.open("inquiry", {"question": key}, by=CLERK, key=key, at=at).case.number)
            else:
                action, by = chance.choice([("draft", CLERK), ("send_back", HEAD), ("answer", HEAD)])
                data = {"reply": "x" * chance.randrange(1, 3000)} if action == "draft" else {}
                engine.fire(chance.choice(numbers), action, by=by, data=data, key=key)
        except Refusal:
            continue
        os.write(told, f"{key}\n".encode())


def work(address: str, _told: int, _seed: int) -> None:
    """Deliver what is due, and close heads, for ever."""
    engine = office(address)
    while True:
        with suppress(Refusal):
            engine.tick()
        time.sleep(0.002)


@dataclass
class Child:
    """A process that works on the database, and what it has told."""

    process: int
    pipe: int
    told: bytearray = field(default_factory=bytearray)

    def listen(self) -> None:
        """Take up what it has told so far, so that the pipe never fills."""
        while select.select([self.pipe], [], [], 0)[0] and (more := os.read(self.pipe, 65536)):
            self.told += more

    def kill(self) -> list[str]:
        """Kill it, and return every key that it told; a line that was cut off was not told."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        self.listen()
        os.close(self.pipe)
        return self.told.decode().split("\n")[:-1]


def start(task: Callable[[str, int, int], None], address: str, seed: int) -> Child:
    """Start a child at a task."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return Child(process, reading)
    os.close(reading)
    try:
        task(address, writing, seed)
    except BaseException as error:
        print(f"a child failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def storm(address: str, kills: int, seed: int) -> list[str]:
    """Have children work, kill them at random points, and return every key that was acknowledged."""
    chance, acknowledged, serial = random.Random(seed), list[str](), 0
    tasks = [write] * WRITERS + [work] * WORKERS

    def begin(at: int) -> Child:
        nonlocal serial
        serial += 1
        return start(tasks[at], address, seed * 1_000_000 + serial)

    children = [begin(at) for at in range(len(tasks))]
    for _ in range(kills):
        time.sleep(chance.uniform(0.01, 0.12))
        for child in children:
            child.listen()
        at = chance.randrange(len(children))
        acknowledged += children[at].kill()
        children[at] = begin(at)
    time.sleep(0.5)
    for child in children:
        acknowledged += child.kill()
    return acknowledged


def findings(address: str, acknowledged: list[str]) -> list[str]:
    """Return what is wrong afterwards: lost or doubled commands, doubled rungs, and what verify and rebuild find."""
    engine = office(address)
    engine.tick()
    keys: Counter[str] = Counter()
    wrong = []
    for item in engine.cases():
        events = [view.event for view in engine.history(item.case.number)]
        keys.update(event.key for event in events if event.key)
        rungs = Counter(event.rung for event in events if event.rung)
        wrong += [f"{item.case.number}: {rung} came {times} times" for rung, times in rungs.items() if times > 1]
    wrong += [f"{key} was acknowledged and is there {keys[key]} times" for key in acknowledged if keys[key] != 1]
    wrong += [f"{key} is there {times} times" for key, times in keys.items() if times > 1]
    wrong += [str(finding.message) for finding in engine.verify().findings]
    report = engine.rebuild(check=True)
    wrong += [str(difference.message) for difference in report.differences]
    wrong += [str(message) for message in report.failed.values()]
    numbers = sorted(int(item.case.number.split("-")[1]) for item in engine.cases())
    if numbers != list(range(1, len(numbers) + 1)):
        wrong.append("the numbers of cases have gaps")
    print(f"{len(numbers)} cases, {len(acknowledged)} commands acknowledged, {sum(keys.values())} recorded")
    return wrong


def main() -> int:
    """Run a storm and print what is wrong afterwards; exit with 1 when something is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--db", help="an empty database; a SQLite file in a temporary folder when left out")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server from the wheel")
    options = parser.parse_args()
    with TemporaryDirectory() as folder, server(None) if options.postgres else nullcontext() as started:
        address = options.db or started or f"sqlite:///{Path(folder) / 'cases.db'}"
        print(f"seed {options.seed}, {options.kills} kills, {address.partition(':')[0]}", flush=True)
        try:
            set_up(address)
            wrong = findings(address, storm(address, options.kills, options.seed))
        except CaseclockError as error:
            wrong = [str(error)]
    for line in wrong:
        print(line)
    print("nothing was lost or done twice" if not wrong else f"{len(wrong)} finding(s)")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
