"""Differences that are one: a field stands in several lists, an action in several states, a counting in several limits.

Nothing is left out: what is told once keeps every place at which it was found.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from ..model import Field, Procedure
from .difference import Path, Way
from .naming import lifecycles
from .nouns import noun_of
from .places import Place, place_of
from .walk import Leaf


@dataclass(slots=True)
class Group:
    """A difference with all the places at which it was found; the first of them is the one that is told."""

    leaf: Leaf
    place: Place
    others: list[tuple[Leaf, Place]] = field(default_factory=list)

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which it was found."""
        places = (self.place, *(place for _, place in self.others))
        return tuple(dict.fromkeys(place.state for place in places if place.state))

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions in which it was found."""
        places = (self.place, *(place for _, place in self.others))
        return tuple(dict.fromkeys(place.action for place in places if place.action))

    @property
    def also(self) -> tuple[Path, ...]:
        """The further places."""
        return tuple(leaf.path for leaf, _ in self.others)


def grouped(leaves: Iterable[Leaf], old: Procedure, new: Procedure) -> list[Group]:
    """Return the differences, those that are one put together."""
    found = [(leaf, place_of(leaf.path)) for leaf in leaves]
    declared = {
        kind: {it.name for procedure in (old, new) for it in _opens_with(procedure, kind)}
        for kind in (*lifecycles(old), *lifecycles(new))
    }
    groups: dict[Hashable, Group] = {}
    for leaf, place in sorted(found, key=lambda it: _turn(it[0], it[1], declared)):
        key = _key(leaf, place, declared)
        if key in groups:
            groups[key].others.append((leaf, place))
        else:
            groups[key] = Group(leaf, place)
    position = {leaf.path: index for index, (leaf, _) in enumerate(found)}
    told = _without_echoes(_with_moves(groups.values()))
    return sorted(told, key=lambda group: position[group.leaf.path])


def _opens_with(procedure: Procedure, kind: str) -> Iterable[Field]:
    lifecycle = lifecycles(procedure).get(kind)
    return lifecycle.opens_with if lifecycle else ()


def _turn(leaf: Leaf, place: Place, declared: Mapping[str, set[str]]) -> int:
    """Which place is told where a field stands in several: where it is declared, be it the case's or an action's."""
    if leaf.way is Way.RENAMED and not _is_entry(leaf):
        return 3
    if not place.field:
        return 0
    in_list = {"fields": 0, "opens_with": 2}.get(str(leaf.path[-2 - len(place.rest)]), 1)
    return in_list if place.field in declared[place.kind] else (1 if in_list == 0 else 0)


def _key(leaf: Leaf, place: Place, declared: Mapping[str, set[str]]) -> Hashable:
    if leaf.way is Way.RENAMED:
        return "renamed", leaf.old, leaf.new
    values = _hashable(leaf.old), _hashable(leaf.new)
    if place.field and place.rest:
        return "field", place.kind, place.field, place.rest, leaf.way, values
    if place.field:
        own = place.action if place.action and place.field in declared[place.kind] else ""
        return "field", place.kind, place.field, own, leaf.way
    if place.action:
        return "action", place.kind, place.action, place.rest, leaf.way, values
    if place.clock and leaf.owner.__name__ == "Counting":
        return "counting", place.kind, place.clock, leaf.name, leaf.way, values
    return leaf.path, leaf.way


def _is_entry(leaf: Leaf) -> bool:
    """Whether it is the part itself that has another name, and not a place that names it."""
    return noun_of(leaf.owner, leaf.name).keys is not None and leaf.path[-1] == leaf.new


def _hashable(value: object) -> Hashable:
    return repr(value)


def _with_moves(groups: Iterable[Group]) -> list[Group]:
    """Make one of an action that went from one state and came, the same, in another."""
    found = list(groups)
    whole = [it for it in found if it.place.action and not it.place.rest and not it.place.field]
    gone = [it for it in whole if it.leaf.way is Way.REMOVED]
    for came in (it for it in whole if it.leaf.way is Way.ADDED):
        left = next((it for it in gone if _same_action(it, came)), None)
        if left:
            gone.remove(left)
            found.remove(left)
            came.leaf = Leaf(
                came.leaf.path, came.leaf.owner, came.leaf.name, Way.MOVED, left.leaf.old, came.leaf.new, came.leaf.key
            )
            came.others = [*came.others, (left.leaf, left.place), *left.others]
    return found


def _without_echoes(groups: list[Group]) -> Iterable[Group]:
    """Put the order of a case's values to what was changed in its actions, from which alone it may follow."""
    echoes = [it for it in groups if it.leaf.way is Way.ORDER and it.leaf.path[-1:] == ("fields",)]
    for echo in echoes:
        kind = echo.place.kind
        if (*echo.leaf.path[:-1], "opens_with") in {it.leaf.path for it in groups}:
            continue
        cause = next((it for it in groups if it.place.kind == kind and "states" in it.leaf.path), None)
        if cause:
            cause.others.append((echo.leaf, echo.place))
            groups.remove(echo)
    return groups


def _same_action(left: Group, came: Group) -> bool:
    return (left.place.kind, left.place.action) == (came.place.kind, came.place.action)
