"""Verifies an export of caseclock by itself: Python's standard library is all it needs, nothing of caseclock.

Use: python verifier.py cases.jsonl [published-head.txt]
It recomputes every link of every case, every commitment to a private value, the hash of every paper and print, and
every head; and checks that heads which were kept outside are in the file. Exit status 0:
everything holds. Read it before you trust it; docs/proof.md says in words what it does.
"""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


class Book:
    """What has been read so far."""

    def __init__(self, office: str) -> None:
        self.office = office
        self.ends: dict[str, tuple[int, str]] = {}  # By case: its last event and that event's link.
        self.links: dict[tuple[str, int], str] = {}  # By case and event.
        self.papers: dict[tuple[Any, ...], int] = {}  # Issued according to the events, less those that are there.
        self.prints: dict[tuple[str, int], dict[str, Any]] = {}  # Printed according to the events, and not met yet.
        self.absent: dict[tuple[str, str], int] = {}  # By case and field: the last event whose value is not there.
        self.erased: dict[tuple[str, str], int] = {}  # By case and field: the last event that had it erased.
        self.heads: list[str] = []
        self.definitions: set[tuple[Any, ...]] = set()


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


def findings(lines: Iterable[str], published: str | None, *, withheld: bool = False) -> Iterator[str]:
    """Yield what is wrong with an export, in words; ``withheld``: private values were left out on purpose."""
    book = Book("")
    for number, line in enumerate(lines, 1):
        found = json.loads(line)
        if number == 1:
            book.office = found["office"]
            if found.get("caseclock") != "export" or found.get("format") != 1:
                yield "this is not an export that this program can read"
                return
        elif "event" in found:
            yield from check_event(found["event"], found["link"], found["private"], book)
        elif "document" in found:
            yield from check_paper(found["document"], book)
        elif "print" in found:
            yield from check_print(found["print"], book)
        elif "head" in found:
            yield from check_head(found["head"], found["ends"], book)
        elif "definition" in found:
            one = found["definition"]
            book.definitions.add((one["name"], one["version"], one["fingerprint"]))
            if hashlib.sha256(one["compiled"].encode("utf-8")).hexdigest() != one["fingerprint"]:
                yield f"the {one['kind']} {one['name']} version {one['version']} was changed"
    for (case, seq, name, paper, _), count in book.papers.items():
        if count:
            yield f"case {case} event {seq}: the {name} {paper} was issued and is missing, or was put in"
    for (case, seq), told in book.prints.items():
        if not told["shows"]:
            yield f"case {case} event {seq}: the {told['format']} print of {told['number']} is missing"
    for (case, name), seq in book.absent.items():
        if not withheld and seq > book.erased.get((case, name), 0):
            yield f"case {case}: {name} is not in the file, and no event says that it was erased (exported without?)"
    heads = re.findall(r'caseclock-head (\d+) \S+ ([0-9a-f]{64}) ([^\r\n"]+)', published or "")
    own = [(int(number), told) for number, told, office in heads if office.strip() == book.office]
    for number, told in own:
        if told not in book.heads[number - 1 : number]:
            yield f"head {number}: is missing, or is another than the one that was published"
    if published is not None and not own:
        yield "the text holds no head of this office"


def check_event(event: dict[str, Any], link: str, private: dict[str, Any], book: Book) -> Iterator[str]:
    """Check that an event follows the one before it in its case, and that private values are the committed ones."""
    case, seq, opened = event["case"], event["seq"], event.get("opened", {})
    last, previous = book.ends.get(case, (0, ""))
    if seq != last + 1 or event["office"] != book.office:
        yield f"case {case} event {seq}: follows event {last}, or is of another office"
    elif digest([previous, event]) != link:
        yield f"case {case} event {seq}: was changed, or put in afterwards"
    for name, kept in private.items():
        if digest([kept["salt"], kept["value"]]) != event.get("sealed", {}).get(name):
            yield f"case {case} event {seq}: has another {name} than was recorded"
    procedure = tuple(opened.get(name) for name in ("procedure", "version", "definition"))
    if "definition" in opened and procedure not in book.definitions:
        yield f"case {case}: the {procedure[0]} by which it was opened is missing, or is another"
    for paper in event.get("issued", ()):
        key = case, seq, paper["name"], paper["number"], paper["sha256"]
        book.papers[key] = book.papers.get(key, 0) + 1
    if "printed" in event:
        book.prints[case, seq] = event["printed"]
    book.absent.update(((case, name), seq) for name in event.get("sealed", {}) if name not in private)
    book.erased.update(((case, name), seq) for name in event.get("redaction", {}).get("fields", ()))
    book.ends[case], book.links[case, seq] = (seq, link), link


def check_paper(paper: dict[str, Any], book: Book) -> Iterator[str]:
    """Check that a paper is what its hash says, and that an event issued it."""
    if digest(paper["data"]) != paper["sha256"]:
        yield f"case {paper['case']} event {paper['seq']}: the {paper['name']} {paper['number']} was changed"
    key = paper["case"], paper["seq"], paper["name"], paper["number"], paper["sha256"]
    book.papers[key] = book.papers.get(key, 0) - 1


def check_print(found: dict[str, Any], book: Book) -> Iterator[str]:
    """Check that a print is what the event says that printed it; one whose private values are erased has no content."""
    told = book.prints.pop((found["case"], found["seq"]), {})
    same = all(found[key] == told.get(key) for key in ("number", "format", "sha256", "template"))
    erased = found["content"] is None and any(tuple(pair) in book.erased for pair in told.get("shows", ()))
    content = base64.b64decode(found["content"] or "")
    if not same or not (erased or hashlib.sha256(content).hexdigest() == told["sha256"]):
        yield f"case {found['case']} event {found['seq']}: print {found['number']} was changed, or put in"


def check_head(head: dict[str, Any], ends: list[list[Any]], book: Book) -> Iterator[str]:
    """Check that a head follows the one before it, covers what it says, and that the histories bear it out."""
    if head["number"] != len(book.heads) + 1 or head["previous"] != (book.heads[-1] if book.heads else ""):
        yield f"head {head['number']}: does not follow from the one before it"
    if len(ends) != head["ends"] or merkle_root(ends) != head["root"]:
        yield f"head {head['number']}: does not cover what it covered"
    for case, seq, link in ends:
        if book.links.get((case, seq)) != link:
            yield f"case {case} event {seq}: is missing, or is another than head {head['number']} covers"
    book.heads.append(digest([head[it] for it in ("office", "number", "closed_at", "previous", "root", "ends")]))


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8") as source:
        told = list(findings(source, Path(sys.argv[2]).read_text("utf-8") if len(sys.argv) > 2 else None))
    print("\n".join(told) or "everything holds")  # noqa: T201
    sys.exit(1 if told else 0)
