"""Masking: what of a private value may be shown to whoever reads a case, by the kind of value that it is.

The masks for numbers and addresses are those that a notice on government web sites sets: a phone number as
``138****1234``, an identity number as ``35*************123``, an address down to the town or street. Of a name the
surname stays. A value that does not look like its kind shows nothing at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from typing import Any

from .messages import Message
from .model import Field, Mask

HIDDEN = "***"
"""What stands for a private value of which nothing may be shown."""

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015_.()]+")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1\d{10})")
_IDENTITY = re.compile(r"\d{17}[\dX]|\d{15}")
_HAN = r"[㐀-鿿]"
_TOWN = re.compile(rf"{_HAN}{{1,30}}?(?:街道|镇|乡|苏木)")
_COUNTY = re.compile(rf"{_HAN}{{1,20}}?(?:县|旗|(?<![小社园])区)")
_PROVINCE = re.compile(rf"{_HAN}{{1,20}}?(?:市|州|省)")
_HAN_NAME = re.compile(rf"{_HAN}[{_HAN[1:-1]}·]+")
_LONG_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛夏侯皇甫尉迟公孙慕容令狐宇文长孙司徒东方南宫西门端木轩辕独孤申屠"
        "淳于单于太史呼延闻人澹台公冶万俟濮阳",
    )
)


def masked(value: Any, mask: Mask) -> Any:
    """Return what may be shown of a private value; of a list, of each of its items.

    >>> masked("138 0000 1234", Mask.PHONE)
    '138****1234'
    >>> masked("张三丰", Mask.NAME)
    '张*'
    """
    if isinstance(value, list) and mask is not Mask.WHOLE:
        return [masked(item, mask) for item in value]
    return _MASKS[mask](value) if isinstance(value, str) else HIDDEN


def shown(
    data: Mapping[str, Any], fields: Mapping[str, Field], *, unmasked: Container[str] = (), sealed: Container[str] = ()
) -> dict[str, Any]:
    """Return the values of a case or an event as they may be shown, private ones masked.

    Args:
        fields: the fields as their lifecycle declares them.
        unmasked: the names of private fields whose originals are shown all the same.
        sealed: the names of values that were recorded as private; masked whatever ``fields`` says.
    """
    return {
        name: value if name in unmasked else _shown(name, value, fields.get(name), sealed)
        for name, value in data.items()
    }


def without_values(problem: Message) -> Message:
    """Return what is wrong with an input without the value that was given for it."""
    given = {name: HIDDEN for name in ("value", "text", "items") if name in problem.values}
    return Message(problem.template, {**problem.values, **given})


def _shown(name: str, value: Any, field: Field | None, sealed: Container[str]) -> Any:
    if field is not None and field.private:
        return masked(value, field.mask)
    return HIDDEN if name in sealed else value


def _plain(text: str) -> str:
    """The text with full-width characters made plain, without separators."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))


def _whole(_: str) -> str:
    return HIDDEN


def _phone(text: str) -> str:
    found = _MOBILE.fullmatch(_plain(text))
    return f"{found[1][:3]}****{found[1][-4:]}" if found else HIDDEN


def _identity(text: str) -> str:
    number = _plain(text).upper()
    return number[:2] + "*" * (len(number) - 5) + number[-3:] if _IDENTITY.fullmatch(number) else HIDDEN


def _name(text: str) -> str:
    name = text.strip()
    if not _HAN_NAME.fullmatch(name):
        return HIDDEN
    surname = name[:2] if len(name) > 2 and name[:2] in _LONG_SURNAMES else name[:1]
    return f"{surname}*"


def _address(text: str) -> str:
    plain = _plain(text)
    found = _TOWN.match(plain) or _COUNTY.match(plain) or _PROVINCE.match(plain)
    return found[0] + HIDDEN if found else HIDDEN


_MASKS = {
    Mask.WHOLE: _whole,
    Mask.PHONE: _phone,
    Mask.IDENTITY: _identity,
    Mask.NAME: _name,
    Mask.ADDRESS: _address,
}
