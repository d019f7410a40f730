"""A story file (`*.story.yaml`) to a story: times in its zone, files given by name and content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from ...workflow.errors import InvalidInput, Problem
from ...workflow.messages import say
from ...workflow.rehearsal.expectations import Delivery, Expectation, ExpectedDue
from ...workflow.rehearsal.story import DoStep, OpenStep, ShowStep, Step, Story, TickStep, WhyStep
from ..instants import read_date, read_instant
from ..procedures.lifecycle_reader import title_of
from ..shape_problems import check_shape
from ..shorthands import Name, Names, Shape, Title
from ..yaml_reader import Source, read_yaml

_DEEDS = ("open", "do", "tick", "why", "show")


class ExpectShape(Shape):
    """What a step must lead to."""

    refused: str | None = None
    """The code of the refusal with which the step must end."""
    state: Name | None = None
    """The state of the case."""
    delivered: Names | None = None
    """The actions that the system does by itself in this step, in order."""
    due: dict[Name, str] = Field(default_factory=dict)
    """Clock: when it is due."""
    overdue: Names | None = None
    """The clocks that are overdue: these and no others."""


class StepShape(Shape):
    """One step: exactly one of ``open``, ``do``, ``tick``, ``why`` and ``show``."""

    at: str
    """When it happens."""
    by: Name | None = None
    """Who does it: the id of a person."""
    open: str | None = None
    """Open a case, and call it so in this story."""
    do: Name | None = None
    """Do this action."""
    tick: bool | None = None
    """``true``: let the system do what is due."""
    why: Name | None = None
    """Explain this clock, day by day."""
    show: str | None = None
    """Show this case."""
    on: str | None = None
    """The case that is meant; behind a slash the unit whose subcase is meant."""
    with_: dict[Name, Any] = Field(default_factory=dict, alias="with")
    """The fields of the new case, or the action's inputs."""
    expect: ExpectShape = Field(default_factory=ExpectShape)
    """What the step must lead to."""
    say: Title | None = None
    """What is told to whoever watches."""
    heading: Title | None = None
    """A heading before the step."""


class StoryShape(Shape):
    """A story file."""

    story: Name
    """The id; this key comes first."""
    title: Title | None = None
    """What the story is about."""
    procedure: Name
    """The id of the procedure."""
    zone: str
    """The time zone of all its times."""
    uses: list[str]
    """The definition files that it needs."""
    steps: list[StepShape]
    """The steps, in order of time."""


def read_story(text: str, file: str) -> Story:
    """Return the story that a YAML text tells. Raises `DefinitionInvalid` with every problem of it."""
    source = read_yaml(text, file)
    shape, problems = check_shape(StoryShape, source.data)
    if shape is None:
        raise source.refusal(problems)
    steps = [_step(source, shape.zone, index, step, problems) for index, step in enumerate(shape.steps)]
    if problems:
        raise source.refusal(problems)
    return Story(
        name=shape.story,
        title=title_of(shape.story, shape.title),
        procedure=shape.procedure,
        zone=shape.zone,
        uses=tuple(shape.uses),
        steps=tuple(step for step in steps if step),
    )


def _step(source: Source, zone: str, index: int, shape: StepShape, problems: list[Problem]) -> Step | None:
    path = ("steps", index)
    found = list(_problems(path, shape))
    at = _instant(shape.at, zone, (*path, "at"), found)
    dues = {
        name: _instant(text, zone, (*path, "expect", "due", name), found) for name, text in shape.expect.due.items()
    }
    problems.extend(found)
    if at is None or found:
        return None
    expect = shape.expect
    return Step(
        at=at,
        deed=_deed(shape),
        expect=Expectation(
            refused=expect.refused,
            state=expect.state,
            delivered=None if expect.delivered is None else tuple(map(Delivery, expect.delivered)),
            due={name: ExpectedDue(due) for name, due in dues.items() if due},
            overdue=None if expect.overdue is None else tuple(expect.overdue),
        ),
        tell=shape.say,
        heading=shape.heading,
    )


def _instant(text: str, zone: str, path: tuple[str | int, ...], problems: list[Problem]) -> datetime | None:
    try:
        return read_time(text, zone)
    except InvalidInput as error:
        problems.append(Problem("wrong-value", path, error.message))
        return None


def read_time(text: str, zone: str) -> datetime:
    """Return an instant, also spelled as law speaks: ``2026-11-19 24:00`` is the first moment of the 20th.

    Raises `InvalidInput`.
    """
    day = text.removesuffix(" 24:00")
    return read_instant(str(read_date(day) + timedelta(days=1)), zone) if day != text else read_instant(text, zone)


def _problems(path: tuple[str | int, ...], shape: StepShape) -> Iterator[Problem]:
    deeds = [deed for deed in _DEEDS if getattr(shape, deed) not in (None, False)]
    if len(deeds) != 1:
        message = say("expected exactly one of {deeds}; got: {found}", deeds=_DEEDS, found=deeds)
        yield Problem("step-deed", path, message)
        return
    if deeds[0] in ("open", "do") and shape.by is None:
        yield Problem("missing-key", path, say("expected key {key} here", key="by"))
    if deeds[0] in ("do", "why") and shape.on is None:
        yield Problem("missing-key", path, say("expected key {key} here", key="on"))


def _deed(shape: StepShape) -> OpenStep | DoStep | TickStep | WhyStep | ShowStep:
    data = {name: with_hash(value) for name, value in shape.with_.items()}
    if shape.open is not None:
        return OpenStep(shape.open, shape.by or "", data)
    if shape.do is not None:
        return DoStep(shape.on or "", shape.do, shape.by or "", data)
    if shape.why is not None:
        return WhyStep(shape.on or "", shape.why)
    if shape.show is not None:
        return ShowStep(shape.show)
    return TickStep()


def with_hash(value: Any) -> Any:
    """Return a value for the engine; ``{file: name, text: content}`` becomes the file's name and SHA-256."""
    if isinstance(value, list):
        return [with_hash(item) for item in value]
    if isinstance(value, Mapping) and "file" in value:
        content = str(value.get("text", value["file"]))
        return {"name": value["file"], "sha256": hashlib.sha256(content.encode()).hexdigest()}
    return value
