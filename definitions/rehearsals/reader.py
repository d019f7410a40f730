"""A test file (`*.test.yaml`) to a rehearsal: the definitions that it needs are found, its names checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ...workflow.calendars import Calendar
from ...workflow.checks.sentences import unknown
from ...workflow.engine.shelf import calendars_of
from ...workflow.errors import DefinitionInvalid, NotFound, Problem
from ...workflow.messages import Message, Text, say
from ...workflow.model import Procedure
from ...workflow.ports import Compiled, Kind
from ...workflow.rehearsal.rehearsing import Rehearsal, Scene
from ...workflow.roster import Actor, Roster
from .. import KINDS, YamlReader, shipped
from ..language import language
from ..office_reader import LANGUAGES, read_text
from ..procedures.lifecycle_reader import title_of
from ..shape_problems import check_shape
from ..yaml_reader import Source, read_yaml
from .cast import Cast
from .scenes import Row, SceneReader
from .shapes import RehearsalShape
from .values import Times

SUFFIX = ".test.yaml"
"""How the name of a test file ends."""


def read_rehearsal(text: str, file: str) -> Rehearsal:
    """Return the rehearsal that a test file describes.

    Args:
        text: the file's content.
        file: its name; the procedure, its calendars and the roster are looked for beside it, then among the shipped.

    Raises `DefinitionInvalid` with every problem of the file, or of a definition that it needs.
    """
    source = read_yaml(text, file)
    if problem := _not_a_test(source):
        raise source.refusal([problem])
    shape, problems = check_shape(RehearsalShape, source.data)
    if shape is None:
        raise source.refusal(problems)
    return _Reading(source, shape, _Shelf(Path(file).parent)).rehearsal()


def _not_a_test(source: Source) -> Problem | None:
    """The problem of a file that is a definition instead."""
    kind = next(iter(source.data), None) if isinstance(source.data, dict) else None
    if kind not in KINDS:
        return None
    name = Path(source.file).name.split(".")[0]
    message = say("this is a {kind}, not a test; give its test, such as {file}", kind=kind, file=f"{name}{SUFFIX}")
    return Problem("unknown-kind", (kind,), message, on_key=True)


def find_tests(places: Iterable[Path]) -> tuple[Path, ...]:
    """Return the test files named, and those that lie in the folders named, each once.

    Raises `NotFound` when there is none.
    """
    places = tuple(places)
    found: dict[Path, Path] = {}
    for place in places:
        for path in sorted(place.glob(f"*{SUFFIX}")) if place.is_dir() else [place]:
            found.setdefault(path.resolve(), path)
    if not found:
        raise NotFound(
            say(
                "there is no test file (*{suffix}) in {folders}",
                suffix=SUFFIX,
                folders=[str(place) for place in places],
            ),
            say("write one beside the procedure, or name a file or folder"),
        )
    return tuple(found.values())


def check_rehearsals(paths: Iterable[Path]) -> tuple[dict[str, Rehearsal], list[Problem]]:
    """Return the rehearsals by file, and every problem of the files that are not valid."""
    read: dict[str, Rehearsal] = {}
    problems: dict[str, Problem] = {}
    for path in paths:
        try:
            read[str(path)] = read_rehearsal(read_text(path), str(path))
        except DefinitionInvalid as error:
            problems |= {problem.text(): problem for problem in error.problems}
    return read, list(problems.values())


_DEFINITIONS: Mapping[Kind, tuple[str, Message]] = {
    "procedure": ("unknown-procedure", say("procedure")),
    "calendar": ("unknown-calendar", say("calendar")),
    "roster": ("unknown-roster", say("roster")),
}
"""What a test may need: what to report where it is not found, and what it is called."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where the definitions of a test are found: beside it, or among the shipped."""

    folder: Path

    def compiled(self, kind: Kind, name: str) -> Compiled:
        """Return a definition in its compiled form. Raises `NotFound`, or `DefinitionInvalid` with its problems."""
        text, file = self._find(kind, name)
        return YamlReader().compile(text, file=file)

    def _find(self, kind: Kind, name: str) -> tuple[str, str]:
        file = f"{name}.{kind}.yaml"
        first = re.compile(rf"^{kind}:\s*[\"']?{re.escape(name)}[\"']?\s*(#|$)", re.MULTILINE)
        for path in (self.folder / file, *sorted(self.folder.glob(f"*.{kind}.yaml"))):
            if path.is_file():
                text = read_text(path)
                if path.name == file or first.search(text):
                    return text, str(path)
        return shipped(file), file


@dataclass(frozen=True, slots=True)
class _Reading:
    """A test file being read: its definitions first, then its scenes."""

    source: Source
    shape: RehearsalShape
    shelf: _Shelf

    def rehearsal(self) -> Rehearsal:
        shape = self.shape
        procedure = self._definition("procedure", shape.test, ("test",))
        model = YamlReader().procedure(procedure.compiled)
        roster = self._definition("roster", shape.roster, ("roster",)) if shape.roster else None
        cast = Cast(model, YamlReader().roster(roster.compiled) if roster else Roster(), self._people(model))
        calendars = {name: self._definition("calendar", name, ("test",)) for name in calendars_of(model)}
        problems = list(self._beside(cast))
        scenes = tuple(self._scenes(cast, calendars, problems))
        if problems:
            raise self.source.refusal(problems)
        return Rehearsal(
            file=self.source.file,
            title=title_of(shape.test, shape.title),
            procedure=model,
            definitions=(procedure, *calendars.values(), *filter(None, [roster])),
            scenes=scenes,
            locate=self.source.locate,
            languages=tuple(language(code) for code in LANGUAGES),
        )

    def _definition(self, kind: Kind, name: str, path: tuple[str | int, ...]) -> Compiled:
        try:
            return self.shelf.compiled(kind, name)
        except NotFound as error:
            code, what = _DEFINITIONS[kind]
            message = say("there is no {what} {name} beside this file or among the shipped", what=what, name=name)
            raise self.source.refusal([Problem(code, path, message)]) from error

    def _people(self, procedure: Procedure) -> dict[str, Actor]:
        return {
            name: Actor(name, frozenset(person.roles), person.unit, title_of(name, person.name))
            for name, person in self.shape.people.items()
        }

    def _beside(self, cast: Cast) -> Iterator[Problem]:
        """Yield what is wrong with the file beside its scenes."""
        if not self.shape.dues and not self.shape.cases:
            yield Problem("missing-key", (), say("expected key {key} here", key=["dues", "cases"]))
        for name, person in self.shape.people.items():
            for role in person.roles:
                if role not in cast.procedure.roles:
                    yield Problem(
                        "unknown-role", ("people", name, "roles"), unknown("role", role, cast.procedure.roles)
                    )

    def _scenes(self, cast: Cast, calendars: Mapping[str, Compiled], problems: list[Problem]) -> Iterator[Scene]:
        for index, table in enumerate(self.shape.dues):
            path = ("dues", index)
            other = self._other_calendar(table.calendar, (*path, "calendar"))
            reader = SceneReader(cast, self._times(cast, calendars, other), problems)
            yield from (self._scene(row, reader, other) for row in reader.table(table, path))
        for index, case in enumerate(self.shape.cases):
            path = ("cases", index)
            other = self._other_calendar(case.calendar, (*path, "calendar"))
            reader = SceneReader(cast, self._times(cast, calendars, other), problems)
            title = case.title or Text(f"Case {index + 1}", f"案例{index + 1}")
            yield self._scene(reader.case(case, path, title), reader, other)

    def _other_calendar(self, named: str | None, path: tuple[str | int, ...]) -> Compiled | None:
        """Return the calendar that replaces the procedure's: the one named here, or by the file."""
        if named:
            return self._definition("calendar", named, path)
        return self._definition("calendar", self.shape.calendar, ("calendar",)) if self.shape.calendar else None

    def _times(self, cast: Cast, calendars: Mapping[str, Compiled], other: Compiled | None) -> Times:
        own = cast.procedure.calendar
        loaded = {name: _calendar(compiled.compiled) for name, compiled in calendars.items()}
        return Times(_calendar(other.compiled) if other else loaded[own], loaded)

    def _scene(self, row: Row, reader: SceneReader, other: Compiled | None) -> Scene:
        return Scene(row.title, row.place, reader.times.zone, row.steps, other)


@lru_cache
def _calendar(compiled: str) -> Calendar:
    return YamlReader().calendar(compiled)
