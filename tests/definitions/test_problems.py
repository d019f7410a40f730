"""Every kind of mistake in a procedure is told with its place, and all of them in one run."""

from __future__ import annotations

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.problem_display import display
from caseclock.workflow.errors import DefinitionInvalid

INQUIRY = "inquiry.procedure.yaml"


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("stops: answer", "stop: answer", "unknown-key", "stop: answer"),
        ("stops: answer", "", "missing-key", "reply:\n"),
        ("version: 1", "version: one", "wrong-type", "one"),
        ("version: 1", "version: 0", "wrong-value", "0"),
        ("title: {zh: 问题, en: Question}", "title: {zh: 问题}", "missing-key", "title: {zh: 问题}"),
        ("type: instant", "type: instnt", "unknown-word", "instnt"),
        ("limit: 5 working days", "limit: five days", "bad-period", "five"),
        ("limit: 5 working days", "limit: {when: 1 == 1}", "one-of-keys", "{when"),
        ("1 working day before: remind", "1 working day befor: remind", "bad-rung", "1 working day befor"),
        ("  received:", "  2received:", "bad-name", "2received"),
        ("  question:", "  actor:", "reserved-name", "actor:"),
        ("opened_by: clerk", "opened_by: clark", "unknown-role", "clark"),
        ("by: clerk, to", "by: clark, to", "unknown-role", "clark"),
        ("to: drafted", "to: draftd", "unknown-state", "draftd"),
        (
            "stage: answering\n    title: {zh: 已收到",
            "stage: answring\n    title: {zh: 已收到",
            "unknown-stage",
            "answring",
        ),
        ("stops: answer", "stops: answr", "unknown-action", "answr"),
        ("due: remind", "due: remnd", "unknown-action", "remnd"),
        ("starts: [received_at", "starts: [receivd_at", "unknown-name", "receivd_at"),
        ("starts: [received_at", "starts: [question", "wrong-type", "question, opened"),
        ("limit: 5 working days", "limit: {until: soon}", "unknown-field", "soon"),
        ("limit: 5 working days", "limit: {until: question}", "wrong-type", "question}"),
        ("limit: 5 working days", "limit: {is: 1 day, when: given(question)}", "limit-order", "{is:"),
        ("limit: 5 working days", "limit: [{is: 1 day}, {is: 2 days}]", "limit-order", "{is: 1"),
        ("limit: 5 working days", "limit: {by: question, is: 5 days}", "wrong-value", "{by: question"),
        ("limit: 5 working days", "limit: {amount: question, unit: days}", "wrong-type", "question, unit"),
        ("limit: 5 working days", "limit: {amount: days_given}", "missing-key", "{amount"),
        ("limit: 5 working days", "limit: {is: 5 days, before: soon}", "unknown-field", "soon}"),
        ("limit: 5 working days", "limit: 5 days and soon", "bad-period", "5 days and soon"),
        ("stops: answer", "stops: answer\n    counting: {minimum: 2 days}", "bad-period", "{minimum"),
        ("stops: answer", "stops: answer\n    counting: {ends: noon}", "unknown-word", "noon}"),
        ("stops: answer", "stops: answer\n    receipt: {cutoff: noon}", "wrong-value", "noon}"),
        ("stops: answer", "stops: answer\n    pauses: {from: drft, to: draft}", "unknown-name", "drft, to"),
        ("stops: answer", "stops: answer\n    pauses: {from: draft}", "missing-key", "{from"),
        ("stops: answer", "stops: answer\n    expires: deem", "unknown-action", "deem\n"),
        ("stops: answer", "stops: answer\n    expires: answer", "not-legal", "answer\n    ladder"),
        (
            "stops: answer",
            "stops: answer\n    expires: [remind, {do: remind, when: 1 == 1}]",
            "limit-order",
            "remind, {do",
        ),
        ("stops: answer", "stops: answer\n    starts_at_latest: {after: soon, is: 1 day}", "unknown-name", "soon, is"),
        ("starts: [received_at, opened]", "starts: [{all_of: [received_at, soon]}]", "unknown-name", "soon]"),
        ("starts: [received_at, opened]", "starts: [{plus: 1 day}]", "one-of-keys", "{plus"),
        (
            "stops: answer",
            "stops: answer\n    extension: {by: 1 day, granted: answer, ask: 3 days after due}",
            "unknown-word",
            "3 days after",
        ),
        ("when: actor != doer(draft)", "when: actor != doer(drft)", "unknown-action", "drft"),
        ("when: actor != doer(draft)", "when: doer(draft)", "wrong-type", "doer(draft)"),
        ("when: actor != doer(draft)", "when: actr", "unknown-name", "actr"),
        ("when: actor != doer(draft)", "when: question.upper()", "bad-expression", "question.upper"),
        ("calendar: cn", 'calendar: cn\nnumbering: "{year}"', "numbering", '"{year}"'),
        ("calendar: cn", 'calendar: cn\nnumbering: "{serial.__class__}"', "numbering", '"{serial'),
        ("calendar: cn", 'calendar: cn\nnumbering: "{serial:{year}}"', "numbering", '"{serial'),
        ("calendar: cn", 'calendar: cn\nnumbering: "{serial:99999999d}"', "numbering", '"{serial'),
        ("calendar: cn", 'calendar: cn\nnumbering: "{serial"', "numbering", '"{serial'),
        ("calendar: cn", "calendar: cn\nseparation: [[draft]]", "separation", "[draft]"),
        ("calendar: cn", "calendar: cn\nseparation: [[draft, anser]]", "unknown-action", "anser]"),
        ("type: text, required: true, title: {zh: 问题", "type: choice, title: {zh: 问题", "field-shape", "question:"),
        ("type: text, required: true, title: {zh: 问题", "type: list, title: {zh: 问题", "field-shape", "question:"),
        (
            "type: text, required: true, title: {zh: 问题",
            "type: text, of: unit, title: {zh: 问题",
            "field-shape",
            "of: unit",
        ),
        (
            "type: text, required: true, title: {zh: 问题",
            "type: text, choices: [a, b], title: {zh: 问题",
            "field-shape",
            "choices:",
        ),
        ("final: true", "final: false", "dead-end", "answered: {"),
        ("in: open, by: system", "in: [received], by: system", "not-legal", "remind, due"),
        ("in: open, by: system", "in: open, by: head", "not-legal", "remind, due"),
        ("in: open, by: system", "in: [received, drafted, answered], by: system", "final-with-actions", "answered: {"),
        ("in: open, by: system", "in: [recived], by: system", "unknown-state", "recived"),
        ("input: {reply: {type: text", "input: {received_at: {type: text", "field-type", "received_at: {type: text"),
        ("input: {reply: {type: text", "input: {asked: optional, reply: {type: text", "unknown-field", "asked:"),
        ("title: {zh: 退回", "sets: {anser: '1'}, title: {zh: 退回", "unknown-field", "anser:"),
        ("title: {zh: 退回", "issues: slip, title: {zh: 退回", "unknown-document", "slip, title"),
        ("title: {zh: 退回", "opens: slip, title: {zh: 退回", "unknown-subcase", "slip, title"),
        ("  remind: {in", "  answer: {in", "duplicate-action", "answer: {in"),
        ("  drafted:", "  open:", "reserved-name", "open:\n"),
        (
            "calendar: cn",
            "calendar: cn\nreadings: {Q1: {adopted: a, basis: b, switch: clocks.reply.limt}}",
            "unknown-place",
            "clocks.reply.limt",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(broken, old: str, new: str, code: str, at: str) -> None:
    text = shipped(INQUIRY).replace(old, new, 1)
    line = text.count("\n", 0, text.index(at)) + 1
    column = text.index(at) - text.rfind("\n", 0, text.index(at))
    found = [(problem.code, problem.line, problem.column) for problem in broken(old, new, INQUIRY)]
    assert (code, line, column) in found


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("for_each: units", "for_each: unit", "unknown-field", "for_each: unit"),
        ("for_each: units", "for_each: lead", "wrong-type", "for_each: lead"),
        ("    lead: lead\n", "    lead: leader\n", "unknown-field", "lead: leader"),
        ("    lead: lead\n", "    lead: subject\n", "wrong-type", "lead: subject"),
        ("delivered_to: [liaison", "delivered_to: [officer", "wrong-role", "delivered_to: [officer"),
        ("when_all:  {answered", "when_all:  {anwered", "unknown-state", "when_all:"),
        ("when_lead: {answered: lead_answered}", "when_lead: {answered: lead_anwered}", "unknown-action", "when_lead:"),
        ("when_lead: {answered: lead_answered}", "when_lead: {answered: redirect}", "not-by-system", "when_lead:"),
        ("when_case_ends: close_slip", "when_case_ends: close", "unknown-action", "when_case_ends:"),
        ("when_case_ends: close_slip", "when_case_ends: answer", "not-legal", "when_case_ends:"),
        (
            "fires: {subcase: slip, action: reopen_slip}",
            "fires: {subcase: slip, action: reopen}",
            "unknown-action",
            "fires: {subcase: slip, action: reopen}",
        ),
        (
            "fires: {subcase: slip, action: reopen_slip}",
            "fires: {subcase: slip, action: answer}",
            "not-by-system",
            "fires: {subcase: slip, action: answer}",
        ),
        ("opens: {subcase: slip, for: to_unit}", "opens: {subcase: slip, for: subject}", "wrong-type", "for: subject"),
        ("within: {clock: case.public_reply", "within: {clock: case.public_replay", "unknown-clock", "within:"),
        (
            "    limit: 4 working hours",
            "    limit: 4 working hours\n    within: {clock: first_word, reserve: 1 day}",
            "within-cycle",
            "within: {clock: first_word",
        ),
        ("granted: grant_extension", "granted: grant", "unknown-action", "granted: grant"),
        ("step: 7", "step: 6", "duplicate-step", "step: 6, title: {zh: 监督"),
        (
            'numbering: "舆催',
            'numbering: "舆抄',
            "numbering",
            "舆抄",
        ),
        ("set_by: leader", "set_by: leaders", "unknown-role", "set_by: leaders"),
        ("  slip:\n    title", "  case:\n    title", "reserved-name", "  case:"),
        ("len(units) == 1 or lead in units\n", "1 == 1\n", None, ""),
    ],
)
def test_mistakes_of_subcases_and_documents(broken, old: str, new: str, code: str | None, line: str) -> None:
    found = [(problem.code, problem.source) for problem in broken(old, new)]
    assert (code is None and not found) or any(code == each and line in source for each, source in found)


def test_an_action_that_opens_slips_must_tie_the_lead_to_the_units(broken) -> None:
    found = broken("for: added_unit", "for: units")
    assert [problem.code for problem in found] == ["lead-unchecked"]


@pytest.mark.parametrize("key", ["opens: slip", "fires: {subcase: slip, action: close_slip}"])
def test_only_actions_of_the_case_open_subcases_and_fire_on_them(broken, key: str) -> None:
    found = broken("receive: {by: liaison,", f"receive: {{by: liaison, {key},")
    assert [problem.code for problem in found] == ["subcase-action"]


def test_a_rung_need_not_be_legal_where_its_clock_cannot_be_running(broken, problems) -> None:
    """Drafting stops the clock here, so that the reminder is needed before it only; sending back starts it anew."""
    text = shipped(INQUIRY).replace("in: open, by: system", "in: received, by: system")
    assert [problem.code for problem in problems(text)] == ["not-legal", "not-legal"]
    stopped = text.replace("stops: answer", "stops: draft")
    assert problems(stopped) == []
    assert [p.code for p in problems(stopped.replace("stops: draft", "stops: draft\n    restarts: draft"))] == []
    assert [p.code for p in problems(text.replace("starts: [received_at, opened]", "starts: draft"))] == [
        "not-legal"
    ] * 2


def test_an_extension_is_to_a_total_or_by_more(broken) -> None:
    assert [problem.code for problem in broken("{to: 5 days, times: 1", "{to: 5 days, by: 2 days, times: 1")] == [
        "one-of-keys"
    ]


def test_ten_mistakes_in_one_file_are_all_reported_in_one_run(problems) -> None:
    text = """\
procedure: demo
version: 1
title: {zh: 示例}
calendar: cn
numbering: "{year}"
opened_by: [clark]
stages: {intake: {title: 受理}}
roles: {clerk: {title: 经办}}
fields:
  posted_at: {type: instnt}
  size: {type: integer, requird: true}
clocks:
  reply: {starts: posted_at, limit: 3 dayz, stops: finish}
states:
  new:
    stage: intak
    actions:
      report: {by: clerk, to: done, when: "size == 'x' and siz == 1"}
  done: {stage: intake, final: yes}
"""
    found = [(problem.code, problem.line, problem.column) for problem in problems(text)]
    assert found == [
        ("missing-key", 3, 1),
        ("numbering", 5, 12),
        ("unknown-role", 6, 13),
        ("unknown-word", 10, 21),
        ("unknown-key", 11, 25),
        ("bad-period", 13, 37),
        ("unknown-action", 13, 52),
        ("unknown-stage", 16, 12),
        ("wrong-type", 18, 43),
        ("unknown-name", 18, 60),
        ("wrong-type", 19, 32),
    ]


def test_a_mistake_in_an_action_of_several_states_is_reported_once_where_it_is_written(broken) -> None:
    found = broken(
        "in: [registered, under_review, handling, awaiting_approval, approved]\n    by: officer",
        "in: open\n    by: oficer",
    )
    assert [(problem.code, problem.source.strip()) for problem in found] == [("unknown-role", "by: oficer")]


def test_the_nearest_word_is_suggested(broken) -> None:
    found = broken("to: under_review, basis", "to: under_reviw, basis")
    assert found[0].text().endswith("no state under_reviw; did you mean under_review? [unknown-state]")


def test_the_caret_stands_under_the_place_behind_wide_characters(broken) -> None:
    found = broken("title: {zh: 已答复, en: Answered}", "title: {zh: 已答复, en: Answered, fr: x}", INQUIRY)
    _, line, caret = display(found[0])
    assert line.index("fr:") + len("已答复") == caret.index("^")


def test_a_long_line_is_shown_around_the_place(problems) -> None:
    found = problems("procedure: demo\nversion: " + "1" * 15 + " " * 300 + "x")
    assert all(len(line) < 200 for problem in found for line in display(problem))


@pytest.mark.parametrize(
    ("text", "found"),
    [("titel: x", "titel"), ("- 1", "None"), ("3", "None"), ("version: 1\nprocedure: x", "version")],
)
def test_the_first_key_says_what_a_file_is(problems, text: str, found: str) -> None:
    (problem,) = problems(text)
    assert problem.code == "unknown-kind"
    assert found in problem.text()


def test_the_error_names_the_file_and_counts() -> None:
    with pytest.raises(DefinitionInvalid) as error:
        YamlReader().compile("procedure: x\nversion: 1", file="x.procedure.yaml")
    assert error.value.text().startswith("x.procedure.yaml: ")
    assert error.value.exit_status == 3
