"""Refusals in words: what is not legal, from which state, and what is legal instead and for whom."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import datetime

from ..errors import Conflict, NotAllowed, NotFound, Refusal
from ..history import Case, Event, Mark, fold
from ..messages import Message, Text, say
from ..model import SYSTEM, Action, Firing, Lifecycle, Procedure
from .family import Family
from .hindsight import InTheWay
from .situation import Deployed

TOLD = 5
"""How many of the steps that somebody has missed are told one by one."""


def unknown_action(deployed: Deployed, case: Case, action: str) -> Refusal | None:
    """Return the refusal of an action that the case's procedure does not have at all; None when it has it."""
    known = deployed.machine(case).actions
    if action in known:
        return None
    elsewhere = _kind_with(deployed.procedure, action)
    if elsewhere:
        return NotFound(
            say(
                "{action} is an action of a {kind}, and {case} is not one",
                action=action,
                kind=elsewhere,
                case=case.number,
            ),
            say("give the number of the {kind}; `caseclock show {case}` lists them", kind=elsewhere, case=case.number),
        )
    nearest = difflib.get_close_matches(action, known, n=1)
    hint = say("did you mean {nearest}?", nearest=nearest[0]) if nearest else _legal_now(deployed, case)
    return NotFound(
        say("there is no action {action} in {procedure}", action=action, procedure=deployed.procedure.title), hint
    )


def _kind_with(procedure: Procedure, action: str) -> str | None:
    if action in procedure.case.actions:
        return "case"
    return next((name for name, subcase in procedure.subcases.items() if action in subcase.lifecycle.actions), None)


def illegal(deployed: Deployed, case: Case, action: str) -> NotAllowed:
    """Return the refusal of an action that the present state does not allow."""
    lifecycle = deployed.lifecycle(case)
    state = lifecycle.states[case.state]
    step, mark = _last_step(lifecycle, case)
    return NotAllowed(
        say(
            "{action} is not legal: {case} is {state} ({title}) since {since}, by {step} of {actor}",
            action=action,
            case=case.number,
            state=state.name,
            title=state.title,
            since=deployed.local(mark.at),
            step=step,
            actor=mark.actor,
        ),
        _legal_now(deployed, case),
    )


def _last_step(lifecycle: Lifecycle, case: Case) -> tuple[str, Mark]:
    """Return the action that led to the present state, and who did it when: the answer to "who was there first"."""
    at_that_time = [(action, mark) for action, marks in case.marks.items() for mark in marks if mark.at == case.since]
    leading_here = {a.name for state in lifecycle.states.values() for a in state.actions.values() if a.to == case.state}
    return next((step for step in at_that_time if step[0] in leading_here), at_that_time[0])


def _legal_now(deployed: Deployed, case: Case) -> Message:
    by_people = [action for action in deployed.machine(case).legal(case.state) if action.by != (SYSTEM,)]
    if not by_people:
        return say("nothing more can be done on it: the state is final")
    return say("legal now: {actions}", actions=[_with_roles(deployed.procedure, action) for action in by_people])


def _with_roles(procedure: Procedure, action: Action) -> Message:
    return say("{action} ({roles})", action=action.name, roles=role_titles(procedure, action.by))


def role_titles(procedure: Procedure, roles: Iterable[str]) -> list[Text]:
    """Return the titles of these roles, the system left out."""
    return [procedure.roles[role].title for role in roles if role != SYSTEM]


def changed_since(deployed: Deployed, case: Case, seen: int, recorded: Iterable[Event]) -> Conflict:
    """Return the refusal of an action on a case that has changed since: by what, by whom and when, and in which fields.

    Args:
        seen: the revision of the case on which the action was decided.
        recorded: the family's history.
    """
    hint = say("look at it again: `caseclock show {case}`", case=case.number)
    history = [event for event in recorded if event.case == case.id]
    if not 0 < seen < len(history):
        return Conflict(
            say("you saw revision {seen} of {case}; it is at {now}", seen=seen, case=case.number, now=case.revision),
            hint,
        )
    steps, fields = _steps(deployed, history[seen:]), _changed_fields(deployed, case, history[:seen])
    if not fields:
        return Conflict(say("{case} was changed since you looked: {steps}", case=case.number, steps=steps), hint)
    return Conflict(
        say(
            "{case} was changed since you looked: {steps}; these fields changed: {fields}",
            case=case.number,
            steps=steps,
            fields=fields,
        ),
        hint,
    )


def _steps(deployed: Deployed, events: Sequence[Event]) -> list[Message]:
    """The last of these events, each in a few words, with the number of those that are left out."""
    left_out = [say("{count} earlier step(s)", count=len(events) - TOLD)] if len(events) > TOLD else []
    return left_out + [
        say("{action} by {actor} at {at}", action=event.action, actor=event.actor, at=deployed.local(event.recorded_at))
        for event in events[-TOLD:]
    ]


def _changed_fields(deployed: Deployed, case: Case, history: Iterable[Event]) -> list[Text | str]:
    """The titles of the fields in which the case differs from what these events of it add up to."""
    known, now = fold(history)[0].data, case.data
    changed = [name for name in {**known, **now} if known.get(name) != now.get(name)]
    titles = deployed.machine(case).titles
    return [titles.get(name, name) for name in changed]


def condition(deployed: Deployed, case: Case, action: str, refusal: Message | Text) -> NotAllowed:
    """Return the refusal of an action that is legal here, but for a condition that does not hold."""
    title = deployed.lifecycle(case).actions[action].title
    return NotAllowed(
        say(
            "{action} ({title}) of {case} is refused: {refusal}",
            action=action,
            title=title,
            case=case.number,
            refusal=refusal,
        )
    )


def no_target(deployed: Deployed, firing: Firing, targets: Iterable[Case]) -> NotAllowed:
    """Return the refusal of an action that must act on subcases, when they are not where it needs them."""
    subcase = deployed.procedure.subcases[firing.subcase]
    wanted = [name for name, state in subcase.lifecycle.states.items() if firing.action in state.actions]
    found = [say("{case} is {state}", case=case.number, state=case.state) for case in targets]
    return NotAllowed(
        say("{action} needs a {subcase} in state {states}", action=firing.action, subcase=subcase.title, states=wanted),
        say("found: {found}", found=found)
        if found
        else say("no such {subcase} is open for the unit named", subcase=subcase.title),
    )


def not_legal_then(deployed: Deployed, case: Case, action: str, at: datetime, now: datetime) -> NotAllowed:
    """Return the refusal of an action that was not legal in the state in which the case was at its effective time."""
    if not deployed.machine(case).is_legal(case.state, action):
        return illegal(deployed, case, action)
    return NotAllowed(
        say(
            "{action} of {case} cannot have happened at {at}: its present state began at {since}",
            action=action,
            case=case.number,
            at=deployed.local(at),
            since=deployed.local(case.since),
        ),
        say("give a time between then and now, {now}", now=deployed.local(now)),
    )


def in_the_way(deployed: Deployed, family: Family, action: str, found: InTheWay) -> NotAllowed:
    """Return the refusal of a late entry: which later step stands in its way, and what that step builds on."""
    hint = say("enter it with a time after that step, if that is when it happened")
    step = _told(deployed, family, found.later)
    if found.overtaken is None:
        return NotAllowed(say("{action} comes too late: {step} has decided otherwise", action=action, step=step), hint)
    ground = _told(deployed, family, found.overtaken)
    return NotAllowed(
        say(
            "{action} comes too late: it would undo {ground}, on which {step} builds",
            action=action,
            ground=ground,
            step=step,
        ),
        hint,
    )


def _told(deployed: Deployed, family: Family, event: Event) -> Message:
    """An event in a few words."""
    case = family.member(event.case)
    return say(
        "{action} of {case} by {actor} at {at}",
        action=event.action,
        case=case.number,
        actor=event.actor,
        at=deployed.local(event.effective_at),
    )
