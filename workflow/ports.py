"""What the engine needs from outside, as protocols: a store, and a reader of definitions.

`storage` and `definitions` implement them. The engine decides; the store only keeps and finds.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from .calendars import Calendar
from .chain import End, Head
from .history import Case, Event, RungKey
from .letters import Letter
from .model import Procedure
from .roster import Roster

Kind = Literal["procedure", "calendar", "roster", "words"]
"""Of what a definition is one; ``words`` is another wording of a procedure's version, see `engine.versions`."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One deployed definition of an office: its text, and the compiled form that the engine loads.

    Args:
        name: the procedure's or calendar's id; ``roster`` for the roster; for words, such as ``permit@2``.
        version: the procedure's version; calendars, rosters and words count up from 1 with every change.
        fingerprint: SHA-256 over the meaning, so that comments and layout do not count.
        recounted_at: for a calendar: when every open case had been recounted by this version; None until then.
    """

    office: str
    kind: Kind
    name: str
    version: int
    fingerprint: str
    source: str
    compiled: str
    deployed_at: datetime
    recounted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockRow:
    """The projection of one clock of one case: what lists and inboxes sort and filter by; never the truth.

    Args:
        calendar: the calendar by which the due was counted, with its version, such as ``cn@3``; None in rows that an
            older caseclock wrote.
        running: time runs; of a clock for which it stands still, ``paused`` says so.
    """

    case: str
    clock: str
    started_at: datetime
    due_at: datetime
    provisional: bool
    running: bool
    calendar: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """A rung that is still to be delivered, at its legal instant."""

    case: str
    root: str
    key: RungKey
    action: str
    at: datetime

    @property
    def place(self) -> TimerPlace:
        """Its place in the legal order of all rungs."""
        return self.at, self.case, self.key


TimerPlace = tuple[datetime, str, RungKey]
"""By what rungs are ordered: their instant, then case and key."""


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A paper that an event issued: its number, and the values it was made from."""

    case: str
    seq: int
    name: str
    number: str
    data: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class Print:
    """The first rendering of a paper in a format, which every later print repeats.

    Args:
        case, seq: the event that says it was printed.
        number: the paper's.
        format: ``html``, ``docx`` or ``pdf``.
        content: the bytes; None once private values that they show have been erased.
        sha256: of the bytes, in hexadecimal digits.
        template: SHA-256 of the template.
        printed_at: UTC.
    """

    case: str
    seq: int
    number: str
    format: str
    content: bytes | None
    sha256: str
    template: str
    printed_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that one transaction writes: all of it, or nothing.

    Args:
        cases: their new values; each is written only over the revision that its first event in ``events`` follows.
        projected: ids of the cases whose clock and timer rows are all replaced by ``clocks`` and ``timers``.
        erased: pairs of case and field of which every private value that was recorded is erased, for good.
        letters: what is to be told of the events.
        erased_prints: pairs of case and seq of the prints of which the content is erased.
    """

    cases: tuple[Case, ...] = ()
    events: tuple[Event, ...] = ()
    projected: tuple[str, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    timers: tuple[Timer, ...] = ()
    documents: tuple[IssuedDocument, ...] = ()
    erased: tuple[tuple[str, str], ...] = ()
    letters: tuple[Letter, ...] = ()
    prints: tuple[Print, ...] = ()
    erased_prints: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases to list.

    Args:
        states: pairs of kind and state, any of which; None means every state.
        unit: only subcases held by this unit.
        open_only: leave out cases that have ended.
        version: only cases that run on this version of their procedure.
        kind: only cases of this kind.
        due_before: only cases with a running clock due at or before this instant.
        limit, offset: the page.
    """

    procedure: str | None = None
    kind: str | None = None
    states: Sequence[tuple[str, str]] | None = None
    unit: str | None = None
    open_only: bool = False
    due_before: datetime | None = None
    limit: int | None = None
    offset: int = 0
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case in a list, with its soonest due running clock, if any, or with a paused one, which has no due.

    Lists are ordered by due, then number.
    """

    case: Case
    clock: str | None
    due_at: datetime | None
    provisional: bool = False


def soonest(clocks: Iterable[ClockRow]) -> dict[str, ClockRow]:
    """Return, for each case with a running clock, the one that is due first; by name where two are due together.

    A paused clock comes after all that are not: nothing is due by it until time runs again.
    """
    first: dict[str, ClockRow] = {}
    for clock in clocks:
        known = first.get(clock.case)
        if (clock.running or clock.paused) and (known is None or _order(clock) < _order(known)):
            first[clock.case] = clock
    return first


def _order(clock: ClockRow) -> tuple[bool, datetime, str]:
    return clock.paused, clock.due_at, clock.clock


class Transaction(Protocol):
    """One transaction of the store. Everything is of the office that it was begun for."""

    def find(self, ref: str) -> str:
        """Return the id of the case that ``ref`` names: an id, a number, or an unambiguous part of either.

        Raises `NotFound`, or `Conflict` when several cases match.
        """

    def family(self, root: str) -> tuple[Case, ...]:
        """Return a case with all its subcases, the case first; in a writing transaction, locked. Raises `NotFound`.

        Args:
            root: the id of any case of the family.
        """

    def named(self, ref: str) -> tuple[str, tuple[Case, ...]]:
        """Return the id of the case that ``ref`` names, and its family: `find` and `family` in one.

        Raises `NotFound`, or `Conflict` when several cases match.
        """

    def named_many(self, refs: Sequence[str]) -> Mapping[str, tuple[str, tuple[Case, ...]]]:
        """Return, for each of these that is a whole number or id, what `named` returns; the others are missing.

        In a writing transaction they are locked, in an order in which two that do so cannot wait for one another.
        """

    def first_timer(self, root: str) -> datetime | None:
        """Return the instant of the first undelivered rung of a case and its subcases, None when there is none.

        Args:
            root: the id of the case without parent.
        """

    def events(self, root: str) -> tuple[Event, ...]:
        """Return the events of a case and its subcases, in order of recording."""

    def event_by_key(self, key: str) -> Event | None:
        """Return the event that was recorded under this idempotency key."""

    def documents(self, root: str) -> tuple[IssuedDocument, ...]:
        """Return the documents that a case and its subcases have issued, in order of issue."""

    def prints(self, root: str) -> tuple[Print, ...]:
        """Return the printed papers of a case and its subcases, in order of case and printing."""

    def cases(self, query: CaseQuery) -> tuple[ListedCase, ...]:
        """Return the cases that match, soonest due first."""

    def clocks(self, root: str) -> tuple[ClockRow, ...]:
        """Return the projected clocks of a case and its subcases, in order of case and name."""

    def open_families(self, procedures: Sequence[str], after: str, limit: int) -> tuple[str, ...]:
        """Return up to ``limit`` ids of cases without parent of which any member is open, in order of id.

        Args:
            procedures: only cases of these.
            after: only ids after this one; empty to begin.
        """

    def cases_by_version(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """Return, for each procedure and version that has any, how many cases without parent run, and have ended."""

    def timers(self, until: datetime, limit: int, after: TimerPlace | None = None) -> tuple[Timer, ...]:
        """Return up to ``limit`` undelivered rungs whose instant is not after ``until``, in legal order.

        In a writing transaction their cases are locked, and those that somebody else is writing are passed over, so
        that any number of workers share the work.

        Args:
            after: only those after this place.
        """

    def timers_of(self, root: str) -> tuple[Timer, ...]:
        """Return the undelivered rungs of a case and its subcases, in order of case, clock, round and rung."""

    def families(self, after: str, limit: int) -> tuple[str, ...]:
        """Return up to ``limit`` ids of cases without parent, open or not, after the id ``after``, in order of id."""

    def unheaded(self, limit: int) -> tuple[End, ...]:
        """Return up to ``limit`` ends of chains that no head covers yet, in order of case.

        In a writing transaction they are locked, and those that somebody else is writing are passed over.
        """

    def last_head(self) -> Head | None:
        """Return the head that was closed last; in a writing transaction, locked."""

    def heads(self) -> tuple[Head, ...]:
        """Return every head, in order."""

    def ends(self, head: int) -> tuple[End, ...]:
        """Return the ends that a head covers, in order of case."""

    def add_head(self, head: Head, ends: Sequence[End]) -> None:
        """Keep a head with the ends that it covers. Raises `Conflict` when one with its number is there already."""

    def contradicted(self, head: int) -> tuple[End, ...]:
        """Return those ends that a head covers of which the history has no such event, or one with another link."""

    def uncovered(self) -> tuple[End, ...]:
        """Return the ends of chains that are said to be covered by a head, and that no head that is there covers."""

    def strays(self) -> tuple[str, ...]:
        """Return the ids of cases of which something is kept and that belong to no family, in order.

        No family holds what has no row of a case, or one that does not lead to a case without parent.
        """

    def lost_families(self) -> tuple[str, ...]:
        """Return the ids of cases without parent of whose families events are kept and a case is not, in order."""

    def recorded(self, root: str) -> tuple[Event, ...]:
        """Return the events that say themselves that they belong to this family, in order of recording.

        Unlike `events`, it finds those of which the case is not kept any more.
        """

    def listed_family(self, root: str) -> tuple[ListedCase, ...]:
        """Return a case with all its subcases as lists show them, in the order of `family`."""

    def rewrite(self, cases: Sequence[Case], clocks: Sequence[ClockRow], timers: Sequence[Timer]) -> None:
        """Put these in the place of what is kept of the cases, their clocks and timers; the history is not touched."""

    def serials(self) -> Mapping[str, int]:
        """Return the last number drawn of each series."""

    def raise_serial(self, series: str, value: int) -> None:
        """Have the next number of a series be greater than ``value``."""

    def next_serial(self, series: str) -> int:
        """Return the next number of a series, 1, 2, 3... without gaps: a rolled back transaction gives it back."""

    def save(self, change: Change) -> None:
        """Write ``change``. Raises `Conflict` when a case has been changed since the change was made."""

    def definition(
        self, kind: Kind, name: str, version: int | None = None, as_of: datetime | None = None
    ) -> Definition | None:
        """Return a deployed definition, the newest version when none is named.

        Args:
            as_of: only versions that had been deployed at this instant.
        """

    def letters(self, *, given_up: bool, limit: int) -> tuple[Letter, ...]:
        """Return letters that have not been delivered, those that are next first, then in order of their keys.

        Args:
            given_up: those that are tried no more, in place of those that are still to be sent.
        """

    def letters_due(self, now: datetime, limit: int) -> tuple[Letter, ...]:
        """Return letters that are to be sent by ``now``, in the same order; in a writing transaction, locked.

        Those that somebody else has locked are passed over, so that any number of workers share the work.
        """

    def settle(self, letters: Sequence[Letter]) -> None:
        """Keep what has become of letters that are here."""

    def edition(self) -> Hashable:
        """Return something that is another whenever a definition of the office has been deployed or recounted."""

    def definitions(self) -> tuple[Definition, ...]:
        """Return every deployed definition, by kind, name and version."""

    def deploy(self, definition: Definition) -> None:
        """Keep a definition. Raises `Conflict` when this version of it is already kept with another fingerprint."""

    def finish_recount(self, calendar: str, version: int, at: datetime) -> None:
        """Note down that every open case has been recounted by this version of a calendar."""


class Store(Protocol):
    """Where cases are kept. Raises `StorageFailed` when the database cannot do its work."""

    def begin(self, office: str, *, write: bool) -> AbstractContextManager[Transaction]:
        """Begin a transaction for one office: committed at the end, rolled back when an exception leaves it."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a reader makes of a definition's text. See `Definition` for the arguments."""

    kind: Kind
    name: str
    version: int | None
    fingerprint: str
    compiled: str
    warnings: tuple[Any, ...] = field(default=())


class Reader(Protocol):
    """Reads definitions: text to a compiled form that can be stored, and the compiled form to values."""

    def compile(self, source: str, *, file: str) -> Compiled:
        """Read and check a definition. Its first key tells the kind. Raises `DefinitionInvalid` with all problems."""

    def procedure(self, compiled: str) -> Procedure:
        """Return the procedure that `compile` made."""

    def calendar(self, compiled: str) -> Calendar:
        """Return the calendar that `compile` made."""

    def roster(self, compiled: str) -> Roster:
        """Return the roster that `compile` made."""
