"""What commands print: dues as law speaks them, lists, inboxes, explanations, and JSON from every command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def test_a_due_at_midnight_is_the_end_of_its_day(shell: Any) -> None:
    case = shell.open()
    assert "2026-11-19 24:00" in shell.run("show", case).stdout


def test_markup_in_a_subject_is_shown_as_it_was_typed(shell: Any) -> None:
    shell.open(subject="[urgent] road [/b]")
    assert "[urgent] road [/b]" in shell.run("list").stdout


def test_private_values_are_shown_only_to_whom_may_see_them_and_gives_a_reason(shell: Any) -> None:
    case = shell.open(author="somebody")
    for command in ("show", "history"):
        assert "somebody" not in shell.run(command, case).stdout
        assert "somebody" not in shell.run(command, case, "--json").stdout
        assert "somebody" in shell.run(command, case, "--unmask", "--reason", "to call back", by="sun_li").stdout
        assert "reason" in shell.refused(command, case, "--unmask", by="sun_li", status=2)["message"]
    told = shell.run("history", case).stdout
    assert told.count("reason: to call back") == 2
    assert "somebody" not in told


def test_the_inbox_says_what_waits_for_whom(shell: Any) -> None:
    case = shell.open()
    assert shell.json("inbox", by="li_guang") == []
    (item,) = shell.json("inbox", by="zhao_min")
    assert (item["number"], item["actions"]) == (case, ["Report"])


def test_the_inbox_shows_the_soonest_due_first(shell: Any) -> None:
    later = shell.open(posted_at="2026-11-16 08:00", found_at="2026-11-16 09:04")
    sooner = shell.open(posted_at="2026-11-12", found_at="2026-11-12 09:00")
    assert [item["number"] for item in shell.json("inbox", by="zhao_min")] == [sooner, later]


def test_lists_can_be_narrowed(shell: Any) -> None:
    opened, handled = shell.open(), shell.dispatched("nongye")
    numbers = {
        option: [item["number"] for item in shell.json("list", *option.split())]
        for option in (
            "--state registered",
            "--stage assignment",
            "--unit nongye",
            "--overdue",
            "--procedure online_opinion",
        )
    }
    assert numbers["--state registered"] == [opened]
    assert numbers["--stage assignment"] == []
    assert numbers["--unit nongye"] == [f"{handled}-1"]
    assert numbers["--overdue"] == []
    assert set(numbers["--procedure online_opinion"]) == {opened, handled, f"{handled}-1"}


def test_ended_cases_are_listed_only_on_demand(shell: Any) -> None:
    case = shell.open()
    shell.run("advance", case, "withdraw", "withdrawn_because=By mail", by="sun_li")
    assert shell.json("list") == []
    assert [item["number"] for item in shell.json("list", "--all")] == [case]


def test_due_tells_scripts_by_its_exit_status(shell: Any) -> None:
    case = shell.open()
    shell.run("due", "--exit-code")
    shell.at("2026-11-20 00:01")
    shell.run("due")
    shell.run("due", "--exit-code", status=7)
    assert case in shell.run("due").stdout


def test_due_until_and_within(shell: Any) -> None:
    case = shell.open(found_at="")
    shell.run("advance", case, "acknowledge", "acknowledgement=Hello", by="zhao_min")
    assert shell.json("due", "--until", "2026-11-19 23:59") == []
    assert [item["number"] for item in shell.json("due", "--until", "2026-11-20 00:00")] == [case]
    assert shell.json("due", "--within", "3 days") == []
    assert [item["number"] for item in shell.json("due", "--within", "4天")] == [case]


def test_why_lists_every_day_and_the_ladder(shell: Any) -> None:
    case = shell.open(posted_at="2026-11-13 10:00", found_at="2026-11-16 09:00")
    (clock,) = shell.json("why", case, "public_reply")
    assert [(day["day"], day["kind"]) for day in clock["days"]] == [
        ("2026-11-13", "start"),
        ("2026-11-14", "counted"),
        ("2026-11-15", "counted"),
        ("2026-11-16", "counted"),
    ]
    assert [rung["action"] for rung in clock["rungs"]] == ["warn", "urge", "supervise"]
    page = shell.run("why", case, "public_reply").stdout
    assert "day 3 of 3; the limit ends at 24:00" in page
    assert "2026-11-16 24:00  Urge" in page


def test_why_as_it_was_believed_before_an_extension(shell: Any) -> None:
    case = shell.dispatched()
    shell.at("2026-11-17 10:00")
    shell.run("advance", case, "ask_extension", "extension_ground=other", "extension_reason=x", by="zheng_hua")
    shell.run("advance", case, "grant_extension", "extension_decision=y", "notice_to_author=n", by="li_guang")
    shell.at("2026-11-18 10:00")
    (now,) = shell.json("why", case, "public_reply")
    (then,) = shell.json("why", case, "public_reply", "--as-of", "2026-11-17 09:00")
    assert now["due_at"] == "2026-11-23T16:00:00+00:00"
    assert then["due_at"] == "2026-11-19T16:00:00+00:00"


def test_tick_delivers_once(shell: Any) -> None:
    case = shell.open()
    shell.at("2026-11-21 00:01")
    delivered = [event["action"] for event in shell.json("tick")["delivered"]]
    assert delivered == ["remind", "remind", "warn", "urge", "supervise"] or set(delivered) >= {"urge", "supervise"}
    assert shell.json("tick")["delivered"] == []
    assert "supervise" in {event["action"] for event in shell.json("history", case)}


def test_an_action_done_earlier_is_entered_with_its_time(shell: Any) -> None:
    case = shell.open()
    shell.at("2026-11-16 12:00")
    shell.run("advance", case, "report", "--at", "2026年11月16日 9时30分", by="zhao_min")
    entry = shell.json("history", case)[-1]
    assert entry["effective_at"] == "2026-11-16T01:30:00+00:00"
    assert entry["recorded_at"] == "2026-11-16T04:00:00+00:00"


def test_a_repeated_command_with_the_same_key_does_nothing(shell: Any) -> None:
    case = shell.open()
    first = shell.json("advance", case, "report", "--key", "k1", by="zhao_min")
    second = shell.json("advance", case, "report", "--key", "k1", by="zhao_min")
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["seq"] == second["seq"]


def test_a_case_can_be_named_by_part_of_its_number(shell: Any) -> None:
    case = shell.dispatched()
    assert shell.json("show", "1")["number"] == case
    assert shell.json("show", "1-1")["number"] == f"{case}-1"
    assert shell.json("show", shell.json("show", case)["id"][:23])["number"] == case


def test_options_stand_before_the_command_or_after_it(shell: Any) -> None:
    case = shell.open()
    before = shell.run("--json", "--as", "zhao_min", "actions", case).stdout
    after = shell.run("actions", case, "--json", "--as", "zhao_min").stdout
    assert json.loads(before) == json.loads(after)


def test_the_actor_may_come_from_the_environment(shell: Any) -> None:
    from click.testing import CliRunner

    from caseclock.cli import caseclock

    shell.open()
    environment = {"CASECLOCK_ACTOR": "zhao_min", "CASECLOCK_OFFICE": str(shell.folder)}
    result = CliRunner().invoke(caseclock, ["inbox", "--json"], env=environment)
    assert len(json.loads(result.stdout)) == 1


def test_the_office_is_found_from_a_folder_inside_it(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from caseclock.cli import caseclock

    inside = shell.folder / "letters" / "2026"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert CliRunner().invoke(caseclock, ["list", "--json"]).stdout == "[]\n"


def test_actions_say_their_inputs_and_what_is_in_the_way(shell: Any) -> None:
    case = shell.dispatched()
    shell.run("advance", case, "acknowledge", "acknowledgement=Hello", by="zhao_min")
    offers = {offer["action"]: offer for offer in shell.json("actions", case, by="zhao_min")}
    assert offers["acknowledge"]["obstacle"] == "The first response has been given already"
    asked = {offer["action"]: offer for offer in shell.json("actions", case, by="zheng_hua")}["ask_extension"]
    assert [field["name"] for field in asked["inputs"] if field["required"]] == ["extension_ground", "extension_reason"]


def test_every_command_speaks_json(shell: Any, tmp_path: Path) -> None:
    from caseclock.cli import caseclock
    from caseclock.definitions import shipped

    case = shell.dispatched()
    ended = shell.open(body="A lamp is out")
    shell.run("advance", ended, "mark_out_of_scope", "scope_reason=of the county", by="li_guang")
    table = tmp_path / "posts.csv"
    table.write_text("subject,posted_at\nA,2026-11-15\n", encoding="utf-8")
    test = tmp_path / "inquiry.test.yaml"
    test.write_text(shipped("inquiry.test.yaml"), encoding="utf-8")
    arguments: dict[str, tuple[str, ...]] = {
        "init": (str(tmp_path / "new"),),
        "check": (),
        "deploy": (),
        "open": ("subject=x",),
        "advance": (case, "acknowledge", "acknowledgement=x"),
        "import": (str(table),),
        "duplicates": (),
        "show": (case,),
        "actions": (case,),
        "history": (case,),
        "why": (case,),
        "list": (),
        "inbox": (),
        "due": (),
        "tick": (),
        "outbox": ("list",),
        "account": (case,),
        "report": (),
        "replay": (),
        "bulletin": ("draft",),
        "retention": (),
        "print": (case, "--output", str(tmp_path / "papers")),
        "templates": (),
        "calendar": ("show", "cn"),
        "head": (),
        "verify": (),
        "rebuild": ("--check",),
        "redact": (shell.open(author="invented"), "--reason", "asked"),
        "scrub": (),
        "export": ("--output", str(tmp_path / "cases.jsonl")),
        "load": (str(tmp_path / "cases.jsonl"),),
        "archive": (ended, "--output", str(tmp_path / "archive")),
        "verifier": (),
        "backup": (str(tmp_path / "copy.db"),),
        "restore": (str(tmp_path / "copy.db"),),
        "test": (str(test),),
        "diagram": ("--case", case),
        "demo": (),
        "diff": (),
        "versions": (),
        "schema": ("roster",),
        "migrate": ("propose", "online_opinion", "1", "1"),
    }
    # `work` goes on until it is stopped: tests/workers; `simulate` needs weeks of history: tests/whatif.
    assert set(arguments) == set(caseclock.commands) - {"work", "simulate"}
    for command, given in arguments.items():
        by = "sun_li" if command == "redact" else "zhao_min"
        assert isinstance(shell.json(command, *given, by=by), dict | list), command
