"""docs/laws.md: each line that it quotes stands in the law, each date is tested, each example is due as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.yaml_reader import read_yaml
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, Engine
from caseclock.workflow.calendars import Calendar

LAWS = ("uk_foi", "eu_gdpr", "fr_building_permit", "cn_open_information", "cn_petition")
ANYBODY = Actor("ann", frozenset({"clerk"}))
AFTERWARDS = datetime(2027, 6, 1, tzinfo=UTC)

AROUND_A_CLOCK = """
procedure: example
version: 1
calendar: england
opened_by: clerk
stages: {s: {}}
roles: {clerk: {}}
fields:
  received_at: {type: instant}
  served_at:   {type: instant}
  posted_at:   {type: instant}
  emailed_at:  {type: instant}
  desk_at:     {type: instant}
  happened_at: {type: instant}
  known_at:    {type: instant}
  fee_at:      {type: instant}
  hearing_on:  {type: date}
  days_given:  {type: integer}
  urgent:      {type: flag}
  service:     {type: choice, choices: [mail, hand]}
states:
  pending:
    stage: s
    actions: {answer: {by: clerk, to: answered}, deem_granted: {by: system, to: granted}}
  answered: {stage: s, final: true}
  granted:  {stage: s, final: true}
actions:
  ask:           {in: pending, by: clerk, optional: true}
  hear:          {in: pending, by: clerk, optional: true}
  mediate:       {in: pending, by: clerk, optional: true}
  end_mediation: {in: pending, by: clerk, optional: true}
  extend:        {in: pending, by: clerk, optional: true}
  warn:          {in: open, by: system}
clocks:
"""
INSTANTS = ("received_at", "served_at", "posted_at", "emailed_at", "desk_at", "happened_at", "known_at", "fee_at")
ACTIONS = ("ask", "hear", "mediate", "end_mediation", "extend")


@dataclass(frozen=True)
class Example:
    """A clock of the page, one of the lines below it, and the calendars that stand on the page."""

    clock: str
    source: str
    facts: dict[str, str]
    due: str
    calendars: tuple[str, ...]


def examples(page: Any) -> Iterator[Example]:
    calendars = tuple(page.blocks("yaml calendar"))
    for block in page.blocks("yaml clock"):
        source = "".join(f"  {line}\n" for line in block.splitlines() if not line.startswith("#"))
        for line in re.findall(r"^# (.+)$", block, re.MULTILINE):
            facts, due = line.split(" -> ")
            pairs = dict(fact.split(" ", 1) for fact in facts.split(", "))
            yield Example(block.split(":")[0], source, pairs, due, calendars)


def moment(calendar: Calendar, text: str) -> datetime:
    """Return a time of the page; a day alone is at ten o'clock."""
    day, _, wall = text.partition(" ")
    return calendar.at(date.fromisoformat(day), time.fromisoformat(wall) if wall else time(10))


def due_of(example: Example, reader: YamlReader) -> str:
    """Open a case with the facts of an example, do what it says was done, and return the due as the page writes it."""
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    engine = Engine(MemoryStore(), reader, office="o", now=lambda: now[0])
    for name in ("england", "uk"):
        engine.deploy(shipped(f"{name}.calendar.yaml"), file=f"{name}.calendar.yaml")
    compiled = [engine.deploy(text, file="c.calendar.yaml") for text in example.calendars]
    assert compiled
    engine.deploy(AROUND_A_CLOCK + example.source, file="example.procedure.yaml")
    named = re.search(r"calendar: (\w+)", example.source)
    calendar = calendar_named(named[1] if named else "england", example.calendars, reader)
    data: dict[str, Any] = {
        name: moment(calendar, text) if name in INSTANTS else text
        for name, text in example.facts.items()
        if name not in ACTIONS
    }
    case = engine.open("example", data, by=ANYBODY).case.number
    for name in ACTIONS:
        if name in example.facts:
            now[0] = moment(calendar, example.facts[name])
            engine.fire(case, name, by=ANYBODY)
    if "deem_granted" not in example.source:
        now[0] = AFTERWARDS
    statuses = {clock.status.clock.name: clock.status for clock in engine.case(case).clocks}
    if example.clock not in statuses:
        return "not running"
    due = statuses[example.clock].due_at
    local = calendar.local(due)
    return calendar.day_up_to(due).isoformat() if local.time() == time(0) else f"{local:%Y-%m-%d %H:%M}"


def calendar_named(name: str, texts: tuple[str, ...], reader: YamlReader) -> Calendar:
    found = next((text for text in texts if text.startswith(f"calendar: {name}\n")), None)
    source = found or shipped(f"{name}.calendar.yaml")
    return reader.calendar(reader.compile(source, file=f"{name}.calendar.yaml").compiled)


def test_every_example_is_due_as_it_says(page: Any, reader: YamlReader) -> None:
    found = list(examples(page("laws")))
    assert len({example.source for example in found}) >= 12
    wrong = [
        (example.clock, example.facts, due) for example in found if (due := due_of(example, reader)) != example.due
    ]
    assert wrong == []


def stands_in(part: Any, whole: Any) -> bool:
    """Return whether a quoted part of YAML is what ``whole`` says; ``...`` stands for what is left out."""
    if isinstance(part, dict):
        keys = [key for key in part if key != "..."]
        return isinstance(whole, dict) and all(key in whole and stands_in(part[key], whole[key]) for key in keys)
    if isinstance(part, list):
        items = [item for item in part if item != "..."]
        return isinstance(whole, list) and all(any(stands_in(item, other) for other in whole) for item in items)
    return bool(part == whole)


def everything_in(data: Any) -> Iterator[Any]:
    """Yield every value within plain data, and every key."""
    yield data
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from everything_in(value)
    if isinstance(data, dict):
        yield from data


@pytest.mark.parametrize("law", LAWS)
def test_every_line_that_the_tables_quote_stands_in_the_law(page: Any, law: str) -> None:
    found = list(everything_in(read_yaml(shipped(f"{law}.procedure.yaml"), "law.yaml").data))
    quoted = [code for row in page("laws").rows(law) for code in re.findall(r"`([^`]+)`", row[1])]
    assert len(quoted) >= 5
    parts = {code: read_yaml(code, "quote.yaml").data for code in quoted}
    assert [code for code, part in parts.items() if not any(stands_in(part, value) for value in found)] == []


@pytest.mark.parametrize("law", LAWS)
def test_every_date_of_the_tables_stands_in_the_owners_test(page: Any, law: str) -> None:
    tested = shipped(f"{law}.test.yaml")
    dates = [day for row in page("laws").rows(law) for day in re.findall(r"\b\d\d-\d\d\b", row[2].replace("2026-", ""))]
    assert len(dates) >= 8
    assert [day for day in dates if f"-{day}" not in tested] == []
