"""The archive package: complete, valid, equal when loaded again; whatever is changed in it is found and named."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import bagit
import pytest

from caseclock.storage import MemoryStore, bags
from caseclock.workflow import CaseclockError, Conflict, Engine, InvalidInput
from caseclock.workflow.chain import End, digest, merkle_root
from caseclock.workflow.engine.inclusion import merkle_path

AUTHOR = "invented_wanderer"


def test_bagit_validates_the_package(bag: Path) -> None:
    bagit.Bag(str(bag)).validate()
    assert bags.check_bag(bag) == ()


def test_a_package_is_loaded_to_an_equal_case(bag: Path, township: Any, filed: str, reader: Any) -> None:
    other = Engine(MemoryStore(), reader, office="qingxi", now=lambda: township.clock[0])
    report = other.load(bags.history_of(bag))
    assert (report.loaded, report.failed) == ((filed,), {})
    assert other.case(filed) == township.engine.case(filed)
    assert other.history(filed) == township.engine.history(filed)
    assert list(other.export([filed])) == list((bag / bags.HISTORY).read_text("utf-8").splitlines())


def flipped(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("any_store", ["memory"], indirect=True)
def test_one_flipped_byte_anywhere_is_found_and_named(packaged: Any, filed: str, tmp_path: Path) -> None:
    bag = bags.write_bag(packaged(filed), tmp_path / "archive")
    for path in sorted(path for path in bag.rglob("*") if path.is_file()):
        name, content = path.relative_to(bag).as_posix(), path.read_bytes()
        # Many bytes, at every place of a line, of the files that hold the others together; three of each other file.
        within = range(0, len(content), 13) if "data/" not in name else (0, len(content) // 2, len(content) - 1)
        for at in within:
            flipped(path, at)
            assert any(name in told for told in bags.check_bag(bag)), (name, at)
            path.write_bytes(content)
    assert bags.check_bag(bag) == ()


def test_a_file_that_was_taken_out_or_put_in_is_named(bag: Path) -> None:
    (bag / "data" / "note.html").unlink()
    (bag / "data" / "files" / "more.pdf").write_bytes(b"more")
    (bag / "more.txt").write_bytes(b"more")
    told = " ".join(bags.check_bag(bag))
    assert all(name in told for name in ("data/note.html", "data/files/more.pdf", "more.txt"))


def rewritten(bag: Path) -> None:
    """Write manifests that fit whatever stands in a bag now, as somebody would who hides a change."""
    for manifest, names in (("manifest", bag.glob("data/**/*")), ("tagmanifest", bag.glob("*.txt"))):
        path = bag / f"{manifest}-sha256.txt"
        lines = [
            f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.relative_to(bag).as_posix()}\n"
            for one in sorted(names)
            if one.is_file() and one != path and not one.name.startswith("tagmanifest")
        ]
        path.write_text("".join(lines), encoding="utf-8")


def test_a_change_for_which_the_manifests_were_written_anew_breaks_the_chain(bag: Path, filed: str) -> None:
    history = bag / bags.HISTORY
    history.write_text(history.read_text("utf-8").replace("Pumped dry", "Pumped not"), encoding="utf-8")
    rewritten(bag)
    bagit.Bag(str(bag)).validate()
    assert any("event" in told and "was changed" in told for told in bags.check_bag(bag))


def test_a_head_that_was_kept_elsewhere_is_compared(bag: Path, township: Any) -> None:
    heads = township.engine.heads()
    assert bags.check_bag(bag, heads[-1].line) == ()
    another = heads[-1].line.replace(heads[-1].digest, "0" * 64)
    assert any("another than the one that was published" in told for told in bags.check_bag(bag, another))
    assert any("holds no head" in told for told in bags.check_bag(bag, "nothing"))


def test_a_head_that_was_published_before_the_last_entries_does_not_vouch_for_them(bag: Path, township: Any) -> None:
    first, *_ = township.engine.heads()
    assert any("none so late" in told for told in bags.check_bag(bag, first.line))


def test_a_case_that_no_head_covers_does_not_hold_against_a_published_one(
    packaged: Any, filed: str, tmp_path: Path, township: Any
) -> None:
    township.do(filed, "inspect", "omar", findings="In order")
    bag = bags.write_bag(packaged(filed), tmp_path / "archive")
    assert bags.check_bag(bag) == ()
    assert any("no head covers" in told for told in bags.check_bag(bag, township.engine.heads()[-1].line))


def test_only_the_owner_can_read_a_package(bag: Path) -> None:
    assert bag.stat().st_mode & 0o077 == 0


def test_entries_put_in_after_the_head_are_not_covered_by_it(bag: Path) -> None:
    heads = bag / "data" / "record" / "heads.json"
    kept = json.loads(heads.read_text("utf-8"))
    kept["proofs"][0]["seq"] -= 1
    heads.write_text(json.dumps(kept), encoding="utf-8")
    rewritten(bag)
    assert any("does not cover its history" in told for told in bags.check_bag(bag))


def test_the_programs_in_a_package_check_it_without_caseclock(bag: Path) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", "-B", "verify_bag.py", ".."]
        return subprocess.run(command, cwd=bag / "data", capture_output=True, text=True, check=False)

    sound = run()
    assert (sound.returncode, sound.stdout, sound.stderr) == (0, "everything holds\n", "")
    flipped(bag / "data" / "files" / "0006-post.png", 2)
    damaged = run()
    assert damaged.returncode == 1
    assert damaged.stdout.startswith("data/files/0006-post.png: was changed")


def test_without_private_values_the_chain_holds_and_nothing_tells_them(
    packaged: Any, filed: str, tmp_path: Path, township: Any, reader: Any
) -> None:
    bag = bags.write_bag(packaged(filed, private=False), tmp_path / "archive")
    assert bags.check_bag(bag) == ()
    for path in (path for path in bag.rglob("*") if path.is_file()):
        assert AUTHOR.encode() not in path.read_bytes(), path
        assert b"The road is flooded" not in path.read_bytes(), path
    other = Engine(MemoryStore(), reader, office="qingxi", now=lambda: township.clock[0])
    assert list(other.load(bags.history_of(bag)).failed) == [filed]


def test_with_private_values_the_record_is_full(bag: Path) -> None:
    assert AUTHOR in (bag / "data" / "record" / "case.json").read_text("utf-8")


def test_what_was_erased_is_not_in_the_package_and_the_note_says_so(
    packaged: Any, filed: str, tmp_path: Path, township: Any
) -> None:
    township.engine.redact(filed, by="omar", reason="asked")
    township.engine.close_heads()
    bag = bags.write_bag(packaged(filed), tmp_path / "archive")
    assert bags.check_bag(bag) == ()
    assert "author" in (bag / "data" / "note.html").read_text("utf-8")
    assert all(AUTHOR.encode() not in path.read_bytes() for path in bag.rglob("*") if path.is_file())


def test_the_same_case_makes_the_same_package(packaged: Any, filed: str, tmp_path: Path) -> None:
    seals = {bags.seal_of(bags.write_bag(packaged(filed), tmp_path / name)) for name in ("one", "two")}
    assert len(seals) == 1


def test_a_package_never_takes_the_place_of_another(packaged: Any, filed: str, bag: Path) -> None:
    before = bags.seal_of(bag)
    with pytest.raises(Conflict):
        bags.write_bag(packaged(filed), bag.parent)
    assert bags.seal_of(bag) == before


def test_a_package_that_cannot_be_written_leaves_nothing_behind(packaged: Any, filed: str, tmp_path: Path) -> None:
    package = packaged(filed)
    long = replace(package, files={**package.files, "x" * 300: b""})
    with pytest.raises(CaseclockError):
        bags.write_bag(long, tmp_path / "archive")
    assert list((tmp_path / "archive").iterdir()) == []


def test_a_damaged_package_is_not_loaded(bag: Path, township: Any, reader: Any) -> None:
    flipped(bag / bags.HISTORY, 100)
    other = Engine(MemoryStore(), reader, office="qingxi", now=lambda: township.clock[0])
    with pytest.raises(InvalidInput, match="is not as it was written"):
        other.load(bags.history_of(bag))


@pytest.mark.parametrize("count", range(1, 18))
def test_every_end_leads_to_the_root_of_its_head(count: int) -> None:
    ends = [End(f"case-{at:03d}", at + 1, f"{at:064d}") for at in range(count)]
    for at, end in enumerate(ends):
        found = digest(["end", end.case, end.seq, end.link])
        for side, other in merkle_path(ends, at):
            found = digest(["pair", *((other, found) if side == "left" else (found, other))])
        assert found == merkle_root(ends)
