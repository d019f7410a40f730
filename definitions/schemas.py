"""JSON Schemas of the files that people write, for editors: completion, descriptions, and mistakes while typing.

They are made from the shapes by which the files are read, so that what an editor takes is what the reader takes. The
shape of a calendar is for editors only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..workflow.errors import NotFound
from ..workflow.messages import say
from .shorthands import NAME_PATTERN, Shape

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS = ("procedure", "calendar", "roster", "test", "story", "report")
"""The kinds of file that have a schema; ``procedure`` is the kind of ``*.procedure.yaml``."""

_SIGNS = r"\s!-/:-@\[-\^`{-~\u2000-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
EDITOR_NAME_PATTERN = rf"^[^0-9{_SIGNS}][^{_SIGNS}]{{0,62}}$"
"""A name, said without ``\\w``, which to the JavaScript of editors means ASCII letters only; names may be Chinese."""


def schema_file(kind: str) -> str:
    """Return the name of the file that holds the schema of a kind; it lies beside the files of that kind."""
    return f"{kind}.schema.json"


def first_line(kind: str) -> str:
    """Return the line by which a file tells an editor its schema.

    >>> first_line("roster")
    '# yaml-language-server: $schema=./roster.schema.json'
    """
    return f"# yaml-language-server: $schema=./{schema_file(kind)}"


def schema_text(kind: str) -> str:
    """Return the schema of a kind of file as JSON text. Raises `NotFound` for a kind that has none."""
    if kind not in KINDS:
        raise NotFound(
            say("there is no schema for {kind}", kind=kind), say("those that there are: {kinds}", kinds=list(KINDS))
        )
    schema = _shape_of(kind).model_json_schema()
    for part in _parts(schema):
        _entitle(part)
        _leave_out_what_misleads(part)
        _say_names_for_editors(part)
    return json.dumps({"$schema": DIALECT, **schema}, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> tuple[str, ...]:
    """Write the schema of every kind into a folder, where editors look for it, and return the names of the files."""
    for kind in KINDS:
        (folder / schema_file(kind)).write_text(schema_text(kind), encoding="utf-8")
    return tuple(map(schema_file, KINDS))


def _shape_of(kind: str) -> type[Shape]:
    from .calendars.shapes import CalendarShape
    from .procedures.shapes import ProcedureShape
    from .rehearsals.shapes import RehearsalShape
    from .rehearsals.story_reader import StoryShape
    from .reports.reader import ReportShape
    from .roster_reader import RosterShape

    shapes: Mapping[str, type[Shape]] = {
        "procedure": ProcedureShape,
        "calendar": CalendarShape,
        "roster": RosterShape,
        "test": RehearsalShape,
        "story": StoryShape,
        "report": ReportShape,
    }
    return shapes[kind]


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping of a schema, the whole first."""
    if isinstance(value, dict):
        yield value
    for part in list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(part)


def _entitle(part: dict[str, Any]) -> None:
    """Give a shape the title that people know it by, and each of its keys one."""
    title = part.get("title")
    if isinstance(title, str):
        part["title"] = title.removesuffix("Shape")
    properties = part.get("properties")
    if isinstance(properties, dict):
        for key, value in properties.items():
            value["title"] = key.replace("_", " ").capitalize()


def _leave_out_what_misleads(part: dict[str, Any]) -> None:
    """Leave out a default of nothing, which editors offer as a value, and what a word's class says of itself.

    The key says better what its words mean.
    """
    if "default" in part and part["default"] in (None, ""):
        del part["default"]
    for definition in part.get("$defs", {}).values():
        if "enum" in definition:
            definition.pop("description", None)
    if isinstance(part.get("description"), str):
        part["description"] = part["description"].replace("``", "`")


def _say_names_for_editors(part: dict[str, Any]) -> None:
    if part.get("pattern") == NAME_PATTERN:
        part["pattern"] = EDITOR_NAME_PATTERN
        part["patternErrorMessage"] = "expected a name of letters, digits and _ that begins with a letter"
