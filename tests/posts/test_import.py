"""Posts from a table become cases: columns mapped, encodings and times read, repeats left out, bad rows told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.posts_reader import Import, import_posts
from caseclock.definitions.tables import read_table
from caseclock.storage import MemoryStore
from caseclock.workflow import DefinitionInvalid, Engine, InvalidInput
from caseclock.workflow.engine import BatchResult
from caseclock.workflow.rehearsal.story import DrivenTime

MAP = """
columns: {subject: 主题, author: 网名, posted_at: 留言时间, body: 内容}
constants: {site: 邻里论坛}
id: 编号
source: forum
"""
HEAD = "编号,主题,网名,留言时间,内容\n"


@pytest.fixture
def engine(instant: Any) -> Engine:
    engine = Engine(MemoryStore(), YamlReader(), office="qingxi", now=DrivenTime(instant("2026-11-16 09:00")))
    for name in ("cn.calendar.yaml", "township.roster.yaml", "online_opinion.procedure.yaml"):
        engine.deploy(shipped(name), file=name)
    return engine


@pytest.fixture
def instant() -> Any:
    from caseclock.definitions.instants import read_instant

    return lambda text: read_instant(text, "Asia/Shanghai")


def silent(results: Iterator[BatchResult], _total: int) -> Iterable[BatchResult]:
    return results


def imported(engine: Engine, table: str | bytes, mapping: str | None = MAP) -> Import:
    content = table if isinstance(table, bytes) else table.encode()
    named = (mapping, "posts.map.yaml") if mapping else None
    return import_posts(engine, content, named, procedure="online_opinion", by="zhao_min", progress=silent)


def data_of(engine: Engine, number: str) -> dict[str, Any]:
    return dict(engine.case(number).case.data)


def rows(found: Iterable[Any]) -> list[int]:
    return [row.row for row in found]


def test_columns_and_constants_become_fields(engine: Engine) -> None:
    (number,) = imported(engine, HEAD + "7,积水,散步,2019/4/25 9:32:09,雨后积水\n").opened
    assert data_of(engine, number) == {
        "subject": "积水",
        "author": "散步",
        "posted_at": "2019-04-25T01:32:09+00:00",
        "body": "雨后积水",
        "site": "邻里论坛",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(engine: Engine, encoding: str, separator: str) -> None:
    table = (HEAD + "7,积水,散步,2026年11月16日 8时,雨\n").replace(",", separator)
    (number,) = imported(engine, table.encode(encoding)).opened
    assert data_of(engine, number)["subject"] == "积水"


def test_a_table_in_no_known_encoding_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="UTF-8 or GB 18030"):
        imported(engine, b"\xff\xff\xff\x00")


def test_bad_rows_are_told_by_number_and_the_rest_goes_in(engine: Engine) -> None:
    """The headings are row 1, as a spreadsheet shows them; empty rows count but are no posts."""
    table = HEAD + "1,A,a,soon,x\n2,B,b,2026-11-15,x\n,,,,\n3,,c,2026-11-15,x\n4,D,d,2026-02-30,x\n5,E,e,2026-11-15,x\n"
    done = imported(engine, table)
    assert len(done.opened) == 2
    assert rows(done.bad) == [2, 5, 6]
    told = [str(row.problem) for row in done.bad]
    assert "posted_at" in told[0]
    assert "'soon'" in told[0]
    assert "subject" in told[1]
    assert "2026-02-30" in told[2]


def test_a_row_number_counts_rows_and_not_lines(engine: Engine) -> None:
    done = imported(engine, HEAD + '1,A,a,2026-11-15,"two\nlines"\n2,B,b,soon,x\n')
    assert rows(done.bad) == [3]
    assert data_of(engine, done.opened[0])["body"] == "two\nlines"


def test_a_second_import_of_the_same_table_opens_nothing(engine: Engine) -> None:
    table = HEAD + "1,A,,2026-11-15,x\n2,B,,2026-11-15,x\n"
    first, second = imported(engine, table), imported(engine, table)
    assert len(first.opened) == 2
    assert second.opened == ()
    assert [row.of for row in second.duplicates] == list(first.opened)
    assert len(engine.cases()) == 2


def test_the_same_id_twice_in_one_table_is_one_post(engine: Engine) -> None:
    done = imported(engine, HEAD + "1,A,,2026-11-15,x\n1,B,,2026-11-15,y\n")
    assert len(done.opened) == 1
    assert rows(done.duplicates) == [3]
    assert str(done.duplicates[0].of) == "row 2"


@pytest.mark.parametrize(
    ("again", "opened"),
    [
        ("2,A,a,2026-11-13 09:00,y", 1),  # exactly 3 days later
        ("2,A,a,2026-11-13 09:01,y", 2),
        ("2,A,a,2026-11-07 09:00,y", 1),  # 3 days earlier: the order of rows does not matter
        ("2,A,b,2026-11-10 09:00,y", 2),
        ("2,B,a,2026-11-10 09:00,y", 2),
    ],
)
def test_the_same_author_and_title_within_three_days_is_one_post(engine: Engine, again: str, opened: int) -> None:
    done = imported(engine, HEAD + f"1,A,a,2026-11-10 09:00,x\n{again}\n")
    assert len(done.opened) == opened
    assert len(done.duplicates) == 2 - opened


def test_a_case_that_is_there_already_counts_as_well(engine: Engine, instant: Any) -> None:
    posted = {"subject": "A", "author": "a", "posted_at": instant("2026-11-14 09:00")}
    number = engine.open("online_opinion", posted, by="zhao_min").case.number
    done = imported(engine, HEAD + "1,A,a,2026-11-15 09:00,x\n")
    assert [(row.row, row.of) for row in done.duplicates] == [(2, number)]


def test_posts_without_an_author_are_never_taken_for_one(engine: Engine) -> None:
    assert len(imported(engine, HEAD + "1,A,,2026-11-15,x\n2,A,,2026-11-15,x\n").opened) == 2


def test_headings_that_are_names_or_titles_need_no_mapping(engine: Engine) -> None:
    (number,) = imported(engine, "id,主题,Posted at,author\n9,A,2026-11-15,@everyone\n", None).opened
    assert data_of(engine, number)["author"] == "@everyone"


def test_a_text_in_a_table_reads_no_file(engine: Engine, tmp_path: Path) -> None:
    """A post may say anything; ``@path`` is a word of the command line only."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    (number,) = imported(engine, HEAD + f"1,@{secret},a,2026-11-15,x\n").opened
    assert data_of(engine, number)["subject"] == f"@{secret}"


def test_the_time_of_registration_may_be_a_column(engine: Engine, instant: Any) -> None:
    mapping = "columns: {subject: s, posted_at: p}\nopened_at: o\n"
    (number,) = imported(engine, "s,p,o\nA,2026-11-12,2026-11-13 10:00\n", mapping).opened
    assert engine.case(number).case.opened_at == instant("2026-11-13 10:00")


def test_a_column_that_is_not_there_is_refused_with_the_headings(engine: Engine) -> None:
    with pytest.raises(InvalidInput) as caught:
        imported(engine, "编号,标题\n1,A\n")
    assert "主题" in str(caught.value)
    assert "标题" in str(caught.value)


@pytest.mark.parametrize("table", ["", "\n\n"])
def test_an_empty_table_is_refused(table: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        read_table(table.encode())


@pytest.mark.parametrize(
    ("mapping", "code", "line"),
    [
        ("columns: {subjct: 主题}\n", "unknown-field", 1),
        ("columns: {subject: 主题}\nconstant: {site: x}\n", "unknown-key", 2),
        ("constants: {site: x}\n", "missing-key", 1),
        ("columns: {subject: [a]}\n", "wrong-type", 1),
    ],
)
def test_a_mapping_that_is_not_valid_is_told_with_its_line(engine: Engine, mapping: str, code: str, line: int) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        imported(engine, HEAD, mapping)
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [(code, line)]


def test_more_rows_than_a_page(engine: Engine) -> None:
    table = HEAD + "".join(f"{number},Post {number},,2026-11-15,x\n" for number in range(450))
    done = imported(engine, table)
    assert len(done.opened) == len(set(done.opened)) == 450
    assert (done.bad, done.duplicates) == ((), ())
