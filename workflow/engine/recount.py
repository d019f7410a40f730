"""Recounting: what a new version of a calendar changes in the dues of open cases, written into their history.

`Engine.recount` goes through all open cases in pages. A command on a case that it has not reached yet catches up first,
so that no due ever moves without an event that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..calendars import OutsideCalendar
from ..ports import ClockRow, Transaction
from .draft import Draft
from .shelf import Shelf
from .situation import Deployed, Situation
from .views import Moved

Dues = Mapping[tuple[str, str], datetime]
"""The due of each running clock, by case and name."""


def catch_up(tx: Transaction, shelf: Shelf, draft: Draft) -> None:
    """Note down in a draft which dues have moved since the family was last projected, one calendar after the other."""
    new, rows = draft.deployed, tx.clocks(draft.family.root.id)
    behind = {name: old for name in sorted(new.recounting) if (old := _version_of(new, draft, name, rows)) is not None}
    counted = {name: old for name, old in behind.items() if old}
    then = new
    for name, old in counted.items():
        then = shelf.counting_by(tx, then, name, old)
    for name, old in behind.items():
        now = shelf.counting_by(tx, then, name, new.versions[name])
        before = _dues_before(then, draft, rows, known=bool(old))
        _note(draft, before, _dues(now, draft), _calendar(tx, name, old, new.versions[name]))
        then = now


def is_current(deployed: Deployed, calendar: str, rows: Iterable[ClockRow]) -> bool:
    """Return whether a family's rows say that they were counted by the present version of a calendar."""
    return f"{calendar}@{deployed.versions[calendar]}" in {row.calendar for row in rows}


def moved(draft: Draft) -> Iterator[Moved]:
    """Yield what a draft has noted down as moved."""
    for event in draft.events:
        case = draft.family.member(event.case)
        for name, dues in (event.recount or {}).get("clocks", {}).items():
            clock = draft.deployed.lifecycle(case).clocks[name]
            yield Moved(
                case=case.number,
                calendar=(event.recount or {})["calendar"],
                clock=name,
                title=clock.title,
                old=datetime.fromisoformat(dues["old"]),
                new=datetime.fromisoformat(dues["new"]),
                zone=draft.deployed.calendar_of(clock).zone,
            )


def _version_of(deployed: Deployed, draft: Draft, calendar: str, rows: Iterable[ClockRow]) -> int | None:
    """By which other version of a calendar the rows were counted: 0 where they do not say, None where by no other."""
    for row in rows:
        clock = deployed.lifecycle(draft.family.member(row.case)).clocks[row.clock]
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


def _calendar(tx: Transaction, name: str, old: int, new: int) -> dict[str, Any]:
    return {"calendar": name, "from": _version(tx, name, old), "to": _version(tx, name, new)}


def _version(tx: Transaction, name: str, version: int) -> dict[str, Any]:
    found = tx.definition("calendar", name, version) if version else None
    return {"version": version or None, "fingerprint": found.fingerprint if found else None}


def _note(draft: Draft, before: Dues, after: Dues, calendar: Mapping[str, Any]) -> None:
    for case in draft.family.cases:
        clocks = {
            name: {"old": before[key].isoformat(), "new": due.isoformat()}
            for key, due in after.items()
            if (name := key[1]) and key[0] == case.id and before.get(key, due) != due
        }
        if clocks:
            draft.note_recount(case, {**calendar, "clocks": clocks})
