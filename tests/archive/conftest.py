"""A case that was filed, its given files in a folder, and its package."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from caseclock.storage import bags
from caseclock.workflow.archiving import Fonds, gather, make_package
from caseclock.workflow.messages import ENGLISH

FONDS = Fonds(name="清溪镇人民政府", creator="清溪镇党政办公室", number="0123")
AUTHOR = "invented_wanderer"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """The folder in which the office keeps the files that were given."""
    folder = tmp_path / "given"
    folder.mkdir()
    return folder


@pytest.fixture
def filed(township: Any, given: Path) -> str:
    """A case that went through all steps, with a unit that was urged; two of its files are at hand."""
    case = township.open(author=AUTHOR, body="The road is flooded", capture=_kept(given, "post.png", b"a picture"))
    township.do(case, "report", "olive")
    units = {"instruction": "Look into it", "units": ["water", "roads"], "lead": "water"}
    township.do(case, "dispatch", "lena", **units)
    township.answer(f"{case}-1", "wanda")
    township.at("2026-11-20 09:00").engine.tick()
    township.answer(f"{case}-2", "rosa")
    township.approve(case)
    township.publish(case)
    township.file_record(case, original_post=[_kept(given, "../post|1.pdf", b"the post")])
    township.engine.close_heads()
    return case


def _kept(folder: Path, name: str, content: bytes) -> dict[str, str]:
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / sha256).write_bytes(content)
    return {"name": name, "sha256": sha256}


@pytest.fixture
def packaged(township: Any, given: Path) -> Callable[..., Any]:
    """Makes the package of a case."""

    def make(case: str, *, private: bool = True, **more: Any) -> Any:
        return make_package(
            gather(township.engine, case, private=private),
            **{
                "now": township.clock[0],
                "language": ENGLISH,
                "fonds": FONDS,
                "programs": bags.programs(),
                "attached": bags.attached_from([given]),
                **more,
            },
        )

    return make


@pytest.fixture
def bag(packaged: Callable[..., Any], filed: str, tmp_path: Path) -> Path:
    """The package of the filed case, written."""
    return bags.write_bag(packaged(filed), tmp_path / "archive")
