"""Every pair of state and action of every shipped procedure is allowed as declared, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow.machine import CaseMachine, ConditionFailed, IllegalAction
from caseclock.workflow.messages import Message, say
from caseclock.workflow.model import Lifecycle

PROCEDURES = sorted(
    entry.name for entry in files("caseclock.definitions").iterdir() if entry.name.endswith(".procedure.yaml")
)


def lifecycles() -> Iterator[Any]:
    reader = YamlReader()
    for name in PROCEDURES:
        procedure = reader.procedure(reader.compile(shipped(name), file=name).compiled)
        for kind in ("case", *procedure.subcases):
            yield pytest.param(procedure.lifecycle(kind), id=f"{procedure.id}-{kind}")


def without_guards(lifecycle: Lifecycle) -> Lifecycle:
    """Return the lifecycle with every guard taken away: what is left is where an action is legal and where it leads."""
    states = {
        name: replace(state, actions={key: replace(action, guards=()) for key, action in state.actions.items()})
        for name, state in lifecycle.states.items()
    }
    return replace(lifecycle, states=states)


@dataclass
class Extensions:
    """Facts that let every extension step through, or refuse every one."""

    refusal: Message | None = None

    def extension_refusal(self, clock: str, step: str, which: int = 0) -> Message | None:
        return self.refusal

    def pause_refusal(self, clock: str, action: str) -> Message | None:
        return None


@pytest.mark.parametrize("lifecycle", list(lifecycles()))
def test_each_action_of_each_state_is_legal_exactly_where_it_is_declared(lifecycle: Lifecycle) -> None:
    machine = CaseMachine(without_guards(lifecycle))
    pairs = 0
    for state in lifecycle.states.values():
        for action in lifecycle.actions:
            pairs += 1
            declared = state.actions.get(action)
            assert machine.is_legal(state.name, action) == (declared is not None)
            if declared:
                assert machine.fire(state.name, action, Extensions()) == (declared.to or state.name)
            else:
                with pytest.raises(IllegalAction):
                    machine.fire(state.name, action, Extensions())
    assert pairs == len(lifecycle.states) * len(lifecycle.actions)


@pytest.mark.parametrize("lifecycle", list(lifecycles()))
def test_the_steps_of_an_extension_are_refused_when_the_clock_refuses_them(lifecycle: Lifecycle) -> None:
    machine = CaseMachine(without_guards(lifecycle))
    steps = {
        step
        for clock in lifecycle.clocks.values()
        if clock.extension
        for step in (clock.extension.ask, clock.extension.grant, clock.extension.refuse)
    }
    for state in lifecycle.states.values():
        for action in set(state.actions) & steps:
            with pytest.raises(ConditionFailed):
                machine.fire(state.name, action, Extensions(say("no")))


def test_an_action_that_no_state_has_is_illegal_everywhere() -> None:
    machine = CaseMachine(next(lifecycles()).values[0])
    with pytest.raises(IllegalAction):
        machine.fire(machine.lifecycle.initial, "to_archived", Extensions())


def test_every_illegal_pair_of_the_township_is_refused_with_what_is_legal_instead(township: Any) -> None:
    """As somebody with every role: an illegal action names the state, the legal actions and their roles."""
    from caseclock.workflow import Actor, NotAllowed

    procedure = township.engine.procedure("online_opinion")
    everyone = Actor("all", frozenset(procedure.roles), "water")
    case = township.dispatched("water")
    for number, kind in ((case, "case"), (f"{case}-1", "slip")):
        lifecycle = procedure.lifecycle(kind)
        here = lifecycle.states[township.state(number)]
        for action in set(lifecycle.actions) - set(here.actions):
            with pytest.raises(NotAllowed) as refused:
                township.do(number, action, everyone)
            text = refused.value.text()
            assert f"{action} is not legal" in text
            assert here.title.en in text
            assert "legal now: " in text
