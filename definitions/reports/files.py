"""The files that a report becomes: CSV, XLSX, and one web page that needs nothing from outside."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from importlib import resources
from typing import BinaryIO

from ...workflow.errors import InvalidInput
from ...workflow.messages import Language, render, say
from ...workflow.reports import Report
from ...workflow.showing.report_tables import Cell, Percent, Table, charts, heading, tables

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With what a text begins that a spreadsheet would carry out as a formula; the last four are full-width =, +, -, @."""


def csv_text(report: Report, name: str, language: Language) -> str:
    """Return one table of a report as CSV, with the cut-off in a column of its own.

    It is to be written as UTF-8 with a byte order mark, so that Excel reads it. A text that a spreadsheet would carry
    out as a formula has an apostrophe before it.

    Raises `InvalidInput` for a table that the report does not have.
    """
    return csv_of(_table(report, name), report.at, language)


def csv_of(table: Table, at: datetime, language: Language) -> str:
    """Return a table as CSV, with the cut-off in a column of its own; see `csv_text`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*(render(cell, language) for cell in table.headings), render(say("Cut-off"), language)])
    for row in table.rows:
        writer.writerow([*(_harmless(cell, language) for cell in row), at.isoformat()])
    return out.getvalue()


def _table(report: Report, name: str) -> Table:
    found = {table.name: table for table in tables(report)}
    if name not in found:
        raise InvalidInput(say("the report has no table {name}; it has: {known}", name=name, known=list(found)))
    return found[name]


def _harmless(cell: Cell, language: Language) -> object:
    if cell is None or isinstance(cell, (int, float)):
        return "" if cell is None else float(cell) if isinstance(cell, float) else cell
    text = render(cell, language)
    return f"'{text}" if text.startswith(FORMULA) else text


def write_sheets(report: Report, language: Language, file: BinaryIO) -> None:
    """Write a report as XLSX: a sheet for what it is about, and one for each table. Nothing in it is a formula.

    Raises `InvalidInput` where XlsxWriter is not installed.
    """
    try:
        import xlsxwriter  # type: ignore[import-untyped]
    except ImportError as error:
        raise InvalidInput(
            say("writing XLSX needs XlsxWriter, which is not installed"),
            hint=say("install it with: pip install 'caseclock[sheets]'; or use --format csv"),
        ) from error
    safe = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(file, safe) as book:
        strong, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        about = book.add_worksheet(render(say("About"), language))
        for line, sentence in enumerate(heading(report)):
            about.write_string(line, 0, render(sentence, language))
        for table in tables(report):
            sheet = book.add_worksheet(render(table.title, language)[:31])
            sheet.freeze_panes(1, 0)
            for column, title in enumerate(table.headings):
                sheet.write_string(0, column, render(title, language), strong)
            for line, row in enumerate(table.rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, (int, float)):
                        sheet.write_number(line, column, float(cell), percent if isinstance(cell, Percent) else None)
                    elif cell is not None:
                        sheet.write_string(line, column, render(cell, language))


def web_page(report: Report, language: Language) -> str:
    """Return a report as one HTML page: tables, and charts drawn as SVG. It loads nothing and runs no script."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["said"] = lambda value: "" if value is None else render(value, language)
    template = environment.from_string(resources.files(__package__).joinpath("report.html").read_text(encoding="utf-8"))
    title = render(report.title, language)
    return template.render(
        language=language.code,
        title=title,
        heading=list(heading(report)),
        tables=tables(report),
        charts=charts(report),
    )
