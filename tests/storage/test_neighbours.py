"""Offices that share a database: whatever one of them asks, it is answered as if there were no other.

Each call is made twice: by an office that shares its database with another one, with everything that it could know of
that one's cases; and by the same office in a database of its own. Both must get the same answer, and the other office
must be as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
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
from caseclock.workflow.comparison import compare
from caseclock.workflow.engine.prints import Paper, Rendered
from caseclock.workflow.engine.verification import read_outside_head
from caseclock.workflow.history import Case, Event
from caseclock.workflow.letters import Letter
from caseclock.workflow.migration import Moves, Plan
from caseclock.workflow.ports import Change, ClockRow, Definition, IssuedDocument, Print, Store, Timer, Transaction
from caseclock.workflow.whatif.comparing import check

OTHER, ASKING = "qingxi", "baihe"
START = datetime(2026, 11, 16, 1, tzinfo=UTC)
LATER = START + timedelta(days=99)
SECRET = "invented_wanderer"
KEY = "post of the other office"
CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))
HEAD = Actor("wanda", frozenset({"unit_head"}), "water")
ROSTER = """
roster: {office}
units: {{water: {{title: {{zh: {unit}, en: {unit}}}}}}}
people: {{hugo: {{roles: unit_head, unit: water, notify: "{office}@example.org"}}}}
"""
PERMIT = """
procedure: permit
version: 1
calendar: cn
opened_by: officer
title: {{zh: {title}, en: {title}}}
stages: {{decision: {{}}}}
roles: {{officer: {{}}}}
states:
  pending: {{stage: decision, actions: {{grant: {{by: officer, to: granted}}}}}}
  granted: {{stage: decision, final: true}}
"""


class Office:
    """An office on a store. Each time that the clock is read it is a second later, so that ids are in order."""

    def __init__(self, store: Store, reader: Any, office: str) -> None:
        self.store = store
        self.now = START
        self.engine = Engine(store, reader, office=office, now=self._later)

    def settle(self, unit: str) -> Office:
        """Put the definitions into use that every office has."""
        for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
            self.engine.deploy(shipped(name), file=name)
        self.engine.deploy(ROSTER.format(office=self.engine.office, unit=unit), file="roster.yaml")
        return self

    def open(self, subject: str, author: str, key: str) -> str:
        """Open a case and return its number."""
        data = {"subject": subject, "author": author, "posted_at": START}
        return self.engine.open("online_opinion", data, by=CLERK, key=key).case.number

    def begin(self, *, write: bool = False) -> Any:
        return self.store.begin(self.engine.office, write=write)

    def _later(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


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
    letter: Letter


def other_office(store: Store, reader: Any) -> Office:
    """Three cases, one of them dispatched and answered; rungs that are due, a head, and chains that have grown since.

    Its calendar has a new version by which nothing has been recounted yet.
    """
    office = Office(store, reader, OTHER).settle(SECRET)
    office.engine.deploy(PERMIT.format(title=SECRET), file="permit.procedure.yaml")
    for serial in (1, 2, 3):
        office.open(f"{SECRET} {serial}", SECRET, f"{KEY} {serial}")
    office.engine.fire("2026-0002", "report", by=CLERK)
    units = {"instruction": SECRET, "units": ["water"], "lead": "water"}
    office.engine.fire("2026-0002", "dispatch", by=CLERK, data=units)
    office.engine.close_heads()
    answer = {"result": SECRET, "reply_opinion": "Done", "proposed_outcome": "resolved"}
    office.engine.fire("2026-0002-1", "answer", by=HEAD, data=answer)
    office.engine.deploy(_calendar("2026-12-30"), file="cn.calendar.yaml", recount=False)
    return office


def _calendar(official_through: str) -> str:
    return shipped("cn.calendar.yaml").replace("official_through: 2026-12-31", f"official_through: {official_through}")


def asking_office(store: Store, reader: Any) -> Office:
    """One case, long after the other office's rungs were due."""
    office = Office(store, reader, ASKING).settle("Water")
    office.open("Own", "own author", "own key")
    office.now += timedelta(days=30)
    return office


def known_of(office: Office) -> Known:
    """Return what there is to know of the other office."""
    view = office.engine.case("2026-0002")
    case, slip = view.case, view.subcases[0].case
    with office.begin() as tx:
        return Known(
            refs=(case.id, case.id[:-1], "2026-0002", "2026-0003", "0002", slip.id, slip.number),
            lines=tuple(office.engine.export()),
            case=case,
            event=tx.events(case.id)[0],
            clock=next(clock for clock in tx.clocks(case.id) if clock.case == case.id),
            timer=next(timer for timer in tx.timers_of(case.id) if timer.case == case.id),
            paper=tx.documents(case.id)[0],
            head=tx.heads()[0],
            end=tx.ends(1)[0],
            definition=next(one for one in tx.definitions() if one.name == "permit"),
            letter=tx.letters(given_up=False, limit=1)[0],
        )


def everything(office: Office) -> list[Any]:
    """Return all that is kept of an office."""
    with office.begin() as tx:
        families = tx.families("", 99)
        return [
            list(office.engine.export()),
            tx.cases(CaseQuery()),
            [(tx.family(root), tx.events(root), tx.clocks(root), tx.timers_of(root)) for root in families],
            [tx.documents(root) for root in families],
            [tx.ends(head.number) for head in tx.heads()],
            [tx.unheaded(99), tx.uncovered(), tx.serials(), tx.definitions()],
            tx.letters(given_up=False, limit=99),
        ]


@dataclass
class Line:
    """The other office and the asking one in one database, and the asking one in a database of its own."""

    other: Office
    asking: Office
    alone: Office
    known: Known

    def ask(self, question: Callable[[Office], Any]) -> tuple[str, str]:
        """Return what both are told."""
        return told(lambda: question(self.asking)), told(lambda: question(self.alone))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def line(request: pytest.FixtureRequest, tmp_path: Path, reader: Any) -> Iterator[Line]:
    with ExitStack() as stack:
        shared, own = _two_stores(request, tmp_path)
        for store in (shared, own):
            if not isinstance(store, MemoryStore):
                stack.callback(store.close)
        other = other_office(shared, reader)
        yield Line(other, asking_office(shared, reader), asking_office(own, reader), known_of(other))


def _two_stores(request: pytest.FixtureRequest, folder: Path) -> list[Any]:
    if request.param == "memory":
        return [MemoryStore(), MemoryStore()]
    if request.param == "sqlite":
        return [create_store(f"sqlite:///{folder}/{name}.db") for name in ("shared", "own")]
    return [create_store(request.getfixturevalue(name)) for name in ("postgres", "new_postgres")]


def _paper(engine: Engine, ref: str) -> Paper:
    """A paper that a case of another office is said to have issued."""
    issued = IssuedDocument(ref, 1, "dispatch_slip", "1", {}, "")
    return Paper(issued, engine.procedure("permit"), "case", "UTC", {}, frozenset(), (), {}, {})


BY_CASE: dict[str, Callable[[Engine, str], Any]] = {
    "fire": lambda engine, ref: engine.fire(ref, "report", by=CLERK, key="new"),
    "actions": lambda engine, ref: engine.actions(ref, CLERK),
    "case": lambda engine, ref: engine.case(ref),
    "history": lambda engine, ref: engine.history(ref),
    "why": lambda engine, ref: engine.why(ref),
    "papers": lambda engine, ref: engine.papers(ref),
    "keep_print": lambda engine, ref: engine.keep_print(_paper(engine, ref), "html", Rendered(b"", b""), by=CLERK),
    "redact": lambda engine, ref: engine.redact(ref, by=CLERK, reason="asked"),
    "disclose": lambda engine, ref: engine.disclose(ref, by=CLERK, reason="asked"),
    "verify": lambda engine, ref: engine.verify(ref),
    "export": lambda engine, ref: list(engine.export([ref])),
    "standing": lambda engine, ref: engine.standing(ref),
    "inclusion": lambda engine, ref: engine.inclusion(ref),
}
"""What takes a case: one of another office is not found."""

QUERIES = (
    CaseQuery(),
    CaseQuery(procedure="permit"),
    CaseQuery(kind="slip"),
    CaseQuery(unit="water", open_only=True),
    CaseQuery(due_before=LATER),
    CaseQuery(version=1),
    CaseQuery(states=[("case", "handling"), ("slip", "issued")]),
)


def _concerned(engine: Engine) -> Any:
    old = engine.procedure("online_opinion")
    new = replace(old, opened_by=("officer",))
    return engine.concerned(old, new, compare(old, new))


PLAN = Plan("online_opinion", 1, 1, "tried", "digest", {"case": Moves(), "slip": Moves()})
"""Cases go over to the version on which they are."""

OF_THE_OFFICE: dict[str, Callable[[Engine, Known], Any]] = {
    "definitions": lambda engine, known: engine.definitions(),
    "procedure": lambda engine, known: engine.procedure("permit"),
    "zone": lambda engine, known: engine.zone("permit"),
    "roster": lambda engine, known: engine.roster(),
    "using": lambda engine, known: engine.using(engine._store).cases(),
    "cases": lambda engine, known: [engine.cases(query) for query in QUERIES],
    "states": lambda engine, known: [engine.states(), engine.states("pending"), engine.states(stage="decision")],
    "inbox": lambda engine, known: [engine.inbox(CLERK), engine.inbox(HEAD)],
    "next_rung": lambda engine, known: engine.next_rung(),
    "open": lambda engine, known: [
        engine.open("online_opinion", {"subject": "Own"}, by=CLERK, key=f"{KEY} 2"),
        told(lambda: engine.open("permit", {}, by=CLERK)),
    ],
    "fire_many": lambda engine, known: list(
        engine.fire_many(
            [
                OpenCase("online_opinion", {"subject": "Own"}, CLERK, key=f"{KEY} 3"),
                *(FireAction(ref, "report", CLERK, key=f"{KEY} 1") for ref in known.refs if ref != "2026-0003"),
            ]
        )
    ),
    "tick": lambda engine, known: engine.tick(),
    "retention": lambda engine, known: engine.retention(),
    "try_migration": lambda engine, known: engine.try_migration(PLAN).cases,
    "migrate": lambda engine, known: engine.migrate(PLAN, engine.try_migration(PLAN).told(), by=CLERK).cases,
    "undo_migration": lambda engine, known: told(lambda: engine.undo_migration("x", by=CLERK, reason="none")),
    "calendar": lambda engine, known: told(lambda: engine.calendar("permit")),
    "concerned": lambda engine, known: _concerned(engine),
    "versions": lambda engine, known: [engine.versions(), engine.versions("online_opinion")],
    "standings": lambda engine, known: list(engine.standings("online_opinion", at=LATER, as_of=LATER)),
    "replay": lambda engine, known: check(engine.replay(MemoryStore, at=LATER)),
    "rules": lambda engine, known: [engine.rules("online_opinion").roster, told(lambda: engine.rules("permit"))],
    "letters": lambda engine, known: [engine.letters(), engine.letters(given_up=True)],
    "deliver_letters": lambda engine, known: engine.deliver_letters(lambda letter: None),
    "resend_letters": lambda engine, known: [
        engine.resend_letters(),
        told(lambda: engine.resend_letters(known.letter.key)),
    ],
    "recount": lambda engine, known: engine.recount(),
    "close_heads": lambda engine, known: engine.close_heads(),
    "last_head": lambda engine, known: engine.last_head(),
    "heads": lambda engine, known: engine.heads(),
    "verify": lambda engine, known: [engine.verify(), engine.verify(head=read_outside_head(known.head.line))],
    "export": lambda engine, known: list(engine.export()),
    "load": lambda engine, known: [
        told(lambda: engine.load(known.lines)),
        told(lambda: engine.load(text.replace(OTHER, ASKING) for text in known.lines)),
    ],
    "rebuild": lambda engine, known: [engine.rebuild(check=True), engine.rebuild()],
    "deploy": lambda engine, known: [
        engine.deploy(PERMIT.format(title="Own"), file="permit.procedure.yaml"),
        engine.deploy(_calendar("2026-12-29"), file="cn.calendar.yaml"),
    ],
}
"""What takes no case, or finds some by itself, in the order in which it is asked."""

READING: dict[str, Callable[[Transaction, Known], Any]] = {
    "find": lambda tx, known: [told(lambda ref=ref: tx.find(ref)) for ref in known.refs],
    "named": lambda tx, known: [told(lambda ref=ref: tx.named(ref)) for ref in known.refs],
    "named_many": lambda tx, known: tx.named_many(known.refs),
    "family": lambda tx, known: tx.family(known.case.id),
    "first_timer": lambda tx, known: tx.first_timer(known.case.root),
    "events": lambda tx, known: tx.events(known.case.id),
    "event_by_key": lambda tx, known: tx.event_by_key(f"{KEY} 2"),
    "documents": lambda tx, known: tx.documents(known.case.id),
    "prints": lambda tx, known: tx.prints(known.case.id),
    "cases": lambda tx, known: [tx.cases(query) for query in QUERIES],
    "clocks": lambda tx, known: tx.clocks(known.case.id),
    "cases_by_version": lambda tx, known: tx.cases_by_version(),
    "open_families": lambda tx, known: tx.open_families(["online_opinion", "permit"], "", 99),
    "timers": lambda tx, known: [tx.timers(LATER, 99), tx.timers(LATER, 99, known.timer.place)],
    "timers_of": lambda tx, known: tx.timers_of(known.case.id),
    "families": lambda tx, known: tx.families("", 99),
    "unheaded": lambda tx, known: tx.unheaded(99),
    "last_head": lambda tx, known: tx.last_head(),
    "heads": lambda tx, known: tx.heads(),
    "ends": lambda tx, known: tx.ends(1),
    "contradicted": lambda tx, known: tx.contradicted(1),
    "uncovered": lambda tx, known: tx.uncovered(),
    "letters": lambda tx, known: [tx.letters(given_up=dead, limit=9) for dead in (False, True)],
    "letters_due": lambda tx, known: tx.letters_due(LATER, 9),
    "strays": lambda tx, known: tx.strays(),
    "lost_families": lambda tx, known: tx.lost_families(),
    "recorded": lambda tx, known: tx.recorded(known.case.root),
    "listed_family": lambda tx, known: tx.listed_family(known.case.id),
    "serials": lambda tx, known: tx.serials(),
    "edition": lambda tx, known: tx.edition(),
    "definition": lambda tx, known: [
        tx.definition("procedure", "permit"),
        tx.definition("calendar", "cn", 2),
        tx.definition("roster", "roster", as_of=START),
    ],
    "definitions": lambda tx, known: tx.definitions(),
}


def own(known: Known, **values: Any) -> Case:
    """Return a case of the other office, passed off as one of the asking office."""
    return replace(known.case, office=ASKING, **values)


def own_event(known: Known, seq: int) -> Event:
    """Return an event on it."""
    return replace(known.event, office=ASKING, seq=seq, key=None, seals={})


WRITING: dict[str, list[Callable[[Transaction, Known], Any]]] = {
    "save": [
        lambda tx, known: tx.save(Change((known.case,), (known.event,))),
        lambda tx, known: tx.save(Change((own(known),), (own_event(known, known.case.revision + 1),))),
        lambda tx, known: tx.save(Change(projected=(known.case.id,))),
        lambda tx, known: tx.save(Change(projected=(known.case.id,), clocks=(known.clock,), timers=(known.timer,))),
        lambda tx, known: tx.save(Change(documents=(known.paper,))),
        lambda tx, known: tx.save(Change(erased=((known.case.id, "author"),))),
        lambda tx, known: tx.save(Change(letters=(known.letter,))),
        lambda tx, known: tx.save(Change(prints=(Print(known.case.id, 1, "1", "html", b"", "", "", START),))),
        lambda tx, known: tx.save(Change(erased_prints=((known.case.id, 1),))),
        lambda tx, known: tx.save(Change((own(known, number="A-1"),), (own_event(known, 1),), (known.case.id,))),
    ],
    "deploy": [
        lambda tx, known: tx.deploy(known.definition),
        lambda tx, known: tx.deploy(replace(known.definition, office=ASKING, fingerprint="0" * 64)),
    ],
    "settle": [
        lambda tx, known: tx.settle([replace(known.letter, attempts=9)]),
        lambda tx, known: tx.settle([replace(known.letter, office=ASKING, attempts=9)]),
    ],
    "finish_recount": [lambda tx, known: tx.finish_recount("cn", 1, LATER)],
    "next_serial": [lambda tx, known: [tx.next_serial(series) for series in known.event.drawn]],
    "raise_serial": [lambda tx, known: [tx.raise_serial(series, 50) for series in known.event.drawn]],
    "add_head": [
        lambda tx, known: tx.add_head(replace(known.head, office=ASKING), [known.end]),
        lambda tx, known: tx.add_head(known.head, [known.end]),
        lambda tx, known: tx.add_head(replace(known.head, number=9), [known.end]),
    ],
    "rewrite": [
        lambda tx, known: tx.rewrite([own(known, number="A-2")], [known.clock], [known.timer]),
        lambda tx, known: tx.rewrite([known.case], [], []),
        lambda tx, known: tx.rewrite([replace(known.case, id="new", root="new", number="A-3")], [], []),
    ],
}
"""Calls that would change something, each in a transaction of its own."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{11,12}")
_PLACE = re.compile(r" at 0x[0-9a-f]+")
_DIGEST = re.compile(r"[0-9a-f]{32,64}")


def told(call: Callable[[], Any]) -> str:
    """Return what a call answers or is refused with, without what differs by chance: ids, salts and digests."""
    try:
        text = repr(call())
    except (CaseclockError, ValueError, KeyError) as refusal:
        text = f"{type(refusal).__name__}: {refusal}"
    return _PLACE.sub("", _DIGEST.sub("DIGEST", _ID.sub("ID", text)))


def public(kind: type) -> set[str]:
    """Return the names of the public methods of a class."""
    return {name for name, value in vars(kind).items() if callable(value) and not name.startswith("_")}


def test_every_method_is_tried() -> None:
    assert public(Engine) == BY_CASE.keys() | OF_THE_OFFICE.keys()
    assert public(Transaction) == READING.keys() | WRITING.keys()
    assert public(SqlTransaction) == public(Transaction)
    assert public(MemoryTransaction) == public(Transaction) | {"undo"}


def test_a_case_of_another_office_is_not_found_whatever_is_asked_of_it(line: Line) -> None:
    before = everything(line.other)
    assert all(line.other.engine.history(ref) for ref in line.known.refs)
    for name, ask in BY_CASE.items():
        for ref in line.known.refs:
            with pytest.raises(NotFound):
                ask(line.asking.engine, ref)
            shared, alone = line.ask(lambda office, ask=ask, ref=ref: ask(office.engine, ref))
            assert shared == alone, name
    assert everything(line.other) == before


def test_what_an_office_is_answered_and_does_is_its_own(line: Line) -> None:
    before = everything(line.other)
    for name, ask in OF_THE_OFFICE.items():
        shared, alone = line.ask(lambda office, ask=ask: ask(office.engine, line.known))
        assert shared == alone, name
        assert SECRET not in shared or name == "load", name
    assert everything(line.other) == before


@pytest.mark.parametrize("write", [False, True])
def test_what_a_transaction_reads_is_of_its_office(line: Line, write: bool) -> None:
    for name, read in READING.items():

        def ask(office: Office, read: Any = read) -> Any:
            with office.begin(write=write) as tx:
                return read(tx, line.known)

        shared, alone = line.ask(ask)
        assert shared == alone, name
        assert SECRET not in shared, name


def test_what_a_transaction_writes_reaches_no_other_office(line: Line) -> None:
    before = everything(line.other)
    for name, calls in WRITING.items():
        for number, write in enumerate(calls):

            def ask(office: Office, write: Any = write) -> Any:
                with office.begin(write=True) as tx:
                    return write(tx, line.known)

            shared, alone = line.ask(ask)
            assert shared == alone, (name, number)
            assert everything(line.other) == before, (name, number)
