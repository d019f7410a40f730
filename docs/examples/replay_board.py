"""Replay a message board: import its posts as cases and carry each through to its reply, in time order.

    python replay_board.py BOARD.csv [DATABASE]

BOARD.csv has the columns id, asked_at, replied_at: wall times in Asia/Shanghai, such as 2019-04-25 09:32:09.
Every event takes effect when it really happened and is recorded now. Prints how many replies met the limit of the rule.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import create_store
from caseclock.workflow import Actor, Engine, FireAction, OpenCase
from caseclock.workflow.clocks import count
from caseclock.workflow.model import Counting, Limit, Period, TimeUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIVE_DAYS = Limit(Period(5, TimeUnit.DAY), Counting())
OFFICER = Actor("officer", frozenset({"officer", "publisher"}))
LEADER = Actor("leader", frozenset({"leader"}))
HEAD = Actor("head", frozenset({"unit_head"}), unit="unit")
REPLY = "Answered on the board."


@dataclass(frozen=True)
class Post:
    """One post of the board and when it was answered."""

    id: str
    asked_at: datetime
    replied_at: datetime

    @property
    def key(self) -> str:
        """The idempotency key under which it is imported."""
        return f"board:{self.id}"


def read_posts(path: Path) -> list[Post]:
    """Return the posts in the order in which they were asked; a reply without a time of day is at its day's end."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        posts = [
            Post(row["id"], _instant(row["asked_at"]), _instant(row["replied_at"])) for row in csv.DictReader(file)
        ]
    return sorted(posts, key=lambda post: post.asked_at)


def _instant(text: str) -> datetime:
    wall = datetime.fromisoformat(text)
    if len(text) == len("2019-04-25"):
        wall += timedelta(hours=23, minutes=59)
    return wall.replace(tzinfo=SHANGHAI)


def openings(posts: list[Post]) -> Iterator[OpenCase]:
    """Yield the intake of every post."""
    for post in posts:
        data = {"subject": f"Post {post.id}", "post_id": post.id, "posted_at": post.asked_at}
        yield OpenCase("online_opinion", data, OFFICER, at=post.asked_at, key=post.key)


def handling(post: Post, number: str) -> Iterator[FireAction]:
    """Yield what happens after intake: reported and dispatched at once, answered and published at its reply."""
    checks = dict.fromkeys(("facts_checked", "policy_checked", "secrecy_checked", "privacy_checked"), True)
    answer = {"result": "Handled", "reply_opinion": REPLY, "proposed_outcome": "resolved"}
    publication = {"published_text": REPLY, "reply_url": "https://board.example/", "fallback_reason": "Replay"}
    asked, replied = post.asked_at, post.replied_at
    yield FireAction(number, "report", OFFICER, at=asked)
    yield FireAction(number, "dispatch", LEADER, {"instruction": "Answer", "units": ["unit"]}, at=asked)
    yield FireAction(f"{number}-1", "answer", HEAD, answer, at=replied)
    yield FireAction(number, "approve", LEADER, {"reply_text": REPLY, "outcome": "resolved", **checks}, at=replied)
    yield FireAction(number, "publish", OFFICER, publication, at=replied)


def replay(engine: Engine, posts: list[Post]) -> Counter[str]:
    """Carry every post through, a day of arrivals at a time, and count what became of the commands."""
    outcome: Counter[str] = Counter()
    for _, arrivals in groupby(posts, key=lambda post: post.asked_at.date()):
        day = list(arrivals)
        opened = [result.receipt for result in engine.fire_many(openings(day))]
        numbers = {receipt.event.key: receipt.case.number for receipt in opened if receipt}
        outcome["refused"] += opened.count(None)
        commands = (command for post in day if post.key in numbers for command in handling(post, numbers[post.key]))
        for result in engine.fire_many(commands):
            outcome["refused" if result.refusal else "done"] += 1
    return outcome


def measure(engine: Engine) -> Counter[str]:
    """Count how many cases met 3 days, and would have met 5, counted by the adopted reading."""
    met: Counter[str] = Counter()
    for item in engine.cases():
        if item.case.parent is None and "publish" in item.case.marks:
            (status,) = engine.why(item.case.number, "public_reply")
            calendar = status.reckoning.calendar
            published = item.case.marks["publish"][-1].at
            met["replied"] += 1
            met["within 3 days"] += status.met
            met["within 5 days"] += published <= count(FIVE_DAYS, status.started_at, calendar).due
    return met


def main(board: str, database: str = "sqlite:///board.db") -> None:
    """Replay the board at the path ``board`` into ``database`` and print the figures."""
    engine = Engine(create_store(database), YamlReader(), office="board")
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(shipped("online_opinion.procedure.yaml"), file="online_opinion.procedure.yaml")
    posts = read_posts(Path(board))
    started = time.perf_counter()
    outcome = replay(engine, posts)
    seconds = time.perf_counter() - started
    print(f"{len(posts)} posts, {outcome['done']} commands done, {outcome['refused']} refused, {seconds:.1f} s")
    for name, number in measure(engine).items():
        print(f"{name}: {number} ({number / len(posts):.1%})")


if __name__ == "__main__":
    main(*sys.argv[1:])
