"""Words of the language that are small grammars of their own: periods and places on a ladder."""

from __future__ import annotations

import re

from ..workflow.messages import Message, say
from ..workflow.model import Period, Side, TimeUnit

_PERIOD = re.compile(r"([0-9]{1,5}) ([a-z ]+?)")
_UNITS = {unit.value: unit for unit in TimeUnit} | {f"{unit.value}s": unit for unit in TimeUnit}


def parse_period(text: str) -> Period:
    """Return the period that ``text`` names. Raises ValueError.

    >>> parse_period("8 working hours")
    Period(amount=8, unit=<TimeUnit.WORKING_HOUR: 'working hour'>)
    """
    found = _PERIOD.fullmatch(text.strip())
    if found is None or found[2] not in _UNITS or int(found[1]) < 1:
        raise ValueError(text)
    return Period(int(found[1]), _UNITS[found[2]])


def parse_rung(text: str) -> tuple[Side, Period | None]:
    """Return where on a ladder ``text`` stands: its side of due, and how far from it. Raises ValueError.

    >>> parse_rung("due")
    (<Side.DUE: 'due'>, None)
    """
    if text == Side.DUE:
        return Side.DUE, None
    offset, _, side = text.strip().rpartition(" ")
    if side not in (Side.BEFORE, Side.AFTER):
        raise ValueError(text)
    return Side(side), parse_period(offset)


def expected_period(found: object) -> Message:
    """Return what to say about something that is no period."""
    return say(
        "expected a length such as 3 days, 1 working day or 48 hours; got: {found}; units: {units}",
        found=repr(found),
        units=[unit.value for unit in TimeUnit],
    )


def expected_rung(found: object) -> Message:
    """Return what to say about something that is no place on a ladder."""
    return say(
        "expected due, or a length before or after it such as 1 working day before; got: {found}", found=repr(found)
    )
