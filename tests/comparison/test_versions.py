"""Versions: running cases keep theirs, the same version keeps its meaning, and words may change under it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from caseclock.definitions import YamlReader, codec, shipped
from caseclock.storage import MemoryStore
from caseclock.workflow import CaseQuery, Conflict, Engine, NotFound
from caseclock.workflow.comparison import compare, differs_in_words_only, worded
from caseclock.workflow.engine.versions import VersionTaken
from caseclock.workflow.model import Procedure

SOURCE = shipped("online_opinion.procedure.yaml")


def other(*edits: tuple[str, str]) -> str:
    source = SOURCE
    for before, after in edits:
        assert before in source
        source = source.replace(before, after, 1)
    return source


IN_OTHER_WORDS = other(
    ("title: {zh: 已登记, en: Registered}", "title: {zh: 登记在册, en: On the register}"),
    ("title: {zh: 报送, en: Report}", "title: {zh: 上报, en: Pass on}"),
    ("    basis: 三.5\n    effect", '    basis: {zh: "三.5；新文", en: "3.5, new text"}\n    effect'),
)
SECOND = other(("version: 1", "version: 2"), ("- {is: 3 days}", "- {is: 5 days}"))


def read(source: str) -> Procedure:
    reader = YamlReader()
    return reader.procedure(reader.compile(source, file="tried.procedure.yaml").compiled)


def test_another_meaning_under_the_same_version_is_refused_with_what_differs(township: Any) -> None:
    with pytest.raises(VersionTaken, match="already deployed with other content") as refused:
        township.engine.deploy(other(("- {is: 3 days}", "- {is: 5 days}")))
    assert isinstance(refused.value, Conflict)
    assert [str(it.told) for it in refused.value.differences] == [
        "step 3: Unit's reply (unit_reply): the limit goes from 3 days to 5 days"
    ]
    assert "version: 2" in str(refused.value.hint)


def test_the_refusal_names_the_version_after_the_newest(township: Any) -> None:
    township.engine.deploy(SECOND)
    with pytest.raises(VersionTaken) as refused:
        township.engine.deploy(other(("- {is: 3 days}", "- {is: 4 days}")))
    assert "version: 3" in str(refused.value.hint)


def test_other_comments_change_nothing(township: Any) -> None:
    before = township.engine.definitions()
    township.engine.deploy(SOURCE + "\n# One more remark.\n")
    assert township.engine.definitions() == before


def test_other_words_under_the_same_version_are_shown_from_then_on(township: Any) -> None:
    case = township.open()
    assert township.engine.case(case).state.en == "Registered"
    deployed = township.later(hours=1).engine.deploy(IN_OTHER_WORDS)
    assert (deployed.kind, deployed.name, deployed.version) == ("words", "online_opinion@1", 1)
    assert township.engine.case(case).state.en == "On the register"
    assert "Pass on" in [offer.title.en for offer in township.engine.actions(case, "olive")]
    assert township.engine.history(case)[0].event.opened["definition"] == read_fingerprint(SOURCE)
    clock = township.clock_of(case, "public_reply")
    assert clock.clock.basis.en == "3.5, new text"


def read_fingerprint(source: str) -> str:
    return YamlReader().compile(source, file="x.procedure.yaml").fingerprint


def test_the_same_words_again_are_no_new_wording(township: Any) -> None:
    township.engine.deploy(IN_OTHER_WORDS)
    before = township.engine.definitions()
    township.later(hours=1).engine.deploy(IN_OTHER_WORDS)
    assert township.engine.definitions() == before


def test_the_first_words_can_be_taken_back(township: Any) -> None:
    case = township.open()
    township.engine.deploy(IN_OTHER_WORDS)
    deployed = township.later(hours=1).engine.deploy(SOURCE)
    assert (deployed.kind, deployed.version) == ("words", 2)
    assert township.engine.case(case).state.en == "Registered"


def test_as_it_was_known_is_told_in_the_words_of_that_time(township: Any) -> None:
    case = township.open()
    then = township.clock[0]
    township.later(hours=1).engine.deploy(IN_OTHER_WORDS)
    township.later(hours=1)
    assert township.engine.case(case, as_of=then).state.en == "Registered"


def test_histories_verify_rebuild_and_load_after_other_words(township: Any) -> None:
    """Cases that were opened before and after go on, and everything about them proves to be as it was recorded."""
    before = township.dispatched("water")
    township.engine.deploy(IN_OTHER_WORDS)
    after = township.dispatched("roads")
    township.answer(f"{before}-1", "wanda")
    township.approve(before)
    township.publish(before)
    township.later(days=10)
    township.engine.tick()
    assert township.engine.verify().findings == ()
    assert township.engine.rebuild(check=True).differences == ()
    lines = list(township.engine.export())
    elsewhere = Engine(MemoryStore(), YamlReader(), office="qingxi", now=lambda: township.clock[0])
    report = elsewhere.load(lines)
    assert (len(report.loaded), report.failed) == (2, {})
    assert elsewhere.verify().findings == ()
    assert elsewhere.case(after).state == township.engine.case(after).state
    assert elsewhere.load(lines).failed == {}


def test_an_office_with_words_of_its_own_loads_cases_nonetheless(township: Any) -> None:
    township.engine.deploy(IN_OTHER_WORDS)
    case = township.open()
    lines = list(township.engine.export())
    elsewhere = Engine(MemoryStore(), YamlReader(), office="qingxi", now=lambda: township.clock[0])
    for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
        elsewhere.deploy(shipped(name))
    elsewhere.deploy(other(("title: {zh: 已登记, en: Registered}", "title: {zh: 登记, en: Booked}")))
    assert elsewhere.load(lines).failed == {}
    assert elsewhere.case(case).state.en == "Booked"
    assert elsewhere.verify().findings == ()


def test_running_cases_keep_their_version_and_advance_by_its_rules(township: Any) -> None:
    """A unit of a case opened on version 1 has three days; of one opened on version 2, five; both end."""
    first = township.dispatched("water")
    township.later(minutes=1).engine.deploy(SECOND)
    second = township.dispatched("water")
    dues = [township.clock_of(f"{case}-1", "unit_reply").due_at for case in (first, second)]
    assert [due.astimezone(township.clock[0].tzinfo).date().isoformat() for due in dues] == ["2026-11-20", "2026-11-24"]
    township.at("2026-11-20 09:00")
    township.engine.tick()
    assert [township.clock_of(f"{case}-1", "unit_reply").overdue(township.clock[0]) for case in (first, second)] == [
        True,
        False,
    ]
    for case in (first, second):
        township.answer(f"{case}-1", "wanda")
        township.approve(case)
        township.publish(case)
        assert township.state(case) == "replied"
    assert [township.engine.case(case).case.version for case in (first, second)] == [1, 2]
    assert township.engine.verify().findings == ()


def test_versions_are_listed_with_how_many_cases_are_on_each(township: Any) -> None:
    township.open()
    ended = township.open()
    township.engine.fire(ended, "withdraw", by="omar", data={"withdrawn_because": "asked by telephone"})
    township.dispatched("water")
    township.later(hours=1).engine.deploy(SECOND)
    township.open()
    found = township.engine.versions("online_opinion")
    assert [(it.definition.version, it.running, it.ended, it.newest) for it in found] == [
        (1, 2, 1, False),
        (2, 1, 0, True),
    ]
    assert township.engine.versions() == found
    with pytest.raises(NotFound):
        township.engine.versions("no_such")


def test_cases_are_listed_by_version(township: Any) -> None:
    old = township.open()
    township.engine.deploy(SECOND)
    new = township.open()
    for version, number in ((1, old), (2, new)):
        for limit in (None, 10):
            listed = township.engine.cases(CaseQuery(version=version, limit=limit))
            assert [item.case.number for item in listed] == [number]
    in_state = CaseQuery(version=2, states=[("case", "registered")], limit=5)
    assert [item.case.number for item in township.engine.cases(in_state)] == [new]


def test_words_take_nothing_but_words() -> None:
    """Whatever another text says beside words, a procedure in its words means what it meant."""
    procedure = read(SOURCE)
    assert worded(procedure, read(IN_OTHER_WORDS)) == read(IN_OTHER_WORDS)
    changed = read(other(("- {is: 3 days}", "- {is: 5 days}"), ("en: Intake}", "en: Intake of posts}")))
    assert [str(it.told) for it in compare(procedure, worded(procedure, changed))] == [
        "step 1: Intake of posts (intake): the title in English goes from “Intake” to “Intake of posts”"
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("basis: 三.1}", "basis: 三.9}", True),
        (", basis: 三.1, title: {zh: 报送", ", title: {zh: 报送", True),
        ("complaint: {zh: 投诉, en: Complaint}", "complaint: {zh: 举报, en: Report}", True),
        ("Q8:  {adopted: {zh: 只延长一次, en: Once}", "Q8:  {adopted: {zh: 一次, en: Just once}", True),
        ("secrecy: {zh: 内部, en: Internal}", "secrecy: {zh: 公开, en: Public}", False),
        ("otherwise: {zh: 10年, en: 10 years}", "otherwise: {zh: 30年, en: 30 years}", False),
        ("opened_by: [officer, office]", "opened_by: [office, officer]", False),
        ("author:       {type: text, private: true", "author:       {type: text, private: false", False),
    ],
)
def test_what_counts_as_words(before: str, after: str, words: bool) -> None:
    """And where it does, taking the words over leaves no difference at all."""
    old, new = read(SOURCE), read(other((before, after)))
    found = compare(old, new)
    assert found
    assert differs_in_words_only(found) is words
    assert (codec.dump(worded(old, new)) == codec.dump(new)) is words


def test_a_version_alone_is_told() -> None:
    procedure = read(SOURCE)
    found = compare(procedure, dataclasses.replace(procedure, version=2))
    assert [str(it.told) for it in found] == ["Handling of online public opinion: the version goes from 1 to 2"]
