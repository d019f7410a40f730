"""Running cases go over to another version: exactly as it was tried, on every store, and back again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.storage import MemoryStore
from caseclock.workflow import CaseclockError, Conflict, Engine, InvalidInput, NotAllowed, NotFound
from caseclock.workflow.migration import Chosen, Moves, Plan

from .conftest import ACTIONS, CLERK, FIRST, HEAD, SECOND, SHORTER, STATES, WITHOUT_FIRST_WORD, Matters, plan

DEEDS = [
    *((action, CLERK) for action in ("take", "finish", "ask", "told", "request")),
    *((action, HEAD) for action in ("send_back", "reopen", "grant", "refuse", "close")),
]


def deeds(seed: int, offices: tuple[Matters, ...], numbers: list[str], steps: int, *, moved: bool = False) -> None:
    """Have people do at random the same things at the same instants in all offices; the first says what is legal.

    Some things are entered late. ``moved``: all offices are on the new version already.
    """
    chance = random.Random(seed)
    for _ in range(steps):
        offices[0].later(hours=chance.choice([0, 1, 7, 20, 30, 55]))
        if chance.random() < 0.6:
            for office in offices:
                assert office.engine.tick().failed == {}
        number, (action, by) = chance.choice(numbers), chance.choice(DEEDS)
        at = offices[0].now - timedelta(hours=chance.choice([2, 9, 31])) if chance.random() < 0.3 else None
        new = ACTIONS.get(action, action)
        try:
            offices[0].do(number, new if moved else action, by, at=at)
        except CaseclockError:
            continue
        for office in offices[1:]:
            office.do(number, new, by, at=at)


def picture(office: Matters, number: str) -> tuple[Any, ...]:
    """Return what somebody sees of a case and its time, whatever the ids."""
    view = office.engine.case(number)
    clocks = [
        (it.status.clock.name, it.status.due_at, it.status.running, it.status.late, it.status.met, it.overdue,
         it.status.paused_since, it.status.round, it.status.over_at, len(it.status.grants))
        for it in view.clocks
    ]  # fmt: skip
    with office.store.begin("town", write=False) as tx:
        timers = [(timer.key, timer.action, timer.at) for timer in tx.timers_of(view.case.root)]
    return view.case.state, view.case.since, view.case.closed_at, clocks, timers


@pytest.mark.parametrize("seed", range(6))
def test_a_case_that_is_recomputed_is_as_if_it_had_always_been_on_the_new_version(
    matters: Matters, matters_of: Callable[..., Matters], seed: int
) -> None:
    fresh = matters_of(MemoryStore(), SECOND, matters.clock)
    numbers = [matters.open() for _ in range(4)]
    assert [fresh.open() for _ in range(4)] == numbers
    deeds(seed, (matters, fresh), numbers, 22)
    running = [number for number in numbers if matters.engine.case(number).case.closed_at is None]
    matters.deploy(SECOND)
    matters.migrate(plan("decision 7"))
    for office in (matters, fresh):
        office.engine.tick()
    for number in running:
        assert picture(matters, number) == picture(fresh, number)
    deeds(seed, (matters, fresh), running, 12 if running else 0, moved=True)
    for office in (matters, fresh):
        office.engine.tick()
    for number in running:
        assert picture(matters, number) == picture(fresh, number)
    matters.is_sound(MemoryStore)


@pytest.mark.parametrize("rule", ["recompute", "keep", "rest", "restart"])
@pytest.mark.parametrize("seed", range(2))
def test_what_the_trial_tells_is_what_the_cases_then_are(matters: Matters, seed: int, rule: str) -> None:
    numbers = [matters.open() for _ in range(4)]
    deeds(seed, (matters,), numbers, 14)
    matters.deploy(SECOND)
    asked = plan("decision 7", reply=rule, first_word=rule)
    trial = matters.engine.try_migration(asked)
    matters.later(hours=1)
    done = matters.engine.migrate(asked, trial.told(), by=HEAD)
    assert set(done.cases) == {case["case"] for case in trial.told()["cases"]}
    for told in trial.told()["cases"]:
        view = matters.engine.case(told["case"], at=trial.at)
        (member,) = told["members"]
        assert (view.case.state, view.case.version) == (member["state"][1], 2)
        now = {it.status.clock.name: it.status for it in view.clocks}
        found = {name: status.due_at.isoformat() if status.running else None for name, status in now.items()}
        expected = {name: clock["due"][1] for name, clock in member["clocks"].items() if name in now}
        assert found == expected
        overdue = {name: status.overdue(trial.at) for name, status in now.items()}
        assert overdue == {name: member["clocks"][name]["overdue"][1] for name in now}
    assert matters.engine.try_migration(asked).cases == ()
    matters.is_sound(MemoryStore)


@pytest.mark.parametrize("rule", ["recompute", "keep", "rest", "restart"])
@pytest.mark.parametrize("seed", range(2))
def test_undoing_a_migration_restores_an_equal_state(matters: Matters, seed: int, rule: str) -> None:
    numbers = [matters.open() for _ in range(4)]
    deeds(seed, (matters,), numbers, 14)
    matters.deploy(SECOND)
    before = {number: matters.kept(number) for number in numbers}
    migration = matters.migrate(plan("decision 7", reply=rule, first_word=rule))
    matters.engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    assert {number: matters.kept(number) for number in numbers} == before
    matters.is_sound(MemoryStore)
    lines = list(matters.engine.export())
    with pytest.raises(NotAllowed):
        matters.engine.undo_migration(migration, by=HEAD, reason="once more")
    assert list(matters.engine.export()) == lines
    again = matters.migrate(plan("decision 7", digest="another", reply=rule, first_word=rule))
    matters.engine.undo_migration(again, by=HEAD, reason="wrong again")
    assert {number: matters.kept(number) for number in numbers} == before


def test_a_migration_since_which_somebody_acted_is_not_undone(matters: Matters) -> None:
    untouched, acted = matters.open(), matters.open()
    matters.deploy(SECOND)
    migration = matters.migrate(plan())
    matters.do(acted, "take")
    lines = list(matters.engine.export())
    with pytest.raises(NotAllowed, match="take was done since"):
        matters.engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    assert list(matters.engine.export()) == lines
    assert matters.engine.case(untouched).case.version == 2


def test_a_clock_that_is_kept_goes_on_by_the_old_version(matters: Matters) -> None:
    case = matters.open()
    matters.do(case, "take")
    due, status = matters.due(case), matters.status(case)
    ladder = [(rung.action, rung.at) for rung in status.rungs]
    matters.deploy(SECOND)
    matters.migrate(plan(reply="keep"))
    after = matters.status(case)
    assert after.due_at == due
    assert after.reckoning.lines == status.reckoning.lines
    assert [(rung.action, rung.at) for rung in after.rungs] == ladder
    matters.do(case, "request")
    matters.do(case, "grant", HEAD)
    assert matters.due(case) > due
    matters.later(hours=1).do(case, "inquire")
    assert matters.status(case).paused_since == matters.now
    matters.later(hours=1).do(case, "told")
    matters.is_sound(MemoryStore)


def test_a_clock_that_the_new_version_drops_can_be_kept(matters: Matters) -> None:
    case, other = matters.open(), matters.open()
    due = matters.due(case, "first_word")
    matters.deploy(WITHOUT_FIRST_WORD)
    matters.migrate(plan(first_word="keep"))
    assert matters.due(case, "first_word") == due
    matters.do(other, "take")
    assert not matters.status(other, "first_word").running
    matters.later(days=3)
    assert [event.action for event in matters.engine.tick().delivered] == ["urge"]
    matters.is_sound(MemoryStore)


def test_a_clock_that_begins_anew_has_the_whole_new_limit_from_then_on(
    matters: Matters, matters_of: Callable[..., Matters]
) -> None:
    case = matters.open()
    matters.later(days=2)
    matters.deploy(SECOND)
    matters.migrate(plan(reply="restart"))
    fresh = matters_of(MemoryStore(), SECOND, matters.clock)
    assert matters.due(case) == fresh.due(fresh.open())
    matters.is_sound(MemoryStore)


def test_what_was_left_of_a_clock_is_counted_on_by_the_new_version(matters: Matters) -> None:
    """Opened on Monday, 5 working days: on Wednesday three are left, which end where they did; so many are counted."""
    case = matters.open()
    due = matters.due(case)
    matters.later(days=2)
    matters.deploy(SECOND)
    matters.migrate(plan(reply="rest"))
    assert matters.due(case) == due
    assert [rung.action for rung in matters.status(case).rungs] == ["warn", "urge", "supervise"]
    matters.is_sound(MemoryStore)


@pytest.mark.parametrize("rule", ["rest", "restart"])
def test_a_clock_that_stands_still_or_is_over_stays_as_it_was(matters: Matters, rule: str) -> None:
    paused, stopped = matters.open(), matters.open()
    matters.do(paused, "ask")
    matters.do(stopped, "take")
    matters.later(days=1)
    before = matters.status(paused), matters.status(stopped, "first_word")
    matters.deploy(SECOND)
    matters.migrate(plan(reply=rule, first_word=rule))
    after = matters.status(paused), matters.status(stopped, "first_word")
    for was, now in zip(before, after, strict=True):
        assert (now.due_at, now.paused_since, now.stopped_at) == (was.due_at, was.paused_since, was.stopped_at)
    matters.later(days=1).do(paused, "told")
    assert matters.status(paused).paused_since is None
    matters.is_sound(MemoryStore)


def test_no_running_statutory_limit_becomes_shorter_without_a_decision(matters: Matters) -> None:
    case = matters.open()
    due = matters.due(case)
    matters.deploy(SHORTER)
    trial = matters.engine.try_migration(plan())
    assert [case in problem.text() and "reply" in problem.text() for problem in trial.problems] == [True]
    lines = list(matters.engine.export())
    with pytest.raises(NotAllowed, match="end earlier"):
        matters.engine.migrate(plan(), trial.told(), by=HEAD)
    assert list(matters.engine.export()) == lines
    matters.migrate(plan("decision 7", digest="another"))
    assert matters.due(case) < due


def test_a_case_that_changed_since_the_trial_stops_the_whole(matters: Matters) -> None:
    case, other = matters.open(), matters.open()
    matters.deploy(SECOND)
    trial = matters.engine.try_migration(plan())
    matters.later(hours=1).do(other, "take")
    lines = list(matters.engine.export())
    with pytest.raises(Conflict, match=other):
        matters.engine.migrate(plan(), trial.told(), by=HEAD)
    assert list(matters.engine.export()) == lines
    assert matters.engine.case(case).case.version == 1


def test_a_case_opened_since_the_trial_stops_the_whole(matters: Matters) -> None:
    matters.open()
    matters.deploy(SECOND)
    trial = matters.engine.try_migration(plan())
    matters.later(hours=1)
    matters.engine.open("matter", {}, by=CLERK, version=1)
    with pytest.raises(Conflict):
        matters.engine.migrate(plan(), trial.told(), by=HEAD)


def test_what_was_only_shown_since_the_trial_or_the_migration_does_not_matter(matters: Matters) -> None:
    case = matters.open(author="Somebody")
    matters.deploy(SECOND)
    trial = matters.engine.try_migration(plan())
    matters.engine.disclose(case, by=CLERK, reason="asked by the auditor")
    migration = matters.engine.migrate(plan(), trial.told(), by=HEAD).id
    matters.engine.disclose(case, by=CLERK, reason="asked by the auditor")
    matters.engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    assert matters.engine.case(case).case.version == 1
    matters.is_sound(MemoryStore)


def test_the_past_can_still_be_told_and_corrected(matters: Matters) -> None:
    """What is entered late, with an instant before the migration, is judged by the new names of states and actions."""
    case = matters.open()
    opened = matters.now
    matters.later(hours=1).do(case, "take")
    matters.later(days=1)
    before, known = matters.now, matters.engine.case(case)
    matters.later(hours=1).deploy(SECOND)
    migration = matters.migrate(plan())
    assert matters.engine.case(case, as_of=before).case == known.case
    assert matters.engine.case(case, as_of=before).clocks == known.clocks
    assert matters.engine.standing(case, at=before).situation.case.state == "handling"
    assert matters.engine.standing(case, at=before, as_of=before).situation.case.state == "handling"
    matters.later(hours=1).do(case, "inquire", at=opened + timedelta(hours=2))
    assert matters.status(case).paused_since == opened + timedelta(hours=2)
    assert [view.event.action for view in matters.engine.history(case)] == ["open", "take", "migrated", "inquire"]
    late = matters.engine.standing(case, at=before)
    assert (late.situation.case.version, late.situation.case.state) == (2, "working")
    assert next(status.paused_since for status in late.situation.clocks()) == opened + timedelta(hours=2)
    assert [event.action for event in late.events] == ["open", "take", "inquire"]
    matters.is_sound(MemoryStore)
    with pytest.raises(NotAllowed):
        matters.engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")


def test_after_undoing_what_is_entered_late_is_judged_by_the_old_version(matters: Matters) -> None:
    case = matters.open()
    opened = matters.now
    matters.later(hours=1).do(case, "take")
    matters.later(days=1).deploy(SECOND)
    migration = matters.migrate(plan())
    matters.later(hours=1).engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    matters.later(hours=1).do(case, "ask", at=opened + timedelta(hours=2))
    assert matters.status(case).paused_since == opened + timedelta(hours=2)
    assert matters.engine.standing(case, at=opened + timedelta(hours=3)).situation.case.state == "handling"
    matters.is_sound(MemoryStore)


def test_an_urging_that_came_too_early_by_the_new_limit_comes_again(matters: Matters) -> None:
    case = matters.open()
    matters.later(days=7, hours=16).engine.tick()
    assert [view.event.action for view in matters.engine.history(case)] == ["open", "urge", "warn", "urge"]
    assert matters.status(case).overdue(matters.now)
    matters.deploy(SECOND)
    matters.migrate(plan())
    assert not matters.status(case).overdue(matters.now)
    assert [view.event.action for view in matters.engine.history(case) if view.overtaken] == ["urge"]
    assert [event.action for event in matters.engine.tick().delivered] == []
    due = matters.due(case)
    matters.later(days=7)
    delivered = [(event.action, event.effective_at) for event in matters.engine.tick().delivered]
    assert delivered[0] == ("urge", due)
    assert [action for action, _ in delivered] == ["urge", "supervise"]
    matters.is_sound(MemoryStore)


ONLINE = shipped("online_opinion.procedure.yaml")
SLOWER = (
    ONLINE.replace("\nversion: 1\n", "\nversion: 2\n")
    .replace("    limit: 3 days\n", "    limit: 5 days\n")
    .replace("extension: {to: 5 days", "extension: {to: 7 days")
    .replace("          - {is: 3 days}\n", "          - {is: 5 days}\n")
    .replace("{is: 3 working days}]", "{is: 5 working days}]")
)


def test_slips_go_over_with_their_case(any_store: Any, township: Any) -> None:
    """Posted on Monday 16 November; the unit's three days end on Thursday, and by the new limit on Monday."""
    procedure = township.engine.procedure("online_opinion")
    kinds = {
        kind: Moves({state: state for state in procedure.lifecycle(kind).states})
        for kind in ("case", *procedure.subcases)
    }
    asked = Plan("online_opinion", 1, 2, "the rule was changed", "the plan", kinds)
    case = township.dispatched("water", "roads", lead="water")
    slip = f"{case}-1"
    township.answer(f"{case}-2", "rosa")
    township.at("2026-11-20 10:00").engine.tick()
    assert township.clock_of(slip, "unit_reply").overdue(township.clock[0])
    office = Matters(township.engine, any_store, township.clock)
    township.engine.deploy(SLOWER, file="online_opinion.procedure.yaml")
    before = office.kept(case)
    trial = township.engine.try_migration(asked)
    assert [member["number"] for member in trial.told()["cases"][0]["members"]] == [case, slip, f"{case}-2"]
    migration = office.migrate(asked)
    view = township.engine.case(case)
    assert [one.case.version for one in (view, *view.subcases)] == [2, 2, 2]
    assert not township.clock_of(slip, "unit_reply").overdue(township.clock[0])
    overtaken = [
        (one.number, one.event.action)
        for one in township.engine.history(case)
        if one.overtaken and one.event.action == "urge"
    ]
    assert sorted(overtaken) == [(case, "urge"), (slip, "urge")]
    office.is_sound(MemoryStore)
    township.engine.undo_migration(migration, by="lena", reason="the plan was wrong")
    assert office.kept(case) == before
    office.is_sound(MemoryStore)
    office.migrate(replace(asked, digest="another"))
    due = township.clock_of(slip, "unit_reply").due_at
    township.later(days=7)
    delivered = township.engine.tick().delivered
    urged = [(event.case, event.effective_at) for event in delivered if event.action == "urge"]
    assert (view.subcases[0].case.id, due) in urged
    assert sorted(one for one, _ in urged) == sorted([view.case.id, view.subcases[0].case.id])
    assert township.engine.tick().delivered == ()
    office.is_sound(MemoryStore)


def test_a_cut_off_after_an_undone_migration_counts_nothing_twice(matters: Matters) -> None:
    """An urging is overtaken by a migration and restored by its undoing; a warning was overtaken before that."""
    case = matters.open()
    matters.later(days=6).engine.tick()
    matters.later(hours=1).do(case, "ask", at=matters.now - timedelta(days=6, hours=1))
    matters.later(hours=1).do(case, "told")
    matters.later(days=9).engine.tick()
    matters.deploy(SECOND)
    migration = matters.migrate(plan())
    matters.later(hours=1).engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    kept = matters.engine.case(case).case
    matters.later(days=1).do(case, "take")
    stood = matters.engine.standing(case, at=matters.now - timedelta(hours=1)).situation.case
    assert stood.marks == kept.marks
    assert stood.delivered == kept.delivered
    assert (stood.state, stood.version) == ("received", 1)


THIRD = SECOND.replace("version: 2", "version: 3").replace("limit: 7 working days", "limit: 9 working days")


def third(reply: str, digest: str, actions: dict[str, str] | None = None) -> Plan:
    """Return a plan from the second version to the third."""
    states = {state: state for state in STATES.values()}
    kinds = {"case": Moves(states, {"reply": reply}, actions or {})}
    return Plan("matter", 2, 3, "the rule was changed again", digest, kinds, "decision 8")


def test_a_clock_that_was_kept_can_be_kept_again_and_let_go(matters: Matters) -> None:
    """The third version names an action anew that the second one had named anew; the kept clock follows both."""
    kept, let_go = matters.open(), matters.open()
    due = matters.due(kept)
    matters.deploy(SECOND)
    matters.migrate(plan(reply="keep"))
    matters.deploy(THIRD.replace("inquire", "put_question"))
    asked = third("keep", "third", {"inquire": "put_question"})
    only = replace(asked, chosen=Chosen(numbers=(kept,)))
    matters.later(hours=1)
    migration = matters.migrate(only)
    assert matters.engine.case(let_go).case.version == 2
    matters.migrate(replace(third("recompute", "other", {"inquire": "put_question"}), chosen=Chosen((let_go,))))
    assert matters.due(kept) == due < matters.due(let_go)
    matters.is_sound(MemoryStore)
    matters.engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    assert (matters.due(kept), matters.engine.case(kept).case.version) == (due, 2)
    matters.migrate(replace(only, digest="once more"))
    matters.later(hours=1).do(kept, "put_question")
    assert matters.status(kept).paused_since == matters.now
    matters.later(hours=1).do(kept, "told")
    assert matters.status(kept).paused_since is None
    matters.is_sound(MemoryStore)


@pytest.mark.parametrize("rule", ["rest", "restart"])
def test_what_began_anew_can_go_on_by_the_next_version_too(matters: Matters, rule: str) -> None:
    case = matters.open()
    matters.later(days=1).deploy(SECOND)
    matters.migrate(plan(reply=rule))
    due = matters.due(case)
    matters.later(hours=1).deploy(THIRD)
    matters.migrate(third("keep", "third"))
    assert matters.due(case) == due
    matters.is_sound(MemoryStore)
    matters.later(days=10).engine.tick()
    urged = [view.event.effective_at for view in matters.engine.history(case) if view.event.action == "urge"]
    assert due in urged
    matters.is_sound(MemoryStore)


def test_two_states_that_became_one_are_told_apart_when_it_is_undone(matters: Matters) -> None:
    first, second = matters.open(), matters.open()
    matters.do(second, "take")
    before = matters.kept(first), matters.kept(second)
    matters.deploy(SECOND)
    asked = plan()
    merged = Moves({**STATES, "received": "working"}, {}, ACTIONS)
    migration = matters.migrate(replace(asked, kinds={"case": merged}))
    assert [matters.engine.case(case).case.state for case in (first, second)] == ["working", "working"]
    matters.later(hours=1).engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    assert (matters.kept(first), matters.kept(second)) == before
    matters.later(hours=1).do(first, "take", at=matters.now - timedelta(hours=2))
    matters.is_sound(MemoryStore)
    assert matters.engine.standing(first, at=matters.now).situation.case.state == "handling"


def test_an_extension_granted_before_holds_after_the_migration(
    matters: Matters, matters_of: Callable[..., Matters]
) -> None:
    fresh = matters_of(MemoryStore(), SECOND, matters.clock)
    case = matters.open()
    assert fresh.open() == case
    matters.later(hours=1)
    for office in (matters, fresh):
        office.do(case, "request")
        office.do(case, "grant", HEAD)
    extended = matters.due(case)
    matters.deploy(SECOND)
    matters.later(hours=1)
    migration = matters.migrate(plan(reply="keep"))
    assert matters.due(case) == extended
    matters.engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    matters.migrate(plan(digest="another"))
    assert matters.due(case) == fresh.due(case)
    with pytest.raises(NotAllowed):
        matters.do(case, "grant", HEAD)


@pytest.mark.parametrize("rule", ["recompute", "keep", "rest", "restart"])
@pytest.mark.parametrize("seed", range(2))
def test_every_instant_of_a_case_that_was_migrated_can_be_told(matters: Matters, seed: int, rule: str) -> None:
    """People go on, with late entries, after a migration; one that was undone came before that."""
    numbers = [matters.open() for _ in range(3)]
    deeds(seed, (matters,), numbers, 10)
    numbers.append(matters.open())
    matters.deploy(SECOND)
    first = matters.migrate(plan("decision 7", digest="first", reply="rest"))
    matters.later(hours=1)
    matters.engine.undo_migration(first, by=HEAD, reason="the plan was wrong")
    deeds(seed + 1, (matters,), numbers, 6)
    matters.migrate(plan("decision 7", reply=rule, first_word=rule))
    running = [number for number in numbers if matters.engine.case(number).case.version == 2]
    deeds(seed + 2, (matters,), running, 10 if running else 0, moved=True)
    matters.is_sound(MemoryStore)
    for number in numbers:
        history = matters.engine.history(number)
        for instant in {view.event.recorded_at for view in history} | {view.event.effective_at for view in history}:
            stood = matters.engine.standing(number, at=instant)
            assert stood.situation.case.state in stood.situation.deployed.lifecycle(stood.situation.case).states
            stood.situation.clocks()
        for instant in {view.event.recorded_at for view in history}:
            matters.engine.case(number, as_of=instant)
            matters.engine.standing(number, at=instant, as_of=instant).situation.clocks()
        now = matters.engine.standing(number, at=matters.now).situation.case
        assert now == matters.engine.case(number).case


CHECKS = dict.fromkeys(("facts_checked", "policy_checked", "secrecy_checked", "privacy_checked"), True)
ON_CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("report", "olive", {}),
    ("dispatch", "lena", {"instruction": "Look into it", "units": ["water", "roads"], "lead": "water"}),
    ("dispatch", "lena", {"instruction": "Look into it", "units": ["roads"], "urgent": True}),
    ("acknowledge", "olive", {"acknowledgement": "We are on it"}),
    ("set_urgent", "lena", {"urgent": True}),
    ("add_unit", "lena", {"added_unit": "health"}),
    ("ask_extension", "wanda", {"extension_ground": "other", "extension_reason": "Flood"}),
    ("grant_extension", "louis", {"extension_decision": "Granted", "notice_to_author": "Later"}),
    ("approve", "lena", {"reply_text": "Dry again", "outcome": "resolved", **CHECKS}),
    ("send_back", "lena", {"comment": "Once more"}),
    ("redirect", "lena", {"returned_by": "roads", "to_unit": "health"}),
]
ON_SLIPS: list[tuple[str, str, dict[str, Any]]] = [
    *(("receive", liaison, {}) for liaison in ("walt", "ray")),
    *(
        ("answer", head, {"result": "Pumped", "reply_opinion": "Done", "proposed_outcome": "resolved"})
        for head in ("wanda", "rosa", "hugo")
    ),
    ("return_slip", "ray", {"return_reason": "Not our road"}),
    ("explain", "rosa", {"explanation": "Rain", "progress": "Half", "expected_on": "2026-12-20"}),
]


@pytest.mark.parametrize("seed", range(2))
def test_families_that_are_recomputed_are_as_if_they_had_always_been_on_the_new_version(
    any_store: Any, reader: Any, township: Any, seed: int
) -> None:
    store, (roster,) = MemoryStore(), [one for one in township.engine.definitions() if one.kind == "roster"]
    engine = Engine(store, reader, office="qingxi", now=lambda: township.clock[0])
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(SLOWER if "opinion" in name else shipped(name), file=name)
    engine.deploy(roster.source, file="qingxi.roster.yaml")
    chance, engines = random.Random(seed), (township.engine, engine)
    posts = [{"subject": "Flood", "posted_at": township.clock[0] - timedelta(hours=hours)} for hours in (1, 30)]
    cases = [[one.open("online_opinion", post, by="olive").case.number for one in engines][-1] for post in posts]
    for step in range(30):
        township.later(hours=chance.choice([0, 1, 6, 14]))
        for one in engines:
            if step % 2:
                one.tick()
        number = chance.choice(cases)
        slips = [slip.case.number for slip in township.engine.case(number).subcases]
        on_slip = bool(slips) and chance.random() < 0.4
        action, by, data = chance.choice(ON_SLIPS if on_slip else ON_CASES)
        target = chance.choice(slips) if on_slip else number
        try:
            township.engine.fire(target, action, by=by, data=data)
        except CaseclockError:
            continue
        engine.fire(target, action, by=by, data=data)
    township.engine.deploy(SLOWER, file="online_opinion.procedure.yaml")
    procedure = township.engine.procedure("online_opinion")
    kinds = {
        kind: Moves({state: state for state in procedure.lifecycle(kind).states})
        for kind in ("case", *procedure.subcases)
    }
    office = Matters(township.engine, any_store, township.clock)
    before = [office.kept(case) for case in cases]
    asked = Plan("online_opinion", 1, 2, "the rule was changed", "the plan", kinds)
    migration = office.migrate(asked)
    township.engine.undo_migration(migration, by="lena", reason="the plan was wrong")
    assert [office.kept(case) for case in cases] == before
    office.migrate(replace(asked, digest="another"))
    other = Matters(engine, store, township.clock)
    for one in engines:
        one.tick()
    for case in cases:
        for number in (case, *(slip.case.number for slip in township.engine.case(case).subcases)):
            assert family_picture(office, number) == family_picture(other, number)
    office.is_sound(MemoryStore)


def family_picture(office: Matters, number: str) -> tuple[Any, ...]:
    """Return what somebody sees of a member of a family and its time, whatever the ids."""
    view = office.engine.case(number)
    clocks = [
        (it.status.clock.name, it.status.due_at, it.status.running, it.status.late, it.overdue, it.status.target_at)
        for it in view.clocks
    ]
    with office.store.begin(office.engine.office, write=False) as tx:
        timers = [(it.key, it.action, it.at) for it in tx.timers_of(view.case.root) if it.case == view.case.id]
    return view.case.state, view.case.since, clocks, timers


WEEK = """
calendar: cn
title: {zh: 示例, en: Example}
zone: Asia/Shanghai
base: none
years: 2026..2027
official_through: 2026-12-31
rest_days: [saturday, sunday]
days: {2026-11-18: {off: {zh: 放假, en: Day off}}}
"""


@pytest.mark.parametrize("rule", ["recompute", "keep", "rest", "restart"])
def test_a_calendar_that_is_recounted_after_a_migration_moves_every_clock(matters: Matters, rule: str) -> None:
    """A kept clock is counted by the present calendar too: its old version says how, not which days are off."""
    case = matters.open()
    matters.deploy(SECOND)
    matters.migrate(plan(reply=rule))
    due = matters.due(case)
    matters.later(hours=1).engine.deploy(WEEK, file="cn.calendar.yaml")
    assert matters.due(case) == due + timedelta(days=1)
    assert [view.event.action for view in matters.engine.history(case)] == ["open", "migrated", "recounted"]
    matters.is_sound(MemoryStore)


def test_a_case_that_a_calendar_has_not_reached_is_recounted_by_its_migration_or_after(matters: Matters) -> None:
    case = matters.open()
    matters.deploy(SECOND)
    matters.later(hours=1).engine.deploy(WEEK, file="cn.calendar.yaml", recount=False)
    migration = matters.migrate(plan())
    matters.engine.recount()
    matters.is_sound(MemoryStore)
    matters.later(hours=1).engine.undo_migration(migration, by=HEAD, reason="the plan was wrong")
    matters.is_sound(MemoryStore)
    assert matters.engine.case(case).case.version == 1


KINDS_OF_LIMITS = """
  rolled: {limit: 3 days, counting: {roll: next_working_day}, stops: close}
  worked: {limit: 4 working days, stops: close}
  hours: {limit: 48 hours, stops: close}
  office_hours: {limit: 12 working hours, stops: close}
states:"""


@pytest.mark.parametrize("opened", [0, 25, 103, 130])
@pytest.mark.parametrize("since", [0, 2, 17, 31, 47])
def test_what_is_left_of_an_unchanged_limit_ends_where_it_did(matters: Matters, opened: int, since: int) -> None:
    """Whatever it is measured in, whenever it began, and whenever the case goes over, weekends too."""
    first = FIRST.replace("procedure: matter", "procedure: limits").replace("\nstates:", KINDS_OF_LIMITS)
    matters.engine.deploy(first, file="limits.procedure.yaml")
    case = matters.later(hours=opened).engine.open("limits", {}, by=CLERK).case.number
    matters.later(hours=since)
    before = {it.clock.name: it for it in matters.engine.why(case)}
    matters.engine.deploy(first.replace("version: 1", "version: 2"), file="limits.procedure.yaml")
    states = {state: state for state in STATES}
    kinds = {"case": Moves(states, dict.fromkeys(before, "rest"))}
    matters.migrate(Plan("limits", 1, 2, "only to try", "the plan", kinds))
    now = {it.clock.name: it.due_at for it in matters.engine.why(case)}
    assert now == {name: it.due_at for name, it in before.items()}
    matters.is_sound(MemoryStore)


def test_a_clock_that_turns_out_to_have_been_over_did_not_begin_anew(matters: Matters) -> None:
    case = matters.open()
    opened = matters.now
    matters.later(days=1).deploy(SECOND)
    matters.migrate(plan(first_word="restart"))
    assert matters.status(case, "first_word").running
    matters.later(hours=1).do(case, "take", at=opened + timedelta(hours=1))
    status = matters.status(case, "first_word")
    assert (status.started_at, status.stopped_at, status.met) == (opened, opened + timedelta(hours=1), True)
    matters.is_sound(MemoryStore)


def test_a_running_statutory_limit_is_not_dropped_without_a_decision(matters: Matters) -> None:
    matters.open()
    matters.deploy(SECOND.replace("  reply:\n", "  another:\n"))
    assert len(matters.engine.try_migration(plan()).problems) == 1
    assert matters.engine.try_migration(plan("decision 7")).problems == ()


def test_an_outcome_of_another_plan_and_an_unknown_migration_are_refused(matters: Matters) -> None:
    case = matters.open()
    matters.deploy(SECOND)
    told = matters.engine.try_migration(plan()).told()
    with pytest.raises(InvalidInput, match="changed since"):
        matters.engine.migrate(plan(digest="changed", reply="keep"), told, by=HEAD)
    with pytest.raises(NotFound, match="no migration"):
        matters.engine.undo_migration("nothing", by=HEAD, reason="a slip of the pen")
    assert matters.engine.case(case).case.version == 1


def test_a_case_that_has_ended_stays_on_its_version(matters: Matters) -> None:
    ended, running = matters.open(), matters.open()
    for action, by in (("take", CLERK), ("finish", CLERK), ("close", HEAD)):
        matters.do(ended, action, by)
    matters.deploy(SECOND)
    matters.migrate(plan())
    assert [matters.engine.case(case).case.version for case in (ended, running)] == [1, 2]
    matters.is_sound(MemoryStore)
