"""A session: one transaction, one reading of the clock, and the definitions as they stood then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ..history import Case
from ..migration import KEEP
from ..ports import Definition, Transaction
from ..roster import Actor, Roster
from .draft import Draft
from .family import Family
from .ids import time_ordered_id
from .recount import Counting, catch_up
from .shelf import Shelf
from .situation import Deployed, Situation, with_earlier


class LocksFirst(Exception):
    """A family must be locked before another one that is locked already: begin anew, and lock these first.

    Families are locked in order of their ids, so that two who merge cases at once never wait for one another.
    """

    def __init__(self, *cases: str) -> None:
        super().__init__(*cases)
        self.cases = tuple(sorted(cases))


class Sessions(Protocol):
    """Begins sessions: a transaction each, with one reading of the clock."""

    def __call__(self, *, write: bool = False) -> AbstractContextManager[Session]:
        """Begin one; committed at the end of the block, rolled back when an exception leaves it."""


FAMILIES = 200
"""How many families are gone through at a time."""


def family_pages(sessions: Sessions) -> Iterator[tuple[str, ...]]:
    """Yield the ids of all cases without parent, in pages, each read in a session of its own."""
    after = ""
    while True:
        with sessions() as session:
            page = session.tx.families(after, FAMILIES)
        if not page:
            return
        yield page
        after = page[-1]


@dataclass(slots=True)
class Session:
    """One transaction of an office at the instant ``now``."""

    tx: Transaction
    office: str
    now: datetime
    shelf: Shelf
    _locked: frozenset[str] = frozenset()
    _deployed: dict[tuple[str, int | None, datetime | None], Deployed] = field(default_factory=dict)
    _calendars: dict[tuple[str, int], Definition | None] = field(default_factory=dict)
    _fingerprints: dict[tuple[str, int], str | None] = field(default_factory=dict)

    def deployed(self, procedure: str, version: int | None = None, as_of: datetime | None = None) -> Deployed:
        """Return a procedure with what belongs to it, the newest version unless one is named. Raises `NotFound`.

        Args:
            as_of: with the calendars and the roster that were in use at this instant.
        """
        key = (procedure, version, as_of)
        if key not in self._deployed:
            self._deployed[key] = (
                self.shelf.deployed(self.tx, procedure, version, as_of)
                if as_of
                else self.shelf.at_hand(self.tx, procedure, version)
            )
        return self._deployed[key]

    def deployed_for(self, cases: Sequence[Case], as_of: datetime | None = None) -> Deployed:
        """Return the procedure of a family, with the earlier versions by which some of its clocks still go.

        Args:
            cases: the family, or some of it, as it is; all of them are on one version.
            as_of: with the calendars and the roster that were in use at this instant.

        Raises `NotFound`.
        """
        deployed = self.deployed(cases[0].procedure, cases[0].version, as_of)
        versions = {told["version"] for case in cases for told in case.carried.values() if told["rule"] == KEEP}
        if not versions:
            return deployed
        earlier = {version: self.deployed(cases[0].procedure, version, as_of) for version in sorted(versions)}
        return with_earlier(deployed, earlier)

    def roster(self) -> Roster:
        """Return the office's roster."""
        return self.shelf.roster_at_hand(self.tx)

    def actor(self, by: Actor | str) -> Actor:
        """Return the actor, looked up on the roster when only an id is given. Raises `NotFound`."""
        return by if isinstance(by, Actor) else self.roster().actor(by)

    def situation(self, ref: str) -> Situation:
        """Return the case that ``ref`` names, as of now. Raises `NotFound`, or `Conflict` when several match."""
        case_id, cases = self.tx.named(ref)
        family = Family(cases)
        return Situation(self.deployed_for(cases), family, family.member(case_id), self.now)

    def family(self, case_id: str) -> Family:
        """Return a case with its subcases, by the id of any of them; locked in a writing transaction."""
        return Family(self.tx.family(case_id))

    def lock(self, cases: Sequence[str]) -> None:
        """Lock families in order of their ids, before any other is loaded."""
        for case in sorted(cases):
            self.tx.family(case)
        self._locked = frozenset(cases)

    def lock_after(self, first: str, case: str) -> None:
        """Make sure that ``case`` may be locked now that ``first`` is locked. Raises `LocksFirst`."""
        if case < first and not {first, case} <= self._locked:
            raise LocksFirst(first, case)

    def draft(self, deployed: Deployed, family: Family) -> Draft:
        """Return a draft of a change to ``family``, which begins with what a new version of a calendar moves in it."""
        draft = Draft(
            deployed,
            self.office,
            self.now,
            lambda: time_ordered_id(self.now),
            self.tx.next_serial,
            recorded=lambda: self.tx.events(family.root.id),
            family=family,
            first_timer=lambda: self.tx.first_timer(family.root.id),
        )
        if family.cases and deployed.recounting:
            catch_up(draft, self.tx.clocks(family.root.id), self.counting_by)
        return draft

    def fingerprint(self, procedure: str, version: int) -> str | None:
        """Return the fingerprint of a deployed procedure, None when it is not deployed."""
        key = procedure, version
        if key not in self._fingerprints:
            found = self.tx.definition("procedure", procedure, version)
            self._fingerprints[key] = found.fingerprint if found else None
        return self._fingerprints[key]

    def counting_by(self, deployed: Deployed, name: str, version: int) -> Counting:
        """Return the same with a version of one of its calendars, and that version; version 0 changes nothing."""
        key = (name, version)
        if key not in self._calendars:
            self._calendars[key] = self.tx.definition("calendar", name, version)
        definition = self._calendars[key]
        return (self.shelf.counting_by(deployed, definition) if definition else deployed), definition
