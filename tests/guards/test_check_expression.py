"""Expressions are checked against the procedure before any case exists."""

from __future__ import annotations

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow.checks.expressions import INTEGER, Scope, Typed, check_expression
from caseclock.workflow.model import FieldType

PROCEDURE = YamlReader().procedure(
    YamlReader().compile(shipped("online_opinion.procedure.yaml"), file="p.yaml").compiled
)
CASE = Scope(PROCEDURE, "case")
SLIP = Scope(PROCEDURE, "slip")


def found(source: str, scope: Scope = CASE, **expects: Typed) -> list[tuple[str, int]]:
    return [(code, offset) for code, offset, _ in check_expression(source, scope, **expects)]


@pytest.mark.parametrize(
    "source",
    [
        "urgent",
        "outcome == 'deferred'",
        "outcome in ['deferred', 'resolved']",
        "promised_on > '2026-01-01'",
        "posted_at < found_at",
        "lead in units and subject_unit == lead",
        "doer(open) == actor",
        "len(subject) > 3 and 'x' in subject",
        "units == []",
        "lead_in(slip, answered)",
        "case.urgent",
    ],
)
def test_what_fits_passes(source: str) -> None:
    assert found(source) == []


@pytest.mark.parametrize(
    ("source", "code", "offset"),
    [
        ("urgnt", "unknown-name", 0),
        ("urgent and outcom == 'deferred'", "unknown-name", 11),
        ("case.nothing == 1", "unknown-name", 0),
        ("given(led)", "unknown-name", 6),
        ("is_lead", "unknown-name", 0),
        ("times(dispach) == 1", "unknown-action", 6),
        ("not overdue(public_replay)", "unknown-clock", 12),
        ("lead_in(slipp, answered)", "unknown-subcase", 8),
        ("lead_in(slip, anwered)", "unknown-state", 14),
        ("outcome == 'defered'", "unknown-choice", 11),
        ("outcome in ['deferred', 'x']", "unknown-choice", 24),
        ("len(urgent) == 1", "wrong-type", 4),
        ("subject == 1", "wrong-type", 0),
        ("subject < body", "wrong-type", 0),
        ("promised_on == 'tomorrow'", "wrong-type", 0),
        ("posted_at > '2026-01-01'", "wrong-type", 0),
        ("lead in subject_unit", "wrong-type", 0),
        ("lead", "wrong-type", 0),
        ("urgent or lead", "wrong-type", 10),
        ("not subject", "wrong-type", 4),
        ("len(units)", "wrong-type", 0),
        ("urgent if subject else urgent", "wrong-type", 10),
        ("can_lead(subject)", "wrong-type", 9),
        ("units[0]", "bad-expression", 0),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(source: str, code: str, offset: int) -> None:
    assert found(source) == [(code, offset)]


def test_a_subcase_has_its_own_names_and_its_parents_with_a_prefix() -> None:
    assert found("case.urgent and is_lead and overdue(case.public_reply) and overdue(unit_reply)", SLIP) == []
    assert found("urgent", SLIP) == [("unknown-name", 0)]
    assert found("overdue(public_reply)", SLIP) == [("unknown-clock", 8)]


def test_a_computed_field_takes_values_of_its_type_only() -> None:
    assert found("len(units)", expects=INTEGER) == []
    assert found("subject", expects=INTEGER) == [("wrong-type", 0)]
    assert found("lead if urgent else subject_unit", expects=Typed(FieldType.UNIT)) == []
    assert found("lead if urgent else 1", expects=Typed(FieldType.UNIT)) == [("wrong-type", 20)]
    assert found("''", expects=Typed(FieldType.TEXT)) == []


def test_the_nearest_name_is_suggested() -> None:
    (_, _, message) = next(iter(check_expression("outcom == 'deferred'", CASE)))
    assert str(message) == "no name outcom; did you mean outcome?"
