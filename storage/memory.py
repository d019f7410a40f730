"""The store that keeps cases in memory, for trying a procedure out: same promises, gone when the program ends."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from typing import Any, TypeVar

from ..workflow.chain import End, Head
from ..workflow.errors import NotFound
from ..workflow.history import Case, Event, Mark
from ..workflow.letters import Letter
from ..workflow.messages import say
from ..workflow.ports import (
    CaseQuery,
    Change,
    ClockRow,
    Definition,
    IssuedDocument,
    Kind,
    ListedCase,
    Print,
    Timer,
    TimerPlace,
    Transaction,
    soonest,
)
from . import reference
from .expectations import (
    begun_for_reading,
    expected_revisions,
    overtaken,
    redeployed,
    refuse_strangers,
    used_key,
    written_already,
)
from .reference import Candidate
from .values import as_utc, plain

K = TypeVar("K")
V = TypeVar("V")

_ABSENT: Any = object()
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass
class _Office:
    """What one office keeps. Every value is immutable, so that undoing a change is putting the old value back."""

    cases: dict[str, Case] = field(default_factory=dict)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    events: dict[str, tuple[Event, ...]] = field(default_factory=dict)
    keys: dict[str, Event] = field(default_factory=dict)
    clocks: dict[str, tuple[ClockRow, ...]] = field(default_factory=dict)
    timers: dict[str, tuple[Timer, ...]] = field(default_factory=dict)
    documents: dict[str, tuple[IssuedDocument, ...]] = field(default_factory=dict)
    prints: dict[str, tuple[Print, ...]] = field(default_factory=dict)
    definitions: dict[tuple[Kind, str, int], Definition] = field(default_factory=dict)
    serials: dict[str, int] = field(default_factory=dict)
    heads: dict[int, tuple[Head, tuple[End, ...]]] = field(default_factory=dict)
    unheaded: dict[str, bool] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)


class MemoryStore:
    """Cases in memory; transactions of several threads take turns."""

    def __init__(self) -> None:
        self._offices: dict[str, _Office] = {}
        self._lock = RLock()

    @contextmanager
    def begin(self, office: str, *, write: bool) -> Iterator[Transaction]:
        """Begin a transaction for one office: kept at the end, undone when an exception leaves it."""
        with self._lock:
            transaction = MemoryTransaction(self._offices.setdefault(office, _Office()), office, write=write)
            try:
                yield transaction
            except BaseException:
                transaction.undo()
                raise


class MemoryTransaction:
    """One transaction of one office; see `Transaction` for what each method promises."""

    def __init__(self, kept: _Office, office: str, *, write: bool) -> None:
        self._kept = kept
        self._office = office
        self._write = write
        self._before: list[tuple[MutableMapping[Any, Any], Any, Any]] = []

    def undo(self) -> None:
        """Put back everything as it was when this transaction began."""
        for table, key, old in reversed(self._before):
            if old is _ABSENT:
                del table[key]
            else:
                table[key] = old

    def find(self, ref: str) -> str:
        """Return the id of the case that ``ref`` names."""
        exact = reference.normal(ref)
        if exact in self._kept.numbers:
            return self._kept.numbers[exact]
        if exact in self._kept.cases:
            return exact
        cases = self._kept.cases.values()
        found = reference.pick(ref, (Candidate(case.id, case.number, case.parent is None) for case in cases))
        if found is None:
            raise reference.unknown(ref, [case.number for case in cases if case.parent is None])
        return found

    def family(self, root: str) -> tuple[Case, ...]:
        """Return a case with all its subcases, the case first."""
        if root not in self._kept.cases:
            raise NotFound(say("no case {case} in this office", case=root))
        members = self._kept.families[self._kept.cases[root].root]
        return tuple(self._kept.cases[member] for member in members)

    def named(self, ref: str) -> tuple[str, tuple[Case, ...]]:
        """Return the id of the case that ``ref`` names, and its family."""
        case = self.find(ref)
        return case, self.family(case)

    def named_many(self, refs: Sequence[str]) -> Mapping[str, tuple[str, tuple[Case, ...]]]:
        """Return, for each of these that is a whole number or id, what `named` returns."""
        exact = {ref: reference.normal(ref) for ref in refs}
        return {ref: self.named(ref) for ref, it in exact.items() if it in self._kept.numbers or it in self._kept.cases}

    def first_timer(self, root: str) -> datetime | None:
        """Return the instant of the first undelivered rung of a case and its subcases."""
        members = self._kept.families.get(root, ())
        return min((timer.at for member in members for timer in self._kept.timers.get(member, ())), default=None)

    def events(self, root: str) -> tuple[Event, ...]:
        """Return the events of a case and its subcases, in order of recording."""
        return self._kept.events.get(root, ())

    def event_by_key(self, key: str) -> Event | None:
        """Return the event that was recorded under this idempotency key."""
        return self._kept.keys.get(key)

    def documents(self, root: str) -> tuple[IssuedDocument, ...]:
        """Return the documents that a case and its subcases have issued, in order of issue."""
        return self._kept.documents.get(root, ())

    def prints(self, root: str) -> tuple[Print, ...]:
        """Return the printed papers of a case and its subcases, in order of case and printing."""
        return tuple(sorted(self._kept.prints.get(root, ()), key=lambda one: (one.case, one.seq)))

    def cases(self, query: CaseQuery) -> tuple[ListedCase, ...]:
        """Return the cases that match, soonest due first."""
        listed = [self._listed(case) for case in self._kept.cases.values() if _matches(query, case)]
        if query.due_before is not None:
            listed = [item for item in listed if item.due_at is not None and item.due_at <= query.due_before]
        listed.sort(key=lambda item: (item.due_at is None, item.due_at or _LAST, item.case.number))
        end = None if query.limit is None else query.offset + query.limit
        return tuple(listed[query.offset : end])

    def clocks(self, root: str) -> tuple[ClockRow, ...]:
        """Return the projected clocks of a case and its subcases, in order of case and name."""
        members = self._kept.families.get(root, ())
        found = (clock for member in members for clock in self._kept.clocks.get(member, ()))
        return tuple(sorted(found, key=lambda clock: (clock.case, clock.clock)))

    def open_families(self, procedures: Sequence[str], after: str, limit: int) -> tuple[str, ...]:
        """Return up to ``limit`` ids of cases without parent of which any member is open, in order of id."""
        cases = self._kept.cases.values()
        found = {case.root for case in cases if case.closed_at is None and case.procedure in procedures}
        return tuple(sorted(root for root in found if root > after)[:limit])

    def cases_by_version(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """Return, for each procedure and version that has any, how many cases without parent run, and have ended."""
        counts: dict[tuple[str, int], tuple[int, int]] = {}
        for case in self._kept.cases.values():
            if case.parent is None:
                key = (case.procedure, case.version)
                running, ended = counts.get(key, (0, 0))
                counts[key] = (running + (case.closed_at is None), ended + (case.closed_at is not None))
        return counts

    def timers(self, until: datetime, limit: int, after: TimerPlace | None = None) -> tuple[Timer, ...]:
        """Return up to ``limit`` undelivered rungs whose instant is not after ``until``, in legal order."""
        due = [timer for timers in self._kept.timers.values() for timer in timers if timer.at <= until]
        later = [timer for timer in due if after is None or timer.place > after]
        return tuple(sorted(later, key=lambda timer: timer.place)[:limit])

    def timers_of(self, root: str) -> tuple[Timer, ...]:
        """Return the undelivered rungs of a case and its subcases, in order of case, clock, round and rung."""
        members = self._kept.families.get(root, ())
        found = (timer for member in members for timer in self._kept.timers.get(member, ()))
        return tuple(sorted(found, key=lambda timer: (timer.case, timer.key)))

    def families(self, after: str, limit: int) -> tuple[str, ...]:
        """Return up to ``limit`` ids of cases without parent, open or not, after the id ``after``, in order of id."""
        return tuple(sorted(root for root in self._kept.families if root > after)[:limit])

    def unheaded(self, limit: int) -> tuple[End, ...]:
        """Return up to ``limit`` ends of chains that no head covers yet, in order of case."""
        found = sorted(case for case, grown in self._kept.unheaded.items() if grown)[:limit]
        return tuple(End(case, self._kept.cases[case].revision, self._kept.cases[case].link) for case in found)

    def last_head(self) -> Head | None:
        """Return the head that was closed last."""
        return self._kept.heads[max(self._kept.heads)][0] if self._kept.heads else None

    def heads(self) -> tuple[Head, ...]:
        """Return every head, in order."""
        return tuple(head for _, (head, _) in sorted(self._kept.heads.items()))

    def ends(self, head: int) -> tuple[End, ...]:
        """Return the ends that a head covers, in order of case."""
        return self._kept.heads[head][1] if head in self._kept.heads else ()

    def add_head(self, head: Head, ends: Sequence[End]) -> None:
        """Keep a head with the ends that it covers."""
        self._must_write()
        refuse_strangers(self._office, head.office)
        if head.number in self._kept.heads:
            raise written_already()
        self._put(self._kept.heads, head.number, (replace(head, closed_at=as_utc(head.closed_at)), tuple(ends)))
        for end in ends:
            if end.case in self._kept.cases and self._kept.cases[end.case].revision == end.seq:
                self._put(self._kept.unheaded, end.case, False)

    def contradicted(self, head: int) -> tuple[End, ...]:
        """Return those ends that a head covers of which the history has no such event, or one with another link."""
        links = {(event.case, event.seq): event.link for events in self._kept.events.values() for event in events}
        return tuple(end for end in self.ends(head) if links.get((end.case, end.seq)) != end.link)

    def uncovered(self) -> tuple[End, ...]:
        """Return the ends of chains that are said to be covered by a head, and that no head covers."""
        covered = {(end.case, end.seq) for _, ends in self._kept.heads.values() for end in ends}
        cases = sorted(self._kept.cases.values(), key=lambda case: case.id)
        said = (case for case in cases if not self._kept.unheaded[case.id])
        return tuple(End(it.id, it.revision, it.link) for it in said if (it.id, it.revision) not in covered)

    def strays(self) -> tuple[str, ...]:
        """Return the ids of cases of which something is kept and that belong to no family: none, in memory."""
        return ()

    def lost_families(self) -> tuple[str, ...]:
        """Return the ids of families of which events are kept and a case is not: none, in memory."""
        return ()

    def recorded(self, root: str) -> tuple[Event, ...]:
        """Return the events that say themselves that they belong to this family, in order of recording."""
        return self.events(root)

    def listed_family(self, root: str) -> tuple[ListedCase, ...]:
        """Return a case with all its subcases as lists show them, in the order of `family`."""
        return tuple(self._listed(case) for case in self.family(root))

    def rewrite(self, cases: Sequence[Case], clocks: Sequence[ClockRow], timers: Sequence[Timer]) -> None:
        """Put these in the place of what is kept of the cases, their clocks and timers."""
        self._must_write()
        refuse_strangers(self._office, *(case.office for case in cases))
        for case in cases:
            self._put(self._kept.cases, case.id, _kept_case(case))
        self._project(Change(projected=tuple(case.id for case in cases), clocks=tuple(clocks), timers=tuple(timers)))

    def serials(self) -> Mapping[str, int]:
        """Return the last number drawn of each series."""
        return dict(self._kept.serials)

    def raise_serial(self, series: str, value: int) -> None:
        """Have the next number of a series be greater than ``value``."""
        self._must_write()
        self._put(self._kept.serials, series, max(value, self._kept.serials.get(series, 0)))

    def next_serial(self, series: str) -> int:
        """Return the next number of a series."""
        self._must_write()
        number = self._kept.serials.get(series, 0) + 1
        self._put(self._kept.serials, series, number)
        return number

    def save(self, change: Change) -> None:
        """Write ``change``, or raise `Conflict` when a case is no longer at the revision it was made from."""
        self._must_write()
        expected = expected_revisions(self._office, change)
        for case in change.cases:
            self._save_case(_kept_case(case), expected[case.id])
        for event in change.events:
            self._save_event(_kept_event(event))
        self._project(change)
        for case_id, name in change.erased:
            self._erase(case_id, name)
        for document in change.documents:
            root = self._kept.cases[document.case].root
            issued = (*self._kept.documents.get(root, ()), replace(document, data=plain(dict(document.data))))
            self._put(self._kept.documents, root, issued)
        for letter in change.letters:
            self._put(self._kept.letters, letter.key, replace(letter, facts=plain(dict(letter.facts))))
        for one in change.prints:
            root = self._kept.cases[one.case].root
            kept = replace(one, printed_at=as_utc(one.printed_at))
            self._put(self._kept.prints, root, (*self._kept.prints.get(root, ()), kept))
        for case_id, seq in change.erased_prints:
            root = self._kept.cases[case_id].root
            gone = (case_id, seq)
            left = tuple(
                replace(it, content=None) if (it.case, it.seq) == gone else it for it in self._kept.prints.get(root, ())
            )
            self._put(self._kept.prints, root, left)

    def definition(
        self, kind: Kind, name: str, version: int | None = None, as_of: datetime | None = None
    ) -> Definition | None:
        """Return a deployed definition, the newest version when none is named."""
        if version is not None:
            return self._kept.definitions.get((kind, name, version))
        known = [kept for key, kept in self._kept.definitions.items() if key[:2] == (kind, name)]
        if as_of is not None:
            known = [kept for kept in known if kept.deployed_at <= as_of]
        return max(known, key=lambda kept: kept.version, default=None)

    def letters(self, *, given_up: bool, limit: int) -> tuple[Letter, ...]:
        """Return letters that have not been delivered, those that are next first."""
        found = (it for it in self._kept.letters.values() if it.sent_at is None and it.given_up == given_up)
        return tuple(sorted(found, key=lambda letter: (letter.next_at or _LAST, letter.key))[:limit])

    def letters_due(self, now: datetime, limit: int) -> tuple[Letter, ...]:
        """Return letters that are to be sent by ``now``."""
        waiting = self.letters(given_up=False, limit=len(self._kept.letters))
        return tuple(letter for letter in waiting if letter.next_at and letter.next_at <= now)[:limit]

    def settle(self, letters: Sequence[Letter]) -> None:
        """Keep what has become of letters that are here."""
        self._must_write()
        refuse_strangers(self._office, *(letter.office for letter in letters))
        for letter in letters:
            if letter.key in self._kept.letters:
                self._put(self._kept.letters, letter.key, letter)

    def edition(self) -> Hashable:
        """Return something that is another whenever a definition of the office has been deployed or recounted."""
        kept = self._kept.definitions.items()
        return tuple((key, definition.fingerprint, definition.recounted_at) for key, definition in kept)

    def definitions(self) -> tuple[Definition, ...]:
        """Return every deployed definition, by kind, name and version."""
        return tuple(self._kept.definitions[key] for key in sorted(self._kept.definitions))

    def deploy(self, definition: Definition) -> None:
        """Keep a definition; one that is kept already, with the same fingerprint, stays as it is."""
        self._must_write()
        refuse_strangers(self._office, definition.office)
        key = (definition.kind, definition.name, definition.version)
        kept = self._kept.definitions.get(key)
        if kept is None:
            self._put(self._kept.definitions, key, replace(definition, deployed_at=as_utc(definition.deployed_at)))
        elif kept.fingerprint != definition.fingerprint:
            raise redeployed(kept)

    def finish_recount(self, calendar: str, version: int, at: datetime) -> None:
        """Note down that every open case has been recounted by this version of a calendar."""
        self._must_write()
        key: tuple[Kind, str, int] = ("calendar", calendar, version)
        self._put(self._kept.definitions, key, replace(self._kept.definitions[key], recounted_at=as_utc(at)))

    def _save_case(self, case: Case, expected: int) -> None:
        kept = self._kept.cases.get(case.id)
        if expected == 0:
            if kept is not None or case.number in self._kept.numbers:
                raise written_already()
            self._put(self._kept.numbers, case.number, case.id)
            self._put(self._kept.families, case.root, (*self._kept.families.get(case.root, ()), case.id))
        elif kept is None:
            raise NotFound(say("no case {case} in this office", case=case.number))
        elif kept.revision != expected:
            last = next(event for event in reversed(self._kept.events[kept.root]) if event.case == case.id)
            raise overtaken(case, last)
        self._put(self._kept.cases, case.id, case)
        self._put(self._kept.unheaded, case.id, True)

    def _erase(self, case: str, name: str) -> None:
        root = self._kept.cases[case].root
        kept = (_erased(event, name) if event.case == case else event for event in self._kept.events[root])
        self._put(self._kept.events, root, tuple(kept))
        for event in self._kept.events[root]:
            if event.key is not None:
                self._put(self._kept.keys, event.key, event)

    def _save_event(self, event: Event) -> None:
        if event.key is not None:
            if event.key in self._kept.keys:
                raise used_key(event.key)
            self._put(self._kept.keys, event.key, event)
        self._put(self._kept.events, event.root, (*self._kept.events.get(event.root, ()), event))

    def _project(self, change: Change) -> None:
        clocks: dict[str, tuple[ClockRow, ...]] = dict.fromkeys(change.projected, ())
        timers: dict[str, tuple[Timer, ...]] = dict.fromkeys(change.projected, ())
        for clock in change.clocks:
            kept = replace(clock, started_at=as_utc(clock.started_at), due_at=as_utc(clock.due_at))
            clocks[clock.case] = (*clocks[clock.case], kept)
        for timer in change.timers:
            timers[timer.case] = (*timers[timer.case], replace(timer, at=as_utc(timer.at)))
        for case in change.projected:
            self._put(self._kept.clocks, case, clocks[case])
            self._put(self._kept.timers, case, timers[case])

    def _listed(self, case: Case) -> ListedCase:
        first = soonest(self._kept.clocks.get(case.id, ())).get(case.id)
        if first is None:
            return ListedCase(case, None, None)
        if first.paused:
            return ListedCase(case, first.clock, None)
        return ListedCase(case, first.clock, first.due_at, first.provisional)

    def _put(self, table: MutableMapping[K, V], key: K, value: V) -> None:
        self._before.append((table, key, table.get(key, _ABSENT)))
        table[key] = value

    def _must_write(self) -> None:
        if not self._write:
            raise begun_for_reading()


def _erased(event: Event, name: str) -> Event:
    """Return the event without its private value of this name; the commitment stays."""
    if name not in event.seals:
        return event
    return replace(
        event,
        data={known: value for known, value in event.data.items() if known != name},
        seals={**event.seals, name: replace(event.seals[name], salt=None)},
    )


def _matches(query: CaseQuery, case: Case) -> bool:
    return (
        query.procedure in (None, case.procedure)
        and query.version in (None, case.version)
        and query.kind in (None, case.kind)
        and (query.states is None or (case.kind, case.state) in query.states)
        and query.unit in (None, case.unit)
        and not (query.open_only and case.closed_at is not None)
    )


def _kept_case(case: Case) -> Case:
    """Return the case as it would be read back from a database: instants in UTC, data copied and plain."""
    return replace(
        case,
        opened_at=as_utc(case.opened_at),
        since=as_utc(case.since),
        closed_at=None if case.closed_at is None else as_utc(case.closed_at),
        data=plain(dict(case.data)),
        marks={action: tuple(_kept_mark(mark) for mark in done) for action, done in case.marks.items()},
        carried=plain(dict(case.carried)),
    )


def _kept_mark(mark: Mark) -> Mark:
    at = as_utc(mark.at)
    # Most marks are those of earlier events, which are kept already as they are.
    return mark if at is mark.at and not mark.given else replace(mark, at=at, given=plain(dict(mark.given)))


def _kept_event(event: Event) -> Event:
    return replace(
        event,
        effective_at=as_utc(event.effective_at),
        recorded_at=as_utc(event.recorded_at),
        data=plain(dict(event.data)),
        opened=None if event.opened is None else plain(dict(event.opened)),
        since=None if event.since is None else as_utc(event.since),
        recount=None if event.recount is None else plain(dict(event.recount)),
        redaction=None if event.redaction is None else plain(dict(event.redaction)),
        printed=None if event.printed is None else plain(dict(event.printed)),
        relations=tuple(plain(dict(told)) for told in event.relations),
        migration=None if event.migration is None else plain(dict(event.migration)),
    )
