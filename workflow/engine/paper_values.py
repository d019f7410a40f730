"""What a paper shows, fixed when it is issued: values, clocks, what was done, subcases and earlier papers of a case.

Everything is plain JSON, complete enough to print the paper years later without asking the case again: the people and
units that it names stand in it by name. Titles of fields, clocks and actions are those of the case's procedure, which
never changes. Private values alone are named and not copied; see `papers.made_from`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..clocks import ClockStatus
from ..history import Case, Event
from ..messages import Text
from ..model import CASE, Document, Field, FieldType, Lifecycle, Shown
from .situation import Situation

Plain = dict[str, Any]

FORM = 1
"""The form of what is fixed; papers that an older caseclock issued have none, and hold inputs only."""


def shown(document: Document, situation: Situation, event: Event) -> Plain:
    """Return what ``document`` shows of a case in this situation; nothing for a document that declares nothing."""
    if not document.declares:
        return {}
    names = _Names(situation)
    root = replace(situation, case=situation.family.root, inputs={})
    parts: Plain = {"own": _part(situation, _of(document.shows, situation.case, own=True), names)}
    if situation.case.parent:
        parts["parent"] = _part(root, _of(document.shows, situation.case, own=False), names)
    if document.subcases:
        parts["subcases"] = {
            kind: [_part(replace(root, case=case), what, names) for case in _alive(situation, kind)]
            for kind, what in document.subcases.items()
        }
    if document.papers:
        parts["papers"] = []
    names.person(event.actor)
    return {"form": FORM, "shows": parts, "actor_unit": names.unit(event.unit), "role": event.role, **names.found()}


def _of(what: Shown, case: Case, *, own: bool) -> Shown:
    """What a paper shows of the case itself, or of its parent; for a case without parent both are the same."""

    def mine(names: tuple[str, ...]) -> tuple[str, ...]:
        prefixed = [name.removeprefix(f"{CASE}.") for name in names if name.startswith(f"{CASE}.")]
        plain = [name for name in names if not name.startswith(f"{CASE}.")]
        chosen = prefixed if not own else plain if case.parent else [*plain, *prefixed]
        return tuple(dict.fromkeys(chosen))

    return Shown(mine(what.fields), mine(what.clocks), mine(what.actions))


def _part(situation: Situation, what: Shown, names: _Names) -> Plain:
    case, lifecycle = situation.case, situation.deployed.lifecycle(situation.case)
    fields = [name for name in what.fields if name in lifecycle.fields]
    found: Plain = {
        "number": case.number,
        "kind": case.kind,
        "unit": names.unit(case.unit),
        "lead": case.lead,
        "delivered_to": names.person(case.data["delivered_to"]) if case.data.get("delivered_to") else None,
        "state": case.state,
        "opened_at": case.opened_at.isoformat(),
    }
    found["fields"] = {
        name: names.value(case.data[name], lifecycle.fields[name])
        for name in fields
        if name in case.data and name not in lifecycle.private
    }
    found["private"] = [name for name in fields if name in lifecycle.private and name in case.data]
    found["clocks"] = {
        name: _clock(status, situation, names)
        for name in what.clocks
        if name in lifecycle.clocks and (status := situation.clock(name))
    }
    found["actions"] = {
        name: _doings(name, case, lifecycle, names) for name in what.actions if name in lifecycle.actions
    }
    return found


def _alive(situation: Situation, kind: str) -> Iterator[Case]:
    return (case for case in situation.family.subcases if case.kind == kind)


def _clock(status: ClockStatus, situation: Situation, names: _Names) -> Plain:
    """A clock as it stood: its dues, and by how many calendar days it is overdue in the zone of its calendar."""
    calendar = situation.deployed.calendar_of(status.clock)
    over = min(status.over_at or situation.at, situation.at)
    late = over > status.due_at
    last = calendar.to_date(status.due_at - datetime.resolution)
    extended = status.reckoning.extended
    return {
        "started_at": status.started_at.isoformat(),
        "due_at": status.due_at.isoformat(),
        "original_day": extended[0].after.isoformat() if extended else None,
        "target_at": status.target_at.isoformat() if status.target_at else None,
        "provisional": status.provisional,
        "extensions": [
            {"asked_at": it.asked_at.isoformat(), "at": it.at.isoformat(), "by": _spoken(it.actor)}
            for it in status.grants
        ],
        "stopped_at": status.stopped_at.isoformat() if status.stopped_at else None,
        "late": late,
        "overdue_days": (calendar.to_date(over - datetime.resolution) - last).days if late else 0,
        "overdue_hours": int((over - status.due_at).total_seconds() // 3600) if late else 0,
        "calendar": situation.deployed.calendar_version(status.clock),
    }


def _doings(name: str, case: Case, lifecycle: Lifecycle, names: _Names) -> Plain:
    """How often an action was done, when and by whom; and the inputs of the last time, where they are not private."""
    marks = case.marks.get(name, ())
    inputs = [one for one in lifecycle.actions[name].inputs if one.name in case.data] if marks else []
    return {
        "times": len(marks),
        "done": [{"at": mark.at.isoformat(), "by": names.person(mark.actor)} for mark in marks],
        "inputs": {one.name: names.value(case.data[one.name], one) for one in inputs if not one.private},
        "private": [one.name for one in inputs if one.private],
    }


def issued_before(document: Document, case: Case, family: Iterable[Case], before: Iterable[Event]) -> list[Plain]:
    """Return what a paper lists of those issued before it: of its family, for a subcase its own and its parent's."""
    numbers = {member.id: member.number for member in family if not case.parent or member.id in (case.id, case.root)}
    return [
        {"case": numbers[event.case], "at": event.effective_at.isoformat(), **paper}
        for event in before
        if event.case in numbers
        for paper in event.issued
        if paper["name"] in document.papers
    ]


def _spoken(name: Text | str) -> Plain | str:
    return {"en": name.en, "zh": name.zh} if isinstance(name, Text) else name


@dataclass(slots=True)
class _Names:
    """The people and units that a paper names, as the roster calls them when it is issued."""

    situation: Situation
    people: dict[str, Plain | str] = field(default_factory=dict)
    units: dict[str, Plain | str] = field(default_factory=dict)

    def person(self, person: str) -> str:
        known = self.situation.deployed.roster.people.get(person)
        if known and known.name:
            self.people[person] = _spoken(known.name)
        return person

    def unit(self, unit: str | None) -> str | None:
        known = self.situation.deployed.roster.units.get(unit or "")
        if known:
            self.units[known.id] = _spoken(known.title)
        return unit

    def value(self, value: Any, declared: Field) -> Any:
        """Return the value as it is, its people and units noted down."""
        kind = declared.of if declared.type is FieldType.LIST else declared.type
        named = [one for one in (value if isinstance(value, list | tuple) else [value]) if isinstance(one, str)]
        for one in named:
            if kind is FieldType.UNIT:
                self.unit(one)
            elif kind is FieldType.ACTOR:
                self.person(one)
        return value

    def found(self) -> Plain:
        return {"people": self.people, "units": self.units}
