"""What YAML cannot parse is told where it is probably wrong, not where the parser stumbles."""

from __future__ import annotations

import pytest

from caseclock.definitions.yaml_reader import read_yaml
from caseclock.workflow.errors import DefinitionInvalid


@pytest.mark.parametrize(
    ("text", "line", "column", "told"),
    [
        ('a: "x\nb: 1\nc: 2\n', 1, 4, "the text in quotes that begins here is not closed"),
        ('a: {zh: "x, en: y}\nb: {zh: "z", en: q}\n', 1, 9, "is not closed"),
        ("a: 1\n'\nb: it's\n", 2, 1, "is not closed with '"),
        ("a: {b: 1}\nc:\u00a0{d: 1}\n", 2, 3, "no-break space"),
        ("a:\n  b: {c: 1}\n\u00a0 c: 2\n", 3, 1, "a no-break space cannot indent"),
        ("a:\n  b {c: 1, d: 2}\n", 2, 4, "expected a colon and a space after b"),
        ("a:\n  b:{c: 1, d: 2}\n", 2, 5, "expected a space after b:"),
        ("a:\n  b :{c: 1, d: 2}\n", 2, 4, "expected a colon and a space after b"),
        ("a: 1\nb:1\nc: 2\n", 2, 3, "expected a space after b:"),
        ("d:\n    e: 1\n  f: 1\n  g: 1\n", 2, 5, "this line stands too far right"),
        (
            "a:\n  b:\n    c: 1\nd:\n    e: 1\n  f:\n    g: 1\n",
            4,
            1,
            "this line stands too far left; line 6 no longer fits",
        ),
        ("a:\n   b: 1\n  c: 1\nd:\n   e: 1\n", 3, 3, "no other line is indented by 2"),
        ("a: {b: 只有，其他}\n\tc: 1\n", 2, 1, "a tab cannot indent"),
        ("a: {b: 只有，其他\nc: 1\n", 2, 2, "not valid YAML"),
        ("a: x\u200b\n", 1, 5, "U+200B cannot stand in a definition"),
        ("a: x\u202ey\n", 1, 5, "U+202E cannot stand in a definition"),
        ("a: x\u2028b: 1\n", 1, 5, "U+2028 cannot stand in a definition"),
        ("-\u3000{a: 1, b: 2}\n", 1, 2, "a full-width space is no space in YAML"),
        ("a:\n  b:\n  c: 1\n  d:\n  c: 2\n", 4, 3, "nothing stands under d"),
    ],
)
def test_it_is_told_at_the_mistake(text: str, line: int, column: int, told: str) -> None:
    with pytest.raises(DefinitionInvalid) as error:
        read_yaml(text, "p.yaml")
    found = [(it.line, it.column) for it in error.value.problems if told in it.message.text()]
    assert found == [(line, column)], error.value.text()


def test_a_text_in_quotes_over_several_lines_is_no_mistake() -> None:
    assert read_yaml("a: \"one\n  two, it's\"\nb: 'it''s'\n", "p.yaml").data == {"a": "one two, it's", "b": "it's"}


def test_such_a_text_is_not_blamed_for_a_mistake_after_it() -> None:
    with pytest.raises(DefinitionInvalid) as error:
        read_yaml('a: "one\n  two"\nb: [1\nc: 1\n', "p.yaml")
    assert error.value.problems[0].line > 2


def test_the_byte_order_mark_at_the_beginning_and_windows_line_ends_are_layout() -> None:
    assert read_yaml("\ufeffa: 1\r\nb:\r\n  c: x\r\n", "p.yaml").data == {"a": 1, "b": {"c": "x"}}
