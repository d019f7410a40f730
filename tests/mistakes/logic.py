"""Faults of meaning: what is well-formed, and says something else than the rule does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from .anatomy import Anatomy, Mutant, Part

_LENGTH = re.compile(r"(\d+) (working day|day|week|month|year|hour|working hour)(s?)")
_FLIPS = {
    "first_day": ("excluded", "included"),
    "last_day": ("excluded", "included"),
    "roll": ("next_working_day", "none", "previous_working_day"),
    "ends": ('"24:00"', "close", "same_time"),
    "effect": ("statutory", "service", "none"),
    "final": ("true", "false"),
    "required": ("true", "false"),
    "private": ("true", "false"),
    "can_lead": ("true", "false"),
}
_DROPPED = {
    "required", "private", "guard", "separation", "stops", "when", "optional", "within", "pauses", "ladder", "opens",
    "extension", "issues", "tells", "basis", "runs_on", "set_by", "counting", "final", "to", "fires", "when_all",
    "when_lead", "when_case_ends", "official_through", "unit", "can_lead", "roles", "lenient", "strict", "archive",
    "office_hours", "days", "rest_days", "delivered_to", "lead", "retention", "expires", "receipt",
}  # fmt: skip


def faults(whole: Anatomy, random: Random, each: int) -> Iterator[Mutant]:
    """Yield at most ``each`` faults of every kind that the definition has room for."""
    found: dict[str, list[Mutant]] = {}
    for mutant in _faults(whole, random):
        found.setdefault(mutant.kind, []).append(mutant)
    for mutants in found.values():
        yield from random.sample(mutants, min(each, len(mutants)))


def _faults(whole: Anatomy, random: Random) -> Iterator[Mutant]:
    words = _words_by_key(whole)
    for part in whole.scalars():
        key = str(part.path[-1]) if isinstance(part.path[-1:][0] if part.path else 0, str) else _owner(part)
        text = whole.text[part.begin : part.end]
        for length in _LENGTH.finditer(text) if key not in ("zh", "en", "title") else ():
            begin = part.begin + length.start()
            number, unit = int(length[1]), length[2]
            put = f"{number + 1} {unit}s"
            yield whole.mutant("another number of a length", begin, part.begin + length.end(), put)
            other = {"day": "working day", "working day": "day", "month": "week", "hour": "day"}.get(unit, "month")
            put = f"{number} {other}{'s' if number > 1 else ''}"
            yield whole.mutant("another unit of a length", begin, part.begin + length.end(), put)
        if part.on_key:
            continue
        for other in _FLIPS.get(key, ()):
            if other != text:
                yield whole.mutant("a word of counting or of rights flipped", part.begin, part.end, other)
        if key in (
            "to",
            "by",
            "stage",
            "stops",
            "do",
            "issues",
            "for_each",
            "starts",
            "in",
            "roles",
            "unit",
            "granted",
        ):
            others = [word for word in words.get(key, ()) if word != text]
            if others:
                yield whole.mutant("another valid name", part.begin, part.end, random.choice(others))
        if key == "by":
            yield whole.mutant("an action given to the system", part.begin, part.end, "system")
        if key in ("when", "check", "applies"):
            yield from _conditions(whole, part, text)
    yield from _dropped(whole)


def _conditions(whole: Anatomy, part: Part, text: str) -> Iterator[Mutant]:
    if text.startswith(("'", '"')):
        return
    yield whole.mutant("a condition negated", part.begin, part.end, f"not ({text})")
    for old, new in ((" and ", " or "), (" or ", " and "), ("==", "!="), (">=", ">"), ("!=", "==")):
        if old in text:
            begin = part.begin + text.index(old)
            yield whole.mutant("a condition with another operator", begin, begin + len(old), new)


def _dropped(whole: Anatomy) -> Iterator[Mutant]:
    """A key dropped with all that stands under it."""
    values = {part.path: part for part in whole.parts if not part.on_key}
    for key in whole.parts:
        if not key.on_key or key.path[-1] not in _DROPPED:
            continue
        value = values[key.path]
        line = whole.text.rfind("\n", 0, key.begin) + 1
        if not whole.text[line : key.begin].strip():
            end = value.end if value.scalar is None and whole.text[value.end - 1] == "\n" else None
            stop = end or (whole.text + "\n").index("\n", value.end) + 1
            while end and whole.text[stop - 1] != "\n":
                stop -= 1
            yield whole.mutant("a part dropped", line, stop, "")
        elif whole.text[key.begin - 2 : key.begin] == ", ":
            yield whole.mutant("a part dropped", key.begin - 2, value.end, "")


def _owner(part: Part) -> str:
    return next((str(step) for step in reversed(part.path) if isinstance(step, str)), "")


def _words_by_key(whole: Anatomy) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for part in whole.scalars(keys=False):
        if (part.scalar or "").isidentifier():
            found.setdefault(_owner(part), set()).add(str(part.scalar))
    return {key: sorted(words) for key, words in found.items()}
