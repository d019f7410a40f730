"""`caseclock schema` and `caseclock init` put the schemas where editors look for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseclock.cli import caseclock
from caseclock.definitions.office_reader import make_office
from caseclock.definitions.schemas import KINDS, schema_file, schema_text


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        caseclock.main(words)
    return int(stopped.value.code or 0)


def test_a_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema", "roster") == 0
    assert capsys.readouterr().out == schema_text("roster")


def test_a_kind_without_a_schema_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema", "nonsense") == 4
    assert "calendar" in capsys.readouterr().err


def test_all_are_written_into_a_folder_in_place_of_older_ones(tmp_path: Path) -> None:
    (tmp_path / schema_file("roster")).write_text("{}", encoding="utf-8")
    assert run("schema", "--into", str(tmp_path)) == 0
    assert {file.name for file in tmp_path.iterdir()} == set(map(schema_file, KINDS))
    assert (tmp_path / schema_file("roster")).read_text(encoding="utf-8") == schema_text("roster")


def test_a_new_office_has_the_schemas_that_its_files_name(tmp_path: Path) -> None:
    make_office(tmp_path, "town", "Town")
    for file in tmp_path.glob("*.*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert (tmp_path / first.partition("$schema=")[2]).is_file(), file.name
