"""The page on versions goes as it is told."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any


def meets(shown: str, output: str) -> bool:
    """Return whether an output is as shown; ``...`` stands for anything, blanks at the ends of lines for nothing."""
    lines = ["\n".join(line.rstrip() for line in text.strip().splitlines()) for text in (shown, output)]
    pattern = ".*".join(map(re.escape, lines[0].split("...")))
    return re.fullmatch(pattern, lines[1], re.DOTALL) is not None


def test_what_the_page_shows_is_what_happens(page: Any, walkthrough: Any) -> None:
    commands = list(walkthrough.carry_out(page("versions")))
    assert len(commands) >= 10
    for command, shown, output in commands:
        assert meets(shown, output), f"{command}\n{output}"


def test_its_python_prints_what_stands_below_it(page: Any) -> None:
    ((source, shown),) = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", page("versions").text, re.DOTALL)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "page", "exec"), {"__name__": "page"})
    assert out.getvalue() == shown
