"""What a difference is about, as people call it: a clock and its extension, an action in some states, a field."""

from __future__ import annotations

from dataclasses import dataclass

from ..messages import say
from ..model import Extension, Guard, Limit, Procedure
from .difference import Way
from .grouping import Group
from .naming import Named, Names, Naming, lifecycles
from .places import Place
from .speaking import Speaker
from .walk import Leaf


@dataclass(frozen=True, slots=True)
class Subjects:
    """Says what differences between two procedures are about; see `Teller` for the arguments."""

    old: Procedure
    new: Procedure
    names: Names

    def of(self, group: Group) -> object:
        """Return what a difference is about: the clock, action, field... that has changed, and which part of it."""
        place, leaf = group.place, group.leaf
        whole = self._entry_of_path(group)
        part = self._part(leaf, place)
        return say("{whole}, {part}", whole=whole, part=part) if part is not None else whole

    def _entry_of_path(self, group: Group) -> object:
        place, kind = group.place, group.place.kind
        whole_action = bool(place.action) and not place.rest and not place.field
        if place.field and place.action:
            actions = self.names.all_of(Naming.ACTION, group.actions, kind)
            field = self.names.of(Naming.FIELD, place.field, kind)
            return say("{field} of {owner}", field=field, owner=actions) if place.rest else actions
        if whole_action:
            return self.names.all_of(Naming.STATE, group.states, kind)
        if place.action:
            return self._action(group)
        simple = (
            (place.state, Naming.STATE),
            (place.clock, Naming.CLOCK),
            (place.field, Naming.FIELD),
            (place.document, Naming.DOCUMENT),
            (place.stage, Naming.STAGE),
            (place.role, Naming.ROLE),
        )
        for name, naming in simple:
            if name and place.rest:
                return self.names.of(naming, name, kind or "case")
        return self._whole(place)

    def _action(self, group: Group) -> Named:
        """The action; with the states, where it changed in some of those in which it may be done."""
        place = group.place
        action = self.names.of(Naming.ACTION, place.action, place.kind)
        lifecycle = lifecycles(self.new).get(place.kind)
        legal = [it.name for it in lifecycle.states.values() if place.action in it.actions] if lifecycle else []
        if set(legal) <= set(group.states):
            return action
        states = self.names.all_of(Naming.STATE, group.states, place.kind)
        return say("{action} in {states}", action=action, states=states)

    def _whole(self, place: Place) -> object:
        if place.archive_class and place.rest:
            return self._archive_class(place.archive_class)
        if place.reading and place.rest:
            return say("the adopted reading {question}", question=place.reading)
        if place.kind and place.kind != "case":
            return self.names.of(Naming.SUBCASE, place.kind)
        return self.new.title

    def _archive_class(self, name: str) -> object:
        archive = self.new.archive or self.old.archive
        title = archive.classes[name].title if archive and name in archive.classes else None
        return say("{title} ({name})", title=title, name=name) if title else name

    def _part(self, leaf: Leaf, place: Place) -> object:
        """Which part of a clock, action, field or paper it is in; None where the whole of it is meant."""
        owner = self._owner(leaf)
        speaker = Speaker(self.names, place.kind or "case")
        rest = place.rest
        if place.clock and rest[:1] in (("strict",), ("lenient",)) and len(rest) > 1:
            return say("by the strict reading") if rest[0] == "strict" else say("by the lenient reading")
        if isinstance(owner, Limit) and owner.when and leaf.owner is Limit and leaf.name != "when":
            return say("when {condition}", condition=owner.when)
        if isinstance(owner, Extension):
            return say("extension by {action}", action=speaker.names.of(Naming.ACTION, owner.grant, place.kind))
        if leaf.owner.__name__ == "Pause":
            return say("pause {pause}", pause=speaker.say(owner))
        if isinstance(owner, Guard) and leaf.name == "say":
            return say("condition {check}", check=owner.check)
        if place.field and rest[:1] == ("choices",) and len(rest) > 1 and leaf.way is Way.CHANGED:
            return say("choice {choice}", choice=rest[1])
        if place.document and rest[:1] == ("subcases",) and len(rest) > 2:
            return self.names.of(Naming.SUBCASE, str(rest[1]))
        if place.clock and rest[:1] == ("receipts",) and len(rest) > 2:
            return self.names.of(Naming.HAPPENING, str(rest[1]), place.kind)
        return None

    def _owner(self, leaf: Leaf) -> object:
        """The value that holds what differs, as it is in the new procedure, or was in the old one."""
        path = leaf.path[: len(leaf.path) - 1 - (leaf.path[-1] != leaf.name)]
        for procedure in (self.new, self.old):
            found: object = procedure
            try:
                for step in path:
                    found = _at(found, step)
            except (AttributeError, KeyError, IndexError, StopIteration):
                continue
            return found
        return None


def _at(value: object, step: str | int) -> object:
    if isinstance(value, tuple):
        return value[step] if isinstance(step, int) else next(it for it in value if getattr(it, "name", None) == step)
    return value[step] if isinstance(value, dict) else getattr(value, str(step))
