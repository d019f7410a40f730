"""The tables, written once for every database: what a case is kept as, and what keeps its history from being changed.

Every row belongs to an office, and every key that joins two tables carries the office, so that not even a faulty
query can join a case of one office to an event of another.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.schema import ExecutableDDLElement

from .columns import CanonicalJson, Instant, Name, Position

PREFIX = "cc_"
"""Every table of ours begins with it; nothing else in a host's database is touched."""

VERSION_TABLE = "cc_alembic_version"

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""The schema revisions that this code knows, oldest first; the last is the one that it works with."""

# Names that depend on nothing but the columns: without a name, a later migration could not drop a constraint on SQLite.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _to_case(*columns: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["office", *columns], ["cc_cases.office", "cc_cases.id"])


definitions = Table(
    "cc_definitions",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("kind", Name(16), primary_key=True),
    Column("name", Name(128), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Name(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("compiled", Text, nullable=False),
    Column("deployed_at", Instant, nullable=False),
    Column("recounted_at", Instant),
)

# Covers what tells one edition of the office's definitions from another, beside their long texts.
Index(
    "ix_cc_definitions_edition",
    *(definitions.c[name] for name in ("office", "kind", "name", "version", "fingerprint", "recounted_at")),
)

cases = Table(
    "cc_cases",
    metadata,
    Column("position", Position, primary_key=True),
    Column("office", Name(64), nullable=False),
    Column("id", Name(64), nullable=False),
    Column("root_id", Name(64), nullable=False),
    Column("parent_id", Name(64)),
    Column("procedure", Name(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Name(64), nullable=False),
    Column("number", Name(128), nullable=False),
    Column("state", Name(64), nullable=False),
    Column("unit", Name(64)),
    Column("lead", Boolean, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("since", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("revision", Integer, nullable=False),
    Column("data", CanonicalJson, nullable=False),
    Column("marks", CanonicalJson, nullable=False),
    Column("delivered", CanonicalJson, nullable=False),
    # The soonest due running clock, repeated here so that lists of any size need no join and are sorted by an index.
    Column("due_clock", Name(64)),
    Column("due_at", Instant),
    Column("due_provisional", Boolean),
    # The end of its chain, and whether it has grown since the last head.
    Column("link", Name(64)),
    Column("unheaded", Boolean),
    # Tells whether its clocks and timers are to be written anew: a digest of those that are kept.
    Column("projected", Name(32)),
    # The cases that it was merged with or split from.
    Column("relations", CanonicalJson),
    # By what clocks go on that a migration did not simply have counted by the new version.
    Column("carried", CanonicalJson),
    UniqueConstraint("office", "id"),
    UniqueConstraint("office", "number"),
    _to_case("root_id"),
    _to_case("parent_id"),
    Index(None, "office", "root_id"),
    # In the order of lists, so that a page of the very many cases in one state is read off it.
    Index(None, "office", "kind", "state", "due_at", "number"),
    Index(None, "office", "unit"),
    Index(None, "office", "due_at", "number"),
)

events = Table(
    "cc_events",
    metadata,
    Column("position", Position, primary_key=True),
    Column("office", Name(64), nullable=False),
    Column("case_id", Name(64), nullable=False),
    Column("root_id", Name(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("action", Name(64), nullable=False),
    Column("actor", Name(128), nullable=False),
    Column("role", Name(64), nullable=False),
    Column("unit", Name(64)),
    Column("effective_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("from_state", Name(64)),
    Column("to_state", Name(64), nullable=False),
    Column("data", CanonicalJson, nullable=False),
    Column("opened", CanonicalJson),
    Column("closes", Boolean, nullable=False),
    Column("key", Name(255)),
    Column("rung", CanonicalJson),
    Column("cause", Name(128)),
    Column("overtakes", CanonicalJson),
    Column("since", Instant),
    Column("recount", CanonicalJson),
    Column("sealed", CanonicalJson),
    Column("issued", CanonicalJson),
    Column("drawn", CanonicalJson),
    Column("redaction", CanonicalJson),
    Column("link", Name(64)),
    Column("printed", CanonicalJson),
    # The cases that it merged its own with, or split from it.
    Column("relations", CanonicalJson),
    # By what its case went over to another version of its procedure.
    Column("migration", CanonicalJson),
    UniqueConstraint("office", "case_id", "seq"),
    _to_case("case_id"),
)
Index(
    None,
    events.c.office,
    events.c.key,
    unique=True,
    sqlite_where=events.c.key.is_not(None),
    postgresql_where=events.c.key.is_not(None),
)

Index(
    "ix_cc_cases_open",
    cases.c.office,
    cases.c.root_id,
    sqlite_where=cases.c.closed_at.is_(None),
    postgresql_where=cases.c.closed_at.is_(None),
)
Index(
    "ix_cc_cases_unheaded",
    cases.c.office,
    cases.c.id,
    sqlite_where=cases.c.unheaded.is_(True),
    postgresql_where=cases.c.unheaded.is_(True),
)

clocks = Table(
    "cc_clocks",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("case_id", Name(64), primary_key=True),
    Column("clock", Name(64), primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("running", Boolean, nullable=False),
    Column("calendar", Name(160)),
    Column("paused", Boolean),
    _to_case("case_id"),
)

timers = Table(
    "cc_timers",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("case_id", Name(64), primary_key=True),
    Column("clock", Name(64), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("rung", Integer, primary_key=True, autoincrement=False),
    Column("root_id", Name(64), nullable=False),
    Column("action", Name(64), nullable=False),
    Column("at", Instant, nullable=False),
    _to_case("case_id"),
    # In the whole order of delivery: very many fall due at one instant, the end of a day.
    Index("ix_cc_timers_order", "office", "at", "case_id", "clock", "round", "rung"),
)

documents = Table(
    "cc_documents",
    metadata,
    Column("position", Position, primary_key=True),
    Column("office", Name(64), nullable=False),
    Column("case_id", Name(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("name", Name(64), nullable=False),
    Column("number", Name(128), nullable=False),
    Column("data", CanonicalJson, nullable=False),
    Column("sha256", Name(64), nullable=False),
    _to_case("case_id"),
    Index(None, "office", "case_id"),
)

# The first rendering of a paper in a format, which every later print repeats. One that shows private values loses its
# content when they are erased; its hash stays in the history.
prints = Table(
    "cc_prints",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("case_id", Name(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("number", Name(128), nullable=False),
    Column("format", Name(16), nullable=False),
    Column("content", LargeBinary),
    Column("sha256", Name(64), nullable=False),
    Column("template", Name(64), nullable=False),
    Column("printed_at", Instant, nullable=False),
    _to_case("case_id"),
)

serials = Table(
    "cc_serials",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("series", Name(255), primary_key=True),
    Column("value", Integer, nullable=False),
)

# Private values stand apart from the history, so that they can be erased while it stays whole.
private = Table(
    "cc_private",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("case_id", Name(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("name", Name(64), primary_key=True),
    Column("salt", Name(64), nullable=False),
    Column("value", CanonicalJson, nullable=False),
    _to_case("case_id"),
)

heads = Table(
    "cc_heads",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("closed_at", Instant, nullable=False),
    Column("previous", Name(64), nullable=False),
    Column("root", Name(64), nullable=False),
    Column("ends", Integer, nullable=False),
)

ends = Table(
    "cc_ends",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("head", Integer, primary_key=True, autoincrement=False),
    Column("case_id", Name(64), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("link", Name(64), nullable=False),
    ForeignKeyConstraint(["office", "head"], ["cc_heads.office", "cc_heads.number"]),
)

# What the office is to tell somebody, until it has been delivered; neither history nor a projection of it.
outbox = Table(
    "cc_outbox",
    metadata,
    Column("office", Name(64), primary_key=True),
    Column("key", Name(255), primary_key=True),
    Column("case_id", Name(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("person", Name(128), nullable=False),
    Column("address", Text, nullable=False),
    Column("language", Name(16), nullable=False),
    Column("facts", CanonicalJson, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant),
    Column("sent_at", Instant),
    Column("reason", Text),
    _to_case("case_id"),
)
Index(
    "ix_cc_outbox_next",
    outbox.c.office,
    outbox.c.next_at,
    outbox.c.key,
    sqlite_where=outbox.c.sent_at.is_(None),
    postgresql_where=outbox.c.sent_at.is_(None),
)

APPEND_ONLY = "cc_events is append-only: an entry is never changed or deleted; record a further event that corrects it"
ALREADY_WRITTEN = "cc_events is append-only: this entry is already in the history"
KEY_USED = "cc_events is append-only: an entry with this key is already in the history"


# When each trigger fires, and what it says. The last two are for INSERT OR REPLACE, which deletes the row in its way
# without asking the trigger on DELETE.
SQLITE_TRIGGERS = {
    "cc_events_no_update": ("BEFORE UPDATE ON cc_events", APPEND_ONLY),
    "cc_events_no_delete": ("BEFORE DELETE ON cc_events", APPEND_ONLY),
    "cc_events_no_replace": (
        "BEFORE INSERT ON cc_events WHEN EXISTS (SELECT 1 FROM cc_events WHERE position = NEW.position"
        " OR (office = NEW.office AND case_id = NEW.case_id AND seq = NEW.seq))",
        ALREADY_WRITTEN,
    ),
    "cc_events_no_replace_by_key": (
        "BEFORE INSERT ON cc_events WHEN EXISTS (SELECT 1 FROM cc_events WHERE office = NEW.office AND key = NEW.key)",
        KEY_USED,
    ),
}

POSTGRESQL_TRIGGERS = {
    "cc_events_no_change": "BEFORE UPDATE OR DELETE ON cc_events FOR EACH ROW",
    "cc_events_no_truncate": "BEFORE TRUNCATE ON cc_events FOR EACH STATEMENT",
}
POSTGRESQL_REFUSAL = (
    "CREATE FUNCTION cc_events_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$"
)


def _after_events(dialect: str, statement: str) -> None:
    trigger: ExecutableDDLElement = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(events, "after_create", trigger.execute_if(dialect=dialect))


for _name, (_when, _text) in SQLITE_TRIGGERS.items():
    _after_events("sqlite", f"CREATE TRIGGER {_name} {_when} BEGIN SELECT RAISE(ABORT, '{_text}'); END")
_after_events("postgresql", POSTGRESQL_REFUSAL)
# The planner's statistics are samples of values: of private ones there must be none.
for _table, _column in ((private, "value"), (cases, "data"), (cases, "marks"), (prints, "content")):
    _no_sample: ExecutableDDLElement = DDL(  # type: ignore[no-untyped-call]
        f"ALTER TABLE {_table.name} ALTER COLUMN {_column} SET STATISTICS 0"
    )
    event.listen(_table, "after_create", _no_sample.execute_if(dialect="postgresql"))
for _name, _where in POSTGRESQL_TRIGGERS.items():
    _after_events("postgresql", f"CREATE TRIGGER {_name} {_where} EXECUTE FUNCTION cc_events_refuse()")
