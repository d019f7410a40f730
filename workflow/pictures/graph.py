"""A lifecycle as a graph for drawing: states in the bands of their stages, and the moves between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..engine.past import in_force, translated
from ..history import Event
from ..messages import Text
from ..model import SYSTEM, Action, Clock, Lifecycle, Procedure, Stage, State
from .spans import Span, span


@dataclass(frozen=True, slots=True)
class Move:
    """An action that leads from a state to another."""

    source: str
    action: Action
    target: str

    @property
    def by_system(self) -> bool:
        """Whether only the system does it: a rung, an expiry, or a join of subcases."""
        return self.action.by == (SYSTEM,)


@dataclass(frozen=True, slots=True)
class Step:
    """That a case came to a state: the number of the step on its way, when (UTC), by whom, by which action.

    Args:
        overtaken: a late entry took it back.
    """

    number: int
    source: str | None
    action: str
    target: str
    at: datetime
    actor: str
    overtaken: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """What a picture of one lifecycle shows.

    Args:
        bands: the stages in order of their steps, each with its states.
        spans: for each clock the states in which it can run.
        opens: for a state, the titles of the kinds of subcase that its actions open.
    """

    lifecycle: Lifecycle
    bands: tuple[tuple[Stage, tuple[State, ...]], ...]
    moves: tuple[Move, ...]
    spans: tuple[tuple[Clock, Span], ...]
    opens: Mapping[str, tuple[Text, ...]]


def graph(procedure: Procedure, kind: str, stage: str | None = None) -> Graph:
    """Return the graph of a kind of case. With ``stage``: only its states, and those next to them.

    Stages without a state are shown in the picture of the case itself, for they are steps of the procedure too.
    """
    lifecycle = procedure.lifecycle(kind)
    moves = tuple(_moves(lifecycle))
    if stage is not None:
        inside = {name for name, state in lifecycle.states.items() if state.stage == stage}
        moves = tuple(move for move in moves if {move.source, move.target} & inside)
        shown = inside | {name for move in moves for name in (move.source, move.target)}
    else:
        shown = set(lifecycle.states)
    states = [state for name, state in lifecycle.states.items() if name in shown]
    whole = lifecycle is procedure.case and stage is None
    stages = sorted(procedure.stages.values(), key=lambda one: one.step)
    bands = ((one, tuple(state for state in states if state.stage == one.name)) for one in stages)
    return Graph(
        lifecycle,
        tuple((one, here) for one, here in bands if here or whole),
        moves,
        tuple((clock, span(clock, lifecycle)) for clock in lifecycle.clocks.values()),
        {state.name: tuple(_opened(state, procedure)) for state in states},
    )


def _opened(state: State, procedure: Procedure) -> Iterator[Text]:
    """Yield the title of each kind of subcase that is opened in a state, once."""
    kinds = dict.fromkeys(action.opens.subcase for action in state.actions.values() if action.opens)
    return (procedure.subcases[kind].title for kind in kinds)


def _moves(lifecycle: Lifecycle) -> Iterator[Move]:
    for state in lifecycle.states.values():
        for action in state.actions.values():
            if action.to and action.to != state.name:
                yield Move(state.name, action, action.to)


def steps(events: tuple[Event, ...], case: str, as_of: datetime | None = None) -> tuple[Step, ...]:
    """Return the way of a case through its states, in the order in which it happened in law.

    That of a case that was migrated is told in the words of its present version.

    Args:
        events: the history of its family.
        case: its id.
        as_of: leave out what was recorded later.
    """
    known = [event for event in events if event.case == case and (as_of is None or event.recorded_at <= as_of)]
    alive = {event.seq for event in in_force(known)}
    moved = (event for event in translated(known) if event.moves)
    ordered = sorted(moved, key=lambda event: (event.effective_at, event.seq))
    return tuple(
        Step(
            number,
            event.from_state,
            event.action,
            event.to_state,
            event.effective_at,
            event.actor,
            event.seq not in alive,
        )
        for number, event in enumerate(ordered, 1)
    )
