"""YAML as people write it by hand: 1.2 scalars, places, and everything that is refused or explained."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.definitions.yaml_reader import Place, read_yaml
from caseclock.workflow.errors import DefinitionInvalid


def refused(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(DefinitionInvalid) as error:
        read_yaml(text, "p.yaml")
    return [(problem.code, problem.line, problem.column) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("3", 3),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("No", "No"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2026-11-16", "2026-11-16"),
        ("2026-11-16T09:00:00Z", "2026-11-16T09:00:00Z"),
        (".inf", ".inf"),
        ("9" * 30, "9" * 30),
        ("'3'", "3"),
        ('"true"', "true"),
    ],
)
def test_scalars_follow_yaml_1_2(scalar: str, value: object) -> None:
    assert read_yaml(f"key: {scalar}", "p.yaml").data == {"key": value}


def test_keys_are_always_text_as_written() -> None:
    assert read_yaml("on: 1\n2026: 2\ntrue: 3\n", "p.yaml").data == {"on": 1, "2026": 2, "true": 3}


def test_every_key_and_value_has_its_place() -> None:
    source = read_yaml("a:\n  - {b: 受理, c: 'x'}\n", "p.yaml")
    assert source.keys["a", 0, "c"] == Place(2, 13, 0)
    assert source.values["a", 0, "b"] == Place(2, 9, 0)
    assert source.values["a", 0, "c"] == Place(2, 16, 1)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a: &x 1", [("yaml-anchor", 1, 4)]),
        ("a: &x 1\nb: *x", [("yaml-anchor", 1, 4), ("yaml-alias", 2, 4)]),
        ("a: !!python/name:os.system x", [("yaml-tag", 1, 4)]),
        ("a: !x [1]", [("yaml-tag", 1, 4)]),
        ("<<: {a: 1}", [("yaml-merge", 1, 1)]),
        ("a: 1\nb:\n  c: 1\n  c: 2\na: 3", [("duplicate-key", 4, 3), ("duplicate-key", 5, 1)]),
        ("a: 1\n---\nb: 2", [("yaml-documents", 2, 1)]),
        ("? [a]\n: 1", [("yaml-key", 1, 3)]),
        ("", [("yaml-empty", 1, 1)]),
        ("# only a comment\n", [("yaml-empty", 1, 1)]),
        ("a: \x00", [("yaml-character", 1, 4)]),
        ("a: [1", [("yaml-syntax", 2, 1)]),
        ("a: " + "[" * 100, [("yaml-depth", 1, 43)]),
        ("a: 1\n" + "#" * 2_000_000, [("yaml-size", 1, 1)]),
        ("a:\n\tb: 1", [("full-width", 2, 1)]),
        ("a：b\nc: 1", [("full-width", 1, 1)]),
        ("a： b", [("full-width", 1, 2)]),
        ("a: {zh: 一，en: b}", [("full-width", 1, 10)]),
        ("a: ｛zh: 一｝", [("full-width", 1, 4)]),
        ("a: [officer，office]", [("full-width", 1, 12)]),
        ("a: “{year}”", [("full-width", 1, 4)]),
        ("a:　b", [("full-width", 1, 3)]),
        ("a: 1\n　b: 1", [("full-width", 2, 1)]),
    ],
)
def test_what_is_refused_is_told_with_its_place(text: str, problems: list[tuple[str, int, int]]) -> None:
    assert refused(text) == problems


@pytest.mark.parametrize("text", ["办理，答复", "三.3；三.5", "“一号”工程", "网络舆情：办理", "'，'", '"a，b"'])
def test_full_width_punctuation_in_chinese_text_is_text(text: str) -> None:
    assert read_yaml(f"title: {text}", "p.yaml").data == {"title": text.strip("'\"")}


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
    assert {code for code, _, _ in refused("\n".join(lines))} == {"yaml-anchor", "yaml-alias"}


def test_a_byte_order_mark_is_nothing() -> None:
    assert read_yaml("\ufeffa: 1", "p.yaml").data == {"a": 1}


@pytest.mark.parametrize("data", ["x", "3", "[1]"])
def test_any_top_level_value_is_read(data: Any) -> None:
    assert read_yaml(data, "p.yaml").values[()] == Place(1, 1, 0)
