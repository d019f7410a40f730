"""Help answers at once, in the reader's language, and names every option."""

from __future__ import annotations

import os
import subprocess
import sys

from click.testing import CliRunner

from caseclock.cli import caseclock

HEAVY = {"sqlalchemy", "alembic", "rich", "pydantic", "pendulum", "yaml", "transitions", "holidays", "jinja2"}


def test_help_imports_nothing_heavy() -> None:
    """Neither the help of the whole nor that of any command."""
    program = (
        "import sys\nfrom caseclock.cli import caseclock\n"
        "for words in [], *([name] for name in caseclock.commands):\n"
        "    try:\n        caseclock.main([*words, '--help'])\n"
        "    except SystemExit as done:\n        assert done.code == 0\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.count("Usage:") == len(caseclock.commands) + 1
    assert HEAVY.isdisjoint(done.stderr.split())


def test_help_in_chinese() -> None:
    environment = {**os.environ, "LANGUAGE": "zh_CN", "PYTHONUTF8": "1"}
    program = "from caseclock.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "due", "--help"], capture_output=True, text=True, check=True, env=environment
    )
    assert "List the limits" not in done.stdout
    assert "选项" in done.stdout


def test_the_language_of_the_help_can_be_asked_for() -> None:
    page = CliRunner().invoke(caseclock, ["--lang", "zh", "--help"]).stdout
    assert "选项" in page
    assert "Options" in CliRunner().invoke(caseclock, ["--lang", "en", "--help"]).stdout


def test_each_command_is_told_in_one_line() -> None:
    page = CliRunner().invoke(caseclock, ["--lang", "en", "--help"], env={"COLUMNS": "80"}).stdout
    listed = page.split("Commands:")[1].strip().splitlines()
    assert len(listed) == len(caseclock.commands)


def test_the_version() -> None:
    assert CliRunner().invoke(caseclock, ["--version"]).stdout.startswith("caseclock ")
