"""Lines that are dropped, doubled, or stand a level too deep or too shallow."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .anatomy import Anatomy, Mutant


def displaced(whole: Anatomy, random: Random, each: int) -> Iterator[Mutant]:
    """Yield ``each`` mistakes of every kind, or one for every line where ``each`` is as large."""
    lines = list(whole.lines())
    for begin, end, _ in _drawn(lines, random, each):
        yield whole.mutant("a line dropped", begin, end, "")
    for begin, end, _ in _drawn(lines, random, each):
        yield whole.mutant("a line doubled", end, end, whole.text[begin:end])
    for begin, end, _ in _drawn(lines, random, each):
        line = whole.text[begin:end]
        yield whole.mutant("a line a level too deep", begin, end, f"  {line}")
    indented = [line for line in lines if whole.text.startswith("  ", line[0])]
    for begin, end, _ in _drawn(indented, random, each):
        yield whole.mutant("a line a level too shallow", begin, end, whole.text[begin + 2 : end])


def _drawn(lines: list[tuple[int, int, str]], random: Random, each: int) -> list[tuple[int, int, str]]:
    return random.sample(lines, min(each, len(lines)))
