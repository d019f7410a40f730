"""A walk over two values of the model: every place at which they differ, whatever the model grows to hold.

It knows nothing of procedures but which dataclasses are said whole, and by what the parts of a list are told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from ..messages import Text
from ..model import (
    Amount,
    Bound,
    Expiry,
    Extension,
    Firing,
    Floor,
    Guard,
    LatestStart,
    Lifecycle,
    Limit,
    Opening,
    Pause,
    Period,
    Reading,
    Rung,
    Splitting,
)
from .difference import Path, Way

WHOLE = (Text, Period, Amount, Rung, Bound, Floor, LatestStart, Expiry, Opening, Firing, Splitting)
"""What is said as one: a difference within is a difference of it."""

_KNOWN_BY: Mapping[type, tuple[Callable[[Any], Hashable], ...]] = {
    Rung: (lambda rung: (rung.action, rung.side), lambda rung: (rung.side, rung.offset), lambda rung: rung.action),
    Guard: (lambda guard: guard.check, lambda guard: guard.say),
    Limit: (lambda limit: limit.when, lambda limit: (limit.period, limit.until, limit.amount)),
    Pause: (lambda pause: pause.begins, lambda pause: pause.ends),
    Expiry: (lambda expiry: expiry.action, lambda expiry: expiry.when),
    Extension: (lambda extension: extension.grant, lambda extension: extension.ask),
}
"""By what a part of a list is the same one in both, the surest first."""


_IN_PLACE = (Guard, Limit)
"""Of these, two that stand in the same place of lists of one length are the same one, whatever of them changed."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One place at which two values differ.

    Args:
        owner: the dataclass in which it stands, and ``name``, its attribute there.
        key: for a part of a mapping or list that came or went: its key or name.
        old, new: what stood and stands there; None where it came or went.
    """

    path: Path
    owner: type
    name: str
    way: Way
    old: object
    new: object
    key: str = ""


def walk(old: Any, new: Any) -> Iterator[Leaf]:
    """Yield every place at which two values of one dataclass differ, in the order in which the class declares them."""
    yield from _parts(old, new, ())


def walk_place(old: Any, new: Any, path: Path, owner: type, name: str) -> Iterator[Leaf]:
    """Yield the same of two values of one attribute, which stand at a place of the model.

    Args:
        owner: the dataclass that has the attribute, and ``name``, what it is called there.
    """
    yield from _place(old, new, path, owner, name)


def _parts(old: Any, new: Any, path: Path) -> Iterator[Leaf]:
    for part in fields(old):
        if part.init:
            before, after = getattr(old, part.name), getattr(new, part.name)
            yield from _place(before, after, (*path, part.name), type(old), part.name)


def _place(old: Any, new: Any, path: Path, owner: type, name: str) -> Iterator[Leaf]:
    if old is new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mapping(old, new, path, owner, name)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield from _tuple(old, new, path, owner, name)
    elif is_dataclass(old) and type(old) is type(new) and not isinstance(old, WHOLE):
        yield from _parts(old, new, path)
    elif type(old) is not type(new) or old != new:
        way = Way.ADDED if _empty(old) else Way.REMOVED if _empty(new) else Way.CHANGED
        yield Leaf(path, owner, name, way, old, new)


def _empty(value: object) -> bool:
    return value is None or value == "" or value == ()


def _mapping(old: Mapping[str, Any], new: Mapping[str, Any], path: Path, owner: type, name: str) -> Iterator[Leaf]:
    for key in old:
        if key not in new:
            yield Leaf((*path, key), owner, name, Way.REMOVED, old[key], None, key)
    for key in new:
        if key in old:
            yield from _place(old[key], new[key], (*path, key), owner, name)
        else:
            yield Leaf((*path, key), owner, name, Way.ADDED, None, new[key], key)
    before, after = [key for key in old if key in new], [key for key in new if key in old]
    # The first state is the one in which a case begins.
    begins = owner is Lifecycle and name == "states" and list(old)[:1] != list(new)[:1]
    if before != after or begins:
        yield Leaf(path, owner, name, Way.ORDER, tuple(old), tuple(new))


def _tuple(old: tuple[Any, ...], new: tuple[Any, ...], path: Path, owner: type, name: str) -> Iterator[Leaf]:
    if not all(is_dataclass(part) for part in (*old, *new)):
        if old != new:
            way = Way.ADDED if not old else Way.REMOVED if not new else Way.CHANGED
            yield Leaf(path, owner, name, way, old, new)
        return
    before, after = _by_name(old), _by_name(new)
    if before is not None and after is not None:
        yield from _mapping(before, after, path, owner, name)
    else:
        yield from _list(old, new, path, owner, name)


def _by_name(parts: tuple[Any, ...]) -> dict[str, Any] | None:
    """The parts by their names; None where they have none, or share one."""
    names = [part.question if isinstance(part, Reading) else getattr(part, "name", None) for part in parts]
    unique = len(set(names)) == len(names) and None not in names
    return dict(zip(map(str, names), parts, strict=True)) if unique else None


def _list(old: Sequence[Any], new: Sequence[Any], path: Path, owner: type, name: str) -> Iterator[Leaf]:
    pairs = _paired(old, new)
    for index, part in enumerate(old):
        if index not in pairs:
            yield Leaf((*path, index), owner, name, Way.REMOVED, part, None)
    known = {after: before for before, after in pairs.items()}
    for index, part in enumerate(new):
        if index in known:
            yield from _place(old[known[index]], part, (*path, index), owner, name)
        else:
            yield Leaf((*path, index), owner, name, Way.ADDED, None, part)
    in_order = [pairs[before] for before in sorted(pairs)]
    if in_order != sorted(in_order):
        yield Leaf(path, owner, name, Way.ORDER, tuple(old), tuple(new))


def _paired(old: Sequence[Any], new: Sequence[Any]) -> dict[int, int]:
    """Which part of the old list is which part of the new one: what is equal first, then what is alike."""
    pairs: dict[int, int] = {}
    _pair(old, new, pairs, lambda part: part)
    for known_by in _KNOWN_BY.get(type((*old, *new)[0]) if (*old, *new) else object, ()):
        _pair(old, new, pairs, known_by)
    if len(old) == len(new):
        left = [index for index in range(len(old)) if index not in pairs and index not in pairs.values()]
        pairs |= {index: index for index in left if isinstance(old[index], _IN_PLACE)}
    return pairs


def _pair(old: Sequence[Any], new: Sequence[Any], pairs: dict[int, int], known_by: Callable[[Any], object]) -> None:
    taken = set(pairs.values())
    for index, part in enumerate(old):
        if index in pairs:
            continue
        same = (at for at, it in enumerate(new) if at not in taken and known_by(it) == known_by(part))
        found = next(same, None)
        if found is not None:
            pairs[index] = found
            taken.add(found)
