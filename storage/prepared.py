"""Statements compiled to text once, and run on the driver's own cursor of a connection that SQLAlchemy has begun.

Compiling, the types and the transaction stay SQLAlchemy's; only what it does anew for every execution is left out,
which is most of what a small statement costs.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine

from ..workflow.errors import MALFORMED
from .damage import unreadable

Process = Callable[[Any], Any]


class Prepared:
    """One statement, compiled for one kind of database.

    Args:
        names: of the values that an insert or update is given.
    """

    def __init__(self, statement: Any, dialect: Dialect, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        self.text = str(compiled)
        self._dialect, self._errors = dialect, dialect.loaded_dbapi.Error
        self._given = [(name, _binding(bound.type, dialect)) for name, bound in compiled.binds.items()]
        self._fixed = {name: bound.value for name, bound in compiled.binds.items() if not bound.required}
        self._order: list[str] | None = compiled.positiontup
        columns = list(getattr(statement, "selected_columns", ()))
        self._row: Any = namedtuple("Row", [column.key for column in columns]) if columns else None
        self._reading = [(at, read) for at, it in enumerate(columns) if (read := _reading(it.type, dialect))]

    def run(self, connection: Connection, values: Sequence[dict[str, Any]]) -> Any:
        """Run it once for each set of values and return the driver's cursor; errors are SQLAlchemy's."""
        cursor = connection.connection.cursor()
        bound = [self._bound(given) for given in values]
        try:
            if len(bound) == 1:
                cursor.execute(self.text, bound[0])
            else:
                cursor.executemany(self.text, bound)
        except self._errors as error:
            cursor.close()
            raise _told(self.text, error, self._errors, self._dialect) from error
        return cursor

    def all(self, connection: Connection, values: dict[str, Any]) -> list[Any]:
        """Return the rows that it finds; their values are what the columns' types make of them."""
        return self.fetched(self.run(connection, [values]))

    def fetched(self, cursor: Any) -> list[Any]:
        """Return the rows that a cursor of this statement has found."""
        found = cursor.fetchall()
        cursor.close()
        return [self._made(row) for row in found]

    def _made(self, found: Iterable[Any]) -> Any:
        if self._row is None:
            return found
        row = list(found)
        try:
            for at, read in self._reading:
                row[at] = read(row[at])
        except MALFORMED as error:
            raise unreadable(self._row._make(found), str(error)) from error
        return self._row._make(row)

    def _bound(self, given: dict[str, Any]) -> Any:
        values = {**self._fixed, **given}
        bound = {name: bind(values[name]) if bind else values[name] for name, bind in self._given}
        return bound if self._order is None else [bound[name] for name in self._order]


def send(connection: Connection, statement: str) -> None:
    """Run a statement without values on the driver's connection; errors are SQLAlchemy's."""
    errors = connection.dialect.loaded_dbapi.Error
    try:
        connection.connection.cursor().execute(statement)
    except errors as error:
        raise _told(statement, error, errors, connection.dialect) from error


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Have the statements of the block go out at once, and their answers come back at once, where the driver can.

    How many rows a statement of the block has changed is not known inside it.
    """
    pipeline = _pipeline(connection.connection.dbapi_connection)
    if pipeline is None:
        yield
        return
    errors = connection.dialect.loaded_dbapi.Error
    try:
        with pipeline:
            yield
    except errors as error:
        raise _told(None, error, errors, connection.dialect) from error


def _pipeline(driver: Any) -> AbstractContextManager[Any] | None:
    if not hasattr(driver, "pipeline"):
        return None
    from psycopg import Pipeline

    made: AbstractContextManager[Any] | None = driver.pipeline() if Pipeline.is_supported() else None
    return made


def _told(statement: str | None, error: Exception, errors: type[Exception], dialect: Dialect) -> Exception:
    """The driver's error as SQLAlchemy raises it. The values are left out: private ones must not stand in a log."""
    told: Exception = DBAPIError.instance(statement, None, error, errors, hide_parameters=True, dialect=dialect)
    return told


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


_prepared: WeakKeyDictionary[Executable, dict[tuple[str, tuple[str, ...]], Prepared]] = WeakKeyDictionary()


def prepared(statement: Executable, dialect: Dialect, names: Iterable[str] = ()) -> Prepared:
    """Return a statement as it has been compiled for a kind of database, compiled now if it has not been before."""
    known, key = _prepared.setdefault(statement, {}), (f"{dialect.name}+{dialect.driver}", tuple(names))
    if key not in known:
        known[key] = Prepared(statement, dialect, key[1])
    return known[key]
