"""The outbox: what the office is to tell people, until it has been delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "cc_outbox",
        sa.Column("office", _name(64), nullable=False),
        sa.Column("key", _name(255), nullable=False),
        sa.Column("case_id", _name(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("person", _name(128), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("language", _name(16), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("office", "key", name=op.f("pk_cc_outbox")),
        sa.ForeignKeyConstraint(
            ["office", "case_id"], ["cc_cases.office", "cc_cases.id"], name=op.f("fk_cc_outbox_office_case_id")
        ),
    )
    undelivered = sa.text("sent_at IS NULL")
    op.create_index(
        "ix_cc_outbox_next",
        "cc_outbox",
        ["office", "next_at", "key"],
        sqlite_where=undelivered,
        postgresql_where=undelivered,
    )


def _name(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
