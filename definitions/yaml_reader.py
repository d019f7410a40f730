"""YAML to plain data with the place of every key and value, for definitions that people write by hand.

The text is read event by event, so that nothing nests deeper or grows larger than allowed. Of YAML only the plain part
is taken: scalars of YAML 1.2's core (``on``, ``yes``, ``12:30`` and dates stay text), lists and mappings. Anchors,
aliases, tags, merge keys, duplicate keys and further documents are refused; full-width punctuation is explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from ..workflow.errors import DefinitionInvalid, Problem
from ..workflow.messages import Message, say
from . import full_width
from .broken_yaml import INVISIBLE, probable_cause

MAX_SIZE = 2_000_000
"""The longest file, in characters."""

MAX_DEPTH = 40
"""How deep lists and mappings may be nested."""

Path = tuple[str | int, ...]

_MISFITS = ("did not find expected key", "did not find expected '-' indicator")
"""What the parser says of a line whose indentation fits no line before it."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
# a leading zero stays text: in YAML 1.1 it is octal, in 1.2 decimal, and to people a number of a document
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})(\.[0-9]+([eE][-+]?[0-9]{1,2})?|[eE][-+]?[0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something begins, counted from 1.

    Args:
        inside: how far into it its text begins, None for several lines.
        end_line, end_column: where it ends, the column being the first one after it; 0 for lists and mappings.
    """

    line: int
    column: int
    inside: int | None = None
    end_line: int = field(default=0, compare=False)
    end_column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its data, and where every part of it stands."""

    file: str
    lines: tuple[str, ...]
    data: Any = None
    values: Mapping[Path, Place] = field(default_factory=dict)
    keys: Mapping[Path, Place] = field(default_factory=dict)

    def locate(self, problem: Problem) -> Problem:
        """Return the problem with file, line, column and source line; a path not there means what is above it."""
        if problem.line:
            return problem
        path = written(self.data, problem.path)
        if problem.on_key and path in self.keys and path[-1] == problem.path[-1]:
            return self.at(problem, self.keys[path])
        place = self.values.get(path, Place(1, 1))
        if problem.offset and place.inside is not None and isinstance(part(self.data, path), str):
            inside = place.column + place.inside + problem.offset
            return self.at(problem, replace(place, column=inside))
        return self.at(problem, place)

    def at(self, problem: Problem, place: Place) -> Problem:
        """Return the problem at a place of this file."""
        text = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        return replace(
            problem,
            file=self.file,
            line=place.line,
            column=place.column,
            source=text,
            end_line=place.end_line,
            end_column=place.end_column,
        )

    def refusal(self, problems: Iterable[Problem]) -> DefinitionInvalid:
        """Return the error that reports these problems, in the order of the file."""
        located = {problem.text(): problem for problem in map(self.locate, problems)}
        return DefinitionInvalid(
            say("{file}: {count} problem(s) in the definition", file=self.file, count=len(located)),
            sorted(located.values(), key=lambda problem: (problem.line, problem.column)),
        )


def written(data: Any, path: Path) -> Path:
    """Return ``path`` as the data has it: without the position where one thing stands for a list of one, and cut off
    where the data has nothing, or a shorthand, below.

    >>> written({"limit": {"is": "3 days"}}, ("limit", 0, "is"))
    ('limit', 'is')
    """
    found: Path = ()
    for step in path:
        if _holds(data, step):
            data = data[step]
            found = (*found, step)
        elif not isinstance(step, int) or isinstance(data, list):
            break
    return found


def part(data: Any, path: Path) -> Any:
    """Return the part of ``data`` at a path that it has."""
    for step in path:
        data = data[step]
    return data


def _holds(data: Any, step: str | int) -> bool:
    return step in data if isinstance(data, dict) else isinstance(data, list) and step in range(len(data))


def read_yaml(text: str, file: str) -> Source:
    """Return the data of a YAML text, with places.

    Args:
        file: what to call it in problems.

    Raises `DefinitionInvalid` with every problem of the YAML itself.
    """
    text = text.removeprefix("\ufeff")
    source = Source(file, tuple(text.splitlines()))
    builder = _Builder(source)
    if not builder.refuse_characters(text):
        builder.build(text)
    if builder.problems:
        raise source.refusal(builder.problems)
    return replace(source, data=builder.data, values=builder.values, keys=builder.keys)


@dataclass
class _Open:
    """A list or mapping that is being read. ``key``: the mapping's key whose value comes next."""

    path: Path
    items: dict[str, Any] | list[Any]
    key: str | None = None


class _Builder:
    """Builds data from the parser's events."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.data: Any = None
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self._bare: set[Path] = set()
        self._open: list[_Open] = []
        self._skip = 0
        self._documents = 0

    def refuse_characters(self, text: str) -> bool:
        if len(text) > MAX_SIZE:
            self._report(Place(1, 1), "yaml-size", say("expected a file of at most {limit} characters", limit=MAX_SIZE))
            return True
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text) or INVISIBLE.search(text)
        if bad:
            line = text.count("\n", 0, bad.start()) + 1
            column = bad.start() - text.rfind("\n", 0, bad.start())
            message = say("character U+{code} cannot stand in a definition; delete it", code=f"{ord(bad.group()):04X}")
            self._report(Place(line, column), "yaml-character", message)
        return bool(bad)

    def build(self, text: str) -> None:
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                if not self._take(event):
                    return
        except yaml.MarkedYAMLError as error:
            # after a full-width sign the parser stumbles over what follows; one of the two is enough
            if not any(problem.code == "full-width" for problem in self.problems):
                self._report_syntax(error)
        if not self._documents and not self.problems:
            self._report(Place(1, 1), "yaml-empty", say("the file is empty; expected a definition"))

    def _take(self, event: yaml.Event) -> bool:
        """Take one event; return whether to go on."""
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    message = say("expected one definition in a file; a second one begins here (---)")
                    self._report(_place(event), "yaml-documents", message)
                    return False
            case yaml.AliasEvent():
                message = say("aliases (*{name}) are not part of the language; write the value out", name=event.anchor)
                self._report(_place(event), "yaml-alias", message)
                self._put(None, event)
            case yaml.ScalarEvent():
                self._refuse_decoration(event)
                self._scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_decoration(event)
                return self._begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
        return True

    def _refuse_decoration(self, event: Any) -> None:
        if event.anchor is not None:
            message = say("anchors (&{name}) are not part of the language; write the value out", name=event.anchor)
            self._report(_place(event), "yaml-anchor", message)
        if event.tag is not None:
            message = say("tags ({tag}) are not part of the language; leave it out", tag=event.tag)
            self._report(_place(event), "yaml-tag", message)

    def _begin(self, event: Any) -> bool:
        if len(self._open) >= MAX_DEPTH:
            message = say("nested deeper than {limit} levels", limit=MAX_DEPTH)
            self._report(_place(event), "yaml-depth", message)
            return False
        parent = self._open[-1] if self._open else None
        if parent and isinstance(parent.items, dict) and parent.key is None:
            self._report(_place(event), "yaml-key", say("expected a name as key, got a list or mapping"))
            return False
        items: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(self._put(items, event), items))
        return True

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        plain = event.implicit[0] and not event.style
        if plain and (slip := full_width.mistaken(event.value)):
            place = _place(event)
            column = place.column + (slip[0] if place.inside is not None else 0)
            self._report(Place(place.line, column), "full-width", slip[1])
        parent = self._open[-1] if self._open else None
        if parent and isinstance(parent.items, dict) and parent.key is None:
            self._key(parent, parent.items, event, plain)
        else:
            path = self._put(_resolve(event.value) if plain else event.value, event)
            if plain and not event.value:
                self._bare.add(path)

    def _key(self, parent: _Open, items: dict[str, Any], event: yaml.ScalarEvent, plain: bool) -> None:
        parent.key = event.value
        path = (*parent.path, event.value)
        if plain and event.value == "<<":
            message = say("merge keys (<<) are not part of the language; write the values out")
            self._report(_place(event), "yaml-merge", message)
        if event.value in items:
            self._twice(parent.path, items, event)
        else:
            self.keys[path] = _place(event)

    def _twice(self, above: Path, items: dict[str, Any], event: yaml.ScalarEvent) -> None:
        """Report a key that is given twice, and a key before it under which nothing stands: that one is out of line."""
        first = self.keys[(*above, event.value)].line
        message = say("key {key} is given twice; the first stands on line {line}", key=event.value, line=first)
        self._report(_place(event), "duplicate-key", message)
        for key in reversed(items):
            path = (*above, key)
            if path in self._bare and first < self.keys[path].line < _place(event).line:
                self._bare.remove(path)
                message = say(
                    "nothing stands under {key}; it stands too far right, or what follows too far left", key=key
                )
                self._report(self.keys[path], "duplicate-key", message)
                return

    def _put(self, value: Any, event: yaml.Event) -> Path:
        """Put a value where the file has it; return its path."""
        if not self._open:
            path: Path = ()
            self.data = value
        else:
            parent = self._open[-1]
            if isinstance(parent.items, dict):
                path = (*parent.path, parent.key or "")
                parent.items[parent.key or ""] = value
                parent.key = None
            else:
                path = (*parent.path, len(parent.items))
                parent.items.append(value)
        self.values[path] = _place(event)
        return path

    def _report_syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        lines = [m.line for m in (error.context_mark, error.problem_mark) if m is not None]
        misfit = error.problem in _MISFITS and (error.context or "").startswith("while parsing a block")
        if found := full_width.in_lines(self.source.lines, lines):
            line, column, message = found
            self._report(Place(line + 1, column + 1), "full-width", message)
        elif found := probable_cause(self.source.lines, lines or [0], misfit=misfit):
            line, column, message = found
            self._report(Place(line + 1, column + 1), "yaml-syntax", message)
        else:
            place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
            self._report(
                place, "yaml-syntax", say("this is not valid YAML: {reason}", reason=error.problem or error.context)
            )

    def _report(self, place: Place, code: str, message: Message) -> None:
        self.problems.append(self.source.at(Problem(code, (), message), place))


def _place(event: yaml.Event) -> Place:
    start, end = event.start_mark, event.end_mark
    assert start is not None, "the parser marks every event"
    assert end is not None, "the parser marks every event"
    style = getattr(event, "style", None)
    inside = None if start.line != end.line or style in ("|", ">") else int(bool(style))
    if not isinstance(event, yaml.ScalarEvent):
        return Place(start.line + 1, start.column + 1, inside)
    return Place(start.line + 1, start.column + 1, inside, end.line + 1, end.column + 1)


def _resolve(text: str) -> str | int | float | bool | None:
    """Return what a plain scalar means in YAML 1.2's core."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return _TRUE.fullmatch(text) is not None
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
