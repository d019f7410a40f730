"""A letter in words, and lists of letters; an address may hold a secret and is never shown whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..engine.delivering import DeliveryReport
from ..letters import Letter
from ..messages import Language, Message, Text, say
from .pages import NOTHING, Grid, Line, Page, show_instant


def subject(letter: Letter, language: Language) -> str:
    """Return what a letter is about, in one line."""
    facts = letter.facts
    clock = next(iter(facts["clocks"]), None)
    if clock is None:
        return say("{number} {title}", number=facts["number"], title=_text(facts["title"])).text(language)
    return say(
        "{number} {title}: {clock}, due {due}",
        number=facts["number"],
        title=_text(facts["title"]),
        clock=_text(clock["title"]),
        due=clock["due"],
    ).text(language)


def body(letter: Letter, language: Language) -> str:
    """Return the whole text of a letter: which case, what happened, every limit that runs, and how to act."""
    return "\n".join(message.text(language) for message in _lines(letter.facts))


def _lines(facts: Mapping[str, Any]) -> Iterator[Message]:
    yield say(
        "Case {number} ({procedure}), state: {state}",
        number=facts["number"],
        procedure=_text(facts["procedure"]),
        state=_text(facts["state"]),
    )
    if facts["basis"]:
        yield say("Reason: {title} ({basis})", title=_text(facts["title"]), basis=_text(facts["basis"]))
    else:
        yield say("Reason: {title}", title=_text(facts["title"]))
    for clock in facts["clocks"]:
        yield _limit(clock)
    for act in facts["acts"]:
        yield say(
            "To do: {title}: `caseclock advance {number} {action} --as {actor}`",
            title=_text(act["title"]),
            number=facts["number"],
            action=act["action"],
            actor=facts["actor"],
        )
    yield say("Look at it: `caseclock show {number}`", number=facts["number"])


def _limit(clock: Mapping[str, Any]) -> Message:
    title, due, basis = _text(clock["title"]), clock["due"], clock["basis"]
    told = say("{clock} ({basis})", clock=title, basis=_text(basis)) if basis else title
    if clock["overdue"]:
        return say("Overdue: {clock} was due {due}", clock=told, due=due)
    return say("Due: {clock} ends {due}", clock=told, due=due)


def _text(told: Mapping[str, str]) -> Text:
    return Text(told["en"], told["zh"])


def channel(address: str) -> str:
    """Return by which way a letter goes; the address itself may hold a secret."""
    kind = address.partition(":")[0]
    return "mail" if "@" in kind else kind


def letters_data(letters: Iterable[Letter], language: Language) -> list[dict[str, Any]]:
    """Return letters as plain values, without their addresses."""
    return [
        {
            "key": letter.key,
            "number": letter.facts["number"],
            "person": letter.person,
            "channel": channel(letter.address),
            "subject": subject(letter, language),
            "written_at": letter.written_at.isoformat(),
            "attempts": letter.attempts,
            "next_at": letter.next_at and letter.next_at.isoformat(),
            "given_up": letter.given_up,
            "reason": letter.reason,
        }
        for letter in letters
    ]


def letters_page(letters: Sequence[Letter], language: Language, zone: str) -> Page:
    """Return letters as a page."""
    if not letters:
        yield Line(say("no letter waits"), "note")
        return
    headings = (
        say("Key"),
        say("Recipient"),
        say("Channel"),
        say("Subject"),
        say("Attempts"),
        say("Next attempt"),
        say("Reason"),
    )
    rows = tuple(
        (
            letter.key,
            letter.person,
            channel(letter.address),
            subject(letter, language),
            letter.attempts,
            show_instant(letter.next_at, zone) if letter.next_at else NOTHING,
            letter.reason or NOTHING,
        )
        for letter in letters
    )
    yield Grid(headings, rows)


def delivery_data(report: DeliveryReport, language: Language) -> dict[str, Any]:
    """Return what became of letters as plain values."""
    return {
        "delivered": letters_data(report.delivered, language),
        "waiting": letters_data(report.waiting, language),
        "given_up": letters_data(report.given_up, language),
    }


def delivery_page(report: DeliveryReport) -> Page:
    """Return what became of letters as a page."""
    for tone, letters in (("note", report.waiting), ("alarm", report.given_up)):
        for letter in letters:
            yield Line(say("{key}: {reason}", key=letter.key, reason=letter.reason), tone)
    counts = say(
        "{delivered} letter(s) delivered, {waiting} to be tried again, {given_up} given up",
        delivered=len(report.delivered),
        waiting=len(report.waiting),
        given_up=len(report.given_up),
    )
    yield Line(counts, "strong")
