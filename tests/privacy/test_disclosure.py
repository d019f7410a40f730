"""Private values are masked wherever they are shown; who sees an original is noted down."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions import shipped
from caseclock.definitions.inputs_reader import read_inputs
from caseclock.workflow import Actor, DefinitionInvalid, Engine, InvalidInput, NotAllowed, NotFound
from caseclock.workflow.messages import ENGLISH, render
from caseclock.workflow.showing import pages, plain

PROCEDURE = """
procedure: visit
version: 1
calendar: cn
opened_by: clerk
unmasked_by: [officer, unit]
stages: {work: {}}
roles: {clerk: {}, officer: {}, unit: {of: unit}}
fields:
  subject: {type: text, private: true}
  name:    {type: text, private: name}
  phone:   {type: text, private: phone}
  born:    {type: date, private: true}
  units:   {type: list, of: unit}
states:
  asked:
    stage: work
    actions:
      pass_on: {by: clerk, to: passed, opens: slip}
      note: {by: clerk, input: {reason: {type: text, private: true}}}
  passed: {stage: work, actions: {close: {by: clerk, to: closed}}}
  closed: {stage: work, final: true}
subcases:
  slip:
    for_each: units
    when_case_ends: end
    fields: {name: {type: text}}
    states:
      sent:
        stage: work
        actions: {answer: {by: unit, input: {told: {type: text, private: true}}}, end: {by: system, to: done}}
      done: {stage: work, final: true}
"""
CLERK = Actor("ann", frozenset({"clerk"}))
OFFICER = Actor("olive", frozenset({"officer"}))
WATER = Actor("walt", frozenset({"unit"}), unit="water")
SECRETS = ("张三", "13800001234", "invented secret", "told in confidence", "1990-01-02")


@pytest.fixture
def visits(reader: Any, any_store: Any) -> Engine:
    now = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    engine = Engine(any_store, reader, office="town", now=lambda: now)
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(PROCEDURE, file="visit.procedure.yaml")
    return engine


@pytest.fixture
def case(visits: Engine) -> str:
    data = {"subject": "invented secret", "name": "张三", "phone": "13800001234", "born": "1990-01-02"}
    number = visits.open("visit", {**data, "units": ["water", "roads"]}, by=CLERK).case.number
    visits.fire(number, "note", by=CLERK, data={"reason": "told in confidence"})
    for slip in visits.fire(number, "pass_on", by=CLERK).opened:
        if slip.unit == "water":
            visits.fire(slip.number, "answer", by=WATER, data={"told": "told in confidence"})
    return number


def slip_of(engine: Engine, case: str, unit: str) -> str:
    return next(slip.case.number for slip in engine.case(case).subcases if slip.case.unit == unit)


def everything_shown(engine: Engine, case: str) -> str:
    """Whatever a face can show of a case and the list, as text."""
    view, entries = engine.case(case), engine.history(case)
    shown: list[Any] = [plain.case(view, ENGLISH), [plain.entry(entry, ENGLISH) for entry in entries]]
    shown.append([plain.item(item, ENGLISH) for item in engine.cases()])
    shown.append([item.data for item in engine.cases()])
    shown.append([plain.offer(offer, ENGLISH) for offer in engine.actions(case, CLERK)])
    text = json.dumps(shown, ensure_ascii=False)
    for page in (pages.case(view), pages.history(entries, view, engine.roster()), pages.cases(engine.cases())):
        for part in page:
            rows = part.rows if isinstance(part, pages.Grid) else ((part.value,),)
            cells = [cell.value if isinstance(cell, pages.Line) else cell for row in rows for cell in row]
            text += "\n" + render(cells, ENGLISH)
    return text


def test_private_values_are_masked_wherever_they_are_shown(visits: Engine, case: str) -> None:
    text = everything_shown(visits, case)
    assert [secret for secret in SECRETS if secret in text] == []
    assert "138****1234" in text
    assert "张*" in text


def test_views_give_masked_values_and_keep_the_record_apart(visits: Engine, case: str) -> None:
    view = visits.case(case)
    assert (view.data["name"], view.case.data["name"]) == ("张*", "张三")
    opening = visits.history(case)[0]
    assert (opening.data["phone"], opening.event.data["phone"]) == ("138****1234", "13800001234")


def test_originals_are_shown_with_a_role_and_a_reason_and_the_history_says_so_without_values(
    visits: Engine, case: str
) -> None:
    found = visits.disclose(case, ["phone", "reason"], by=OFFICER, reason=" to call back ")
    assert found.values == {case: {"phone": "13800001234", "reason": "told in confidence"}}
    assert found.fields == {"phone", "reason"}
    entry = visits.history(case)[-1]
    assert (entry.event.action, entry.event.actor, entry.event.role) == ("disclosed", "olive", "officer")
    assert entry.event.disclosure == {"fields": ["phone", "reason"], "reason": "to call back"}
    assert plain.entry(entry, ENGLISH)["disclosure"] == entry.event.disclosure
    text = everything_shown(visits, case)
    assert "to call back" in text
    assert [secret for secret in SECRETS if secret in text] == []
    assert visits.verify().findings == ()
    assert visits.rebuild(check=True).differences == ()


def test_showing_changes_nothing_else_about_the_case(visits: Engine, case: str) -> None:
    before = visits.case(case)
    visits.disclose(case, by=OFFICER, reason="asked")
    after = visits.case(case)
    assert after.case.data == before.case.data
    assert after.case.marks == before.case.marks
    assert after.clocks == before.clocks


def test_a_case_is_shown_with_its_subcases_and_a_subcase_alone(visits: Engine, case: str) -> None:
    slip = slip_of(visits, case, "water")
    assert set(visits.disclose(case, by=OFFICER, reason="asked").values) == {case, slip}
    assert visits.disclose(slip, by=OFFICER, reason="asked").values == {slip: {"told": "told in confidence"}}


def test_without_the_role_or_a_reason_nothing_is_shown_nor_noted(visits: Engine, case: str) -> None:
    revision = visits.case(case).case.revision
    with pytest.raises(NotAllowed, match="for: officer"):
        visits.disclose(case, by=CLERK, reason="asked")
    with pytest.raises(InvalidInput, match="reason"):
        visits.disclose(case, by=OFFICER, reason=" ")
    with pytest.raises(NotFound, match=r"no private .*units"):
        visits.disclose(case, ["units"], by=OFFICER, reason="asked")
    with pytest.raises(NotFound, match="holds no private values"):
        visits.disclose(slip_of(visits, case, "roads"), by=OFFICER, reason="asked")
    assert visits.case(case).case.revision == revision


def test_a_unit_sees_the_originals_of_its_own_slip_only(visits: Engine, case: str) -> None:
    slip = slip_of(visits, case, "water")
    assert visits.disclose(slip, by=WATER, reason="asked").values == {slip: {"told": "told in confidence"}}
    with pytest.raises(NotAllowed, match="acts for unit roads"):
        visits.disclose(slip, by=Actor("ray", frozenset({"unit"}), unit="roads"), reason="asked")


def test_a_refused_input_is_not_repeated_where_it_is_private(visits: Engine) -> None:
    with pytest.raises(InvalidInput) as refused:
        visits.open("visit", {"born": "1990-13-13", "phone": 13800001234}, by=CLERK)
    told = str({name: str(problem) for name, problem in refused.value.fields.items()})
    assert set(refused.value.fields) == {"born", "phone"}
    assert "1990-13" not in told
    assert "1380000" not in told
    fields = visits.case(visits.open("visit", {}, by=CLERK).case.number).fields.values()
    with pytest.raises(InvalidInput) as refused:
        read_inputs({"born": "1990-13-13"}, fields, "Asia/Shanghai")
    assert "1990-13" not in str(refused.value.fields["born"])


@pytest.mark.parametrize(
    ("written", "code", "told"),
    [
        ("{type: text, private: telephone}", "unknown-word", "phone"),
        ("{type: date, private: phone}", "field-shape", "only a text"),
    ],
)
def test_the_kind_of_mask_is_checked_when_it_is_loaded(reader: Any, written: str, code: str, told: str) -> None:
    source = PROCEDURE.replace("{type: text, private: phone}", written)
    with pytest.raises(DefinitionInvalid) as refused:
        reader.compile(source, file="visit.procedure.yaml")
    (problem,) = refused.value.problems
    assert problem.code == code
    assert told in str(problem.message)


def test_who_may_see_originals_must_be_a_role(reader: Any) -> None:
    with pytest.raises(DefinitionInvalid, match="nobody"):
        reader.compile(PROCEDURE.replace("[officer, unit]", "nobody"), file="visit.procedure.yaml")
