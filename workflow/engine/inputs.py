"""Inputs of an action: checked against the declared fields, and turned into the plain JSON values that a case keeps."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from ..errors import InvalidInput
from ..masking import without_values
from ..messages import Message, say
from ..model import Field, FieldType
from ..publication import Personal, personal
from ..roster import Roster

_SHA256 = re.compile(r"[0-9a-f]{64}")
_YES = {"true", "yes", "1", "是"}
_NO = {"false", "no", "0", "否"}


class _Wrong(Exception):
    """A value is not of its field's type; carries what was expected and found."""

    def __init__(self, problem: Message) -> None:
        super().__init__(problem)
        self.problem = problem


def accept_inputs(fields: Iterable[Field], data: Mapping[str, Any], roster: Roster) -> dict[str, Any]:
    """Return ``data`` as plain JSON values, every one of the type that its field declares.

    Instants become ISO 8601 in UTC and dates ISO 8601; texts that name a choice, unit or person by title become its id.
    Empty values count as not given.

    Raises `InvalidInput` with every unknown, missing and wrong input at once.
    """
    declared = {field.name: field for field in fields}
    accepted: dict[str, Any] = {}
    problems: dict[str, Message] = {}
    for name, value in data.items():
        if name not in declared:
            problems[name] = _unknown(name, declared)
        elif not _is_empty(value):
            try:
                accepted[name] = _convert(declared[name], value, roster)
            except _Wrong as wrong:
                problems[name] = without_values(wrong.problem) if declared[name].private else wrong.problem
    for name, value in accepted.items():
        field = declared[name]
        if field.published and field.published_unless not in accepted and (found := [*personal(value)]):
            problems[name] = _not_for_publication(found, declared.get(field.published_unless or ""))
    for name, field in declared.items():
        if field.required and name not in accepted and name not in problems:
            problems[name] = say("missing: {title} ({type})", title=field.title, type=field.type)
    if problems:
        raise InvalidInput(say("the inputs are not complete or not valid"), problems)
    return accepted


def _not_for_publication(found: Iterable[Personal], unless: Field | None) -> Message:
    told = [say("{kind} {told}", kind=one.kind, told=one.told) for one in found]
    if unless:
        return say(
            "this would be published, and holds: {found}; take it out, or give {name}: {title}",
            found=told,
            name=unless.name,
            title=unless.title,
        )
    return say("this would be published, and holds: {found}; take it out", found=told)


def _is_empty(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _unknown(name: str, declared: Mapping[str, Field]) -> Message:
    nearest = difflib.get_close_matches(name, declared, n=1)
    if nearest:
        return say("there is no input of this name; did you mean {nearest}?", nearest=nearest[0])
    return say("there is no input of this name; valid names: {names}", names=sorted(declared))


def _convert(field: Field, value: Any, roster: Roster) -> Any:
    if field.type is FieldType.LIST:
        return _list(field, value, roster)
    if field.type is FieldType.CHOICE:
        return _named(value, field.choices)
    return _convert_plain(field.type, value, roster)


def _list(field: Field, value: Any, roster: Roster) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _Wrong(say("expected a list, got: {value}", value=repr(value)))
    items = [_convert_plain(field.of or FieldType.TEXT, item, roster) for item in value]
    repeated = sorted({item for item in items if isinstance(item, str) and items.count(item) > 1})
    if repeated:
        raise _Wrong(say("named more than once: {items}", items=repeated))
    return items


def _convert_plain(kind: FieldType, value: Any, roster: Roster) -> Any:
    if kind is FieldType.UNIT:
        return _named(value, {unit.id: unit.title for unit in roster.units.values()}) if roster.units else _text(value)
    if kind is FieldType.ACTOR:
        return (
            _named(value, {person.id: person.name for person in roster.people.values()})
            if roster.people
            else _text(value)
        )
    return _PLAIN[kind](value)


def _named(value: Any, titles: Mapping[str, Any]) -> str:
    """Return the id in ``titles`` that ``value`` is, or whose title it is."""
    for name, title in titles.items():
        if value == name or (title is not None and value in (title.en, title.zh)):
            return name
    nearest = difflib.get_close_matches(str(value), titles, n=1)
    if nearest:
        raise _Wrong(say("got: {value}; did you mean {nearest}?", value=repr(value), nearest=nearest[0]))
    raise _Wrong(say("expected one of {names}, got: {value}", names=list(titles), value=repr(value)))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong(say("expected a text, got: {value}", value=repr(value)))
    return value.strip()


def _exact_text(value: Any) -> str:
    """Return a text as it is: the hash of an approved reply is over its exact characters."""
    if not isinstance(value, str):
        raise _Wrong(say("expected a text, got: {value}", value=repr(value)))
    return value


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _YES | _NO:
        return value.strip().lower() in _YES
    raise _Wrong(say("expected true or false, got: {value}", value=repr(value)))


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value.strip()):
        return int(value)
    raise _Wrong(say("expected a whole number, got: {value}", value=repr(value)))


def _instant(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime):
        raise _Wrong(say("expected an instant such as 2026-11-16T09:00:00+08:00, got: {value}", value=repr(value)))
    if moment.tzinfo is None:
        raise _Wrong(
            say("expected an instant with its offset from UTC, such as +08:00, got: {value}", value=repr(value))
        )
    return moment.astimezone(UTC).isoformat()


def _date(value: Any) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise _Wrong(say("expected a date such as 2026-11-16, got: {value}", value=repr(value)))
    return day.isoformat()


def _url(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://\S+", value.strip()):
        raise _Wrong(say("expected an address that begins with http:// or https://, got: {value}", value=repr(value)))
    return value.strip()


def _file(value: Any) -> dict[str, str]:
    if (
        not isinstance(value, Mapping)
        or not isinstance(value.get("name"), str)
        or not _SHA256.fullmatch(str(value.get("sha256")))
    ):
        raise _Wrong(say("expected a file as its name and sha256, got: {value}", value=repr(value)))
    return {"name": value["name"], "sha256": value["sha256"]}


_PLAIN: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.TEXT: _exact_text,
    FieldType.FLAG: _flag,
    FieldType.INTEGER: _integer,
    FieldType.INSTANT: _instant,
    FieldType.DATE: _date,
    FieldType.URL: _url,
    FieldType.FILE: _file,
}
