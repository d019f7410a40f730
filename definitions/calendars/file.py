"""A calendar file while it is read: its values as dates, weekdays, hours and titles, and the problems found so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from difflib import get_close_matches
from typing import Any

from ...workflow.calendars import MIDNIGHT, WEEKDAYS, Session
from ...workflow.errors import Problem
from ...workflow.messages import Message, Text, say

Path = tuple[str | int, ...]

WEEKDAY_NAMES = tuple(day.en.lower() for day in WEEKDAYS)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """One calendar file being read, with what has been found so far.

    Args:
        problems: what is wrong; such a file is refused.
        findings: what is valid and yet worth a look, such as a year without a notice.
    """

    data: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The calendar's id, empty while unknown."""
        return str(self.data.get("calendar", ""))

    def problem(self, code: str, path: Path, message: Message, *, on_key: bool = False) -> None:
        """Note a problem; reading goes on, so that one run reports them all."""
        self.problems.append(Problem(code, path, message, on_key=on_key))

    def finding(self, code: str, path: Path, message: Message, *, on_key: bool = False) -> None:
        """Note what is worth a look."""
        self.findings.append(Problem(code, path, message, on_key=on_key))

    def mapping(self, value: Any, path: Path, known: tuple[str, ...] = ()) -> Mapping[Any, Any]:
        """The value when it is a mapping with known keys only; an empty one, and a problem, when it is not one."""
        if not isinstance(value, Mapping):
            self.problem("wrong-type", path, say("expected a mapping of keys to values, got: {found}", found=value))
            return {}
        for key in value:
            if known and key not in known:
                self.unknown(key, (*path, key), known, on_key=True, bare=value[key] is None)
        return value

    def unknown(
        self, found: Any, path: Path, known: tuple[str, ...], *, on_key: bool = False, bare: bool = False
    ) -> None:
        """Note a word that is not one of ``known``, with the nearest one. ``bare``: it is a key without a value."""
        near = get_close_matches(str(found), known, 1)
        if near:
            message = say("unknown word {found}; did you mean {near}?", found=found, near=near[0])
        elif bare:
            message = say(
                "no key {key} here; put quotes round a text that has a comma; keys: {valid}", key=found, valid=known
            )
        else:
            message = say("unknown word {found}; known here: {known}", found=found, known=known)
        self.problem("unknown-key" if on_key else "unknown-word", path, message, on_key=on_key)

    def text(self, value: Any, path: Path) -> Text:
        """A title: one wording for all languages, or one each for zh and en."""
        if isinstance(value, str):
            return Text(value, value)
        given = self.mapping(value, path, ("zh", "en"))
        if given and not any(isinstance(given.get(language), str) for language in ("zh", "en")):
            self.problem("wrong-type", path, say("expected a text in zh and en, got: {found}", found=dict(given)))
        zh, en = given.get("zh"), given.get("en")
        return Text(str(en or zh or ""), str(zh or en or ""))

    def day(self, value: Any, path: Path, *, on_key: bool = False) -> date | None:
        """A day written as ``2026-09-20``."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            message = say("expected a date such as 2026-09-20, got: {found}", found=value)
            self.problem("wrong-date", path, message, on_key=on_key)
            return None

    def days(self, key: Any, path: Path) -> Iterator[date]:
        """The days of ``2024-09-22`` or ``2024-09-15..2024-09-20``, written as a key."""
        begins, _, ends = str(key).partition("..")
        first = self.day(begins, path, on_key=True)
        last = self.day(ends, path, on_key=True) if ends else first
        if first is None or last is None:
            return
        if last < first:
            self.problem("wrong-range", path, say("the range {found} ends before it begins", found=key), on_key=True)
        while first <= last:
            yield first
            first += ONE_DAY

    def span(self, key: Any, path: Path, first: date, last: date) -> tuple[date, date] | None:
        """The first and last day of a range written as a key; where it is open it reaches to ``first`` or ``last``."""
        begins, dots, ends = str(key).partition("..")
        begin = self.day(begins, path, on_key=True) if begins or not dots else first
        end = self.day(ends, path, on_key=True) if ends else last if dots else begin
        if begin is None or end is None:
            return None
        if end < begin:
            self.problem("wrong-range", path, say("the range {found} ends before it begins", found=key), on_key=True)
        return begin, end

    def years(self, value: Any, path: Path) -> tuple[int, int] | None:
        """The first and last year of ``2010..2027``."""
        first, _, last = str(value).partition("..")
        if first.isdecimal() and last.isdecimal() and 1900 <= int(first) <= int(last) <= 2200:
            return int(first), int(last)
        message = say("expected the first and last year, such as 2010..2027, got: {found}", found=value)
        self.problem("wrong-range", path, message)
        return None

    def weekday_set(self, value: Any, path: Path) -> frozenset[int]:
        """The weekdays of a list such as ``[saturday, sunday]``."""
        if not isinstance(value, list):
            message = say("expected a list of weekdays, such as [saturday, sunday], got: {found}", found=value)
            self.problem("wrong-type", path, message)
            return frozenset()
        return frozenset(weekday for i, name in enumerate(value) for weekday in self.weekdays(name, (*path, i)))

    def weekdays(self, value: Any, path: Path, *, on_key: bool = False) -> tuple[int, ...]:
        """The weekdays of ``monday`` or ``monday..friday``, 0 for Monday."""
        begins, _, ends = str(value).partition("..")
        for name in (begins, ends or begins):
            if name not in WEEKDAY_NAMES:
                self.unknown(name, path, WEEKDAY_NAMES, on_key=on_key)
                return ()
        return tuple(range(WEEKDAY_NAMES.index(begins), WEEKDAY_NAMES.index(ends or begins) + 1))

    def sessions(self, given: Any, path: Path) -> tuple[Session, ...]:
        """Office hours of one day, such as ``08:30..12:00``: one stretch, or a list of them in order."""
        sessions: list[Session] = []
        for index, span in enumerate(given if isinstance(given, list) else [given]):
            session = _session(span)
            if session is None or (sessions and not _follows(session, sessions[-1])):
                message = say("expected office hours in order, such as 08:30..12:00, got: {found}", found=span)
                self.problem("wrong-hours", (*path, index), message)
            else:
                sessions.append(session)
        return tuple(sessions)


def _session(span: Any) -> Session | None:
    opens, _, closes = str(span).partition("..")
    try:
        if closes == "24:00":
            return Session(time.fromisoformat(opens), MIDNIGHT)
        session = Session(time.fromisoformat(opens), time.fromisoformat(closes))
    except ValueError:
        return None
    return session if session.opens < session.closes else None


def _follows(session: Session, before: Session) -> bool:
    return not before.until_midnight and before.closes <= session.opens
