"""What an auditor and the office's keeper of records do on the command line."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any


def forge(shell: Any) -> None:
    """Change who opened a case, as somebody with the file in hand can."""
    with sqlite3.connect(shell.folder / "caseclock.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE cc_events SET actor = 'forged' WHERE seq = 1")
    connection.close()


def test_an_untouched_office_verifies_and_a_forged_one_exits_with_7(shell: Any) -> None:
    case = shell.open()
    assert "1 case(s) with 1 event(s) and 0 head(s) verified: everything holds" in shell.run("verify").stdout
    forge(shell)
    told = shell.run("verify", status=7).stdout
    assert f"{case}: event 1 (open by forged) was changed or put in afterwards [edited]" in told
    (finding,) = shell.json("verify", status=7)["findings"]
    assert (finding["kind"], finding["case"], finding["seq"]) == ("edited", case, 1)
    assert "事后" in shell.run("verify", status=7, lang="zh").stdout


def test_a_head_is_printed_kept_outside_and_checked_against(shell: Any, tmp_path: Path) -> None:
    shell.open()
    page = shell.run("head").stdout
    assert page.startswith("caseclock-head 1 ")
    for name, text in (("page.txt", page), ("head.json", shell.run("head", "--json").stdout)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        shell.run("verify", "--head", str(tmp_path / name))
    line = page.splitlines()[0]
    other = line.replace(line.split()[3][:8], "00000000")
    (tmp_path / "other.txt").write_text(other, encoding="utf-8")
    told = shell.run("verify", "--head", str(tmp_path / "other.txt"), status=7).stdout
    assert "head 1 is another than the one that was published" in told
    shell.open()
    assert shell.json("head")["number"] == 2
    assert shell.json("head", "--number", "1")["line"] == line
    assert shell.refused("head", "--number", "9", status=4)["code"] == "not-found"


def test_private_values_are_erased_by_whom_the_procedure_names(shell: Any) -> None:
    case = shell.open(author="invented_wanderer")
    assert shell.refused("redact", case, "--reason", "asked", by="li_guang", status=5)["code"] == "not-allowed"
    shell.run("redact", case, "--reason", "asked by the person", by="sun_li")
    told = shell.run("history", case).stdout
    assert "author: erased" in told
    assert "reason: asked by the person" in told
    assert "invented_wanderer" not in told
    assert b"invented_wanderer" not in (shell.folder / "caseclock.db").read_bytes()
    shell.run("verify")
    shell.run("scrub")


def test_what_does_not_follow_from_the_history_is_told_and_put_right(shell: Any) -> None:
    case = shell.open()
    assert "1 case(s): 0 difference(s)" in shell.run("rebuild", "--check").stdout
    with sqlite3.connect(shell.folder / "caseclock.db") as connection:
        connection.execute("UPDATE cc_cases SET state = 'archived'")
        connection.execute("DELETE FROM cc_timers")
        connection.execute("UPDATE cc_serials SET value = 0")
    connection.close()
    told = shell.run("rebuild", "--check", status=7).stdout
    assert f"{case}: state is archived; from the history follows registered" in told
    assert "the last number drawn of" in told
    assert shell.json("show", case)["state"] == "archived"
    assert "repaired" in shell.run("rebuild").stdout
    assert shell.json("show", case)["state"] == "registered"
    assert shell.json("rebuild", "--check")["differences"] == []
    assert shell.open() == "2026-0002"
