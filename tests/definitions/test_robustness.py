"""Whatever people write, the reader answers with problems that have places, and never with a trace."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.yaml_reader import read_yaml
from caseclock.workflow.errors import DefinitionInvalid, Problem

READER = YamlReader()
WHOLE = read_yaml(shipped("online_opinion.procedure.yaml"), "p.yaml")
SMALL = read_yaml(shipped("inquiry.procedure.yaml"), "p.yaml")
ODD = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "open",
    "system",
    "case.reply",
    "3 days",
    [],
    ["x"],
    [[]],
    {},
    {"x": 1},
    {"zh": 1},
]


def changed(data: Any, path: tuple[Any, ...], value: object) -> Any:
    data = copy.deepcopy(data)
    parent = data
    for step in path[:-1]:
        parent = parent[step]
    if value is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return data


def read(text: str) -> None:
    for problem in problems_of(text):
        assert problem.line >= 1, problem
        assert problem.column >= 1, problem
        assert problem.text()


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        READER.compile(text, file="p.yaml")
    except DefinitionInvalid as error:
        return error.problems
    return ()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([path for path in SMALL.values if path]), st.sampled_from([*ODD, ...]))
def test_any_value_in_any_place_of_a_small_definition(path: tuple[Any, ...], value: object) -> None:
    read(json.dumps(changed(SMALL.data, path, value), ensure_ascii=False))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([path for path in WHOLE.values if path]), st.sampled_from([*ODD, ...]))
def test_any_value_in_any_place_of_the_whole_rule(path: tuple[Any, ...], value: object) -> None:
    read(json.dumps(changed(WHOLE.data, path, value), ensure_ascii=False))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    read(text)
    read(f"procedure: x\n{text}")
