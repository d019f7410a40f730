"""Papers and numbers: what an issued document is made from, and the series that cases and documents are numbered in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ..calendars import Calendar
from ..chain import digest, public
from ..history import Case, Event
from ..model import Document
from ..ports import IssuedDocument
from .paper_values import issued_before, shown
from .situation import Situation


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number, and from which series and in which place it was drawn."""

    number: str
    series: str
    serial: int


def draw_number(pattern: str, at: datetime, calendar: Calendar, next_serial: Callable[[str], int]) -> Drawn:
    """Return the next number of a pattern such as ``{year}-{serial:04d}``.

    A pattern with the year begins anew each year of the calendar's zone; procedures with one pattern share a series.
    """
    year = calendar.to_date(at).year
    series = f"{pattern}:{year}" if "{year" in pattern else pattern
    serial = next_serial(series)
    return Drawn(pattern.format(year=year, serial=serial), series, serial)


def made_from(document: Document, situation: Situation, event: Event) -> IssuedDocument:
    """Return the paper that ``event`` issues, still without a number, with the hash of what it is made from.

    Private values are not copied into papers: they stand in the history alone, from which they can be erased. A paper
    names those that it shows, and whoever prints it reads them from the history as it stood at this event.

    Args:
        situation: the case at the instant at which the event took effect, with the event applied.
    """
    case = situation.case
    data = {
        "case": case.number,
        "action": event.action,
        "actor": event.actor,
        "unit": case.unit,
        "effective_at": event.effective_at.isoformat(),
        "inputs": public(event),
    }
    data |= shown(document, situation, event)
    return IssuedDocument(case.id, event.seq, document.name, "", data, digest(data))


def listing(
    paper: IssuedDocument, document: Document, family: Iterable[Case], before: Iterable[Event]
) -> IssuedDocument:
    """Return a paper with the list of those that were issued before it, where its document shows such a list.

    Args:
        before: the history so far, in which the papers that the same change has issued stand with their numbers.
    """
    cases = tuple(family)
    case = next(one for one in cases if one.id == paper.case)
    papers = issued_before(document, case, cases, before)
    data = {**paper.data, "shows": {**paper.data["shows"], "papers": papers}}
    return replace(paper, data=data, sha256=digest(data))
