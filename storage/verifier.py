"""Verifies an export of caseclock by itself: Python's standard library is all it needs, nothing of caseclock.

    python verifier.py cases.jsonl [published-head.txt]

It recomputes every link of every case, every commitment to a private value, the hash of every paper, and every head.
Given what `caseclock head` printed, it checks that this very head is in the file. Exit status 0: everything holds.

Read it before you trust it; docs/proof.md says in words what it does.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Known = dict[tuple[str, int], str]


def digest(value: Any) -> str:
    """Return the SHA-256 over the canonical JSON of a value: keys in order, no blanks, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def merkle_root(ends: list[list[Any]]) -> str:
    """Return the root over the ends of chains: hashes of ends, then of pairs; an odd one moves up as it is."""
    level = [digest(["end", *end]) for end in ends] or [digest(["end"])]
    while len(level) > 1:
        pairs = [digest(["pair", level[at], level[at + 1]]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


def findings(lines: Iterable[str], published: str | None) -> Iterator[str]:
    """Yield what is wrong with an export, in words."""
    links: Known = {}
    ends: dict[str, tuple[int, str]] = {}
    papers: dict[tuple[str, int, str, str, str], int] = {}
    private: dict[tuple[str, str], list[int]] = {}
    erased: dict[tuple[str, str], int] = {}
    heads: list[str] = []
    office = ""
    for number, line in enumerate(lines, 1):
        found = json.loads(line)
        if number == 1:
            office = found["office"]
            if found.get("caseclock") != "export" or found.get("format") != 1:
                yield "this is not an export that this program can read"
                return
        elif "event" in found:
            yield from check_event(found, links, ends)
            count_papers(found["event"], papers)
            note_private(found, private, erased)
        elif "document" in found:
            yield from check_paper(found["document"], papers)
        elif "head" in found:
            yield from check_head(found, links, heads)
        elif "definition" in found:
            yield from check_definition(found["definition"])
    for (case, seq, name, paper, _), count in papers.items():
        if count:
            yield f"case {case} event {seq}: the {name} {paper} was issued and is missing, or was put in"
    for (case, name), seqs in private.items():
        if any(seq > erased.get((case, name), 0) for seq in seqs):
            yield f"case {case}: {name} is not in the file, and no event says that it was erased (exported without?)"
    if published is not None:
        yield from check_published(published, office, heads)


def check_event(found: dict[str, Any], links: Known, ends: dict[str, tuple[int, str]]) -> Iterator[str]:
    """Check that an event follows the one before it in its case, and that private values are the committed ones."""
    event, case, seq = found["event"], found["event"]["case"], found["event"]["seq"]
    last, previous = ends.get(case, (0, ""))
    if seq != last + 1:
        yield f"case {case} event {seq}: follows event {last}"
    elif digest([previous, event]) != found["link"]:
        yield f"case {case} event {seq}: was changed, or put in afterwards"
    for name, kept in found["private"].items():
        if digest([kept["salt"], kept["value"]]) != event.get("sealed", {}).get(name):
            yield f"case {case} event {seq}: has another {name} than was recorded"
    ends[case] = seq, found["link"]
    links[case, seq] = found["link"]


def count_papers(event: dict[str, Any], papers: dict[tuple[str, int, str, str, str], int]) -> None:
    """Note which papers an event says that it issued."""
    for paper in event.get("issued", ()):
        key = event["case"], event["seq"], paper["name"], paper["number"], paper["sha256"]
        papers[key] = papers.get(key, 0) + 1


def note_private(found: dict[str, Any], private: dict[tuple[str, str], list[int]], erased: Any) -> None:
    """Note which private values are not in the file, and which have been erased by an event that says so."""
    event = found["event"]
    for name in event.get("sealed", {}):
        if name not in found["private"]:
            private.setdefault((event["case"], name), []).append(event["seq"])
    for name in event.get("redaction", {}).get("fields", ()):
        erased[event["case"], name] = event["seq"]


def check_paper(paper: dict[str, Any], papers: dict[tuple[str, int, str, str, str], int]) -> Iterator[str]:
    """Check that a paper is what its hash says, and that an event issued it."""
    if digest(paper["data"]) != paper["sha256"]:
        yield f"case {paper['case']} event {paper['seq']}: the {paper['name']} {paper['number']} was changed"
    key = paper["case"], paper["seq"], paper["name"], paper["number"], paper["sha256"]
    papers[key] = papers.get(key, 0) - 1


def check_head(found: dict[str, Any], links: Known, heads: list[str]) -> Iterator[str]:
    """Check that a head follows the one before it, covers what it says, and that the histories bear it out."""
    head, ends = found["head"], found["ends"]
    if head["number"] != len(heads) + 1 or head["previous"] != (heads[-1] if heads else ""):
        yield f"head {head['number']}: does not follow from the one before it"
    if len(ends) != head["ends"] or merkle_root(ends) != head["root"]:
        yield f"head {head['number']}: does not cover what it covered"
    for case, seq, link in ends:
        if links.get((case, seq)) != link:
            yield f"case {case} event {seq}: is missing, or is another than head {head['number']} covers"
    told = ("office", "number", "closed_at", "previous", "root", "ends")
    heads.append(digest([head[name] for name in told]))


def check_definition(one: dict[str, Any]) -> Iterator[str]:
    """Check that a definition is what its fingerprint says."""
    if hashlib.sha256(one["compiled"].encode("utf-8")).hexdigest() != one["fingerprint"]:
        yield f"the {one['kind']} {one['name']} version {one['version']} was changed"


def check_published(published: str, office: str, heads: list[str]) -> Iterator[str]:
    """Check that a head that was kept outside is in the file, unchanged."""
    told = re.search(r'caseclock-head (\d+) \S+ ([0-9a-f]{64}) ([^\r\n"]+)', published)
    if told is None or told[3].strip() != office:
        yield "the text holds no head of this office"
    elif int(told[1]) > len(heads) or heads[int(told[1]) - 1] != told[2]:
        yield f"head {told[1]}: is missing, or is another than the one that was published"


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8") as source:
        told = list(findings(source, Path(sys.argv[2]).read_text("utf-8") if len(sys.argv) > 2 else None))
    print("\n".join(told) or "everything holds")  # noqa: T201
    sys.exit(1 if told else 0)
