"""What can be wrong with a procedure whose shape is right: each check looks at one thing and yields every problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..errors import Problem
from ..model import Procedure
from .archive import check_archive
from .conditions import check_conditions
from .graph import check_graph
from .limits import check_limits
from .names import check_names
from .numbering import check_numbering
from .papers import check_papers
from .relations import check_relations
from .subcases import check_subcases
from .timers import check_timers

Check = Callable[[Procedure], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    check_names,
    check_graph,
    check_conditions,
    check_limits,
    check_timers,
    check_subcases,
    check_relations,
    check_numbering,
    check_archive,
    check_papers,
)
"""Every check, in the order in which a reader of the definition would want them."""


def check(procedure: Procedure) -> tuple[Problem, ...]:
    """Return every problem of a procedure; their paths are those of its definition, their places not yet known."""
    return tuple(problem for check in CHECKS for problem in check(procedure))
