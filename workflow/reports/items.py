"""What is counted: a case, or one slip of it, as of the cut-off, with the groups that it falls into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ..accounts import CaseAccount, SlipAccount, account
from ..clocks import ClockStatus
from ..engine import Standing
from .plan import Plan

NOBODY = ""
"""The key of what has no value in a group, such as a case without any unit."""


@dataclass(frozen=True)
class CaseItem:
    """One case as of the cut-off."""

    standing: Standing
    plan: Plan

    @cached_property
    def account(self) -> CaseAccount:
        """Its account: who had it for how long, and every slip."""
        return account(self.standing, self.plan.slips, self.plan.reply_clock)

    @property
    def at(self) -> datetime:
        """The cut-off."""
        return self.standing.situation.at

    @property
    def opened_at(self) -> datetime:
        """When it was opened."""
        return self.standing.situation.case.opened_at

    @property
    def valid(self) -> bool:
        """Whether it is a post that must be replied to."""
        return self.standing.situation.case.state not in self.plan.invalid

    @property
    def merged(self) -> bool:
        """Whether it was linked to another case."""
        return self.standing.situation.case.state in self.plan.merged

    @property
    def reply(self) -> ClockStatus | None:
        """The limit for the public reply."""
        return self.account.clock if self.plan.reply_clock else None

    @cached_property
    def first(self) -> ClockStatus | None:
        """The limit for the first response."""
        return self.standing.situation.clock(self.plan.first_clock) if self.plan.first_clock else None

    def done(self, actions: tuple[str, ...]) -> datetime | None:
        """Return when one of these actions was first done on it."""
        marks = self.standing.situation.case.marks
        return min((mark.at for action in actions for mark in marks.get(action, ())), default=None)

    def value(self, field: str | None) -> str:
        """Return what a field holds, as text."""
        held = self.standing.situation.case.data.get(field) if field else None
        return NOBODY if held is None else str(held)

    @property
    def answered_back(self) -> bool:
        """Whether the submitter was called back and said something."""
        return self.value(self.plan.called_back) in self.plan.asked

    @property
    def slips(self) -> Iterator[SlipItem]:
        """Its slips."""
        return (SlipItem(self, slip) for slip in self.account.slips)

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """The key of the case in each group."""
        case, deployed = self.standing.situation.case, self.standing.situation.deployed
        named = {group.name: self.value(group.field) for group in self.plan.groups}
        return {"unit": self._unit(), "stage": deployed.lifecycle(case).states[case.state].stage, **named}

    def _unit(self) -> str:
        """The lead unit; where there is none, the unit that was given the case first and did not return it."""
        counted = [slip for slip in self.account.slips if slip.counts]
        leads = [slip for slip in counted if slip.case.lead]
        return next((slip.unit for slip in (*leads, *counted)), NOBODY)


@dataclass(frozen=True)
class SlipItem:
    """One slip of a case as of the cut-off."""

    of: CaseItem
    slip: SlipAccount

    @property
    def groups(self) -> Mapping[str, str]:
        """The key of the slip in each group: its own unit, and what its case falls into otherwise."""
        return {**self.of.groups, "unit": self.slip.unit}
