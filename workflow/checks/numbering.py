"""Numbers: a pattern must give every case, or document, of a year its own number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

from ..errors import Problem
from ..messages import Message, say
from ..model import Procedure
from .places import Path

_NAMES = ("year", "serial")
_WIDTH = re.compile(r"(0?[0-9]d)?")


def check_numbering(procedure: Procedure) -> Iterator[Problem]:
    """Yield patterns that are no patterns, name anything but year and serial, or leave out the serial."""
    yield from _pattern(("numbering",), procedure.numbering)
    series: dict[str, str] = {}
    for document in procedure.documents.values():
        path = ("documents", document.name, "numbering")
        yield from _pattern(path, document.numbering)
        if series.setdefault(document.numbering, document.name) != document.name:
            message = say(
                "{other} has this numbering already; each document has its own", other=series[document.numbering]
            )
            yield Problem("numbering", path, message)


def _pattern(path: Path, pattern: str) -> Iterator[Problem]:
    problem = _trouble(pattern)
    if problem:
        yield Problem("numbering", path, problem)


def _plain(width: str | None) -> bool:
    return _WIDTH.fullmatch(width or "") is not None


def _trouble(pattern: str) -> Message | None:
    """Return what is wrong with a pattern; only plain names are looked up, so that nothing is reached through them."""
    try:
        parts = [part[1:] for part in Formatter().parse(pattern) if part[1] is not None]
        unknown = [name for name, width, conversion in parts if name not in _NAMES or conversion or not _plain(width)]
        if unknown:
            return say(
                "a number is made of {{year}} and {{serial}}, such as {{year}}-{{serial:04d}}; got: {names}",
                names=unknown,
            )
        if pattern.format(year=2026, serial=1) == pattern.format(year=2026, serial=2):
            return say("a number needs {{serial}}, such as {{year}}-{{serial:04d}}")
    except (ValueError, KeyError, IndexError) as error:
        return say("this is no pattern for numbers: {pattern} ({reason})", pattern=repr(pattern), reason=error)
    return None
