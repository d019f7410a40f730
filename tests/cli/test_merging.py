"""The commands: `import` of a workbook, `duplicates`, and a merger seen in `show`, `why` and `history`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter


@pytest.fixture
def book(tmp_path: Path) -> str:
    rows = [
        ["编号", "主题", "发帖时间", "来源网站"],
        ["1", "夜间施工噪声扰民", datetime(2026, 11, 14, 9, 30), "邻里论坛"],
        ["2", "晚上施工噪音扰民问题", "2026年11月15日 14:30", "邻里论坛"],
        ["3", "路灯", "改天", "邻里论坛"],
    ]
    file = tmp_path / "posts.xlsx"
    with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd hh:mm"}) as made:
        made.add_worksheet("说明").write(0, 0, "填表说明")
        sheet = made.add_worksheet("帖子")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return str(file)


def test_a_workbook_with_its_sheet(shell: Any, book: str) -> None:
    rehearsed = shell.json("import", book, "--sheet", "帖子", "--dry-run", by="zhao_min", status=2)
    assert shell.json("list") == []
    done = shell.json("import", book, "--sheet", "帖子", by="zhao_min", status=2)
    assert {**rehearsed, "dry_run": False} == done
    assert [(row["row"], row["column"]) for row in done["bad"]] == [(4, "发帖时间")]
    assert [(pair["of"], pair["case"]) for pair in done["alike"]] == [tuple(done["opened"])]


def test_from_a_proposal_to_a_merger(shell: Any, book: str) -> None:
    first, second = shell.json("import", book, "--sheet", "帖子", by="zhao_min", status=2)["opened"]
    (pair,) = shell.json("duplicates")
    assert f"caseclock advance {second} merge merged_into={first}" in shell.run("duplicates").stdout
    before = shell.json("why", first, "public_reply")
    shell.run("advance", pair["of"], pair["action"], f"{pair['input']}={pair['case']}", by="zhao_min")
    (relation,) = shell.json("show", second)["relations"]
    assert (relation["kind"], relation["number"]) == ("took_in", first)
    assert f"took in {first}" in shell.run("show", second).stdout
    assert f"merged into {second}" in shell.run("show", first).stdout
    assert f"merged into {second}" in shell.run("history", first).stdout
    assert f"the start is that of {first}" in shell.run("why", second, "public_reply").stdout
    after = shell.json("why", second, "public_reply")
    assert after[0]["due_at"] == before[0]["due_at"]
    assert shell.json("duplicates") == []
    assert "no two open cases look alike" in shell.run("duplicates").stdout
    assert shell.json("verify")["findings"] == []


def test_how_alike_and_how_far_apart_may_be_chosen(shell: Any, book: str) -> None:
    shell.json("import", book, "--sheet", "帖子", by="zhao_min", status=2)
    (pair,) = shell.json("duplicates", "--score", "50", "--within", "2 days")
    assert pair["score"] == 67
