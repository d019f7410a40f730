"""One program of a crowd: its threads all act on the same cases, and what each was answered is printed, a line each.

``python tests/trials/crowd.py MODE NAME THREADS TURNS ADDRESS OFFICE BEGAN``; it begins when a line comes in. In the
mode ``race`` each thread acts on whatever case chance gives it; in the mode ``keys`` all threads of all programs give
the same commands with the same keys.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from errands import UNITS, Ground, clerk, helper

from caseclock.workflow import Engine, Receipt, Refusal


def race(engine: Engine, name: str, turns: int) -> Iterator[dict[str, Any]]:
    """Count on, hand out and give parts, on cases of which others do the same."""
    rng = random.Random(name)
    numbers = [item.case.number for item in engine.cases() if item.case.parent is None]
    for turn in range(turns):
        number, action = rng.choice(numbers), rng.choice(["count", "count", "hand_out", "give"])
        key = f"{name}-{turn}"
        asked = {"action": action, "key": key, "actor": name, "case": number}
        if action == "count":
            seen = engine.case(number).case
            asked["seen"] = seen.revision
            data = {"count": seen.data.get("count", 0) + 1}
            yield asked | told(
                lambda n=number, d=data, k=key, s=seen: engine.fire(
                    n, "count", by=clerk(name), data=d, key=k, revision=s.revision
                )
            )
        elif action == "hand_out":
            yield asked | told(
                lambda n=number, k=key: engine.fire(n, "hand_out", by=clerk(name), data={"units": UNITS}, key=k)
            )
        elif parts := engine.case(number).subcases:
            part = rng.choice(parts).case
            by = helper(name, part.unit or "")
            asked["case"] = part.number
            yield asked | told(lambda p=part, b=by, k=key: engine.fire(p.id, "give", by=b, key=k))


def keys(engine: Engine, name: str, turns: int) -> Iterator[dict[str, Any]]:
    """Give the commands that everybody gives: open a case, and note something on it."""
    for turn in range(turns):
        first = told(lambda t=turn: engine.open("errand", {"subject": f"{t}"}, by=clerk(name), key=f"open-{t}"))
        yield {"key": f"open-{turn}", **first}
        case = first["event"].rpartition(":")[0]
        noted = told(lambda t=turn, c=case: engine.fire(c, "note", by=clerk(name), key=f"note-{t}"))
        yield {"key": f"note-{turn}", **noted}


def told(command: Callable[[], Receipt]) -> dict[str, Any]:
    """Give a command, and return the answer."""
    try:
        receipt = command()
    except Refusal as refusal:
        return {"refused": refusal.code, "text": refusal.text()}
    return {"event": receipt.event.name, "repeated": receipt.repeated}


def main(mode: str, name: str, threads: str, turns: str, address: str, office: str, began: str) -> None:
    """Act, once a line has come in."""
    ground = Ground(address, office, float(began), speed=1)
    task = {"race": race, "keys": keys}[mode]
    with ExitStack() as stack:
        engines = [stack.enter_context(ground.engine()) for _ in range(int(threads))]
        for engine in engines:
            engine.cases()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        with ThreadPoolExecutor(len(engines)) as pool:
            tasks = [pool.submit(list, task(engine, f"{name}{at}", int(turns))) for at, engine in enumerate(engines)]
    for done in tasks:
        sys.stdout.writelines(json.dumps(line) + "\n" for line in done.result())


if __name__ == "__main__":
    main(*sys.argv[1:])
