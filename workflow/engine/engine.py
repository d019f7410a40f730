"""The engine: one call is one reading of the clock and one transaction; nothing else changes a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from ..clocks import ClockStatus
from ..errors import Conflict, NotFound, Refusal, StorageFailed
from ..history import Event, fold
from ..messages import Message, say
from ..model import OPEN, Procedure
from ..ports import CaseQuery, Compiled, Definition, Reader, Store, Transaction
from ..roster import Actor, Roster
from . import reading
from .admission import admit_action, admit_opening, check_revision, utc
from .commands import Command, FireAction, OpenCase
from .draft import Draft
from .family import Family
from .ids import time_ordered_id, utc_now
from .receipts import first_receipt, receipt
from .shelf import ROSTER, Shelf
from .situation import Deployed, Situation
from .views import BatchResult, CaseView, EventView, ListItem, Offer, Receipt, TickReport

PAGE = 200
"""How many commands or timers a batch handles in one transaction."""


class Engine:
    """Runs the cases of one office.

    Args:
        store: where the cases are kept.
        reader: reads definitions when they are deployed and loads them afterwards.
        office: the office whose cases, definitions and roster this engine sees; it sees no others.
        now: gives the present instant; pass your own to drive time in a test.
    """

    def __init__(
        self,
        store: Store,
        reader: Reader,
        *,
        office: str,
        now: Callable[[], datetime] = utc_now,
        shelf: Shelf | None = None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._shelf = shelf or Shelf(reader)
        self._now = now
        self.office = office

    def using(self, store: Store) -> Engine:
        """Return this engine on another store, such as one that joins a host's open transaction."""
        return Engine(store, self._reader, office=self.office, now=self._now, shelf=self._shelf)

    def deploy(self, source: str, *, file: str = "definition.yaml") -> Definition:
        """Check a procedure, calendar or roster and put it into use; return it as deployed.

        Args:
            source: its YAML text.
            file: the name to show in problems.

        Raises `DefinitionInvalid` with every problem, `Conflict` when the same version says something else already.
        """
        compiled = self._reader.compile(source, file=file)
        with self._change() as (tx, now):
            name = ROSTER if compiled.kind == "roster" else compiled.name
            latest = tx.definition(compiled.kind, name)
            definition = Definition(
                office=self.office,
                kind=compiled.kind,
                name=name,
                version=_version(compiled, latest),
                fingerprint=compiled.fingerprint,
                source=source,
                compiled=compiled.compiled,
                deployed_at=now,
            )
            tx.deploy(definition)
        return definition

    def definitions(self) -> tuple[Definition, ...]:
        """Return every definition that the office has deployed."""
        with self._look() as (tx, _):
            return tx.definitions()

    def procedure(self, procedure: str, version: int | None = None) -> Procedure:
        """Return a deployed procedure, the newest version when none is named. Raises `NotFound`."""
        with self._look() as (tx, _):
            return self._shelf.deployed(tx, procedure, version).procedure

    def zone(self, procedure: str, version: int | None = None) -> str:
        """Return the time zone in which a procedure counts, such as ``Asia/Shanghai``. Raises `NotFound`."""
        with self._look() as (tx, _):
            return self._shelf.deployed(tx, procedure, version).calendar.zone

    def roster(self) -> Roster:
        """Return the office's roster."""
        with self._look() as (tx, _):
            return self._shelf.roster(tx)

    def open(
        self,
        procedure: str,
        data: Mapping[str, Any],
        *,
        by: Actor | str,
        at: datetime | None = None,
        key: str | None = None,
        version: int | None = None,
    ) -> Receipt:
        """Open a case and return its receipt.

        Args:
            procedure: the procedure's id; its newest version applies unless ``version`` names another.
            data: values of the procedure's fields.
            by: who opens it: an actor, or the id of a person on the roster.
            at: when it was opened in law, with its zone; now when left out.
            key: idempotency key: a second call with the same key returns the first one's result and does nothing.

        Raises `NotFound`, `NotAllowed`, `InvalidInput`, or `Conflict` for a key that was used for something else.
        """
        with self._change() as (tx, now):
            return self._open(tx, now, OpenCase(procedure, data, by, at, key, version))

    def fire(
        self,
        case: str,
        action: str,
        *,
        by: Actor | str,
        data: Mapping[str, Any] | None = None,
        at: datetime | None = None,
        key: str | None = None,
        revision: int | None = None,
    ) -> Receipt:
        """Do an action on a case and return its receipt.

        Args:
            case: the case's number or id, or an unambiguous part of it.
            by: who does it: an actor, or the id of a person on the roster.
            data: the action's inputs.
            at: when it happened in law, with its zone; not after now, and not before the case's present state began.
            key: idempotency key: a second call with the same key returns the first one's result and does nothing.
            revision: the revision of the case that the caller has seen; a case changed since then is not touched.

        Raises `NotFound`, `NotAllowed`, `InvalidInput` or `Conflict`; nothing has been changed then.
        """
        with self._change() as (tx, now):
            return self._fire(tx, now, FireAction(case, action, by, data or {}, at, key, revision))

    def fire_many(self, commands: Iterable[Command]) -> Iterator[BatchResult]:
        """Carry out commands in pages, one transaction for each page, and yield what became of each, in order.

        A refused command is reported and the others go through. Where the database fails a page, its commands are
        tried again one by one.
        """
        remaining = iter(commands)
        while page := tuple(islice(remaining, PAGE)):
            yield from self._carry_out(page)

    def tick(self, until: datetime | None = None) -> TickReport:
        """Deliver every rung that has become due, once each and in legal order within each case.

        Args:
            until: deliver only what was due at or before this instant; now when left out, and never later than now.
        """
        delivered: list[Event] = []
        failed: dict[str, Message] = {}
        while True:
            with self._change() as (tx, now):
                limit = min(until, now) if until else now
                timers = tx.timers(limit, PAGE + len(failed) * PAGE)
                roots = [root for root in dict.fromkeys(timer.root for timer in timers) if root not in failed]
                for root in roots[:PAGE]:
                    self._deliver(tx, now, limit, root, delivered, failed)
            if not roots:
                return TickReport(tuple(delivered), failed)

    def actions(self, case: str, by: Actor | str) -> tuple[Offer, ...]:
        """Return what this actor may do on the case now, and with which inputs. Raises `NotFound`."""
        with self._look() as (tx, now):
            family, deployed, case_id = self._load(tx, case)
            return reading.offers(deployed, family, family.member(case_id), self._actor(tx, by), now)

    def case(self, case: str, at: datetime | None = None) -> CaseView:
        """Return a case with its clocks, papers and subcases, as of ``at`` or now. Raises `NotFound`."""
        with self._look() as (tx, now):
            family, deployed, case_id = self._load(tx, case)
            documents = tx.documents(family.root.id)
            return reading.case_view(deployed, family, family.member(case_id), documents, utc(at) if at else now)

    def history(self, case: str) -> tuple[EventView, ...]:
        """Return the history of a case and its subcases, or of the one subcase named. Raises `NotFound`."""
        with self._look() as (tx, now):
            family, deployed, case_id = self._load(tx, case)
            events = tx.events(family.root.id)
            if case_id != family.root.id:
                events = tuple(event for event in events if event.case == case_id)
            return reading.history_view(deployed, family, events, now)

    def why(self, case: str, clock: str | None = None, as_of: datetime | None = None) -> tuple[ClockStatus, ...]:
        """Return the clocks of a case that have started, or the one named, each with the reckoning of its due.

        Args:
            as_of: answer from what had been recorded at this instant, as it was believed then.

        Raises `NotFound` for an unknown case or clock, and for a clock that has not started.
        """
        with self._look() as (tx, now):
            family, deployed, case_id = self._load(tx, case)
            if as_of is not None:
                family = _believed_at(tx, family, case_id, utc(as_of))
            situation = Situation(deployed, family, family.member(case_id), now)
            if clock is None:
                return situation.clocks()
            return (self._clock(situation, clock),)

    def cases(self, query: CaseQuery | None = None) -> tuple[ListItem, ...]:
        """Return the cases that match the query, soonest due first."""
        with self._look() as (tx, now):
            return tuple(
                reading.list_item(self._shelf.deployed(tx, listed.case.procedure, listed.case.version), listed, now)
                for listed in tx.cases(query or CaseQuery())
            )

    def inbox(self, by: Actor | str) -> tuple[ListItem, ...]:
        """Return the cases that wait for something that this actor may do, soonest due first."""
        with self._look() as (tx, now):
            actor = self._actor(tx, by)
            return tuple(self._awaiting(tx, now, actor))

    @contextmanager
    def _change(self) -> Iterator[tuple[Transaction, datetime]]:
        """Begin a writing transaction and read the clock, once."""
        with self._store.begin(self.office, write=True) as tx:
            yield tx, utc(self._now())

    @contextmanager
    def _look(self) -> Iterator[tuple[Transaction, datetime]]:
        with self._store.begin(self.office, write=False) as tx:
            yield tx, utc(self._now())

    def _load(self, tx: Transaction, ref: str) -> tuple[Family, Deployed, str]:
        case_id = tx.find(ref)
        family = Family(tx.family(case_id))
        return family, self._shelf.deployed(tx, family.root.procedure, family.root.version), case_id

    def _actor(self, tx: Transaction, by: Actor | str) -> Actor:
        return by if isinstance(by, Actor) else self._shelf.roster(tx).actor(by)

    def _draft(self, tx: Transaction, now: datetime, deployed: Deployed, family: Family) -> Draft:
        return Draft(deployed, self.office, now, lambda: time_ordered_id(now), tx.next_serial, family)

    def _open(self, tx: Transaction, now: datetime, command: OpenCase) -> Receipt:
        actor = self._actor(tx, command.by)
        if command.key and (first := first_receipt(tx, command.key, OPEN, actor, None)):
            return first
        deployed = self._shelf.deployed(tx, command.procedure, command.version)
        draft = self._draft(tx, now, deployed, Family(()))
        return self._save(tx, draft, draft.open_case(admit_opening(draft, command, actor)))

    def _fire(self, tx: Transaction, now: datetime, command: FireAction) -> Receipt:
        actor = self._actor(tx, command.by)
        family, deployed, case_id = self._load(tx, command.case)
        if command.key and (first := first_receipt(tx, command.key, command.action, actor, case_id)):
            return first
        draft = self._draft(tx, now, deployed, family)
        check_revision(draft, case_id, command)
        return self._save(tx, draft, draft.perform(admit_action(draft, case_id, command, actor)))

    def _save(self, tx: Transaction, draft: Draft, event: Event) -> Receipt:
        change = draft.change()
        tx.save(change)
        return receipt(draft, change, event)

    def _carry_out(self, page: Sequence[Command]) -> Iterator[BatchResult]:
        try:
            with self._change() as (tx, now):
                results = [self._attempt(tx, now, command) for command in page]
        except (StorageFailed, Conflict):
            results = [self._alone(command) for command in page]
        yield from results

    def _attempt(self, tx: Transaction, now: datetime, command: Command) -> BatchResult:
        """Carry out one command of a page; a refusal comes before anything is written, so the page goes on."""
        try:
            receipt = self._open(tx, now, command) if isinstance(command, OpenCase) else self._fire(tx, now, command)
        except Refusal as refusal:
            return BatchResult(None, refusal)
        return BatchResult(receipt)

    def _alone(self, command: Command) -> BatchResult:
        try:
            with self._change() as (tx, now):
                return self._attempt(tx, now, command)
        except Refusal as refusal:
            return BatchResult(None, refusal)

    def _deliver(
        self,
        tx: Transaction,
        now: datetime,
        until: datetime,
        root: str,
        delivered: list[Event],
        failed: dict[str, Message],
    ) -> None:
        family = Family(tx.family(root))
        draft = self._draft(tx, now, self._shelf.deployed(tx, family.root.procedure, family.root.version), family)
        try:
            draft.deliver_due(until)
        except Refusal as refusal:
            failed[root] = refusal.message
            return
        tx.save(draft.change())
        delivered.extend(event for event in draft.events if event.rung)

    def _clock(self, situation: Situation, name: str) -> ClockStatus:
        known = situation.deployed.lifecycle(situation.case).clocks
        if name not in known:
            raise NotFound(
                say("{case} has no clock {clock}", case=situation.case.number, clock=name),
                say("clocks: {known}", known=list(known)),
            )
        status = situation.clock(name)
        if status is None:
            starts = list(known[name].starts)
            raise NotFound(
                say("the clock {clock} of {case} has not started", clock=name, case=situation.case.number),
                say("it starts with the first of: {starts}", starts=starts),
            )
        return status

    def _awaiting(self, tx: Transaction, now: datetime, actor: Actor) -> Iterator[ListItem]:
        states = self._awaited_states(tx, actor)
        for listed in tx.cases(CaseQuery(states=sorted(states), open_only=True)) if states else ():
            deployed = self._shelf.deployed(tx, listed.case.procedure, listed.case.version)
            titles = reading.awaited_actions(deployed, listed.case, actor)
            if titles:
                yield reading.list_item(deployed, listed, now, titles)

    def _awaited_states(self, tx: Transaction, actor: Actor) -> set[tuple[str, str]]:
        """Return the pairs of kind and state in which some procedure waits for one of the actor's roles."""
        found: set[tuple[str, str]] = set()
        for definition in tx.definitions():
            if definition.kind == "procedure":
                machines = self._shelf.deployed(tx, definition.name, definition.version).machines
                for kind, machine in machines.items():
                    for state in machine.lifecycle.states:
                        if any(not action.optional and actor.roles & set(action.by) for action in machine.legal(state)):
                            found.add((kind, state))
        return found


def _believed_at(tx: Transaction, family: Family, case_id: str, as_of: datetime) -> Family:
    """Return the family as it had been recorded at ``as_of``. Raises `NotFound` when the case was not yet recorded."""
    events = [event for event in tx.events(family.root.id) if event.recorded_at <= as_of]
    if not any(event.case == case_id for event in events):
        number = family.member(case_id).number
        raise NotFound(say("{case} had not been recorded yet at {as_of}", case=number, as_of=as_of))
    return Family(fold(events))


def _version(compiled: Compiled, latest: Definition | None) -> int:
    """Return the version to deploy under: a procedure names its own, calendars and rosters count up."""
    if compiled.version is not None:
        return compiled.version
    if latest is None:
        return 1
    return latest.version if latest.fingerprint == compiled.fingerprint else latest.version + 1
