"""Whether each action can have a person of its own is decided as trying every choice would decide it."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.lint.people import too_few

ACTIONS = ("a", "b", "c", "d")
ABLE = st.dictionaries(st.sampled_from(ACTIONS), st.frozensets(st.sampled_from("wxyz"), min_size=1), min_size=1)


def distinct(able: dict[str, frozenset[str]]) -> bool:
    """Whether some choice gives every action another person."""
    return any(len(set(chosen)) == len(able) for chosen in product(*able.values()))


@given(ABLE)
def test_too_few_are_found_exactly_where_no_choice_works(able: dict[str, frozenset[str]]) -> None:
    assert bool(too_few(able)) == (not distinct(able))


@given(ABLE)
def test_the_actions_named_have_fewer_people_than_actions(able: dict[str, frozenset[str]]) -> None:
    short = too_few(able)
    if short:
        assert len(frozenset().union(*(able[name] for name in short))) < len(short)
