"""Slips of one character, and signs of the wrong width, anywhere in the text of a definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from .anatomy import Anatomy, Mutant

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_WIDE = {
    ":": "：",
    ",": "，",
    '"': "「",
    "0": "０",
    "1": "１",
    "{": "｛",
    "[": "［",
    "-": "－",
    " ": "\u3000",
    "(": "（",
}


def slips(whole: Anatomy, random: Random, each: int) -> Iterator[Mutant]:
    """Yield ``each`` mistakes of every kind of slip, at places drawn from the lines that are no comments."""
    places = [
        position for begin, end, _ in whole.lines() for position in range(begin, end) if whole.text[position] != "\n"
    ]
    for kind, fits, change in _SLIPS:
        fitting = [place for place in places if fits(whole.text[place])]
        for place in random.sample(fitting, min(each, len(fitting))):
            length, put = change(whole.text, place)
            if whole.text[place : place + length] != put:
                yield whole.mutant(kind, place, place + length, put)


def _neighbour(sign: str) -> str:
    row = next(row for row in _ROWS if sign.lower() in row)
    return row[(row.index(sign.lower()) + 1) % len(row)]


def _swapped(text: str, place: int) -> tuple[int, str]:
    return 2, text[place : place + 2][::-1] if "\n" not in text[place : place + 2] else text[place : place + 2]


_SLIPS: tuple[tuple[str, Callable[[str], bool], Callable[[str, int], tuple[int, str]]], ...] = (
    ("a character lost", lambda sign: True, lambda text, place: (1, "")),
    ("a character twice", lambda sign: True, lambda text, place: (1, text[place] * 2)),
    ("two characters swapped", lambda sign: True, _swapped),
    (
        "the key beside",
        lambda sign: any(sign.lower() in row for row in _ROWS),
        lambda text, place: (1, _neighbour(text[place])),
    ),
    ("a full-width sign", lambda sign: sign in _WIDE, lambda text, place: (1, _WIDE[text[place]])),
    ("a quote lost", lambda sign: sign in "\"'", lambda text, place: (1, "")),
    ("a bracket lost", lambda sign: sign in "{}[]", lambda text, place: (1, "")),
    ("a colon or comma lost", lambda sign: sign in ":,", lambda text, place: (1, "")),
    ("a tab for a space", lambda sign: sign == " ", lambda text, place: (1, "\t")),
    ("a no-break space", lambda sign: sign == " ", lambda text, place: (1, "\u00a0")),
)
