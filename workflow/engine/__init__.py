"""The engine: one change = one transaction. `Engine` is the way in; the rest are the values it takes and returns."""

from .commands import Command, FireAction, OpenCase
from .cutoff import Standing
from .disclosure import Disclosure
from .engine import Engine
from .situation import Situation
from .staging import Refused, Replayed
from .under import Under
from .views import (
    BatchResult,
    CaseView,
    ClockView,
    EventView,
    ListItem,
    Moved,
    Offer,
    Receipt,
    RecountReport,
    TickReport,
)

__all__ = [
    "BatchResult",
    "CaseView",
    "ClockView",
    "Command",
    "Disclosure",
    "Engine",
    "EventView",
    "FireAction",
    "ListItem",
    "Moved",
    "Offer",
    "OpenCase",
    "Receipt",
    "RecountReport",
    "Refused",
    "Replayed",
    "Situation",
    "Standing",
    "TickReport",
    "Under",
]
