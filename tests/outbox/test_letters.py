"""Letters are written with their events, and delivered at least once each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from caseclock.definitions.language import language
from caseclock.workflow import Actor, NotAllowed, NotFound
from caseclock.workflow.errors import DefinitionInvalid, Undelivered
from caseclock.workflow.letters import ATTEMPTS, LEASE, LONGEST, Letter, wait_after
from caseclock.workflow.messages import ENGLISH, say
from caseclock.workflow.showing.letter_pages import body, subject

CLERK = Actor("olive", frozenset({"officer", "leader", "office"}))


class Letterbox:
    """Takes letters, or refuses them."""

    def __init__(self, *, refuses: bool = False, for_good: bool = False) -> None:
        self.refuses, self.for_good, self.got = refuses, for_good, list[Letter]()

    def send(self, letter: Letter) -> None:
        self.got.append(letter)
        if self.refuses:
            raise Undelivered(say("no"), for_good=self.for_good)


def test_who_receives_a_slip_is_told_and_nobody_else(town: Any) -> None:
    town.dispatched(("water", "roads"))
    assert {(letter.person, letter.address) for letter in town.engine.letters()} == {
        ("wim", "dingtalk:secret-token:signing-secret"),
        ("rosa", "rosa@example.org"),
    }


def test_a_rung_tells_those_whom_the_procedure_names_at_each_of_their_addresses(town: Any) -> None:
    """三.7 and 三.4: urging and supervision reach the unit's liaison and head, of that unit only."""
    town.dispatched()
    town.engine.deliver_letters(Letterbox().send)
    town.clock[0] += timedelta(days=6)
    town.engine.tick()
    told = {
        (letter.facts["action"], letter.person, letter.address.partition(":")[0]) for letter in town.engine.letters()
    }
    assert {(action, who) for action, who, _ in told if action == "warn"} == {("warn", "wanda"), ("warn", "wim")}
    assert ("urge", "wanda", "https") in told
    assert ("urge", "wanda", "wanda@example.org") in told
    assert ("supervise", "wanda", "https") in told
    assert "rosa" not in {who for _, who, _ in told}


def test_a_letter_names_the_case_the_due_the_reason_and_how_to_act_in_the_receivers_language(town: Any) -> None:
    case = town.dispatched()
    town.clock[0] += timedelta(days=6)
    town.engine.tick()
    own = [letter for letter in town.engine.letters() if letter.facts["number"] == f"{case}-1"]
    urging = {letter.person: letter for letter in own if letter.facts["action"] == "urge"}
    english = body(urging["wim"], ENGLISH)
    assert urging["wim"].language == "en"
    assert subject(urging["wim"], ENGLISH) == f"{case}-1 Urge: Unit's reply, due 2026-11-19 24:00"
    assert "Overdue: Unit's reply (三.3) was due 2026-11-19 24:00" in english
    assert "Reason: Urge (三.7)" in english
    assert f"`caseclock advance {case}-1 receive --as wim`" in english
    chinese = body(urging["wanda"], language("zh"))
    assert urging["wanda"].language == "zh"
    assert "催办" in chinese
    assert "单位答复时限" in chinese
    assert not any("{" in text for text in (english, chinese))


def test_a_letter_holds_no_private_value(town: Any) -> None:
    town.dispatched()
    town.clock[0] += timedelta(days=6)
    town.engine.tick()
    for letter in town.engine.letters():
        assert "invented" not in f"{letter.facts}{body(letter, ENGLISH)}"


def test_what_is_refused_or_rolled_back_writes_no_letter(town: Any) -> None:
    with pytest.raises(NotAllowed):
        town.engine.fire(town.dispatched(), "urge", by=Actor("wanda", frozenset({"unit_head"}), "water"))
    assert {letter.facts["action"] for letter in town.engine.letters()} == {"open"}


def test_each_letter_is_delivered_once_and_never_again(town: Any) -> None:
    town.dispatched(("water", "roads"))
    box = Letterbox()
    report = town.engine.deliver_letters(box.send)
    assert len(report.delivered) == len(box.got) == 2
    assert len({letter.key for letter in box.got}) == 2
    assert town.engine.letters() == ()
    town.engine.deliver_letters(box.send)
    assert len(box.got) == 2


def test_what_is_not_taken_waits_longer_each_time_and_is_given_up_after_a_day(town: Any) -> None:
    town.dispatched()
    box, begun = Letterbox(refuses=True), town.clock[0]
    for attempt in range(1, ATTEMPTS + 1):
        report = town.engine.deliver_letters(box.send)
        assert len(box.got) == attempt
        town.engine.deliver_letters(box.send)
        assert len(box.got) == attempt
        if attempt < ATTEMPTS:
            (letter,) = report.waiting
            assert (letter.reason, letter.next_at - town.clock[0]) == ("no", wait_after(attempt))
            town.clock[0] = letter.next_at
    assert town.engine.letters() == ()
    (dead,) = town.engine.letters(given_up=True)
    assert (dead.attempts, dead.reason, dead.given_up) == (ATTEMPTS, "no", True)
    assert timedelta(hours=18) < town.clock[0] - begun < timedelta(hours=30)
    assert {letter.key for letter in box.got} == {dead.key}


def test_waits_grow_to_a_longest(town: Any) -> None:
    waits = [wait_after(attempt) for attempt in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST


def test_an_address_that_can_never_work_is_given_up_at_once(town: Any) -> None:
    town.dispatched()
    assert len(town.engine.deliver_letters(Letterbox(refuses=True, for_good=True).send).given_up) == 1


def test_dead_letters_are_sent_again_on_demand(town: Any) -> None:
    town.dispatched(("water", "roads"))
    town.engine.deliver_letters(Letterbox(refuses=True, for_good=True).send)
    first, second = town.engine.letters(given_up=True)
    with pytest.raises(NotFound, match="no letter nobody has been given up"):
        town.engine.resend_letters("nobody")
    assert [letter.key for letter in town.engine.resend_letters(second.key)] == [second.key]
    box = Letterbox()
    town.engine.deliver_letters(box.send)
    assert [letter.key for letter in box.got] == [second.key]
    assert [letter.key for letter in town.engine.resend_letters()] == [first.key]


def test_a_sender_that_is_killed_between_sending_and_noting_sends_again_under_the_same_key(town: Any) -> None:
    """At least once: the receiver drops by its key what it has had already."""
    town.dispatched()
    got: list[str] = []

    def killed(letter: Letter) -> None:
        got.append(letter.key)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        town.engine.deliver_letters(killed)
    box = Letterbox()
    town.engine.deliver_letters(box.send)
    assert box.got == []
    town.clock[0] += LEASE
    town.engine.deliver_letters(box.send)
    assert [letter.key for letter in box.got] == got


def test_two_who_deliver_at_the_same_time_share_the_letters(town: Any) -> None:
    """While one is sending, the other finds those letters leased."""
    for _ in range(3):
        town.dispatched(("water", "roads"))
    other = Letterbox()
    mine: list[str] = []

    def send(letter: Letter) -> None:
        mine.append(letter.key)
        town.engine.deliver_letters(other.send)

    town.engine.deliver_letters(send)
    assert len(mine) == 6
    assert other.got == []


def test_a_stop_leaves_the_rest(town: Any) -> None:
    town.dispatched(("water", "roads"))
    box = Letterbox()
    town.engine.deliver_letters(box.send, stop=lambda: len(box.got) == 1)
    assert len(box.got) == 1


def test_letters_are_no_part_of_the_record(town: Any) -> None:
    town.dispatched()
    town.engine.close_heads()
    town.engine.deliver_letters(Letterbox().send)
    assert town.engine.verify().findings == ()
    assert town.engine.rebuild(check=True).differences == ()
    assert not any("secret-token" in line for line in town.engine.export() if "definition" not in line)


@pytest.mark.parametrize("address", ["nobody", "ftp://example.org", "dingtalk:", "a b@example.org", "mailto:x"])
def test_what_is_no_address_is_refused_and_not_repeated(town: Any, address: str) -> None:
    """An address may hold a secret: the message says what is expected, not what was found."""
    source = f"roster: qingxi\npeople:\n  ann: {{roles: officer, notify: {address!r}}}\n"
    with pytest.raises(DefinitionInvalid, match="no address for letters") as refused:
        town.engine.deploy(source, file="qingxi.roster.yaml")
    assert refused.value.problems[0].line == 3
