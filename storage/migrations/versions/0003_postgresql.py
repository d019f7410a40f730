"""PostgreSQL as a full second database; on SQLite nothing changes."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing on SQLite."""


def downgrade() -> None:
    """Change nothing on SQLite."""
