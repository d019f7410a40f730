"""`caseclock account` and `caseclock report`, as a clerk and a script use them."""

from __future__ import annotations

from ..cli.conftest import Shell


def test_the_account_of_a_case_adds_up(shell: Shell) -> None:
    case = shell.dispatched()
    shell.at("2026-11-18 09:00")
    found = shell.json("account", case)
    parts = (found["unassigned"], found["as_lead"], found["as_co_unit"])
    assert sum(sum(part.values()) for part in parts) + found["paused"] == found["elapsed"]
    assert found["slips"][0]["course"] == "running"
    assert "Whose time" in shell.run("account", case).stdout
    assert shell.json("account", case, "--at", "2026-11-16 09:05")["elapsed"] == 0


def test_a_report_is_printed_or_written(shell: Shell) -> None:
    shell.dispatched()
    shell.at("2026-11-25 09:00")
    data = shell.json("report")
    assert [one["unit"] for one in data["unanswered"]] == ["minzheng"]
    assert "Neither answered nor explained" in shell.run("report", "--only", "unanswered").stdout
    assert shell.run("report", "--format", "csv").stdout_bytes.startswith(b"\xef\xbb\xbf")
    for form in ("csv", "xlsx", "html"):
        out = shell.folder / f"report.{form}"
        shell.run("report", "--format", form, "--out", str(out))
        assert out.stat().st_size > 500
    assert b"<svg" in (shell.folder / "report.html").read_bytes()


def test_groups_are_shown_when_they_are_asked_for(shell: Shell) -> None:
    shell.dispatched()
    shell.at("2026-11-25 09:00")
    assert "2026-11 " not in shell.run("report", "--only", "figures").stdout
    assert "2026-11 " in shell.run("report", "--only", "figures", "--by", "month").stdout
    assert "month" in shell.run("report", "--by", "nonsense", status=2).output


def test_a_past_cut_off_shows_what_was_overdue_then(shell: Shell) -> None:
    shell.dispatched()
    shell.at("2026-11-25 09:00")
    assert shell.json("report", "--at", "2026-11-17 09:00")["overdue"] == []


def test_a_procedure_without_a_plan_is_reported_on_by_its_own_clocks(shell: Shell) -> None:
    from caseclock.definitions import shipped

    (shell.folder / "inquiry.procedure.yaml").write_text(shipped("inquiry.procedure.yaml"), encoding="utf-8")
    shell.run("deploy")
    assert shell.json("report", "--procedure", "inquiry")["cases"] == 0
