"""The engine against a simple model, on every store: whatever is done, nothing is lost and nothing invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import MemoryStore, create_store
from caseclock.workflow import Actor, CaseclockError, Conflict, Engine, NotAllowed
from caseclock.workflow.chain import linked
from caseclock.workflow.history import fold

CLERK, HEAD = Actor("ann", frozenset({"clerk"})), Actor("ben", frozenset({"head"}))
UNITS = {name: Actor(f"head of {name}", frozenset({"unit"}), name) for name in ("water", "roads")}
PROCEDURE = """
procedure: errand
version: 1
calendar: cn
numbering: "E{serial}"
opened_by: clerk
redacted_by: head
stages: {work: {}}
roles: {clerk: {}, head: {}, unit: {of: unit}}
documents: {letter: {title: {en: Letter, zh: 函}, numbering: "L{serial}"}}
fields: {subject: {type: text}, author: {type: text, private: true}}
clocks:
  reply:
    limit: 3 working days
    stops: close
    pauses: {from: ask, to: told}
    ladder: {1 working day before: warn, due: urge}
states:
  received:
    stage: work
    actions:
      dispatch:
        by: head
        to: handling
        input: {units: {type: list, of: unit, required: true}}
        opens: errand_slip
        issues: letter
      withdraw: {by: clerk, to: closed}
      ask: {by: clerk}
      told: {by: clerk}
  handling: {stage: work, actions: {ask: {by: clerk}, told: {by: clerk}}}
  answered: {stage: work, actions: {close: {by: head, to: closed}}}
  closed: {stage: work, final: true}
actions:
  warn: {in: open, by: system}
  urge: {in: open, by: system}
  all_in: {in: [handling], by: system, to: answered}
subcases:
  errand_slip:
    for_each: units
    states:
      issued: {stage: work, actions: {answer: {by: unit, to: done, input: {text: {type: text, private: true}}}}}
      done: {stage: work, final: true}
    when_all: {done: all_in}
"""
LEADS = {
    ("received", "dispatch"): "handling",
    ("received", "withdraw"): "closed",
    ("answered", "close"): "closed",
    ("received", "ask"): "received",
    ("received", "told"): "received",
    ("handling", "ask"): "handling",
    ("handling", "told"): "handling",
}
WHO = {"dispatch": HEAD, "close": HEAD, "withdraw": CLERK, "ask": CLERK, "told": CLERK}


@dataclass
class Modelled:
    """What the model knows of a case."""

    state: str = "received"
    slips: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=lambda: ["open"])
    private: bool = True


class Offices(RuleBasedStateMachine):
    """An office on a store, and what a few dictionaries say that it must be."""

    make_store: Callable[[], Any]
    reader: YamlReader

    def __init__(self) -> None:
        super().__init__()
        self.store = type(self).make_store()
        self.now = datetime(2026, 11, 16, 1, tzinfo=UTC)
        self.engine = Engine(self.store, self.reader, office="town", now=lambda: self.now)
        self.cases: dict[str, Modelled] = {}
        self.keys: dict[str, tuple[str, str, int]] = {}

    @initialize()
    def deploy(self) -> None:
        roster = "roster: town\nunits: {water: {}, roads: {}}\npeople: {}\n"
        for text, file in (
            (shipped("cn.calendar.yaml"), "cn.calendar.yaml"),
            (roster, "town.roster.yaml"),
            (PROCEDURE, "errand.procedure.yaml"),
        ):
            self.engine.deploy(text, file=file)

    def teardown(self) -> None:
        if hasattr(self.store, "close"):
            self.store.close()

    def some_case(self, data: Any) -> str:
        return str(data.draw(st.sampled_from(sorted(self.cases))))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(back=st.integers(0, 200), key=st.none() | st.integers(0, 3))
    def open(self, back: int, key: int | None) -> None:
        name = None if key is None else f"open-{key}"
        data = {"subject": "x", "author": "invented"}
        receipt = self.engine.open("errand", data, by=CLERK, at=self.now - timedelta(hours=back), key=name)
        number = receipt.case.number
        if name in self.keys:
            assert receipt.repeated
            assert self.keys[name] == (number, "open", 1)
            return
        assert number == f"E{len(self.cases) + 1}"
        self.cases[number] = Modelled()
        if name:
            self.keys[name] = (number, "open", receipt.event.seq)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), action=st.sampled_from(sorted(WHO)), key=st.none() | st.integers(0, 3))
    def act(self, data: Any, action: str, key: int | None) -> None:
        number = self.some_case(data)
        model, name = self.cases[number], None if key is None else f"{action}-{key}"
        units = data.draw(st.sampled_from([["water"], ["water", "roads"]])) if action == "dispatch" else []
        inputs = {"units": units} if units else {}
        expected = LEADS.get((model.state, action))
        try:
            receipt = self.engine.fire(number, action, by=WHO[action], data=inputs, key=name)
        except Conflict:
            assert name in self.keys
            assert self.keys[name][0] != number
            return
        except NotAllowed:
            assert expected is None or self.paused_oddly(model, action)
            return
        if name in self.keys:
            assert receipt.repeated
            assert self.keys[name] == (number, action, receipt.event.seq)
            return
        assert expected is not None
        model.state = expected
        model.done.append(action)
        model.slips |= dict.fromkeys(units, "issued")
        if name:
            self.keys[name] = (number, action, receipt.event.seq)

    @staticmethod
    def paused_oddly(model: Modelled, action: str) -> bool:
        """Time cannot be stopped twice, nor go on when it has not stopped."""
        turns = [done for done in model.done if done in ("ask", "told")]
        stopped = bool(turns) and turns[-1] == "ask"
        return (action == "ask" and stopped) or (action == "told" and not stopped)

    @precondition(lambda self: any("issued" in model.slips.values() for model in self.cases.values()))
    @rule(data=st.data())
    def answer(self, data: Any) -> None:
        waiting = sorted(
            (number, unit)
            for number, model in self.cases.items()
            for unit, state in model.slips.items()
            if state == "issued"
        )
        number, unit = data.draw(st.sampled_from(waiting))
        model = self.cases[number]
        slip = f"{number}-{list(model.slips).index(unit) + 1}"
        self.engine.fire(slip, "answer", by=UNITS[unit], data={"text": "invented"})
        model.slips[unit] = "done"
        model.private = True
        if set(model.slips.values()) == {"done"}:
            model.state = "answered"

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def act_on_what_one_has_seen_before(self, data: Any) -> None:
        number = self.some_case(data)
        seen = self.engine.case(number).case.revision
        with pytest.raises(Conflict, match=r"revision|changed since"):
            self.engine.fire(number, "ask", by=CLERK, revision=seen - 1)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def redact(self, data: Any) -> None:
        number = self.some_case(data)
        model = self.cases[number]
        try:
            self.engine.redact(number, by=HEAD, reason="asked")
        except CaseclockError:
            assert not model.private
            return
        assert model.private
        model.private = False

    @rule()
    def tick(self) -> None:
        report = self.engine.tick()
        assert report.failed == {}
        assert self.engine.tick().delivered == ()

    @rule()
    def close_heads(self) -> None:
        self.engine.close_heads()

    @rule()
    def move_to_another_database(self) -> None:
        lines = list(self.engine.export())
        other = Engine(MemoryStore(), self.reader, office="town", now=lambda: self.now)
        assert len(other.load(lines).loaded) == len(self.cases)
        assert list(other.export()) == lines

    @rule()
    def rebuild(self) -> None:
        assert self.engine.rebuild().differences == ()

    @invariant()
    def cases_are_where_the_model_has_them(self) -> None:
        for number, model in self.cases.items():
            view = self.engine.case(number)
            assert view.case.state == model.state
            slips = {member.case.unit: member.case.state for member in view.subcases}
            assert slips == model.slips

    @invariant()
    def histories_add_up_and_prove_themselves(self) -> None:
        for number in self.cases:
            events = [entry.event for entry in self.engine.history(number)]
            view = self.engine.case(number)
            assert fold(events) == (view.case, *(member.case for member in view.subcases))
            assert [event.link for event in events] == [event.link for event in linked(events, {})]
            rungs = [(event.case, event.rung) for event in events if event.rung]
            assert len(rungs) == len(set(rungs))
        assert self.engine.verify().findings == ()


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgres"])
def test_the_engine_does_as_the_model_says(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, reader: YamlReader, kind: str
) -> None:
    def make() -> Any:
        if kind == "memory":
            return MemoryStore()
        if kind == "sqlite":
            return create_store(f"sqlite:///{tmp_path_factory.mktemp('machine')}/cases.db")
        store = create_store(request.getfixturevalue("postgres"))
        with store.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for table in ("ends", "heads", "private", "documents", "timers", "clocks", "events", "cases", "serials"):
                connection.exec_driver_sql(f"DELETE FROM cc_{table}")
            connection.exec_driver_sql("DELETE FROM cc_definitions")
        return store

    machine = type("Machine", (Offices,), {"make_store": staticmethod(make), "reader": reader})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples={"memory": 60, "sqlite": 20, "postgres": 12}[kind],
            stateful_step_count=25,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
