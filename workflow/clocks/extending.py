"""Extending and pausing: why a step of an extension, or one more pause, is not open to a clock at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..calendars import Calendar
from ..messages import Message, say, spoken_due
from .counting import cap_of, recounted
from .ladder import before
from .ledger import Grant
from .status import ClockStatus


def why_not_ask(status: ClockStatus, at: datetime, which: int = 0) -> Message | None:
    """Return why an extension cannot be asked for at ``at``; None when it can.

    Args:
        which: the extension's position in its clock, here and below.
    """
    if refused := _why_not_extend(status, at, which):
        return refused
    if asked_at := _asked(status, which):
        return say("an extension was already asked for at {at} and is not decided", at=_shown(status, asked_at))
    return _why_too_late(status, at, which)


def why_not_grant(status: ClockStatus, at: datetime, given: Mapping[str, Any], which: int = 0) -> Message | None:
    """Return why an extension cannot be granted at ``at``; None when it can.

    Args:
        given: the values that are given with it.
    """
    asked_at = _asked(status, which)
    if asked_at is not None and status.lapsed(at, which):
        return say(
            "the extension asked for at {asked} was not decided before the limit ended at {due}, so it has lapsed",
            asked=_shown(status, asked_at),
            due=spoken_due(_shown(status, status.due_at)),
        )
    if refused := _why_not_extend(status, at, which):
        return refused
    if status.clock.extensions[which].ask:
        if asked_at is None or asked_at > at:
            return say("no extension has been asked for")
    elif refused := _why_too_late(status, at, which):
        return refused
    return _why_decided_too_late(status, at, which) or _why_too_long(status, at, which, given)


def why_not_refuse(status: ClockStatus, which: int = 0) -> Message | None:
    """Return why an extension cannot be refused; None when it can."""
    return None if _asked(status, which) else say("no extension has been asked for")


def why_not_pause(status: ClockStatus, action: str) -> Message | None:
    """Return why ``action`` cannot pause the clock once more; None when it can."""
    for rule in status.clock.pauses:
        used = sum(pause.rule == rule for pause in status.pauses)
        if action in rule.begins and rule.times is not None and used >= rule.times and status.running:
            return say(
                "the limit {clock} has been paused {times} times, the most allowed",
                clock=status.clock.title,
                times=used,
            )
    return None


def _asked(status: ClockStatus, which: int) -> datetime | None:
    """When it was asked for; a clock that still goes by an earlier version may know fewer ways of extending it."""
    return status.asked[which] if which < len(status.asked) else None


def _why_not_extend(status: ClockStatus, at: datetime, which: int) -> Message | None:
    clock = status.clock
    if not clock.extensions:
        return say("the limit {clock} cannot be extended", clock=clock.title)
    if which >= len(clock.extensions):
        return say("the limit {clock} cannot be extended", clock=clock.title)
    extension, granted = clock.extensions[which], [grant for grant in status.grants if grant.which == which]
    if not status.running:
        return say("the limit {clock} no longer runs", clock=clock.title)
    if len(granted) >= extension.times:
        return say(
            "the limit {clock} has been extended {times} times, the most allowed",
            clock=clock.title,
            times=len(granted),
        )
    if extension.before_due and at > status.due_at:
        return say("the limit {clock} ended at {due}", clock=clock.title, due=spoken_due(_shown(status, status.due_at)))
    return None


def _why_too_late(status: ClockStatus, at: datetime, which: int) -> Message | None:
    extension = status.clock.extensions[which]
    if extension.lead is None:
        return None
    latest = before(status.due_at, extension.lead, _calendar(status))
    if at <= latest:
        return None
    return say(
        "an extension of {clock} must be asked for at least {period} before it ends: until {latest}",
        clock=status.clock.title,
        period=extension.lead.spoken(),
        latest=spoken_due(_shown(status, latest)),
    )


def _why_decided_too_late(status: ClockStatus, at: datetime, which: int) -> Message | None:
    extension, latest = status.clock.extensions[which], status.grants_until[which]
    if latest is None or extension.decided_within is None or at <= latest:
        return None
    return say(
        "an extension of {clock} must be granted within {period}: until {latest}",
        clock=status.clock.title,
        period=extension.decided_within.spoken(),
        latest=spoken_due(_shown(status, latest)),
    )


def _why_too_long(status: ClockStatus, at: datetime, which: int, given: Mapping[str, Any]) -> Message | None:
    """Why the extension asked for passes the cap, by the count itself where both roll to the same day."""
    extension = status.clock.extensions[which]
    latest = cap_of(status.reckoning, extension)
    if latest is None or extension.cap is None:
        return None
    uncapped = [replace(rule, cap=None) if rule is extension else rule for rule in status.clock.extensions]
    grants = (*status.grants, Grant(at, at, "", given, which))
    found = recounted(status.reckoning, uncapped, grants).ending
    by_count = found.due == latest.due and found.counted_day > latest.counted_day
    if found.due <= latest.due and not by_count:
        return None
    return say(
        "{clock} can be extended to {cap} in all, which is {latest}; this would reach to {found}",
        clock=status.clock.title,
        cap=extension.cap.spoken(),
        latest=latest.counted_day if by_count else spoken_due(_shown(status, latest.due)),
        found=found.counted_day if by_count else spoken_due(_shown(status, found.due)),
    )


def _calendar(status: ClockStatus) -> Calendar:
    return status.reckoning.calendar


def _shown(status: ClockStatus, instant: datetime) -> datetime:
    return _calendar(status).local(instant)
