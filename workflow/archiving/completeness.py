"""Whether the record of a case is complete: no required class of material is empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..engine import CaseView
from ..errors import NotAllowed
from ..messages import Message, Text, say
from ..model import Archive, ArchiveClass, Procedure


def check_complete(view: CaseView, procedure: Procedure) -> None:
    """Raise `NotAllowed` unless the case may be archived, with everything that stands in the way and what to do.

    Source: the township's rule, 三.6: five classes of material, none of them empty.
    """
    archive = archive_of(procedure)
    if view.case.state not in archive.states:
        states = [procedure.case.states[name].title for name in archive.states]
        raise NotAllowed(
            say("{case} is {state}, and not to be archived yet", case=view.case.number, state=view.state),
            say("a case is archived when it is: {states}", states=states),
        )
    empty = tuple(empty_classes(view, archive))
    if empty:
        raise NotAllowed(
            say(
                "{case} cannot be archived: empty is {classes}",
                case=view.case.number,
                classes=[say("{title} ({name})", title=one.title, name=one.name) for one in empty],
            ),
            say("{steps}", steps=[_remedy(one, procedure) for one in empty]),
        )


def archive_of(procedure: Procedure) -> Archive:
    """Return what a procedure says of its archive; where it says nothing, cases that have ended may be archived."""
    final = (state.name for state in procedure.case.states.values() if state.final)
    return procedure.archive or Archive(states=tuple(final))


def empty_classes(view: CaseView, archive: Archive) -> Iterator[ArchiveClass]:
    """Yield the classes that are required where the case stands, and that nothing fills."""
    for one in archive.classes.values():
        if view.case.state in one.required_in and not _is_filled(view, one):
            yield one


def _is_filled(view: CaseView, one: ArchiveClass) -> bool:
    issued = {paper.name for paper in view.documents}
    return any(_values(view, name) for name in one.fields) or not issued.isdisjoint(one.documents)


def _values(view: CaseView, name: str) -> list[object]:
    """The values of a field of the case, or of ``kind.field`` in each of its subcases, as far as they are given."""
    kind, dot, field = name.rpartition(".")
    cases = [sub.case for sub in view.subcases if sub.case.kind == kind] if dot else [view.case]
    return [case.data[field] for case in cases if case.data.get(field) not in (None, "", [], ())]


def _remedy(one: ArchiveClass, procedure: Procedure) -> Message:
    """What fills a class: its fields, each with the actions that take it, and the actions that issue its papers."""
    given = [_giving(name, procedure) for name in one.fields]
    issued = [
        say("{paper} issued by {actions}", paper=procedure.documents[name].title, actions=actions)
        for name in one.documents
        if (actions := _issuing(name, procedure))
    ]
    return say("fill {title} with one of: {ways}", title=one.title, ways=[*given, *issued])


def _giving(name: str, procedure: Procedure) -> Message:
    kind, dot, field = name.rpartition(".")
    lifecycle = procedure.subcases[kind].lifecycle if dot else procedure.case
    actions = sorted(
        action.name for action in lifecycle.actions.values() if field in (one.name for one in action.inputs)
    )
    title: Text = lifecycle.fields[field].title
    if actions:
        return say("{field} ({name}) given with {actions}", field=title, name=name, actions=actions)
    return say("{field} ({name}) given when the case is opened", field=title, name=name)


def _issuing(document: str, procedure: Procedure) -> list[str]:
    lifecycles = (procedure.case, *(subcase.lifecycle for subcase in procedure.subcases.values()))
    named: Iterable[str] = (
        action.name for one in lifecycles for action in one.actions.values() if action.issues == document
    )
    return sorted(set(named))
