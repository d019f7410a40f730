"""A report, and the account of a case, as plain data with stable keys for JSON: instants in UTC, lengths in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..accounts import CaseAccount, SlipAccount, shares
from ..messages import Language
from ..reports import PatrolLog, Report
from ..reports.report import LateItem
from ..reports.tallying import Figure, Lasted, titles_of_figures

Plain = dict[str, Any]


def report_data(report: Report, language: Language) -> Plain:
    """Return a report. A cell that is not shown because it is small has nulls."""
    titles = titles_of_figures()
    return {
        "procedure": report.procedure,
        "zone": report.zone,
        "cut_off": report.at.isoformat(),
        "known_at": _iso(report.as_of),
        "since": _iso(report.since),
        "cases": report.cases,
        "provisional": report.provisional,
        "small": dict(report.small),
        "formulas": {
            name: {"title": title.text(language), "formula": formula.text(language)}
            for name, (title, formula) in titles.items()
        },
        "figures": [_figure(one) for one in report.figures],
        "lengths": [_lasted(one) for one in report.lengths],
        "structure": [_figure(one) for one in report.structure],
        "overdue": [_late(one, language) for one in report.overdue],
        "closed_late": [_late(one, language) for one in report.closed_late],
        "unanswered": [_late(one, language) for one in report.unanswered],
        "patrol": _patrol(report.patrol) if report.patrol else None,
    }


def _figure(one: Figure) -> Plain:
    return {
        "figure": one.name,
        "group": one.group,
        "key": one.key,
        "count": one.hits,
        "n": one.n,
        "share": one.share,
        "not_due_yet": one.pending,
    }


def _lasted(one: Lasted) -> Plain:
    return {
        "figure": one.name,
        "group": one.group,
        "key": one.key,
        "n": one.n,
        "median": seconds(one.median),
        "p90": seconds(one.p90),
        "median_by_clock": seconds(one.median_by_clock),
        "p90_by_clock": seconds(one.p90_by_clock),
        "paused": seconds(one.paused),
    }


def _late(one: LateItem, language: Language) -> Plain:
    clock = one.clock if isinstance(one.clock, str) else one.clock.of(language.code)
    return {
        "case": one.case,
        "unit": one.unit or None,
        "clock": clock,
        "due_at": one.due_at.isoformat(),
        "lenient_due_at": one.lenient_due_at.isoformat(),
        "over_at": _iso(one.over_at),
        "days": one.days,
        "explained": one.explained,
        "named": one.named,
        "provisional": one.provisional,
    }


def _patrol(log: PatrolLog) -> Plain:
    return {
        "since": log.since.isoformat(),
        "until": log.until.isoformat(),
        "patrols": log.patrols,
        "gaps": [day.isoformat() for day in log.gaps],
        "entered_later": {day.isoformat(): entered.isoformat() for day, entered in log.entered_later},
        "sites_not_read": {site: [day.isoformat() for day in days] for site, days in log.sites.items()},
    }


def account_data(found: CaseAccount) -> Plain:
    """Return the account of a case."""
    return {
        "case": found.case.number,
        "begins": found.bounds.begins.isoformat(),
        "ends": found.bounds.ends.isoformat(),
        "elapsed": seconds(found.elapsed),
        "paused": seconds(found.paused),
        "unassigned": _lengths(found.unassigned),
        "as_lead": _lengths(found.as_lead),
        "as_co_unit": _lengths(found.as_co_unit),
        "extensions": [grant.at.isoformat() for grant in found.extensions],
        "slips": [_slip(slip) for slip in found.slips],
        "intervals": [
            {
                "begins": one.span.begins.isoformat(),
                "ends": one.span.ends.isoformat(),
                "stage": one.stage,
                "paused": one.paused,
                "leads": list(one.leads),
                "co_units": list(one.co_units),
                "shares": _lengths(shares(one)),
            }
            for one in found.intervals
        ],
    }


def _slip(slip: SlipAccount) -> Plain:
    return {
        "slip": slip.case.number,
        "unit": slip.unit,
        "lead": slip.case.lead,
        "counts": slip.counts,
        "course": slip.course,
        "due_at": _iso(slip.status.due_at if slip.status else None),
        "answered_at": _iso(slip.status.stopped_at if slip.status else None),
        "own": seconds(slip.own),
        "late_by": seconds(slip.late_by),
        "received_at": _iso(slip.received_at),
        "returns": [
            {"asked_at": one.asked_at.isoformat(), "in_time": one.in_time, "decision": one.decision}
            for one in slip.returns
        ],
        "explained": [at.isoformat() for at in slip.explained],
        "sent_back": [at.isoformat() for at in slip.sent_back],
        "urged": [at.isoformat() for at in slip.urged],
        "supervised": [at.isoformat() for at in slip.supervised],
        "unanswered": slip.unanswered,
    }


def _lengths(found: Mapping[str, timedelta]) -> Plain:
    return {name: seconds(part) for name, part in found.items()}


def seconds(span: timedelta | None) -> float | None:
    """Return a length of time in seconds."""
    return None if span is None else span.total_seconds()


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
