"""Every calendar day needs a patrol; days and sites without one are gaps, and late entries are told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.definitions.reports.making import report_on
from caseclock.definitions.reports.reader import read_plan, shipped_plan
from caseclock.workflow import DefinitionInvalid
from caseclock.workflow.reports import PatrolLog

from ..conftest import Township


@pytest.fixture
def patrolled(township: Township) -> Township:
    township.engine.deploy(shipped("patrol.procedure.yaml"), file="patrol.procedure.yaml")
    return township


def patrol(township: Township, day: str, *sites: str) -> str:
    data: dict[str, Any] = {"patrolled_on": date.fromisoformat(day), "sites": list(sites)}
    return township.engine.open("patrol", data, by="olive").case.number


def log(township: Township, since: str | None = None) -> PatrolLog | None:
    plan = shipped_plan("online_opinion")
    assert plan is not None
    first = township.instant(since) if since else None
    return report_on(township.engine, plan, at=township.clock[0], since=first).patrol


def test_days_without_a_patrol_are_gaps_on_days_of_rest_too(patrolled: Township) -> None:
    patrol(patrolled.at("2026-11-20 09:00"), "2026-11-20", "board")
    patrol(patrolled.at("2026-11-23 09:00"), "2026-11-23", "board")
    found = log(patrolled)
    assert found is not None
    assert found.gaps == (date(2026, 11, 21), date(2026, 11, 22))
    assert (found.patrols, found.days) == (2, 4)


def test_the_day_of_the_cut_off_is_not_over_and_is_no_gap_yet(patrolled: Township) -> None:
    patrol(patrolled.at("2026-11-20 09:00"), "2026-11-20", "board")
    patrolled.at("2026-11-21 08:00")
    found = log(patrolled)
    assert found is not None
    assert (found.until, found.gaps) == (date(2026, 11, 20), ())


def test_a_site_that_a_patrol_left_out_is_told_by_day(patrolled: Township) -> None:
    patrol(patrolled.at("2026-11-16 09:00"), "2026-11-16", "board", "hotline")
    patrol(patrolled.at("2026-11-17 09:00"), "2026-11-17", "board")
    found = log(patrolled)
    assert found is not None
    assert found.sites == {"board": (), "hotline": (date(2026, 11, 17),)}


def test_a_patrol_entered_on_a_later_day_is_no_gap_but_is_told(patrolled: Township) -> None:
    patrol(patrolled.at("2026-11-18 09:00"), "2026-11-16", "board")
    patrol(patrolled, "2026-11-18", "board")
    found = log(patrolled)
    assert found is not None
    assert found.entered_later == ((date(2026, 11, 16), date(2026, 11, 18)),)
    assert found.gaps == (date(2026, 11, 17),)


def test_an_entry_that_was_struck_out_is_no_patrol(patrolled: Township) -> None:
    number = patrol(patrolled.at("2026-11-16 09:00"), "2026-11-16", "board")
    patrolled.do(number, "strike_out", "omar", struck_out_because="Entered twice")
    patrol(patrolled.at("2026-11-17 09:00"), "2026-11-17", "board")
    found = log(patrolled, "2026-11-16 00:00")
    assert found is not None
    assert found.gaps == (date(2026, 11, 16),)


def test_an_office_that_keeps_no_log_has_none(township: Township) -> None:
    assert log(township) is None


def test_a_plan_that_does_not_fit_its_procedure_is_refused_with_every_mistake(township: Township) -> None:
    text = shipped("online_opinion.report.yaml").replace("replied: publish", "replied: publsh")
    text = text.replace("clock: unit_reply", "clock: unit_repl")
    with pytest.raises(DefinitionInvalid) as error:
        read_plan(text, "x.report.yaml", township.engine.procedure("online_opinion"))
    assert {problem.path for problem in error.value.problems} == {("replied",), ("slips", "clock")}
