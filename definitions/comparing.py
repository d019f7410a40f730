"""What is compared with what: files, deployed versions, and an office's folder with what the office has deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from ..workflow.calendars import Calendar
from ..workflow.comparison import Difference, compare, compare_rosters, differs_in_words_only, worded
from ..workflow.engine import Engine
from ..workflow.engine.concerned import ConcernReport
from ..workflow.engine.shelf import calendars_of
from ..workflow.engine.versions import words_name
from ..workflow.errors import DefinitionInvalid, InvalidInput, NotFound
from ..workflow.messages import Message, say
from ..workflow.model import Procedure
from ..workflow.ports import Definition, Kind
from ..workflow.roster import Roster
from . import YamlReader, shipped
from .office_reader import check_files, read_text

Made = Procedure | Calendar | Roster
"""What a definition's text means."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One text of a definition, and where it was found.

    Args:
        version: a deployed one's version, or that which a procedure's file names; None for another file.
        deployed: the office has deployed this text.
    """

    kind: Kind
    name: str
    version: int | None
    fingerprint: str
    value: Made
    origin: Message
    deployed: bool = False

    @property
    def calendar(self) -> Calendar | None:
        """The calendar, where it is one."""
        return self.value if isinstance(self.value, Calendar) else None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two editions of one definition. ``old`` is None for a file of which the office has deployed nothing."""

    old: Edition | None
    new: Edition


@dataclass(frozen=True, slots=True)
class Compared:
    """What is to be compared.

    Args:
        calendars: by id, those of the files, for procedures that count by one that is not deployed.
        missing: what is deployed and of which no file is in the folder; only where the whole folder is compared.
    """

    pairs: tuple[Pair, ...]
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    missing: tuple[Definition, ...] = ()


def find_two(old: str, new: str, definitions: Sequence[Definition]) -> Compared:
    """Return two definitions by their names.

    Args:
        old, new: each a file; an id such as ``online_opinion`` for the newest deployed version; or with the version,
            such as ``online_opinion@2``.
        definitions: what the office has deployed, if there is an office.

    Raises `NotFound`, `DefinitionInvalid`, and `InvalidInput` for two definitions of different kinds.
    """
    before, after = _find(old, definitions), _find(new, definitions)
    if before.kind != after.kind:
        raise InvalidInput(
            say("{old} is a {kind} and {new} a {other}", old=old, kind=before.kind, new=new, other=after.kind),
            hint=say("name two procedures, two calendars or two rosters"),
        )
    return Compared((Pair(before, after),), _calendars_beside((old, new)))


def find_one(named: str, definitions: Sequence[Definition]) -> Compared:
    """Return a definition with the newest version of it that the office has deployed.

    Args:
        named: as in `find_two`.
    """
    new = _find(named, definitions)
    return Compared((Pair(_newest(new.kind, new.name, definitions), new),), _calendars_beside((named,)))


def find_all(files: Sequence[Path], definitions: Sequence[Definition]) -> Compared:
    """Return the definitions of files, each with the newest version of it that the office has deployed.

    Raises `DefinitionInvalid` with every problem of every file.
    """
    compiled, problems = check_files(files)
    if problems:
        raise DefinitionInvalid(say("nothing was compared: {count} problem(s)", count=len(problems)), problems)
    editions = [_in_file(Path(file)) for file in compiled]
    pairs = tuple(Pair(_newest(new.kind, new.name, definitions), new) for new in editions)
    here = {(new.kind, new.name) for new in editions}
    newest = {(one.kind, one.name): one for one in sorted(definitions, key=lambda one: one.version)}
    missing = tuple(one for key, one in newest.items() if key not in here and one.kind in _LOADERS)
    calendars = {new.name: new.value for new in editions if isinstance(new.value, Calendar)}
    return Compared(pairs, calendars, missing)


def _find(named: str, definitions: Sequence[Definition]) -> Edition:
    if Path(named).is_file() or Path(named).suffix == ".yaml":
        return _in_file(Path(named))
    name, _, version = named.partition("@")
    fitting = [it for it in definitions if it.name == name and version in ("", str(it.version)) and it.kind in _LOADERS]
    if not fitting:
        raise _unknown(named, name, definitions)
    return _deployed(max(fitting, key=lambda it: (it.kind == "procedure", it.version)), definitions)


def _newest(kind: Kind, name: str, definitions: Sequence[Definition]) -> Edition | None:
    known = [it for it in definitions if (it.kind, it.name) == (kind, name)]
    return _deployed(max(known, key=lambda it: it.version), definitions) if known else None


def _in_file(path: Path) -> Edition:
    found = YamlReader().compile(read_text(path), file=str(path))
    value = _value(found.kind, found.compiled)
    origin = say("file {file}", file=str(path))
    return Edition(found.kind, found.name, found.version, found.fingerprint, value, origin)


def _deployed(one: Definition, definitions: Sequence[Definition]) -> Edition:
    """A deployed definition; a procedure in the words of its newest wording."""
    origin = say("deployed, version {version}", version=one.version)
    value, name = _value(one.kind, one.compiled), words_name(one.name, one.version)
    wordings = [it for it in definitions if (it.kind, it.name) == ("words", name)] if one.kind == "procedure" else []
    newest = max(wordings, key=lambda it: it.version, default=one)
    if isinstance(value, Procedure) and newest is not one:
        value = worded(value, YamlReader().procedure(newest.compiled))
    return Edition(one.kind, one.name, one.version, newest.fingerprint, value, origin, deployed=True)


def _value(kind: Kind, compiled: str) -> Made:
    load = _LOADERS[kind]
    return load(YamlReader(), compiled)


_LOADERS: Mapping[Kind, Callable[[YamlReader, str], Made]] = {
    "procedure": YamlReader.procedure,
    "calendar": YamlReader.calendar,
    "roster": YamlReader.roster,
}


def _calendars_beside(named: Sequence[str]) -> Mapping[str, Calendar]:
    """The calendars that lie beside files, and those that come with the package: by which a file may count."""
    return {calendar.id: calendar for folder in {Path(it).parent for it in named} for calendar in _in_folder(folder)}


def _in_folder(folder: Path) -> Iterator[Calendar]:
    for file in sorted(folder.glob("*.calendar.yaml")):
        try:
            found = _in_file(file).value
        except DefinitionInvalid:
            continue
        if isinstance(found, Calendar):
            yield found


def _unknown(named: str, name: str, definitions: Sequence[Definition]) -> NotFound:
    versions = sorted(f"{it.name}@{it.version}" for it in definitions if it.name == name and it.kind in _LOADERS)
    if versions:
        return NotFound(say("no version {named} is deployed", named=named), say("deployed: {known}", known=versions))
    known = sorted({it.name for it in definitions if it.kind in _LOADERS})
    near = get_close_matches(name, known, 1)
    hint = (
        say("did you mean {nearest}?", nearest=near[0])
        if near
        else say("name a file, or what is deployed: {known}", known=known)
        if known
        else say("name a file; nothing is deployed here")
    )
    return NotFound(say("there is no definition {named}", named=named), hint)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of comparing a pair.

    Args:
        differences: of procedures and rosters; calendars are compared day by day where they are shown.
        differ: whether the two say anything different at all.
        report: the running cases that it concerns; None where none were counted.
        by_calendar: for a calendar: the running cases of each version of a procedure that is counted by it.
        uncounted: why none were counted, where there is something to say.
    """

    pair: Pair
    differences: tuple[Difference, ...] = ()
    differ: bool = False
    report: ConcernReport | None = None
    by_calendar: tuple[ConcernReport, ...] = ()
    uncounted: Message | None = None


def compare_all(compared: Compared, definitions: Sequence[Definition], engine: Engine | None) -> tuple[Result, ...]:
    """Compare every pair, and count the running cases that the differences of procedures concern.

    Args:
        definitions: what the office has deployed.
        engine: the office's; None where there is no office, and nothing is counted.
    """
    return tuple(_result(pair, compared.calendars, definitions, engine) for pair in compared.pairs)


def _result(
    pair: Pair, calendars: Mapping[str, Calendar], definitions: Sequence[Definition], engine: Engine | None
) -> Result:
    if pair.old is None:
        return Result(pair, differ=True)
    old, new = pair.old.value, pair.new.value
    if isinstance(old, Roster) and isinstance(new, Roster):
        found = compare_rosters(old, new)
        return Result(pair, found, bool(found))
    if not (isinstance(old, Procedure) and isinstance(new, Procedure)):
        differ = pair.old.fingerprint != pair.new.fingerprint
        reports = _by_calendar(pair, definitions, engine) if differ and engine and isinstance(new, Calendar) else ()
        return Result(pair, differ=differ, by_calendar=tuple(reports))
    found = compare(old, new)
    if engine is None or not found:
        return Result(pair, found, bool(found))
    if not _is_in_use(pair.old, definitions):
        why = say("running cases are not counted: the office has not deployed the first of the two")
        return Result(pair, found, differ=True, uncounted=why)
    report = engine.concerned(old, new, found, {**_shipped_calendars(old, new), **calendars})
    return Result(pair, found, differ=True, report=report)


def _by_calendar(pair: Pair, definitions: Sequence[Definition], engine: Engine) -> Iterator[ConcernReport]:
    """Measure the running cases that a calendar counts by another edition of it, where the old one is in use."""
    newest = _newest("calendar", pair.new.name, definitions)
    if pair.old is None or newest is None or pair.old.fingerprint != newest.fingerprint:
        return
    for one in definitions:
        if one.kind == "procedure":
            procedure = engine.procedure(one.name, one.version)
            if pair.new.name in calendars_of(procedure):
                report = engine.concerned(procedure, procedure, (), instead=_calendars(pair.new))
                if report.running:
                    yield report


def _calendars(edition: Edition) -> Mapping[str, Calendar]:
    return {edition.name: edition.calendar} if edition.calendar else {}


def _is_in_use(edition: Edition, definitions: Sequence[Definition]) -> bool:
    """Whether running cases go by this text, or by one that differs from it in words alone."""
    if edition.deployed:
        return True
    key = (edition.kind, edition.name, edition.version)
    known = next((one for one in definitions if (one.kind, one.name, one.version) == key), None)
    value = _value(known.kind, known.compiled) if known else None
    return (
        isinstance(value, Procedure)
        and isinstance(edition.value, Procedure)
        and differs_in_words_only(compare(value, edition.value))
    )


def _shipped_calendars(*procedures: Procedure) -> Mapping[str, Calendar]:
    """The calendars that come with the package and by which a procedure counts."""
    found: dict[str, Calendar] = {}
    for name in {name for procedure in procedures for name in calendars_of(procedure)}:
        try:
            compiled = YamlReader().compile(shipped(f"{name}.calendar.yaml"), file=f"{name}.calendar.yaml")
        except NotFound:
            continue
        found[name] = YamlReader().calendar(compiled.compiled)
    return found
