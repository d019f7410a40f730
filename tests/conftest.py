"""What every test shares: a township office on a real store, with time that the test drives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import MemoryStore, create_store
from caseclock.workflow import Engine, Receipt
from caseclock.workflow.ports import Compiled

# The gate gives the same answer every time; `--hypothesis-profile default` looks further.
settings.register_profile("gate", derandomize=True, deadline=None)
settings.load_profile("gate")

SHANGHAI = ZoneInfo("Asia/Shanghai")

ROSTER = """
roster: qingxi
units:
  water: {title: {zh: 水务站, en: Water station}}
  roads: {title: {zh: 公路站, en: Roads station}}
  health: {title: {zh: 卫生院, en: Health centre}}
  east_village: {title: {zh: 东村村委会, en: East village committee}, can_lead: false}
people:
  olive: {name: {zh: 舆情员甲, en: Olive}, roles: [officer]}
  paula: {name: {zh: 发布员乙, en: Paula}, roles: [officer, publisher]}
  omar: {name: {zh: 办公室丙, en: Omar}, roles: [office]}
  lena: {name: {zh: 分管领导丁, en: Lena}, roles: [leader]}
  louis: {name: {zh: 主要领导戊, en: Louis}, roles: [leader]}
  greta: {name: {zh: 组长己, en: Greta}, roles: [group_head, leader]}
  wanda: {name: {zh: 水务站站长, en: Wanda}, roles: [unit_head], unit: water}
  walt: {name: {zh: 水务站联络员, en: Walt}, roles: [liaison], unit: water}
  rosa: {name: {zh: 公路站站长, en: Rosa}, roles: [unit_head], unit: roads}
  ray: {name: {zh: 公路站联络员, en: Ray}, roles: [liaison], unit: roads}
  hugo: {name: {zh: 卫生院院长, en: Hugo}, roles: [unit_head], unit: health}
  eva: {name: {zh: 东村主任, en: Eva}, roles: [unit_head], unit: east_village}
"""


@dataclass
class Township:
    """An office whose time stands still until the test moves it."""

    engine: Engine
    clock: list[datetime]

    @staticmethod
    def instant(text: str) -> datetime:
        """Return an instant from the wall time that people in Shanghai read, such as ``2026-11-16 09:00``."""
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

    @staticmethod
    def paper(name: str) -> dict[str, str]:
        """Return a file as the engine takes it."""
        return {"name": name, "sha256": "0" * 64}

    def at(self, text: str) -> Township:
        """Move time to a wall time in Shanghai."""
        self.clock[0] = self.instant(text)
        return self

    def later(self, **span: float) -> Township:
        """Move time on."""
        self.clock[0] += timedelta(**span)
        return self

    def open(self, **data: Any) -> str:
        """Open a case posted now and return its number."""
        values = {"subject": "Flooded road", "posted_at": self.clock[0], **data}
        return self.engine.open("online_opinion", values, by="olive").case.number

    def do(self, case: str, action: str, by: str, **data: Any) -> Receipt:
        """Fire an action now."""
        return self.engine.fire(case, action, by=by, data=data)

    def dispatched(self, *units: str, lead: str | None = None, **data: Any) -> str:
        """Open a case, report and dispatch it; return its number."""
        case = self.open()
        self.do(case, "report", "olive")
        inputs = {"instruction": "Look into it", "units": list(units or ("water",)), "lead": lead, **data}
        self.do(case, "dispatch", "lena", **inputs)
        return case

    def answer(self, slip: str, by: str) -> Receipt:
        """Have a unit's head answer a slip."""
        return self.do(slip, "answer", by, result="Pumped dry", reply_opinion="Done", proposed_outcome="resolved")

    def approve(self, case: str, by: str = "lena", text: str = "The road is dry again.", **data: Any) -> Receipt:
        """Approve a reply with every check passed."""
        checks = dict.fromkeys(("facts_checked", "policy_checked", "secrecy_checked", "privacy_checked"), True)
        return self.do(case, "approve", by, **{"reply_text": text, "outcome": "resolved", **checks, **data})

    def publish(self, case: str, by: str = "paula", text: str = "The road is dry again.") -> Receipt:
        """Publish a reply on the original site."""
        data = {
            "published_text": text,
            "reply_url": "https://board.example/1",
            "reply_capture": self.paper("reply.png"),
        }
        return self.do(case, "publish", by, **data)

    def file_record(self, case: str, **data: Any) -> Receipt:
        """File a record with all five classes."""
        classes = ("original_post", "handling_record", "assignment_and_reply", "leaders_instructions", "other_material")
        papers: dict[str, Any] = {name: [self.paper(f"{name}.pdf")] for name in classes}
        return self.do(case, "file_record", "omar", **{**papers, "retention": "years_30", **data})

    def state(self, case: str) -> str:
        """Return the state of a case."""
        return self.engine.case(case).case.state

    def clock_of(self, case: str, name: str) -> Any:
        """Return where a clock of a case stands."""
        return self.engine.why(case, name)[0]


class RememberingReader(YamlReader):
    """A reader that compiles each text once for all tests."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], Compiled] = {}

    def compile(self, source: str, *, file: str) -> Compiled:
        if (source, file) not in self._compiled:
            self._compiled[source, file] = super().compile(source, file=file)
        return self._compiled[source, file]


@pytest.fixture(scope="session")
def reader() -> YamlReader:
    return RememberingReader()


@pytest.fixture(params=["memory", "sqlite"])
def township(request: pytest.FixtureRequest, tmp_path: Path, reader: YamlReader) -> Iterator[Township]:
    """The township office, with the shipped seven-step procedure, on each store."""
    store = MemoryStore() if request.param == "memory" else create_store(f"sqlite:///{tmp_path}/cases.db")
    clock = [Township.instant("2026-11-16 09:00")]
    engine = Engine(store, reader, office="qingxi", now=lambda: clock[0])
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    engine.deploy(ROSTER, file="qingxi.roster.yaml")
    yield Township(engine, clock)
    close = getattr(store, "close", None)
    if close:
        close()
