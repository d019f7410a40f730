"""The command line: `caseclock COMMAND`. A command opens the engine, calls one method and shows what it returns.

Data goes to stdout, talk, progress and errors to stderr. With ``--json`` every command prints one object or array, and
an error is ``{"error": {"code", "message", "hint", "fields", "problems"}}`` on stderr.

Exit statuses: 0 done, 1 unexpected or storage failed, 2 wrong usage or input, 3 definition invalid, 4 not found,
5 not allowed, 6 conflict, 7 something is overdue (only with ``due --exit-code``).

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
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text as Shown

    from .definitions.office_reader import OfficeFolder
    from .definitions.posts_reader import Duplicate
    from .storage import SqlStore
    from .workflow import CaseView, Engine, EventView, ListItem, Offer, Receipt
    from .workflow.clocks import ClockStatus
    from .workflow.engine import BatchResult, TickReport
    from .workflow.errors import CaseclockError, Problem
    from .workflow.messages import Language, Message, Text
    from .workflow.model import Field
    from .workflow.story import Outcome

DOMAIN = "caseclock"
LOCALE = Path(__file__).parent / "definitions" / "locale"
OVERDUE = 7
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
        return self._spoken_help().split("\n")[0].rstrip(".。")

    def _spoken_help(self) -> str:
        return gettext.gettext(inspect.cleandoc(self.help)) if self.help else ""


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
        self.actor: str | None = None
        self.lang: str | None = None
        self.as_json = as_json
        self.no_input = False
        self.debug = debug
        self._store: SqlStore | None = None

    @cached_property
    def office(self) -> OfficeFolder:
        """The office: of the folder named, or the nearest one. Raises `NotFound` or `DefinitionInvalid`."""
        from .definitions.office_reader import find_office, read_office

        return read_office(self.folder or find_office(Path.cwd()))

    @cached_property
    def engine(self) -> Engine:
        """The engine on the office's database."""
        from .definitions import YamlReader
        from .storage import SqlStore
        from .workflow import Engine

        self._store = SqlStore(self.office.database)
        return Engine(self._store, YamlReader(), office=self.office.id)

    @contextmanager
    def rehearsal(self) -> Iterator[Engine]:
        """The engine in a transaction that is rolled back at the end."""
        from .storage import SqlStore

        engine = self.engine
        assert self._store is not None
        with self._store.engine.connect() as connection:
            yield engine.using(SqlStore.joined(connection))
            connection.rollback()

    def close(self) -> None:
        """Close the database."""
        if self._store is not None:
            self._store.close()

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

    def word(self, template: str) -> str:
        """Return one of our own words, such as the heading of a column, in the language."""
        return self.language.translate(template)

    def person(self, actor: str) -> str:
        """Return the name of somebody on the roster, or the id."""
        found = self._people.get(actor)
        return found.name.of(self.language.code) if found and found.name else actor

    @cached_property
    def _people(self) -> Mapping[str, Any]:
        return self.engine.roster().people

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody at a terminal to ask."""
        return not self.no_input and sys.stdin.isatty()

    def show(self, data: Callable[[], Any], human: Callable[[], Iterable[RenderableType]]) -> None:
        """Print a result: as JSON, or for people."""
        if self.as_json:
            click.echo(_json(data()))
            return
        console = _console()
        for part in human():
            console.print(part)

    def talk(self, message: Message) -> None:
        """Say something beside the result, on stderr."""
        click.echo(self.text(message), err=True)

    def report(self, error: Exception) -> int:
        """Tell an error on stderr and return its exit status."""
        from .workflow import CaseclockError, plain

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

    yield session.text(error.message)
    if isinstance(error, DefinitionInvalid):
        yield from _problem_lines(session, error.problems)
    if isinstance(error, InvalidInput):
        yield from (f"  {name}: {session.text(problem)}" for name, problem in error.fields.items())
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
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console


TONES = {"plain": "", "strong": "bold", "note": "yellow", "alarm": "bold red"}


def _rendered(session: Session, part: Line | Grid) -> RenderableType:
    """Return a part of a page for the terminal. Nothing in it is markup: rich would take ``[urgent]`` for some."""
    from rich import box
    from rich.table import Table

    from .workflow.pages import Line

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

    from .workflow.pages import Line

    if isinstance(value, Line):
        return Text(session.text(value.value), style=TONES[value.tone])
    return Text(session.text(value))


# The commands.


@click.group(cls=Caseclock, params=_common_options(hidden=False), help=_("Cases under a legal time limit."))
@click.version_option(package_name=DOMAIN, message="%(prog)s %(version)s")
def caseclock() -> None:
    """Hold the commands."""


def _command(name: str, text: str) -> Callable[[Callable[..., Any]], click.Command]:
    return caseclock.command(name, cls=SpokenCommand, help=text)


def _option(*names: str, text: str = "", **kwargs: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, cls=SpokenOption, help=text, **kwargs)


_case = click.argument("case")
_inputs = click.argument("inputs", nargs=-1, metavar="[NAME=VALUE]...")
_at = _option("--at", metavar="TIME", text=_("When it happened, such as 2026-11-16 09:00; now when left out."))
_key = _option("--key", text=_("Idempotency key: a repeated command with the same key does nothing."))
_private = _option("--private", is_flag=True, text=_("Show private values, such as who wrote the post."))
_procedure = _option("--procedure", metavar="ID", text=_("The procedure; else the office's own."))
_session = click.pass_obj


@_command("init", _("Make an office folder, its database and its definitions."))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@_option("--id", "office_id", text=_("The office's id; else the folder's name."))
@_option("--title", text=_("The office's title."))
@_session
def _init(session: Session, folder: Path, office_id: str | None, title: str | None) -> None:
    from .definitions.office_reader import SHIPPED, make_office, read_office
    from .storage import create_store
    from .workflow import plain

    folder = folder.resolve()
    identity = office_id or folder.name or "office"
    written = make_office(folder, identity, title or identity, session.lang)
    session.folder, session.office = folder, read_office(folder)
    create_store(session.office.database).close()
    deployed = _deploy_files(session, session.office.definitions())
    session.show(
        lambda: {
            "folder": str(folder),
            "written": list(written),
            "kept": [name for name in ("office.yaml", *SHIPPED) if name not in written],
            "deployed": [plain.definition(definition) for definition in deployed],
        },
        lambda: [
            _shown(
                session.text(say("office {office} in {folder}", office=session.office.id, folder=str(folder))), "bold"
            ),
            _shown(
                session.text(say("files written: {files}", files=written) if written else say("all files were there"))
            ),
            _shown(
                session.text(say("edit township.roster.yaml, then `caseclock deploy`; try `caseclock open --help`"))
            ),
        ],
    )


@_command("check", _("Check definitions and report every problem with its place."))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_session
def _check(session: Session, files: tuple[Path, ...]) -> int:
    from .definitions.office_reader import check_files
    from .workflow import plain

    compiled, problems = check_files(files or session.office.definitions())
    found = [{"file": file, "kind": it.kind, "name": it.name, "version": it.version} for file, it in compiled.items()]
    warnings = [warning for it in compiled.values() for warning in it.warnings]
    session.show(
        lambda: {
            "files": found,
            "problems": [plain.problem(problem, session.language) for problem in problems],
            "warnings": [plain.problem(warning, session.language) for warning in warnings],
        },
        lambda: [
            *(_shown(line) for line in _problem_lines(session, [*problems, *warnings])),
            _shown(session.text(say("{valid} valid, {problems} problem(s)", valid=len(found), problems=len(problems)))),
        ],
    )
    return 3 if problems else 0


@_command("deploy", _("Put definitions into use: those of the folder, or the files named."))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_session
def _deploy(session: Session, files: tuple[Path, ...]) -> None:
    from .definitions.office_reader import in_order
    from .workflow import plain

    deployed = _deploy_files(session, in_order(files) if files else session.office.definitions())
    session.show(
        lambda: [plain.definition(definition) for definition in deployed],
        lambda: [
            _table(
                session, (_("Kind"), _("Name"), _("Version")), [(it.kind, it.name, str(it.version)) for it in deployed]
            )
        ],
    )


def _deploy_files(session: Session, files: Iterable[Path]) -> list[Any]:
    """Check all files and then deploy them, so that a problem in the last leaves the first undeployed."""
    from .definitions.office_reader import check_files
    from .workflow import DefinitionInvalid

    paths = tuple(files)
    _compiled, problems = check_files(paths)
    if problems:
        raise DefinitionInvalid(say("nothing was deployed: {count} problem(s)", count=len(problems)), problems)
    return [session.engine.deploy(path.read_text(encoding="utf-8"), file=str(path)) for path in paths]


@_command("open", _("Open a case from its fields, such as subject=... posted_at=..."))
@_inputs
@_procedure
@_at
@_key
@_session
def _open(session: Session, inputs: tuple[str, ...], procedure: str | None, at: str | None, key: str | None) -> None:
    engine, name = session.engine, session.procedure(procedure)
    by, model, zone = session.who, session.engine.procedure(name), engine.zone(name)
    data = _read(session, inputs, model.case.opens_with, zone)
    receipt = engine.open(name, data, by=by, at=_instant(at, zone), key=key)
    _show_receipt(session, receipt, model.lifecycle(receipt.case.kind).states[receipt.case.state].title)


@_command("advance", _("Do one action on one case; missing inputs are asked for on a terminal."))
@_case
@click.argument("action")
@_inputs
@_at
@_key
@_option("--revision", type=int, text=_("Refuse when the case has changed since this revision."))
@_session
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
    receipt = engine.fire(case, action, by=by, data=data, at=_instant(at, zone), key=key, revision=revision)
    _show_receipt(session, receipt, engine.case(receipt.case.id).state)


def _show_receipt(session: Session, receipt: Receipt, state: Text) -> None:
    from .workflow import plain

    session.show(lambda: plain.receipt(receipt, session.language), lambda: _receipt_page(session, receipt, state))


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


@_command("import", _("Open cases from a table (CSV) of posts; what is there already is left out."))
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_option(
    "--map",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    text=_("A YAML file: columns: {field: heading}, constants, id, source, opened_at."),
)
@_procedure
@_option("--dry-run", is_flag=True, text=_("Tell what would happen, and change nothing."))
@_session
def _import(session: Session, table: Path, mapping: Path | None, procedure: str | None, dry_run: bool) -> int:
    from .definitions import posts_reader as posts
    from .workflow import CaseQuery, OpenCase

    engine, name, by = session.engine, session.procedure(procedure), session.who
    fields, zone = engine.procedure(name).case.opens_with, engine.zone(name)
    read = posts.read_table(table.read_bytes())
    columns = (
        posts.read_mapping(mapping.read_text(encoding="utf-8"), str(mapping), fields)
        if mapping
        else posts.mapping_by_headings(read.headings, fields)
    )
    there = (posts.known_post(item.case.data, item.case.number) for item in engine.cases(CaseQuery(name, kind="case")))
    sorted_out = posts.sort_out(posts.read_posts(read, columns, fields, zone), there)
    commands = [OpenCase(name, post.data, by, post.opened_at, post.key) for post in sorted_out.fresh]
    if dry_run:
        with session.rehearsal() as rehearsed:
            results = list(_with_progress(session, rehearsed.fire_many(commands), len(commands)))
    else:
        results = list(_with_progress(session, engine.fire_many(commands), len(commands)))
    bad = [*sorted_out.bad, *posts.refused_rows(sorted_out.fresh, results)]
    duplicates = [*sorted_out.duplicates, *posts.repeated_rows(sorted_out.fresh, results)]
    _show_import(session, results, duplicates, bad, dry_run=dry_run)
    return 2 if bad else 0


def _with_progress(session: Session, results: Iterator[BatchResult], total: int) -> Iterable[BatchResult]:
    from rich.progress import track

    console = _console(err=True)
    return track(results, session.word(_("importing")), total, console=console, disable=not console.is_terminal)


def _show_import(
    session: Session,
    results: Sequence[BatchResult],
    duplicates: Sequence[Duplicate],
    bad: Sequence[Any],
    *,
    dry_run: bool,
) -> None:
    opened = [result.receipt.case.number for result in results if result.receipt and not result.receipt.repeated]
    counts = say(
        "{opened} opened, {duplicates} there already, {bad} bad",
        opened=len(opened),
        duplicates=len(duplicates),
        bad=len(bad),
    )
    bad = sorted(bad, key=lambda row: row.row)
    session.show(
        lambda: {
            "dry_run": dry_run,
            "opened": opened,
            "duplicates": [{"row": row.row, "of": row.of} for row in duplicates],
            "bad": [{"row": row.row, "problem": session.text(row.problem)} for row in bad],
        },
        lambda: [
            *(
                _shown(session.text(say("row {row}: {problem}", row=row.row, problem=row.problem)), "red")
                for row in bad
            ),
            *(
                _shown(session.text(say("row {row}: there already, {of}", row=row.row, of=row.of)))
                for row in duplicates
            ),
            _shown(
                session.text(say("dry run, nothing was changed: {counts}", counts=counts) if dry_run else counts),
                "bold",
            ),
        ],
    )


@_command("list", _("List cases, soonest due first; only open ones unless --all."))
@_option("--state", text=_("Only cases in this state."))
@_option("--stage", text=_("Only cases in this stage."))
@_option("--unit", text=_("Only what this unit holds."))
@_procedure
@_option("--overdue", is_flag=True, text=_("Only cases with an overdue clock."))
@_option("--all", "closed_too", is_flag=True, text=_("Ended cases too."))
@_session
def _list(
    session: Session,
    state: str | None,
    stage: str | None,
    unit: str | None,
    procedure: str | None,
    overdue: bool,
    closed_too: bool,
) -> None:
    from .workflow import CaseQuery

    items = session.engine.cases(CaseQuery(procedure, unit=unit, open_only=not closed_too))
    _show_items(
        session,
        [
            item
            for item in items
            if state in (None, item.case.state) and stage in (None, item.stage.name) and (item.overdue or not overdue)
        ],
        _("Subject or unit"),
    )


@_command("inbox", _("List what waits for the actor, soonest due first."))
@_session
def _inbox(session: Session) -> None:
    _show_items(session, session.engine.inbox(session.who), _("To do"))


@_command("due", _("List the limits that run out, soonest first."))
@_option("--until", metavar="TIME", text=_("Only those due until then."))
@_option("--within", metavar="LENGTH", text=_("Only those due within, such as 2 days or 48 hours."))
@_option("--exit-code", "tell", is_flag=True, text=_("Exit with status 7 when something is overdue."))
@_session
def _due_list(session: Session, until: str | None, within: str | None, tell: bool) -> int:
    from .definitions.instants import read_span
    from .workflow import CaseQuery

    limit = datetime.now(UTC) + read_span(within) if within else None
    if until:
        limit = _instant(until, session.engine.zone(session.procedure(None)))
    found = session.engine.cases(CaseQuery(open_only=True, due_before=limit))
    items = [item for item in found if item.due_at]
    _show_items(session, items, _("Subject or unit"))
    return OVERDUE if tell and any(item.overdue for item in items) else 0


def _show_items(session: Session, items: Sequence[ListItem], last: str) -> None:
    from .workflow import plain

    session.show(lambda: [plain.item(item, session.language) for item in items], lambda: _items(session, items, last))


@_command("show", _("Show a case with its clocks, papers and subcases."))
@_case
@_option("--at", metavar="TIME", text=_("Its clocks as of this time."))
@_private
@_session
def _show(session: Session, case: str, at: str | None, private: bool) -> None:
    from .workflow import plain

    view = session.engine.case(case)
    if at:
        view = session.engine.case(case, _instant(at, view.zone))
    session.show(
        lambda: plain.case(view, session.language, private=private),
        lambda: _case_page(session, view, private=private),
    )


@_command("actions", _("List what the actor may do on a case, with the inputs (* is required)."))
@_case
@_session
def _actions(session: Session, case: str) -> None:
    from .workflow import plain

    offers = session.engine.actions(case, session.who)
    headings = (_("Action"), _("Title"), _("Leads to"), _("Inputs"), _("In the way"))
    session.show(
        lambda: [plain.offer(offer, session.language) for offer in offers],
        lambda: [
            _table(session, headings, _offer_rows(session, offers))
            if offers
            else _shown(session.text(say("there is nothing that {actor} may do on it now", actor=session.who)))
        ],
    )


@_command("history", _("Show everything that happened to a case."))
@_case
@_private
@_session
def _history(session: Session, case: str, private: bool) -> None:
    from .workflow import plain

    events, view = session.engine.history(case), session.engine.case(case)
    fields = _fields_of_family(view)
    headings = (_("At"), _("Recorded"), _("Case"), _("What"), _("Who"), _("With"))
    session.show(
        lambda: [plain.entry(event, session.language, fields, private=private) for event in events],
        lambda: [_table(session, headings, _history_rows(session, events, view, private=private))],
    )


@_command("why", _("Explain, day by day, why a clock is due when it is."))
@_case
@click.argument("clock", required=False)
@_option("--as-of", metavar="TIME", text=_("As it was believed at this time."))
@_session
def _why(session: Session, case: str, clock: str | None, as_of: str | None) -> None:
    from .workflow import plain

    moment = _instant(as_of, session.engine.case(case).zone) if as_of else None
    found = session.engine.why(case, clock, moment)
    session.show(
        lambda: [plain.explained(status, session.language) for status in found],
        lambda: [part for status in found for part in _why_page(session, status)],
    )


@_command("tick", _("Deliver warnings, urgings and supervisions that have become due."))
@_option("--until", metavar="TIME", text=_("Only those due until then."))
@_session
def _tick(session: Session, until: str | None) -> int:
    from .workflow import plain

    limit = _instant(until, session.engine.zone(session.procedure(None))) if until else None
    report = session.engine.tick(limit)
    session.show(lambda: plain.tick(report, session.language), lambda: _tick_page(session, report))
    for root, message in report.failed.items():
        session.talk(say("not delivered for {case}: {message}", case=root, message=message))
    return 1 if report.failed else 0


@_command("demo", _("Play one post through the seven steps, with invented names and driven time."))
@_option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", text=_("Keep the office in this folder.")
)
@_session
def _demo(session: Session, keep: Path | None) -> int:
    from tempfile import TemporaryDirectory

    from .workflow import plain

    with TemporaryDirectory() as folder:
        outcomes = _play(session, (keep or Path(folder)).resolve())
        if session.as_json:
            played = list(outcomes)
            click.echo(_json([plain.outcome(outcome, session.language) for outcome in played]))
        else:
            console, played = _console(), []
            for outcome in outcomes:
                played.append(outcome)
                for part in _outcome_page(session, outcome):
                    console.print(part)
        session.close()
    return 1 if any(outcome.mismatches for outcome in played) else 0


def _play(session: Session, folder: Path) -> Iterator[Outcome]:
    from .definitions import YamlReader, shipped
    from .definitions.office_reader import make_office, read_office
    from .definitions.story_reader import read_story
    from .storage import create_store
    from .workflow import Conflict, Engine
    from .workflow.story import DrivenTime, play

    story = read_story(shipped("demo.story.yaml"), "demo.story.yaml")
    if (folder / "office.yaml").exists():
        raise Conflict(say("there is an office in {folder} already", folder=str(folder)), say("name another folder"))
    make_office(folder, "demo", session.text(story.title))
    session.folder, session.office = folder, read_office(folder)
    session._store = create_store(session.office.database)
    time = DrivenTime(story.steps[0].at)
    session.engine = Engine(session._store, YamlReader(), office=session.office.id, now=time)
    for name in story.uses:
        session.engine.deploy(shipped(name), file=name)
    return play(story, session.engine, time)


def _outcome_page(session: Session, outcome: Outcome) -> Iterator[RenderableType]:
    step = outcome.step
    if step.heading:
        yield _shown("\n" + session.text(step.heading), "bold reverse")
    told = f"{step.at:%Y-%m-%d %H:%M}  {session.text(step.tell) if step.tell else ''}"
    yield _shown(told, "bold")
    yield from (_indented(part) for part in _outcome_parts(session, outcome))
    for mismatch in outcome.mismatches:
        yield _indented(_shown(session.text(mismatch), "bold red"))


def _outcome_parts(session: Session, outcome: Outcome) -> Iterator[RenderableType]:
    from .workflow.story import DoStep, OpenStep, ShowStep

    deed = outcome.step.deed
    if isinstance(deed, DoStep | OpenStep):
        actor = session.person(deed.by)
        yield _shown(session.text(say("{actor}: {action}", actor=actor, action=outcome.title or "")))
    if outcome.refusal:
        yield _shown(session.text(say("refused: {message}", message=outcome.refusal.message)), "red")
        if outcome.refusal.hint:
            yield _shown(session.text(outcome.refusal.hint), "red")
    if outcome.receipt:
        yield from _receipt_page(session, outcome.receipt, session.engine.case(outcome.receipt.case.id).state)
    if outcome.report:
        yield from _tick_page(session, outcome.report)
    if outcome.status:
        yield from _why_page(session, outcome.status)
    if isinstance(deed, ShowStep) and outcome.case:
        yield from _case_page(session, session.engine.case(outcome.case))


def _indented(part: RenderableType) -> RenderableType:
    from rich.padding import Padding

    return Padding(part, (0, 0, 0, 4), expand=False)


def main() -> NoReturn:
    """Run the command line."""
    caseclock.main()


if __name__ == "__main__":
    main()
