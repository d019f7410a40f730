"""Checking files of every kind together: each for itself, and each procedure with its people, calendars and papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ..workflow.calendars import Calendar
from ..workflow.checks.places import refuse_unknown
from ..workflow.checks.sentences import nearest
from ..workflow.errors import CaseclockError, DefinitionInvalid, Problem
from ..workflow.lint import lint, not_on_roster
from ..workflow.messages import Message, say
from ..workflow.model import Clock, Procedure
from ..workflow.ports import Compiled, Definition, Kind
from ..workflow.roster import Roster
from . import YamlReader, calendar_text, shipped
from .office_reader import FILE as OFFICE
from .office_reader import check_files, check_office, read_text
from .printing.template_check import check_templates
from .printing.templates import Templates
from .procedures.reader import as_written
from .rehearsals.reader import SUFFIX as TEST
from .rehearsals.reader import check_rehearsals
from .rehearsals.story_reader import read_story
from .reports.reader import read_plan
from .yaml_reader import read_yaml

REPORT, STORY = ".report.yaml", ".story.yaml"

Deployed = Callable[[], Sequence[Definition]]
"""Returns what an office has in use; asked only where something does not lie beside a procedure."""


class Valid(NamedTuple):
    """A file in which nothing is wrong: what it is, and what it is called."""

    file: str
    kind: str
    name: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. ``problems``: errors and warnings, file by file, in the order of each."""

    valid: tuple[Valid, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many of the problems are errors."""
        return sum(not problem.warning for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many of the problems are warnings."""
        return len(self.problems) - self.errors


def check_everything(paths: Iterable[Path], deployed: Deployed = lambda: ()) -> Checked:
    """Return what is wrong in files of every kind, and what is worth a look in valid procedures.

    Args:
        paths: definitions, tests, stories, plans of reports, and ``office.yaml``; told apart by their names.
        deployed: what the office has in use, if there is one.

    Raises `NotFound` for a file that cannot be read.
    """
    paths = list(paths)
    tests = [path for path in paths if path.name.endswith(TEST)]
    others = {path: reader for path in paths if (reader := _reader(path)) is not None}
    definitions = [path for path in paths if path not in tests and path not in others]
    compiled, problems = check_files(definitions)
    rehearsals, of_tests = check_rehearsals(tests)
    found = [*problems, *of_tests, *(warning for it in compiled.values() for warning in it.warnings)]
    valid = [Valid(file, it.kind, it.name, it.version) for file, it in compiled.items()]
    valid += [Valid(file, "test", it.procedure.id, it.procedure.version) for file, it in rehearsals.items()]
    for path, reader in others.items():
        try:
            valid.append(reader(path))
        except DefinitionInvalid as error:
            found += error.problems
    desk = _Desk(deployed, compiled)
    for file, it in compiled.items():
        if it.kind == "procedure":
            found += desk.findings(Path(file), YamlReader().procedure(it.compiled))
        elif it.kind == "roster":
            found += desk.of_roster(Path(file), YamlReader().roster(it.compiled))
        elif it.kind == "calendar":
            found += YamlReader().findings(read_text(Path(file)), file=file)
    for one in valid:
        if one.kind == "office":
            found += desk.of_office(Path(one.file))
    order = {str(path): index for index, path in enumerate(paths)}
    once = {(one.file, one.line, one.column, one.text()): one for one in found}
    ordered = sorted(once.values(), key=lambda one: (order.get(one.file, len(order)), one.file, one.line, one.column))
    return Checked(tuple(valid), tuple(ordered))


def _reader(path: Path) -> Callable[[Path], Valid] | None:
    """What reads a file that is neither a definition nor a test."""
    if path.name == OFFICE:
        return _office
    if path.name.endswith(REPORT):
        return _plan
    return _story if path.name.endswith(STORY) else None


def _office(path: Path) -> Valid:
    return Valid(str(path), "office", check_office(path))


def _story(path: Path) -> Valid:
    return Valid(str(path), "story", read_story(read_text(path), str(path)).name)


def _plan(path: Path) -> Valid:
    """Check the plan of a report against the procedure whose name it bears, where that is at hand and valid."""
    name = path.name.removesuffix(REPORT)
    try:
        text, file = _text_of(path.parent, name, "procedure")
        procedure = YamlReader().procedure(YamlReader().compile(text, file=file).compiled)
    except (CaseclockError, LookupError):
        procedure = None
    read_plan(read_text(path), str(path), procedure)
    return Valid(str(path), "report", name)


def _text_of(folder: Path, name: str, kind: Kind) -> tuple[str, str]:
    """The text of a definition that lies in a folder or comes with the package, and what to call it."""
    file = f"{name}.{kind}.yaml"
    beside = folder / file
    return (read_text(beside), str(beside)) if beside.is_file() else (shipped(file), file)


@dataclass
class _Desk:
    """Finds what belongs to a procedure: beside it, else what is deployed. Each is read once.

    Args:
        known: what was compiled already, by its file.
    """

    deployed: Deployed
    known: Mapping[str, Compiled]
    _rosters: dict[Path, Roster | None] = field(default_factory=dict)
    _calendars: dict[tuple[Path, str], Calendar | None] = field(default_factory=dict)

    @cached_property
    def _in_use(self) -> Sequence[Definition]:
        return self.deployed()

    def findings(self, path: Path, procedure: Procedure) -> list[Problem]:
        """Return what is worth a look in a valid procedure, at its places."""
        folder = path.parent
        ids = {procedure.calendar, *(clock.calendar for clock in _clocks(procedure) if clock.calendar)}
        calendars = {name: found for name in sorted(ids) if (found := self._calendar(path, name))}
        roster = self._roster(folder)
        problems = list(lint(procedure, roster=roster, calendars=calendars))
        if roster and (folder / OFFICE).is_file():
            problems += not_on_roster(procedure, roster)
        source = read_yaml(read_text(path), str(path))
        located = [source.locate(as_written(problem, source)) for problem in problems]
        zone = calendars[procedure.calendar].zone if procedure.calendar in calendars else "UTC"
        return [*located, *_of_templates(folder, procedure, zone)]

    def of_roster(self, path: Path, roster: Roster) -> list[Problem]:
        """Return the roles and procedures of a valid roster that nothing beside it, or in use, declares."""
        beside = {it.name.split(".")[0]: it for it in sorted(path.parent.glob("*.procedure.yaml"))}
        procedures = {name: self._procedure(path.parent, name) for name in roster.procedures or beside}
        source = read_yaml(read_text(path), str(path))
        found = list(_unknown_procedures(roster, [name for name, it in procedures.items() if it is None], beside))
        roles = sorted({role for it in procedures.values() if it for role in it.roles})
        if not found and roles and roster.people:
            found = list(_unknown_roles(roster, roles, source.data["people"]))
        return [replace(source.locate(problem), warning=True) for problem in found]

    def of_office(self, path: Path) -> list[Problem]:
        """Return whether a valid office names a procedure that is there."""
        source = read_yaml(read_text(path), str(path))
        name = source.data.get("procedure")
        if name is None or self._procedure(path.parent, name) is not None:
            return []
        beside = [it.name.split(".")[0] for it in sorted(path.parent.glob("*.procedure.yaml"))]
        if name in beside:
            return []
        problem = Problem("unknown-procedure", ("procedure",), _no_procedure(name, beside), warning=True)
        return [source.locate(problem)]

    def _procedure(self, folder: Path, name: str) -> Procedure | None:
        try:
            text, file = _text_of(folder, name, "procedure")
            return YamlReader().procedure(YamlReader().compile(text, file=file).compiled)
        except (CaseclockError, LookupError):
            deployed = self._newest("procedure", name)
            return YamlReader().procedure(deployed) if deployed else None

    def _roster(self, folder: Path) -> Roster | None:
        if folder not in self._rosters:
            beside = (self._compiled(read_text(it), it) for it in sorted(folder.glob("*.roster.yaml")))
            newest = self._newest("roster", None)
            found = next((it.compiled for it in beside if it), newest)
            self._rosters[folder] = YamlReader().roster(found) if found else None
        return self._rosters[folder]

    def _calendar(self, path: Path, name: str) -> Calendar | None:
        key = (path.parent, name)
        if key not in self._calendars:
            try:
                text, file = calendar_text(path.parent, name)
                compiled = self._compiled(text, file)
                found = compiled.compiled if compiled else None
            except LookupError:
                found = self._newest("calendar", name)
            self._calendars[key] = YamlReader().calendar(found) if found else None
        return self._calendars[key]

    def _newest(self, kind: Kind, name: str | None) -> str | None:
        fitting = [it for it in self._in_use if it.kind == kind and name in (None, it.name)]
        return max(fitting, key=lambda it: it.version).compiled if fitting else None

    def _compiled(self, text: str, file: Path) -> Compiled | None:
        """The compiled form; None where it is not valid, which its own check tells."""
        if str(file) in self.known:
            return self.known[str(file)]
        try:
            return YamlReader().compile(text, file=str(file))
        except DefinitionInvalid:
            return None


def _unknown_procedures(roster: Roster, missing: Iterable[str], beside: Iterable[str]) -> Iterator[Problem]:
    for name in missing:
        if roster.procedures and name not in beside:
            place = ("procedures", roster.procedures.index(name))
            yield Problem("unknown-procedure", place, _no_procedure(name, beside))


def _no_procedure(name: str, beside: Iterable[str]) -> Message:
    near = nearest(name, beside)
    if near:
        return say("no procedure {name}; did you mean {near}?", name=name, near=near)
    return say("no procedure {name} beside this file, among the shipped, or in use", name=name)


def _unknown_roles(roster: Roster, roles: Sequence[str], people: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield roles that somebody holds, or that are vacant, and that no procedure has.

    Args:
        people: those of the file, with the roles in the order in which they are written.
    """
    for unit in roster.units.values():
        yield from refuse_unknown("role", ("units", unit.id, "vacant"), unit.vacant, roles)
    for name, person in people.items():
        held = person["roles"]
        held = tuple(held) if isinstance(held, list) else (held,)
        yield from refuse_unknown("role", ("people", name, "roles"), held, roles)


def _clocks(procedure: Procedure) -> Iterator[Clock]:
    for lifecycle in (procedure.case, *(it.lifecycle for it in procedure.subcases.values())):
        yield from lifecycle.clocks.values()


def _of_templates(folder: Path, procedure: Procedure, zone: str) -> Iterator[Problem]:
    """Yield what an office's own templates print that their papers do not show."""
    own = Templates(folder / "templates")
    if not (folder / OFFICE).is_file() or not own.own():
        return
    for one in check_templates(procedure, zone, own):
        file = folder / "templates" / one.file
        if one.file in own.own():
            line = one.line or 1
            text = file.read_text(encoding="utf-8", errors="replace").splitlines() if one.line else []
            source = text[line - 1] if line <= len(text) else ""
            message = say("template of {document}: {reason}", document=one.document, reason=one.message)
            found = Problem("template", (), message, warning=True)
            yield replace(found, file=str(file), line=line, column=1, source=source)
