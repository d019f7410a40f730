"""The figures equal what an independent SQL query counts in the raw events, with a calendar written by hand."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from caseclock.definitions.reports.making import report_on
from caseclock.definitions.reports.reader import shipped_plan
from caseclock.storage import create_store
from caseclock.workflow.reports import Report
from caseclock.workflow.reports.report import unanswered

from ..accounts.random_office import RandomOffice
from ..conftest import ROSTER, RememberingReader

PLAN = shipped_plan("online_opinion")
READER = RememberingReader()

# November and December 2026 have no public holiday in China: weekdays are worked, weekends are not.
FACTS = """
WITH live AS (
  SELECT e.* FROM cc_events e
  WHERE e.effective_at <= :at AND NOT EXISTS (
    SELECT 1 FROM cc_events o, json_each(o.overtakes) gone WHERE o.case_id = e.case_id AND gone.value = e.seq)),
slip AS (
  SELECT case_id, root_id, json_extract(opened, '$.unit') AS unit, effective_at AS begun,
         date(effective_at, '+8 hours') AS day
  FROM live WHERE seq = 1 AND json_extract(opened, '$.parent') IS NOT NULL),
dues AS (
  SELECT slip.*,
    (SELECT min(day) FROM worked WHERE day >= date(slip.day, '+3 days')) || 'T16:00:00.000000Z' AS due,
    max((SELECT min(day) FROM worked WHERE day >= date(slip.day, '+3 days')),
        (SELECT day FROM worked WHERE day > slip.day ORDER BY day LIMIT 1 OFFSET 2)) || 'T16:00:00.000000Z' AS lenient
  FROM slip),
fact AS (
  SELECT dues.*,
    (SELECT max(effective_at || printf('%06d', seq)) FROM live
      WHERE live.case_id = dues.case_id AND action = 'reopen_slip') AS reopened,
    EXISTS (SELECT 1 FROM live WHERE live.case_id = dues.case_id AND action = 'accept_return')
      AND (SELECT min(effective_at) FROM live WHERE live.case_id = dues.case_id AND action = 'return_slip')
        <= date(dues.day, '+1 day') || 'T16:00:00.000000Z' AS wrong,
    EXISTS (SELECT 1 FROM live WHERE live.case_id = dues.case_id AND action = 'return_slip') AS returned,
    EXISTS (SELECT 1 FROM live WHERE live.case_id = dues.case_id AND action = 'explain') AS explained,
    EXISTS (SELECT 1 FROM live WHERE live.case_id = dues.case_id AND action = 'urge') AS urged,
    EXISTS (SELECT 1 FROM live WHERE live.case_id = dues.case_id
      AND action IN ('supervise', 'supervise_irregular')) AS supervised,
    (SELECT min(effective_at) FROM live WHERE live.case_id = dues.case_id AND closes = 1) AS closed
  FROM dues),
done AS (
  SELECT fact.*, (SELECT min(effective_at) FROM live WHERE live.case_id = fact.case_id
    AND action IN ('answer', 'accept_return')
    AND effective_at || printf('%06d', seq) > coalesce(fact.reopened, '')) AS answered
  FROM fact),
post AS (
  SELECT e.root_id, json_extract(e.data, '$.posted_at') AS posted,
    (SELECT min(day) FROM worked WHERE day >= date(json_extract(e.data, '$.posted_at'), '+8 hours',
      CASE WHEN EXISTS (SELECT 1 FROM live g WHERE g.case_id = e.case_id AND g.action = 'grant_extension')
      THEN '+5 days' ELSE '+3 days' END)) || 'T16:00:00.000000Z' AS due,
    EXISTS (SELECT 1 FROM live c WHERE c.case_id = e.case_id AND c.action = 'close_without_reply') AS dropped,
    (SELECT min(effective_at) FROM live p WHERE p.case_id = e.case_id AND p.action = 'publish') AS published
  FROM live e WHERE e.seq = 1 AND json_extract(e.opened, '$.parent') IS NULL)
"""
QUERIES = {
    "answered_on_time": "SELECT coalesce(sum(answered <= due), 0), count(*) FROM done "
    "WHERE NOT wrong AND due <= :at AND (answered IS NOT NULL OR closed IS NULL OR closed > due)",
    "returned": "SELECT coalesce(sum(returned), 0), count(*) FROM done",
    "wrongly_dispatched": "SELECT coalesce(sum(wrong), 0), count(*) FROM done",
    "sent_back": "SELECT coalesce(sum(reopened IS NOT NULL), 0), count(*) FROM done WHERE NOT wrong",
    "urged": "SELECT coalesce(sum(urged), 0), count(*) FROM done WHERE NOT wrong",
    "supervised": "SELECT coalesce(sum(supervised), 0), count(*) FROM done WHERE NOT wrong",
    "replied": "SELECT coalesce(sum(published IS NOT NULL), 0), count(*) FROM post WHERE NOT dropped AND due <= :at",
    "replied_on_time": "SELECT coalesce(sum(published <= due), 0), count(*) FROM post WHERE NOT dropped AND due <= :at",
}
UNANSWERED = """SELECT root_id, unit FROM done
WHERE NOT wrong AND answered IS NULL AND closed IS NULL AND NOT explained AND :at > lenient ORDER BY root_id, unit"""


def lively_office(path: Path, seed: int) -> RandomOffice:
    """An office of some fourteen cases with which people did what they liked for two weeks."""
    without = ("record_delivery", "set_urgent", "reopen")
    office = RandomOffice(READER, ROSTER, seed, create_store(f"sqlite:///{path}"), without, pace=(1, 7, 50, 300))
    cases = [office.open()]
    for _ in range(140):
        if len(cases) < 14 and office.random.random() < 0.15:
            cases.append(office.open())
        office.wander(office.random.choice(cases), 1)
    return office


def counted(path: Path, at: datetime, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TEMP TABLE worked (day TEXT)")
        days = (date(2026, 11, 1) + timedelta(days=place) for place in range(61))
        raw.executemany("INSERT INTO worked VALUES (?)", [(day.isoformat(),) for day in days if day.weekday() < 5])
        found = raw.execute(FACTS + sql, {"at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}).fetchall()
    raw.close()
    return found


def shares(report: Report) -> dict[str, tuple[int | None, int | None]]:
    return {one.name: (one.hits, one.n) for one in report.figures if one.group == "all"}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_share_and_the_list_of_the_silent_equal_a_query_over_raw_events(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    office = lively_office(path, seed)
    assert PLAN is not None
    for at in (office.now, office.now - timedelta(days=4, hours=5)):
        found = shares(report_on(office.engine, PLAN, at=at))
        assert {name: found.get(name, (0, 0)) for name in QUERIES} == {
            name: counted(path, at, sql)[0] for name, sql in QUERIES.items()
        }
        silent = unanswered(office.engine.standings("online_opinion", at), PLAN)
        named = sorted((one.slip.case.root, one.slip.unit) for one in silent)
        assert named == counted(path, at, UNANSWERED)


def test_a_report_of_a_past_cut_off_as_known_then_comes_out_the_same_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    office = lively_office(path, 4)
    assert PLAN is not None
    then = office.now
    before = report_on(office.engine, PLAN, at=then, as_of=then)
    for case in [item.case.number for item in office.engine.cases() if item.case.parent is None]:
        office.wander(case, 3)
    assert report_on(office.engine, PLAN, at=then, as_of=then) == before


def test_keeping_other_dues_in_the_lists_changes_no_figure(tmp_path: Path) -> None:
    """What lists keep is never believed: it is counted anew from the events."""
    path = tmp_path / "cases.db"
    office = lively_office(path, 5)
    assert PLAN is not None
    before = report_on(office.engine, PLAN, at=office.now)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE cc_cases SET due_at = '2001-01-01T00:00:00.000000Z'")
        raw.execute("UPDATE cc_clocks SET due_at = '2001-01-01T00:00:00.000000Z'")
    raw.close()
    assert report_on(office.engine, PLAN, at=office.now) == before
