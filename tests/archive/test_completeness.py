"""三.6: no record is archived while a class of material is empty; a refusal says which, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from caseclock.definitions import YamlReader
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, DefinitionInvalid, Engine, InvalidInput, NotAllowed
from caseclock.workflow.archiving import NamedFile, gather
from caseclock.workflow.archiving.completeness import check_complete

CLERK = Actor("ann", frozenset({"clerk"}))

PERMIT = """
procedure: permit
version: 1
calendar: cn
opened_by: clerk
stages: {work: {}}
roles: {clerk: {}}
documents: {letter: {title: Letter, numbering: "L{year}-{serial}"}}
fields: {subject: {type: text}, picture: {type: file, title: Picture}}
states:
  received:
    stage: work
    actions:
      write: {by: clerk, issues: letter, input: {advice: {type: text, title: Advice}}}
      close: {by: clerk, to: closed}
      drop: {by: clerk, to: dropped}
  closed: {stage: work, final: true}
  dropped: {stage: work, final: true}
archive:
  named_by: subject
  classes:
    request: {title: Request, fields: picture}
    advice: {title: Advice given, fields: advice, documents: letter, required_in: closed}
  retention: 30 years
"""


@pytest.fixture
def office(reader: YamlReader) -> Engine:
    from caseclock.definitions import shipped

    engine = Engine(MemoryStore(), reader, office="town")
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(PERMIT, file="permit.procedure.yaml")
    return engine


def ended(office: Engine, action: str, write: bool = False, **data: Any) -> str:
    case = office.open("permit", data, by=CLERK).case.number
    if write:
        office.fire(case, "write", by=CLERK)
    office.fire(case, action, by=CLERK)
    return case


def refusal(office: Engine, case: str) -> NotAllowed:
    with pytest.raises(NotAllowed) as refused:
        check_complete(office.case(case), office.procedure("permit"))
    return refused.value


PICTURE = {"name": "a.png", "sha256": "0" * 64}


def test_the_empty_classes_are_named_with_what_fills_them(office: Engine) -> None:
    told = refusal(office, ended(office, "close"))
    assert "Request (request), Advice given (advice)" in str(told.message)
    assert "Picture (picture) given when the case is opened" in str(told.hint)
    assert "Advice (advice) given with write, Letter issued by write" in str(told.hint)


def test_a_paper_fills_a_class_as_well_as_a_value(office: Engine) -> None:
    case = ended(office, "close", write=True, picture=PICTURE)
    check_complete(office.case(case), office.procedure("permit"))


def test_a_class_is_required_only_in_the_states_that_say_so(office: Engine) -> None:
    check_complete(office.case(ended(office, "drop", picture=PICTURE)), office.procedure("permit"))
    assert "Advice" not in str(refusal(office, ended(office, "drop")).message)


def test_a_case_that_is_not_done_is_not_archived(office: Engine) -> None:
    case = office.open("permit", {"picture": PICTURE}, by=CLERK).case.number
    told = refusal(office, case)
    assert "not to be archived yet" in str(told.message)
    assert "closed, dropped" in str(told.hint)


def test_a_slip_is_archived_with_its_case(township: Any, filed: str) -> None:
    assert gather(township.engine, f"{filed}-1").view.case.number == filed


def test_a_dispatched_case_of_the_township_is_refused(township: Any, packaged: Any) -> None:
    with pytest.raises(NotAllowed, match="not to be archived yet"):
        packaged(township.dispatched())


def test_a_post_without_its_original_is_refused(township: Any, packaged: Any) -> None:
    case = township.open()
    township.do(case, "mark_out_of_scope", "lena", scope_reason="of the county")
    with pytest.raises(NotAllowed, match=r"Original post \(original_post\)"):
        packaged(case)


def test_what_ended_without_a_result_is_kept_ten_years(township: Any, packaged: Any) -> None:
    case = township.open(body="A lamp is out")
    township.do(case, "mark_out_of_scope", "lena", scope_reason="of the county")
    assert packaged(case).about["Caseclock-Retention"] == "10 years"


def test_prints_lie_beside_the_paper_that_they_show(township: Any, packaged: Any, filed: str) -> None:
    number = township.engine.case(filed).documents[0].number
    package = packaged(filed, prints=[NamedFile("slip.pdf", b"%PDF", number)])
    assert package.files["prints/0002-slip.pdf"] == b"%PDF"
    assert [(item.number, item.format) for item in package.items[:2]] == [(number, "json"), (number, "pdf")]


def test_a_print_of_another_paper_is_refused(packaged: Any, filed: str) -> None:
    with pytest.raises(InvalidInput, match="issued no paper L-1"):
        packaged(filed, prints=[NamedFile("slip.pdf", b"%PDF", "L-1")])


def test_the_author_of_what_came_by_itself_is_the_office(packaged: Any, filed: str) -> None:
    assert {item.number[:2]: item.author for item in packaged(filed).items}["舆催"] == "清溪镇党政办公室"


def test_the_file_of_a_paper_has_the_hash_under_which_it_was_issued(township: Any, packaged: Any, filed: str) -> None:
    hashes = {paper.number: paper.sha256 for paper in township.engine.case(filed).documents}
    assert {item.number: item.sha256 for item in packaged(filed).items if item.number} == hashes


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("fields: picture}", "fields: pictures}", "unknown-field"),
        ("documents: letter,", "documents: latter,", "unknown-document"),
        ("required_in: closed", "required_in: received", "unknown-state"),
        ("named_by: subject", "named_by: subjects", "unknown-field"),
        ("{title: Request, fields: picture}", "{title: Request}", "archive-class"),
        ("retention: 30 years", "retention: {field: picture, otherwise: 10 years}", "archive-retention"),
        ("subject: {type: text}", "subject: {type: text, private: true}", "archive-private"),
        ("  retention: 30 years\n", "", "missing-key"),
    ],
)
def test_mistakes_in_the_section_are_found_when_it_is_read(reader: YamlReader, old: str, new: str, code: str) -> None:
    assert old in PERMIT
    with pytest.raises(DefinitionInvalid) as refused:
        reader.compile(PERMIT.replace(old, new), file="permit.procedure.yaml")
    assert [problem.code for problem in refused.value.problems] == [code]
    assert refused.value.problems[0].line > 0
