"""A forecast as it is shown: tables for the terminal and CSV, and plain data for JSON."""

from __future__ import annotations

from typing import Any

from ..messages import Language, Message, Text, render, say
from ..whatif.forecast import FIGURES, Band, Figure, Forecast, Week
from .pages import Line, Page, show_due, show_instant
from .report_tables import Percent, Table, grid
from .whatif_pages import VERDICTS

TITLES: dict[Figure, Message] = {
    "arrivals": say("Opened"),
    "open": say("Running at the end"),
    "late": say("Ran out unmet"),
}
ALL_CASES = say("cases")


def page(found: Forecast) -> Page:
    """Return a forecast for the terminal."""
    yield Line(
        say(
            "{procedure}: forecast from {start} to {end}, {runs} run(s), seed {seed}",
            procedure=found.title,
            start=show_instant(found.start, found.zone),
            end=show_instant(found.end, found.zone),
            runs=found.runs,
            seed=found.seed,
        ),
        "strong",
    )
    yield Line(_drawn_from(found), "note")
    yield Line(
        say(
            "The band is between what and what eight of ten runs lie. How long people take is drawn from what they "
            "took: it does not grow when more arrives."
        ),
        "note",
    )
    for table in tables(found):
        if table.rows:
            yield from grid(table)


def _drawn_from(found: Forecast) -> Message:
    measured = say("the wall clock, because people work at any hour") if found.plain else say("working time")
    return say(
        "Drawn from {cases} case(s) opened since {since} and {stays} step(s) of people, measured by {measured}; "
        "{open} case(s) open at the start; {unfitting} of the drawn steps did not fit",
        cases=found.cases,
        since=show_instant(found.since, found.zone)[:10],
        stays=found.stays,
        measured=measured,
        open=found.open,
        unfitting=str(Percent(found.unfitting)),
    )


def tables(found: Forecast) -> tuple[Table, ...]:
    """Return the weeks, and how likely each open case is late."""
    return _weeks(found), _risks(found)


def _weeks(found: Forecast) -> Table:
    rows = []
    for week in found.weeks:
        for figure in FIGURES:
            band = week.bands[figure]
            came = (week.came[figure],) if week.came is not None else ()
            rows.append(
                (
                    show_instant(week.begins, found.zone)[:10],
                    _of(found, week),
                    TITLES[figure],
                    _number(band.median),
                    _number(band.low),
                    _number(band.high),
                    *came,
                )
            )
    headings = (say("Week from"), say("Of"), say("Figure"), say("Median"), say("10 %"), say("90 %"))
    known = (*headings, say("Came")) if found.known else headings
    return Table("weeks", say("Weeks to come"), known, tuple(rows))


def _of(found: Forecast, week: Week) -> Message | Text | str:
    return ALL_CASES if week.unit is None else found.units.get(week.unit, week.unit)


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _risks(found: Forecast) -> Table:
    rows = tuple(
        (
            risk.case,
            show_due(risk.due_at, found.zone),
            Percent(risk.share),
            *(() if risk.came is None else (VERDICTS["late"] if risk.came else VERDICTS["in_time"],)),
        )
        for risk in found.risks
    )
    headings = (say("Case"), say("Due"), say("Late, probability"))
    known = any(risk.came is not None for risk in found.risks)
    note = say("Late by the end of the forecast; the due may still move, by an extension or a pause.")
    return Table("risks", say("Open cases"), (*headings, say("Came")) if known else headings, rows, note)


def data(found: Forecast, language: Language) -> dict[str, Any]:
    """Return it as plain data with stable keys; instants in UTC."""
    return {
        "procedure": found.procedure,
        "title": render(found.title, language),
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "runs": found.runs,
        "seed": found.seed,
        "arrivals_times": found.times,
        "drawn_from": {
            "since": found.since.isoformat(),
            "cases": found.cases,
            "steps": found.stays,
            "working_time": not found.plain,
        },
        "open": found.open,
        "unfitting": found.unfitting,
        "weeks": [
            {
                "begins": week.begins.isoformat(),
                "ends": week.ends.isoformat(),
                "unit": week.unit,
                **{figure: _band(week.bands[figure]) for figure in FIGURES},
                "came": dict(week.came) if week.came is not None else None,
            }
            for week in found.weeks
        ],
        "risks": [
            {"case": one.case, "due_at": one.due_at.isoformat(), "probability": one.share, "came": one.came}
            for one in found.risks
        ],
    }


def _band(band: Band) -> dict[str, float]:
    return {"median": band.median, "low": band.low, "high": band.high}
