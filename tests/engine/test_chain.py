"""The engine chains what it records: events to one another, private values by commitments, papers by their hashes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.chain import End, canonical, close_head, commitment, digest, entry, link, linked, merkle_root
from caseclock.workflow.history import Event, RungKey, Seal, fold

NOON = datetime(2026, 11, 16, 4, tzinfo=UTC)
FULL = Event(
    office="qingxi",
    case="c",
    root="c",
    seq=2,
    action="report",
    actor="olive",
    role="officer",
    effective_at=NOON,
    recorded_at=NOON + timedelta(hours=1),
    from_state="registered",
    to_state="under_review",
    unit="water",
    data={"subject": "积水", "author": "invented"},
    opened={"kind": "case"},
    closes=True,
    key="k",
    rung=RungKey("reply", 0, 1),
    cause="c:1",
    overtakes=(1,),
    since=NOON,
    recount={"calendar": "cn"},
    seals={"author": Seal(commitment("salt", "invented"), "salt")},
    issued=({"name": "slip", "number": "S-1", "sha256": "0" * 64},),
    drawn={"{year}:2026": 7},
    redaction={"fields": ["author"]},
    printed={"number": "S-1", "format": "html"},
    relations=({"kind": "took_in", "case": "d", "number": "2026-0002"},),
)
CHANGED: dict[str, Any] = {
    "office": "baihe",
    "case": "d",
    "root": "d",
    "seq": 3,
    "action": "approve",
    "actor": "olaf",
    "role": "leader",
    "effective_at": NOON + timedelta(microseconds=1),
    "recorded_at": NOON + timedelta(hours=2),
    "from_state": None,
    "to_state": "handling",
    "unit": "roads",
    "data": {"subject": "积雪", "author": "invented"},
    "opened": {"kind": "slip"},
    "closes": False,
    "key": None,
    "rung": RungKey("reply", 1, 1),
    "cause": None,
    "overtakes": (),
    "since": None,
    "recount": None,
    "seals": {"author": Seal(commitment("salt", "somebody else"), "salt")},
    "issued": (),
    "drawn": {"{year}:2026": 8},
    "redaction": None,
    "printed": None,
    "relations": (),
    "migration": {"id": "another"},
}


def test_nothing_about_an_event_can_be_changed_without_changing_its_link() -> None:
    assert {item.name for item in fields(Event)} - {"link"} == CHANGED.keys()
    for name, value in CHANGED.items():
        assert link("p", replace(FULL, **{name: value})) != link("p", FULL), name


def test_the_link_before_it_enters_a_link() -> None:
    assert link("p", FULL) != link("q", FULL)


def test_an_erased_value_leaves_the_link_as_it_was() -> None:
    erased = replace(FULL, data={"subject": "积水"}, seals={"author": replace(FULL.seals["author"], salt=None)})
    assert link("p", erased) == link("p", FULL)
    assert "invented" not in canonical(entry(FULL))


def test_an_instant_enters_a_link_as_the_instant_that_it_is() -> None:
    from zoneinfo import ZoneInfo

    there = replace(FULL, effective_at=FULL.effective_at.astimezone(ZoneInfo("Asia/Shanghai")))
    assert link("p", there) == link("p", FULL)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda part: st.lists(part) | st.dictionaries(st.text(), part),
    )
)
def test_a_commitment_holds_for_one_value_and_one_salt(value: Any) -> None:
    assert commitment("s", value) == commitment("s", value)
    assert commitment("s", value) != commitment("t", value)
    assert commitment("s", value) != commitment("s", [value])


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_cases_are_chained_apart(order: list[str]) -> None:
    events = [replace(FULL, case=case, seq=order[:at].count(case) + 1) for at, case in enumerate(order)]
    together = linked(events, {})
    for case in set(order):
        own = [event for event in events if event.case == case]
        assert [event for event in together if event.case == case] == list(linked(own, {}))


@given(
    st.lists(st.tuples(st.text(min_size=1), st.integers(1, 99)), unique_by=lambda end: end[0], max_size=9), st.data()
)
def test_a_root_tells_any_end_that_is_changed_left_out_or_moved(ends: list[tuple[str, int]], data: Any) -> None:
    covered = sorted(End(case, seq, digest([case, seq])) for case, seq in ends)
    root = merkle_root(covered)
    for at, end in enumerate(covered):
        assert merkle_root([*covered[:at], replace(end, seq=end.seq + 100), *covered[at + 1 :]]) != root
        assert merkle_root([*covered[:at], *covered[at + 1 :]]) != root
    moved = data.draw(st.permutations(covered))
    assert (merkle_root(moved) == root) == (moved == covered)


def test_a_pair_cannot_be_passed_off_as_a_leaf() -> None:
    ends = [End(name, 1, digest(name)) for name in "abcd"]
    left = digest(["pair", *(digest(["end", end.case, end.seq, end.link]) for end in ends[:2])])
    assert merkle_root([End("x", 1, left), *ends[2:]]) != merkle_root(ends)


def test_heads_are_chained() -> None:
    first = close_head("qingxi", None, [End("a", 1, "x")], NOON)
    second = close_head("qingxi", first, [], NOON)
    assert (first.number, first.previous, second.number, second.previous) == (1, "", 2, first.digest)
    assert replace(first, closed_at=NOON + timedelta(seconds=1)).digest != first.digest


def test_every_event_of_a_case_is_chained_and_the_case_holds_the_end(township: Any) -> None:
    case = township.dispatched("water", "roads", lead="water")
    township.answer(f"{case}-1", "wanda")
    township.later(days=9)
    township.engine.tick()
    events = [view.event for view in township.engine.history(case)]
    assert len({event.case for event in events}) == 3
    assert [event.link for event in events] == [event.link for event in linked(events, {})]
    view = township.engine.case(case)
    assert {it.id: it.link for it in fold(events)} == {
        it.id: it.link for it in (view.case, *(member.case for member in view.subcases))
    }


def test_a_receipt_tells_the_link(township: Any) -> None:
    case = township.open()
    receipt = township.do(case, "report", "olive")
    assert receipt.event.link
    assert receipt.event.link == receipt.case.link == township.engine.case(case).case.link


def test_the_first_event_binds_the_procedure_as_it_was_deployed(township: Any) -> None:
    case = township.open()
    (deployed,) = [one for one in township.engine.definitions() if one.kind == "procedure"]
    assert township.engine.history(case)[0].event.opened["definition"] == deployed.fingerprint


def test_the_event_that_issues_a_paper_binds_its_number_and_hash(township: Any) -> None:
    case = township.dispatched("water")
    (paper,) = township.engine.case(case).documents
    told = {"name": paper.name, "number": paper.number, "sha256": paper.sha256}
    (issuing,) = [view.event for view in township.engine.history(case) if view.event.issued]
    assert (issuing.action, issuing.issued) == ("dispatch", (told,))
    assert digest(dict(paper.data)) == paper.sha256


def test_numbers_say_from_which_series_they_were_drawn(township: Any) -> None:
    first, second = township.open(), township.open()
    drawn = [dict(township.engine.history(case)[0].event.drawn) for case in (first, second)]
    assert [list(one.values()) for one in drawn] == [[1], [2]]
    assert drawn[0].keys() == drawn[1].keys()


@pytest.mark.parametrize("name", ["author", "body"])
def test_private_values_are_sealed_with_a_salt_of_their_own(township: Any, name: str) -> None:
    cases = [township.open(author="invented_wanderer", body="Flooded again") for _ in range(2)]
    seals = [township.engine.history(case)[0].event.seals for case in cases]
    values = [township.engine.history(case)[0].event.data for case in cases]
    assert [seal.keys() for seal in seals] == [{"author", "body"}] * 2
    assert seals[0][name].commitment != seals[1][name].commitment
    for value, seal in zip(values, seals, strict=True):
        assert seal[name].commitment == commitment(seal[name].salt, value[name])
