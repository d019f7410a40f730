"""The plan of a report: which names of a procedure mean what in the figures. It stands in a file, as data."""

from __future__ import annotations

from dataclasses import dataclass

from ..accounts import SlipWords
from ..accounts.slip_account import main_clock
from ..messages import Text
from ..model import Procedure


@dataclass(frozen=True, slots=True)
class Group:
    """By what cases are grouped besides unit, stage and month: the value of a field of the case.

    Args:
        small: cells of fewer cases than this are not shown, because they could tell who a case is about; 0 shows all.
    """

    name: str
    field: str
    title: Text
    small: int = 0


@dataclass(frozen=True, slots=True)
class PatrolPlan:
    """How patrols are recorded: as cases of a small procedure, one for each patrol.

    Args:
        procedure: its id.
        day: the field that holds the day that was patrolled. ``sites``: the field that lists the sites that were read.
        expected: the sites to be read every day; those that any patrol names, where it is empty.
        void: the states of entries that are no patrols after all.
    """

    procedure: str
    day: str
    sites: str
    expected: tuple[str, ...] = ()
    void: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Which names of a procedure mean what. A figure for which a procedure has no name is left out.

    Args:
        slips: the subcases of the units.
        dispatch: the actions by which a case is given to units.
        reply_clock: the limit for the public reply, and ``replied``: the actions that give it.
        first_clock: the limit for the first response, and ``first``: the actions that give it.
        extended: the actions that grant an extension.
        invalid: the states of posts that are no valid ones. ``merged``: those that were linked to another case.
        outcome: the field with the result, and ``solved``: its values that mean solved.
        called_back: the field with what the submitter said, ``asked``: its values that mean that somebody said
            something, and ``satisfied``: those that mean content.
    """

    procedure: str
    slips: SlipWords | None = None
    dispatch: tuple[str, ...] = ()
    reply_clock: str | None = None
    replied: tuple[str, ...] = ()
    first_clock: str | None = None
    first: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    outcome: str | None = None
    solved: tuple[str, ...] = ()
    called_back: str | None = None
    asked: tuple[str, ...] = ()
    satisfied: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    patrol: PatrolPlan | None = None


def plan_of(procedure: Procedure) -> Plan:
    """Return the plan of a procedure for which none is written: what its own clocks say.

    The reply is what stops the first statutory clock; the slips are its first kind of subcase.
    """
    reply = main_clock(procedure.case) or next(iter(procedure.case.clocks), None)
    kind = next(iter(procedure.subcases), None)
    extensions = procedure.case.clocks[reply].extensions if reply else ()
    return Plan(
        procedure.id,
        slips=SlipWords(kind) if kind else None,
        reply_clock=reply,
        replied=procedure.case.clocks[reply].stops if reply else (),
        extended=tuple(one.grant for one in extensions),
    )
