"""A report, and the account of a case, as tables: one form for the terminal, CSV, sheets and the web page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from ..accounts import CaseAccount, Interval, SlipAccount
from ..accounts.timeline import NOTHING
from ..errors import InvalidInput
from ..messages import Message, Text, say, spoken_due
from ..reports import PatrolLog, Report
from ..reports.report import LateItem
from ..reports.tallying import ALL, Figure, Lasted, titles_of_figures
from ..roster import Roster
from .pages import Grid, Line, Page, show_instant

NOT_GIVEN = say("not given")
YES, NO = say("yes"), say("no")


class Percent(float):
    """A share between 0 and 1, shown as a percentage."""

    def __str__(self) -> str:
        return f"{100 * self:.1f}%"


class Hours(float):
    """A length of time in hours."""

    def __str__(self) -> str:
        return f"{float(self):.2f}"


Cell = Message | Text | str | int | float | None
"""What stands in a table: text, a number, or nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a name for files, a title, and a sentence about it."""

    name: str
    title: Message
    headings: tuple[Message, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Message | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars: of each its label, its length as a part of the longest, and what is written at its end."""

    title: Message
    bars: tuple[tuple[Cell, float, Cell], ...]


def heading(report: Report) -> Iterator[Message]:
    """Yield the sentences that stand over every report: of what it is, and as of when."""
    cutoff = show_instant(report.at, report.zone)
    yield say(
        "{title}: {count} case(s), cut-off {at} ({zone})",
        title=report.title,
        count=report.cases,
        at=cutoff,
        zone=report.zone,
    )
    if report.since:
        yield say("Period: from {since} to the cut-off", since=show_instant(report.since, report.zone))
    if report.as_of:
        yield say("As known at {as_of}", as_of=show_instant(report.as_of, report.zone))
    if report.provisional:
        yield say("{count} due(s) are provisional: no official notice covers their days yet", count=report.provisional)


def tables(report: Report) -> tuple[Table, ...]:
    """Return every table of a report."""
    return tuple(_tables(report))


def _tables(report: Report) -> Iterator[Table]:
    yield _figures(report)
    yield _lengths(report)
    yield _structure(report)
    yield _late(
        report,
        "overdue",
        say("Overdue and open"),
        report.overdue,
        say("Open past their due at the cut-off; days are calendar days after the day of the due."),
    )
    yield _late(
        report,
        "closed_late",
        say("Closed late"),
        report.closed_late,
        say("Met, or ended, after their due; kept apart from what is open."),
    )
    yield _late(
        report,
        "unanswered",
        say("Neither answered nor explained"),
        report.unanswered,
        say("Past the limit by the latest reading of it, and the unit has neither answered nor explained itself."),
    )
    if report.patrol:
        yield _patrol(report.patrol)


def _figures(report: Report) -> Table:
    titles = titles_of_figures()
    headings = (
        say("Figure"),
        say("Group"),
        say("Of"),
        say("Count"),
        say("n"),
        say("Share"),
        say("Not due yet"),
        say("Formula"),
    )
    rows = tuple(
        (
            titles[one.name][0],
            report.groups[one.group],
            key_title(report, one.group, one.key),
            *_counted(report, one),
            titles[one.name][1],
        )
        for one in report.figures
    )
    return Table("figures", say("Figures"), headings, rows, _small_note(report))


def _counted(report: Report, figure: Figure) -> tuple[Cell, Cell, Cell, Cell]:
    if figure.n is None:
        return None, _few(report, figure.group), None, None
    share = Percent(figure.share) if figure.share is not None else None
    return figure.hits, figure.n, share, figure.pending


def _few(report: Report, group: str) -> Message:
    return say("few (under {small}, or the next)", small=report.small.get(group, 0))


def _small_note(report: Report) -> Message | None:
    if not report.small:
        return None
    groups = [report.groups[group] for group in report.small]
    return say(
        "Small cells are not shown when grouped by {groups}: they could tell who a case is about.", groups=groups
    )


def key_title(report: Report, group: str, key: str) -> Cell:
    """Return what people call a key of a group."""
    if group == ALL:
        return ""
    return report.keys.get(group, {}).get(key, key) if key else NOT_GIVEN


def _lengths(report: Report) -> Table:
    titles = titles_of_figures()
    headings = (
        say("Figure"),
        say("Group"),
        say("Of"),
        say("n"),
        say("Median, hours"),
        say("90 %, hours"),
        say("Median by the clock"),
        say("90 % by the clock"),
        say("Paused in all, hours"),
        say("Formula"),
    )
    rows = tuple(
        (
            titles[one.name][0],
            report.groups[one.group],
            key_title(report, one.group, one.key),
            *_lasted(report, one),
            titles[one.name][1],
        )
        for one in report.lengths
    )
    note = say("By the wall clock, and by the clock of the law: less the time that stood still.")
    return Table("lengths", say("Lengths of time"), headings, rows, note)


def _lasted(report: Report, one: Lasted) -> tuple[Cell, ...]:
    if one.n is None:
        return _few(report, one.group), None, None, None, None, None
    return one.n, *(hours(part) for part in (one.median, one.p90, one.median_by_clock, one.p90_by_clock, one.paused))


def hours(span: timedelta | None) -> Hours | None:
    """Return a length of time in hours."""
    return None if span is None else Hours(span / timedelta(hours=1))


def _structure(report: Report) -> Table:
    rows = tuple(
        (report.groups[one.group], key_title(report, one.group, one.key), *_counted(report, one)[:3])
        for one in report.structure
        if one.group != ALL
    )
    headings = (say("Group"), say("Of"), say("Cases"), say("Of all"), say("Share"))
    return Table("structure", say("Cases by group"), headings, rows, _small_note(report))


def _late(report: Report, name: str, title: Message, items: Sequence[LateItem], note: Message) -> Table:
    headings = (
        say("Case"),
        say("Unit"),
        say("Clock"),
        say("Due"),
        say("Due by the latest reading"),
        say("Over at"),
        say("Days late"),
        say("Explained"),
        say("Named in a bulletin"),
    )
    zone = ZoneInfo(report.zone)
    rows = tuple(
        (
            one.case,
            key_title(report, "unit", one.unit) if one.unit else "",
            one.clock,
            spoken_due(one.due_at.astimezone(zone)),
            spoken_due(one.lenient_due_at.astimezone(zone)),
            show_instant(one.over_at, report.zone) if one.over_at else None,
            one.days,
            _yes(one.explained),
            _yes(one.named),
        )
        for one in items
    )
    return Table(name, title, headings, rows, note)


def _yes(holds: bool) -> Message:
    return YES if holds else NO


def _patrol(log: PatrolLog) -> Table:
    missing = [(say("No patrol"), day.isoformat(), None, None) for day in log.gaps]
    late = [
        (say("Entered on a later day"), day.isoformat(), None, entered.isoformat())
        for day, entered in log.entered_later
    ]
    gaps = set(log.gaps)
    sites = [
        (say("Site not read"), day.isoformat(), site, None)
        for site, days in log.sites.items()
        for day in days
        if day not in gaps
    ]
    note = say(
        "{patrols} patrol(s) on {days} day(s) from {since} to {until}; {gaps} day(s) without any.",
        patrols=log.patrols,
        days=log.days,
        since=log.since.isoformat(),
        until=log.until.isoformat(),
        gaps=len(log.gaps),
    )
    headings = (say("Gap"), say("Day"), say("Site"), say("Entered on"))
    return Table("patrol", say("Log of patrols"), headings, (*missing, *sites, *late), note)


def charts(report: Report) -> tuple[Chart, ...]:
    """Return the charts of a report: shares on time, and how many cases fall under what."""
    titles = titles_of_figures()
    drawn = []
    for name, group in (("replied_on_time", "month"), ("answered_on_time", "month"), ("answered_on_time", "unit")):
        found = [one for one in report.figures if (one.name, one.group) == (name, group) and one.n]
        title = say("{figure}, by {group}", figure=titles[name][0], group=report.groups[group])
        drawn.append(Chart(title, tuple(_share_bar(report, one) for one in found)))
    for group in dict.fromkeys(one.group for one in report.structure if one.group != ALL):
        cells = [one for one in report.structure if one.group == group and one.hits is not None]
        most = max((one.hits or 0 for one in cells), default=0)
        bars = tuple((key_title(report, group, one.key), (one.hits or 0) / most, one.hits) for one in cells)
        drawn.append(Chart(say("Cases by {group}", group=report.groups[group]), bars))
    days = [(say("case {case}", case=one.case), one.days) for one in report.overdue[:20]]
    longest = max((late for _, late in days), default=0) or 1
    drawn.append(Chart(say("Days overdue, open"), tuple((case, late / longest, late) for case, late in days)))
    return tuple(chart for chart in drawn if chart.bars)


def _share_bar(report: Report, one: Figure) -> tuple[Cell, float, Cell]:
    share = one.share or 0.0
    text = say("{share} (n = {n})", share=str(Percent(share)), n=one.n)
    return key_title(report, one.group, one.key), share, text


def page(report: Report, names: Iterable[str] = (), groups: Sequence[str] = ()) -> Page:
    """Return a report for the terminal: the tables named, or all of them.

    Args:
        groups: the groups by which figures and lengths of time are shown besides those of everything.

    Raises `InvalidInput` for a group that the report does not have.
    """
    for group in groups:
        if group not in report.groups:
            raise InvalidInput(
                say("the report has no group {group}; it has: {known}", group=group, known=list(report.groups))
            )
    for sentence in heading(report):
        yield Line(sentence, "strong")
    wanted, chosen = set(names), {ALL, *groups}
    shown = replace(
        report,
        figures=tuple(one for one in report.figures if one.group in chosen),
        lengths=tuple(one for one in report.lengths if one.group in chosen),
    )
    for table in tables(shown):
        if not wanted or table.name in wanted:
            yield from grid(table)


def grid(table: Table) -> Page:
    """Return a table for the terminal, with its title and its note."""
    yield Line("")
    yield Line(say("{title} ({count})", title=table.title, count=len(table.rows)), "strong")
    if table.note:
        yield Line(table.note, "note")
    if table.rows:
        yield Grid(table.headings, tuple(tuple("" if cell is None else cell for cell in row) for row in table.rows))


def account_page(found: CaseAccount, roster: Roster, zone: str, stages: dict[str, Text]) -> Page:
    """Return the account of a case for the terminal."""
    yield Line(
        say(
            "Account of {case}, {begins} to {ends}",
            case=found.case.number,
            begins=show_instant(found.bounds.begins, zone),
            ends=show_instant(found.bounds.ends, zone),
        ),
        "strong",
    )
    yield from grid(_sums(found, roster, stages))
    yield from grid(_slips(found, roster, zone))
    yield from grid(_intervals(found, roster, zone, stages))


def _unit(roster: Roster, unit: str) -> Cell:
    return roster.units[unit].title if unit in roster.units else unit


def _sums(found: CaseAccount, roster: Roster, stages: dict[str, Text]) -> Table:
    lead = [(say("Lead unit"), _unit(roster, unit), hours(part)) for unit, part in found.as_lead.items()]
    co = [(say("Co-unit"), _unit(roster, unit), hours(part)) for unit, part in found.as_co_unit.items()]
    nobody = [
        (say("No unit"), stages.get(stage, Text(stage, stage)), hours(part)) for stage, part in found.unassigned.items()
    ]
    rows = (
        *lead,
        *co,
        *nobody,
        (say("Paused"), "", hours(found.paused)),
        (say("Elapsed"), "", hours(found.elapsed)),
    )
    note = say("Units, no unit and paused add up to what elapsed, exactly; hours here are rounded.")
    return Table("sums", say("Whose time"), (say("Who"), say("Unit or stage"), say("Hours taken")), rows, note)


COURSES = {
    "not_started": say("not started"),
    "running": say("running"),
    "overdue": say("overdue"),
    "met": say("in time"),
    "late": say("late"),
    "ended": say("ended with the case"),
    "not_counted": say("returned in time, does not count"),
}


def _slips(found: CaseAccount, roster: Roster, zone: str) -> Table:
    headings = (
        say("Slip"),
        say("Unit"),
        say("Lead"),
        say("Due"),
        say("Course"),
        say("Own hours"),
        say("Hours late"),
        say("Returns"),
        say("Sent back"),
        say("Explained"),
        say("Times urged"),
        say("Times supervised"),
        say("Extensions of the case"),
    )
    rows = tuple(
        (
            slip.case.number,
            _unit(roster, slip.unit),
            _yes(slip.case.lead),
            spoken_due(slip.status.due_at.astimezone(ZoneInfo(zone))) if slip.status else None,
            COURSES[slip.course],
            hours(slip.own),
            hours(slip.late_by) if slip.late_by > NOTHING else None,
            _returns(slip),
            len(slip.sent_back),
            len(slip.explained),
            len(slip.urged),
            len(slip.supervised),
            len(found.extensions),
        )
        for slip in found.slips
    )
    return Table("slips", say("Slips"), headings, rows)


DECISIONS = {"accepted": say("accepted"), "refused": say("refused"), "open": say("not decided")}


def _returns(slip: SlipAccount) -> Cell:
    return DECISIONS[slip.returns[-1].decision] if slip.returns else ""


def _intervals(found: CaseAccount, roster: Roster, zone: str, stages: dict[str, Text]) -> Table:
    rows = tuple(
        (
            show_instant(one.span.begins, zone),
            show_instant(one.span.ends, zone),
            hours(one.span.length),
            stages.get(one.stage, one.stage),
            _bearers(one, roster),
        )
        for one in found.intervals
    )
    headings = (say("From"), say("To"), say("Hours taken"), say("Stage"), say("Attributed to"))
    return Table("intervals", say("Interval by interval"), headings, rows)


def _bearers(one: Interval, roster: Roster) -> Cell:
    if one.paused:
        return say("paused")
    if not one.bearers:
        return say("no unit")
    return say("{units}", units=[_unit(roster, unit) for unit in one.bearers])
