"""Templates: those of the office's own folder, and for everything that it does not have, those that are shipped."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ...workflow.errors import NotFound
from ...workflow.messages import say
from ...workflow.model import Document

ENDINGS = {"html": "html", "docx": "docx", "pdf": "typ"}
"""With what a template's file ends, by the format that it makes."""

GENERAL = "paper"
"""The template of every document that has none of its own: it prints all that the document shows."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template's file: its name and its bytes."""

    file: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Templates:
    """Where templates are looked for.

    Args:
        folder: the office's own, which comes first; it need not be there.
    """

    folder: Path | None = None

    def of(self, document: Document, form: str) -> Template:
        """Return the template of a document in a format. Raises `NotFound` for one that the definition names only.

        A document that declares nothing to be shown is printed by the general template, unless it names one: those
        that an older caseclock issued bear names of shipped templates, and hold nothing of what these print.
        """
        ending = ENDINGS[form]
        if not document.template and not document.declares and (found := self.find(f"{GENERAL}.{ending}")) is not None:
            return found
        for name in (document.template or document.name, GENERAL):
            if (found := self.find(f"{name}.{ending}")) is not None:
                return found
            if document.template:
                break
        raise NotFound(
            say("no template {file}", file=f"{document.template}.{ending}"),
            say("write it in the folder templates/ of the office; `caseclock templates` lists those that are there"),
        )

    def find(self, file: str) -> Template | None:
        """Return the template in this file, the office's own first; None when there is none."""
        content = self.files().get(file)
        return None if content is None else Template(file, content)

    def own(self) -> tuple[str, ...]:
        """Return the names of the files in the office's folder."""
        if self.folder is None or not self.folder.is_dir():
            return ()
        return tuple(sorted(path.name for path in self.folder.iterdir() if path.is_file()))

    def files(self) -> dict[str, bytes]:
        """Return every template by the name of its file: what is shipped, and over it the office's own."""
        folder = resources.files("caseclock.definitions").joinpath("templates")
        found = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}
        for name in self.own():
            if self.folder is not None:
                found[name] = (self.folder / name).read_bytes()
        return found

    @property
    def fonts(self) -> Path | None:
        """The folder with the office's own fonts, where there is one."""
        found = self.folder / "fonts" if self.folder else None
        return found if found and found.is_dir() else None
