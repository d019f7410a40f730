"""An office folder: its `office.yaml`, and the definitions that lie beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..workflow.engine import Engine, RecountReport
from ..workflow.engine.versions import refuse_taken, told_of_version
from ..workflow.errors import DefinitionInvalid, InvalidInput, NotFound, Problem
from ..workflow.messages import Message, say
from ..workflow.ports import Compiled, Definition, Kind
from .shape_problems import unknown_key
from .yaml_reader import Source, read_yaml

FILE = "office.yaml"
"""The file that makes a folder an office."""

LANGUAGES = ("en", "zh")

SHIPPED = ("cn.calendar.yaml", "township.roster.yaml", "online_opinion.procedure.yaml")
"""What a new office starts with: calendar, an example roster to edit, and the procedure."""

_KINDS: tuple[Kind, ...] = ("calendar", "roster", "procedure")
_REQUIRED = ("office", "database")
_KEYS = (*_REQUIRED, "title", "procedure", "language", "mail", "fonds", "fonds_number", "records_creator")

TEMPLATE = """\
# An office of caseclock. Definitions lie beside this file; after changing one: caseclock check, caseclock deploy.
office: {id}
title: {title}
# A file in this folder, or the address of a database.
database: {database}
# The procedure that `open` and `import` mean when none is named.
procedure: online_opinion
"""


@dataclass(frozen=True, slots=True)
class OfficeFolder:
    """What `office.yaml` says.

    Args:
        database: an address such as ``sqlite:///.../caseclock.db``.
        procedure: the procedure meant when none is named.
        language: ``en`` or ``zh``; None leaves it to the reader's environment.
        mail: the server by which letters are mailed, such as ``mailtos://user:password@host``; None for none.
        fonds, fonds_number: the archive's name and number for the office's records (全宗名称, 全宗号).
        records_creator: the body whose records they are (立档单位名称).
    """

    folder: Path
    id: str
    title: str
    database: str
    procedure: str | None = None
    language: str | None = None
    mail: str | None = None
    fonds: str = ""
    fonds_number: str = ""
    records_creator: str = ""

    def definitions(self) -> tuple[Path, ...]:
        """Return the definition files of the folder, by names such as ``*.calendar.yaml``."""
        return _named(self.folder, _KINDS)

    def tests(self) -> tuple[Path, ...]:
        """Return the test files of the folder, ``*.test.yaml``."""
        return _named(self.folder, ("test",))


def _named(folder: Path, kinds: Iterable[str]) -> tuple[Path, ...]:
    return tuple(path for kind in kinds for path in sorted(folder.glob(f"*.{kind}.yaml")))


def files_of(places: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files named, and everything of the folders named: definitions, tests, reports, stories, the office.

    Raises `NotFound` for a folder without any.
    """
    found: dict[Path, None] = {}
    for place in places:
        files = _all_in(place) if place.is_dir() else (place,)
        if not files:
            raise NotFound(
                say("there is no definition in {folder}", folder=str(place)),
                say("files are named such as cn.calendar.yaml"),
            )
        found |= dict.fromkeys(files)
    return tuple(found)


def _all_in(folder: Path) -> tuple[Path, ...]:
    office = folder / FILE
    return (*((office,) if office.is_file() else ()), *_named(folder, (*_KINDS, "test", "report", "story")))


def check_files(paths: Iterable[Path]) -> tuple[dict[str, Compiled], list[Problem]]:
    """Return the compiled definitions by file, and every problem of the files that are not valid."""
    from . import YamlReader

    compiled: dict[str, Compiled] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            compiled[str(path)] = YamlReader().compile(read_text(path), file=str(path))
        except DefinitionInvalid as error:
            problems.extend(error.problems)
    return compiled, problems


def read_text(path: Path) -> str:
    """Return the content of a file. Raises `DefinitionInvalid` when it is not UTF-8, `NotFound` when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = say("expected a file in UTF-8; byte {byte} is not", byte=error.start + 1)
        raise DefinitionInvalid(
            message, [Problem("encoding", (), message, file=str(path), line=1, column=1)]
        ) from error
    except OSError as error:
        raise NotFound(say("cannot read {file}: {reason}", file=str(path), reason=error.strerror)) from error


def deploy_files(engine: Engine, paths: Iterable[Path]) -> tuple[tuple[Definition, ...], RecountReport]:
    """Check all files, then deploy them, calendars first; a problem in one leaves all undeployed.

    Returns what was deployed, and which dues the calendars moved.

    Raises `DefinitionInvalid` with every problem of every file, and `VersionTaken` for a version that is deployed with
    another meaning.
    """
    from . import YamlReader

    compiled, problems = check_files(paths)
    if problems:
        raise DefinitionInvalid(say("nothing was deployed: {count} problem(s)", count=len(problems)), problems)
    known = engine.definitions()
    for one in compiled.values():
        refuse_taken(known, YamlReader(), one)
    ordered = sorted(compiled, key=lambda file: _KINDS.index(compiled[file].kind))
    deployed = tuple(engine.deploy(read_text(Path(file)), file=file, recount=False) for file in ordered)
    return deployed, engine.recount()


def told_of_versions(before: Iterable[Definition], deployed: Iterable[Definition]) -> list[Message]:
    """Return what somebody should know who has deployed these where those were deployed before."""
    known = tuple(before)
    keys = {(one.kind, one.name, one.version) for one in known}
    new = (one for one in deployed if (one.kind, one.name, one.version) not in keys)
    return [told for one in new for told in told_of_version(known, one)]


def find_office(start: Path) -> Path:
    """Return the nearest folder with an office, ``start`` itself or one above it. Raises `NotFound`."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise NotFound(
        say("there is no office.yaml in {folder}, nor in a folder above it", folder=str(start)),
        say("make an office with `caseclock init`, or name its folder with --office"),
    )


def read_office(folder: Path) -> OfficeFolder:
    """Return the office of a folder. Raises `NotFound`, and `DefinitionInvalid` with every problem of its file."""
    file = folder / FILE
    if not file.is_file():
        raise NotFound(
            say("there is no office.yaml in {folder}", folder=str(folder)),
            say("make an office with `caseclock init {folder}`, or name another folder", folder=str(folder)),
        )
    return _office(folder, _checked(file))


def check_office(file: Path) -> str:
    """Return the id of the office in a file. Raises `DefinitionInvalid` with every problem of it."""
    return str(_checked(file).data["office"])


def _checked(file: Path) -> Source:
    source = read_yaml(read_text(file), str(file))
    problems = list(_problems(source.data))
    if problems:
        raise source.refusal(problems)
    return source


def _office(folder: Path, source: Source) -> OfficeFolder:
    data: dict[str, str] = source.data
    database = data["database"]
    address = database if "://" in database else f"sqlite:///{(folder / database).resolve()}"
    title = data.get("title", data["office"])
    return OfficeFolder(
        folder=folder,
        id=data["office"],
        title=title,
        database=address,
        procedure=data.get("procedure"),
        language=data.get("language"),
        mail=data.get("mail"),
        fonds=data.get("fonds", title),
        fonds_number=data.get("fonds_number", ""),
        records_creator=data.get("records_creator", title),
    )


def _problems(data: Any) -> Iterator[Problem]:
    if not isinstance(data, dict):
        yield Problem("wrong-type", (), say("expected keys and values: {keys}", keys=_KEYS))
        return
    for key, value in data.items():
        if key not in _KEYS:
            yield Problem("unknown-key", (key,), unknown_key(str(key), list(_KEYS)), on_key=True)
        elif not isinstance(value, str) or not value.strip():
            yield Problem("wrong-type", (key,), say("expected a text; got: {found}", found=repr(value)))
    for key in _REQUIRED:
        if key not in data:
            yield Problem("missing-key", (), say("expected key {key} here", key=key))
    if data.get("language", "en") not in LANGUAGES:
        found = data["language"]
        message = say("expected one of {valid}; got: {found}", valid=LANGUAGES, found=repr(found))
        yield Problem("wrong-value", ("language",), message)


DATABASE = "caseclock.db"
"""The file that holds the cases of an office, unless it names another or an address."""


def make_office(
    folder: Path, id: str, title: str, language: str | None = None, database: str = DATABASE
) -> tuple[str, ...]:
    """Write the files of a new office into ``folder`` and return the names of those written; existing ones are kept.

    The schemas by which editors complete these files are written beside them, each time anew.

    Args:
        database: a file in the folder, or an address, which should hold no password.

    Raises `InvalidInput` for an id or title that cannot stand in a file.
    """
    from . import shipped
    from .schemas import write_schemas

    texts = (id, title, database)
    if not all(text.strip() and text.isprintable() and '"' not in text and "\\" not in text for text in texts):
        raise InvalidInput(say("expected an id and a title in plain characters, got: {texts}", texts=[id, title]))
    folder.mkdir(parents=True, exist_ok=True)
    head = TEMPLATE.format(id=f'"{id}"', title=f'"{title}"', database=f'"{database}"')
    head += f"language: {language}\n" if language else ""
    files = {FILE: head, **{name: shipped(name) for name in SHIPPED}}
    written = [name for name in files if not (folder / name).exists()]
    for name in written:
        (folder / name).write_text(files[name], encoding="utf-8")
    write_schemas(folder)
    return tuple(written)
