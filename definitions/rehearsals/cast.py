"""Who acts in a test, and on what: people and roles, units and their subcases, by the names that the owner writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from ...workflow.checks.sentences import nearest, unknown
from ...workflow.errors import Problem
from ...workflow.messages import Message, say
from ...workflow.model import SYSTEM, Lifecycle, Procedure
from ...workflow.roster import Actor, Roster
from .shapes import ByShape


class Unfit(Exception):
    """A part of a test does not fit its procedure; the problem's path is below that part."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Target:
    """What a step is about.

    Args:
        ref: as the steps of a story name it.
        lifecycles: the case's, or those of the kinds of subcase that may be meant.
        unit: the unit whose subcase it is.
    """

    ref: str
    lifecycles: tuple[Lifecycle, ...]
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody and everything that a test may name.

    Args:
        roster: the roster that the test names; an empty one where it names none.
        people: those that the test invents.
    """

    procedure: Procedure
    roster: Roster
    people: Mapping[str, Actor]

    def actor(self, by: ByShape | None, unit: str | None) -> Actor:
        """Return who acts: a person, or whoever holds the roles; without ``by`` somebody who may open a case.

        Args:
            unit: the unit on whose subcase they act, if any.

        Raises `Unfit`.
        """
        if by is None:
            return self._holder((self.procedure.opened_by[0],), None)
        if (by.person is None) == (not by.role):
            raise Unfit(
                Problem("one-of-keys", (), say("expected exactly one of the keys {keys} here", keys=["person", "role"]))
            )
        if by.person is not None and (found := self.people.get(by.person) or self.roster.people.get(by.person)):
            return found
        roles = (by.person,) if by.person is not None else tuple(by.role)
        return self._holder(self._roles(roles), self._unit(roles, by.unit, unit))

    def _roles(self, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name == SYSTEM:
                raise Unfit(
                    Problem("reserved-name", (), say("what the system does comes by itself: expect it with tick"))
                )
            if name not in self.procedure.roles:
                known = [*self.people, *self.roster.people, *self.procedure.roles]
                raise Unfit(Problem("unknown-person", (), _unknown(say("person or role"), name, known)))
        return names

    def _unit(self, roles: tuple[str, ...], named: str | None, held: str | None) -> str | None:
        if not any(self.procedure.roles[role].of_unit for role in roles if role in self.procedure.roles):
            return named
        if named is None and held is None:
            message = say("{role} acts for a unit; give role and unit", role=roles[0])
            raise Unfit(Problem("missing-key", (), message))
        return named or held

    def _holder(self, roles: tuple[str, ...], unit: str | None) -> Actor:
        """Return the first on the roster who holds the roles for the unit, or somebody invented."""
        for person in self.roster.people.values():
            if person.roles >= set(roles) and unit in (None, person.unit):
                return person
        name = "+".join(roles)
        return Actor(f"{name}/{unit}" if unit else name, frozenset(roles), unit)

    def target(self, on: str | None, cases: Collection[str], current: str) -> Target:
        """Return what ``on`` names: ``unit``, ``kind/unit``, ``case``, ``case/unit`` or ``case/kind/unit``.

        Args:
            cases: the names of the cases that the test has opened so far.
            current: the one that is meant where none is named.

        Raises `Unfit`.
        """
        first, *rest = (on or current).split("/")
        name, parts = (first, rest) if on is None or first in cases else (current, [first, *rest])
        if not parts:
            return Target(name, (self.procedure.case,))
        kind, unit = (None, parts[0]) if len(parts) == 1 else (parts[0], "/".join(parts[1:]))
        subcases = self.procedure.subcases
        if kind is not None and kind not in subcases:
            raise Unfit(Problem("unknown-subcase", (), unknown("subcase", kind, subcases)))
        if not subcases or (self.roster.units and unit not in self.roster.units):
            raise Unfit(Problem("unknown-unit", (), _unknown(say("unit"), unit, [*self.roster.units, *cases])))
        kinds = [kind] if kind else list(subcases)
        return Target("/".join((name, *parts)), tuple(subcases[kind].lifecycle for kind in kinds), unit)


def names(part: str, lifecycles: Iterable[Lifecycle]) -> list[str]:
    """Return the names of all ``states``, ``actions``, ``clocks`` or ``fields`` of some lifecycles."""
    parts: Mapping[str, Callable[[Lifecycle], Mapping[str, object]]] = {
        "state": lambda lifecycle: lifecycle.states,
        "action": lambda lifecycle: lifecycle.actions,
        "clock": lambda lifecycle: lifecycle.clocks,
        "field": lambda lifecycle: lifecycle.fields,
    }
    return list(dict.fromkeys(name for lifecycle in lifecycles for name in parts[part](lifecycle)))


def _unknown(what: Message, name: str, valid: Iterable[str]) -> Message:
    words = list(dict.fromkeys(valid))
    near = nearest(name, words)
    if near:
        return say("no {kind} {name}; did you mean {near}?", kind=what, name=name, near=near)
    return say("no {kind} {name}; declared: {valid}", kind=what, name=name, valid=words)
