"""Verifies an archive package of caseclock by itself: Python's standard library is all it needs, and verifier.py.

    python verify_bag.py FOLDER [published-head.txt]

It checks that every file is there and as its manifest says, and that none was added; that the history holds, as
verifier.py checks it; and that the heads that lie in the package cover the case. Given a head that was kept
elsewhere, it checks that the package knows this very head. Exit status 0: everything holds.

Read it before you trust it. Source: RFC 8493 (BagIt); docs/proof.md and docs/archive.md say in words what it does.
"""

from __future__ import annotations

import hashlib
import json
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TAGS, PAYLOAD = "tagmanifest-sha256.txt", "manifest-sha256.txt"
VERIFIER: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("verifier.py")))
digest = VERIFIER["digest"]


def findings(bag: Path, published: str | None = None) -> Iterator[str]:
    """Yield what is wrong with a package, in words; first of its files, then of what they say."""
    if not (bag / "bagit.txt").is_file() or not (bag / TAGS).is_file():
        yield f"bagit.txt or {TAGS} is missing: this is no whole package"
        return
    files = {path.relative_to(bag).as_posix() for path in bag.rglob("*") if not path.is_dir()}
    payload = {name for name in files if name.startswith("data/")}
    yield from check_manifest(bag, TAGS, files - payload - {TAGS})
    yield from check_manifest(bag, PAYLOAD, payload)
    if "data/history.jsonl" not in files:
        return
    try:
        lines = (bag / "data/history.jsonl").read_text("utf-8").splitlines()
        about = (bag / "bag-info.txt").read_text("utf-8", errors="replace")
        withheld = re.search(r"(?m)^Caseclock-Private-Values: withheld$", about) is not None
        yield from (f"data/history.jsonl: {told}" for told in VERIFIER["findings"](lines, None, withheld=withheld))
        yield from check_heads(json.loads((bag / "data/record/heads.json").read_text("utf-8")), lines, published)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        yield f"data/history.jsonl or data/record/heads.json cannot be read: {type(error).__name__}: {error}"


def check_manifest(bag: Path, manifest: str, files: set[str]) -> Iterator[str]:
    """Check that a manifest lists exactly these files, each with the SHA-256 of what it holds."""
    path = bag / manifest
    if not path.is_file():
        yield f"{manifest}: is missing"
        return
    text = path.read_bytes().decode("utf-8", errors="replace")
    listed: dict[str, str] = {}
    for number, line in enumerate(text.split("\n")[:-1], 1):
        found = re.fullmatch(r"([0-9a-f]{64})  ?([^\r ][^\r]*)", line)
        if found is None or found[2] in listed:
            yield f"{manifest} line {number}: is not as it was written"
        else:
            listed[found[2]] = found[1]
    if not text.endswith("\n"):
        yield f"{manifest}: its end is not as it was written"
    for name in sorted(files | set(listed)):
        if name not in listed:
            yield f"{name}: is not listed in {manifest}; it was added, or {manifest} was changed"
        elif name not in files:
            yield f"{name}: is listed in {manifest} and is missing, or {manifest} was changed"
        elif hashlib.sha256((bag / name).read_bytes()).hexdigest() != listed[name]:
            yield f"{name}: was changed, or {manifest} was"


def check_heads(kept: dict[str, Any], lines: list[str], published: str | None) -> Iterator[str]:
    """Check that the heads follow one another, and that they cover the ends of the histories."""
    heads: dict[int, dict[str, Any]] = {}
    last = ""
    for head in kept["heads"]:
        told = digest([head[name] for name in ("office", "number", "closed_at", "previous", "root", "ends")])
        if told != head["digest"] or (heads and head["previous"] != last):
            yield f"data/record/heads.json: head {head['number']} was changed, or does not follow the one before it"
        heads[head["number"]], last = head, told
    entries = [found for found in map(json.loads, lines[1:]) if "event" in found]
    ends = {one["event"]["case"]: (one["event"]["seq"], one["link"]) for one in entries}
    for proof in kept["proofs"]:
        root = digest(["end", proof["case"], proof["seq"], proof["link"]])
        for side, other in proof["path"]:
            root = digest(["pair", *((other, root) if side == "left" else (root, other))])
        if root != heads[proof["head"]]["root"] or ends.pop(proof["case"], None) != (proof["seq"], proof["link"]):
            yield f"case {proof['case']}: head {proof['head']} does not cover its history"
    excused = kept["uncovered"] if published is None else ()
    yield from (f"case {case}: no head covers its history" for case in ends if case not in excused)
    if published is not None:
        covered = {proof["case"]: proof["head"] for proof in kept["proofs"]}
        yield from check_published(published, heads, covered, json.loads(lines[0])["office"])


def check_published(
    published: str, heads: dict[int, dict[str, Any]], covered: dict[str, int], office: str
) -> Iterator[str]:
    """Check that the heads that were kept elsewhere are those of the package, and that they reach far enough."""
    lines = re.findall(r'caseclock-head (\d+) \S+ ([0-9a-f]{64}) ([^\r\n"]+)', published)
    own = {int(number): told for number, told, name in lines if name.strip() == office}
    known = sorted(own.keys() & heads.keys())
    if not known:
        yield f"the text holds no head that the package knows: those are {sorted(heads)} of the office {office}"
    yield from (
        f"head {it}: is another than the one that was published" for it in known if own[it] != heads[it]["digest"]
    )
    for case, number in covered.items():
        if known and number > known[-1]:
            yield f"case {case}: its history is covered from head {number} on, and none so late is in the text"


if __name__ == "__main__":
    told = list(findings(Path(sys.argv[1]), Path(sys.argv[2]).read_text("utf-8") if len(sys.argv) > 2 else None))
    print("\n".join(told) or "everything holds")  # noqa: T201
    sys.exit(1 if told else 0)
