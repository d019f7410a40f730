"""Verification: whether a history is as it was recorded, told from its chains, its heads and what was kept outside.

A finding names the case and the event. Within a case the chain tells what was changed, taken out, put in or moved. Who
rewrites a whole chain is found by the heads, and who rewrites those too by a head that was kept outside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ..chain import HEAD_LINE, Head, commitment, digest, fingerprint, link, merkle_root
from ..errors import MALFORMED, CaseclockError, InvalidInput, Unreadable
from ..history import Case, Event, erasures
from ..messages import Message, say
from ..ports import Definition, IssuedDocument, Print
from .prints import wrong_prints
from .rebuilding import differences, differing_serials, drawn
from .session import Session, Sessions, family_pages

T = TypeVar("T")

_LINE = re.compile(rf"{HEAD_LINE} (?P<number>\d+) \S+ (?P<digest>[0-9a-f]{{64}}) (?P<office>[^\r\n\"]+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was recorded.

    Args:
        kind: a stable word for the kind of finding, such as ``edited``; ``docs/proof.md`` lists them.
        case: the number of the case, or its id where it has none; empty where no case is concerned.
        seq: the number of the event in the case; 0 where no event is concerned.
    """

    kind: str
    message: Message
    case: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a verification has gone through, and what it found."""

    cases: int
    events: int
    heads: int
    findings: tuple[Finding, ...]
    last_head: Head | None = None


@dataclass(frozen=True, slots=True)
class OutsideHead:
    """A head as it was published: enough of it to tell whether it is still the same."""

    office: str
    number: int
    digest: str


def read_outside_head(text: str, office: str | None = None) -> OutsideHead:
    """Return the head of a text in which its line stands, as `Head.line` writes it. Raises `InvalidInput`.

    Of several the last one is returned, that with the highest number: those before it are sealed by it.

    Args:
        office: take a head of this office, if the text has one.
    """
    lines = [OutsideHead(it["office"].strip(), int(it["number"]), it["digest"]) for it in _LINE.finditer(text)]
    if not lines:
        raise InvalidInput(
            say("no head found; its line begins with {word}", word=HEAD_LINE),
            hint=say("give what `caseclock head` printed"),
        )
    return max(lines, key=lambda head: (head.office == office, head.number))


def verify(sessions: Sessions, office: str, case: str | None, outside: OutsideHead | None) -> VerifyReport:
    """Go through an office, or one family of it; see `Engine.verify`."""
    found: list[Finding] = []
    with sessions() as session:
        definitions = _read(session.tx.definitions, found)
        heads = _read(session.tx.heads, found)
        family = session.tx.family(session.tx.find(case)) if case else ()
    found += [*verify_definitions(definitions), *verify_heads(heads)]
    if outside:
        found += verify_outside(heads, outside, office)
    cases = events = 0
    serials: Mapping[str, int] = {}
    for page in [(family[0].root,)] if family else family_pages(sessions):
        with sessions() as session:
            for root in page:
                history, wrong = verify_family(session, root)
                cases, events, serials = cases + 1, events + len(history), _drawn(history, serials)
                found += wrong
    of_all = _cover(sessions, heads)
    if family:
        numbers = {case.number for case in family}
        found += (finding for finding in of_all if finding.case in numbers or not finding.case)
    else:
        found += (*of_all, *_serials(sessions, serials))
    return VerifyReport(cases, events, len(heads), tuple(found), heads[-1] if heads else None)


def _read(read: Callable[[], tuple[T, ...]], found: list[Finding]) -> tuple[T, ...]:
    """Return what is read; nothing, with a finding, where it cannot be read."""
    try:
        return read()
    except Unreadable as error:
        found.append(Finding("unreadable", error.message))
        return ()


def _drawn(events: Iterable[Event], so_far: Mapping[str, int]) -> Mapping[str, int]:
    try:
        return drawn(events, so_far)
    except MALFORMED:
        # The chain has told that the event was changed.
        return so_far


def _cover(sessions: Sessions, heads: Iterable[Head]) -> Iterator[Finding]:
    for head in heads:
        with sessions() as session:
            yield from verify_ends(session, head)
    with sessions() as session:
        yield from verify_cover(session)


def _serials(sessions: Sessions, known: Mapping[str, int]) -> Iterator[Finding]:
    try:
        with sessions() as session:
            for difference in differing_serials(session, known, check=True):
                yield Finding("projection", difference.message)
    except Unreadable as error:
        yield Finding("unreadable", error.message)


def verify_family(session: Session, root: str) -> tuple[Sequence[Event], list[Finding]]:
    """Return the events of a family, and what is wrong with its history and with what is kept beside it."""
    tx = session.tx
    try:
        cases, events, papers = tx.family(root), tx.events(root), tx.documents(root)
        prints = tx.prints(root)
    except Unreadable as error:
        return (), [Finding("unreadable", error.message, _number(session, error.case or root), error.seq)]
    numbers = {case.id: case.number for case in cases}
    found = verify_record(numbers, events, papers, prints)
    found += _tails(cases, events)
    _take_as_far_as_it_goes(_definitions_of(session, numbers, events), found)
    if not found:
        found += _projections(session, root, numbers, events)
    return events, found


def verify_record(
    numbers: Mapping[str, str],
    events: Sequence[Event],
    papers: Sequence[IssuedDocument],
    prints: Sequence[Print],
) -> list[Finding]:
    """Return what of a family's history and papers is not as it was recorded, as they themselves tell.

    Args:
        numbers: the numbers of its cases, by their ids.
    """
    found = list(_chains(numbers, events))
    for further in (
        _seals(numbers, events),
        _papers(numbers, events, papers),
        _prints(numbers, events, prints),
    ):
        _take_as_far_as_it_goes(further, found)
    return found


def _take_as_far_as_it_goes(findings: Iterator[Finding], found: list[Finding]) -> None:
    """Take findings until a value of the wrong form is met, of which the chain has told already."""
    try:
        for finding in findings:
            found.append(finding)
    except MALFORMED:
        if not found:
            raise


def _chains(numbers: Mapping[str, str], events: Iterable[Event]) -> Iterator[Finding]:
    by_case: dict[str, list[Event]] = {}
    for event in events:
        by_case.setdefault(event.case, []).append(event)
    for case, chain in by_case.items():
        yield from _chain(numbers[case], chain)


def _chain(number: str, events: Sequence[Event]) -> Iterator[Finding]:
    """Go along the chain of a case; after a break it is taken up again at the next event."""
    last, previous, broken = 0, "", False
    for event in events:
        if event.seq <= last:
            yield Finding(
                "moved",
                say("{event} stands after event {last}", event=_named(event, number), last=last),
                number,
                event.seq,
            )
            continue
        for seq in range(last + 1, event.seq):
            yield Finding("missing", say("{case}: event {seq} is missing", case=number, seq=seq), number, seq)
            broken = True
        if not event.link:
            yield Finding("unchained", say("{event} was never chained", event=_named(event, number)), number, event.seq)
        elif not broken and not _follows(event, previous):
            yield Finding(
                "edited",
                say("{event} was changed or put in afterwards", event=_named(event, number)),
                number,
                event.seq,
            )
        last, previous, broken = event.seq, event.link, False


def _follows(event: Event, previous: str) -> bool:
    try:
        return link(previous, event) == event.link
    except MALFORMED:
        return False


def _named(event: Event, number: str) -> Message:
    return say(
        "{case}: event {seq} ({action} by {actor})",
        case=number,
        seq=event.seq,
        action=event.action,
        actor=event.actor,
    )


def _seals(numbers: Mapping[str, str], events: Sequence[Event]) -> Iterator[Finding]:
    """Every private value must be the one that was committed to, or have been erased by an event that says so."""
    erased = erasures(events)
    for event in events:
        number = numbers[event.case]
        for name, seal in event.seals.items():
            if seal.salt is not None and commitment(seal.salt, event.data.get(name)) != seal.commitment:
                yield Finding(
                    "private-changed",
                    say("{event} has another {name}", event=_named(event, number), name=name),
                    number,
                    event.seq,
                )
            elif seal.salt is None and erased.get((event.case, name), 0) < event.seq:
                yield Finding(
                    "private-lost",
                    say("{event} has lost its {name}", event=_named(event, number), name=name),
                    number,
                    event.seq,
                )


def _tails(cases: Iterable[Case], events: Iterable[Event]) -> Iterator[Finding]:
    last: dict[str, int] = {}
    for event in events:
        last[event.case] = max(event.seq, last.get(event.case, 0))
    for case in cases:
        for seq in range(last.get(case.id, 0) + 1, case.revision + 1):
            message = say("{case}: event {seq} has been cut off the end", case=case.number, seq=seq)
            yield Finding("cut-off", message, case.number, seq)


def _papers(numbers: Mapping[str, str], events: Iterable[Event], papers: Iterable[IssuedDocument]) -> Iterator[Finding]:
    told = Counter(
        (event.case, event.seq, paper["name"], paper["number"], paper["sha256"])
        for event in events
        for paper in event.issued
    )
    kept = Counter((paper.case, paper.seq, paper.name, paper.number, paper.sha256) for paper in papers)
    for case, seq, name, number, _ in (told - kept).elements():
        message = say("{case}: the {name} {number} is missing or changed", case=numbers[case], name=name, number=number)
        yield Finding("paper-lost", message, numbers[case], seq)
    for case, seq, name, number, _ in (kept - told).elements():
        message = say("{case}: no event has issued the {name} {number}", case=numbers[case], name=name, number=number)
        yield Finding("paper-added", message, numbers[case], seq)
    for paper in papers:
        if digest(paper.data) != paper.sha256:
            where = numbers[paper.case]
            message = say("{case}: the {name} {number} was changed", case=where, name=paper.name, number=paper.number)
            yield Finding("paper-changed", message, where, paper.seq)


def _prints(numbers: Mapping[str, str], events: Sequence[Event], prints: Iterable[Print]) -> Iterator[Finding]:
    for wrong in wrong_prints(events, prints):
        where, seq = numbers.get(wrong.case, wrong.case), wrong.seq
        what = {"case": where, "number": wrong.number, "format": wrong.format}
        match wrong.code:
            case "print-lost":
                message = say("{case}: the {format} print of {number} is missing", **what)
                yield Finding("print-lost", message, where, seq)
            case "print-added":
                message = say("{case}: no event has printed {number} as {format}", **what)
                yield Finding("print-added", message, where, seq)
            case _:
                message = say("{case}: the {format} print of {number} was changed", **what)
                yield Finding("print-changed", message, where, seq)


def _definitions_of(session: Session, numbers: Mapping[str, str], events: Iterable[Event]) -> Iterator[Finding]:
    for event in events:
        opened = event.opened or _gone_over(event)
        if "definition" not in opened:
            continue
        try:
            deployed = session.fingerprint(opened["procedure"], opened["version"])
        except Unreadable:
            # Told once, where the definitions are gone through.
            continue
        if deployed != opened["definition"]:
            message = say(
                "{case}: it was opened under another {procedure} version {version} than the one that is deployed",
                case=numbers[event.case],
                procedure=opened["procedure"],
                version=opened["version"],
            )
            yield Finding("definition-changed", message, numbers[event.case], event.seq)


def _gone_over(event: Event) -> Mapping[str, Any]:
    """The version to which an event led its case, as the first event of a case tells of its own."""
    told: Mapping[str, Any] = (event.migration or {}).get("to", {})
    return told


def _projections(session: Session, root: str, numbers: Mapping[str, str], events: Sequence[Event]) -> Iterator[Finding]:
    try:
        for difference in differences(session, root, events):
            yield Finding("projection", difference.message, difference.case)
    except (*MALFORMED, CaseclockError) as error:
        message = say("{case}: cannot be derived: {reason}", case=numbers.get(root, root), reason=str(error))
        yield Finding("projection", message, numbers.get(root, root))


def verify_definitions(definitions: Iterable[Definition]) -> Iterator[Finding]:
    """Yield the deployed definitions that no longer are what their fingerprint says."""
    for one in definitions:
        if fingerprint(one.compiled) != one.fingerprint:
            message = say(
                "the {kind} {name} version {version} was changed after it was deployed",
                kind=one.kind,
                name=one.name,
                version=one.version,
            )
            yield Finding("definition-changed", message)


def verify_heads(heads: Sequence[Head]) -> Iterator[Finding]:
    """Yield where the chain of heads is broken."""
    before: Head | None = None
    for head in heads:
        expected = before.number + 1 if before else 1
        for number in range(expected, head.number):
            yield Finding("head-missing", say("head {number} is missing", number=number))
        if head.number == expected and head.previous != (before.digest if before else ""):
            yield Finding(
                "head-edited", say("head {number} does not follow from the one before it", number=head.number)
            )
        before = head


def verify_ends(session: Session, head: Head) -> Iterator[Finding]:
    """Yield what is wrong with the ends that a head covers, and which of them the history contradicts."""
    ends = session.tx.ends(head.number)
    if len(ends) != head.ends or merkle_root(ends) != head.root:
        yield Finding("head-edited", say("head {number} does not cover what it covered", number=head.number))
    for end in session.tx.contradicted(head.number):
        message = say(
            "{case}: event {seq} is missing, or is another than head {number} covers",
            case=_number(session, end.case),
            seq=end.seq,
            number=head.number,
        )
        yield Finding("rewritten", message, _number(session, end.case), end.seq)


def verify_cover(session: Session) -> Iterator[Finding]:
    """Yield the chains that are said to be covered by a head and are not, and what belongs to no case at all."""
    for end in session.tx.uncovered():
        message = say("{case}: no head covers it, although it is marked so", case=_number(session, end.case))
        yield Finding("uncovered", message, _number(session, end.case), end.seq)
    for case in session.tx.strays():
        message = say("{case}: something is kept of it, but no such case is found", case=_number(session, case))
        yield Finding("stray", message, _number(session, case))


def _number(session: Session, case: str) -> str:
    """The number of a case, or its id where it cannot be found."""
    try:
        return next((one.number for one in session.tx.family(case) if one.id == case), case)
    except CaseclockError:
        return case


def verify_outside(heads: Sequence[Head], outside: OutsideHead, office: str) -> Iterator[Finding]:
    """Yield what contradicts a head that was kept outside."""
    if outside.office != office:
        message = say("the head is of the office {other}, not of {office}", other=outside.office, office=office)
        yield Finding("head-of-another-office", message)
        return
    kept = next((head for head in heads if head.number == outside.number), None)
    if kept is None:
        message = say("head {number} was published and is not here any more", number=outside.number)
        yield Finding("head-missing", message)
    elif kept.digest != outside.digest:
        message = say("head {number} is another than the one that was published", number=outside.number)
        yield Finding("head-edited", message)
