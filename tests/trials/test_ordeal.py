"""Programs that are killed at random points, with parts that join, papers, late entries and heads in the making.

The long form: ``python tests/trials/ordeal.py --kills 3000``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from caseclock.storage import create_store

ORDEAL = Path(__file__).parent / "ordeal.py"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_whoever_is_killed_whenever_nothing_is_lost_and_nothing_comes_twice(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    address = request.getfixturevalue("postgres") if kind == "postgres" else f"sqlite:///{tmp_path}/cases.db"
    create_store(address).close()
    done = subprocess.run(
        [sys.executable, str(ORDEAL), "--kills", "30", "--seed", "11", "--on", address],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 fault(s)" in done.stdout
    assert " accepted" in done.stdout
    assert " rungs" in done.stdout
