"""What pydantic finds wrong with a shape, said in the words of the language."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..workflow.checks.sentences import nearest
from ..workflow.errors import Problem
from ..workflow.messages import Message, say
from .words import expected_period

Made = TypeVar("Made", bound=BaseModel)


def check_shape(model: type[Made], data: Any) -> tuple[Made | None, list[Problem]]:
    """Return the shape of ``data``, or None and every problem of its shape."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, _once([problem for detail in details for problem in _problems(model, detail)])


def _once(problems: list[Problem]) -> list[Problem]:
    """The problems without a key that is missing only because it is written wrongly, which is told already."""
    meant = {(*it.path[:-1], it.message.values.get("near")) for it in problems if it.code == "unknown-key"}
    return [it for it in problems if it.code != "missing-key" or (*it.path, it.message.values["key"]) not in meant]


def _problems(model: type[BaseModel], detail: ErrorDetails) -> Iterator[Problem]:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    if detail["type"] == "missing":
        yield Problem("missing-key", path[:-1], say("expected key {key} here", key=path[-1]), on_key=len(path) > 1)
    elif detail["type"] == "extra_forbidden":
        message = unknown_key(str(path[-1]), _keys(model, path[:-1]), bare=detail["input"] is None)
        yield Problem("unknown-key", path, message, on_key=True)
    else:
        code, tell = _SENTENCES.get(detail["type"], ("wrong-value", _other))
        yield Problem(code, path, tell(detail["input"], detail.get("ctx", {}), detail), on_key="[key]" in detail["loc"])


def unknown_key(key: str, valid: list[str], *, bare: bool = False) -> Message:
    """Return what to say about a key that is none; one without a value is often the rest of a text with a comma."""
    near = nearest(key, valid)
    if near:
        return say("no key {key} here; did you mean {near}?", key=key, near=near)
    if bare:
        return say("no key {key} here; put quotes round a text that has a comma; keys: {valid}", key=key, valid=valid)
    return say("no key {key} here; valid keys: {valid}", key=key, valid=valid)


def unknown_word(found: object, valid: list[str]) -> Message:
    """Return what to say about a word that is not one of ``valid``."""
    near = nearest(str(found), valid)
    if near:
        return say(
            "expected one of {valid}; got: {found}; did you mean {near}?", valid=valid, found=_shown(found), near=near
        )
    return say("expected one of {valid}; got: {found}", valid=valid, found=_shown(found))


Context = Mapping[str, Any]


def _expected(what: Message) -> tuple[str, Callable[[Any, Context, ErrorDetails], Message]]:
    return "wrong-type", lambda found, _context, _detail: say(
        "expected {what}; got: {found}", what=what, found=_shown(found)
    )


def _literal(found: Any, _context: Context, detail: ErrorDetails) -> Message:
    # pydantic gives the valid words only as a sentence: 'a', 'b' or 'c'
    return unknown_word(found, detail.get("ctx", {})["expected"].replace("'", "").replace(" or ", ", ").split(", "))


def _too_small(found: Any, context: Context, _detail: ErrorDetails) -> Message:
    return say("expected at least {least}; got: {found}", least=context["ge"], found=_shown(found))


def _other(found: Any, _context: Context, detail: ErrorDetails) -> Message:
    return say("this value does not fit here: {found} ({reason})", found=_shown(found), reason=detail["msg"])


_MAPPING = say("a mapping of keys to values")
_SENTENCES: Mapping[str, tuple[str, Callable[[Any, Context, ErrorDetails], Message]]] = {
    "string_type": _expected(say("a text (put quotes round it)")),
    "int_type": _expected(say("a whole number")),
    "bool_type": _expected(say("true or false")),
    "list_type": _expected(say("a list")),
    "dict_type": _expected(_MAPPING),
    "model_type": _expected(_MAPPING),
    "model_attributes_type": _expected(_MAPPING),
    "too_short": _expected(say("at least one entry")),
    "greater_than_equal": ("wrong-value", _too_small),
    "literal_error": ("unknown-word", _literal),
    "word": ("unknown-word", lambda found, context, _detail: unknown_word(found, context["valid"])),
    "period": ("bad-period", lambda found, _context, _detail: expected_period(found)),
    "exactly_one": (
        "one-of-keys",
        lambda _found, context, _detail: say("expected exactly one of the keys {keys} here", keys=context["keys"]),
    ),
    "working_days": (
        "bad-period",
        lambda _found, context, _detail: say("expected working days here; got: {found}", found=context["found"]),
    ),
    "wall_time": (
        "wrong-value",
        lambda found, _context, _detail: say("expected a time of day such as 16:30; got: {found}", found=_shown(found)),
    ),
    "no_effect": (
        "no-effect",
        lambda _found, context, _detail: say(
            "hours and minutes are exact: {keys} would have no effect here", keys=context["keys"]
        ),
    ),
    "needs_key": (
        "missing-key",
        lambda _found, context, _detail: say(
            "{key} has no meaning without {needed}", key=context["key"], needed=context["needed"]
        ),
    ),
    "by_value": (
        "wrong-value",
        lambda _found, _context, _detail: say(
            "a length by the value of a field is written as by: the field, is: its values with a length for each"
        ),
    ),
    "string_pattern_mismatch": (
        "bad-name",
        lambda found, _context, _detail: say(
            "expected a name of letters, digits and _ that begins with a letter; got: {found}", found=_shown(found)
        ),
    ),
    "reserved": (
        "reserved-name",
        lambda found, _context, _detail: say("{found} has a meaning of its own; choose another name", found=found),
    ),
}


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the shape at ``path`` takes."""
    kind: Any = model
    for step in path:
        inner = _bare(kind)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            by_key = {field.alias or name: field.annotation for name, field in inner.model_fields.items()}
            kind = by_key.get(str(step))
        else:
            kind = get_args(inner)[-1] if get_args(inner) else None
    inner = _bare(kind)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return [field.alias or name for name, field in inner.model_fields.items()]
    return []


def _bare(kind: Any) -> Any:
    """Return the type inside ``Annotated`` and ``| None``: the shape, dict or list."""
    while True:
        origin = get_origin(kind)
        if origin is Annotated or origin in (Union, types.UnionType):
            kind = get_args(kind)[0]
        else:
            return kind
