"""Whole cases move between databases, and everything is checked on arrival."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from caseclock.definitions import shipped
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, Conflict, Engine, InvalidInput, NotFound

CLERK = Actor("ann", frozenset({"officer", "leader", "office"}))


def test_a_whole_office_is_the_same_after_a_round_trip(source: Engine, target: Engine) -> None:
    lines = list(source.export())
    report = target.load(lines)
    assert (report.loaded, report.failed) == (("2026-0001", "2026-0002", "2026-0003"), {})
    assert (report.definitions, report.heads) == (2, 2)
    assert list(target.export()) == lines
    assert target.verify().findings == ()
    assert target.rebuild(check=True).differences == ()
    assert target.heads() == source.heads()
    for number in report.loaded:
        assert target.case(number) == source.case(number)
        assert target.history(number) == source.history(number)
        assert target.why(number) == source.why(number)


def test_cases_go_on_where_they_have_been_loaded(source: Engine, target: Engine) -> None:
    target.load(source.export())
    assert target.fire("2026-0002", "report", by=CLERK).case.state == "under_review"
    assert target.open("online_opinion", {"subject": "Next"}, by=CLERK).case.number == "2026-0004"
    assert target.open("online_opinion", {"subject": "x"}, by=CLERK, key="post-1").repeated
    assert target.verify().findings == ()


def test_loading_twice_changes_nothing(source: Engine, target: Engine) -> None:
    lines = list(source.export())
    target.load(lines)
    again = target.load(lines)
    assert (again.loaded, again.present, again.failed) == ((), ("2026-0001", "2026-0002", "2026-0003"), {})
    assert (again.definitions, again.heads) == (0, 0)
    assert list(target.export()) == lines


def test_single_cases_go_with_their_subcases_and_without_heads(source: Engine, target: Engine) -> None:
    lines = list(source.export(["2026-0001-2"]))
    assert target.load(lines).loaded == ("2026-0001",)
    assert [member.case.number for member in target.case("2026-0001").subcases] == ["2026-0001-1", "2026-0001-2"]
    assert target.heads() == ()
    assert list(target.export(["2026-0001"])) == lines
    with pytest.raises(NotFound):
        list(source.export(["2026-0009"]))


def test_a_number_that_was_drawn_elsewhere_is_not_drawn_again(source: Engine, target: Engine) -> None:
    target.load(source.export(["2026-0003"]))
    assert target.open("online_opinion", {"subject": "Next"}, by=CLERK).case.number == "2026-0004"


def test_a_case_stays_in_its_office(source: Engine, engine_on: Any) -> None:
    with pytest.raises(InvalidInput, match="of the office qingxi; this is baihe"):
        engine_on(MemoryStore(), office="baihe").load(source.export())


def edited(lines: list[str], change: Callable[[dict[str, Any]], None], which: str = "event") -> list[str]:
    """Return the lines with a change made to the first that holds ``which``."""
    at = next(at for at, line in enumerate(lines) if which in json.loads(line))
    found = json.loads(lines[at])
    change(found)
    return [*lines[:at], json.dumps(found, ensure_ascii=False), *lines[at + 1 :]]


CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], None], str]] = {
    "an event": ("event", lambda found: found["event"].update(actor="forged"), "by forged) was changed"),
    "a link": ("event", lambda found: found.update(link="0" * 64), "was changed or put in afterwards"),
    "a private value": ("event", lambda found: found["private"]["author"].update(value="forged"), "another author"),
    "a paper": ("document", lambda found: found["document"]["data"].update(unit="forged"), "was changed"),
    "a paper's number": ("document", lambda found: found["document"].update(number="99"), "missing or changed"),
    "its root": ("event", lambda found: found["event"].update(root="forged"), "damaged"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_family_that_is_not_as_it_was_recorded_is_refused_and_the_others_go_through(
    source: Engine, target: Engine, name: str
) -> None:
    which, change, told = CHANGES[name]
    report = target.load(edited(list(source.export()), change, which))
    assert list(report.failed) == ["2026-0001"]
    assert told in report.failed["2026-0001"].text()
    assert report.loaded == ("2026-0002", "2026-0003")
    with pytest.raises(NotFound):
        target.case("2026-0001")
    assert target.verify().findings == ()


MALFORMED: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "an actor that is a number": ("event", lambda found: found["event"].update(actor=5)),
    "an event that is a list": ("event", lambda found: found.update(event=[])),
    "values that are a text": ("event", lambda found: found["event"].update(data="x")),
    "papers that are numbers": ("event", lambda found: found["event"].update(issued=[1])),
    "private values that are a list": ("event", lambda found: found.update(private=["author"])),
    "a salt that is a number": ("event", lambda found: found["private"]["author"].update(salt=1)),
    "an instant that is none": ("event", lambda found: found["event"].update(effective_at="yesterday")),
    "a revision that is a text": ("event", lambda found: found["event"].update(seq="1")),
    "an opening without a procedure": ("event", lambda found: found["event"]["opened"].pop("procedure")),
    "a paper that is a list": ("document", lambda found: found.update(document=[1])),
    "a paper made from a text": ("document", lambda found: found["document"].update(data="x")),
    "a definition that is a number": ("definition", lambda found: found["definition"].update(compiled=3)),
    "a version that is a text": ("definition", lambda found: found["definition"].update(version="one")),
    "calendars that are a text": ("family", lambda found: found.update(calendars="cn")),
    "a head that is a text": ("head", lambda found: found.update(head="x")),
    "ends that are texts": ("head", lambda found: found.update(ends=["x"])),
    "a line that is something else": ("head", lambda found: found.pop("head")),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_value_of_the_wrong_form_is_told_and_not_taken_up(source: Engine, engine_on: Any, name: str) -> None:
    """Whatever a line holds, it ends in words and never half way: as a whole file or as one family."""
    target = engine_on(MemoryStore())
    which, change = MALFORMED[name]
    lines = edited(list(source.export()), change, which)
    try:
        told = [message.text() for message in target.load(lines).failed.values()]
    except InvalidInput as error:
        told = [str(error)]
    assert all(told)
    assert told
    assert target.verify().findings == ()


def test_a_family_that_is_cut_short_or_has_grown_is_not_mixed_with_the_one_that_is_here(
    source: Engine, target: Engine
) -> None:
    target.load(source.export())
    before = list(source.export(["2026-0002"]))
    source.fire("2026-0002", "report", by=CLERK)
    assert "shorter history" in target.load(source.export(["2026-0002"])).failed["2026-0002"].text()
    target.fire("2026-0002", "report", by=CLERK)
    assert "longer history" in target.load(before).failed["2026-0002"].text()
    source.fire(
        "2026-0001-2",
        "return_slip",
        by=Actor("r", frozenset({"liaison", "unit_head"}), "roads"),
        data={"return_reason": "x"},
    )
    target.redact("2026-0001", by=CLERK, reason="asked")
    assert "another history" in target.load(source.export(["2026-0001"])).failed["2026-0001"].text()


def test_a_file_that_was_cut_off_loads_nothing_of_what_is_not_whole(source: Engine, target: Engine) -> None:
    lines = list(source.export())
    last = max(at for at, line in enumerate(lines) if "event" in json.loads(line))
    for end in (last, last - 1):
        report = target.load(lines[:end])
        assert "cut off" in next(iter(report.failed.values())).text()
        with pytest.raises(NotFound):
            target.case("2026-0003")
    assert target.load(lines).failed == {}


def test_a_definition_that_is_not_what_its_fingerprint_says_is_refused(source: Engine, target: Engine) -> None:
    forged = edited(list(source.export()), lambda found: found["definition"].update(compiled="{}"), "definition")
    with pytest.raises(InvalidInput, match="was changed"):
        target.load(forged)
    assert target.cases() == ()


def test_a_number_that_another_case_has_here_is_refused(source: Engine, target: Engine, engine_on: Any) -> None:
    other = engine_on(MemoryStore())
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        other.deploy(shipped(name), file=name)
    other.open("online_opinion", {"subject": "Elsewhere"}, by=CLERK)
    target.load(source.export())
    assert list(target.load(other.export()).failed) == ["2026-0001"]
    assert target.verify().findings == ()


def test_a_definition_that_means_something_else_here_stops_the_load(source: Engine, target: Engine) -> None:
    changed = shipped("online_opinion.procedure.yaml").replace("limit: 3 days", "limit: 4 days", 1)
    target.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    target.deploy(changed, file="online_opinion.procedure.yaml")
    with pytest.raises(Conflict, match="already deployed with other content"):
        target.load(source.export())
    assert target.cases() == ()


def test_what_is_loaded_under_a_newer_calendar_is_recounted_with_an_entry_that_says_so(
    source: Engine, target: Engine
) -> None:
    day_off = "\ndays:\n  2026-11-23: {off: {zh: 放假, en: Day off}}\n"
    target.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    target.deploy(shipped("cn.calendar.yaml") + day_off, file="cn.calendar.yaml")
    target.load(source.export(["2026-0002"]))
    last = target.history("2026-0002")[-1].event
    assert last.action == "recounted"
    assert (last.recount["from"]["version"], last.recount["to"]["version"]) == (1, 2)
    assert target.rebuild(check=True).differences == ()
    assert target.verify().findings == ()


def test_a_file_without_private_values_can_be_verified_and_not_loaded(source: Engine, target: Engine) -> None:
    lines = list(source.export(private=False))
    assert not any("invented_1" in line for line in lines)
    assert any("invented_1" in line for line in source.export())
    report = target.load(lines)
    assert set(report.failed) == {"2026-0001", "2026-0002"}
    assert report.loaded == ("2026-0003",)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["{}"], "not an export"),
        (["not json"], "line 1 .* cannot be read"),
        (['{"caseclock": "export", "format": 9, "office": "qingxi"}'], "format 9"),
        (['{"caseclock":"export","format":1,"office":"qingxi"}', "[]"], "line 2 "),
        (['{"caseclock":"export","format":1,"office":"qingxi"}', '{"event": {}}'], "line 2 "),
        ([], "not an export"),
    ],
)
def test_what_is_no_export_is_told(engine_on: Any, lines: list[str], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        engine_on(MemoryStore()).load(lines)


def test_an_export_is_of_one_moment_for_each_family_and_its_heads_are_among_what_it_holds(source: Engine) -> None:
    """A head that is closed while the export is written covers more than is in it, and stays out."""
    lines = source.export()
    taken = [next(lines) for _ in range(4)]
    source.fire("2026-0002", "report", by=CLERK)
    source.close_heads()
    heads = [json.loads(line)["head"]["number"] for line in (*taken, *lines) if "head" in json.loads(line)]
    assert heads == [1, 2]
