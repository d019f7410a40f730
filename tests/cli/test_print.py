"""`caseclock print` and `caseclock templates`, as a clerk uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def test_papers_are_printed_into_a_folder_and_repeated(shell: Any, tmp_path: Path) -> None:
    """The second print says that it is as it was first printed, and its bytes are the same."""
    case = shell.dispatched()
    folder = tmp_path / "papers"
    folder.mkdir()
    (first,) = shell.json("print", case, "--output", str(folder), by="sun_li")
    content = Path(first["file"]).read_bytes()
    assert (first["document"], first["again"]) == ("dispatch_slip", False)
    (second,) = shell.json("print", case, first["number"], "--output", str(folder), by="sun_li")
    assert second["again"]
    assert second["sha256"] == first["sha256"]
    assert Path(second["file"]).read_bytes() == content
    assert "as it was first printed" in shell.run("print", case, "--output", str(folder), by="sun_li").output


def test_a_pdf_is_written_to_the_file_named(shell: Any, tmp_path: Path) -> None:
    """One paper goes to one file."""
    file = tmp_path / "slip.pdf"
    shell.run("print", shell.dispatched(), "dispatch_slip", "--format", "pdf", "--output", str(file), by="sun_li")
    assert file.read_bytes().startswith(b"%PDF")


def test_somebody_must_print(shell: Any) -> None:
    """A print is an event of the history, so it has an actor."""
    assert "who acts" in shell.refused("print", shell.dispatched(), status=2)["message"]


def test_a_case_without_papers_says_so(shell: Any) -> None:
    """Nothing is written."""
    assert shell.refused("print", shell.open(), by="sun_li", status=4)["code"] == "not-found"


def test_templates_are_listed_copied_and_checked(shell: Any) -> None:
    """A mistake in the office's own template is told with its line, and the exit status says so."""
    assert shell.json("templates")["problems"] == []
    listed = shell.json("templates", "--copy", "urging_notice.html")["templates"]
    assert {one["file"] for one in listed if one["own"]} == {"urging_notice.html"}
    file = shell.folder / "templates" / "urging_notice.html"
    file.write_text("\n{{ own.fields.subjekt.text }}\n{{ titel }}", encoding="utf-8")
    problems = shell.json("templates", status=7)["problems"]
    assert [(one["file"], one["line"]) for one in problems] == [("urging_notice.html", 2), ("urging_notice.html", 3)]
    assert "did you mean title?" in problems[1]["message"]
    assert "urging_notice.html:2" in shell.run("templates", status=7).output


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_print_shows_in_the_history(shell: Any, tmp_path: Path, lang: str) -> None:
    """Who printed what is read off the history."""
    case = shell.dispatched()
    shell.run("print", case, "--output", str(tmp_path), by="sun_li")
    assert "html" in shell.run("history", case, lang=lang).output
