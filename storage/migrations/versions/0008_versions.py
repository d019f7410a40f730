"""Cases that went over to another version of their procedure: what their events say, and by what their clocks go on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; until now no case was migrated."""
    op.add_column("cc_events", sa.Column("migration", sa.Text))
    op.add_column("cc_cases", sa.Column("carried", sa.Text))


def downgrade() -> None:
    """Refuse: cases that were migrated would be counted by the wrong version."""
    raise NotImplementedError("this revision cannot be undone: the versions of migrated cases would be lost")
