"""A change in the making: what a deed does to a case, its subcases and its papers, decided before anything is written.

A draft starts from a loaded family and ends as a `Change` that the store writes in one transaction. It reads no clock
and no database; when a refusal leaves it, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..chain import linked, sealed
from ..errors import NotAllowed
from ..guards import compile_expression
from ..history import NOTED, Case, Event, RungKey, apply, fold, noted, related
from ..machine import ConditionFailed, IllegalAction
from ..messages import Message, say
from ..model import CASE, DISCLOSED, OPEN, PRINTED, RECOUNTED, REDACTED, SYSTEM, Action, Firing, Opening, Subcase
from ..ports import Change, IssuedDocument
from ..roster import THE_SYSTEM, Actor
from . import refusals
from .family import Family
from .hindsight import InTheWay, look_back
from .ids import new_salt
from .notices import about_delivery, about_overtaken, about_time
from .papers import Drawn, draw_number, listing, made_from
from .past import Past, Then, before
from .projections import Measured, measured, next_rung, project
from .situation import Deployed, Situation
from .telling import letters


@dataclass(frozen=True, slots=True)
class Deed:
    """One action on one case: who does it in which role, when in law, and with which accepted inputs.

    Args:
        timed: it is done in the wake of something that the system did because its time had come.
        relations: what the event of a case that is opened says of the case that it was split from.
    """

    case: str
    action: str
    actor: Actor
    role: str
    at: datetime
    inputs: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    rung: RungKey | None = None
    cause: str | None = None
    timed: bool = False
    relations: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class Draft:
    """A change in the making.

    Args:
        deployed: the procedure and what belongs to it.
        office: the office whose case it is.
        now: the instant of recording, read once for the whole change. UTC.
        new_id: gives the id of a new case.
        next_serial: gives the next number of a series.
        new_salt: gives the salt of the commitment of a private value.
        recorded: gives the family's history as it has been recorded; read only for what is entered late.
        first_timer: gives the instant of the first rung that is still to come in the family as it is kept.
        family: the case with its subcases; empty while the case is still to be opened.
        arrivals: events by which a subcase came to another state; joined only when the whole deed is done.
    """

    deployed: Deployed
    office: str
    now: datetime
    new_id: Callable[[], str]
    next_serial: Callable[[str], int]
    new_salt: Callable[[], str] = new_salt
    recorded: Callable[[], tuple[Event, ...]] = tuple
    first_timer: Callable[[], datetime | None] = lambda: None
    family: Family = field(default_factory=lambda: Family(()))
    events: list[Event] = field(default_factory=list)
    papers: list[IssuedDocument] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    arrivals: list[Event] = field(default_factory=list)
    _recorded: tuple[Event, ...] | None = None
    _measured: tuple[Family, Measured] | None = None

    def open_case(self, deed: Deed) -> Event:
        """Open the case that the deed names, with its inputs as fields, and return its first event."""
        event = self._first_event(deed, deed.case, {"kind": CASE, "number": ""})
        self.notices.extend(about_time(self._situation(self.family.root)))
        return event

    def perform(self, deed: Deed) -> Event:
        """Do the deed and everything that follows from it by itself; return its event.

        Raises `NotAllowed` when the action is not legal where the case stood then, when one of its conditions does not
        hold, or when something that was done afterwards stands in its way.
        """
        try:
            event = self._do(deed)
        except InTheWay as error:
            raise refusals.in_the_way(self.deployed, self.family, deed.action, error) from error
        while self.arrivals:
            self._join(self.arrivals.pop(0))
        self._end_what_it_opened(event)
        return event

    def then(self, case_id: str, action: str, at: datetime, *, timed: bool = False) -> Then | None:
        """Return where the case stood at an instant at which ``action`` was legal on it; None when it was not.

        Args:
            timed: it is done by the system in the wake of something whose time had come, and so not before that.
        """
        case = self.family.member(case_id)
        machine = self.deployed.machine(case)
        latest = self._is_latest(case, at, timed)
        places = iter([Then(case.state)]) if latest else self._past().standings(case_id, at, timed=timed)
        return next((then for then in places if machine.is_legal(then.state, action)), None)

    def _is_latest(self, case: Case, at: datetime, timed: bool) -> bool:
        """Whether nothing has happened that a deed at this instant might have to be put before."""
        marks = (mark for member in self.family.cases for done in member.marks.values() for mark in done)
        by_system = (mark.at for mark in marks if mark.actor == SYSTEM)
        return at >= case.since and not any(done > at or (done == at and not timed) for done in by_system)

    def _past(self) -> Past:
        if self._recorded is None:
            self._recorded = self.recorded()
            # Cases that an older version kept do not say which event left which mark.
            self.family = Family(fold((*self._recorded, *self.events)))
        return Past((*self._recorded, *self.events))

    def _do(self, deed: Deed) -> Event:
        case = self.family.member(deed.case)
        now = Then(case.state)
        if deed.rung is None:
            then = self.then(deed.case, deed.action, deed.at, timed=deed.timed)
            if then is None:
                raise refusals.illegal(self.deployed, case, deed.action)
            return self._act(deed, then)
        # A rung is delivered where the case is now, unless it should have led the case elsewhere before.
        moves = self.deployed.lifecycle(case).states[case.state].actions[deed.action].to
        then = self.then(deed.case, deed.action, deed.at, timed=True) if moves else None
        try:
            return self._act(deed, then or now)
        except InTheWay:
            return self._act(deed, now)

    def _act(self, deed: Deed, then: Then) -> Event:
        case = self.family.member(deed.case)
        machine = self.deployed.machine(case)
        family = before(self.family, self._past(), then.later) if then.later else self.family
        situation = Situation(self.deployed, family, family.member(case.id), deed.at, deed.actor.id, deed.inputs)
        try:
            state = machine.fire(then.state, deed.action, situation)
        except IllegalAction as error:
            raise refusals.illegal(self.deployed, case, deed.action) from error
        except ConditionFailed as error:
            raise refusals.condition(self.deployed, case, deed.action, error.refusal) from error
        action = machine.lifecycle.states[then.state].actions[deed.action]
        event = self._record(self._event(deed, action, situation, then.state, state), then)
        self._follow(event, action)
        return event

    def deliver_due(self, until: datetime) -> None:
        """Deliver every rung whose legal instant is not after ``until``, in legal order.

        A rung is delivered in the name of the system and takes effect at its legal instant, however late it is entered.
        """
        if not self.events and not self._is_any_due(until):
            return
        while found := next_rung(self.deployed, self.measured(), until):
            case, rung = found
            self.perform(Deed(case.id, rung.action, THE_SYSTEM, SYSTEM, rung.at, rung=rung.key))

    def _is_any_due(self, until: datetime) -> bool:
        """Whether the timers that are kept tell of a rung by then; as good as measuring while nothing has changed."""
        first = self.first_timer()
        return first is not None and first <= until

    def measured(self) -> Measured:
        """Return the family's clocks as it is now; measured once for as long as nothing changes."""
        if self._measured is None or self._measured[0] is not self.family:
            self._measured = self.family, measured(self.deployed, self.family, self.now)
        return self._measured[1]

    def redact(
        self, case: Case, actor: Actor, role: str, redaction: Mapping[str, Any], key: str | None = None
    ) -> Event:
        """Note down that private values of a case are erased, and take them off the case."""
        event = noted(case, REDACTED, at=self.now, recorded_at=self.now, redaction=redaction, key=key)
        return self._append(case, replace(event, actor=actor.id, role=role, unit=actor.unit))

    def note_print(self, case: Case, actor: Actor, role: str, printed: Mapping[str, Any]) -> Event:
        """Note down that a paper of a case was printed."""
        event = noted(case, PRINTED, at=self.now, recorded_at=self.now, printed=printed)
        return self._append(case, replace(event, actor=actor.id, role=role, unit=actor.unit))

    def disclose(self, case: Case, actor: Actor, role: str, shown: Mapping[str, Any]) -> Event:
        """Note down that private values of a case are shown to somebody; the case stays as it is."""
        event = noted(case, DISCLOSED, at=self.now, recorded_at=self.now, data=shown)
        return self._append(case, replace(event, actor=actor.id, role=role, unit=actor.unit))

    def note_recount(self, case: Case, recount: Mapping[str, Any]) -> None:
        """Note down what a new version of a calendar moves in a case."""
        self._append(case, noted(case, RECOUNTED, at=self.now, recorded_at=self.now, recount=recount))

    def note_migration(self, event: Event) -> None:
        """Have a case go over to another version, as an event says; the draft is on that version already."""
        self._append(self.family.member(event.case), event)

    def join(self, event: Event) -> None:
        """Note down that the case took in another one."""
        self._append(self.family.root, event)

    def relate(self, event: Event, relations: tuple[Mapping[str, Any], ...]) -> None:
        """Have an event of this draft say with which other cases it merged its case, or which it split off.

        They cannot be said before: a case that is split off draws its number last.
        """
        at = next(at for at, known in enumerate(self.events) if known.name == event.name)
        self.events[at] = replace(self.events[at], relations=relations)
        case = self.family.member(event.case)
        known = (*case.relations, *related(self.events[at]))
        self.family = self.family.with_case(replace(case, relations=tuple(sorted(known, key=lambda it: it.seq))))

    def change(self) -> Change:
        """Return everything to be written; cases and papers draw their numbers here, so that a refusal leaves no gap.

        The projections are those of the whole family: urgency of the case, say, moves the clocks of its subcases.
        """
        if self.events and not self.family.root.number:
            self._number_root()
        documents = tuple(self._number(paper) for paper in self.papers)
        cases, events = self._chained()
        clocks, timers = project(self.deployed, self.measured())
        return Change(
            cases=cases,
            events=events,
            projected=tuple(case.id for case in self.family.cases),
            clocks=clocks,
            timers=timers,
            documents=documents,
            letters=tuple(letters(self.deployed, self.family, events)),
        )

    def _number_root(self) -> None:
        opening = self.events[0]
        drawn = self._draw(self.deployed.procedure.numbering, opening)
        opened = {**(opening.opened or {}), "number": drawn.number}
        self.events[0] = replace(opening, opened=opened, drawn={drawn.series: drawn.serial})
        self.family = self.family.with_case(replace(self.family.root, number=drawn.number))

    def _number(self, paper: IssuedDocument) -> IssuedDocument:
        """Return a paper with the next number of its series; the event that issues it says which paper it was."""
        at, event = next((at, e) for at, e in enumerate(self.events) if (e.case, e.seq) == (paper.case, paper.seq))
        document = self.deployed.procedure.documents[paper.name]
        if document.papers:
            paper = listing(paper, document, self.family.cases, (*self.recorded(), *self.events))
        drawn = self._draw(document.numbering, event)
        told = {"name": paper.name, "number": drawn.number, "sha256": paper.sha256}
        series = {**event.drawn, drawn.series: drawn.serial}
        self.events[at] = replace(event, issued=(*event.issued, told), drawn=series)
        return replace(paper, number=drawn.number)

    def _draw(self, pattern: str, event: Event) -> Drawn:
        return draw_number(pattern, event.effective_at, self.deployed.calendar, self.next_serial)

    def _chained(self) -> tuple[tuple[Case, ...], tuple[Event, ...]]:
        """The cases that change, and the events, each chained to the one before it in its case."""
        events = linked(self.events, {case.id: case.link for case in self.family.cases})
        ends = {event.case: event.link for event in events}
        return tuple(replace(case, link=ends[case.id]) for case in self.family.cases if case.id in ends), events

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
            opened={
                "procedure": procedure.id,
                "version": procedure.version,
                "definition": self.deployed.fingerprint,
                **opened,
            },
            key=deed.key,
            cause=deed.cause,
            relations=deed.relations,
        )
        return self._append(None, event)

    def _record(self, event: Event, then: Then) -> Event:
        """Add an event, with what it overtakes if it was entered late; return it as added."""
        entered: tuple[Event, ...] = (event,)
        if then.later:
            past = self._past()
            entered = look_back(self.deployed, self.family, past, then, event)
            self.notices.extend(about_overtaken(self.deployed, self.family, past, entered))
        added = [self._append(self.family.member(event.case), event) for event in entered]
        return added[0]

    def _event(self, deed: Deed, action: Action, situation: Situation, then: str, state: str) -> Event:
        """The event of a deed. One that leads nowhere leaves the case in the state in which it is now."""
        case = self.family.member(deed.case)
        computed = {name: compile_expression(source).value(situation) for name, source in action.sets.items()}
        return Event(
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
            from_state=then if state != then else case.state,
            to_state=state if state != then else case.state,
            data={**deed.inputs, **computed},
            closes=state != then and self.deployed.lifecycle(case).states[state].final,
            key=deed.key,
            rung=deed.rung,
            cause=deed.cause,
        )

    def _append(self, case: Case | None, event: Event) -> Event:
        """Add an event, its private values sealed, and return it as added."""
        kind = case.kind if case else (event.opened or {})["kind"]
        if event.action not in NOTED:
            event = sealed(event, self.deployed.machines[kind].private, self.new_salt)
        self.family = self.family.with_case(apply(case, event))
        self.events.append(event)
        return event

    def _follow(self, event: Event, action: Action) -> None:
        """Do what follows from an event by itself: subcases fired upon, opened and closed, and papers."""
        if action.fires:
            self._fire_on_subcases(action.fires, event)
        if action.opens:
            self._open_subcases(action.opens, event)
        case = self.family.member(event.case)
        if action.issues:
            self._issue(action.issues, case, event)
        if event.moves:
            if case.parent is not None:
                self.arrivals.append(event)
            elif event.closes:
                self._close_subcases(event, event.effective_at)

    def _issue(self, name: str, case: Case, event: Event) -> None:
        situation = Situation(self.deployed, self.family, case, event.effective_at)
        self.papers.append(made_from(self.deployed.procedure.documents[name], situation, event))

    def _in_wake_of(self, event: Event, case: Case, action: str, at: datetime) -> bool:
        """Have the system do ``action`` on ``case`` because of ``event``; return whether it was legal.

        Where what people did on ``case`` since ``at`` stands in its way, it takes effect when the case came to the
        state in which it is.
        """
        timed = self._is_timed(event)
        for instant in dict.fromkeys((at, max(at, case.since))):
            if self.then(case.id, action, instant, timed=timed):
                try:
                    self._do(Deed(case.id, action, THE_SYSTEM, SYSTEM, instant, cause=event.name, timed=timed))
                except InTheWay:
                    continue
                return True
        return False

    def _is_timed(self, event: Event) -> bool:
        return bool(event.rung) or any(other.name == event.cause and self._is_timed(other) for other in self.events)

    def _fire_on_subcases(self, firing: Firing, event: Event) -> None:
        targets = list(self._targets(firing))
        done = [case for case in targets if self._in_wake_of(event, case, firing.action, event.effective_at)]
        if not done or (firing.units and len(done) < len(targets)):
            raise refusals.no_target(self.deployed, firing, targets)

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
        deed = Deed(root.id, OPEN, THE_SYSTEM, SYSTEM, event.effective_at, data, cause=event.name)
        first = self._first_event(deed, self.new_id(), opened)
        case = self.family.member(first.case)
        if subcase.issues:
            self._issue(subcase.issues, case, first)
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
        self._in_wake_of(event, self.family.root, action, event.effective_at)

    def _end_what_it_opened(self, event: Event) -> None:
        """End the subcases that a late entry has opened in a case that has ended since."""
        ended = self.family.root.closed_at
        if ended and any(other.opened and other.cause == event.name for other in self.events):
            self.deliver_due(ended - datetime.resolution)
            self._close_subcases(event, ended)

    def _close_subcases(self, event: Event, at: datetime) -> None:
        for case in self.family.subcases:
            action = self.deployed.procedure.subcases[case.kind].when_case_ends
            if action:
                self._in_wake_of(event, case, action, at)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
