"""Histories that prove themselves: chained events, private values apart from them, and heads.

The histories that are there are chained as they stand, so that whatever is done to them from now on is found. The
rules of the chain are those of `workflow.chain`; they are written out here because a migration must not change with
the code.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
INSTANT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
PAGE = 1000
EVENTS = "SELECT * FROM cc_events WHERE position > :after ORDER BY position LIMIT :most"
CHAINED = (
    "UPDATE cc_events SET data = :data, sealed = :sealed, issued = :issued, link = :link WHERE position = :position"
)
KEEP = (
    "INSERT INTO cc_private (office, case_id, seq, name, salt, value)"
    " VALUES (:office, :case_id, :seq, :name, :salt, :value)"
)


def upgrade() -> None:
    """Make the tables and columns, and chain every history."""
    _tables()
    for table, name, kind in (
        ("cc_cases", "link", NAME),
        ("cc_cases", "unheaded", sa.Boolean),
        ("cc_cases", "projected", sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")),
        ("cc_events", "sealed", sa.Text),
        ("cc_events", "issued", sa.Text),
        ("cc_events", "drawn", sa.Text),
        ("cc_events", "redaction", sa.Text),
        ("cc_events", "link", NAME),
    ):
        op.add_column(table, sa.Column(name, kind))
    # A family's events are found by its cases: one index less to write for every event.
    op.drop_index(op.f("ix_cc_events_office_root_id"), "cc_events")
    op.drop_index(op.f("ix_cc_cases_office_closed_at"), "cc_cases")
    op.drop_index(op.f("ix_cc_timers_office_at"), "cc_timers")
    op.create_index("ix_cc_timers_order", "cc_timers", ["office", "at", "case_id", "clock", "round", "rung"])
    op.drop_index(op.f("ix_cc_cases_office_kind_state"), "cc_cases")
    listed = ["office", "kind", "state", "due_at", "number"]
    op.create_index(op.f("ix_cc_cases_office_kind_state_due_at_number"), "cc_cases", listed)
    edition = ["office", "kind", "name", "version", "fingerprint", "recounted_at"]
    op.create_index("ix_cc_definitions_edition", "cc_definitions", edition)
    unended = sa.column("closed_at").is_(None)
    op.create_index(
        "ix_cc_cases_open", "cc_cases", ["office", "root_id"], sqlite_where=unended, postgresql_where=unended
    )
    grown = sa.column("unheaded").is_(True)
    op.create_index("ix_cc_cases_unheaded", "cc_cases", ["office", "id"], sqlite_where=grown, postgresql_where=grown)
    if op.get_bind().dialect.name == "postgresql":
        # The planner's statistics are samples of values: of private ones there must be none.
        for table, column in (("cc_private", "value"), ("cc_cases", "data"), ("cc_cases", "marks")):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    _chain_all(op.get_bind())


def downgrade() -> None:
    """Refuse: without its chain a history could be changed unseen."""
    raise NotImplementedError("this revision cannot be undone: histories would lose their proof")


def _tables() -> None:
    op.create_table(
        "cc_private",
        sa.Column("office", NAME, nullable=False),
        sa.Column("case_id", NAME, nullable=False),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("salt", NAME, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("office", "case_id", "seq", "name", name=op.f("pk_cc_private")),
        sa.ForeignKeyConstraint(
            ["office", "case_id"], ["cc_cases.office", "cc_cases.id"], name=op.f("fk_cc_private_office_case_id")
        ),
    )
    op.create_table(
        "cc_heads",
        sa.Column("office", NAME, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.Column("previous", NAME, nullable=False),
        sa.Column("root", NAME, nullable=False),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("office", "number", name=op.f("pk_cc_heads")),
    )
    op.create_table(
        "cc_ends",
        sa.Column("office", NAME, nullable=False),
        sa.Column("head", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("case_id", NAME, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("link", NAME, nullable=False),
        sa.PrimaryKeyConstraint("office", "head", "case_id", name=op.f("pk_cc_ends")),
        sa.ForeignKeyConstraint(
            ["office", "head"], ["cc_heads.office", "cc_heads.number"], name=op.f("fk_cc_ends_office_head")
        ),
    )


def _chain_all(connection: sa.Connection) -> None:
    with _history_open(connection):
        private, ends = _private_names(connection), _Ends()
        for page in _pages(connection):
            kept, chained = [], []
            for event in page:
                names = private.get(ends.kind(event), frozenset())
                secret = {name: value for name, value in json.loads(event["data"]).items() if name in names}
                salts = {name: secrets.token_hex(16) for name in secret}
                papers = _papers(connection, event, names)
                chained.append(ends.chained(event, secret, salts, papers))
                kept += [
                    {key: event[key] for key in ("office", "case_id", "seq")}
                    | {"name": name, "salt": salts[name], "value": _canonical(value)}
                    for name, value in secret.items()
                ]
            connection.execute(sa.text(CHAINED), chained)
            if kept:
                connection.execute(sa.text(KEEP), kept)
        for (office, case), last in ends.links.items():
            connection.execute(
                sa.text("UPDATE cc_cases SET link = :link, unheaded = :yes WHERE office = :office AND id = :case"),
                {"link": last, "yes": True, "office": office, "case": case},
            )


@contextmanager
def _history_open(connection: sa.Connection) -> Iterator[None]:
    """Take the triggers that keep the history from being changed away, and put them back as they were."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE cc_events DISABLE TRIGGER USER"))
        yield
        connection.execute(sa.text("ALTER TABLE cc_events ENABLE TRIGGER USER"))
        return
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'cc_events'"
    triggers = list(connection.execute(sa.text(made)))
    for trigger in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    yield
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)


def _pages(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    after = 0
    while page := [dict(row._mapping) for row in connection.execute(sa.text(EVENTS), {"after": after, "most": PAGE})]:
        after = page[-1]["position"]
        yield page


Kind = tuple[str, str, int, str]


def _private_names(connection: sa.Connection) -> dict[Kind, frozenset[str]]:
    """The names of private fields, by office, procedure, version and kind of case."""
    found: dict[Kind, frozenset[str]] = {}
    wanted = "SELECT office, name, version, compiled FROM cc_definitions WHERE kind = 'procedure'"
    for office, name, version, compiled in connection.execute(sa.text(wanted)):
        procedure = json.loads(compiled)
        subcases = {kind: subcase.get("lifecycle", {}) for kind, subcase in procedure.get("subcases", {}).items()}
        for kind, lifecycle in {"case": procedure.get("case", {}), **subcases}.items():
            fields = lifecycle.get("fields", {})
            private = frozenset(field for field, declared in fields.items() if declared.get("private"))
            found[office, name, version, kind] = private
    return found


class _Ends:
    """The ends of the chains as they grow, and what kind of case each is of."""

    def __init__(self) -> None:
        self.links: dict[tuple[str, str], str] = {}
        self._kinds: dict[tuple[str, str], Kind] = {}

    def kind(self, event: Mapping[str, Any]) -> Kind:
        case = event["office"], event["case_id"]
        if event["opened"]:
            opened = json.loads(event["opened"])
            self._kinds[case] = (event["office"], opened["procedure"], opened["version"], opened["kind"])
        return self._kinds[case]

    def chained(
        self, event: Mapping[str, Any], secret: Mapping[str, Any], salts: Mapping[str, str], papers: list[Any]
    ) -> dict[str, Any]:
        case = event["office"], event["case_id"]
        sealed = {name: _digest([salts[name], value]) for name, value in secret.items()}
        data = {name: value for name, value in json.loads(event["data"]).items() if name not in secret}
        told = _entry(event, data, sealed, papers)
        self.links[case] = _digest([self.links.get(case, ""), told])
        return {
            "position": event["position"],
            "data": _canonical(data),
            "sealed": _canonical(sealed) if sealed else None,
            "issued": _canonical(papers) if papers else None,
            "link": self.links[case],
        }


def _entry(
    event: Mapping[str, Any], data: Mapping[str, Any], sealed: Mapping[str, str], papers: list[Any]
) -> dict[str, Any]:
    same = ("office", "seq", "action", "actor", "role", "unit", "from_state", "to_state", "key", "cause")
    whole = {name: event[name] for name in same}
    whole |= {"case": event["case_id"], "root": event["root_id"], "closes": bool(event["closes"])}
    whole |= {name: _told(event[name]) for name in ("effective_at", "recorded_at", "since")}
    whole |= {name: event[name] and json.loads(event[name]) for name in ("opened", "rung", "overtakes", "recount")}
    whole |= {"data": data, "sealed": sealed, "issued": papers}
    return {name: value for name, value in whole.items() if value}


def _papers(connection: sa.Connection, event: Mapping[str, Any], private: frozenset[str]) -> list[dict[str, str]]:
    """The papers that an event issued; private values that were copied into one are taken out of it."""
    issued = "SELECT * FROM cc_documents WHERE office = :office AND case_id = :case_id AND seq = :seq ORDER BY position"
    place = {name: event[name] for name in ("office", "case_id", "seq")}
    told = []
    for paper in connection.execute(sa.text(issued), place):
        data, sha256 = json.loads(paper.data), paper.sha256
        if private & data.get("inputs", {}).keys():
            data["inputs"] = {name: value for name, value in data["inputs"].items() if name not in private}
            sha256 = _digest(data)
            changed = {"data": _canonical(data), "sha256": sha256, "position": paper.position}
            change = "UPDATE cc_documents SET data = :data, sha256 = :sha256 WHERE position = :position"
            connection.execute(sa.text(change), changed)
        told.append({"name": paper.name, "number": paper.number, "sha256": sha256})
    return told


def _told(instant: str | datetime | None) -> str | None:
    if isinstance(instant, datetime):
        return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return instant


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(value: Any) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()
