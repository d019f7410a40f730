"""Bringing the tables of a database to this version. The only module that imports alembic, so import it late."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from ..schema import PREFIX, VERSION_TABLE, metadata
from ..sqlite import ensure_begun


def configuration(connection: Connection | None = None) -> Config:
    """Return alembic's configuration for our tables alone: no file, and the connection handed over as it is."""
    config = Config()
    config.set_main_option("script_location", f"{__package__.rpartition('.')[0]}:migrations")
    config.attributes.update(connection=connection, metadata=metadata, prefix=PREFIX, version_table=VERSION_TABLE)
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring our tables to ``revision`` in one transaction: all of it, or nothing; a host's tables are not touched."""
    with engine.begin() as connection:
        ensure_begun(connection)
        command.upgrade(configuration(connection), revision)
