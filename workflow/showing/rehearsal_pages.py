"""What rehearsals found, as pages for people and as plain data for JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from ..errors import Problem
from ..messages import Language, say
from ..model import Procedure
from ..rehearsal.coverage import Coverage, Part, spoken
from ..rehearsal.rehearsing import Finding, Rehearsed, together
from . import pages, plain
from .pages import Grid, Line, Page

Plain = dict[str, Any]


def page(found: Sequence[Rehearsed], show: Callable[[Problem], Iterable[str]], *, coverage: bool) -> Page:
    """Return everything that is not as expected, file by file, and then what was not reached.

    Args:
        show: gives the lines that show a problem at its place.
    """
    for one in found:
        for scene, findings in groupby(one.findings, key=lambda finding: finding.scene):
            yield Line(scene.title, "strong")
            for finding in findings:
                yield from _finding(finding, show)
            yield Line("")
    for one in found:
        yield _summary(one)
    if coverage:
        yield from _coverage(found)


def _finding(finding: Finding, show: Callable[[Problem], Iterable[str]]) -> Page:
    for line in show(finding.problem):
        yield Line(line, "alarm")
    for note in finding.mismatch.notes:
        yield Line(say("  {note}", note=note))
    if finding.mismatch.status:
        yield from pages.why(finding.mismatch.status)


def _summary(one: Rehearsed) -> Line:
    told = say(
        "{file}: {good} of {all} as expected", file=one.rehearsal.file, good=one.good, all=len(one.rehearsal.scenes)
    )
    return Line(told, "alarm" if one.findings else "strong")


def _coverage(found: Sequence[Rehearsed]) -> Page:
    """Return what each file reached; and where several test one procedure, what they reached together."""
    joined = together(found)
    files = [(one.rehearsal.file, one.rehearsal.procedure, one.coverage) for one in found]
    several = len(joined) < len(files)
    rows = [*files, *((say("together"), procedure, coverage) for procedure, coverage in joined.values())]
    headings = (say("File"), say("Procedure"), say("States"), say("Actions"), say("Clocks"))
    yield Grid(
        headings,
        tuple(
            (file, procedure.id, *(_share(coverage, part) for part in Part))
            for file, procedure, coverage in (rows if several else files)
        ),
    )
    for procedure, coverage in joined.values():
        yield from _missing(procedure, coverage)


def _share(coverage: Coverage, part: Part) -> object:
    there, missing = len(coverage.of(part)), len(coverage.missing(part))
    return say("{reached} of {all} ({percent}%)", reached=there - missing, all=there, percent=coverage.percent(part))


def _missing(procedure: Procedure, coverage: Coverage) -> Iterator[Line]:
    names = {Part.STATES: say("States"), Part.ACTIONS: say("Actions"), Part.CLOCKS: say("Clocks")}
    for part, name in names.items():
        missing = coverage.missing(part)
        if missing:
            yield Line(say("not reached in {procedure}: {part}", procedure=procedure.id, part=name), "note")
        for feature in missing:
            yield Line(say("  {feature}", feature=spoken(feature, procedure)))


def data(found: Sequence[Rehearsed], problems: Iterable[Problem], language: Language) -> Plain:
    """Return all of it as plain data."""
    return {
        "files": [_file(one, language) for one in found],
        "procedures": [
            {"procedure": procedure.id, "coverage": _shares(procedure, coverage, language)}
            for procedure, coverage in together(found).values()
        ],
        "problems": [plain.problem(problem, language) for problem in problems],
    }


def _file(one: Rehearsed, language: Language) -> Plain:
    return {
        "file": one.rehearsal.file,
        "procedure": one.rehearsal.procedure.id,
        "scenes": len(one.rehearsal.scenes),
        "as_expected": one.good,
        "mismatches": [_mismatch(finding, language) for finding in one.findings],
        "coverage": _shares(one.rehearsal.procedure, one.coverage, language),
    }


def _mismatch(finding: Finding, language: Language) -> Plain:
    status = finding.mismatch.status
    return {
        "title": finding.scene.title.of(language.code),
        **plain.problem(finding.problem, language),
        "notes": [note.text(language) for note in finding.mismatch.notes],
        "why": plain.explained(status, language) if status else None,
    }


def _shares(procedure: Procedure, coverage: Coverage, language: Language) -> Plain:
    return {
        part.value: {
            "reached": len(coverage.of(part)) - len(coverage.missing(part)),
            "of": len(coverage.of(part)),
            "percent": coverage.percent(part),
            "missing": [spoken(feature, procedure).text(language) for feature in coverage.missing(part)],
        }
        for part in Part
    }
