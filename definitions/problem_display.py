"""A problem for the eye: the sentence, the line of the file, and a caret under the place."""

from __future__ import annotations

import unicodedata

from ..workflow.errors import Problem
from ..workflow.messages import ENGLISH, Language, say

_SHOWN, _BEFORE = 110, 70
"""How much of a long line is shown, and how much of it before the caret; in characters."""

_NO_WIDTH = ("Mn", "Me", "Cf")
"""Categories of characters that take no column: combining marks, and invisible ones."""


def display(problem: Problem, language: Language = ENGLISH) -> list[str]:
    """Return the lines that show a problem, its hint last; carets stand right under wide characters too.

    >>> from ..workflow.messages import say
    >>> found = Problem("unknown-state", (), say("no state x"), file="p.yaml", line=3, column=5, source="受理: x")
    >>> print("\\n".join(display(found)))
    p.yaml:3:5: no state x [unknown-state]
      受理: x
            ^
    """
    text = problem.text(language)
    hint = [say("  hint: {hint}", hint=problem.hint).text(language)] if problem.hint else []
    if not problem.source.strip():
        return [text, *hint]
    first = max(0, problem.column - 1 - _BEFORE)
    shown = problem.source.replace("\t", " ")[first : first + _SHOWN]
    before = shown[: problem.column - 1 - first]
    return [text, f"  {shown}", " " * (2 + width(before)) + "^" * _long(problem, shown[len(before) :]), *hint]


def _long(problem: Problem, rest: str) -> int:
    """How many columns of the shown rest of the line are meant: what ends on this line, else where it begins."""
    if problem.offset or problem.end_line != problem.line:
        return 1
    return max(1, width(rest[: problem.end_column - problem.column]))


def width(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes: two for wide characters, none for combining ones.

    >>> width("受理 a")
    6
    """
    return sum(
        0 if unicodedata.category(char) in _NO_WIDTH else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
