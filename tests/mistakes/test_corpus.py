"""No seeded mistake is missed: it is found at the right place, shown by `diff`, or no mistake at all."""

from __future__ import annotations

from .corpus import PAGE, sample, with_figures
from .judge import Verdict, judge


def test_no_mistake_of_the_sample_is_missed_and_the_page_tells_the_figures() -> None:
    judged = [judge(mutant) for mutant in sample()]
    missed = [f"{it.mutant.file}:{it.mutant.what}: {it.verdict}: {it.told[:2]}" for it in judged if it.verdict.missed]
    assert missed == []
    assert len(judged) > 1000
    assert {Verdict.ON_IT, Verdict.ON_A_NAME, Verdict.ABOVE, Verdict.SHOWN, Verdict.EQUAL} <= {
        it.verdict for it in judged
    }
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_figures(page, judged), "run: python tests/mistakes/corpus.py --write"
