"""`caseclock archive` as an archivist uses it: write, check, compare with a head, load elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def archived(shell: Any, tmp_path: Path) -> Path:
    """The package of a post that was out of scope."""
    case = shell.open(body="A lamp is out")
    shell.json("advance", case, "mark_out_of_scope", "scope_reason=of the county", by="li_guang")
    return Path(shell.json("archive", case, "--output", str(tmp_path / "to"))["folder"])


def test_a_package_is_written_and_checked(shell: Any, archived: Path) -> None:
    told = shell.run("archive", "--check", str(archived)).stdout
    assert "is as it was written" in told


def test_what_was_changed_is_named_with_exit_status_7(shell: Any, archived: Path) -> None:
    note = archived / "data" / "note.html"
    note.write_bytes(note.read_bytes() + b" ")
    found = shell.json("archive", "--check", str(archived), status=7)
    assert found["findings"] == ["data/note.html: was changed, or manifest-sha256.txt was"]


def test_a_printed_head_is_compared(shell: Any, archived: Path, tmp_path: Path) -> None:
    head = tmp_path / "head.txt"
    head.write_text(shell.run("head").stdout, encoding="utf-8")
    shell.run("archive", "--check", str(archived), "--head", str(head))


def test_a_package_is_loaded_like_an_export(shell: Any, archived: Path) -> None:
    assert shell.json("load", str(archived))["present"] == ["2026-0001"]


def test_an_incomplete_record_is_refused_and_nothing_is_written(shell: Any, tmp_path: Path) -> None:
    case = shell.open()
    error = shell.refused("archive", case, "--output", str(tmp_path / "to"), status=5)
    assert error["code"] == "not-allowed"
    assert not (tmp_path / "to").exists()


def test_without_case_or_output_the_command_says_what_it_wants(shell: Any) -> None:
    assert shell.refused("archive", status=2)["code"] == "invalid-input"


def test_the_office_file_names_the_fonds(shell: Any, archived: Path, tmp_path: Path) -> None:
    office = shell.folder / "office.yaml"
    more = "fonds: 清溪镇人民政府\nfonds_number: '0123'\nrecords_creator: 清溪镇党政办公室\n"
    office.write_text(office.read_text("utf-8") + more, encoding="utf-8")
    folder = shell.json("archive", "2026-0001", "--output", str(tmp_path / "again"), "--number", "0123-2026-7")[
        "folder"
    ]
    told = (Path(folder) / "data" / "metadata.xml").read_text("utf-8")
    for word in ("清溪镇人民政府", "0123", "清溪镇党政办公室", "0123-2026-7"):
        assert f">{word}<" in told
