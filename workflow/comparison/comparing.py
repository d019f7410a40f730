"""Comparing two procedures: every difference of what they say, in the words of the procedure."""

from __future__ import annotations

from collections.abc import Iterator

from ..messages import Message, say
from ..model import CASE, Procedure
from .difference import Difference, Matter, Way
from .grouping import grouped
from .naming import Named, Names, Naming, lifecycles
from .other_names import with_other_names
from .renaming import Renames, probable_renames, renamed
from .sentences import Teller
from .walk import walk


def compare(old: Procedure, new: Procedure) -> tuple[Difference, ...]:
    """Return what differs between two procedures, by step and then in the order of the definition.

    Nothing that makes the compiled forms differ is left out; two that are equal have no difference.
    """
    renames = probable_renames(old, new)
    names = Names(old, new)
    alike = renamed(old, renames)
    was = {kind: {after: before for before, after in it.items()} for kind, it in renames.items()}
    teller = Teller(alike, new, names, was)
    found = [teller.tell(group) for group in grouped(with_other_names(list(walk(alike, new))), alike, new)]
    return tuple(sorted([*_told_renames(old, alike, new, names, renames), *found], key=lambda it: it.step))


def differs_in_words_only(differences: tuple[Difference, ...]) -> bool:
    """Return whether no case is handled in another way because of these differences."""
    return all(difference.matter is Matter.WORDS for difference in differences)


def _told_renames(
    old: Procedure, alike: Procedure, new: Procedure, names: Names, renames: Renames
) -> Iterator[Difference]:
    places = [leaf.path for leaf in walk(old, alike)]
    for kind, states in renames.items():
        for before, after in states.items():
            stage = lifecycles(new)[kind].states[after].stage
            path = ("case",) if kind == CASE else ("subcases", kind, "lifecycle")
            yield Difference(
                code="state-renamed",
                way=Way.RENAMED,
                matter=Matter.PATH,
                path=(*path, "states", after),
                message=_called(
                    kind, names, Names(old, old).of(Naming.STATE, before, kind), names.of(Naming.STATE, after, kind)
                ),
                step=new.stages[stage].step if stage in new.stages else 0,
                stage=stage,
                lifecycle=kind,
                states=(before,),
                old=before,
                new=after,
                also=((*path, "states", before), *places),
            )


def _called(kind: str, names: Names, before: Named, after: Named) -> Message:
    told = say("the state {old} is called {new} now: the same can be done in it", old=before, new=after)
    return told if kind == CASE else say("{subject}: {what}", subject=names.of(Naming.SUBCASE, kind), what=told)
