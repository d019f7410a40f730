"""Tables in the forms in which offices get them: what each cell becomes, and what is said of bad ones."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from caseclock.definitions.posts_reader import Import
from caseclock.definitions.tables import Table, read_table
from caseclock.workflow import CaseclockError, Engine, InvalidInput

HEAD = "id,主题,发帖时间\n"


def data_of(engine: Engine, number: str) -> dict[str, Any]:
    return dict(engine.case(number).case.data)


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", "\t"), ("utf-16", "\t"), ("utf-16", ","), ("utf-8-sig", "\t")],
)
def test_what_excel_saves_as_text(encoding: str, separator: str) -> None:
    """Excel's "Unicode text" is UTF-16 with tabs, its CSV UTF-8 has a mark, and its plain CSV is in GB 18030."""
    table = read_table((HEAD + "1,积水,2026/3/5\n").replace(",", separator).encode(encoding))
    assert table == Table(("id", "主题", "发帖时间"), ((2, ("1", "积水", "2026/3/5")),))


def test_a_first_line_that_names_the_separator_is_no_heading() -> None:
    assert read_table(b"sep=;\nid;a\n1;x\n") == Table(("id", "a"), ((3, ("1", "x")),))


def test_a_separator_within_a_quoted_heading_separates_nothing() -> None:
    assert read_table(b'"a;b;c;d",e\n1,2\n').headings == ("a;b;c;d", "e")


@pytest.mark.parametrize(
    "written",
    [
        "2026年3月5日 14:30",
        "2026年3月5日14:30",
        "2026年3月5日14时30分",
        "2026/3/5 14:30",
        "2026-03-05 14：30",
        "2026.3.5 14:30:00",
    ],
)
def test_the_same_instant_as_people_write_it(engine: Engine, imported: Callable[..., Import], written: str) -> None:
    (number,) = imported(f"{HEAD}1,积水,{written}\n".encode()).opened
    assert data_of(engine, number)["posted_at"] == "2026-03-05T06:30:00+00:00"


def test_cells_of_a_workbook(engine: Engine, imported: Callable[..., Import], workbook: Callable[..., bytes]) -> None:
    """A date is a date, a whole number has no decimal point, and a formula's text is text."""
    rows = [["id", "主题", "发帖时间"], [17, "积水", datetime(2026, 3, 5, 14, 30)], [18, "'=1+1", date(2026, 3, 6)]]
    first, second = imported(workbook(帖子=rows), "columns: {subject: 主题, posted_at: 发帖时间, post_id: id}").opened
    assert data_of(engine, first) == {
        "subject": "积水",
        "posted_at": "2026-03-05T06:30:00+00:00",
        "post_id": "17",
    }
    assert data_of(engine, second)["posted_at"] == "2026-03-05T16:00:00+00:00"


def test_rows_of_a_workbook_are_numbered_as_excel_shows_them(
    imported: Callable[..., Import], workbook: Callable[..., bytes]
) -> None:
    rows = [["id", "主题", "发帖时间"], [1, "A", "2026-11-15"], [], [3, "C", "soon"]]
    done = imported(workbook(posts=rows))
    assert [(row.row, row.column) for row in done.bad] == [(4, "发帖时间")]


def test_a_number_longer_than_excel_keeps_is_never_taken_for_an_id(
    imported: Callable[..., Import], workbook: Callable[..., bytes]
) -> None:
    """Two posts whose long ids Excel has rounded to one would be taken for one post, and one would be lost."""
    done = imported(workbook(posts=[["id", "主题"], [1234567890123456789, "A"], ["1234567890123456789", "B"]]))
    assert len(done.opened) == 1
    assert [(row.row, row.column) for row in done.bad] == [(2, "id")]
    assert "15 digits" in str(done.bad[0].problem)


def test_the_sheet_may_be_named(imported: Callable[..., Import], workbook: Callable[..., bytes]) -> None:
    book = workbook(notes=[["nothing here"]], posts=[["id", "主题"], [1, "A"]])
    assert len(imported(book, sheet="posts").opened) == 1
    with pytest.raises(InvalidInput, match=r"no sheet gone.*notes, posts"):
        imported(book, sheet="gone")
    with pytest.raises(InvalidInput, match="only a workbook has sheets"):
        imported(HEAD.encode(), sheet="posts")


def test_what_only_begins_like_a_workbook_is_refused() -> None:
    with pytest.raises(InvalidInput, match="workbook cannot be read"):
        read_table(b"PK\x03\x04 and then nothing of the kind")


def test_without_its_package_a_workbook_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, workbook: Callable[..., bytes]
) -> None:
    real = builtins.__import__

    def absent(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "python_calamine":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "python_calamine", raising=False)
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(CaseclockError, match="not installed") as caught:
        read_table(workbook(posts=[["id"]]))
    assert "caseclock[sheets]" in str(caught.value.hint)


def test_json_lines(engine: Engine, imported: Callable[..., Import]) -> None:
    """Keys are headings, a missing one is an empty cell, and a line that is no object is told with its number."""
    good = [
        '{"id": 12345678901234567890, "主题": "A", "urgent": null}',
        "",
        '{"主题": "B", "id": "2", "extra": [1, 2]}',
    ]
    lines = "\n".join([*good, '{"主题"', "[1]"])
    done = imported(lines.encode())
    assert [data_of(engine, number)["subject"] for number in done.opened] == ["A", "B"]
    assert [row.row for row in done.bad] == [4, 5]
    assert done.bad_rows == 2
    assert imported(lines.encode()).opened == ()


def test_everything_wrong_with_a_row_is_told_with_its_column_and_what_is_valid(
    imported: Callable[..., Import],
) -> None:
    table = "标题,类别,发帖时间,地址\nA,praise,2026-11-15,http://a.example/1\nB,投诉,soon,http://a.example/2\n,投诉,soon,x\n"
    mapping = "columns: {subject: 标题, category: 类别, posted_at: 发帖时间, post_url: 地址}"
    done = imported(table.encode(), mapping)
    assert done.opened == ()
    assert [(row.row, row.column) for row in done.bad] == [(2, "类别"), (3, "发帖时间"), (4, "发帖时间")]
    told = [str(row.problem) for row in done.bad]
    assert "complaint" in told[0]
    assert "2026-11-16 09:00" in told[1]
    assert done.bad_rows == 3


def test_several_problems_of_one_row(imported: Callable[..., Import]) -> None:
    mapping = "columns: {subject: a, category: b, post_url: c}"
    done = imported(b"a,b,c\nA,praise,nowhere\n", mapping)
    assert [(row.row, row.column) for row in done.bad] == [(2, "b"), (2, "c")]
    assert done.bad_rows == 1


def test_two_columns_of_one_heading_are_refused() -> None:
    with pytest.raises(InvalidInput, match="same heading"):
        read_table(b"a,a\n1,2\n")
