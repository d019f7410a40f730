"""A story: commands on cases at given times, each with what it must lead to, played on an engine whose time it drives.

Demonstrations are stories, and so are tests of a procedure. A refusal is an outcome like others: a step may expect it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..clocks import ClockStatus
from ..engine import CaseView, Engine, Receipt, TickReport
from ..errors import CaseclockError, NotFound, StorageFailed
from ..history import Event
from ..messages import ENGLISH, Language, Text, say
from ..roster import Actor
from .expectations import Delivery, Expectation, Mismatch, case_differences, delivery_differences, refusal_differences

OPENING = Text("Open a case", "立案")


@dataclass(slots=True)
class DrivenTime:
    """A clock that stands still until it is set; give it to the engine as ``now``."""

    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the instant to which it was set."""
        return self.now


def _id(by: Actor | str) -> str:
    return by if isinstance(by, str) else by.id


@dataclass(frozen=True, slots=True)
class OpenStep:
    """Open a case, called ``name`` in the rest of the story."""

    name: str
    by: Actor | str
    data: Mapping[str, Any]

    @property
    def who(self) -> str:
        """The id of who does it."""
        return _id(self.by)


@dataclass(frozen=True, slots=True)
class DoStep:
    """Do an action on a case of the story: ``name``, ``name/unit`` for the unit's subcase, or ``name/kind/unit``."""

    on: str
    action: str
    by: Actor | str
    data: Mapping[str, Any]

    @property
    def who(self) -> str:
        """The id of who does it."""
        return _id(self.by)


@dataclass(frozen=True, slots=True)
class TickStep:
    """Deliver the rungs that have become due.

    Args:
        since_last: report everything that the system has delivered since the last such step, in whose wake whatever.
    """

    since_last: bool = False


@dataclass(frozen=True, slots=True)
class WhyStep:
    """Show why a clock is due when it is."""

    on: str
    clock: str


@dataclass(frozen=True, slots=True)
class ShowStep:
    """Look at a case.

    Args:
        up_to_date: deliver first what has become due, as in an office where ticks never cease.
    """

    on: str
    up_to_date: bool = False


Deed = OpenStep | DoStep | TickStep | WhyStep | ShowStep


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story: when it is taken, what is done, what it must lead to, and what to tell about it.

    Args:
        heading: what to put above it where a new part of the story begins.
        recorded: when it is entered, where that is later than it happened.
        place: where it stands in its file.
    """

    at: datetime
    deed: Deed
    expect: Expectation = field(default_factory=Expectation)
    tell: Text | None = None
    heading: Text | None = None
    recorded: datetime | None = None
    place: tuple[str | int, ...] = ()

    @property
    def now(self) -> datetime:
        """The instant at which it is taken."""
        return self.recorded or self.at


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
    refusal: CaseclockError | None = None
    report: TickReport | None = None
    status: ClockStatus | None = None
    mismatches: tuple[Mismatch, ...] = ()


def play(
    story: Story, engine: Engine, time: DrivenTime, languages: Iterable[Language] = (ENGLISH,)
) -> Iterator[Outcome]:
    """Play a story step by step and yield what each step led to.

    Args:
        engine: an engine whose ``now`` is ``time``, with the story's definitions deployed.
        languages: the languages in one of which the words of an expected refusal must stand in it.
    """
    player = _Player(story, engine, tuple(languages))
    for step in story.steps:
        time.now = step.now
        yield player.take(step)


@dataclass(frozen=True, slots=True)
class _Player:
    """Takes the steps of a story; remembers the number of each of its cases, and what has been delivered on them."""

    story: Story
    engine: Engine
    languages: tuple[Language, ...]
    numbers: dict[str, str] = field(default_factory=dict)
    delivered: list[Event] = field(default_factory=list)

    def take(self, step: Step) -> Outcome:
        try:
            outcome = self._take(step)
        except StorageFailed:
            raise
        except CaseclockError as refusal:
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
        at = step.at if step.recorded else None
        match step.deed:
            case OpenStep(name, by, data):
                receipt = self.engine.open(self.story.procedure, data, by=by, at=at)
                self.numbers[name] = receipt.case.number
                return Outcome(step, receipt.case.number, receipt=receipt)
            case DoStep(on, action, by, data):
                number = self._number(on)
                return Outcome(step, number, receipt=self.engine.fire(number, action, by=by, data=data, at=at))
            case WhyStep(on, clock):
                number = self._number(on)
                return Outcome(step, number, status=self.engine.why(number, clock)[0])
            case ShowStep(on, up_to_date):
                if up_to_date:
                    self.engine.tick()
                return Outcome(step, self._number(on))
            case TickStep(since_last):
                report = self.engine.tick()
                return Outcome(step, report=replace(report, delivered=self._news()) if since_last else report)

    def _news(self) -> tuple[Event, ...]:
        """Return what has been delivered on the story's cases and was not returned before, in legal order."""
        events = [entry.event for number in self.numbers.values() for entry in self.engine.history(number)]
        news = [event for event in events if event.rung and event not in self.delivered]
        self.delivered.extend(news)
        return tuple(sorted(news, key=lambda event: event.effective_at))

    def _number(self, ref: str) -> str:
        """Return the number of the case that the story calls ``ref``: after a ``/``, of a unit's newest subcase."""
        name, _, rest = ref.partition("/")
        if name not in self.numbers:
            raise NotFound(
                say("the story has no case {name} at this point", name=name),
                say("cases so far: {names}", names=list(self.numbers)),
            )
        if not rest:
            return self.numbers[name]
        kind, _, unit = rest.rpartition("/")
        held = [
            view.case.number
            for view in self.engine.case(self.numbers[name]).subcases
            if view.case.unit == unit and kind in ("", view.case.kind)
        ]
        if not held:
            raise NotFound(say("no subcase of {case} is held by {unit}", case=name, unit=unit))
        return held[-1]

    def _mismatches(self, step: Step, outcome: Outcome) -> Iterator[Mismatch]:
        expect = step.expect
        yield from refusal_differences(expect, outcome.refusal, self.languages)
        if outcome.report is not None and expect.delivered is not None:
            delivered = tuple(self._delivery(event) for event in outcome.report.delivered)
            yield from delivery_differences(expect.delivered, delivered, self.story.zone)
            for root, message in outcome.report.failed.items():
                number = self.engine.case(root).case.number
                failed = say("not delivered for {case}: {message}", case=number, message=message)
                yield Mismatch(("delivered",), failed)
        view = self._view(step.deed, outcome) if expect.of_case else None
        if view is not None:
            yield from case_differences(view, expect)

    def _delivery(self, event: Event) -> Delivery:
        unit = self.engine.case(event.case).case.unit
        return Delivery(event.action, event.rung.clock if event.rung else None, unit, event.effective_at)

    def _view(self, deed: Deed, outcome: Outcome) -> CaseView | None:
        """Return the case of which something is expected; None where the step concerns none."""
        try:
            number = outcome.case or (self._number(deed.on) if isinstance(deed, DoStep | WhyStep | ShowStep) else None)
        except NotFound:
            return None
        return self.engine.case(number) if number else None
