"""The pages on proof, records and PostgreSQL say what the program does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

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
