"""Cases that were merged with others, or split off from them: what their events say, and what the cases keep of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; until now no case was merged or split."""
    op.add_column("cc_events", sa.Column("relations", sa.Text))
    op.add_column("cc_cases", sa.Column("relations", sa.Text))


def downgrade() -> None:
    """Refuse: the limits of merged cases would move to later dates."""
    raise NotImplementedError("this revision cannot be undone: the limits of merged cases would be lost")
