"""A rehearsal: the tests that the owner of a procedure wrote, run on an engine whose time they drive.

Each scene is a story of its own in an empty office; what does not come as expected is a finding at its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ..engine import Engine
from ..engine.session import Session
from ..engine.shelf import ROSTER, Shelf
from ..errors import Problem
from ..messages import Language, Text
from ..model import Procedure
from ..ports import Compiled, Definition, Reader, Store
from .coverage import Coverage, Feature, features, reached
from .expectations import Mismatch
from .story import DrivenTime, OpenStep, Outcome, Step, Story, play

OFFICE = "rehearsal"
"""The office in which every scene is played."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A case, or a row of a table.

    Args:
        place: where it stands in its file.
        zone: the time zone in which its times are told.
        calendar: the calendar that replaces the procedure's.
    """

    title: Text
    place: tuple[str | int, ...]
    zone: str
    steps: tuple[Step, ...]
    calendar: Compiled | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A test file, as read.

    Args:
        definitions: the procedure, its calendars and the roster, compiled.
        locate: gives a problem its line and column.
        languages: in one of these the words of an expected refusal must stand in it.
    """

    file: str
    title: Text
    procedure: Procedure
    definitions: tuple[Compiled, ...]
    scenes: tuple[Scene, ...]
    locate: Callable[[Problem], Problem]
    languages: tuple[Language, ...]

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the procedure."""
        return self.definitions[0].fingerprint


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as a test expects it.

    Args:
        scene: the case or row.
        problem: what it is, with its line and column.
        mismatch: the same as found: with the clock, where a due is wrong.
    """

    scene: Scene
    problem: Problem
    mismatch: Mismatch

    def __str__(self) -> str:
        return self.problem.text()


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal found."""

    rehearsal: Rehearsal
    findings: tuple[Finding, ...]
    coverage: Coverage

    @property
    def good(self) -> int:
        """How many cases and rows are as expected."""
        return len(self.rehearsal.scenes) - len({finding.scene.place for finding in self.findings})


def rehearse(rehearsal: Rehearsal, reader: Reader, new_store: Callable[[], Store]) -> Rehearsed:
    """Run a test file and return everything that is not as expected, and what of the procedure was reached.

    Args:
        reader: loads the compiled definitions.
        new_store: makes an empty store, one for each scene.
    """
    shelf = Shelf(reader)
    findings: list[Finding] = []
    seen: set[Feature] = set()
    for scene in rehearsal.scenes:
        stage = _Stage(rehearsal, scene, new_store(), DrivenTime(scene.steps[0].now), shelf, reader)
        for mismatch, step in stage.play(seen):
            findings.append(_finding(rehearsal, scene, step, mismatch))
    return Rehearsed(rehearsal, tuple(findings), Coverage(features(rehearsal.procedure), frozenset(seen)))


def together(found: Iterable[Rehearsed]) -> dict[str, tuple[Procedure, Coverage]]:
    """Return for each procedure, by its fingerprint, what all its files together reached."""
    joined: dict[str, tuple[Procedure, Coverage]] = {}
    for one in found:
        key = one.rehearsal.fingerprint
        before = joined[key][1] if key in joined else one.coverage
        joined[key] = one.rehearsal.procedure, before.with_more(one.coverage)
    return joined


def _finding(rehearsal: Rehearsal, scene: Scene, step: Step, mismatch: Mismatch) -> Finding:
    problem = Problem(mismatch.key[0], _place(step, mismatch), mismatch.message)
    return Finding(scene, rehearsal.locate(problem), mismatch)


def _place(step: Step, mismatch: Mismatch) -> tuple[str | int, ...]:
    """Return the place of a mismatch in the file: refusals and deliveries stand in the step, the rest in ``expect``."""
    match mismatch.key:
        case ("refused",) if step.expect.refused is None:
            return step.place
        case ("refused" | "because",):
            return (*step.place, *mismatch.key)
        case ("delivered",):
            return (*step.place, "tick")
        case _:
            return (*step.place, "expect", *mismatch.key)


@dataclass(frozen=True, slots=True)
class _Stage:
    """One scene in its office."""

    rehearsal: Rehearsal
    scene: Scene
    store: Store
    time: DrivenTime
    shelf: Shelf
    reader: Reader

    def play(self, seen: set[Feature]) -> Iterator[tuple[Mismatch, Step]]:
        """Play the scene, note what is reached, and yield what is not as expected, with its step."""
        self._deploy()
        engine = Engine(self.store, self.reader, office=OFFICE, now=self.time, shelf=self.shelf)
        scene = self.scene
        story = Story(OFFICE, scene.title, self.rehearsal.procedure.id, scene.zone, (), scene.steps)
        opened: list[str] = []
        for outcome in play(story, engine, self.time, self.rehearsal.languages):
            yield from ((mismatch, outcome.step) for mismatch in outcome.mismatches)
            if _failed_to_open(outcome):
                return
            if outcome.receipt and isinstance(outcome.step.deed, OpenStep):
                opened.append(outcome.receipt.case.id)
            for case in opened:
                seen.update(self._reached(case))

    def _deploy(self) -> None:
        """Put the definitions into use, as they were compiled; another calendar takes the place of the procedure's."""
        with self.store.begin(OFFICE, write=True) as tx:
            for compiled in self.rehearsal.definitions:
                own = compiled.kind == "calendar" and compiled.name == self.rehearsal.procedure.calendar
                tx.deploy(_definition(compiled, (self.scene.calendar if own else None) or compiled))

    def _reached(self, case: str) -> Iterator[Feature]:
        with self.store.begin(OFFICE, write=False) as tx:
            situation = Session(tx, OFFICE, self.time.now, self.shelf).situation(case)
            yield from reached(situation, tx.events(case))


def _definition(named: Compiled, meant: Compiled) -> Definition:
    """Return a definition as deployed, under the name of one and with the content of the other."""
    return Definition(
        office=OFFICE,
        kind=named.kind,
        name=ROSTER if named.kind == "roster" else named.name,
        version=named.version or 1,
        fingerprint=meant.fingerprint,
        source="",
        compiled=meant.compiled,
        deployed_at=datetime(1970, 1, 1, tzinfo=UTC),
    )


def _failed_to_open(outcome: Outcome) -> bool:
    """Return whether a case that should be there is not; nothing that follows would tell anything then."""
    return isinstance(outcome.step.deed, OpenStep) and outcome.refusal is not None and bool(outcome.mismatches)
