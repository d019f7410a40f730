"""Private values are kept as long as the procedure says, and no longer; a unit that is complained about sees none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions import shipped
from caseclock.workflow import Actor, DefinitionInvalid, Engine, NotAllowed

PROCEDURE = """
procedure: complaint
version: 1
calendar: cn
opened_by: clerk
unmasked_by: [clerk, unit_head]
concealed_from: about
erase_private_after: 1 month
stages: {work: {}}
roles: {clerk: {}, unit_head: {of: unit}}
fields:
  author: {type: text, private: name}
  about:  {type: unit}
states:
  received: {stage: work, actions: {close: {by: clerk, to: closed}}}
  closed:   {stage: work, final: true}
"""
CLERK = Actor("ann", frozenset({"clerk"}))


@pytest.fixture
def clock() -> list[datetime]:
    return [datetime(2026, 1, 30, 9, tzinfo=ZoneInfo("Asia/Shanghai"))]


@pytest.fixture
def engine(any_store: Any, reader: Any, clock: list[datetime]) -> Engine:
    engine = Engine(any_store, reader, office="town", now=lambda: clock[0])
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(PROCEDURE, file="complaint.procedure.yaml")
    return engine


def test_what_has_been_kept_long_enough_is_listed_and_erased(engine: Engine, clock: list[datetime]) -> None:
    """Counted from the end of the case, by the calendar: a month from 30 January is the last day of February."""
    first = engine.open("complaint", {"author": "invented Wang", "about": "roads"}, by=CLERK).case.number
    engine.open("complaint", {"author": "invented Li"}, by=CLERK)
    engine.fire(first, "close", by=CLERK)
    clock[0] += timedelta(days=28)
    assert engine.retention() == ()
    assert [one.number for one in engine.retention(clock[0] + timedelta(days=2))] == [first]
    clock[0] += timedelta(days=1)
    (found,) = engine.retention()
    assert (found.number, found.fields) == (first, ("author",))
    assert found.due_at == datetime(2026, 2, 28, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    engine.redact(first, by=CLERK, reason="kept long enough")
    assert engine.retention() == ()
    assert engine.verify().findings == ()


def test_nobody_of_the_unit_that_it_is_about_is_shown_who_wrote_it(engine: Engine) -> None:
    """信访工作条例 30. The right role does not help."""
    case = engine.open("complaint", {"author": "invented Wang", "about": "roads"}, by=CLERK).case.number
    clerk_of_roads = Actor("rita", frozenset({"clerk"}), "roads")
    with pytest.raises(NotAllowed, match="about roads"):
        engine.disclose(case, by=clerk_of_roads, reason="curious")
    assert engine.disclose(case, by=CLERK, reason="to call back").values[case] == {"author": "invented Wang"}


def test_what_conceals_must_name_a_unit(reader: Any) -> None:
    with pytest.raises(DefinitionInvalid, match="1 problem") as refused:
        reader.compile(PROCEDURE.replace("concealed_from: about", "concealed_from: author"), file="c.procedure.yaml")
    assert refused.value.problems[0].line == 7
