"""What-if as people ask for it: the files of other definitions, and history replayed under them in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from ..workflow.engine import Engine, Under
from ..workflow.engine.admission import utc
from ..workflow.errors import InvalidInput
from ..workflow.messages import say
from ..workflow.ports import Compiled, Kind, Store
from ..workflow.reports import Plan
from ..workflow.showing.report_tables import Table
from ..workflow.whatif.forecast import Forecast, forecast, weeks_later
from ..workflow.whatif.lateness import WhatIf, what_if
from .office_reader import read_text


def under(*, procedure: Path | None = None, calendar: Path | None = None, roster: Path | None = None) -> Under:
    """Return the definitions in these files. Raises `DefinitionInvalid`, or `InvalidInput` for one of another kind."""
    return Under(_read(procedure, "procedure"), _read(calendar, "calendar"), _read(roster, "roster"))


def _read(path: Path | None, kind: Kind) -> Compiled | None:
    from . import YamlReader

    if path is None:
        return None
    compiled = YamlReader().compile(read_text(path), file=str(path))
    if compiled.kind != kind:
        raise InvalidInput(
            say("{file} is a {found}; expected a {kind}", file=str(path), found=compiled.kind, kind=kind)
        )
    return compiled


def replayed(
    engine: Engine,
    new_store: Callable[[], Store],
    plan: Plan,
    other: Under,
    *,
    at: datetime | None = None,
    since: datetime | None = None,
) -> WhatIf:
    """Return what an office's recorded cases of a procedure would have come to under other definitions.

    Args:
        new_store: makes an empty store in memory.
        plan: what is what in the procedure.
        at: the cut-off; now when left out.
        since: only limits due from then on.

    Raises `NotFound` when the procedure is not deployed, or counts by a calendar that is not.
    """
    cutoff = utc(at) if at else datetime.now(UTC)
    rules = engine.rules(plan.procedure, other)
    return what_if(
        engine.replay(new_store, other, procedure=plan.procedure, at=cutoff),
        plan,
        title=rules.procedure.title,
        zone=rules.calendar.zone,
        calendar=rules.calendar,
        at=cutoff,
        since=utc(since) if since else None,
    )


def forecasted(
    engine: Engine,
    plan: Plan,
    other: Under,
    *,
    weeks: int,
    runs: int,
    seed: int,
    times: float = 1.0,
    past_weeks: int = 26,
    as_of: datetime | None = None,
) -> Forecast:
    """Return the forecast of an office's next weeks, or of those after an instant of the past.

    Args:
        plan: what is what in the procedure.
        other: other definitions for the cases to come.
        as_of: forecast from what had been recorded by then; what came is set beside it where these weeks are over.
        weeks, runs, seed, times, past_weeks: as `forecast` takes them.

    Raises `NotFound`, or `InvalidInput` where there is too little history.
    """
    now = datetime.now(UTC)
    start = utc(as_of) if as_of else now
    newest = engine.rules(plan.procedure, other)
    end = weeks_later(newest.calendar, start, weeks)
    return forecast(
        lambda: engine.standings(plan.procedure, start, start),
        plan,
        newest,
        start=start,
        weeks=weeks,
        runs=runs,
        seed=seed,
        times=times,
        past_weeks=past_weeks,
        came=engine.standings(plan.procedure, end) if end <= now else None,
    )


def table(tables: Iterable[Table], name: str) -> Table:
    """Return the table with this name. Raises `InvalidInput` when there is none."""
    known = {one.name: one for one in tables}
    if name not in known:
        raise InvalidInput(say("there is no table {name}; there are: {known}", name=name, known=list(known)))
    return known[name]


def factor(text: str) -> float:
    """Return the number in ``x1.2`` or ``1.2``. Raises `InvalidInput` for anything else, and for what is negative.

    >>> factor("x1.2")
    1.2
    """
    try:
        number = float(text.strip().lower().removeprefix("x"))
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise InvalidInput(say("expected a number such as x1.2, from 0 to 100, got: {text}", text=text))
    return number
