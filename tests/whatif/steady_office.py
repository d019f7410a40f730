"""An office with known parameters: so many arrivals on a working day, and handling times of a known distribution."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from caseclock.definitions import shipped
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, Engine

from ..conftest import RememberingReader

SOURCE = """
procedure: request
version: 1
calendar: cn
opened_by: clerk
stages: {work: {}}
roles: {clerk: {}, head: {of: unit}}
fields: {subject: {type: text, required: true}, urgent: {type: flag}}
clocks:
  answer: {starts: opened, limit: [{when: urgent, is: 2 working days}, {is: 5 working days}], stops: reply}
states:
  new:
    stage: work
    actions: {send: {by: clerk, to: away, input: {units: {type: list, of: unit, required: true}}, opens: slip}}
  away: {stage: work, actions: {back: {by: system, to: here}}}
  here: {stage: work, actions: {reply: {by: clerk, to: done}}}
  done: {stage: work, final: true}
subcases:
  slip:
    for_each: units
    clocks:
      unit: {starts: opened, limit: 3 working days, stops: answer}
    states:
      asked: {stage: work, actions: {answer: {by: head, to: answered}}}
      answered: {stage: work, final: true}
    when_all: {answered: back}
"""
CLERK = Actor("cleo", frozenset({"clerk"}))
UNITS = ("roads", "water")
READER = RememberingReader()
BEGIN = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
"""A Monday at half past eight in Shanghai."""


class SteadyOffice:
    """Cases arrive on working days, wait about an hour, half a day to some days at a unit, and a quarter of a day."""

    def __init__(self, seed: int, store: Any = None, name: str = "steady", units: tuple[str, ...] = UNITS) -> None:
        self.units = units
        self.random = random.Random(seed)
        self.now = BEGIN
        self.engine = Engine(store or MemoryStore(), READER, office=name, now=lambda: self.now)
        self.engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
        self.engine.deploy(SOURCE, file="request.procedure.yaml")
        self.calendar = self.engine.calendar("request")
        self.coming: list[tuple[datetime, int, str, str, Any]] = []
        self.serial = 0

    def run(self, weeks: int) -> SteadyOffice:
        """Let so many more weeks pass."""
        end = self.now + timedelta(weeks=weeks)
        day = self.now
        while day < end:
            if self.calendar.is_working(self.calendar.to_date(day)):
                for _ in range(self.random.choice((0, 1, 1, 2, 2, 3))):
                    self._later(day + timedelta(minutes=self.random.randrange(200)), "open", "", None)
            day += timedelta(days=1)
        while self.coming and min(self.coming)[0] <= end:
            entry = min(self.coming)
            self.coming.remove(entry)
            self.now = entry[0]
            self._do(entry[2], entry[3], entry[4])
        self.now = end
        return self

    def _later(self, at: datetime, action: str, case: str, more: Any) -> None:
        self.serial += 1
        self.coming.append((at, self.serial, action, case, more))

    def _after(self, hours: float) -> datetime:
        """So many open hours from now, in the morning session of working days, of three hours and a half."""
        at, left = self.now, timedelta(hours=hours)
        while True:
            day = self.calendar.to_date(at)
            for opens, closes in self.calendar.open_on(day):
                begins = max(opens, at)
                if begins < closes:
                    if left <= closes - begins:
                        return begins + left
                    left -= closes - begins
            at = self.calendar.midnight_before(self.calendar.working_day_after(day, 1))

    def _do(self, action: str, case: str, more: Any) -> None:
        if action == "open":
            data = {"subject": "Lamp", "urgent": self.random.random() < 0.2}
            number = self.engine.open("request", data, by=CLERK).case.number
            self._later(self._after(self.random.uniform(0.5, 4)), "send", number, None)
        elif action == "send":
            units = self.random.sample(self.units, self.random.choice((1, 1, 2)))
            for slip in self.engine.fire(case, "send", by=CLERK, data={"units": units}).opened:
                slow = 10 if slip.unit == self.units[0] else 5
                self._later(self._after(self.random.expovariate(1 / slow)), "answer", slip.number, slip.unit)
        elif action == "answer":
            head = Actor(f"head_{more}", frozenset({"head"}), more)
            receipt = self.engine.fire(case, "answer", by=head)
            root = self.engine.case(receipt.case.root).case
            if root.state == "here":
                self._later(self._after(self.random.uniform(1, 6)), "reply", root.number, None)
        else:
            self.engine.fire(case, "reply", by=CLERK)
