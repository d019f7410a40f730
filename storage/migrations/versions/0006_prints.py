"""Printed papers: the first rendering is kept, and the event that printed it carries its hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _name(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, and the column of the history that tells of prints."""
    op.add_column("cc_events", sa.Column("printed", sa.Text))
    op.create_table(
        "cc_prints",
        sa.Column("office", _name(64), nullable=False),
        sa.Column("case_id", _name(64), nullable=False),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", _name(128), nullable=False),
        sa.Column("format", _name(16), nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.Column("sha256", _name(64), nullable=False),
        sa.Column("template", _name(64), nullable=False),
        sa.Column("printed_at", sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("office", "case_id", "seq", name=op.f("pk_cc_prints")),
        sa.ForeignKeyConstraint(
            ["office", "case_id"], ["cc_cases.office", "cc_cases.id"], name=op.f("fk_cc_prints_office_case_id")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        # The planner's statistics are samples of values: of what shows private ones there must be none.
        op.execute("ALTER TABLE cc_prints ALTER COLUMN content SET STATISTICS 0")


def downgrade() -> None:
    """Refuse: what was printed must stay, and the history says that it was."""
    raise NotImplementedError("this revision cannot be undone: printed papers would be lost")
