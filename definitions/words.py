"""Words of the language that are small grammars of their own: periods and places on a ladder."""

from __future__ import annotations

import re

from ..workflow.messages import Message, say
from ..workflow.model import Period, Side, TimeUnit
from .near_lengths import advice, near_length

AND, THEN = " and ", " then "
"""Between lengths: the second begins where the count of the first ended, or when the first, rolled, has ended."""

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


def parse_periods(text: str) -> tuple[Period, ...]:
    """Return the periods that ``text`` names, one after another. Raises ValueError.

    >>> [str(period) for period in parse_periods("1 month and 10 days")]
    ['1 month', '10 days']
    """
    return tuple(parse_period(part) for part in text.split(AND))


def parse_unit(text: str) -> TimeUnit:
    """Return the unit that ``text`` names, singular or plural. Raises ValueError."""
    if text not in _UNITS:
        raise ValueError(text)
    return _UNITS[text]


def parse_lead(text: str) -> Period:
    """Return how long before due ``text`` means. Raises ValueError.

    >>> str(parse_lead("3 working days before due"))
    '3 working days'
    """
    offset, _, side = text.strip().partition(f" {Side.BEFORE} ")
    if side != Side.DUE:
        raise ValueError(text)
    return parse_period(offset)


def parse_rung(text: str) -> tuple[Side, Period | None]:
    """Return where on a ladder ``text`` stands: its side of due, and how far from it. Raises ValueError.

    >>> parse_rung("due")
    (<Side.DUE: 'due'>, None)
    """
    if text == Side.DUE:
        return Side.DUE, None
    if text.endswith(f" {Side.AFTER_START}"):
        return Side.AFTER_START, parse_period(text.removesuffix(f" {Side.AFTER_START}"))
    offset, _, side = text.strip().rpartition(" ")
    if side not in (Side.BEFORE, Side.AFTER):
        raise ValueError(text)
    return Side(side), parse_period(offset)


def expected_period(found: object) -> Message:
    """Return what to say about something that is no period, with the one that is probably meant."""
    units, text = [unit.value for unit in TimeUnit], str(found)
    if told := advice(text):
        return say("expected a length such as 3 days; got: {found}; {advice}", found=repr(found), advice=told)
    if near := near_length(text):
        return say(
            "expected a length such as 3 days; got: {found}; did you mean {near}? units: {units}",
            found=repr(found),
            near=near,
            units=units,
        )
    return say(
        "expected a length such as 3 days, 1 working day or 48 hours; got: {found}; units: {units}",
        found=repr(found),
        units=units,
    )


def expected_rung(found: object) -> Message:
    """Return what to say about something that is no place on a ladder."""
    return say(
        "expected due, or a place such as 1 working day before, 2 days after, or 2 days after start; got: {found}",
        found=repr(found),
    )
