"""The JSON schema of a procedure file, for editors: completion of keys, and their mistakes while typing."""

from __future__ import annotations

import json

from .shapes import ProcedureShape

FILE = "procedure.schema.json"
"""The shipped schema; a procedure's first line names it: ``# yaml-language-server: $schema=./procedure.schema.json``"""


def procedure_schema() -> str:
    """Return the schema as JSON text, made from the shapes; `FILE` holds the same text."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ProcedureShape.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
