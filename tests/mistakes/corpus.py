"""Every seeded mistake of the corpus, and a table of what becomes of them.

``--each 2`` judges two mistakes of every kind in every definition, and ``--all`` thirty; ``--write`` judges the gate's
sample and writes its figures to ``docs/mistakes.md``. Exits with status 1 where a mistake is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[1]))
    __package__ = "mistakes"
    import mistakes  # noqa: F401

from .anatomy import Mutant, anatomy, shipped_names
from .characters import slips
from .judge import Judgement, Verdict, judge
from .logic import faults
from .rows import displaced
from .spelling import misnamed
from .traps import trapped

GENERATORS = (slips, misnamed, displaced, trapped, faults)
SEED = 6
EACH, IN_DEFINITION, IN_TEST = 3, 66, 14
"""How many mistakes the gate judges of each kind, in each definition, and in each test."""

PAGE = Path(__file__).parents[2] / "docs" / "mistakes.md"
BEGIN, END = "<!-- figures from here -->\n", "<!-- figures to here -->"


def mistakes_in(name: str, each: int, seed: int = SEED) -> Iterator[Mutant]:
    """Yield the mistakes in one shipped definition: ``each`` of every kind, at places that the seed draws."""
    whole = anatomy(name)
    for generator in GENERATORS:
        random = Random(f"{seed} {name} {generator.__name__}")
        yield from (mutant for mutant in generator(whole, random, each) if mutant.text != whole.text)


def sample() -> list[Mutant]:
    """Return the mistakes that the gate judges: of each kind, from every definition, so many as it has time for."""
    return [it for name in shipped_names() for it in _drawn(name)]


def _drawn(name: str) -> list[Mutant]:
    # a test needs its procedure and calendars read with it, which takes five times as long
    number = IN_TEST if name.endswith(".test.yaml") else IN_DEFINITION
    random = Random(f"{SEED} {name}")
    of_kind: dict[str, list[Mutant]] = {}
    for mutant in mistakes_in(name, EACH):
        of_kind.setdefault(mutant.kind, []).append(mutant)
    found = [it for mutants in of_kind.values() for it in random.sample(mutants, min(EACH, len(mutants)))]
    return random.sample(found, min(number, len(found)))


def judged_by(mutants: Iterable[Mutant], jobs: int) -> list[Judgement]:
    """Return the judgement of every mistake."""
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(judge, mutants, chunksize=20))


def table(judged: Iterable[Judgement]) -> str:
    """Return the figures by kind, as a table in Markdown."""
    counts = Counter((one.mutant.kind, one.verdict) for one in judged)
    kinds = sorted({kind for kind, _ in counts})
    shown = [verdict for verdict in Verdict if not verdict.missed]
    lines = [f"| kind of mistake | {' | '.join(shown)} | missed |", f"| --- |{' ---: |' * (len(shown) + 1)}"]
    for kind in [*kinds, "all"]:
        of = {it: n for it, n in counts.items() if kind in (it[0], "all")}
        row = [sum(n for (_, verdict), n in of.items() if verdict is one) for one in shown]
        missed = sum(n for (_, verdict), n in of.items() if verdict.missed)
        lines.append(f"| {kind} | {' | '.join(map(str, row))} | {missed} |")
    return "\n".join(lines)


def with_figures(page: str, judged: Iterable[Judgement]) -> str:
    """Return the page with these figures in it."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{table(judged)}\n{END}{rest.partition(END)[2]}"


def main() -> int:
    """Judge the corpus and print the table and the misses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=2, help="mistakes of each kind in each definition")
    parser.add_argument(
        "--write", action="store_true", help="judge the gate's sample, and write its figures to the page"
    )
    parser.add_argument("--all", action="store_true", help="thirty of each kind")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--kinds", nargs="*", default=(), help="of definitions: procedure calendar roster test")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    each = 30 if given.all else given.each
    mutants = (
        sample()
        if given.write
        else [it for name in shipped_names(*given.kinds) for it in mistakes_in(name, each, given.seed)]
    )
    judged = judged_by(mutants, given.jobs)
    if given.write:
        PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), judged), encoding="utf-8")
    sys.stdout.write(table(judged) + "\n")
    missed = [one for one in judged if one.verdict.missed]
    for one in missed:
        told = "\n    ".join(one.told[:4])
        sys.stdout.write(f"\n{one.mutant.file}:{one.mutant.what} ({one.mutant.kind}) {one.verdict}\n    {told}\n")
    sys.stdout.write(f"\n{len(judged)} mistakes, {len(missed)} missed\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
