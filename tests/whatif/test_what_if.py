"""What would have been late under other definitions, beside what was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.definitions.reports.making import report_on
from caseclock.definitions.reports.reader import shipped_plan
from caseclock.definitions.what_if import replayed, under
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, Engine, InvalidInput, NotFound
from caseclock.workflow.engine import Under
from caseclock.workflow.engine.recorded_inputs import ERASED
from caseclock.workflow.whatif.comparing import check, differing
from caseclock.workflow.whatif.lateness import WhatIf

from ..accounts.random_office import RandomOffice
from ..conftest import ROSTER, RememberingReader, Township

READER = RememberingReader()
PLAN = shipped_plan("online_opinion")
CALENDAR = shipped("cn.calendar.yaml")
ONLINE = shipped("online_opinion.procedure.yaml")
LONGER = ONLINE.replace("limit: 3 days", "limit: 9 days")
FIGURES = {
    ("case", "public_reply"): "replied_on_time",
    ("case", "first_response"): "first_response_on_time",
    ("slip", "unit_reply"): "answered_on_time",
}


def asked(engine: Engine, at: Any, other: Under | None = None, since: Any = None) -> WhatIf:
    assert PLAN is not None
    return replayed(engine, MemoryStore, PLAN, other or Under(), at=at, since=since)


def compiled(source: str, kind: str = "procedure") -> Under:
    return Under(**{kind: READER.compile(source, file=f"other.{kind}.yaml")})


@pytest.mark.parametrize("seed", [3, 4])
def test_unchanged_definitions_give_the_figures_of_the_report(seed: int) -> None:
    office = RandomOffice(READER, ROSTER, seed, without=("set_urgent",))
    for _ in range(4):
        office.wander(office.open(), 18)
    at = office.now + timedelta(days=3)
    found = asked(office.engine, at)
    assert found.recorded == found.replayed
    assert found.changed == []
    assert found.alike == found.cases == 4
    assert PLAN is not None
    report = report_on(office.engine, PLAN, at=at)
    shares = {(one.name, one.group, one.key): one for one in report.figures}
    for (kind, clock), name in FIGURES.items():
        here = {cell: counted for cell, counted in found.recorded.items() if (cell.kind, cell.clock) == (kind, clock)}
        assert here, "the office must have something due"
        for group in ("unit", "month"):
            keys = {getattr(cell, group) for cell in here}
            assert keys == {
                key for figure, of, key in shares if (figure, of) == (name, group) and shares[figure, of, key].n
            }
            for key in keys:
                mine = [counted for cell, counted in here.items() if getattr(cell, group) == key]
                figure = shares[name, group, key]
                assert (sum(it.n for it in mine), sum(it.late for it in mine)) == (figure.n, figure.n - figure.hits)


def late_reply(township: Township) -> str:
    """A case that is replied to on the fifth day, where three were allowed."""
    case = township.at("2026-11-02 09:00").dispatched("water")
    township.later(days=4)
    township.engine.tick()
    township.answer(f"{case}-1", "wanda")
    township.approve(case)
    township.publish(case)
    return case


def test_a_longer_limit_turns_a_late_reply_into_one_in_time(township: Township) -> None:
    case = late_reply(township)
    found = asked(township.engine, township.instant("2026-11-30 09:00"), compiled(LONGER))
    (turned,) = [one for one in found.changed if one.turned]
    assert turned.before
    assert turned.after
    assert (turned.known.case, turned.known.clock) == (case, "public_reply")
    assert (turned.before.verdict, turned.after.verdict) == ("late", "in_time")
    assert turned.days == 6
    before, after = found.total("case", "public_reply")
    assert (before.n, before.late, after.n, after.late) == (1, 1, 1, 0)
    assert (found.alike, found.stopped) == (0, {})


def test_rungs_come_when_the_other_limit_says(township: Township) -> None:
    """The urging at the third day is not copied: under nine days there is none by the fifth."""
    late_reply(township)
    (one,) = township.engine.replay(MemoryStore, compiled(LONGER))
    assert {event.rung.clock for event in one.events if event.rung} >= {"public_reply"}
    assert not [event for event in one.again if event.rung and event.rung.clock == "public_reply"]
    assert [event.action for event in one.again if not event.rung] == [e.action for e in one.events if not e.rung]


def test_a_step_that_another_roster_does_not_allow_is_told_and_the_limits_are_measured_all_the_same(
    township: Township,
) -> None:
    case = late_reply(township)
    without = ROSTER.replace("lena: {name: {zh: 分管领导丁, en: Lena}, roles: [leader]}", "lena: {roles: [office]}")
    found = asked(township.engine, township.instant("2026-11-30 09:00"), compiled(without, "roster"))
    step = found.stopped[case]
    assert (step.action, step.actor) == ("dispatch", "lena")
    assert "may not do this" in step.why.text()
    assert found.refused == 4, "dispatch, and what builds on it: answer, approve, publish"
    before, after = found.total("case", "public_reply")
    assert (before.late, after.late) == (1, 1)
    assert found.total("slip", "unit_reply")[1].n == 0


def test_days_off_of_another_calendar_move_dues(township: Township) -> None:
    late_reply(township)
    rest = "days:\n  2026-11-04..2026-11-06: {off: {zh: 放假, en: Day off}, source: {zh: 示例, en: Example}}\n"
    found = asked(township.engine, township.instant("2026-11-30 09:00"), compiled(CALENDAR + rest, "calendar"))
    (moved,) = [one for one in found.changed if one.known.clock == "public_reply"]
    assert moved.days > 0


def test_a_procedure_of_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cn.calendar.yaml"
    file.write_text(CALENDAR, encoding="utf-8")
    with pytest.raises(InvalidInput, match="expected a procedure"):
        under(procedure=file)


def test_only_limits_due_in_the_period_count(township: Township) -> None:
    late_reply(township)
    at = township.instant("2026-11-30 09:00")
    assert asked(township.engine, at, since=township.instant("2026-11-20 00:00")).recorded == {}
    assert asked(township.engine, township.instant("2026-11-03 09:00")).total("case", "public_reply")[0].n == 0


def test_erased_values_are_not_needed(township: Township) -> None:
    """A required private value that is gone is stood in for; the history still comes out, less that value."""
    source = """
procedure: visit
version: 1
calendar: cn
opened_by: clerk
stages: {work: {}}
roles: {clerk: {}}
fields:
  name: {type: text, private: true, required: true}
clocks:
  reply: {starts: opened, limit: 3 working days, stops: close}
states:
  waiting:
    stage: work
    actions: {close: {by: clerk, to: closed, input: {phone: {type: text, private: true, required: true}}}}
  closed: {stage: work, final: true}
"""
    engine, clerk = township.engine, Actor("cleo", frozenset({"clerk"}))
    engine.deploy(source, file="visit.procedure.yaml")
    case = engine.open("visit", {"name": "Invented"}, by=clerk).case.number
    township.later(days=1)
    engine.fire(case, "close", by=clerk, data={"phone": "1"})
    township.later(days=1)
    engine.redact(case, by=clerk, reason="asked")
    (one,) = engine.replay(MemoryStore, procedure="visit")
    assert (list(differing(one)), one.refused, one.erased) == ([], (), 2)
    assert ERASED not in str(one.again)


def test_a_check_under_other_rules_tells_what_does_not_come_out_as_recorded(township: Township) -> None:
    late_reply(township)
    found = check(township.engine.replay(MemoryStore, compiled(LONGER)))
    assert found.cases == 1
    assert "event" in found.differing[0].message.text()


def test_an_input_that_is_not_asked_for_is_left_out_and_one_that_is_missing_stops_the_case(township: Township) -> None:
    source = """
procedure: errand
version: {version}
calendar: cn
opened_by: clerk
stages: {{work: {{}}}}
roles: {{clerk: {{}}}}
clocks: {{reply: {{starts: opened, limit: 3 working days, stops: close}}}}
states:
  waiting: {{stage: work, actions: {{close: {{by: clerk, to: closed{inputs}}}}}}}
  closed: {{stage: work, final: true}}
"""
    engine, clerk = township.engine, Actor("cleo", frozenset({"clerk"}))
    engine.deploy(source.format(version=1, inputs=", input: {note: {type: text}}"), file="errand.procedure.yaml")
    case = engine.open("errand", {}, by=clerk).case.number
    engine.fire(case, "close", by=clerk, data={"note": "x"})
    (one,) = engine.replay(MemoryStore, compiled(source.format(version=2, inputs="")), procedure="errand")
    assert (one.refused, one.again[-1].action, one.again[-1].data) == ((), "close", {})
    asked = source.format(version=2, inputs=", input: {sum: {type: integer, required: true}}")
    (one,) = engine.replay(MemoryStore, compiled(asked), procedure="errand")
    assert one.after is not None
    assert (one.refused[0].action, one.after.situation.case.state) == ("close", "waiting")
    assert "sum: missing" in one.refused[0].why.text()


def test_an_expiry_of_the_other_rules_comes_at_its_instant(township: Township) -> None:
    """Nobody has to tick for it: what is over by the cut-off is over."""
    source = """
procedure: permit
version: {version}
calendar: cn
opened_by: clerk
stages: {{work: {{}}}}
roles: {{clerk: {{}}}}
clocks: {{decision: {{starts: opened, limit: 3 working days, stops: grant{expires}}}}}
states:
  pending:
    stage: work
    actions: {{grant: {{by: clerk, to: granted}}, deem: {{by: system, to: granted}}}}
  granted: {{stage: work, final: true}}
"""
    engine, clerk = township.engine, Actor("cleo", frozenset({"clerk"}))
    engine.deploy(source.format(version=1, expires=", ladder: {due: deem}"), file="permit.procedure.yaml")
    engine.open("permit", {}, by=clerk)
    other = compiled(source.format(version=2, expires=", expires: deem"))
    township.later(days=9)
    (one,) = engine.replay(MemoryStore, other, procedure="permit")
    assert one.before is not None
    assert one.after is not None
    assert (one.before.situation.case.state, one.after.situation.case.state) == ("pending", "granted")
    assert one.again[-1].effective_at == township.instant("2026-11-20 00:00")


def test_a_calendar_that_is_not_there_is_told_before_anything_is_replayed(township: Township) -> None:
    late_reply(township)
    with pytest.raises(NotFound, match="nowhere"):
        asked(township.engine, township.clock[0], compiled(ONLINE.replace("calendar: cn", "calendar: nowhere")))
