"""The parts of a procedure with the place where each stands in its definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..errors import Problem
from ..model import Action, Lifecycle, Procedure
from .sentences import unknown

Path = tuple[str | int, ...]


class LifecycleAt(NamedTuple):
    """A lifecycle, and the path to it: empty for that of the case."""

    path: Path
    lifecycle: Lifecycle


class ActionAt(NamedTuple):
    """An action in one state, and the path to it, as if it were declared in that state."""

    path: Path
    lifecycle: Lifecycle
    action: Action


def lifecycles(procedure: Procedure) -> Iterator[LifecycleAt]:
    """Yield the case's lifecycle and those of its subcases."""
    yield LifecycleAt((), procedure.case)
    for name, subcase in procedure.subcases.items():
        yield LifecycleAt(("subcases", name), subcase.lifecycle)


def actions(procedure: Procedure) -> Iterator[ActionAt]:
    """Yield every action of every state of every lifecycle."""
    for path, lifecycle in lifecycles(procedure):
        for state in lifecycle.states.values():
            for name, action in state.actions.items():
                yield ActionAt((*path, "states", state.name, "actions", name), lifecycle, action)


def refuse_unknown(
    kind: str, path: Path, names: Iterable[str | None], valid: Iterable[str], *, on_key: bool = False
) -> Iterator[Problem]:
    """Yield a problem for every one of ``names`` that is not ``valid``; for a list, at its position under ``path``."""
    words = list(valid)
    listed = isinstance(names, tuple)
    for index, name in enumerate(names):
        if name is not None and name not in words:
            place = (*path, index) if listed else path
            yield Problem(f"unknown-{kind}", place, unknown(kind, name, words), on_key=on_key)
