"""A case splits off new ones: they keep the start of its limits, and each names the other."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.workflow import InvalidInput, NotAllowed


def split(township: Any, case: str, *matters: str) -> list[str]:
    township.do(case, "split_off", "olive", matters=list(matters))
    relations = township.engine.case(case).case.relations
    return [relation.number for relation in relations if relation.kind == "split_into"]


def reported(township: Any, **data: Any) -> str:
    case: str = township.open(**data)
    township.do(case, "report", "olive")
    return case


def test_a_new_case_for_each_matter(township: Any) -> None:
    case = reported(township, site="Invented board", author="somebody invented", body="Road and lamp")
    road, lamp = split(township, case, "The road", "The lamp")
    for number, subject in ((road, "The road"), (lamp, "The lamp")):
        part = township.engine.case(number).case
        assert part.data["subject"] == subject
        assert part.data["site"] == "Invented board"
        assert {"author", "body"}.isdisjoint(part.data)
        assert [(it.kind, it.number) for it in part.relations] == [("split_from", case)]
        assert part.state == "registered"
    assert township.engine.case(case).case.state == "under_review"
    assert not township.engine.verify().findings
    assert not township.engine.rebuild(check=True).differences


def test_they_count_from_the_start_of_the_case_that_they_come_from(township: Any) -> None:
    """Without the time of the post, the limit runs from its registration, which is not that of the new case."""
    case = reported(township.at("2026-11-16 09:00"), posted_at=None)
    (before,) = township.engine.why(case, "public_reply")
    (part,) = split(township.at("2026-11-18 09:00"), case, "The lamp")
    (status,) = township.engine.why(part, "public_reply")
    assert status.due_at == before.due_at
    assert status.taken_from == case
    assert township.engine.case(part).case.opened_at == township.clock[0]


def test_an_extension_that_was_granted_is_not_taken_along(township: Any) -> None:
    """What was granted for one matter was not granted for another: the new case has the limit of the post."""
    case = township.at("2026-11-16 09:00").open()
    (before,) = township.engine.why(case, "public_reply")
    township.do(case, "report", "olive")
    (part,) = split(township, case, "The lamp")
    assert township.engine.why(part, "public_reply")[0].due_at == before.due_at


def test_the_numbers_have_no_gap_where_a_split_is_refused(township: Any) -> None:
    case = township.open()
    with pytest.raises(NotAllowed):
        township.do(case, "split_off", "olive", matters=["The lamp"])
    township.do(case, "report", "olive")
    with pytest.raises(InvalidInput):
        township.do(case, "split_off", "olive", matters=[])
    assert split(township, case, "The lamp") == ["2026-0002"]


def test_a_part_can_be_merged_again(township: Any) -> None:
    case = reported(township.at("2026-11-16 09:00"))
    (before,) = township.engine.why(case, "public_reply")
    (part,) = split(township.at("2026-11-17 09:00"), case, "The lamp")
    other = township.open()
    township.do(part, "merge", "olive", merged_into=other)
    assert township.engine.why(other, "public_reply")[0].due_at == before.due_at
