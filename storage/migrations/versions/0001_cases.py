"""The first tables: definitions, cases, events, clocks, timers, documents and serials.

A migration is never edited after a release. One that rebuilds ``cc_events`` in batch mode must make its triggers again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
APPEND_ONLY = "cc_events is append-only: an entry is never changed or deleted; record a further event that corrects it"
ALREADY_WRITTEN = "cc_events is append-only: this entry is already in the history"
KEY_USED = "cc_events is append-only: an entry with this key is already in the history"


def upgrade() -> None:
    """Make the tables."""
    _definitions()
    _cases()
    _events()
    _clocks()
    _timers()
    _documents()
    _serials()


def downgrade() -> None:
    """Refuse: going back before the first tables would delete every case."""
    raise NotImplementedError("the first revision cannot be undone: it would delete every case")


def _to_case(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_office_{column}")
    return sa.ForeignKeyConstraint(["office", column], ["cc_cases.office", "cc_cases.id"], name=name)


def _index(table: str, *columns: str, **options: Any) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), **options)


def _definitions() -> None:
    op.create_table(
        "cc_definitions",
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("compiled", sa.Text, nullable=False),
        sa.Column("deployed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("office", "kind", "name", "version", name=op.f("pk_cc_definitions")),
    )


def _cases() -> None:
    op.create_table(
        "cc_cases",
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("root_id", sa.String(64), nullable=False),
        sa.Column("parent_id", sa.String(64)),
        sa.Column("procedure", sa.String(128), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("number", sa.String(128), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64)),
        sa.Column("lead", sa.Boolean, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("marks", sa.Text, nullable=False),
        sa.Column("delivered", sa.Text, nullable=False),
        sa.Column("due_clock", sa.String(64)),
        sa.Column("due_at", INSTANT),
        sa.Column("due_provisional", sa.Boolean),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_cc_cases")),
        sa.UniqueConstraint("office", "id", name=op.f("uq_cc_cases_office_id")),
        sa.UniqueConstraint("office", "number", name=op.f("uq_cc_cases_office_number")),
        _to_case("cc_cases", "root_id"),
        _to_case("cc_cases", "parent_id"),
    )
    _index("cc_cases", "office", "root_id")
    _index("cc_cases", "office", "kind", "state")
    _index("cc_cases", "office", "unit")
    _index("cc_cases", "office", "closed_at")
    _index("cc_cases", "office", "due_at", "number")


def _events() -> None:
    op.create_table(
        "cc_events",
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("root_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64)),
        sa.Column("effective_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("from_state", sa.String(64)),
        sa.Column("to_state", sa.String(64), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("opened", sa.Text),
        sa.Column("closes", sa.Boolean, nullable=False),
        sa.Column("key", sa.String(255)),
        sa.Column("rung", sa.Text),
        sa.Column("cause", sa.String(128)),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_cc_events")),
        sa.UniqueConstraint("office", "case_id", "seq", name=op.f("uq_cc_events_office_case_id_seq")),
        _to_case("cc_events", "case_id"),
    )
    _index("cc_events", "office", "root_id")
    given = sa.column("key").is_not(None)
    _index("cc_events", "office", "key", unique=True, sqlite_where=given, postgresql_where=given)
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()


def _sqlite_triggers() -> None:
    _trigger("cc_events_no_update", "BEFORE UPDATE ON cc_events", APPEND_ONLY)
    _trigger("cc_events_no_delete", "BEFORE DELETE ON cc_events", APPEND_ONLY)
    entry = (
        "BEFORE INSERT ON cc_events WHEN EXISTS (SELECT 1 FROM cc_events WHERE position = NEW.position"
        " OR (office = NEW.office AND case_id = NEW.case_id AND seq = NEW.seq))"
    )
    _trigger("cc_events_no_replace", entry, ALREADY_WRITTEN)
    key = "BEFORE INSERT ON cc_events WHEN EXISTS (SELECT 1 FROM cc_events WHERE office = NEW.office AND key = NEW.key)"
    _trigger("cc_events_no_replace_by_key", key, KEY_USED)


def _trigger(name: str, when: str, text: str) -> None:
    op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{text}'); END")


def _clocks() -> None:
    op.create_table(
        "cc_clocks",
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("clock", sa.String(64), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("running", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("office", "case_id", "clock", name=op.f("pk_cc_clocks")),
        _to_case("cc_clocks", "case_id"),
    )


def _timers() -> None:
    op.create_table(
        "cc_timers",
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("clock", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("rung", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("root_id", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("office", "case_id", "clock", "round", "rung", name=op.f("pk_cc_timers")),
        _to_case("cc_timers", "case_id"),
    )
    _index("cc_timers", "office", "at")


def _documents() -> None:
    op.create_table(
        "cc_documents",
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("number", sa.String(128), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_cc_documents")),
        _to_case("cc_documents", "case_id"),
    )
    _index("cc_documents", "office", "case_id")


def _serials() -> None:
    op.create_table(
        "cc_serials",
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("series", sa.String(255), nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("office", "series", name=op.f("pk_cc_serials")),
    )
