"""What tests of importing share: an office with the shipped procedure, and tables in every form."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import xlsxwriter

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.instants import read_instant
from caseclock.definitions.posts_reader import Import, import_posts
from caseclock.storage import MemoryStore
from caseclock.workflow import Engine
from caseclock.workflow.engine import BatchResult
from caseclock.workflow.rehearsal.story import DrivenTime


def _silent(results: Iterator[BatchResult], _total: int) -> Iterable[BatchResult]:
    return results


@pytest.fixture
def engine() -> Engine:
    now = DrivenTime(read_instant("2026-11-16 09:00", "Asia/Shanghai"))
    engine = Engine(MemoryStore(), YamlReader(), office="qingxi", now=now)
    for name in ("cn.calendar.yaml", "township.roster.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    return engine


@pytest.fixture
def imported(engine: Engine) -> Callable[..., Import]:
    """Import a table into the office; the mapping as YAML, if any."""

    def run(content: bytes, mapping: str | None = None, sheet: str | None = None) -> Import:
        named = (mapping, "posts.map.yaml") if mapping else None
        return import_posts(
            engine, content, named, procedure="online_opinion", by="zhao_min", progress=_silent, sheet=sheet
        )

    return run


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """The bytes of a workbook with these sheets; a cell may be any Python value."""

    def make(**sheets: list[list[Any]]) -> bytes:
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd hh:mm", "strings_to_urls": False})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        book.close()
        return content.getvalue()

    return make
