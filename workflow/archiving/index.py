"""The file index (卷内目录): one row for each item of the record, as a table and as a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ..messages import Language, Message, say
from ..showing.pages import show_instant
from .items import Item, Retained
from .text import html_page

HEADINGS: tuple[Message, ...] = (
    say("Sequence"),
    say("Item title"),
    say("Document no."),
    say("Author"),
    say("Date"),
    say("Format"),
    say("Bytes"),
    say("SHA-256"),
    say("Retention"),
    say("Secrecy"),
    say("Class of material"),
    say("File in the package"),
)


def index_csv(listed: Sequence[Item], language: Language) -> bytes:
    """Return the index for a spreadsheet: UTF-8 with a byte order mark, by which Excel knows it."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerows([_no_formula(cell) for cell in row] for row in _rows(listed, language))
    return made.getvalue().encode("utf-8-sig")


def index_html(listed: Sequence[Item], kept: Retained, language: Language) -> bytes:
    """Return the index as a page to be read or printed."""
    return html_page(say("File index").text(language), (), _rows(listed, language))


def _rows(listed: Sequence[Item], language: Language) -> list[list[str]]:
    return [[heading.text(language) for heading in HEADINGS], *(_row(item, language) for item in listed)]


def _row(item: Item, language: Language) -> list[str]:
    return [
        str(item.sequence),
        item.title.text(language),
        item.number,
        item.author,
        show_instant(item.at, item.zone)[:10],
        item.format,
        "" if item.size is None else str(item.size),
        item.sha256,
        item.retained.retention_text,
        item.retained.secrecy_text,
        item.material,
        item.path or say("not in the package").text(language),
    ]


def _no_formula(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
