"""The definitions of an office as the engine uses them: found in the store, loaded once, kept for the next command."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..calendars import Calendar
from ..comparison import worded
from ..errors import NotFound
from ..machine import CaseMachine
from ..messages import say
from ..model import CASE, Procedure
from ..ports import Definition, Reader, Transaction
from ..roster import Roster
from .situation import Deployed
from .versions import words_name

ROSTER = "roster"
"""The name under which an office's one roster is deployed."""

FIRST = 1
"""The version with which calendars and rosters begin."""


def calendars_of(procedure: Procedure) -> tuple[str, ...]:
    """Return the ids of the calendars that a procedure counts by: its own first, then those that clocks name."""
    lifecycles = (procedure.case, *(subcase.lifecycle for subcase in procedure.subcases.values()))
    named = (clock.calendar for lifecycle in lifecycles for clock in lifecycle.clocks.values())
    return tuple(dict.fromkeys((procedure.calendar, *filter(None, named))))


class Shelf:
    """Loads deployed definitions by what they mean (their fingerprint), so that a new version is seen at once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._loaded: dict[str, Any] = {}
        self._edition: Hashable = None
        self._deployed: dict[tuple[str, int | None], Deployed] = {}
        self._roster: Roster | None = None

    def at_hand(self, tx: Transaction, procedure: str, version: int | None) -> Deployed:
        """Return a procedure as `deployed` does; it is put together anew only when a definition has changed."""
        self._renew(tx)
        key = procedure, version
        if key not in self._deployed:
            self._deployed[key] = self.deployed(tx, procedure, version)
        return self._deployed[key]

    def roster_at_hand(self, tx: Transaction) -> Roster:
        """Return the office's roster as `roster` does; it is looked for only when a definition has changed."""
        self._renew(tx)
        self._roster = self._roster or self.roster(tx)
        return self._roster

    def _renew(self, tx: Transaction) -> None:
        edition = tx.edition()
        if edition != self._edition:
            self._edition, self._deployed, self._roster = edition, {}, None

    def deployed(
        self, tx: Transaction, procedure: str, version: int | None = None, as_of: datetime | None = None
    ) -> Deployed:
        """Return a procedure, newest version unless one is named, with its calendars, roster and machines.

        Args:
            as_of: with the calendars and the roster that were in use at this instant.

        Raises `NotFound` when the office has not deployed it.
        """
        definition = tx.definition("procedure", procedure, version) or self._raise_unknown(tx, procedure, version)
        words = tx.definition("words", words_name(definition.name, definition.version), as_of=as_of)
        model = self._worded(definition, words)
        calendars = {name: self._calendar(tx, name, procedure, as_of) for name in calendars_of(model)}
        loaded = {name: self._load(calendar, self._reader.calendar) for name, calendar in calendars.items()}
        return Deployed(
            procedure=model,
            fingerprint=definition.fingerprint,
            calendar=loaded[model.calendar],
            roster=self.roster(tx, as_of),
            machines=self._machines(definition, words, model),
            calendars=loaded,
            versions={name: calendar.version for name, calendar in calendars.items()},
            recounting=frozenset(name for name, calendar in calendars.items() if calendar.recounted_at is None),
        )

    def counting_by(self, deployed: Deployed, definition: Definition) -> Deployed:
        """Return the same with another version of one of its calendars."""
        calendar, name = self._load(definition, self._reader.calendar), definition.name
        return replace(
            deployed,
            calendar=calendar if name == deployed.procedure.calendar else deployed.calendar,
            calendars={**deployed.calendars, name: calendar},
            versions={**deployed.versions, name: definition.version},
        )

    def tried(self, tx: Transaction, procedure: Procedure, calendars: Mapping[str, Calendar]) -> Deployed:
        """Return a procedure, deployed or not, with what would belong to it if it were.

        Args:
            calendars: by id, for those that the office has not deployed.

        Raises `NotFound` for a calendar that is in neither.
        """
        newest = {name: tx.definition("calendar", name) for name in calendars_of(procedure)}
        loaded = {
            name: self._load(one, self._reader.calendar) if one else self._given(calendars, name, procedure.id)
            for name, one in newest.items()
        }
        kinds = {name: CaseMachine(subcase.lifecycle) for name, subcase in procedure.subcases.items()}
        return Deployed(
            procedure=procedure,
            calendar=loaded[procedure.calendar],
            roster=self.roster(tx),
            machines={CASE: CaseMachine(procedure.case), **kinds},
            calendars=loaded,
            versions={name: one.version if one else 0 for name, one in newest.items()},
        )

    def _given(self, calendars: Mapping[str, Calendar], name: str, procedure: str) -> Calendar:
        if name not in calendars:
            self._raise_no_calendar(name, procedure)
        return calendars[name]

    def users_of(self, tx: Transaction, calendar: str) -> tuple[str, ...]:
        """Return the procedures of which any version counts by a calendar."""
        found = (one for one in tx.definitions() if one.kind == "procedure")
        models = (self._load(definition, self._reader.procedure) for definition in found)
        return tuple(sorted({model.id for model in models if calendar in calendars_of(model)}))

    def _calendar(self, tx: Transaction, name: str, procedure: str, as_of: datetime | None) -> Definition:
        """The calendar as it was then; where there was none yet, as it began."""
        if found := tx.definition("calendar", name, as_of=as_of) or tx.definition("calendar", name, FIRST):
            return found
        return self._raise_no_calendar(name, procedure)

    def _raise_no_calendar(self, name: str, procedure: str) -> Definition:
        raise NotFound(
            say("the calendar {calendar} of {procedure} is not deployed", calendar=name, procedure=procedure),
            say("deploy {calendar}.calendar.yaml: `caseclock deploy`", calendar=name),
        )

    def roster(self, tx: Transaction, as_of: datetime | None = None) -> Roster:
        """Return the office's roster; an empty one when none is deployed."""
        definition = tx.definition("roster", ROSTER, as_of=as_of)
        return self._load(definition, self._reader.roster) if definition else Roster()

    def _load(self, definition: Definition, load: Callable[[str], Any]) -> Any:
        if definition.fingerprint not in self._loaded:
            self._loaded[definition.fingerprint] = load(definition.compiled)
        return self._loaded[definition.fingerprint]

    def _worded(self, definition: Definition, words: Definition | None) -> Procedure:
        """The procedure of a definition in the words of its newest wording; what it means is as it was deployed."""
        model: Procedure = self._load(definition, self._reader.procedure)
        if words is None:
            return model
        key = f"worded:{definition.fingerprint}:{words.fingerprint}"
        if key not in self._loaded:
            self._loaded[key] = worded(model, self._load(words, self._reader.procedure))
        made: Procedure = self._loaded[key]
        return made

    def _machines(self, definition: Definition, words: Definition | None, model: Procedure) -> dict[str, CaseMachine]:
        key = f"machines:{definition.fingerprint}:{words.fingerprint if words else ''}"
        if key not in self._loaded:
            subcases = {name: CaseMachine(subcase.lifecycle) for name, subcase in model.subcases.items()}
            self._loaded[key] = {CASE: CaseMachine(model.case), **subcases}
        machines: dict[str, CaseMachine] = self._loaded[key]
        return machines

    def _raise_unknown(self, tx: Transaction, procedure: str, version: int | None) -> Definition:
        known = sorted({found.name for found in tx.definitions() if found.kind == "procedure"})
        if procedure in known:
            raise NotFound(
                say("version {version} of {procedure} is not deployed", version=version, procedure=procedure)
            )
        nearest = difflib.get_close_matches(procedure, known, n=1)
        hint = (
            say("did you mean {nearest}?", nearest=nearest[0])
            if nearest
            else say("deployed: {known}", known=known)
            if known
            else say("nothing is deployed yet: `caseclock deploy`")
        )
        raise NotFound(say("there is no procedure {procedure} in this office", procedure=procedure), hint)
