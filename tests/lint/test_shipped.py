"""Everything that is shipped is silent, or says why something is meant."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from caseclock.definitions.checking import check_everything
from caseclock.definitions.office_reader import SHIPPED, files_of, make_office

DEFINITIONS = Path(str(resources.files("caseclock.definitions")))


def test_every_shipped_file_is_silent() -> None:
    found = check_everything(files_of([DEFINITIONS]))
    assert [one.text() for one in found.problems] == []
    assert {one.kind for one in found.valid} >= {"procedure", "calendar", "roster", "test", "report", "story"}


def test_a_new_office_is_silent(tmp_path: Path) -> None:
    make_office(tmp_path, "qingxi", "Qingxi")
    found = check_everything(files_of([tmp_path]))
    assert [one.text() for one in found.problems] == []
    assert len(found.valid) == len(SHIPPED) + 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        # what an owner tries: a longer reserve, a join dropped, an earlier warning, another count
        ("reserve: 1 working day, at_once: true", "reserve: 5 working days, at_once: true", "limits-collide"),
        ("    when_all:  {answered: units_answered}\n", "", "never-done"),
        (
            "1 working day before: {do: warn, at_once: true}",
            "9 working days before: {do: warn, at_once: true}",
            "rung-before-start",
        ),
        (
            'check: outcome == "deferred" and times(fulfil) == 0',
            'check: outcome == "deferred" and times(fulfil) == 1',
            "no-way-on",
        ),
        (", beside_states: true", "", "empty-stage"),
        ("          - {is: 3 days}\n", "          - {is: 5 days}\n", "limits-collide"),
        (
            "- [answer, approve, publish]",
            "- [answer, approve, publish, dispatch, close_without_reply]",
            "too-few-people",
        ),
    ],
)
def test_a_fault_in_the_shipped_procedure_is_found(tmp_path: Path, old: str, new: str, code: str) -> None:
    make_office(tmp_path, "qingxi", "Qingxi")
    file = tmp_path / "online_opinion.procedure.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert code in {one.code for one in check_everything([file]).problems}
