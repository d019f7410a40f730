"""An office that runs errands, made for trials of strength: how it is set up, who acts in it, and how it is judged.

Time may run fast in it, so that rungs fall due all the while.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import SqlStore
from caseclock.workflow import Actor, Engine
from caseclock.workflow.history import Case, Event, fold
from caseclock.workflow.ports import IssuedDocument

HERE = Path(__file__).parent
START = datetime(2021, 1, 4, tzinfo=UTC)
SPEED = 4 * 86_400
"""Four days a second."""
UNITS = ("north", "south")
ROSTER = """
roster: errands
units:
  north: {title: {zh: 北站, en: North}}
  south: {title: {zh: 南站, en: South}}
"""


@dataclass(frozen=True)
class Ground:
    """Where a trial takes place.

    Args:
        address: of the database, which has our tables.
        office: whose cases are written; each trial has its own.
        began: when its time began to run, in seconds of the machine's clock.
        speed: how many times as fast as on the wall.
    """

    address: str
    office: str
    began: float
    speed: float = SPEED

    def now(self) -> datetime:
        """Return the present instant in the office."""
        return START + timedelta(seconds=(time.time() - self.began) * self.speed)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Have an engine of one's own on the database, as another program would."""
        store = SqlStore(self.address, wait=60)
        try:
            yield Engine(store, YamlReader(), office=self.office, now=self.now)
        finally:
            store.close()

    def set_up(self) -> None:
        """Deploy what the office needs."""
        with self.engine() as engine:
            engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
            engine.deploy(ROSTER, file="errands.roster.yaml")
            engine.deploy((HERE / "errand.procedure.yaml").read_text(encoding="utf-8"), file="errand.procedure.yaml")


def clerk(name: str) -> Actor:
    """Return a clerk of the office."""
    return Actor(name, frozenset({"clerk"}))


def helper(name: str, unit: str) -> Actor:
    """Return somebody who works for one of its units."""
    return Actor(name, frozenset({"helper"}), unit)


@dataclass(frozen=True)
class Kept:
    """All that a database keeps of an office's cases."""

    cases: tuple[Case, ...]
    events: tuple[Event, ...]
    papers: tuple[IssuedDocument, ...]
    folded: tuple[Case, ...]

    @property
    def in_force(self) -> Iterator[Event]:
        """The events that no late entry has overtaken: a rung that was overtaken may well come again."""
        gone = {(event.case, seq) for event in self.events for seq in event.overtakes}
        return (event for event in self.events if (event.case, event.seq) not in gone)

    @property
    def numbers(self) -> dict[str, str]:
        """The numbers of all cases by their ids."""
        return {case.id: case.number for case in self.cases}


def kept(ground: Ground) -> Kept:
    """Return everything that is kept of the office."""
    store = SqlStore(ground.address, wait=60)
    cases: list[Case] = []
    events: list[Event] = []
    papers: list[IssuedDocument] = []
    folded: list[Case] = []
    with store.begin(ground.office, write=False) as tx:
        last = ""
        while page := tx.families(last, 500):
            last = page[-1]
            for root in page:
                history = tx.events(root)
                cases += tx.family(root)
                papers += tx.documents(root)
                events += history
                folded += fold(history)
    store.close()
    return Kept(tuple(cases), tuple(events), tuple(papers), tuple(folded))


def faults(ground: Ground) -> list[str]:
    """Return what is wrong with what is kept, whatever has happened; nothing is what one hopes for."""
    found = kept(ground)
    with ground.engine() as engine:
        report, rebuilt = engine.verify(), engine.rebuild(check=True)
    return [
        *(f"not what its history adds up to: {case.number}" for case in set_apart(found.cases, found.folded)),
        *twice("rung", ((event.case, event.rung) for event in found.in_force if event.rung)),
        *twice("key", (event.key for event in found.events if event.key)),
        *twice("number of a case", (case.number for case in found.cases)),
        *twice("number of a paper", (paper.number for paper in found.papers)),
        *_papers(found),
        *_gaps(found.events),
        *(f"verify: {finding.kind} {finding.case} {finding.message}" for finding in report.findings),
        *(f"rebuild: {difference.message}" for difference in rebuilt.differences),
        *(f"rebuild failed: {case} {message}" for case, message in rebuilt.failed.items()),
    ]


def set_apart(cases: Iterable[Case], folded: Iterable[Case]) -> Iterator[Case]:
    """Yield the kept cases that are not what their histories add up to."""
    by_id = {case.id: case for case in folded}
    for case in cases:
        if by_id.get(case.id) != case:
            yield case


def twice(what: str, values: Iterable[object]) -> Iterator[str]:
    """Yield a fault for each of the values that is there more than once."""
    yield from (f"{what} {value} is there {count} times" for value, count in Counter(values).items() if count > 1)


def _papers(found: Kept) -> Iterator[str]:
    """What papers say of themselves, and what the history says of them."""
    told = {(event.case, event.seq, paper["number"]) for event in found.events for paper in event.issued}
    for case, seq, number in told ^ {(paper.case, paper.seq, paper.number) for paper in found.papers}:
        yield f"paper {number} of event {case}:{seq} is only in one of history and papers"


def _gaps(events: Iterable[Event]) -> Iterator[str]:
    """Numbers are drawn in the transaction that uses them, so what is rolled back leaves no gap."""
    drawn: dict[str, set[int]] = {}
    for event in events:
        for number in (event.opened or {}, *event.issued):
            series, dash, serial = str(number.get("number", "")).rpartition("-")
            # The number of a subcase is that of its case with one more part; it is in no series.
            if dash and (number is not event.opened or event.case == event.root):
                drawn.setdefault(series, set()).add(int(serial))
    for series, serials in drawn.items():
        if serials != set(range(1, len(serials) + 1)):
            yield f"series {series} has a gap: {len(serials)} numbers up to {max(serials)}"
