"""docs/language.md says everything about the language, and what it says is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from caseclock.definitions import YamlReader, office_reader, posts_reader, roster_reader, shipped
from caseclock.definitions.calendars import reader as calendar_reader
from caseclock.definitions.procedures.shapes import ProcedureShape
from caseclock.definitions.words import parse_period, parse_rung
from caseclock.definitions.yaml_reader import Source, read_yaml
from caseclock.workflow.calendars import Calendar
from caseclock.workflow.clocks import count
from caseclock.workflow.clocks.ladder import rung_instant
from caseclock.workflow.grammar import BUILTIN_NAMES, FUNCTIONS
from caseclock.workflow.guards import compile_expression
from caseclock.workflow.model import Counting, DayEnd, FieldType, FirstDay, Limit, Roll, Rung, Seasons, TimeUnit, UpTo

SECTIONS = {
    "ProcedureShape": "The file",
    "StageShape": "Stages",
    "RoleShape": "Roles",
    "DocumentShape": "Documents",
    "ShowsShape": "Shows",
    "ShownShape": "Shown",
    "FieldShape": "Fields and inputs",
    "ClockShape": "Clocks",
    "LimitShape": "Limits",
    "CountingShape": "Counting",
    "ExtensionShape": "Extension",
    "WithinShape": "Within",
    "StartShape": "Starts",
    "LatestStartShape": "Latest start",
    "ReceiptShape": "Receipt",
    "PauseShape": "Pauses",
    "AdditionShape": "Addition",
    "DecidedShape": "Term",
    "OtherReadingShape": "Strict and lenient",
    "ExpiryShape": "Expiry",
    "RungShape": "Rungs",
    "FloorShape": "Not before",
    "StateShape": "States",
    "ActionShape": "Actions",
    "SharedActionShape": "Actions",
    "GuardShape": "Conditions",
    "OpensShape": "Opens",
    "FiresShape": "Fires",
    "SplitsShape": "Merging and splitting",
    "SubcaseShape": "Subcases",
    "ReadingShape": "Readings",
    "ArchiveShape": "Archive",
    "ArchiveClassShape": "Classes of material",
    "RetentionShape": "Retention",
    "UnitShape": "A unit",
    "PersonShape": "A person",
    "RosterShape": "Roster files",
}


def shapes_within(kind: Any, found: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """Collect every shape that a type is made of; a text in two languages is no shape of its own."""
    is_shape = isinstance(kind, type) and issubclass(kind, BaseModel)
    if is_shape and kind.__name__ not in found and kind.__name__ != "TitleShape":
        found[kind.__name__] = kind
        for field in kind.model_fields.values():
            shapes_within(field.annotation, found)
    for part in get_args(kind):
        shapes_within(part, found)
    return found


SHAPES = {
    name: shape for top in (ProcedureShape, roster_reader.RosterShape) for name, shape in shapes_within(top, {}).items()
}


@pytest.fixture(scope="module")
def language(page: Any) -> Any:
    return page("language")


def keys_told(language: Any, title: str) -> dict[str, str]:
    """Return the keys of a section's table, with what stands under default."""
    return {cells[0].strip("`"): cells[2] for cells in language.rows(title) if len(cells) == 3}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_key_of_the_language_stands_in_its_section_and_no_other_key_does(language: Any, name: str) -> None:
    shape = SHAPES[name]
    keys = {field.alias or key for key, field in shape.model_fields.items()}
    told = set(keys_told(language, SECTIONS[name]))
    assert keys - told == set()
    if name != "ActionShape":
        assert told - keys == set()


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_key_is_told_to_be_required_when_it_is(language: Any, name: str) -> None:
    told = keys_told(language, SECTIONS[name])
    for key, field in SHAPES[name].model_fields.items():
        assert field.is_required() == (told[field.alias or key] in ("required", "required there")), key


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Calendar files", calendar_reader.KEYS),
        ("The office file", office_reader._KEYS),
        ("The column map of an import", posts_reader._KEYS),
    ],
)
def test_the_keys_of_the_other_files_stand_in_their_sections(language: Any, title: str, keys: tuple[str, ...]) -> None:
    assert set(keys_told(language, title)) == set(keys)


def test_the_keys_below_notices_days_and_seasons_are_told(language: Any) -> None:
    text = language.section("Calendar files")
    for key in (*calendar_reader.NOTICE_KEYS, *calendar_reader.DAY_KEYS, *calendar_reader.SEASON_KEYS):
        assert f"`{key}`" in text


def test_every_type_every_unit_and_every_word_is_told(language: Any) -> None:
    told = {cells[0].strip("`") for cells in language.rows("Values")}
    assert told == set(FieldType)
    for unit in TimeUnit:
        assert f"`{unit}`" in language.section("Values")
    for kind in (Roll, FirstDay, UpTo, Seasons):
        for word in kind:
            assert word.value in language.section("Counting"), word
    for end in set(DayEnd) - {DayEnd.AT}:
        assert end.value in language.section("Counting"), end


def test_every_name_and_function_of_expressions_is_told(language: Any) -> None:
    cells = [cells[0] for cells in language.rows("Expressions")]
    functions = {found[1] for cell in cells if (found := re.match(r"`(\w+)\(", cell))}
    assert functions == set(FUNCTIONS)
    for name in BUILTIN_NAMES:
        assert f"`{name}`" in cells


def test_every_function_is_told_with_an_example_that_compiles(language: Any) -> None:
    for cells in language.rows("Expressions"):
        if "(" in cells[0]:
            compile_expression(cells[0].strip("`"))


def whole_example(language: Any) -> str:
    return "\n".join(language.blocks("yaml"))


def test_the_examples_are_one_valid_procedure(language: Any) -> None:
    assert YamlReader().compile(whole_example(language), file="permit.procedure.yaml").warnings == ()


def used(shape: Any, data: Any, found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Collect which keys of which shape a file uses, in whatever form they are written."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        if isinstance(data, dict):
            by_key = {field.alias or key: field.annotation for key, field in shape.model_fields.items()}
            found.setdefault(shape.__name__, set()).update(data)
            for key, value in data.items():
                used(by_key.get(key), value, found)
        return found
    inner = [part for part in get_args(shape) if part is not type(None)]
    for part in data.values() if isinstance(data, dict) and getattr(shape, "__origin__", None) is dict else ():
        used(inner[-1], part, found)
    for part in data if isinstance(data, list) else ():
        for kind in inner:
            used(kind, part, found)
    for kind in inner:
        if not (isinstance(data, dict) and getattr(shape, "__origin__", None) is dict):
            used(kind, data, found)
    return found


def test_the_examples_use_every_key(language: Any) -> None:
    found = used(ProcedureShape, read_yaml(whole_example(language), "permit").data, {})
    for block in language.blocks("yaml roster"):
        used(roster_reader.RosterShape, read_yaml(block, "roster").data, found)
    found["SharedActionShape"] |= found["ActionShape"]
    unused = {
        name: {field.alias or key for key, field in shape.model_fields.items()} - found.get(name, set())
        for name, shape in SHAPES.items()
    }
    assert {name: keys for name, keys in unused.items() if keys} == {}


def test_the_examples_of_calendars_and_rosters_are_valid_and_use_every_key(language: Any) -> None:
    used_keys: set[str] = set()
    for kind in ("calendar", "roster"):
        assert language.blocks(f"yaml {kind}")
        for text in language.blocks(f"yaml {kind}"):
            YamlReader().compile(text, file=f"example.{kind}.yaml")
            used_keys |= set(read_yaml(text, kind).data)
    assert set(calendar_reader.KEYS) <= used_keys


def test_the_examples_of_the_office_file_and_the_column_map_are_valid(language: Any, tmp_path: Path) -> None:
    (text,) = language.blocks("yaml office")
    (tmp_path / "office.yaml").write_text(text, encoding="utf-8")
    assert office_reader.read_office(tmp_path).procedure == "inquiry"
    (columns,) = language.blocks("yaml columns")
    fields = YamlReader().procedure(YamlReader().compile(shipped("inquiry.procedure.yaml"), file="i").compiled).case
    assert posts_reader.read_mapping(columns, "map.yaml", fields.opens_with).source == "letters"


@pytest.fixture(scope="module")
def cn() -> Calendar:
    reader = YamlReader()
    return reader.calendar(reader.compile(shipped("cn.calendar.yaml"), file="cn.calendar.yaml").compiled)


SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def days_in(text: str) -> Iterator[date]:
    for found in DAY.findall(text):
        yield date.fromisoformat(found)


def test_the_table_of_dues_is_right(language: Any, cn: Calendar) -> None:
    table = [cells for cells in language.rows("How a due is counted") if DAY.search(cells[0])]
    assert len(table) >= 6
    for start, rule, due, _ in table:
        period, *rest = re.findall(r"`([^`]+)`", rule)
        counting = Counting(roll=Roll.NONE) if rest == ["roll: none"] else Counting()
        begins = datetime.combine(next(days_in(start)), datetime.min.time(), SHANGHAI) + timedelta(hours=9)
        reckoning = count(Limit(parse_period(period), counting), begins, cn)
        (day,) = days_in(due)
        end = begins.time() if "same time" in due else datetime.min.time()
        expected = datetime.combine(day, end, SHANGHAI) + timedelta(days=0 if "same time" in due else 1)
        assert reckoning.due == expected, (start, rule)
        for weekday, text in ((start.split()[0], start), (due.split()[0], due)):
            assert next(days_in(text)).strftime("%a") == weekday


def test_the_example_of_rungs_is_right(language: Any, cn: Calendar) -> None:
    text = language.section("How the rungs of a ladder are placed")
    (line,) = [line for line in text.splitlines() if line.startswith("For a due on ")]
    due, before, after = days_in(line)
    keys = re.findall(r"`([^`]+)`", line)
    end = datetime.combine(due, datetime.min.time(), SHANGHAI) + timedelta(days=1)
    placed = [
        rung_instant(Rung(*parse_rung(key), "warn"), start=end - timedelta(days=30), due=end, calendar=cn)
        for key in keys
    ]
    assert placed == [
        datetime.combine(before, datetime.min.time(), SHANGHAI),
        datetime.combine(after, datetime.min.time(), SHANGHAI) + timedelta(days=1),
    ]


def test_what_is_said_of_yaml_is_so() -> None:
    source: Source = read_yaml("a: on\nb: yes\nc: 12:30\nd: 2026-11-16\ne: 007\nf: true\ng: 24:00", "x")
    assert source.data == {
        "a": "on",
        "b": "yes",
        "c": "12:30",
        "d": "2026-11-16",
        "e": "007",
        "f": True,
        "g": "24:00",
    }
