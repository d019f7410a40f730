"""What history would have come to under other definitions, as it is shown: tables, and plain data for JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..engine import Refused
from ..messages import Language, Message, Text, render, say
from ..whatif.comparing import Checked
from ..whatif.lateness import Cell, Changed, Counted, Judged, Verdict, WhatIf
from .pages import Line, Page, show_due, show_instant
from .report_tables import Percent, Table, grid

VERDICTS: dict[Verdict, Message] = {
    "in_time": say("in time"),
    "late": say("late or overdue"),
    "pending": say("not due yet"),
}
NOT_COUNTED = say("not counted")
SHOWN = 20
"""How many entries of a list are shown on a terminal."""


def page(found: WhatIf) -> Page:
    """Return what was late and what would have been, for the terminal."""
    yield Line(_heading(found), "strong")
    yield Line(_told(found), "note")
    if found.erased:
        yield Line(
            say(
                "In {count} case(s) private values have been erased; something else stands in their place, so that "
                "what depends on them may differ.",
                count=found.erased,
            ),
            "note",
        )
    for table in tables(found):
        if table.rows or table.name in ("clocks", "figures"):
            yield from grid(table if table.name in ("clocks", "figures") else _shortened(table))


def _shortened(table: Table) -> Table:
    """A list as far as it is read on a terminal, with a sentence that says where the rest is."""
    if len(table.rows) <= SHOWN:
        return table
    rest = say(
        "The first {shown} of {count}; --csv {table} prints all of them.",
        shown=SHOWN,
        count=len(table.rows),
        table=table.name,
    )
    return replace(table, rows=table.rows[:SHOWN], note=rest)


def _heading(found: WhatIf) -> Message:
    return say(
        "{procedure}: {cases} case(s), recorded against replayed, as of {at}",
        procedure=found.title,
        cases=found.cases,
        at=show_instant(found.at, found.zone),
    )


def _told(found: WhatIf) -> Message:
    return say(
        "{alike} under the definitions of their time; {stopped} stopped at a step that the other rules do not allow "
        "({refused} step(s) in all)",
        alike=found.alike,
        stopped=len(found.stopped),
        refused=found.refused,
    )


def tables(found: WhatIf) -> tuple[Table, ...]:
    """Return every table: sums by clock, by unit and month, what turned, what moved, and where cases stopped."""
    return _clocks(found), _figures(found), _turned(found), _moved(found), _stopped(found)


def _clock(found: WhatIf, kind: str, clock: str) -> Text | str:
    return found.clocks.get((kind, clock), clock)


def _unit(found: WhatIf, unit: str) -> Text | str:
    return found.units.get(unit, unit)


SIDES = (
    say("Due"),
    say("Late"),
    say("Rate"),
    say("Due, replayed"),
    say("Late, replayed"),
    say("Rate, replayed"),
)


def _side(counted: Counted) -> tuple[int, int, Percent | None]:
    return counted.n, counted.late, None if counted.rate is None else Percent(counted.rate)


def _clocks(found: WhatIf) -> Table:
    known = dict.fromkeys((cell.kind, cell.clock) for cell in found.cells)
    rows = []
    for kind, clock in known:
        before, after = found.total(kind, clock)
        rows.append((_clock(found, kind, clock), *_side(before), *_side(after)))
    return Table("clocks", say("Late by clock"), (say("Clock"), *SIDES), tuple(rows))


def _figures(found: WhatIf) -> Table:
    rows = tuple(
        (
            _clock(found, cell.kind, cell.clock),
            _unit(found, cell.unit),
            cell.month,
            *_side(found.recorded.get(cell, Counted())),
            *_side(found.replayed.get(cell, Counted())),
        )
        for cell in found.cells
    )
    return Table(
        "figures",
        say("Late by clock, unit and month"),
        (say("Clock"), say("Unit"), say("Month"), *SIDES),
        rows,
        say("By the month of the due. What is not due by the cut-off is not counted."),
    )


def _turned(found: WhatIf) -> Table:
    rows = tuple(_row(found, one) for one in found.changed if one.turned)
    return Table("turned", say("From late to in time, or back"), _HEADINGS, rows)


def _moved(found: WhatIf) -> Table:
    rows = tuple(_row(found, one) for one in found.changed if not one.turned)
    return Table("moved", say("Otherwise changed"), _HEADINGS, rows)


_HEADINGS = (
    say("Case"),
    say("Clock"),
    say("Unit"),
    say("Recorded due"),
    say("Replayed due"),
    say("Days moved"),
    say("As recorded"),
    say("As replayed"),
)


def _row(found: WhatIf, one: Changed) -> tuple[Any, ...]:
    known = one.known
    sides = (one.before, one.after)
    dues = (show_due(it.due_at, found.zone) if it else None for it in sides)
    verdicts = (VERDICTS[it.verdict] if it else NOT_COUNTED for it in sides)
    return (known.case, _clock(found, known.kind, known.clock), _unit(found, known.unit), *dues, one.days, *verdicts)


def _stopped(found: WhatIf) -> Table:
    rows = tuple(
        (one.case, one.action, one.actor, show_instant(one.at, found.zone), one.why)
        for _, one in sorted(found.stopped.items())
    )
    headings = (say("Case"), say("Step"), say("By"), say("At"), say("Why not"))
    note = say(
        "What people did there is not allowed by the other rules; the limits of the case are measured all the same."
    )
    return Table("stopped", say("Stopped there"), headings, rows, note)


def data(found: WhatIf, language: Language) -> dict[str, Any]:
    """Return it as plain data with stable keys; instants in UTC."""
    return {
        "procedure": found.procedure,
        "at": found.at.isoformat(),
        "since": found.since.isoformat() if found.since else None,
        "cases": found.cases,
        "alike": found.alike,
        "erased": found.erased,
        "refused": found.refused,
        "clocks": [
            {"kind": kind, "clock": clock, **_sides(*found.total(kind, clock))}
            for kind, clock in dict.fromkeys((cell.kind, cell.clock) for cell in found.cells)
        ],
        "figures": [_cell(found, cell) for cell in found.cells],
        "changed": [_change(one) for one in found.changed],
        "stopped": [_refused(one, language) for _, one in sorted(found.stopped.items())],
    }


def _cell(found: WhatIf, cell: Cell) -> dict[str, Any]:
    sides = _sides(found.recorded.get(cell, Counted()), found.replayed.get(cell, Counted()))
    return {"kind": cell.kind, "clock": cell.clock, "unit": cell.unit or None, "month": cell.month, **sides}


def _sides(recorded: Counted, replayed: Counted) -> dict[str, Any]:
    return {
        name: {"n": one.n, "late": one.late, "rate": one.rate}
        for name, one in (("recorded", recorded), ("replayed", replayed))
    }


def _change(one: Changed) -> dict[str, Any]:
    known = one.known
    return {
        "case": known.case,
        "kind": known.kind,
        "clock": known.clock,
        "unit": known.unit or None,
        "days": one.days,
        "turned": one.turned,
        "recorded": _judged(one.before),
        "replayed": _judged(one.after),
    }


def _judged(one: Judged | None) -> dict[str, Any] | None:
    return {"due_at": one.due_at.isoformat(), "verdict": one.verdict} if one else None


def _refused(one: Refused, language: Language) -> dict[str, Any]:
    return {
        "case": one.case,
        "action": one.action,
        "actor": one.actor,
        "at": one.at.isoformat(),
        "why": render(one.why, language),
    }


def checked_page(found: Checked) -> Page:
    """Return whether a history comes out again as it was recorded, and where it does not."""
    for one in found.refused:
        yield Line(say("{case}: {action} was refused: {why}", case=one.case, action=one.action, why=one.why), "alarm")
    for difference in found.differing:
        yield Line(difference.message, "alarm")
    yield Line(say("{cases} case(s), {events} event(s) replayed", cases=found.cases, events=found.events), "strong")
    if not found.differing and not found.refused:
        yield Line(say("everything came out as it was recorded"), "strong")


def checked_data(found: Checked, language: Language) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "cases": found.cases,
        "events": found.events,
        "refused": [_refused(one, language) for one in found.refused],
        "differences": [
            {
                "case": one.case,
                "seq": one.seq,
                "action": one.action,
                "what": one.what or None,
                "recorded": str(one.recorded),
                "replayed": str(one.replayed),
            }
            for one in found.differing
        ],
    }
