"""The schemas take what the readers take, refuse what they refuse, and say something about every key."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from caseclock.definitions.calendars.reader import DAY_KEYS, KEYS, NOTICE_KEYS, SEASON_KEYS, read_calendar
from caseclock.definitions.schemas import KINDS, _shape_of, schema_text
from caseclock.definitions.shape_problems import check_shape
from caseclock.definitions.yaml_reader import read_yaml
from caseclock.workflow.errors import DefinitionInvalid

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SCHEMAS = {kind: json.loads(schema_text(kind)) for kind in KINDS}
FILES = sorted(file for file in DEFINITIONS.glob("*.yaml") if file.name.split(".")[1] in KINDS)
CALENDARS = [file for file in FILES if file.name.endswith(".calendar.yaml")]
SHAPED = [file for file in FILES if file not in CALENDARS]
SEEN_BY_A_SCHEMA = {"unknown-key", "wrong-type", "missing-key", "unknown-word", "bad-period", "wrong-value"}
STRANGE = (None, True, 0, -1, 3.5, "", "nonsense", "3 workdays", "0 days", [], [1], {}, {"nonsense": 1})
WHY_ONLY_THE_READER = (
    "to be one of",  # a word of a grammar of its own, such as `ask: 3 working days before due`
    "expected one of",
    "has no meaning without",  # a key that needs another one
    "a length by the value of a field is written as",
    "such as 16:30",  # times of day are read in several spellings
    "expected working days here",
    "expected a length",  # a length where a mapping by value stands too
)


def kind_of(file: Path) -> str:
    return file.name.split(".")[1]


def read(file: Path) -> Any:
    return read_yaml(file.read_text(encoding="utf-8"), file.name).data


def mappings(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, part in [("the file", schema), *schema.get("$defs", {}).items()]:
        if "properties" in part:
            yield name, part


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_has_a_title_and_a_description(kind: str) -> None:
    for name, part in mappings(SCHEMAS[kind]):
        if name == "TitleShape":
            continue
        for key, value in part["properties"].items():
            assert value.get("title"), (name, key)
            assert value.get("description", "").endswith((".", "``", "`")), (name, key)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_shipped_files_are_valid_by_their_schema(file: Path) -> None:
    assert list(Draft202012Validator(SCHEMAS[kind_of(file)]).iter_errors(read(file))) == []


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def mutant(data: Any, chance: random.Random) -> Any:
    """Return the data with one thing wrong: a strange value, an unknown key, or a key that is missing."""
    data = deepcopy(data)
    path = chance.choice(list(places(data)))
    parent = data
    for step in path[:-1]:
        parent = parent[step]
    match chance.randrange(3):
        case 0:
            parent[path[-1]] = chance.choice(STRANGE)
        case 1 if isinstance(parent, dict):
            parent["nonsense"] = chance.choice(STRANGE)
        case _:
            del parent[path[-1]]
    return data


@pytest.mark.parametrize("file", SHAPED, ids=lambda file: file.name)
def test_what_a_schema_refuses_the_reader_refuses_and_mistakes_of_shape_are_refused_by_both(file: Path) -> None:
    chance = random.Random(file.name)
    kind, data = kind_of(file), read(file)
    validator = Draft202012Validator(SCHEMAS[kind])
    for _ in range(40):
        wrong = mutant(data, chance)
        found = check_shape(_shape_of(kind), wrong)[1]
        refused = next(validator.iter_errors(wrong), None)
        if refused is not None:
            assert found, (list(refused.absolute_path), refused.message)
        else:
            told = [one for one in found if one.code in SEEN_BY_A_SCHEMA]
            left = [one.text() for one in told if not any(why in one.text() for why in WHY_ONLY_THE_READER)]
            assert left == []


@pytest.mark.parametrize("file", CALENDARS, ids=lambda file: file.name)
def test_what_the_schema_of_calendars_refuses_the_reader_refuses(file: Path) -> None:
    """Not the other way round: the reader knows days, holidays and other calendars."""

    def load(name: str) -> Any:
        return read(DEFINITIONS / f"{name}.calendar.yaml")

    chance, data = random.Random(file.name), read(file)
    validator = Draft202012Validator(SCHEMAS["calendar"])
    refused = [wrong for wrong in (mutant(data, chance) for _ in range(30)) if not validator.is_valid(wrong)]
    assert refused
    for wrong in refused[:8]:
        with pytest.raises(DefinitionInvalid):
            read_calendar(wrong, load)


def test_the_schema_of_calendars_has_the_keys_of_the_reader() -> None:
    keys = {name: tuple(part["properties"]) for name, part in mappings(SCHEMAS["calendar"])}
    assert keys["the file"] == KEYS
    assert set(keys["NoticeShape"]) == set(NOTICE_KEYS)
    assert set(keys["DayShape"]) == set(DAY_KEYS)
    assert set(keys["SeasonShape"]) == set(SEASON_KEYS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_stands_in_the_pages(kind: str) -> None:
    pages = [DEFINITIONS.parent / "docs" / f"{name}.md" for name in ("language", "testing", "reports")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    keys = {key for _, part in mappings(SCHEMAS[kind]) for key in part["properties"]}
    assert {key for key in keys if f"`{key}`" not in text} - {"zh", "en"} == set()
