"""Where a text that is no YAML is probably wrong: the parser stumbles later, often at the end of the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ..workflow.messages import Message, say

Found = tuple[int, int, Message]
"""Line and column, from 0, and what to say."""

_SEEMINGLY_SPACE = {"\u00a0": "00A0", "\u2007": "2007", "\u202f": "202F"}
_WORD = re.compile(r"\s*([A-Za-z_][\w.-]*)\s*")
INVISIBLE = re.compile("[\u0085\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
"""What nobody sees, and what breaks lines for some and not for others or makes a text show what it does not say."""

_OPENING = re.compile(r"(?:^\s*|[\[{,]\s*|(?:^|\s)-\s+|:\s+)([\"'])")
_CLOSED_BY = re.compile(r"\s*(?:$|[,\]}:]|\s#)")
_COMMENT = re.compile(r"(?:^|\s)#")
_NO_COLON = re.compile(
    r"\s*(?:- )?(?:(?P<bare>[\w.-]*\w)(?:\s+[{\[\"']|\s+:\S)|(?P<colon>\w[\w.-]*:)(?:[{\[\"']|[^\s:]+\s*$))"
)


def probable_cause(lines: Sequence[str], stumbled: Sequence[int], *, misfit: bool) -> Found | None:
    """Return where the mistake probably is, and what it is; None where nothing speaks for another place.

    Args:
        lines: of the whole file.
        stumbled: from 0: the lines that the parser names, the one where it stopped last.
        misfit: the parser stopped at a line whose indentation fits no line before it.
    """
    last = min(stumbled[-1], len(lines) - 1)
    return (
        _quote_left_open(lines, last)
        or _seeming_space(lines, stumbled, last)
        or _without_colon(lines, stumbled)
        or _alone(lines, last)
        or (_displaced(lines, last) if misfit else None)
    )


def _quote_left_open(lines: Sequence[str], last: int) -> Found | None:
    """The first quote up to the line ``last`` that is not closed on its line, nor well on a later one."""
    number = column = 0
    while number <= last and number < len(lines):
        found = _OPENING.search(lines[number], column)
        comment = _COMMENT.search(lines[number], column)
        if found is None or (comment and comment.start() < found.start()):
            number, column = number + 1, 0
            continue
        end = _closing(lines, number, found.end(), found[1])
        if end is None or (end[0] > number and not _CLOSED_BY.match(lines[end[0]], end[1])):
            message = say("the text in quotes that begins here is not closed with {quote}", quote=found[1])
            return number, found.start(1), message
        number, column = end
    return None


def _closing(lines: Sequence[str], number: int, column: int, quote: str) -> tuple[int, int] | None:
    """Where the text in quotes ends that begins there: the line, and the column after the quote."""
    inside = re.compile(r"\\.|\"" if quote == '"' else r"''|'")
    while number < len(lines):
        for found in inside.finditer(lines[number], column):
            if found[0] == quote:
                return number, found.end()
        number, column = number + 1, 0
    return None


def _seeming_space(lines: Sequence[str], stumbled: Sequence[int], last: int) -> Found | None:
    """The first sign that is no space, though it looks like one: in a margin, or on a line that the parser names."""
    for number, line in enumerate(lines[: last + 1]):
        searched = line if number in stumbled else line[: _margin(line)]
        for column, sign in enumerate(searched):
            if sign in _SEEMINGLY_SPACE:
                code = _SEEMINGLY_SPACE[sign]
                return number, column, say("U+{code} looks like a space and is none in YAML; type a space", code=code)
    return None


def _without_colon(lines: Sequence[str], stumbled: Sequence[int]) -> Found | None:
    """The first line that the parser names whose key lacks its colon, or the space behind it."""
    for number in stumbled:
        found = _NO_COLON.match(lines[number]) if number < len(lines) else None
        if found and found["colon"]:
            return number, found.end("colon"), say("expected a space after {key}", key=found["colon"])
        if found:
            return number, found.end("bare"), say("expected a colon and a space after {key}", key=found["bare"])
    return None


def _alone(lines: Sequence[str], last: int) -> Found | None:
    """A single word on one of the last two lines that stands alone, as a key without its colon, with more below it."""
    content = [number for number, line in enumerate(lines) if _has_content(line)]
    pairs = [(number, below) for number, below in pairwise(content) if number <= last]
    for number, below in reversed(pairs[-2:]):
        found = _WORD.fullmatch(lines[number])
        if found and _margin(lines[below]) > _margin(lines[number]):
            return number, found.end(1), say("expected a colon after {key}", key=found[1])
    return None


def _displaced(lines: Sequence[str], last: int) -> Found | None:
    """The line that stands too far left, or right, so that the line ``last`` fits nowhere."""
    margin = _margin(lines[last])
    before = [number for number in range(last) if _has_content(lines[number])]
    if before and _margin(lines[before[-1]]) < margin:
        return last, margin, say("this line stands too far right; the line above it has a value already")
    others = (_margin(line) for number, line in enumerate(lines) if number != last and _has_content(line))
    if margin % min((one for one in others if one), default=1):
        return last, margin, say("no other line is indented by {count} space(s)", count=margin)
    above = next((number for number in reversed(before) if _margin(lines[number]) < margin), None)
    if above is None or margin in _open_margins(lines, before, last):
        return None
    if margin in _open_margins(lines, before, above):
        message = say("this line stands too far left; line {line} no longer fits", line=last + 1)
        return above, _margin(lines[above]), message
    below = next((number for number in before if number > above), None)
    if below is None:
        return None
    message = say("this line stands too far right; line {line} no longer fits", line=last + 1)
    return below, _margin(lines[below]), message


def _open_margins(lines: Sequence[str], before: Sequence[int], upto: int) -> list[int]:
    """The margins of what is open just before a line."""
    still: list[int] = []
    for number in before:
        if number == upto:
            break
        margin = _margin(lines[number])
        still = [one for one in still if one < margin] + [margin]
        if lines[number].lstrip().startswith("- "):
            still.append(margin + 2)
    return still


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _has_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
