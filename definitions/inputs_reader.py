"""Inputs as people type them to the values that the engine takes, each by the type that its field declares."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..workflow.errors import InvalidInput
from ..workflow.masking import without_values
from ..workflow.messages import Message, say
from ..workflow.model import Field, FieldType
from .instants import read_date, read_instant

_COMMAS = re.compile(r"[,，、]")


def read_inputs(typed: Mapping[str, str], fields: Iterable[Field], zone: str) -> dict[str, Any]:
    """Return typed texts as values for the engine; a text of no declared field goes through, to be refused there.

    Lists are separated by commas, also ``，`` and ``、``. A file is given by its path and becomes its name and SHA-256.
    A text may be ``@path``, the content of that file; ``@@`` stands for a text that itself begins with ``@``.

    Args:
        zone: the time zone of instants that name no offset.

    Raises `InvalidInput` with everything that cannot be read, by field.
    """
    declared = {field.name: field for field in fields}
    values: dict[str, Any] = {}
    problems: dict[str, Message] = {}
    for name, text in typed.items():
        try:
            values[name] = _read(declared[name], text, zone) if name in declared else text
        except InvalidInput as error:
            problems[name] = without_values(error.message) if declared[name].private else error.message
    if problems:
        raise InvalidInput(say("the inputs are not complete or not valid"), problems)
    return values


def split_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Return ``name=value`` texts as a mapping.

    Raises `InvalidInput` for one without a name, and for a name given twice.

    >>> split_pairs(["units=water,roads", "lead="])
    {'units': 'water,roads', 'lead': ''}
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InvalidInput(say("expected NAME=VALUE, got: {text}", text=repr(pair)))
        if name in found:
            raise InvalidInput(say("{name} is given twice", name=name))
        found[name] = value
    return found


def _read(field: Field, text: str, zone: str) -> Any:
    if field.type is FieldType.LIST:
        items = [item.strip() for item in _COMMAS.split(text)]
        return [_read_plain(field.of or FieldType.TEXT, item, zone) for item in items if item]
    return _read_plain(field.type, text, zone)


def _read_plain(kind: FieldType, text: str, zone: str) -> Any:
    match kind:
        case _ if not text.strip():
            return text
        case FieldType.INSTANT:
            return read_instant(text, zone)
        case FieldType.DATE:
            return read_date(text)
        case FieldType.FILE:
            path = Path(text)
            return {"name": path.name, "sha256": hashlib.sha256(_content(path)).hexdigest()}
        case FieldType.TEXT if text.startswith("@@"):
            return text[1:]
        case FieldType.TEXT if text.startswith("@"):
            return _text(Path(text[1:]))
        case _:
            return text


def _text(path: Path) -> str:
    try:
        return _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(say("{file} is not a UTF-8 text", file=str(path))) from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            say("cannot read the file {file}: {reason}", file=str(path), reason=error.strerror)
        ) from error
