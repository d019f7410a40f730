"""A lifecycle's shape to the model: fields, clocks, states, and the actions that are legal in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ...workflow.checks.sentences import unknown
from ...workflow.errors import Problem
from ...workflow.messages import Message, Text, say
from ...workflow.model import (
    OPEN,
    Action,
    Clock,
    Effect,
    Expiry,
    Field,
    FieldType,
    Firing,
    Guard,
    Lifecycle,
    Mask,
    Opening,
    Rung,
    Splitting,
    State,
)
from ..words import expected_rung, parse_rung
from . import clock_shapes, shapes
from .clock_reader import (
    bound_of,
    extension_of,
    floor_of,
    latest_start_of,
    limits_of,
    other_reading_of,
    pause_of,
    receipt_of,
)

Path = tuple[str | int, ...]


def title_of(name: str, title: Text | None) -> Text:
    """Return the title, or the name where none is given."""
    return title or Text(name, name)


def read_field(name: str, shape: shapes.FieldShape) -> Field:
    """Return the field that a shape describes."""
    return Field(
        name=name,
        type=shape.type,
        title=title_of(name, shape.title),
        required=shape.required,
        private=shape.private is not False,
        mask=shape.private if isinstance(shape.private, Mask) else Mask.WHOLE,
        published=shape.guard == "publication",
        published_unless=shape.guard_unless,
        of=shape.of,
        choices=shape.choices or {},
        set_by=tuple(shape.set_by),
    )


@dataclass
class LifecycleReader:
    """Reads one lifecycle. What does not fit together within it is added to ``problems``.

    Args:
        kind: ``case``, or the subcase's name.
        path: where the lifecycle stands in the file.
        for_each: for every kind of subcase: the case's field that names its units.
    """

    kind: str
    shape: shapes.LifecycleShape
    path: Path
    for_each: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    _fields: dict[str, Field] = field(default_factory=dict)

    def read(self) -> Lifecycle:
        """Return the lifecycle."""
        self._fields = {name: read_field(name, shape) for name, shape in self.shape.fields.items()}
        declared = tuple(self._fields.values())
        for path, name, shape in self._declared_inputs():
            self._add_input(path, name, shape)
        return Lifecycle(
            kind=self.kind,
            fields=self._fields,
            clocks={name: self._clock(name, shape) for name, shape in self.shape.clocks.items()},
            states=self._states(),
            opens_with=declared,
        )

    # Fields

    def _actions(self) -> Iterator[tuple[Path, shapes.ActionShape]]:
        for state, shape in self.shape.states.items():
            for name, action in shape.actions.items():
                yield (*self.path, "states", state, "actions", name), action
        for name, action in self.shape.actions.items():
            yield (*self.path, "actions", name), action

    def _declared_inputs(self) -> Iterator[tuple[Path, str, shapes.FieldShape]]:
        for path, action in self._actions():
            for name, shape in action.input.items():
                if not isinstance(shape, str):
                    yield (*path, "input", name), name, shape

    def _add_input(self, path: Path, name: str, shape: shapes.FieldShape) -> None:
        """Keep an input as a field of the case. Required by its action, it is still not required to open a case."""
        new = replace(read_field(name, shape), required=False)
        old = self._fields.setdefault(name, new)
        if _kind_of(old) != _kind_of(new):
            message = say(
                "{name} is {new} here and {old} elsewhere; give one of the two another name",
                name=name,
                new=_described(new),
                old=_described(old),
            )
            self._report("field-type", path, message, on_key=True)

    # Clocks

    def _clock(self, name: str, shape: clock_shapes.ClockShape) -> Clock:
        path = (*self.path, "clocks", name)
        extensions = tuple(extension_of(extension) for extension in shape.extension)
        return Clock(
            name=name,
            title=title_of(name, shape.title),
            starts=tuple(start.name for start in shape.starts),
            limits=limits_of(shape.limit, shape.counting),
            stops=tuple(shape.stops),
            basis=shape.basis,
            effect=shape.effect or Effect.STATUTORY,
            runs_on=tuple(shape.runs_on),
            restarts=tuple(shape.restarts),
            extension=extensions[0] if extensions else None,
            further_extensions=extensions[1:],
            within=bound_of(shape.within) if shape.within else None,
            ladder=tuple(self._ladder(path, shape.ladder)),
            latest_start=latest_start_of(shape.starts_at_latest),
            receipt=receipt_of(shape.receipt),
            pauses=tuple(pause_of(pause) for pause in shape.pauses),
            strict=other_reading_of(shape.strict, shape),
            lenient=other_reading_of(shape.lenient, shape),
            expires=tuple(Expiry(expiry.do, expiry.when) for expiry in shape.expires),
            calendar=shape.calendar,
            applies=shape.applies,
            not_before=floor_of(shape.not_before),
            receipts={start.name: made for start in shape.starts if (made := receipt_of(start.receipt))},
            deemed_later={start.name: start.plus for start in shape.starts if start.plus},
            all_of={start.name: tuple(start.all_of) for start in shape.starts if start.all_of},
        )

    def _ladder(self, path: Path, ladder: Mapping[str, clock_shapes.RungShape]) -> Iterator[Rung]:
        for key, rung in ladder.items():
            try:
                side, offset = parse_rung(key)
            except ValueError:
                self._report("bad-rung", (*path, "ladder", key), expected_rung(key), on_key=True)
            else:
                yield Rung(side, offset, rung.do, rung.reading, rung.at_once)

    # States and actions

    def _states(self) -> dict[str, State]:
        shared = {name: self._action((*self.path, "actions", name), a) for name, a in self.shape.actions.items()}
        legal_in = {name: self._legal_in(name, shape) for name, shape in self.shape.actions.items()}
        states = {}
        for name, shape in self.shape.states.items():
            own = {a: self._action((*self.path, "states", name, "actions", a), s) for a, s in shape.actions.items()}
            for action in own.keys() & shared.keys():
                if name in legal_in[action]:
                    message = say("{action} is declared for state {state} twice", action=action, state=name)
                    self._report("duplicate-action", (*self.path, "actions", action), message, on_key=True)
            own |= {action: made for action, made in shared.items() if name in legal_in[action] and action not in own}
            reason = shape.unlimited if isinstance(shape.unlimited, Text) else None
            unlimited = reason is not None or bool(shape.unlimited)
            states[name] = State(
                name, shape.stage, title_of(name, shape.title), own, shape.final, unlimited, unlimited_because=reason
            )
        return states

    def _legal_in(self, action: str, shape: shapes.SharedActionShape) -> set[str]:
        legal: set[str] = set()
        for index, state in enumerate(shape.in_):
            if state == OPEN:
                legal |= {name for name, declared in self.shape.states.items() if not declared.final}
            elif state in self.shape.states:
                legal.add(state)
            else:
                path = (*self.path, "actions", action, "in", index)
                self._report("unknown-state", path, unknown("state", state, [*self.shape.states, OPEN]))
        return legal

    def _action(self, path: Path, shape: shapes.ActionShape) -> Action:
        name = str(path[-1])
        return Action(
            name=name,
            title=title_of(name, shape.title),
            by=tuple(shape.by),
            to=shape.to,
            inputs=tuple(self._inputs((*path, "input"), shape)),
            guards=tuple(Guard(guard.check, guard.say) for guard in shape.when),
            sets=dict(shape.sets),
            opens=self._opening(shape.opens) if shape.opens else None,
            fires=Firing(shape.fires.subcase, shape.fires.action, shape.fires.for_) if shape.fires else None,
            issues=shape.issues,
            optional=shape.optional,
            basis=shape.basis,
            tells=tuple(shape.tells),
            merges_into=shape.merges_into,
            splits=Splitting(shape.splits.for_, shape.splits.field) if shape.splits else None,
            drops=tuple(shape.drops),
        )

    def _inputs(self, path: Path, shape: shapes.ActionShape) -> Iterator[Field]:
        for name, given in shape.input.items():
            if not isinstance(given, str):
                yield read_field(name, given)
            elif name in self._fields:
                yield replace(self._fields[name], required=given == "required")
            else:
                self._report("unknown-field", (*path, name), unknown("field", name, self._fields), on_key=True)

    def _opening(self, shape: shapes.OpensShape) -> Opening:
        return Opening(shape.subcase, shape.for_ or self.for_each.get(shape.subcase, ""))

    def _report(self, code: str, path: Path, message: Message, *, on_key: bool = False) -> None:
        self.problems.append(Problem(code, path, message, on_key=on_key))


def _kind_of(field: Field) -> tuple[object, ...]:
    return field.type, field.of, frozenset(field.choices)


def _described(field: Field) -> str:
    if field.type is FieldType.LIST and field.of:
        return f"{field.type} of {field.of}"
    return str(field.type)
