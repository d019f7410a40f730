"""The definitions of an office as the engine uses them: found in the store, loaded once, kept for the next command."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from ..errors import NotFound
from ..machine import CaseMachine
from ..messages import say
from ..model import CASE, Procedure
from ..ports import Definition, Reader, Transaction
from ..roster import Roster
from .situation import Deployed

ROSTER = "roster"
"""The name under which an office's one roster is deployed."""


class Shelf:
    """Loads deployed definitions by what they mean (their fingerprint), so that a new version is seen at once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._loaded: dict[str, Any] = {}

    def deployed(self, tx: Transaction, procedure: str, version: int | None = None) -> Deployed:
        """Return a procedure, newest version unless one is named, with its calendar, roster and machines.

        Raises `NotFound` when the office has not deployed it.
        """
        definition = tx.definition("procedure", procedure, version) or self._raise_unknown(tx, procedure, version)
        model: Procedure = self._load(definition, self._reader.procedure)
        calendar = tx.definition("calendar", model.calendar)
        if calendar is None:
            raise NotFound(
                say(
                    "the calendar {calendar} of {procedure} is not deployed",
                    calendar=model.calendar,
                    procedure=procedure,
                ),
                say("deploy {calendar}.calendar.yaml: `caseclock deploy`", calendar=model.calendar),
            )
        return Deployed(
            procedure=model,
            calendar=self._load(calendar, self._reader.calendar),
            roster=self.roster(tx),
            machines=self._machines(definition, model),
        )

    def roster(self, tx: Transaction) -> Roster:
        """Return the office's roster; an empty one when none is deployed."""
        definition = tx.definition("roster", ROSTER)
        return self._load(definition, self._reader.roster) if definition else Roster()

    def _load(self, definition: Definition, load: Callable[[str], Any]) -> Any:
        if definition.fingerprint not in self._loaded:
            self._loaded[definition.fingerprint] = load(definition.compiled)
        return self._loaded[definition.fingerprint]

    def _machines(self, definition: Definition, model: Procedure) -> dict[str, CaseMachine]:
        key = f"machines:{definition.fingerprint}"
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
