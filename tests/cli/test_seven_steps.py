"""A post goes through all seven steps by commands alone, and reads in English and in Chinese."""

from __future__ import annotations

from typing import Any

REPLY = "您好！积水已消除。"
CHECKS = ("facts_checked=yes", "policy_checked=是", "secrecy_checked=true", "privacy_checked=1")


def carried_through(shell: Any) -> str:
    """Carry a case from its post to the inspection and return its number."""
    case: str = shell.dispatched("minzheng，chengjian", lead="minzheng")
    shell.run("advance", case, "acknowledge", "acknowledgement=Received", by="zhao_min")
    shell.at("2026-11-18 15:00")
    asked = ("extension_ground=investigation", "extension_reason=Survey")
    shell.run("advance", case, "ask_extension", *asked, by="zheng_hua")
    shell.run("advance", case, "grant_extension", "extension_decision=Yes", "notice_to_author=Later", by="li_guang")
    answer = ("result=Pumped", "reply_opinion=Dry", "proposed_outcome=已解决")
    for slip, head in ((f"{case}-1", "zheng_hua"), (f"{case}-2", "feng_tao")):
        shell.run("advance", slip, "answer", *answer, by=head)
    shell.run("advance", case, "approve", f"reply_text={REPLY}", "outcome=resolved", *CHECKS, by="li_guang")
    (shell.folder / "reply.txt").write_bytes(REPLY.encode())
    (shell.folder / "reply.png").write_bytes(b"image")
    published = (f"published_text=@{shell.folder}/reply.txt", "reply_url=https://forum.example/1")
    shell.run("advance", case, "publish", *published, f"reply_capture={shell.folder}/reply.png", by="qian_wen")
    paper = f"{shell.folder}/reply.png"
    classes = ("original_post", "handling_record", "assignment_and_reply", "leaders_instructions", "other_material")
    filed = [f"{name}={paper}" for name in classes]
    shell.run("advance", case, "file_record", *filed, "retention=years_30", by="sun_li")
    shell.run("advance", case, "inspect", "findings=In time", by="sun_li")
    return case


def test_a_case_runs_from_the_post_to_the_inspection(shell: Any) -> None:
    case = carried_through(shell)
    shown = shell.json("show", case)
    assert shown["state"] == "inspected"
    assert {slip["state"] for slip in shown["subcases"]} == {"closed"} or shown["subcases"]
    clock = next(clock for clock in shown["clocks"] if clock["clock"] == "public_reply")
    assert clock["met"]
    assert clock["due_at"] == "2026-11-23T16:00:00+00:00"


def test_a_text_from_a_file_has_the_hash_of_the_same_text_typed(shell: Any) -> None:
    """Published from a file, approved as typed: carried_through would be refused if one character differed."""
    case = carried_through(shell)
    assert shell.json("show", case)["data"]["published_text"] == REPLY


def test_a_file_is_kept_as_its_name_and_hash(shell: Any) -> None:
    case = carried_through(shell)
    capture = shell.json("show", case)["data"]["reply_capture"]
    assert capture["name"] == "reply.png"
    assert len(capture["sha256"]) == 64


def test_a_case_reads_in_chinese(shell: Any) -> None:
    case = shell.dispatched()
    page = shell.run("show", case, lang="zh").stdout
    assert "网络舆情办理" in page
    assert "办理中" in page
    assert "公开答复时限" in page
    assert "Being handled" not in page


def test_the_reason_of_a_due_reads_in_chinese(shell: Any) -> None:
    case = shell.open()
    page = shell.run("why", case, "public_reply", lang="zh").stdout
    assert "公开答复时限" in page
    assert "2026-11-19 24:00" in page


def test_a_refusal_reads_in_chinese(shell: Any) -> None:
    case = shell.open()
    shell.run("advance", case, "report", by="zhao_min")
    inputs = ("instruction=办", "units=minzheng,chengjian")
    refused = shell.run("advance", case, "dispatch", *inputs, by="li_guang", status=5, lang="zh")
    assert "须从承办单位中明确一个牵头单位" in refused.stderr


def test_the_office_can_choose_the_language(shell: Any) -> None:
    from click.testing import CliRunner

    from caseclock.cli import caseclock

    case = shell.open()
    file = shell.folder / "office.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "language: zh\n", encoding="utf-8")
    result = CliRunner().invoke(caseclock, ["--office", str(shell.folder), "show", case])
    assert "已登记" in result.stdout
