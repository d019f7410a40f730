"""What to say about a word that names nothing: the nearest valid word, or all of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from ..messages import Message, say

KINDS: Mapping[str, Message] = {
    "action": say("action"),
    "clock": say("clock"),
    "document": say("document"),
    "field": say("field"),
    "name": say("name"),
    "role": say("role"),
    "stage": say("stage"),
    "state": say("state"),
    "subcase": say("kind of subcase"),
}
"""Everything that a definition can name, as people call it."""


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """Return the valid word that looks most like ``word``, if any is near.

    >>> nearest("aproved", ["approved", "merged"])
    'approved'
    """
    found = difflib.get_close_matches(word, list(valid), n=1)
    return found[0] if found else None


def unknown(kind: str, name: str, valid: Iterable[str]) -> Message:
    """Return what to say about a name that is not one of ``valid``; ``kind`` is a key of `KINDS`."""
    words = list(valid)
    near = nearest(name, words)
    if near:
        return say("no {kind} {name}; did you mean {near}?", kind=KINDS[kind], name=name, near=near)
    if not words:
        return say("no {kind} {name}; none is declared", kind=KINDS[kind], name=name)
    return say("no {kind} {name}; declared: {valid}", kind=KINDS[kind], name=name, valid=words)
