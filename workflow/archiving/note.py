"""The note at the end of a record (备考表): what is in it, what is not, who filed it and who checked it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ..messages import Language, Message, render, say
from ..showing.pages import name_of, show_instant
from .gathering import Gathered
from .items import Item, Retained
from .text import html_page


def note_html(
    found: Gathered, kept: Retained, listed: Sequence[Item], now: datetime, language: Language, by: str
) -> bytes:
    """Return the note as a page to be printed and signed."""
    zone = found.view.zone
    rows = [
        (say("Record"), f"{found.procedure.title.of(language.code)} {found.view.case.number}"),
        (say("Retention"), kept.retention_text or "-"),
        (say("Secrecy"), kept.secrecy_text or "-"),
        (say("Items"), str(len(listed))),
        (say("Entries of the history"), str(len(found.history))),
        (say("Filed by"), render(name_of(found.roster, by), language)),
        (say("Filed at"), show_instant(now, zone)),
        (say("Checked by"), ""),
        (say("Checked at"), ""),
    ]
    shown = [[heading.text(language), value] for heading, value in rows]
    heading = [say("Particular").text(language), say("Value").text(language)]
    remarks = [remark.text(language) for remark in remarks_on(found, listed)]
    return html_page(say("Note on the record").text(language), remarks, [heading, *shown])


def remarks_on(found: Gathered, listed: Sequence[Item]) -> Iterator[Message]:
    """Yield what whoever receives the record must know of it."""
    missing = [item.title for item in listed if not item.path]
    if missing:
        yield say("not in the package, only named by their hash: {files}", files=missing)
    yield (
        say("private values are in the record")
        if found.private
        else say("private values are left out; the history says so and can be verified without them")
    )
    erased = sorted({name for entry in found.history for name, it in entry.event.seals.items() if it.salt is None})
    if erased:
        yield say("private values that were erased before filing: {fields}", fields=erased)
    if found.inclusion.uncovered:
        yield say("no head covers the last entries yet")
