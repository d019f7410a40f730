"""The engine: one call is one reading of the clock and one transaction; nothing else changes a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

from ..calendars import Calendar
from ..chain import Head
from ..clocks import ClockStatus
from ..comparison import Difference
from ..errors import CaseclockError, Conflict, KeyUsed, NotFound, StorageFailed
from ..history import Event, RungKey
from ..letters import Letter
from ..messages import Message, say
from ..migration import Plan
from ..model import Procedure
from ..ports import CaseQuery, Compiled, Definition, Print, Reader, Store, TimerPlace, Transaction
from ..roster import Actor, Roster
from . import reading
from .admission import utc
from .carrying_out import attempt, carry_out, deliver, recount
from .commands import Command, FireAction, OpenCase
from .concerned import ConcernReport, concerned
from .cutoff import Standing, standing, standings
from .delivering import DeliveryReport, Send, deliver_letters, resend
from .disclosure import Disclosure, disclose
from .heads import close_heads
from .ids import time_ordered_id, utc_now
from .inclusion import Inclusion, inclusion
from .migrating import Migrated, Trial, all_roots, attempt_all, carry_over, undo
from .page import Page
from .prints import Paper, Rendered, keep, paper
from .rebuilding import RebuildReport, rebuild
from .redaction import redact
from .replaying import replay
from .retention import Expired, expired
from .session import LocksFirst, Session
from .shelf import ROSTER, Shelf
from .situation import Deployed
from .staging import Replayed
from .transfer import LoadReport, export, load
from .under import Under, rules
from .verification import OutsideHead, VerifyReport, verify
from .versions import VersionView, rewording, versions
from .views import BatchResult, CaseView, EventView, ListItem, Moved, Offer, Receipt, RecountReport, TickReport

PAGE = 200
"""How many commands or timers a batch handles in one transaction."""

LAST = datetime.max.replace(tzinfo=UTC)
"""An instant after all others."""

NO_RUNG = RungKey("", 0, 0)
"""What comes before every rung of its instant and case."""


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

    def deploy(self, source: str, *, file: str = "definition.yaml", recount: bool = True) -> Definition:
        """Check a procedure, calendar or roster and put it into use; return it as deployed.

        A procedure whose version is deployed already may have other words; see `versions`.

        Args:
            source: its YAML text.
            file: the name to show in problems.
            recount: after a calendar, recount the open cases that count by it; else call `recount` yourself.

        Raises `DefinitionInvalid` with every problem, `VersionTaken` when the same version already means something
        else.
        """
        compiled = self._reader.compile(source, file=file)
        with self._session(write=True) as session:
            tx = session.tx
            words = rewording(tx, self._reader, compiled, source, session.now, self.office)
            if words:
                tx.deploy(words)
                return words
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
                deployed_at=session.now,
                recounted_at=session.now if compiled.kind == "calendar" and latest is None else None,
            )
            tx.deploy(definition)
        if recount and compiled.kind == "calendar":
            self.recount(name)
        return definition

    def recount(self, calendar: str | None = None) -> RecountReport:
        """Measure every open case anew whose calendar has a new version, and write what moved into its history.

        Cases are recounted in pages, a transaction for each. Where that was interrupted, calling it again finishes it;
        when everything has been recounted, it does nothing.

        Args:
            calendar: the id of one calendar; all of them when left out.
        """
        moved: list[Moved] = []
        failed: dict[str, Message] = {}
        for definition, users in self._not_recounted(calendar):
            missed: dict[str, Message] = {}
            after = ""
            while page := self._recount_page(definition.name, users, after):
                after = max(page)
                moved += [one for report in page.values() for one in report.moved]
                missed |= {case: why for report in page.values() for case, why in report.failed.items()}
            if not missed:
                with self._session(write=True) as session:
                    session.tx.finish_recount(definition.name, definition.version, session.now)
            failed |= missed
        return RecountReport(tuple(moved), failed)

    def definitions(self) -> tuple[Definition, ...]:
        """Return every definition that the office has deployed."""
        with self._session() as session:
            return session.tx.definitions()

    def versions(self, procedure: str | None = None) -> tuple[VersionView, ...]:
        """Return the deployed versions of procedures, by procedure, oldest first, with how many cases are on each.

        Args:
            procedure: only those of this one.

        Raises `NotFound` when the office has not deployed it.
        """
        with self._session() as session:
            if procedure is not None:
                session.deployed(procedure)
            return versions(session.tx, procedure)

    def procedure(self, procedure: str, version: int | None = None) -> Procedure:
        """Return a deployed procedure, the newest version when none is named. Raises `NotFound`."""
        with self._session() as session:
            return session.deployed(procedure, version).procedure

    def zone(self, procedure: str, version: int | None = None) -> str:
        """Return the time zone in which a procedure counts, such as ``Asia/Shanghai``. Raises `NotFound`."""
        with self._session() as session:
            return session.deployed(procedure, version).calendar.zone

    def calendar(self, procedure: str) -> Calendar:
        """Return the calendar by which a deployed procedure counts. Raises `NotFound`."""
        with self._session() as session:
            return session.deployed(procedure).calendar

    def roster(self) -> Roster:
        """Return the office's roster."""
        with self._session() as session:
            return session.roster()

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
        return self._carry_out(OpenCase(procedure, data, by, at, key, version))

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
            at: when it happened in law, with its zone; not after now. It must have been legal where the case stood
                then; what the system did by itself since, and would not have done had it been entered in time, is
                overtaken.
            key: idempotency key: a second call with the same key returns the first one's result and does nothing.
            revision: the revision of the case that the caller has seen; a case changed since then is not touched.

        Raises `NotFound`, `NotAllowed`, `InvalidInput` or `Conflict`; nothing has been changed then.
        """
        return self._carry_out(FireAction(case, action, by, data or {}, at, key, revision))

    def fire_many(self, commands: Iterable[Command]) -> Iterator[BatchResult]:
        """Carry out commands in pages, one transaction for each page, and yield what became of each, in order.

        A refused command is reported and the others go through. Where the database fails a page, its commands are
        tried again one by one.
        """
        remaining = iter(commands)
        while page := tuple(islice(remaining, PAGE)):
            yield from self._carry_out_page(page)

    def tick(self, until: datetime | None = None, *, stop: Callable[[], bool] = lambda: False) -> TickReport:
        """Deliver every rung that has become due, once each and in legal order within each case; then close a head.

        Any number of programs may do so at the same time. A case that somebody is writing at this moment, or that
        fails, is passed over; the next tick comes back to it.

        Args:
            until: deliver only what was due at or before this instant; now when left out, and never later than now.
            stop: asked between two transactions; when it says so, the rest is left for the next tick.
        """
        delivered: list[Event] = []
        failed: dict[str, Message] = {}
        place: TimerPlace | None = None
        while not stop() and self._is_due(until, place):
            place = self._deliver_page(until, place, delivered, failed)
            if place is None:
                break
        self.close_heads()
        return TickReport(tuple(delivered), failed)

    def next_rung(self, since: datetime | None = None) -> datetime | None:
        """Return the instant of the first rung that is still to be delivered, None when there is none.

        Args:
            since: only of those at or after this instant; of all when left out.
        """
        with self._session() as session:
            timers = session.tx.timers(LAST, 1, (utc(since), "", NO_RUNG) if since else None)
            return timers[0].at if timers else None

    def letters(self, *, given_up: bool = False, limit: int = 1000) -> tuple[Letter, ...]:
        """Return letters that have not been delivered, those that are next first.

        Args:
            given_up: those that are tried no more, in place of those that are still to be sent.
        """
        with self._session() as session:
            return session.tx.letters(given_up=given_up, limit=limit)

    def deliver_letters(self, send: Send, *, stop: Callable[[], bool] = lambda: False) -> DeliveryReport:
        """Send every letter that is due, each at least once, and return what became of them.

        Any number of programs may do so at the same time. A letter that could not be delivered waits, longer each time,
        and is given up after a day.

        Args:
            send: sends one letter, such as `storage.delivery.Post.send`; raises `Undelivered` when it cannot.
            stop: asked between two letters; when it says so, the rest is left for the next time.
        """
        return deliver_letters(self._session, send, stop)

    def resend_letters(self, key: str | None = None) -> tuple[Letter, ...]:
        """Have letters that were given up sent again, the one with this key or all; return them. Raises `NotFound`."""
        return resend(self._session, key)

    def actions(self, case: str, by: Actor | str) -> tuple[Offer, ...]:
        """Return what this actor may do on the case now, and with which inputs. Raises `NotFound`."""
        with self._session() as session:
            return reading.offers(session.situation(case), session.actor(by))

    def case(self, case: str, at: datetime | None = None, as_of: datetime | None = None) -> CaseView:
        """Return a case with its clocks, papers and subcases. Raises `NotFound`.

        Args:
            at: what is overdue by then, from what is known now; now when left out.
            as_of: the case as it was known at this instant; see `why`.
        """
        with self._session() as session:
            situation = reading.known(session, case, utc(as_of) if as_of else None)
            documents = session.tx.documents(situation.case.root)
            return reading.case_view(replace(situation, at=utc(at)) if at else situation, documents)

    def history(self, case: str) -> tuple[EventView, ...]:
        """Return the history of a case and its subcases, or of the one subcase named. Raises `NotFound`."""
        with self._session() as session:
            situation = session.situation(case)
            return reading.history_view(session, situation, session.tx.events(situation.case.root))

    def why(self, case: str, clock: str | None = None, as_of: datetime | None = None) -> tuple[ClockStatus, ...]:
        """Return the clocks of a case that have started, or the one named, each with the reckoning of its due.

        Args:
            as_of: answer as one would have answered at this instant: from what had been recorded by then, by the
                calendars that were in use then, with time as it stood then.

        Raises `NotFound` for an unknown case or clock, and for a clock that has not started.
        """
        with self._session() as session:
            situation = reading.known(session, case, utc(as_of) if as_of else None)
            return (reading.started_clock(situation, clock),) if clock else situation.clocks()

    def standing(self, case: str, at: datetime | None = None, as_of: datetime | None = None) -> Standing:
        """Return the whole family of a case as it stood at a cut-off.

        Args:
            at: the cut-off: what happened later is left out; now when left out.
            as_of: leave out what was recorded later, and count by the calendars that were in use then.

        Raises `NotFound`, also when it had not been opened or recorded then.
        """
        with self._session() as session:
            situation = session.situation(case)
            cutoff = utc(at) if at else session.now
            events = session.tx.events(situation.case.root)
            found = standing(session, events, cutoff, utc(as_of) if as_of else None)
            if found is None:
                moment = situation.deployed.local(cutoff)
                raise NotFound(say("{case} had not been recorded yet at {as_of}", case=case, as_of=moment))
            return found

    def standings(
        self, procedure: str | None = None, at: datetime | None = None, as_of: datetime | None = None
    ) -> Iterator[Standing]:
        """Yield every family as it stood at a cut-off, read in pages, so that a large office fits in memory.

        Args:
            procedure: only cases of this one.
            at, as_of: as in `standing`.
        """
        return standings(self._session, procedure, utc(at) if at else None, utc(as_of) if as_of else None)

    def replay(
        self,
        new_store: Callable[[], Store],
        under: Under | None = None,
        *,
        procedure: str | None = None,
        at: datetime | None = None,
    ) -> Iterator[Replayed]:
        """Yield every family as recorded and as it comes out when people do again what they did; nothing is written.

        Families are read in pages. Under unchanged definitions each comes out exactly as it was recorded.

        Args:
            new_store: makes an empty store, such as `storage.MemoryStore`, in which families are replayed.
            under: other definitions.
            procedure: only cases of this one.
            at: the cut-off at which both stand; now when left out.
        """
        cutoff = utc(at or self._now())
        return replay(
            self._session, self.office, self._reader, new_store, procedure=procedure, under=under or Under(), at=cutoff
        )

    def rules(self, procedure: str, under: Under | None = None) -> Deployed:
        """Return a procedure's newest version with its calendars, roster and machines. Raises `NotFound`.

        Args:
            under: other definitions, in the place of those that are deployed.
        """
        with self._session() as session:
            return rules(session, self._reader, procedure, under or Under())

    def cases(self, query: CaseQuery | None = None) -> tuple[ListItem, ...]:
        """Return the cases that match the query, soonest due first."""
        with self._session() as session:
            return reading.listing(session, query or CaseQuery())

    def states(self, state: str | None = None, stage: str | None = None) -> tuple[tuple[str, str], ...]:
        """Return the pairs of kind and state of all deployed procedures with this state, and in this stage."""
        with self._session() as session:
            return reading.states(session, state, stage)

    def inbox(self, by: Actor | str, limit: int | None = None) -> tuple[ListItem, ...]:
        """Return the cases that wait for something that this actor may do, soonest due first.

        Args:
            limit: return this many at most.
        """
        with self._session() as session:
            return reading.inbox(session, session.actor(by), limit)

    def redact(
        self, case: str, fields: Iterable[str] | None = None, *, by: Actor | str, reason: str, key: str | None = None
    ) -> Receipt:
        """Have private values of a case and its subcases erased for good, and return the receipt.

        The history says that they were erased, by whom and why, and its chains stay as they are. What the database
        still holds in freed space is a matter of the store: see `SqlStore.scrub`.

        Args:
            fields: the names of private fields; all of them when left out.
            key: idempotency key.

        Raises `NotFound`, `NotAllowed` (also where a running limit is measured by such a value) or `InvalidInput`.
        """
        with self._session(write=True) as session:
            return redact(session, case, fields, by, reason, key)

    def papers(self, case: str, which: str | None = None) -> tuple[Paper, ...]:
        """Return the papers that a case and its subcases have issued, with all that is needed to print them.

        Args:
            which: only those of this document, or the one with this number.

        Raises `NotFound` when there is none.
        """
        with self._session() as session:
            return paper(session, case, which)

    def keep_print(self, ref: Paper, form: str, rendered: Rendered, *, by: Actor | str) -> Print:
        """Keep the first print of a paper in a format, and say so in its history; return the print that is kept.

        Where somebody else has printed it meanwhile, that print is returned and nothing is written.

        Raises `NotAllowed` for somebody without any role in the procedure, and `Conflict` when a private value that it
        shows has been erased meanwhile.
        """
        with self._session(write=True) as session:
            return keep(session, ref, form, rendered, session.actor(by))

    def disclose(self, case: str, fields: Iterable[str] | None = None, *, by: Actor | str, reason: str) -> Disclosure:
        """Return private values of a case for somebody to see; the history says which fields, who and why, no values.

        Every call is noted down, before anything is returned. A case without parent is shown with its subcases.

        Args:
            fields: the names of private fields; all of them when left out.

        Raises `NotFound`, `NotAllowed` or `InvalidInput`; nothing has been shown then.
        """
        with self._session(write=True) as session:
            return disclose(session, case, fields, by, reason)

    def retention(self, at: datetime | None = None) -> tuple[Expired, ...]:
        """Return the private values that have been kept as long as their procedure says, and are to be erased.

        Args:
            at: what is to be erased by then, with its zone; now when left out.
        """
        return tuple(expired(self._session, utc(at or self._now())))

    def concerned(
        self,
        old: Procedure,
        new: Procedure,
        differences: Iterable[Difference],
        calendars: Mapping[str, Calendar] | None = None,
        instead: Mapping[str, Calendar] | None = None,
    ) -> ConcernReport:
        """Return which running cases of a version differences touch, and how their clocks would stand by the new text.

        Cases are read in pages; nothing is written. They keep their version until they are migrated.

        Args:
            old: the procedure that they run by: cases of its version are counted.
            new: the procedure by which they are measured too; it need not be deployed.
            differences: those between the two, as `comparison.compare` finds them.
            calendars: by id, for calendars that the office has not deployed.
            instead: by id, calendars by which the new text is counted in the place of those that are deployed.

        Raises `NotFound` for a calendar that is neither deployed nor given.
        """
        return concerned(self._session, old, new, differences, calendars or {}, instead or {})

    def close_heads(self) -> Head | None:
        """Close heads over every chain that has grown since the last one; return the last head, None without any case.

        No writer waits for it: a case that is being written at this moment is covered by the next head.
        """
        return close_heads(self._session, self.office)

    def last_head(self) -> Head | None:
        """Return the head that was closed last, None when none has been closed."""
        with self._session() as session:
            return session.tx.last_head()

    def heads(self) -> tuple[Head, ...]:
        """Return every head, in order."""
        with self._session() as session:
            return session.tx.heads()

    def inclusion(self, case: str) -> Inclusion:
        """Return the proofs that heads cover a case and its subcases. Raises `NotFound`."""
        with self._session() as session:
            return inclusion(session, case)

    def verify(self, case: str | None = None, head: OutsideHead | None = None) -> VerifyReport:
        """Return whatever is not as it was recorded: in histories, papers, definitions, heads and projections.

        Families are read in pages, so that a large office can be verified while people work.

        Args:
            case: verify only the family of this case.
            head: a head that was kept outside, to compare with.

        Raises `NotFound` for an unknown case.
        """
        return verify(self._session, self.office, case, head)

    def try_migration(self, plan: Plan) -> Trial:
        """Return what a plan would do to every running case that it means; nothing is written. Raises `NotFound`."""
        return attempt_all(self._session, plan)

    def migrate(self, plan: Plan, outcome: Mapping[str, Any], *, by: Actor | str) -> Migrated:
        """Carry out a plan exactly as its trial told, for all cases in one transaction, and return its id.

        Args:
            outcome: what `Trial.told` returned.
            by: who has it done; the history says so.

        Raises `InvalidInput`, `NotAllowed` or `Conflict`; nothing has been changed then.
        """
        with self._page() as (session, _):
            return carry_over(session, plan, outcome, session.actor(by), time_ordered_id(session.now))

    def undo_migration(self, migration: str, *, by: Actor | str, reason: str) -> Migrated:
        """Have every case of a migration go back to where it was, in one transaction.

        Raises `NotFound` for a migration that is not known, `NotAllowed` where something was done since.
        """
        roots = all_roots(self._session)
        with self._page() as (session, work):
            work.take(roots)
            return undo(session, roots, migration, session.actor(by), reason, time_ordered_id(session.now))

    def export(self, cases: Sequence[str] = (), *, private: bool = True) -> Iterator[str]:
        """Yield whole cases, with the definitions that are deployed, as lines of JSON; `lines` tells the format.

        Args:
            cases: which; all of them when none is named, and then the heads too.
            private: with private values; without them an outsider can still verify everything, but nobody can load it.
        """
        return export(self._session, self.office, cases, private=private)

    def load(self, lines: Iterable[str]) -> LoadReport:
        """Take up whole cases from the lines of an export; return what became of each.

        Every chain, commitment and paper is checked before anything is written. A family that is here already with the
        same history is left as it is; one that cannot be loaded is reported, and the others go through.

        Raises `InvalidInput` for lines that are no export, or one of another office; `Conflict` for a definition that
        means something else here.
        """
        return load(self._session, self.office, lines)

    def rebuild(self, *, check: bool = False) -> RebuildReport:
        """Compute everything anew that follows from the history, and put right what differs.

        Args:
            check: only tell what differs.
        """
        return rebuild(self._session, check=check)

    @contextmanager
    def _session(self, *, write: bool = False) -> Iterator[Session]:
        """Begin a transaction and read the clock, once."""
        with self._store.begin(self.office, write=write) as tx:
            yield Session(tx, self.office, utc(self._now()), self._shelf)

    @contextmanager
    def _page(self) -> Iterator[tuple[Session, Page]]:
        """Begin a transaction for a page of work; what has been taken is written at the end of the block."""
        with self._session(write=True) as session:
            page = Page(session.tx)
            yield replace(session, tx=cast(Transaction, page)), page
            page.write()

    def _carry_out(self, command: Command) -> Receipt:
        try:
            return self._carry_out_once(command)
        except KeyUsed:
            # The same request came twice at the same moment: now the first one's result can be read.
            return self._carry_out_once(command)

    def _carry_out_once(self, command: Command) -> Receipt:
        try:
            with self._session(write=True) as session:
                return carry_out(session, command)
        except LocksFirst as order:
            with self._session(write=True) as session:
                session.lock(order.cases)
                return carry_out(session, command)

    def _carry_out_page(self, page: Sequence[Command]) -> list[BatchResult]:
        try:
            with self._page() as (session, work):
                work.take(command.case for command in page if isinstance(command, FireAction))
                return [attempt(session, command) for command in page]
        except (StorageFailed, Conflict, LocksFirst):
            return [self._alone(command) for command in page]

    def _alone(self, command: Command) -> BatchResult:
        try:
            return BatchResult(self._carry_out(command))
        except CaseclockError as refusal:
            return BatchResult(None, refusal)

    def _not_recounted(self, calendar: str | None) -> list[tuple[Definition, tuple[str, ...]]]:
        """The newest versions of calendars that have not reached every open case yet, with who counts by them."""
        with self._session() as session:
            names = {one.name for one in session.tx.definitions() if one.kind == "calendar"}
            wanted = sorted(names) if calendar is None else [calendar]
            newest = (session.tx.definition("calendar", name) for name in wanted)
            return [
                (definition, self._shelf.users_of(session.tx, definition.name))
                for definition in newest
                if definition and definition.recounted_at is None
            ]

    def _recount_page(self, calendar: str, users: Sequence[str], after: str) -> dict[str, RecountReport]:
        """Recount a page of families in one transaction, those with ids after ``after``; report on each by its id."""
        with self._page() as (session, work):
            roots = session.tx.open_families(users, after, PAGE) if users else ()
            work.take(roots)
            return {root: recount(session, root, calendar) for root in roots}

    def _is_due(self, until: datetime | None, after: TimerPlace | None) -> bool:
        """Whether anything is to be delivered; asked by reading, which keeps no writer waiting."""
        with self._session() as session:
            return bool(session.tx.timers(min(utc(until), session.now) if until else session.now, 1, after))

    def _deliver_page(
        self, until: datetime | None, after: TimerPlace | None, delivered: list[Event], failed: dict[str, Message]
    ) -> TimerPlace | None:
        """Deliver the rungs of a page of timers, in one transaction; return where the page ends, None for none."""
        done: list[Event] = []
        with self._page() as (session, work):
            limit = min(utc(until), session.now) if until else session.now
            timers = session.tx.timers(limit, PAGE, after)
            work.take(timer.root for timer in timers)
            for root in dict.fromkeys(timer.root for timer in timers if timer.root not in failed):
                outcome = deliver(session, root, limit)
                if isinstance(outcome, Message):
                    failed[root] = outcome
                else:
                    done.extend(outcome)
        # Only what is committed has been delivered.
        delivered.extend(done)
        return timers[-1].place if timers else None


def _version(compiled: Compiled, latest: Definition | None) -> int:
    """Return the version to deploy under: a procedure names its own, calendars and rosters count up."""
    if compiled.version is not None:
        return compiled.version
    if latest is None:
        return 1
    return latest.version if latest.fingerprint == compiled.fingerprint else latest.version + 1
