"""Many threads of many programs on the same cases: no update and no answer is lost, and every refusal is explained."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from caseclock.storage import create_store
from caseclock.workflow.history import Event

from .errands import Ground, Kept, clerk, faults, kept

CROWD = Path(__file__).parent / "crowd.py"
PROGRAMS, THREADS = 4, 8
CASES = 50

STEP = re.compile(r"(\w+) by (\w+) at \d{4}-\d\d-\d\d \d\d:\d\d")
MISSED = re.compile(r"was changed since you looked: (?:(?P<left_out>\d+) earlier step\(s\), )?(?P<steps>.*)")
NOT_LEGAL = re.compile(r"is not legal: \S+ is (?P<state>\w+) \(.*\) since .*, by (?P<step>\w+) of (?P<actor>\w+)")


@pytest.fixture(params=["sqlite", "postgres"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    address = f"sqlite:///{tmp_path}/cases.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    create_store(address).close()
    ground = Ground(address, "crowd", time.time(), speed=1)
    ground.set_up()
    return ground


def crowd(ground: Ground, mode: str, turns: int) -> list[dict[str, Any]]:
    """Have every thread of every program act at the same time, and return what each was answered."""
    given = (str(THREADS), str(turns), ground.address, ground.office, str(ground.began))
    programs = [
        subprocess.Popen(
            [sys.executable, str(CROWD), mode, name, *given], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in "abcdefgh"[:PROGRAMS]
    ]
    for program in programs:
        assert program.stdout
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin
        program.stdin.write("go\n")
        program.stdin.flush()
    printed = [program.communicate()[0] for program in programs]
    assert [program.returncode for program in programs] == [0] * PROGRAMS
    return [json.loads(line) for lines in printed for line in lines.splitlines()]


def test_no_update_and_no_answer_is_lost_and_history_explains_every_refusal(ground: Ground) -> None:
    with ground.engine() as engine:
        for serial in range(CASES):
            engine.open("errand", {"subject": str(serial)}, by=clerk("olive"))
    answers = crowd(ground, "race", 12)
    found = kept(ground)
    assert faults(ground) == []

    accepted = {answer["key"]: answer for answer in answers if "event" in answer}
    recorded = {event.key: event for event in found.events if event.key}
    assert recorded.keys() == accepted.keys()
    for key, event in recorded.items():
        told = accepted[key]
        assert (event.name, event.action, event.actor) == (told["event"], told["action"], told["actor"])
        assert not told["repeated"]

    done = Counter((event.case, event.action) for event in found.events)
    for case in found.cases:
        assert case.data.get("count", 0) == done[case.id, "count"]
        assert done[case.id, "hand_out"] <= 1
        assert done[case.id, "give"] <= 1
        assert done[case.id, "all_given"] == (case.state == "gathered")

    refused = [answer for answer in answers if "refused" in answer]
    for answer in refused:
        assert explained(answer, found), answer
    kinds = Counter(answer["refused"] for answer in refused)
    assert kinds.keys() == {"conflict", "not-allowed"}, kinds


def explained(answer: dict[str, Any], found: Kept) -> bool:
    """Whether a refusal names what really happened: who did what since, or what led to the present state."""
    history = histories(found)[answer["case"]]
    if missed := MISSED.search(answer["text"]):
        steps = STEP.findall(missed["steps"])
        begin = answer["seen"] + int(missed["left_out"] or 0)
        happened = history[begin : begin + len(steps)]
        between = history[answer["seen"] : begin + len(steps)]
        counted = any(event.action == "count" for event in between)
        names_fields = "these fields changed" in answer["text"] and "count" in answer["text"].rpartition(":")[0].lower()
        return bool(steps) and steps == [(e.action, e.actor) for e in happened] and (names_fields or not counted)
    if told := NOT_LEGAL.search(answer["text"]):
        return (told["step"], told["actor"], told["state"]) in {(e.action, e.actor, e.to_state) for e in history}
    return False


def histories(found: Kept) -> dict[str, list[Event]]:
    """Return the events of each case, by its number."""
    by_number: dict[str, list[Event]] = defaultdict(list)
    for event in found.events:
        by_number[found.numbers[event.case]].append(event)
    return by_number


def test_the_same_keys_from_everybody_at_once_have_one_effect_and_again_after_a_restart(ground: Ground) -> None:
    turns = 5
    first, again = crowd(ground, "keys", turns), crowd(ground, "keys", turns)
    assert faults(ground) == []
    assert all(answer["repeated"] for answer in again)
    recorded = {event.key: event.name for event in kept(ground).events if event.key}
    assert len(recorded) == 2 * turns
    for key, name in recorded.items():
        told = [answer for answer in first if answer["key"] == key]
        assert len(told) == PROGRAMS * THREADS
        assert Counter(answer["repeated"] for answer in told) == {False: 1, True: len(told) - 1}
        assert {answer["event"] for answer in (*told, *again) if answer["key"] == key} == {name}
