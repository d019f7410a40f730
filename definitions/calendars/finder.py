"""Calendars by name: a file, a deployed version, the newest deployed one, or one that comes with the package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from ...workflow.calendars import Calendar
from ...workflow.errors import InvalidInput, NotFound
from ...workflow.messages import Message, say
from ...workflow.ports import Definition
from .. import YamlReader, shipped

SUFFIX = ".calendar.yaml"


@dataclass(frozen=True, slots=True)
class FoundCalendar:
    """A calendar, and where it was found."""

    calendar: Calendar
    origin: Message


def find_calendar(named: str, definitions: Iterable[Definition]) -> FoundCalendar:
    """Return the calendar that is meant.

    Args:
        named: a file such as ``town.calendar.yaml``; ``cn@2`` for a deployed version; or an id such as ``cn``, which
            means the newest deployed version, or else a file of the current folder, or one that comes with the package.
        definitions: what the office has deployed, if there is an office.

    Raises `NotFound`, `DefinitionInvalid`, and `InvalidInput` for a file that is no calendar.
    """
    if Path(named).is_file() or Path(named).suffix == ".yaml":
        return _in_file(Path(named))
    name, _, version = named.partition("@")
    deployed = [it for it in definitions if it.kind == "calendar"]
    fitting = [it for it in deployed if it.name == name and version in ("", str(it.version))]
    if fitting:
        newest = max(fitting, key=lambda it: it.version)
        return FoundCalendar(
            YamlReader().calendar(newest.compiled), say("deployed, version {version}", version=newest.version)
        )
    beside = Path(name + SUFFIX)
    if not version and beside.name == str(beside) and beside.is_file():
        return _in_file(beside)
    if not version and name in _shipped_names():
        return _compiled(shipped(name + SUFFIX), name + SUFFIX, say("comes with caseclock"))
    raise _unknown(named, name, deployed)


def _in_file(path: Path) -> FoundCalendar:
    from ..office_reader import read_text

    return _compiled(read_text(path), str(path), say("file {file}", file=str(path)))


def _compiled(source: str, file: str, origin: Message) -> FoundCalendar:
    compiled = YamlReader().compile(source, file=file)
    if compiled.kind != "calendar":
        raise InvalidInput(say("{file} is no calendar but a {kind}", file=file, kind=compiled.kind))
    return FoundCalendar(YamlReader().calendar(compiled.compiled), origin)


def _shipped_names() -> tuple[str, ...]:
    folder = resources.files(__package__.rpartition(".")[0])
    return tuple(sorted(it.name.removesuffix(SUFFIX) for it in folder.iterdir() if it.name.endswith(SUFFIX)))


def _names_here() -> tuple[str, ...]:
    return tuple(file.name.removesuffix(SUFFIX) for file in Path().glob(f"*{SUFFIX}"))


def _unknown(named: str, name: str, deployed: Sequence[Definition]) -> NotFound:
    versions = [f"{it.name}@{it.version}" for it in deployed if it.name == name]
    if versions:
        return NotFound(
            say("no version {named} is deployed", named=named), say("deployed: {known}", known=sorted(versions))
        )
    known = sorted({it.name for it in deployed} | set(_shipped_names()) | set(_names_here()))
    near = get_close_matches(name, known, 1)
    hint = say("did you mean {nearest}?", nearest=near[0]) if near else say("calendars: {known}", known=known)
    return NotFound(say("there is no calendar {named}", named=named), hint)
