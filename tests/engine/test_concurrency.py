"""Several people at once on one database: nothing is lost, everyone is answered, and a join happens exactly once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from caseclock.definitions import shipped
from caseclock.storage import create_store
from caseclock.workflow import Actor, Engine, NotAllowed

CLERK = Actor("clerk", frozenset({"officer", "leader"}))
UNITS = ("water", "roads", "health")
ANSWER = {"result": "Done", "reply_opinion": "Done", "proposed_outcome": "resolved"}


def office(path: Path, reader: Any) -> Engine:
    """Return an engine of its own on the database, as another process would have it."""
    now = datetime(2026, 11, 16, 1, tzinfo=UTC)
    return Engine(create_store(f"sqlite:///{path}/cases.db"), reader, office="qingxi", now=lambda: now)


def deployed(path: Path, reader: Any) -> Engine:
    engine = office(path, reader)
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    return engine


def dispatched(engine: Engine) -> str:
    case = engine.open("online_opinion", {"subject": "Flood"}, by=CLERK).case.number
    engine.fire(case, "report", by=CLERK)
    engine.fire(case, "dispatch", by=CLERK, data={"instruction": "Look", "units": UNITS, "lead": "water"})
    return case


def test_units_that_answer_at_the_same_moment_are_joined_once(tmp_path: Path, reader: Any) -> None:
    engine = deployed(tmp_path, reader)
    cases = [dispatched(engine) for _ in range(6)]
    engines = [office(tmp_path, reader) for _ in UNITS]

    def answer(which: int, case: str) -> None:
        head = Actor(f"head-{which}", frozenset({"unit_head"}), UNITS[which])
        engines[which].fire(f"{case}-{which + 1}", "answer", by=head, data=ANSWER)

    with ThreadPoolExecutor(len(UNITS)) as pool:
        list(pool.map(answer, [0, 1, 2] * len(cases), [case for case in cases for _ in UNITS]))
    for case in cases:
        history = [view.event.action for view in engine.history(case)]
        assert history.count("units_answered") == 1
        assert engine.case(case).case.state == "awaiting_approval"


def test_of_two_who_report_the_same_case_one_succeeds_and_the_other_is_told_who_was_first(
    tmp_path: Path, reader: Any
) -> None:
    engine = deployed(tmp_path, reader)
    cases = [engine.open("online_opinion", {"subject": str(number)}, by=CLERK).case.number for number in range(10)]
    engines = {name: office(tmp_path, reader) for name in ("ann", "ben")}

    def report(who: str, case: str) -> str:
        try:
            engines[who].fire(case, "report", by=Actor(who, frozenset({"officer"})))
        except NotAllowed as refusal:
            return refusal.text()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(report, ["ann", "ben"] * len(cases), [case for case in cases for _ in range(2)]))
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        assert (first == "done") != (second == "done")
        loser, winner = (first, "ben") if second == "done" else (second, "ann")
        assert f"by report of {winner}" in loser


def test_numbers_drawn_at_the_same_time_have_no_gap_and_no_double(tmp_path: Path, reader: Any) -> None:
    deployed(tmp_path, reader)
    engines = [office(tmp_path, reader) for _ in range(4)]

    def open_case(number: int) -> str:
        return engines[number % 4].open("online_opinion", {"subject": str(number)}, by=CLERK).case.number

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(open_case, range(40)))
    assert numbers == [f"2026-{serial:04d}" for serial in range(1, 41)]
