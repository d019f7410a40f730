"""One case is merged into another: what becomes of their limits, what both say of it, and what is refused."""

from __future__ import annotations

from datetime import datetime
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from caseclock.workflow import CaseclockError, NotAllowed, NotFound


def due(township: Any, case: str, clock: str = "public_reply") -> str:
    (status,) = township.engine.why(case, clock)
    found: datetime = status.due_at.astimezone(township.clock[0].tzinfo)
    return f"{found:%m-%d %H:%M}"


def merge(township: Any, case: str, into: str, by: str = "olive") -> Any:
    return township.do(case, "merge", by, merged_into=into)


def sound(township: Any) -> bool:
    """Whether nothing kept differs from what follows from the history, and every chain verifies."""
    return not township.engine.verify().findings and not township.engine.rebuild(check=True).differences


def test_the_case_that_goes_on_counts_from_the_earlier_post(township: Any) -> None:
    """The limit of the earlier post, that of Tuesday 17 November, holds for both."""
    early = township.at("2026-11-17 09:00").open()
    late = township.at("2026-11-18 09:00").open()
    assert (due(township, early), due(township, late)) == ("11-21 00:00", "11-24 00:00")
    receipt = merge(township, early, into=late)
    assert due(township, late) == "11-21 00:00"
    (status,) = township.engine.why(late, "public_reply")
    assert status.taken_from == early
    assert status.reckoning.lines[0].day.isoformat() == "2026-11-17"
    assert any("is due" in str(notice) for notice in receipt.notices)
    assert township.engine.case(early).case.state == "merged"
    assert sound(township)


def test_a_later_post_changes_nothing(township: Any) -> None:
    early = township.at("2026-11-17 09:00").open()
    late = township.at("2026-11-18 09:00").open()
    receipt = merge(township, late, into=early)
    assert due(township, early) == "11-21 00:00"
    assert receipt.notices == ()
    (status,) = township.engine.why(early, "public_reply")
    assert status.taken_from == ""


def test_both_histories_and_both_cases_name_the_other(township: Any) -> None:
    one, other = township.open(), township.open()
    merge(township, other, into=one)
    last, joined = township.engine.history(other)[-1], township.engine.history(one)[-1]
    assert [(it["kind"], it["number"]) for it in last.event.relations] == [("merged_into", one)]
    assert [(it["kind"], it["number"]) for it in joined.event.relations] == [("took_in", other)]
    assert (joined.event.action, joined.event.actor, joined.event.cause) == ("joined", "olive", last.event.name)
    assert [(it.kind, it.number) for it in township.engine.case(other).case.relations] == [("merged_into", one)]
    assert [(it.kind, it.number) for it in township.engine.case(one).case.relations] == [("took_in", other)]


def test_the_number_may_be_typed_in_part_and_is_kept_whole(township: Any) -> None:
    one, other = township.open(), township.open()
    merge(township, other, into=one.split("-")[1])
    assert township.engine.case(other).case.data["merged_into"] == one


def test_who_wrote_a_post_stays_on_its_own_case(township: Any) -> None:
    one = township.open(author="somebody invented")
    other = township.open(author="somebody else, invented too")
    merge(township, other, into=one)
    township.engine.redact(other, by="omar", reason="asked to be forgotten")
    assert township.engine.case(one).case.data["author"] == "somebody invented"
    assert "invented too" not in repr(township.engine.history(one))
    assert sound(township)


def test_an_extension_granted_to_one_post_does_not_move_the_limit_of_the_other(township: Any) -> None:
    """The extended case would be due on the 23rd from either start; the post merged into it stays due on the 20th."""
    extended = township.at("2026-11-16 09:00").dispatched("water")
    township.do(extended, "ask_extension", "wanda", extension_ground="other", extension_reason="Rain")
    township.do(extended, "grant_extension", "lena", extension_decision="Yes", notice_to_author="Five days")
    assert due(township, extended) == "11-24 00:00"
    other = township.at("2026-11-17 09:00").open()
    assert due(township, other) == "11-21 00:00"
    merge(township, other, into=extended)
    assert due(township, extended) == "11-21 00:00"
    (status,) = township.engine.why(extended, "public_reply")
    assert status.held_by == other
    assert sound(township)


def test_an_extension_granted_afterwards_holds_for_both(township: Any) -> None:
    case = township.at("2026-11-16 09:00").dispatched("water")
    other = township.at("2026-11-17 09:00").open()
    merge(township, other, into=case)
    township.do(case, "ask_extension", "wanda", extension_ground="other", extension_reason="Rain")
    township.do(case, "grant_extension", "lena", extension_decision="Yes", notice_to_author="Five days")
    assert due(township, case) == "11-24 00:00"


def test_what_the_earlier_limit_brings_is_delivered(township: Any) -> None:
    """The rungs of the case that goes on come by its new, earlier limit."""
    early = township.at("2026-11-16 09:00").open()
    late = township.at("2026-11-18 09:00").open()
    merge(township, early, into=late)
    done = township.at("2026-11-20 09:00").engine.tick().delivered
    assert "urge" in {event.action for event in done if event.root == township.engine.case(late).case.id}


def test_mergers_add_up(township: Any) -> None:
    first = township.at("2026-11-16 09:00").open()
    second = township.at("2026-11-17 09:00").open()
    third = township.at("2026-11-18 09:00").open()
    merge(township, first, into=second)
    merge(township, second, into=third)
    assert due(township, third) == "11-20 00:00"
    with pytest.raises(NotAllowed) as refused:
        merge(township, township.open(), into=second)
    assert third in str(refused.value.hint)


def test_reopening_begins_a_run_of_its_own_as_the_rule_says(township: Any) -> None:
    """The rule restarts the limit by `reopen`: the start that a merged post brought was that of the run before."""
    case = township.at("2026-11-16 09:00").dispatched("water")
    early = township.open(posted_at=township.instant("2026-11-13 09:00"))
    merge(township, early, into=case)
    assert due(township, case) == "11-17 00:00"
    township.answer(f"{case}-1", "wanda")
    township.approve(case)
    township.publish(case)
    township.file_record(case)
    township.at("2026-11-25 09:00").do(case, "reopen", "lena", new_evidence="It is wet again")
    assert due(township, case) == "12-01 00:00"
    assert sound(township)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_refused_merger_changes_neither_case(township: Any, reverse: bool) -> None:
    one, other = township.open(), township.open()
    case, into = (other, one) if reverse else (one, other)
    township.do(into, "withdraw", "omar", withdrawn_because="By letter")
    before = [township.engine.case(it).case for it in (one, other)]
    with pytest.raises(NotAllowed, match="has ended"):
        merge(township, case, into=into)
    assert [township.engine.case(it).case for it in (one, other)] == before


def test_what_is_refused(township: Any) -> None:
    case = township.dispatched("water")
    other = township.open()
    with pytest.raises(NotAllowed, match="into itself"):
        merge(township, other, into=other)
    with pytest.raises(NotAllowed, match="subcase"):
        merge(township, other, into=f"{case}-1")
    with pytest.raises(NotFound):
        merge(township, other, into="2031-0007")
    township.answer(f"{case}-1", "wanda")
    township.approve(case)
    township.publish(case)
    with pytest.raises(NotAllowed, match="nobody would have to meet it"):
        merge(township, other, into=case)
    assert sound(township)


def test_a_merger_entered_late_counts_from_when_it_was(township: Any) -> None:
    early = township.at("2026-11-17 09:00").open()
    late = township.at("2026-11-18 09:00").open()
    township.at("2026-11-19 09:00")
    with pytest.raises(NotAllowed, match="had not been opened"):
        township.engine.fire(
            early, "merge", by="olive", data={"merged_into": late}, at=township.instant("2026-11-17 12:00")
        )
    at = township.instant("2026-11-18 12:00")
    township.engine.fire(early, "merge", by="olive", data={"merged_into": late}, at=at)
    assert township.engine.case(late).case.relations[0].at == at
    assert due(township, late) == "11-21 00:00"
    assert sound(township)


def test_a_key_makes_a_repeated_merger_harmless(township: Any) -> None:
    one, other = township.open(), township.open()
    for repeated in (False, True):
        receipt = township.engine.fire(other, "merge", by="olive", data={"merged_into": one}, key="m")
        assert receipt.repeated is repeated
    assert len(township.engine.case(one).case.relations) == 1


def test_two_who_merge_each_into_the_other_do_not_wait_for_one_another(township: Any) -> None:
    """Families are locked in order of their ids: of each pair one merger goes through and the other is refused."""
    for _ in range(5):
        pair = township.open(), township.open()
        refused: Queue[CaseclockError] = Queue()

        def run(case: str, into: str, refused: Queue[CaseclockError] = refused) -> None:
            try:
                merge(township, case, into=into)
            except CaseclockError as error:
                refused.put(error)

        threads = [Thread(target=run, args=order) for order in (pair, pair[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert isinstance(refused.get_nowait(), NotAllowed)
        assert refused.empty()
        assert sorted(township.engine.case(case).case.state for case in pair) == ["merged", "registered"]
    assert sound(township)


def test_an_export_of_merged_cases_loads_elsewhere(township: Any, reader: Any) -> None:
    from caseclock.storage import MemoryStore
    from caseclock.workflow import Engine

    early = township.at("2026-11-17 09:00").open()
    late = township.at("2026-11-18 09:00").open()
    merge(township, early, into=late)
    elsewhere = Engine(MemoryStore(), reader, office="qingxi", now=lambda: township.clock[0])
    assert set(elsewhere.load(township.engine.export()).loaded) == {early, late}
    assert elsewhere.case(late).case == township.engine.case(late).case
    assert elsewhere.why(late, "public_reply")[0].due_at == township.engine.why(late, "public_reply")[0].due_at
    assert not elsewhere.verify().findings
