"""A report of an office: its cases read once in pages, its patrols, and the bytes of a file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from ...workflow import Engine
from ...workflow.errors import NotFound
from ...workflow.messages import Language
from ...workflow.reports import PatrolLog, Plan, Report, make_report, patrol_log
from .files import csv_text, web_page, write_sheets


def report_on(
    engine: Engine, plan: Plan, *, at: datetime, as_of: datetime | None = None, since: datetime | None = None
) -> Report:
    """Return the report on an office's cases of a procedure.

    Args:
        plan: what is what in the procedure.
        at: the cut-off, with its zone.
        as_of: leave out what was recorded later.
        since: the first instant of the period.

    Raises `NotFound` when the procedure is not deployed.
    """
    procedure = engine.procedure(plan.procedure)
    return make_report(
        engine.standings(plan.procedure, at, as_of),
        plan,
        title=procedure.title,
        zone=engine.zone(plan.procedure),
        at=at,
        as_of=as_of,
        since=since,
        patrol=_patrol(engine, plan, at, as_of, since),
    )


def _patrol(
    engine: Engine, plan: Plan, at: datetime, as_of: datetime | None, since: datetime | None
) -> PatrolLog | None:
    """The log of patrols; None where the office keeps none."""
    if plan.patrol is None:
        return None
    try:
        calendar = engine.calendar(plan.patrol.procedure)
    except NotFound:
        return None
    first = calendar.to_date(since) if since else None
    return patrol_log(engine.standings(plan.patrol.procedure, at, as_of), plan.patrol, at, calendar, first)


def written(report: Report, form: str, only: Sequence[str], language: Language) -> bytes | None:
    """Return a report as the bytes of a file; None for the form ``table``, which is shown and not written.

    Args:
        form: ``csv`` (one table: the first of ``only``, or the figures), ``xlsx`` or ``html``.
    """
    if form == "csv":
        return csv_text(report, only[0] if only else "figures", language).encode("utf-8-sig")
    if form == "html":
        return web_page(report, language).encode()
    if form == "xlsx":
        out = io.BytesIO()
        write_sheets(report, language, out)
        return out.getvalue()
    return None
