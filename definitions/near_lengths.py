"""What people write where a length is wanted, and the length that they probably mean."""

from __future__ import annotations

import re
from difflib import get_close_matches

from ..workflow.messages import Message, say
from ..workflow.model import TimeUnit

_UNITS = [f"{unit.value}s" for unit in TimeUnit]
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MEANT: dict[str, tuple[int, TimeUnit]] = {
    **dict.fromkeys(("min", "mins", "分钟"), (1, TimeUnit.MINUTE)),
    **dict.fromkeys(("h", "hr", "hrs", "小时"), (1, TimeUnit.HOUR)),
    **dict.fromkeys(("business hours", "office hours", "工作小时"), (1, TimeUnit.WORKING_HOUR)),
    **dict.fromkeys(("d", "calendar days", "日", "天"), (1, TimeUnit.DAY)),
    **dict.fromkeys(("business days", "workdays", "work days", "wd", "工作日"), (1, TimeUnit.WORKING_DAY)),
    **dict.fromkeys(("w", "wk", "wks", "周"), (1, TimeUnit.WEEK)),
    **dict.fromkeys(("fortnights",), (2, TimeUnit.WEEK)),
    **dict.fromkeys(("mo", "mos", "calendar months", "月"), (1, TimeUnit.MONTH)),
    **dict.fromkeys(("quarters",), (3, TimeUnit.MONTH)),
    **dict.fromkeys(("half years",), (6, TimeUnit.MONTH)),
    **dict.fromkeys(("y", "yr", "yrs", "calendar years", "年"), (1, TimeUnit.YEAR)),
}
_LENGTH = re.compile(r"(?:(\d+)|([a-z]+)(?= ))? ?个?([^\W\d].*)")
_LESS = re.compile(r"(.+?) (?:less|minus) (?:1|a|one) day")


def near_length(text: str) -> str | None:
    """Return the length, or the lengths one after another, that ``text`` probably means; None where none is near.

    >>> [near_length(text) for text in ("1h", "a month", "10 business days", "2 weks", "1 quarter", "soon")]
    ['1 hour', '1 month', '10 working days', '2 weeks', '3 months', None]
    """
    words = re.split(" (and|then) ", " ".join(text.lower().split()))
    found = [_one(part) if number % 2 == 0 else part for number, part in enumerate(words)]
    return " ".join(part for part in found if part) if all(found) else None


def advice(text: str) -> Message | None:
    """Return how to say what no length can say: the same day, or a day less; None for anything else."""
    found = _LENGTH.fullmatch(text.strip())
    if found and found[1] and int(found[1]) == 0:
        return say("for the same day write 1 working day with counting: first_day: included")
    if (less := _LESS.fullmatch(text.strip())) and (period := near_length(less[1])):
        return say("for a day less write {period} with counting: first_day: included", period=period)
    return None


def _one(text: str) -> str | None:
    found = _LENGTH.fullmatch(text)
    number = _number(found[1], found[2]) if found else 0
    meant = _unit(found[3]) if found else None
    if not number or meant is None:
        return None
    amount = number * meant[0]
    return f"{amount} {meant[1].value}{'s' if amount > 1 else ''}"


def _number(digits: str | None, word: str | None) -> int:
    if digits:
        return int(digits)
    return _NUMBERS.index(word) if word in _NUMBERS else 1 if word in ("a", "an") else 0


def _unit(word: str) -> tuple[int, TimeUnit] | None:
    """The unit that a word means, and how many of it."""
    word = word.replace("-", " ")
    for form in (word, f"{word}s"):
        if form in _MEANT:
            return _MEANT[form]
    near = get_close_matches(word, [*_UNITS, *(unit.value for unit in TimeUnit)], 1, cutoff=0.75)
    return (1, TimeUnit(near[0].removesuffix("s"))) if near else None
