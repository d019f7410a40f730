"""Retention: which private values have been kept as long as the procedure says, and are to be erased.

Personal information is kept no longer than its purpose needs (个人信息保护法 19); the record of a case stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..clocks.receipt import later
from .family import Family
from .session import Session, Sessions, family_pages
from .situation import Deployed


@dataclass(frozen=True, slots=True)
class Expired:
    """Private values that are to be erased.

    Args:
        number: of the case without parent.
        ended_at: when the case ended. due_at: from when on they are to be erased. UTC.
        fields: their names.
    """

    number: str
    ended_at: datetime
    due_at: datetime
    fields: tuple[str, ...]


def expired(sessions: Sessions, at: datetime) -> Iterator[Expired]:
    """Yield what is to be erased by ``at``, in order of the cases' ids."""
    for page in family_pages(sessions):
        with sessions() as session:
            found = [_expired(session, root) for root in page]
        yield from (one for one in found if one and one.due_at <= at)


def _expired(session: Session, root: str) -> Expired | None:
    family = session.family(root)
    deployed = session.deployed_for(family.cases)
    kept, ended, fields = deployed.procedure.erase_private_after, family.root.closed_at, _private(deployed, family)
    if kept is None or ended is None or not fields:
        return None
    return Expired(family.root.number, ended, later(ended, kept, deployed.calendar), fields)


def _private(deployed: Deployed, family: Family) -> tuple[str, ...]:
    """The names of the private values that a family still holds."""
    held = {
        name for case in family.cases for name in deployed.lifecycle(case).private if case.data.get(name) is not None
    }
    return tuple(sorted(held))
