"""Which case is meant: people type ``12`` and mean ``2026-0012``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ..workflow.errors import Conflict, NotFound
from ..workflow.messages import say

SHOWN = 5
"""How many candidates an ambiguous reference lists."""

SHORTEST_ID = 4
"""How many characters of an id are enough to be taken for one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that a reference may mean."""

    id: str
    number: str
    is_root: bool


def normal(ref: str) -> str:
    r"""Return a reference as it was meant: without blanks around it, and full-width digits and letters made plain.

    >>> normal(" \uff12\uff10\uff12\uff16-0012 ")
    '2026-0012'
    """
    return unicodedata.normalize("NFKC", ref).strip()


def parts(text: str) -> tuple[str, ...]:
    """Return the words and digit groups of a number; digits without leading zeros.

    >>> parts("2026-0012")
    ('2026', '12')
    >>> parts("抄告（2026）12号")
    ('抄告', '2026', '12', '号')
    """
    return tuple(part.lstrip("0") or "0" if part.isdecimal() else part for part in re.findall(r"\d+|[^\W\d_]+", text))


def pick(ref: str, candidates: Iterable[Candidate]) -> str | None:
    """Return the id of the one case that ``ref`` means, None when it means none; see `Transaction.find`.

    The closest kind of match that anything meets decides: the last parts of a number, then how a number begins or
    ends, then how an id begins. Within it a case goes before subcases. Raises `Conflict` when several are left.
    """
    known = list(candidates)
    for matches in _ways(normal(ref)):
        found = [candidate for candidate in known if matches(candidate)]
        found = [candidate for candidate in found if candidate.is_root] or found
        if len(found) == 1:
            return found[0].id
        if found:
            raise ambiguous(ref, found)
    return None


def _ways(ref: str) -> Sequence[Callable[[Candidate], bool]]:
    wanted = parts(ref)
    return (
        lambda candidate: bool(wanted) and _ends_with(parts(normal(candidate.number)), wanted),
        lambda candidate: bool(ref) and _begins_or_ends_with(normal(candidate.number), ref),
        lambda candidate: len(ref) >= SHORTEST_ID and candidate.id.startswith(ref),
    )


def _begins_or_ends_with(number: str, ref: str) -> bool:
    return number.startswith(ref) or number.endswith(ref)


def _ends_with(number: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Return whether the last parts of a number are ``wanted``; a closing word such as 号 need not be given."""
    if wanted[-1].isdecimal():
        while number and not number[-1].isdecimal():
            number = number[:-1]
    return number[-len(wanted) :] == wanted


def ambiguous(ref: str, found: Sequence[Candidate]) -> Conflict:
    """Return the refusal of a reference that several cases answer to."""
    numbers = sorted(candidate.number for candidate in found)
    shown = numbers[:SHOWN]
    if len(numbers) > SHOWN:
        meant = say("{ref} may mean {cases} and {more} more", ref=ref, cases=shown, more=len(numbers) - SHOWN)
    else:
        meant = say("{ref} may mean {cases}", ref=ref, cases=shown)
    return Conflict(meant, say("give the whole number"))


def unknown(ref: str, numbers: Sequence[str]) -> NotFound:
    """Return the refusal of a reference that no case answers to, with the nearest of ``numbers``."""
    near = get_close_matches(normal(ref), numbers, n=SHOWN, cutoff=0.6)
    hint = say("did you mean {cases}?", cases=near) if near else say("give the number as the list of cases shows it")
    return NotFound(say("no case {case} in this office", case=ref), hint)
