"""Offices share a database and see nothing of one another, whatever is asked of the engine or of a transaction."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.workflow import Actor, CaseclockError, Engine, FireAction
from caseclock.workflow.chain import close_head
from caseclock.workflow.ports import CaseQuery, Transaction

OURS, THEIRS = "qingxi", "baihe"
CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))
MARK = "only_in_qingxi"


@pytest.fixture
def both(any_store: Any, reader: Any) -> tuple[Engine, Engine]:
    """An office with a case of every kind, rungs due and a head; and one with nothing, on the same database."""
    now = [datetime(2026, 11, 16, 1, tzinfo=UTC)]
    ours, theirs = (Engine(any_store, reader, office=office, now=lambda: now[0]) for office in (OURS, THEIRS))
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        ours.deploy(shipped(name), file=name)
    case = ours.open("online_opinion", {"subject": MARK, "author": MARK}, by=CLERK, key="k").case.number
    ours.fire(case, "report", by=CLERK)
    ours.fire(case, "dispatch", by=CLERK, data={"instruction": MARK, "units": ["water"], "lead": "water"})
    ours.close_heads()
    ours.open("online_opinion", {"subject": MARK}, by=CLERK)
    now[0] += timedelta(days=9)
    return ours, theirs


Ask = Callable[[Engine, str], Any]
ENGINE: dict[str, Ask] = {
    "actions": lambda engine, case: engine.actions(case, CLERK),
    "case": lambda engine, case: engine.case(case),
    "cases": lambda engine, case: engine.cases(),
    "close_heads": lambda engine, case: engine.close_heads(),
    "definitions": lambda engine, case: engine.definitions(),
    "export": lambda engine, case: list(engine.export())[1:],
    "fire": lambda engine, case: engine.fire(case, "withdraw", by=CLERK, data={"reason": "x"}),
    "fire_many": lambda engine, case: [
        done.receipt
        for done in engine.fire_many([FireAction(case, "withdraw", CLERK, {"reason": "x"})])
        if done.receipt
    ],
    "heads": lambda engine, case: engine.heads(),
    "history": lambda engine, case: engine.history(case),
    "inbox": lambda engine, case: engine.inbox(CLERK),
    "last_head": lambda engine, case: engine.last_head(),
    "load": lambda engine, case: engine.load(['{"caseclock":"export","format":1,"office":"qingxi"}']),
    "next_rung": lambda engine, case: engine.next_rung(),
    "open": lambda engine, case: engine.open("online_opinion", {"subject": "x"}, by=CLERK, key="k"),
    "procedure": lambda engine, case: engine.procedure("online_opinion"),
    "rebuild": lambda engine, case: engine.rebuild().cases,
    "recount": lambda engine, case: engine.recount().moved,
    "redact": lambda engine, case: engine.redact(case, by=CLERK, reason="x"),
    "roster": lambda engine, case: engine.roster().people,
    "states": lambda engine, case: engine.states(),
    "tick": lambda engine, case: engine.tick().delivered,
    "using": lambda engine, case: engine.using(engine._store).cases(),
    "verify": lambda engine, case: engine.verify().cases,
    "why": lambda engine, case: engine.why(case),
    "zone": lambda engine, case: engine.zone("online_opinion"),
    "deploy": lambda engine, case: engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml").office == OURS,
}


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def test_every_call_of_the_engine_is_tried_across_the_line() -> None:
    assert set(ENGINE) == public(Engine)


def test_an_engine_gives_nothing_of_another_office(both: tuple[Engine, Engine]) -> None:
    ours, theirs = both
    before = list(ours.export())
    for name, ask in ENGINE.items():
        for case in ("2026-0001", ours.case("2026-0001").case.id, "2026-0001-1"):
            found, told = None, ""
            try:
                found = ask(theirs, case)
            except CaseclockError as refusal:
                told = refusal.text()
            assert not found, (name, found)
            assert MARK not in told
    assert list(ours.export()) == before


Look = Callable[[Transaction, Any], Any]
TRANSACTION: dict[str, Look] = {
    "cases": lambda tx, case: tx.cases(CaseQuery()),
    "clocks": lambda tx, case: tx.clocks(case.root),
    "contradicted": lambda tx, case: tx.contradicted(1),
    "definition": lambda tx, case: tx.definition("procedure", "online_opinion"),
    "definitions": lambda tx, case: tx.definitions(),
    "deploy": lambda tx, case: None,
    "documents": lambda tx, case: tx.documents(case.root),
    "edition": lambda tx, case: tx.edition(),
    "ends": lambda tx, case: tx.ends(1),
    "event_by_key": lambda tx, case: tx.event_by_key("k"),
    "events": lambda tx, case: tx.events(case.root),
    "families": lambda tx, case: tx.families("", 9),
    "family": lambda tx, case: tx.family(case.id),
    "find": lambda tx, case: tx.find(case.number),
    "finish_recount": lambda tx, case: None,
    "heads": lambda tx, case: tx.heads(),
    "last_head": lambda tx, case: tx.last_head(),
    "listed_family": lambda tx, case: tx.listed_family(case.root),
    "serials": lambda tx, case: tx.serials(),
    "next_serial": lambda tx, case: tx.next_serial("{year}-{serial:04d}:2026") - 1,
    "open_families": lambda tx, case: tx.open_families(["online_opinion"], "", 9),
    "raise_serial": lambda tx, case: tx.raise_serial("{year}-{serial:04d}:2026", 99),
    "rewrite": lambda tx, case: None,
    "save": lambda tx, case: None,
    "timers": lambda tx, case: tx.timers(datetime(2030, 1, 1, tzinfo=UTC), 9),
    "timers_of": lambda tx, case: tx.timers_of(case.root),
    "uncovered": lambda tx, case: tx.uncovered(),
    "unheaded": lambda tx, case: tx.unheaded(9),
    "add_head": lambda tx, case: tx.add_head(close_head(THEIRS, None, (), datetime.now(UTC)), ()),
}
"""What is written names its office itself, and is refused in another's transaction: see the contract suite."""


def test_every_call_of_a_transaction_is_tried_across_the_line() -> None:
    assert set(TRANSACTION) == public(Transaction)


@pytest.mark.parametrize("write", [False, True])
def test_a_transaction_gives_nothing_of_another_office(
    both: tuple[Engine, Engine], any_store: Any, write: bool
) -> None:
    ours, _ = both
    before, case = list(ours.export()), ours.case("2026-0001").case
    for name, look in TRANSACTION.items():
        found, told = None, ""
        try:
            with any_store.begin(THEIRS, write=write) as transaction:
                found = look(transaction, case)
        except CaseclockError as refusal:
            told = refusal.text()
        assert not found, (name, found)
        assert MARK not in told
    assert list(ours.export()) == before
