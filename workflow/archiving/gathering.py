"""Everything that an archive package is made from, read at one state of the case."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..clocks import ClockStatus
from ..engine import CaseView, Engine, EventView
from ..engine.inclusion import Inclusion
from ..engine.shelf import ROSTER, calendars_of
from ..engine.versions import words_name
from ..errors import Conflict
from ..messages import say
from ..model import Procedure
from ..ports import Definition
from ..roster import Roster


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of a case.

    Args:
        lines: those that `Engine.export` writes of it, with the definitions that concern it.
        dues: the clocks of the case and of each subcase, by number.
        private: private values are in it.
    """

    office: str
    lines: tuple[str, ...]
    view: CaseView
    procedure: Procedure
    roster: Roster
    history: tuple[EventView, ...]
    dues: tuple[tuple[str, ClockStatus], ...]
    definitions: tuple[Definition, ...]
    inclusion: Inclusion
    private: bool


def gather(engine: Engine, case: str, *, private: bool = True) -> Gathered:
    """Return everything that is known of a case with its subcases.

    Args:
        private: with private values.

    Raises `NotFound`, or `Conflict` when the case is changed meanwhile.
    """
    identity = engine.case(case).case.root
    view = engine.case(identity)
    procedure = engine.procedure(view.case.procedure, view.case.version)
    definitions = tuple(_concerning(engine, procedure))
    before = _revisions(view)
    found = Gathered(
        office=engine.office,
        lines=tuple(_lines(engine.export([identity], private=private), definitions)),
        view=view,
        procedure=procedure,
        roster=engine.roster(),
        history=engine.history(identity),
        dues=tuple(_dues(engine, view)),
        definitions=definitions,
        inclusion=engine.inclusion(identity),
        private=private,
    )
    if _revisions(engine.case(identity)) != before:
        raise Conflict(say("{case} was changed meanwhile", case=view.case.number), say("archive it again"))
    return found


def _revisions(view: CaseView) -> list[tuple[str, int, str]]:
    return [(one.case.id, one.case.revision, one.case.link) for one in (view, *view.subcases)]


def _dues(engine: Engine, view: CaseView) -> Iterator[tuple[str, ClockStatus]]:
    for one in (view, *view.subcases):
        for status in engine.why(one.case.id):
            yield one.case.number, status


def _concerning(engine: Engine, procedure: Procedure) -> Iterator[Definition]:
    """Yield the procedure in its version, and its calendars and rosters in all versions: the history tells of them."""
    names = {("calendar", name) for name in calendars_of(procedure)} | {("roster", ROSTER)}
    names.add(("words", words_name(procedure.id, procedure.version)))
    for one in engine.definitions():
        own = (one.kind, one.name, one.version) == ("procedure", procedure.id, procedure.version)
        if own or (one.kind, one.name) in names:
            yield one


def _lines(lines: Iterator[str], definitions: Sequence[Definition]) -> Iterator[str]:
    """Yield the lines of an export without the definitions of other procedures."""
    kept = {(one.kind, one.name, one.version) for one in definitions}
    for line in lines:
        if line.startswith('{"definition":'):
            one = json.loads(line)["definition"]
            if (one["kind"], one["name"], one["version"]) not in kept:
                continue
        yield line
