"""A change in the making: what a deed does to a case, its subcases and its papers, decided before anything is written.

A draft starts from a loaded family and ends as a `Change` that the store writes in one transaction. It reads no clock
and no database; when a refusal leaves it, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..errors import NotAllowed
from ..guards import compile_expression
from ..history import Case, Event, RungKey, apply
from ..machine import ConditionFailed, IllegalAction
from ..messages import Message, say
from ..model import CASE, OPEN, SYSTEM, Action, Firing, Opening, Subcase
from ..ports import Change, IssuedDocument
from ..roster import THE_SYSTEM, Actor
from . import refusals
from .family import Family
from .notices import about_delivery, about_time
from .papers import draw_number, made_from, numbered
from .projections import next_rung, project
from .situation import Deployed, Situation


@dataclass(frozen=True, slots=True)
class Deed:
    """One action on one case: who does it in which role, when in law, and with which accepted inputs."""

    case: str
    action: str
    actor: Actor
    role: str
    at: datetime
    inputs: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    rung: RungKey | None = None
    cause: str | None = None


@dataclass(slots=True)
class Draft:
    """A change in the making.

    Args:
        deployed: the procedure and what belongs to it.
        office: the office whose case it is.
        now: the instant of recording, read once for the whole change. UTC.
        new_id: gives the id of a new case.
        next_serial: gives the next number of a series.
        family: the case with its subcases; empty while the case is still to be opened.
        arrivals: events by which a subcase came to another state; joined only when the whole deed is done.
    """

    deployed: Deployed
    office: str
    now: datetime
    new_id: Callable[[], str]
    next_serial: Callable[[str], int]
    family: Family = field(default_factory=lambda: Family(()))
    events: list[Event] = field(default_factory=list)
    papers: list[IssuedDocument] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    arrivals: list[Event] = field(default_factory=list)

    def open_case(self, deed: Deed) -> Event:
        """Open the case that the deed names, with its inputs as fields, and return its first event."""
        event = self._first_event(deed, deed.case, {"kind": CASE, "number": ""})
        self.notices.extend(about_time(self._situation(self.family.root)))
        return event

    def perform(self, deed: Deed) -> Event:
        """Do the deed and everything that follows from it by itself; return its event.

        Raises `NotAllowed` when the action is not legal here or one of its conditions does not hold.
        """
        event = self._do(deed)
        while self.arrivals:
            self._join(self.arrivals.pop(0))
        return event

    def _do(self, deed: Deed) -> Event:
        case = self.family.member(deed.case)
        machine = self.deployed.machine(case)
        situation = Situation(self.deployed, self.family, case, deed.at, deed.actor.id, deed.inputs)
        try:
            state = machine.fire(case.state, deed.action, situation)
        except IllegalAction as error:
            raise refusals.illegal(self.deployed, case, deed.action) from error
        except ConditionFailed as error:
            raise refusals.condition(self.deployed, case, deed.action, error.refusal) from error
        action = machine.lifecycle.states[case.state].actions[deed.action]
        event = self._record(deed, action, situation, state)
        self._follow(event, action)
        return event

    def deliver_due(self, until: datetime) -> None:
        """Deliver every rung whose legal instant is not after ``until``, in legal order.

        A rung is delivered in the name of the system and takes effect at its legal instant, however late it is entered.
        """
        while found := next_rung(self.deployed, self.family, self.now, until):
            case, rung = found
            self.perform(Deed(case.id, rung.action, THE_SYSTEM, SYSTEM, rung.at, rung=rung.key))

    def change(self) -> Change:
        """Return everything to be written; cases and papers draw their numbers here, so that a refusal leaves no gap.

        The projections are those of the whole family: urgency of the case, say, moves the clocks of its subcases.
        """
        if self.events and not self.family.root.number:
            self._number_root()
        touched = {event.case for event in self.events}
        clocks, timers = project(self.deployed, self.family, self.now)
        documents, calendar = self.deployed.procedure.documents, self.deployed.calendar
        return Change(
            cases=tuple(case for case in self.family.cases if case.id in touched),
            events=tuple(self.events),
            projected=tuple(case.id for case in self.family.cases),
            clocks=clocks,
            timers=timers,
            documents=tuple(
                numbered(paper, documents[paper.name], calendar, self.next_serial) for paper in self.papers
            ),
        )

    def _number_root(self) -> None:
        opening, procedure = self.events[0], self.deployed.procedure
        number = draw_number(procedure.numbering, opening.effective_at, self.deployed.calendar, self.next_serial)
        self.events[0] = replace(opening, opened={**(opening.opened or {}), "number": number})
        self.family = self.family.with_case(replace(self.family.root, number=number))

    def _situation(self, case: Case) -> Situation:
        return Situation(self.deployed, self.family, case, self.now)

    def _first_event(self, deed: Deed, case_id: str, opened: Mapping[str, Any]) -> Event:
        procedure = self.deployed.procedure
        event = Event(
            office=self.office,
            case=case_id,
            root=self.family.root.id if self.family.cases else case_id,
            seq=1,
            action=OPEN,
            actor=deed.actor.id,
            role=deed.role,
            unit=deed.actor.unit,
            effective_at=deed.at,
            recorded_at=self.now,
            from_state=None,
            to_state=procedure.lifecycle(opened["kind"]).initial,
            data=deed.inputs,
            opened={"procedure": procedure.id, "version": procedure.version, **opened},
            key=deed.key,
            cause=deed.cause,
        )
        self._append(None, event)
        return event

    def _record(self, deed: Deed, action: Action, situation: Situation, state: str) -> Event:
        case = situation.case
        computed = {name: compile_expression(source).value(situation) for name, source in action.sets.items()}
        event = Event(
            office=self.office,
            case=case.id,
            root=case.root,
            seq=case.revision + 1,
            action=action.name,
            actor=deed.actor.id,
            role=deed.role,
            unit=deed.actor.unit,
            effective_at=deed.at,
            recorded_at=self.now,
            from_state=case.state,
            to_state=state,
            data={**deed.inputs, **computed},
            closes=self.deployed.lifecycle(case).states[state].final,
            key=deed.key,
            rung=deed.rung,
            cause=deed.cause,
        )
        self._append(case, event)
        return event

    def _append(self, case: Case | None, event: Event) -> None:
        self.family = self.family.with_case(apply(case, event))
        self.events.append(event)

    def _follow(self, event: Event, action: Action) -> None:
        """Do what follows from an event by itself: subcases fired upon, opened and closed, and papers."""
        if action.fires:
            self._fire_on_subcases(action.fires, event)
        if action.opens:
            self._open_subcases(action.opens, event)
        case = self.family.member(event.case)
        if action.issues:
            self.papers.append(made_from(self.deployed.procedure.documents[action.issues], case, event))
        if event.to_state != event.from_state:
            if case.parent is not None:
                self.arrivals.append(event)
            elif event.closes:
                self._close_subcases(event)

    def _in_wake_of(self, event: Event, case: Case, action: str) -> None:
        """Have the system do ``action`` on ``case`` because of ``event``."""
        self._do(Deed(case.id, action, THE_SYSTEM, SYSTEM, event.effective_at, cause=_name(event)))

    def _fire_on_subcases(self, firing: Firing, event: Event) -> None:
        targets = list(self._targets(firing))
        legal = [case for case in targets if self.deployed.machine(case).is_legal(case.state, firing.action)]
        if not legal or (firing.units and len(legal) < len(targets)):
            raise refusals.no_target(self.deployed, firing, targets)
        for case in legal:
            self._in_wake_of(event, case, firing.action)

    def _targets(self, firing: Firing) -> Iterator[Case]:
        wanted = _as_list(self.family.root.data.get(firing.units)) if firing.units else None
        for case in self.family.subcases:
            if case.kind == firing.subcase and case.closed_at is None and (wanted is None or case.unit in wanted):
                yield case

    def _open_subcases(self, opening: Opening, event: Event) -> None:
        subcase = self.deployed.procedure.subcases[opening.subcase]
        for unit in _as_list(self.family.root.data.get(opening.units)):
            if self.family.holding(opening.subcase, unit):
                raise NotAllowed(
                    say("unit {unit} already holds a {subcase} of this case", unit=unit, subcase=subcase.title),
                    say("name a unit that has none"),
                )
            self._open_subcase(subcase, unit, event)

    def _open_subcase(self, subcase: Subcase, unit: str, event: Event) -> None:
        root = self.family.root
        receiver = self._receiver(subcase, unit)
        opened = {
            "kind": subcase.lifecycle.kind,
            "number": f"{root.number}-{len(self.family.subcases) + 1}",
            "parent": root.id,
            "unit": unit,
            "lead": self._leads(subcase, unit),
        }
        data = {"delivered_to": receiver} if receiver else {}
        deed = Deed(root.id, OPEN, THE_SYSTEM, SYSTEM, event.effective_at, data, cause=_name(event))
        first = self._first_event(deed, self.new_id(), opened)
        case = self.family.member(first.case)
        if subcase.issues:
            self.papers.append(made_from(self.deployed.procedure.documents[subcase.issues], case, first))
        self.notices.extend(about_delivery(self.deployed, subcase, unit, receiver))
        self.notices.extend(about_time(self._situation(case)))

    def _receiver(self, subcase: Subcase, unit: str) -> str | None:
        """Return who receives it: the first person of the unit in the first role that the unit has."""
        candidates = (
            person.id for role in subcase.delivered_to for person in self.deployed.roster.holders([role], unit)
        )
        return next(candidates, None)

    def _leads(self, subcase: Subcase, unit: str) -> bool:
        """Return whether ``unit`` leads: it is named as lead, or no lead is named and it handles the case alone."""
        if subcase.lead is None:
            return False
        data = self.family.root.data
        if data.get(subcase.lead):
            return bool(data[subcase.lead] == unit)
        others = [case for case in self.family.subcases if case.closed_at is None]
        return len(_as_list(data.get(subcase.for_each))) == 1 and not others

    def _join(self, event: Event) -> None:
        """Fire the parent's actions when its subcases have arrived where it waits for them."""
        case = self.family.member(event.case)
        subcase = self.deployed.procedure.subcases[case.kind]
        if case.lead and case.state in subcase.when_lead:
            self._fire_on_root(subcase.when_lead[case.state], event)
        for state, action in subcase.when_all.items():
            if self._situation(case).in_state(case.kind, state, "all"):
                self._fire_on_root(action, event)

    def _fire_on_root(self, action: str, event: Event) -> None:
        root = self.family.root
        if self.deployed.machine(root).is_legal(root.state, action):
            self._in_wake_of(event, root, action)

    def _close_subcases(self, event: Event) -> None:
        for case in self.family.subcases:
            action = self.deployed.procedure.subcases[case.kind].when_case_ends
            if action and self.deployed.machine(case).is_legal(case.state, action):
                self._in_wake_of(event, case, action)


def _name(event: Event) -> str:
    return f"{event.case}:{event.seq}"


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
