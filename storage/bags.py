"""Archive packages on disk: BagIt bags, written whole or not at all, checked, and read back.

Source: RFC 8493. The library `bagit` writes bags of version 0.97, which differ from 1.0 in nothing that is used here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files as resources
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ..workflow.archiving import NamedFile, Package
from ..workflow.errors import CaseclockError, Conflict, InvalidInput, NotFound
from ..workflow.messages import say
from .backup import to_disk

HISTORY = "data/history.jsonl"
"""Where in a bag the history stands, in the form in which `Engine.export` writes it."""

PROGRAMS = {"verifier.py": "verifier.py", "verify_bag.py": "bag_verifier.py"}
"""The programs that go into a bag, and the modules that they are."""


def programs() -> tuple[NamedFile, ...]:
    """Return the programs by which a bag is checked without caseclock."""
    folder = resources(__package__)
    return tuple(NamedFile(name, folder.joinpath(module).read_bytes()) for name, module in PROGRAMS.items())


def attached_from(folders: Iterable[Path]) -> Callable[[str], bytes | None]:
    """Return what finds a file by its SHA-256 in these folders and the folders within them. Raises `NotFound`."""
    by_hash: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise NotFound(say("there is no folder {folder}", folder=str(folder)))
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            with path.open("rb") as file:
                by_hash.setdefault(hashlib.file_digest(file, "sha256").hexdigest(), path)
    return lambda sha256: by_hash[sha256].read_bytes() if sha256 in by_hash else None


def write_bag(package: Package, folder: Path) -> Path:
    """Write a package into a folder of its own under ``folder``, and return that folder.

    It is made under another name, checked, and gets its name only when it is whole.

    Raises `Conflict` when there is something of that name, `CaseclockError` when the library is not installed.
    """
    target = folder / package.name
    if target.exists():
        raise Conflict(
            say("there is a folder {folder} already", folder=str(target)),
            say("check it with `caseclock archive --check {folder}`, or give another --output", folder=str(target)),
        )
    folder.mkdir(parents=True, exist_ok=True)
    # Whoever can read the folder can read what people told the office; mkdtemp lets only its owner in.
    made = Path(mkdtemp(prefix=f".{package.name}-", dir=folder))
    try:
        _fill(made, package.files)
        _make_bag(made, package.about)
        _settle(made)
        if found := check_bag(made):
            raise CaseclockError(say("the package is not as it should be: {found}", found=found))
        # Somebody else may have been as quick: a folder with something in it is never replaced.
        os.rename(made, target)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def _not_written(target: Path, error: OSError) -> CaseclockError:
    return CaseclockError(say("cannot write {file}: {reason}", file=str(target), reason=error.strerror or str(error)))


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _make_bag(folder: Path, about: Mapping[str, str]) -> None:
    try:
        import bagit  # type: ignore[import-untyped]
    except ImportError as error:
        raise CaseclockError(
            say("packages are written by the library bagit, which is not installed"),
            say("install it with: pip install 'caseclock[archive]'"),
        ) from error
    bagit.make_bag(str(folder), dict(about), checksums=["sha256"])


def _settle(folder: Path) -> None:
    """Have everything of a folder written to the disk."""
    for path in (*sorted(folder.rglob("*")), folder):
        to_disk(path)


def check_bag(bag: Path, published: str | None = None) -> tuple[str, ...]:
    """Return what is wrong with a bag, in words; nothing of it is trusted, the programs in it least.

    Args:
        published: text with heads that were kept elsewhere.

    Raises `NotFound` when there is no such folder.
    """
    from . import bag_verifier

    if not bag.is_dir():
        raise NotFound(say("there is no folder {folder}", folder=str(bag)))
    return tuple(bag_verifier.findings(bag, published))


def history_of(bag: Path) -> Iterator[str]:
    """Yield the lines of the history in a bag, for `Engine.load`. Raises `InvalidInput` where something was changed."""
    if found := check_bag(bag):
        raise InvalidInput(
            say("the package {folder} is not as it was written: {found}", folder=str(bag), found=found),
            hint=say("take another copy of it"),
        )
    with (bag / HISTORY).open(encoding="utf-8") as lines:
        yield from lines


def told_of(package: Package, bag: Path) -> dict[str, Any]:
    """Return what is told of a package that was written: where, what it is named by, and what is not in it."""
    return {
        "folder": str(bag),
        "seal": seal_of(bag),
        "items": len(package.items),
        "missing": list(package.missing),
        "retention": package.about.get("Caseclock-Retention"),
        "private": package.about["Caseclock-Private-Values"],
        "head": package.about.get("Caseclock-Last-Head"),
    }


def seal_of(bag: Path) -> str:
    """Return the SHA-256 of a bag's tag manifest, by which the whole bag can be named in a register."""
    return hashlib.sha256((bag / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
