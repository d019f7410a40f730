"""The shipped calendars, read from their files."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest
import yaml

from caseclock.definitions.calendars.reader import read_calendar
from caseclock.workflow.calendars import Calendar


def shipped(name: str) -> Mapping[str, Any]:
    """The file of a shipped calendar with every value as text."""
    source = files("caseclock.definitions").joinpath(f"{name}.calendar.yaml").read_text("utf-8")
    return yaml.load(source, yaml.BaseLoader)


@pytest.fixture(scope="session")
def load():
    return shipped


@pytest.fixture(scope="session")
def cn() -> Calendar:
    return read_calendar(shipped("cn"), shipped)


@pytest.fixture(scope="session")
def xiangxi() -> Calendar:
    return read_calendar(shipped("xiangxi"), shipped)


@pytest.fixture(scope="session")
def uk() -> Calendar:
    return read_calendar(shipped("uk"), shipped)


@pytest.fixture(scope="session")
def england() -> Calendar:
    return read_calendar(shipped("england"), shipped)


@pytest.fixture(scope="session")
def ie() -> Calendar:
    return read_calendar(shipped("ie"), shipped)


@pytest.fixture(scope="session")
def fr() -> Calendar:
    return read_calendar(shipped("fr"), shipped)
