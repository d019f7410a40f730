"""Every rule: a smallest procedure with the fault is told of at its place, and its mended form is silent."""

from __future__ import annotations

import pytest

from .conftest import PERMIT, Found, changed, place

DECIDE = "decide: {by: head, to: decided, input: {text: {type: text, required: true}}}"
WHY = "input: {why: {type: text, required: true}}"
LIMIT = "limit: 10 working days"
LADDER = "ladder: {2 working days before: remind}"
FINAL = "  decided:  {stage: decision, final: true}\n"
SECOND = "  waiting:  {stage: decision, actions: {resume: {by: clerk, to: received}}}\n"

LATE = ("answer: {limit", "late: {limit: 9 days, starts: decide, stops: note}\n  answer: {limit")
NOT_ENDED = (
    FINAL,
    "  decided: {stage: decision, actions: {resume: {by: clerk, to: ended}}}\n"
    "  ended: {stage: decision, final: true}\n",
)

WITH_SUBCASES = """\
procedure: permit
version: 1
calendar: days
opened_by: clerk
stages: {decision: {}}
roles: {clerk: {}, head: {}, expert: {of: unit}}
fields: {units: {type: list, of: unit, required: true}}
clocks:
  answer: {limit: 10 days, stops: decide}
states:
  received: {stage: decision, actions: {ask: {by: clerk, to: asked, opens: opinion}}}
  asked:    {stage: decision, actions: {decide: {by: head, to: decided, input: {text: {type: text, required: true}}}}}
  decided:  {stage: decision, final: true}
subcases:
  opinion:
    for_each: units
    clocks:
      own: {limit: 5 days, stops: give, within: {clock: case.answer, reserve: 1 day}}
    states:
      open_question: {stage: decision, actions: {give: {by: expert, to: given_up}}}
      given_up: {stage: decision, final: true}
"""


def with_subcases(old: str, new: str) -> str:
    assert old in WITH_SUBCASES, old
    return WITH_SUBCASES.replace(old, new, 1)


def guarded(*conditions: str) -> str:
    return f"{DECIDE[:-1]}, when: [{', '.join(conditions)}]}}"


ALONE = {
    "a condition that no values meet": (
        changed((DECIDE, guarded("size > 5", "size < 3"))),
        "never-true",
        "size > 5",
        changed(
            (DECIDE, guarded("size > 3", "size < 5")),
            (
                DECIDE[:10],
                "refuse: {by: head, to: decided, input: {why: {type: text, required: true}}}, " + DECIDE[:10],
            ),
        ),
    ),
    "a condition on what cannot have been done": (
        changed((DECIDE, guarded("times(decide) > 0"))),
        "never-true",
        "times(decide) > 0",
        changed((DECIDE, guarded("times(remind) >= 0"))),
    ),
    "a state that only an impossible action enters": (
        changed(
            (DECIDE, f"{DECIDE}, hold: {{by: clerk, to: waiting, when: urgent and not urgent}}"),
            (FINAL, SECOND + FINAL),
        ),
        "unreachable-state",
        "waiting:  {",
        changed((DECIDE, f"{DECIDE}, hold: {{by: clerk, to: waiting, when: urgent}}"), (FINAL, SECOND + FINAL)),
    ),
    "values that leave no way on": (
        changed((DECIDE, guarded('kind == "house" or urgent'))),
        "no-way-on",
        "received: {stage",
        changed(
            (DECIDE, guarded('kind == "house" or urgent')),
            ("  remind: {in", "  hurry: {in: open, by: head, input: {urgent: required}}\n  remind: {in"),
        ),
    ),
    "values that leave only a way of which no inbox reminds": (
        changed(
            (DECIDE, guarded('kind == "house"')),
            (
                "  remind: {in",
                f"  stop: {{in: open, by: head, to: decided, optional: true, {WHY}}}\n  remind: {{in",
            ),
        ),
        "no-way-on",
        "received: {stage",
        changed(
            (DECIDE, guarded('kind == "house"')),
            (
                "  remind: {in",
                "  stop: {in: open, by: head, to: decided, input: {why: {type: text, required: true}}}\n  remind: {in",
            ),
        ),
    ),
    "a way on that closes when the limit has run out": (
        changed((DECIDE, guarded("not overdue(answer)"))),
        "no-way-on",
        "received: {stage",
        changed((DECIDE, guarded("not overdue(answer) or given(text)"))),
    ),
    "a limit that no values choose": (
        changed((LIMIT, "limit: [{when: size > 5 and size < 3, is: 1 day}, {is: 10 working days}]")),
        "never-chosen",
        "size > 5",
        changed((LIMIT, "limit: [{when: size > 3 and size < 5, is: 20 days}, {is: 10 working days}]")),
    ),
    "a limit that an earlier one always forestalls": (
        changed(
            (LIMIT, "limit: [{when: size > 3, is: 20 days}, {when: size > 5, is: 30 days}, {is: 10 working days}]")
        ),
        "never-chosen",
        "size > 5",
        changed(
            (LIMIT, "limit: [{when: size > 5, is: 30 days}, {when: size > 3, is: 20 days}, {is: 10 working days}]")
        ),
    ),
    "two limits that hold for the same values": (
        changed(
            (LIMIT, 'limit: [{when: urgent, is: 9 days}, {when: kind == "house", is: 20 days}, {is: 10 working days}]')
        ),
        "overlap",
        'kind == "house", is',
        changed(
            (
                LIMIT,
                'limit: [{when: urgent, is: 9 days}, {when: kind == "house" and not urgent, is: 1 day}, {is: 8 days}]',
            )
        ),
    ),
    "a value without a limit": (
        changed((LIMIT, "limit: {by: kind, is: {house: 10 working days}}")),
        "no-limit",
        "answer: {limit",
        changed((LIMIT, "limit: {by: kind, is: {house: 10 working days}, otherwise: 20 days}")),
    ),
    "the same, where the clock is not for that value": (
        changed((LIMIT, "limit: {by: kind, is: {house: 10 working days}}")),
        "no-limit",
        "answer: {limit",
        changed((LIMIT, 'limit: {by: kind, is: {house: 10 working days}}, applies: kind == "house"')),
    ),
    "a stage that no state belongs to": (
        changed(("{decision: {}}", "{decision: {}, filing: {}}")),
        "empty-stage",
        "filing",
        changed(("{decision: {}}", "{decision: {}, filing: {beside_states: true}}")),
    ),
    "an action of the system that nothing makes it do": (
        changed((LADDER, "ladder: {}")),
        "never-done",
        "remind: {in",
        PERMIT,
    ),
    "a kind of subcase that nothing opens": (
        with_subcases(", opens: opinion", ""),
        "never-opened",
        "opinion:\n",
        WITH_SUBCASES,
    ),
    "a document that nothing issues": (
        changed(("states:", 'documents: {letter: {numbering: "L{serial}"}}\nstates:')),
        "never-issued",
        "letter: {",
        changed(
            ("states:", 'documents: {letter: {numbering: "L{serial}"}}\nstates:'),
            (DECIDE, DECIDE[:-1] + ", issues: letter}"),
        ),
    ),
    "a clock that nothing stops where it runs": (
        changed((DECIDE, f"{DECIDE}, note: {{by: clerk}}"), LATE, NOT_ENDED),
        "never-stopped",
        "note}\n",
        changed((DECIDE, f"{DECIDE}, note: {{by: clerk}}"), (LATE[0], LATE[1].replace("note", "resume")), NOT_ENDED),
    ),
    "a clock that is stopped by what starts it": (
        changed((LATE[0], LATE[1].replace("note", "decide")), NOT_ENDED),
        "never-runs",
        "decide, stops: decide}",
        changed((LATE[0], LATE[1].replace("note", "resume")), NOT_ENDED),
    ),
    "a wait without a clock": (
        changed(
            ("stops: decide", "stops: [decide, hold]"),
            (DECIDE, f"{DECIDE}, hold: {{by: clerk, to: waiting}}"),
            (FINAL, SECOND + FINAL),
        ),
        "no-clock",
        "waiting:  {",
        changed(
            ("stops: decide", "stops: [decide, hold]"),
            (DECIDE, f"{DECIDE}, hold: {{by: clerk, to: waiting}}"),
            (FINAL, SECOND.replace("{stage", "{unlimited: {zh: 无时限, en: no law says so}, stage") + FINAL),
        ),
    ),
    "a pause that nothing ends": (
        changed(
            ("stops: decide", "stops: decide, pauses: {from: hold, to: resume}"),
            (DECIDE, f"{DECIDE}, hold: {{by: clerk, to: waiting}}, resume: {{by: clerk}}"),
            (
                FINAL,
                SECOND.replace("resume", "go_away")
                .replace("received", "decided")
                .replace("by: clerk", "by: clerk, input: {why: {type: text, required: true}}")
                + FINAL,
            ),
        ),
        "endless-pause",
        "to: resume}",
        changed(
            ("stops: decide", "stops: decide, pauses: {from: hold, to: resume}"),
            (DECIDE, f"{DECIDE}, hold: {{by: clerk, to: waiting}}"),
            (FINAL, SECOND + FINAL),
        ),
    ),
    "a pause that ends by itself": (
        changed(
            ("stops: decide", "stops: decide, pauses: {from: hold, to: decide}"),
            (DECIDE, f"{DECIDE}, hold: {{by: clerk, to: waiting}}"),
            (
                FINAL,
                SECOND.replace("resume", "give_up").replace(
                    "to: received", "to: decided, input: {why: {type: text, required: true}}"
                )
                + FINAL,
            ),
        ),
        "endless-pause",
        "to: decide}",
        changed(
            ("stops: decide", "stops: decide, pauses: {from: hold, to: decide, at_most: 5 days}"),
            (DECIDE, f"{DECIDE}, hold: {{by: clerk, to: waiting}}"),
            (
                FINAL,
                SECOND.replace("resume", "give_up").replace(
                    "to: received", "to: decided, input: {why: {type: text, required: true}}"
                )
                + FINAL,
            ),
        ),
    ),
    "an exit that asks for nothing": (
        changed(("  remind: {in", "  stop: {in: open, by: clerk, to: decided, optional: true}\n  remind: {in")),
        "escaping-exit",
        "stop: {in",
        changed(
            (
                "  remind: {in",
                "  stop: {in: open, by: clerk, to: decided, optional: true, drops: answer}\n  remind: {in",
            )
        ),
    ),
    "the same, asking for a reason": (
        changed(("  remind: {in", "  stop: {in: open, by: clerk, to: decided, optional: true}\n  remind: {in")),
        "escaping-exit",
        "stop: {in",
        changed(
            (
                "  remind: {in",
                f"  stop: {{in: open, by: clerk, to: decided, optional: true, {WHY}}}\n  remind: {{in",
            )
        ),
    ),
    "a warning before the start": (
        changed((LIMIT, "limit: 5 days"), (LADDER, "ladder: {3 working days before: remind}")),
        "rung-before-start",
        "3 working days before",
        changed((LIMIT, "limit: 5 days"), (LADDER, "ladder: {3 working days before: {do: remind, at_once: true}}")),
    ),
    "a warning that nearly always comes at the start, whatever is written": (
        changed((LIMIT, "limit: 3 days"), (LADDER, "ladder: {9 days before: {do: remind, at_once: true}}")),
        "rung-before-start",
        "9 days before",
        changed((LIMIT, "limit: 30 days"), (LADDER, "ladder: {9 days before: remind}")),
    ),
    "a rung after the limit": (
        changed((LADDER, "ladder: {15 days after start: remind}")),
        "rung-after-limit",
        "15 days after start",
        changed((LADDER, "ladder: {10 days after start: remind}")),
    ),
    "an extension that gives no time": (
        changed(("stops: decide,", "stops: decide, extension: {to: 10 working days, granted: decide},")),
        "extends-nothing",
        "10 working days, granted",
        changed(("stops: decide,", "stops: decide, extension: {to: 15 working days, granted: decide},")),
    ),
    "a reserve that leaves no time": (
        with_subcases(
            "answer: {limit: 10 days, stops: decide}", "answer: {limit: 1 day, stops: decide, counting: {roll: none}}"
        ).replace("reserve: 1 day", "reserve: 1 working day"),
        "limits-collide",
        "within: {clock",
        with_subcases("reserve: 1 day", "reserve: 2 days"),
    ),
    "a unit's limit that outlasts the case's, within which it stands": (
        with_subcases("own: {limit: 5 days", "own: {limit: 12 days"),
        "limits-collide",
        "limit: 12 days",
        with_subcases("own: {limit: 5 days", "own: {limit: 12 days").replace("reserve: 1 day", "moves: due"),
    ),
    "a unit's limit that outlasts the case's": (
        with_subcases(
            "own: {limit: 5 days, stops: give, within: {clock: case.answer, reserve: 1 day}}",
            "own: {limit: 12 days, stops: give}",
        ),
        "limits-collide",
        "own: {limit",
        with_subcases(
            "own: {limit: 5 days, stops: give, within: {clock: case.answer, reserve: 1 day}}",
            "own: {limit: 5 days, stops: give}",
        ).replace("limit: 10 days", "limit: 30 days"),
    ),
}

BO_AND_DI = "roster: town\npeople: {bo: {roles: clerk}, di: {roles: head}}\n"
TWO_UNITS = """\
roster: town
units: {north: {}, south: {}}
people:
  bo: {roles: clerk}
  di: {roles: head}
  n: {roles: expert, unit: north}
"""

WITH_PEOPLE = {
    "a role that nobody holds": (
        PERMIT,
        "roster: town\npeople: {bo: {roles: clerk}}\n",
        "nobody-can",
        "head: {}}",
        BO_AND_DI,
    ),
    "nobody to open a case": (
        PERMIT,
        "roster: town\npeople: {di: {roles: head}}\n",
        "nobody-can",
        "clerk\nstages",
        BO_AND_DI,
    ),
    "an input that nobody who acts may give": (
        changed((DECIDE, DECIDE.replace("type: text,", "type: text, set_by: clerk,"))),
        BO_AND_DI,
        "nobody-can",
        "text: {type",
        BO_AND_DI.replace("di: {roles: head}", "di: {roles: [head, clerk]}"),
    ),
    "a unit that has nobody": (
        WITH_SUBCASES,
        TWO_UNITS,
        "unit-without",
        "expert: {of",
        TWO_UNITS + "  s: {roles: expert, unit: south}\n",
    ),
    "a unit that is known to have nobody": (
        WITH_SUBCASES,
        TWO_UNITS,
        "unit-without",
        "expert: {of",
        TWO_UNITS.replace("south: {}", "south: {vacant: expert}"),
    ),
    "one person for two actions that are kept apart": (
        changed(
            ("calendar: days", "calendar: days\nseparation: [[decide, hold]]"),
            (DECIDE, f"{DECIDE}, hold: {{by: head}}"),
        ),
        BO_AND_DI,
        "too-few-people",
        "[decide, hold]",
        BO_AND_DI.replace("bo: {roles: clerk}", "bo: {roles: [clerk, head]}"),
    ),
    "one person for two actions that a condition keeps apart": (
        changed((DECIDE, f"{guarded('actor != doer(hold)')}, hold: {{by: head}}")),
        BO_AND_DI,
        "too-few-people",
        "actor != doer",
        BO_AND_DI.replace("bo: {roles: clerk}", "bo: {roles: [clerk, head]}"),
    ),
}


@pytest.mark.parametrize(("wrong", "code", "at", "right"), ALONE.values(), ids=ALONE.keys())
def test_a_fault_of_the_procedure_is_told_at_its_place(
    found: Found, wrong: str, code: str, at: str, right: str
) -> None:
    told = [(one.code, one.line, one.column) for one in found(wrong)]
    assert (code, *place(wrong, at)) in told
    assert [one.text() for one in found(right) if one.code == code] == []


@pytest.mark.parametrize(("text", "wrong", "code", "at", "right"), WITH_PEOPLE.values(), ids=WITH_PEOPLE.keys())
def test_a_fault_of_the_roster_is_told_where_the_procedure_needs_people(
    found: Found, text: str, wrong: str, code: str, at: str, right: str
) -> None:
    told = [(one.code, one.line, one.column) for one in found(text, wrong)]
    assert (code, *place(text, at)) in told
    assert [one.text() for one in found(text, right) if one.code == code] == []


@pytest.mark.parametrize("text", [PERMIT, WITH_SUBCASES])
def test_the_smallest_procedures_are_silent(found: Found, text: str) -> None:
    assert [one.text() for one in found(text)] == []


def test_what_cannot_be_decided_is_passed_over(found: Found) -> None:
    """A hash, and what two lists of many values hold, are known only when a case runs."""
    text = changed((DECIDE, guarded("sha256(text) == text")))
    assert [one.code for one in found(text)] == []


def test_only_what_can_never_work_is_an_error(found: Found) -> None:
    never = changed((DECIDE, guarded("size > 5", "size < 3")))
    assert {one.code: one.warning for one in found(never)} == {
        "never-true": False,
        "dead-end": False,
        "unreachable-state": False,
    }
    worth_a_look = changed(("{decision: {}}", "{decision: {}, filing: {}}"))
    assert {one.code: one.warning for one in found(worth_a_look)} == {"empty-stage": True}


def test_only_the_conditions_that_exclude_one_another_are_named(found: Found) -> None:
    text = changed((DECIDE, guarded("urgent", "size > 5", 'kind == "house"', "size < 3")))
    told = next(one for one in found(text) if one.code == "never-true")
    assert told.message.values["conditions"] == "size > 5; size < 3"
    assert (told.line, told.column) == place(text, "size > 5")


def test_the_example_names_only_what_matters(found: Found) -> None:
    text = changed((DECIDE, guarded('kind == "house" or urgent', "size > 3 or true")))
    told = next(one for one in found(text) if one.code == "no-way-on").message.text()
    assert "urgent = false" in told
    assert "kind = shed" in told
    assert "size" not in told


def test_a_roster_for_other_procedures_is_not_looked_at(found: Found) -> None:
    roster = "roster: town\nprocedures: other\npeople: {bo: {roles: clerk}}\n"
    assert [one.code for one in found(PERMIT, roster)] == []
