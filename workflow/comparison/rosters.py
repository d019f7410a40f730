"""Comparing two rosters: people and units that came, went, or have other roles."""

from __future__ import annotations

from collections.abc import Iterator

from ..messages import Message, Text, say
from ..roster import Actor, Roster, Unit
from .difference import Difference, Matter, Way
from .naming import Named, named
from .speaking import NOTHING


def compare_rosters(old: Roster, new: Roster) -> tuple[Difference, ...]:
    """Return what differs between two rosters: units first, then people; nothing for two that say the same."""
    return tuple(_differences(old, new))


def _differences(old: Roster, new: Roster) -> Iterator[Difference]:
    if old.language != new.language:
        message = say("the language of letters goes from {old} to {new}", old=old.language, new=new.language)
        yield _difference("language", Way.CHANGED, Matter.PAPER, ("language",), message)
    if old.procedures != new.procedures:
        shown = {"old": list(old.procedures) or NOTHING, "new": list(new.procedures) or NOTHING}
        message = say("the procedures of these people go from {old} to {new}", **shown)
        yield _difference("procedures-changed", Way.CHANGED, Matter.RIGHT, ("procedures",), message)
    for name in dict.fromkeys((*old.units, *new.units)):
        yield from _unit(name, old.units.get(name), new.units.get(name))
    for name in dict.fromkeys((*old.people, *new.people)):
        yield from _person(name, old.people.get(name), new.people.get(name), new)
    for part, before, after in (("units", old.units, new.units), ("people", old.people, new.people)):
        if before.keys() == after.keys() and list(before) != list(after):
            message = say("another order: {order}", order=list(after))
            yield _difference(f"{part}-order", Way.ORDER, Matter.WORDS, (part,), message)


def _unit(name: str, old: Unit | None, new: Unit | None) -> Iterator[Difference]:
    path = ("units", name)
    if old is None or new is None:
        known = new or old
        told = {"unit": named(name, known.title if known else None)}
        if new:
            yield _difference("unit-added", Way.ADDED, Matter.RIGHT, path, say("the unit {unit} is new", **told))
        else:
            yield _difference("unit-removed", Way.REMOVED, Matter.RIGHT, path, say("the unit {unit} is gone", **told))
        return
    unit = named(name, new.title)
    if old.title != new.title:
        yield _renamed("unit", (*path, "title"), unit, old.title, new.title)
    if old.can_lead != new.can_lead:
        message = say("{unit} may lead now", unit=unit) if new.can_lead else say("{unit} may not lead now", unit=unit)
        yield _difference("unit-can-lead-changed", Way.CHANGED, Matter.RIGHT, (*path, "can_lead"), message)
    if old.vacant != new.vacant:
        shown = {"old": list(old.vacant) or NOTHING, "new": list(new.vacant) or NOTHING}
        message = say("{unit}: the roles that nobody holds go from {old} to {new}", unit=unit, **shown)
        yield _difference("unit-vacant-changed", Way.CHANGED, Matter.RIGHT, (*path, "vacant"), message)


def _person(name: str, old: Actor | None, new: Actor | None, roster: Roster) -> Iterator[Difference]:
    path = ("people", name)
    if old is None or new is None:
        known = new or old
        told = {"person": named(name, known.name if known else None), "roles": sorted(known.roles) if known else ()}
        if new:
            message = say("{person} is new: {roles}", **told)
            yield _difference("person-added", Way.ADDED, Matter.RIGHT, path, message)
        else:
            message = say("{person} is gone: {roles}", **told)
            yield _difference("person-removed", Way.REMOVED, Matter.RIGHT, path, message)
        return
    person = named(name, new.name)
    if old.name != new.name:
        yield _renamed("person", (*path, "name"), person, old.name, new.name)
    came, went = sorted(new.roles - old.roles), sorted(old.roles - new.roles)
    if came:
        message = say("{person} has the role {roles} now", person=person, roles=came)
        yield _difference("person-roles-changed", Way.CHANGED, Matter.RIGHT, (*path, "roles"), message)
    if went:
        message = say("{person} has not the role {roles} any more", person=person, roles=went)
        yield _difference("person-roles-changed", Way.CHANGED, Matter.RIGHT, (*path, "roles"), message)
    if old.notify != new.notify:
        # An address may hold a password.
        message = say("letters for {person} go elsewhere", person=person)
        yield _difference("person-notify-changed", Way.CHANGED, Matter.PAPER, (*path, "notify"), message)
    values = {
        "unit": (say("the unit"), Matter.RIGHT, _title(old.unit, roster), _title(new.unit, roster)),
        "language": (say("the language of letters"), Matter.PAPER, old.language, new.language),
    }
    for part, (what, matter, before, after) in values.items():
        if getattr(old, part) != getattr(new, part):
            shown = {"old": before or NOTHING, "new": after or NOTHING}
            message = say("{subject}: {what} goes from {old} to {new}", subject=person, what=what, **shown)
            yield _difference(f"person-{part}-changed", Way.CHANGED, matter, (*path, part), message)


def _title(unit: str | None, roster: Roster) -> Named | None:
    known = roster.units.get(unit or "")
    return named(unit, known.title if known else None) if unit else None


def _renamed(kind: str, path: tuple[str, ...], subject: Named, old: Text | None, new: Text | None) -> Difference:
    shown: dict[str, object] = {"old": old or NOTHING, "new": new or NOTHING}
    if old and new and old.en == new.en:
        shown = {"old": old.zh, "new": new.zh}
    elif old and new and old.zh == new.zh:
        shown = {"old": old.en, "new": new.en}
    message = say("{subject}: the name goes from {old} to {new}", subject=subject, **shown)
    return _difference(f"{kind}-name-changed", Way.CHANGED, Matter.WORDS, path, message)


def _difference(code: str, way: Way, matter: Matter, path: tuple[str, ...], message: Message) -> Difference:
    return Difference(code=code, way=way, matter=matter, path=path, message=message)
