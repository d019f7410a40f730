"""Instants and dates as people write and read them; pendulum stands at this edge and nowhere deeper.

Only explicit spellings are read: a word such as ``now``, or a day without its year, is not an instant.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from ..workflow.errors import InvalidInput
from ..workflow.messages import Message, say

_DAY = r"(?P<year>\d{4})(?:(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})|年(?P<m>\d{1,2})月(?P<d>\d{1,2})日)"
_TIME = r"(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})(?:分(?!\d)|[:分](?P<second>\d{1,2})(?:\.\d+)?秒?)?|[时点])"
_OFFSET = r"(?P<offset>Z|[+-]\d{2}:?\d{2})"
_INSTANT = re.compile(rf"{_DAY}(?:(?:[T ]\s*|(?<=日)\s*){_TIME}(?:\s*{_OFFSET})?)?", re.IGNORECASE)
_LENGTH = re.compile(r"(\d+)\s*(minutes?|hours?|days?|weeks?|[mhdw]|分钟|小时|天|日|周)")
_SPANS = {"m": "minutes", "分": "minutes", "h": "hours", "小": "hours", "d": "days", "天": "days", "日": "days"}
_SPANS |= {"w": "weeks", "周": "weeks"}


def read_instant(text: str, zone: str) -> datetime:
    """Return the instant that ``text`` says.

    Args:
        text: such as ``2026-11-16 09:00``, ``2026-11-16T09:00+08:00``, ``2019/4/25 9:32:09``, ``2019/4/25`` (its
            first moment) or ``2026年11月16日 9时30分``.
        zone: the time zone of a text that names no offset.

    Raises `InvalidInput` for any other spelling, and for a day or time that does not exist.

    >>> read_instant("2019/4/25 9:32:09", "Asia/Shanghai").isoformat()
    '2019-04-25T09:32:09+08:00'
    """
    import pendulum

    found = _INSTANT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise _unreadable(text)
    year, month, day = _day_of(found)
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    try:
        tz = pendulum.timezone(zone if found["offset"] is None else _offset(found["offset"]))
        moment = pendulum.datetime(year, month, day, hour, minute, second, tz=tz)
    except ValueError as error:
        raise _unreadable(text) from error
    if (moment.hour, moment.minute) != (hour, minute):
        raise InvalidInput(say("{text} does not exist in {zone}: the clocks were put forward", text=text, zone=zone))
    return moment


def read_date(text: str) -> date:
    """Return the day that ``text`` says, spelled as in `read_instant`, without a time.

    >>> read_date("2026年12月1日")
    datetime.date(2026, 12, 1)
    """
    found = _INSTANT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None or found["hour"] is not None:
        raise InvalidInput(_expected_date(text))
    try:
        return date(*_day_of(found))
    except ValueError as error:
        raise InvalidInput(_expected_date(text)) from error


def read_span(text: str) -> timedelta:
    """Return the length of time that ``text`` says: ``3 days``, ``48 hours``, ``2d``, ``3天``.

    Raises `InvalidInput` for anything else.

    >>> read_span("48 hours")
    datetime.timedelta(days=2)
    """
    found = _LENGTH.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    if found is None:
        raise InvalidInput(say("expected a length of time such as 3 days or 48 hours, got: {text}", text=repr(text)))
    return timedelta(**{_SPANS[found[2][0]]: int(found[1])})


def _day_of(found: re.Match[str]) -> tuple[int, int, int]:
    return int(found["year"]), int(found["month"] or found["m"]), int(found["day"] or found["d"])


def _offset(text: str) -> int:
    """Return an offset from UTC, such as ``+08:00``, in seconds."""
    if text in "Zz":
        return 0
    seconds = int(text[1:3]) * 3600 + int(text[-2:]) * 60
    return -seconds if text[0] == "-" else seconds


def _unreadable(text: str) -> InvalidInput:
    return InvalidInput(_expected_instant(text))


def _expected_instant(text: str) -> Message:
    return say("expected a time such as 2026-11-16 09:00 or 2026-11-16T09:00+08:00, got: {text}", text=repr(text))


def _expected_date(text: str) -> Message:
    return say("expected a day such as 2026-11-16, got: {text}", text=repr(text))
