"""Inputs typed as NAME=VALUE become values of the type that the field declares."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions.inputs_reader import read_inputs, split_pairs
from caseclock.workflow import InvalidInput
from caseclock.workflow.messages import Text
from caseclock.workflow.model import Field, FieldType


def declared(kind: FieldType, of: FieldType | None = None) -> list[Field]:
    return [Field("x", kind, Text("X", "X"), of=of)]


def read(text: str, kind: FieldType, of: FieldType | None = None) -> Any:
    return read_inputs({"x": text}, declared(kind, of), "Asia/Shanghai")["x"]


@pytest.mark.parametrize("text", ["water,roads", "water，roads", "water、roads", " water , roads ,"])
def test_a_list_is_separated_by_any_comma(text: str) -> None:
    assert read(text, FieldType.LIST, FieldType.UNIT) == ["water", "roads"]


def test_a_comma_in_a_text_is_a_comma() -> None:
    assert read("yes, 好，的", FieldType.TEXT) == "yes, 好，的"


def test_times_and_days() -> None:
    assert read("2019/4/25 9:32:09", FieldType.INSTANT) == datetime.fromisoformat("2019-04-25T09:32:09+08:00")
    assert read("2026/12/1", FieldType.DATE) == date(2026, 12, 1)


def test_a_file_becomes_its_name_and_hash(tmp_path: Path) -> None:
    paper = tmp_path / "批示.pdf"
    paper.write_bytes(b"instruction")
    sha256 = hashlib.sha256(b"instruction").hexdigest()
    assert read(str(paper), FieldType.FILE) == {"name": "批示.pdf", "sha256": sha256}
    assert read(f"{paper},{paper}", FieldType.LIST, FieldType.FILE)[1] == {"name": "批示.pdf", "sha256": sha256}


def test_a_text_is_taken_from_a_file_exactly(tmp_path: Path) -> None:
    letter = tmp_path / "reply.txt"
    letter.write_bytes("一\r\n二\n".encode())
    assert read(f"@{letter}", FieldType.TEXT) == "一\r\n二\n"
    assert read("@@somebody", FieldType.TEXT) == "@somebody"


def test_only_text_fields_read_files(tmp_path: Path) -> None:
    assert read("@water", FieldType.UNIT) == "@water"


def test_every_input_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"\xff\xfe\x00")
    kinds = {"a": FieldType.FILE, "b": FieldType.TEXT, "c": FieldType.INSTANT}
    fields = [Field(name, kind, Text(name, name)) for name, kind in kinds.items()]
    typed = {"a": str(tmp_path / "gone"), "b": f"@{tmp_path / 'b'}", "c": "soon"}
    with pytest.raises(InvalidInput) as caught:
        read_inputs(typed, fields, "Asia/Shanghai")
    assert set(caught.value.fields) == {"a", "b", "c"}


def test_an_unknown_name_goes_through_to_be_refused_by_the_procedure() -> None:
    assert read_inputs({"y": "@1"}, declared(FieldType.TEXT), "UTC") == {"y": "@1"}


def test_a_value_may_hold_an_equals_sign() -> None:
    assert split_pairs(["url=https://a/?b=c"]) == {"url": "https://a/?b=c"}


@pytest.mark.parametrize("pairs", [["subject"], ["=x"], ["a=1", "a=2"]])
def test_pairs_that_are_none(pairs: list[str]) -> None:
    with pytest.raises(InvalidInput):
        split_pairs(pairs)
