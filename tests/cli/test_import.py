"""The command `import`: counts, rows in JSON, a rehearsal that changes nothing, and exit statuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def table(tmp_path: Path) -> str:
    file = tmp_path / "posts.csv"
    file.write_bytes(
        "主题,发帖时间,网名\n积水,2026/11/15 9:00,甲\n路灯,soon,乙\n积水,2026/11/16,甲\n".encode("gb18030")
    )
    return str(file)


def test_the_result_tells_every_row(shell: Any, table: str) -> None:
    done = shell.json("import", table, by="zhao_min", status=2)
    assert len(done["opened"]) == 1
    assert [row["row"] for row in done["bad"]] == [3]
    assert done["duplicates"] == [{"row": 4, "of": "row 2"}]
    assert done["dry_run"] is False


def test_the_page_tells_every_row_too(shell: Any, table: str) -> None:
    page = shell.run("import", table, by="zhao_min", status=2).stdout
    assert "1 opened, 1 there already, 1 bad" in page
    assert "row 3: posted_at" in page


def test_a_dry_run_tells_the_same_and_changes_nothing(shell: Any, table: str) -> None:
    rehearsed = shell.json("import", table, "--dry-run", by="zhao_min", status=2)
    assert shell.json("list") == []
    done = shell.json("import", table, by="zhao_min", status=2)
    assert {**rehearsed, "dry_run": False} == done
    assert [item["number"] for item in shell.json("list")] == done["opened"]


def test_the_mapping_is_a_file(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "board.csv").write_text("no,when,what\n5,2026-11-15 08:00,Light\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text("columns: {subject: what, posted_at: when}\nid: no\n", encoding="utf-8")
    args = ("import", str(tmp_path / "board.csv"), "--map", str(tmp_path / "map.yaml"))
    (number,) = shell.json(*args, by="zhao_min")["opened"]
    assert shell.json("show", number)["data"]["subject"] == "Light"
    assert shell.json(*args, by="zhao_min")["duplicates"] == [{"row": 2, "of": number}]


def test_who_may_not_open_cases_imports_nothing(shell: Any, table: str) -> None:
    done = shell.json("import", table, by="li_guang", status=2)
    assert done["opened"] == []
    assert "may not open" in done["bad"][0]["problem"]


def test_a_table_that_is_not_there(shell: Any) -> None:
    assert shell.refused("import", "gone.csv", by="zhao_min", status=2)["code"] == "usage"
