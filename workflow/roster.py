"""Who acts: the people, units and roles of one office, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .errors import NotFound
from .messages import Text, say
from .model import SYSTEM


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: an id, the roles held, and the unit acted for.

    A host program with its own accounts makes actors directly; an office takes them from its roster.

    Args:
        notify: the addresses to which letters for this person go.
        language: ``en`` or ``zh``, in which letters are written; None for the roster's.

    >>> Actor("li", roles=frozenset({"leader"})).roles
    frozenset({'leader'})
    """

    id: str
    roles: frozenset[str] = frozenset()
    unit: str | None = None
    name: Text | None = None
    notify: tuple[str, ...] = ()
    language: str | None = None


THE_SYSTEM = Actor(SYSTEM, frozenset({SYSTEM}))
"""The actor of rungs, joins and expiry."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An office's unit.

    Args:
        can_lead: it may be named lead of a case that several units handle.
        vacant: roles of the unit that nobody holds for now, and that is known.
    """

    id: str
    title: Text
    can_lead: bool = True
    vacant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """The units and people of one office.

    Args:
        language: in which letters are written, ``en`` or ``zh``.
        procedures: those in which its people take part; empty for every procedure of the office.
    """

    units: Mapping[str, Unit] = field(default_factory=dict)
    people: Mapping[str, Actor] = field(default_factory=dict)
    language: str = "en"
    procedures: tuple[str, ...] = ()

    def actor(self, person: str) -> Actor:
        """Return the actor with this id. Raises `NotFound`, with the nearest valid ids, for an unknown one."""
        if person == SYSTEM or person not in self.people:
            raise NotFound(
                say("no person {person} on the roster", person=person),
                say("people on the roster: {people}", people=sorted(self.people)),
            )
        return self.people[person]

    def holders(self, roles: Iterable[str], unit: str | None = None) -> tuple[Actor, ...]:
        """Return everyone with one of ``roles``; with ``unit``, only those who act for that unit."""
        wanted = frozenset(roles)
        return tuple(
            person for person in self.people.values() if person.roles & wanted and (unit is None or person.unit == unit)
        )
