"""Full-width punctuation and tabs where YAML wants ASCII: the usual slip of whoever types Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..workflow.messages import Message, say

ASCII = {
    "：": ":",
    "，": ",",
    "｛": "{",  # noqa: RUF001
    "｝": "}",  # noqa: RUF001
    "［": "[",  # noqa: RUF001
    "］": "]",  # noqa: RUF001
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "－": "-",  # noqa: RUF001
    "＃": "#",  # noqa: RUF001
}
"""Full-width signs, and what YAML takes in their place."""

_WIDE_SPACE, _NO_BREAK_SPACE = "\u3000", "\u00a0"
_BETWEEN_NAMES = re.compile(r"[\x21-\x7e]+[ ]*([：，])[ ]*[\x21-\x7e]+")
_KEY = re.compile(r"[A-Za-z_]\w*(：|:[\u3000\u00a0])")
_QUOTED = re.compile(r"(“)[^”]*[”\"]|(‘)[^’]*[’']")
_NEXT = re.compile(r"\s*[\"']?[A-Za-z_]\w*[\"']?\s*[:：]")
_VALUE_BEGINS = re.compile(r"[:：,，{\[]\s*$|^\s*(-\s+)?$")
_VALUE_ENDS = re.compile(r"\s*($|[,，\]}])")
_BRACKET = re.compile(r"\s*([｛［])")  # noqa: RUF001


def mistaken(text: str) -> tuple[int, Message] | None:
    """Return where in an unquoted value a full-width sign was meant as YAML, and what to say; None when all is well.

    >>> column, message = mistaken("officer，office")
    >>> column, str(message)
    (7, 'full-width ， is part of the text here; type , instead, or put the text in quotes')
    """
    if text.startswith(_WIDE_SPACE):
        return 0, say("a full-width space cannot indent in YAML; use ordinary spaces")
    if text.startswith(_NO_BREAK_SPACE):
        return 0, say("a no-break space cannot indent in YAML; use ordinary spaces")
    for pattern in (_BETWEEN_NAMES, _KEY, _QUOTED, _BRACKET):
        found = pattern.match(text) if pattern in (_KEY, _BRACKET) else pattern.fullmatch(text)
        if found:
            group = next(number for number, sign in enumerate(found.groups(), start=1) if sign)
            return found.end(group) - 1, _slip(found[group])
    return None


def _slip(sign: str) -> Message:
    if sign.endswith(_WIDE_SPACE):
        return say("a full-width space does not separate a key from its value; type an ordinary one")
    if sign.endswith(_NO_BREAK_SPACE):
        return say("a no-break space does not separate a key from its value; type an ordinary one")
    return say(
        "full-width {sign} is part of the text here; type {ascii} instead, or put the text in quotes",
        sign=sign,
        ascii=ASCII[sign],
    )


def in_lines(lines: Sequence[str], numbers: Iterable[int]) -> tuple[int, int, Message] | None:
    """Return line, column (from 0) and what to say about the first tab or full-width sign in these lines.

    Args:
        lines: of the whole file.
        numbers: from 0: where the parser stumbled; the last of them first.
    """
    for number in sorted(set(numbers), reverse=True):
        line = lines[number] if number < len(lines) else ""
        margin = line[: len(line) - len(line.lstrip())]
        if "\t" in margin:
            return number, margin.index("\t"), say("a tab cannot indent in YAML; use spaces")
        for column, sign in enumerate(line):
            if sign == _WIDE_SPACE and not line[:column].strip():
                return number, column, say("a full-width space cannot indent in YAML; use ordinary spaces")
            if sign == _WIDE_SPACE and line[:column].rstrip()[-1:] in (":", "-", ","):
                return number, column, say("a full-width space is no space in YAML; type an ordinary one")
            if sign in ASCII and _is_structure(line, column):
                message = say("full-width {sign} does not work as YAML; type {ascii}", sign=sign, ascii=ASCII[sign])
                return number, column, message
    return None


def _is_structure(line: str, column: int) -> bool:
    """Whether a full-width sign stands where YAML would have its ASCII sign, and not within a Chinese text."""
    before, sign, after = line[:column], line[column], line[column + 1 :]
    if sign == "：":
        return before[-1:].isascii()
    if sign == "，":
        return bool(_NEXT.match(after)) or (before[-1:].isascii() and after[:1].isascii())
    if sign in "“‘｛［":  # noqa: RUF001
        return bool(_VALUE_BEGINS.search(before))
    return bool(_VALUE_ENDS.match(after)) or not before.strip()
