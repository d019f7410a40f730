"""What became of the cases of an export, as it is shown."""

from __future__ import annotations

from typing import Any

from ..engine.transfer import LoadReport
from ..messages import Language, say
from .pages import Line, Page


def loaded_data(report: LoadReport, language: Language) -> dict[str, Any]:
    """Return what was loaded as plain values."""
    return {
        "loaded": list(report.loaded),
        "present": list(report.present),
        "failed": {case: why.text(language) for case, why in report.failed.items()},
        "definitions": report.definitions,
        "heads": report.heads,
    }


def loaded(report: LoadReport, *, dry_run: bool) -> Page:
    """Return what was loaded as a page."""
    for case, why in report.failed.items():
        yield Line(say("{case}: {why}", case=case, why=why), "alarm")
    counts = say(
        "{loaded} case(s) loaded, {present} here already, {failed} not loaded; {definitions} definition(s) and {heads} "
        "head(s)",
        loaded=len(report.loaded),
        present=len(report.present),
        failed=len(report.failed),
        definitions=report.definitions,
        heads=report.heads,
    )
    yield Line(say("dry run, nothing was changed: {counts}", counts=counts) if dry_run else counts, "strong")
