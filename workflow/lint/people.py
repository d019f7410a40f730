"""People: whether the roster has somebody for every action, in every unit, and enough for those who must differ."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..checks.places import Path, actions
from ..errors import Problem
from ..grammar import ExpressionError
from ..guards import compile_expression
from ..messages import Message, say
from ..model import SYSTEM, Action, Procedure
from ..roster import Roster


class Deed(NamedTuple):
    """An action, with the path to it and to the state in which it is legal."""

    path: Path
    state: Path
    action: Action


def lint_people(procedure: Procedure, roster: Roster) -> Iterator[Problem]:
    """Yield roles that nobody holds, units that have nobody for theirs, and groups too few can keep apart."""
    deeds = [Deed(path, path[:-2], action) for path, _, action in actions(procedure)]
    yield from _opening(procedure, roster)
    yield from _nobody(procedure, roster, deeds)
    yield from _may_not_give(roster, deeds)
    yield from _units(procedure, roster, deeds)
    yield from _apart(procedure, roster, deeds)


def not_on_roster(procedure: Procedure, roster: Roster) -> Iterator[Problem]:
    """Yield a procedure that is not named on the roster of its own office, though people of it have its roles."""
    shared = roster.holders(procedure.roles)
    if roster.procedures and procedure.id not in roster.procedures and shared:
        yield Problem(
            "not-on-roster",
            ("procedure",),
            say(
                "the roster is for {procedures}, so for {procedure} nobody looked at who can do what",
                procedures=list(roster.procedures),
                procedure=procedure.id,
            ),
            warning=True,
            hint=say("Add {procedure} to the procedures of the roster.", procedure=procedure.id),
        )


def _opening(procedure: Procedure, roster: Roster) -> Iterator[Problem]:
    if SYSTEM not in procedure.opened_by and not roster.holders(procedure.opened_by):
        yield Problem(
            "nobody-can",
            ("opened_by",),
            say("nobody on the roster is {roles}: no case can be opened", roles=list(procedure.opened_by)),
            warning=True,
            hint=_hire(procedure.opened_by),
        )


def _nobody(procedure: Procedure, roster: Roster, deeds: Sequence[Deed]) -> Iterator[Problem]:
    """Yield roles of which an action needs one and nobody holds any."""
    impossible = [deed for deed in deeds if SYSTEM not in deed.action.by and not roster.holders(deed.action.by)]
    for roles in dict.fromkeys(deed.action.by for deed in impossible):
        concerned = [deed for deed in impossible if deed.action.by == roles]
        names = list(dict.fromkeys(deed.action.name for deed in concerned))
        stuck = [state[-1] for state in dict.fromkeys(d.state for d in concerned) if _only(state, deeds, roster)]
        message = (
            say(
                "nobody on the roster is {roles}, so nobody can do {actions}: cases stay in {states}",
                roles=list(roles),
                actions=names,
                states=stuck,
            )
            if stuck
            else say("nobody on the roster is {roles}, so nobody can do {actions}", roles=list(roles), actions=names)
        )
        path = ("roles", roles[0]) if roles and roles[0] in procedure.roles else concerned[0].path
        yield Problem("nobody-can", path, message, on_key=True, warning=True, hint=_hire(roles))


def _may_not_give(roster: Roster, deeds: Sequence[Deed]) -> Iterator[Problem]:
    """Yield inputs that must be given, and that nobody who may do the action may give."""
    told: set[tuple[str, str]] = set()
    for deed in deeds:
        able = roster.holders(deed.action.by)
        for field in deed.action.inputs:
            key = (deed.action.name, field.name)
            if not able or not field.required or not field.set_by or SYSTEM in deed.action.by or key in told:
                continue
            if not any(person.roles & set(field.set_by) for person in able):
                told.add(key)
                yield Problem(
                    "nobody-can",
                    (*deed.path, "input", field.name),
                    say(
                        "{action} needs {field}, which is for {roles}, and nobody who may do it ({by}) is one of these",
                        action=deed.action.name,
                        field=field.name,
                        roles=list(field.set_by),
                        by=list(deed.action.by),
                    ),
                    on_key=True,
                    warning=True,
                    hint=say("Let one of {roles} do it (by), or widen set_by.", roles=list(field.set_by)),
                )


def _only(state: Path, deeds: Sequence[Deed], roster: Roster) -> bool:
    """Whether nobody can lead a case on from a state."""
    leaving = [deed.action for deed in deeds if deed.state == state and deed.action.to not in (None, state[-1])]
    return not any(SYSTEM in action.by or roster.holders(action.by) for action in leaving)


def _hire(roles: Sequence[str]) -> Message:
    return say("Give somebody of the roster one of these roles: {roles}", roles=list(roles))


def _units(procedure: Procedure, roster: Roster, deeds: Sequence[Deed]) -> Iterator[Problem]:
    """Yield, for each role of a unit, the units that have nobody in it though others have."""
    for role in procedure.roles.values():
        # what another role may do too is done by that one
        needed = [deed.action.name for deed in deeds if deed.action.by == (role.name,)]
        if not role.of_unit or not needed or not roster.holders([role.name]):
            continue
        without = [
            unit.id
            for unit in roster.units.values()
            if role.name not in unit.vacant and not roster.holders([role.name], unit.id)
        ]
        if without:
            yield Problem(
                "unit-without",
                ("roles", role.name),
                say(
                    "nobody is {role} of {units}: what only this role does cannot be done there ({actions})",
                    role=role.name,
                    units=without,
                    actions=list(dict.fromkeys(needed)),
                ),
                on_key=True,
                warning=True,
                hint=say("Give somebody of the unit this role, or write in the unit vacant: {role}", role=role.name),
            )


def _apart(procedure: Procedure, roster: Roster, deeds: Sequence[Deed]) -> Iterator[Problem]:
    """Yield groups of actions for which there are not as many people as must differ."""
    by_name: dict[str, list[Deed]] = {}
    for deed in deeds:
        by_name.setdefault(deed.action.name, []).append(deed)
    for path, group in _groups(procedure, deeds):
        for unit in _units_meant(procedure, roster, [by_name[name][0].action for name in group if name in by_name]):
            able = {
                name: _able(procedure, roster, by_name[name], unit)
                for name in dict.fromkeys(group)
                if name in by_name and not any(SYSTEM in deed.action.by for deed in by_name[name])
            }
            able = {name: people for name, people in able.items() if people}
            if short := too_few(able):
                yield _short(path, short, able, unit)
                break


def _groups(procedure: Procedure, deeds: Sequence[Deed]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The groups of ``separation``, and the pairs that a condition such as ``actor != doer(draft)`` keeps apart."""
    for index, group in enumerate(procedure.separation):
        yield ("separation", index), group
    for deed in deeds:
        for number, guard in enumerate(deed.action.guards):
            for other in _other_doers(guard.check):
                yield (*deed.path, "when", number, "check"), (deed.action.name, other)


def _other_doers(source: str) -> Iterator[str]:
    """The actions whose doer must be somebody else, by a condition that always holds for that."""
    try:
        tree = compile_expression(source).tree
    except ExpressionError:
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        match part:
            case ast.Compare(
                left=ast.Name(id="actor"),
                ops=[ast.NotEq()],
                comparators=[ast.Call(func=ast.Name(id="doer"), args=[ast.Constant(value=name)])],
            ):
                yield str(name)


def _units_meant(procedure: Procedure, roster: Roster, group: Sequence[Action]) -> list[str | None]:
    of_unit = any(procedure.roles[role].of_unit for action in group for role in action.by if role in procedure.roles)
    return list(roster.units) if of_unit and roster.units else [None]


def _able(procedure: Procedure, roster: Roster, deeds: Sequence[Deed], unit: str | None) -> frozenset[str]:
    """The people who can do an action, those of a unit's role for the unit alone."""
    roles = {role for deed in deeds for role in deed.action.by if role in procedure.roles}
    found = roster.holders(role for role in roles if not procedure.roles[role].of_unit)
    found += roster.holders((role for role in roles if procedure.roles[role].of_unit), unit)
    return frozenset(person.id for person in found)


def too_few(able: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the fewest actions for which there are fewer people than actions; empty where each can have its own.

    Args:
        able: for each action, who can do it.

    The question is whether the sets have distinct representatives; a set of actions that has too few people is what
    Hall's theorem says there is when they have not. It is found by augmenting paths.

    >>> too_few({"approve": frozenset({"li"}), "publish": frozenset({"li"}), "answer": frozenset({"wu"})})
    ('approve', 'publish')
    >>> too_few({"approve": frozenset({"li", "wu"}), "publish": frozenset({"li"})})
    ()
    """
    taken: dict[str, str] = {}
    for action in able:
        asked: set[str] = set()
        if not _seat(action, able, taken, asked):
            return tuple(name for name in able if name == action or any(taken.get(person) == name for person in asked))
    return ()


def _seat(action: str, able: Mapping[str, frozenset[str]], taken: dict[str, str], asked: set[str]) -> bool:
    """Give an action somebody of its own, moving others where that helps; ``asked`` collects who was in question."""
    for person in sorted(able[action] - asked):
        asked.add(person)
        if person not in taken or _seat(taken[person], able, taken, asked):
            taken[person] = action
            return True
    return False


def _short(path: Path, short: Sequence[str], able: Mapping[str, frozenset[str]], unit: str | None) -> Problem:
    people = sorted(frozenset().union(*(able[name] for name in short)))
    where = say(" in a case of unit {unit}", unit=unit) if unit else ""
    return Problem(
        "too-few-people",
        path,
        say(
            "{actions} must be done by {needed} different people, and only {people} can do them{where}: somebody "
            "is missing, and no case gets past",
            actions=list(short),
            needed=len(short),
            people=people,
            where=where,
        ),
        warning=True,
        hint=say("Give one more person of the roster a role that may do one of them: {actions}", actions=list(short)),
    )
