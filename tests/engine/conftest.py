"""An office with a permit that is deemed granted when nobody decides in time, for what is entered late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow import Actor, Engine, Receipt
from caseclock.workflow.engine import EventView
from caseclock.workflow.history import fold
from caseclock.workflow.ports import Store

SHANGHAI = ZoneInfo("Asia/Shanghai")
PERMIT = (Path(__file__).parent / "permit.procedure.yaml").read_text(encoding="utf-8")
PEOPLE = {
    "clerk": Actor("ann", frozenset({"clerk"})),
    "head": Actor("ben", frozenset({"head"})),
    "expert": Actor("cai", frozenset({"expert"}), "water"),
}


@dataclass
class Permits:
    """An office whose time stands still until the test moves it."""

    engine: Engine
    clock: list[datetime]

    @staticmethod
    def instant(text: str) -> datetime:
        """Return an instant from the wall time in Shanghai, such as ``11-16 09:00``."""
        return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)

    def at(self, text: str) -> Permits:
        """Move time to a wall time of 2026 in Shanghai."""
        self.clock[0] = self.instant(text)
        return self

    def later(self, **span: float) -> Permits:
        """Move time on."""
        self.clock[0] += timedelta(**span)
        return self

    def open(self, **data: Any) -> str:
        """Open a case and return its number."""
        return self.engine.open("permit", data, by=PEOPLE["clerk"]).case.number

    def do(
        self,
        case: str,
        action: str,
        by: str = "clerk",
        at: str | None = None,
        moment: datetime | None = None,
        **data: Any,
    ) -> Receipt:
        """Fire an action, now or with an earlier effective time."""
        moment = self.instant(at) if at else moment
        return self.engine.fire(case, action, by=PEOPLE[by], data=data, at=moment)

    def tick(self) -> list[str]:
        """Deliver what is due; return the actions delivered."""
        return [event.action for event in self.engine.tick().delivered]

    def state(self, case: str) -> str:
        """Return the state of a case."""
        return self.engine.case(case).case.state

    def due(self, case: str, clock: str = "decision") -> str:
        """Return the due of a clock as wall time in Shanghai."""
        return self.engine.why(case, clock)[0].due_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")

    def history(self, case: str) -> list[str]:
        """Return the actions done on a case alone; what is overtaken in brackets."""
        return [f"({view.event.action})" if view.overtaken else view.event.action for view in self.entries(case)]

    def entries(self, case: str) -> list[EventView]:
        """Return the history of a case alone."""
        return [view for view in self.engine.history(case) if view.number == case]

    def check(self, case: str) -> None:
        """Assert that the kept cases of a family are what their history adds up to."""
        view = self.engine.case(case)
        kept = (view.case, *(member.case for member in view.subcases))
        assert fold(entry.event for entry in self.engine.history(case)) == kept


@pytest.fixture
def permits_of(reader: YamlReader) -> Callable[[Store], Permits]:
    """Makes the office on a store. 2 November 2026 is a Monday; ten working days end on Monday the 16th."""

    def make(store: Store) -> Permits:
        clock = [Permits.instant("11-02 09:00")]
        engine = Engine(store, reader, office="town", now=lambda: clock[0])
        engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
        engine.deploy(PERMIT, file="permit.procedure.yaml")
        return Permits(engine, clock)

    return make


@pytest.fixture
def permits(any_store: Store, permits_of: Callable[[Store], Permits]) -> Permits:
    """The office on each store."""
    return permits_of(any_store)
