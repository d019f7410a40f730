"""A difference in a sentence: what it is about, and what of it came, went or became another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ..messages import Message, Text, say
from ..model import (
    Action,
    Clock,
    Field,
    Lifecycle,
    Procedure,
    State,
    Subcase,
)
from .difference import Difference, Matter, Way
from .grouping import Group
from .naming import Names, Naming
from .nouns import SWITCHED, Noun, noun_of
from .places import Place, stage_of
from .speaking import NOTHING, Speaker
from .subjects import Subjects
from .walk import Leaf
from .wording import KEPT_AS_DATA


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells what differs between two procedures.

    Args:
        old: the old procedure, with the new names of states that were renamed.
        was: the names that states have in the old procedure, by kind and new name.
    """

    old: Procedure
    new: Procedure
    names: Names
    was: dict[str, dict[str, str]]

    def tell(self, group: Group) -> Difference:
        """Return the difference for people."""
        leaf, place = group.leaf, group.place
        noun = noun_of(leaf.owner, leaf.name)
        speaker = Speaker(self.names, place.kind or "case")
        old, new = (speaker.value(it, noun) for it in (leaf.old, leaf.new))
        stage = stage_of(place, self.new) or stage_of(place, self.old) or ""
        return Difference(
            code=_code(leaf),
            way=leaf.way,
            matter=_matter(leaf, noun),
            path=leaf.path,
            message=self._sentence(group, noun, old, new),
            step=self._step(stage),
            stage=stage,
            lifecycle=place.kind,
            states=tuple(self.was.get(place.kind, {}).get(state, state) for state in group.states),
            clock=place.clock,
            action=place.action,
            field=place.field,
            old=None if leaf.old is None else old,
            new=None if leaf.new is None else new,
            also=group.also,
        )

    def _step(self, stage: str) -> int:
        found = self.new.stages.get(stage) or self.old.stages.get(stage)
        return found.step if found else 0

    def _sentence(self, group: Group, noun: Noun, old: object, new: object) -> Message:
        leaf = group.leaf
        subject = Subjects(self.old, self.new, self.names).of(group)
        switched = SWITCHED.get((leaf.owner.__name__, leaf.name))
        if switched and isinstance(leaf.new, bool):
            return replace(switched[not leaf.new], values={"subject": subject})
        if leaf.way is Way.ORDER:
            return self._order(group, noun, subject)
        if leaf.way is Way.RENAMED:
            return self._called(leaf, noun, group.place.kind or "case")
        if leaf.way is Way.MOVED:
            return self._moved(group, old, new)
        if leaf.way is not Way.CHANGED and leaf.key:
            return self._entry(group, noun, subject, old, new)
        if isinstance(leaf.old, Text) and isinstance(leaf.new, Text):
            return _wording(subject, noun.what, leaf.old, leaf.new)
        if isinstance(leaf.old, tuple) and isinstance(leaf.new, tuple):
            return self._listed(leaf, noun, group.place, subject)
        values = {"subject": subject, "what": self._what(leaf, noun, group.place)}
        if isinstance(leaf.old, Enum) and isinstance(leaf.new, Enum):
            return say("{subject}: {what}: {new}; until now {old}", **values, old=old, new=new)
        match leaf.way:
            case Way.ADDED:
                return say("{subject}: {what} is new: {new}", **values, new=new)
            case Way.REMOVED:
                return say("{subject}: {what} is gone: {old}", **values, old=old)
            case _:
                return say("{subject}: {what} goes from {old} to {new}", **values, old=old, new=new)

    def _what(self, leaf: Leaf, noun: Noun, place: Place) -> Message:
        """What is spoken of; with its name, where it is a value of a mapping."""
        if noun.keys is None or leaf.path[-1] == leaf.name:
            return noun.what
        name = self.names.of(noun.keys, str(leaf.path[-1]), place.kind or "case")
        return say("{what} {name}", what=noun.what, name=name)

    def _entry(self, group: Group, noun: Noun, subject: object, old: object, new: object) -> Message:
        """Something with a name came or went."""
        leaf, place = group.leaf, group.place
        value = leaf.new if leaf.way is Way.ADDED else leaf.old
        speaker = Speaker(self.names, place.kind or "case")
        told = new if leaf.way is Way.ADDED else old
        naming = noun.keys
        title = value if isinstance(value, Text) else getattr(value, "title", None)
        if naming:
            name: object = self.names.of(naming, leaf.key, place.kind or "case")
        elif isinstance(title, Text) and leaf.key not in (title.en, title.zh):
            name = say("{title} ({name})", title=title, name=leaf.key)
        else:
            name = leaf.key
        values = {"subject": subject, "what": noun.what, "name": name}
        if isinstance(value, Subcase):
            told = speaker.whole(value)
        if isinstance(value, (Clock, Field, Action, State, Subcase, str)) or value is None:
            if leaf.way is Way.ADDED:
                return say("{subject}: {what} {name} is new: {value}", **values, value=told)
            return say("{subject}: {what} {name} is gone: {value}", **values, value=told)
        if leaf.way is Way.ADDED:
            return say("{subject}: {what} {name} is new", **values)
        return say("{subject}: {what} {name} is gone", **values)

    def _order(self, group: Group, noun: Noun, subject: object) -> Message:
        leaf, kind = group.leaf, group.place.kind or "case"
        order = leaf.new if isinstance(leaf.new, tuple) else ()
        if noun.keys:
            shown: object = self.names.all_of(noun.keys, tuple(map(str, order)), kind)
        else:
            shown = Speaker(self.names, kind).say(order)
        if leaf.owner is Lifecycle and leaf.name == "states" and isinstance(leaf.old, tuple):
            first = self.names.of(Naming.STATE, str(order[0]), kind)
            if leaf.old[:1] != order[:1]:
                return say("{subject}: it begins in {state} now", subject=subject, state=first)
        return say("{subject}: another order: {what} {order}", subject=subject, what=noun.what, order=shown)

    def _moved(self, group: Group, old: object, new: object) -> Message:
        came = tuple(dict.fromkeys([group.place.state, *(it.state for leaf, it in group.others if _came(leaf))]))
        left = tuple(dict.fromkeys(it.state for leaf, it in group.others if not _came(leaf) and it.state))
        kind = group.place.kind
        action = self.names.of(Naming.ACTION, group.place.action, kind)
        came_to, left_from = (self.names.all_of(Naming.STATE, it, kind) for it in (came, left))
        if group.leaf.old == group.leaf.new:
            return say("{action} moves from {old} to {new}", action=action, old=left_from, new=came_to)
        return say(
            "{action} moves from {old} ({before}) to {new} ({after})",
            action=action,
            old=left_from,
            new=came_to,
            before=old,
            after=new,
        )

    def _called(self, leaf: Leaf, noun: Noun, kind: str) -> Message:
        before, after = Names(self.old, self.old), Names(self.new, self.new)
        naming = noun.keys or Naming.HAPPENING
        return say(
            "{what} {old} is called {new} now",
            what=noun.what,
            old=before.of(naming, str(leaf.old), kind),
            new=after.of(naming, str(leaf.new), kind),
        )

    def _listed(self, leaf: Leaf, noun: Noun, place: Place, subject: object) -> Message:
        """A list of names or values changed: what came, what went, or everything where both did."""
        before, after = _as_tuple(leaf.old), _as_tuple(leaf.new)
        speaker = Speaker(self.names, place.kind or "case")
        what = self._what(leaf, noun, place)
        came = tuple(it for it in after if it not in before)
        went = tuple(it for it in before if it not in after)
        values = {"subject": subject, "what": what}
        if leaf.name == "separation" and (came or went):
            return _separated(
                subject, [speaker.value(it, noun) for it in came], [speaker.value(it, noun) for it in went]
            )
        if leaf.name == "switch":
            old, new = (say("{place}", place=".".join(map(str, it)) or NOTHING) for it in (before, after))
            return say("{subject}: {what} goes from {old} to {new}", **values, old=old, new=new)
        if leaf.name == "by" and came and not went:
            return say("{subject} may be done by {added} too", subject=subject, added=speaker.value(came, noun))
        if leaf.name == "by" and went and not came:
            return say(
                "{subject} may not be done by {removed} any more", subject=subject, removed=speaker.value(went, noun)
            )
        if before and came and not went:
            return say("{subject}: {what}: {added} is added", **values, added=speaker.value(came, noun))
        if after and went and not came:
            return say("{subject}: {what}: {removed} is taken out", **values, removed=speaker.value(went, noun))
        told = {"old": speaker.value(before, noun), "new": speaker.value(after, noun)}
        return say("{subject}: {what} goes from {old} to {new}", **values, **told)


def _code(leaf: Leaf) -> str:
    """A word such as ``archive-class-fields-changed``."""
    owner = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", leaf.owner.__name__).lower()
    return f"{owner}-{leaf.name.replace('_', '-')}-{leaf.way}"


def _came(leaf: Leaf) -> bool:
    return leaf.new is not None


def _as_tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _matter(leaf: Leaf, noun: Noun) -> Matter:
    """For whom it matters: another wording of something is a matter of words, its coming or going is not."""
    wording = isinstance(leaf.old or leaf.new, Text) and not issubclass(leaf.owner, KEPT_AS_DATA)
    if leaf.way is Way.CHANGED and wording:
        return Matter.WORDS
    return noun.matter


def _separated(subject: object, came: Sequence[object], went: Sequence[object]) -> Message:
    """Groups of actions that no person does two of in one case: new ones, and those that are none any more."""
    told = [
        *(say("no person does two of these in one case: {group}", group=group) for group in came),
        *(say("no longer: no person does two of these in one case: {group}", group=group) for group in went),
    ]
    whole = told[0]
    for part in told[1:]:
        whole = say("{first}; {second}", first=whole, second=part)
    return say("{subject}: {what}", subject=subject, what=whole)


def _wording(subject: object, what: Message, old: Text, new: Text) -> Message:
    """Another wording, in the language in which it is another; the reader sees its own where both are."""
    values = {"subject": subject, "what": what}
    if old.en == new.en:
        return say("{subject}: {what} in Chinese goes from “{old}” to “{new}”", **values, old=old.zh, new=new.zh)
    if old.zh == new.zh:
        return say("{subject}: {what} in English goes from “{old}” to “{new}”", **values, old=old.en, new=new.en)
    return say("{subject}: {what} goes from “{old}” to “{new}”", **values, old=old or NOTHING, new=new)
