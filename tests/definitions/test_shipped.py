"""The shipped definitions compile, load back equal, and say what they are meant to say."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources

import pytest

from caseclock.definitions import YamlReader, codec, shipped
from caseclock.definitions.schemas import KINDS as WITH_SCHEMA
from caseclock.definitions.schemas import schema_file, schema_text
from caseclock.workflow.errors import NotFound
from caseclock.workflow.messages import Text
from caseclock.workflow.model import Counting, Limit, Period, Procedure, Roll, TimeUnit
from caseclock.workflow.ports import Reader

KINDS = (".procedure.yaml", ".calendar.yaml", ".roster.yaml")
FILES = sorted(f.name for f in resources.files("caseclock.definitions").iterdir() if f.name.endswith(KINDS))
READER = YamlReader()


def opinion() -> Procedure:
    return READER.procedure(READER.compile(shipped("online_opinion.procedure.yaml"), file="o.yaml").compiled)


@pytest.mark.parametrize("name", FILES)
def test_every_shipped_file_compiles_without_a_problem_or_warning(name: str) -> None:
    compiled = READER.compile(shipped(name), file=name)
    assert compiled.warnings == ()
    assert name.endswith(f".{compiled.kind}.yaml")


def test_the_reader_is_what_the_engine_asks_for() -> None:
    reader: Reader = READER
    assert reader.compile(shipped("inquiry.procedure.yaml"), file="i.yaml").kind == "procedure"


def test_what_was_deployed_by_an_earlier_caseclock_keeps_its_fingerprint() -> None:
    """Offices have these in their databases; a new word of the language must not make them another definition."""
    text = shipped("inquiry.procedure.yaml")
    kept = "744ccfdeda72a80492214351b90121b68dd1ce1182e6953a1270097f4cb92e4e"
    assert READER.compile(text, file="i.yaml").fingerprint == kept
    counting = "limit: 5 working days\n    counting: {first_day: excluded, roll: next_working_day}"
    said = READER.compile(text.replace("limit: 5 working days", counting), file="i.yaml")
    assert said.fingerprint == kept


def test_the_fingerprint_is_of_the_meaning() -> None:
    """Comments and layout do not count; the order of states does, because the first is where a case begins."""
    text = shipped("inquiry.procedure.yaml")
    fingerprint = READER.compile(text, file="a").fingerprint
    assert READER.compile(f"# a comment\n{text}\n", file="b").fingerprint == fingerprint
    assert READER.compile(text.replace("5 working days", "6 working days"), file="a").fingerprint != fingerprint


def test_loading_a_compiled_definition_imports_no_reader() -> None:
    code = (
        "import sys; from caseclock.definitions import YamlReader; compiled = sys.stdin.read();"
        "procedure = YamlReader().procedure(compiled);"
        "heavy = {'yaml', 'pydantic', 'holidays'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy or procedure.id != 'inquiry' else 0)"
    )
    compiled = READER.compile(shipped("inquiry.procedure.yaml"), file="i.yaml").compiled
    done = subprocess.run([sys.executable, "-c", code], input=compiled, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("kind", WITH_SCHEMA)
def test_the_schema_for_editors_is_the_one_of_the_shapes(kind: str) -> None:
    shipped_schema = resources.files("caseclock.definitions").joinpath(schema_file(kind)).read_text(encoding="utf-8")
    assert shipped_schema == schema_text(kind), "run `make docs`"


def test_an_unknown_shipped_file_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFound, match=r"cn\.calendar\.yaml"):
        shipped("../pyproject.toml")


def test_a_calendar_that_is_not_at_hand_is_a_warning() -> None:
    compiled = READER.compile(
        shipped("inquiry.procedure.yaml").replace("calendar: cn", "calendar: mars"), file="i.yaml"
    )
    assert [(w.code, w.line) for w in compiled.warnings] == [("unknown-calendar", 5)]


def test_a_calendar_is_found_beside_the_file(tmp_path) -> None:
    shorter = shipped("cn.calendar.yaml").replace("2010..2050", "2010..2026")
    (tmp_path / "cn.calendar.yaml").write_text(shorter, encoding="utf-8")
    compiled = READER.compile(shipped("xiangxi.calendar.yaml"), file=str(tmp_path / "xiangxi.calendar.yaml"))
    assert READER.calendar(compiled.compiled).last.year == 2026


def test_shared_actions_come_after_a_states_own() -> None:
    actions = list(opinion().case.states["handling"].actions)
    assert actions[:3] == ["units_answered", "lead_answered", "proceed"]
    assert {"acknowledge", "withdraw", "urge"} <= set(actions[5:])
    assert opinion().case.states["inspected"].actions == {}


def test_a_limits_own_counting_goes_over_that_of_its_clock() -> None:
    limits = opinion().subcases["slip"].lifecycle.clocks["unit_reply"].limits
    assert limits[0] == Limit(Period(2, TimeUnit.DAY), Counting(roll=Roll.NONE), when="case.urgent")
    assert limits[1] == Limit(Period(3, TimeUnit.DAY), Counting())


def test_an_input_that_refers_to_a_field_is_that_field() -> None:
    action = opinion().case.states["handling"].actions["set_urgent"]
    assert [(field.name, field.required, field.set_by) for field in action.inputs] == [("urgent", True, ("leader",))]
    dispatch = opinion().case.states["under_review"].actions["dispatch"]
    assert [(field.name, field.required) for field in dispatch.inputs][-1] == ("urgent", False)


def test_inputs_are_fields_of_the_case_but_not_needed_to_open_it() -> None:
    fields = opinion().case.fields
    assert [name for name, field in fields.items() if field.required] == ["subject"]
    assert "instruction" in fields


def test_a_bare_title_serves_both_languages() -> None:
    assert opinion().stages["intake"].basis == Text("三.1", "三.1")


def test_the_roster_has_a_unit_that_may_not_lead_and_one_without_liaison() -> None:
    roster = READER.roster(READER.compile(shipped("township.roster.yaml"), file="r.yaml").compiled)
    assert [unit.id for unit in roster.units.values() if not unit.can_lead] == ["qingshui"]
    assert [unit for unit in roster.units if not roster.holders(["liaison"], unit)] == ["qingshui"]
    assert roster.actor("zhao_min").name == Text("Zhao Min", "赵敏")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("unit: nongye", "unit: nongy", "unknown-unit"),
        ("roles: officer", "roles: system", "reserved-name"),
        ("zhao_min:", "system:", "reserved-name"),
        ("can_lead: false", "can_led: false", "unknown-key"),
    ],
)
def test_mistakes_in_a_roster(broken, old: str, new: str, code: str) -> None:
    found = broken(old, new, "township.roster.yaml")
    assert [problem.code for problem in found] == [code]
    assert new.split(": ")[-1].strip(":") in found[0].source


def test_a_calendars_mistakes_have_places_too(broken) -> None:
    found = broken("zone: Asia/Shanghai", "zone: Asia/Shanghay", "cn.calendar.yaml")
    assert [(problem.line, problem.column) for problem in found] == [(7, 7)]


@pytest.mark.parametrize("name", [name for name in FILES if "calendar" not in name])
def test_compiled_text_and_values_are_two_forms_of_one_thing(name: str) -> None:
    compiled = READER.compile(shipped(name), file=name)
    value = getattr(READER, compiled.kind)(compiled.compiled)
    assert codec.dump(value) == compiled.compiled
    assert codec.load(type(value), codec.dump(value)) == value
