"""The few values that are tried find what trying a whole range of values finds, for conditions made at random."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.definitions import YamlReader
from caseclock.workflow.guards import compile_expression
from caseclock.workflow.lint.values import Asked, Condition, can_all_hold, examples, values_of
from caseclock.workflow.model import Procedure

from .conftest import PERMIT

NUMBERS = st.integers(0, 6)
COMPARED = st.builds(
    "{} {} {}".format,
    st.sampled_from(["size", "times(decide)"]),
    st.sampled_from(["<", "<=", "==", "!=", ">"]),
    NUMBERS,
)
SIMPLE = st.one_of(
    COMPARED,
    st.sampled_from(
        ["urgent", "given(size)", "given(urgent)", 'kind == "house"', 'kind in ["shed"]', "size == times(decide)"]
    ),
)
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not {}".format, inner),
    ),
    max_leaves=5,
)

WIDE: dict[str, list[Any]] = {
    "size": [None, *range(-2, 12)],
    "urgent": [None, False, True],
    "kind": [None, "house", "shed"],
    "decide": list(range(12)),
}


class Case:
    """A case with such values, as expressions ask for them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def value(self, name: str) -> Any:
        return self.values[name]

    def times(self, action: str) -> int:
        return int(self.values[action])

    def __getattr__(self, function: str) -> Any:
        raise_it = AssertionError(f"no condition here asks {function}")

        def asked(*_: Any) -> Any:
            raise raise_it

        return asked


def permit() -> Procedure:
    return YamlReader().procedure(YamlReader().compile(PERMIT, file="permit.procedure.yaml").compiled)


PERMIT_MADE = permit()


@settings(max_examples=50)
@given(st.lists(CONDITIONS, min_size=1, max_size=3))
def test_a_condition_that_some_values_meet_is_met_by_a_value_that_is_tried(sources: list[str]) -> None:
    expressions = [compile_expression(source) for source in sources]
    wide = (dict(zip(WIDE, values, strict=True)) for values in product(*WIDE.values()))
    really = any(all(one.holds(Case(values)) for one in expressions) for values in wide)  # type: ignore[arg-type]
    conditions = [Condition(source) for source in sources]
    values = values_of(conditions, PERMIT_MADE, PERMIT_MADE.case)
    assert can_all_hold(conditions, values) == really


@given(CONDITIONS)
def test_what_is_tried_holds_as_it_would_in_a_case(source: str) -> None:
    condition = Condition(source)
    values = values_of([condition], PERMIT_MADE, PERMIT_MADE.case)
    for example in examples(values):
        in_case = dict.fromkeys(WIDE) | {"decide": 0}
        in_case |= {one.name: value for one, value in example.items()}
        assert condition.holds(example) == compile_expression(source).holds(Case(in_case))  # type: ignore[arg-type]


def test_a_condition_asks_for_what_it_names() -> None:
    asked = Condition('given(size) and times(decide) == 2 and kind == "house"').asks
    assert set(asked) == {Asked("value", "size"), Asked("times", "decide"), Asked("value", "kind")}
