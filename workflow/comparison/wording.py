"""Words apart from meaning: the same procedure with the titles, bases and sentences of another text of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ..messages import Text
from ..model import Archive, Procedure, Retention
from .difference import Matter
from .nouns import noun_of

KEPT_AS_DATA = (Archive, Retention)
"""Texts of these are kept with a case: another text is another fact, not another wording."""


def worded(procedure: Procedure, words: Procedure) -> Procedure:
    """Return the procedure in the words of another text of it; what it means stays as it is.

    Args:
        words: a text of the same procedure that differs from it in words alone. Whatever else differs is not taken.
    """
    made: Procedure = replace(_worded(procedure, words), version=procedure.version)
    return made


def _worded(value: Any, words: Any) -> Any:
    if isinstance(value, Text) and isinstance(words, Text):
        return words
    if is_dataclass(value) and not isinstance(value, type) and type(value) is type(words):
        return _parts(value, words)
    if isinstance(value, Mapping) and isinstance(words, Mapping) and list(value) == list(words):
        return {key: _worded(part, words[key]) for key, part in value.items()}
    if isinstance(value, tuple) and isinstance(words, tuple) and len(value) == len(words):
        return tuple(_worded(part, other) for part, other in zip(value, words, strict=True))
    return value


def _parts(value: Any, words: Any) -> Any:
    made: dict[str, Any] = {}
    for part in fields(value):
        if not part.init:
            continue
        before, after = getattr(value, part.name), getattr(words, part.name)
        if noun_of(type(value), part.name).matter is Matter.WORDS:
            made[part.name] = after
        elif not (isinstance(value, KEPT_AS_DATA) and isinstance(before, Text)):
            made[part.name] = _worded(before, after)
    return replace(value, **made)
