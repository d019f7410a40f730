"""What is worth a look in a valid calendar file: gaps in its sources, and entries that say nothing."""

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.calendars.review import review_calendars
from caseclock.workflow.errors import DefinitionInvalid, NotFound

HEAD = """\
calendar: demo
title: Demo
zone: Europe/London
base: GB-ENG
years: 2024..2028
official_through: 2026-12-31
"""
SOURCED = HEAD + "issuer: Holidays Act\n"


def findings(text, tmp_path, name="demo.calendar.yaml"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    found = YamlReader().findings(text, file=str(file))
    return [(finding.code, finding.line, finding.column) for finding in found], "".join(
        finding.text() for finding in found
    )


def test_years_that_are_official_without_a_notice_are_told_together(tmp_path):
    notices = "notices:\n  2025: {number: 7, published: 2024-11-01}\n"
    found, text = findings(HEAD + notices, tmp_path)
    assert found == [("no-notice", 7, 1)]
    assert "for 2024, 2026; give it, or name a law as issuer without notices [" in text


def test_days_that_stand_by_law_need_no_notices_and_neither_does_a_calendar_without_holidays(tmp_path):
    """Whether the law is named as issuer or not."""
    assert findings(SOURCED, tmp_path)[0] == []
    assert findings(HEAD, tmp_path)[0] == []
    assert findings(HEAD.replace("GB-ENG", "none"), tmp_path)[0] == []


def test_a_notice_without_number_or_date_is_told_at_its_year(tmp_path):
    notices = "notices:\n  2024: {published: 2023-11-01}\n  2025: {number: 7}\n  2026: {amended: 2026-03-01}\n"
    found, text = findings(HEAD + notices, tmp_path)
    assert found == [("incomplete-notice", line, 3) for line in (8, 9, 10)]
    assert "2026" in text


def test_entries_that_change_nothing_are_told_and_others_are_not(tmp_path):
    days = (
        "days:\n"
        "  2026-12-25: {off: Christmas}\n"
        "  2026-12-26..2026-12-28: {off: Christmas}\n"
        "  2026-11-16: {work: As ever}\n"
        "  2026-12-24..2026-12-25: {off: Christmas}\n"
        "  2026-12-23: {hours: 09:00..12:00}\n"
        "  2026-12-22: {work: Half day, hours: 09:00..12:00}\n"
    )
    assert findings(SOURCED + days, tmp_path)[0] == [("changes-nothing", line, 3) for line in (9, 10, 11)]


def test_an_entry_is_measured_by_what_lies_under_it(tmp_path):
    """The second entry changes what the first one made."""
    days = "days:\n  2026-11-16..2026-11-20: {off: Fair}\n  2026-11-18: {work: Sitting, source: Order 1}\n"
    assert findings(SOURCED + days, tmp_path)[0] == []
    season = "closed_seasons: {autumn: {from: 11-16, to: 11-20}}\n"
    assert findings(SOURCED + season + "days:\n  2026-11-18: {off: Autumn}\n", tmp_path)[0] == [
        ("changes-nothing", 10, 3)
    ]


def test_make_up_days_need_a_source_or_the_notice_of_their_year(tmp_path):
    days = "days:\n  2026-11-21: {work: Make-up day}\n  2026-11-22: {work: Make-up day, source: Order 1}\n"
    bare = HEAD.replace("GB-ENG", "none")
    assert findings(bare + days, tmp_path)[0] == [("work-without-source", 8, 3)]
    notices = "notices:\n  2026: {number: 7, published: 2025-11-01}\n"
    assert ("work-without-source", 10, 3) not in findings(bare + notices + days, tmp_path)[0]


def test_a_calendar_that_extends_another_needs_notices_only_for_what_it_adds(tmp_path):
    (tmp_path / "demo.calendar.yaml").write_text(HEAD, encoding="utf-8")
    county = "calendar: county\ntitle: County\nextends: demo\n"
    assert findings(county, tmp_path, "county.calendar.yaml")[0] == []
    found, text = findings(county + "official_through: 2027-12-31\n", tmp_path, "county.calendar.yaml")
    assert found == [("no-notice", 4, 1)]
    assert "2027" in text


def test_a_broken_calendar_has_problems_instead_of_findings_and_other_kinds_have_none():
    with pytest.raises(DefinitionInvalid, match="Europe/London"):
        YamlReader().findings(HEAD.replace("Europe/London", "Europe/Lundon"), file="demo.calendar.yaml")
    assert YamlReader().findings(shipped("inquiry.procedure.yaml"), file="inquiry.procedure.yaml") == ()


def test_a_review_tells_problems_and_findings_of_all_files(tmp_path):
    texts = {
        "good.calendar.yaml": HEAD + "notices: {2026: {number: 7, published: 2025-11-01}}\n",
        "bad.calendar.yaml": HEAD.replace("GB-ENG", "XX"),
        "other.procedure.yaml": shipped("inquiry.procedure.yaml"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    review = review_calendars(tmp_path / name for name in texts)
    assert [problem.code for problem in review.problems] == ["unknown-country", "unknown-kind"]
    assert [finding.code for finding in review.findings] == ["no-notice"]
    assert list(review.valid) == [str(tmp_path / "good.calendar.yaml")]
    with pytest.raises(NotFound):
        review_calendars([tmp_path / "none.calendar.yaml"])
