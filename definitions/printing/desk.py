"""The desk where papers are printed: finds the first print or makes it, writes files, lists and checks templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...workflow.engine import Engine
from ...workflow.engine.prints import Paper
from ...workflow.errors import InvalidInput, NotFound
from ...workflow.messages import Language, say
from ...workflow.ports import Print
from ...workflow.roster import Actor
from ...workflow.showing.pages import Grid, Line
from .rendering import print_paper
from .template_check import TemplateProblem, check_templates
from .templates import Templates

_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')
"""What cannot stand in the name of a file on every system."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A print of a paper; ``file`` is where it was written, ``again`` that it had been printed before."""

    document: str
    kept: Print
    again: bool
    file: Path | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "document": self.document,
            "number": self.kept.number,
            "format": self.kept.format,
            "sha256": self.kept.sha256,
            "template": self.kept.template,
            "printed_at": self.kept.printed_at.isoformat(),
            "again": self.again,
            "file": str(self.file) if self.file else None,
        }


@dataclass(frozen=True, slots=True)
class Desk:
    """Prints the papers of one office.

    Args:
        folder: the office's own templates; it need not be there.
        office: the name that stands over its papers.
    """

    engine: Engine
    folder: Path
    office: str

    @property
    def _templates(self) -> Templates:
        return Templates(self.folder)

    def print(
        self, case: str, which: str | None, form: str, *, by: Actor | str, language: str, private: bool = False
    ) -> tuple[Printed, ...]:
        """Return the prints of a case's papers in a format, each made now unless it was made before.

        Args:
            which: a document of the procedure, or the number of one paper; all papers when left out.
            private: with private values; masked otherwise.

        Raises `NotFound` where there is no such paper, and what `print_paper` and `Engine.keep_print` raise.
        """
        papers = self.engine.papers(case, which)
        return tuple(self._print(paper, form, by, language, private=private) for paper in papers)

    def _print(self, paper: Paper, form: str, by: Actor | str, language: str, *, private: bool) -> Printed:
        known = paper.printed(form, private=private)
        if known:
            return Printed(paper.issued.name, known, again=True)
        rendered = print_paper(paper, form, self._templates, office=self.office, language=language, private=private)
        return Printed(paper.issued.name, self.engine.keep_print(paper, form, rendered, by=by), again=False)

    def write(self, prints: Sequence[Printed], output: Path | None) -> tuple[Printed, ...]:
        """Write prints as files and return them with their places.

        Args:
            output: a file for one print, a folder for several; the present folder when left out.
        """
        if output is not None and not output.is_dir() and len(prints) == 1:
            output.parent.mkdir(parents=True, exist_ok=True)
            return (self._written(prints[0], output),)
        folder = output or Path()
        if folder.is_file():
            raise InvalidInput(
                say("{file} is a file, and there are {count} papers", file=str(folder), count=len(prints)),
                hint=say("name a folder"),
            )
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(self._written(one, folder / _file_name(one)) for one in prints)

    def _written(self, one: Printed, file: Path) -> Printed:
        file.write_bytes(one.kept.content or b"")
        return Printed(one.document, one.kept, one.again, file)

    def line(self, one: Printed) -> Line:
        """Return what to say of a print."""
        message = (
            say("{number}: as it was first printed: {file}", number=one.kept.number, file=str(one.file))
            if one.again
            else say("{number}: printed: {file}", number=one.kept.number, file=str(one.file))
        )
        return Line(message)

    def templates(self, procedure: str) -> tuple[list[dict[str, Any]], tuple[TemplateProblem, ...]]:
        """Return the files of templates, each with whether it is the office's own, and every problem of them."""
        own = set(self._templates.own())
        listed = [{"file": name, "own": name in own} for name in sorted(self._templates.files())]
        deployed = self.engine.procedure(procedure)
        return listed, check_templates(deployed, self.engine.zone(procedure), self._templates)

    def copy(self, file: str) -> Path:
        """Copy a shipped template into the office's folder, to be edited there; what is there already stays.

        Raises `NotFound` for a name that is not shipped, and `InvalidInput` for one that the office has already.
        """
        shipped = Templates().files()
        if file not in shipped:
            raise NotFound(say("no template {file}", file=file), say("shipped: {names}", names=sorted(shipped)))
        target = self.folder / file
        if target.exists():
            raise InvalidInput(say("{file} is there already", file=str(target)))
        self.folder.mkdir(exist_ok=True)
        target.write_bytes(shipped[file])
        return target

    def plain_problem(self, one: TemplateProblem, language: Language) -> dict[str, Any]:
        """Return a problem of a template as plain JSON."""
        return {
            "file": one.file,
            "line": one.line,
            "document": one.document,
            "message": one.message.text(language),
        }

    def page(self, listed: Sequence[dict[str, Any]], problems: Sequence[TemplateProblem]) -> Iterator[Line | Grid]:
        """Yield the list of templates, and the problems below it."""
        rows = tuple((one["file"], say("the office's own") if one["own"] else say("shipped")) for one in listed)
        yield Grid((say("file"), say("from")), rows)
        for one in problems:
            place = f"{one.file}:{one.line}" if one.line else one.file
            yield Line(say("{place}: {reason}", place=place, reason=one.message), "alarm")


def _file_name(one: Printed) -> str:
    return f"{_UNFIT.sub('_', one.kept.number)}-{one.document}.{one.kept.format}"
