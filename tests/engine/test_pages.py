"""A page of commands leaves and tells exactly what the same commands do one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, Engine, FireAction, OpenCase
from caseclock.workflow.engine import session

NOW = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))
WATER = Actor("wanda", frozenset({"unit_head", "liaison"}), "water")


def office(store: Any, reader: YamlReader, monkeypatch: pytest.MonkeyPatch) -> tuple[Engine, list[datetime]]:
    """An engine whose ids come in the same order on every store."""
    clock, ids = [NOW], count(1)
    monkeypatch.setattr(session, "time_ordered_id", lambda now: f"id-{next(ids):04d}")
    engine = Engine(store, reader, office="qingxi", now=lambda: clock[0])
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    return engine, clock


def commands(seed: int) -> Iterator[OpenCase | FireAction]:
    """Commands of every kind: right, wrong, late and repeated ones, several on one case, parts of numbers."""
    rng = random.Random(seed)
    for turn in range(60):
        case = f"2026-{rng.randint(1, 6):04d}"
        key = rng.choice([None, None, f"key-{rng.randint(1, 12)}"])
        late = rng.choice([None, None, NOW - timedelta(hours=rng.randint(0, 60))])
        units = {"instruction": "Look", "units": ["water", "roads"], "lead": "water"}
        answer = {"result": "Dry", "reply_opinion": "Done", "proposed_outcome": "resolved"}
        yield rng.choice(
            [
                OpenCase("online_opinion", {"subject": f"Post {turn}"}, CLERK, late, key),
                FireAction(case, "report", CLERK, at=late, key=key),
                FireAction(case, "dispatch", CLERK, units, late, key),
                FireAction(f"{case}-1", "answer", WATER, answer, late, key),
                FireAction(case.removeprefix("2026-000"), "urge", CLERK, key=key),
                FireAction(case, "report", CLERK, revision=rng.randint(1, 3)),
                FireAction("2026-0099", "report", CLERK),
                FireAction(case, "no_such_action", CLERK),
            ]
        )


def told(result: Any) -> Any:
    """What became of a command."""
    return result.receipt, str(result.refusal)


@pytest.mark.parametrize("seed", range(8))
def test_a_page_does_what_its_commands_do_one_by_one(
    any_store: Any, reader: YamlReader, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    several = list(commands(seed))
    paged, clock = office(any_store, reader, monkeypatch)
    first = [told(result) for result in paged.fire_many(several[:40])]
    clock[0] += timedelta(days=5)
    swept = [(event.case, event.rung) for event in paged.tick().delivered]
    first += [told(result) for result in paged.fire_many(several[40:])]

    single, clock = office(MemoryStore(), reader, monkeypatch)
    second = [told(result) for command in several[:40] for result in single.fire_many([command])]
    clock[0] += timedelta(days=5)
    assert [(event.case, event.rung) for event in single.tick().delivered] == swept
    second += [told(result) for command in several[40:] for result in single.fire_many([command])]

    assert first == second
    assert sum(receipt is not None for receipt, _ in first) > 10
    assert list(paged.export()) == list(single.export())
    assert paged.verify().findings == ()
    assert paged.rebuild(check=True).differences == ()


def test_a_page_asks_a_server_as_often_as_it_has_pages_not_commands(
    postgres: str, reader: YamlReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading and locking are one statement each for the whole page, whatever its size."""
    from sqlalchemy import event

    from caseclock.storage import create_store

    store = create_store(postgres)
    engine, _ = office(store, reader, monkeypatch)
    numbers = [engine.open("online_opinion", {"subject": f"Post {at}"}, by=CLERK).case.number for at in range(20)]
    seen: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    results = list(engine.fire_many(FireAction(number, "report", CLERK) for number in numbers))
    assert all(result.receipt for result in results)
    assert sum("FOR UPDATE" in statement for statement in seen) == 1
    assert sum("FROM cc_cases" in statement for statement in seen) == 2
    store.close()
