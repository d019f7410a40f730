"""What the engine returns as pages for people: lines and grids of values, in no language and for no medium yet.

Every face that shows text to people renders these, so that a terminal and a web page say the same;
`messages.render` puts a value into a language.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

from ..clocks import ClockStatus, LineKind, Reckoning
from ..engine import CaseView, EventView, ListItem, Offer, Receipt, RecountReport, TickReport
from ..engine.versions import VersionView
from ..engine.views import shown_values
from ..history import Event
from ..masking import shown
from ..messages import Message, Text, say, spoken_due
from ..model import Effect, Field, Side
from ..ports import Definition
from ..rehearsal.story import DoStep, OpenStep, Outcome, ShowStep
from ..roster import Roster


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or one cell of a grid. ``tone``: plain, strong, note (worth a look) or alarm."""

    value: object
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. A cell is a `Line`, or any value that `messages.render` takes."""

    headings: tuple[object, ...]
    rows: tuple[tuple[object, ...], ...]


Page = Iterator[Line | Grid]

NOTHING = "-"


def show_instant(instant: datetime, zone: str) -> str:
    """Return an instant to the minute, as the wall clock of ``zone`` showed it.

    >>> from datetime import UTC
    >>> show_instant(datetime(2026, 11, 16, 1, 0, tzinfo=UTC), "Asia/Shanghai")
    '2026-11-16 09:00'
    """
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def show_due(instant: datetime, zone: str) -> str:
    """Return a due as people in ``zone`` say it.

    >>> from datetime import UTC
    >>> show_due(datetime(2026, 11, 19, 16, 0, tzinfo=UTC), "Asia/Shanghai")
    '2026-11-19 24:00'
    """
    return spoken_due(instant.astimezone(ZoneInfo(zone)))


def definitions(deployed: Iterable[Definition]) -> Page:
    """Return deployed definitions."""
    rows = tuple((definition.kind, definition.name, definition.version) for definition in deployed)
    yield Grid((say("Kind"), say("Name"), say("Version")), rows)


def versions(found: Iterable[VersionView], zone: str) -> Page:
    """Return deployed versions of procedures with how many cases are on each."""
    rows = tuple(
        (
            one.definition.name,
            one.definition.version,
            show_instant(one.definition.deployed_at, zone),
            show_instant(one.worded.deployed_at, zone) if one.worded else NOTHING,
            one.definition.fingerprint[:12],
            one.running,
            one.ended,
            say("new cases") if one.newest else NOTHING,
        )
        for one in found
    )
    headings = (
        say("Procedure"),
        say("Version"),
        say("Deployed"),
        say("Worded anew"),
        say("Fingerprint"),
        say("Running"),
        say("Ended"),
        say("Used for"),
    )
    yield Grid(headings, rows) if rows else Line(say("no procedure is deployed"))


def recounted(report: RecountReport) -> Page:
    """Return which dues a new version of a calendar has moved; nothing when it moved none."""
    if report.moved:
        yield Line(say("{count} due(s) moved by a new calendar", count=len(report.moved)), "strong")
        headings = (say("Case"), say("Clock"), say("Was due"), say("Now due"))
        rows = tuple(
            (one.case, one.title, show_due(one.old, one.zone), show_due(one.new, one.zone)) for one in report.moved
        )
        yield Grid(headings, rows)
    for case, message in report.failed.items():
        yield Line(say("not recounted: {case}: {message}", case=case, message=message), "alarm")


def cases(items: Sequence[ListItem]) -> Page:
    """Return a list of cases."""
    headings = (say("Case"), say("Due"), say("Clock"), say("State"), say("Subject or unit"))
    yield from _items(items, headings, [item.case.unit or item.data.get("subject", "") for item in items])


def inbox(items: Sequence[ListItem]) -> Page:
    """Return an inbox: the cases, with what is to be done."""
    headings = (say("Case"), say("Due"), say("Clock"), say("State"), say("To do"))
    yield from _items(items, headings, [item.actions for item in items])


def _items(items: Sequence[ListItem], headings: tuple[Message, ...], last: Sequence[object]) -> Page:
    if not items:
        yield Line(say("no cases"))
        return
    yield Grid(
        headings,
        tuple(
            (
                item.case.number,
                Line(say("paused"), "note")
                if item.paused
                else _due(item.due_at, item.zone, overdue=item.overdue, provisional=item.provisional),
                item.clock or NOTHING,
                item.state,
                cell,
            )
            for item, cell in zip(items, last, strict=True)
        ),
    )


def _due(due: datetime | None, zone: str, *, overdue: bool, provisional: bool) -> Line:
    if due is None:
        return Line(NOTHING)
    shown = show_due(due, zone)
    if overdue:
        return Line(say("{due} overdue", due=shown), "alarm")
    return Line(say("{due} provisional", due=shown), "note") if provisional else Line(shown)


def case(view: CaseView, *, unmasked: Container[str] = ()) -> Page:
    """Return a case with its fields, clocks, subcases and papers, private values masked but for those ``unmasked``."""
    title = say("{case}  {procedure}: {state}", case=view.case.number, procedure=view.procedure, state=view.state)
    yield Line(title, "strong")
    yield Line(say("by version {version} of {procedure}", version=view.case.version, procedure=view.case.procedure))
    data = shown(view.case.data, view.fields, unmasked=unmasked)
    if data:
        rows = tuple((name, _title(view.fields, name), _value(value, view.zone)) for name, value in data.items())
        yield Grid((say("Field"), say("Title"), say("Value")), rows)
    if view.clocks:
        yield Grid((say("Clock"), say("Title"), say("Due"), say("Target"), say("Status")), tuple(_clock_rows(view)))
    if view.subcases:
        headings = (say("Case"), say("Unit"), say("Lead"), say("State"), say("Due"))
        yield Grid(headings, tuple(_subcase_row(subcase) for subcase in view.subcases))
    for relation in view.case.relations:
        yield Line(_related(relation.kind, relation.number))
    papers = [*view.documents, *(paper for subcase in view.subcases for paper in subcase.documents)]
    if papers:
        yield Line(say("papers: {numbers}", numbers=[paper.number for paper in papers]))
    if view.case.closed_at:
        yield Line(say("closed at {at}", at=show_instant(view.case.closed_at, view.zone)))


def _related(kind: str, number: str) -> Message:
    """Return what another case is to the one that is shown."""
    match kind:
        case "merged_into":
            return say("merged into {case}", case=number)
        case "took_in":
            return say("took in {case}, which was merged into it", case=number)
        case "split_into":
            return say("{case} was split off from it", case=number)
        case _:
            return say("split off from {case}", case=number)


def _title(fields: Mapping[str, Field], name: str) -> object:
    return fields[name].title if name in fields else ""


def _value(value: Any, zone: str) -> object:
    """Return a field's value: a file by its name, an instant in the case's zone."""
    match value:
        case bool():
            return say("yes") if value else say("no")
        case Mapping():
            return str(value.get("name", dict(value)))
        case list():
            return [_value(item, zone) for item in value]
        case str() if value.endswith("+00:00"):
            return _instant_or_text(value, zone)
        case _:
            return value


def _instant_or_text(value: str, zone: str) -> str:
    try:
        return show_instant(datetime.fromisoformat(value), zone)
    except ValueError:
        return value


def _clock_rows(view: CaseView) -> Iterator[tuple[object, ...]]:
    for clock in view.clocks:
        found = clock.status
        yield (
            found.clock.name,
            found.clock.title,
            _due(found.due_at, view.zone, overdue=clock.overdue, provisional=found.provisional),
            show_due(found.target_at, view.zone) if found.target_at not in (None, found.due_at) else NOTHING,
            _standing(found),
        )


def _standing(status: ClockStatus) -> Message:
    if status.stopped_at:
        return say("met") if status.met else say("late")
    if status.expired_at:
        return say("expired")
    if status.ended_at:
        return say("ended")
    return say("paused") if status.paused_since else say("running")


def _subcase_row(view: CaseView) -> tuple[object, ...]:
    running = [clock for clock in view.clocks if clock.status.running and clock.status.clock.effect is not Effect.NONE]
    soonest = min(running, key=lambda clock: clock.status.due_at, default=None)
    due = (
        _due(soonest.status.due_at, view.zone, overdue=soonest.overdue, provisional=soonest.status.provisional)
        if soonest
        else NOTHING
    )
    return view.case.number, view.case.unit or "", say("lead") if view.case.lead else "", view.state, due


def receipt(done: Receipt, state: Text) -> Page:
    """Return what a command did; ``state`` is the title of the case's present state."""
    yield Line(say("{case}: {state}", case=done.case.number, state=state), "strong")
    if done.repeated:
        yield Line(say("this had been done before under the same key; nothing was done now"))
    for subcase in done.opened:
        yield Line(say("  opened {case} for {unit}", case=subcase.number, unit=subcase.unit or NOTHING))
    for paper in done.documents:
        yield Line(say("  issued {number}", number=paper.number))
    for notice in done.notices:
        yield Line(say("  note: {notice}", notice=notice), "note")


def offers(found: Sequence[Offer], actor: str) -> Page:
    """Return what ``actor`` may do; a required input is marked with ``*``."""
    if not found:
        yield Line(say("there is nothing that {actor} may do on it now", actor=actor))
        return
    headings = (say("Action"), say("Title"), say("Leads to"), say("Inputs"), say("In the way"))
    yield Grid(
        headings,
        tuple(
            (
                offer.action,
                offer.title,
                offer.leads_to or NOTHING,
                [field.name + ("*" if field.required else "") for field in offer.inputs],
                offer.obstacle or "",
            )
            for offer in found
        ),
    )


def history(entries: Iterable[EventView], view: CaseView, roster: Roster, *, unmasked: Container[str] = ()) -> Page:
    """Return the history of the case ``view``; the time of recording only where it differs from the effective one."""
    rows = tuple(_entry(entry, view.zone, roster, unmasked) for entry in entries)
    yield Grid((say("At"), say("Recorded"), say("Case"), say("What"), say("Who"), say("With")), rows)


def _entry(entry: EventView, zone: str, roster: Roster, unmasked: Container[str]) -> tuple[object, ...]:
    event = entry.event
    effective, recorded = show_instant(event.effective_at, zone), show_instant(event.recorded_at, zone)
    data = shown_values(event, entry.fields, unmasked)
    return (
        effective,
        "" if recorded == effective else recorded,
        entry.number,
        _happened(entry, zone),
        name_of(roster, event.actor),
        [
            *(say("{name}: {value}", name=name, value=_value(value, zone)) for name, value in data.items()),
            *_erased(event),
            *(_related(told["kind"], told["number"]) for told in event.relations),
            *_recount(event.recount, zone),
            *_migration(event.migration, zone),
        ],
    )


def _happened(entry: EventView, zone: str) -> object:
    by = entry.overtaken_by
    if by:
        at = show_instant(by.event.recorded_at, zone)
        return say("{title} (overtaken by {by}, recorded {at})", title=entry.title, by=by.title, at=at)
    return say("{title} (overtaken)", title=entry.title) if entry.overtaken else entry.title


def _erased(event: Event) -> Iterator[Message]:
    """Which private values of the event have been erased; of one that had some erased or shown, which and why."""
    for name, seal in event.seals.items():
        if seal.salt is None:
            yield say("{name}: erased", name=name)
    if told := event.redaction or event.disclosure:
        yield say("fields: {fields}", fields=list(told["fields"]))
        yield say("reason: {reason}", reason=told["reason"])
    if event.printed:
        yield say("{number} as {format}", number=event.printed["number"], format=event.printed["format"])


def _migration(told: Mapping[str, Any] | None, zone: str) -> Iterator[Message]:
    """From which version to which, why, and which dues it moved."""
    if told is None:
        return
    yield say("version {old} -> {new}", old=told["from"]["version"], new=told["to"]["version"])
    yield say("reason: {reason}", reason=told["reason"])
    if told["decision"]:
        yield say("decision: {decision}", decision=told["decision"])
    for clock, dues in told["dues"].items():
        old, new = (
            show_due(datetime.fromisoformat(dues[which]), zone) if dues[which] else NOTHING for which in ("old", "new")
        )
        yield say("{clock}: {old} -> {new}", clock=clock, old=old, new=new)
    yield say("migration {id}", id=told["id"])


def _recount(recount: Mapping[str, Any] | None, zone: str) -> Iterator[Message]:
    """What a new version of a calendar moved, and by which one it was counted before and is now."""
    if recount is None:
        return
    for clock, dues in recount["clocks"].items():
        old, new = (show_due(datetime.fromisoformat(dues[which]), zone) for which in ("old", "new"))
        yield say("{clock}: {old} -> {new}", clock=clock, old=old, new=new)
    old, new = (recount[which]["version"] or NOTHING for which in ("from", "to"))
    yield say("calendar {calendar}: version {old} -> {new}", calendar=recount["calendar"], old=old, new=new)


def name_of(roster: Roster, person: str) -> object:
    """Return the name of somebody on the roster, or the id of anybody else."""
    found = roster.people.get(person)
    return found.name if found and found.name else person


_KINDS = {
    LineKind.START: say("start"),
    LineKind.COUNTED: say("counted"),
    LineKind.REST: say("passed over"),
    LineKind.ROLLED: say("moved on"),
    LineKind.RECEIPT: say("not yet received"),
    LineKind.PAUSED: say("paused"),
    LineKind.CLOSED: say("closed season"),
    LineKind.MINIMUM: say("least number of days"),
}
_WEEKDAYS = (say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun"))


def why(status: ClockStatus) -> Page:
    """Return why a clock is due when it is: day by day, then its target, how it ended, and its ladder."""
    reckoning, clock = status.reckoning, status.clock
    zone = reckoning.calendar.zone
    yield Line(
        say("{clock} ({name}): due {due}", clock=clock.title, name=clock.name, due=show_due(status.due_at, zone)),
        "strong",
    )
    if clock.basis:
        yield Line(say("basis: {basis}", basis=clock.basis))
    yield Line(say("started {at} by {what}", at=show_instant(status.started_at, zone), what=status.started_by))
    if status.taken_from:
        yield Line(say("the start is that of {case}, taken over from it", case=status.taken_from))
    rows = tuple(
        (
            line.day.isoformat(),
            _WEEKDAYS[line.day.weekday()],
            _kind(line.kind, reckoning),
            line.number or "",
            reduce(_and_then, line.notes) if line.notes else "",
        )
        for line in reckoning.lines
    )
    yield Grid((say("Day"), "", "", say("No."), say("Why")), rows)
    yield from _standing_lines(status, zone)
    for rung in status.rungs:
        at = show_instant(rung.at, zone) if rung.side is Side.BEFORE else show_due(rung.at, zone)
        yield Line(say("  {at}  {action}", at=at, action=rung.title))


def _kind(kind: LineKind, reckoning: Reckoning) -> Message:
    """What a day was to the clock; days beyond a limit that is counted back lie before it."""
    return say("moved back") if kind is LineKind.ROLLED and reckoning.course.back else _KINDS[kind]


def _and_then(first: Message, second: Message) -> Message:
    return say("{first}; {second}", first=first, second=second)


def _standing_lines(status: ClockStatus, zone: str) -> Page:
    if status.target_at:
        yield Line(say("working target: {target}", target=show_due(status.target_at, zone)))
    if status.infeasible:
        yield Line(say("the target cannot be met: it does not lie after the start"), "note")
    if status.provisional:
        yield Line(say("provisional: no official calendar reaches so far yet"), "note")
    if status.held_by:
        yield Line(say("it ends with the limit of {case}, which no merger or split moves later", case=status.held_by))
    if status.strict_due_at < status.due_at:
        yield Line(say("by the strict reading due {due}; warnings go by it", due=show_due(status.strict_due_at, zone)))
    if status.lenient_due_at > status.due_at:
        due = show_due(status.lenient_due_at, zone)
        yield Line(say("by the lenient reading due {due}; sanctions go by it", due=due))
    if status.running and status.paused_since:
        since = show_instant(status.paused_since, zone)
        yield Line(say("time stands still since {since}; the due is as if it ran again now", since=since), "note")
    if status.expired_at:
        yield Line(say("ran out {at}: {action}", at=show_due(status.expired_at, zone), action=_expiry(status)), "note")
    if status.stopped_at:
        at = show_instant(status.stopped_at, zone)
        yield (
            Line(say("stopped {at}, in time", at=at)) if status.met else Line(say("stopped {at}, late", at=at), "alarm")
        )


def _expiry(status: ClockStatus) -> list[Text | str]:
    return [rung.title for rung in status.rungs if rung.expiry]


def tick(report: TickReport, numbers: Mapping[str, str], zone: str) -> Page:
    """Return what a tick delivered. ``numbers``: the number of each case by its id."""
    yield Line(say("{count} delivered", count=len(report.delivered)))
    rows = tuple(
        (
            show_instant(event.effective_at, zone),
            numbers.get(event.case, event.case),
            event.action,
            event.rung.clock if event.rung else "",
        )
        for event in report.delivered
    )
    if rows:
        yield Grid((say("At"), say("Case"), say("Action"), say("Clock")), rows)
    for root, message in report.failed.items():
        number = numbers.get(root, root)
        yield Line(say("not delivered for {case}: {message}", case=number, message=message), "alarm")


def outcome(found: Outcome, view: CaseView | None, numbers: Mapping[str, str], roster: Roster, zone: str) -> Page:
    """Return what a step of a story led to. ``view``: the case after it, where it concerns one."""
    deed = found.step.deed
    if isinstance(deed, DoStep | OpenStep):
        yield Line(say("{actor}: {action}", actor=name_of(roster, deed.who), action=found.title or ""))
    if found.refusal:
        yield Line(say("refused: {message}", message=found.refusal.message), "alarm")
        if found.refusal.hint:
            yield Line(found.refusal.hint, "alarm")
    if found.receipt and view:
        yield from receipt(found.receipt, view.state)
    if found.report:
        yield from tick(found.report, numbers, zone)
    if found.status:
        yield from why(found.status)
    if isinstance(deed, ShowStep) and view:
        yield from case(view)
    for mismatch in found.mismatches:
        yield Line(mismatch.message, "alarm")
