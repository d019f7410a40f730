"""An office folder made by `caseclock init`, and the command line in it, with time that the test sets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from caseclock.cli import caseclock

MONDAY = "2026-11-16 09:00"


@dataclass
class Shell:
    """The command line in an office's folder."""

    folder: Path
    time: time_machine.Coordinates

    def run(self, *args: str, by: str | None = None, status: int = 0, lang: str = "en") -> Result:
        """Run a command and check its exit status."""
        who = ["--as", by] if by else []
        result = CliRunner().invoke(
            caseclock, ["--office", str(self.folder), "--lang", lang, *who, *args], env={"CASECLOCK_ACTOR": ""}
        )
        assert result.exit_code == status, (args, result.exit_code, result.output)
        assert "Traceback" not in result.output
        return result

    def json(self, *args: str, by: str | None = None, status: int = 0) -> Any:
        """Run a command with --json and return what it prints."""
        return json.loads(self.run(*args, "--json", by=by, status=status).stdout)

    def refused(self, *args: str, by: str | None = None, status: int) -> Any:
        """Run a command with --json that must fail and return its error; nothing may stand on stdout."""
        result = self.run(*args, "--json", by=by, status=status)
        assert result.stdout == ""
        return json.loads(result.stderr)["error"]

    def at(self, wall: str) -> None:
        """Set the time, in Shanghai."""
        day, clock = wall.split()
        self.time.move_to(f"{day}T{clock}:00+08:00", tick=False)

    def open(self, **values: str) -> str:
        """Open a case by the opinion officer and return its number."""
        data = {"subject": "Flooded road", "posted_at": "2026-11-16 08:20", "found_at": "2026-11-16 09:00", **values}
        receipt = self.json("open", *(f"{name}={value}" for name, value in data.items()), by="zhao_min")
        return str(receipt["case"]["number"])

    def dispatched(self, units: str = "minzheng", **more: str) -> str:
        """Open a case and dispatch it; return its number."""
        case = self.open()
        self.run("advance", case, "report", by="zhao_min")
        inputs = {"instruction": "Look into it", "units": units, **more}
        self.run("advance", case, "dispatch", *(f"{name}={value}" for name, value in inputs.items()), by="li_guang")
        return case


@pytest.fixture(scope="session")
def made_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offices") / "qingxi"
    result = CliRunner().invoke(caseclock, ["init", str(folder), "--title", "清溪镇"])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def shell(made_office: Path, tmp_path: Path) -> Iterator[Shell]:
    folder = tmp_path / "office"
    shutil.copytree(made_office, folder)
    with time_machine.travel("2026-11-16T09:05:00+08:00", tick=False) as time:
        yield Shell(folder, time)
