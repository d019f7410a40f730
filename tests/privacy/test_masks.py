"""What of a private value may be shown, by its kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.workflow.masking import HIDDEN, masked, shown
from caseclock.workflow.messages import Text
from caseclock.workflow.model import Field, FieldType, Mask

VECTORS = [
    (Mask.PHONE, "13800001234", "138****1234"),
    (Mask.PHONE, "138-0000 1234", "138****1234"),
    (Mask.PHONE, "１３８００００１２３４", "138****1234"),
    (Mask.PHONE, "+86 138 0000 1234", "138****1234"),
    (Mask.PHONE, "0743-5220000", HIDDEN),
    (Mask.PHONE, "call 13800001234 or 13900001234", HIDDEN),
    (Mask.IDENTITY, "350000199001010123", "35*************123"),
    (Mask.IDENTITY, "35000019900101012x", "35*************12X"),
    (Mask.IDENTITY, "350000900101123", "35**********123"),
    (Mask.IDENTITY, "G12345678", HIDDEN),
    (Mask.NAME, "张三", "张*"),
    (Mask.NAME, "张三丰", "张*"),
    (Mask.NAME, "欧阳甲乙", "欧阳*"),
    (Mask.NAME, "欧阳", "欧*"),
    (Mask.NAME, "张", HIDDEN),
    (Mask.NAME, "张三 13800001234", HIDDEN),
    (Mask.NAME, "Ann Invented", HIDDEN),
    (Mask.ADDRESS, "某省某县芙蓉镇商合街12号3单元", "某省某县芙蓉镇***"),
    (Mask.ADDRESS, "某市某区新街街道8号", "某市某区新街街道***"),
    (Mask.ADDRESS, "某省某县12号", "某省某县***"),
    (Mask.ADDRESS, "12号3单元", HIDDEN),
    (Mask.ADDRESS, "1 Invented Road", HIDDEN),
    (Mask.WHOLE, "anything", HIDDEN),
]


@pytest.mark.parametrize(("mask", "value", "told"), VECTORS)
def test_of_each_kind_only_what_the_notice_allows_is_shown(mask: Mask, value: str, told: str) -> None:
    assert masked(value, mask) == told


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-", "—", "　"]))
def test_the_middle_of_a_phone_number_is_never_shown(number: str, separator: str) -> None:
    assert masked(separator.join((number[:3], number[3:7], number[7:])), Mask.PHONE) == f"{number[:3]}****{number[7:]}"


@given(st.from_regex(r"[0-9]{17}[0-9Xx]", fullmatch=True))
def test_thirteen_places_of_an_identity_number_are_never_shown(number: str) -> None:
    told = masked(number, Mask.IDENTITY)
    assert len(told) == 18
    assert told[2:15] == "*" * 13


@given(st.text(), st.sampled_from(Mask))
def test_whatever_is_given_no_more_is_shown_than_the_kind_allows(value: str, mask: Mask) -> None:
    told = masked(value, mask)
    assert "*" in told
    digits = sum(character.isdigit() for character in told)
    assert digits <= {Mask.PHONE: 7, Mask.IDENTITY: 5}.get(mask, 0)


@given(st.one_of(st.integers(), st.booleans(), st.none(), st.dictionaries(st.text(), st.text())), st.sampled_from(Mask))
def test_what_is_no_text_shows_nothing(value: object, mask: Mask) -> None:
    assert masked(value, mask) == HIDDEN


def test_of_a_list_each_item_is_masked() -> None:
    assert masked(["13800001234", "none"], Mask.PHONE) == ["138****1234", HIDDEN]
    assert masked(["a", "b"], Mask.WHOLE) == HIDDEN


def test_what_was_recorded_as_private_is_masked_whatever_the_fields_say() -> None:
    fields = {"name": Field("name", FieldType.TEXT, Text("Name", "姓名"), private=True, mask=Mask.NAME)}
    data = {"name": "张三", "note": "hidden", "open": "told"}
    assert shown(data, fields, sealed={"note"}) == {"name": "张*", "note": HIDDEN, "open": "told"}
    assert shown(data, fields, unmasked={"name"})["name"] == "张三"
