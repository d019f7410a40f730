"""Where in a procedure a difference stands: in which kind of case, state, action, clock or field, and in which step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model import CASE, Action, Lifecycle, Procedure
from .difference import Path
from .naming import lifecycles


@dataclass(frozen=True, slots=True)
class Place:
    """What a path leads through.

    Args:
        kind: ``case`` or the kind of subcase; empty outside every lifecycle.
        rest: what of the path follows after the kind, the state with its action, the clock, field or other entry.
    """

    kind: str = ""
    state: str = ""
    action: str = ""
    clock: str = ""
    field: str = ""
    document: str = ""
    subcase: str = ""
    stage: str = ""
    role: str = ""
    archive_class: str = ""
    reading: str = ""
    rest: Path = ()


_ENTRIES = {
    "documents": "document",
    "stages": "stage",
    "roles": "role",
    "readings": "reading",
    "subcases": "subcase",
}
_PARTS = {"clocks": "clock", "fields": "field", "opens_with": "field", "states": "state"}


def place_of(path: Path) -> Place:
    """Return what a path of the model leads through.

    >>> place_of(("subcases", "slip", "lifecycle", "clocks", "unit_reply", "limits", 0)).clock
    'unit_reply'
    """
    if path[:1] == ("case",):
        return _within(CASE, path[1:])
    if path[:1] == ("subcases",) and path[2:3] == ("lifecycle",):
        return _within(str(path[1]), path[3:])
    if path[:2] == ("archive", "classes") and len(path) > 2:
        return Place(archive_class=str(path[2]), rest=path[3:])
    entry = _ENTRIES.get(str(path[0])) if path else None
    if entry and len(path) > 1:
        place = Place(rest=path[2:], **{entry: str(path[1])})
        return Place(kind=place.subcase, subcase=place.subcase, rest=place.rest) if entry == "subcase" else place
    return Place(rest=path)


def _within(kind: str, path: Path) -> Place:
    part = _PARTS.get(str(path[0])) if path else None
    if part is None or len(path) < 2:
        return Place(kind, rest=path)
    name, rest = str(path[1]), path[2:]
    if part != "state" or rest[:1] != ("actions",) or len(rest) < 2:
        return Place(kind, rest=rest, **{part: name})
    action, rest = str(rest[1]), rest[2:]
    if rest[:1] == ("inputs",) and len(rest) > 1:
        return Place(kind, state=name, action=action, field=str(rest[1]), rest=rest[2:])
    return Place(kind, state=name, action=action, rest=rest)


def stage_of(place: Place, procedure: Procedure) -> str | None:
    """Return the stage to which a place of this procedure belongs; None for none, or where it is not there."""
    if place.stage:
        return place.stage if place.stage in procedure.stages else None
    if place.document:
        return next(_issued_in(place.document, procedure), None)
    lifecycle = lifecycles(procedure).get(place.kind)
    if lifecycle is None:
        return None
    if place.state:
        return lifecycle.states[place.state].stage if place.state in lifecycle.states else None
    if place.clock:
        return _met_in(place.clock, lifecycle)
    if place.subcase:
        return lifecycle.states[lifecycle.initial].stage
    return None


def _met_in(clock: str, lifecycle: Lifecycle) -> str | None:
    """The stage in which a clock can be met first; that of the first state where nothing meets it."""
    if clock not in lifecycle.clocks:
        return None
    stops = set(lifecycle.clocks[clock].stops)
    met = (state.stage for state in lifecycle.states.values() if stops & set(state.actions))
    return next(met, lifecycle.states[lifecycle.initial].stage)


def _issued_in(document: str, procedure: Procedure) -> Iterator[str]:
    for stage, action in _actions(procedure):
        if action.issues == document:
            yield stage
    for subcase in procedure.subcases.values():
        if subcase.issues == document:
            yield subcase.lifecycle.states[subcase.lifecycle.initial].stage


def _actions(procedure: Procedure) -> Iterator[tuple[str, Action]]:
    for lifecycle in lifecycles(procedure).values():
        for state in lifecycle.states.values():
            for action in state.actions.values():
                yield state.stage, action
