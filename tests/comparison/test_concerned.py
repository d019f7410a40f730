"""Whom a changed procedure concerns: running cases, measured by the old and by the new text."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow.comparison import compare
from caseclock.workflow.engine.concerned import ConcernReport
from caseclock.workflow.model import Procedure
from caseclock.workflow.showing import comparison_pages


def read(source: str) -> Procedure:
    reader = YamlReader()
    return reader.procedure(reader.compile(source, file="tried.procedure.yaml").compiled)


SOURCE = shipped("online_opinion.procedure.yaml")
OLD = read(SOURCE)


def report(town: Any, *edits: tuple[str, str]) -> ConcernReport:
    source = SOURCE
    for before, after in edits:
        assert before in source
        source = source.replace(before, after, 1)
    new = read(source)
    return town.engine.concerned(OLD, new, compare(OLD, new))


@pytest.fixture
def town(township: Any) -> Any:
    return township


def test_a_longer_limit_tells_how_many_overdue_cases_would_not_be(town: Any) -> None:
    """Three slips run; two are overdue by three days, one of them by five days as well."""
    town.at("2026-11-02 09:00")
    town.dispatched("water")
    town.at("2026-11-09 09:00")
    town.dispatched("water")
    town.at("2026-11-13 09:00")
    town.dispatched("water")
    town.at("2026-11-13 10:00")
    (concern,) = report(town, ("- {is: 3 days}", "- {is: 5 days}")).concerns
    assert concern.cases == 3
    assert concern.effect is not None
    assert (concern.effect.running, concern.effect.no_longer_overdue, concern.effect.newly_overdue) == (3, 1, 0)
    assert concern.effect.moved == 3
    assert concern.effect.later == timedelta(days=4)


def test_a_shorter_limit_tells_how_many_would_be_overdue(town: Any) -> None:
    town.at("2026-11-09 09:00").dispatched("water")
    town.at("2026-11-11 09:00")
    found = report(town, ("- {is: 3 days}", "- {is: 1 day}"))
    effect = found.concerns[0].effect
    assert effect is not None
    assert (effect.no_longer_overdue, effect.newly_overdue) == (0, 1)
    assert effect.earlier == timedelta(days=2)
    page = comparison_pages.differences([found.concerns[0].difference], found)
    said = "\n".join(str(getattr(line, "value", "")) for line in page)
    assert "running cases concerned: 1; 1 of them not overdue now would be\n" in said
    assert "  1 due(s) move, at most 2 days earlier; new: 2026-11-10 24:00" in said


def test_what_hangs_on_a_changed_clock_is_measured_too(town: Any) -> None:
    """The unit's clock has a target before the public one: the clock is told although its own text is the same."""
    town.at("2026-11-09 09:00").dispatched("water")
    found = report(town, ("    limit: 3 days\n    counting", "    limit: 1 day\n    counting"))
    assert [(it.difference.clock, it.cases) for it in found.concerns] == [("public_reply", 1)]
    assert all(it.clock != "public_reply" for it in found.further)


def test_a_difference_in_a_state_concerns_the_cases_in_it(town: Any) -> None:
    town.at("2026-11-09 09:00")
    town.open()
    reported = town.open()
    town.do(reported, "report", "olive")
    change = ("report: {by: officer, to: under_review", "report: {by: [officer, office], to: under_review")
    (concern,) = report(town, change).concerns
    assert (concern.difference.states, concern.cases) == (("registered",), 1)


def test_ended_cases_and_other_versions_are_not_counted(town: Any) -> None:
    town.at("2026-11-09 09:00")
    ended = town.open()
    town.engine.fire(ended, "withdraw", by="omar", data={"withdrawn_because": "asked by telephone"})
    town.open()
    town.engine.deploy(SOURCE.replace("version: 1", "version: 2", 1))
    town.open()
    found = report(town, ("opened_by: [officer, office]", "opened_by: [officer]"))
    assert (found.running, found.elsewhere) == (1, {2: 1})


def test_words_concern_no_case(town: Any) -> None:
    town.at("2026-11-09 09:00").open()
    (concern,) = report(town, ("en: Intake}", "en: Intake of posts}")).concerns
    assert concern.cases is None


def test_what_is_gone_is_measured_as_ending(town: Any) -> None:
    """Whatever the new text lacks, the measuring does not fail: a clock that is not there runs no more."""
    town.at("2026-11-09 09:00").dispatched("water")
    kept = {name: clock for name, clock in OLD.case.clocks.items() if name != "first_word"}
    new = dataclasses.replace(OLD, case=dataclasses.replace(OLD.case, clocks=kept))
    found = town.engine.concerned(OLD, new, compare(OLD, new))
    assert [(it.difference.clock, it.cases, it.effect and it.effect.ends) for it in found.concerns] == [
        ("first_word", 1, 1)
    ]
    kindless = dataclasses.replace(OLD, subcases={})
    assert town.engine.concerned(OLD, kindless, compare(OLD, kindless)).running == 1
