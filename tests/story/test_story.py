"""A story is played step by step; a step that goes otherwise than expected is told, and the story goes on."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.rehearsals.story_reader import read_story
from caseclock.storage import MemoryStore
from caseclock.workflow import DefinitionInvalid, Engine
from caseclock.workflow.rehearsal.story import DrivenTime, Outcome, play

HEAD = """
story: short
procedure: online_opinion
zone: Asia/Shanghai
uses: [cn.calendar.yaml, township.roster.yaml, online_opinion.procedure.yaml]
steps:
"""
OPEN = (
    "  - {at: 2026-11-16 09:00, by: zhao_min, open: post, "
    "with: {subject: Flood, posted_at: '2026-11-16T08:00+08:00'}%s}\n"
)
REPORT = "  - {at: 2026-11-16 10:00, by: zhao_min, do: report, on: post%s}\n"


def told(steps: str, file: str = "short.story.yaml") -> list[Outcome]:
    """Play the steps on a new office."""
    story = read_story(HEAD + steps, file)
    time = DrivenTime(story.steps[0].at)
    engine = Engine(MemoryStore(), YamlReader(), office="story", now=time)
    for name in story.uses:
        engine.deploy(shipped(name), file=name)
    return list(play(story, engine, time))


def mismatches(steps: str) -> list[str]:
    return [str(mismatch) for outcome in told(steps) for mismatch in outcome.mismatches]


def test_the_shipped_demo_goes_as_it_says() -> None:
    story = read_story(shipped("demo.story.yaml"), "demo.story.yaml")
    time = DrivenTime(story.steps[0].at)
    engine = Engine(MemoryStore(), YamlReader(), office="demo", now=time)
    for name in story.uses:
        engine.deploy(shipped(name), file=name)
    outcomes = list(play(story, engine, time))
    assert [str(mismatch) for outcome in outcomes for mismatch in outcome.mismatches] == []
    assert len(outcomes) == len(story.steps)


def test_each_step_happens_at_its_time() -> None:
    opened, reported = told(OPEN % "" + REPORT % "")
    assert opened.receipt
    assert reported.receipt
    assert reported.receipt.event.recorded_at == reported.step.at
    assert opened.receipt.event.recorded_at == opened.step.at


def test_what_goes_as_expected_is_not_mentioned() -> None:
    expected = ", expect: {state: under_review, due: {public_reply: '2026-11-19 24:00'}, overdue: []}"
    assert mismatches(OPEN % "" + REPORT % expected) == []


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("state: handling", "expected state handling; found: under_review"),
        ("refused: not-allowed", "but it went through"),
        ("due: {public_reply: '2026-11-20 24:00'}", "expected public_reply due"),
        ("overdue: [public_reply]", "expected overdue: public_reply"),
    ],
)
def test_what_goes_otherwise_is_told(expect: str, words: str) -> None:
    (found,) = mismatches(OPEN % "" + REPORT % f", expect: {{{expect}}}")
    assert words in found


def test_a_refusal_that_nobody_expected_is_told_and_the_story_goes_on() -> None:
    again = REPORT.replace("10:00", "11:00") % ""
    last = "  - {at: 2026-11-16 12:00, show: post, expect: {state: under_review}}\n"
    outcomes = told(OPEN % "" + REPORT % "" + again + last)
    assert [bool(outcome.mismatches) for outcome in outcomes] == [False, False, True, False]
    assert outcomes[2].refusal is not None


def test_a_refusal_may_be_expected() -> None:
    again = REPORT.replace("10:00", "11:00") % ", expect: {refused: not-allowed}"
    assert mismatches(OPEN % "" + REPORT % "" + again) == []


def test_a_tick_delivers_in_order() -> None:
    tick = "  - {at: 2026-11-21 00:00, tick: true, expect: {delivered: [supervise]}}\n"
    (found,) = mismatches(OPEN % "" + tick)
    assert found.startswith("expected delivered: supervise; found: remind")
    assert found.endswith("warn, urge, supervise") or "urge, supervise" in found


def test_a_case_that_the_story_has_not_opened_is_a_refusal() -> None:
    (outcome,) = told(REPORT % "")
    assert outcome.refusal is not None
    assert outcome.refusal.code == "not-found"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("{at: soon, tick: true}", "wrong-value"),
        ("{at: 2026-11-16 09:00}", "step-deed"),
        ("{at: 2026-11-16 09:00, tick: true, show: post}", "step-deed"),
        ("{at: 2026-11-16 09:00, do: report, on: post}", "missing-key"),
        ("{at: 2026-11-16 09:00, do: report, by: x}", "missing-key"),
        ("{at: 2026-11-16 09:00, tick: true, expct: {}}", "unknown-key"),
        ("{at: 2026-11-16 09:00, tick: true, expect: {due: {a: soon}}}", "wrong-value"),
    ],
)
def test_a_story_that_is_not_valid_is_told_with_its_line(step: str, code: str) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        read_story(HEAD + f"  - {step}\n", "bad.story.yaml")
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [(code, 7)]


def test_a_file_is_given_by_name_and_content() -> None:
    step = "  - {at: 2026-11-16 09:00, by: x, open: p, with: {capture: {file: a.png, text: abc}}}\n"
    story = read_story(HEAD + step, "f.story.yaml")
    deed: Any = story.steps[0].deed
    assert deed.data["capture"]["name"] == "a.png"
    assert deed.data["capture"]["sha256"].startswith("ba7816bf")


def test_a_units_slip_is_named_after_a_slash() -> None:
    steps = OPEN % "" + REPORT % ""
    steps += (
        "  - {at: 2026-11-16 11:00, by: li_guang, do: dispatch, on: post, with: {instruction: x, units: [nongye]}}\n"
    )
    steps += "  - {at: 2026-11-16 12:00, by: wei_lan, do: receive, on: post/nongye, expect: {state: handling}}\n"
    steps += "  - {at: 2026-11-16 12:00, show: post/minzheng, expect: {refused: not-found}}\n"
    assert mismatches(steps) == []
