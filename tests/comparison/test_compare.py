"""Comparing procedures: nothing that differs is left out, and every difference is told in words."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import resources
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from caseclock.definitions import YamlReader, codec, shipped
from caseclock.workflow.comparison import Difference, Matter, Path, Way, compare
from caseclock.workflow.comparison.nouns import NOUNS, SWITCHED
from caseclock.workflow.model import Procedure

SHIPPED = sorted(
    file.name for file in resources.files("caseclock.definitions").iterdir() if file.name.endswith(".procedure.yaml")
)


def read(source: str) -> Procedure:
    reader = YamlReader()
    return reader.procedure(reader.compile(source, file="tried.procedure.yaml").compiled)


@pytest.fixture(scope="module")
def opinion() -> str:
    return shipped("online_opinion.procedure.yaml")


def edited(source: str, *edits: tuple[str, str]) -> Procedure:
    for old, new in edits:
        assert old in source
        source = source.replace(old, new, 1)
    return read(source)


def said(found: tuple[Difference, ...]) -> list[str]:
    return [str(difference.told) for difference in found]


# Changing one leaf


def leaves(value: Any, path: Path = (), hint: Any = None) -> Iterator[tuple[Path, Any, Any]]:
    """Every place of a model at which no further value is nested, with its value and the type that may stand there."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        for part in dataclasses.fields(value):
            if part.init:
                yield from leaves(getattr(value, part.name), (*path, part.name), hints[part.name])
    elif isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from leaves(part, (*path, key), get_args(hint)[1])
    elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
        for index, part in enumerate(value):
            yield from leaves(part, (*path, index), get_args(hint)[0])
    else:
        yield path, value, hint


def _values(value: Any) -> Iterator[Any]:
    yield value
    if dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from _values(getattr(value, part.name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _values(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _values(part)


def changed(value: Any, path: Path, new: Any) -> Any:
    """The same with another value at one place."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if dataclasses.is_dataclass(value):
        return dataclasses.replace(value, **{str(step): changed(getattr(value, str(step)), rest, new)})
    if isinstance(value, Mapping):
        return {key: changed(part, rest, new) if key == step else part for key, part in value.items()}
    return tuple(changed(part, rest, new) if index == step else part for index, part in enumerate(value))


def another(value: Any, hint: Any, donors: Mapping[type, Any]) -> Any:
    """Another value of the same type; one that some procedure holds, where there is none yet."""
    match value:
        case bool():
            return not value
        case Enum():
            return next(it for it in type(value) if it is not value)
        case str():
            return f"{value}_x"
        case int():
            return value + 1
        case None:
            return _of(get_args(hint)[0], donors)
        case tuple():
            return (*value, _of(get_args(hint)[0], donors))
        case Mapping():
            return {"something": _of(get_args(hint)[1], donors)}
    raise TypeError(type(value))


def _of(kind: Any, donors: Mapping[type, Any]) -> Any:
    if get_origin(kind) is tuple:
        return ("something",)
    if issubclass(kind, Enum):
        return next(iter(kind))
    simple = {str: "something", int: 7, bool: True}
    return simple[kind] if kind in simple else donors.get(kind) or _made(kind, donors)


def _made(kind: type, donors: Mapping[type, Any]) -> Any:
    """One of a kind that no procedure holds."""
    hints = get_type_hints(kind)
    needed = (it for it in dataclasses.fields(kind) if it.default is it.default_factory is dataclasses.MISSING)
    return kind(**{it.name: _of(hints[it.name], donors) for it in needed})


@pytest.fixture(scope="module")
def donors() -> Mapping[type, Any]:
    return {type(it): it for name in SHIPPED for it in _values(read(shipped(name)))}


def covers(procedure: Procedure, told: Path, path: Path) -> bool:
    """Whether a difference told at one place is about another: parts with names stand there by their names."""
    named: list[str | int] = []
    value: Any = procedure
    for step in path:
        part = value[step] if isinstance(value, tuple | Mapping) else getattr(value, str(step))
        by_name = isinstance(value, tuple) and (getattr(part, "name", None) or getattr(part, "question", None))
        named.append(by_name or step)
        value = part
    least = min(len(told), len(path))
    return told[:least] in (path[:least], tuple(named[:least]))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_procedure_does_not_differ_from_itself(name: str) -> None:
    procedure = read(shipped(name))
    assert compare(procedure, codec.load(Procedure, codec.dump(procedure))) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_whatever_leaf_is_changed_a_difference_names_its_place(name: str, donors: Mapping[type, Any]) -> None:
    old = read(shipped(name))
    every = list(leaves(old))
    for path, value, hint in random.Random(name).sample(every, min(200, len(every))):
        new = changed(old, path, another(value, hint, donors))
        found = compare(old, new)
        where = ".".join(map(str, path))
        assert found, where
        assert any(covers(old, told, path) or covers(new, told, path) for it in found for told in it.paths), (
            where,
            [it.paths for it in found],
        )
        assert all(str(it.told) for it in found)
        assert compare(new, old), where


@pytest.mark.parametrize("name", SHIPPED)
def test_whatever_entry_goes_or_changes_its_place_a_difference_tells_it(name: str) -> None:
    """Of every mapping and list: an entry is taken out, and two change places."""
    old = read(shipped(name))
    every = list(_containers(old))
    for path, container in random.Random(name).sample(every, min(80, len(every))):
        for new_value in _without_one(container), _swapped(container):
            new = changed(old, path, new_value)
            if codec.dump(new) == codec.dump(old):
                continue
            for before, after in ((old, new), (new, old)):
                found = compare(before, after)
                assert found, path
                assert all(str(it.told) for it in found)
                assert any(covers(old, told, path) for it in found for told in it.paths), path


def _containers(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            if part.init:
                yield from _containers(getattr(value, part.name), (*path, part.name))
    elif isinstance(value, Mapping | tuple) and value:
        yield path, value
        for key, part in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _containers(part, (*path, key))


def _without_one(container: Any) -> Any:
    if isinstance(container, Mapping):
        return dict(list(container.items())[:-1])
    return container[:-1]


def _swapped(container: Any) -> Any:
    if isinstance(container, Mapping):
        return dict(reversed(container.items()))
    return container[::-1]


def test_whatever_compiles_to_another_text_differs(opinion: str, donors: Mapping[type, Any]) -> None:
    """The compiled form is what a fingerprint is taken of: two that differ in it differ for people too."""
    old = read(opinion)
    values = list(leaves(old))
    chance = random.Random(5)
    for _ in range(60):
        new = old
        for path, value, hint in chance.sample(values, 3):
            new = changed(new, path, chance.choice([value, another(value, hint, donors)]))
        assert bool(compare(old, new)) == (codec.dump(old) != codec.dump(new))


# The words for it


def test_every_attribute_of_the_model_has_its_words() -> None:
    """A new attribute of the model must be told in words; those that are said whole have no parts to tell."""
    whole = {"Text", "Period", "Amount", "Rung", "Bound", "Floor", "LatestStart", "Expiry"}
    whole |= {"Opening", "Firing", "Splitting"}
    classes: dict[str, type] = {}
    _reach(Procedure, classes)
    wanted = {
        (name, part.name)
        for name, kind in classes.items()
        if name not in whole
        for part in dataclasses.fields(kind)
        if part.init
    }
    assert wanted - set(NOUNS) == set()
    assert set(NOUNS) - wanted == set()
    flags = {
        (name, part.name)
        for name, kind in classes.items()
        if name not in whole
        for part in dataclasses.fields(kind)
        if part.init and str(part.type) == "bool"
    }
    assert flags == set(SWITCHED)


def _reach(kind: type, found: dict[str, type]) -> None:
    found[kind.__name__] = kind
    for hint in get_type_hints(kind).values():
        queue = [hint]
        while queue:
            part = queue.pop()
            queue += get_args(part)
            if dataclasses.is_dataclass(part) and isinstance(part, type) and part.__name__ not in found:
                _reach(part, found)


def test_a_limit_is_told_with_its_step_its_old_and_its_new_length(opinion: str) -> None:
    found = compare(read(opinion), edited(opinion, ("- {is: 3 days}", "- {is: 5 days}")))
    assert said(found) == ["step 3: Unit's reply (unit_reply): the limit goes from 3 days to 5 days"]
    (difference,) = found
    assert difference.matter is Matter.LIMIT
    assert (difference.lifecycle, difference.clock, difference.step) == ("slip", "unit_reply", 3)


@pytest.mark.parametrize("attribute", ["title", "basis", "say"])
def test_another_wording_is_a_matter_of_words(opinion: str, attribute: str) -> None:
    old = read(opinion)
    texts = [path for path, _, _ in leaves(old) if attribute in path and path[-1] in ("en", "zh")]
    assert texts
    for path in texts:
        if "retention" not in path:
            found = compare(old, changed(old, path, "another wording"))
            assert {it.matter for it in found} == {Matter.WORDS}, path


def test_the_class_of_secrecy_is_a_matter_of_data(opinion: str) -> None:
    found = compare(
        read(opinion), edited(opinion, ("secrecy: {zh: 内部, en: Internal}", "secrecy: {zh: 公开, en: Public}"))
    )
    assert [it.matter for it in found] == [Matter.DATA]


def test_a_renamed_state_is_told_once(opinion: str) -> None:
    new = read(opinion.replace("awaiting_approval", "pending_approval"))
    found = [it for it in compare(read(opinion), new) if it.matter is not Matter.WORDS]
    assert [(it.code, it.states, it.new) for it in found] == [
        ("state-renamed", ("awaiting_approval",), "pending_approval")
    ]


def test_an_action_that_may_be_done_in_many_states_is_told_once(opinion: str) -> None:
    new = edited(opinion, ("    by: office\n    to: withdrawn", "    by: [office, officer]\n    to: withdrawn"))
    assert said(compare(read(opinion), new)) == [
        "step 1: Withdraw (withdraw) may be done by Opinion officer (officer) too"
    ]


def test_an_action_that_moves_is_told_as_moving(opinion: str) -> None:
    line = "      report: {by: officer, to: under_review, basis: 三.1, title: {zh: 报送, en: Report}}\n"
    old = read(opinion)
    states = dict(old.case.states)
    report = states["registered"].actions["report"]
    rest = {name: it for name, it in states["registered"].actions.items() if name != "report"}
    states["registered"] = dataclasses.replace(states["registered"], actions=rest)
    review = states["under_review"]
    states["under_review"] = dataclasses.replace(review, actions={**review.actions, "report": report})
    found = compare(old, dataclasses.replace(old, case=dataclasses.replace(old.case, states=states)))
    assert line in opinion
    assert "Report (report) moves from Registered (registered) to Under review (under_review)" in "\n".join(said(found))


# Other names


@pytest.mark.parametrize(
    ("old", "code"),
    [
        ("dispatch", "state-actions-renamed"),
        ("unit_reply", "lifecycle-clocks-renamed"),
        ("posted_at", "lifecycle-fields-renamed"),
        ("reply_text", "action-inputs-renamed"),
        ("supervision_notice", "procedure-documents-renamed"),
        ("approval", "procedure-stages-renamed"),
        ("publisher", "procedure-roles-renamed"),
        ("awaiting_approval", "state-renamed"),
        ("returned", "state-renamed"),
    ],
)
def test_another_name_is_told_once_with_every_place_that_uses_it(opinion: str, old: str, code: str) -> None:
    new = read(re.sub(rf'(?<![\w"])\b{old}\b', f"{old}_anew", opinion))
    found = [it for it in compare(read(opinion), new) if it.matter is not Matter.WORDS]
    assert [it.code for it in found] == [code]
    assert (found[0].way, found[0].new) == (Way.RENAMED, f"{old}_anew")
    assert found[0].also


def test_what_else_changed_in_a_renamed_clock_is_told_too(opinion: str) -> None:
    new = re.sub(r"\bunit_reply\b", "answer_time", opinion).replace("- {is: 3 days}", "- {is: 5 days}")
    found = [it for it in compare(read(opinion), read(new)) if it.matter is not Matter.WORDS]
    assert [(it.way, it.clock) for it in found] == [(Way.RENAMED, "answer_time"), (Way.CHANGED, "answer_time")]
    assert "the limit goes from 3 days to 5 days" in str(found[1].told)


def test_another_first_state_is_told(opinion: str) -> None:
    """A case begins in the first state: one that is put before it takes its place."""
    first = "states:\n  received:\n    stage: intake\n    actions: {register: {by: officer, to: registered}}\n"
    found = compare(read(opinion), edited(opinion, ("states:\n  registered:\n", f"{first}  registered:\n")))
    assert any("it begins in received now" in told for told in said(found))
