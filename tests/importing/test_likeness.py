"""Posts that may be about the same matter are proposed with reasons, and nothing is ever merged by it."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caseclock.definitions import shipped
from caseclock.definitions.likeness import Likely, likely_duplicates
from caseclock.definitions.posts_reader import Import
from caseclock.workflow import CaseclockError, Engine, InvalidInput

POSTED = datetime(2026, 11, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
NOISE, NOISE_AGAIN, LIGHT = "夜间施工噪声扰民", "晚上施工噪音扰民问题", "路灯不亮三天了"


def opened(engine: Engine, subject: str, hours: float = 0, **data: Any) -> str:
    values = {"subject": subject, "posted_at": POSTED + timedelta(hours=hours), **data}
    return engine.open("online_opinion", values, by="zhao_min").case.number


def pairs(engine: Engine, **options: Any) -> tuple[Likely, ...]:
    return likely_duplicates(engine, "online_opinion", **options)


def test_the_same_matter_in_other_words_is_proposed_with_score_and_reasons(engine: Engine) -> None:
    first = opened(engine, NOISE, site="邻里论坛")
    opened(engine, LIGHT, site="邻里论坛")
    again = opened(engine, NOISE_AGAIN, hours=5, site="邻里论坛")
    (pair,) = pairs(engine)
    assert (pair.case, pair.of, pair.score) == (again, first, 67)
    assert (pair.merge, pair.field) == ("merge", "merged_into")
    told = [str(reason) for reason in pair.reasons]
    assert told == ["subjects alike by 67 of 100", "the same site: 邻里论坛", "5 hours apart"]


def test_nothing_is_merged(engine: Engine) -> None:
    one, other = opened(engine, NOISE), opened(engine, NOISE)
    assert pairs(engine)
    assert {engine.case(number).case.state for number in (one, other)} == {"registered"}


@pytest.mark.parametrize(
    ("hours", "place", "found"),
    [(7 * 24, "A", 1), (7 * 24 + 1, "A", 0), (1, "B", 0), (1, None, 1)],
)
def test_only_posts_of_one_week_and_place_are_compared(
    engine: Engine, hours: float, place: str | None, found: int
) -> None:
    """Where the place is not known, it may be the same."""
    opened(engine, NOISE, site="A")
    opened(engine, NOISE, hours=hours, site=place)
    assert len(pairs(engine)) == found


def test_one_author_is_a_reason_and_is_not_named(engine: Engine) -> None:
    opened(engine, "噪声太大", site="A", author="invented name")
    opened(engine, "噪声扰民", hours=1, site="B", author="invented name")
    (pair,) = pairs(engine, enough=50)
    assert "the same author" in [str(reason) for reason in pair.reasons]
    assert "invented name" not in repr(pair)


def test_texts_are_compared_as_well_and_not_shown(engine: Engine) -> None:
    body = "昨晚十一点工地还在打桩，孩子睡不着，请管一管。"
    opened(engine, "请管管", body=body)
    opened(engine, "投诉工地", hours=1, body=body.replace("，", "，，") + "谢谢")
    (pair,) = pairs(engine)
    assert pair.score > 90
    assert "打桩" not in repr(pair)


def test_signs_width_and_case_do_not_count(engine: Engine) -> None:
    opened(engine, "ＡＢＣ小区、停水！！")
    opened(engine, "abc小区停水", hours=1)
    assert pairs(engine)[0].score == 100


def test_cases_that_have_ended_are_not_proposed(engine: Engine) -> None:
    one, other = opened(engine, NOISE), opened(engine, NOISE, hours=1)
    engine.fire(other, "merge", by="zhao_min", data={"merged_into": one})
    assert pairs(engine) == ()


def test_an_import_tells_which_of_its_cases_look_alike(engine: Engine, imported: Callable[..., Import]) -> None:
    old, unrelated = opened(engine, NOISE), opened(engine, LIGHT)
    opened(engine, LIGHT, hours=1)
    done = imported(f"主题,发帖时间\n{NOISE_AGAIN},2026-11-10 12:00\n".encode())
    assert [(pair.case, pair.of) for pair in done.alike] == [(done.opened[0], old)]
    assert unrelated not in {pair.of for pair in done.alike}


def test_a_procedure_without_a_subject_is_refused(engine: Engine) -> None:
    engine.deploy(shipped("inquiry.procedure.yaml"), file="inquiry.procedure.yaml")
    with pytest.raises(InvalidInput, match="no subject"):
        likely_duplicates(engine, "inquiry")


def test_without_its_package_it_is_refused_with_what_to_do_and_imports_go_on(
    engine: Engine, imported: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(engine, NOISE)
    opened(engine, NOISE)
    real = builtins.__import__

    def absent(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "rapidfuzz":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "rapidfuzz", raising=False)
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(CaseclockError, match="not installed") as caught:
        pairs(engine)
    assert "caseclock[duplicates]" in str(caught.value.hint)
    done = imported(f"主题\n{NOISE}\n".encode())
    assert len(done.opened) == 1
    assert done.alike == ()
