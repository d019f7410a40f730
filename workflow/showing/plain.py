"""What the engine returns as plain data with stable keys, for JSON: texts in the reader's language, instants in UTC.

Every face that speaks JSON uses these, so that a script sees the same keys everywhere.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Any

from ..clocks import ClockStatus, Line
from ..engine import CaseView, EventView, ListItem, Moved, Offer, Receipt, RecountReport, TickReport
from ..engine.versions import VersionTaken, VersionView
from ..engine.views import shown_values
from ..errors import CaseclockError, DefinitionInvalid, InvalidInput, Problem
from ..history import Case, Event
from ..masking import shown
from ..messages import Language, Message, Text, render
from ..model import Field
from ..ports import Definition, IssuedDocument
from ..rehearsal.story import Outcome

Plain = dict[str, Any]


def case(view: CaseView, language: Language, *, unmasked: Container[str] = ()) -> Plain:
    """Return a case as of the asked-for time, private values masked but for those of the fields in ``unmasked``."""
    return {
        **_identity(view.case),
        "procedure_title": view.procedure.of(language.code),
        "state_title": view.state.of(language.code),
        "stage": view.stage.name,
        "stage_title": view.stage.title.of(language.code),
        "zone": view.zone,
        "opened_at": view.case.opened_at.isoformat(),
        "closed_at": _iso(view.case.closed_at),
        "data": shown(view.case.data, view.fields, unmasked=unmasked),
        "clocks": [{**status(clock.status, language), "overdue": clock.overdue} for clock in view.clocks],
        "relations": [
            {"kind": it.kind, "number": it.number, "id": it.case, "at": it.at.isoformat()} for it in view.case.relations
        ],
        "documents": [document(paper) for paper in view.documents],
        "subcases": [case(subcase, language, unmasked=unmasked) for subcase in view.subcases],
    }


def item(listed: ListItem, language: Language) -> Plain:
    """Return a case in a list or inbox."""
    return {
        **_identity(listed.case),
        "state_title": listed.state.of(language.code),
        "stage": listed.stage.name,
        "zone": listed.zone,
        "clock_title": _text(listed.clock, language),
        "due_at": _iso(listed.due_at),
        "overdue": listed.overdue,
        "paused": listed.paused,
        "provisional": listed.provisional,
        "actions": [action.of(language.code) for action in listed.actions],
    }


def status(found: ClockStatus, language: Language) -> Plain:
    """Return where a clock stands, without its explanation."""
    return {
        "clock": found.clock.name,
        "title": found.clock.title.of(language.code),
        "basis": _text(found.clock.basis, language),
        "effect": found.clock.effect.value,
        "started_at": found.started_at.isoformat(),
        "started_by": found.started_by,
        "came_at": _iso(found.came_at),
        "taken_from": found.taken_from or None,
        "held_by": found.held_by or None,
        "due_at": found.due_at.isoformat(),
        "strict_due_at": found.strict_due_at.isoformat(),
        "lenient_due_at": found.lenient_due_at.isoformat(),
        "target_at": _iso(found.target_at),
        "infeasible": found.infeasible,
        "provisional": found.provisional,
        "stopped_at": _iso(found.stopped_at),
        "ended_at": _iso(found.ended_at),
        "expired_at": _iso(found.expired_at),
        "paused_since": _iso(found.paused_since if found.running else None),
        "met": found.met,
        "late": found.late,
        "extension_asked_at": _iso(found.asked_at),
        "extension_until": _iso(found.grant_until),
    }


def explained(found: ClockStatus, language: Language) -> Plain:
    """Return where a clock stands and why: its days, and the instants of its ladder."""
    return {
        **status(found, language),
        "limit": [str(period) for period in found.reckoning.course.periods],
        "calendar": found.reckoning.calendar.id,
        "zone": found.reckoning.calendar.zone,
        "days": [_line(line, language) for line in found.reckoning.lines],
        "rungs": [{"action": rung.action, "at": rung.at.isoformat()} for rung in found.rungs],
    }


def _line(line: Line, language: Language) -> Plain:
    return {
        "day": line.day.isoformat(),
        "kind": line.kind.value,
        "number": line.number,
        "notes": [note.text(language) for note in line.notes],
        "spans": [[begins.isoformat(), ends.isoformat()] for begins, ends in line.spans],
        "ends": line.ends,
    }


def entry(found: EventView, language: Language, *, unmasked: Container[str] = ()) -> Plain:
    """Return one entry of a history, private values masked but for those of the fields in ``unmasked``."""
    return {
        "number": found.number,
        "title": found.title.of(language.code),
        "overtaken": found.overtaken,
        "overtaken_by": found.overtaken_by.event.seq if found.overtaken_by else None,
        **event(found.event, found.fields, unmasked=unmasked),
    }


def event(found: Event, fields: Mapping[str, Field], *, unmasked: Container[str] = ()) -> Plain:
    """Return an event; ``fields`` are those of its case, by which private values are masked."""
    return {
        "case": found.case,
        "seq": found.seq,
        "action": found.action,
        "actor": found.actor,
        "role": found.role,
        "unit": found.unit,
        "effective_at": found.effective_at.isoformat(),
        "recorded_at": found.recorded_at.isoformat(),
        "from_state": found.from_state,
        "to_state": found.to_state,
        "data": shown_values(found, fields, unmasked),
        "overtakes": list(found.overtakes),
        "recount": None if found.recount is None else dict(found.recount),
        "erased": [name for name, seal in found.seals.items() if seal.salt is None],
        "disclosure": None if found.disclosure is None else dict(found.disclosure),
        "redaction": None if found.redaction is None else dict(found.redaction),
        "printed": None if found.printed is None else dict(found.printed),
        "relations": [dict(told) for told in found.relations],
        "migration": None if found.migration is None else dict(found.migration),
        "link": found.link or None,
    }


def offer(found: Offer, language: Language) -> Plain:
    """Return an action that may be done, with its inputs."""
    obstacle = found.obstacle
    return {
        "case": found.case,
        "action": found.action,
        "title": found.title.of(language.code),
        "leads_to": _text(found.leads_to, language),
        "optional": found.optional,
        "obstacle": None if obstacle is None else render(obstacle, language),
        "inputs": [
            {
                "name": field.name,
                "title": field.title.of(language.code),
                "type": field.type.value,
                "of": field.of.value if field.of else None,
                "required": field.required,
                "choices": {name: title.of(language.code) for name, title in field.choices.items()},
            }
            for field in found.inputs
        ],
    }


def receipt(done: Receipt, language: Language) -> Plain:
    """Return what a command did."""
    return {
        "case": _identity(done.case),
        "action": done.event.action,
        "seq": done.event.seq,
        "effective_at": done.event.effective_at.isoformat(),
        "recorded_at": done.event.recorded_at.isoformat(),
        "opened": [_identity(opened) for opened in done.opened],
        "documents": [document(paper) for paper in done.documents],
        "notices": [notice.text(language) for notice in done.notices],
        "repeated": done.repeated,
    }


def tick(report: TickReport, language: Language) -> Plain:
    """Return what a tick delivered."""
    return {
        "delivered": [event(delivered, {}) for delivered in report.delivered],
        "failed": {root: message.text(language) for root, message in report.failed.items()},
    }


def outcome(found: Outcome, language: Language) -> Plain:
    """Return what a step of a story led to; what it did not bring is None."""
    return {
        "at": found.step.at.isoformat(),
        "tell": _text(found.step.tell, language),
        "case": found.case,
        "receipt": receipt(found.receipt, language) if found.receipt else None,
        "refusal": error(found.refusal, language) if found.refusal else None,
        "tick": tick(found.report, language) if found.report else None,
        "why": explained(found.status, language) if found.status else None,
        "mismatches": [mismatch.message.text(language) for mismatch in found.mismatches],
    }


def document(paper: IssuedDocument) -> Plain:
    """Return an issued paper."""
    return {"name": paper.name, "number": paper.number, "case": paper.case, "seq": paper.seq, "sha256": paper.sha256}


def definition(deployed: Definition) -> Plain:
    """Return a deployed definition, without its text."""
    return {
        "kind": deployed.kind,
        "name": deployed.name,
        "version": deployed.version,
        "fingerprint": deployed.fingerprint,
    }


def deployed(definitions: Iterable[Definition], report: RecountReport) -> list[Plain]:
    """Return deployed definitions, each with the dues that it has moved, which only a calendar does."""
    return [
        {**definition(one), "moved": [_moved(moved) for moved in report.moved if _is_by(moved, one)]}
        for one in definitions
    ]


def _is_by(moved: Moved, deployed: Definition) -> bool:
    return (deployed.kind, deployed.name) == ("calendar", moved.calendar)


def _moved(moved: Moved) -> Plain:
    return {"case": moved.case, "clock": moved.clock, "old": moved.old.isoformat(), "new": moved.new.isoformat()}


def problem(found: Problem, language: Language) -> Plain:
    """Return one problem of a definition with its place; where it ends, and a hint, where they are known."""
    return {
        "code": found.code,
        "severity": found.severity,
        "file": found.file,
        "line": found.line,
        "column": found.column,
        "end_line": found.end_line or None,
        "end_column": found.end_column or None,
        "message": found.message.text(language),
        "hint": found.hint.text(language) if found.hint else None,
        "page": f"docs/problems.md#{found.code}",
    }


def error(raised: CaseclockError, language: Language) -> Plain:
    """Return an error; ``fields`` and ``problems`` are empty where it has none.

    Of a version that is taken, ``differences`` says what would be another.
    """
    taken = raised.differences if isinstance(raised, VersionTaken) else None
    more = {} if taken is None else {"differences": [it.told.text(language) for it in taken]}
    fields = raised.fields if isinstance(raised, InvalidInput) else {}
    problems = raised.problems if isinstance(raised, DefinitionInvalid) else ()
    return {
        "code": raised.code,
        "message": raised.message.text(language),
        "hint": raised.hint.text(language) if raised.hint else None,
        "fields": {name: message.text(language) for name, message in fields.items()},
        "problems": [problem(found, language) for found in problems],
        **more,
    }


def version(found: VersionView) -> Plain:
    """Return a deployed version of a procedure with how many cases are on it."""
    one = found.definition
    return {
        "procedure": one.name,
        "version": one.version,
        "fingerprint": one.fingerprint,
        "deployed_at": one.deployed_at.isoformat(),
        "worded_at": _iso(found.worded.deployed_at if found.worded else None),
        "newest": found.newest,
        "running": found.running,
        "ended": found.ended,
    }


def _identity(found: Case) -> Plain:
    return {
        "id": found.id,
        "number": found.number,
        "procedure": found.procedure,
        "version": found.version,
        "kind": found.kind,
        "parent": found.parent,
        "unit": found.unit,
        "lead": found.lead,
        "state": found.state,
        "revision": found.revision,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _text(text: Text | Message | None, language: Language) -> str | None:
    return None if text is None else render(text, language)
