"""Definitions: procedures, calendars and rosters in YAML, read and checked once, and stored in a compiled form.

Loading the compiled form needs none of the readers, so they are imported only when something is compiled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..workflow.calendars import Calendar
from ..workflow.chain import fingerprint
from ..workflow.checks.places import lifecycles
from ..workflow.errors import DefinitionInvalid, NotFound, Problem
from ..workflow.messages import say
from ..workflow.model import Procedure
from ..workflow.ports import Compiled, Kind
from ..workflow.roster import Roster
from . import codec

if TYPE_CHECKING:
    from .yaml_reader import Source

KINDS: tuple[Kind, ...] = ("procedure", "calendar", "roster")
"""The kinds of definition; the first key of a file says which it is."""


def shipped(name: str) -> str:
    """Return the text of a definition that comes with the package, such as ``cn.calendar.yaml``.

    Raises `NotFound` with the names of those that do.
    """
    folder = resources.files(__package__)
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    if name not in names:
        raise NotFound(
            say("no definition {name} comes with the package", name=name), say("those that do: {names}", names=names)
        )
    return folder.joinpath(name).read_text(encoding="utf-8")


class YamlReader:
    """Reads definitions from YAML; implements `workflow.ports.Reader`."""

    def compile(self, source: str, *, file: str) -> Compiled:
        """Return the compiled form of a definition.

        Args:
            source: the text.
            file: what to call it in problems; calendars that it names are looked for beside it, then among the shipped.

        Raises `DefinitionInvalid` with every problem.
        """
        from .yaml_reader import read_yaml

        read = read_yaml(source, file)
        return _COMPILERS[_kind(read)](read)

    def findings(self, source: str, *, file: str) -> tuple[Problem, ...]:
        """Return what is worth a look in a valid calendar, such as a year without a notice; nothing for other kinds.

        Args:
            source, file: as for `compile`.

        Raises `DefinitionInvalid` with every problem.
        """
        from .calendars.reader import review_calendar
        from .yaml_reader import read_yaml

        read = read_yaml(source, file)
        if _kind(read) != "calendar":
            return ()
        try:
            found = review_calendar(read.data, _calendars_of(read))
        except DefinitionInvalid as error:
            raise read.refusal(error.problems) from error
        located = (replace(read.locate(problem), warning=True) for problem in found)
        return tuple(sorted(located, key=lambda problem: (problem.line, problem.column)))

    def procedure(self, compiled: str) -> Procedure:
        """Return the procedure that `compile` made."""
        return codec.load(Procedure, compiled)

    def calendar(self, compiled: str) -> Calendar:
        """Return the calendar that `compile` made."""
        return Calendar.from_json(json.loads(compiled))

    def roster(self, compiled: str) -> Roster:
        """Return the roster that `compile` made."""
        return codec.load(Roster, compiled)


def _kind(source: Source) -> Kind:
    first = next(iter(source.data), None) if isinstance(source.data, dict) else None
    for kind in KINDS:
        if first == kind:
            return kind
    message = say("expected the first key to be one of {kinds}; got: {first}", kinds=KINDS, first=first)
    raise source.refusal([Problem("unknown-kind", (first,) if first else (), message, on_key=True)])


def _compile_procedure(source: Source) -> Compiled:
    from .procedures.reader import read_procedure

    procedure = read_procedure(source)
    compiled = codec.dump(procedure)
    warnings = tuple(_warnings(procedure, source))
    return Compiled("procedure", procedure.id, procedure.version, fingerprint(compiled), compiled, warnings)


def _compile_calendar(source: Source) -> Compiled:
    from .calendars.reader import read_calendar

    try:
        calendar = read_calendar(source.data, _calendars_of(source))
    except DefinitionInvalid as error:
        raise source.refusal(error.problems) from error
    compiled = json.dumps(calendar.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Compiled("calendar", calendar.id, None, calendar.fingerprint, compiled)


def _compile_roster(source: Source) -> Compiled:
    from .roster_reader import read_roster

    compiled = codec.dump(read_roster(source))
    return Compiled("roster", "roster", None, fingerprint(compiled), compiled)


_COMPILERS: Mapping[Kind, Callable[[Source], Compiled]] = {
    "procedure": _compile_procedure,
    "calendar": _compile_calendar,
    "roster": _compile_roster,
}


def _warnings(procedure: Procedure, source: Source) -> Iterator[Problem]:
    """Yield what is not wrong in the file itself: a calendar that may be deployed in the office, but is not at hand."""
    named: list[tuple[tuple[str | int, ...], str]] = [(("calendar",), procedure.calendar)]
    for path, lifecycle in lifecycles(procedure):
        clocks = (clock for clock in lifecycle.clocks.values() if clock.calendar)
        named += [((*path, "clocks", clock.name, "calendar"), clock.calendar or "") for clock in clocks]
    for place, name in named:
        try:
            calendar_text(Path(source.file).parent, name)
        except LookupError:
            message = say(
                "no file {name}.calendar.yaml beside this one or among the shipped; deploy that calendar first",
                name=name,
            )
            yield source.locate(Problem("unknown-calendar", place, message, warning=True))


def calendar_text(folder: Path, name: str) -> tuple[str, Path]:
    """Return the text of a calendar's file, in a folder or among the shipped, and the place in the folder.

    Raises `LookupError` where there is none, or it cannot be read.
    """
    file = f"{name}.calendar.yaml"
    if Path(file).name != file:
        raise LookupError(name)
    beside = folder / file
    try:
        return (beside.read_text(encoding="utf-8") if beside.is_file() else shipped(file)), beside
    except (NotFound, OSError, UnicodeDecodeError) as error:
        raise LookupError(name) from error


def _calendars_of(source: Source) -> Callable[[str], Mapping[str, Any]]:
    """Return how to find another calendar's data by its id: beside this file, or among the shipped ones."""
    from .yaml_reader import read_yaml

    def load(name: str) -> Mapping[str, Any]:
        text, beside = calendar_text(Path(source.file).parent, name)
        data = read_yaml(text, str(beside)).data
        if not isinstance(data, dict):
            raise LookupError(name)
        return data

    return load
