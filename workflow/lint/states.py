"""States and stages: what is never entered, where a case waits without a limit, and steps that no state belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from ..checks.graph import closure
from ..checks.places import Path, actions, lifecycles
from ..checks.timers import states_running
from ..errors import Problem
from ..messages import say
from ..model import CASE, SYSTEM, Action, Lifecycle, Procedure
from .guards import never_possible
from .known import known_in
from .values import NOTHING


def lint_states(procedure: Procedure) -> Iterator[Problem]:
    """Yield states that conditions and silence cut off, waits without a clock, and stages without a state."""
    yield from _stages(procedure)
    yield from _never_opened(procedure)
    yield from _never_issued(procedure)
    for path, lifecycle in lifecycles(procedure):
        yield from _never_done(path, procedure, lifecycle)
        yield from _cut_off(path, procedure, lifecycle)
        yield from _unlimited(path, procedure, lifecycle)
        yield from _never_stopped(path, lifecycle)


def _stages(procedure: Procedure) -> Iterator[Problem]:
    used = {state.stage for _, lifecycle in lifecycles(procedure) for state in lifecycle.states.values()}
    for stage in procedure.stages.values():
        if stage.name not in used and not stage.beside_states:
            yield Problem(
                "empty-stage",
                ("stages", stage.name),
                say("no state belongs to stage {stage}: no case is ever in this step", stage=stage.name),
                on_key=True,
                warning=True,
                hint=say("Give it to a state, delete it, or write beside_states: true."),
            )


def _never_opened(procedure: Procedure) -> Iterator[Problem]:
    """Yield kinds of subcase that no action opens: none of their states is ever entered."""
    opened = {action.opens.subcase for action in _every(procedure.case) if action.opens}
    for name in procedure.subcases:
        if name not in opened:
            yield Problem(
                "never-opened",
                ("subcases", name),
                say("no action opens a {kind}: none of its states is ever entered", kind=name),
                on_key=True,
                hint=say("Let an action open it (opens: {kind}), or delete it.", kind=name),
            )


def _never_issued(procedure: Procedure) -> Iterator[Problem]:
    """Yield documents that nothing issues."""
    issued = {action.issues for _, lifecycle in lifecycles(procedure) for action in _every(lifecycle)}
    issued |= {subcase.issues for subcase in procedure.subcases.values()}
    for name in procedure.documents:
        if name not in issued:
            yield Problem(
                "never-issued",
                ("documents", name),
                say("nothing issues {document}: it is never printed", document=name),
                on_key=True,
                warning=True,
                hint=say("Let an action issue it (issues: {document}), or delete it.", document=name),
            )


def _never_done(path: Path, procedure: Procedure, lifecycle: Lifecycle) -> Iterator[Problem]:
    """Yield actions of the system that nothing makes it do."""
    done = _done_by_system(procedure, lifecycle)
    for place, own, action in actions(procedure):
        if own is lifecycle and set(action.by) == {SYSTEM} and action.name not in done:
            done.add(action.name)
            yield Problem(
                "never-done",
                place,
                say(
                    "{action} is for the system alone, and nothing makes the system do it: it is never done",
                    action=action.name,
                ),
                on_key=True,
                warning=True,
                hint=say(
                    "Name it in a ladder, in expires, fires, when_all, when_lead or when_case_ends, or give it a role."
                ),
            )


def _done_by_system(procedure: Procedure, lifecycle: Lifecycle) -> set[str]:
    """The actions of a lifecycle that ladders, expiries, joins and other actions make the system do."""
    found = {rung.action for clock in lifecycle.clocks.values() for rung in clock.ladder}
    found |= {expiry.action for clock in lifecycle.clocks.values() for expiry in clock.expires}
    if lifecycle.kind == CASE:
        for subcase in procedure.subcases.values():
            found |= {*subcase.when_all.values(), *subcase.when_lead.values()}
        return found
    found |= {
        action.fires.action
        for action in _every(procedure.case)
        if action.fires and action.fires.subcase == lifecycle.kind
    }
    ends = procedure.subcases[lifecycle.kind].when_case_ends
    return found | ({ends} if ends else set())


def _every(lifecycle: Lifecycle) -> Iterator[Action]:
    for state in lifecycle.states.values():
        yield from state.actions.values()


def _cut_off(path: Path, procedure: Procedure, lifecycle: Lifecycle) -> Iterator[Problem]:
    """Yield states that can be entered, or left for good, only by actions that are never done."""
    whole = _edges(lifecycle, frozenset())
    known = known_in(procedure, lifecycle)
    dead = frozenset(
        (state.name, action.name)
        for state in lifecycle.states.values()
        for action in state.actions.values()
        if never_possible(procedure, lifecycle, action, known.get(state.name, NOTHING))
        or _silent(procedure, lifecycle, action)
    )
    if not dead:
        return
    open_edges = _edges(lifecycle, dead)
    entered, were_entered = closure({lifecycle.initial}, open_edges), closure({lifecycle.initial}, whole)
    ending, were_ending = _ending(lifecycle, open_edges), _ending(lifecycle, whole)
    blocked = sorted({action for _, action in dead})
    # a host program may act as the system, so what only silence cuts off is not certain
    doubtful = any(_silent(procedure, lifecycle, lifecycle.states[state].actions[action]) for state, action in dead)
    for name in lifecycle.states:
        if name in were_entered - entered:
            message = say(
                "state {state} can never be entered: {actions} can never be done", state=name, actions=blocked
            )
            yield Problem("unreachable-state", (*path, "states", name), message, on_key=True, warning=doubtful)
        elif name in were_ending - ending and name in entered:
            message = say(
                "from state {state} no final state can be reached: {actions} can never be done",
                state=name,
                actions=blocked,
            )
            yield Problem("dead-end", (*path, "states", name), message, on_key=True, warning=doubtful)


def _silent(procedure: Procedure, lifecycle: Lifecycle, action: Action) -> bool:
    return set(action.by) == {SYSTEM} and action.name not in _done_by_system(procedure, lifecycle)


def _edges(lifecycle: Lifecycle, dead: frozenset[tuple[str, str]]) -> dict[str, set[str]]:
    return {
        name: {it.to or name for it in state.actions.values() if (name, it.name) not in dead} & lifecycle.states.keys()
        for name, state in lifecycle.states.items()
    }


def _ending(lifecycle: Lifecycle, forward: dict[str, set[str]]) -> set[str]:
    backward = {state: {source for source in forward if state in forward[source]} for state in forward}
    return closure({state.name for state in lifecycle.states.values() if state.final}, backward)


def _unlimited(path: Path, procedure: Procedure, lifecycle: Lifecycle) -> Iterator[Problem]:
    """Yield states in which no clock can run, of the case or of the one it belongs to."""
    timed = {name for clock in lifecycle.clocks.values() for name in states_running(lifecycle, clock)}
    if lifecycle.kind != CASE and _parent_is_timed(procedure, lifecycle):
        return
    for name, state in lifecycle.states.items():
        if not state.final and not state.unlimited and name not in timed:
            yield Problem(
                "no-clock",
                (*path, "states", name),
                say(
                    "no clock runs in state {state}: a case can wait here for ever, and nobody is reminded", state=name
                ),
                on_key=True,
                warning=True,
                hint=say("Let a clock run there, or write unlimited: true, or unlimited: the reason."),
            )


def _never_stopped(path: Path, lifecycle: Lifecycle) -> Iterator[Problem]:
    """Yield clocks that never run, and those that nothing stops where they run: they can only be missed."""
    for clock in lifecycle.clocks.values():
        running = states_running(lifecycle, clock)
        if not running:
            yield Problem(
                "never-runs",
                (*path, "clocks", clock.name, "starts"),
                say(
                    "{clock} never runs: where it starts, the case ends or the clock is stopped by the same action",
                    clock=clock.name,
                ),
                warning=True,
                hint=say("Name another start, or another stop, or delete the clock."),
            )
        ending = {*clock.stops, *(expiry.action for expiry in clock.expires)}
        legal = {action for name in running for action in lifecycle.states[name].actions}
        if running and not ending & legal:
            yield Problem(
                "never-stopped",
                (*path, "clocks", clock.name, "stops"),
                say(
                    "{clock} can run in {states}, and {stops} cannot be done in any of them: it is never met",
                    clock=clock.name,
                    states=running,
                    stops=list(clock.stops),
                ),
                warning=True,
                hint=say("Name an action that is done while the clock runs."),
            )


def _parent_is_timed(procedure: Procedure, lifecycle: Lifecycle) -> bool:
    """Whether some clock of the case can run in every state in which it has such subcases to wait for."""
    case = procedure.case
    opened_in = {
        action.to or state.name
        for state in case.states.values()
        for action in state.actions.values()
        if action.opens and action.opens.subcase == lifecycle.kind
    }
    timed = {name for clock in case.clocks.values() for name in states_running(case, clock)}
    return bool(opened_in) and all(name in timed for name in opened_in)
