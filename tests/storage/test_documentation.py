"""The examples in the documentation of `storage` are true."""

from __future__ import annotations

import doctest

import pytest

from caseclock.storage import columns, reference


@pytest.mark.parametrize("module", [columns, reference])
def test_examples_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0
