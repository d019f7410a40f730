"""A township office in which people do whatever is legal, at random, for some days."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import MemoryStore
from caseclock.workflow import CaseclockError, Engine

PEOPLE = ("olive", "paula", "omar", "lena", "louis", "greta", "wanda", "walt", "rosa", "ray", "hugo", "eva")
UNITS = ("water", "roads", "health")
HEADS = {"water": "wanda", "roads": "rosa", "health": "hugo"}
USUAL = {
    "registered": ("report olive",),
    "under_review": ("dispatch lena",),
    "handling": ("redirect lena", "redirect lena", "ask_extension rosa", "grant_extension louis", "proceed lena"),
    "awaiting_approval": ("approve lena", "send_back louis"),
    "approved": ("publish paula",),
    "replied": ("file_record omar",),
    "archived": ("inspect omar",),
}
"""What is usually done next on a case, and by whom."""
USUAL_OF_SLIPS = {
    "issued": ("answer", "answer", "return_slip", "explain"),
    "handling": ("answer", "answer", "return_slip"),
    "returned": ("explain",),
}
"""What the head of a unit usually does next on a slip."""
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
TEXT = "The road is dry again."
PAPER = {"name": "paper.pdf", "sha256": "0" * 64}
TWICE = ("acknowledge", "return_slip", "explain", "ask_extension", "grant_extension", "redirect", "send_back", "urge")
"""Actions that are chosen more often than they would be, because accounts turn on them."""


class RandomOffice:
    """An engine whose time the walk moves; people may enter things up to five hours after they happened."""

    def __init__(
        self,
        reader: YamlReader,
        roster: str,
        seed: int,
        store: Any = None,
        without: tuple[str, ...] = (),
        pace: tuple[int, ...] = (1, 7, 50, 400, 1500),
    ) -> None:
        self.without = ("withdraw", "merge", "mark_out_of_scope", *without)
        self.pace = pace
        self.random = random.Random(seed)
        self.now = MONDAY
        self.engine = Engine(store or MemoryStore(), reader, office="qingxi", now=lambda: self.now)
        for name in ("cn.calendar.yaml", "online_opinion.procedure.yaml"):
            self.engine.deploy(shipped(name), file=name)
        self.engine.deploy(roster, file="qingxi.roster.yaml")

    def open(self) -> str:
        """Open a case and return its number."""
        posted = self.now - timedelta(minutes=self.random.randrange(600))
        data = {
            "subject": "Invented",
            "posted_at": posted,
            "category": self.random.choice(("complaint", "suggestion", "opinion")),
            "site": self.random.choice(("board", "hotline")),
        }
        return self.engine.open("online_opinion", data, by="olive").case.number

    def wander(self, case: str, steps: int) -> None:
        """Do ``steps`` things on a case or its slips, with time between them."""
        for _ in range(steps):
            self.now += timedelta(minutes=self.random.choice(self.pace))
            if self.random.random() < 0.5:
                self.engine.tick()
            self._act(case)

    def _act(self, case: str) -> None:
        view = self.engine.case(case)
        if self.random.random() < 0.6 and self._do_as_usual(view):
            return
        targets = [case, case, *(sub.case.number for sub in view.subcases)]
        for _ in range(8):
            target, person = self.random.choice(targets), self.random.choice(PEOPLE)
            offers = self.engine.actions(target, person)
            names = [offer.action for offer in offers if offer.action not in self.without]
            if not names:
                continue
            wanted = [name for name in names if name in TWICE]
            name = self.random.choice(wanted if wanted and self.random.random() < 0.4 else names)
            at = self.now - timedelta(minutes=self.random.choice((0, 0, 0, 30, 300)))
            try:
                self.engine.fire(target, name, by=person, data=self._data(name, view), at=at)
            except CaseclockError:
                continue
            return

    def _do_as_usual(self, view: Any) -> bool:
        """Do what is usually done next on the case or one of its slips; return whether that was possible."""
        usual = [(view.case.number, *deed.split()) for deed in USUAL.get(view.case.state, ())]
        for slip in view.subcases:
            usual += [
                (slip.case.number, action, HEADS[slip.case.unit]) for action in USUAL_OF_SLIPS.get(slip.case.state, ())
            ]
        if not usual:
            return False
        target, action, person = self.random.choice(usual)
        try:
            self.engine.fire(target, action, by=person, data=self._data(action, view))
        except CaseclockError:
            return False
        return True

    def _data(self, action: str, view: Any) -> dict[str, Any]:
        units = self.random.sample(UNITS, self.random.randint(1, 3))
        returned = [sub.case.unit for sub in view.subcases if sub.case.state == "returned"]
        checks = dict.fromkeys(("facts_checked", "policy_checked", "secrecy_checked", "privacy_checked"), True)
        classes = ("original_post", "handling_record", "assignment_and_reply", "leaders_instructions", "other_material")
        known: dict[str, dict[str, Any]] = {
            "dispatch": {
                "instruction": "Look",
                "units": units,
                "lead": units[0] if len(units) > 1 else None,
                "urgent": "set_urgent" not in self.without and self.random.random() < 0.3,
            },
            "redirect": {"returned_by": returned[0] if returned else "water", "to_unit": self.random.choice(UNITS)},
            "add_unit": {"added_unit": self.random.choice(UNITS)},
            "approve": {"reply_text": TEXT, "outcome": "resolved", **checks},
            "publish": {"published_text": TEXT, "reply_url": "https://board.example/1", "reply_capture": PAPER},
            "answer": {"result": "a", "reply_opinion": "b", "proposed_outcome": "resolved"},
            "return_slip": {"return_reason": "not ours"},
            "refuse_return": {"return_refused_because": "yours"},
            "explain": {"explanation": "a", "progress": "b", "expected_on": "2026-12-01"},
            "ask_extension": {"extension_ground": "other", "extension_reason": "a"},
            "grant_extension": {"extension_decision": "a", "notice_to_author": "b"},
            "refuse_extension": {"refusal_reason": "a"},
            "send_back": {"comment": "again"},
            "proceed": {"proceed_reason": "a"},
            "withdraw_approval": {"withdrawal_reason": "a"},
            "close_without_reply": {"no_reply_reason": "a"},
            "acknowledge": {"acknowledgement": "a"},
            "set_urgent": {"urgent": True},
            "record_delivery": {"delivered_at": self.now},
            "file_record": {**{name: [PAPER] for name in classes}, "retention": "years_10"},
            "inspect": {"findings": "a", "satisfied": self.random.choice(("satisfied", "dissatisfied", "not_asked"))},
            "reopen": {"new_evidence": "a"},
            "name_in_bulletin": {"bulletin": "1"},
            "supervise_irregular": {"finding": "a", "measures": "b"},
        }
        return {name: value for name, value in known.get(action, {}).items() if value is not None}
