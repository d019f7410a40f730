"""`caseclock diagram`: of a file without any office, and of a case that is late, extended and sent back."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from caseclock.cli import caseclock
from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.language import language
from caseclock.storage import MemoryStore
from caseclock.workflow import Engine
from caseclock.workflow.pictures.course import Course, course
from caseclock.workflow.pictures.making import picture
from caseclock.workflow.pictures.mermaid import ident

from ..engine.conftest import PERMIT, Permits


def courses(township: Any, case: str, as_of: Any = None) -> tuple[Course, ...]:
    view = township.engine.case(case, as_of=as_of)
    events = tuple(entry.event for entry in township.engine.history(case))
    return tuple(course(one, events, str, as_of) for one in (view, *view.subcases))


def late_case(township: Any) -> str:
    """A case that was extended, sent back once, and is late; the slip of one unit was returned."""
    case = township.dispatched("water", "roads", lead="water")
    first, second = (one.case.number for one in township.engine.case(case).subcases)
    township.later(hours=2).do(second, "return_slip", "rosa", return_reason="not ours")
    township.later(hours=2).do(second, "refuse_return", "lena", return_refused_because="it is")
    township.later(hours=20).do(case, "ask_extension", "wanda", extension_ground="other", extension_reason="rain")
    township.do(case, "grant_extension", "lena", extension_decision="yes", notice_to_author="later")
    township.later(days=9)
    township.engine.tick()
    township.answer(first, "wanda")
    township.answer(second, "rosa")
    township.later(minutes=5).do(case, "send_back", "lena", comment="again")
    return case


@pytest.mark.parametrize("any_store", ["memory"], indirect=True)
def test_a_case_is_shown_with_its_way_and_its_late_clocks(township: Any) -> None:
    case = late_case(township)
    shown = courses(township, case)
    assert [one.view.case.kind for one in shown] == ["case", "slip", "slip"]
    assert shown[0].numbers("handling", "units_answered", "awaiting_approval") == ("4.",)
    assert shown[0].numbers("awaiting_approval", "send_back", "handling") == ("5.",)
    told = [str(line) for line in shown[0].clock_lines("public_reply")]
    assert told[2:] == ["extended 1 time(s)", "overdue"]
    made = picture(township.engine.procedure("online_opinion"), language("en"), courses=shown)
    styles = [element.get("class") or "" for element in ElementTree.fromstring(made).iter()]
    assert sum("here" in style.split() for style in styles) == 3
    assert "card late" in styles
    text = picture(township.engine.procedure("online_opinion"), language("en"), "mermaid", courses=shown)
    assert f"    class {ident('handling')} here" in text.splitlines()


@pytest.mark.parametrize("any_store", ["memory"], indirect=True)
def test_a_case_as_it_was_known_earlier_has_only_come_so_far(township: Any) -> None:
    case = late_case(township)
    (then, *slips) = courses(township, case, township.instant("2026-11-16 09:30"))
    assert (then.here, len(then.steps), len(slips)) == ("handling", 3, 2)
    assert str(then.clock_lines("public_reply")[-1]) == "running"


def test_a_file_is_drawn_without_an_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("inquiry.procedure.yaml").write_text(shipped("inquiry.procedure.yaml"), encoding="utf-8")
    arguments = ["diagram", "--procedure", "inquiry.procedure.yaml", "--output", "inquiry.svg", "--lang", "zh"]
    result = CliRunner().invoke(caseclock, arguments)
    assert (result.exit_code, result.output) == (0, "")
    assert ElementTree.fromstring(Path("inquiry.svg").read_text(encoding="utf-8")).get("lang") == "zh"


def test_an_unknown_stage_is_refused_with_those_that_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("inquiry.procedure.yaml").write_text(shipped("inquiry.procedure.yaml"), encoding="utf-8")
    result = CliRunner().invoke(caseclock, ["diagram", "--procedure", "inquiry.procedure.yaml", "--stage", "none"])
    assert result.exit_code == 2
    assert "answering" in result.stderr


def test_a_step_that_a_late_entry_took_back_is_dashed_and_in_brackets(reader: YamlReader) -> None:
    clock = [Permits.instant("11-02 09:00")]
    engine = Engine(MemoryStore(), reader, office="town", now=lambda: clock[0])
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(PERMIT, file="permit.procedure.yaml")
    permits = Permits(engine, clock)
    case = permits.open()
    permits.at("11-20 09:00").tick()
    permits.do(case, "refuse", "head", at="11-13 10:00", ground="Too high")
    view = engine.case(case)
    way = course(view, tuple(entry.event for entry in engine.history(case)), str)
    assert way.numbers("pending", "deem_granted", "granted") == ("(3)",)
    assert way.overtaken("pending", "deem_granted", "granted")
    assert "granted" not in way.visited
    made = picture(engine.procedure("permit"), language("en"), courses=[way])
    styles = {element.get("class") for element in ElementTree.fromstring(made).iter()}
    assert "pill overtaken system" in styles
    assert any(style and style.startswith("line overtaken") for style in styles)
