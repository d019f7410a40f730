"""Prints: the first rendering of a paper is kept, and every later print repeats it, byte by byte.

The event that says a paper was printed carries the hash of the bytes, so the chain of the history guards them. A print
that shows private values says which; when one of them is erased, the content of the print goes with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ..errors import Conflict, NotAllowed, NotFound
from ..history import Event, erasures
from ..messages import say
from ..model import Procedure
from ..ports import IssuedDocument, Print
from ..roster import Actor
from .session import Session

FORMATS = ("html", "docx", "pdf")
"""What a paper can be printed as."""


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued paper with all that is needed to print it.

    Args:
        private: private values that it shows and that have not been erased, by case and field.
        erased: private values that it shows and that have been erased, by case and field.
        prints: its prints so far.
        print_shows: for the seq of each of them, the private values that it shows.
        zone: that of its procedure's calendar.
        cases: the ids of the family's cases, by number.
    """

    issued: IssuedDocument
    procedure: Procedure
    kind: str
    zone: str
    private: Mapping[tuple[str, str], Any]
    erased: frozenset[tuple[str, str]]
    prints: tuple[Print, ...]
    print_shows: Mapping[int, tuple[tuple[str, str], ...]]
    cases: Mapping[str, str]

    def printed(self, form: str, *, private: bool) -> Print | None:
        """Return the print in a format, with or without private values, if there is one.

        Raises `NotAllowed` for one of which the content was erased with private values.
        """
        for one in self.prints:
            if one.format == form and bool(self.print_shows[one.seq]) == (private and self.shows_private):
                if one.content is None:
                    raise NotAllowed(
                        say("the print of {number} showed private values that have been erased", number=one.number),
                        say("its hash is in the history; print it without private values"),
                    )
                return one
        return None

    @property
    def shows_private(self) -> bool:
        """Whether it shows any private value at all, be it erased or not."""
        return bool(self.private or self.erased)


def paper(session: Session, ref: str, which: str | None) -> tuple[Paper, ...]:
    """Return the papers of a case, or of the family where ``ref`` has no parent: all, of one document, or by number.

    Raises `NotFound`.
    """
    situation = session.situation(ref)
    root, events = situation.family.root, session.tx.events(situation.family.root.id)
    here = [
        issued for issued in session.tx.documents(root.id) if situation.case is root or situation.case.id == issued.case
    ]
    wanted = [issued for issued in here if which in (None, issued.name, issued.number)]
    if not wanted:
        raise NotFound(
            say("{case} has issued no paper {which}", case=situation.case.number, which=which or ""),
            say("issued: {papers}", papers=[f"{issued.name} {issued.number}" for issued in here]),
        )
    prints, deployed = session.tx.prints(root.id), situation.deployed
    kinds = {case.id: case.kind for case in situation.family.cases}
    return tuple(
        _paper(issued, deployed.procedure, kinds[issued.case], deployed.calendar.zone, events, prints)
        for issued in wanted
    )


def _paper(
    issued: IssuedDocument,
    procedure: Procedure,
    kind: str,
    zone: str,
    events: Sequence[Event],
    prints: Iterable[Print],
) -> Paper:
    shows = {event.seq: _shows(event) for event in events if event.case == issued.case and _prints(event, issued)}
    private, erased = _private(issued, events)
    own = tuple(one for one in prints if one.case == issued.case and one.seq in shows)
    cases = {event.opened["number"]: event.case for event in events if event.opened}
    return Paper(issued, procedure, kind, zone, private, erased, own, shows, cases)


def _prints(event: Event, issued: IssuedDocument) -> bool:
    return event.printed is not None and event.printed["seq"] == issued.seq


def _shows(event: Event) -> tuple[tuple[str, str], ...]:
    return tuple((str(case), str(name)) for case, name in (event.printed or {}).get("shows", ()))


def _private(
    issued: IssuedDocument, events: Sequence[Event]
) -> tuple[dict[tuple[str, str], Any], frozenset[tuple[str, str]]]:
    """The private values that a paper shows, as they stood when it was issued; and those that are gone."""
    end = next(at for at, event in enumerate(events) if (event.case, event.seq) == (issued.case, issued.seq))
    opened = {(event.opened or {}).get("number"): event.case for event in events}
    wanted = set(_private_of(issued.data, opened))
    found, gone = {}, set()
    for event in events[: end + 1]:
        for name in event.seals:
            if (event.case, name) in wanted:
                found[event.case, name] = event.data.get(name)
                if name not in event.data:
                    gone.add((event.case, name))
    return {key: value for key, value in found.items() if key not in gone}, frozenset(gone)


def _private_of(data: Mapping[str, Any], ids: Mapping[str | None, str]) -> Iterator[tuple[str, str]]:
    for part in parts_of(data):
        names = [*part["private"], *(name for done in part["actions"].values() for name in done["private"])]
        yield from ((ids[part["number"]], name) for name in names if part["number"] in ids)


def parts_of(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every part of what a paper shows: the case's own, its parent's, and those of subcases."""
    shows = data.get("shows", {})
    yield from (shows[name] for name in ("own", "parent") if name in shows)
    for parts in shows.get("subcases", {}).values():
        yield from parts


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendering of a paper: its bytes, the bytes of its template, and the private values that it shows."""

    content: bytes
    template: bytes
    shows: tuple[tuple[str, str], ...] = ()


def keep(session: Session, ref: Paper, form: str, rendered: Rendered, by: Actor) -> Print:
    """Keep the first print of a paper in a format, and note it down in the history; return what is kept.

    Raises `Conflict` when a private value that it shows was erased meanwhile.
    """
    (now,) = paper(session, ref.issued.case, ref.issued.number)
    if known := now.printed(form, private=bool(rendered.shows)):
        return known
    if any(pair not in now.private for pair in rendered.shows):
        raise Conflict(say("private values were erased meanwhile"), say("print it again"))
    family = session.family(ref.issued.case)
    draft = session.draft(session.deployed_for(family.cases), family)
    sha256, template = hashlib.sha256(rendered.content).hexdigest(), hashlib.sha256(rendered.template).hexdigest()
    printed = {
        "seq": ref.issued.seq,
        "number": ref.issued.number,
        "format": form,
        "sha256": sha256,
        "template": template,
        "shows": sorted(list(pair) for pair in rendered.shows),
    }
    event = draft.note_print(draft.family.member(ref.issued.case), by, _role(ref.procedure, by), printed)
    kept = Print(event.case, event.seq, ref.issued.number, form, rendered.content, sha256, template, session.now)
    session.tx.save(replace(draft.change(), prints=(kept,)))
    return kept


def _role(procedure: Procedure, by: Actor) -> str:
    """The role in which somebody prints: the first that they have in the procedure."""
    for role in procedure.roles:
        if role in by.roles:
            return role
    raise NotAllowed(
        say("{actor} has no role in {procedure}", actor=by.id, procedure=procedure.title),
        say("only those who have one may print its papers"),
    )


def showing(
    events: Iterable[Event], prints: Iterable[Print], erased: Collection[tuple[str, str]]
) -> tuple[tuple[str, int], ...]:
    """Return, as pairs of case and seq, the prints that show any private value that is to be erased."""
    shows = {(event.case, event.seq): _shows(event) for event in events if event.printed}
    return tuple(
        (one.case, one.seq)
        for one in prints
        if one.content is not None and any(pair in erased for pair in shows.get((one.case, one.seq), ()))
    )


class WrongPrint(NamedTuple):
    """A print that is not as the history says: ``print-lost``, ``print-added`` or ``print-changed``."""

    code: str
    case: str
    seq: int
    number: str
    format: str


def wrong_prints(events: Sequence[Event], prints: Iterable[Print]) -> Iterator[WrongPrint]:
    """Yield every print that is missing, was added, or has other bytes than the event says that printed it."""
    told = {(event.case, event.seq): event for event in events if event.printed}
    gone = erasures(events)
    kept = {(one.case, one.seq): one for one in prints}
    for (case, seq), event in told.items():
        printed = event.printed or {}
        if (case, seq) not in kept:
            yield WrongPrint("print-lost", case, seq, printed["number"], printed["format"])
    for (case, seq), one in kept.items():
        if (case, seq) not in told:
            yield WrongPrint("print-added", case, seq, one.number, one.format)
        elif not _is_as_printed(told[case, seq], one, gone):
            yield WrongPrint("print-changed", case, seq, one.number, one.format)


def _is_as_printed(event: Event, one: Print, gone: Mapping[tuple[str, str], int]) -> bool:
    printed = event.printed or {}
    same = (one.number, one.format, one.sha256, one.template)
    if one.printed_at != event.recorded_at or same != tuple(
        printed[name] for name in ("number", "format", "sha256", "template")
    ):
        return False
    if one.content is None:
        return any(pair in gone for pair in _shows(event))
    return hashlib.sha256(one.content).hexdigest() == one.sha256
