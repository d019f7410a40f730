"""PostgreSQL as a full second database: an untouchable history, order by code points, and room for many events.

On SQLite nothing changes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = "cc_events is append-only: an entry is never changed or deleted; record a further event that corrects it"
NAMES = {
    "cc_definitions": {"office": 64, "kind": 16, "name": 128, "fingerprint": 64},
    "cc_cases": {
        "office": 64,
        "id": 64,
        "root_id": 64,
        "parent_id": 64,
        "procedure": 128,
        "kind": 64,
        "number": 128,
        "state": 64,
        "unit": 64,
        "due_clock": 64,
    },
    "cc_events": {
        "office": 64,
        "case_id": 64,
        "root_id": 64,
        "action": 64,
        "actor": 128,
        "role": 64,
        "unit": 64,
        "from_state": 64,
        "to_state": 64,
        "key": 255,
        "cause": 128,
    },
    "cc_clocks": {"office": 64, "case_id": 64, "clock": 64, "calendar": 160},
    "cc_timers": {"office": 64, "case_id": 64, "clock": 64, "root_id": 64, "action": 64},
    "cc_documents": {"office": 64, "case_id": 64, "name": 64, "number": 128, "sha256": 64},
    "cc_serials": {"office": 64, "series": 255},
}


def upgrade() -> None:
    """Change what PostgreSQL needs changed."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, names in NAMES.items():
        for name, length in names.items():
            op.alter_column(table, name, type_=sa.String(length, collation="C"))
    for table in ("cc_cases", "cc_events", "cc_documents"):
        op.alter_column(table, "position", type_=sa.BigInteger)
        op.execute(f"ALTER SEQUENCE {table}_position_seq AS bigint")
    op.execute(
        "CREATE FUNCTION cc_events_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$"
    )
    for name, where in (
        ("cc_events_no_change", "BEFORE UPDATE OR DELETE ON cc_events FOR EACH ROW"),
        ("cc_events_no_truncate", "BEFORE TRUNCATE ON cc_events FOR EACH STATEMENT"),
    ):
        op.execute(f"CREATE TRIGGER {name} {where} EXECUTE FUNCTION cc_events_refuse()")


def downgrade() -> None:
    """Refuse: without its triggers the history could be changed."""
    raise NotImplementedError("this revision cannot be undone: the history could be changed")
