"""How wide a text is when it is shown, whatever font shows it: never less than it needs in the usual ones."""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("iljtfrI.,:;'|!()[] ·")
_BROAD = frozenset("mwMW@%&")
_CLOSING = frozenset("、，。；：！？）》〉”’")
"""Signs with which no line may begin."""


def width(text: str, size: float) -> float:
    """Return the width of ``text`` in letters of ``size``, both in pixels."""
    return sum(map(_em, text)) * size


def wrapped(text: str, size: float, room: float) -> tuple[str, ...]:
    """Return ``text`` in lines no wider than ``room``; Chinese breaks anywhere, other words only if too long."""
    lines = [""]
    for word in _words(text):
        if width(lines[-1] + word.rstrip(), size) <= room:
            lines[-1] += word
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if width(lines[-1] + letter, size) > room and lines[-1]:
                lines.append("")
            lines[-1] += letter
    return tuple(line.rstrip() for line in lines)


def _words(text: str) -> list[str]:
    words = [""]
    for letter in text:
        if letter in _CLOSING and len(words) > 1 and not words[-1]:
            words[-2] += letter
            continue
        words[-1] += letter
        if letter.isspace() or _is_wide(letter):
            words.append("")
    return [word for word in words if word]


def _em(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if _is_wide(letter):
        return 1
    if letter in _NARROW:
        return 0.42
    return 1 if letter in _BROAD or not letter.isascii() else 0.74 if letter.isupper() else 0.64


def _is_wide(letter: str) -> bool:
    return not letter.isascii() and unicodedata.east_asian_width(letter) in "WFA"
