"""The core of caseclock: values and pure functions, and the engine that carries out one change at a time.

The path: a checked `model` -> `machine` (what is legal) -> `clocks` (what is due) -> `engine` (one change = one
transaction). Nothing here reads a file, a database or the wall clock; `ports` says what must be handed in.
"""

from .engine import (
    BatchResult,
    CaseView,
    ClockView,
    Engine,
    EventView,
    FireAction,
    ListItem,
    Offer,
    OpenCase,
    Receipt,
    TickReport,
)
from .errors import (
    CaseclockError,
    Conflict,
    DefinitionInvalid,
    InvalidInput,
    NotAllowed,
    NotFound,
    Problem,
    Refusal,
    StorageFailed,
)
from .messages import ENGLISH, Language, Message, Text
from .ports import CaseQuery
from .roster import Actor, Roster, Unit

__all__ = [
    "ENGLISH",
    "Actor",
    "BatchResult",
    "CaseQuery",
    "CaseView",
    "CaseclockError",
    "ClockView",
    "Conflict",
    "DefinitionInvalid",
    "Engine",
    "EventView",
    "FireAction",
    "InvalidInput",
    "Language",
    "ListItem",
    "Message",
    "NotAllowed",
    "NotFound",
    "Offer",
    "OpenCase",
    "Problem",
    "Receipt",
    "Refusal",
    "Roster",
    "StorageFailed",
    "Text",
    "TickReport",
    "Unit",
]
