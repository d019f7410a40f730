"""Heads, verifications and rebuilds as they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..chain import Head
from ..engine.rebuilding import Difference, RebuildReport
from ..engine.verification import Finding, VerifyReport
from ..messages import Language, Message, render, say
from .pages import Line, Page, show_instant


def head_data(head: Head) -> dict[str, Any]:
    """Return a head as plain values; its ``line`` is what `caseclock verify --head` looks for."""
    return {
        "office": head.office,
        "number": head.number,
        "closed_at": head.closed_at.isoformat(),
        "previous": head.previous,
        "root": head.root,
        "ends": head.ends,
        "digest": head.digest,
        "line": head.line,
    }


def head(one: Head, zone: str) -> Page:
    """Return a head as a page to be printed or mailed."""
    yield Line(one.line, "strong")
    yield Line(say("head {number} of {office}, closed {at}", number=one.number, office=one.office, at=_at(one, zone)))
    yield Line(
        say("it covers {ends} chain(s) that had grown, and through the head before it all others", ends=one.ends)
    )
    yield Line(say("keep it outside: publish, mail or print it; check with `caseclock verify --head FILE`"))


def _at(one: Head, zone: str) -> object:
    return show_instant(one.closed_at, zone)


def verified_data(report: VerifyReport, language: Language) -> dict[str, Any]:
    """Return what a verification found as plain values."""
    return {
        "cases": report.cases,
        "events": report.events,
        "heads": report.heads,
        "last_head": head_data(report.last_head) if report.last_head else None,
        "findings": [_finding(finding, language) for finding in report.findings],
    }


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "case": finding.case or None,
        "seq": finding.seq or None,
        "message": finding.message.text(language),
    }


def verified(report: VerifyReport) -> Page:
    """Return what a verification found as a page."""
    yield from (Line(say("{message} [{kind}]", message=one.message, kind=one.kind), "alarm") for one in report.findings)
    counts = say(
        "{cases} case(s) with {events} event(s) and {heads} head(s) verified",
        cases=report.cases,
        events=report.events,
        heads=report.heads,
    )
    outcome = say("{count} finding(s)", count=len(report.findings)) if report.findings else say("everything holds")
    yield Line(say("{counts}: {outcome}", counts=counts, outcome=outcome), "strong")


def rebuilt_data(report: RebuildReport, language: Language) -> dict[str, Any]:
    """Return what a rebuild found as plain values."""
    return {
        "cases": report.cases,
        "differences": [_difference(one, language) for one in report.differences],
        "failed": {case: why.text(language) for case, why in report.failed.items()},
    }


def _difference(one: Difference, language: Language) -> dict[str, Any]:
    return {"case": one.case or None, "what": str(render(one.what, language)), "message": one.message.text(language)}


def rebuilt(report: RebuildReport, *, check: bool) -> Page:
    """Return what a rebuild found, and did unless it only checked, as a page."""
    yield from (Line(one.message, "note") for one in report.differences)
    yield from _failed(report.failed.items())
    count = len(report.differences)
    told = say("{count} difference(s)", count=count) if check else say("{count} difference(s) repaired", count=count)
    yield Line(say("{cases} case(s): {told}", cases=report.cases, told=told), "strong")


def _failed(failed: Iterable[tuple[str, Message]]) -> Iterator[Line]:
    for case, why in failed:
        yield Line(say("{case}: {why}", case=case, why=why), "alarm")
