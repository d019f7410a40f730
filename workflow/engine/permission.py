"""Who may do what: roles, units, separation of duties, and rights to set a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import NotAllowed
from ..history import Case
from ..messages import say
from ..model import Action, Field, Procedure
from ..roster import Actor
from .family import Family


def role_for(procedure: Procedure, family: Family, case: Case, action: Action, actor: Actor) -> str:
    """Return the role in which ``actor`` may do ``action`` on ``case``.

    Raises `NotAllowed` when no role of theirs may, when theirs is another unit's case, or when a separation of duties
    forbids it to this person.
    """
    role = _role(procedure, family, case, action.by, actor)
    _keep_apart(procedure, family, action, actor)
    return role


def may(procedure: Procedure, family: Family, case: Case, action: Action, actor: Actor) -> bool:
    """Return whether ``actor`` may do ``action`` on ``case``; see `role_for`."""
    try:
        role_for(procedure, family, case, action, actor)
    except NotAllowed:
        return False
    return True


def opening_role(procedure: Procedure, actor: Actor) -> str:
    """Return the role in which ``actor`` may open a case. Raises `NotAllowed` when there is none."""
    for role in procedure.opened_by:
        if role in actor.roles:
            return role
    raise NotAllowed(
        say("{actor} may not open a case of {procedure}", actor=actor.id, procedure=procedure.title),
        say("it is for: {roles}", roles=_titles(procedure, procedure.opened_by)),
    )


def redacting_role(procedure: Procedure, actor: Actor) -> str:
    """Return the role in which ``actor`` may have private values erased. Raises `NotAllowed` when there is none."""
    allowed = procedure.redacted_by or procedure.opened_by
    for role in allowed:
        if role in actor.roles:
            return role
    raise NotAllowed(
        say("{actor} may not have private values of {procedure} erased", actor=actor.id, procedure=procedure.title),
        say("it is for: {roles}", roles=_titles(procedure, allowed)),
    )


def disclosing_role(procedure: Procedure, family: Family, case: Case, actor: Actor) -> str:
    """Return the role in which ``actor`` may be shown private values of a case; a unit's role, of its own cases only.

    Raises `NotAllowed` when there is none.
    """
    # 信访工作条例 30: a complaint is not passed to whom it is about.
    about = family.root.data.get(procedure.concealed_from or "")
    if actor.unit is not None and actor.unit in (about if isinstance(about, list) else [about]):
        raise NotAllowed(
            say("the case is about {unit}: nobody of it is shown private values", unit=actor.unit),
            say("ask somebody who acts for no unit, or for another"),
        )
    allowed = procedure.unmasked_by or tuple(role for role in procedure.opened_by if role in procedure.roles)
    return _role(procedure, family, case, allowed, actor)


def _role(procedure: Procedure, family: Family, case: Case, roles: Iterable[str], actor: Actor) -> str:
    held = [role for role in roles if role in actor.roles]
    for role in held:
        if not procedure.roles[role].of_unit or actor.unit in family.units_of(case):
            return role
    allowed = say("it is for: {roles}", roles=_titles(procedure, roles))
    if held and not family.units_of(case):
        raise NotAllowed(say("this is for a unit that holds the case, and no unit does now"), allowed)
    if held:
        raise NotAllowed(
            say(
                "{actor} acts for unit {unit}; this is for {expected}",
                actor=actor.id,
                unit=actor.unit,
                expected=sorted(family.units_of(case)),
            ),
            allowed,
        )
    raise NotAllowed(
        say("{actor} may not do this; roles held: {held}", actor=actor.id, held=sorted(actor.roles)), allowed
    )


def _titles(procedure: Procedure, roles: Iterable[str]) -> list[object]:
    return [procedure.roles[role].title if role in procedure.roles else role for role in roles]


def _keep_apart(procedure: Procedure, family: Family, action: Action, actor: Actor) -> None:
    for group in procedure.separation:
        if action.name not in group:
            continue
        for other in group:
            if other != action.name and family.has_done(actor.id, other):
                raise NotAllowed(
                    say(
                        "{actor} did {other} in this case, so somebody else must do {action}",
                        actor=actor.id,
                        other=other,
                        action=action.name,
                    ),
                    say("kept apart by the procedure: {group}", group=group),
                )


def check_field_rights(fields: Iterable[Field], data: Mapping[str, Any], actor: Actor, procedure: Procedure) -> None:
    """Raise `NotAllowed` when ``data`` sets a field that only other roles may set."""
    for field in fields:
        if field.name in data and field.set_by and not actor.roles & set(field.set_by):
            raise NotAllowed(
                say("{actor} may not set {field}", actor=actor.id, field=field.title),
                say("it is for: {roles}", roles=_titles(procedure, field.set_by)),
            )
