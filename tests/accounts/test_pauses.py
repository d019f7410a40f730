"""Time that stands still is nobody's, in every run of a clock, and the account still adds up."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.definitions import shipped
from caseclock.definitions.reports.making import report_on
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, CaseclockError, Engine
from caseclock.workflow.accounts import CaseAccount, account
from caseclock.workflow.reports import plan_of

from ..conftest import RememberingReader

PROCEDURE = """
procedure: permit
version: 1
calendar: cn
numbering: "P{serial}"
opened_by: clerk
stages: {intake: {}, work: {}}
roles: {clerk: {}, unit: {of: unit}}
clocks:
  decision:
    effect: statutory
    limit: 10 working days
    stops: decide
    restarts: begin_again
    pauses: {from: ask, to: [receive, begin_again], times: 9}
states:
  received:
    stage: intake
    actions:
      send:
        by: clerk
        to: handling
        input: {units: {type: list, of: unit, required: true}, lead: {type: unit}}
        when: len(units) == 1 or lead in units
        opens: part
  handling:
    stage: work
    actions: {decide: {by: clerk, to: decided}}
  decided: {stage: work, final: true}
actions:
  ask: {in: open, by: clerk, optional: true}
  receive: {in: open, by: clerk, optional: true}
  begin_again: {in: open, by: clerk, optional: true}
  gathered: {in: open, by: system}
subcases:
  part:
    for_each: units
    lead: lead
    clocks:
      reply: {effect: statutory, limit: 3 days, stops: answer, pauses: {from: wait, to: go_on, times: 9}}
    states:
      begun:
        stage: work
        actions:
          answer: {by: unit, to: answered}
          wait: {by: unit, optional: true}
          go_on: {by: unit, optional: true}
      answered: {stage: work, final: true}
      closed: {stage: work, final: true}
    actions: {close: {in: open, by: system, to: closed}}
    when_all: {answered: gathered}
    when_case_ends: close
"""
CLERK = Actor("ann", frozenset({"clerk"}))
HEADS = {unit: Actor(f"head of {unit}", frozenset({"unit"}), unit) for unit in ("water", "roads")}
READER = RememberingReader()
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Office:
    """An office with the procedure above, whose time the test moves."""

    def __init__(self) -> None:
        self.now = MONDAY
        self.engine = Engine(MemoryStore(), READER, office="o", now=lambda: self.now)
        self.engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
        self.engine.deploy(PROCEDURE, file="permit.procedure.yaml")
        self.case = self.engine.open("permit", {}, by=CLERK).case.number

    def do(self, action: str, by: Actor = CLERK, part: int = 0, hours: float = 0, **data: object) -> None:
        """Let some hours pass, then do something on the case, or on one of its parts."""
        self.now += hours * HOUR
        target = f"{self.case}-{part}" if part else self.case
        self.engine.fire(target, action, by=by, data=data)

    def account(self, hours: float = 0) -> CaseAccount:
        self.now += hours * HOUR
        return account(self.engine.standing(self.case), plan_of(self.engine.procedure("permit")).slips)


@pytest.fixture
def office() -> Office:
    return Office()


def test_while_the_case_stands_still_no_unit_bears_time(office: Office) -> None:
    office.do("send", hours=1, units=["water"])
    office.do("ask", hours=2)
    office.do("receive", hours=5)
    found = office.account(hours=3)
    assert (found.unassigned, found.paused, found.units) == ({"intake": HOUR}, 5 * HOUR, 5 * HOUR)


def test_pauses_before_a_restart_stay_in_the_account(office: Office) -> None:
    office.do("ask", hours=1)
    office.do("receive", hours=2)
    office.do("begin_again", hours=1)
    office.do("ask", hours=1)
    assert office.account(hours=4).paused == 6 * HOUR


def test_a_restart_ends_the_pause_that_was_open(office: Office) -> None:
    office.do("ask", hours=1)
    office.do("begin_again", hours=2)
    assert office.account(hours=4).paused == 2 * HOUR


def test_a_unit_whose_own_time_stands_still_leaves_the_time_to_the_others(office: Office) -> None:
    office.do("send", units=["water", "roads"], lead="water")
    office.do("wait", HEADS["water"], 1, hours=2)
    found = office.account(hours=3)
    assert (found.as_lead, found.as_co_unit) == ({"water": 2 * HOUR}, {"roads": 3 * HOUR})
    assert {slip.unit: slip.own for slip in found.slips} == {"water": 2 * HOUR, "roads": 5 * HOUR}
    office.do("wait", HEADS["roads"], 2)
    assert office.account(hours=7).paused == 7 * HOUR


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), steps=st.integers(0, 30), back=st.integers(0, 3000))
def test_the_account_balances_with_any_pauses_and_restarts(seed: int, steps: int, back: int) -> None:
    office, chance = Office(), random.Random(seed)
    for _ in range(steps):
        office.now += timedelta(minutes=chance.choice((0, 1, 61, 700)))
        try:
            if chance.random() < 0.5:
                unit = chance.choice(("water", "roads"))
                part = 1 + (unit == "roads")
                office.do(chance.choice(("wait", "go_on", "answer")), HEADS[unit], part)
            else:
                action = chance.choice(("ask", "receive", "begin_again", "send", "decide"))
                data = {"units": ["water", "roads"], "lead": "water"}
                office.do(action, **(data if action == "send" else {}))
        except CaseclockError:
            continue
    at = max(office.now - timedelta(minutes=back), MONDAY)
    for cutoff in (office.now, at):
        found = account(office.engine.standing(office.case, cutoff))
        assert found.balanced
        assert all(timedelta() <= slip.own <= found.elapsed for slip in found.slips)


def test_a_procedure_without_a_plan_is_counted_by_its_own_clocks(office: Office) -> None:
    office.do("send", hours=1, units=["water"])
    office.do("answer", HEADS["water"], 1, hours=1)
    office.do("decide", hours=1)
    office.now += timedelta(days=30)
    report = report_on(office.engine, plan_of(office.engine.procedure("permit")), at=office.now)
    found = {one.name: (one.hits, one.n) for one in report.figures if one.group == "all"}
    assert (found["replied_on_time"], found["answered_on_time"]) == ((1, 1), (1, 1))
    assert "satisfied" not in found
