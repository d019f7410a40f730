"""Replaying: what people did is done again in memory, by the same engine, under the same rules or under others.

Every command of the history is given again at the instant at which it was recorded, with the time in law that it gave.
Rungs, joins, expiries and the opening of subcases are not copied: the rules bring them about. Under the rules by which
a history was recorded it comes out as it was recorded, event by event; that is what makes the answer under other rules
worth anything. Nothing is written to the office.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from ..history import Event, versions
from ..ports import Reader, Store
from .cutoff import standing
from .recorded import related_roots
from .session import Session, Sessions, family_pages
from .shelf import Shelf
from .staging import Replayed, Stage
from .under import Under, definitions_under


def replay(
    sessions: Sessions,
    office: str,
    reader: Reader,
    new_store: Callable[[], Store],
    *,
    procedure: str | None,
    under: Under,
    at: datetime,
) -> Iterator[Replayed]:
    """Replay every family of an office; see `Engine.replay`."""
    with sessions() as session:
        definitions = definitions_under(session, reader, under, procedure)
        drawn = dict(session.tx.serials())
    shelf, done = Shelf(reader), set[str]()
    for page in family_pages(sessions):
        for root in page:
            if root in done:
                continue
            with sessions() as session:
                families = _together(session, root)
                done |= families.keys()
                opened = families[root][0].opened if root in families else None
                if opened is None or procedure not in (None, opened["procedure"]):
                    continue
                before = {name: standing(session, events, at, None) for name, events in families.items()}
                recorded = {
                    name: session.deployed((events[0].opened or {})["procedure"], version)
                    for events in families.values()
                    for name, version in versions(events).items()
                }
            played = Stage(office, new_store(), shelf, definitions, families, recorded, drawn, at)
            yield from played.play(before)


def _together(session: Session, root: str) -> dict[str, tuple[Event, ...]]:
    """The histories of a family and of all that were merged with it, or split from it, directly or through others."""
    found: dict[str, tuple[Event, ...]] = {}
    coming = [root]
    while coming:
        name = coming.pop()
        if name not in found and (events := session.tx.events(name)):
            found[name] = events
            coming.extend(related_roots(events))
    return found
