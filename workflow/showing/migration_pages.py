"""What a plan of migration would do, and what one has done, as pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ..engine.migrating import Trial
from ..messages import Language, Message, say
from .pages import NOTHING, Grid, Line, Page, show_due


def trial_data(trial: Trial, language: Language) -> dict[str, Any]:
    """Return a trial as plain values."""
    return {**trial.told(), "problems": [problem.text(language) for problem in trial.problems]}


def trial_page(trial: Trial, zone: str) -> Page:
    """Return every case with its state and its dues before and after, and why the plan cannot be applied."""
    if trial.cases:
        yield Grid(
            (say("Case"), say("State"), say("Clock"), say("Rule"), say("Due before"), say("Due after"), say("Then")),
            tuple(_rows(trial, zone)),
        )
    yield Line(say("{count} running case(s) would go over; nothing has been changed", count=len(trial.cases)))
    for problem in trial.problems:
        yield Line(problem, "alarm")


def _rows(trial: Trial, zone: str) -> Iterator[tuple[object, ...]]:
    for case in trial.cases:
        for member in case["members"]:
            yield from _member(member, zone)


def _member(member: Mapping[str, Any], zone: str) -> Iterator[tuple[object, ...]]:
    old, new = member["state"]
    state = old if old == new else say("{old} -> {new}", old=old, new=new)
    name, then = member["number"], list(_then(member))
    for clock, told in member["clocks"].items():
        before, after = told["due"]
        if before or after:
            yield name, state, clock, told["rule"], _due(before, zone), _due(after, zone), then
            name, state, then = "", "", []
    if name:
        yield name, state, NOTHING, NOTHING, NOTHING, NOTHING, then


def _then(member: Mapping[str, Any]) -> Iterator[Message]:
    if member["taken_back"]:
        yield say("{count} rung(s) come again", count=len(member["taken_back"]))
    if member["at_once"]:
        yield say("due at once: {actions}", actions=member["at_once"])


def _due(due: str | None, zone: str) -> str:
    return show_due(datetime.fromisoformat(due), zone) if due else NOTHING
