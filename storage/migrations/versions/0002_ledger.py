"""What late entries overtake, what a new calendar moves, by which calendar a due was counted, and whether it stands.

Columns are added in place, which rebuilds no table: the triggers of ``cc_events`` stay as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
COLUMNS = (
    ("cc_definitions", "recounted_at", INSTANT),
    ("cc_events", "overtakes", sa.Text),
    ("cc_events", "since", INSTANT),
    ("cc_events", "recount", sa.Text),
    ("cc_clocks", "calendar", sa.String(160)),
    ("cc_clocks", "paused", sa.Boolean),
)


def upgrade() -> None:
    """Add the columns; rows that are there have nothing in them."""
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind))


def downgrade() -> None:
    """Refuse: without these columns, what was overtaken would count again."""
    raise NotImplementedError("this revision cannot be undone: events that were overtaken would count again")
