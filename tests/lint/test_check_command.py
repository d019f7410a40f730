"""`caseclock check`: every file and every problem at once, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from caseclock.cli import caseclock

from .conftest import CALENDAR, PERMIT

WARNED = PERMIT.replace("{decision: {}}", "{decision: {}, filing: {}}")


def run(*arguments: object, status: int, lang: str = "en") -> Result:
    result = CliRunner().invoke(caseclock, ["--lang", lang, "check", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


def found(*arguments: object, status: int) -> Any:
    return json.loads(run(*arguments, "--json", status=status).stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "days.calendar.yaml").write_text(CALENDAR, encoding="utf-8")
    (tmp_path / "permit.procedure.yaml").write_text(PERMIT, encoding="utf-8")
    return tmp_path


def test_warnings_do_not_fail_a_check_unless_it_is_strict(folder: Path) -> None:
    run(folder, "--strict", status=0)
    (folder / "permit.procedure.yaml").write_text(WARNED, encoding="utf-8")
    assert "0 problem(s), 1 warning(s)" in run(folder, status=0).stdout
    run(folder, "--strict", status=3)


def test_a_problem_for_programs_has_all_of_its_parts(folder: Path) -> None:
    (folder / "permit.procedure.yaml").write_text(WARNED, encoding="utf-8")
    told = found(folder, status=0)
    assert (told["errors"], told["warnings"]) == (0, 1)
    (problem,) = told["problems"]
    line = WARNED.splitlines()[problem["line"] - 1]
    assert line[problem["column"] - 1 : problem["end_column"] - 1] == "filing"
    assert problem["end_line"] == problem["line"]
    assert problem["code"] == "empty-stage"
    assert problem["severity"] == "warning"
    assert problem["hint"]
    assert problem["page"] == "docs/problems.md#empty-stage"
    assert Path(problem["file"]) == folder / "permit.procedure.yaml"


def test_every_kind_of_file_of_a_folder_is_checked_in_one_run(folder: Path) -> None:
    """One mistake in each of seven files, and all seven are told."""
    files = {
        "office.yaml": "office: town\ndatabase: cases.db\nprocedur: permit\n",
        "days.calendar.yaml": CALENDAR.replace("zone:", "zon:"),
        "town.roster.yaml": "roster: town\npeople: {bo: {rols: clerk}}\n",
        "permit.procedure.yaml": PERMIT.replace("to: decided", "to: decidd"),
        "inquiry.test.yaml": "test: inquiri\n",
        "online_opinion.report.yaml": "report: online_opinion\nreply_clock: public_replay\n",
        "demo.story.yaml": "story: demo\nprocedur: online_opinion\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    told = found(folder, status=3)
    assert {Path(one["file"]).name for one in told["problems"] if one["severity"] == "error"} == set(files)
    assert all(one["line"] > 0 and one["column"] > 0 for one in told["problems"])
    near = {one["message"] for one in told["problems"]}
    for expected in ("did you mean procedure?", "did you mean zone?", "did you mean roles?", "did you mean decided?"):
        assert any(expected in message for message in near), expected


def test_the_caret_stands_under_the_place_after_wide_characters(folder: Path) -> None:
    text = PERMIT.replace("text: {type: text,", "text: {title: 答复全文, type: txt,")
    (folder / "permit.procedure.yaml").write_text(text, encoding="utf-8")
    lines = run(folder, status=3).stdout.splitlines()
    index = next(number for number, line in enumerate(lines) if set(line.strip()) == {"^"})
    shown, caret = lines[index - 1], lines[index].index("^")
    assert shown[len(_within(shown, caret)) :].startswith("txt")
    assert lines[index].strip() == "^^^"
    assert len([line for line in lines if "[unknown-word]" in line]) == 1


def _within(line: str, columns: int) -> str:
    taken = 0
    for index, char in enumerate(line):
        if taken >= columns:
            return line[:index]
        taken += 2 if ord(char) > 0x2E80 else 1
    return line


def test_carets_are_as_wide_as_what_they_stand_under(folder: Path) -> None:
    (folder / "permit.procedure.yaml").write_text(
        PERMIT.replace("stage: decision, a", "stage: 决定, a"), encoding="utf-8"
    )
    assert "^^^^" in [line.strip() for line in run(folder, status=3).stdout.splitlines()]


def test_a_role_of_the_roster_that_no_procedure_has_is_told_with_the_nearest(folder: Path) -> None:
    roster = "roster: town\npeople:\n  bo: {roles: [clerk, head]}\n  di: {roles: haed}\n  jo: {roles: [clerk, boss]}\n"
    (folder / "town.roster.yaml").write_text(roster + "units: {north: {vacant: expert}}\n", encoding="utf-8")
    told = [(one["code"], one["line"], one["column"]) for one in found(folder, status=0)["problems"]]
    assert told == [("unknown-role", 4, 15), ("unknown-role", 5, 23), ("unknown-role", 6, 25)]
    assert "did you mean head?" in run(folder, status=0).stdout
    (folder / "town.roster.yaml").write_text("procedures: permits\n" + roster.replace("haed", "head"), encoding="utf-8")
    assert found(folder, status=3)["problems"][0]["code"] == "unknown-kind"
    (folder / "town.roster.yaml").write_text(
        roster.replace("people:", "procedures: permits\npeople:"), encoding="utf-8"
    )
    assert [one["code"] for one in found(folder, status=0)["problems"]] == ["unknown-procedure"]


def test_an_office_that_names_a_procedure_that_is_not_there_is_told_the_nearest(folder: Path) -> None:
    (folder / "office.yaml").write_text("office: town\ndatabase: cases.db\nprocedure: permt\n", encoding="utf-8")
    (problem,) = found(folder, status=0)["problems"]
    assert (problem["code"], problem["line"], problem["column"]) == ("unknown-procedure", 3, 12)
    assert "did you mean permit?" in problem["message"]


def test_an_office_without_a_roster_beside_is_checked_with_the_one_in_use(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    assert CliRunner().invoke(caseclock, ["init", str(folder)]).exit_code == 0
    roster = folder / "township.roster.yaml"
    roster.write_text(
        roster.read_text(encoding="utf-8").replace("roles: publisher", "roles: officer"), encoding="utf-8"
    )
    office = ["--office", str(folder)]
    assert CliRunner().invoke(caseclock, [*office, "deploy"]).exit_code == 0
    roster.unlink()
    told = json.loads(CliRunner().invoke(caseclock, [*office, "check", "--json"]).stdout)
    assert [one["code"] for one in told["problems"]] == ["nobody-can"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_code_is_explained_with_a_wrong_and_a_right_example(lang: str) -> None:
    text = run("--explain", "unknown-state", status=0, lang=lang).stdout
    assert "draftd" in text
    assert "to: drafted" in text
    assert "^" in text


def test_a_code_that_is_none_is_refused_with_the_nearest() -> None:
    result = run("--explain", "unknown-stat", status=4)
    assert "unknown-state" in result.output


def test_every_explanation_can_be_shown() -> None:
    """What the program explains is what docs/problems.yaml says, entry by entry; the texts are made there by a test."""
    from importlib import resources

    from caseclock.definitions.explaining import FILE

    entries = json.loads(resources.files("caseclock.definitions").joinpath(FILE).read_text(encoding="utf-8"))
    kinds = [entry for entry in entries if "code" in entry]
    assert [entry["code"] for entry in kinds if not {"old", "right", "size"} & entry.keys()] == []
