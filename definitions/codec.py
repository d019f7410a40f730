"""Frozen dataclasses to plain JSON values and back, driven by their type hints.

This is how a checked definition is stored, so that loading it needs neither the YAML reader nor the checks. Fields that
have their default are left out. The order of mappings is kept: the first state of a procedure is where cases begin.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


def dump(value: object) -> str:
    """Return a dataclass as JSON text, from which `load` makes an equal one; equal values give the same text."""
    return json.dumps(_encode(value), ensure_ascii=False, separators=(",", ":"))


def load(kind: type[Made], text: str) -> Made:
    """Return the value of ``kind`` that `dump` made the text of.

    >>> from ..workflow.messages import Text
    >>> load(Text, dump(Text("Intake", "受理")))
    Text(en='Intake', zh='受理')
    """
    made: Made = _decode(kind, json.loads(text))
    return made


def _encode(value: Any) -> Any:
    if is_dataclass(value):
        made_from = (field for field in fields(value) if field.init)
        given = ((field.name, getattr(value, field.name)) for field in made_from if not _is_default(field, value))
        return {name: _encode(part) for name, part in given}
    match value:
        case Enum():
            return value.value
        case Mapping():
            return {key: _encode(part) for key, part in value.items()}
        case frozenset():
            return sorted(_encode(part) for part in value)
        case tuple():
            return [_encode(part) for part in value]
    return value


def _is_default(field: Field[Any], owner: object) -> bool:
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return bool(getattr(owner, field.name) == default)


def _decode(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode(get_args(kind)[0], value)
    if origin is Mapping:
        part = get_args(kind)[1]
        return {key: _decode(part, item) for key, item in value.items()}
    if origin in (tuple, frozenset):
        part = get_args(kind)[0]
        return origin(_decode(part, item) for item in value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _decode(hints[name], part) for name, part in value.items()})
    return kind(value) if issubclass(kind, Enum) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    # collections.abc names are imported for real in the modules of the model, so that hints resolve here
    return get_type_hints(kind)
