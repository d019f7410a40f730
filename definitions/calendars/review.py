"""A review of calendar files: what is wrong in them, and what is valid and yet worth a look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ...workflow.errors import Problem
from ...workflow.messages import say
from ...workflow.ports import Compiled
from .. import YamlReader
from ..office_reader import check_files, read_text


@dataclass(frozen=True, slots=True)
class CalendarReview:
    """What a review found.

    Args:
        valid: the compiled calendars by file.
        problems: what makes a file invalid.
        findings: what a valid calendar lacks or says in vain.
    """

    valid: dict[str, Compiled]
    problems: tuple[Problem, ...]
    findings: tuple[Problem, ...]


def review_calendars(paths: Iterable[Path]) -> CalendarReview:
    """Return the review of calendar files; a file that is no calendar is a problem. Raises `NotFound`."""
    compiled, problems = check_files(paths)
    others = [_not_a_calendar(file, it) for file, it in compiled.items() if it.kind != "calendar"]
    valid = {file: it for file, it in compiled.items() if it.kind == "calendar"}
    findings = (finding for file in valid for finding in YamlReader().findings(read_text(Path(file)), file=file))
    return CalendarReview(valid, (*problems, *others), tuple(findings))


def _not_a_calendar(file: str, compiled: Compiled) -> Problem:
    message = say("expected a calendar; this is a {kind}", kind=compiled.kind)
    source = read_text(Path(file)).splitlines()[0]
    return replace(Problem("unknown-kind", (), message), file=file, line=1, column=1, source=source)
