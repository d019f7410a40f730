"""The shipped laws: each is valid, does what its owner's test says, and is due on the days that the law gives."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.rehearsals.reader import read_rehearsal
from caseclock.storage import MemoryStore
from caseclock.workflow import Actor, Engine
from caseclock.workflow.calendars import Calendar
from caseclock.workflow.rehearsal.rehearsing import rehearse

LAWS = {
    "uk_foi": "uk",
    "eu_gdpr": "ie",
    "fr_building_permit": "fr",
    "cn_open_information": "cn",
    "cn_petition": "cn",
}
FACTS: dict[str, dict[str, Any]] = {
    "uk_foi": {"request": "Minutes", "requester": "R"},
    "eu_gdpr": {"right": "access", "subject": "D"},
    "fr_building_permit": {"kind": "other", "applicant": "A"},
    "cn_open_information": {"wanted": "预算", "applicant": "甲", "channel": "in_person"},
    "cn_petition": {"matter": "房屋漏水", "petitioner": "乙"},
}
EVERYBODY = frozenset(
    {
        *("officer", "decider", "handler", "controller", "town_hall", "examiner"),
        *("clerk", "head", "registrar", "organ", "organ_head"),
    }
)

# Regulation, section 9. One row: law, the field of the start, its day, what is done then, the clock, its last day.
ROUTED = (("route", {"handled_by": "housing"}), ("accept", {}))
MORE_TIME = {
    "eu_gdpr": (("extend", {"ground": "number", "reasons_told": "Many"}),),
    "fr_building_permit": (("announce_longer", {"longer_because": "Near a monument"}),),
    "cn_open_information": (
        ("ask_extension", {"extension_reason": "档案分散"}),
        ("approve_extension", {"extra_days": 20, "extension_told": "延期"}),
    ),
    "cn_petition": (
        *ROUTED,
        ("ask_extension", {"complexity": "须鉴定"}),
        ("approve_extension", {"extra_days": 30, "reason_told": "须鉴定"}),
    ),
}
VECTORS: list[tuple[str, str, str, tuple[tuple[str, dict[str, Any]], ...], str, str]] = [
    ("uk_foi", "received_at", "2026-03-13", (), "compliance", "2026-04-15"),
    ("eu_gdpr", "received_at", "2026-01-31", (), "answer", "2026-03-02"),
    ("eu_gdpr", "received_at", "2026-01-31", MORE_TIME["eu_gdpr"], "answer", "2026-04-30"),
    ("fr_building_permit", "filed_at", "2026-03-10", (), "completeness", "2026-04-10"),
    ("fr_building_permit", "filed_at", "2026-03-10", (), "instruction", "2026-06-10"),
    ("fr_building_permit", "filed_at", "2026-03-10", MORE_TIME["fr_building_permit"], "instruction", "2026-07-10"),
    ("cn_open_information", "received_at", "2026-09-10", (), "answer", "2026-10-14"),
    ("cn_open_information", "received_at", "2026-09-10", MORE_TIME["cn_open_information"], "answer", "2026-11-11"),
    ("cn_petition", "received_at", "2026-08-03", ROUTED, "conclusion", "2026-10-08"),
    ("cn_petition", "received_at", "2026-08-03", MORE_TIME["cn_petition"], "conclusion", "2026-11-02"),
    ("cn_petition", "received_at", "2023-10-01", ROUTED, "conclusion", "2023-11-30"),
]


class Office:
    """An office that works by one law, at one instant."""

    def __init__(self, reader: YamlReader, law: str, calendar: str, now: datetime) -> None:
        self.law = law
        self.engine = Engine(MemoryStore(), reader, office="o", now=lambda: now)
        self.engine.deploy(shipped(f"{calendar}.calendar.yaml"), file=f"{calendar}.calendar.yaml")
        self.engine.deploy(shipped(f"{law}.procedure.yaml"), file=f"{law}.procedure.yaml")

    def due_day(self, calendar: Calendar, clock: str, start: dict[str, datetime], done: Any) -> date:
        """Open a case, do what is done at once, and return the day with whose end ``clock`` is due."""
        case = self.engine.open(self.law, {**FACTS[self.law], **start}, by=Actor("a", EVERYBODY)).case.number
        for index, (action, data) in enumerate(done):
            self.engine.fire(case, action, data=data, by=Actor(f"b{index}", EVERYBODY))
        return calendar.day_up_to(self.engine.why(case, clock)[0].due_at)


def calendar_of(reader: YamlReader, name: str) -> Calendar:
    return reader.calendar(reader.compile(shipped(f"{name}.calendar.yaml"), file=f"{name}.calendar.yaml").compiled)


@pytest.mark.parametrize(
    "vector", VECTORS, ids=[f"{vector[0]}-{vector[2]}-{vector[4]}-{vector[5]}" for vector in VECTORS]
)
def test_the_dues_that_the_laws_give(reader: YamlReader, vector: Any) -> None:
    law, field, day, done, clock, expected = vector
    calendar = calendar_of(reader, LAWS[law])
    now = calendar.at(date.fromisoformat(day), time(10))
    found = Office(reader, law, LAWS[law], now).due_day(calendar, clock, {field: now}, done)
    assert found.isoformat() == expected


def test_a_day_that_is_free_in_one_part_of_the_kingdom_is_free_in_all(reader: YamlReader) -> None:
    """Section 10(6): St Patrick's Day is a bank holiday in Northern Ireland alone; England would be a day early."""
    calendars = {name: calendar_of(reader, name) for name in ("uk", "england")}
    days = {name: calendar.working_day_after(date(2026, 3, 13), 20) for name, calendar in calendars.items()}
    assert days == {"uk": date(2026, 4, 15), "england": date(2026, 4, 14)}


@pytest.mark.parametrize("law", LAWS)
def test_a_law_is_valid_and_speaks_both_languages(reader: YamlReader, law: str) -> None:
    compiled = reader.compile(shipped(f"{law}.procedure.yaml"), file=f"{law}.procedure.yaml")
    assert (compiled.name, compiled.warnings) == (law, ())
    procedure = reader.procedure(compiled.compiled)
    titled = [
        procedure,
        *procedure.stages.values(),
        *procedure.roles.values(),
        *procedure.documents.values(),
        *procedure.case.fields.values(),
        *procedure.case.clocks.values(),
        *procedure.case.states.values(),
        *procedure.case.actions.values(),
    ]
    for part in titled:
        assert part.title.zh != part.title.en, part
    assert procedure.basis is not None
    assert all(clock.basis for clock in procedure.case.clocks.values())
    assert procedure.readings


@pytest.mark.parametrize("law", LAWS)
def test_what_its_owner_expects_of_a_law_is_so(reader: YamlReader, law: str) -> None:
    """They reach everything, save that what expires is never late, and what starts a clock may also restart it."""
    test = read_rehearsal(shipped(f"{law}.test.yaml"), f"{law}.test.yaml")
    found = rehearse(test, reader, MemoryStore)
    assert [str(finding) for finding in found.findings] == []
    assert [found.coverage.missing(part) for part in ("states", "actions")] == [(), ()]
    clocks = test.procedure.case.clocks
    for feature in found.coverage.missing("clocks"):
        clock = clocks[feature.name]
        assert (feature.aspect == "late" and clock.expires) or feature.detail in clock.restarts, feature
    assert all(scene.title.zh != scene.title.en for scene in test.scenes if scene.title != test.title)
