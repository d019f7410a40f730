"""Tables as offices get them: CSV in its encodings, Excel workbooks, JSON lines; all become rows of texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from ..workflow.errors import CaseclockError, InvalidInput
from ..workflow.messages import Message, say

BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
ENCODINGS = ("utf-8", "gb18030")
SEPARATORS = ",;\t"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of Excel begin: the present format, and that of before 2007."""

EXACT = 10**15
"""Excel keeps 15 digits of a number: of one that is longer, the last digits are not those that were typed."""

Cell = str | Message
"""A cell's text; or what is wrong with the cell, where no text can be made of it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its headings, its rows with their numbers, and what is wrong with rows that are no rows at all."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    broken: tuple[tuple[int, Message], ...] = ()


def read_table(content: bytes, sheet: str | None = None) -> Table:
    """Return the table in a file; what kind of file it is is told from its content.

    Args:
        content: CSV (UTF-8 with or without its mark, GB 18030 or UTF-16; comma, semicolon or tab), an Excel workbook,
            or JSON lines: one object on each line, its keys being the headings.
        sheet: of a workbook: the name of the sheet; the first when None.

    Raises `InvalidInput` when it is none of these, and `CaseclockError` for a workbook where the package that reads
    them is not installed.
    """
    if content.startswith(WORKBOOKS):
        return _workbook(content, sheet)
    if sheet is not None:
        raise InvalidInput(say("only a workbook has sheets; this file is none"), hint=say("leave --sheet out"))
    text = _decoded(content)
    return _json_lines(text) if text.lstrip().startswith("{") else _csv(text)


def _table(rows: Iterable[tuple[int, tuple[Cell, ...]]]) -> Table:
    """The table of numbered rows, the first of which holds the headings; empty rows are left out."""
    numbered = list(rows)
    if not numbered or not any(numbered[0][1]):
        raise InvalidInput(say("the table is empty; expected a first row of headings"))
    headings = tuple(cell if isinstance(cell, str) else "" for cell in numbered[0][1])
    twice = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if twice:
        raise InvalidInput(say("two columns have the same heading: {headings}; rename one", headings=twice))
    return Table(headings, tuple((number, row) for number, row in numbered[1:] if any(row)))


def _decoded(content: bytes) -> str:
    marked = next((name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(
        say("expected a table in UTF-8 or GB 18030; this is neither"),
        hint=say("in Excel, save it as CSV UTF-8 or as a workbook (.xlsx)"),
    )


def _csv(text: str) -> Table:
    separator, body, skipped = _separator(text)
    try:
        lines = csv.reader(io.StringIO(body, newline=""), delimiter=separator)
        return _table(
            [(number, tuple(cell.strip() for cell in line)) for number, line in enumerate(lines, 1 + skipped)]
        )
    except csv.Error as error:
        raise InvalidInput(say("this is not a CSV table: {reason}", reason=str(error))) from error


def _separator(text: str) -> tuple[str, str, int]:
    """The separator, the table without a line that only names it, as Excel knows it, and how many lines that was."""
    first, _, rest = text.partition("\n")
    if first.strip()[:4].lower() == "sep=" and len(first.strip()) == 5:
        return first.strip()[4], rest, 1
    return max(SEPARATORS, key=lambda separator: _columns(first, separator)), text, 0


def _columns(line: str, separator: str) -> int:
    """How many columns a line has; a separator within quotes separates nothing."""
    try:
        return len(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return 0


def _json_lines(text: str) -> Table:
    objects: list[tuple[int, dict[str, Any]]] = []
    broken: list[tuple[int, Message]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            objects.append((number, _object(line)))
        except ValueError as error:
            broken.append((number, say("expected one JSON object on the line: {reason}", reason=str(error))))
    headings = tuple(dict.fromkeys(str(key) for _, found in objects for key in found))
    rows = tuple((number, tuple(_json_cell(found.get(key)) for key in headings)) for number, found in objects)
    if not headings:
        raise InvalidInput(say("the table is empty; expected JSON objects, one on each line"))
    return Table(headings, rows, tuple(broken))


def _object(line: str) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError(type(found).__name__)
    return found


def _json_cell(value: Any) -> Cell:
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool() | int() | float():
            return json.dumps(value)
        case list() if all(isinstance(item, str | int | float) for item in value):
            return ",".join(str(item) for item in value)
    return say("expected a text, a number, true, false, null or a list of texts; got: {found}", found=repr(value))


def _workbook(content: bytes, sheet: str | None) -> Table:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise CaseclockError(
            say("this is an Excel workbook, and the package that reads them is not installed"),
            say("pip install 'caseclock[sheets]', or save the sheet as CSV"),
        ) from error
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = _sheet(book.sheet_names, sheet)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise InvalidInput(
            say("the workbook cannot be read: {reason}", reason=str(error)),
            hint=say("take its password off, or save it anew in Excel as .xlsx"),
        ) from error
    return _table([(number, tuple(_excel_cell(cell) for cell in row)) for number, row in enumerate(rows, 1)])


def _sheet(names: Sequence[str], wanted: str | None) -> str:
    if wanted is not None and wanted not in names:
        raise InvalidInput(say("the workbook has no sheet {sheet}; its sheets: {names}", sheet=wanted, names=names))
    if not names:
        raise InvalidInput(say("the table is empty; expected a first row of headings"))
    return wanted or names[0]


def _excel_cell(value: Any) -> Cell:
    """The text of a cell as its reader sees it: a whole number without a decimal point, a day without a time."""
    match value:
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case int() | float() if abs(value) >= EXACT:
            return say(
                "Excel keeps only 15 digits of a number, so {found} may not be what was typed; format it as text",
                found=format(value, ".0f"),
            )
        case int() | float():
            return str(int(value)) if value == int(value) else repr(value)
        case datetime():
            # A workbook keeps time as a fraction of a day, so a second may come out a little short.
            return (value + timedelta(milliseconds=500)).replace(microsecond=0).isoformat(" ")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("seconds")
    return str(value)
