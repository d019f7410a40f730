"""The command line on a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import CliRunner

from caseclock.cli import caseclock


def run(*args: str) -> Any:
    return CliRunner().invoke(caseclock, ["--lang", "en", *args], env={"CASECLOCK_ACTOR": ""})


def test_a_case_runs_on_postgresql_from_its_address(tmp_path: Path, new_postgres: str) -> None:
    office = str(tmp_path / "town")
    assert run("init", office, "--db", new_postgres).exit_code == 0
    assert "postgresql://" in (tmp_path / "town" / "office.yaml").read_text(encoding="utf-8")
    assert not (tmp_path / "town" / "caseclock.db").exists()
    opened = run("--office", office, "--as", "zhao_min", "open", "subject=Flooded road", "posted_at=2026-11-16 08:20")
    assert opened.exit_code == 0, opened.output
    reported = run("--office", office, "--as", "zhao_min", "advance", "1", "report")
    assert reported.exit_code == 0, reported.output
    listed = run("--office", office, "list")
    assert "Flooded road" in listed.output or "0001" in listed.output
    assert run("--office", office, "why", "1").exit_code == 0


def test_another_database_than_the_offices_own_can_be_named(tmp_path: Path, postgres: str) -> None:
    office = str(tmp_path / "town")
    assert run("init", office).exit_code == 0
    deployed = run("--office", office, "--db", postgres, "deploy")
    assert deployed.exit_code == 0, deployed.output
    opened = ("--as", "zhao_min", "open", "subject=Flood", "posted_at=2026-11-16 08:20")
    assert run("--office", office, "--db", postgres, *opened).exit_code == 0
    assert "0001" in run("--office", office, "--db", postgres, "list").output
    assert "0001" not in run("--office", office, "list").output


def test_the_password_of_an_address_is_not_written_into_the_office_file(tmp_path: Path) -> None:
    run("init", str(tmp_path / "town"), "--db", "postgresql://clerk:hidden@/none?host=/nowhere")
    written = (tmp_path / "town" / "office.yaml").read_text(encoding="utf-8")
    assert "hidden" not in written
    assert "postgresql://clerk@/none?host=%2Fnowhere" in written
