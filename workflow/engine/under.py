"""Other definitions: which of them a history is replayed under, in the place of those that the office has deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..errors import NotFound
from ..history import Event
from ..machine import CaseMachine
from ..messages import say
from ..model import CASE
from ..ports import Compiled, Definition, Reader
from .session import Session
from .shelf import ROSTER, calendars_of
from .situation import Deployed

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""When definitions that replace others are taken to have been in use from."""


@dataclass(frozen=True, slots=True)
class Under:
    """Other definitions to replay under, each in the place of every version that the office has deployed.

    Args:
        procedure: replaces the procedure of its id.
        calendar: replaces the calendar of its id; where the procedure counts by none of this id, the procedure's own.
        roster: replaces the roster: whoever is not on it, or holds another role, may not do what was done.
    """

    procedure: Compiled | None = None
    calendar: Compiled | None = None
    roster: Compiled | None = None

    @property
    def anything(self) -> bool:
        """Whether any definition is another one."""
        return bool(self.procedure or self.calendar or self.roster)


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions of the office, and those to replay under.

    Args:
        recorded: those deployed. ``played``: those that the replay uses.
    """

    recorded: tuple[Definition, ...]
    played: tuple[Definition, ...]
    under: Under

    def version(self, event: Event) -> int:
        """The version under which a case is opened again."""
        opened = event.opened or {}
        replaced = self.under.procedure
        return (replaced.version or 1) if replaced and replaced.name == opened["procedure"] else opened["version"]

    def alike(self, event: Event) -> bool:
        """Whether a case is replayed under what it was recorded under."""
        opened = event.opened or {}
        procedure = self.under.procedure
        if procedure and procedure.name == opened["procedure"] and procedure.fingerprint != opened.get("definition"):
            return False
        calendars = [self.under.calendar, self.under.roster]
        return all(other is None or self._is_only(other) for other in calendars)

    def _is_only(self, other: Compiled) -> bool:
        """Whether a definition is the only one of its kind and name that was ever in use."""
        known = {it.fingerprint for it in self.recorded if (it.kind, it.name) == (other.kind, _name(other))}
        return known == {other.fingerprint}


def definitions_under(session: Session, reader: Reader, under: Under, procedure: str | None) -> Definitions:
    """Return the definitions of the office, with others in their place.

    Args:
        procedure: the one that is replayed; all of them when None.
    """
    recorded = session.tx.definitions()
    others = [it for it in (under.procedure, under.calendar, under.roster) if it]
    gone = {(it.kind, _name(it)) for it in others}
    played = [it for it in recorded if (it.kind, it.name) not in gone]
    played += [_in_place(session.office, it, _name(it)) for it in others]
    if under.calendar:
        named = under.procedure.name if under.procedure else procedure
        models = [reader.procedure(it.compiled) for it in played if it.kind == "procedure" and named in (None, it.name)]
        if not any(under.calendar.name in calendars_of(model) for model in models):
            own = sorted({model.calendar for model in models})
            played = [it for it in played if not (it.kind == "calendar" and it.name in own)]
            played += [_in_place(session.office, under.calendar, name) for name in own]
    return Definitions(recorded, tuple(played), under)


def _name(compiled: Compiled) -> str:
    """The name under which a definition is deployed."""
    return ROSTER if compiled.kind == "roster" else compiled.name


def _in_place(office: str, compiled: Compiled, name: str) -> Definition:
    return Definition(
        office=office,
        kind=compiled.kind,
        name=name,
        version=compiled.version or 1,
        fingerprint=compiled.fingerprint,
        source="",
        compiled=compiled.compiled,
        deployed_at=BEGINNING,
        recounted_at=BEGINNING if compiled.kind == "calendar" else None,
    )


def rules(session: Session, reader: Reader, procedure: str, under: Under) -> Deployed:
    """Return a procedure as it would be deployed with other definitions in place of the office's. Raises `NotFound`."""
    if not under.anything:
        return session.deployed(procedure)
    base = session.deployed(procedure)
    newest: dict[tuple[str, str], Definition] = {}
    for one in definitions_under(session, reader, under, procedure).played:
        known = newest.get((one.kind, one.name))
        if known is None or one.version > known.version:
            newest[one.kind, one.name] = one
    definition = newest["procedure", procedure]
    model = reader.procedure(definition.compiled)
    calendars = {}
    for name in calendars_of(model):
        if ("calendar", name) not in newest:
            raise NotFound(
                say("the calendar {calendar} of {procedure} is not deployed", calendar=name, procedure=procedure),
                say("name its file with --calendar"),
            )
        calendars[name] = reader.calendar(newest["calendar", name].compiled)
    roster = newest.get(("roster", ROSTER))
    machines = {name: CaseMachine(subcase.lifecycle) for name, subcase in model.subcases.items()}
    return replace(
        base,
        procedure=model,
        calendar=calendars[model.calendar],
        roster=reader.roster(roster.compiled) if roster else base.roster,
        machines={CASE: CaseMachine(model.case), **machines},
        calendars=calendars,
        versions={name: newest["calendar", name].version for name in calendars},
        recounting=frozenset(),
        fingerprint=definition.fingerprint,
    )


def from_the_first(definitions: Sequence[Definition]) -> Iterator[Definition]:
    """Definitions with the instants from which they apply: cases that were loaded may be older than the deploying.

    A case names its version of a procedure; of calendars and rosters, the first applies to whatever was before.
    """
    for one in definitions:
        first = min(it.version for it in definitions if (it.kind, it.name) == (one.kind, one.name))
        begins = one.kind == "procedure" or one.version == first
        yield replace(one, deployed_at=BEGINNING) if begins else one


def is_later_calendar(definition: Definition, others: Iterable[Definition]) -> bool:
    """Whether a calendar took the place of an earlier version, so that open cases had to be recounted."""
    return definition.kind == "calendar" and any(
        it.kind == "calendar" and it.name == definition.name and it.version < definition.version for it in others
    )
