"""Papers and numbers: what an issued document is made from, and the series that cases and documents are numbered in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..calendars import Calendar
from ..history import Case, Event
from ..model import Document
from ..ports import IssuedDocument


def draw_number(pattern: str, at: datetime, calendar: Calendar, next_serial: Callable[[str], int]) -> str:
    """Return the next number of a pattern such as ``{year}-{serial:04d}``.

    A pattern with the year begins anew each year of the calendar's zone; procedures with one pattern share a series.
    """
    year = calendar.to_date(at).year
    series = f"{pattern}:{year}" if "{year" in pattern else pattern
    return pattern.format(year=year, serial=next_serial(series))


def made_from(document: Document, case: Case, event: Event) -> IssuedDocument:
    """Return the paper that ``event`` issues, still without a number, with the hash of what it is made from."""
    data = {
        "case": case.number,
        "action": event.action,
        "actor": event.actor,
        "unit": case.unit,
        "effective_at": event.effective_at.isoformat(),
        "inputs": dict(event.data),
    }
    return IssuedDocument(case.id, event.seq, document.name, "", data, hashlib.sha256(_canonical(data)).hexdigest())


def numbered(
    paper: IssuedDocument, document: Document, calendar: Calendar, next_serial: Callable[[str], int]
) -> IssuedDocument:
    """Return the paper with the next number of its series."""
    at = datetime.fromisoformat(paper.data["effective_at"])
    return replace(paper, number=draw_number(document.numbering, at, calendar, next_serial))


def _canonical(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
