"""Most tests here need no database; those of the command line run on SQLite."""

from __future__ import annotations

import pytest

from caseclock.storage import MemoryStore

from ..cli.conftest import made_office, shell

__all__ = ["any_store", "made_office", "shell"]


@pytest.fixture
def any_store() -> MemoryStore:
    """A store in memory; that every store keeps the same history is tested elsewhere."""
    return MemoryStore()
