"""Every procedure that comes with the package has tests; they hold, and they reach every state and action."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.rehearsals.reader import read_rehearsal
from caseclock.storage import MemoryStore
from caseclock.workflow.rehearsal.coverage import Part, spoken
from caseclock.workflow.rehearsal.rehearsing import Rehearsed, rehearse

FILES = sorted(file.name for file in resources.files("caseclock.definitions").iterdir() if file.name.endswith(".yaml"))
TESTS = [name for name in FILES if name.endswith(".test.yaml")]
PROCEDURES = [name.removesuffix(".procedure.yaml") for name in FILES if name.endswith(".procedure.yaml")]


@lru_cache
def found(name: str) -> Rehearsed:
    return rehearse(read_rehearsal(shipped(name), name), YamlReader(), MemoryStore)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_procedure_has_a_test_file(procedure: str) -> None:
    assert f"{procedure}.test.yaml" in TESTS


@pytest.mark.parametrize("name", TESTS)
def test_everything_is_as_its_test_expects(name: str) -> None:
    assert [str(finding) for finding in found(name).findings] == []


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("part", [Part.STATES, Part.ACTIONS])
def test_every_state_and_action_is_reached(name: str, part: Part) -> None:
    one = found(name)
    assert [spoken(feature, one.rehearsal.procedure).text() for feature in one.coverage.missing(part)] == []


@pytest.mark.parametrize("name", ["inquiry.test.yaml", "online_opinion.test.yaml"])
def test_every_rule_of_the_clocks_is_reached(name: str) -> None:
    assert found(name).coverage.percent(Part.CLOCKS) == 100


@pytest.mark.parametrize("name", TESTS)
def test_titles_are_in_both_languages(name: str) -> None:
    for scene in found(name).rehearsal.scenes:
        assert scene.title.en != scene.title.zh
