"""Migration: the plan by which running cases go over to another version, and what it leaves of their clocks.

Of each clock a plan says one of four things. ``recompute``: it counts as if the case had always been on the new
version. ``keep``: it goes on by the old version. ``rest``: what was left of it is counted on by the new version.
``restart``: it begins anew, with the whole limit of the new version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .model import Clock, Extension, ExtensionMode, Lifecycle, Pause, Period, Procedure, Subcase, TimeUnit

RECOMPUTE = "recompute"
KEEP = "keep"
REST = "rest"
RESTART = "restart"
RULES = (RECOMPUTE, KEEP, REST, RESTART)
"""What a plan may say of a clock."""


@dataclass(frozen=True, slots=True)
class Moves:
    """How the cases of one kind go over: each state and renamed action to a new one, and each clock by which rule."""

    states: Mapping[str, str] = field(default_factory=dict)
    clocks: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which running cases are meant; what is not given leaves none out.

    Args:
        numbers: of cases without parent.
        states: in which the case without parent is.
        units: which hold an open subcase of it.
        opened_from, opened_before: when it was opened.
    """

    numbers: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    opened_from: datetime | None = None
    opened_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of migration, read and checked.

    Args:
        procedure: its id; ``source`` and ``target`` are the versions from and to which cases go.
        reason: why, for the history.
        decision: the decision on which it rests; without one no running statutory limit may become shorter.
        digest: SHA-256 over all of the plan.
        kinds: how cases go over, by kind.
    """

    procedure: str
    source: int
    target: int
    reason: str
    digest: str
    kinds: Mapping[str, Moves]
    decision: str = ""
    chosen: Chosen = field(default_factory=Chosen)


@dataclass(frozen=True, slots=True)
class Left:
    """What a migration left of a limit: how much, how much of it had been used, and whether it had been extended."""

    rest: Period
    used: Period
    extended: bool

    @staticmethod
    def of(told: Mapping[str, Any]) -> Left | None:
        """Return what an event says of it; None where it says nothing."""
        if "rest" not in told:
            return None
        unit = TimeUnit(told["unit"])
        return Left(Period(told["rest"], unit), Period(told["used"], unit), told["extended"])

    def extensions(self, rules: Sequence[Extension]) -> tuple[Extension, ...]:
        """Return how it may still be extended: a total is less what was used; nothing where it was extended before."""
        return () if self.extended else tuple(map(self._extension, rules))

    def _extension(self, rule: Extension) -> Extension:
        if rule.mode is not ExtensionMode.TO or rule.period is None or rule.period.unit is not self.used.unit:
            return rule
        return replace(rule, period=replace(rule.period, amount=max(rule.period.amount - self.used.amount, 1)))


def kept_clock(earlier: Procedure, kind: str, name: str, actions: Mapping[str, str]) -> Clock:
    """Return a clock of an earlier version in the words of the present one.

    Args:
        actions: those that have another name now, by the name that they had.
    """
    clock = earlier.lifecycle(kind).clocks[name]
    return replace(_renamed(clock, actions), calendar=clock.calendar or earlier.calendar)


def with_clock(procedure: Procedure, kind: str, clock: Clock) -> Procedure:
    """Return a procedure with another clock in one of its lifecycles."""
    changed = _with_clock(procedure.lifecycle(kind), clock)
    if kind == procedure.case.kind:
        return replace(procedure, case=changed)
    subcase: Subcase = replace(procedure.subcases[kind], lifecycle=changed)
    return replace(procedure, subcases={**procedure.subcases, kind: subcase})


def _with_clock(lifecycle: Lifecycle, clock: Clock) -> Lifecycle:
    return replace(lifecycle, clocks={**lifecycle.clocks, clock.name: clock})


def _renamed(clock: Clock, actions: Mapping[str, str]) -> Clock:
    if not actions:
        return clock
    name = dict(actions).get

    def of(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name(one, one) for one in names)

    def pause(rule: Pause) -> Pause:
        return replace(rule, begins=of(rule.begins), ends=of(rule.ends))

    def extension(rule: Extension) -> Extension:
        ask = rule.ask and name(rule.ask, rule.ask)
        refuse = rule.refuse and name(rule.refuse, rule.refuse)
        return replace(rule, ask=ask, grant=name(rule.grant, rule.grant), refuse=refuse)

    return replace(
        clock,
        starts=of(clock.starts),
        stops=of(clock.stops),
        runs_on=of(clock.runs_on),
        restarts=of(clock.restarts),
        ladder=tuple(replace(rung, action=name(rung.action, rung.action)) for rung in clock.ladder),
        expires=tuple(replace(expiry, action=name(expiry.action, expiry.action)) for expiry in clock.expires),
        pauses=tuple(map(pause, clock.pauses)),
        extension=clock.extension and extension(clock.extension),
        further_extensions=tuple(map(extension, clock.further_extensions)),
    )
