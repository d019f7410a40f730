"""A case at an instant, among its family: what conditions and clocks may ask about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from ..calendars import WEEKDAYS, Calendar
from ..clocks import ClockStatus, measure, why_not_ask, why_not_grant, why_not_pause, why_not_refuse
from ..guards import compile_expression
from ..history import Case
from ..machine import CaseMachine, Step
from ..messages import Message, Text, say
from ..migration import KEEP, kept_clock
from ..model import CASE, Bound, Clock, Floor, Lifecycle, Procedure, Strictness
from ..roster import Roster
from .family import Family


@dataclass(frozen=True, slots=True)
class Deployed:
    """A procedure with everything that a case of it needs: its machines, calendars and roster.

    Args:
        fingerprint: the procedure's, as it is deployed.
        calendar: the procedure's own.
        calendars: by id, the procedure's own and those that single clocks name.
        versions: by id, in which version each of these calendars is deployed.
        earlier: versions by which clocks of a case that was migrated still go.
        recounting: ids of those of which the version is so new that it may not have reached every open case.
    """

    procedure: Procedure
    calendar: Calendar
    roster: Roster
    machines: Mapping[str, CaseMachine]
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    recounting: frozenset[str] = frozenset()
    fingerprint: str = ""
    earlier: Mapping[int, Deployed] = field(default_factory=dict)

    def calendar_of(self, clock: Clock) -> Calendar:
        """Return the calendar by which ``clock`` is counted: the one it names, or the procedure's."""
        return self.calendars[clock.calendar] if clock.calendar else self.calendar

    def calendar_version(self, clock: Clock) -> str:
        """Return that calendar with its version, such as ``cn@3``."""
        calendar = clock.calendar or self.procedure.calendar
        return f"{calendar}@{self.versions[calendar]}"

    def clock(self, case: Case, name: str) -> Clock:
        """Return a clock of ``case``: of an earlier version, where a migration left it to that, else of its own."""
        carried = case.carried.get(name)
        if carried is None or carried["rule"] != KEEP:
            return self.lifecycle(case).clocks[name]
        earlier = self.earlier[carried["version"]]
        return kept_clock(earlier.procedure, case.kind, name, carried["actions"])

    def clock_names(self, case: Case) -> tuple[str, ...]:
        """Return the names of the clocks of ``case``, as declared; after them those kept of an earlier version."""
        declared = self.lifecycle(case).clocks
        kept = (name for name, told in case.carried.items() if told["rule"] == KEEP and name not in declared)
        return (*declared, *kept)

    def machine(self, case: Case) -> CaseMachine:
        """Return the machine that decides for ``case``."""
        return self.machines[case.kind]

    def lifecycle(self, case: Case) -> Lifecycle:
        """Return the lifecycle that ``case`` runs through."""
        return self.procedure.lifecycle(case.kind)

    def local(self, instant: datetime) -> datetime:
        """Return an instant in the procedure's own zone, for sentences that people read."""
        return self.calendar.local(instant)


def with_earlier(deployed: Deployed, earlier: Mapping[int, Deployed]) -> Deployed:
    """Return a procedure together with earlier versions of it, and with the calendars by which those count."""
    calendars, versions, recounting = dict(deployed.calendars), dict(deployed.versions), deployed.recounting
    for one in earlier.values():
        calendars |= one.calendars
        versions |= one.versions
        recounting |= one.recounting
    return replace(deployed, earlier=earlier, calendars=calendars, versions=versions, recounting=recounting)


@dataclass(frozen=True, slots=True)
class Situation:
    """A case at the instant ``at``, with the inputs that ``actor`` gives to an action, if any.

    Implements `guards.Facts` and `machine.CaseFacts`.
    """

    deployed: Deployed
    family: Family
    case: Case
    at: datetime
    actor: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> object:
        """Return a field's value: of this case, or with the prefix ``case.`` of the parent."""
        prefix, dot, rest = name.partition(".")
        if dot and prefix == CASE:
            return self._parent().value(rest) if self.case.parent else self.value(rest)
        if name == "actor":
            return self.actor
        if name == "is_lead":
            return self.case.lead
        return self.inputs[name] if name in self.inputs else self.case.data.get(name)

    def day(self, instant: str | None) -> str | None:
        """Return the day, in the procedure's zone, on which an instant falls."""
        return self._day(instant).isoformat() if instant else None

    def weekday(self, instant: str | None) -> str | None:
        """Return the name of the weekday of an instant or a day, such as ``saturday``."""
        return WEEKDAYS[self._day(instant).weekday()].en.lower() if instant else None

    def time(self, instant: str | None) -> int | None:
        """Return the time of day of an instant in the procedure's zone, 1630 for 16:30."""
        if not instant:
            return None
        wall = self.deployed.calendar.wall_time(datetime.fromisoformat(instant))
        return wall.hour * 100 + wall.minute

    def working_day(self, instant: str | None) -> bool:
        """Return whether an instant or a day is on a working day."""
        return bool(instant) and self.deployed.calendar.is_working(self._day(instant or ""))

    def _day(self, value: str) -> date:
        if "T" in value:
            return self.deployed.calendar.to_date(datetime.fromisoformat(value))
        return date.fromisoformat(value)

    def times(self, action: str) -> int:
        """Return how often ``action`` was done."""
        return len(self.case.marks.get(action, ()))

    def doer(self, action: str) -> str | None:
        """Return who did ``action`` last."""
        marks = self.case.marks.get(action)
        return marks[-1].actor if marks else None

    def overdue(self, clock: str) -> bool:
        """Return whether a clock of this case, or with ``case.`` of the parent, is overdue at this instant."""
        status = self.clock(clock)
        return status is not None and status.overdue(self.at)

    def overdue_by_any_reading(self, clock: str) -> bool:
        """Return whether a clock is overdue even by the latest reading of its limit."""
        status = self.clock(clock)
        return status is not None and status.overdue(self.at, Strictness.LENIENT)

    def paused(self, clock: str) -> bool:
        """Return whether time stands still for a clock at this instant."""
        status = self.clock(clock)
        return status is not None and status.running and status.paused_since is not None

    def can_lead(self, unit: str) -> bool:
        """Return whether the roster lets ``unit`` lead a case; units that no roster knows may."""
        return unit not in self.deployed.roster.units or self.deployed.roster.units[unit].can_lead

    def in_state(self, subcase: str, state: str, which: Literal["lead", "all", "any"]) -> bool:
        """Return whether the lead's subcase, all, or any of this kind that have not been closed are in ``state``."""
        alive = [
            case
            for case in self.family.subcases
            if case.kind == subcase and (case.closed_at is None or case.state == state)
        ]
        if which == "lead":
            alive = [case for case in alive if case.lead]
        inside = [case.state == state for case in alive]
        return any(inside) if which == "any" else bool(inside) and all(inside)

    def extension_refusal(self, clock: str, step: Step, which: int = 0) -> Message | None:
        """Return why an extension of ``clock`` cannot take this step at this instant; None when it can."""
        status = self.clock(clock)
        if status is None:
            return say("the clock {clock} has not started", clock=self.deployed.clock(self.case, clock).title)
        match step:
            case "ask":
                return why_not_ask(status, self.at, which)
            case "grant":
                return why_not_grant(status, self.at, self.inputs, which)
            case "refuse":
                return why_not_refuse(status, which)

    def pause_refusal(self, clock: str, action: str) -> Message | None:
        """Return why ``action`` cannot pause a clock once more; None when it can, or the clock does not run."""
        status = self.clock(clock)
        return why_not_pause(status, action) if status else None

    def clock(self, name: str) -> ClockStatus | None:
        """Return where a clock stands, ``case.`` meaning the parent's; None while it has not started."""
        prefix, dot, rest = name.partition(".")
        if dot and prefix == CASE:
            return self._parent().clock(rest) if self.case.parent else self.clock(rest)
        clock = self.deployed.clock(self.case, name)
        calendar = self.deployed.calendar_of(clock)
        bound, floor = self._other_due(clock.within), self._other_due(clock.not_before)
        return measure(clock, self.case, calendar, self._holds, self.at, bound, self._title, floor, self._person)

    def clocks(self) -> tuple[ClockStatus, ...]:
        """Return every clock that has started, in the order in which the procedure declares them."""
        names = self.deployed.clock_names(self.case)
        return tuple(status for name in names if (status := self.clock(name)) is not None)

    def _other_due(self, bound: Bound | Floor | None) -> datetime | None:
        """Return the due of the clock that a bound names, if that clock has started."""
        if bound is None:
            return None
        other = self.clock(f"{CASE}.{bound.clock}" if bound.of_case else bound.clock)
        return other.due_at if other else None

    def _person(self, actor: str) -> Text | str:
        """Return the name of an actor, where the roster has one."""
        known = self.deployed.roster.people.get(actor)
        return known.name if known and known.name else actor

    def _title(self, name: str) -> Text | str:
        """Return what people call an action or a field."""
        return self.deployed.machine(self.case).titles.get(name, name)

    def _holds(self, expression: str) -> bool:
        return compile_expression(expression).holds(self)

    def _parent(self) -> Situation:
        return replace(self, case=self.family.root, inputs={})
