"""Lint: what is wrong with a procedure as a whole, with the people of its office and on the dates of its calendar.

`checks` judges whether the parts fit together; what is found here shows only when all of it is looked at. A finding is
an error only where something can certainly never work; everything else is a warning.

values (what to try) and known (what a state implies) carry the rules on conditions: guards, alternatives; states,
pauses and exits look at the machine; people at the roster; dates carries rungs, bounds and extensions, day by day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..calendars import Calendar
from ..errors import Problem
from ..model import Procedure
from ..roster import Roster
from .alternatives import lint_alternatives
from .bounds import lint_bounds
from .exits import lint_exits
from .extensions import lint_extensions
from .guards import lint_guards
from .pauses import lint_pauses
from .people import lint_people, not_on_roster
from .rungs import lint_rungs
from .states import lint_states

__all__ = ["RULES", "RULES_OF_DATES", "lint", "not_on_roster"]

RULES: tuple[Callable[[Procedure], Iterator[Problem]], ...] = (
    lint_states,
    lint_guards,
    lint_alternatives,
    lint_pauses,
    lint_exits,
)
"""Every rule that looks at the procedure alone."""

RULES_OF_DATES: tuple[Callable[[Procedure, Mapping[str, Calendar]], Iterator[Problem]], ...] = (
    lint_rungs,
    lint_bounds,
    lint_extensions,
)
"""Every rule that counts on the dates of calendars."""


def lint(
    procedure: Procedure, *, roster: Roster | None = None, calendars: Mapping[str, Calendar] | None = None
) -> tuple[Problem, ...]:
    """Return every finding about a procedure that has no problem of its own.

    Args:
        procedure: a procedure that `checks` found nothing wrong with.
        roster: the people of the office, where they are known.
        calendars: the calendars by their ids, as far as they are known.
    """
    found = [problem for rule in RULES for problem in rule(procedure)]
    if roster is not None and (not roster.procedures or procedure.id in roster.procedures):
        found += lint_people(procedure, roster)
    if calendars:
        found += [problem for rule in RULES_OF_DATES for problem in rule(procedure, calendars)]
    return tuple(found)
