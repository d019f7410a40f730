"""What people read is in their language to the last word: lengths of time, the help, and the kinds of days."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from caseclock.cli import caseclock
from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.language import language
from caseclock.workflow.clocks import measure
from caseclock.workflow.history import Case
from caseclock.workflow.messages import Text
from caseclock.workflow.model import Clock, Counting, Limit, Period, Roll, TimeUnit
from caseclock.workflow.showing import pages

ZH = language("zh")
MONDAY = datetime(2026, 11, 16, 1, tzinfo=UTC)


@pytest.mark.parametrize("unit", TimeUnit)
@pytest.mark.parametrize("amount", [1, 2])
def test_a_length_is_told_in_english_as_it_is_written_and_in_chinese_without_an_english_word(
    amount: int, unit: TimeUnit
) -> None:
    spoken = Period(amount, unit).spoken()
    assert spoken.text() == str(Period(amount, unit))
    told = spoken.text(ZH)
    assert told.startswith(str(amount))
    assert not any(letter.isascii() and letter.isalpha() for letter in told)


def test_a_working_day_and_a_month_take_their_counting_words() -> None:
    assert Period(3, TimeUnit.WORKING_DAY).spoken().text(ZH) == "3个工作日"
    assert Period(3, TimeUnit.MONTH).spoken().text(ZH) == "3个月"


def test_every_option_of_the_help_is_told_in_the_language_asked_for() -> None:
    page = CliRunner().invoke(caseclock, ["--lang", "zh", "--help"]).stdout
    assert "显示本说明并退出" in page
    assert "显示版本并退出" in page


@pytest.mark.parametrize(("lang", "kind"), [("en", "moved back"), ("zh", "提前")])
def test_the_days_beyond_a_limit_that_is_counted_back_are_said_to_be_moved_back(lang: str, kind: str) -> None:
    """One clear working day before Wednesday, 2 December: the 1st is counted, so the papers come on the 30th."""
    counting = Counting(roll=Roll.PREVIOUS_WORKING_DAY, clear=True)
    limit = Limit(Period(1, TimeUnit.WORKING_DAY), counting, before="hearing_on")
    clock = Clock("papers", Text("Papers", "提交材料"), ("opened",), (limit,), ("send",))
    case = Case("1", "o", "p", 1, "case", "1", "1", "s", MONDAY, MONDAY, data={"hearing_on": "2026-12-02"})
    cn = YamlReader().calendar(YamlReader().compile(shipped("cn.calendar.yaml"), file="cn.calendar.yaml").compiled)
    status = measure(clock, case, cn, lambda _: True, MONDAY)
    assert status
    grid = next(part for part in pages.why(status) if isinstance(part, pages.Grid))
    assert [row[2].text(language(lang)) for row in grid.rows if row[0] == "2026-11-30"] == [kind]
