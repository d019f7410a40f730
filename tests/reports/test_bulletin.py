"""三.7: the bulletin names the units past the limit that neither replied nor explained, once they have been heard."""

from __future__ import annotations

import sqlite3

import pytest

from caseclock.definitions import shipped

from ..cli.conftest import Shell

# The slips whose unit has done nothing that counts, read off the raw events alone.
SILENT = """
SELECT json_extract(opened, '$.number') FROM cc_events AS first
WHERE seq = 1 AND json_extract(opened, '$.kind') = 'slip' AND NOT EXISTS (
  SELECT 1 FROM cc_events WHERE case_id = first.case_id AND action IN ('answer', 'explain', 'accept_return'))
ORDER BY 1
"""


@pytest.fixture
def late(shell: Shell) -> Shell:
    """Two slips past their limit of which one unit has explained itself, on the third day after."""
    (shell.folder / "bulletin.procedure.yaml").write_text(shipped("bulletin.procedure.yaml"), encoding="utf-8")
    shell.run("deploy")
    shell.dispatched("minzheng,nongye", lead="minzheng")
    shell.dispatched("nongye")
    shell.at("2026-11-24 09:00")
    grounds = ("explanation=Under way", "progress=Half", "expected_on=2026-12-01")
    shell.run("advance", "2026-0001-2", "explain", *grounds, by="chu_yan")
    return shell


def test_the_draft_names_those_whom_the_raw_events_name(late: Shell) -> None:
    found = late.json("bulletin", "draft")
    with sqlite3.connect(late.folder / "caseclock.db") as database:
        silent = [row[0] for row in database.execute(SILENT)]
    database.close()
    assert found["slips"] == silent == ["2026-0001-1", "2026-0002-1"]
    assert found["units"] == ["minzheng", "nongye"]
    assert "neither replied nor explained" in found["named_cases"]
    assert "minzheng" not in late.json("bulletin", "draft", "--at", "2026-11-17 09:00")["units"]


def test_units_see_it_before_the_head_signs_and_can_object(late: Shell) -> None:
    bulletin = late.json("bulletin", "draft", "--open", by="sun_li")["case"]["number"]
    assert late.refused("advance", bulletin, "sign", by="wu_jun", status=5)["code"] == "not-allowed"
    late.run("advance", bulletin, "circulate", by="sun_li")
    assert [it for it in late.json("inbox", by="zheng_hua") if it["number"].startswith(bulletin)]
    late.run("advance", f"{bulletin}-1", "object", "objection=It was answered by telephone", by="zheng_hua")
    late.run("advance", f"{bulletin}-2", "accept", by="chu_yan")
    assert late.json("show", bulletin)["state"] == "ready"
    late.refused("advance", bulletin, "sign", by="sun_li", status=5)
    late.run("advance", bulletin, "sign", by="wu_jun")
    late.run("advance", bulletin, "correct", "correction=One line was wrong", by="wu_jun")
    papers = late.json("show", bulletin)["documents"]
    assert [paper["name"] for paper in papers] == ["bulletin", "correction"]


def test_who_says_nothing_in_time_does_not_hold_it_up(late: Shell) -> None:
    bulletin = late.json("bulletin", "draft", "--open", by="sun_li")["case"]["number"]
    late.run("advance", bulletin, "circulate", by="sun_li")
    late.at("2026-11-27 09:00")
    late.run("tick")
    assert late.json("show", bulletin)["state"] == "ready"


def test_a_unit_that_has_explained_before_the_signature_is_not_named(late: Shell) -> None:
    """Q9: an explanation before the signature keeps a unit out."""
    bulletin = late.json("bulletin", "draft", "--open", by="sun_li")["case"]["number"]
    late.run("advance", bulletin, "circulate", by="sun_li")
    grounds = ("explanation=Under way", "progress=Half", "expected_on=2026-12-01")
    late.run("advance", "2026-0001-1", "explain", *grounds, by="zheng_hua")
    late.at("2026-11-27 09:00")
    late.run("tick")
    late.run("advance", bulletin, "sign", by="wu_jun")
    told = late.json("bulletin", "name", bulletin, by="wu_jun", status=1)
    assert list(told["refused"]) == ["2026-0001-1"]
    assert told["named"] == 1
    again = late.json("bulletin", "name", bulletin, by="wu_jun", status=1)
    assert again["named"] == 1
