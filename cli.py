"""The command line: `caseclock COMMAND`. A command opens the engine, calls one method and shows what it returns.

Data goes to stdout, talk, progress and errors to stderr. With ``--json`` every command prints one object or array, and
an error is ``{"error": {"code", "message", "hint", "fields", "problems"}}`` on stderr.

Exit statuses: 0 done, 1 unexpected or storage failed, 2 wrong usage or input, 3 definition invalid, 4 not found,
5 not allowed, 6 conflict, 7 something is overdue or was found (only with ``--exit-code``), or a test failed.

Nothing but click is imported here before a command runs, so that ``--help`` and completion answer at once. It is one
file on purpose: help and options first, then the session, how things are shown, and one function for each command.
"""

from __future__ import annotations

import copy
import gettext
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from .definitions.calendars.finder import FoundCalendar
    from .definitions.comparing import Result
    from .definitions.likeness import Likely
    from .definitions.office_reader import OfficeFolder
    from .definitions.posts_reader import Import
    from .storage import SqlStore
    from .storage.delivery import Post
    from .workflow import CaseclockError, Engine, Language, ListItem, Message, Problem, Receipt, TickReport
    from .workflow.archiving import NamedFile, Package
    from .workflow.engine import BatchResult, Under
    from .workflow.engine.delivering import DeliveryReport
    from .workflow.migration import Plan as MigrationPlan
    from .workflow.model import Field, Procedure
    from .workflow.pictures.course import Course
    from .workflow.ports import Definition
    from .workflow.rehearsal.story import Outcome
    from .workflow.reports import Plan
    from .workflow.showing.pages import Grid, Line

DOMAIN = "caseclock"
LOCALE = Path(__file__).parent / "definitions" / "locale"
DEFINITION_INVALID = 3
BAD_ROWS = 2
OVERDUE = 7
NOT_AS_EXPECTED = 7
NOT_ALLOWED = 5
FINDINGS = 7
PIPED_WIDTH = 200
"""Columns of a table that is not shown on a terminal; it is only as wide as what stands in it."""


# Help, and the options that stand before the command or after it.


def _(template: str) -> str:
    """Mark a text for the translators; it is translated when it is shown."""
    return template


def say(template: str, /, **values: object) -> Message:
    """Return a sentence; see `workflow.messages.say`, which is imported only when something is said."""
    from .workflow import messages

    return messages.say(template, **values)


class SpokenOption(click.Option):
    """An option whose help is translated when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line in the help."""
        spoken = copy.copy(self)
        spoken.help = gettext.gettext(self.help) if self.help else self.help
        return click.Option.get_help_record(spoken, ctx)


class SpokenCommand(click.Command):
    """A command whose help is translated when it is shown, and which takes the common options too."""

    common = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.common:
            self.params.extend(_common_options(hidden=True))
            self.epilog = _("Common options (--office, --as, --lang, --json): see caseclock --help.")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own text."""
        spoken = copy.copy(self)
        spoken.help = self._spoken_help()
        click.Command.format_help_text(spoken, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what stands below the options."""
        spoken = copy.copy(self)
        spoken.epilog = gettext.gettext(self.epilog) if self.epilog else None
        click.Command.format_epilog(spoken, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence, for the list of commands."""
        return self._spoken_help().split("\n")[0].removesuffix(".").removesuffix("。")

    def _spoken_help(self) -> str:
        return gettext.gettext(inspect.cleandoc(self.help)) if self.help else ""


class CommandGroup(SpokenCommand, click.Group):
    """Commands under one name, such as ``calendar show`` and ``calendar diff``."""


class Caseclock(SpokenCommand, click.Group):
    """The command itself: it holds a session, and answers errors with a sentence and an exit status."""

    common = False

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run, and exit with a status of the list above."""
        arguments = list(kwargs.pop("args", None) or (args[0] if args else None) or sys.argv[1:])
        kwargs.pop("standalone_mode", None)
        session = Session(as_json="--json" in arguments, debug="--debug" in arguments)
        with _own_catalogue():
            sys.exit(
                _status(
                    session,
                    lambda: super(Caseclock, self).main(
                        arguments, standalone_mode=False, obj=session, **{"prog_name": DOMAIN, **kwargs}
                    ),
                )
            )


@contextmanager
def _own_catalogue() -> Iterator[None]:
    """Have gettext, and with it click, look into our catalogue; what ``--lang`` changes is undone at the end."""
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    before = os.environ.get("LANGUAGE")
    try:
        yield
    finally:
        os.environ.pop("LANGUAGE", None)
        if before is not None:
            os.environ["LANGUAGE"] = before


def _status(session: Session, run: Callable[[], Any]) -> int:
    """Run a command; whatever it raises is told in a sentence, and its exit status returned."""
    try:
        return int(run() or 0)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        click.echo("", err=True)
        return 1
    except click.ClickException as error:
        _report_usage(session, error)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if session.debug:
            raise
        return session.report(error)
    finally:
        session.close()


def _report_usage(session: Session, error: click.ClickException) -> None:
    if session.as_json:
        answer: dict[str, Any] = {
            "code": "usage",
            "message": error.format_message(),
            "hint": None,
            "fields": {},
            "problems": [],
        }
        click.echo(_json({"error": answer}), err=True)
    else:
        error.show()


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value:
            setattr(ctx.find_root().obj, name, value)
            if name == "lang":
                os.environ["LANGUAGE"] = value

    return keep


def _common_options(*, hidden: bool) -> list[click.Parameter]:
    """Return the options that may stand before the command and, there without a line in the help, after it."""

    def option(names: tuple[str, ...], keeps: str, text: str, **kwargs: Any) -> click.Parameter:
        return SpokenOption(
            [*names, f"common_{keeps}"], callback=_keep(keeps), expose_value=False, hidden=hidden, help=text, **kwargs
        )

    def variable(name: str) -> str | None:
        return None if hidden else name

    folder = click.Path(file_okay=False, path_type=Path)
    return [
        option(
            ("--office",),
            "folder",
            _("The office's folder; else the current one or the nearest above it."),
            type=folder,
            metavar="DIR",
            envvar=variable("CASECLOCK_OFFICE"),
        ),
        option(
            ("--db",),
            "database",
            _("The address of the database; else the one that office.yaml names."),
            metavar="ADDRESS",
            envvar=variable("CASECLOCK_DB"),
        ),
        option(
            ("--as",), "actor", _("Who acts: an id on the roster."), metavar="ACTOR", envvar=variable("CASECLOCK_ACTOR")
        ),
        option(
            ("--lang",), "lang", _("The language: English or Chinese."), type=click.Choice(["en", "zh"]), is_eager=True
        ),
        option(("--json",), "as_json", _("Print one JSON object or array."), is_flag=True),
        option(("--no-input",), "no_input", _("Never ask on the terminal."), is_flag=True),
        option(("--debug",), "debug", _("Show the traceback of an unexpected error."), is_flag=True),
    ]


# The session: one run of the command, its settings, its office and its language.


class Session:
    """One run of the command line."""

    def __init__(self, *, as_json: bool = False, debug: bool = False) -> None:
        self.folder: Path | None = None
        self.database: str | None = None
        self.actor: str | None = None
        self.lang: str | None = None
        self.as_json = as_json
        self.no_input = False
        self.debug = debug
        self.store: SqlStore | None = None

    @cached_property
    def office(self) -> OfficeFolder:
        """The office: of the folder named, or the nearest one. Raises `NotFound` or `DefinitionInvalid`."""
        from .definitions.office_reader import find_office

        return self.read_office(self.folder or find_office(Path.cwd()))

    def read_office(self, folder: Path) -> OfficeFolder:
        """Return the office of a folder, on the database that is asked for."""
        from .definitions.office_reader import read_office

        office = read_office(folder)
        return replace(office, database=self.database) if self.database else office

    @cached_property
    def engine(self) -> Engine:
        """The engine on the office's database."""
        import logging

        from .definitions import YamlReader
        from .storage import SqlStore
        from .workflow import Engine

        # The PostgreSQL driver writes beside our own sentence when a server goes away.
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)
        self.store = SqlStore(self.office.database)
        return Engine(self.store, YamlReader(), office=self.office.id)

    @property
    def post(self) -> Post:
        """What sends letters, by the mail server that the environment or the office names."""
        from .definitions.language import language
        from .storage.delivery import Post

        return Post(language, os.environ.get("CASECLOCK_MAIL") or self.office.mail)

    @contextmanager
    def rehearsal(self) -> Iterator[Engine]:
        """The engine in a transaction of its own that is rolled back at the end."""
        from .storage import SqlStore

        store = SqlStore(self.office.database)
        with store.engine.connect() as connection:
            yield self.engine.using(SqlStore.joined(connection))
            connection.rollback()
        store.close()

    def close(self) -> None:
        """Close the database."""
        if self.store is not None:
            self.store.close()

    @property
    def who(self) -> str:
        """The id of who acts. Raises `InvalidInput` when nobody is named."""
        from .workflow import InvalidInput

        if self.actor is None:
            people = list(self.engine.roster().people)
            raise InvalidInput(
                say("who acts? Name a person with --as, or in CASECLOCK_ACTOR"),
                hint=say("people on the roster: {people}", people=people),
            )
        return self.actor

    def procedure(self, named: str | None) -> str:
        """The id of the procedure meant: the one named, or the office's own. Raises `InvalidInput`."""
        from .workflow import InvalidInput

        if named or self.office.procedure:
            return named or self.office.procedure or ""
        raise InvalidInput(say("which procedure? Name it with --procedure, or in office.yaml"))

    @cached_property
    def language(self) -> Language:
        """The language to speak: as asked for, else the office's, else the environment's."""
        from .definitions.language import language, preferred_language

        code = self.lang or self._office_language() or preferred_language(os.environ)
        os.environ["LANGUAGE"] = code
        return language(code)

    @property
    def paper_language(self) -> str:
        """The language in which papers are printed: the office's, whoever prints; else the one spoken."""
        return self._office_language() or self.language.code

    def _office_language(self) -> str | None:
        from .workflow import CaseclockError

        try:
            return self.office.language
        except (CaseclockError, OSError):
            return None

    def text(self, value: object) -> str:
        """Return a message, title or value in the language."""
        from .workflow.messages import render

        return render(value, self.language)

    def numbers(self, report: TickReport) -> dict[str, str]:
        """Return the numbers of the cases that a report of a tick names by id."""
        ids = {event.case for event in report.delivered} | set(report.failed)
        return {case: self.engine.case(case).case.number for case in ids}

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody at a terminal to ask."""
        return not self.no_input and sys.stdin.isatty()

    def show(self, data: Callable[[], Any], page: Callable[[], Iterable[Line | Grid]]) -> None:
        """Print a result: as JSON, or as a page for people."""
        if self.as_json:
            click.echo(_json(data()))
            return
        console = _console()
        for part in page():
            console.print(_rendered(self, part))

    def report(self, error: Exception) -> int:
        """Tell an error on stderr and return its exit status."""
        from .workflow import CaseclockError
        from .workflow.showing import plain

        known = error if isinstance(error, CaseclockError) else _unexpected(error)
        if self.as_json:
            click.echo(_json({"error": plain.error(known, self.language)}), err=True)
        else:
            for line in _error_lines(self, known):
                click.echo(line, err=True)
        return known.exit_status


def _unexpected(error: Exception) -> CaseclockError:
    from .workflow import CaseclockError

    if isinstance(error, OSError) and error.strerror:
        return CaseclockError(say("{file}: {reason}", file=error.filename or "-", reason=error.strerror))
    kind = type(error).__name__
    return CaseclockError(
        say("something unexpected happened: {kind}: {reason}", kind=kind, reason=str(error)),
        say("run it again with --debug to see where, and report it"),
    )


def _error_lines(session: Session, error: CaseclockError) -> Iterator[str]:
    from .workflow import DefinitionInvalid, InvalidInput
    from .workflow.engine.versions import VersionTaken

    yield session.text(error.message)
    if isinstance(error, DefinitionInvalid):
        yield from _problem_lines(session, error.problems)
    if isinstance(error, InvalidInput):
        yield from (f"  {name}: {session.text(problem)}" for name, problem in error.fields.items())
    if isinstance(error, VersionTaken):
        yield from (f"  {session.text(it.told)}" for it in error.differences)
    if error.hint:
        yield session.text(error.hint)


def _problem_lines(session: Session, problems: Iterable[Problem]) -> Iterator[str]:
    from .definitions.problem_display import display

    for problem in problems:
        yield from display(problem, session.language)


# How things are shown to people.


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def _console(*, err: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=err, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


TONES = {"plain": "", "strong": "bold", "note": "yellow", "alarm": "bold red"}


def _rendered(session: Session, part: Line | Grid) -> RenderableType:
    """Return a part of a page for the terminal. Nothing in it is markup: rich would take ``[urgent]`` for some."""
    from rich import box
    from rich.table import Table

    from .workflow.showing.pages import Line

    if isinstance(part, Line):
        return _cell(session, part)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in part.headings:
        table.add_column(_cell(session, heading), overflow="fold")
    for row in part.rows:
        table.add_row(*(_cell(session, cell) for cell in row))
    return table


def _cell(session: Session, value: object) -> RenderableType:
    from rich.text import Text

    from .workflow.showing.pages import Line

    if isinstance(value, Line):
        return Text(session.text(value.value), style=TONES[value.tone])
    return Text(session.text(value))


# The commands.


@click.group(cls=Caseclock, params=_common_options(hidden=False), help=_("Cases under a legal time limit."))
@click.version_option(
    package_name=DOMAIN, message="%(prog)s %(version)s", cls=SpokenOption, help=_("Show the version and exit.")
)
@click.help_option(cls=SpokenOption, help=_("Show this message and exit."))
def caseclock() -> None:
    """Hold the commands."""


def _command(name: str, text: str) -> Callable[[Callable[..., Any]], click.Command]:
    return caseclock.command(name, cls=SpokenCommand, help=text)


def _group(name: str, text: str) -> Callable[[Callable[..., Any]], click.Group]:
    return caseclock.group(name, cls=CommandGroup, help=text)


def _option(*names: str, text: str = "", **kwargs: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, cls=SpokenOption, help=text, **kwargs)


_case = click.argument("case")
_inputs = click.argument("inputs", nargs=-1, metavar="[NAME=VALUE]...")
_at = _option("--at", metavar="TIME", text=_("When it happened, such as 2026-11-16 09:00; now when left out."))
_key = _option("--key", text=_("Idempotency key: a repeated command with the same key does nothing."))
_unmask = _option("--unmask", is_flag=True, text=_("Show private values, which the history notes down; see --reason."))
_why_unmask = _option("--reason", text=_("With --unmask: why they are shown."))
_procedure = _option("--procedure", metavar="ID", text=_("The procedure; else the office's own."))
_limit = _option(
    "--limit", type=click.IntRange(1), default=1000, text=_("How many at most; the rest is told of, not shown.")
)
_folder = click.Path(file_okay=False, path_type=Path)
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@_command("init", _("Make an office folder, its database and its definitions."))
@click.argument("folder", type=_folder, default=".")
@_option("--id", "office_id", text=_("The office's id; else the folder's name."))
@_option("--title", text=_("The office's title."))
@click.pass_obj
def _init(session: Session, folder: Path, office_id: str | None, title: str | None) -> None:
    from .definitions.office_reader import deploy_files, make_office
    from .storage import create_store
    from .workflow.showing import pages, plain
    from .workflow.showing.pages import Line

    folder = folder.resolve()
    identity = office_id or folder.name or "office"
    written = make_office(folder, identity, title or identity, session.lang, **_named_database(session))
    session.office = session.read_office(folder)
    create_store(session.office.database).close()
    deployed, report = deploy_files(session.engine, session.office.definitions())
    session.show(
        lambda: {
            "folder": str(folder),
            "office": session.office.id,
            "written": list(written),
            "deployed": plain.deployed(deployed, report),
        },
        lambda: [
            Line(say("office {office} in {folder}", office=session.office.id, folder=str(folder)), "strong"),
            Line(say("files written: {files}", files=written) if written else say("all files were there already")),
            *pages.recounted(report),
            Line(say("next: edit township.roster.yaml, `caseclock deploy`, then `caseclock open --help`")),
        ],
    )


def _named_database(session: Session) -> dict[str, str]:
    """Return the address to write into office.yaml, without its password, if one is asked for."""
    from sqlalchemy import make_url

    return (
        {"database": make_url(session.database)._replace(password=None).render_as_string()} if session.database else {}
    )


@_command(
    "check",
    _(
        "Check definitions and show every problem at its place.\n\nWhen none is named, those of the office. Of a folder"
        " everything is checked. Each procedure is also looked at as a whole, with the roster and the calendars beside"
        " it; what is only worth a look is a warning."
    ),
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE or FOLDER]...")
@_option("--strict", is_flag=True, text=_("Exit with status 3 for warnings too."))
@_option("--explain", "code", metavar="CODE", text=_("Explain a kind of problem, such as dead-end, with examples."))
@click.pass_obj
def _check(session: Session, files: tuple[Path, ...], strict: bool, code: str | None) -> int:
    from .definitions.checking import check_everything
    from .definitions.explaining import explain
    from .definitions.office_reader import files_of, find_office
    from .workflow.showing import plain
    from .workflow.showing.pages import Line

    if code is not None:
        explained = explain(code)
        session.show(lambda: explained.plain(session.language), lambda: map(Line, explained.lines(session.language)))
        return 0
    named = files_of(files or (session.folder or find_office(Path.cwd()),))
    found = check_everything(named, partial(_deployed, session))
    told = say(
        "{valid} valid, {problems} problem(s), {warnings} warning(s)",
        valid=len(found.valid),
        problems=found.errors,
        warnings=found.warnings,
    )
    first = next((problem.code for problem in found.problems), None)
    more = say("what a word in brackets means: caseclock check --explain {code}", code=first) if first else None
    session.show(
        lambda: {
            "files": [one._asdict() for one in found.valid],
            "problems": [plain.problem(problem, session.language) for problem in found.problems],
            "errors": found.errors,
            "warnings": found.warnings,
        },
        lambda: [
            *(Line(line) for line in _problem_lines(session, found.problems)),
            Line(told, "strong"),
            *([Line(more)] if more else []),
        ],
    )
    return DEFINITION_INVALID if found.errors or (strict and found.problems) else 0


def _deployed(session: Session) -> Sequence[Definition]:
    """Return what the office has in use; nothing where there is no office, or its database cannot be read."""
    from .workflow import CaseclockError

    try:
        address = session.office.database
        in_file = address.startswith("sqlite:///")
        if in_file and not Path(address.removeprefix("sqlite:///")).is_file():
            return ()
        return session.engine.definitions()
    except CaseclockError:
        return ()


@_command(
    "test",
    _(
        "Run the tests that lie beside procedures (*.test.yaml).\n\nWhen none is named, those of this folder and of the"
        " office. No database is needed."
    ),
)
@click.argument("places", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE or FOLDER]...")
@_option("--coverage/--no-coverage", default=True, text=_("Show what of the procedures the tests did not reach."))
@click.pass_obj
def _test(session: Session, places: tuple[Path, ...], coverage: bool) -> int:
    from .definitions import YamlReader
    from .definitions.rehearsals.reader import check_rehearsals, find_tests
    from .storage import MemoryStore
    from .workflow.rehearsal.rehearsing import rehearse
    from .workflow.showing import rehearsal_pages
    from .workflow.showing.pages import Line

    tests, problems = check_rehearsals(find_tests(places or _test_folders(session)))
    found = [rehearse(test, YamlReader(), MemoryStore) for test in tests.values()]
    session.show(
        lambda: rehearsal_pages.data(found, problems, session.language),
        lambda: [
            *(Line(line) for line in _problem_lines(session, problems)),
            *rehearsal_pages.page(found, lambda problem: _problem_lines(session, [problem]), coverage=coverage),
        ],
    )
    return DEFINITION_INVALID if problems else NOT_AS_EXPECTED if any(one.findings for one in found) else 0


def _test_folders(session: Session) -> tuple[Path, ...]:
    """Return the folders whose tests are meant when none is named: this one, and the office's if there is one."""
    from .definitions.office_reader import find_office
    from .workflow import NotFound

    here = Path(".")
    try:
        return here, session.folder or find_office(Path.cwd())
    except NotFound:
        return (here,)


@_command(
    "schema",
    _(
        "Print the JSON Schema of a kind of file, for editors.\n\nThe kinds are procedure, calendar, roster, test,"
        " story and report. With --into all of them are written into a folder, in place of older ones."
    ),
)
@click.argument("kind", default="procedure")
@_option("--into", type=_folder, metavar="FOLDER", text=_("The folder into which the schemas are written."))
@click.pass_obj
def _schema(session: Session, kind: str, into: Path | None) -> None:
    from .definitions.schemas import schema_text, write_schemas
    from .workflow.showing.pages import Line

    if into is None:
        click.echo(schema_text(kind), nl=False)
        return
    written = write_schemas(into)
    session.show(lambda: {"written": list(written)}, lambda: [Line(say("files written: {files}", files=written))])


@_command("deploy", _("Put the folder's definitions, or the files named, into use."))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.pass_obj
def _deploy(session: Session, files: tuple[Path, ...]) -> int:
    from .definitions.office_reader import deploy_files, told_of_versions
    from .workflow.showing import pages, plain

    before = session.engine.definitions()
    deployed, report = deploy_files(session.engine, files or session.office.definitions())
    session.show(
        lambda: plain.deployed(deployed, report), lambda: [*pages.definitions(deployed), *pages.recounted(report)]
    )
    for told in told_of_versions(before, deployed):
        click.echo(session.text(told), err=True)
    return 1 if report.failed else 0


@_command("open", _("Open a case from its fields."))
@_inputs
@_procedure
@_at
@_key
@click.pass_obj
def _open(session: Session, inputs: tuple[str, ...], procedure: str | None, at: str | None, key: str | None) -> None:
    engine, name, by = session.engine, session.procedure(procedure), session.who
    zone = engine.zone(name)
    data = _read(session, inputs, engine.procedure(name).case.opens_with, zone)
    _show_receipt(session, engine.open(name, data, by=by, at=_instant(at, zone), key=key))


@_command("advance", _("Do one action on one case.\n\nInputs that are missing are asked for on a terminal."))
@_case
@click.argument("action")
@_inputs
@_at
@_key
@_option("--revision", type=int, text=_("Refuse when the case has changed since this revision."))
@click.pass_obj
def _advance(
    session: Session,
    case: str,
    action: str,
    inputs: tuple[str, ...],
    at: str | None,
    key: str | None,
    revision: int | None,
) -> None:
    engine, by = session.engine, session.who
    offer = next((offer for offer in engine.actions(case, by) if offer.action == action), None)
    zone = engine.case(case).zone
    data = _read(session, inputs, offer.inputs if offer else (), zone)
    _show_receipt(
        session, engine.fire(case, action, by=by, data=data, at=_instant(at, zone), key=key, revision=revision)
    )


def _show_receipt(session: Session, receipt: Receipt) -> None:
    from .workflow.showing import pages, plain

    session.show(
        lambda: plain.receipt(receipt, session.language),
        lambda: pages.receipt(receipt, session.engine.case(receipt.case.id).state),
    )


def _instant(text: str | None, zone: str) -> datetime | None:
    from .definitions.instants import read_instant

    return read_instant(text, zone) if text else None


def _read(session: Session, inputs: Iterable[str], fields: Sequence[Field], zone: str) -> dict[str, Any]:
    """Return the inputs typed as NAME=VALUE, and those that are asked for, as values."""
    from .definitions.inputs_reader import read_inputs, split_pairs

    typed = split_pairs(inputs)
    if session.may_ask:
        for field in fields:
            if field.required and field.name not in typed:
                typed[field.name] = _ask(session, field)
    return read_inputs(typed, fields, zone)


def _ask(session: Session, field: Field) -> str:
    title = f"{session.text(field.title)} ({field.name})"
    if field.type == "flag":
        return "yes" if click.confirm(title, err=True) else "no"
    choices = click.Choice(list(field.choices)) if field.choices else None
    return str(click.prompt(title, type=choices, err=True))


@_command(
    "import",
    _(
        "Open cases from a table of posts: CSV, Excel or JSON lines.\n\n"
        "Rows that are there already are left out, and bad ones reported."
    ),
)
@click.argument("table", type=_file)
@_option(
    "--map", "mapping", type=_file, text=_("A YAML file: columns: {field: heading}, constants, id, source, opened_at.")
)
@_option("--sheet", text=_("Which sheet of a workbook; else the first."))
@_procedure
@_option("--dry-run", is_flag=True, text=_("Tell what would happen, and change nothing."))
@click.pass_obj
def _import(
    session: Session, table: Path, mapping: Path | None, sheet: str | None, procedure: str | None, dry_run: bool
) -> int:
    from .definitions.posts_reader import import_posts

    named = (mapping.read_text(encoding="utf-8"), str(mapping)) if mapping else None
    name, by = session.procedure(procedure), session.who
    with session.rehearsal() if dry_run else nullcontext(session.engine) as engine:
        progress = partial(_with_progress, session)
        done = import_posts(engine, table.read_bytes(), named, procedure=name, by=by, progress=progress, sheet=sheet)
    _show_import(session, done, dry_run=dry_run)
    return BAD_ROWS if done.bad else 0


def _with_progress(session: Session, results: Iterator[BatchResult], total: int) -> Iterable[BatchResult]:
    from rich.progress import track

    console = _console(err=True)
    title = session.text(say("importing"))
    return track(results, title, total, console=console, disable=not console.is_terminal)


def _show_import(session: Session, done: Import, *, dry_run: bool) -> None:
    from .workflow.showing.pages import Line

    counts = say(
        "{opened} opened, {duplicates} there already, {bad} bad",
        opened=len(done.opened),
        duplicates=len(done.duplicates),
        bad=done.bad_rows,
    )
    session.show(
        lambda: {
            "dry_run": dry_run,
            "opened": list(done.opened),
            "duplicates": [{"row": row.row, "of": session.text(row.of)} for row in done.duplicates],
            "bad": [
                {"row": row.row, "column": row.column or None, "problem": session.text(row.problem)} for row in done.bad
            ],
            "alike": _likely_data(session, done.alike),
        },
        lambda: [
            *(Line(say("row {row}: there already, {of}", row=row.row, of=row.of)) for row in done.duplicates),
            *(Line(say("row {row}: {problem}", row=row.row, problem=row.problem), "alarm") for row in done.bad),
            *(
                Line(say("{case} is like {of} ({score} of 100)", case=it.case, of=it.of, score=it.score), "note")
                for it in done.alike
            ),
            *([Line(say("they may be one matter: see caseclock duplicates"), "note")] if done.alike else []),
            Line(say("dry run, nothing was changed: {counts}", counts=counts) if dry_run else counts, "strong"),
        ],
    )


@_command(
    "duplicates",
    _(
        "Propose open cases that may be about the same matter.\n\n"
        "Nothing is merged: a person decides, and merges with advance."
    ),
)
@_procedure
@_option("--score", type=click.IntRange(0, 100), default=55, text=_("How alike, of 100, a pair must be."))
@_option("--within", metavar="LENGTH", text=_("How far apart two posts may be; else 7 days."))
@click.pass_obj
def _duplicates(session: Session, procedure: str | None, score: int, within: str | None) -> None:
    from .definitions.instants import read_span
    from .definitions.likeness import WITHIN, likely_duplicates

    span = read_span(within) if within else WITHIN
    pairs = likely_duplicates(session.engine, session.procedure(procedure), enough=score, within=span)
    _show_likely(session, pairs)


def _show_likely(session: Session, pairs: Sequence[Likely]) -> None:
    from .workflow.showing.pages import Grid, Line

    def page() -> Iterator[Line | Grid]:
        if not pairs:
            yield Line(say("no two open cases look alike"))
            return
        headings = (say("Case"), say("Like"), say("Score"), say("Reasons"))
        yield Grid(headings, tuple((it.case, it.of, it.score, list(it.reasons)) for it in pairs))
        first = next((it for it in pairs if it.merge), None)
        if first:
            command = f"caseclock advance {first.case} {first.merge} {first.field}={first.of}"
            yield Line(say("nothing was merged; to merge one: {command}", command=command))

    session.show(lambda: _likely_data(session, pairs), page)


def _likely_data(session: Session, pairs: Sequence[Likely]) -> list[dict[str, Any]]:
    return [
        {
            "case": it.case,
            "of": it.of,
            "score": it.score,
            "reasons": [session.text(reason) for reason in it.reasons],
            "action": it.merge,
            "input": it.field,
        }
        for it in pairs
    ]


@_command("list", _("List open cases, soonest due first."))
@_option("--state", text=_("Only cases in this state."))
@_option("--stage", text=_("Only cases in this stage."))
@_option("--unit", text=_("Only what this unit holds."))
@_procedure
@_option("--version", type=int, metavar="N", text=_("Only cases on this version of their procedure."))
@_option("--overdue", is_flag=True, text=_("Only cases with an overdue clock."))
@_option("--all", "ended_too", is_flag=True, text=_("Ended cases too."))
@_limit
@click.pass_obj
def _list(
    session: Session,
    state: str | None,
    stage: str | None,
    unit: str | None,
    procedure: str | None,
    version: int | None,
    overdue: bool,
    ended_too: bool,
    limit: int,
) -> None:
    from .workflow import CaseQuery

    engine = session.engine
    states = engine.states(state=state, stage=stage) if state or stage else None
    until = datetime.now(UTC) if overdue else None
    query = CaseQuery(procedure, unit=unit, states=states, due_before=until, open_only=not ended_too, limit=limit + 1)
    query = replace(query, version=version)
    found = [item for item in engine.cases(query) if item.overdue or not overdue]
    _show_items(session, found, limit)


@_command("inbox", _("List what waits for the actor, soonest due first."))
@_limit
@click.pass_obj
def _inbox(session: Session, limit: int) -> None:
    from .workflow.showing import pages, plain

    items = _at_most(session, session.engine.inbox(session.who, limit + 1), limit)
    session.show(lambda: [plain.item(item, session.language) for item in items], lambda: pages.inbox(items))


@_command("due", _("List the limits that run out, soonest first."))
@_option("--until", metavar="TIME", text=_("Only those due until then."))
@_option("--within", metavar="LENGTH", text=_("Only those due within, such as 2 days or 48 hours."))
@_option("--exit-code", "tell", is_flag=True, text=_("Exit with status 7 when something is overdue."))
@_limit
@click.pass_obj
def _due(session: Session, until: str | None, within: str | None, tell: bool, limit: int) -> int:
    from .definitions.instants import read_span
    from .workflow import CaseQuery

    last = datetime.now(UTC) + read_span(within) if within else _office_instant(session, until)
    query = CaseQuery(open_only=True, due_before=last, limit=limit + 1)
    items = [item for item in session.engine.cases(query) if item.due_at]
    _show_items(session, items, limit)
    return OVERDUE if tell and any(item.overdue for item in items) else 0


def _office_instant(session: Session, text: str | None) -> datetime | None:
    """Return a time in the zone of the office's own procedure."""
    return _instant(text, session.engine.zone(session.procedure(None))) if text else None


def _at_most(session: Session, items: Sequence[ListItem], limit: int) -> Sequence[ListItem]:
    """Return as many as are to be shown, and tell when there are more."""
    if len(items) > limit:
        click.echo(
            session.text(say("there are more than {limit}: narrow the list, or raise --limit", limit=limit)), err=True
        )
    return items[:limit]


def _show_items(session: Session, found: Sequence[ListItem], limit: int) -> None:
    from .workflow.showing import pages, plain

    items = _at_most(session, found, limit)
    session.show(lambda: [plain.item(item, session.language) for item in items], lambda: pages.cases(items))


@_command("show", _("Show a case with its clocks, papers and subcases."))
@_case
@_option("--at", metavar="TIME", text=_("Its clocks as of this time."))
@_option("--as-of", metavar="TIME", text=_("As it was known at this time."))
@_unmask
@_why_unmask
@click.pass_obj
def _show(session: Session, case: str, at: str | None, as_of: str | None, unmask: bool, reason: str | None) -> None:
    from .workflow.showing import pages, plain

    unmasked = _disclosed(session, case, unmask, reason)
    view = session.engine.case(case)
    if at or as_of:
        view = session.engine.case(case, _instant(at, view.zone), _instant(as_of, view.zone))
    session.show(
        lambda: plain.case(view, session.language, unmasked=unmasked), lambda: pages.case(view, unmasked=unmasked)
    )


def _disclosed(session: Session, case: str, unmask: bool, reason: str | None) -> frozenset[str]:
    """Return the names of the private fields to show; who asks for any is noted down in the history."""
    if not unmask:
        return frozenset()
    return session.engine.disclose(case, by=session.who, reason=reason or "").fields


@_command(
    "print",
    _(
        "Print the papers of a case.\n\nThe first print of a paper is kept; every later one repeats it byte by byte."
        " DOCUMENT is a document of the procedure or the number of one paper; all papers when left out."
    ),
)
@_case
@click.argument("document", required=False)
@_option("--format", "form", type=click.Choice(["html", "docx", "pdf"]), default="html", text=_("What to print as."))
@_option("--output", type=click.Path(path_type=Path), text=_("The file, or for several papers the folder, to write."))
@_unmask
@_why_unmask
@click.pass_obj
def _print(
    session: Session, case: str, document: str | None, form: str, output: Path | None, unmask: bool, reason: str | None
) -> None:
    from .definitions.printing.desk import Desk

    private = bool(_disclosed(session, case, unmask, reason))
    desk = Desk(session.engine, session.office.folder / "templates", session.office.title)
    papers = desk.print(case, document, form, by=session.who, language=session.paper_language, private=private)
    written = desk.write(papers, output)
    session.show(
        lambda: [one.plain() for one in written],
        lambda: [desk.line(one) for one in written],
    )


@_command(
    "templates",
    _(
        "List the templates of papers, and check them.\n\nAn office's own folder templates/ comes before what is"
        " shipped. Exits with status 7 when a template prints what its paper does not show."
    ),
)
@_option("--copy", "copied", metavar="FILE", text=_("Copy a shipped template into the office's folder, to edit it."))
@_procedure
@click.pass_obj
def _templates(session: Session, copied: str | None, procedure: str | None) -> int:
    from .definitions.printing.desk import Desk

    desk = Desk(session.engine, session.office.folder / "templates", session.office.title)
    if copied:
        desk.copy(copied)
    listed, problems = desk.templates(session.procedure(procedure))
    session.show(
        lambda: {"templates": listed, "problems": [desk.plain_problem(one, session.language) for one in problems]},
        lambda: desk.page(listed, problems),
    )
    return FINDINGS if problems else 0


@_command("actions", _("List what the actor may do on a case.\n\nRequired inputs are marked with *."))
@_case
@click.pass_obj
def _actions(session: Session, case: str) -> None:
    from .workflow.showing import pages, plain

    offers = session.engine.actions(case, session.who)
    session.show(
        lambda: [plain.offer(offer, session.language) for offer in offers], lambda: pages.offers(offers, session.who)
    )


@_command("history", _("Show everything that happened to a case."))
@_case
@_unmask
@_why_unmask
@click.pass_obj
def _history(session: Session, case: str, unmask: bool, reason: str | None) -> None:
    from .workflow.showing import pages, plain

    unmasked = _disclosed(session, case, unmask, reason)
    entries, view = session.engine.history(case), session.engine.case(case)
    session.show(
        lambda: [plain.entry(entry, session.language, unmasked=unmasked) for entry in entries],
        lambda: pages.history(entries, view, session.engine.roster(), unmasked=unmasked),
    )


@_command("why", _("Explain, day by day, why a clock is due when it is."))
@_case
@click.argument("clock", required=False)
@_option("--as-of", metavar="TIME", text=_("As it was believed at this time."))
@click.pass_obj
def _why(session: Session, case: str, clock: str | None, as_of: str | None) -> None:
    from .workflow.showing import pages, plain

    moment = _instant(as_of, session.engine.case(case).zone) if as_of else None
    found = session.engine.why(case, clock, moment)
    session.show(
        lambda: [plain.explained(status, session.language) for status in found],
        lambda: [part for status in found for part in pages.why(status)],
    )


# Pictures.


@_command(
    "diagram",
    _(
        "Draw a procedure, or where a case stands in it, as SVG or Mermaid.\n\n"
        "A procedure is named by its id, such as online_opinion@1, or by its file; no database is needed for a file."
    ),
)
@_option("--procedure", metavar="ID[@VERSION] or FILE", text=_("The procedure; else the office's own."))
@_option("--case", "case", text=_("A case: its way, where it stands, and its clocks."))
@_option("--subcase", metavar="KIND", text=_("Only this kind of subcase."))
@_option("--stage", text=_("Only this stage, and the states next to it."))
@_option("--format", "form", type=click.Choice(["svg", "mermaid"]), default="svg", text=_("The format."))
@_option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), text=_("Write it to this file; else it is printed.")
)
@_option("--as-of", metavar="TIME", text=_("The case as it was known at this time."))
@click.pass_obj
def _diagram(
    session: Session,
    procedure: str | None,
    case: str | None,
    subcase: str | None,
    stage: str | None,
    form: str,
    output: Path | None,
    as_of: str | None,
) -> None:
    from .workflow.pictures.making import picture

    model, courses = _case_in_picture(session, case, as_of) if case else (_drawn_procedure(session, procedure), ())
    made = picture(model, session.language, form, courses=courses, subcase=subcase, stage=stage)
    if output:
        output.write_text(made, encoding="utf-8")
    if session.as_json:
        click.echo(_json({"format": form, "file": str(output) if output else None, "picture": made}))
    elif output is None:
        click.echo(made, nl=False)


def _case_in_picture(session: Session, ref: str, as_of: str | None) -> tuple[Procedure, tuple[Course, ...]]:
    from .workflow.pictures.course import course
    from .workflow.showing.pages import name_of

    engine = session.engine
    moment = _instant(as_of, engine.case(ref).zone)
    view = engine.case(ref, as_of=moment)
    events = tuple(entry.event for entry in engine.history(ref))
    names = partial(name_of, engine.roster())
    model = engine.procedure(view.case.procedure, view.case.version)
    return model, tuple(course(one, events, names, moment) for one in (view, *view.subcases))


def _drawn_procedure(session: Session, named: str | None) -> Procedure:
    from .definitions import YamlReader
    from .definitions.office_reader import read_text
    from .workflow import InvalidInput

    if named and named.endswith(".yaml"):
        reader = YamlReader()
        compiled = reader.compile(read_text(Path(named)), file=named)
        return reader.procedure(compiled.compiled)
    name, _at, version = session.procedure(named).partition("@")
    if version and not version.isdecimal():
        raise InvalidInput(say("expected a version, such as online_opinion@1, got: {found}", found=named or ""))
    return session.engine.procedure(name, int(version) if version else None)


# Accounts and reports.


@_command(
    "account",
    _(
        "Show whose time a case was: units, no unit, paused.\n\n"
        "Every stretch of its time is attributed once; each unit's own record stands below."
    ),
)
@_case
@_option("--at", metavar="TIME", text=_("As it stood at this time; now when left out."))
@_option("--as-of", metavar="TIME", text=_("As it was known at this time."))
@click.pass_obj
def _account(session: Session, case: str, at: str | None, as_of: str | None) -> None:
    from .workflow.accounts import account
    from .workflow.showing import report_data, report_tables

    engine = session.engine
    view = engine.case(case)
    standing = engine.standing(case, _instant(at, view.zone), _instant(as_of, view.zone))
    deployed = standing.situation.deployed
    plan = _plan(session, deployed.procedure.id)
    found = account(standing, plan.slips, plan.reply_clock)
    stages = {name: stage.title for name, stage in deployed.procedure.stages.items()}
    session.show(
        lambda: report_data.account_data(found),
        lambda: report_tables.account_page(found, deployed.roster, view.zone, stages),
    )


def _plan(session: Session, procedure: str) -> Plan:
    from .definitions.reports.reader import find_plan
    from .workflow.reports import plan_of

    model = session.engine.procedure(procedure)
    return find_plan(session.office.folder, model) or plan_of(model)


@_command(
    "report",
    _(
        "Show the figures of a procedure as of a cut-off.\n\n"
        "Rates with their formula and n, lengths of time, what is overdue and what was closed late, the slips neither "
        "answered nor explained, and the gaps in the log of patrols. As tables, CSV, XLSX, JSON or one web page."
    ),
)
@_procedure
@_option("--at", metavar="TIME", text=_("The cut-off; now when left out."))
@_option("--as-of", metavar="TIME", text=_("As it was known at this time."))
@_option("--since", metavar="TIME", text=_("The first moment of the period; the beginning when left out."))
@_option("--only", "only", multiple=True, metavar="TABLE", text=_("Only this table, such as figures or unanswered."))
@_option(
    "--by",
    "groups",
    multiple=True,
    metavar="GROUP",
    text=_("On the terminal, also by this group, such as unit or month; files hold every group."),
)
@_option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "xlsx", "html"]),
    default="table",
    text=_("As what; for JSON see --json."),
)
@_option("--out", type=click.Path(dir_okay=False, path_type=Path), text=_("The file to write; else it is printed."))
@click.pass_obj
def _report(
    session: Session,
    procedure: str | None,
    at: str | None,
    as_of: str | None,
    since: str | None,
    only: tuple[str, ...],
    groups: tuple[str, ...],
    form: str,
    out: Path | None,
) -> None:
    from .definitions.reports import making
    from .workflow.showing import report_data, report_tables

    name = session.procedure(procedure)
    zone = session.engine.zone(name)
    report = making.report_on(
        session.engine,
        _plan(session, name),
        at=_instant(at, zone) or datetime.now(UTC),
        as_of=_instant(as_of, zone),
        since=_instant(since, zone),
    )
    written = making.written(report, form, only, session.language)
    if written is None or session.as_json:
        session.show(
            lambda: report_data.report_data(report, session.language), lambda: report_tables.page(report, only, groups)
        )
    elif out:
        out.write_bytes(written)
    else:
        click.echo(written, nl=False)


@_command(
    "replay",
    _(
        "Tell what would have been late under other definitions.\n\n"
        "Recorded history is run again, as it was or under another procedure, calendar or roster. "
        "What people did is done again in memory; nothing is written. Under unchanged definitions it must come out "
        "exactly as it was recorded: --check compares every event."
    ),
)
@_procedure
@_option(
    "--with",
    "other",
    type=click.Path(path_type=Path),
    metavar="FILE",
    text=_("Under this procedure in place of its own."),
)
@_option("--calendar", "calendar", type=click.Path(path_type=Path), metavar="FILE", text=_("By this calendar."))
@_option("--roster", "roster", type=click.Path(path_type=Path), metavar="FILE", text=_("With this roster."))
@_option("--since", metavar="TIME", text=_("Only limits due from then on; from the beginning when left out."))
@_option("--until", metavar="TIME", text=_("The cut-off; now when left out."))
@_option("--check", is_flag=True, text=_("Compare with the recorded history, event by event."))
@_option(
    "--csv", "table", metavar="TABLE", text=_("Print this table as CSV: clocks, figures, turned, moved or stopped.")
)
@click.pass_obj
def _replay(
    session: Session,
    procedure: str | None,
    other: Path | None,
    calendar: Path | None,
    roster: Path | None,
    since: str | None,
    until: str | None,
    check: bool,
    table: str | None,
) -> int:
    from .definitions import what_if
    from .definitions.reports.files import csv_of
    from .storage import MemoryStore
    from .workflow.showing import whatif_pages

    under = what_if.under(procedure=other, calendar=calendar, roster=roster)
    if check:
        return _check_replay(session, procedure, under)
    name = under.procedure.name if under.procedure else session.procedure(procedure)
    zone = session.engine.zone(name)
    plan = _plan(session, name)
    at, start = _instant(until, zone), _instant(since, zone)
    found = what_if.replayed(session.engine, MemoryStore, plan, under, at=at, since=start)
    if table and not session.as_json:
        wanted = what_if.table(whatif_pages.tables(found), table)
        click.echo(csv_of(wanted, found.at, session.language).encode("utf-8-sig"), nl=False)
        return 0
    session.show(lambda: whatif_pages.data(found, session.language), lambda: whatif_pages.page(found))
    return 0


def _check_replay(session: Session, procedure: str | None, under: Under) -> int:
    from .storage import MemoryStore
    from .workflow.showing import whatif_pages
    from .workflow.whatif.comparing import check

    found = check(session.engine.replay(MemoryStore, under, procedure=procedure))
    session.show(
        lambda: whatif_pages.checked_data(found, session.language),
        lambda: whatif_pages.checked_page(found),
    )
    return FINDINGS if found.differing or found.refused else 0


@_command(
    "simulate",
    _(
        "Forecast the next weeks from recorded history.\n\n"
        "What arrives, what runs out, and which open case will be late. "
        "Arrivals, values and how long people take are drawn from history, many times over; what follows is decided by "
        "the procedure and its clocks. The same seed prints the same. With --as-of a time that has passed, what came "
        "stands beside it."
    ),
)
@_procedure
@_option("--weeks", type=click.IntRange(1, 104), default=8, show_default=True, text=_("How many weeks."))
@_option("--runs", type=click.IntRange(10, 10000), default=200, show_default=True, text=_("How often they are run."))
@_option("--seed", type=int, default=1, show_default=True, text=_("The same seed prints the same forecast."))
@_option(
    "--with", "other", type=click.Path(path_type=Path), metavar="FILE", text=_("Cases to come run by this procedure.")
)
@_option("--calendar", "calendar", type=click.Path(path_type=Path), metavar="FILE", text=_("By this calendar."))
@_option("--arrivals", metavar="xNUMBER", default="x1", text=_("So many times what arrived, such as x1.2."))
@_option(
    "--from-weeks",
    type=click.IntRange(4, 520),
    default=26,
    show_default=True,
    text=_("Arrivals are drawn from so many weeks of history."),
)
@_option("--as-of", metavar="TIME", text=_("From what was known at this time; now when left out."))
@_option("--csv", "table", metavar="TABLE", text=_("Print this table as CSV: weeks or risks."))
@click.pass_obj
def _simulate(
    session: Session,
    procedure: str | None,
    weeks: int,
    runs: int,
    seed: int,
    other: Path | None,
    calendar: Path | None,
    arrivals: str,
    from_weeks: int,
    as_of: str | None,
    table: str | None,
) -> None:
    from .definitions import what_if
    from .definitions.reports.files import csv_of
    from .workflow.showing import forecast_pages

    under = what_if.under(procedure=other, calendar=calendar)
    name = under.procedure.name if under.procedure else session.procedure(procedure)
    found = what_if.forecasted(
        session.engine,
        _plan(session, name),
        under,
        weeks=weeks,
        runs=runs,
        seed=seed,
        times=what_if.factor(arrivals),
        past_weeks=from_weeks,
        as_of=_instant(as_of, session.engine.zone(name)),
    )
    if table and not session.as_json:
        wanted = what_if.table(forecast_pages.tables(found), table)
        click.echo(csv_of(wanted, found.start, session.language).encode("utf-8-sig"), nl=False)
        return
    session.show(lambda: forecast_pages.data(found, session.language), lambda: forecast_pages.page(found))


@_group("bulletin", _("Draft bulletins, and name what they name"))
def _bulletin() -> None:
    """Hold the commands about bulletins."""


def _bulletin_command(name: str, text: str) -> Callable[[Callable[..., Any]], click.Command]:
    return _bulletin.command(name, cls=SpokenCommand, help=text)


@_bulletin_command(
    "draft",
    _(
        "Draft a bulletin of the units past their limit that neither replied nor explained.\n\n"
        "Counted by the latest reading of the limit, as of the cut-off. With --open, the draft becomes a case of the "
        "procedure `bulletin`, which the office must have deployed."
    ),
)
@_procedure
@_option("--at", metavar="TIME", text=_("The cut-off; now when left out."))
@_option("--since", metavar="TIME", text=_("The first instant of the period."))
@_option("--open", "opens", is_flag=True, text=_("Open a bulletin from the draft."))
@_key
@click.pass_obj
def _bulletin_draft(
    session: Session, procedure: str | None, at: str | None, since: str | None, opens: bool, key: str | None
) -> None:
    from .definitions.language import language
    from .workflow.reports.bulletin import draft
    from .workflow.reports.report import unanswered
    from .workflow.showing.pages import Line

    engine, name = session.engine, session.procedure(procedure)
    zone = engine.zone(name)
    until, plan = _instant(at, zone) or datetime.now(UTC), _plan(session, name)
    named = unanswered(engine.standings(name, until), plan)
    values = draft(
        named,
        at=until,
        since=_instant(since, zone),
        zone=zone,
        roster=engine.roster(),
        language=language(session.paper_language),
    )
    if opens and named:
        _show_receipt(session, engine.open("bulletin", values, by=session.who, key=key))
        return
    told = values["named_cases"] or say("no unit is to be named").text(session.language)
    session.show(lambda: values, lambda: [Line(line) for line in told.splitlines()])


@_bulletin_command(
    "name",
    _(
        "Note down on each slip of a signed bulletin that it was named.\n\n"
        "What has been explained or answered meanwhile is refused and told."
    ),
)
@_case
@click.pass_obj
def _bulletin_name(session: Session, case: str) -> int:
    from .workflow import FireAction, InvalidInput

    found = session.engine.case(case)
    number = next((paper.number for paper in found.documents if paper.name == "bulletin"), None)
    if number is None:
        raise InvalidInput(say("{case} is no bulletin that was signed", case=found.case.number))
    words = _plan(session, session.procedure(None)).slips
    action = words.named[0] if words and words.named else ""
    slips = found.case.data["slips"]
    commands = [FireAction(it, action, session.who, {"bulletin": number}, key=f"{number}:{it}") for it in slips]
    results = list(session.engine.fire_many(commands))
    refused = {slip: result.refusal for slip, result in zip(slips, results, strict=True) if result.refusal}
    _show_named(session, number, len(results) - len(refused), refused)
    return 1 if refused else 0


def _show_named(session: Session, number: str, named: int, refused: Mapping[str, CaseclockError]) -> None:
    from .workflow.showing.pages import Line

    session.show(
        lambda: {
            "bulletin": number,
            "named": named,
            "refused": {slip: session.text(why.message) for slip, why in refused.items()},
        },
        lambda: [
            *(Line(say("{case}: {why}", case=slip, why=why.message), "alarm") for slip, why in refused.items()),
            Line(say("{number}: {count} slip(s) named", number=number, count=named), "strong"),
        ],
    )


@_command("tick", _("Deliver the warnings and urgings that have become due."))
@_option("--until", metavar="TIME", text=_("Only those due until then."))
@click.pass_obj
def _tick(session: Session, until: str | None) -> int:
    report = session.engine.tick(_office_instant(session, until))
    _show_tick(session, report)
    return 1 if report.failed else 0


def _show_tick(session: Session, report: TickReport) -> None:
    from .workflow.showing import pages, plain

    session.show(
        lambda: plain.tick(report, session.language),
        lambda: pages.tick(report, session.numbers(report), session.engine.zone(session.procedure(None))),
    )


@_command(
    "work",
    _(
        "Deliver warnings and urgings as they become due, until stopped.\n\n"
        "Any number of workers may run on one database, on any number of machines. SIGTERM and SIGINT stop one cleanly."
    ),
)
@_option(
    "--every", type=click.FloatRange(0.1), default=30.0, text=_("Seconds after which it looks again, at the latest.")
)
@click.pass_obj
def _work(session: Session, every: float) -> None:
    import signal
    from threading import Event

    from .workflow.engine.working import Worker

    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    Worker(
        session.engine,
        now=lambda: datetime.now(UTC),
        wait=stop.wait,
        stopping=stop.is_set,
        report=partial(_show_tick, session),
        post=partial(_post_round, session, stop.is_set),
        trouble=session.report,
        every=every,
    ).run()


def _post_round(session: Session, stopping: Callable[[], bool]) -> None:
    report = session.engine.deliver_letters(session.post.send, stop=stopping)
    if report.delivered or report.waiting or report.given_up:
        _show_delivery(session, report)


def _show_delivery(session: Session, report: DeliveryReport) -> None:
    from .workflow.showing import letter_pages

    session.show(
        lambda: letter_pages.delivery_data(report, session.language), lambda: letter_pages.delivery_page(report)
    )


@_group("outbox", _("Letters to people: look at them, send them, send them again."))
def _outbox() -> None:
    """Hold the commands about letters."""


def _outbox_command(name: str, text: str) -> Callable[[Callable[..., Any]], click.Command]:
    return _outbox.command(name, cls=SpokenCommand, help=text)


@_outbox_command("list", _("List the letters that wait, soonest first."))
@_option("--dead", is_flag=True, text=_("List those that were given up instead."))
@_option("--limit", type=click.IntRange(1), default=50, text=_("Show at most so many."))
@click.pass_obj
def _outbox_list(session: Session, dead: bool, limit: int) -> None:
    from .workflow.showing import letter_pages

    letters, zone = session.engine.letters(given_up=dead, limit=limit), session.engine.zone(session.procedure(None))
    session.show(
        lambda: letter_pages.letters_data(letters, session.language),
        lambda: letter_pages.letters_page(letters, session.language, zone),
    )


@_outbox_command("deliver", _("Send the letters that are due; `caseclock work` does so all the time."))
@click.pass_obj
def _outbox_deliver(session: Session) -> int:
    report = session.engine.deliver_letters(session.post.send)
    _show_delivery(session, report)
    return 1 if report.waiting or report.given_up else 0


@_outbox_command("retry", _("Have letters that were given up sent again: one by its key, or all."))
@click.argument("key", required=False)
@click.pass_obj
def _outbox_retry(session: Session, key: str | None) -> None:
    letters = session.engine.resend_letters(key)
    _tell(session, {"letters": len(letters)}, say("{count} letter(s) will be sent again", count=len(letters)))


@_command("head", _("Close a head over all that is recorded.\n\nPublish, mail or print what it shows."))
@_option("--number", type=int, text=_("Show this earlier head instead, and close none."))
@click.pass_obj
def _head(session: Session, number: int | None) -> None:
    from .workflow import NotFound
    from .workflow.showing import proof_pages

    engine = session.engine
    head = next((one for one in engine.heads() if one.number == number), None) if number else engine.close_heads()
    if head is None:
        raise NotFound(
            say("there is no such head"), say("heads are closed over cases: `caseclock head`, `caseclock tick`")
        )
    zone = engine.zone(session.procedure(None))
    session.show(lambda: proof_pages.head_data(head), lambda: proof_pages.head(head, zone))


@_command(
    "verify",
    _(
        "Check that the history is as it was recorded.\n\nNothing may have been changed, taken out, put in or cut off."
        " Histories, papers, definitions and heads are checked, and everything that must follow from them. Exits with"
        " status 7 when something is found."
    ),
)
@click.argument("case", required=False)
@_option("--head", "outside", type=_file, text=_("Check against a head kept outside: what `caseclock head` printed."))
@click.pass_obj
def _verify(session: Session, case: str | None, outside: Path | None) -> int:
    from .workflow.engine.verification import read_outside_head
    from .workflow.showing import proof_pages

    engine = session.engine
    head = read_outside_head(outside.read_text(encoding="utf-8"), engine.office) if outside else None
    report = engine.verify(case, head)
    session.show(lambda: proof_pages.verified_data(report, session.language), lambda: proof_pages.verified(report))
    return FINDINGS if report.findings else 0


@_command(
    "rebuild",
    _(
        "Put right what does not follow from the history.\n\n"
        "Everything is computed anew; the history itself is not touched."
    ),
)
@_option("--check", is_flag=True, text=_("Only tell what differs; exit with status 7 when something does."))
@click.pass_obj
def _rebuild(session: Session, check: bool) -> int:
    from .workflow.showing import proof_pages

    report = session.engine.rebuild(check=check)
    session.show(
        lambda: proof_pages.rebuilt_data(report, session.language), lambda: proof_pages.rebuilt(report, check=check)
    )
    return FINDINGS if report.failed or (check and report.differences) else 0


@_command(
    "redact",
    _(
        "Erase private values of a case and its subcases for good.\n\n"
        "All of them, or the fields named. The history says that they were erased, by whom and why."
    ),
)
@_case
@click.argument("fields", nargs=-1, metavar="[FIELD]...")
@_option("--reason", required=True, text=_("Why, such as the request of the person or the end of a period."))
@_option("--yes", is_flag=True, text=_("Do not ask."))
@_key
@click.pass_obj
def _redact(session: Session, case: str, fields: tuple[str, ...], reason: str, yes: bool, key: str | None) -> None:
    engine, by = session.engine, session.who
    number = engine.case(case).case.number
    if session.may_ask and not yes:
        click.confirm(session.text(say("erase private values of {case} for good?", case=number)), abort=True, err=True)
    receipt = engine.redact(number, fields or None, by=by, reason=reason, key=key)
    _scrub_store(session)
    _show_receipt(session, receipt)


@_command(
    "retention",
    _(
        "List private values that have been kept long enough, or erase them.\n\n"
        "How long is said by `erase_private_after` in the procedure, counted from the end of a case."
    ),
)
@_option("--at", metavar="TIME", text=_("What is to be erased by then; now when left out."))
@_option("--erase", is_flag=True, text=_("Erase them, for good."))
@click.pass_obj
def _retention(session: Session, at: str | None, erase: bool) -> None:
    from .workflow.showing.pages import Line

    engine = session.engine
    found = engine.retention(None if erase else _office_instant(session, at))
    reason = say("kept as long as the procedure says").text(session.language)
    for one in found if erase else ():
        engine.redact(one.number, by=session.who, reason=reason)
    if erase and found:
        _scrub_store(session)
    count = len(found)
    told = say("{count} case(s) erased", count=count) if erase else say("{count} case(s) to be erased", count=count)
    session.show(
        lambda: [
            {
                "number": one.number,
                "ended_at": one.ended_at.isoformat(),
                "due_at": one.due_at.isoformat(),
                "fields": list(one.fields),
            }
            for one in found
        ],
        lambda: [
            *(Line(say("{case}: {fields}", case=one.number, fields=list(one.fields))) for one in found),
            Line(told, "strong"),
        ],
    )


@_command("scrub", _("Wipe what was erased from the database's files."))
@click.pass_obj
def _scrub(session: Session) -> None:
    _scrub_store(session)
    _tell(session, {"scrubbed": True}, say("nothing of what was erased is left in the database's own files"))


def _scrub_store(session: Session) -> None:
    from .storage import SqlStore

    store = SqlStore(session.office.database)
    store.scrub()
    store.close()


@_command(
    "export",
    _(
        "Write whole cases as lines of JSON.\n\n"
        "All cases when none is named, and then the heads too. Private values are in them, unless they are left out."
    ),
)
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@_option("--output", type=click.Path(dir_okay=False, path_type=Path), text=_("Write to this file; else to stdout."))
@_option(
    "--without-private", is_flag=True, text=_("Leave private values out: such a file can be verified, not loaded.")
)
@click.pass_obj
def _export(session: Session, cases: tuple[str, ...], output: Path | None, without_private: bool) -> None:
    from .workflow import Conflict

    if output and output.exists():
        raise Conflict(say("there is a file {file} already", file=str(output)), say("name another file"))
    lines = session.engine.export(cases, private=not without_private)
    if output is None:
        for line in lines:
            click.echo(line)
        return
    count = _write_private(output, lines)
    _tell(
        session, {"file": str(output), "lines": count}, say("{count} line(s) in {file}", count=count, file=str(output))
    )


def _write_private(output: Path, lines: Iterable[str]) -> int:
    """Write lines to a new file that only its owner may read, and return how many; it has its name once it is whole."""
    half = output.with_name(f"{output.name}.half")
    try:
        with half.open("w", encoding="utf-8", newline="\n") as file:
            half.chmod(0o600)
            count = sum(1 for line in lines if file.write(f"{line}\n"))
        half.replace(output)
    finally:
        half.unlink(missing_ok=True)
    return count


def _tell(session: Session, data: dict[str, Any], told: Message) -> None:
    from .workflow.showing.pages import Line

    session.show(lambda: data, lambda: [Line(told)])


@_command(
    "load", _("Take up whole cases that `export` or `archive` wrote.\n\nEverything is checked before it is written.")
)
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@_option("--dry-run", is_flag=True, text=_("Tell what would happen, and change nothing."))
@click.pass_obj
def _load(session: Session, file: Path, dry_run: bool) -> int:
    from .workflow.showing import transfer_pages

    with (
        session.rehearsal() if dry_run else nullcontext(session.engine) as engine,
        _lines_of(file) as lines,
    ):
        report = engine.load(lines)
    session.show(
        lambda: transfer_pages.loaded_data(report, session.language),
        lambda: transfer_pages.loaded(report, dry_run=dry_run),
    )
    return 1 if report.failed else 0


def _lines_of(file: Path) -> AbstractContextManager[Iterable[str]]:
    """The lines of an export: of a file, or of the history in an archive package."""
    if not file.is_dir():
        return file.open(encoding="utf-8")
    from .storage.bags import history_of

    return nullcontext(history_of(file))


@_command(
    "archive",
    _(
        "Write the archive package of a case, or check one.\n\n"
        "A BagIt bag with everything that is recorded of the case. Refused while a required class of material is"
        " empty. Private values are in it, unless they are left out. With --check, exits with status 7 when something"
        " was changed."
    ),
)
@click.argument("case", required=False)
@_option("--output", type=_folder, text=_("The folder in which the package gets a folder of its own."))
@_option(
    "--files",
    "folders",
    type=_folder,
    multiple=True,
    text=_("A folder with files that were given in the case; they are found by their hash. May be repeated."),
)
@_option("--number", "item", default="", text=_("The number that the archive gives the record."))
@_option(
    "--without-private", is_flag=True, text=_("Leave private values out: such a package can be checked, not loaded.")
)
@_option("--check", "bag", type=_folder, text=_("Check this package instead, and name whatever was changed in it."))
@_option("--head", "outside", type=_file, text=_("With --check: against a head kept outside, as `head` printed it."))
@click.pass_obj
def _archive(
    session: Session,
    case: str | None,
    output: Path | None,
    folders: tuple[Path, ...],
    item: str,
    without_private: bool,
    bag: Path | None,
    outside: Path | None,
) -> int:
    from .storage import bags
    from .workflow import InvalidInput
    from .workflow.showing import archive_pages

    if bag:
        found = bags.check_bag(bag, outside.read_text(encoding="utf-8") if outside else None)
        session.show(lambda: archive_pages.checked_data(bag, found), lambda: archive_pages.checked(bag, found))
        return FINDINGS if found else 0
    if not case or not output:
        raise InvalidInput(
            say("expected a case and --output, or --check"), hint=say("such as: caseclock archive 12 --output archive")
        )
    package = _package(session, case, folders, item, without_private)
    written = bags.write_bag(package, output)
    told = bags.told_of(package, written)
    session.show(lambda: told, lambda: archive_pages.written(told))
    return 0


def _package(session: Session, case: str, folders: tuple[Path, ...], item: str, without_private: bool) -> Package:
    from .storage import bags
    from .workflow.archiving import Fonds, gather, make_package

    engine, office = session.engine, session.office
    # What is archived is sealed first, so that the package can prove that a head covers it.
    engine.close_heads()
    return make_package(
        gather(engine, case, private=not without_private),
        now=datetime.now(UTC),
        language=session.language,
        fonds=Fonds(office.fonds, office.records_creator, office.fonds_number, item),
        programs=bags.programs(),
        prints=_kept_prints(engine, case, private=not without_private),
        attached=bags.attached_from(folders),
        by=session.actor or "",
    )


def _kept_prints(engine: Engine, case: str, *, private: bool) -> Iterator[NamedFile]:
    """The prints of a case's papers that are kept; without private values those alone that show none."""
    from .workflow import NotFound
    from .workflow.archiving import NamedFile

    try:
        papers = engine.papers(case)
    except NotFound:
        return
    for paper in papers:
        for one in paper.prints:
            if one.content is not None and (private or not paper.print_shows[one.seq]):
                yield NamedFile(f"{one.number}-{one.seq}.{one.format}", one.content, one.number)


@_command("verifier", _("Print a program that verifies an export without caseclock."))
@click.pass_obj
def _verifier(session: Session) -> None:
    from importlib.resources import files

    source = files(f"{__package__}.storage").joinpath("verifier.py").read_text(encoding="utf-8")
    click.echo(_json({"program": source}) if session.as_json else source, nl=session.as_json)


@_command("backup", _("Copy the database while others work with it (SQLite)."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def _backup(session: Session, file: Path) -> None:
    from .storage.backup import back_up

    back_up(session.office.database, file)
    _tell(session, {"file": str(file)}, say("the database as it was at one moment is in {file}", file=str(file)))


@_command("restore", _("Put a backup in the place of the database (SQLite)."))
@click.argument("file", type=_file)
@click.pass_obj
def _restore(session: Session, file: Path) -> None:
    from .storage.backup import restore

    kept = restore(session.office.database, file, datetime.now(UTC))
    told = say("restored from {file}", file=str(file))
    if kept:
        told = say("restored from {file}; the database until now is {kept}", file=str(file), kept=str(kept))
    _tell(session, {"file": str(file), "kept": str(kept) if kept else None}, told)


@_group("calendar", _("Show, check and compare calendars."))
def _calendar() -> None:
    """Hold the commands about calendars."""


def _calendar_command(name: str, text: str) -> Callable[[Callable[..., Any]], click.Command]:
    return _calendar.command(name, cls=SpokenCommand, help=text)


@_calendar_command(
    "show",
    _(
        "Show a calendar, a year of it, or a month day by day.\n\n"
        "CALENDAR is a file, cn@2 for a deployed version, or an id such as cn: of a calendar that is deployed, lies in "
        "this folder, or is shipped. PERIOD is such as 2026 or 2026-03."
    ),
)
@click.argument("calendar")
@click.argument("period", required=False)
@click.pass_obj
def _calendar_show(session: Session, calendar: str, period: str | None) -> None:
    from .workflow.calendars import facts as calendar_facts
    from .workflow.showing import calendar_pages

    found = _find_calendar(session, calendar)
    asked = calendar_facts.read_period(period, found.calendar) if period else None
    session.show(
        lambda: calendar_pages.show_data(found.calendar, found.origin, session.language, asked),
        lambda: calendar_pages.show(found.calendar, found.origin, asked),
    )


def _find_calendar(session: Session, named: str) -> FoundCalendar:
    """Return a calendar by its name; without an office those that come with the package are found, and files."""
    from .definitions.calendars.finder import find_calendar
    from .workflow import NotFound

    try:
        in_office = bool(session.office)
    except NotFound:
        if session.folder:
            raise
        in_office = False
    return find_calendar(named, session.engine.definitions() if in_office else ())


@_calendar_command(
    "check",
    _(
        "Check calendar files: what is wrong, and what is worth a look.\n\n"
        "Worth a look are years said to be official without a notice, notices without number or date, entries that "
        "change nothing, and make-up days without a source."
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_option("--exit-code", "tell", is_flag=True, text=_("Exit with status 7 when something is worth a look."))
@click.pass_obj
def _calendar_check(session: Session, files: tuple[Path, ...], tell: bool) -> int:
    from .definitions.calendars.review import review_calendars
    from .workflow.showing import plain
    from .workflow.showing.pages import Line

    review = review_calendars(files)
    counts = say(
        "{valid} valid, {problems} problem(s), {findings} finding(s)",
        valid=len(review.valid),
        problems=len(review.problems),
        findings=len(review.findings),
    )
    session.show(
        lambda: {
            "files": [{"file": file, "calendar": it.name} for file, it in review.valid.items()],
            "problems": [plain.problem(problem, session.language) for problem in review.problems],
            "findings": [plain.problem(finding, session.language) for finding in review.findings],
        },
        lambda: [
            *(Line(line) for line in _problem_lines(session, [*review.problems, *review.findings])),
            Line(counts, "strong"),
        ],
    )
    if review.problems:
        return DEFINITION_INVALID
    return FINDINGS if tell and review.findings else 0


@_calendar_command(
    "diff",
    _("Compare two calendars day by day.\n\nOLD and NEW are files, ids such as cn, or cn@2 for a deployed version."),
)
@click.argument("old")
@click.argument("new")
@_option("--exit-code", "tell", is_flag=True, text=_("Exit with status 7 when they differ."))
@click.pass_obj
def _calendar_diff(session: Session, old: str, new: str, tell: bool) -> int:
    from .workflow.calendars import facts as calendar_facts
    from .workflow.showing import calendar_pages

    before, after = _find_calendar(session, old), _find_calendar(session, new)
    origins = before.origin, after.origin
    session.show(
        lambda: calendar_pages.diff_data(before.calendar, after.calendar, origins, session.language),
        lambda: calendar_pages.diff(before.calendar, after.calendar, origins),
    )
    return FINDINGS if tell and calendar_facts.differ(before.calendar, after.calendar) else 0


@_group("migrate", _("Have running cases go over to another version of their procedure."))
def _migrate() -> None:
    """Hold the commands about migration."""


def _migrate_command(name: str, text: str) -> Callable[[Callable[..., Any]], click.Command]:
    return _migrate.command(name, cls=SpokenCommand, help=text)


@_migrate_command(
    "propose",
    _("Propose a plan, for a person to complete.\n\nFROM and TO are versions that are deployed; see `versions`."),
)
@click.argument("procedure")
@click.argument("source", metavar="FROM", type=int)
@click.argument("target", metavar="TO", type=int)
@_option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", text=_("Write it to this file."))
@click.pass_obj
def _migrate_propose(session: Session, procedure: str, source: int, target: int, output: Path | None) -> None:
    from .definitions.migrations import propose

    engine = session.engine
    plan = propose(engine.procedure(procedure, source), engine.procedure(procedure, target))
    if output is None:
        click.echo(plan, nl=False)
        return
    output.write_text(plan, encoding="utf-8")
    _tell(session, {"written": str(output)}, say("files written: {files}", files=[str(output)]))


@_migrate_command("try", _("Tell what a plan would do to every running case; nothing is changed."))
@click.argument("plan", type=_file)
@_option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    text=_("Write the outcome to this file, which `migrate apply` takes."),
)
@click.pass_obj
def _migrate_try(session: Session, plan: Path, output: Path | None) -> int:
    from .workflow.showing import migration_pages

    read, zone = _read_migration(session, plan)
    trial = session.engine.try_migration(read)
    if output:
        output.write_text(_json(trial.told()) + "\n", encoding="utf-8")
    session.show(
        lambda: migration_pages.trial_data(trial, session.language), lambda: migration_pages.trial_page(trial, zone)
    )
    return NOT_ALLOWED if trial.problems else 0


@_migrate_command(
    "apply",
    _("Do exactly what `migrate try` told, for all cases or for none.\n\nOUTCOME is the file that it wrote."),
)
@click.argument("plan", type=_file)
@click.argument("outcome", type=_file)
@click.pass_obj
def _migrate_apply(session: Session, plan: Path, outcome: Path) -> None:
    from .definitions.migrations import read_outcome

    read, _zone = _read_migration(session, plan)
    done = session.engine.migrate(read, read_outcome(outcome.read_text(encoding="utf-8")), by=session.who)
    _tell(
        session,
        {"migration": done.id, "cases": list(done.cases)},
        say("{count} case(s) have gone over; undo: `caseclock migrate undo {id}`", count=len(done.cases), id=done.id),
    )


@_migrate_command("undo", _("Have all cases of a migration go back, unless something was done since."))
@click.argument("migration")
@_option("--reason", required=True, text=_("Why; the history of every case says so."))
@click.pass_obj
def _migrate_undo(session: Session, migration: str, reason: str) -> None:
    done = session.engine.undo_migration(migration, by=session.who, reason=reason)
    _tell(
        session,
        {"migration": done.id, "cases": list(done.cases)},
        say("{count} case(s) have gone back", count=len(done.cases)),
    )


def _read_migration(session: Session, file: Path) -> tuple[MigrationPlan, str]:
    """The plan of a file, checked against both versions, and the zone of the procedure."""
    from .definitions.migrations import read_plan, read_shape
    from .definitions.office_reader import read_text
    from .definitions.yaml_reader import read_yaml

    source, engine = read_yaml(read_text(file), str(file)), session.engine
    shape = read_shape(source)
    old, new = (engine.procedure(shape.migration, version) for version in (shape.source, shape.target))
    zone = engine.zone(shape.migration, shape.source)
    return read_plan(source, shape, old, new, zone), zone


@_command(
    "diff",
    _(
        "Tell how definitions differ, and for which cases.\n\n"
        "OLD and NEW are files, or what is deployed: online_opinion for its newest version, online_opinion@1 for a "
        "certain one. One alone is compared with the newest version that is deployed; without any, every definition "
        "of the office's folder is."
    ),
)
@click.argument("old", required=False)
@click.argument("new", required=False)
@_option("--exit-code", "tell", is_flag=True, text=_("Exit with status 7 when they differ."))
@click.pass_obj
def _diff(session: Session, old: str | None, new: str | None, tell: bool) -> int:
    from .definitions import comparing
    from .workflow import NotFound

    try:
        in_office = bool(session.office)
    except NotFound:
        if session.folder or not (old and new):
            raise
        in_office = False
    definitions = session.engine.definitions() if in_office else ()
    if old and new:
        compared = comparing.find_two(old, new, definitions)
    elif old:
        compared = comparing.find_one(old, definitions)
    else:
        compared = comparing.find_all(session.office.definitions(), definitions)
    found = comparing.compare_all(compared, definitions, session.engine if in_office else None)
    session.show(
        lambda: [_compared_data(session, one) for one in found],
        lambda: [part for one in found for part in _compared_page(one, briefly=old is None)],
    )
    return FINDINGS if tell and any(one.differ for one in found) else 0


def _compared_page(found: Result, *, briefly: bool) -> Iterable[Line | Grid]:
    """Show how a pair differs; ``briefly``: of one that does not, no more than that."""
    from .workflow.showing import calendar_pages, comparison_pages
    from .workflow.showing.pages import Line

    old, new = found.pair.old, found.pair.new
    named = {"kind": comparison_pages.KINDS[new.kind], "name": new.name, "new": new.origin}
    if old is None:
        yield Line(say("{kind} {name}: {new}; the office has deployed none", **named), "strong")
        return
    if briefly and not found.differ:
        yield Line(say("{kind} {name}: {new} says what is deployed", **named))
        return
    yield Line(say("{kind} {name}: {old} -> {new}", **named, old=old.origin), "strong")
    if old.calendar and new.calendar:
        yield from calendar_pages.diff(old.calendar, new.calendar, (old.origin, new.origin))
        yield from comparison_pages.by_calendar(found.by_calendar)
        return
    yield from comparison_pages.differences(found.differences, found.report)
    if found.uncounted:
        yield Line(found.uncounted)


def _compared_data(session: Session, found: Result) -> dict[str, Any]:
    from .workflow.showing import calendar_pages, comparison_pages

    old, new, language = found.pair.old, found.pair.new, session.language
    days = (
        calendar_pages.diff_data(old.calendar, new.calendar, (old.origin, new.origin), language)
        if old and old.calendar and new.calendar
        else None
    )
    return {
        "kind": new.kind,
        "name": new.name,
        "old": {"version": old.version, "fingerprint": old.fingerprint, "origin": session.text(old.origin)}
        if old
        else None,
        "new": {"version": new.version, "fingerprint": new.fingerprint, "origin": session.text(new.origin)},
        "differ": found.differ,
        "differences": comparison_pages.differences_data(found.differences, found.report, language),
        "calendar": days,
        "by_calendar": [comparison_pages.running_data(one, language) for one in found.by_calendar],
        "cases": comparison_pages.running_data(found.report, language),
        "note": session.text(found.uncounted) if found.uncounted else None,
    }


@_command("versions", _("List deployed versions, and the cases on each."))
@click.argument("procedure", required=False)
@click.pass_obj
def _versions(session: Session, procedure: str | None) -> None:
    from .workflow.showing import pages, plain

    found = session.engine.versions(procedure)
    zone = session.engine.zone(found[0].definition.name) if found else "UTC"
    session.show(lambda: [plain.version(one) for one in found], lambda: pages.versions(found, zone))


@_command("demo", _("Play an invented post through the seven steps."))
@_option("--keep", type=_folder, metavar="DIR", text=_("Keep the office in this folder."))
@click.pass_obj
def _demo(session: Session, keep: Path | None) -> int:
    from tempfile import TemporaryDirectory

    from .workflow.showing import plain

    with TemporaryDirectory() as folder:
        played = []
        for outcome in _play(session, (keep or Path(folder)).resolve()):
            played.append(outcome)
            if not session.as_json:
                _print_outcome(session, outcome)
        session.close()
    if session.as_json:
        click.echo(_json([plain.outcome(outcome, session.language) for outcome in played]))
    return 1 if any(outcome.mismatches for outcome in played) else 0


def _play(session: Session, folder: Path) -> Iterator[Outcome]:
    from .definitions import YamlReader, shipped
    from .definitions.office_reader import make_office, read_office
    from .definitions.rehearsals.story_reader import read_story
    from .storage import create_store
    from .workflow import Conflict, Engine
    from .workflow.rehearsal.story import DrivenTime, play

    story = read_story(shipped("demo.story.yaml"), "demo.story.yaml")
    if (folder / "office.yaml").exists():
        raise Conflict(say("there is an office in {folder} already", folder=str(folder)), say("name another folder"))
    make_office(folder, "demo", "demo")
    # Whatever database is asked for, an invented post does not go there.
    session.office = read_office(folder)
    session.store = create_store(session.office.database)
    time = DrivenTime(story.steps[0].at)
    session.engine = Engine(session.store, YamlReader(), office=session.office.id, now=time)
    for name in story.uses:
        session.engine.deploy(shipped(name), file=name)
    return play(story, session.engine, time)


def _print_outcome(session: Session, outcome: Outcome) -> None:
    from rich.padding import Padding

    from .workflow.showing import pages

    console, engine, step = _console(), session.engine, outcome.step
    if step.heading:
        console.print()
        console.print(_rendered(session, pages.Line(step.heading, "strong")))
    told = say("{at}  {told}", at=step.at, told=step.tell or "")
    console.print(_rendered(session, pages.Line(told, "strong")))
    view = engine.case(outcome.case) if outcome.case else None
    numbers = session.numbers(outcome.report) if outcome.report else {}
    zone = engine.zone(session.procedure(None))
    for part in pages.outcome(outcome, view, numbers, engine.roster(), zone):
        console.print(Padding(_rendered(session, part), (0, 0, 0, 4), expand=False))


def main() -> NoReturn:
    """Run the command line."""
    caseclock.main()


if __name__ == "__main__":
    main()
