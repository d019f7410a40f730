"""Whoever changes what was recorded is found, and the finding names the case and the event."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.workflow import Actor
from caseclock.workflow.chain import canonical, linked
from caseclock.workflow.engine.verification import OutsideHead, read_outside_head
from caseclock.workflow.errors import InvalidInput

ONE, TWO, THREE = "2026-0001", "2026-0002", "2026-0003"
OF_ONE = f"(SELECT id FROM cc_cases WHERE number = '{ONE}')"
OF_THREE = f"(SELECT id FROM cc_cases WHERE number = '{THREE}')"

TAMPERINGS: dict[str, tuple[tuple[str, ...], set[tuple[str, str, int]]]] = {
    "somebody else is said to have dispatched": (
        (f"UPDATE cc_events SET actor = 'forged' WHERE case_id = {OF_ONE} AND seq = 3",),
        {("edited", ONE, 3)},
    ),
    "something is said to have come of something else": (
        (f"UPDATE cc_events SET cause = 'elsewhere' WHERE case_id = {OF_ONE} AND seq = 2",),
        {("edited", ONE, 2)},
    ),
    "an event is taken out of the middle": (
        (f"DELETE FROM cc_events WHERE case_id = {OF_ONE} AND seq = 2",),
        {("missing", ONE, 2)},
    ),
    "the last event is cut off": (
        (f"DELETE FROM cc_events WHERE case_id = {OF_THREE} AND seq = 2",),
        {("cut-off", THREE, 2), ("rewritten", THREE, 2)},
    ),
    "the last event is cut off, and the case set back": (
        (
            f"DELETE FROM cc_events WHERE case_id = {OF_THREE} AND seq = 2",
            "UPDATE cc_cases SET revision = 1, state = 'registered', link ="
            f" (SELECT link FROM cc_events WHERE case_id = {OF_THREE} AND seq = 1) WHERE number = '{THREE}'",
        ),
        {("rewritten", THREE, 2), ("projection", THREE, 0), ("uncovered", THREE, 1)},
    ),
    "two events change places": (
        (
            f"UPDATE cc_events SET position = -1 WHERE case_id = {OF_THREE} AND seq = 2",
            f"UPDATE cc_events SET position = position + 1000 WHERE case_id = {OF_THREE} AND seq = 1",
        ),
        {("moved", THREE, 1), ("missing", THREE, 1)},
    ),
    "an event is put in at the end": (
        (
            "INSERT INTO cc_events (position, office, case_id, root_id, seq, action, actor, role, effective_at,"
            " recorded_at, from_state, to_state, data, closes, link) SELECT 999, office, case_id, root_id, 3, 'report',"
            " 'forged', role, effective_at, recorded_at, from_state, to_state, data, closes, link FROM cc_events"
            f" WHERE case_id = {OF_THREE} AND seq = 2",
        ),
        {("edited", THREE, 3)},
    ),
    "an event loses its link": (
        (f"UPDATE cc_events SET link = NULL WHERE case_id = {OF_THREE} AND seq = 2",),
        {("unchained", THREE, 2), ("rewritten", THREE, 2)},
    ),
    "a private value is exchanged": (
        (f"UPDATE cc_private SET value = '\"somebody else\"' WHERE case_id = {OF_THREE} AND name = 'author'",),
        {("private-changed", THREE, 1)},
    ),
    "a private value is taken away": (
        (f"DELETE FROM cc_private WHERE case_id = {OF_THREE} AND name = 'author'",),
        {("private-lost", THREE, 1)},
    ),
    "a paper is changed": (
        (f'UPDATE cc_documents SET data = \'{{"case":"other"}}\' WHERE case_id = {OF_ONE}',),
        {("paper-changed", ONE, 3)},
    ),
    "a paper is changed with its hash": (
        (f"UPDATE cc_documents SET sha256 = 'forged' WHERE case_id = {OF_ONE}",),
        {("paper-lost", ONE, 3), ("paper-added", ONE, 3), ("paper-changed", ONE, 3)},
    ),
    "a paper is taken away": (
        (f"DELETE FROM cc_documents WHERE case_id = {OF_ONE}",),
        {("paper-lost", ONE, 3)},
    ),
    "a case is said to be elsewhere": (
        (f"UPDATE cc_cases SET state = 'archived' WHERE number = '{TWO}'",),
        {("projection", TWO, 0)},
    ),
    "a due is moved": (
        (f"UPDATE cc_clocks SET due_at = started_at WHERE case_id = {OF_THREE}",),
        {("projection", THREE, 0)},
    ),
    "a due is moved, and by which calendar it was counted forgotten": (
        (f"UPDATE cc_clocks SET due_at = started_at, calendar = NULL WHERE case_id = {OF_THREE}",),
        {("projection", THREE, 0)},
    ),
    "a due is moved in lists alone": (
        (f"UPDATE cc_cases SET due_at = opened_at WHERE number = '{TWO}'",),
        {("projection", TWO, 0)},
    ),
    "a warning is taken away": (
        (f"DELETE FROM cc_timers WHERE case_id = {OF_THREE}",),
        {("projection", THREE, 0)},
    ),
    "a head is changed": (
        ("UPDATE cc_heads SET root = previous || 'forged' WHERE number = 1",),
        {("head-edited", "", 0)},
    ),
    "what a head covers is changed": (
        (f"UPDATE cc_ends SET seq = 1 WHERE case_id = {OF_THREE}",),
        {("head-edited", "", 0), ("rewritten", THREE, 1), ("uncovered", THREE, 2)},
    ),
    "the row of a case is taken out": (
        (f"DELETE FROM cc_cases WHERE number = '{THREE}'",),
        {("stray", "id", 0)},
    ),
    "a case is put under another office": (
        (f"UPDATE cc_cases SET office = 'elsewhere' WHERE number = '{THREE}'",),
        {("stray", "id", 0)},
    ),
    "a case is hung up where nobody looks, and changed": (
        (
            f"UPDATE cc_events SET actor = 'forged' WHERE case_id = {OF_THREE} AND seq = 1",
            f"UPDATE cc_cases SET parent_id = id WHERE number = '{THREE}'",
        ),
        {("stray", THREE, 0)},
    ),
    "a subcase's row is taken out": (
        (f"DELETE FROM cc_cases WHERE number = '{ONE}-2'",),
        {("stray", "id", 0)},
    ),
    "the last head is taken out, and what it covered left": (
        ("DELETE FROM cc_heads",),
        {("uncovered", number, seq) for number, seq in ((ONE, 4), (f"{ONE}-1", 2), (f"{ONE}-2", 1))}
        | {("uncovered", TWO, 1), ("uncovered", THREE, 2)},
    ),
    "an event is made unreadable": (
        (f"UPDATE cc_events SET data = '{{' WHERE case_id = {OF_THREE} AND seq = 2",),
        {("unreadable", THREE, 2)},
    ),
    "an event is made meaningless": (
        (f"UPDATE cc_events SET issued = '[1]' WHERE case_id = {OF_THREE} AND seq = 2",),
        {("edited", THREE, 2)},
    ),
    "a case is made unreadable": (
        (f"UPDATE cc_cases SET delivered = '[1]' WHERE number = '{THREE}'",),
        {("unreadable", "id", 0)},
    ),
    "a paper is made unreadable": (
        (f"UPDATE cc_documents SET data = '{{' WHERE case_id = {OF_ONE}",),
        {("unreadable", ONE, 3)},
    ),
    "a series of numbers is set back": (
        ("UPDATE cc_serials SET value = 1 WHERE value = 3",),
        {("projection", "", 0)},
    ),
    "a procedure is changed in its place": (
        ("UPDATE cc_definitions SET compiled = compiled || ' ' WHERE kind = 'procedure'",),
        {("definition-changed", "", 0)},
    ),
}


def test_an_office_that_nobody_tampered_with_holds(office: Any) -> None:
    report = office.engine.verify()
    assert (report.cases, report.heads, report.findings) == (3, 1, ())
    assert report.events > 8
    assert report.last_head == office.engine.last_head()


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampering_is_found_and_nothing_else_is_said(office: Any, name: str) -> None:
    statements, expected = TAMPERINGS[name]
    numbers = {item.case.id: item.case.number for item in office.engine.cases()}
    assert office.tamper(*statements) > 0
    # Where its number cannot be found any more, a case is named by its id.
    assert {(kind, "id" if case in numbers else case, seq) for kind, case, seq in office.found()} == expected


def test_a_case_that_vanishes_is_missed_by_the_head_that_covers_it(office: Any) -> None:
    (case,) = [item.case for item in office.engine.cases() if item.case.number == TWO]
    own = ("events", "clocks", "timers", "private", "documents")
    rows = [f"DELETE FROM cc_{table} WHERE case_id = :case" for table in own]
    office.tamper(*rows, "DELETE FROM cc_cases WHERE id = :case", case=case.id)
    assert office.found() == {("rewritten", case.id, 1)}


def rewritten(office: Any, number: str) -> None:
    """Forge who reported a case, with all links after it, as somebody would who knows how they are made."""
    (case,) = [item.case for item in office.engine.cases() if item.case.number == number]
    events = [view.event for view in office.engine.history(number)]
    forged = linked([*events[:-1], replace(events[-1], actor="forged")], {})
    office.tamper(
        f"UPDATE cc_events SET actor = 'forged', link = '{forged[-1].link}' WHERE case_id = :case AND seq = :seq",
        f"UPDATE cc_cases SET link = '{forged[-1].link}' WHERE id = :case",
        case=case.id,
        seq=forged[-1].seq,
    )


def test_a_chain_that_is_rewritten_as_a_whole_is_found_by_the_head(office: Any) -> None:
    rewritten(office, THREE)
    assert ("rewritten", THREE, 2) in office.found()


def test_heads_that_are_rewritten_too_are_found_by_one_that_was_kept_outside(office: Any) -> None:
    published = read_outside_head(f"Published on paper:\n{office.engine.last_head().line}\n")
    assert office.found(head=published) == set()
    rewritten(office, THREE)
    office.tamper("UPDATE cc_cases SET unheaded = :yes", "DELETE FROM cc_ends", "DELETE FROM cc_heads", yes=True)
    assert office.found(head=published) >= {("head-missing", "", 0)}
    office.engine.close_heads()
    assert office.found(head=published) >= {("head-edited", "", 0)}


def test_a_head_of_another_office_is_told_from_ones_own(office: Any) -> None:
    head = office.engine.last_head()
    assert ("head-of-another-office", "", 0) in office.found(head=OutsideHead("baihe", 1, head.digest))


def test_of_many_published_heads_the_last_of_this_office_counts() -> None:
    heads = [(name, number, f"{number}" * 64) for name, number in (("baihe", 9), ("qingxi", 2), ("qingxi", 1))]
    lines = "\n".join(f"caseclock-head {number} 2026-11-25T08:00:00.000000Z {told} {it}" for it, number, told in heads)
    assert read_outside_head(lines, "qingxi") == OutsideHead("qingxi", 2, "2" * 64)
    assert read_outside_head(lines) == OutsideHead("baihe", 9, "9" * 64)


def test_a_text_without_a_head_is_refused() -> None:
    with pytest.raises(InvalidInput, match="caseclock-head"):
        read_outside_head("nothing here")


def test_heads_are_closed_over_what_has_grown_and_only_then(office: Any) -> None:
    first = office.engine.last_head()
    assert office.engine.close_heads() == first
    office.clock[0] += timedelta(hours=1)
    office.dispatch(TWO)
    second = office.engine.close_heads()
    assert (second.number, second.previous, second.ends) == (2, first.digest, 3)
    assert office.engine.heads() == (first, second)
    assert office.found() == set()


def test_a_tick_closes_a_head(office: Any) -> None:
    office.dispatch(TWO)
    office.engine.tick()
    assert office.engine.last_head().number == 2


def test_one_case_can_be_verified_alone(office: Any) -> None:
    office.tamper(f"UPDATE cc_events SET actor = 'forged' WHERE case_id = {OF_ONE} AND seq = 3")
    assert office.found(case=TWO) == set()
    assert office.found(case=ONE) == {("edited", ONE, 3)}


def test_one_case_is_compared_with_the_heads_too(office: Any) -> None:
    rewritten(office, THREE)
    assert office.found(case=THREE) >= {("rewritten", THREE, 2)}
    assert office.found(case=TWO) == set()


def test_a_procedure_that_is_deployed_while_an_office_is_verified_is_not_missed(office: Any) -> None:
    """Definitions are looked up in the same moment as the cases that were opened under them."""
    from caseclock.workflow.engine import verification

    source = shipped("online_opinion.procedure.yaml").replace("version: 1", "version: 2", 1)
    read = verification.verify_heads

    def meanwhile(heads: Any) -> Any:
        office.engine.deploy(source, file="online_opinion.procedure.yaml")
        office.open("Opened meanwhile")
        return read(heads)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verification, "verify_heads", meanwhile)
        report = office.engine.verify()
    assert (report.cases, report.findings) == (4, ())


def test_erased_values_leave_everything_as_it_should_be(office: Any) -> None:
    office.engine.redact(THREE, by=Actor("omar", frozenset({"office"})), reason="asked by the person")
    office.engine.close_heads()
    assert office.found() == set()
    assert office.engine.rebuild(check=True).differences == ()


FORGED: dict[str, Any] = {
    "data": {"forged": 1},
    "rung": ["reply", 0, 9],
    "overtakes": [1],
    "issued": [{"name": "slip", "number": "9", "sha256": "x"}],
    "drawn": {"series": 9},
    "sealed": {"author": "x"},
    "recount": {"calendar": "cn"},
    "redaction": {"fields": [], "reason": "forged"},
    "opened": {"kind": "case", "number": ONE},
}


@pytest.mark.parametrize("column", FORGED)
def test_no_column_of_an_event_can_be_changed_unseen(office: Any, column: str) -> None:
    change = f"UPDATE cc_events SET {column} = :forged WHERE case_id = {OF_ONE} AND seq = 2"
    assert office.tamper(change, forged=canonical(FORGED[column])) == 1
    assert ("edited", ONE, 2) in office.found()


@pytest.mark.parametrize("number", [TWO, f"{ONE}-2", ONE])
def test_a_case_whose_row_was_taken_out_is_made_anew_from_its_history(office: Any, number: str) -> None:
    """The history is there: everything else follows from it, private values too."""
    before = office.engine.case(number), office.engine.history(number)
    assert office.tamper(f"DELETE FROM cc_cases WHERE number = '{number}'") == 1
    (missing,) = office.engine.rebuild(check=True).differences
    assert (missing.case, missing.what, missing.kept) == (number, "case", None)
    office.engine.rebuild()
    assert office.engine.rebuild(check=True).differences == ()
    assert office.found() == set()
    assert (office.engine.case(number), office.engine.history(number)) == before
