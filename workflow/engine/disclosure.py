"""Disclosure: private values are shown to somebody who may see them, and the history says to whom and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from ..history import Case, Event, kept_private
from ..messages import say
from ..roster import Actor
from .permission import disclosing_role
from .redaction import chosen
from .session import Session


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Private values that were shown, and the events that say so, one for each case that holds any.

    Args:
        values: by the number of the case and the name of the field, as the case holds them now.
    """

    events: tuple[Event, ...]
    values: Mapping[str, Mapping[str, Any]]

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields whose values may be shown."""
        return frozenset(name for event in self.events for name in event.data["fields"])


def disclose(session: Session, ref: str, fields: Iterable[str] | None, by: Actor | str, reason: str) -> Disclosure:
    """Show private values of a case, with its subcases where it has no parent; see `Engine.disclose`."""
    actor, situation = session.actor(by), session.situation(ref)
    family, deployed = situation.family, situation.deployed
    role = disclosing_role(deployed.procedure, family, situation.case, actor)
    if not reason.strip():
        raise InvalidInput(say("why are they shown? Give a reason"))
    cases = family.cases if situation.case.parent is None else (situation.case,)
    ids = {case.id for case in cases}
    there = {pair for pair in kept_private(session.tx.events(family.root.id)) if pair[0] in ids}
    pairs = chosen(there, fields, situation.case.number)
    kept = {case: {name for owner, name in pairs if owner == case} for case, _ in pairs}
    draft = session.draft(deployed, family)
    for case in cases:
        if names := kept.get(case.id):
            shown = {"fields": sorted(names), "reason": reason.strip()}
            draft.disclose(draft.family.member(case.id), actor, role, shown)
    change = draft.change()
    session.tx.save(change)
    events = tuple(event for event in change.events if event.disclosure)
    return Disclosure(events, {case.number: _values(case, kept[case.id]) for case in cases if case.id in kept})


def _values(case: Case, names: Iterable[str]) -> dict[str, Any]:
    return {name: case.data[name] for name in sorted(names) if name in case.data}
