"""What YAML takes otherwise than people mean it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .anatomy import Anatomy, Mutant

VALUES = (
    "on", "off", "yes", "no", "Yes", "null", "~", "true", "12:30", "010", "0x1F", "1e3", "1_000", ".inf", "2026-11-16",
    "a text: with a colon", "a text #with a hash", "a text # and a comment", "'it's", '"unclosed', "@at", "`tick`",
    "%percent", "&anchor x", "*alias", "!!str x", "!python/object:os.system x", "|", ">", "{}", "[]", "- x", "? x", "",
    "<<",
)  # fmt: skip
LINES = ("<<: *base\n", "&x y: 1\n", "---\n", "...\n", "%YAML 1.1\n", "? a\n", "key\n", "\t\n", "- item\n", "'\n")


def trapped(whole: Anatomy, random: Random, each: int) -> Iterator[Mutant]:
    """Yield ``each`` times every odd value in place of a value, and every odd line before a line."""
    values = [part for part in whole.scalars(keys=False) if part.end > part.begin]
    lines = list(whole.lines())
    for value in VALUES:
        for part in random.sample(values, min(each, len(values))):
            if whole.text[part.begin : part.end] != value:
                yield whole.mutant("an odd value", part.begin, part.end, value)
    for line in LINES:
        for begin, _, content in random.sample(lines, min(each, len(lines))):
            margin = " " * (whole.text.index(content, begin) - begin)
            yield whole.mutant("an odd line", begin, begin, margin + line)
    for sign in "\0\x07\x7f\ufeff\u2028\u200b\u0085":
        for part in random.sample(values, min(each, len(values))):
            yield whole.mutant("a sign that nobody sees", part.begin, part.begin, sign)
