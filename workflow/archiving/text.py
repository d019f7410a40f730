"""Pages as plain text and as HTML, for files that must be readable without any program of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ..messages import Language, render
from ..showing.pages import Grid, Line


def page_text(page: Iterable[Line | Grid], language: Language) -> str:
    """Return a page as lines of text; the cells of a table stand between bars."""
    lines: list[str] = []
    for part in page:
        if isinstance(part, Line):
            lines.append(_shown(part, language))
        else:
            lines += ["  " + " | ".join(_shown(cell, language) for cell in row) for row in (part.headings, *part.rows)]
    return "".join(f"{line}\n" for line in lines)


def _shown(cell: object, language: Language) -> str:
    return render(cell.value if isinstance(cell, Line) else cell, language)


def html_page(title: str, before: Sequence[str], rows: Sequence[Sequence[str]], after: Sequence[str] = ()) -> bytes:
    """Return a page for a browser: lines, a table whose first row is its heading, and more lines. Nothing is loaded."""
    heading, *body = rows or [()]
    table = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in body)
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heading)
    lines = "".join(f"<p>{escape(line)}</p>\n" for line in before)
    ends = "".join(f"<p>{escape(line)}</p>\n" for line in after)
    style = (
        "body{font-family:FangSong,STFangsong,'Noto Serif CJK SC',serif;margin:2em}h1{text-align:center}"
        "table{border-collapse:collapse;width:100%}td,th{border:1px solid;padding:.2em .4em;text-align:left;"
        "vertical-align:top;overflow-wrap:anywhere}"
    )
    return (
        f'<!doctype html>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>{style}</style>\n'
        f"<h1>{escape(title)}</h1>\n{lines}<table>\n<tr>{head}</tr>\n{table}</table>\n{ends}"
    ).encode()
