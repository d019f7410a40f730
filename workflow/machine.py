"""The machine: a lifecycle compiled to `transitions`, which alone decides whether an action is legal.

This is the only module that imports `transitions`. The library never sees a string from a definition as callback or
condition (it would import and call what the string names); it gets callables that were resolved here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from transitions import Machine, MachineError

from .guards import Facts, compile_expression
from .messages import Message, Text, say
from .model import Action, Extension, Guard, Lifecycle

Step = Literal["ask", "grant", "refuse"]


class CaseFacts(Facts, Protocol):
    """What conditions may ask about a case: the facts of expressions, and whether an extension may take a step."""

    def extension_refusal(self, clock: str, step: Step, which: int = 0) -> Message | None:
        """Return why an extension of ``clock`` cannot be asked for, granted or refused now; None when it can."""

    def pause_refusal(self, clock: str, action: str) -> Message | None:
        """Return why ``action`` cannot pause ``clock`` once more; None when it can."""


class IllegalAction(Exception):
    """The action is not legal in the state."""


class ConditionFailed(Exception):
    """The action is legal in the state, but a condition on it does not hold; ``refusal`` says which."""

    def __init__(self, refusal: Message | Text) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(slots=True)
class Attempt:
    """The model object of `transitions` for one firing: where the case stands, and what stood in the way."""

    state: str
    facts: CaseFacts
    refusal: Message | Text | None = None


Condition = Callable[[Attempt], bool]


class CaseMachine:
    """The compiled machine of one lifecycle; made once per procedure version and shared by all its cases.

    Attributes:
        actions: every action by its name, as `Lifecycle.actions` gathers them.
        private: the names of the fields whose values are private.
        titles: what people call its actions and fields; where one name is both, the action.
    """

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self._machine = Machine(
            model=None,
            states=list(lifecycle.states),
            transitions=list(_transitions(lifecycle)),
            initial=lifecycle.initial,
            auto_transitions=False,
            queued=False,
        )
        self.actions = lifecycle.actions
        self.private = lifecycle.private
        self.titles: Mapping[str, Text] = {
            **{name: field.title for name, field in lifecycle.fields.items()},
            **{name: action.title for name, action in self.actions.items()},
        }
        self._legal = {state: tuple(self._machine.get_triggers(state)) for state in lifecycle.states}

    def legal(self, state: str) -> tuple[Action, ...]:
        """Return the actions that are legal in ``state``, as declared, whoever may do them."""
        return tuple(self.lifecycle.states[state].actions[name] for name in self._legal[state])

    def is_legal(self, state: str, action: str) -> bool:
        """Return whether ``action`` is legal in ``state``, its conditions aside."""
        return action in self._legal.get(state, ())

    def fire(self, state: str, action: str, facts: CaseFacts) -> str:
        """Return the state to which ``action`` leads from ``state``.

        Raises `IllegalAction` where the state does not have it, `ConditionFailed` when a condition does not hold.
        """
        attempt = Attempt(state, facts)
        event = self._machine.events.get(action)
        if event is None:
            raise IllegalAction(action)
        try:
            moved = event.trigger(attempt, attempt)
        except MachineError as error:
            raise IllegalAction(action) from error
        if not moved:
            assert attempt.refusal is not None
            raise ConditionFailed(attempt.refusal)
        return attempt.state

    def obstacle(self, state: str, action: str, facts: CaseFacts) -> Message | Text | None:
        """Return the first condition that fails whatever the inputs will be, for menus; None when none does."""
        attempt = Attempt(state, facts)
        declared = self.lifecycle.states[state].actions[action]
        inputs = {field.name for field in declared.inputs}
        for condition in _conditions(self.lifecycle, declared, given=inputs):
            if not condition(attempt):
                return attempt.refusal
        return None


def _transitions(lifecycle: Lifecycle) -> Iterator[dict[str, Any]]:
    """Yield one transition for every action of every state; without ``to`` it is internal and stays where it is."""
    for state in lifecycle.states.values():
        for action in state.actions.values():
            yield {
                "trigger": action.name,
                "source": state.name,
                "dest": action.to,
                "conditions": list(_conditions(lifecycle, action)),
            }


def _conditions(lifecycle: Lifecycle, action: Action, given: set[str] | None = None) -> Iterator[Condition]:
    """Yield the conditions of an action; with ``given``, only the guards that do not depend on these inputs."""
    for clock in lifecycle.clocks.values():
        for which, extension in enumerate(clock.extensions):
            if step := _extension_step(extension, action.name):
                yield _extension_condition(clock.name, step, which)
        if any(action.name in pause.begins for pause in clock.pauses):
            yield _pause_condition(clock.name, action.name)
    for guard in action.guards:
        if not given or not given & compile_expression(guard.check).names:
            yield _guard_condition(guard)


def _extension_step(extension: Extension, action: str) -> Step | None:
    """Return which step of the extension the action takes, if any."""
    steps: dict[str | None, Step] = {extension.ask: "ask", extension.grant: "grant", extension.refuse: "refuse"}
    return steps.get(action)


def _extension_condition(clock: str, step: Step, which: int) -> Condition:
    def holds(attempt: Attempt) -> bool:
        attempt.refusal = attempt.facts.extension_refusal(clock, step, which)
        return attempt.refusal is None

    return holds


def _pause_condition(clock: str, action: str) -> Condition:
    def holds(attempt: Attempt) -> bool:
        attempt.refusal = attempt.facts.pause_refusal(clock, action)
        return attempt.refusal is None

    return holds


def _guard_condition(guard: Guard) -> Condition:
    expression = compile_expression(guard.check)

    def holds(attempt: Attempt) -> bool:
        if expression.holds(attempt.facts):
            return True
        attempt.refusal = guard.say or say("this does not hold: {check}", check=guard.check)
        return False

    return holds
