"""Where cases are kept: `SqlStore` in a database, `MemoryStore` for trying things out.

Names are imported when they are first used: trying a procedure out in memory should not wait for the database library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .memory import MemoryStore
    from .sql import JoinedStore, SqlStore, create_store, upgrade_if_needed
    from .sqlite import prepare_engine

__all__ = ["JoinedStore", "MemoryStore", "SqlStore", "create_store", "prepare_engine", "upgrade_if_needed"]

_HOMES = {
    "JoinedStore": ".sql",
    "MemoryStore": ".memory",
    "SqlStore": ".sql",
    "create_store": ".sql",
    "prepare_engine": ".sqlite",
    "upgrade_if_needed": ".sql",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
