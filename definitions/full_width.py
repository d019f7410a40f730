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

_WIDE_SPACE = "\u3000"
_BETWEEN_NAMES = re.compile(r"[\x21-\x7e]+[ ]*([：，])[ ]*[\x21-\x7e]+")
_KEY = re.compile(r"[A-Za-z_]\w*(：|:\u3000)")
_QUOTED = re.compile(r"(“)[^”]*”|(‘)[^’]*’")
_BRACKET = re.compile(r"\s*([｛［])")  # noqa: RUF001


def mistaken(text: str) -> Message | None:
    """Return what to say about an unquoted value whose full-width sign was meant as YAML; None when all is well.

    >>> str(mistaken("officer，office"))
    'full-width ， is part of the text here; type , instead, or put the text in quotes'
    """
    if text.startswith(_WIDE_SPACE):
        return say("a full-width space cannot indent in YAML; use ordinary spaces")
    for pattern in (_BETWEEN_NAMES, _KEY, _QUOTED, _BRACKET):
        found = pattern.match(text) if pattern in (_KEY, _BRACKET) else pattern.fullmatch(text)
        if found:
            sign = next(group for group in found.groups() if group)
            if sign.endswith(_WIDE_SPACE):
                return say("a full-width space does not separate a key from its value; type an ordinary one")
            return say(
                "full-width {sign} is part of the text here; type {ascii} instead, or put the text in quotes",
                sign=sign,
                ascii=ASCII[sign],
            )
    return None


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
            if sign in ASCII and sign != _WIDE_SPACE:
                message = say("full-width {sign} does not work as YAML; type {ascii}", sign=sign, ascii=ASCII[sign])
                return number, column, message
    return None
