"""A story: commands on cases at given times, each with what it must lead to, played on an engine whose time it drives.

Demonstrations are stories, and so are tests of a procedure. A refusal is an outcome like others: a step may expect it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from .clocks import ClockStatus
from .engine import Engine, Receipt, TickReport
from .errors import NotFound, Refusal
from .messages import Message, Text, say

OPENING = Text("Open a case", "立案")


@dataclass(slots=True)
class DrivenTime:
    """A clock that stands still until it is set; give it to the engine as ``now``."""

    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the instant to which it was set."""
        return self.now


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a step must lead to; what is None is not looked at.

    Args:
        refused: the code of the refusal; without it the step must go through.
        state: of the case after the step.
        delivered: names of the actions that a tick delivered, in order.
        due: clock -> the instant at which it is due after the step.
        overdue: names of the clocks of the case that are overdue.
    """

    refused: str | None = None
    state: str | None = None
    delivered: tuple[str, ...] | None = None
    due: Mapping[str, datetime] = field(default_factory=dict)
    overdue: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OpenStep:
    """Open a case, called ``name`` in the rest of the story."""

    name: str
    by: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DoStep:
    """Do an action on a case of the story: ``name``, or ``name/unit`` for the unit's subcase."""

    on: str
    action: str
    by: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TickStep:
    """Deliver the rungs that have become due."""


@dataclass(frozen=True, slots=True)
class WhyStep:
    """Show why a clock is due when it is."""

    on: str
    clock: str


@dataclass(frozen=True, slots=True)
class ShowStep:
    """Look at a case."""

    on: str


Deed = OpenStep | DoStep | TickStep | WhyStep | ShowStep


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story: when it is taken, what is done, what it must lead to, and what to tell about it.

    Args:
        heading: what to put above it where a new part of the story begins.
    """

    at: datetime
    deed: Deed
    expect: Expectation = field(default_factory=Expectation)
    tell: Text | None = None
    heading: Text | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A story.

    Args:
        uses: file names of the definitions that must be deployed before, in order.
        zone: the time zone in which its times are told.
    """

    name: str
    title: Text
    procedure: str
    zone: str
    uses: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step led to.

    Args:
        case: number of the case concerned, if any.
        title: of the action that was tried.
        receipt, refusal, report, status: whichever of these the step brought.
        mismatches: in what it differs from what was expected.
    """

    step: Step
    case: str | None = None
    title: Text | None = None
    receipt: Receipt | None = None
    refusal: Refusal | None = None
    report: TickReport | None = None
    status: ClockStatus | None = None
    mismatches: tuple[Message, ...] = ()


def play(story: Story, engine: Engine, time: DrivenTime) -> Iterator[Outcome]:
    """Play a story step by step and yield what each step led to.

    Args:
        engine: an engine whose ``now`` is ``time``, with the story's definitions deployed.
    """
    numbers: dict[str, str] = {}
    for step in story.steps:
        time.now = step.at
        yield _Player(story, engine, numbers).take(step)


@dataclass(frozen=True, slots=True)
class _Player:
    story: Story
    engine: Engine
    numbers: dict[str, str]

    def take(self, step: Step) -> Outcome:
        try:
            outcome = self._take(step)
        except Refusal as refusal:
            outcome = Outcome(step, refusal=refusal)
        return replace(outcome, title=self._title(step.deed), mismatches=tuple(self._mismatches(step, outcome)))

    def _title(self, deed: Deed) -> Text | None:
        """Return the title of the action, wherever in the procedure it is declared."""
        if isinstance(deed, OpenStep):
            return OPENING
        if not isinstance(deed, DoStep):
            return None
        procedure = self.engine.procedure(self.story.procedure)
        lifecycles = (procedure.case, *(subcase.lifecycle for subcase in procedure.subcases.values()))
        return next((found.actions[deed.action].title for found in lifecycles if deed.action in found.actions), None)

    def _take(self, step: Step) -> Outcome:
        match step.deed:
            case OpenStep(name, by, data):
                receipt = self.engine.open(self.story.procedure, data, by=by)
                self.numbers[name] = receipt.case.number
                return Outcome(step, receipt.case.number, receipt=receipt)
            case DoStep(on, action, by, data):
                number = self._number(on)
                return Outcome(step, number, receipt=self.engine.fire(number, action, by=by, data=data))
            case WhyStep(on, clock):
                number = self._number(on)
                return Outcome(step, number, status=self.engine.why(number, clock)[0])
            case ShowStep(on):
                return Outcome(step, self._number(on))
            case TickStep():
                return Outcome(step, report=self.engine.tick())

    def _number(self, ref: str) -> str:
        """Return the number of the case that the story calls ``ref``: of a unit's newest subcase after a ``/``."""
        name, _, unit = ref.partition("/")
        if name not in self.numbers:
            raise NotFound(
                say("the story has no case {name} at this point", name=name),
                say("cases so far: {names}", names=list(self.numbers)),
            )
        if not unit:
            return self.numbers[name]
        held = [view.case.number for view in self.engine.case(self.numbers[name]).subcases if view.case.unit == unit]
        if not held:
            raise NotFound(say("no subcase of {case} is held by {unit}", case=name, unit=unit))
        return held[-1]

    def _mismatches(self, step: Step, outcome: Outcome) -> Iterator[Message]:
        expect = step.expect
        found = outcome.refusal.code if outcome.refusal else None
        if found != expect.refused:
            yield (
                say("expected a refusal ({code}), but it went through", code=expect.refused)
                if outcome.refusal is None
                else say("refused ({code}): {message}", code=found, message=outcome.refusal.message)
            )
        if outcome.report is not None and expect.delivered is not None:
            delivered = tuple(event.action for event in outcome.report.delivered)
            if delivered != expect.delivered:
                yield say("expected delivered: {expected}; found: {found}", expected=expect.delivered, found=delivered)
        number = outcome.case or self._case_of(step.deed)
        if number is not None and (expect.state or expect.due or expect.overdue is not None):
            yield from self._differences(number, expect)

    def _case_of(self, deed: Deed) -> str | None:
        try:
            return self._number(deed.on) if isinstance(deed, DoStep | WhyStep | ShowStep) else None
        except NotFound:
            return None

    def _differences(self, number: str, expect: Expectation) -> Iterator[Message]:
        view = self.engine.case(number)
        if expect.state is not None and view.case.state != expect.state:
            yield say("expected state {expected}; found: {found}", expected=expect.state, found=view.case.state)
        dues = {clock.status.clock.name: clock.status.due_at for clock in view.clocks}
        for name, due in expect.due.items():
            found = dues.get(name)
            if found != due:
                yield say("expected {clock} due {expected}; found: {found}", clock=name, expected=due, found=found)
        overdue = tuple(clock.status.clock.name for clock in view.clocks if clock.overdue)
        if expect.overdue is not None and set(overdue) != set(expect.overdue):
            yield say("expected overdue: {expected}; found: {found}", expected=expect.overdue, found=overdue)
