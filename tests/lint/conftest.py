"""A smallest procedure and a calendar of two years, from which each test makes the one fault it is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caseclock.definitions.checking import check_everything
from caseclock.workflow.errors import Problem

CALENDAR = """\
calendar: days
title: Two years
zone: Asia/Shanghai
base: CN
years: 2026..2027
official_through: 2026-12-31
rest_days: [saturday, sunday]
"""

PERMIT = """\
procedure: permit
version: 1
calendar: days
opened_by: clerk
stages: {decision: {}}
roles: {clerk: {}, head: {}}
fields:
  urgent: {type: flag}
  kind: {type: choice, required: true, choices: [house, shed]}
  size: {type: integer}
clocks:
  answer: {limit: 10 working days, stops: decide, ladder: {2 working days before: remind}}
states:
  received: {stage: decision, actions: {decide: {by: head, to: decided, input: {text: {type: text, required: true}}}}}
  decided:  {stage: decision, final: true}
actions:
  remind: {in: open, by: system}
"""

Found = Callable[..., list[Problem]]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """What is found in a procedure that lies in a folder with the calendar and, where it is given, a roster."""

    def check(text: str, roster: str | None = None) -> list[Problem]:
        (tmp_path / "days.calendar.yaml").write_text(CALENDAR, encoding="utf-8")
        if roster is not None:
            (tmp_path / "town.roster.yaml").write_text(roster, encoding="utf-8")
        file = tmp_path / "permit.procedure.yaml"
        file.write_text(text, encoding="utf-8")
        return list(check_everything([file]).problems)

    return check


def changed(*changes: tuple[str, str]) -> str:
    """Return the smallest procedure with each ``old`` replaced by its ``new``; every one must be there."""
    text = PERMIT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def place(text: str, at: str) -> tuple[int, int]:
    """Return the line and column, counted from 1, where ``at`` stands in a text."""
    index = text.index(at)
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
