"""The law of limits over any sequence of mergers and splits: the earliest statutory limit never moves later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, Engine, Refusal

SOURCE = """
procedure: request
version: 1
calendar: cn
opened_by: clerk
stages: {work: {}}
roles: {clerk: {}, head: {}}
fields:
  subject: {type: text, required: true}
  came_on: {type: date}
  urgent:  {type: flag}
clocks:
  answer:
    starts: [came_on, opened]
    limit: [{when: urgent, is: 2 working days}, {is: 1 week}]
    stops: answer
    runs_on: reopen
    extension: {by: 5 days, times: 2, granted: extend}
    pauses: [{from: ask, to: hear}]
    lenient: {limit: 2 weeks}
  again:
    starts: opened
    limit: 10 days
    stops: answer
    restarts: reopen
  target:
    effect: service
    starts: opened
    limit: 1 day
    stops: answer
states:
  working:
    stage: work
    actions:
      answer: {by: clerk, to: answered}
  answered:
    stage: work
    actions:
      reopen: {by: clerk, to: working}
      file:   {by: clerk, to: filed}
  filed:  {stage: work, final: true}
  merged: {stage: work, final: true}
actions:
  merge:
    in: [working, answered]
    by: clerk
    to: merged
    input: {into: {type: text, required: true}}
    merges_into: into
  split:
    in: working
    by: clerk
    input: {parts: {type: list, of: text, required: true}}
    splits: {for: parts, field: subject}
  extend: {in: working, by: head}
  hurry:  {in: working, by: head, input: {urgent: required}}
  ask:    {in: working, by: clerk}
  hear:   {in: working, by: clerk}
"""
BOTH = Actor("ann", frozenset({"clerk", "head"}))
BEGIN = datetime(2026, 9, 24, 9, tzinfo=ZoneInfo("Asia/Shanghai"))

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "merge", "merge", "split", "extend", "hurry", "ask", "hear", "answer", "reopen"]),
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(0, 60),
    ),
    min_size=3,
    max_size=14,
)


class Office:
    """An office that plays steps and knows the statutory dues of every open case."""

    def __init__(self, reader: YamlReader) -> None:
        self.now = BEGIN
        self.engine = Engine(MemoryStore(), reader, office="o", now=lambda: self.now)
        self.engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
        self.engine.deploy(SOURCE, file="request.procedure.yaml")
        self.numbers: list[str] = []

    def open(self, back: int, *, urgent: bool) -> None:
        data = {"subject": "Lamp", "came_on": (self.now - timedelta(days=back)).date(), "urgent": urgent}
        if back == 0:
            del data["came_on"]
        self.numbers.append(self.engine.open("request", data, by=BOTH).case.number)

    def dues(self, number: str) -> dict[str, datetime]:
        """The statutory dues that somebody still has to meet; of one that stands still, as if it ran again now."""
        statuses = self.engine.why(number)
        return {it.clock.name: it.due_at for it in statuses if it.running and it.clock.effect.value == "statutory"}

    def fire(self, number: str, action: str, **data: Any) -> bool:
        try:
            self.engine.fire(number, action, by=BOTH, data=data)
        except Refusal:
            return False
        return True


def play(office: Office, step: tuple[str, int, int, int]) -> None:
    kind, which, other, hours = step
    office.now += timedelta(hours=hours)
    if kind == "open" or len(office.numbers) < 2:
        office.open(other, urgent=which % 2 == 0)
        return
    number = office.numbers[which % len(office.numbers)]
    if kind == "merge":
        into = office.numbers[other % len(office.numbers)]
        before = [office.dues(number), office.dues(into)] if number != into else []
        if office.fire(number, "merge", into=into):
            after = office.dues(into)
            for dues in before:
                for clock, due in dues.items():
                    assert clock in after, f"nobody has to meet {clock} any more"
                    assert after[clock] <= due, f"{clock} moved later"
            assert office.dues(number) == {}
    elif kind == "split":
        before = [office.dues(number)]
        if office.fire(number, "split", parts=["One", "Two"]):
            parts = [it.number for it in office.engine.case(number).case.relations if it.kind == "split_into"][-2:]
            office.numbers += parts
            for part in (number, *parts):
                after = office.dues(part)
                assert all(after[clock] <= due for clock, due in before[0].items())
    else:
        office.fire(number, kind, **({"urgent": other % 2 == 0} if kind == "hurry" else {}))


@settings(max_examples=60)
@given(steps=STEPS)
def test_the_earliest_statutory_limit_never_moves_later_by_merging_or_splitting(
    reader: YamlReader, steps: list[tuple[str, int, int, int]]
) -> None:
    """Whatever was extended, paused, hurried, answered or reopened before; and the histories stay sound."""
    office = Office(reader)
    office.open(3, urgent=False)
    for step in steps:
        play(office, step)
    assert not office.engine.verify().findings
    assert not office.engine.rebuild(check=True).differences


def test_reopening_moves_a_limit_only_where_the_rule_says_restarts(reader: YamlReader) -> None:
    """With `runs_on` a limit goes on as it was; with `restarts` the rule itself begins it anew."""
    office = Office(reader)
    office.open(0, urgent=False)
    (number,) = office.numbers
    first = office.dues(number)
    office.now += timedelta(days=2)
    office.fire(number, "answer")
    assert office.dues(number) == {}
    office.now += timedelta(days=3)
    office.fire(number, "reopen")
    again = office.dues(number)
    assert again["answer"] == first["answer"]
    assert again["again"] > first["again"]
