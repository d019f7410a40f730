"""The files that a report becomes carry nothing out, load nothing, and show no cell that could tell who wrote."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import pytest
from python_calamine import CalamineWorkbook

from caseclock.definitions.language import language
from caseclock.definitions.reports.files import csv_text, web_page, write_sheets
from caseclock.definitions.reports.making import report_on
from caseclock.definitions.reports.reader import shipped_plan
from caseclock.workflow import InvalidInput
from caseclock.workflow.reports import Report
from caseclock.workflow.showing.report_data import report_data

from ..conftest import Township

EVIL = '=HYPERLINK("https://evil.example","x")'
SCRIPT = "<script>alert(1)</script>"
EN, ZH = language("en"), language("zh")


def report(township: Township) -> Report:
    plan = shipped_plan("online_opinion")
    assert plan is not None
    return report_on(township.engine, plan, at=township.clock[0])


def posts(township: Township, count: int, **data: str) -> None:
    for _ in range(count):
        township.open(**data)


@pytest.fixture
def hostile(township: Township) -> Report:
    """A report in which the sites, which people type, are formulas and scripts."""
    posts(township, 6, site=EVIL)
    posts(township, 6, site=SCRIPT)
    township.later(days=9)
    return report(township)


class Tags(HTMLParser):
    """Collects the tags of a page, and the addresses that it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "data", "xlink:href")]


def test_csv_opens_in_excel_and_holds_no_formula(hostile: Report) -> None:
    rows = list(csv.reader(io.StringIO(csv_text(hostile, "structure", EN))))
    cells = {cell for row in rows for cell in row}
    assert f"'{EVIL}" in cells
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
    assert rows[0][-1] == "Cut-off"
    assert {row[-1] for row in rows[1:]} == {hostile.at.isoformat()}


def test_a_sheet_holds_numbers_as_numbers_and_formulas_as_text(hostile: Report) -> None:
    out = io.BytesIO()
    write_sheets(hostile, EN, out)
    book = CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue()))
    assert book.sheet_names[:4] == ["About", "Figures", "Lengths of time", "Cases by group"]
    rows = book.get_sheet_by_name("Cases by group").to_python()
    site = next(row for row in rows if row[1] == EVIL)
    assert site[2:5] == [6.0, 12.0, 0.5]
    assert b"<f>" not in out.getvalue()


@pytest.mark.parametrize("spoken", [EN, ZH], ids=["en", "zh"])
def test_the_page_is_one_file_that_loads_nothing_and_runs_nothing(hostile: Report, spoken: object) -> None:
    page = web_page(hostile, spoken)  # type: ignore[arg-type]
    tags = Tags()
    tags.feed(page)
    assert "script" not in tags.tags
    assert tags.loads == []
    assert "svg" in tags.tags
    assert SCRIPT not in page
    assert "@import" not in page
    assert "url(" not in page


def test_json_is_plain(hostile: Report) -> None:
    data = json.loads(json.dumps(report_data(hostile, EN)))
    assert data["cases"] == 12
    assert {one["figure"] for one in data["figures"]} <= set(data["formulas"])


def test_a_table_that_is_not_there_is_told(hostile: Report) -> None:
    with pytest.raises(InvalidInput, match="figures"):
        csv_text(hostile, "nonsense", EN)


def test_cells_of_fewer_than_five_cases_are_not_shown_by_category_or_village(township: Township) -> None:
    posts(township, 8, category="complaint")
    posts(township, 6, category="opinion")
    posts(township, 1, category="suggestion")
    found = {one.key: one.hits for one in report(township).structure if one.group == "category"}
    # With one cell alone hidden, its count could be had by subtraction: the next smallest goes with it.
    assert found == {"complaint": 8, "opinion": None, "suggestion": None}
    data = json.dumps(report_data(report(township), EN))
    assert '"key": "suggestion", "count": 1' not in data


def test_small_numbers_are_shown_by_unit_with_their_n(township: Township) -> None:
    township.dispatched("water")
    township.later(days=9)
    (one,) = [
        one
        for one in report(township).figures
        if (one.name, one.group, one.key) == ("answered_on_time", "unit", "water")
    ]
    assert (one.hits, one.n) == (0, 1)


def test_the_denominator_is_what_was_due_and_the_rest_is_told_beside_it(township: Township) -> None:
    posts(township, 1)
    township.later(days=9)
    posts(township, 2)
    (one,) = [one for one in report(township).figures if (one.name, one.group) == ("replied", "all")]
    assert (one.hits, one.n, one.pending) == (0, 1, 2)


def test_what_is_open_past_its_due_and_what_was_closed_late_are_kept_apart(township: Township) -> None:
    late = township.dispatched("water")
    township.dispatched("roads")
    township.later(days=5)
    township.answer(f"{late}-1", "wanda")
    township.later(hours=1)
    found = report(township)
    assert [(one.unit, one.days) for one in found.closed_late] == [("water", 2)]
    assert "water" not in {one.unit for one in found.overdue}
    assert [(one.unit, one.days) for one in found.overdue if one.unit] == [("roads", 2)]
    assert [one.unit for one in found.unanswered] == ["roads"]
