"""The two commands that change anything, as values: open a case, and fire an action on one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..roster import Actor


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a case of a procedure. See `Engine.open` for the arguments."""

    procedure: str
    data: Mapping[str, Any]
    by: Actor | str
    at: datetime | None = None
    key: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class FireAction:
    """Fire an action on a case. See `Engine.fire` for the arguments."""

    case: str
    action: str
    by: Actor | str
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    key: str | None = None
    revision: int | None = None


Command = OpenCase | FireAction
