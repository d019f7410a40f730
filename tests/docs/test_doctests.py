"""The examples in the docstrings of every module hold."""

from __future__ import annotations

import doctest
import importlib
from types import ModuleType


def test_the_examples_in_docstrings_hold(generate: ModuleType) -> None:
    results = [doctest.testmod(importlib.import_module(name)) for name in generate.modules()]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) > 20
