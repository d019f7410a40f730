"""Coverage says what of a procedure the tests reached, and names what they did not."""

from __future__ import annotations

from typing import Any

from caseclock.workflow.rehearsal.coverage import Part, features, spoken
from caseclock.workflow.rehearsal.rehearsing import together

# A clock with every rule that a test can reach; `ALL` names them.
PROCEDURE = """\
procedure: claim
version: 1
calendar: cn
opened_by: clerk
stages: {work: {}}
roles: {clerk: {}, head: {}}
fields:
  came_at:   {type: instant}
  urgent:    {type: flag}
clocks:
  reply:
    starts: [came_at, opened]
    receipt: {rest_day: next_working_day}
    limit: [{when: urgent, is: 1 day, counting: {roll: none}}, {is: 3 days}]
    strict: {limit: 2 days}
    pauses: {from: ask, to: given_back, last_day: excluded}
    stops: [answer, drop]
    runs_on: withdraw
    restarts: renew
    extension: {to: 5 days, asked: want, granted: allow, refused: deny}
    ladder: {1 day before: warn, due: warn}
    expires: deem
states:
  open_:
    stage: work
    actions: {answer: {by: clerk, to: answered}, drop: {by: clerk, to: answered}, deem: {by: system, to: ended}}
  answered:
    stage: work
    actions: {withdraw: {by: clerk, to: open_}, renew: {by: clerk, to: open_}, close: {by: clerk, to: ended}}
  ended: {stage: work, final: true}
actions:
  ask:        {in: open_, by: clerk}
  given_back: {in: open_, by: clerk}
  want:       {in: open_, by: clerk}
  allow:      {in: open_, by: head}
  deny:       {in: open_, by: head}
  warn:       {in: open, by: system}
"""
ALL = [
    "reply: started by came_at",
    "reply: started by opened",
    "reply: counts as received later",
    "reply: limit 1 day, urgent",
    "reply: limit 3 days",
    "reply: strict limit 2 days",
    "reply: last day moved",
    "reply: paused from ask",
    "reply: stopped by answer",
    "reply: stopped by drop",
    "reply: met",
    "reply: ran on after withdraw",
    "reply: restarted by renew",
    "reply: extension asked for",
    "reply: extension granted",
    "reply: extension refused",
    "reply: rung 1 day before: warn",
    "reply: rung due: warn",
    "reply: expired with deem",
]
HEAD = "test: claim\ncases:\n  - steps:\n      - {at: 2026-11-16 09:00, open: {%s}}\n"


def reached(run: Any, steps: str, opened: str = "") -> set[str]:
    """Return what of the clock a case reaches."""
    found = run(HEAD % opened + steps, claim__procedure=PROCEDURE)
    assert [str(finding) for finding in found.findings] == []
    procedure, coverage = found.rehearsal.procedure, found.coverage
    missing = {spoken(feature, procedure).text() for feature in coverage.missing(Part.CLOCKS)}
    return set(ALL) - missing


def test_everything_that_can_be_reached_is_named(run: Any) -> None:
    procedure = run(HEAD % "", claim__procedure=PROCEDURE).rehearsal.procedure
    named = [spoken(feature, procedure).text() for feature in features(procedure) if feature.part is Part.CLOCKS]
    assert named == ALL


STARTED = {"reply: started by opened", "reply: limit 3 days", "reply: strict limit 2 days"}


def test_a_case_that_was_only_opened_has_reached_its_start_and_its_limit(run: Any) -> None:
    assert reached(run, "") == STARTED


def test_a_start_on_a_day_of_rest_is_received_later_and_an_urgent_one_has_its_own_limit(run: Any) -> None:
    started = reached(run, "", "came_at: 2026-11-14 09:00, urgent: true")
    assert started - STARTED == {
        "reply: started by came_at",
        "reply: counts as received later",
        "reply: limit 1 day, urgent",
    }


def test_a_pause_and_an_extension_by_each_of_its_decisions(run: Any) -> None:
    steps = "      - {do: ask, by: clerk}\n      - {do: given_back, by: clerk}\n"
    assert reached(run, steps) - STARTED == {"reply: paused from ask"}
    steps = "      - {do: want, by: clerk}\n      - {do: deny, by: head}\n"
    assert reached(run, steps) - STARTED == {"reply: extension asked for", "reply: extension refused"}
    steps = "      - {do: want, by: clerk}\n      - {do: allow, by: head}\n"
    granted = {"reply: extension asked for", "reply: extension granted", "reply: last day moved"}
    assert reached(run, steps) - STARTED == granted


def test_a_stop_by_each_action_its_undoing_and_a_restart(run: Any) -> None:
    assert reached(run, "      - {do: answer, by: clerk}\n") - STARTED == {"reply: stopped by answer", "reply: met"}
    steps = "      - {do: drop, by: clerk}\n      - {do: withdraw, by: clerk}\n"
    assert reached(run, steps) - STARTED == {"reply: stopped by drop", "reply: met", "reply: ran on after withdraw"}
    steps = "      - {do: drop, by: clerk}\n      - {at: 2026-11-17 09:00, do: renew, by: clerk}\n"
    assert "reply: restarted by renew" in reached(run, steps)


def test_rungs_and_expiry_are_reached_when_they_are_delivered(run: Any) -> None:
    steps = (
        "      - {at: 2026-11-20 09:00, tick: [warn, warn, deem], expect: {state: ended, clocks: {reply: expired}}}\n"
    )
    assert reached(run, steps) - STARTED == {
        "reply: rung 1 day before: warn",
        "reply: rung due: warn",
        "reply: expired with deem",
    }


def test_states_and_actions_are_reached_by_the_system_too(run: Any) -> None:
    found = run(HEAD % "" + "      - {at: 2026-11-20 09:00, tick: [warn, warn, deem]}\n", claim__procedure=PROCEDURE)
    assert [feature.name for feature in found.coverage.missing("states")] == ["answered"]
    assert "deem" not in [feature.name for feature in found.coverage.missing("actions")]
    assert found.coverage.percent("states") == 66


def test_what_lies_between_two_looks_is_reached(run: Any) -> None:
    """The pause began and ended before the case was looked at again."""
    text = "test: claim\ndues:\n  - clock: reply\n    then:\n"
    text += "      - {do: ask, by: clerk}\n      - {do: given_back, by: clerk}\n"
    found = run(text + "    table: {2026-11-16 09:00: 2026-11-19}\n", claim__procedure=PROCEDURE)
    assert "paused" not in {feature.aspect for feature in found.coverage.missing("clocks")}


def test_a_limit_in_working_days_has_no_last_day_to_move(run: Any) -> None:
    found = run("test: inquiry\ncases:\n  - steps:\n      - {at: 2026-11-16 09:00, open: {question: x}}\n")
    assert "rolled" not in {feature.aspect for feature in found.coverage.features}


def test_a_clock_that_always_expires_is_never_late(run: Any) -> None:
    """A stop after due comes too late to be one: the limit has run out with its consequence."""
    conditional = PROCEDURE.replace("expires: deem", "expires: [{when: urgent, do: deem}]")
    found = run(HEAD % "", claim__procedure=conditional)
    assert "late" in {feature.aspect for feature in found.coverage.features}
    assert "reply: late" not in ALL


def test_an_action_that_starts_a_clock_and_starts_it_again_counts_for_both(run: Any) -> None:
    procedure = PROCEDURE.replace("starts: [came_at, opened]", "starts: [came_at, renew]")
    steps = "      - {do: answer, by: clerk}\n      - {do: renew, by: clerk, expect: {due: {reply: 2026-11-19}}}\n"
    found = run(HEAD % "" + steps, claim__procedure=procedure)
    missing = {(feature.aspect, feature.detail) for feature in found.coverage.missing("clocks")}
    assert ("started", "renew") not in missing
    assert ("restarted", "renew") in missing
    steps += "      - {at: 2026-11-17 09:00, do: answer, by: clerk}\n      - {do: renew, by: clerk}\n"
    found = run(HEAD % "" + steps, claim__procedure=procedure)
    missing = {(feature.aspect, feature.detail) for feature in found.coverage.missing("clocks")}
    assert not missing & {("started", "renew"), ("restarted", "renew")}


def test_the_files_of_one_procedure_count_together(run: Any) -> None:
    one = run(HEAD % "" + "      - {do: answer, by: clerk}\n", claim__procedure=PROCEDURE)
    other = run(HEAD % "" + "      - {at: 2026-11-20 09:00, tick: [warn, warn, deem]}\n", claim__procedure=PROCEDURE)
    ((procedure, coverage),) = together([one, other]).values()
    assert (procedure.id, coverage.percent("states")) == ("claim", 100)
    assert one.coverage.percent("states") == 66
