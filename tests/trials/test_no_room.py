"""A disk that is really full: each command is done or refused in words, and with room again everything goes on.

A small file system can only be made where the tests may mount one; elsewhere this is skipped, and the size limit of
SQLite stands in for it (tests/crashes).
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from sqlalchemy import URL
from sqlalchemy import Engine as Database

from caseclock.storage import create_store
from caseclock.workflow import Engine, Refusal, StorageFailed

from .errands import UNITS, Ground, clerk, faults, helper, kept

ANN = clerk("ann")
ENOUGH = 40
"""How many commands have to be refused for want of room."""

Command = Callable[[], object]


class Disk:
    """A small file system."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def resize(self, size: str, *, first: bool = False) -> bool:
        """Give it a size, such as ``8m``; return whether one may."""
        options = f"size={size},mode=777" if first else f"remount,size={size}"
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(self.path)]
        try:
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return False


@pytest.fixture
def disk() -> Iterator[Disk]:
    # Not under pytest's own folder, into which the user that the server runs as may not look.
    with TemporaryDirectory(prefix="cc-") as folder:
        os.chmod(folder, 0o755)
        disk = Disk(Path(folder) / "disk")
        disk.path.mkdir()
        if not disk.resize("12m", first=True):
            pytest.skip("no file system can be mounted here")
        yield disk
        subprocess.run(["umount", "--lazy", str(disk.path)], check=True)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, disk: Disk) -> Iterator[str]:
    """A database on that disk; of PostgreSQL the tables, while its log stands elsewhere."""
    if request.param == "sqlite":
        yield f"sqlite:///{disk.path}/cases.db"
        return
    server: URL = request.getfixturevalue("postgres_server")
    administration: Database = request.getfixturevalue("postgres_administration")
    name = f"cc_{uuid4().hex}"
    with administration.connect() as connection:
        data = Path(str(connection.exec_driver_sql("SHOW data_directory").scalar()))
        if not data.exists():
            pytest.skip("the server is on another machine")
        (disk.path / "space").mkdir(mode=0o700)
        os.chown(disk.path / "space", data.stat().st_uid, data.stat().st_gid)
        connection.exec_driver_sql(f"CREATE TABLESPACE {name} LOCATION '{disk.path}/space'")
        connection.exec_driver_sql(f"CREATE DATABASE {name} TABLESPACE {name}")
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
            connection.exec_driver_sql(f"DROP TABLESPACE {name}")


def test_on_a_full_disk_each_command_is_done_or_refused_in_words(disk: Disk, address: str) -> None:
    create_store(address).close()
    ground = Ground(address, "full", time.time(), speed=86_400)
    ground.set_up()
    done: set[str] = set()
    left: dict[str, Command] = {}
    with ground.engine() as engine:
        for key, command in commands(engine):
            answer = attempt(command)
            if answer == "done":
                done.add(key)
            elif answer == "full":
                left[key] = command
            if len(left) == ENOUGH:
                break
        kinds = {key.partition("-")[0] for key in left}
        assert {"open", "note"} < kinds, kinds
        look_at(ground, {key for key in done if not key.startswith(("tick", "head"))})

        disk.resize("200m")
        for key, command in left.items():
            assert attempt(command) != "full"
            done.add(key)
        engine.tick()
        assert engine.close_heads()
    assert faults(ground) == []
    assert keys(ground) <= done


def look_at(ground: Ground, done: set[str]) -> None:
    """While there is no room, what was done is there and nothing else; a server may let nobody new in to look."""
    try:
        assert faults(ground) == []
        assert keys(ground) == done
    except StorageFailed as error:
        assert "disk is full" in str(error)  # noqa: PT017


def commands(engine: Engine) -> Iterator[tuple[str, Command]]:
    """Yield commands of every kind, each with its key, on and on."""
    rng = random.Random(5)
    cases: list[str] = []
    for turn in range(100_000):
        kind = rng.choice(["open", "note", "note", "hand_out", "give", "tick", "head"] if cases else ["open"])
        key = f"{kind}-{turn}"
        case = rng.choice(cases[-30:]) if cases else ""
        text = rng.randbytes(rng.randrange(40_000)).hex()
        fire = partial(engine.fire, case, kind, key=key)
        ways: dict[str, Command] = {
            "open": partial(open_case, engine, cases, text, key),
            "note": partial(fire, by=ANN, data={"remark": text}),
            "hand_out": partial(fire, by=ANN, data={"units": UNITS}),
            "give": partial(engine.fire, f"{case}-1", kind, by=helper("bea", "north"), key=key),
            "tick": engine.tick,
            "head": engine.close_heads,
        }
        yield key, ways[kind]


def open_case(engine: Engine, cases: list[str], subject: str, key: str) -> None:
    """Open a case, and note down its number. No list is asked for it: on a full disk long ones cannot be sorted."""
    cases.append(engine.open("errand", {"subject": subject}, by=ANN, key=key).case.number)


def attempt(command: Command) -> str:
    """Give a command, and return what became of it; a disk that is full must be told in words."""
    try:
        command()
    except StorageFailed as error:
        return "full" if "the disk is full" in error.text() else error.text()
    except Refusal:
        return "refused"
    return "done"


def keys(ground: Ground) -> set[str]:
    """Return the keys of all commands that are in the history."""
    return {event.key for event in kept(ground).events if event.key}
