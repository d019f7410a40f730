"""When facts are entered, and in which order, changes nothing in law: only when they happened does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from caseclock.workflow import Refusal


class Fact(NamedTuple):
    """What happened: an action of somebody, so many hours after the case was opened."""

    hours: int
    action: str
    by: str


WHO = {"ask_papers": "clerk", "papers_came": "clerk", "extend": "head", "demand_fee": "clerk", "pay": "clerk"}
WHO |= {"note": "clerk", "grant": "head", "refuse": "head", "issue": "clerk", "consult": "clerk", "give": "expert"}
DATA = {"refuse": {"ground": "Too high"}, "consult": {"experts": ["water"]}}
OF_SUBCASE = ("give",)
MOVING = ("grant", "refuse", "issue")
STAYING = tuple(action for action in WHO if action not in (*MOVING, "consult"))


def facts_of(actions: Sequence[str], most: int) -> st.SearchStrategy[list[Fact]]:
    fact = st.builds(
        lambda hours, action: Fact(hours, action, WHO[action]), st.integers(1, 600), st.sampled_from(actions)
    )
    return st.lists(fact, max_size=most, unique_by=lambda fact: fact.hours)


def enter(permits: Any, case: str, fact: Fact, *, ticking: bool) -> bool:
    """Enter a fact at the present time; return whether it was accepted."""
    start = permits.engine.case(case).case.opened_at
    target = f"{case}-1" if fact.action in OF_SUBCASE else case
    try:
        permits.do(
            target, fact.action, fact.by, moment=start + timedelta(hours=fact.hours), **DATA.get(fact.action, {})
        )
    except Refusal:
        return False
    finally:
        if ticking:
            permits.tick()
    return True


def outcome(permits: Any, case: str) -> Any:
    """Return where a family stands in law: its states, its dues, and what people did and what moved it when."""
    view = permits.engine.case(case)
    members = [view, *view.subcases]
    states = [(member.case.state, member.case.since, member.case.closed_at) for member in members]
    clocks = [clock.status for member in members for clock in member.clocks]
    dues = [(status.clock.name, status.due_at, status.over_at) for status in clocks]
    live = [entry.event for entry in permits.engine.history(case) if not entry.overtaken]
    told = (event for event in live if event.action != "revised" and (event.moves or not event.rung))
    return states, dues, sorted((event.effective_at, event.action) for event in told)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    staying=facts_of(STAYING, 4),
    moving=facts_of(MOVING, 1),
    consulting=facts_of(["consult"], 1),
    chance=st.randoms(use_true_random=False),
)
def test_the_order_of_entry_does_not_matter(
    permits: Any, staying: Any, moving: Any, consulting: Any, chance: Any
) -> None:
    """Once each fact promptly, as it happens; once all of them afterwards in any order, with ticks in between.

    What was refused when it happened is no fact; an order in which something is refused is not compared.
    """
    facts = sorted([*staying, *moving, *consulting])
    prompt = permits.at("11-02 09:00").open()
    start = permits.clock[0]
    for fact in tuple(facts):
        permits.clock[0] = start + timedelta(hours=fact.hours)
        if not enter(permits, prompt, fact, ticking=False):
            facts.remove(fact)
    permits.clock[0] = start
    late = permits.open()
    permits.clock[0] = start + timedelta(hours=700)
    permits.tick()
    chance.shuffle(facts)
    for fact in facts:
        assume(enter(permits, late, fact, ticking=chance.random() < 0.5))
    permits.tick()
    assert outcome(permits, late) == outcome(permits, prompt)
    permits.check(prompt)
    permits.check(late)
