"""Rendering: what a paper shows, put into its template."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...workflow.engine.prints import FORMATS, Paper, Rendered
from ...workflow.errors import CaseclockError, InvalidInput
from ...workflow.messages import say
from ...workflow.showing.paper_values import values
from .sandbox import sandbox
from .templates import Template, Templates

__all__ = ["FORMATS", "print_paper", "render"]


def print_paper(
    paper: Paper, form: str, templates: Templates, *, office: str, language: str, private: bool = False
) -> Rendered:
    """Return the rendering of an issued paper.

    Args:
        form: ``html``, ``docx`` or ``pdf``.
        office: the name of the issuing office, as it stands over the paper.
        language: ``zh`` or ``en``.
        private: with private values; masked otherwise.

    Raises `InvalidInput` for a template that prints what the paper does not show, or that is no template at all, and
    `CaseclockError` where a library for the format is not installed.
    """
    template = templates.of(paper.procedure.documents[paper.issued.name], form)
    shown, private_ones = values(paper, language, private=private)
    try:
        content = render(template, form, templates, {**shown, "office": office})
    except Unprintable as error:
        raise error.told() from error
    return Rendered(content, _whole(template, form, templates), private_ones)


def render(template: Template, form: str, templates: Templates, shown: Mapping[str, Any]) -> bytes:
    """Return the bytes that a template makes of values. Raises `Unprintable`, and otherwise as `print_paper`."""
    match form:
        case "html":
            return _html(template, templates, shown)
        case "docx":
            return _docx(template, shown)
        case "pdf":
            return _pdf(template, templates, shown)
    raise InvalidInput(say("no format {format}; formats: {valid}", format=form, valid=list(FORMATS)))


def _whole(template: Template, form: str, templates: Templates) -> bytes:
    """The template with what it may take in: the base of its kind."""
    base = {"html": "base.html", "pdf": "base.typ"}.get(form)
    found = templates.find(base) if base else None
    return template.content + (b"\0" + found.content if found else b"")


def _html(template: Template, templates: Templates, shown: Mapping[str, Any]) -> bytes:
    import jinja2

    try:
        return sandbox(templates).get_template(template.file).render(shown).encode()
    except jinja2.TemplateError as error:
        raise Unprintable(template.file, error, _line(error, template.file)) from error
    except UnicodeDecodeError as error:
        raise Unprintable(template.file, error, None) from error


def _line(error: Exception, file: str) -> int | None:
    """The line of the template at which an error came up, read off its traceback, in which jinja names templates."""
    found, step = getattr(error, "lineno", None), error.__traceback__
    while step is not None:
        if Path(step.tb_frame.f_code.co_filename).name == file:
            found = step.tb_lineno
        step = step.tb_next
    return found


class Unprintable(Exception):
    """A template prints what the paper does not show, or is no template at all: in which file and line, and why."""

    def __init__(self, file: str, error: Exception, line: int | None) -> None:
        super().__init__(file, error, line)
        self.file, self.line, self.reason = file, line, str(error)

    def told(self) -> InvalidInput:
        """Return it as whoever prints is told."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return InvalidInput(
            say("{place}: {reason}", place=place, reason=self.reason),
            hint=say("`caseclock templates` tells everything that a template prints and the paper does not show"),
        )


def _docx(template: Template, shown: Mapping[str, Any]) -> bytes:
    try:
        from docxtpl import DocxTemplate
    except ImportError as error:
        raise _missing("docx") from error
    import jinja2

    try:
        document = DocxTemplate(io.BytesIO(template.content))
        document.render(dict(shown), jinja_env=sandbox(None), autoescape=True)
    except (jinja2.TemplateError, ValueError, KeyError) as error:
        raise Unprintable(template.file, error, None) from error
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _pdf(template: Template, templates: Templates, shown: Mapping[str, Any]) -> bytes:
    try:
        import typst
    except ImportError as error:
        raise _missing("pdf") from error
    with TemporaryDirectory(prefix="caseclock-") as folder:
        for name, content in templates.files().items():
            if name.endswith((".typ", ".png", ".jpg", ".svg")):
                (Path(folder) / name).write_bytes(content)
        try:
            made = typst.compile(
                str(Path(folder) / template.file),
                root=folder,
                font_paths=[str(templates.fonts)] if templates.fonts else [],
                sys_inputs={"d": json.dumps(shown, ensure_ascii=False)},
                format="pdf",
                pdf_standards="a-2b",
            )
        except typst.TypstError as error:
            place = re.search(rf"{re.escape(template.file)}:(\d+):", str(error.diagnostic))
            raise Unprintable(template.file, error, int(place[1]) if place else None) from error
    return bytes(made or b"")


def _missing(form: str) -> CaseclockError:
    return CaseclockError(
        say("printing {format} needs further libraries", format=form),
        say("install them: pip install 'caseclock[docs]'; or print as html"),
    )
