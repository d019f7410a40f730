"""Where every key and value of a valid definition stands, so that mistakes can be made in it and judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

import yaml

Path = tuple[str | int, ...]
Place = tuple[int, int]
"""Line and column, from 1."""

DEFINITIONS = FilePath(__file__).parents[2] / "definitions"
KINDS = ("procedure", "calendar", "roster", "test")
DECLARE = {
    "actions", "classes", "clocks", "documents", "fields", "input", "notices", "people", "readings", "roles", "stages",
    "states", "subcases", "units",
}  # fmt: skip
"""Under these keys a definition declares what has a name."""

_STRUCTURE = re.compile(r"[{}\[\],]|:(?=\s|$)|^\s*- |#")


@dataclass(frozen=True, slots=True)
class Part:
    """A key, or a value, and the stretch of text that it takes."""

    path: Path
    on_key: bool
    begin: int
    end: int
    scalar: str | None


@dataclass(frozen=True, slots=True)
class Mutant:
    """A shipped definition with one mistake in it.

    Args:
        lines: the first and last line that the mistake touches.
        columns: the first and last column of the part of that line that was touched; None where whole lines were.
        words: the names that stood or stand where the mistake was made.
        owners: the names of the state, action, clock and so on in which it was made.
        parents: where the keys stand to which the touched part belongs, the nearest first.
        within: the paths of the clock, or the step of a test, that was touched, and of clocks that name what was.
        keys: the keys above the touched part, which `diff` may name as well.
        bracket: a sign that holds a list or mapping together came or went.
        after: the first line with content after the mistake, which YAML judges by what comes before it; 0 for none.
    """

    file: str
    kind: str
    what: str
    text: str
    lines: tuple[int, int]
    columns: tuple[int, int] | None
    words: frozenset[str]
    owners: frozenset[str]
    parents: tuple[Place, ...]
    within: tuple[Path, ...]
    keys: frozenset[str]
    bracket: bool
    after: int


@dataclass(frozen=True)
class Anatomy:
    """A shipped definition, cut into its parts."""

    file: str
    text: str
    parts: tuple[Part, ...] = field(default=())

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins, and where the text ends."""
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def lines(self) -> Iterator[tuple[int, int, str]]:
        """Yield begin, end (with its line feed) and content of every line that has content and is no comment."""
        for begin, end in zip(self.starts, self.starts[1:], strict=False):
            content = self.text[begin:end].strip()
            if content and not content.startswith("#"):
                yield begin, end, content

    def scalars(self, *, keys: bool | None = None) -> Iterator[Part]:
        """Yield every scalar; only keys, or only values, where it is said."""
        return (it for it in self.parts if it.scalar is not None and keys in (None, it.on_key))

    def mutant(self, kind: str, begin: int, end: int, put: str, *, whole: bool = False) -> Mutant:
        """Return the definition with ``put`` in place of what stands between two positions."""
        text = self.text[:begin] + put + self.text[end:]
        whole = whole or "\n" in self.text[begin:end] or "\n" in put
        first, column = _place(text, begin)
        last = _place(text, begin + len(put.rstrip("\n")))[0]
        old, new = _segment(self.text, begin, end), _segment(text, begin, begin + len(put))
        words = (
            {*re.findall(r"\w+", self.text[begin:end]), *re.findall(r"\w+", put)}
            if whole
            else {*_touched(self.text, begin, end), *_touched(text, begin, begin + len(put))}
        )
        columns = None
        if not whole:
            starts = text.rfind("\n", 0, begin) + 1
            # a value that is gone is missed where it would begin, which is behind its key
            columns = (new[0] - starts + (0 if not put else 1), max(new[1], new[0] + old[1] - old[0]) - starts + 2)
        return Mutant(
            self.file,
            kind,
            f"{first}:{column} {self.text[begin:end].strip()[:30]!r} -> {put.strip()[:30]!r}",
            text,
            (first, last),
            columns,
            frozenset(word for word in words if not word.isdigit()),
            frozenset(self._owners(begin)),
            tuple(self._parents(begin)),
            tuple(self._within(begin)),
            frozenset(str(step) for it in self.parts if it.begin <= begin < it.end for step in it.path[-2:]),
            bool(set("{}[]\"'") & {*self.text[begin:end], *put}),
            _line_after(text, last),
        )

    def _owners(self, position: int) -> Iterator[str]:
        """The names of the state, action, clock and so on that the touched part belongs to."""
        for it in self.parts:
            if it.begin <= position < it.end and len(it.path) >= 2 and it.path[-2] in DECLARE:
                yield str(it.path[-1])

    def _within(self, position: int) -> Iterator[Path]:
        around = (it.path for it in self.parts if it.begin <= position < it.end)
        yield from (path for path in around if len(path) > 1 and path[-2] in ("clocks", "steps", "dues"))
        owners = {*self._owners(position)}
        for part in self.scalars(keys=False):
            if "clocks" in part.path and part.scalar in owners:
                yield part.path[: part.path.index("clocks") + 2]

    def _parents(self, position: int) -> Iterator[Place]:
        line = self.text.rfind("\n", 0, position) + 1
        margin = len(self.text[line:]) - len(self.text[line:].lstrip())
        inside = max(position, line + margin)
        around = [it for it in self.parts if not it.on_key and it.begin <= inside < it.end and it.path]
        around.sort(key=lambda it: -len(it.path))
        keys = {it.path: it for it in self.parts if it.on_key}
        for depth, it in enumerate(around):
            if depth < 2 or len(it.path) >= 2:
                yield _place(self.text, it.begin)
                if it.path in keys:
                    yield _place(self.text, keys[it.path].begin)
                    # where a value that has nothing left in it would begin
                    yield _place(self.text, keys[it.path].end + 1)
        if not around or len(around[0].path) == 1:
            yield _place(self.text, self.parts[0].begin)


def anatomy(name: str) -> Anatomy:
    """Return the anatomy of a shipped definition."""
    return dissect(name, (DEFINITIONS / name).read_text(encoding="utf-8"))


def dissect(name: str, text: str) -> Anatomy:
    """Return the anatomy of a valid definition."""
    return Anatomy(name, text, tuple(_parts(yaml.compose(text, Loader=yaml.CSafeLoader), ())))


def shipped_names(*kinds: str) -> list[str]:
    """Return the names of the shipped definitions of these kinds, or of all."""
    return [path.name for kind in kinds or KINDS for path in sorted(DEFINITIONS.glob(f"*.{kind}.yaml"))]


def _parts(node: Any, path: Path) -> Iterator[Part]:
    yield _part(node, path, on_key=False)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield _part(key, (*path, key.value), on_key=True)
            yield from _parts(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _parts(item, (*path, index))


def _part(node: Any, path: Path, *, on_key: bool) -> Part:
    scalar = node.value if isinstance(node, yaml.ScalarNode) else None
    return Part(path, on_key, node.start_mark.index, node.end_mark.index, scalar)


def _place(text: str, position: int) -> Place:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _segment(text: str, begin: int, end: int) -> tuple[int, int]:
    """The stretch between two signs of YAML's structure on the line, around what was touched."""
    first, last = text.rfind("\n", 0, begin) + 1, (text + "\n").index("\n", end)
    signs = [(found.start() + first, found.end() + first) for found in _STRUCTURE.finditer(text[first:last])]
    left = max((stop for _, stop in signs if stop <= begin), default=first)
    right = min((start for start, _ in signs if start >= end), default=last)
    while left < begin and text[left] == " ":
        left += 1
    return left, right


def _touched(text: str, begin: int, end: int) -> list[str]:
    """The words that what was touched is part of."""
    while begin > 0 and (text[begin - 1].isalnum() or text[begin - 1] == "_"):
        begin -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return re.findall(r"\w+", text[begin:end])


def _line_after(text: str, line: int) -> int:
    for number, content in enumerate(text.splitlines()[line:], start=line + 1):
        if content.strip() and not content.strip().startswith("#"):
            return number
    return text.count("\n") + 1
