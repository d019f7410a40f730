"""Mistakes as a clerk makes them, by hand: each is told with the code, the line and the column that it must have."""

from __future__ import annotations

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.rehearsals.reader import read_rehearsal
from caseclock.workflow.errors import DefinitionInvalid, Problem

from .anatomy import DEFINITIONS

RULE, INQUIRY, FOI = "online_opinion.procedure.yaml", "inquiry.procedure.yaml", "uk_foi.procedure.yaml"
ROSTER, DAYS, LOCAL = "township.roster.yaml", "cn.calendar.yaml", "xiangxi.calendar.yaml"
TEST = "inquiry.test.yaml"

# file, what stood there, what the clerk wrote, the code, and the text at which the problem must stand: `|` marks it
MISTAKES = [
    # signs of a Chinese keyboard
    (INQUIRY, "stops: answer", "stops：answer", "full-width", "    stops|：answer"),
    (INQUIRY, "starts: [received_at, opened]", "starts: [received_at，opened]", "full-width", "[received_at|，opened"),
    (INQUIRY, "{zh: 答复期限, en", "{zh: 答复期限，en", "full-width", "{zh: 答复期限|，en"),
    (INQUIRY, "title: {zh: 已收到", "title: ｛zh: 已收到", "full-width", "title: |｛zh"),
    (INQUIRY, "  clerk: {title", "\u3000clerk: {title", "full-width", "|\u3000clerk"),
    (INQUIRY, "limit: 5 working", "limit: ５ working", "bad-period", "limit: |５"),
    (INQUIRY, "    stage: answering\n    title: {zh: 已收到", "\tstage: answering\n    title: {zh: 已收到",
     "full-width", "|\tstage: answering"),
    (RULE, 'numbering: "{year}', "numbering: “{year}", "full-width", "numbering: |“{year}"),
    # quotes, colons, spaces
    (RULE, 'en: "Unit\'s reply"}', 'en: "Unit\'s reply}', "yaml-syntax", "en: |\"Unit's reply}"),
    (INQUIRY, "en: Question}", "en: Question, in writing}", "unknown-key", "Question, |in writing"),
    (INQUIRY, "  reply:\n", "  reply\n", "yaml-syntax", "  reply|\n"),
    (INQUIRY, "version: 1", "version:1", "yaml-syntax", "version:|1"),
    (INQUIRY, "stages: {answering", "stages:{answering", "yaml-syntax", "stages:|{answering"),
    (INQUIRY, "    limit: 5 working", "\u00a0   limit: 5 working", "full-width", "|\u00a0   limit"),
    (INQUIRY, "stops: answer", "stops:\u00a0answer", "yaml-syntax", "    stops:|\u00a0answer"),
    (INQUIRY, "ladder: {1", "ladder {1", "yaml-syntax", "    ladder| {1"),
    (INQUIRY, "draft: {by: clerk,", "draft: {by: clerk", "yaml-syntax", "draft: {by: clerk to|: drafted"),
    (INQUIRY, "\nclocks:", "\n\u200bclocks:", "yaml-character", "|\u200bclocks"),
    # lines that stand wrong
    (RULE, "\n  under_review:\n", "\nunder_review:\n", "yaml-syntax", "\n|under_review:"),
    (INQUIRY, "    limit: 5", "     limit: 5", "yaml-syntax", "     |limit: 5"),
    (INQUIRY, "    stops: answer\n", "    stops: answer\n    stops: draft\n", "duplicate-key", "    |stops: draft"),
    (INQUIRY, "calendar: cn\n", "", "missing-key", "|procedure: inquiry"),
    # names
    (INQUIRY, "by: head, to: answered", "by: haed, to: answered", "unknown-role", "{by: |haed, to: answered"),
    (INQUIRY, "to: answered", "to: anwsered", "unknown-state", "to: |anwsered"),
    (INQUIRY, "doer(draft)", "doer(drafted)", "unknown-action", "doer(|drafted)"),
    (RULE, "issues: dispatch_slip", "issues: dispatch_slips", "unknown-document", "issues: |dispatch_slips"),
    (RULE, "for_each: units", "for_each: unit", "unknown-field", "for_each: |unit\n"),
    (RULE, "within: {clock: case.public_reply", "within: {clock: case.public_replay", "unknown-clock",
     "{clock: |case.public_replay"),
    (RULE, "  - [answer, approve, publish]", "  - [answer, aprove, publish]", "unknown-action", "[answer, |aprove"),
    (ROSTER, "unit: minzheng}", "unit: minzhen}", "unknown-unit", "unit: |minzhen}"),
    # lengths and words
    (INQUIRY, "limit: 5 working days", "limit: 5 workingdays", "bad-period", "limit: |5 workingdays"),
    (INQUIRY, "required: true, title: {zh: 问题", "required: yes, title: {zh: 问题", "wrong-type", "required: |yes"),
    (RULE, "roll: next_working_day", "roll: next_workday", "unknown-word", "roll: |next_workday"),
    (INQUIRY, "1 working day before: remind", "1 working day bevore: remind", "bad-rung", "{|1 working day bevore"),
    # meaning
    (INQUIRY, "final: true, ", "", "dead-end", "  |received:\n    stage"),
    (INQUIRY, "to: answered, ", "", "unreachable-state", "  |answered: {stage"),
    (INQUIRY, "remind: {in: open, by: system", "remind: {in: open, by: clerk", "not-legal",
     "{1 working day before: |remind"),
    (INQUIRY, "limit: 5 working days", "limit: [{is: 5 days, when: given(question)}]", "limit-order",
     "limit: [|{is: 5 days"),
    # calendars, rosters, tests
    (DAYS, "published: 2025-11-04", "published: 2025-11-31", "wrong-date", "published: |2025-11-31"),
    (DAYS, "zone: Asia/Shanghai", "zone: Asia/Shanghia", "unknown-zone", "zone: |Asia/Shanghia"),
    (DAYS, "rest_days: [saturday, sunday]", "rest_days: [saturday, sonday]", "unknown-word", "saturday, |sonday"),
    (LOCAL, "2024-09-15..2024-09-20", "2024-09-20..2024-09-15", "wrong-range", "  |2024-09-20..2024-09-15"),
    (LOCAL, "extends: cn", "extends: cm", "unknown-calendar", "extends: |cm"),
    (TEST, "do: answer, by: head, expect", "do: anwser, by: head, expect", "unknown-action", "do: |anwser"),
    (TEST, "2026-11-20 17:45:", "2026-11-20 25:45:", "wrong-value", "      |2026-11-20 25:45:"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "at"), MISTAKES)
def test_a_mistake_is_told_where_it_stands(file: str, old: str, new: str, code: str, at: str) -> None:
    text = shipped(file)
    assert old in text, "the shipped definition has changed; make the mistake in what it says now"
    wrong = text.replace(old, new, 1)
    before, after = at.split("|")
    position = wrong.index(before + after) + len(before)
    line, column = wrong.count("\n", 0, position) + 1, position - wrong.rfind("\n", 0, position)
    assert (code, line, column) in [(it.code, it.line, it.column) for it in problems(file, wrong)]


def problems(file: str, text: str) -> tuple[Problem, ...]:
    read = read_rehearsal if file.endswith(".test.yaml") else YamlReader().compile
    with pytest.raises(DefinitionInvalid) as error:
        read(text, file=str(DEFINITIONS / file))
    return error.value.problems
