"""The examples in the docstrings of the readers hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import caseclock.definitions

MODULES = [module.name for module in pkgutil.iter_modules(caseclock.definitions.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"caseclock.definitions.{name}")).failed == 0
