"""A text that is to be published is refused while something personal stands in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.definitions import shipped
from caseclock.workflow import Actor, DefinitionInvalid, Engine, InvalidInput, NotAllowed
from caseclock.workflow.publication import personal

PROCEDURE = """
procedure: notice
version: 1
calendar: cn
opened_by: clerk
stages: {work: {}}
roles: {clerk: {}, head: {}}
states:
  drafted:
    stage: work
    actions:
      publish:
        by: [clerk, head]
        to: out
        input:
          text: {type: text, required: true, guard: publication, guard_unless: despite}
          despite: {type: text, set_by: head}
  out: {stage: work, final: true}
"""
FOUND = [
    ("电话13800001234，请回电", "mobile number", "138****1234"),
    ("１３８　００００－１２３４", "mobile number", "138****1234"),
    ("+86 138.0000.1234", "mobile number", "138****1234"),
    ("证号 110101 19900101 0015。", "identity number", "11*************015"),
    ("卡号 4111 1111 1111 1111", "bank card number", "****1111"),
    ("车牌湘A·12345", "number plate", "湘***"),
    ("湘 A 1234 5", "number plate", "湘***"),
    ("write to someone @ mail.example", "mail address", "s***@***"),
]
HARMLESS = ["2026年11月16日至2027年3月1日", "舆抄〔2026〕12号", "湘A级景区", "4111111111111112", "道路已修好"]


@pytest.mark.parametrize(("text", "kind", "told"), FOUND)
def test_each_kind_is_found_however_it_is_spaced_and_told_masked(text: str, kind: str, told: str) -> None:
    assert [(str(one.kind), one.told) for one in personal(text)] == [(kind, told)]


@pytest.mark.parametrize("text", HARMLESS)
def test_dates_document_numbers_and_numbers_with_a_wrong_check_digit_pass(text: str) -> None:
    assert [*personal(text)] == []


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", "-", "　", ". ", "－"]), min_size=10, max_size=10),
    st.booleans(),
)
def test_no_spacing_gets_a_mobile_number_past(number: str, gaps: list[str], wide: bool) -> None:
    digits = [chr(ord(digit) + 0xFEE0) if wide else digit for digit in number]
    text = digits[0] + "".join(gap + digit for gap, digit in zip(gaps, digits[1:], strict=True))
    assert [one.told for one in personal(f"请拨打{text}。")] == [f"{number[:3]}****{number[7:]}"]


def test_the_text_is_refused_with_what_is_in_it_masked_and_goes_out_without(reader: Any, any_store: Any) -> None:
    now = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    engine = Engine(any_store, reader, office="town", now=lambda: now)
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(PROCEDURE, file="notice.procedure.yaml")
    clerk = Actor("ann", frozenset({"clerk"}))
    case = engine.open("notice", {}, by=clerk).case.number
    with pytest.raises(InvalidInput) as refused:
        engine.fire(case, "publish", by=clerk, data={"text": "Ring 138-0000-1234"})
    assert "mobile number 138****1234" in str(refused.value.fields["text"])
    assert engine.case(case).case.state == "drafted"
    engine.fire(case, "publish", by=clerk, data={"text": "The road is dry again."})
    assert engine.case(case).case.state == "out"


def test_who_has_the_right_to_may_publish_it_with_a_reason(reader: Any, any_store: Any) -> None:
    now = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    engine = Engine(any_store, reader, office="town", now=lambda: now)
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(PROCEDURE, file="notice.procedure.yaml")
    clerk, head = Actor("ann", frozenset({"clerk"})), Actor("bob", frozenset({"head"}))
    case = engine.open("notice", {}, by=clerk).case.number
    given = {"text": "Ring 138-0000-1234", "despite": "the number of the office itself"}
    with pytest.raises(NotAllowed):
        engine.fire(case, "publish", by=clerk, data=given)
    assert engine.fire(case, "publish", by=head, data=given).event.data["despite"] == given["despite"]


def test_the_reason_must_be_an_input_beside_the_text(reader: Any) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        reader.compile(PROCEDURE.replace("guard_unless: despite", "guard_unless: despit"), file="notice.procedure.yaml")
    (problem,) = refused.value.problems
    assert (problem.code, problem.line) == ("unknown-field", 16)
