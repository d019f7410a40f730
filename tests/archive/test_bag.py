"""The archive package: complete, valid, equal when loaded again; whatever is changed in it is found and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bagit
import pytest

from caseclock.storage import MemoryStore, bags
from caseclock.workflow import Engine


def test_bagit_validates_the_package(bag: Path) -> None:
    bagit.Bag(str(bag)).validate()
    assert bags.check_bag(bag) == ()


def test_a_package_is_loaded_to_an_equal_case(bag: Path, township: Any, filed: str, reader: Any) -> None:
    other = Engine(MemoryStore(), reader, office="qingxi", now=lambda: township.clock[0])
    report = other.load(bags.history_of(bag))
    assert (report.loaded, report.failed) == ((filed,), {})
    assert other.case(filed) == township.engine.case(filed)
    assert other.history(filed) == township.engine.history(filed)
    assert list(other.export([filed])) == list((bag / bags.HISTORY).read_text("utf-8").splitlines())
