"""A condition of many statements: that a row belongs to a case of one family."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.ext.compiler import compiles

from .schema import cases

MEMBERS = select(cases.c.id).where(cases.c.office == bindparam("office"), cases.c.root_id == bindparam("root"))


class OfFamily(ColumnElement[bool]):
    """Whether ``column`` holds the id of a case of the family ``root``."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[str]) -> None:
        self.column = column


@compiles(OfFamily)
def _among_them(element: OfFamily, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.column.in_(MEMBERS), **kw))


@compiles(OfFamily, "postgresql")
def _found_first(element: OfFamily, compiler: Any, **kw: Any) -> str:
    """The ids are found first. Joined, they would be looked for last by a planner that has not counted the rows yet."""
    return f"{compiler.process(element.column, **kw)} = ANY (ARRAY({compiler.process(MEMBERS, **kw)}))"
