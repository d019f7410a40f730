"""The demonstration runs, goes as its story expects, and shows what it must show."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from caseclock.cli import caseclock


def played(*args: str, lang: str = "en") -> str:
    result = CliRunner().invoke(caseclock, ["--lang", lang, "demo", *args])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_demo_shows_the_seven_steps_and_every_refusal() -> None:
    page = played()
    for number in range(1, 8):
        assert f"\n{number}. " in page
    assert page.count("\n    refused:") == 5
    for word in ("urge", "supervise", "Extension", "舆抄〔2026〕1号", "2026-0001: Inspected", "2026-11-23 24:00"):
        assert word in page or word.lower() in page.lower(), word
    assert "day 5 of 5" in page
    assert "the last day moves here from 2026-11-21" in page


def test_the_demo_in_chinese() -> None:
    page = played(lang="zh")
    assert "三、办理答复" in page
    assert "公开答复时限" in page
    assert "Monday" not in page


def test_the_demo_can_be_kept_and_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    played("--keep", str(folder))
    result = CliRunner().invoke(caseclock, ["--office", str(folder), "--lang", "en", "show", "1"])
    assert "Inspected" in result.stdout
    again = CliRunner().invoke(caseclock, ["demo", "--keep", str(folder)])
    assert again.exit_code == 6
