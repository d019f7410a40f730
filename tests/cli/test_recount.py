"""What the command line says when a new calendar moves dues, and of what is entered late."""

from __future__ import annotations

from typing import Any

DAY_OFF = "\ndays:\n  2026-11-19: {off: {zh: 放假, en: Day off}, source: {zh: 县通知, en: County notice}}\n"


def declare_a_day_off(shell: Any) -> None:
    file = shell.folder / "cn.calendar.yaml"
    file.write_text(file.read_text(encoding="utf-8") + DAY_OFF, encoding="utf-8")


def test_deploying_a_calendar_prints_what_it_moved(shell: Any) -> None:
    case = shell.open()
    declare_a_day_off(shell)
    lines = shell.run("deploy").stdout.splitlines()
    assert any("1 due(s) moved by a new calendar" in line for line in lines)
    (row,) = [line for line in lines if case in line]
    assert "Public reply" in row
    assert row.index("2026-11-19 24:00") < row.index("2026-11-20 24:00")
    assert case not in shell.run("deploy").stdout


def test_deploying_says_in_json_which_calendar_moved_what(shell: Any) -> None:
    case = shell.open()
    declare_a_day_off(shell)
    moved = {item["name"]: item["moved"] for item in shell.json("deploy")}
    assert moved.pop("cn") == [
        {
            "case": case,
            "clock": "public_reply",
            "old": "2026-11-19T16:00:00+00:00",
            "new": "2026-11-20T16:00:00+00:00",
        }
    ]
    assert set(map(tuple, moved.values())) == {()}


def test_the_history_shows_a_recount_with_both_dues_and_both_versions(shell: Any) -> None:
    case = shell.open()
    declare_a_day_off(shell)
    shell.run("deploy")
    told = shell.run("history", case).stdout
    for words in ("Recounted by a new calendar", "2026-11-19 24:00 -> 2026-11-20 24:00", "calendar cn: version 1 -> 2"):
        assert words in told
    entry = shell.json("history", case)[-1]
    assert (entry["action"], entry["recount"]["calendar"], entry["recount"]["to"]["version"]) == ("recounted", "cn", 2)


def test_a_case_is_shown_as_it_was_known_at_an_earlier_time(shell: Any) -> None:
    case = shell.open()
    shell.at("2026-11-17 09:00")
    declare_a_day_off(shell)
    shell.run("deploy")
    shell.run("advance", case, "report", by="zhao_min")
    then = shell.json("show", case, "--as-of", "2026-11-16 12:00")
    now = shell.json("show", case)
    assert (then["state"], now["state"]) == ("registered", "under_review")
    dues = [next(c["due_at"] for c in view["clocks"] if c["clock"] == "public_reply") for view in (then, now)]
    assert dues == ["2026-11-19T16:00:00+00:00", "2026-11-20T16:00:00+00:00"]


def test_the_history_says_what_overtook_what(shell: Any) -> None:
    case = shell.dispatched()
    slip = f"{case}-1"
    shell.at("2026-11-20 09:00")
    shell.run("tick")
    inputs = ("result=Done", "reply_opinion=Done", "proposed_outcome=resolved")
    receipt = shell.json("advance", slip, "answer", *inputs, "--at", "2026-11-19 16:00", by="zheng_hua")
    assert any("is overtaken and has no effect" in notice for notice in receipt["notices"])
    assert "(overtaken by Answer, recorded 2026-11-20 09:00)" in " ".join(shell.run("history", slip).stdout.split())
    entries = {entry["action"]: entry for entry in shell.json("history", slip)}
    assert entries["urge"]["overtaken_by"] == entries["answer"]["seq"]
    assert entries["answer"]["overtakes"] == [entries["urge"]["seq"]]
