"""Statutory clocks: from a case's history and a calendar to dues, rungs and the reasons for them.

ledger (what happened) -> receipt (from when it counts) -> counting (the due, by course, standing and hours)
-> reckoning (why, in the words of wording) -> ladder (the rungs) -> status (all of it together)
-> extending (what may still be asked of it).
"""

from .counting import count
from .extending import why_not_ask, why_not_grant, why_not_pause, why_not_refuse
from .hours import NoOfficeHours
from .ledger import Grant, Ledger, Start, read_ledger
from .receipt import Received, received
from .reckoning import Line, LineKind, Reckoning
from .standing import Pausing
from .status import ClockStatus, RungAt, measure

__all__ = [
    "ClockStatus",
    "Grant",
    "Ledger",
    "Line",
    "LineKind",
    "NoOfficeHours",
    "Pausing",
    "Received",
    "Reckoning",
    "RungAt",
    "Start",
    "count",
    "measure",
    "read_ledger",
    "received",
    "why_not_ask",
    "why_not_grant",
    "why_not_pause",
    "why_not_refuse",
]
