"""Expressions over a case: what they mean, and that nothing else gets through."""

from __future__ import annotations

import hashlib
import threading
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.grammar import ExpressionError
from caseclock.workflow.guards import compile_expression


class Facts:
    """A case that an expression can ask about."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def value(self, name: str) -> object:
        return self.fields.get(name.replace(".", "__"))

    def day(self, instant: str | None) -> str | None:
        return instant[:10] if instant else None

    def weekday(self, instant: str | None) -> str | None:
        return "monday" if instant else None

    def time(self, instant: str | None) -> int | None:
        return int(instant[11:13] + instant[14:16]) if instant else None

    def working_day(self, instant: str | None) -> bool:
        return instant is not None

    def times(self, action: str) -> int:
        return {"answer": 2}.get(action, 0)

    def doer(self, action: str) -> str | None:
        return {"dispatch": "li"}.get(action)

    def overdue(self, clock: str) -> bool:
        return clock in ("reply", "case.public_reply")

    def overdue_by_any_reading(self, clock: str) -> bool:
        return clock == "case.public_reply"

    def paused(self, clock: str) -> bool:
        return clock == "reply"

    def can_lead(self, unit: str) -> bool:
        return unit != "village"

    def in_state(self, subcase: str, state: str, which: Literal["lead", "all", "any"]) -> bool:
        return (subcase, state, which) in {("slip", "answered", "lead"), ("slip", "answered", "any")}


def value(source: str, **fields: Any) -> object:
    return compile_expression(source).value(Facts(**fields))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("len(units) == 1 or lead in units", True),
        ("not given(lead) or can_lead(lead)", True),
        ("case.urgent", True),
        ("case.urgent and not urgent", True),
        ("actor == doer(dispatch)", True),
        ("doer(publish) == actor", False),
        ("times(answer) >= 2", True),
        ("overdue(reply) and overdue(case.public_reply) and not overdue(promise)", True),
        ("lead_in(slip, answered) and any_in(slip, answered)", True),
        ("all_in(slip, answered)", False),
        ("units == ['roads', 'water']", True),
        ("'roads' in units and 'x' not in units", True),
        ("true if false else true", True),
        ("1 < size < 5", True),
        ("size in (3, 4)", True),
        ("  \n len(units)\n == 2", True),
    ],
)
def test_every_form_of_the_language(source: str, expected: bool) -> None:
    facts = Facts(units=["roads", "water"], lead="roads", case__urgent=True, actor="li", size=3)
    assert compile_expression(source).holds(facts) is expected


def test_computed_values() -> None:
    assert value("to_unit if lead == returned_by else lead", lead="a", returned_by="a", to_unit="b") == "b"
    assert value("to_unit if lead == returned_by else lead", lead="c", returned_by="a", to_unit="b") == "c"
    assert value('""') == ""
    assert value("sha256(reply)", reply="答复") == hashlib.sha256("答复".encode()).hexdigest()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("urgent", False),
        ("not urgent", True),
        ("urgent == false", True),
        ("urgent != true", True),
        ('reply == ""', True),
        ("units == []", True),
        ("len(units) == 0", True),
        ("size == 0", False),
        ("size < 1", False),
        ("size >= 0", False),
        ("reply in units", False),
        ("reply not in units", True),
        ("'x' in units", False),
        ("given(reply)", False),
        ("can_lead(reply)", False),
        ("reply == urgent", True),
        ("sha256(reply) == approved_hash", False),
    ],
)
def test_a_field_that_is_not_set_behaves_as_empty(source: str, expected: bool) -> None:
    assert compile_expression(source).holds(Facts()) is expected


def test_blank_text_and_empty_list_are_not_given_but_false_is() -> None:
    facts = Facts(reply="  ", units=[], urgent=False)
    assert not compile_expression("given(reply) or given(units)").holds(facts)
    assert compile_expression("given(urgent)").holds(facts)


@pytest.mark.parametrize("source", ["lead", "len(units)", "'yes'", "1", "[]", "lead or urgent"])
def test_a_condition_that_is_no_boolean_is_an_error_and_never_a_yes(source: str) -> None:
    with pytest.raises(ExpressionError, match="expected true or false"):
        compile_expression(source).holds(Facts(lead="a", units=["a"]))


def test_values_that_cannot_be_compared_are_an_error_of_the_definition() -> None:
    with pytest.raises(ExpressionError, match="cannot be evaluated"):
        value("size > lead", size=1, lead="a")


@pytest.mark.parametrize(
    ("source", "offset"),
    [
        ("lambda: 1", 0),
        ("units[0] == 1", 0),
        ("urgent and units.append(1)", 11),
        ("中文 == 1 and x + 1 == 2", 12),
        ("case.a.b", 0),
        ("x.__class__", 0),
        ("__import__('os')", 0),
        ("len(units, 1)", 0),
        ("len(x=1)", 0),
        ("times('answer')", 6),
        ("[x for x in units]", 0),
        ("f'{x}'", 0),
        ("(x := 1)", 1),
        ("x is true", 0),
        ("-1", 0),
        ("1.5", 0),
        ("None", 0),
        ("b'x'", 0),
        ("...", 0),
        ("[*units]", 1),
        ("{1: 2}", 0),
        ("await x", 0),
        ("x == “urgent”", 5),
        ("x == 'a\\x41'", 7),
        ("a) or (b", 1),
        ("", 0),
        ("x; y", 1),
        ("not " * 60 + "x", 164),
        ("(" * 1500, 0),
        ("x" * 2001, 0),
    ],
)
def test_everything_else_is_refused_with_its_place(source: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(source)
    assert refused.value.offset == offset or source.startswith("((")


def test_names_are_the_fields_that_are_read() -> None:
    expression = compile_expression("given(a) and b in c and case.d and actor == doer(e) and times(f) == 0 and is_lead")
    assert expression.names == {"a", "b", "c", "case.d"}


def test_facts_may_ask_conditions_themselves() -> None:
    """A clock is measured with conditions of its own while an expression asks whether it is overdue."""

    class Nested(Facts):
        def overdue(self, clock: str) -> bool:
            return compile_expression("inner == 1").holds(Facts(inner=1))

    assert compile_expression("overdue(reply) and outer == 2 and given(outer)").holds(Nested(outer=2))


def test_threads_do_not_disturb_one_another() -> None:
    wrong: list[int] = []

    def run(number: int) -> None:
        for _ in range(200):
            if not compile_expression("size == mine and len(units) == 1").holds(
                Facts(size=number, mine=number, units=[1])
            ):
                wrong.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


_FIELDS = {"flag_a": True, "flag_b": False, "size": 3, "count": 7, "word": "roads", "words": ["roads", "water"]}
_numbers = st.sampled_from(["size", "count", "len(words)", "0", "3", "7"])
_words = st.sampled_from(["word", "'roads'", "'x'"])
_lists = st.sampled_from(["words", "['roads']", "[]", "('x', 'water')"])
_atoms = st.one_of(
    st.sampled_from(["flag_a", "flag_b", "True", "False"]),
    st.builds("{} {} {}".format, _numbers, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _numbers),
    st.builds("{} {} {} < {}".format, _numbers, st.sampled_from(["<", "=="]), _numbers, _numbers),
    st.builds("{} {} {}".format, _words, st.sampled_from(["==", "!="]), _words),
    st.builds("{} {} {}".format, _words, st.sampled_from(["in", "not in"]), _lists),
)
_conditions = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("(({}) if ({}) else ({}))".format, inner, inner, inner),
    ),
    max_leaves=8,
)


@given(_conditions)
def test_on_fields_that_are_set_an_expression_means_what_python_means(source: str) -> None:
    expected = eval(source, {"__builtins__": {"len": len}}, dict(_FIELDS))
    assert compile_expression(source).holds(Facts(**_FIELDS)) is expected
