"""Statutory clocks: from a case's history and a calendar to dues, rungs and the reasons for them.

ledger (what happened) -> counting (the due, by course and hours) -> reckoning (why, in the words of wording)
-> ladder (the rungs) -> status (all of it together).
"""

from .counting import count
from .hours import NoOfficeHours
from .ledger import Grant, Ledger, Start, read_ledger
from .reckoning import Line, LineKind, Reckoning
from .status import ClockStatus, RungAt, measure

__all__ = [
    "ClockStatus",
    "Grant",
    "Ledger",
    "Line",
    "LineKind",
    "NoOfficeHours",
    "Reckoning",
    "RungAt",
    "Start",
    "count",
    "measure",
    "read_ledger",
]
