"""The tables and cases of a test file to scenes: every name checked, every time and value read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from ...workflow.checks.sentences import unknown
from ...workflow.errors import InvalidInput, Problem
from ...workflow.messages import Text, say
from ...workflow.model import OPENED, Clock, Field, FieldType, Lifecycle
from ...workflow.rehearsal.expectations import Delivery, Expectation, ExpectedDue, Standing
from ...workflow.rehearsal.story import Deed, DoStep, OpenStep, ShowStep, Step, TickStep
from ...workflow.roster import Actor
from .cast import Cast, Target, Unfit, names
from .shapes import ByShape, CaseShape, DeliveryShape, DoneShape, DueShape, ExpectShape, StepShape, TableShape
from .values import Times

Path = tuple[str | int, ...]
Read = TypeVar("Read")

CASE_NAME = "case"
"""What the case of a test is called that gives it no name."""

_DELIVERED_TO = Field("delivered_to", FieldType.ACTOR, Text("Delivered to", "送达"))
"""What a subcase keeps besides its fields: to whom it was delivered."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_NOBODY = Actor("")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, or one case, as read: its title, its place in the file, and its steps."""

    title: Text
    place: Path
    steps: tuple[Step, ...]


@dataclass(slots=True)
class SceneReader:
    """Reads a table or a case. What is wrong with it goes to ``problems``, and what it returns is then worth nothing.

    Args:
        cases: the names of the cases opened so far; the last one is meant where none is named.
        now: the instant of the step before.
    """

    cast: Cast
    times: Times
    problems: list[Problem]
    cases: list[str] = field(default_factory=list)
    now: datetime = _NEVER

    # Tables

    def table(self, shape: TableShape, path: Path) -> Iterator[Row]:
        """Yield every row of a table as a scene of its own."""
        self.cases.append(CASE_NAME)
        target = self._target(shape.on, path)
        clock = self._clock(shape.clock, target.lifecycles, (*path, "clock"))
        given = self._values(shape.given, self.cast.procedure.case.opens_with, (*path, "given"))
        opening = OpenStep(CASE_NAME, self._actor(shape.by, None, path), given)
        done = [self._done(step, (*path, "then", index)) for index, step in enumerate(shape.then)]
        start = self._start(shape.starts, (*path, "starts"))
        if shape.opened and shape.starts == OPENED:
            message = say("{key} has no meaning without {needed}", key="opened", needed="starts")
            self._report(Problem("missing-key", (*path, "opened"), message, on_key=True))
        if clock is None or start is None:
            return
        title = shape.title or clock.title
        for left, due in shape.table.items():
            place = (*path, "table", left)
            at = (
                self._instant(shape.opened, (*path, "opened"))
                if shape.opened
                else self._instant(left, place, on_key=True)
            )
            deeds = self._filled([opening, *done], start, left, place)
            by = start.name if start.type is FieldType.INSTANT and start.name != OPENED else None
            last = Expectation(due={clock.name: replace(self._due(due, clock, place), started_by=by)})
            places = [place, *((*path, "then", index) for index in range(len(done)))]
            yield Row(
                Text(f"{title.en}: {left}", f"{title.zh}：{left}"),
                place,
                (
                    *(Step(at, deed, place=step) for deed, step in zip(deeds, places, strict=True)),
                    Step(at, ShowStep(target.ref), last, place=place),
                ),
            )

    def _start(self, name: str, path: Path) -> Field | None:
        """Return the field that the left column fills in; for ``opened`` one that no case has."""
        if name == OPENED:
            return Field(OPENED, FieldType.INSTANT, Text(OPENED, OPENED))
        fields = {name: one for lifecycle in self._lifecycles() for name, one in lifecycle.fields.items()}
        valid = [name for name, one in fields.items() if one.type in (FieldType.INSTANT, FieldType.DATE)]
        if name not in valid:
            self._report(Problem("unknown-field", path, unknown("field", name, [*valid, OPENED])))
            return None
        return fields[name]

    def _lifecycles(self) -> tuple[Lifecycle, ...]:
        procedure = self.cast.procedure
        return (procedure.case, *(subcase.lifecycle for subcase in procedure.subcases.values()))

    def _filled(self, deeds: list[Deed], start: Field, left: str, place: Path) -> list[Deed]:
        """Return the deeds with the left column given to the first that takes it."""
        if start.name == OPENED:
            return deeds
        value = self._try(place, lambda: self.times.value(start, left), None, on_key=True)
        for index, deed in enumerate(deeds):
            if isinstance(deed, OpenStep | DoStep) and start.name in self._takes(deed):
                return [*deeds[:index], replace(deed, data={**deed.data, start.name: value}), *deeds[index + 1 :]]
        message = say("nothing in this table takes {field}; add the action that does to then", field=start.name)
        self._report(Problem("wrong-value", (*place[:-2], "starts"), message))
        return deeds

    def _takes(self, deed: OpenStep | DoStep) -> set[str]:
        if isinstance(deed, OpenStep):
            return {field.name for field in self.cast.procedure.case.opens_with}
        return {field.name for field in _inputs(deed.action, self._lifecycles())}

    def _done(self, shape: DoneShape, path: Path) -> DoStep:
        target = self._target(shape.on, path)
        return self._do(shape.do, target, shape.by, shape.with_, path, refused=False)

    # Cases

    def case(self, shape: CaseShape, path: Path, title: Text) -> Row:
        """Return a case as a scene."""
        steps = [step for index, one in enumerate(shape.steps) for step in self._step(one, (*path, "steps", index))]
        return Row(title, path, tuple(steps))

    def _step(self, shape: StepShape, path: Path) -> Iterator[Step]:
        self.problems.extend(_misplaced(shape, path))
        at, recorded = self._when(shape, path)
        target = Target(CASE_NAME, ()) if shape.open is not None else self._target(shape.on, path)
        deed = self._deed(shape, target, path)
        expect = self._expect(shape.expect or ExpectShape(), target, (*path, "expect"))
        if isinstance(deed, TickStep):
            delivered = tuple(self._delivery(one, (*path, "tick", index)) for index, one in enumerate(shape.tick or ()))
            yield Step(at, deed, Expectation(delivered=delivered), place=path)
            deed = ShowStep(target.ref, up_to_date=True)
        yield Step(
            at,
            deed,
            replace(expect, refused=shape.refused, because=tuple(shape.because)),
            recorded=recorded if recorded != at else None,
            place=path,
        )

    def _when(self, shape: StepShape, path: Path) -> tuple[datetime, datetime]:
        """Return when a step happens and when it is entered."""
        if shape.at is None and self.now is _NEVER:
            self._report(Problem("missing-key", path, say("expected key {key} here", key="at")))
        at = self.now if shape.at is None else self._instant(shape.at, (*path, "at"))
        recorded = at if shape.recorded is None else self._instant(shape.recorded, (*path, "recorded"))
        if recorded < self.now or recorded < at:
            key = "at" if shape.recorded is None else "recorded"
            message = say("time runs backwards here; for what is entered later than it happened, give recorded")
            self._report(Problem("time-order", (*path, key), message))
        self.now = max(self.now, recorded)
        return at, recorded

    def _deed(self, shape: StepShape, target: Target, path: Path) -> Deed:
        if shape.open is not None:
            name = self._new_name(shape, path)
            fields = self.cast.procedure.case.opens_with
            data = self._values(shape.open, fields, (*path, "open"), refused=shape.refused is not None)
            return OpenStep(name, self._actor(shape.by, None, path), data)
        if shape.do is not None:
            refused = shape.refused is not None
            return self._do(shape.do, target, shape.by, shape.with_, path, refused=refused)
        return TickStep(since_last=True) if shape.tick is not None else ShowStep(target.ref, up_to_date=True)

    def _new_name(self, shape: StepShape, path: Path) -> str:
        """Return what the case that a step opens is called; one that must be refused is not there afterwards."""
        if shape.named in self.cases:
            self._report(Problem("wrong-value", (*path, "named"), say("{name} is given twice", name=shape.named)))
        name = shape.named or (f"{CASE_NAME} {len(self.cases) + 1}" if self.cases else CASE_NAME)
        if shape.refused is None:
            self.cases.append(name)
        return name

    def _do(
        self, action: str, target: Target, by: ByShape | None, data: Mapping[str, Any], path: Path, *, refused: bool
    ) -> DoStep:
        self._known("action", {action: (*path, "do")}, target.lifecycles)
        inputs = _inputs(action, target.lifecycles)
        values = self._values(data, inputs, (*path, "with"), refused=refused)
        return DoStep(target.ref, action, self._actor(by, target.unit, path), values)

    def _delivery(self, shape: DeliveryShape, path: Path) -> Delivery:
        lifecycles = self._target(shape.on, path).lifecycles if shape.on else self._lifecycles()
        unit = self._target(shape.on, path).unit if shape.on else None
        self._known("action", {shape.do: path}, lifecycles)
        if shape.clock:
            self._known("clock", {shape.clock: (*path, "clock")}, lifecycles)
        at = self._instant(shape.at, (*path, "at")) if shape.at else None
        return Delivery(shape.do, shape.clock, unit, at)

    # Expectations

    def _expect(self, shape: ExpectShape, target: Target, path: Path) -> Expectation:
        lifecycles = target.lifecycles or (self.cast.procedure.case,)
        self._names_in(shape, lifecycles, path)
        return Expectation(
            state=shape.state,
            due=self._by_clock(shape.due, lifecycles, (*path, "due"), self._due),
            clocks={name: Standing(word) for name, word in shape.clocks.items()},
            overdue=_tuple(shape.overdue),
            paused=_tuple(shape.paused),
            counted=shape.counted,
            rungs=self._by_clock(shape.rungs, lifecycles, (*path, "rungs"), self._rungs),
            fields=self._values(shape.fields, [*_fields(lifecycles), _DELIVERED_TO], (*path, "fields")),
            units=shape.units,
            papers=_tuple(shape.papers),
        )

    def _names_in(self, shape: ExpectShape, lifecycles: tuple[Lifecycle, ...], path: Path) -> None:
        """Report the names of an expectation that name nothing."""
        if shape.state:
            self._known("state", {shape.state: (*path, "state")}, lifecycles)
        for key, words in (("clocks", shape.clocks), ("counted", shape.counted)):
            self._known("clock", {name: (*path, key, name) for name in words}, lifecycles)
        for key, found in (("overdue", shape.overdue), ("paused", shape.paused)):
            self._known("clock", dict.fromkeys(found or (), (*path, key)), lifecycles)
        subcases = [subcase.lifecycle for subcase in self.cast.procedure.subcases.values()]
        for unit, state in (shape.units or {}).items():
            self._target(unit, (*path, "units"))
            self._known("state", {state: (*path, "units", unit)}, subcases)
        for paper in shape.papers or ():
            if paper not in self.cast.procedure.documents:
                message = unknown("document", paper, self.cast.procedure.documents)
                self._report(Problem("unknown-document", (*path, "papers"), message))

    def _by_clock(
        self,
        shapes: Mapping[str, Any],
        lifecycles: tuple[Lifecycle, ...],
        path: Path,
        read: Callable[[Any, Clock, Path], Read],
    ) -> dict[str, Read]:
        found = {name: self._clock(name, lifecycles, (*path, name)) for name in shapes}
        return {name: read(shapes[name], clock, (*path, name)) for name, clock in found.items() if clock}

    def _due(self, shape: DueShape, clock: Clock, path: Path) -> ExpectedDue:
        return self._try(path, lambda: self.times.due(shape, clock), ExpectedDue())

    def _rungs(self, shape: Mapping[str, list[str]], clock: Clock, path: Path) -> tuple[tuple[datetime, str], ...]:
        rungs: list[tuple[datetime, str]] = []
        valid = [*(rung.action for rung in clock.ladder), *(expiry.action for expiry in clock.expires)]
        for time, actions in shape.items():
            at = self._try((*path, time), partial(self.times.exact, time, clock), _NEVER)
            rungs.extend((at, action) for action in actions)
            for action in actions:
                if action not in valid:
                    self._report(Problem("unknown-action", (*path, time), unknown("action", action, valid)))
        return tuple(rungs)

    # Names, people, times and values

    def _clock(self, name: str, lifecycles: Iterable[Lifecycle], path: Path) -> Clock | None:
        clocks = {name: clock for lifecycle in lifecycles for name, clock in lifecycle.clocks.items()}
        if name not in clocks:
            self._report(Problem("unknown-clock", path, unknown("clock", name, clocks), on_key=path[-1] == name))
        return clocks.get(name)

    def _known(self, kind: str, places: Mapping[str, Path], lifecycles: Iterable[Lifecycle]) -> None:
        """Report the names of a kind, each at its place, that none of the lifecycles has."""
        valid = names(kind, lifecycles)
        for name, path in places.items():
            if name not in valid:
                self._report(Problem(f"unknown-{kind}", path, unknown(kind, name, valid), on_key=path[-1] == name))

    def _target(self, on: str | None, path: Path) -> Target:
        """Return what a step is about: the case meant, or a unit's subcase."""
        current = self.cases[-1] if self.cases else CASE_NAME
        anything = Target(current, self._lifecycles())
        return self._try((*path, "on"), lambda: self.cast.target(on, self.cases, current), anything)

    def _actor(self, by: ByShape | None, unit: str | None, path: Path) -> Actor:
        return self._try((*path, "by"), lambda: self.cast.actor(by, unit), _NOBODY)

    def _instant(self, text: str, path: Path, *, on_key: bool = False) -> datetime:
        return self._try(path, lambda: self.times.instant(text), _NEVER, on_key=on_key)

    def _values(
        self, data: Mapping[str, Any], fields: Iterable[Field], path: Path, *, refused: bool = False
    ) -> dict[str, Any]:
        """Return values by name; what is to be ``refused`` may name and hold anything."""
        declared = {field.name: field for field in fields}
        values: dict[str, Any] = {}
        for name, value in data.items():
            if name not in declared and not refused:
                message = unknown("field", name, declared)
                self._report(Problem("unknown-field", (*path, name), message, on_key=True))
            try:
                values[name] = self.times.value(declared.get(name), value)
            except InvalidInput as error:
                values[name] = value
                if not refused:
                    self._report(Problem("wrong-value", (*path, name), error.message))
        return values

    def _try(self, path: Path, read: Callable[[], Read], otherwise: Read, *, on_key: bool = False) -> Read:
        """Return what is read; what is wrong with it is reported at ``path``."""
        try:
            return read()
        except InvalidInput as error:
            self._report(Problem("wrong-value", path, error.message, on_key=on_key))
        except Unfit as error:
            self._report(replace(error.problem, path=(*path, *error.problem.path)))
        return otherwise

    def _report(self, problem: Problem) -> None:
        self.problems.append(problem)


_NEEDS: Mapping[str, tuple[str, ...]] = {
    "named": ("open",),
    "with_": ("do",),
    "because": ("refused",),
    "refused": ("open", "do"),
    "by": ("open", "do"),
    "recorded": ("open", "do"),
}
"""The keys of a step that have no meaning without one of others."""


def _misplaced(shape: StepShape, path: Path) -> Iterator[Problem]:
    """Yield what is wrong with the combination of a step's keys."""
    deeds = [key for key in ("open", "do", "tick") if getattr(shape, key) is not None]
    if len(deeds) > 1 or not (deeds or shape.expect):
        message = say(
            "expected exactly one of {deeds}; got: {found}", deeds=["open", "do", "tick", "expect"], found=deeds
        )
        yield Problem("step-deed", path, message)
    if shape.do is not None and shape.by is None:
        yield Problem("missing-key", path, say("expected key {key} here", key="by"))
    for key, needed in _NEEDS.items():
        if getattr(shape, key) and all(getattr(shape, other) is None for other in needed):
            message = say("{key} has no meaning without {needed}", key=key.rstrip("_"), needed=needed)
            yield Problem("missing-key", (*path, key.rstrip("_")), message, on_key=True)
    if shape.open is not None and shape.on:
        message = say("a case that is opened is named with named, not with on")
        yield Problem("wrong-value", (*path, "on"), message, on_key=True)


def _inputs(action: str, lifecycles: Iterable[Lifecycle]) -> list[Field]:
    """Return every input that an action takes in some state."""
    states = [state for lifecycle in lifecycles for state in lifecycle.states.values()]
    return [field for state in states if action in state.actions for field in state.actions[action].inputs]


def _fields(lifecycles: Iterable[Lifecycle]) -> list[Field]:
    return [field for lifecycle in lifecycles for field in lifecycle.fields.values()]


def _tuple(found: list[str] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(found)
