"""One transaction on an open SQLAlchemy connection: it finds, reads and writes, and neither begins nor commits."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable

from ..workflow.chain import End, Head
from ..workflow.errors import Conflict, NotFound
from ..workflow.history import Case, Event
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
    soonest,
)
from . import reference, rows, statements
from .damage import readable
from .expectations import (
    begun_for_reading,
    expected_revisions,
    overtaken,
    redeployed,
    refuse_strangers,
)
from .prepared import prepared, together
from .reference import Candidate

NEWEST = 500
"""Among how many of the newest numbers a mistyped one is looked for."""


Work = tuple[Executable, Sequence[dict[str, Any]]]
"""A statement, and the sets of values that it is run with."""


class Kept(NamedTuple):
    """Those columns of a case that are written only when they change, as they are in the database."""

    projected: str | None
    closed_at: datetime | None
    unheaded: bool | None


UNKNOWN = Kept(None, datetime.min, None)
"""What is kept of a case that this transaction has not read: every column is written."""


class SqlTransaction:
    """One transaction of one office; see `Transaction` for what each method promises."""

    def __init__(self, connection: Connection, office: str, *, write: bool) -> None:
        self._connection = connection
        self._office = office
        self._write = write
        self._on_server = connection.dialect.name == "postgresql"
        self._kept: dict[str, Kept] = {}
        self._first_timers: dict[str, datetime | None] = {}
        self._edition: tuple[Any, ...] | None = None

    def find(self, ref: str) -> str:
        """Return the id of the case that ``ref`` names."""
        exact = self._all(statements.case_by_number_or_id, ref=reference.normal(ref))
        if exact:
            return str(next((row for row in exact if row.number == reference.normal(ref)), exact[0]).id)
        found = reference.pick(ref, self._candidates(ref))
        if found is None:
            newest = self._all(statements.newest_numbers, most=NEWEST)
            raise reference.unknown(ref, [row.number for row in newest])
        return found

    def family(self, root: str) -> tuple[Case, ...]:
        """Return a case with all its subcases, the case first; locked if this transaction writes."""
        found = self._locked(statements.lock_root, statements.family_of_case, case=root)
        if not found:
            raise NotFound(say("no case {case} in this office", case=root))
        return self._family(found)

    def named(self, ref: str) -> tuple[str, tuple[Case, ...]]:
        """Return the id of the case that ``ref`` names, and its family; locked if this transaction writes."""
        exact = reference.normal(ref)
        found = self._locked(statements.lock_named_root, statements.family_of_named, ref=exact)
        if not found:
            case = self.find(ref)
            return case, self.family(case)
        (named,) = [row for row in found if row.number == exact] or [row for row in found if row.id == exact]
        return str(named.id), self._family(found)

    def named_many(self, refs: Sequence[str]) -> Mapping[str, tuple[str, tuple[Case, ...]]]:
        """Return, for each of these that is a whole number or id, what `named` returns."""
        exact = {ref: reference.normal(ref) for ref in refs}
        values = {"office": self._office, "refs": list(exact.values())}
        if self._write and self._on_server:
            self._connection.execute(statements.lock_many_roots, values)
        families: dict[str, list[Any]] = {}
        for row in self._connection.execute(statements.families_of_many, values):
            families.setdefault(row.root_id, []).append(row)
        found = {root: (rows, self._family(rows)) for root, rows in families.items()}
        ids = {row.id: row.id for rows, _ in found.values() for row in rows}
        # The number goes before the id.
        ids |= {row.number: row.id for rows, _ in found.values() for row in rows}
        of = {case.id: cases for _, cases in found.values() for case in cases}
        return {ref: (ids[it], of[ids[it]]) for ref, it in exact.items() if it in ids}

    def first_timer(self, root: str) -> datetime | None:
        """Return the instant of the first undelivered rung of a case and its subcases."""
        if root not in self._first_timers:
            self._first_timers[root] = min((timer.at for timer in self.timers_of(root)), default=None)
        return self._first_timers[root]

    def _locked(self, lock: Executable, family: Executable, **values: Any) -> list[Any]:
        """The rows of a family, locked if this transaction writes; what is always asked for next is asked for too."""
        # SQLite has locked the whole file already.
        asked = [(lock, values)] if self._write and self._on_server else []
        asked.append((family, values))
        if self._edition is None:
            asked.append((statements.edition, {}))
        found = self._all_together(asked)
        if self._edition is None:
            self._edition = tuple(map(tuple, found.pop()))
        return found[-1]

    def _family(self, found: Sequence[Any]) -> tuple[Case, ...]:
        """The cases of a family's rows; what a change of them will ask for is noted down."""
        self._kept.update((row.id, Kept(row.projected, row.closed_at, row.unheaded)) for row in found)
        timers = (row.first_timer for row in found if row.first_timer is not None)
        self._first_timers[found[0].root_id] = min(timers, default=None)
        return tuple(readable(rows.case_of, row) for row in found)

    def events(self, root: str) -> tuple[Event, ...]:
        """Return the events of a case and its subcases, in order of recording."""
        private = rows.private_of(self._all(statements.private_of_family, root=root))
        found = self._all(statements.events_of_family, root=root)
        return tuple(readable(rows.event_of, row, private) for row in found)

    def event_by_key(self, key: str) -> Event | None:
        """Return the event that was recorded under this idempotency key."""
        row = self._first(statements.event_by_key, key=key)
        return None if row is None else self._event(row)

    def documents(self, root: str) -> tuple[IssuedDocument, ...]:
        """Return the documents that a case and its subcases have issued, in order of issue."""
        return tuple(rows.document_of(row) for row in self._all(statements.documents_of_family, root=root))

    def prints(self, root: str) -> tuple[Print, ...]:
        """Return the printed papers of a case and its subcases, in order of case and printing."""
        return tuple(readable(rows.print_of, row) for row in self._all(statements.prints_of_family, root=root))

    def cases(self, query: CaseQuery) -> tuple[ListedCase, ...]:
        """Return the cases that match, soonest due first."""
        found = self._connection.execute(statements.listed(self._office, query))
        return tuple(rows.listed_of(row) for row in found)

    def clocks(self, root: str) -> tuple[ClockRow, ...]:
        """Return the projected clocks of a case and its subcases, in order of case and name."""
        return tuple(rows.clock_of(row) for row in self._all(statements.clocks_of_family, root=root))

    def open_families(self, procedures: Sequence[str], after: str, limit: int) -> tuple[str, ...]:
        """Return up to ``limit`` ids of cases without parent of which any member is open, in order of id."""
        values = {"office": self._office, "procedures": list(procedures), "after": after, "most": limit}
        found = self._connection.execute(statements.open_families, values)
        return tuple(str(row.root_id) for row in found)

    def cases_by_version(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """Return, for each procedure and version that has any, how many cases without parent run, and have ended."""
        found = self._all(statements.cases_by_version)
        return {(row.procedure, row.version): (row.all_of_them - row.ended, row.ended) for row in found}

    def timers(self, until: datetime, limit: int, after: TimerPlace | None = None) -> tuple[Timer, ...]:
        """Return up to ``limit`` undelivered rungs whose instant is not after ``until``, in legal order."""
        if after is None:
            statement = statements.claim_timers_until if self._write else statements.timers_until
            return tuple(rows.timer_of(row) for row in self._all(statement, until=until, most=limit))
        statement = statements.claim_timers_after if self._write else statements.timers_after
        at, case, key = after
        place = {"at": at, "case": case, "clock": key.clock, "round": key.round, "rung": key.rung}
        return tuple(rows.timer_of(row) for row in self._all(statement, until=until, most=limit, **place))

    def timers_of(self, root: str) -> tuple[Timer, ...]:
        """Return the undelivered rungs of a case and its subcases, in order of case, clock, round and rung."""
        return tuple(rows.timer_of(row) for row in self._all(statements.timers_of_family, root=root))

    def families(self, after: str, limit: int) -> tuple[str, ...]:
        """Return up to ``limit`` ids of cases without parent, open or not, after the id ``after``, in order of id."""
        return tuple(str(row.id) for row in self._all(statements.families, after=after, most=limit))

    def unheaded(self, limit: int) -> tuple[End, ...]:
        """Return up to ``limit`` ends of chains that no head covers yet, in order of case."""
        statement = statements.claim_unheaded if self._write else statements.unheaded
        return tuple(rows.end_of(row) for row in self._all(statement, most=limit))

    def last_head(self) -> Head | None:
        """Return the head that was closed last; in a writing transaction, locked."""
        row = self._first(statements.lock_last_head if self._write else statements.last_head)
        return None if row is None else rows.head_of(row)

    def heads(self) -> tuple[Head, ...]:
        """Return every head, in order."""
        return tuple(readable(rows.head_of, row) for row in self._all(statements.all_heads))

    def ends(self, head: int) -> tuple[End, ...]:
        """Return the ends that a head covers, in order of case."""
        return tuple(rows.end_of(row) for row in self._all(statements.ends_of_head, head=head))

    def add_head(self, head: Head, ends: Sequence[End]) -> None:
        """Keep a head with the ends that it covers."""
        self._must_write()
        refuse_strangers(self._office, head.office)
        self._run(statements.add_head, [rows.head_row(head)])
        self._run(statements.add_end, [rows.end_row(head, end) for end in ends])
        places = [{"_office": self._office, "_id": end.case, "_revision": end.seq} for end in ends]
        self._run(statements.cover, places)
        self._kept.clear()

    def contradicted(self, head: int) -> tuple[End, ...]:
        """Return those ends that a head covers of which the history has no such event, or one with another link."""
        return tuple(rows.end_of(row) for row in self._all(statements.contradicted, head=head))

    def uncovered(self) -> tuple[End, ...]:
        """Return the ends of chains that are said to be covered by a head, and that no head covers."""
        return tuple(rows.end_of(row) for row in self._all(statements.uncovered))

    def strays(self) -> tuple[str, ...]:
        """Return the ids of cases of which something is kept and that belong to no family, in order."""
        return tuple(str(row[0]) for row in self._all(statements.strays))

    def lost_families(self) -> tuple[str, ...]:
        """Return the ids of families of which events are kept and a case is not, in order."""
        return tuple(str(row.root_id) for row in self._all(statements.lost_families))

    def recorded(self, root: str) -> tuple[Event, ...]:
        """Return the events that say themselves that they belong to this family, in order of recording."""
        private = rows.private_of(self._all(statements.private_recorded, root=root))
        found = self._all(statements.events_recorded, root=root)
        return tuple(readable(rows.event_of, row, private) for row in found)

    def listed_family(self, root: str) -> tuple[ListedCase, ...]:
        """Return a case with all its subcases as lists show them, in the order of `family`."""
        return tuple(rows.listed_of(row) for row in self._all(statements.family, root=root))

    def rewrite(self, cases: Sequence[Case], clocks: Sequence[ClockRow], timers: Sequence[Timer]) -> None:
        """Put these in the place of what is kept of the cases, their clocks and timers."""
        self._must_write()
        refuse_strangers(self._office, *(case.office for case in cases))
        for case in cases:
            row = rows.case_row(case)
            place = {"_office": self._office, "_id": case.id}
            if self._run(statements.rewrite_case, [row | place]) != 1:
                self._run(statements.add_case, [row])
        change = Change(projected=tuple(case.id for case in cases), clocks=tuple(clocks), timers=tuple(timers))
        self._kept.clear()
        self._run_together(*self._project(change, self._projections(change)))

    def serials(self) -> Mapping[str, int]:
        """Return the last number drawn of each series."""
        return {row.series: readable(rows.serial_of, row) for row in self._all(statements.all_serials)}

    def raise_serial(self, series: str, value: int) -> None:
        """Have the next number of a series be greater than ``value``."""
        self._must_write()
        self._run(statements.raise_serial, [{"office": self._office, "series": series, "value": value}])

    def next_serial(self, series: str) -> int:
        """Return the next number of a series."""
        self._must_write()
        (drawn,) = self._all(statements.next_serial, series=series)
        return int(drawn[0])

    def save(self, change: Change) -> None:
        """Write ``change``, or raise `Conflict` when a case is no longer at the revision it was made from."""
        self._must_write()
        expected = expected_revisions(self._office, change)
        projections = self._projections(change)
        self._write_cases(change.cases, expected, projections)
        erased = [{"office": self._office, "case": case, "name": name} for case, name in change.erased]
        gone = [{"_office": self._office, "_case": case, "_seq": seq} for case, seq in change.erased_prints]
        self._run_together(
            (statements.add_event, [rows.event_row(event) for event in change.events]),
            (statements.add_private, [row for event in change.events for row in rows.private_rows(event)]),
            *self._project(change, projections),
            (statements.erase_private, erased),
            (statements.add_document, [rows.document_row(self._office, paper) for paper in change.documents]),
            (statements.add_letter, [rows.letter_row(letter) for letter in change.letters]),
            (statements.add_print, [rows.print_row(self._office, one) for one in change.prints]),
            (statements.erase_print, gone),
        )

    def letters(self, *, given_up: bool, limit: int) -> tuple[Letter, ...]:
        """Return letters that have not been delivered, those that are next first."""
        statement = statements.letters_given_up if given_up else statements.letters_waiting
        return tuple(readable(rows.letter_of, row) for row in self._all(statement, most=limit))

    def letters_due(self, now: datetime, limit: int) -> tuple[Letter, ...]:
        """Return letters that are to be sent by ``now``; in a writing transaction, locked."""
        statement = statements.claim_letters_due if self._write else statements.letters_due
        return tuple(readable(rows.letter_of, row) for row in self._all(statement, now=now, most=limit))

    def settle(self, letters: Sequence[Letter]) -> None:
        """Keep what has become of letters that are here."""
        self._must_write()
        refuse_strangers(self._office, *(letter.office for letter in letters))
        for letter in letters:
            row = rows.letter_row(letter)
            became = {name: row[name] for name in ("attempts", "next_at", "sent_at", "reason")}
            self._run(statements.settle_letter, [became | {"_office": self._office, "_key": letter.key}])

    def edition(self) -> Hashable:
        """Return something that is another whenever a definition of the office has been deployed or recounted."""
        if self._edition is None:
            self._edition = tuple(map(tuple, self._all(statements.edition)))
        return self._edition

    def definition(
        self, kind: Kind, name: str, version: int | None = None, as_of: datetime | None = None
    ) -> Definition | None:
        """Return a deployed definition, the newest version when none is named."""
        if version is not None:
            row = self._first(statements.definition_version, kind=kind, name=name, version=version)
        elif as_of is not None:
            row = self._first(statements.definition_as_of, kind=kind, name=name, as_of=as_of)
        else:
            row = self._first(statements.newest_definition, kind=kind, name=name)
        return None if row is None else rows.definition_of(row)

    def definitions(self) -> tuple[Definition, ...]:
        """Return every deployed definition, by kind, name and version."""
        return tuple(rows.definition_of(row) for row in self._all(statements.all_definitions))

    def deploy(self, definition: Definition) -> None:
        """Keep a definition; one that is kept already, with the same fingerprint, stays as it is."""
        self._must_write()
        refuse_strangers(self._office, definition.office)
        kept = self.definition(definition.kind, definition.name, definition.version)
        self._edition = None
        if kept is None:
            self._run(statements.add_definition, [rows.definition_row(definition)])
        elif kept.fingerprint != definition.fingerprint:
            raise redeployed(kept)

    def finish_recount(self, calendar: str, version: int, at: datetime) -> None:
        """Note down that every open case has been recounted by this version of a calendar."""
        self._must_write()
        self._edition = None
        self._run(
            statements.finish_recount, [{"_office": self._office, "_name": calendar, "_version": version, "at": at}]
        )

    def _candidates(self, ref: str) -> Iterable[Candidate]:
        wanted = reference.parts(reference.normal(ref))
        number_like = "%" + "%".join(wanted) + "%" if wanted else ""
        id_like = _escaped(reference.normal(ref)) + "%"
        for row in self._all(statements.cases_like, number_like=number_like, id_like=id_like):
            yield Candidate(row.id, row.number, bool(row.is_root))

    def _write_cases(
        self, cases: Iterable[Case], expected: dict[str, int], projections: Mapping[str, dict[str, Any]]
    ) -> None:
        nothing = dict.fromkeys(statements.PROJECTED)
        new = [rows.case_row(case) | projections.get(case.id, nothing) for case in cases if expected[case.id] == 0]
        self._run(statements.add_case, new)
        known = [case for case in cases if expected[case.id]]
        places = ({"_office": self._office, "_id": case.id, "_expected": expected[case.id]} for case in known)
        changes = (self._changes(case, projections.get(case.id, {})) for case in known)
        work = [(statements.change_case, change | place) for change, place in zip(changes, places, strict=True)]
        for case, changed in zip(known, self._run_each(work), strict=True):
            if changed != 1:
                raise self._overtaken(case)
            self._kept[case.id] = self._kept.get(case.id, UNKNOWN)._replace(closed_at=case.closed_at, unheaded=True)
            self._first_timers.pop(case.root, None)

    def _changes(self, case: Case, projection: dict[str, Any]) -> dict[str, Any]:
        """Those columns of a case that are to be written: the ones that change seldom only when they change.

        Indexes of some rows only are made of these, and SQLite writes such an index whenever the column is set, be it
        to what it is already.
        """
        row, kept = rows.case_row(case), self._kept.get(case.id, UNKNOWN)
        names = [*statements.CHANGING]
        if row["closed_at"] != kept.closed_at:
            names.append("closed_at")
        # On a server, somebody may be closing a head over a subcase at this moment: only the case itself is locked.
        if not kept.unheaded or self._on_server:
            names.append("unheaded")
        told = projection if projection.get("projected") != kept.projected else {}
        return {name: row[name] for name in names} | told

    def _projections(self, change: Change) -> dict[str, dict[str, Any]]:
        """The columns that follow from the clocks and timers of each case that a change projects."""
        first = soonest(change.clocks)
        clocks: dict[str, list[ClockRow]] = {case: [] for case in change.projected}
        timers: dict[str, list[Timer]] = {case: [] for case in change.projected}
        for clock in change.clocks:
            clocks[clock.case].append(clock)
        for timer in change.timers:
            timers[timer.case].append(timer)
        return {
            case: {**rows.due_row(first.get(case)), "projected": rows.projection_digest(clocks[case], timers[case])}
            for case in change.projected
        }

    def _project(self, change: Change, projections: Mapping[str, dict[str, Any]]) -> Iterator[Work]:
        """What writes the clocks and timers of those cases of which they are not as they are kept already."""
        other = {case for case, told in projections.items() if self._projected_of(case) != told["projected"]}
        for case in other:
            self._kept[case] = self._kept.get(case, UNKNOWN)._replace(projected=projections[case]["projected"])
        places = [{"office": self._office, "case": case} for case in sorted(other)]
        yield statements.drop_clocks, places
        yield statements.drop_timers, places
        clocks = (clock for clock in change.clocks if clock.case in other)
        yield statements.add_clock, [rows.clock_row(self._office, clock) for clock in clocks]
        timers = (timer for timer in change.timers if timer.case in other)
        yield statements.add_timer, [rows.timer_row(self._office, timer) for timer in timers]
        written = {case.id for case in change.cases}
        due = [{"_office": self._office, "_id": case, **projections[case]} for case in sorted(other - written)]
        yield statements.set_projected, due

    def _projected_of(self, case: str) -> str | None:
        return self._kept.get(case, UNKNOWN).projected

    def _overtaken(self, case: Case) -> Conflict | NotFound:
        last = self._first(statements.last_event, case=case.id)
        if last is None:
            return NotFound(say("no case {case} in this office", case=case.number))
        return overtaken(case, self._event(last))

    def _event(self, row: Any) -> Event:
        private = self._all(statements.private_of_event, case=row.case_id, seq=row.seq) if row.sealed else []
        return rows.event_of(row, rows.private_of(private))

    def _must_write(self) -> None:
        if not self._write:
            raise begun_for_reading()

    def _run(self, statement: Executable, values: Sequence[dict[str, Any]]) -> int:
        """Run a statement for each set of values and return how many rows the last one changed."""
        if not values:
            return 0
        cursor = prepared(statement, self._connection.dialect, values[0]).run(self._connection, values)
        changed = int(cursor.rowcount)
        cursor.close()
        return changed

    def _run_each(self, work: Sequence[tuple[Executable, dict[str, Any]]]) -> list[int]:
        """Run statements, all at once on a server, and return how many rows each has changed."""
        made = [(prepared(statement, self._connection.dialect, values), values) for statement, values in work]
        with together(self._connection) if len(work) > 1 else nullcontext():
            cursors = [one.run(self._connection, [values]) for one, values in made]
        changed = [int(cursor.rowcount) for cursor in cursors]
        for cursor in cursors:
            cursor.close()
        return changed

    def _run_together(self, *work: Work) -> None:
        """Run statements that go to a server at once."""
        some = [(statement, values) for statement, values in work if values]
        with together(self._connection) if len(some) > 1 else nullcontext():
            for statement, values in some:
                self._run(statement, values)

    def _all(self, statement: Executable, **values: Any) -> list[Any]:
        given = {"office": self._office, **values}
        return prepared(statement, self._connection.dialect).all(self._connection, given)

    def _all_together(self, asked: Iterable[tuple[Executable, dict[str, Any]]]) -> list[list[Any]]:
        """The rows of several statements, which go to a server at once."""
        made = [(prepared(statement, self._connection.dialect), values) for statement, values in asked]
        with together(self._connection):
            cursors = [one.run(self._connection, [{"office": self._office, **values}]) for one, values in made]
            return [one.fetched(cursor) for (one, _), cursor in zip(made, cursors, strict=True)]

    def _first(self, statement: Executable, **values: Any) -> Any:
        found = self._all(statement, **values)
        return found[0] if found else None


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
