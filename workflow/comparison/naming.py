"""What people call the parts of two definitions: the title, with the id that stands in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from ..messages import Message, Text, say
from ..model import CASE, OPENED, SYSTEM, Lifecycle, Procedure

Named = Message | str


class Naming(Enum):
    """Of what an id is the id."""

    ACTION = auto()
    CLOCK = auto()
    DOCUMENT = auto()
    FIELD = auto()
    HAPPENING = auto()
    """A field or an action: what starts, stops or pauses a clock."""
    ROLE = auto()
    STAGE = auto()
    STATE = auto()
    SUBCASE = auto()


_OWN_WORDS = {OPENED: say("the opening of the case"), SYSTEM: say("the system")}


def named(name: str, title: Text | None) -> Named:
    """Return a title with the id behind it; the id alone where nobody has given a title.

    >>> from ..messages import Text
    >>> str(named("unit_reply", Text("Unit's reply", "单位答复")))
    "Unit's reply (unit_reply)"
    """
    if title is None or name in (title.en, title.zh):
        return name
    return say("{title} ({name})", title=title, name=name)


def lifecycles(procedure: Procedure) -> Mapping[str, Lifecycle]:
    """Return the lifecycles of a procedure by kind, the case's first."""
    return {CASE: procedure.case, **{kind: subcase.lifecycle for kind, subcase in procedure.subcases.items()}}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of what either of two procedures declares; what both do has its name in the new one."""

    old: Procedure
    new: Procedure

    def of(self, naming: Naming, name: str, kind: str = CASE) -> Named:
        """Return what people call the thing with this id, as seen from one kind of case.

        Args:
            name: its id; with ``case.`` before it that of the parent, with the kind of a subcase that of the subcase.
        """
        owner, dot, rest = name.partition(".")
        where = owner if dot and rest else kind
        own_word = _OWN_WORDS.get(rest if dot else name)
        if own_word and naming in (Naming.HAPPENING, Naming.ROLE):
            return own_word
        return named(name, self.title(naming, rest if dot and rest else name, where))

    def all_of(self, naming: Naming, ids: tuple[str, ...], kind: str = CASE) -> tuple[Named, ...]:
        """Return what people call each of these."""
        return tuple(self.of(naming, name, kind) for name in ids)

    def title(self, naming: Naming, name: str, kind: str = CASE) -> Text | None:
        """Return the title of the thing with this id; None where neither procedure declares it.

        What this kind of case does not have may be of another: a paper shows values of the slip that issues it.
        """
        kinds = (kind, *(it for it in (CASE, *self.new.subcases, *self.old.subcases) if it != kind))
        found = (title for place in kinds for it in (self.new, self.old) for title in _titles(it, naming, name, place))
        return next(found, None)


def _titles(procedure: Procedure, naming: Naming, name: str, kind: str) -> Iterator[Text]:
    whole = {Naming.DOCUMENT: procedure.documents, Naming.ROLE: procedure.roles, Naming.STAGE: procedure.stages}
    if naming in whole or naming is Naming.SUBCASE:
        known: Mapping[str, object] = whole.get(naming, procedure.subcases)
        if name in known:
            yield known[name].title  # type: ignore[attr-defined]
        return
    lifecycle = lifecycles(procedure).get(kind)
    if lifecycle is None:
        return
    if naming is Naming.CLOCK and name in lifecycle.clocks:
        yield lifecycle.clocks[name].title
    if naming is Naming.STATE and name in lifecycle.states:
        yield lifecycle.states[name].title
    if naming in (Naming.FIELD, Naming.HAPPENING) and name in lifecycle.fields:
        yield lifecycle.fields[name].title
    if naming in (Naming.ACTION, Naming.HAPPENING) and name in lifecycle.actions:
        yield lifecycle.actions[name].title
