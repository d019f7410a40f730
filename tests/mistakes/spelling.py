"""Names that are misspelt where they are declared or where they are used, and names that are valid but wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

from .anatomy import Anatomy, Mutant, Part


def misnamed(whole: Anatomy, random: Random, each: int) -> Iterator[Mutant]:
    """Yield ``each`` names misspelt at their declaration, at a use, and taken for another one of the file."""
    words = [part for part in whole.scalars() if _is_name(whole, part)]
    seen = Counter(part.scalar for part in words)
    keys = [part for part in words if part.on_key]
    uses = [part for part in words if not part.on_key]
    for part in random.sample(keys, min(each, len(keys))):
        yield whole.mutant("a key misspelt", part.begin, part.end, _misspelt(part.scalar or "", random))
    for part in random.sample(uses, min(each, len(uses))):
        yield whole.mutant("a word misspelt", part.begin, part.end, _misspelt(part.scalar or "", random))
    others = sorted(str(word) for word, times in seen.items() if times > 1) or [str(word) for word in seen]
    for part in random.sample(uses, min(each, len(uses))):
        other = random.choice(others)
        if other != part.scalar:
            yield whole.mutant("another word of the file", part.begin, part.end, other)
    declared = [part for part in keys if seen[part.scalar] > 1 and len(part.path) in (2, 4)]
    for part in random.sample(declared, min(each, len(declared))):
        other = random.choice(others)
        if other != part.scalar:
            yield whole.mutant("a declaration under another name", part.begin, part.end, other)


def _is_name(whole: Anatomy, part: Part) -> bool:
    word = part.scalar or ""
    return len(word) > 2 and word.isidentifier() and word.isascii() and whole.text[part.begin : part.end] == word


def _misspelt(word: str, random: Random) -> str:
    place = random.randrange(1, len(word) - 1)
    return random.choice((word[:place] + word[place + 1 :], word[:place] + word[place] + word[place:], word + "s"))
