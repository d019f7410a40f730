"""Posts from a table to data for opening cases: columns mapped, repeats found, everything wrong with a row told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..workflow.engine import BatchResult, Engine, OpenCase
from ..workflow.errors import CaseclockError, InvalidInput, Problem
from ..workflow.messages import Message, say
from ..workflow.model import CASE, Field
from ..workflow.ports import CaseQuery
from .inputs_reader import read_inputs
from .instants import read_instant
from .likeness import Likely, alike
from .tables import Cell, Table, read_table
from .yaml_reader import read_yaml

SAME_WITHIN = timedelta(days=3)
"""Two posts of one author with one title, posted no further apart than this, are one post."""

_KEYS = ("columns", "constants", "id", "source", "opened_at")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of the table becomes which field.

    Args:
        columns: field -> heading of its column.
        constants: field -> a value for every row.
        id: heading of the column that holds the post's id at its source.
        source: what the ids are unique in, such as the site; part of the idempotency key.
        opened_at: heading of the column with the time of registration; now when None.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None
    source: str = "import"
    opened_at: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One row that can be opened as a case. ``row``: its number as a spreadsheet shows it, the headings being row 1."""

    row: int
    data: Mapping[str, Any]
    key: str | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """One thing that is wrong with a row, and in which column, where it is one cell."""

    row: int
    problem: Message
    column: str = ""


def read_mapping(text: str, file: str, fields: Sequence[Field]) -> ColumnMap:
    """Return the mapping that a YAML text describes. Raises `DefinitionInvalid` with every problem of it."""
    source = read_yaml(text, file)
    problems = list(_mapping_problems(source.data, {declared.name for declared in fields}))
    if problems:
        raise source.refusal(problems)
    data = source.data
    return ColumnMap(
        data["columns"], data.get("constants", {}), data.get("id"), data.get("source", "import"), data.get("opened_at")
    )


def _mapping_problems(data: Any, fields: set[str]) -> Iterator[Problem]:
    if not isinstance(data, dict) or not isinstance(data.get("columns"), dict):
        yield Problem("missing-key", (), say("expected key {key} here", key="columns"))
        return
    for key, value in data.items():
        if key not in _KEYS:
            yield Problem(
                "unknown-key", (key,), say("no key {key} here; valid keys: {valid}", key=key, valid=_KEYS), on_key=True
            )
        elif key in ("columns", "constants"):
            yield from _field_problems(key, value, fields)
        elif not isinstance(value, str):
            yield Problem("wrong-type", (key,), say("expected a text; got: {found}", found=repr(value)))


def _field_problems(key: str, value: Any, fields: set[str]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("wrong-type", (key,), say("expected fields and what stands for them"))
        return
    for name, heading in value.items():
        if name not in fields:
            message = say("no field {field}; declared: {fields}", field=name, fields=sorted(fields))
            yield Problem("unknown-field", (key, name), message, on_key=True)
        elif not isinstance(heading, str):
            yield Problem("wrong-type", (key, name), say("expected a text; got: {found}", found=repr(heading)))


def mapping_by_headings(headings: Sequence[str], fields: Sequence[Field]) -> ColumnMap:
    """Return the mapping of a table whose headings are names or titles of fields; a column ``id`` is the post's id."""
    columns = {
        declared.name: heading
        for heading in headings
        for declared in fields
        if heading in (declared.name, declared.title.en, declared.title.zh)
    }
    return ColumnMap(columns, id="id" if "id" in headings else None)


def read_posts(table: Table, mapping: ColumnMap, fields: Sequence[Field], zone: str) -> Iterator[Post | BadRow]:
    """Yield what became of every row of ``table``, in order: a post, or everything that is wrong with it.

    Args:
        fields: those that a case can be opened with.
        zone: the time zone of times that name no offset.

    Raises `InvalidInput` when the table has no column of a mapped heading, or nothing is mapped.
    """
    wanted = [*mapping.columns.values(), *(heading for heading in (mapping.id, mapping.opened_at) if heading)]
    missing = [heading for heading in wanted if heading not in table.headings]
    if missing or not mapping.columns:
        raise InvalidInput(
            say("the table has no column {missing}", missing=missing)
            if missing
            else say("no heading of the table is the name of a field"),
            hint=say("its headings: {headings}; map them with --map", headings=table.headings),
        )
    for number, row in table.rows:
        yield from _read_row(number, dict(zip(table.headings, row, strict=False)), mapping, fields, zone)
    yield from (BadRow(number, problem) for number, problem in table.broken)


def _read_row(
    number: int, cells: Mapping[str, Cell], mapping: ColumnMap, fields: Sequence[Field], zone: str
) -> Iterator[Post | BadRow]:
    wanted = {**mapping.columns, "id": mapping.id or "", "opened_at": mapping.opened_at or ""}
    unreadable = {heading: cells[heading] for heading in wanted.values() if isinstance(cells.get(heading), Message)}
    texts = {heading: cell for heading, cell in cells.items() if isinstance(cell, str)}
    columns = {name: texts.get(heading, "") for name, heading in mapping.columns.items()}
    given = {name: _literal(text) for name, text in {**mapping.constants, **columns}.items() if text}
    source_id = texts.get(mapping.id, "") if mapping.id else ""
    opened = texts.get(mapping.opened_at, "") if mapping.opened_at else ""
    bad = [BadRow(number, _told(heading, "", problem), heading) for heading, problem in unreadable.items()]
    data, opened_at = dict[str, Any](), None
    try:
        data = read_inputs(given, fields, zone)
    except CaseclockError as error:
        bad += _bad_rows(number, error, mapping)
    try:
        opened_at = read_instant(opened, zone) if opened else None
    except CaseclockError as error:
        bad.append(BadRow(number, _told(mapping.opened_at or "", "", error.message), mapping.opened_at or ""))
    if bad:
        yield from bad
    else:
        yield Post(number, data, f"{mapping.source}:{source_id}" if source_id else None, opened_at)


def _literal(text: str) -> str:
    """A post may begin with ``@somebody``; that is no file of ours."""
    return f"@{text}" if text.startswith("@") else text


def _bad_rows(number: int, error: CaseclockError, mapping: ColumnMap) -> Iterator[BadRow]:
    """Yield every problem of a row, each with the column that it stands in."""
    if not isinstance(error, InvalidInput) or not error.fields:
        yield BadRow(number, error.message)
        return
    for name, problem in error.fields.items():
        heading = mapping.columns.get(name, "")
        yield BadRow(number, _told(heading, name, problem), heading)


def _told(heading: str, name: str, problem: object) -> Message:
    if not heading:
        return say("{name}: {problem}", name=name, problem=problem)
    if not name or heading == name:
        return say("column {column}: {problem}", column=heading, problem=problem)
    return say("{name}, column {column}: {problem}", name=name, column=heading, problem=problem)


@dataclass(frozen=True, slots=True)
class Known:
    """A post that is there already: who wrote it, under which title and when, and what to call it."""

    author: str
    subject: str
    posted_at: datetime
    name: str | Message


def known_post(data: Mapping[str, Any], name: str | Message) -> Known | None:
    """Return what tells a post from others; None when author, title or time is not known."""
    author, subject, posted_at = (data.get(part) for part in ("author", "subject", "posted_at"))
    if not author or not subject or not posted_at:
        return None
    moment = datetime.fromisoformat(posted_at) if isinstance(posted_at, str) else posted_at
    return Known(str(author), str(subject), moment, name)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that repeats a post, and which: a case by its number, or an earlier row."""

    row: int
    of: str | Message


@dataclass(frozen=True, slots=True)
class SortedOut:
    """The rows of a table by what is to become of them."""

    fresh: tuple[Post, ...]
    duplicates: tuple[Duplicate, ...]
    bad: tuple[BadRow, ...]


def sort_out(rows: Iterable[Post | BadRow], there: Iterable[Known | None] = ()) -> SortedOut:
    """Return the rows sorted out: to be opened, repeated (same source id, or same author and title within 3 days), bad.

    Args:
        there: the posts that the office has already.
    """
    known: dict[tuple[str, str], list[Known]] = {}
    keys: dict[str, Message] = {}
    fresh, duplicates, bad = [], [], []
    for post in there:
        _remember(known, post)
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        name = say("row {row}", row=row.row)
        own = known_post(row.data, name)
        twin = keys.get(row.key) if row.key else None
        twin_name = twin or _twin(known, own)
        if twin_name is not None:
            duplicates.append(Duplicate(row.row, twin_name))
            continue
        fresh.append(row)
        _remember(known, own)
        if row.key:
            keys[row.key] = name
    return SortedOut(tuple(fresh), tuple(duplicates), tuple(bad))


def _twin(known: Mapping[tuple[str, str], Sequence[Known]], own: Known | None) -> str | Message | None:
    others = known.get((own.author, own.subject), ()) if own else ()
    return next((post.name for post in others if own and abs(post.posted_at - own.posted_at) <= SAME_WITHIN), None)


def _remember(known: dict[tuple[str, str], list[Known]], post: Known | None) -> None:
    if post:
        known.setdefault((post.author, post.subject), []).append(post)


def refused_rows(posts: Sequence[Post], results: Sequence[BatchResult], mapping: ColumnMap) -> Iterator[BadRow]:
    """Yield what is wrong with the rows that the engine refused to open."""
    for post, result in zip(posts, results, strict=True):
        if result.refusal:
            yield from _bad_rows(post.row, result.refusal, mapping)


def repeated_rows(posts: Sequence[Post], results: Sequence[BatchResult]) -> Iterator[Duplicate]:
    """Yield the rows whose source id had been imported before."""
    for post, result in zip(posts, results, strict=True):
        if result.receipt and result.receipt.repeated:
            yield Duplicate(post.row, result.receipt.case.number)


@dataclass(frozen=True, slots=True)
class Import:
    """What became of a table.

    Args:
        opened: the numbers of the cases opened.
        duplicates: the rows that were there already.
        bad: what is wrong with rows that could not be opened.
        alike: which of the cases opened may be about the same matter as another; a person decides.
    """

    opened: tuple[str, ...]
    duplicates: tuple[Duplicate, ...]
    bad: tuple[BadRow, ...]
    alike: tuple[Likely, ...] = ()

    @property
    def bad_rows(self) -> int:
        """How many rows could not be opened; one row may have several problems."""
        return len({row.row for row in self.bad})


Progress = Callable[[Iterator[BatchResult], int], Iterable[BatchResult]]


def import_posts(
    engine: Engine,
    content: bytes,
    mapping: tuple[str, str] | None,
    *,
    procedure: str,
    by: str,
    progress: Progress,
    sheet: str | None = None,
) -> Import:
    """Open a case for every post of a table that is not there already.

    Args:
        content: the table.
        mapping: text and name of the mapping file; None takes the headings as names or titles of fields.
        by: the id of who registers the posts.
        progress: given the results to come and how many they are, passes them on and may show how far they are.
        sheet: of a workbook: the name of the sheet; the first when None.

    Raises `InvalidInput` or `DefinitionInvalid` when the table or the mapping as a whole cannot be read; what is wrong
    with single rows is in the result.
    """
    fields, zone = engine.procedure(procedure).case.opens_with, engine.zone(procedure)
    table = read_table(content, sheet)
    columns = read_mapping(*mapping, fields) if mapping else mapping_by_headings(table.headings, fields)
    there = [known_post(item.case.data, item.case.number) for item in engine.cases(CaseQuery(procedure, kind=CASE))]
    found = sort_out(read_posts(table, columns, fields, zone), there)
    commands = [OpenCase(procedure, post.data, by, post.opened_at, post.key) for post in found.fresh]
    results = tuple(progress(engine.fire_many(commands), len(commands)))
    duplicates = [*found.duplicates, *repeated_rows(found.fresh, results)]
    bad = [*found.bad, *refused_rows(found.fresh, results, columns)]
    opened = tuple(result.receipt.case.number for result in results if result.receipt and not result.receipt.repeated)
    return Import(
        opened,
        tuple(sorted(duplicates, key=lambda row: row.row)),
        tuple(sorted(bad, key=lambda row: row.row)),
        alike(engine, procedure, opened),
    )
