"""What must not stand in a text that is published: numbers, plates and addresses by which a person can be found.

Full-width characters are read as plain ones, and blanks and hyphens between digits are passed over, so that spacing a
number out does not get it past.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from .messages import Message, say

_BETWEEN = r"[\s\-\u2010-\u2015_.\u00b7\u2022]*"
_DIGITS = re.compile(rf"(?<![0-9A-Za-z])[0-9](?:{_BETWEEN}[0-9]){{9,}}(?:{_BETWEEN}[Xx](?![0-9A-Za-z]))?")
_PLATE = re.compile(
    rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]{_BETWEEN}[A-Z]{_BETWEEN}"
    rf"(?:[A-HJ-NP-Z0-9]{_BETWEEN}){{4,5}}[A-HJ-NP-Z0-9挂学警港澳]"
)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+\s*@\s*[A-Za-z0-9-]+(?:\s*\.\s*[A-Za-z]{2,})+")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Personal:
    """Something personal in a text: what it is, and the masked form in which it may be told."""

    kind: Message
    told: str


def personal(text: str) -> Iterator[Personal]:
    """Yield each mobile number, identity number, bank card, plate and mail address in a text.

    >>> [(str(found.kind), found.told) for found in personal("ring 138 0000 1234")]
    [('mobile number', '138****1234')]
    """
    plain = unicodedata.normalize("NFKC", text)
    for found in _DIGITS.finditer(plain):
        yield from _numbers(re.sub(r"[^0-9X]", "", found[0].upper()))
    for found in _PLATE.finditer(plain.upper()):
        if any(character.isdigit() for character in found[0]):
            yield Personal(say("number plate"), found[0][0] + "***")
    for found in _MAIL.finditer(plain):
        yield Personal(say("mail address"), found[0][0] + "***@***")


def _numbers(run: str) -> Iterator[Personal]:
    """Yield what a run of digits holds, the longest kind first; what belongs to one is no other."""
    at = 0
    while at < len(run):
        found, length = _at(run[at:])
        if found:
            yield found
        at += length


def _at(run: str) -> tuple[Personal | None, int]:
    if _is_identity(run[:18]):
        return Personal(say("identity number"), run[:2] + "*" * 13 + run[15:18]), 18
    for length in range(19, 15, -1):
        if _is_card(run[:length], length):
            return Personal(say("bank card number"), "****" + run[length - 4 : length]), length
    if re.match(r"1[3-9]\d{9}", run):
        return Personal(say("mobile number"), f"{run[:3]}****{run[7:11]}"), 11
    return None, 1


def _is_identity(number: str) -> bool:
    """Whether the last place is the check digit of GB 11643, and the date of birth is possible."""
    if not re.fullmatch(r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17] == "10X98765432"[total % 11]


def _is_card(number: str, length: int) -> bool:
    """Whether it is as long as a bank card's number, begins like one, and has the check digit of ISO/IEC 7812."""
    if len(number) != length or not re.fullmatch(r"[3-6]\d+", number):
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
