"""What differs between two definitions, as values: each says what it is about, and in a sentence what changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..messages import Message, say

Path = tuple[str | int, ...]
"""Where something stands in the model of a procedure: attributes, keys, and positions from 0."""


class Matter(StrEnum):
    """For whom a difference matters: for limits, for who may do what, for the way of a case, for data, papers, words.

    Of `WORDS` are titles, bases and sentences: no case is handled in another way because of them.
    """

    LIMIT = "limit"
    RIGHT = "right"
    PATH = "path"
    DATA = "data"
    PAPER = "paper"
    WORDS = "words"


class Way(StrEnum):
    """What happened to a place: it came, went, changed, is named anew, or stands in another order."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    RENAMED = "renamed"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Args:
        code: a stable word for what differs and how, such as ``clock-limits-changed``.
        way: what happened to it.
        matter: for whom it matters.
        path: where it stands in the new definition; in the old one where it is gone.
        message: what changed, in a sentence, without the step.
        step: the number of the step that it belongs to; 0 for the whole procedure.
        stage: the id of that step's stage; empty for the whole procedure.
        lifecycle: ``case`` or the kind of subcase; empty for what belongs to the whole procedure.
        states: the states that it is about: by their names in the old definition, where they were there.
        clock, action, field: the id of the one that it is about; empty for none.
        old, new: what stood and stands there, as `messages.render` takes it; None for nothing.
        also: further places at which the same changed.
    """

    code: str
    way: Way
    matter: Matter
    path: Path
    message: Message
    step: int = 0
    stage: str = ""
    lifecycle: str = ""
    states: tuple[str, ...] = ()
    clock: str = ""
    action: str = ""
    field: str = ""
    old: object = None
    new: object = None
    also: tuple[Path, ...] = ()

    @property
    def told(self) -> Message:
        """The sentence, with the step before it."""
        return say("step {step}: {what}", step=self.step, what=self.message) if self.step else self.message

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every place that it stands for."""
        return (self.path, *self.also)
