"""A small valid definition, and how to break it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow.errors import DefinitionInvalid, Problem

Break = Callable[..., list[Problem]]


@pytest.fixture
def problems() -> Callable[[str], list[Problem]]:
    """Return the problems of a text."""

    def report(text: str) -> list[Problem]:
        try:
            YamlReader().compile(text, file="p.yaml")
        except DefinitionInvalid as error:
            return list(error.problems)
        return []

    return report


@pytest.fixture
def broken(problems: Callable[[str], list[Problem]]) -> Break:
    """Return the problems of a shipped definition after one change to its text."""

    def report(old: str, new: str, name: str = "online_opinion.procedure.yaml") -> list[Problem]:
        text = shipped(name)
        assert text.count(old) >= 1, old
        return problems(text.replace(old, new, 1))

    return report
