"""Printing: the first print is kept and repeated byte by byte, whatever becomes of templates, rosters and values."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from caseclock.definitions.printing import Templates, check_templates, print_paper
from caseclock.definitions.printing.desk import Desk
from caseclock.storage import MemoryStore
from caseclock.workflow import InvalidInput, NotAllowed, NotFound
from caseclock.workflow.engine import Engine

WHO = "河边的风"
OFFICE = "清溪镇人民政府办公室"


@pytest.fixture
def desk(township: Any, tmp_path: Path) -> Desk:
    """Where the township prints, with a folder of its own for templates."""
    return Desk(township.engine, tmp_path / "templates", OFFICE)


def printed(desk: Desk, case: str, which: str | None = None, form: str = "html", **more: Any) -> tuple[Any, ...]:
    """Return the prints of a case's papers, made by the office."""
    return desk.print(case, which, form, by="omar", language="zh", **more)


def own_template(desk: Desk, file: str, text: str) -> None:
    """Write a template into the office's own folder."""
    desk.folder.mkdir(exist_ok=True)
    (desk.folder / file).write_text(text, encoding="utf-8")


def test_every_paper_of_a_case_is_printed_and_repeated(desk: Desk, papered: str) -> None:
    """What was issued is stored with its hash and never regenerated differently."""
    first = printed(desk, papered)
    assert len(first) == 12
    assert not any(one.again for one in first)
    assert desk.engine.verify().findings == ()
    own_template(desk, "base.html", "another {{ title }} {% block body %}{% endblock %}")
    second = printed(desk, papered)
    assert all(one.again for one in second)
    assert [one.kept for one in second] == [one.kept for one in first]
    assert all(hashlib.sha256(one.kept.content or b"").hexdigest() == one.kept.sha256 for one in first)


def test_a_print_is_an_event_of_the_history(desk: Desk, papered: str) -> None:
    """Who printed what, when, with which hash, stands in the chain."""
    (one,) = printed(desk, papered, "dispatch_slip", private=True)
    event = desk.engine.history(papered)[-1].event
    assert (event.action, event.actor) == ("printed", "omar")
    assert event.printed is not None
    assert event.printed["sha256"] == one.kept.sha256
    assert {name for _, name in event.printed["shows"]} == {"author", "body"}
    assert desk.engine.rebuild(check=True).differences == ()


def test_private_values_are_masked_unless_asked_for(desk: Desk, papered: str) -> None:
    """The masked print and the one with private values are two prints of one paper, each kept."""
    (masked,) = printed(desk, papered, "dispatch_slip")
    (whole,) = printed(desk, papered, "dispatch_slip", private=True)
    assert WHO not in masked.kept.content.decode()
    assert WHO in whole.kept.content.decode()
    assert [printed(desk, papered, "dispatch_slip", private=private)[0].kept for private in (False, True)] == [
        masked.kept,
        whole.kept,
    ]


def test_what_is_erased_is_erased_from_prints_too(desk: Desk, papered: str, any_store: Any) -> None:
    """The content of a print that shows an erased value goes; its hash stays, and nothing is found wrong."""
    (masked,) = printed(desk, papered, "dispatch_slip")
    (whole,) = printed(desk, papered, "dispatch_slip", private=True)
    desk.engine.redact(papered, by="omar", reason="asked for")
    with any_store.begin("qingxi", write=False) as tx:
        kept = {one.seq: one for one in tx.prints(whole.kept.case)}
    assert kept[whole.kept.seq].content is None
    assert kept[whole.kept.seq].sha256 == whole.kept.sha256
    assert kept[masked.kept.seq] == masked.kept
    with pytest.raises(NotAllowed, match="erased"):
        printed(desk, papered, "dispatch_slip", private=True)
    assert printed(desk, papered, "dispatch_slip")[0].kept == masked.kept
    (later,) = printed(desk, papered, "dispatch_slip", "docx", private=True)
    assert "已依法删除" in text_of(later.kept.content)
    assert desk.engine.verify().findings == ()


@pytest.mark.parametrize("any_store", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE cc_prints SET content = :other", "print-changed"),
        ("UPDATE cc_prints SET content = :other, sha256 = :sha256", "print-changed"),
        ("UPDATE cc_prints SET content = NULL", "print-changed"),
        ("UPDATE cc_prints SET format = 'pdf'", "print-changed"),
        ("DELETE FROM cc_prints", "print-lost"),
        ("UPDATE cc_prints SET seq = seq + 100", "print-added"),
    ],
)
def test_an_altered_print_is_found(desk: Desk, papered: str, any_store: Any, damage: str, code: str) -> None:
    """Even one whose hash was altered with it: the event holds the hash."""
    from sqlalchemy import text

    printed(desk, papered, "dispatch_slip")
    other = b"another paper"
    values = {"other": other, "sha256": hashlib.sha256(other).hexdigest()}
    with any_store.engine.begin() as connection:
        connection.execute(text(damage), {key: value for key, value in values.items() if f":{key}" in damage})
    assert code in {finding.kind for finding in desk.engine.verify().findings}


def test_prints_move_with_their_case(desk: Desk, papered: str, reader: Any) -> None:
    """An export carries the prints, and another database gives the same bytes."""
    (one,) = printed(desk, papered, "dispatch_slip", private=True)
    lines = list(desk.engine.export())
    other = Engine(MemoryStore(), reader, office="qingxi", now=lambda: one.kept.printed_at)
    assert other.load(lines).failed == {}
    assert other.verify().findings == ()
    (again,) = printed(Desk(other, desk.folder, OFFICE), papered, "dispatch_slip", private=True)
    assert again.again
    assert again.kept == one.kept
    bent = [line.replace('"content":"', '"content":"AAAA') if '"print"' in line else line for line in lines]
    third = Engine(MemoryStore(), reader, office="qingxi", now=lambda: one.kept.printed_at)
    (why,) = third.load(bent).failed.values()
    assert "print of" in str(why)
    assert "was changed" in str(why)


def test_an_export_without_private_values_has_no_print_that_shows_them(desk: Desk, papered: str) -> None:
    """A print is a copy: it goes where private values may go, and nowhere else."""
    printed(desk, papered, "dispatch_slip", private=True)
    printed(desk, papered, "dispatch_slip")
    found = [line for line in desk.engine.export(private=False) if '"print"' in line]
    assert len(found) == 1


def test_somebody_without_a_role_prints_nothing(desk: Desk, papered: str, township: Any) -> None:
    """Printing is recorded under a role, so there must be one."""
    from caseclock.workflow import Actor

    with pytest.raises(NotAllowed, match="role"):
        desk.print(papered, "dispatch_slip", "html", by=Actor("stranger"), language="zh")


def test_a_paper_that_is_not_there_is_told_with_those_that_are(desk: Desk, papered: str) -> None:
    """The answer names what was issued."""
    with pytest.raises(NotFound, match="no paper") as refused:
        printed(desk, papered, "urging")
    assert "urging_notice" in str(refused.value.hint)


def test_a_subcase_prints_its_own_papers_only(desk: Desk, papered: str) -> None:
    """The slip of the roads station has its urging and supervision, and nothing of the water station."""
    assert [one.document for one in printed(desk, f"{papered}-2")] == ["urging_notice", "supervision_notice"]


def test_a_procedure_without_templates_prints_by_the_general_one(
    township: Any, desk: Desk, township_plain: str
) -> None:
    """Papers of other laws, and of older databases, show their inputs at least."""
    for form, kept in (("html", "因故延期"), ("docx", "因故延期"), ("pdf", None)):
        (one,) = printed(desk, township_plain, "dispatch_slip", form)
        if kept:
            content = one.kept.content
            assert kept in (content.decode() if form == "html" else text_of(content))


PLAIN = """
procedure: plain
version: 1
calendar: cn
numbering: "P{serial}"
opened_by: office
stages: {one: {}}
roles: {office: {}}
states:
  begun: {stage: one, actions: {end: {by: office, to: ended, input: {why: {type: text}}, issues: dispatch_slip}}}
  ended: {stage: one, final: true}
documents: {dispatch_slip: {title: {zh: 通知, en: Notice}, numbering: "N{serial}"}}
"""


@pytest.fixture
def township_plain(township: Any) -> str:
    """A case of a procedure whose paper declares nothing that it shows."""
    township.engine.deploy(PLAIN, file="plain.procedure.yaml")
    case = township.engine.open("plain", {}, by="omar").case.number
    township.do(case, "end", "omar", why="因故延期")
    return str(case)


def text_of(content: bytes) -> str:
    """Return the XML of a Word file's text."""
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


class TestOnOneStore:
    """What does not depend on the store: run on memory alone."""

    @pytest.fixture(params=["memory"])
    def any_store(self) -> MemoryStore:
        """A store in memory."""
        return MemoryStore()

    def test_every_paper_becomes_a_word_file_in_chinese_faces(self, desk: Desk, papered: str) -> None:
        """Word reads the face of Chinese text from w:eastAsia alone; nothing of the template is left over."""
        for one in printed(desk, papered, form="docx", private=True):
            text = text_of(one.kept.content)
            assert 'w:eastAsia="方正小标宋简体"' in text
            assert 'w:eastAsia="黑体"' in text or one.document == "public_reply"
            assert "{{" not in text
            assert "{%" not in text
            assert one.kept.number in text
            styles = zipfile.ZipFile(io.BytesIO(one.kept.content)).read("word/styles.xml").decode()
            assert 'w:eastAsia="仿宋_GB2312"' in styles

    def test_every_paper_becomes_a_pdf_for_the_archive(self, desk: Desk, papered: str) -> None:
        """PDF/A-2b says so in its metadata, and the same paper gives the same bytes."""
        for paper in desk.engine.papers(papered):
            made = [print_paper(paper, "pdf", Templates(), office=OFFICE, language="zh").content for _ in range(2)]
            assert made[0] == made[1]
            assert b"<pdfaid:part>2</pdfaid:part>" in made[0]

    @pytest.mark.parametrize("form", ["html", "docx", "pdf"])
    def test_text_of_people_is_text_and_never_markup(self, desk: Desk, township: Any, form: str) -> None:
        """Neither HTML, nor XML, nor jinja, nor Typst in what somebody has posted does anything."""
        nasty = '<b>&amp; {{ 7 * 7 }} #import "x" $x$ <w:p/> 噪声'
        case = township.open(subject=nasty)
        township.do(case, "report", "olive")
        township.do(case, "dispatch", "lena", instruction=nasty, units=["water"])
        (one,) = printed(desk, case, "dispatch_slip", form)
        if form == "pdf":
            return
        text = one.kept.content.decode() if form == "html" else text_of(one.kept.content)
        assert "&lt;b&gt;&amp;amp; {{ 7 * 7 }}" in text
        assert "噪声" in text

    @pytest.mark.parametrize(
        "text",
        [
            "{{ own.__class__ }}",
            "{{ ''.__class__.__mro__ }}",
            "{{ title.format }}{{ '{0.__class__}'.format(title) }}",
            "{% include '/etc/passwd' %}",
            "{{ nothing_of_this }}",
        ],
    )
    def test_a_template_reaches_nothing_but_what_the_paper_shows(self, desk: Desk, papered: str, text: str) -> None:
        """Templates are programs and may come by mail; a name that is not there is no empty place on a paper."""
        own_template(desk, "dispatch_slip.html", text)
        with pytest.raises(InvalidInput, match=r"dispatch_slip\.html"):
            printed(desk, papered, "dispatch_slip")

    def test_the_shipped_templates_print_only_what_is_shown(self, desk: Desk, papered: str) -> None:
        """`caseclock templates` finds nothing in them."""
        paper = desk.engine.papers(papered)[0]
        assert check_templates(paper.procedure, paper.zone, Templates()) == ()

    def test_an_unknown_name_in_a_template_is_told_with_its_line(self, desk: Desk, papered: str) -> None:
        """In HTML with the line and the nearest name; through loops as well; in Typst by its own words."""
        lines = [
            "{{ own.fields.subject.text }}",
            "{{ own.fields.subjekt.text }}",
            "{% for one in subcases.slip %}{{ one.clocks.unit_reply.du }}{{ loop.index }}{% endfor %}",
        ]
        own_template(desk, "dispatch_slip.html", "\n".join(lines))
        typ = '#import "base.typ": *\n#let d = json(bytes(sys.inputs.d))\n#d.own.fields.subjekt.text'
        own_template(desk, "dispatch_slip.typ", typ)
        _, problems = desk.templates("online_opinion")
        told = [(one.file, one.line, one.message.text()) for one in problems]
        assert told[:2] == [
            ("dispatch_slip.html", 2, "the document does not show subjekt; did you mean subject?"),
            ("dispatch_slip.html", 3, "the document does not show du; did you mean due?"),
        ]
        assert told[2][:2] == ("dispatch_slip.typ", 3)
        assert "subjekt" in told[2][2]

    def test_an_offices_own_template_comes_first(self, desk: Desk, papered: str) -> None:
        """A shipped one is copied, edited, and used for what has not been printed yet."""
        file = desk.copy("dispatch_slip.html")
        file.write_text(file.read_text(encoding="utf-8").replace("网名", "昵称"), encoding="utf-8")
        (one,) = printed(desk, papered, "dispatch_slip")
        assert "昵称" in one.kept.content.decode()
        with pytest.raises(InvalidInput, match="already"):
            desk.copy("dispatch_slip.html")

    def test_the_html_stands_alone(self, desk: Desk, papered: str) -> None:
        """No paper fetches anything from anywhere; official faces come before free ones."""
        for one in printed(desk, papered):
            text = one.kept.content.decode()
            assert not re.search(r"""(src|href)=|url\(|@import|<script""", text)
            assert text.index("方正小标宋简体") < text.index("Noto Serif CJK SC", text.index("方正小标宋简体"))

    def test_prints_are_written_as_files(self, desk: Desk, papered: str, tmp_path: Path) -> None:
        """One to the file named; several to a folder, each by its number."""
        (one,) = desk.write(printed(desk, papered, "dispatch_slip"), tmp_path / "slip.html")
        assert one.file is not None
        assert one.file.read_bytes() == one.kept.content
        files = desk.write(printed(desk, papered), tmp_path / "all")
        assert sorted(path.name for path in (tmp_path / "all").iterdir()) == sorted(
            one.file.name for one in files if one.file
        )
        assert len(files) == 12
