"""Heads are closed and histories verified while people work: nobody waits for long, and nothing is found by mistake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal
from typing import Any

from caseclock.workflow import Actor

CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))


def test_nothing_is_found_while_cases_are_written_and_heads_are_closed(office: Any) -> None:
    """Two close heads, one opens, dispatches and has erased; a verification in between sees whole moments."""
    done = Signal()

    def write() -> None:
        for serial in range(4):
            case = office.open(f"Meanwhile {serial}")
            office.dispatch(case)
            office.engine.redact(case, by=CLERK, reason="asked")

    def close() -> None:
        while not done.is_set():
            office.engine.close_heads()

    def verify() -> list[Any]:
        found: list[Any] = []
        while not done.is_set():
            found += office.engine.verify().findings
        return found

    with ThreadPoolExecutor() as pool:
        closers = [pool.submit(close) for _ in range(2)]
        verifying = pool.submit(verify)
        try:
            pool.submit(write).result()
        finally:
            done.set()
        assert verifying.result() == []
        assert [closer.result() for closer in closers] == [None, None]
    office.engine.close_heads()
    assert office.found() == set()
    heads = office.engine.heads()
    assert [head.number for head in heads] == list(range(1, len(heads) + 1))
    assert [head.previous for head in heads] == ["", *(head.digest for head in heads[:-1])]


def test_the_very_first_head_may_be_closed_by_two_at_once(office: Any) -> None:
    office.tamper("DELETE FROM cc_ends", "DELETE FROM cc_heads", "UPDATE cc_cases SET unheaded = :yes", yes=True)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: office.engine.close_heads(), range(4)))
    office.engine.close_heads()
    assert office.found() == set()
    assert sum(head.ends for head in office.engine.heads()) == 5


def held_by_others(office: Any) -> tuple[Any, ...]:
    head = office.engine.close_heads()
    with office.store.begin("qingxi", write=False) as tx:
        return tuple(tx.ends(head.number))
