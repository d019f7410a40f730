"""One case, with every paper that the seven-step procedure knows. People and places are invented."""

from __future__ import annotations

from typing import Any

import pytest

WHO, WHAT = "河边的风（网名）", "东河路积水三天无人处理。\n联系电话13800000000。"
REPLY = "网友您好：\n您反映的东河路积水问题，经核实，系排水管堵塞所致，现已疏通。感谢您的关注。"


@pytest.fixture
def papered(township: Any) -> str:
    """A case that has issued every paper: late, extended, urged, supervised, explained, answered, filed."""
    case = township.open(
        subject="东河路积水",
        category="complaint",
        site="清溪论坛",
        post_url="https://board.example/thread/20261116-000123456789",
        author=WHO,
        body=WHAT,
    )
    township.do(case, "report", "olive")
    township.do(
        case,
        "dispatch",
        "lena",
        instruction="请水务站牵头，公路站配合，三日内查明原因并答复。",
        units=["water", "roads"],
        lead="water",
    )
    township.later(hours=2).do(f"{case}-1", "receive", "walt")
    township.later(days=1).do(
        case, "ask_extension", "wanda", extension_ground="several_units", extension_reason="需公路站配合开挖路面。"
    )
    township.later(hours=1).do(
        case, "grant_extension", "lena", extension_decision="同意延长至五日。", notice_to_author="因需开挖，延期答复。"
    )
    township.later(days=5)
    township.engine.tick()
    township.do(
        f"{case}-1", "supervise_irregular", "omar", finding="逾期未答复，未作说明。", measures="两日内报送书面答复。"
    )
    township.do(
        f"{case}-1", "explain", "wanda", explanation="管材到货迟。", progress="已开挖。", expected_on="2026-11-24"
    )
    township.later(hours=3)
    township.answer(f"{case}-1", "wanda")
    township.answer(f"{case}-2", "rosa")
    township.approve(case, text=REPLY)
    township.publish(case, text=REPLY)
    township.file_record(case)
    return str(case)
