"""How two definitions differ, as pages for people and as plain data: with the running cases that it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from ..comparison import Difference, Matter
from ..engine.concerned import ClockEffect, Concern, ConcernReport
from ..messages import Language, Message, Text, render, say
from .pages import Line, Page, show_due
from .plain import Plain

MATTERS = {
    Matter.LIMIT: Text("limit", "时限"),
    Matter.RIGHT: Text("right", "权限"),
    Matter.PATH: Text("path", "流转"),
    Matter.DATA: Text("data", "数据"),
    Matter.PAPER: Text("paper", "文书"),
    Matter.WORDS: Text("words", "文字"),
}
"""For whom a difference matters, before its sentence."""

KINDS = {"procedure": say("procedure"), "calendar": say("calendar"), "roster": say("roster")}
"""What people call the kinds of definitions that are compared."""

_LENGTHS = (
    (timedelta(days=1), say("{number} day"), say("{number} days")),
    (timedelta(hours=1), say("{number} hour"), say("{number} hours")),
    (timedelta(minutes=1), say("{number} minute"), say("{number} minutes")),
)


def differences(found: Sequence[Difference], report: ConcernReport | None) -> Page:
    """Return differences a line each, with the running cases that each concerns where they were counted."""
    if not found:
        yield Line(say("they say the same"), "strong")
        return
    concerns: Iterable[Concern] = report.concerns if report else (Concern(one, None) for one in found)
    for concern in concerns:
        yield Line(_told(concern), "plain" if concern.difference.matter is Matter.WORDS else "note")
        if concern.effect:
            yield from (Line(say("  {effect}", effect=part)) for part in _moves(concern.effect))
    if report:
        for effect in report.further:
            yield Line(say("{clock} hangs on what has changed: {effects}", **_further(effect)), "note")
            yield from (Line(say("  {effect}", effect=part)) for part in _moves(effect))
        yield from _running(report, found)
    count = sum(one.matter is not Matter.WORDS for one in found)
    words = len(found) - count
    yield Line(say("{count} difference(s), {words} in words alone", count=len(found), words=words), "strong")


def by_calendar(reports: Iterable[ConcernReport]) -> Page:
    """Return how running cases would stand by another calendar."""
    for report in reports:
        for effect in report.further:
            told = {**_further(effect), "procedure": report.procedure, "version": report.version}
            yield Line(say("{procedure} version {version}, {clock}: {effects}", **told), "note")
            yield from (Line(say("  {effect}", effect=part)) for part in _moves(effect))
        if not report.further:
            yield Line(
                say(
                    "{procedure} version {version}: of {count} running case(s) no due moves",
                    procedure=report.procedure,
                    version=report.version,
                    count=report.running,
                )
            )


def _told(concern: Concern) -> Message:
    told = concern.difference.told
    if concern.cases is None:
        return say("[{matter}] {difference}", matter=MATTERS[concern.difference.matter], difference=told)
    parts = [say("running cases concerned: {count}", count=concern.cases)]
    if concern.effect:
        parts += _effect(concern.effect)
    return say(
        "[{matter}] {difference}; {effects}",
        matter=MATTERS[concern.difference.matter],
        difference=told,
        effects=_joined(parts),
    )


def _further(effect: ClockEffect) -> dict[str, object]:
    parts = [say("running cases concerned: {count}", count=effect.running), *_effect(effect)]
    return {"clock": effect.title, "effects": _joined(parts)}


def _effect(effect: ClockEffect) -> Iterator[Message]:
    """Of how many cases something else would be told, part by part."""
    if effect.no_longer_overdue:
        yield say("{count} of them overdue now would not be", count=effect.no_longer_overdue)
    if effect.newly_overdue:
        yield say("{count} of them not overdue now would be", count=effect.newly_overdue)
    if effect.begins:
        yield say("it would begin to run in {count}", count=effect.begins)
    if effect.ends:
        yield say("it would run no more in {count}", count=effect.ends)


def _moves(effect: ClockEffect) -> Iterator[Message]:
    """How dues would move, and which cases could not be measured."""
    if effect.moved and effect.first_due and effect.last_due:
        spans = []
        if effect.earlier > timedelta():
            spans.append(say("at most {length} earlier", length=_length(effect.earlier)))
        if effect.later > timedelta():
            spans.append(say("at most {length} later", length=_length(effect.later)))
        first, last = (show_due(due, effect.zone) for due in (effect.first_due, effect.last_due))
        new = say("from {first} to {last}", first=first, last=last) if first != last else first
        yield say("{count} due(s) move, {by}; new: {new}", count=effect.moved, by=spans, new=new)
    for case, why in effect.failed.items():
        yield say("{case} cannot be measured: {reason}", case=case, reason=why)


def _length(span: timedelta) -> Message:
    """A length in the largest unit that it is a whole number of; in minutes, where it is none."""
    unit, one, many = next((it for it in _LENGTHS if not span % it[0]), _LENGTHS[-1])
    number = round(span / unit)
    return replace(one if number == 1 else many, values={"number": number})


def _joined(parts: Sequence[Message]) -> Message | str:
    """Parts of a sentence one after another."""
    told = parts[0]
    for part in parts[1:]:
        told = say("{first}; {second}", first=told, second=part)
    return told


def _running(report: ConcernReport, found: Sequence[Difference]) -> Page:
    yield Line(
        say(
            "running cases of {procedure} version {version}: {count}",
            procedure=report.procedure,
            version=report.version,
            count=report.running,
        )
    )
    for version, count in report.elsewhere.items():
        yield Line(say("not counted: {count} that run on version {version}", count=count, version=version))
    if report.running and any(one.matter is not Matter.WORDS for one in found):
        yield Line(say("running cases keep their version until they are migrated: `caseclock migrate`"))


def differences_data(found: Sequence[Difference], report: ConcernReport | None, language: Language) -> list[Plain]:
    """Return differences as plain values; what is counted is None where no cases were counted."""
    concerns: Iterable[Concern] = report.concerns if report else (Concern(one, None) for one in found)
    return [_concern_data(concern, language) for concern in concerns]


def _concern_data(concern: Concern, language: Language) -> Plain:
    one = concern.difference
    return {
        "code": one.code,
        "way": one.way.value,
        "matter": one.matter.value,
        "path": list(one.path),
        "also": [list(path) for path in one.also],
        "message": one.told.text(language),
        "step": one.step or None,
        "stage": one.stage or None,
        "lifecycle": one.lifecycle or None,
        "states": list(one.states),
        "clock": one.clock or None,
        "action": one.action or None,
        "field": one.field or None,
        "old": None if one.old is None else render(one.old, language),
        "new": None if one.new is None else render(one.new, language),
        "cases": concern.cases,
        "effect": effect_data(concern.effect, language) if concern.effect else None,
    }


def effect_data(effect: ClockEffect, language: Language) -> Plain:
    """Return what would become of a clock as plain values; lengths in seconds."""
    return {
        "lifecycle": effect.kind,
        "clock": effect.clock,
        "title": effect.title.of(language.code),
        "running": effect.running,
        "no_longer_overdue": effect.no_longer_overdue,
        "newly_overdue": effect.newly_overdue,
        "moved": effect.moved,
        "earlier_seconds": round(effect.earlier.total_seconds()),
        "later_seconds": round(effect.later.total_seconds()),
        "first_due": effect.first_due.isoformat() if effect.first_due else None,
        "last_due": effect.last_due.isoformat() if effect.last_due else None,
        "begins": effect.begins,
        "ends": effect.ends,
        "failed": {case: why.text(language) for case, why in effect.failed.items()},
    }


def running_data(report: ConcernReport | None, language: Language) -> Plain | None:
    """Return which cases were counted, as plain values; None where none were."""
    if report is None:
        return None
    return {
        "procedure": report.procedure,
        "version": report.version,
        "at": report.at.isoformat(),
        "running": report.running,
        "elsewhere": {str(version): count for version, count in report.elsewhere.items()},
        "further": [effect_data(effect, language) for effect in report.further],
    }
