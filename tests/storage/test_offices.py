"""Many offices in one database: whatever one of them asks, it is answered as if there were no other.

Each call is made twice: by an office that shares its database with another one, with everything that it could know of
that one's cases; and by the same office in a database of its own. Both must get the same answer, and the other office
must be as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.storage import MemoryStore, create_store
from caseclock.storage.memory import MemoryTransaction
from caseclock.storage.transaction import SqlTransaction
from caseclock.workflow import Actor, CaseclockError, CaseQuery, Engine, FireAction, NotFound, OpenCase
from caseclock.workflow.chain import End, Head
from caseclock.workflow.engine.verification import read_outside_head
from caseclock.workflow.history import Case, Event
from caseclock.workflow.ports import Change, ClockRow, Definition, IssuedDocument, Store, Timer, Transaction

OTHER, ASKING = "qingxi", "baihe"
START = datetime(2026, 11, 16, 1, tzinfo=UTC)
SECRET = "invented_wanderer"
KEY = "post of the other office"
CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))
HEAD = Actor("wanda", frozenset({"unit_head"}), "water")
ROSTER = "roster: {office}\nunits: {{water: {{title: {{en: {unit}}}}}}}\npeople: {{}}\n"
PERMIT = """
procedure: permit
version: 1
calendar: cn
opened_by: officer
title: {{en: {title}}}
stages: {{decision: {{}}}}
roles: {{officer: {{}}}}
states:
  pending: {{stage: decision, actions: {{grant: {{by: officer, to: granted}}}}}}
  granted: {{stage: decision, final: true}}
"""


class Office:
    """An office on a store, with time that the test drives."""

    def __init__(self, store: Store, reader: Any, office: str) -> None:
        self.store = store
        self.now = START
        self.engine = Engine(store, reader, office=office, now=lambda: self.now)

    def settle(self, unit: str) -> Office:
        """Put the definitions into use that every office has."""
        for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
            self.engine.deploy(shipped(name), file=name)
        self.engine.deploy(ROSTER.format(office=self.engine.office, unit=unit), file="roster.yaml")
        return self

    def open(self, subject: str, author: str, key: str) -> str:
        """Open a case and return its number; a minute passes, so that ids are in order."""
        self.now += timedelta(minutes=1)
        data = {"subject": subject, "author": author, "posted_at": START}
        return self.engine.open("online_opinion", data, by=CLERK, key=key).case.number

    def begin(self, *, write: bool = False) -> Any:
        return self.store.begin(self.engine.office, write=write)


@dataclass(frozen=True)
class Known:
    """Everything that somebody could know of the other office."""

    refs: tuple[str, ...]
    lines: tuple[str, ...]
    case: Case
    event: Event
    clock: ClockRow
    timer: Timer
    paper: IssuedDocument
    head: Head
    end: End
    definition: Definition


def other_office(store: Store, reader: Any) -> Office:
    """Three cases, one of them dispatched and answered; rungs that are due, a head, and chains that have grown since.

    Its calendar has a new version by which nothing has been recounted yet.
    """
    office = Office(store, reader, OTHER).settle(SECRET)
    office.engine.deploy(PERMIT.format(title=SECRET), file="permit.procedure.yaml")
    for serial in (1, 2, 3):
        office.open(f"{SECRET} {serial}", SECRET, f"{KEY} {serial}")
    office.engine.fire("2026-0002", "report", by=CLERK)
    units = {"instruction": SECRET, "units": ["water", "roads"], "lead": "water"}
    office.engine.fire("2026-0002", "dispatch", by=CLERK, data=units)
    office.engine.close_heads()
    answer = {"result": SECRET, "reply_opinion": "Done", "proposed_outcome": "resolved"}
    office.engine.fire("2026-0002-1", "answer", by=HEAD, data=answer)
    later = shipped("cn.calendar.yaml").replace("official_through: 2026-12-31", "official_through: 2026-12-30")
    office.engine.deploy(later, file="cn.calendar.yaml", recount=False)
    return office


def asking_office(store: Store, reader: Any) -> Office:
    """One case, long after the other office's rungs were due."""
    office = Office(store, reader, ASKING).settle("Water")
    office.open("Own", "own author", "own key")
    office.now += timedelta(days=30)
    return office


def known_of(office: Office) -> Known:
    """Return what there is to know of the other office."""
    case = office.engine.case("2026-0002")
    slip = case.subcases[0].case
    with office.begin() as tx:
        return Known(
            refs=(case.case.id, case.case.id[:-1], "2026-0002", "2026-0003", "0002", slip.id, slip.number),
            lines=tuple(office.engine.export()),
            case=case.case,
            event=tx.events(case.case.id)[0],
            clock=tx.clocks(case.case.id)[0],
            timer=next(timer for timer in tx.timers_of(case.case.id) if timer.case == case.case.id),
            paper=tx.documents(case.case.id)[0],
            head=tx.heads()[0],
            end=tx.ends(1)[0],
            definition=next(one for one in tx.definitions() if one.name == "permit"),
        )


def everything(office: Office) -> list[Any]:
    """Return all that is kept of an office."""
    with office.begin() as tx:
        families = tx.families("", 99)
        return [
            list(office.engine.export()),
            [item for item in tx.cases(CaseQuery())],
            [(tx.family(root), tx.events(root), tx.clocks(root), tx.timers_of(root)) for root in families],
            [tx.documents(root) for root in families],
            [tx.ends(head.number) for head in tx.heads()],
            [tx.unheaded(99), tx.uncovered(), tx.serials(), tx.definitions()],
        ]


@dataclass
class Line:
    """The other office and the asking one in one database, and the asking one in a database of its own."""

    other: Office
    asking: Office
    alone: Office
    known: Known


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def line(request: pytest.FixtureRequest, tmp_path: Path, reader: Any) -> Iterator[Line]:
    shared, own = _two_stores(request, tmp_path)
    other = other_office(shared, reader)
    yield Line(other, asking_office(shared, reader), asking_office(own, reader), known_of(other))
    for store in (shared, own):
        if not isinstance(store, MemoryStore):
            store.close()


def _two_stores(request: pytest.FixtureRequest, folder: Path) -> tuple[Any, Any]:
    if request.param == "memory":
        return MemoryStore(), MemoryStore()
    if request.param == "sqlite":
        return create_store(f"sqlite:///{folder}/shared.db"), create_store(f"sqlite:///{folder}/own.db")
    names = ("postgres", "new_postgres")
    shared, own = (create_store(request.getfixturevalue(name)) for name in names)
    return shared, own


BY_CASE: dict[str, Callable[[Engine, str], Any]] = {
    "fire": lambda engine, ref: engine.fire(ref, "report", by=CLERK, key="new"),
    "actions": lambda engine, ref: engine.actions(ref, CLERK),
    "case": lambda engine, ref: engine.case(ref),
    "history": lambda engine, ref: engine.history(ref),
    "why": lambda engine, ref: engine.why(ref),
    "redact": lambda engine, ref: engine.redact(ref, by=CLERK, reason="asked"),
    "verify": lambda engine, ref: engine.verify(ref),
    "export": lambda engine, ref: list(engine.export([ref])),
}
"""What takes a case: one of another office is not found."""

OF_THE_OFFICE: dict[str, Callable[[Office, Known], Any]] = {
    "definitions": lambda office, known: office.engine.definitions(),
    "procedure": lambda office, known: office.engine.procedure("permit"),
    "zone": lambda office, known: office.engine.zone("permit"),
    "roster": lambda office, known: office.engine.roster(),
    "using": lambda office, known: office.engine.using(office.store).cases(),
    "cases": lambda office, known: [
        office.engine.cases(query)
        for query in (
            CaseQuery(),
            CaseQuery(procedure="permit"),
            CaseQuery(kind="slip"),
            CaseQuery(unit="water", open_only=True),
            CaseQuery(due_before=START + timedelta(days=99)),
            CaseQuery(states=[("case", "handling"), ("slip", "issued")]),
        )
    ],
    "inbox": lambda office, known: [office.engine.inbox(CLERK), office.engine.inbox(HEAD)],
    "next_rung": lambda office, known: office.engine.next_rung(),
    "open": lambda office, known: [
        office.engine.open("online_opinion", {"subject": "Own"}, by=CLERK, key=f"{KEY} 2"),
        office.engine.open("permit", {}, by=CLERK),
    ],
    "fire_many": lambda office, known: office.engine.fire_many(
        [OpenCase("online_opinion", {"subject": "Own"}, CLERK, key=f"{KEY} 3")]
        + [FireAction(ref, "report", CLERK, key=f"{KEY} 1") for ref in known.refs]
    ),
    "tick": lambda office, known: office.engine.tick(),
    "recount": lambda office, known: office.engine.recount(),
    "close_heads": lambda office, known: office.engine.close_heads(),
    "last_head": lambda office, known: office.engine.last_head(),
    "heads": lambda office, known: office.engine.heads(),
    "verify": lambda office, known: [
        office.engine.verify(),
        office.engine.verify(head=read_outside_head(known.head.line)),
    ],
    "export": lambda office, known: office.engine.export(),
    "load": lambda office, known: [
        told(lambda: office.engine.load(known.lines)),
        office.engine.load(text.replace(OTHER, ASKING) for text in known.lines),
    ],
    "rebuild": lambda office, known: [office.engine.rebuild(check=True), office.engine.rebuild()],
    "deploy": lambda office, known: [
        office.engine.deploy(PERMIT.format(title="Own"), file="permit.procedure.yaml"),
        office.engine.deploy(shipped("cn.calendar.yaml").replace("2026-12-31", "2026-12-29"), file="cn.yaml"),
    ],
}
"""What takes no case, or finds some by itself, in the order in which it is asked."""


def own(event: Event) -> Event:
    """Return an event of the other office, passed off as one of the asking office."""
    return replace(event, office=ASKING, key=None, seals={})


IN_A_TRANSACTION: dict[str, Callable[[Transaction, Known], Any]] = {
    "find": lambda tx, known: [told(lambda ref=ref: tx.find(ref)) for ref in known.refs],
    "family": lambda tx, known: tx.family(known.case.id),
    "events": lambda tx, known: tx.events(known.case.id),
    "event_by_key": lambda tx, known: tx.event_by_key(f"{KEY} 2"),
    "documents": lambda tx, known: tx.documents(known.case.id),
    "cases": lambda tx, known: tx.cases(CaseQuery()),
    "clocks": lambda tx, known: tx.clocks(known.case.id),
    "open_families": lambda tx, known: tx.open_families(["online_opinion", "permit"], "", 99),
    "timers": lambda tx, known: [
        tx.timers(START + timedelta(days=99), 99),
        tx.timers(START + timedelta(days=99), 99, known.timer.place),
    ],
    "timers_of": lambda tx, known: tx.timers_of(known.case.id),
    "families": lambda tx, known: tx.families("", 99),
    "unheaded": lambda tx, known: tx.unheaded(99),
    "last_head": lambda tx, known: tx.last_head(),
    "heads": lambda tx, known: tx.heads(),
    "ends": lambda tx, known: tx.ends(1),
    "contradicted": lambda tx, known: tx.contradicted(1),
    "uncovered": lambda tx, known: tx.uncovered(),
    "listed_family": lambda tx, known: tx.listed_family(known.case.id),
    "serials": lambda tx, known: tx.serials(),
    "edition": lambda tx, known: tx.edition(),
    "definition": lambda tx, known: [
        tx.definition("procedure", "permit"),
        tx.definition("calendar", "cn", 2),
        tx.definition("roster", "roster", as_of=START),
    ],
    "definitions": lambda tx, known: tx.definitions(),
    "next_serial": lambda tx, known: [tx.next_serial(series) for series in known.event.drawn],
    "raise_serial": lambda tx, known: [tx.raise_serial(series, 50) for series in known.event.drawn],
    "finish_recount": lambda tx, known: tx.finish_recount("cn", 1, START),
}
"""Calls with an answer; the writing ones come last."""

WRITING: dict[str, list[Callable[[Transaction, Known], Any]]] = {
    "save": [
        lambda tx, known: tx.save(Change((known.case,), (known.event,))),
        lambda tx, known: tx.save(
            Change((replace(known.case, office=ASKING),), (own(replace(known.event, seq=known.case.revision + 1)),))
        ),
        lambda tx, known: tx.save(Change(projected=(known.case.id,))),
        lambda tx, known: tx.save(Change(projected=(known.case.id,), clocks=(known.clock,), timers=(known.timer,))),
        lambda tx, known: tx.save(Change(documents=(known.paper,))),
        lambda tx, known: tx.save(Change(erased=((known.case.id, "author"),))),
        lambda tx, known: tx.save(
            Change((replace(known.case, office=ASKING, number="A-1"),), (own(known.event),), (known.case.id,))
        ),
    ],
    "deploy": [
        lambda tx, known: tx.deploy(known.definition),
        lambda tx, known: tx.deploy(replace(known.definition, office=ASKING, fingerprint="0" * 64)),
    ],
    "add_head": [
        lambda tx, known: tx.add_head(replace(known.head, office=ASKING), [known.end]),
    ],
    "rewrite": [
        lambda tx, known: tx.rewrite([replace(known.case, office=ASKING, number="A-2")], [known.clock], [known.timer]),
    ],
}
"""Calls that would change something, each in a transaction of its own."""


def told(call: Callable[[], Any]) -> str:
    """Return what a call answers or is refused with, without what differs by chance: ids, salts and digests."""
    try:
        answer = call()
        text = repr(list(answer) if isinstance(answer, Iterator) else answer)
    except (CaseclockError, ValueError, KeyError) as refusal:
        text = f"{type(refusal).__name__}: {refusal}"
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{11,12}", "ID", text)
    return re.sub(r"\b[0-9a-f]{32,64}\b", "DIGEST", text)


def public(kind: type) -> set[str]:
    """Return the names of the public methods of a class."""
    return {name for name, value in vars(kind).items() if callable(value) and not name.startswith("_")}


def test_every_method_of_the_engine_is_tried() -> None:
    assert public(Engine) == BY_CASE.keys() | OF_THE_OFFICE.keys()


def test_every_method_of_a_transaction_is_tried() -> None:
    assert public(Transaction) == IN_A_TRANSACTION.keys() | WRITING.keys()
    assert public(SqlTransaction) == public(Transaction)
    assert public(MemoryTransaction) == public(Transaction) | {"undo"}


def test_a_case_of_another_office_is_not_found_whatever_is_asked_of_it(line: Line) -> None:
    before = everything(line.other)
    assert all(line.other.engine.history(ref) for ref in line.known.refs)
    for name, ask in BY_CASE.items():
        for ref in line.known.refs:
            with pytest.raises(NotFound):
                ask(line.asking.engine, ref)
            shared, alone = (told(lambda a=asked: ask(a.engine, ref)) for asked in (line.asking, line.alone))
            assert shared == alone, name
    assert everything(line.other) == before


def test_what_an_office_is_answered_and_does_is_its_own(line: Line) -> None:
    before = everything(line.other)
    for name, ask in OF_THE_OFFICE.items():
        shared, alone = (told(lambda a=asked: ask(a, line.known)) for asked in (line.asking, line.alone))
        assert shared == alone, name
        assert SECRET not in shared, name
    assert everything(line.other) == before


def test_what_a_transaction_reads_is_of_its_office(line: Line) -> None:
    before = everything(line.other)
    for name, ask in IN_A_TRANSACTION.items():
        answers = []
        for asked in (line.asking, line.alone):
            with asked.begin(write=True) as tx:
                answers.append(told(lambda tx=tx: ask(tx, line.known)))
        assert answers[0] == answers[1], name
        assert SECRET not in answers[0], name
    assert everything(line.other) == before


def write(office: Office, ask: Callable[[Transaction, Known], Any], known: Known) -> None:
    with office.begin(write=True) as tx:
        ask(tx, known)


@pytest.mark.parametrize("name", WRITING)
def test_what_a_transaction_writes_does_not_reach_another_office(line: Line, name: str) -> None:
    before = everything(line.other)
    for ask in WRITING[name]:
        shared, alone = (told(lambda a=asked: write(a, ask, line.known)) for asked in (line.asking, line.alone))
        assert shared == alone
        assert everything(line.other) == before
