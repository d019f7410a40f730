"""What a paper shows is fixed when it is issued: complete enough to print, and without private values."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.workflow import DefinitionInvalid
from caseclock.workflow.chain import canonical, digest

FILE = "online_opinion.procedure.yaml"


def papers(township: Any, case: str, name: str) -> list[Any]:
    """Return the data of a case's papers of one document, in order of issue."""
    return [paper.issued for paper in township.engine.papers(case, name)]


def test_a_dispatch_slip_holds_source_instruction_units_and_dues(township: Any, papered: str) -> None:
    """Regulation section 6, 抄告单: source, 批示 with name and time, lead and co-units, due of each clock."""
    data = papers(township, papered, "dispatch_slip")[0].data
    own, slips = data["shows"]["own"], data["shows"]["subcases"]["slip"]
    assert own["fields"]["site"] == "清溪论坛"
    assert own["actions"]["dispatch"]["inputs"]["instruction"].startswith("请水务站牵头")
    assert own["actions"]["dispatch"]["done"] == [{"at": "2026-11-16T01:00:00+00:00", "by": "lena"}]
    assert data["people"]["lena"]["zh"] == "分管领导丁"
    assert [(slip["unit"], slip["lead"], slip["delivered_to"]) for slip in slips] == [
        ("water", True, "walt"),
        ("roads", False, "ray"),
    ]
    assert own["clocks"]["public_reply"]["due_at"] == "2026-11-19T16:00:00+00:00"
    assert {slip["clocks"]["unit_reply"]["due_at"] for slip in slips} == {"2026-11-19T16:00:00+00:00"}


def test_what_is_fixed_stays_although_the_case_goes_on(township: Any) -> None:
    """The dispatch slip of a case that is extended later still shows the due of the day on which it was issued."""
    case = township.dispatched("water")
    before = papers(township, case, "dispatch_slip")[0]
    township.do(case, "set_urgent", "lena", urgent=True)
    assert papers(township, case, "dispatch_slip")[0] == before


def test_private_values_are_named_and_not_copied(township: Any, papered: str) -> None:
    """A private value can be erased: no paper may hold it."""
    issued = [paper.issued for paper in township.engine.papers(papered)]
    assert issued[0].data["shows"]["own"]["private"] == ["author", "body"]
    for paper in issued:
        text = canonical(dict(paper.data))
        assert "河边的风" not in text
        assert "13800000000" not in text
        assert digest(dict(paper.data)) == paper.sha256


def test_an_urging_says_how_often_and_a_supervision_by_how_much(township: Any, papered: str) -> None:
    """催办通知: nth urging, current due; 督办单: days overdue at its legal instant, and what was issued before."""
    urging = papers(township, papered, "urging_notice")[0].data["shows"]
    assert urging["own"]["actions"]["urge"]["times"] == 1
    assert urging["own"]["clocks"]["unit_reply"]["overdue_days"] == 0
    supervision = papers(township, papered, "supervision_notice")[0].data["shows"]
    late = supervision["own"]["clocks"]["unit_reply"]
    assert (late["overdue_days"], late["overdue_hours"]) == (1, 24)
    assert [paper["name"] for paper in supervision["papers"]] == ["dispatch_slip", "urging_notice"]
    assert all(paper["number"] for paper in supervision["papers"])


def test_an_extension_decision_shows_the_day_before_and_after(township: Any, papered: str) -> None:
    """延期决定: old due, new due, count."""
    clock = papers(township, papered, "extension_decision")[0].data["shows"]["own"]["clocks"]["public_reply"]
    assert clock["original_day"] == "2026-11-19"
    assert clock["due_at"] == "2026-11-23T16:00:00+00:00"
    assert len(clock["extensions"]) == 1


def test_the_file_index_lists_every_paper_issued_before_it(township: Any, papered: str) -> None:
    """卷内目录: title, number, date and hash of each."""
    issued = [paper.issued for paper in township.engine.papers(papered)]
    listed = issued[-1].data["shows"]["papers"]
    assert issued[-1].name == "file_index"
    assert [(one["number"], one["sha256"]) for one in listed] == [(one.number, one.sha256) for one in issued[:-1]]


def test_the_history_verifies_and_rebuilds_with_such_papers(township: Any, papered: str) -> None:
    """What is fixed in papers is guarded by the chain as before."""
    assert township.engine.verify().findings == ()
    assert township.engine.rebuild(check=True).differences == ()


@pytest.mark.parametrize(
    ("written", "wrong", "said"),
    [
        ("fields: [subject, posted_at]", "fields: [subjekt, posted_at]", "did you mean subject?"),
        (
            "clocks: [public_reply]\n      actions: [report",
            "clocks: [public_repli]\n      actions: [report",
            "public_reply",
        ),
        ("actions: [dispatch, file_record]", "actions: [dispatch, file_rekord]", "did you mean file_record?"),
        ("subcases: {slip: {clocks: [unit_reply]", "subcases: {slop: {clocks: [unit_reply]", "did you mean slip?"),
        ("papers: [dispatch_slip, urging_notice]", "papers: [dispatch_slop, urging_notice]", "dispatch_slip"),
        ("fields: [delivered_at], clocks", "fields: [deliverd_at], clocks", "did you mean delivered_at?"),
    ],
)
def test_a_name_that_nothing_declares_is_refused_where_it_stands(
    township: Any, written: str, wrong: str, said: str
) -> None:
    """Unknown fields, clocks, actions, kinds of subcase and documents are told with line and column."""
    text = shipped(FILE)
    assert written in text
    text = text.replace(written, wrong, 1)
    with pytest.raises(DefinitionInvalid) as refused:
        township.engine.deploy(text, file=FILE)
    (problem,) = refused.value.problems
    assert problem.source == text.splitlines()[problem.line - 1]
    assert problem.source.lstrip()
    assert problem.column > 1
    assert said in problem.message.text()
