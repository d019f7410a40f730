"""`caseclock test` shows everything that is not as expected, then the coverage; its exit status tells scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from caseclock.cli import caseclock
from caseclock.definitions import shipped

GOOD = """\
test: inquiry
cases:
  - title: {zh: 来信, en: A letter}
    steps:
      - {at: 2026-11-16 09:00, open: {question: When?}, expect: {due: {reply: 2026-11-23}}}
"""
WRONG = GOOD.replace("2026-11-23", "2026-11-24")
INVALID = GOOD.replace("reply:", "replay:")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*args: str, status: int = 0, lang: str = "en") -> Result:
    result = CliRunner().invoke(caseclock, ["--lang", lang, "test", *args])
    assert result.exit_code == status, result.output
    return result


def written(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.test.yaml").write_text(text, encoding="utf-8")


def test_the_tests_of_the_current_folder_are_run() -> None:
    written(a=GOOD, b=GOOD)
    page = run().stdout
    assert "a.test.yaml: 1 of 1 as expected" in page
    assert "b.test.yaml: 1 of 1 as expected" in page


def test_no_database_is_made() -> None:
    written(a=GOOD)
    run()
    assert [path.name for path in Path().iterdir()] == ["a.test.yaml"]


def test_what_is_not_as_expected_is_shown_with_its_line_and_the_count_day_by_day() -> None:
    written(a=WRONG)
    page = run(status=7).stdout
    lines = page.splitlines()
    assert lines[0] == "A letter"
    assert lines[1].startswith("a.test.yaml:5:79: expected reply due 2026-11-24 24:00; found: 2026-11-23 24:00 [due]")
    assert lines[3].endswith("^")
    assert "working day 5 of 5; the limit ends at 24:00" in page
    assert "a.test.yaml: 0 of 1 as expected" in page


def test_an_invalid_file_is_shown_with_its_problems_and_the_others_run_all_the_same() -> None:
    written(a=INVALID, b=WRONG)
    page = run(status=3).stdout
    assert "a.test.yaml:5:72: no clock replay; did you mean reply? [unknown-clock]" in page
    assert "b.test.yaml: 0 of 1 as expected" in page


def test_where_there_is_no_test_it_says_so_and_what_to_do() -> None:
    result = run(status=4)
    assert "there is no test file" in result.stderr
    assert "write one beside the procedure" in result.stderr


def test_files_and_folders_may_be_named() -> None:
    Path("town").mkdir()
    written(a=WRONG)
    Path("town/b.test.yaml").write_text(GOOD, encoding="utf-8")
    assert "a.test.yaml" not in run("town").stdout
    assert "b.test.yaml" not in run("a.test.yaml", status=7).stdout
    assert "cannot read" in run("c.test.yaml", status=4).stderr


def test_the_tests_of_the_offices_folder_are_run_from_below_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(caseclock, ["init", "town"]).exit_code == 0
    Path("town/a.test.yaml").write_text(GOOD, encoding="utf-8")
    Path("town/papers").mkdir()
    monkeypatch.chdir("town/papers")
    assert "a.test.yaml: 1 of 1 as expected" in run().stdout


def test_coverage_names_what_was_not_reached() -> None:
    written(a=GOOD)
    page = run().stdout
    assert "1 of 3 (33%)" in page
    assert "not reached in inquiry: States\n  drafted\n  answered\n" in page
    assert "  reply: late" in page
    assert "not reached" not in run("--no-coverage").stdout


def test_files_of_one_procedure_have_a_line_for_both_together() -> None:
    written(a=GOOD, b=GOOD)
    assert "together" in run().stdout
    written(b=shipped("online_opinion.test.yaml"))
    assert "together" not in run().stdout


def test_as_json_it_is_one_object() -> None:
    written(a=WRONG, b=INVALID)
    found = json.loads(run("--json", status=3).stdout)
    (file,) = found["files"]
    assert (file["file"], file["procedure"], file["scenes"]) == ("a.test.yaml", "inquiry", 1)
    (mismatch,) = file["mismatches"]
    assert (mismatch["title"], mismatch["code"], mismatch["line"], mismatch["column"]) == ("A letter", "due", 5, 79)
    assert mismatch["why"]["due_at"] == "2026-11-23T16:00:00+00:00"
    assert mismatch["why"]["days"]
    assert file["coverage"]["states"] == {"reached": 1, "of": 3, "percent": 33, "missing": ["drafted", "answered"]}
    assert [one["procedure"] for one in found["procedures"]] == ["inquiry"]
    assert [problem["code"] for problem in found["problems"]] == ["unknown-clock"]


def test_titles_are_shown_in_the_readers_language() -> None:
    written(a=WRONG)
    assert run(status=7, lang="zh").stdout.startswith("来信\n")


def test_check_checks_test_files_with_the_others() -> None:
    assert CliRunner().invoke(caseclock, ["init", "town"]).exit_code == 0
    Path("town/a.test.yaml").write_text(GOOD, encoding="utf-8")
    Path("town/b.test.yaml").write_text(INVALID, encoding="utf-8")
    result = CliRunner().invoke(caseclock, ["--office", "town", "--lang", "en", "check"])
    assert result.exit_code == 3
    assert "5 valid, 1 problem(s)" in result.stdout
    assert "no clock replay" in result.stdout
    named = CliRunner().invoke(caseclock, ["--lang", "en", "check", "town/a.test.yaml", "--json"])
    assert json.loads(named.stdout)["files"] == [
        {"file": "town/a.test.yaml", "kind": "test", "name": "inquiry", "version": 1}
    ]
