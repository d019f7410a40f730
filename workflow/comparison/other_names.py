"""Parts that have another name: an action, clock, field, role or paper that went, and came, the same, under another id.

Wherever the old name stood and the new one stands now is told with it, and not as a difference of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ..messages import Text
from .difference import Path, Way
from .nouns import noun_of
from .walk import Leaf, walk_place

NewNames = Mapping[str, str]
"""The old names of parts with their new ones."""

_WORD = re.compile(r"\w+")


def with_other_names(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Return the differences, those that come of another name as such, at every place where it stands."""
    pairs = list(_pairs(leaves))
    names = {gone.key: come.key for gone, come in pairs}
    if not names:
        return list(leaves)
    paired = {leaf.path for pair in pairs for leaf in pair}
    told: list[Leaf] = []
    for gone, come in pairs:
        told += (_renamed(leaf, gone.key, come.key) for leaf in (come, gone))
        told += walk_place(_called(gone.old, names), come.new, come.path, come.owner, come.name)
    rest = [leaf for leaf in leaves if leaf.path not in paired]
    came = {leaf.path: leaf for leaf in rest if leaf.way is Way.ADDED}
    echoes: dict[Path, Leaf] = {}
    for leaf in rest:
        echoes |= {it.path: it for it in _echoes(leaf, names, came)}
    return [*told, *(echoes.get(leaf.path) or replace(leaf, old=_called(leaf.old, names)) for leaf in rest)]


def _pairs(leaves: Sequence[Leaf]) -> Iterator[tuple[Leaf, Leaf]]:
    """What went and came in one place, and is the same but for its name, or has the same title; no other fits."""
    places: dict[Path, list[Leaf]] = {}
    for leaf in leaves:
        if leaf.key and is_dataclass(leaf.old or leaf.new) and noun_of(leaf.owner, leaf.name).keys:
            places.setdefault(leaf.path[:-1], []).append(leaf)
    found = [pair for place in places.values() for pair in _pairs_at(place)]
    # One name that would have two new ones at two places has none.
    said = {(gone.key, come.key) for gone, come in found}
    old, new = Counter(it for it, _ in said), Counter(it for _, it in said)
    yield from ((gone, come) for gone, come in found if old[gone.key] == 1 == new[come.key])


def _pairs_at(place: Sequence[Leaf]) -> Iterator[tuple[Leaf, Leaf]]:
    gone = [leaf for leaf in place if leaf.way is Way.REMOVED]
    come = [leaf for leaf in place if leaf.way is Way.ADDED]
    fits = [(old, new) for old in gone for new in come if _is_same(old, new)]
    before, after = Counter(old.key for old, _ in fits), Counter(new.key for _, new in fits)
    yield from ((old, new) for old, new in fits if before[old.key] == 1 == after[new.key])


def _is_same(gone: Leaf, come: Leaf) -> bool:
    old, new = getattr(gone.old, "title", None), getattr(come.new, "title", None)
    has_title = isinstance(old, Text) and gone.key not in (old.en, old.zh)
    return (has_title and old == new) or _called(gone.old, {gone.key: come.key}) == come.new


def _called(value: Any, names: NewNames) -> Any:
    """Return a value with the new names in the place of the old ones; titles and sentences stay as they are."""
    if isinstance(value, str) and type(value) is str:
        return _WORD.sub(lambda found: names.get(found[0], found[0]), value)
    if isinstance(value, Mapping):
        return {names.get(key, key): _called(part, names) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_called(part, names) for part in value)
    if is_dataclass(value) and not isinstance(value, Text | type):
        title = getattr(value, "title", None)
        made = {it.name: _called(getattr(value, it.name), names) for it in fields(value) if it.init}
        if isinstance(title, Text) and getattr(value, "name", None) in names and title.en == title.zh:
            # Nobody has given a title: it is the name.
            made["title"] = Text(*(names.get(text, text) for text in (title.en, title.zh)))
        return replace(value, **made)
    return value


def _echoes(leaf: Leaf, names: NewNames, came: Mapping[Path, Leaf]) -> Iterator[Leaf]:
    """A difference that is nothing but another name, with its counterpart where a key has another name."""
    if leaf.key and leaf.way is Way.REMOVED and leaf.key in names:
        other = came.get((*leaf.path[:-1], names[leaf.key]))
        if other and _called(leaf.old, names) == other.new:
            yield _renamed(leaf, leaf.key, names[leaf.key])
            yield _renamed(other, leaf.key, names[leaf.key])
    elif leaf.way in (Way.CHANGED, Way.ORDER) and _called(leaf.old, names) == leaf.new:
        first = next((word for word in _words(leaf.old) if word in names), None)
        if first:
            yield _renamed(leaf, first, names[first])


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _WORD.findall(value)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from (key, *_words(part))
    elif isinstance(value, tuple):
        for part in value:
            yield from _words(part)
    elif is_dataclass(value) and not isinstance(value, Text | type):
        for it in fields(value):
            yield from _words(getattr(value, it.name))


def _renamed(leaf: Leaf, old: str, new: str) -> Leaf:
    return replace(leaf, way=Way.RENAMED, old=old, new=new, key=new)
