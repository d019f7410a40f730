"""Migrating: running cases go over to another version of their procedure, as a plan says, all of them or none.

A family goes over whole. What happened before is told in the new words from then on; each clock goes on by the rule
that the plan gives it. A trial tells for every case what would be; applying it does exactly that or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..clocks import ClockStatus
from ..errors import CaseclockError, Conflict, InvalidInput, NotAllowed, NotFound
from ..history import Case, Event, Mark, apply, fold, noted
from ..messages import Message, say
from ..migration import KEEP, RECOMPUTE, REST, Chosen, Moves, Plan
from ..model import DISCLOSED, MIGRATED, PRINTED, RECOUNTED, REDACTED, SYSTEM, Clock, Effect
from ..roster import Actor
from .family import Family
from .left_over import left_of
from .projections import is_over, measured, pending
from .session import FAMILIES, Session, Sessions, family_pages
from .situation import Deployed

HARMLESS = frozenset({RECOUNTED, REDACTED, PRINTED, DISCLOSED})
"""What may have been noted down about a case since a migration that is undone."""

Measures = Mapping[str, Mapping[str, ClockStatus]]
"""The clocks that have started, by case and name."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a plan would do to every running case that it means.

    Args:
        at: the instant at which the cases go over.
        cases: for each family what would be, as plain values: see `docs/migrating.md`.
        problems: why the plan cannot be applied, with the number of the case.
    """

    plan: Plan
    at: datetime
    cases: tuple[Mapping[str, Any], ...]
    problems: tuple[Message, ...]

    def told(self) -> dict[str, Any]:
        """Return it as plain values, the form in which it is kept until it is applied."""
        return {
            "migration": self.plan.procedure,
            "from": self.plan.source,
            "to": self.plan.target,
            "plan": self.plan.digest,
            "at": self.at.isoformat(),
            "cases": [dict(case) for case in self.cases],
        }


@dataclass(frozen=True, slots=True)
class Migrated:
    """A migration that was carried out, or undone: its id, and the numbers of the cases that went over."""

    id: str
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Crossing:
    """One family on its way: where it comes from, the events by which it goes over, and where it is then.

    Args:
        old, new: its clocks on the version that it leaves, and on ``deployed``, to which it goes.
    """

    before: Family
    old: Measures
    events: tuple[Event, ...]
    after: Family
    new: Measures
    deployed: Deployed
    papers_gone: frozenset[str] = frozenset()


def attempt_all(sessions: Sessions, plan: Plan) -> Trial:
    """Return what the plan would do now; nothing is written. Raises `NotFound` for a version that is not deployed."""
    with sessions() as session:
        at = session.now
        cases, problems = _try(session, plan, at)
    return Trial(plan, at, cases, problems)


def carry_over(session: Session, plan: Plan, outcome: Mapping[str, Any], actor: Actor, migration: str) -> Migrated:
    """Carry out exactly what a trial told, in the session's transaction.

    Args:
        outcome: what `Trial.told` returned.
        migration: the id of the whole, by which it can be undone.

    Raises `InvalidInput` for the outcome of another plan, `NotAllowed` where the plan cannot be applied, and `Conflict`
    when anything would not be as it was told.
    """
    if outcome.get("plan") != plan.digest:
        raise InvalidInput(
            say("this is not the outcome of this plan: the plan was changed since"),
            hint=say("try the plan again: `caseclock migrate try`"),
        )
    at, told = datetime.fromisoformat(outcome["at"]), {case["case"]: case for case in outcome["cases"]}
    crossings, done = [], []
    for root in _meant(session, plan):
        crossing = _cross(session, plan, root, at, actor, migration)
        found = _told(crossing, at)
        if told.pop(found["case"], None) != found:
            raise _otherwise(found["case"])
        _refuse(_problems(session, crossing, plan))
        crossings.append(crossing)
    if told:
        raise _otherwise(next(iter(told)))
    for crossing in crossings:
        repeat(session, crossing.before, crossing.events)
        done.append(crossing.before.root.number)
    return Migrated(migration, tuple(done))


def _otherwise(case: str) -> Conflict:
    return Conflict(
        say("{case} is not as it was when the plan was tried, so nothing has been done", case=case),
        say("try the plan again: `caseclock migrate try`"),
    )


def _refuse(problems: Sequence[Message]) -> None:
    if problems:
        raise NotAllowed(problems[0], say("change the plan, or leave the case out with `only`"))


def _try(session: Session, plan: Plan, at: datetime) -> tuple[tuple[Mapping[str, Any], ...], tuple[Message, ...]]:
    cases: list[Mapping[str, Any]] = []
    problems: list[Message] = []
    for root in _meant(session, plan):
        try:
            crossing = _cross(session, plan, root, at, Actor("system", frozenset()), "")
            cases.append(_told(crossing, at))
            problems += _problems(session, crossing, plan)
        except CaseclockError as error:
            number = session.family(root).root.number
            problems.append(say("{case}: {message}", case=number, message=error.message))
    return tuple(cases), tuple(problems)


def _meant(session: Session, plan: Plan) -> Iterator[str]:
    """Yield the running families on the plan's old version that it chooses, each locked where the session writes."""
    after = ""
    while page := session.tx.open_families((plan.procedure,), after, FAMILIES):
        after = page[-1]
        found = session.tx.named_many(page)
        for root in page:
            family = Family(found[root][1])
            if family.root.version == plan.source and _is_chosen(family, plan.chosen):
                yield root


def _is_chosen(family: Family, chosen: Chosen) -> bool:
    root = family.root
    units = {case.unit for case in family.subcases if case.closed_at is None}
    return (
        (not chosen.numbers or root.number in chosen.numbers)
        and (not chosen.states or root.state in chosen.states)
        and (not chosen.units or bool(units & set(chosen.units)))
        and (chosen.opened_from is None or root.opened_at >= chosen.opened_from)
        and (chosen.opened_before is None or root.opened_at < chosen.opened_before)
    )


def _cross(session: Session, plan: Plan, root: str, at: datetime, actor: Actor, migration: str) -> _Crossing:
    """Decide how a family goes over; nothing is written."""
    family = session.family(root)
    if gone := sorted({case.kind for case in family.subcases} - set(plan.kinds)):
        raise NotAllowed(say("the new version has no {kind}, and the case has one", kind=gone[0]))
    old, new = session.deployed_for(family.cases), session.deployed(plan.procedure, plan.target)
    _refuse_places(session, plan, family, old, new)
    before = _measures(old, family, at)
    plain = [_event(session, plan, case, old, new, before[case.id], at, actor, migration) for case in family.cases]
    once = _after(family, plain)
    there = session.deployed_for(once.cases)
    events = [_taking_back(session, event, once, _measures(there, once, at)) for event in plain]
    papers_gone = frozenset(old.procedure.documents) - frozenset(new.procedure.documents)
    return _crossing(family, before, events, there, at, papers_gone)


def _crossing(
    family: Family,
    before: Measures,
    events: Sequence[Event],
    deployed: Deployed,
    at: datetime,
    papers_gone: frozenset[str] = frozenset(),
) -> _Crossing:
    """A family that goes over by these events, which tell then which dues they move."""
    after = _after(family, events)
    new = _measures(deployed, after, at)
    told = tuple(_with_dues(event, before[event.case], new[event.case]) for event in events)
    return _Crossing(family, before, told, after, new, deployed, papers_gone)


def _measures(deployed: Deployed, family: Family, at: datetime) -> Measures:
    return {case.id: {it.clock.name: it for it in clocks} for case, clocks in measured(deployed, family, at)}


def _refuse_places(session: Session, plan: Plan, family: Family, old: Deployed, new: Deployed) -> None:
    """Raise `NotAllowed` where a case is, or has been, in a state that has no place in the new version."""
    gone = {
        (kind, state)
        for kind, moves in plan.kinds.items()
        for state in old.procedure.lifecycle(kind).states
        if moves.states.get(state, state) not in new.procedure.lifecycle(kind).states
    }
    for event in session.tx.events(family.root.id) if gone else ():
        case = family.member(event.case)
        if (case.kind, event.to_state) in gone:
            told = {"case": case.number, "state": event.to_state}
            raise NotAllowed(say("{case} has been in the state {state}, which has no place in the plan", **told))


def _after(family: Family, events: Sequence[Event]) -> Family:
    cases = {event.case: apply(family.member(event.case), event) for event in events}
    return Family(tuple(cases[case.id] for case in family.cases))


def _event(
    session: Session,
    plan: Plan,
    case: Case,
    old: Deployed,
    new: Deployed,
    running: Mapping[str, ClockStatus],
    at: datetime,
    actor: Actor,
    migration: str,
) -> Event:
    """The event by which one case goes over, before it takes anything back."""
    moves = plan.kinds[case.kind]
    carried, rungs = {}, {}
    for name in old.clock_names(case):
        told = _carried(case, name, moves, running.get(name), plan.source, at)
        if told:
            carried[name] = told
        if not told or told["rule"] != KEEP:
            after = new.lifecycle(case).clocks.get(name)
            rungs[name] = _places(old.clock(case, name), after, moves.actions)
    return _goes_over(
        case,
        moves.states.get(case.state, case.state),
        {
            "id": migration,
            "undoes": None,
            "from": {"procedure": plan.procedure, "version": plan.source, "definition": old.fingerprint},
            "to": {"procedure": plan.procedure, "version": plan.target, "definition": new.fingerprint},
            "plan": plan.digest,
            "reason": plan.reason,
            "decision": plan.decision,
            "states": {was: now for was, now in moves.states.items() if was != now},
            "actions": dict(moves.actions),
            "rungs": rungs,
            "carried": carried,
            "dues": {},
            "restores": [],
        },
        at=at,
        recorded_at=session.now,
        actor=actor,
    )


def _goes_over(
    case: Case, state: str, migration: Mapping[str, Any], *, at: datetime, recorded_at: datetime, actor: Actor
) -> Event:
    """The event by which a case goes over, or back, to a state."""
    return replace(
        noted(case, MIGRATED, at=at, recorded_at=recorded_at),
        actor=actor.id,
        role=min(actor.roles, default=SYSTEM),
        unit=actor.unit,
        to_state=state,
        migration=migration,
    )


def _carried(
    case: Case, name: str, moves: Moves, status: ClockStatus | None, version: int, at: datetime
) -> dict[str, Any] | None:
    """By what a clock goes on; None where it simply counts by the new version."""
    rule = moves.clocks.get(name, RECOMPUTE)
    if status is None or rule == RECOMPUTE:
        return None
    if rule != KEEP and status.running and status.paused_since is None:
        if rule != REST:
            return {"rule": rule, "at": at.isoformat()}
        if left := left_of(status, at):
            return {"rule": rule, "at": at.isoformat(), **left}
    # What is over, stands still or has nothing left stays as it is.
    known = case.carried.get(name, {})
    kept = known.get("actions", {}) if known.get("rule") == KEEP else {}
    actions = {was: moves.actions.get(now, now) for was, now in kept.items()}
    actions |= {was: now for was, now in moves.actions.items() if was not in kept.values()}
    return {**known, "rule": KEEP, "version": known.get("version", version), "actions": actions}


def _places(old: Clock, new: Clock | None, actions: Mapping[str, str]) -> dict[str, int]:
    """The place in the new ladder of each rung of the old one, as far as it has one."""
    if new is None:
        return {}
    free, found = dict(enumerate(new.ladder)), {}
    for exact in (True, False):
        for place, rung in enumerate(old.ladder):
            action = actions.get(rung.action, rung.action)
            fits = (
                at
                for at, other in free.items()
                if (other.side, other.action) == (rung.side, action) and (other.offset == rung.offset or not exact)
            )
            if str(place) not in found and (at := next(fits, None)) is not None:
                found[str(place)] = at
                del free[at]
    if old.expires and new.expires:
        found[str(len(old.ladder))] = len(new.ladder)
    return found


def _taking_back(session: Session, event: Event, family: Family, measures: Measures) -> Event:
    """The event with those rungs that came under the old limit and lie ahead under the new one: they come again.

    Args:
        family: as it is on the new version, before anything is taken back; ``measures`` are its clocks.
    """
    case, at = family.member(event.case), event.effective_at
    ahead = {
        case.delivered[rung.key]
        for name, status in measures[case.id].items()
        if name not in case.carried
        for rung in status.rungs
        if rung.key in case.delivered and rung.at > at and not is_over(replace(case, delivered={}), status, rung)
    }
    if not ahead:
        return event
    moved = {other.seq for other in session.tx.events(case.root) if other.case == case.id and other.moves}
    return replace(event, overtakes=tuple(sorted(ahead - moved)))


def _with_dues(event: Event, before: Mapping[str, ClockStatus], after: Mapping[str, ClockStatus]) -> Event:
    dues = {name: {"old": _due(before.get(name)), "new": _due(after.get(name))} for name in (*before, *after)}
    moved = {name: due for name, due in dues.items() if due["old"] != due["new"]}
    return replace(event, migration={**(event.migration or {}), "dues": moved})


def _told(crossing: _Crossing, at: datetime) -> dict[str, Any]:
    """What becomes of a family, as plain values."""
    return {
        "case": crossing.before.root.number,
        "members": [_told_of(crossing, event, at) for event in crossing.events],
    }


def _told_of(crossing: _Crossing, event: Event, at: datetime) -> dict[str, Any]:
    before, after = crossing.before.member(event.case), crossing.after.member(event.case)
    old, new = crossing.old[event.case], crossing.new[event.case]
    return {
        "number": before.number,
        "kind": before.kind,
        "unit": before.unit,
        "state": [before.state, after.state],
        "clocks": {
            name: {
                "rule": after.carried.get(name, {}).get("rule", RECOMPUTE),
                "due": [_due(old.get(name)), _due(new.get(name))],
                "overdue": [name in old and old[name].overdue(at), name in new and new[name].overdue(at)],
            }
            for name in dict.fromkeys((*old, *new))
        },
        "taken_back": list(event.overtakes),
        "at_once": sorted(
            rung.action for rung in pending(after, new.values(), crossing.deployed.machine(after)) if rung.at <= at
        ),
    }


def _due(status: ClockStatus | None) -> str | None:
    return status.due_at.isoformat() if status and status.running else None


def _problems(session: Session, crossing: _Crossing, plan: Plan) -> list[Message]:
    """Why a family cannot go over."""
    shortened = () if plan.decision else _shortened(crossing)
    return [*shortened, *_without_paper(session, crossing)]


def _shortened(crossing: _Crossing) -> Iterator[Message]:
    """Whose statutory limit would end earlier, or be gone: that takes a decision that says so."""
    for case in crossing.before.cases:
        for name, status in crossing.old[case.id].items():
            if status.clock.effect is not Effect.STATUTORY or not status.running:
                continue
            found = crossing.new[case.id].get(name)
            if found is None or (found.running and found.due_at < status.due_at):
                yield say(
                    "{case}: the running limit {clock} would end earlier; cite the decision in the plan (decision)",
                    case=case.number,
                    clock=status.clock.title,
                )


def _without_paper(session: Session, crossing: _Crossing) -> Iterator[Message]:
    root, gone = crossing.before.root, crossing.papers_gone
    for paper in session.tx.documents(root.id) if gone else ():
        if paper.name in gone:
            told = {"case": root.number, "paper": paper.name}
            yield say("{case}: it has issued {paper}, which the new version does not know", **told)


def repeat(session: Session, family: Family, events: Sequence[Event]) -> None:
    """Have a family go over by these events, which are written as they are.

    Raises ValueError where they do not follow what the family is: in a replay, because it has come out otherwise.
    """
    deployed = session.deployed_for(_after(family, events).cases)
    draft = session.draft(replace(deployed, recounting=frozenset()), family)
    for event in events:
        draft.note_migration(event)
    session.tx.save(draft.change())


def undo(session: Session, roots: Sequence[str], migration: str, actor: Actor, reason: str, anew: str) -> Migrated:
    """Have all cases of a migration go back to where they were, in the session's transaction.

    Args:
        roots: the ids of all families in which it may have happened.
        anew: the id of this migration.

    Raises `NotFound` for a migration that is not known, `NotAllowed` where something was done since.
    """
    done = []
    for root in roots:
        events = session.tx.events(root)
        own = {event.case: event for event in events if event.migration and event.migration["id"] == migration}
        if not own:
            continue
        family = session.family(root)
        _refuse_changed(family, events, own)
        back = [_back(family.member(case), events, event, session, actor, reason, anew) for case, event in own.items()]
        here, there = session.deployed_for(family.cases), session.deployed_for(_after(family, back).cases)
        crossing = _crossing(family, _measures(here, family, session.now), back, there, session.now)
        repeat(session, family, crossing.events)
        done.append(family.root.number)
    if not done:
        raise NotFound(
            say("no migration {id} in this office", id=migration), say("`caseclock history CASE` tells which there are")
        )
    return Migrated(anew, tuple(done))


def _refuse_changed(family: Family, events: Sequence[Event], own: Mapping[str, Event]) -> None:
    undone = {(event.migration or {}).get("undoes") for event in events}
    if any((event.migration or {})["id"] in undone for event in own.values()):
        raise NotAllowed(say("{case}: the migration has been undone already", case=family.root.number))
    names = {event.name for event in own.values()}
    first = next(at for at, event in enumerate(events) if event.name in names)
    for event in events[first:]:
        if event.name not in names and event.action not in HARMLESS:
            told = {"case": family.root.number, "action": event.action}
            raise NotAllowed(
                say("{case}: {action} was done since the migration, so it cannot be undone", **told),
                say("nothing has been undone; plan a migration in the other direction"),
            )


def _back(
    case: Case, events: Sequence[Event], event: Event, session: Session, actor: Actor, reason: str, anew: str
) -> Event:
    """The event by which one case goes back; what the migration had taken back is in force again."""
    told = event.migration or {}
    (was,) = fold(other for other in events if other.case == case.id and other.seq < event.seq)
    inverse = {
        **told,
        "id": anew,
        "undoes": told["id"],
        "from": told["to"],
        "to": told["from"],
        "reason": reason,
        "decision": "",
        "states": {now: old for old, now in told["states"].items()},
        "actions": {now: old for old, now in told["actions"].items()},
        "rungs": {clock: _inverse(places) for clock, places in told["rungs"].items()},
        "carried": dict(was.carried),
        "dues": {},
        "restores": [],
    }
    now = session.now
    back = _goes_over(case, was.state, inverse, at=now, recorded_at=now, actor=actor)
    return replace(back, migration={**inverse, "restores": _restores(was, apply(case, back))})


def _inverse(places: Mapping[str, int]) -> dict[str, int]:
    return {str(now): int(was) for was, now in places.items()}


def _restores(was: Case, back: Case) -> list[dict[str, Any]]:
    """What a case had, and has not got back by names alone: marks, and rungs that had been delivered."""
    rungs = {seq: key for key, seq in was.delivered.items() if key not in back.delivered}
    missing = {
        mark.seq: (action, mark)
        for action, done in was.marks.items()
        for mark in done
        if mark not in back.marks.get(action, ())
    }
    by_seq = {mark.seq: (action, mark) for action, done in was.marks.items() for mark in done}
    return [_restored(*by_seq[seq], rungs.get(seq)) for seq in sorted({*rungs, *missing}) if seq in by_seq]


def _restored(action: str, mark: Mark, rung: Any) -> dict[str, Any]:
    return {
        "action": action,
        "at": mark.at.isoformat(),
        "actor": mark.actor,
        "seq": mark.seq,
        "given": dict(mark.given),
        "rung": [rung.clock, rung.round, rung.rung] if rung else None,
    }


def all_roots(sessions: Sessions) -> list[str]:
    """Return the ids of every family of the office, in order."""
    return [root for page in family_pages(sessions) for root in page]
