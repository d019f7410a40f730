"""Expectations of a step: what must be so after it, and in what a case differs from that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ..clocks import ClockStatus, LineKind, RungAt
from ..engine import CaseView
from ..errors import CaseclockError, InvalidInput
from ..messages import ENGLISH, Language, Message, say, spoken_due
from ..model import Side

_NONE = [say("none")]


class Standing(StrEnum):
    """How a clock stands."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ExpectedDue:
    """When a clock must be due; what is None is not looked at.

    Args:
        at: the due.
        provisional: whether no official calendar reaches so far yet.
        strict, lenient: the earliest and the latest of its readings.
        target: the working target.
        started: from when it is counted.
        started_by: the field or action, or ``opened``, that started it.
    """

    at: datetime | None = None
    provisional: bool | None = None
    strict: datetime | None = None
    lenient: datetime | None = None
    target: datetime | None = None
    started: datetime | None = None
    started_by: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that the system did by itself; in an expectation, what is None is not looked at."""

    action: str
    clock: str | None = None
    unit: str | None = None
    at: datetime | None = None

    def fits(self, expected: Delivery) -> bool:
        """Return whether this is what was expected."""
        pairs = ((expected.clock, self.clock), (expected.unit, self.unit), (expected.at, self.at))
        return self.action == expected.action and all(wanted in (None, found) for wanted, found in pairs)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a step must lead to; what is None or empty is not looked at.

    Args:
        refused: the code of the refusal; without it the step must go through.
        because: words that the refusal must contain, each in some language.
        state: of the case after the step.
        delivered: what a tick delivered, in order.
        due: clock -> when it is due after the step.
        clocks: clock -> how it stands.
        overdue, paused: names of exactly those clocks of the case that are.
        counted: clock -> the number of days counted.
        rungs: clock -> its whole ladder: instants and actions.
        fields: field -> its value; None for none.
        units: unit -> the state of its newest subcase, for exactly the units that have one.
        papers: names of the papers that the case itself has issued, in order.
    """

    refused: str | None = None
    because: tuple[str, ...] = ()
    state: str | None = None
    delivered: tuple[Delivery, ...] | None = None
    due: Mapping[str, ExpectedDue] = field(default_factory=dict)
    clocks: Mapping[str, Standing] = field(default_factory=dict)
    overdue: tuple[str, ...] | None = None
    paused: tuple[str, ...] | None = None
    counted: Mapping[str, int] = field(default_factory=dict)
    rungs: Mapping[str, tuple[tuple[datetime, str], ...]] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] | None = None
    papers: tuple[str, ...] | None = None

    @property
    def of_case(self) -> bool:
        """Whether anything is expected of the case itself."""
        named = (self.state, self.overdue, self.paused, self.units, self.papers)
        tables = (self.due, self.clocks, self.counted, self.rungs, self.fields)
        return any(value is not None for value in named) or any(tables)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is not as expected.

    Args:
        key: the expectation that is not met, such as ``("due", "reply")``.
        message: what was expected and what was found.
        notes: more about what was found.
        status: for a due: the clock as found, whose reckoning says why.
    """

    key: tuple[str, ...]
    message: Message
    notes: tuple[Message, ...] = ()
    status: ClockStatus | None = None

    def __str__(self) -> str:
        return str(self.message)


def standing(status: ClockStatus | None) -> Standing:
    """Return how a clock stands; None is a clock that has not started."""
    if status is None:
        return Standing.NOT_STARTED
    if status.stopped_at:
        return Standing.MET if status.met else Standing.LATE
    if status.running:
        return Standing.PAUSED if status.paused_since else Standing.RUNNING
    return Standing.EXPIRED if status.expired_at else Standing.ENDED


def refusal_differences(
    expect: Expectation, refusal: CaseclockError | None, languages: Iterable[Language] = (ENGLISH,)
) -> Iterator[Mismatch]:
    """Yield in what a refusal, or that there was none, differs from what was expected.

    Args:
        languages: the languages in one of which each of the expected words must stand in the refusal.
    """
    if refusal is None:
        if expect.refused is not None:
            message = say("expected a refusal ({code}), but it went through", code=expect.refused)
            yield Mismatch(("refused",), message)
        return
    notes = tuple(_particulars(refusal))
    if refusal.code != expect.refused:
        message = say("refused ({code}): {message}", code=refusal.code, message=refusal.message)
        yield Mismatch(("refused",), message, notes)
        return
    texts = [refusal.text(language) for language in languages]
    missing = [words for words in expect.because if not any(words in text for text in texts)]
    if missing:
        message = say("expected a refusal with {words}; found: {found}", words=missing, found=refusal.message)
        yield Mismatch(("because",), message, notes)


def _particulars(refusal: CaseclockError) -> Iterator[Message]:
    if isinstance(refusal, InvalidInput):
        yield from (say("{name}: {value}", name=name, value=problem) for name, problem in refusal.fields.items())
    if refusal.hint:
        yield refusal.hint


def delivery_differences(expected: tuple[Delivery, ...], found: tuple[Delivery, ...], zone: str) -> Iterator[Mismatch]:
    """Yield in what the deliveries of a tick differ from those expected."""
    if len(found) == len(expected) and all(one.fits(other) for one, other in zip(found, expected, strict=True)):
        return
    message = say(
        "expected delivered: {expected}; found: {found}",
        expected=[delivery.action for delivery in expected] or _NONE,
        found=[delivery.action for delivery in found] or _NONE,
    )
    yield Mismatch(("delivered",), message, tuple(_told(delivery, zone) for delivery in found))


def _told(delivery: Delivery, zone: str) -> Message:
    at = delivery.at.astimezone(ZoneInfo(zone)) if delivery.at else ""
    parts = [part for part in (delivery.clock, delivery.unit) if part]
    return say("{at}  {action} ({parts})", at=at, action=delivery.action, parts=parts)


def case_differences(view: CaseView, expect: Expectation) -> Iterator[Mismatch]:
    """Yield in what a case, as of an instant, differs from what was expected of it."""
    statuses = {clock.status.clock.name: clock.status for clock in view.clocks}
    if expect.state not in (None, view.case.state):
        message = say("expected state {expected}; found: {found}", expected=expect.state, found=view.case.state)
        yield Mismatch(("state",), message)
    for name, due in expect.due.items():
        yield from _due(name, due, statuses.get(name))
    for name, wanted in expect.clocks.items():
        yield from _standing(name, wanted, statuses.get(name))
    yield from _names("overdue", expect.overdue, [clock.status.clock.name for clock in view.clocks if clock.overdue])
    paused = [name for name, status in statuses.items() if standing(status) is Standing.PAUSED]
    yield from _names("paused", expect.paused, paused)
    for name, number in expect.counted.items():
        yield from _counted(name, number, statuses.get(name))
    for name, rungs in expect.rungs.items():
        yield from _rungs(name, rungs, statuses.get(name))
    for name, value in expect.fields.items():
        yield from _value(name, value, view.case.data.get(name))
    yield from _units(expect.units, view)
    yield from _papers(expect.papers, [paper.name for paper in view.documents])


def _due(name: str, expect: ExpectedDue, status: ClockStatus | None) -> Iterator[Mismatch]:
    if status is None:
        yield Mismatch(("due", name), say("expected {clock} due; it has not started", clock=name))
        return
    if expect.at not in (None, status.due_at):
        message = say(
            "expected {clock} due {expected}; found: {found}",
            clock=name,
            expected=_spoken(status, expect.at),
            found=_spoken(status, status.due_at),
        )
        yield Mismatch(("due", name), message, status=status)
    elif expect.provisional not in (None, status.provisional):
        message = (
            say("expected {clock} due for certain; it is provisional", clock=name)
            if status.provisional
            else say("expected {clock} due provisionally; it is certain", clock=name)
        )
        yield Mismatch(("due", name), message, status=status)
    if expect.started_by not in (None, status.started_by):
        message = say(
            "expected {clock} started by {expected}; found: {found}",
            clock=name,
            expected=expect.started_by,
            found=status.started_by,
        )
        yield Mismatch(("due", name), message, status=status)
    for what, wanted, found in _other_instants(expect, status):
        if wanted not in (None, found):
            message = say(
                "expected {clock} {what} {expected}; found: {found}",
                clock=name,
                what=what,
                expected=_spoken(status, wanted),
                found=_spoken(status, found),
            )
            yield Mismatch(("due", name), message, status=status)


def _other_instants(
    expect: ExpectedDue, status: ClockStatus
) -> Iterator[tuple[Message, datetime | None, datetime | None]]:
    yield say("strict due"), expect.strict, status.strict_due_at
    yield say("lenient due"), expect.lenient, status.lenient_due_at
    yield say("target"), expect.target, status.target_at
    yield say("start"), expect.started, status.started_at


def _spoken(status: ClockStatus, instant: datetime | None) -> object:
    return say("none") if instant is None else spoken_due(status.reckoning.calendar.local(instant))


def _standing(name: str, wanted: Standing, status: ClockStatus | None) -> Iterator[Mismatch]:
    if standing(status) is not wanted:
        message = say(
            "expected {clock} {expected}; found: {found}", clock=name, expected=wanted, found=standing(status)
        )
        yield Mismatch(("clocks", name), message)


def _names(key: str, wanted: tuple[str, ...] | None, found: list[str]) -> Iterator[Mismatch]:
    if wanted is not None and set(wanted) != set(found):
        message = say(
            "expected {key}: {expected}; found: {found}", key=key, expected=wanted or _NONE, found=found or _NONE
        )
        yield Mismatch((key,), message)


def _counted(name: str, wanted: int, status: ClockStatus | None) -> Iterator[Mismatch]:
    found = 0 if status is None else sum(line.kind is LineKind.COUNTED for line in status.reckoning.lines)
    if found != wanted:
        message = say(
            "expected {expected} days counted for {clock}; found: {found}", expected=wanted, clock=name, found=found
        )
        yield Mismatch(("counted", name), message, status=status)


def _rungs(name: str, wanted: tuple[tuple[datetime, str], ...], status: ClockStatus | None) -> Iterator[Mismatch]:
    found = () if status is None else tuple(sorted((rung.at, rung.action) for rung in status.rungs))
    if found != tuple(sorted(wanted)):
        shown = [_rung(status, rung) for rung in status.rungs] if status else []
        message = say("expected another ladder of {clock}; found: {found}", clock=name, found=shown or _NONE)
        yield Mismatch(("rungs", name), message, status=status)


def _rung(status: ClockStatus, rung: RungAt) -> Message:
    local = status.reckoning.calendar.local(rung.at)
    return say("{at} {action}", at=local if rung.side is Side.BEFORE else spoken_due(local), action=rung.action)


def _value(name: str, wanted: Any, found: Any) -> Iterator[Mismatch]:
    if found != wanted:
        message = say(
            "expected {field} {expected}; found: {found}", field=name, expected=_shown(wanted), found=_shown(found)
        )
        yield Mismatch(("fields", name), message)


def _shown(value: Any) -> object:
    return say("none") if value is None else repr(value)


def _units(wanted: Mapping[str, str] | None, view: CaseView) -> Iterator[Mismatch]:
    found = {member.case.unit: member.case.state for member in view.subcases if member.case.unit}
    if wanted is not None and wanted != found:
        message = say("expected units: {expected}; found: {found}", expected=_pairs(wanted), found=_pairs(found))
        yield Mismatch(("units",), message)


def _pairs(states: Mapping[str, str]) -> list[Message]:
    return [say("{name}: {value}", name=unit, value=state) for unit, state in states.items()] or _NONE


def _papers(wanted: tuple[str, ...] | None, found: list[str]) -> Iterator[Mismatch]:
    if wanted is not None and list(wanted) != found:
        message = say("expected papers: {expected}; found: {found}", expected=wanted or _NONE, found=found or _NONE)
        yield Mismatch(("papers",), message)
