"""What every store keeps of chains, heads and private values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from caseclock.workflow.chain import End, close_head, linked, sealed
from caseclock.workflow.errors import Conflict, StorageFailed
from caseclock.workflow.history import Case, Event, fold
from caseclock.workflow.ports import Change, Store

OFFICE = "qingxi"


def chained(make: Any, *events: Event, before: tuple[Case, ...] = (), **values: Any) -> Change:
    """Return the change that these events make, each linked to the one before it."""
    return make.change(*linked(events, {case.id: case.link for case in before}), before=before, **values)


def keep(store: Store, change: Change) -> tuple[Case, ...]:
    with store.begin(OFFICE, write=True) as transaction:
        transaction.save(change)
    return change.cases


def unheaded(store: Store, limit: int = 99) -> tuple[End, ...]:
    with store.begin(OFFICE, write=False) as transaction:
        return transaction.unheaded(limit)


def closed(store: Store, make: Any, limit: int = 99) -> Any:
    with store.begin(OFFICE, write=True) as transaction:
        ends = transaction.unheaded(limit)
        head = close_head(OFFICE, transaction.last_head(), ends, make.noon)
        transaction.add_head(head, ends)
    return head


def test_links_papers_and_drawn_numbers_are_kept(store: Store, make: Any) -> None:
    paper = {"name": "dispatch_slip", "number": "S-1", "sha256": "0" * 64}
    opened = make.opened("2026-0001", issued=(paper,), drawn={"{year}:2026": 7})
    (case,) = keep(store, chained(make, opened))
    (case,) = keep(store, chained(make, make.event(case), before=(case,)))
    with store.begin(OFFICE, write=False) as transaction:
        events = transaction.events(case.id)
        assert events[0].issued == (paper,)
        assert events[0].drawn == {"{year}:2026": 7}
        assert [event.link for event in events] == [event.link for event in linked(events, {})]
        assert transaction.family(case.id)[0].link == events[-1].link
        assert fold(events) == transaction.family(case.id)


def test_private_values_are_read_with_their_salts_and_erased_for_good(store: Store, make: Any) -> None:
    opened = make.opened("2026-0001", key="k", data={"subject": "Flood", "author": "invented", "phone": ["1", "2"]})
    opened = sealed(opened, {"author", "phone"}, lambda: "ab" * 16)
    (case,) = keep(store, chained(make, opened))
    with store.begin(OFFICE, write=False) as transaction:
        (before,) = transaction.events(case.id)
        assert before.data == opened.data
        assert before.seals == opened.seals
    event = make.event(case, "redacted", case.state, redaction={"fields": ["author"], "reason": "asked"})
    (case,) = keep(store, chained(make, event, before=(case,), erased=((case.id, "author"),)))
    assert case.data == {"subject": "Flood", "phone": ["1", "2"]}
    with store.begin(OFFICE, write=False) as transaction:
        first, second = transaction.events(case.id)
        assert first.data == {"subject": "Flood", "phone": ["1", "2"]}
        assert first.seals["author"] == replace(opened.seals["author"], salt=None)
        assert first.seals["phone"] == opened.seals["phone"]
        assert second.redaction == {"fields": ["author"], "reason": "asked"}
        assert [first.link, second.link] == [it.link for it in linked((first, second), {})]
        assert fold((first, second)) == transaction.family(case.id) == (case,)
        assert transaction.event_by_key("k") == first


def test_a_head_covers_the_chains_that_have_grown_since_the_last_one(store: Store, make: Any) -> None:
    (one,) = keep(store, chained(make, make.opened("2026-0001")))
    (two,) = keep(store, chained(make, make.opened("2026-0002")))
    assert unheaded(store) == (End(one.id, 1, one.link), End(two.id, 1, two.link))
    assert unheaded(store, 1) == (End(one.id, 1, one.link),)
    first = closed(store, make)
    assert unheaded(store) == ()
    (grown,) = keep(store, chained(make, make.event(two), before=(two,)))
    assert unheaded(store) == (End(two.id, 2, grown.link),)
    second = closed(store, make)
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.heads() == (first, second)
        assert transaction.last_head() == second
        assert transaction.ends(1) == (End(one.id, 1, one.link), End(two.id, 1, two.link))
        assert transaction.ends(2) == (End(two.id, 2, grown.link),)
        assert transaction.ends(3) == ()
    assert (second.number, second.previous) == (2, first.digest)


def test_heads_of_another_office_are_not_seen(store: Store, make: Any) -> None:
    keep(store, chained(make, make.opened("2026-0001")))
    closed(store, make)
    with store.begin("baihe", write=True) as transaction:
        assert (transaction.heads(), transaction.last_head(), transaction.ends(1)) == ((), None, ())
        assert (transaction.unheaded(9), transaction.families("", 9)) == ((), ())


def test_a_head_with_a_number_that_is_taken_is_refused(store: Store, make: Any) -> None:
    keep(store, chained(make, make.opened("2026-0001")))
    closed(store, make)
    again = close_head(OFFICE, None, (), make.noon + timedelta(hours=1))
    with pytest.raises(Conflict), store.begin(OFFICE, write=True) as transaction:
        transaction.add_head(again, ())


def test_a_head_cannot_be_kept_while_reading(store: Store, make: Any) -> None:
    with pytest.raises(StorageFailed), store.begin(OFFICE, write=False) as transaction:
        transaction.add_head(close_head(OFFICE, None, (), make.noon), ())


def test_families_are_listed_in_pages_by_id(store: Store, make: Any) -> None:
    ids = [make.keep(store, make.opened(f"2026-{serial:04d}"))[0].id for serial in range(1, 6)]
    (case, *_) = make.keep(store, make.opened("2026-0009"))
    make.keep(store, make.slip(case, "water"))
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.families("", 99) == (*ids, case.id)
        assert transaction.families(ids[1], 2) == tuple(ids[2:4])
        assert transaction.families(case.id, 2) == ()


def test_the_timers_of_a_family_are_those_of_its_cases(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    (slip,) = make.keep(store, make.slip(case, "water"))
    (other,) = make.keep(store, make.opened("2026-0002"))
    timers = (make.timer(case.id, rung=1), make.timer(case.id, rung=0), make.timer(slip.id), make.timer(other.id))
    make.keep(store, projected=(case.id, slip.id, other.id), timers=timers)
    with store.begin(OFFICE, write=False) as transaction:
        found = [(timer.case, timer.key.rung) for timer in transaction.timers_of(case.id)]
    assert found == [(case.id, 0), (case.id, 1), (slip.id, 0)]
