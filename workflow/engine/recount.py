"""Recounting: what a new version of a calendar changes in the dues of open cases, written into their history.

`Engine.recount` goes through all open cases in pages. A command on a case that it has not reached yet catches up first,
so that no due ever moves without an event that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..calendars import OutsideCalendar
from ..ports import ClockRow, Definition
from .draft import Draft
from .situation import Deployed, Situation
from .views import Moved

Dues = Mapping[tuple[str, str], datetime]
"""The due of each running clock, by case and name."""


Counting = tuple[Deployed, Definition | None]
"""A procedure as it is counted by some version of a calendar, and that version; None where it is not known."""


def catch_up(draft: Draft, rows: Sequence[ClockRow], counting_by: Callable[[Deployed, str, int], Counting]) -> None:
    """Note down in a draft which dues have moved since its family was last projected, one calendar after the other.

    Args:
        rows: the family's clocks as they are projected.
        counting_by: gives a procedure with another version of one of its calendars.
    """
    then, old = draft.deployed, {}
    for name in sorted(draft.deployed.recounting):
        version = _version_of(draft, name, rows)
        if version is not None:
            then, old[name] = counting_by(then, name, version)
    for name, before in old.items():
        now, after = counting_by(then, name, draft.deployed.versions[name])
        dues = _dues_before(then, draft, rows, known=before is not None)
        _note(draft, dues, _dues(now, draft), {"calendar": name, "from": _told(before), "to": _told(after)})
        then = now


def is_current(deployed: Deployed, calendar: str, rows: Iterable[ClockRow]) -> bool:
    """Return whether a family's rows say that they were counted by the present version of a calendar."""
    return f"{calendar}@{deployed.versions[calendar]}" in {row.calendar for row in rows}


def moved(draft: Draft) -> Iterator[Moved]:
    """Yield what a draft has noted down as moved."""
    for event in draft.events:
        case = draft.family.member(event.case)
        for name, dues in (event.recount or {}).get("clocks", {}).items():
            clock = draft.deployed.clock(case, name)
            yield Moved(
                case=case.number,
                calendar=(event.recount or {})["calendar"],
                clock=name,
                title=clock.title,
                old=datetime.fromisoformat(dues["old"]),
                new=datetime.fromisoformat(dues["new"]),
                zone=draft.deployed.calendar_of(clock).zone,
            )


def _version_of(draft: Draft, calendar: str, rows: Iterable[ClockRow]) -> int | None:
    """By which other version of a calendar the rows were counted: 0 where they do not say, None where by no other."""
    deployed = draft.deployed
    for row in rows:
        clock = deployed.clock(draft.family.member(row.case), row.clock)
        if (clock.calendar or deployed.procedure.calendar) == calendar:
            version = int(row.calendar.rpartition("@")[2]) if row.calendar else 0
            return None if version == deployed.versions[calendar] else version
    return None


def _dues_before(deployed: Deployed, draft: Draft, rows: Iterable[ClockRow], *, known: bool) -> Dues:
    """The dues by the older calendar; as they were projected, where it is not known or does not reach so far."""
    try:
        if known:
            return _dues(deployed, draft)
    except OutsideCalendar:
        pass
    return {(row.case, row.clock): row.due_at for row in rows if row.running}


def _dues(deployed: Deployed, draft: Draft) -> Dues:
    return {
        (case.id, status.clock.name): status.due_at
        for case in draft.family.cases
        for status in Situation(deployed, draft.family, case, draft.now).clocks()
        if status.running
    }


def _told(calendar: Definition | None) -> dict[str, Any]:
    return {
        "version": calendar.version if calendar else None,
        "fingerprint": calendar.fingerprint if calendar else None,
    }


def _note(draft: Draft, before: Dues, after: Dues, calendar: Mapping[str, Any]) -> None:
    for case in draft.family.cases:
        clocks = {
            name: {"old": before[key].isoformat(), "new": due.isoformat()}
            for key, due in after.items()
            if (name := key[1]) and key[0] == case.id and before.get(key, due) != due
        }
        if clocks:
            draft.note_recount(case, {**calendar, "clocks": clocks})
