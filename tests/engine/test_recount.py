"""A new version of a calendar recounts every open case, in pages, and writes what moved into the history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from caseclock.storage import create_store
from caseclock.workflow import NotFound
from caseclock.workflow.engine import engine as engine_module
from caseclock.workflow.ports import CaseQuery, Store

from .conftest import PEOPLE, PERMIT, Permits

WEEK = """
calendar: {id}
title: {{zh: 示例, en: Example}}
zone: Asia/Shanghai
base: none
years: {years}
official_through: 2026-12-31
rest_days: [saturday, sunday]
days: {{{days}}}
"""


def week(*rests: str, id: str = "cn", years: str = "2026..2027") -> str:
    """Return a calendar of plain weeks, in which these days of 2026 are days of rest."""
    days = ", ".join(f"2026-{day}: {{off: {{zh: 放假, en: Day off}}}}" for day in rests)
    return WEEK.format(id=id, years=years, days=days)


def recounted(permits: Permits, case: str) -> list[Any]:
    """Return what the recounted events of a case say."""
    return [view.event.recount for view in permits.engine.history(case) if view.event.action == "recounted"]


def test_a_day_off_declared_later_moves_the_dues_of_open_cases_and_says_so(permits: Permits) -> None:
    case = permits.open()
    old = permits.engine.definitions()[0]
    new = permits.at("11-05 09:00").engine.deploy(week("11-12"))
    assert permits.due(case) == "11-18 00:00"
    (view,) = [view for view in permits.entries(case) if view.event.action == "recounted"]
    event = view.event
    assert (event.actor, event.role, event.effective_at) == ("system", "system", permits.instant("11-05 09:00"))
    assert event.recount == {
        "calendar": "cn",
        "from": {"version": 1, "fingerprint": old.fingerprint},
        "to": {"version": 2, "fingerprint": new.fingerprint},
        "clocks": {"decision": {"old": "2026-11-16T16:00:00+00:00", "new": "2026-11-17T16:00:00+00:00"}},
    }
    assert (event.from_state, event.to_state, event.data) == ("pending", "pending", {})
    assert view.title.en == "Recounted by a new calendar"


def test_a_recount_changes_nothing_but_the_history_and_the_projections(permits: Permits) -> None:
    case = permits.open()
    before = permits.engine.case(case).case
    permits.engine.deploy(week("11-12"))
    after = permits.engine.case(case).case
    assert after.revision == before.revision + 1
    assert (after.state, after.since, after.data, after.marks) == (
        before.state,
        before.since,
        before.data,
        before.marks,
    )
    permits.check(case)


def test_lists_and_ticks_go_by_the_new_due_at_once(permits: Permits) -> None:
    case = permits.open()
    permits.engine.deploy(week("11-12"))
    (item,) = permits.engine.cases(CaseQuery())
    assert item.due_at == permits.instant("11-18 00:00")
    permits.at("11-17 09:00")
    assert permits.tick() == ["remind"]
    permits.at("11-18 09:00")
    assert permits.tick() == ["urge", "deem_granted"]
    assert permits.state(case) == "granted"


def test_what_is_not_moved_gets_no_event_but_is_counted_by_the_new_version(permits: Permits) -> None:
    case = permits.open()
    permits.engine.deploy(week("12-24"))
    assert recounted(permits, case) == []
    assert permits.engine.recount() == permits.engine.recount("cn")
    assert permits.engine.definitions()[1].recounted_at is not None


def test_cases_that_have_ended_and_clocks_that_have_stopped_are_left_alone(permits: Permits) -> None:
    ended, stopped = permits.open(), permits.open()
    permits.do(ended, "refuse", "head", ground="Too high")
    permits.do(stopped, "grant", "head")
    permits.engine.deploy(week("11-12"))
    assert recounted(permits, ended) == recounted(permits, stopped) == []


def test_subcases_are_recounted_with_their_case(permits: Permits) -> None:
    case = permits.at("11-06 09:00").open()
    permits.do(case, "consult", experts=["water"])
    permits.engine.deploy(week("11-09"))
    moved = {key for recount in recounted(permits, case) for key in recount["clocks"]}
    assert moved == {"decision", "opinion"}
    assert permits.due(f"{case}-1", "opinion") == "11-10 17:00"
    permits.check(case)


def test_a_report_names_case_clock_old_and_new_due(permits: Permits) -> None:
    case = permits.open()
    permits.engine.deploy(week("11-12"), recount=False)
    (moved,) = permits.engine.recount().moved
    assert (moved.case, moved.calendar, moved.clock, moved.zone) == (case, "cn", "decision", "Asia/Shanghai")
    assert (moved.old, moved.new) == (permits.instant("11-17 00:00"), permits.instant("11-18 00:00"))
    assert permits.engine.recount().moved == ()


def test_a_command_on_a_case_that_is_not_recounted_yet_catches_up_first(permits: Permits) -> None:
    """No due moves without an event that says so, whoever comes first."""
    case = permits.open()
    seen = permits.engine.case(case).case.revision
    permits.engine.deploy(week("11-12"), recount=False)
    permits.engine.fire(case, "note", by=PEOPLE["clerk"], revision=seen)
    assert permits.history(case) == ["open", "recounted", "note"]
    assert permits.engine.recount().moved == ()
    assert permits.history(case) == ["open", "recounted", "note"]
    permits.check(case)


def test_a_tick_on_a_case_that_is_not_recounted_yet_catches_up_first(permits: Permits) -> None:
    case = permits.open()
    permits.engine.deploy(week("11-12"), recount=False)
    permits.at("11-17 09:00")
    assert permits.tick() == ["remind"]
    assert permits.history(case) == ["open", "recounted", "remind"]


def test_two_new_versions_before_a_recount_are_one_step(permits: Permits) -> None:
    case = permits.open()
    permits.engine.deploy(week("11-12"), recount=False)
    permits.engine.deploy(week("11-12", "11-13"))
    ((recount,),) = [recounted(permits, case)]
    assert (recount["from"]["version"], recount["to"]["version"]) == (1, 3)
    assert permits.due(case) == "11-19 00:00"


def test_deploying_the_same_calendar_again_recounts_nothing(permits: Permits) -> None:
    case = permits.open()
    for _ in range(2):
        permits.engine.deploy(week("11-12"))
    assert len(recounted(permits, case)) == 1


class Interrupted(Exception):
    """The machine went down."""


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_a_recount_that_was_interrupted_is_finished_by_the_next(
    permits: Permits, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """Killed after so many pages of two cases, and run again, it leaves what an undisturbed one leaves."""
    monkeypatch.setattr(engine_module, "PAGE", 2)
    cases = [permits.open() for _ in range(6)]
    undisturbed, left = engine_module.recount, [2 * pages + 1]

    def recount(*args: Any) -> Any:
        if left[0] == 0:
            raise Interrupted
        left[0] -= 1
        return undisturbed(*args)

    monkeypatch.setattr(engine_module, "recount", recount)
    with pytest.raises(Interrupted):
        permits.engine.deploy(week("11-12"))
    done = [case for case in cases if recounted(permits, case)]
    assert len(done) == 2 * pages
    monkeypatch.setattr(engine_module, "recount", undisturbed)
    report = permits.engine.recount()
    assert sorted(moved.case for moved in report.moved) == sorted(set(cases) - set(done))
    assert [len(recounted(permits, case)) for case in cases] == [1] * 6
    assert {permits.due(case) for case in cases} == {"11-18 00:00"}
    assert {item.due_at for item in permits.engine.cases()} == {permits.instant("11-18 00:00")}
    assert permits.engine.recount().moved == ()
    for case in cases:
        permits.check(case)


def test_a_case_that_the_new_calendar_does_not_reach_is_reported_and_the_others_go_on(permits: Permits) -> None:
    near = permits.at("12-14 09:00").open()
    far = permits.at("12-21 09:00").open()
    permits.engine.deploy(week("12-24", years="2026..2026"), recount=False)
    report = permits.engine.recount()
    assert [moved.case for moved in report.moved] == [near]
    assert list(report.failed) == [far]
    assert "holds 2026-01-01 to 2026-12-31" in report.failed[far].text()
    permits.engine.deploy(week("12-24", "12-25"), recount=False)
    assert [moved.case for moved in permits.engine.recount().moved] == [near, far]


def two_calendars(permits: Permits) -> str:
    """Deploy a version of the permit whose certificate is counted by another calendar, and open a case of it."""
    permits.engine.deploy(week(id="court"))
    other = PERMIT.replace("version: 1", "version: 2").replace(
        "    limit: 5 days\n    stops: issue\n", "    calendar: court\n    limit: 5 working days\n    stops: issue\n"
    )
    permits.engine.deploy(other)
    case = permits.open()
    permits.do(case, "grant", "head")
    return case


def test_a_clock_with_a_calendar_of_its_own_is_recounted_by_that_one(permits: Permits) -> None:
    case = two_calendars(permits)
    assert permits.due(case, "certificate") == "11-10 00:00"
    permits.engine.deploy(week("11-04", "11-05"))
    assert recounted(permits, case) == []
    permits.engine.deploy(week("11-04", id="court"))
    (recount,) = recounted(permits, case)
    assert (recount["calendar"], list(recount["clocks"])) == ("court", ["certificate"])
    assert permits.due(case, "certificate") == "11-11 00:00"


def test_several_new_calendars_are_told_apart(permits: Permits) -> None:
    case = two_calendars(permits)
    other = permits.open()
    permits.engine.deploy(week("11-04"), recount=False)
    permits.engine.deploy(week("11-05", id="court"), recount=False)
    permits.do(case, "note")
    permits.do(other, "note")
    assert [recount["calendar"] for recount in recounted(permits, case)] == ["court"]
    assert [recount["calendar"] for recount in recounted(permits, other)] == ["cn"]
    assert permits.engine.recount().moved == ()


def test_why_as_of_an_earlier_day_answers_by_the_calendar_of_that_day(permits: Permits) -> None:
    case = permits.open()
    permits.at("11-05 09:00").engine.deploy(week("11-12"))
    permits.at("11-06 09:00").do(case, "extend", "head")

    def due(as_of: str) -> str:
        moment = permits.instant(as_of)
        (why,) = permits.engine.why(case, "decision", as_of=moment)
        assert permits.engine.case(case, as_of=moment).clocks[0].status.due_at == why.due_at
        return why.due_at.astimezone(moment.tzinfo).strftime("%m-%d")

    assert [due(day) for day in ("11-05 08:59", "11-05 09:00", "11-06 09:00")] == ["11-17", "11-18", "11-25"]
    with pytest.raises(NotFound, match="had not been recorded yet"):
        permits.engine.case(case, as_of=permits.instant("11-01 09:00"))


def test_a_case_as_of_an_earlier_day_is_as_it_was_known_with_time_as_it_stood(permits: Permits) -> None:
    case = permits.open()
    permits.at("11-17 09:00").tick()
    permits.at("11-20 09:00").do(case, "refuse", "head", at="11-13 09:00", ground="Too high")
    states = [
        permits.engine.case(case, as_of=permits.instant(day)).case.state
        for day in ("11-16 09:00", "11-18 09:00", "11-20 09:00")
    ]
    assert states == ["pending", "granted", "refused"]
    permits.do(other := permits.open(), "ask_papers")
    permits.later(days=4)
    then = permits.engine.why(other, "decision", as_of=permits.instant("11-20 09:00"))[0]
    assert permits.engine.why(other, "decision")[0].due_at > then.due_at


@pytest.fixture
def upgraded(permits_of: Callable[[Store], Permits], tmp_path: Path) -> Iterator[tuple[Permits, str]]:
    """An office with a case that an older caseclock kept: its rows say less than they do today."""
    store = create_store(f"sqlite:///{tmp_path}/old.db")
    permits = permits_of(store)
    case = permits.open()
    permits.at("11-20 09:00").tick()
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cc_clocks SET calendar = NULL")
        connection.exec_driver_sql("UPDATE cc_definitions SET recounted_at = NULL")
        for kept in connection.exec_driver_sql("SELECT id, marks, delivered FROM cc_cases").fetchall():
            marks = {action: [mark[:2] for mark in done] for action, done in json.loads(kept.marks).items()}
            delivered = [key[:3] for key in json.loads(kept.delivered)]
            values = (json.dumps(marks), json.dumps(delivered), kept.id)
            connection.exec_driver_sql("UPDATE cc_cases SET marks = ?, delivered = ? WHERE id = ?", values)
    yield permits, case
    store.close()


def test_cases_of_an_older_caseclock_are_recounted_once_from_the_dues_that_they_had(upgraded: Any) -> None:
    permits, case = upgraded
    assert permits.due(case, "certificate") == "11-24 00:00"
    permits.engine.deploy(week("11-23"))
    (recount,) = recounted(permits, case)
    assert recount["from"] == {"version": None, "fingerprint": None}
    assert list(recount["clocks"]) == ["certificate"]
    assert permits.due(case, "certificate") == "11-25 00:00"
    assert permits.engine.recount().moved == ()


def test_a_late_entry_overtakes_what_an_older_caseclock_delivered(upgraded: Any) -> None:
    permits, case = upgraded
    permits.do(case, "refuse", "head", at="11-13 09:00", ground="Too high")
    assert permits.history(case) == ["open", "remind", "(urge)", "(deem_granted)", "refuse"]
    permits.check(case)
