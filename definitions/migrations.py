"""Plans of migration (`*.migration.yaml`): proposed for a person to complete, then read and checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ..workflow.chain import digest
from ..workflow.checks.moving import check_moves
from ..workflow.checks.sentences import unknown
from ..workflow.comparison import probable_renames
from ..workflow.errors import InvalidInput, Problem
from ..workflow.messages import say
from ..workflow.migration import KEEP, RECOMPUTE, RULES, Chosen, Moves, Plan
from ..workflow.model import CASE, Lifecycle, Procedure
from .instants import read_instant
from .shape_problems import check_shape
from .shorthands import Name, Names, Shape, listed
from .yaml_reader import Source

CHOOSE = "CHOOSE"
"""What a proposal says where a person must decide."""


class MovesShape(Shape):
    """How the cases of one kind go over."""

    states: dict[Name, Name] = Field(default_factory=dict)
    """For each state of the old version, the one that takes its place."""
    clocks: dict[Name, Name] = Field(default_factory=dict)
    """For each clock: ``recompute``, ``keep``, ``rest`` or ``restart``."""
    actions: dict[Name, Name] = Field(default_factory=dict)
    """Actions that have another name in the new version."""


class ChosenShape(Shape):
    """Which running cases are meant."""

    numbers: Annotated[list[str], BeforeValidator(listed)] = Field(default_factory=list)
    """Numbers of cases."""
    states: Names = Field(default_factory=list)
    """States in which a case is."""
    units: Names = Field(default_factory=list)
    """Units that hold an open part of a case."""
    opened_from: str | None = None
    """Cases that were opened at this time or later."""
    opened_before: str | None = None
    """Cases that were opened before this time."""


class MigrationShape(Shape):
    """A plan of migration."""

    migration: Name
    """The id of the procedure; this key comes first."""
    source: int = Field(alias="from")
    """The version from which cases go."""
    target: int = Field(alias="to")
    """The version to which they go."""
    reason: str
    """Why; the history of every case says so."""
    decision: str = ""
    """The decision on which it rests, without which no running statutory limit may end earlier."""
    only: ChosenShape = Field(default_factory=ChosenShape)
    """Which running cases are meant; all of them where it is left out."""
    case: MovesShape = Field(default_factory=MovesShape)
    """How cases go over."""
    subcases: dict[Name, MovesShape] = Field(default_factory=dict)
    """How subcases go over, by kind."""


def read_shape(source: Source) -> MigrationShape:
    """Return what a plan says, its names not yet looked at. Raises `DefinitionInvalid`."""
    shape, problems = check_shape(MigrationShape, source.data)
    if shape is None:
        raise source.refusal(problems)
    return shape


def read_plan(source: Source, shape: MigrationShape, old: Procedure, new: Procedure, zone: str) -> Plan:
    """Return the plan of a file.

    Args:
        old, new: the procedure in the two versions that it names.
        zone: the time zone of instants that name no offset.

    Raises `DefinitionInvalid` with every problem, a place that still says ``CHOOSE`` among them.
    """
    kinds = {CASE: _moves(shape.case)} | {name: _moves(it) for name, it in shape.subcases.items()}
    kinds |= {kind: Moves() for kind in old.subcases if kind in new.subcases and kind not in kinds}
    problems = [*check_moves(old, new, kinds), *_chosen_problems(shape.only, old, zone)]
    if shape.reason.strip() in ("", CHOOSE):
        problems.append(Problem("missing-key", ("reason",), say("say why the cases go over: the history tells it")))
    if problems:
        raise source.refusal(problems)
    return Plan(
        procedure=shape.migration,
        source=shape.source,
        target=shape.target,
        reason=shape.reason,
        digest=digest(source.data),
        kinds={kind: moves for kind, moves in kinds.items() if kind == CASE or kind in new.subcases},
        decision=shape.decision,
        chosen=Chosen(
            tuple(shape.only.numbers),
            tuple(shape.only.states),
            tuple(shape.only.units),
            read_instant(shape.only.opened_from, zone) if shape.only.opened_from else None,
            read_instant(shape.only.opened_before, zone) if shape.only.opened_before else None,
        ),
    )


def _moves(shape: MovesShape) -> Moves:
    return Moves(shape.states, shape.clocks, shape.actions)


def _chosen_problems(only: ChosenShape, old: Procedure, zone: str) -> Iterator[Problem]:
    for serial, state in enumerate(only.states):
        if state not in old.case.states:
            yield Problem("unknown-state", ("only", "states", serial), unknown("state", state, old.case.states))
    for name in ("opened_from", "opened_before"):
        try:
            if text := getattr(only, name):
                read_instant(text, zone)
        except InvalidInput as error:
            yield Problem("wrong-value", ("only", name), error.message)


def propose(old: Procedure, new: Procedure) -> str:
    """Return a plan from one version to another, with ``CHOOSE`` where only a person can say.

    States keep their names, or get those that are probably theirs now; a clock that means the same is recomputed, and
    one that means something else is kept until somebody decides otherwise.
    """
    renames = probable_renames(old, new)
    lines = [
        f"migration: {old.id}",
        f"from: {old.version}",
        f"to: {new.version}",
        f"reason: {CHOOSE}    # why; the history of every case says so",
        "# decision: no running statutory limit may end earlier without a decision that is cited here",
        "# only: {states: [], units: [], numbers: [], opened_from: 2026-01-01, opened_before: 2026-12-31}",
        "",
        f"# Clocks: {', '.join(RULES)}.",
        "# recompute: as if the case had always been on the new version; keep: as in the old version;",
        "# rest: what is left of the old limit, counted on; restart: the whole new limit, from now on.",
        "case:",
        *_proposed("  ", old.case, new.case, renames.get(CASE, {})),
    ]
    if old.subcases:
        lines.append("subcases:")
    for kind, subcase in old.subcases.items():
        lines.append(f"  {kind}:")
        if kind in new.subcases:
            after = new.subcases[kind].lifecycle
            lines += _proposed("    ", subcase.lifecycle, after, renames.get(kind, {}))
        else:
            lines[-1] += " {}    # the new version has none: a case with one cannot go over"
    return "\n".join(lines) + "\n"


def _proposed(indent: str, old: Lifecycle, new: Lifecycle, renames: Mapping[str, str]) -> Iterator[str]:
    yield f"{indent}states:"
    for state in old.states.values():
        if state.name in new.states:
            yield f"{indent}  {state.name}: {state.name}"
        elif state.name in renames:
            yield f"{indent}  {state.name}: {renames[state.name]}    # probably; look at it"
        else:
            fitting = [other.name for other in new.states.values() if other.final == state.final]
            yield f"{indent}  {state.name}: {CHOOSE}    # one of {', '.join(fitting)}"
    if gone := [name for name in old.actions if name not in new.actions]:
        yield f"{indent}# actions of the old version that the new one has not: {', '.join(gone)}"
        yield f"{indent}# where one only has another name: actions: {{old_name: new_name}}"
    yield f"{indent}clocks: {{}}" if not old.clocks else f"{indent}clocks:"
    for name, clock in old.clocks.items():
        if clock == new.clocks.get(name):
            yield f"{indent}  {name}: {RECOMPUTE}"
        else:
            known = "it means something else in the new version" if name in new.clocks else "the new version has none"
            yield f"{indent}  {name}: {KEEP}    # {known}"


def read_outcome(text: str) -> Mapping[str, Any]:
    """Return the outcome of a trial from its file. Raises `InvalidInput` for anything else."""
    try:
        found = json.loads(text)
        datetime.fromisoformat(found["at"])
        if isinstance(found["cases"], list) and all("case" in case for case in found["cases"]):
            return dict(found)
    except (ValueError, KeyError, TypeError):
        pass
    raise InvalidInput(
        say("this is not the outcome of a trial"), hint=say("give what `caseclock migrate try --output` wrote")
    )
