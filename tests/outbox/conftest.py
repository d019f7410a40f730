"""A township whose people have addresses, and receivers that can be told how to behave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow import Actor, Engine

CLERK = Actor("olive", frozenset({"officer", "leader", "office"}))
NOW = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai"))

ROSTER = """
roster: qingxi
language: zh
units:
  water: {title: {zh: 水务站, en: Water station}}
  roads: {title: {zh: 公路站, en: Road station}}
people:
  # Invented people.
  olive: {roles: [officer], notify: olive@example.org}
  wanda: {roles: [unit_head], unit: water, notify: [wanda@example.org, "https://example.org/inbox?room=1"]}
  wim:   {roles: [liaison], unit: water, notify: "dingtalk:secret-token:signing-secret", language: en}
  rosa:  {roles: [liaison], unit: roads, notify: rosa@example.org}
  omar:  {roles: [office]}
"""


@dataclass
class Town:
    """An office whose time the test moves."""

    engine: Engine
    clock: list[datetime]

    def dispatched(self, units: tuple[str, ...] = ("water",)) -> str:
        """Open a case with private values and dispatch it; return its number."""
        data = {"subject": "Flooded road", "author": "invented_wanderer", "body": "invented words"}
        case = self.engine.open("online_opinion", data, by=CLERK).case.number
        self.engine.fire(case, "report", by=CLERK)
        units_given = {"instruction": "Look", "units": list(units), "lead": units[0]}
        self.engine.fire(case, "dispatch", by=CLERK, data=units_given)
        return case


@pytest.fixture
def town(any_store: Any, reader: YamlReader) -> Town:
    """The township, on each store."""
    clock = [NOW]
    engine = Engine(any_store, reader, office="qingxi", now=lambda: clock[0])
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    engine.deploy(ROSTER, file="qingxi.roster.yaml")
    return Town(engine, clock)


@dataclass
class Receiver:
    """A web server that notes what it gets and answers what it is told to."""

    address: str
    status: int = 200
    answer: bytes = b'{"errcode": 0, "code": 0}'
    hangs: bool = False
    hangs_up: bool = False
    got: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    over: Event = field(default_factory=Event)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((self.path, dict(self.headers), json.loads(text)))
            if found.hangs:
                found.over.wait(20)
            if found.hangs or found.hangs_up:
                self.close_connection = True
                self.connection.shutdown(SHUT_RDWR)
                return
            self.send_response(found.status)
            self.end_headers()
            self.wfile.write(found.answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    yield found
    found.over.set()
    server.shutdown()
    server.server_close()
