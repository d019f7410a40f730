"""`caseclock calendar show`, `check` and `diff`: calendars by file, id and version, for people and as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from caseclock.cli import caseclock

TOWN = """\
calendar: town
title: {zh: 小镇, en: Town}
extends: cn
closed_seasons:
  summer: {from: 08-01, to: 08-07, title: {zh: 夏休, en: Summer closing}, source: Order 3, time: stands}
days:
  2026-11-18: {off: {zh: 集市, en: Fair}, source: Order 1}
  2026-11-19: {hours: 08:30..12:00, source: Order 2}
"""
HEAVY = {"sqlalchemy", "alembic", "rich", "pydantic", "pendulum", "yaml", "transitions", "holidays", "jinja2"}


@dataclass
class Terminal:
    """The command line in a folder, with or without an office in it."""

    folder: Path

    def run(self, *words: str, status: int = 0, lang: str = "en") -> Result:
        result = CliRunner().invoke(caseclock, ["--lang", lang, *words], env={"CASECLOCK_OFFICE": ""})
        assert result.exit_code == status, (words, result.exit_code, result.output)
        assert "Traceback" not in result.output
        return result

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", status=status).stdout)

    def refused(self, *words: str, status: int) -> Any:
        result = self.run(*words, "--json", status=status)
        assert result.stdout == ""
        return json.loads(result.stderr)["error"]

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A folder without an office."""
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path)


@pytest.fixture
def office(bare: Terminal) -> Terminal:
    """A folder with an office."""
    bare.run("init", ".", "--id", "town")
    return bare


def test_show_needs_no_office(bare: Terminal) -> None:
    page = bare.run("calendar", "show", "uk", "2026").stdout
    assert "comes with caseclock" in page
    assert "official through 2027-12-31" in page
    assert "Saint Andrew's Day" in page
    assert "Banking and Financial Dealings Act 1971" in page


def test_show_of_all_years_counts_days_and_of_one_year_lists_them(bare: Terminal) -> None:
    page = bare.run("calendar", "show", "cn").stdout
    assert page.count("\n20") == 41
    assert "name a year to see them" in page
    page = bare.run("calendar", "show", "cn", "2026").stdout
    assert "2026-02-14" in page
    assert "make-up working day" in page
    assert "国办发明电〔2025〕7号" in page
    assert "2026-02-21" not in page, "a Saturday that rests is no news"


def test_show_of_a_month_draws_its_days(bare: Terminal) -> None:
    lines = bare.run("calendar", "show", "cn", "2026-02").stdout.splitlines()
    assert [line.split() for line in lines if line.startswith(("9 ", "16 "))] == [
        ["9", "10", "11", "12", "13", "14", "+", "15", "."],
        ["16", "*", "17", "*", "18", "*", "19", "*", "20", "*", "21", ".", "22", "."],
    ]
    town = bare.write("town.calendar.yaml", TOWN)
    page = bare.run("calendar", "show", town, "2026-08").stdout
    assert [line.split()[:2] for line in page.splitlines() if line.startswith("3 ")] == [["3", "="]]
    assert "1 .=" in page, "a Saturday on which time stands"
    assert "Summer closing" in page
    page = bare.run("calendar", "show", town, "2026-11").stdout
    assert "19 h" in page
    assert "08:30-12:00" in page


def test_show_speaks_both_languages(bare: Terminal) -> None:
    town = bare.write("town.calendar.yaml", TOWN)
    for lang, words in (("en", ("Town", "Fair", "Wednesday")), ("zh", ("小镇", "集市", "星期三"))):
        page = bare.run("calendar", "show", town, "2026", lang=lang).stdout
        assert all(word in page for word in words)


def test_show_as_json(bare: Terminal) -> None:
    shown = bare.json("calendar", "show", bare.write("town.calendar.yaml", TOWN), "2026")
    assert (shown["calendar"], shown["zone"], shown["official_through"]) == ("town", "Asia/Shanghai", "2026-12-31")
    (year,) = shown["years"]
    assert (year["working_days"], year["standing_days"], sum(year["months"])) == (247, 7, year["working_days"])
    unusual = {day["day"]: day for day in shown["unusual"]}
    assert unusual["2026-11-18"] == {
        "day": "2026-11-18",
        "state": "rests",
        "stands": False,
        "as_usual": False,
        "name": "Fair",
        "source": "Order 1",
        "hours": [],
        "season": None,
    }
    assert unusual["2026-11-19"]["hours"] == ["08:30-12:00"]
    (season,) = shown["seasons"]
    assert (season["time"], season["spans"]) == ("stands", [["2026-08-01", "2026-08-07"]])
    assert shown["days"] == []
    month = bare.json("calendar", "show", "cn", "2026-02")
    assert [day["state"] for day in month["days"]].count("works") == 16


def test_an_id_means_the_newest_deployed_version_and_an_older_one_can_be_named(office: Terminal) -> None:
    office.write("town.calendar.yaml", TOWN)
    office.run("deploy")
    office.write("town.calendar.yaml", TOWN.replace("2026-11-18", "2026-11-17"))
    office.run("deploy")
    assert "deployed, version 2" in office.run("calendar", "show", "town").stdout
    old, new = (office.json("calendar", "show", f"town@{version}", "2026-11") for version in (1, 2))
    rests = [[day["day"] for day in it["days"] if day["name"] == "Fair"] for it in (old, new)]
    assert rests == [["2026-11-18"], ["2026-11-17"]]
    changed = office.json("calendar", "diff", "town@1", "town")
    assert [day["day"] for day in changed["days"]] == ["2026-11-17", "2026-11-18"]
    error = office.refused("calendar", "show", "town@3", status=4)
    assert "town@1, town@2" in error["hint"]


def test_a_deployed_calendar_comes_before_the_shipped_one_of_the_same_id(office: Terminal) -> None:
    assert "deployed, version 1" in office.run("calendar", "show", "cn").stdout
    assert "comes with caseclock" in office.run("calendar", "show", "fr").stdout


def test_an_office_that_is_named_must_exist(bare: Terminal) -> None:
    bare.refused("--office", str(bare.folder), "calendar", "show", "cn", status=4)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("show", "enland"), 4, "did you mean england"),
        (("show", "zzz"), 4, "cn, england"),
        (("show", "none.calendar.yaml"), 4, "none.calendar.yaml"),
        (("show", "inquiry.procedure.yaml"), 2, "procedure"),
        (("show", "bad.calendar.yaml"), 3, "1 problem(s)"),
        (("show", "cn", "2026-13"), 2, "2026-03"),
        (("show", "cn", "2060"), 2, "2050-12-31"),
        (("diff", "cn", "enland"), 4, "did you mean england"),
        (("check", "none.calendar.yaml"), 4, "none.calendar.yaml"),
    ],
)
def test_what_cannot_be_found_or_read_is_told(bare: Terminal, words: tuple[str, ...], status: int, told: str) -> None:
    from caseclock.definitions import shipped

    bare.write("inquiry.procedure.yaml", shipped("inquiry.procedure.yaml"))
    bare.write("bad.calendar.yaml", "calendar: bad\ntitle: Bad\nextends: nowhere\n")
    error = bare.refused("calendar", *words, status=status)
    assert told in f"{error['message']} {error['hint']}"


def test_check_tells_problems_with_their_place_and_ends_with_3(bare: Terminal) -> None:
    bad = bare.write("bad.calendar.yaml", "calendar: bad\ntitle: Bad\nextends: nowhere\n")
    page = bare.run("calendar", "check", bad, status=3).stdout
    assert "bad.calendar.yaml:3:10: " in page
    assert "[unknown-calendar]" in page
    assert bare.json("calendar", "check", bad, status=3)["problems"][0]["line"] == 3


def test_check_tells_findings_and_ends_with_7_only_when_asked(bare: Terminal) -> None:
    town = bare.write("town.calendar.yaml", TOWN + "  2026-10-01: {off: National Day, source: Order 4}\n")
    assert "town.calendar.yaml:9:3: " in bare.run("calendar", "check", town).stdout
    checked = bare.json("calendar", "check", town, "--exit-code", status=7)
    assert [(finding["code"], finding["line"]) for finding in checked["findings"]] == [("changes-nothing", 9)]
    assert checked["files"] == [{"file": town, "calendar": "town"}]
    clean = bare.write("clean.calendar.yaml", TOWN)
    bare.run("calendar", "check", clean, "--exit-code")


def test_diff_shows_what_differs_day_by_day_and_ends_with_7_only_when_asked(bare: Terminal) -> None:
    town = bare.write("town.calendar.yaml", TOWN)
    page = bare.run("calendar", "diff", "cn", town).stdout
    assert "title: Working days of China -> Town" in page
    assert "2026-08-03..2026-08-07" in page
    assert "works; time stands: Summer closing (Order 3)" in " ".join(page.split())
    assert "2026-11-18" in page
    assert bare.run("calendar", "diff", "cn", town, "--exit-code", status=7)
    assert "the same" in bare.run("calendar", "diff", town, town, "--exit-code").stdout
    found = bare.json("calendar", "diff", "cn", town)
    assert found["settings"] == ["title"]
    (fair,) = [day for day in found["days"] if day["day"] == "2026-11-18"]
    assert fair["what"] == ["state", "name", "source"]
    assert (fair["old"]["state"], fair["new"]["state"], fair["new"]["name"]) == ("works", "rests", "Fair")


def test_diff_tells_a_new_horizon_and_new_years(bare: Terminal) -> None:
    town = "calendar: town\ntitle: Town\nzone: Asia/Shanghai\nbase: CN\nyears: 2025..{}\nofficial_through: {}\n"
    old = bare.write("old.calendar.yaml", town.format(2026, "2025-12-31"))
    new = bare.write("new.calendar.yaml", town.format(2027, "2026-12-31") + "office_hours: {monday: 09:00..17:00}\n")
    page = bare.run("calendar", "diff", old, new).stdout
    assert "official through: 2025-12-31 -> 2026-12-31" in page
    assert "last day: 2026-12-31 -> 2027-12-31" in page
    assert "office hours: none -> Monday 09:00-17:00" in page


def test_the_help_of_the_group_and_of_its_commands_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom caseclock.cli import caseclock\n"
        "for words in [], ['show'], ['check'], ['diff']:\n"
        "    try:\n        caseclock.main(['calendar', *words, '--help'])\n"
        "    except SystemExit as done:\n        assert done.code == 0\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.stdout.count("Usage:") == 4
    assert HEAVY.isdisjoint(done.stderr.split())


def test_a_calendar_of_this_folder_is_found_by_its_id(bare: Terminal) -> None:
    """Before one that is shipped, and after one that is deployed."""
    from caseclock.definitions import shipped

    bare.write("town.calendar.yaml", "calendar: town\ntitle: Town\nextends: cn\n")
    assert "file town.calendar.yaml" in bare.run("calendar", "show", "town").stdout
    assert "these calendars say" not in bare.run("calendar", "diff", "cn", "town").stdout
    assert "did you mean town" in bare.refused("calendar", "show", "towm", status=4)["hint"]
    bare.write("uk.calendar.yaml", shipped("uk.calendar.yaml").replace("2050", "2040"))
    assert bare.json("calendar", "show", "uk")["last"] == "2040-12-31"


def test_check_of_a_folder_checks_its_definitions_and_tests(bare: Terminal) -> None:
    from caseclock.definitions import shipped

    (bare.folder / "laws").mkdir()
    for name in ("uk.calendar.yaml", "uk_foi.procedure.yaml", "uk_foi.test.yaml"):
        (bare.folder / "laws" / name).write_text(shipped(name), encoding="utf-8")
    checked = bare.json("check", "laws")["files"]
    assert [it["kind"] for it in checked] == ["calendar", "procedure", "test"]
    (bare.folder / "empty").mkdir()
    assert "there is no definition in empty" in bare.refused("check", "empty", status=4)["message"]
