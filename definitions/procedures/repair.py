"""A file with mistakes in its shape, repaired as its author probably will, so that one run reports the rest too."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from ...workflow.errors import Problem
from ..yaml_reader import part, written

_BOOLEANS = {"yes": True, "on": True, "是": True, "no": False, "off": False, "否": False}


def repaired(data: Any, problems: Iterable[Problem]) -> Any:
    """Return a copy of ``data`` with every mistake undone that has an obvious cure; the others stay as they are.

    A misspelt key or word becomes the nearest valid one, an unknown key is left out, a missing language is copied from
    the other, and a bad length becomes some length.
    """
    data = copy.deepcopy(data)
    for problem in problems:
        _repair(data, problem)
    return data


def beside(problem: Problem, repaired: Iterable[Problem]) -> bool:
    """Return whether a problem stands where nothing was repaired, so that it cannot come from the repair."""
    return not any(problem.path[: len(other.path)] == other.path for other in repaired if other.code != "unknown-key")


def _repair(data: Any, problem: Problem) -> None:
    path = written(data, problem.path)
    if not path:
        return
    parent, last = part(data, path[:-1]), path[-1]
    near = problem.message.values.get("near")
    match problem.code, parent[last]:
        case "unknown-key", value:
            del parent[last]
            if near is not None:
                parent.setdefault(near, value)
        case "unknown-word", _ if near is not None:
            parent[last] = near
        case "bad-period", _:
            parent[last] = "1 day"
        case "missing-key", {**texts} if texts.keys() < {"zh", "en"}:
            text = next(iter(texts.values()), "")
            parent[last] = {"zh": text, "en": text}
        case "wrong-type", str(word) if word in _BOOLEANS:
            parent[last] = _BOOLEANS[word]
