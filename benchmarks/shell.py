"""What a command from the shell costs, against an interpreter that does nothing, in one interleaved run.

    python benchmarks/shell.py [--json] [--check]

See benchmarks/README.md for what each row means.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROUNDS = 15
NOTHING = (sys.executable, "-c", "pass")
CASECLOCK = (sys.executable, "-c", "import sys; from caseclock.cli import main; sys.exit(main())")
# Without compiled modules every command would compile the libraries anew.
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Row:
    """One command: how many times a bare interpreter it costs, and what is allowed."""

    name: str
    ratio: float
    target: float

    @property
    def missed(self) -> bool:
        """Whether it costs more than is allowed."""
        return self.ratio > self.target


class Office:
    """A folder with an office in it, and as many cases as there will be rounds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        run(*CASECLOCK, "init", "--id", "bench", str(folder))
        posted = datetime.now(UTC).isoformat(timespec="seconds")
        fields = ("subject=Flooded road", f"posted_at={posted}", f"found_at={posted}")
        self.numbers = iter([self._open(*fields) for _ in range(ROUNDS + 1)])

    def _open(self, *fields: str) -> str:
        told = run(*CASECLOCK, "--office", str(self.folder), "--as", "zhao_min", "open", *fields, "--json")
        return str(json.loads(told)["case"]["number"])

    def advance(self) -> None:
        """Do one action on a case on which it has not been done yet."""
        where = ("--office", str(self.folder), "--as", "zhao_min")
        run(*CASECLOCK, *where, "advance", next(self.numbers), "acknowledge", "acknowledgement=Received")


def run(*command: str) -> str:
    """Run a command to its end and return what it prints."""
    return subprocess.run(command, env=SURROUNDINGS, check=True, capture_output=True, text=True).stdout  # noqa: S603


def compared(command: Callable[[], object]) -> float:
    """Return how many times longer a command takes than an interpreter that does nothing."""
    command()
    ratios = []
    for _ in range(ROUNDS):
        bare = _timed(lambda: run(*NOTHING))
        ratios.append(_timed(command) / bare)
    return statistics.median(ratios)


def _timed(command: Callable[[], object]) -> float:
    begun = time.perf_counter()
    command()
    return time.perf_counter() - begun


def rows() -> Iterator[Row]:
    """Yield what commands cost."""
    yield Row("--help", compared(lambda: run(*CASECLOCK, "--help")), 6)
    with TemporaryDirectory() as folder:
        yield Row("advance one case", compared(Office(Path(folder) / "office").advance), 32)


def main() -> int:
    """Print the rows; with --check, exit with 1 where a ratio is above its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = list(rows())
    if options.json:
        print(json.dumps([asdict(row) for row in found], indent=2))
    else:
        for row in found:
            print(f"{row.name:42} {row.ratio:6.2f}x  at most {row.target:g}")
    return int(options.check and any(row.missed for row in found))


if __name__ == "__main__":
    sys.exit(main())
