"""An office whose cases go over to another version of their procedure, with time that the test drives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow import Actor, Engine
from caseclock.workflow.migration import Moves, Plan
from caseclock.workflow.ports import Store

CLERK, HEAD = Actor("ann", frozenset({"clerk"})), Actor("ben", frozenset({"head"}))
LAST = datetime.max.replace(tzinfo=UTC)

FIRST = """
procedure: matter
version: 1
calendar: cn
numbering: "M{serial}"
opened_by: clerk
redacted_by: head
stages: {work: {}}
roles: {clerk: {}, head: {}}
fields: {subject: {type: text}, author: {type: text, private: true}}
clocks:
  reply:
    effect: statutory
    limit: 5 working days
    stops: close
    restarts: reopen
    pauses: {from: ask, to: told}
    extension: {to: 8 working days, times: 1, asked: request, granted: grant, refused: refuse, ask: before_due}
    ladder: {1 working day before: warn, due: urge}
  first_word:
    effect: service
    limit: 2 days
    stops: [take, close]
    ladder: {due: urge}
states:
  received: {stage: work, actions: {take: {by: clerk, to: handling}}}
  handling:
    stage: work
    actions: {finish: {by: clerk, to: answered}}
  answered:
    stage: work
    actions: {send_back: {by: head, to: handling}, close: {by: head, to: closed}}
  closed: {stage: work, final: true}
actions:
  ask: {in: [received, handling], by: clerk, optional: true}
  told: {in: [received, handling], by: clerk, optional: true}
  reopen: {in: answered, by: head, to: received, optional: true}
  request: {in: [received, handling], by: clerk, optional: true}
  grant: {in: [received, handling, answered], by: head, optional: true}
  refuse: {in: [received, handling, answered], by: head, optional: true}
  warn: {in: open, by: system}
  urge: {in: open, by: system}
  supervise: {in: open, by: system}
"""

LADDER = "{3 working days before: warn, due: urge, 1 day after: supervise}"
SECOND = (
    FIRST.replace("version: 1", "version: 2")
    .replace("handling", "working")
    .replace("  ask: {in", "  inquire: {in")
    .replace("from: ask,", "from: inquire,")
    .replace("limit: 5 working days", "limit: 7 working days")
    .replace("to: 8 working days", "to: 11 working days")
    .replace(
        "{1 working day before: warn, due: urge}", "{3 working days before: warn, due: urge, 1 day after: supervise}"
    )
)
"""A longer limit, another ladder, and a state and an action with other names."""

SHORTER = SECOND.replace("limit: 7 working days", "limit: 3 working days")
WITHOUT_FIRST_WORD = SECOND.replace(SECOND[SECOND.index("  first_word:") : SECOND.index("states:")], "")

STATES = {"received": "received", "handling": "working", "answered": "answered", "closed": "closed"}
ACTIONS = {"ask": "inquire"}


def plan(decision: str = "", procedure: str = "matter", digest: str = "the plan", **clocks: str) -> Plan:
    """Return a plan from the first version to the second, with a rule for some of the clocks."""
    return Plan(
        procedure=procedure,
        source=1,
        target=2,
        reason="the rule was changed",
        digest=digest,
        kinds={"case": Moves(STATES, clocks, ACTIONS)},
        decision=decision,
    )


@dataclass
class Matters:
    """An office on a store; time stands still until the test moves it."""

    engine: Engine
    store: Store
    clock: list[datetime]

    def later(self, **span: float) -> Matters:
        """Move time on."""
        self.clock[0] += timedelta(**span)
        return self

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock[0]

    def open(self, **data: Any) -> str:
        """Open a case and return its number."""
        return self.engine.open("matter", {"subject": "A hole in the road", **data}, by=CLERK).case.number

    def do(self, case: str, action: str, by: Actor = CLERK, **options: Any) -> Any:
        """Fire an action."""
        return self.engine.fire(case, action, by=by, **options)

    def deploy(self, text: str) -> None:
        """Deploy a version of the procedure."""
        self.engine.deploy(text, file="matter.procedure.yaml")

    def migrate(self, asked: Plan) -> str:
        """Try a plan, find no problem, carry it out, and return its id."""
        trial = self.engine.try_migration(asked)
        assert [problem.text() for problem in trial.problems] == []
        return self.engine.migrate(asked, trial.told(), by=HEAD).id

    def due(self, case: str, clock: str = "reply") -> datetime:
        """Return the due of a clock."""
        return self.status(case, clock).due_at

    def status(self, case: str, clock: str = "reply") -> Any:
        """Return where a clock stands."""
        return self.engine.why(case, clock)[0]

    def kept(self, case: str) -> tuple[Any, Any, Any]:
        """Return what is stored of a family: its cases but for revision and link, its clocks, and its timers."""
        view = self.engine.case(case)
        cases = (view.case, *(member.case for member in view.subcases))
        with self.store.begin(self.engine.office, write=False) as tx:
            clocks, timers = tx.clocks(view.case.root), tx.timers_of(view.case.root)
        # The due of a clock that stands still moves on with time, so its row holds that of the last writing.
        rows = tuple(replace(row, due_at=LAST) if row.paused else row for row in clocks)
        return tuple(replace(one, revision=0, link="") for one in cases), rows, timers

    def is_sound(self, new_store: Callable[[], Store]) -> None:
        """Assert that everything verifies, follows from the history, and can be loaded elsewhere."""
        assert self.engine.verify().findings == ()
        report = self.engine.rebuild(check=True)
        assert (report.differences, report.failed) == ((), {})
        lines = list(self.engine.export())
        other = self.engine.using(new_store())
        assert other.load(lines).failed == {}
        assert list(other.export()) == lines
        report = other.rebuild(check=True)
        assert (report.differences, report.failed) == ((), {})


@pytest.fixture
def matters_of(reader: YamlReader) -> Callable[..., Matters]:
    """Makes the office on a store, with some text of the procedure."""

    def make(store: Store, text: str = FIRST, clock: list[datetime] | None = None) -> Matters:
        time = clock or [datetime(2026, 11, 16, 1, tzinfo=UTC)]
        engine = Engine(store, reader, office="town", now=lambda: time[0])
        engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
        matters = Matters(engine, store, time)
        matters.deploy(text)
        return matters

    return make


@pytest.fixture
def matters(any_store: Store, matters_of: Callable[..., Matters]) -> Matters:
    """The office on each store, with the first version. 16 November 2026 is a Monday."""
    return matters_of(any_store)
