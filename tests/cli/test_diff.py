"""What `diff`, `versions` and `deploy` tell a procedure owner who changes a file with cases running."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def edit(file: Path, *edits: tuple[str, str]) -> Path:
    text = file.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return file


FIVE_DAYS = ("- {is: 3 days}", "- {is: 5 days}")
TOLD = "step 3: Unit's reply (unit_reply): the limit goes from 3 days to 5 days"


@pytest.fixture
def procedure(shell: Any) -> Path:
    return Path(shell.folder) / "online_opinion.procedure.yaml"


def test_a_folder_that_is_deployed_differs_in_nothing(shell: Any) -> None:
    lines = shell.run("diff", "--exit-code").stdout.splitlines()
    assert len(lines) == 3
    assert all("says what is deployed" in line for line in lines)
    assert [one["differ"] for one in shell.json("diff")] == [False, False, False]


def test_a_longer_limit_is_told_with_the_cases_that_it_concerns(shell: Any, procedure: Path) -> None:
    shell.dispatched("nongye")
    shell.at("2026-11-20 00:01")
    edit(procedure, FIVE_DAYS)
    told = shell.run("diff", str(procedure)).stdout
    assert f"[limit] {TOLD}; running cases concerned: 1; 1 of them overdue now would not be" in told
    assert "  1 due(s) move, at most" in told
    assert "running cases keep their version until they are migrated" in told
    (one,) = shell.json("diff", str(procedure))
    (difference,) = one["differences"]
    assert (difference["message"], difference["cases"]) == (TOLD, 1)
    assert difference["effect"]["no_longer_overdue"] == 1
    assert one["cases"]["running"] == 1


def test_it_exits_with_7_only_when_asked(shell: Any, procedure: Path) -> None:
    edit(procedure, FIVE_DAYS)
    shell.run("diff")
    shell.run("diff", "--exit-code", status=7)
    shell.run("diff", "online_opinion@1", str(procedure), "--exit-code", status=7)
    shell.run("diff", "online_opinion", "online_opinion@1", "--exit-code")


def test_two_files_are_compared_without_an_office(shell: Any, procedure: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.procedure.yaml"
    old.write_bytes(procedure.read_bytes())
    edit(procedure, FIVE_DAYS)
    assert TOLD in shell.run("diff", str(old), str(procedure)).stdout


def test_what_is_not_there_or_of_another_kind_is_refused(shell: Any, procedure: Path) -> None:
    shell.refused("diff", "online_opinion@9", status=4)
    shell.refused("diff", "online_opinoin", status=4)
    shell.refused("diff", "cn", str(procedure), status=2)


def test_rosters_and_calendars_are_compared_too(shell: Any) -> None:
    folder = Path(shell.folder)
    roster = next(folder.glob("*.roster.yaml"))
    edit(roster, ("people:\n", "people:\n  new_hand: {name: {zh: 新手, en: New hand}, roles: [officer]}\n"))
    edit(folder / "cn.calendar.yaml", ("official_through: 2026-12-31", "official_through: 2026-12-30"))
    told = shell.run("diff").stdout
    assert "New hand (new_hand) is new: officer" in told
    assert "official through: 2026-12-31 -> 2026-12-30" in told


def test_deploying_another_meaning_under_the_same_version_tells_what_differs(shell: Any, procedure: Path) -> None:
    edit(procedure, FIVE_DAYS)
    refused = shell.refused("deploy", status=6)
    assert refused["differences"] == [TOLD]
    assert "version: 2" in refused["hint"]


def test_deploying_tells_what_a_new_version_means(shell: Any, procedure: Path) -> None:
    old = shell.open()
    edit(procedure, FIVE_DAYS, ("version: 1", "version: 3"))
    done = shell.run("deploy")
    assert "version 3 follows version 1 directly" in done.stderr
    assert "running cases keep theirs" in done.stderr
    edit(procedure, ("version: 3", "version: 2"))
    assert "version 2 is lower than 3" in shell.run("deploy").stderr
    new = shell.open()
    assert [(one["version"], one["running"], one["newest"]) for one in shell.json("versions")] == [
        (1, 1, False),
        (2, 0, False),
        (3, 1, True),
    ]
    assert [item["number"] for item in shell.json("list", "--version", "1")] == [old]
    assert [item["number"] for item in shell.json("list", "--version", "3")] == [new]
    assert "by version 1 of online_opinion" in shell.run("show", old).stdout
    assert shell.json("show", new)["version"] == 3


def test_other_words_are_deployed_and_shown(shell: Any, procedure: Path) -> None:
    case = shell.open()
    edit(procedure, ("title: {zh: 已登记, en: Registered}", "title: {zh: 登记在册, en: On the register}"))
    assert "only words have changed" in shell.run("deploy").stderr
    assert "On the register" in shell.run("show", case).stdout
    shell.run("diff", "--exit-code")
    assert shell.json("versions")[0]["worded_at"]
    shell.run("verify")


def test_a_version_that_is_taken_leaves_everything_undeployed(shell: Any, procedure: Path) -> None:
    before = shell.run("deploy").stdout
    edit(procedure, FIVE_DAYS)
    edit(procedure.parent / "cn.calendar.yaml", ("official_through: 2026-12-31", "official_through: 2026-12-30"))
    shell.refused("deploy", status=6)
    edit(procedure, tuple(reversed(FIVE_DAYS)))
    edit(procedure.parent / "cn.calendar.yaml", ("official_through: 2026-12-30", "official_through: 2026-12-31"))
    assert shell.run("deploy").stdout == before


DAY_OFF = "\ndays:\n  2026-11-19: {off: {zh: 放假, en: Day off}, source: {zh: 县通知, en: County notice}}\n"


def test_a_changed_calendar_tells_which_dues_would_move(shell: Any, procedure: Path) -> None:
    """The public limit of three days ends on a Thursday; by the other calendar that is a day of rest."""
    shell.open()
    calendar = procedure.parent / "cn.calendar.yaml"
    calendar.write_text(calendar.read_text(encoding="utf-8") + DAY_OFF, encoding="utf-8")
    told = shell.run("diff", str(calendar)).stdout
    assert "online_opinion version 1, Public reply: running cases concerned: 1" in told
    assert "1 due(s) move, at most 1 day later; new: 2026-11-20 24:00" in told
    (one,) = shell.json("diff", str(calendar))
    effects = {it["clock"]: it["moved"] for it in one["by_calendar"][0]["further"]}
    assert effects["public_reply"] == 1
