"""The pages on proof, records and PostgreSQL say what the program does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from caseclock.definitions import shipped
from caseclock.storage import SqlStore
from caseclock.workflow import Actor, Engine
from caseclock.workflow.chain import End, Head, close_head, commitment, digest, entry, link, merkle_root

ROOT = Path(__file__).parents[2]
PROOF = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")


def test_every_kind_of_finding_stands_in_the_table() -> None:
    source = (ROOT / "workflow" / "engine" / "verification.py").read_text(encoding="utf-8")
    kinds = set(re.findall(r'Finding\(\s*"([a-z-]+)"', source)) - {"head-of-another-office"}
    table = PROOF.split("## Heads")[0]
    assert kinds == set(re.findall(r"`([a-z-]+)`", "\n".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))))


def test_the_format_is_as_the_page_says(township: Any) -> None:
    """Links, commitments, roots and heads, made by hand from the page alone."""
    import hashlib
    import json

    def h(value: object) -> str:
        told = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()

    case = township.open(author="invented_wanderer")
    (event,) = [view.event for view in township.engine.history(case)]
    assert event.link == h(["", entry(event)]) == link("", event)
    keys = set(re.findall(r"`(\w+)`", PROOF.split("`event` is an object of")[1].split("; what is null")[0]))
    assert set(entry(event)) <= keys
    seal = event.seals["author"]
    assert seal.commitment == h([seal.salt, "invented_wanderer"]) == commitment(seal.salt, "invented_wanderer")
    ends = [End("a", 1, "x"), End("b", 2, "y"), End("c", 3, "z")]
    leaves = [h(["end", it.case, it.seq, it.link]) for it in ends]
    assert merkle_root(ends) == h(["pair", h(["pair", leaves[0], leaves[1]]), leaves[2]])
    assert merkle_root([]) == h(["end"]) == digest(["end"])
    head: Head = close_head("qingxi", None, ends, township.clock[0])
    closed = head.line.split()[2]
    assert head.digest == h(["qingxi", 1, closed, "", head.root, 3])
    assert head.line == f"caseclock-head 1 {closed} {head.digest} qingxi"


def test_the_roles_of_the_page_can_do_their_work_and_no_more(postgres: str, reader: Any) -> None:
    page = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8")
    (statements,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    statements = statements.replace("caseclock_", "cc_test_")
    owner = create_engine(postgres, isolation_level="AUTOCOMMIT")
    roles = ("cc_test_worker", "cc_test_auditor")
    with owner.connect() as connection:
        for role in roles:
            connection.execute(text(f"DROP ROLE IF EXISTS {role}"))
        connection.execute(text(statements))
    host = make_url(postgres)
    worker, auditor = (SqlStore(host.update_query_dict({"options": f"-c role={role}"})) for role in roles)
    now = [township_morning()]
    engine = Engine(worker, reader, office="town", now=lambda: now[0])
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    clerk = Actor("ann", frozenset({"officer", "leader", "office"}))
    case = engine.open("online_opinion", {"subject": "Flood", "author": "invented"}, by=clerk).case.number
    engine.fire(case, "report", by=clerk)
    engine.fire(case, "dispatch", by=clerk, data={"instruction": "Look", "units": ["water"], "lead": "water"})
    engine.redact(case, by=clerk, reason="asked")
    engine.tick()
    engine.rebuild()
    reading = Engine(auditor, reader, office="town")
    assert reading.verify().findings == ()
    assert list(reading.export()) == list(engine.export())
    with worker.engine.connect() as connection:
        for statement in ("DELETE FROM cc_events", "UPDATE cc_events SET actor = 'x'", "DELETE FROM cc_heads"):
            refused = ""
            try:
                connection.execute(text(statement))
            except Exception as error:
                refused = str(error)
            connection.rollback()
            assert "permission denied" in refused
    for store in (worker, auditor):
        store.close()
    with owner.connect() as connection:
        for role in roles:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
    owner.dispose()


def township_morning() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 16, 1, tzinfo=UTC)
