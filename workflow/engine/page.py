"""A page of work: many changes in one transaction, their cases read at once and everything written at once.

On a server the way there and back costs more than the work, so a page goes it a few times and not for each command.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain as following
from typing import Any

from ..errors import MALFORMED, CaseclockError, StorageFailed, Unreadable
from ..history import Case, Event
from ..ports import Change, ClockRow, IssuedDocument, Print, Timer, Transaction


class Page:
    """A transaction that keeps what it has read, and what is to be written until `write`.

    It answers as the transaction itself would if everything were written at once. What it does not know itself, the
    transaction tells; of a family that has changed, after the changes are written.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._ids: dict[str, str] = {}
        self._roots: dict[str, str] = {}
        self._families: dict[str, tuple[Case, ...]] = {}
        self._first_timers: dict[str, datetime | None] = {}
        self._changes: list[Change] = []
        self._keys: dict[str, Event] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def take(self, refs: Iterable[str]) -> None:
        """Read and lock the families of these cases at once; what cannot be read is left for when it is asked for."""
        try:
            found = self._tx.named_many(tuple(dict.fromkeys(refs)))
        except (*MALFORMED, Unreadable):
            return
        for ref, (case, cases) in found.items():
            self._keep(ref, case, cases)

    def named(self, ref: str) -> tuple[str, tuple[Case, ...]]:
        """Return the id of the case that ``ref`` names, and its family."""
        if ref not in self._ids:
            self._write_first()
            self._keep(ref, *self._tx.named(ref))
        case = self._ids[ref]
        return case, self._families[self._roots[case]]

    def find(self, ref: str) -> str:
        """Return the id of the case that ``ref`` names."""
        self._write_first()
        return self._tx.find(ref)

    def family(self, root: str) -> tuple[Case, ...]:
        """Return a case with all its subcases."""
        if root not in self._roots:
            self._keep(root, root, self._tx.family(root))
        return self._families[self._roots[root]]

    def first_timer(self, root: str) -> datetime | None:
        """Return the instant of the first undelivered rung of a family."""
        return self._first_timers[root] if root in self._first_timers else self._tx.first_timer(root)

    def event_by_key(self, key: str) -> Event | None:
        """Return the event that was recorded under this idempotency key."""
        return self._keys.get(key) or self._tx.event_by_key(key)

    def events(self, root: str) -> tuple[Event, ...]:
        """Return the events of a family."""
        self._write_first()
        return self._tx.events(root)

    def documents(self, root: str) -> tuple[IssuedDocument, ...]:
        """Return the documents that a family has issued."""
        self._write_first()
        return self._tx.documents(root)

    def prints(self, root: str) -> tuple[Print, ...]:
        """Return the printed papers of a family."""
        self._write_first()
        return self._tx.prints(root)

    def clocks(self, root: str) -> tuple[ClockRow, ...]:
        """Return the projected clocks of a family."""
        self._write_first()
        return self._tx.clocks(root)

    def save(self, change: Change) -> None:
        """Take a change; it is written with the others."""
        self._changes.append(change)
        self._keys.update((event.key, event) for event in change.events if event.key)
        for case in change.cases:
            self._roots[case.id] = case.root
            kept = self._families.get(case.root, ())
            others = tuple(case if one.id == case.id else one for one in kept)
            self._families[case.root] = others if case in others else (*others, case)
        for root in {self._roots[case] for case in change.projected}:
            self._first_timers[root] = min((timer.at for timer in change.timers if timer.root == root), default=None)

    def write(self) -> None:
        """Write everything that has been taken. Raises as `Transaction.save` does."""
        changes, self._changes = self._changes, []
        if changes:
            self._tx.save(merged(changes))

    def _write_first(self) -> None:
        """Write before something is read. A failure is the page's, not that of the command for which it is read."""
        try:
            self.write()
        except CaseclockError as error:
            raise StorageFailed(error.message) from error

    def _keep(self, ref: str, case: str, cases: tuple[Case, ...]) -> None:
        self._ids[ref] = case
        # What has been changed meanwhile is newer than what has just been read.
        self._families.setdefault(cases[0].root, cases)
        self._roots.update((one.id, one.root) for one in cases)


def merged(changes: Sequence[Change]) -> Change:
    """Return one change that leaves everything as these do, one after the other."""
    cases: dict[str, Case] = {}
    clocks: dict[str, list[ClockRow]] = {}
    timers: dict[str, list[Timer]] = {}
    for change in changes:
        cases |= {case.id: case for case in change.cases}
        clocks |= {case: [] for case in change.projected}
        timers |= {case: [] for case in change.projected}
        for clock in change.clocks:
            clocks[clock.case].append(clock)
        for timer in change.timers:
            timers[timer.case].append(timer)
    return Change(
        cases=tuple(cases.values()),
        events=tuple(event for change in changes for event in change.events),
        projected=tuple(clocks),
        clocks=tuple(following.from_iterable(clocks.values())),
        timers=tuple(following.from_iterable(timers.values())),
        documents=tuple(paper for change in changes for paper in change.documents),
        erased=tuple(pair for change in changes for pair in change.erased),
        letters=tuple(letter for change in changes for letter in change.letters),
        prints=tuple(one for change in changes for one in change.prints),
        erased_prints=tuple(pair for change in changes for pair in change.erased_prints),
    )
