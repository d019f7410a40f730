"""Every error of the engine, sorted by who must act on it.

    CaseclockError
    ├── DefinitionInvalid   the author of the definition
    ├── Refusal             the caller: the request is understood and refused; nothing was changed
    │   ├── NotFound
    │   ├── NotAllowed      the procedure or the actor's rights say no
    │   ├── InvalidInput
    │   └── Conflict        somebody else was there first
    │       └── KeyUsed     it was the same request
    └── StorageFailed       the operator: disk full, read-only, unreachable, wrong schema
        └── Unreadable      what is kept makes no sense

Faces read `code` and `exit_status`; the core never prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .messages import ENGLISH, Language, Message, say

MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What reading a value of the wrong form raises; only somebody's hand in the database can have put one there."""


class CaseclockError(Exception):
    """The base of all errors that this package raises on purpose.

    Args:
        message: what was expected and what was found.
        hint: what to do next: the valid choices, or the next command.
    """

    code = "error"
    exit_status = 1

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def text(self, language: Language = ENGLISH) -> str:
        """Return the message, and the hint after it, in ``language``."""
        parts = [self.message, self.hint] if self.hint else [self.message]
        return "\n".join(part.text(language) for part in parts)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a definition, at a place.

    Args:
        code: a stable word for the kind of problem, such as ``unknown-state``.
        path: keys and list positions from the top of the file, such as ``("states", "handling", "stage")``.
        message: what was expected and what was found.
        offset: characters into the value at ``path`` where the problem stands (expressions).
        on_key: the problem is the last key of the path, not its value.
        file, line, column: the place in the source, counted from 1; filled in by the reader, 0 while unknown.
        source: the source line, for display; filled in by the reader.
        warning: the definition can be used nonetheless; what is said is worth a look.
        hint: what to write instead.
        end_line, end_column: where what is meant ends, the column being the first one after it; 0 while unknown.
    """

    code: str
    path: tuple[str | int, ...]
    message: Message
    offset: int = 0
    on_key: bool = False
    file: str = ""
    line: int = 0
    column: int = 0
    source: str = ""
    warning: bool = False
    hint: Message | None = None
    end_line: int = 0
    end_column: int = 0

    @property
    def severity(self) -> str:
        """``warning``, or ``error``: the definition cannot be used."""
        return "warning" if self.warning else "error"

    def text(self, language: Language = ENGLISH) -> str:
        """Return ``file:line:column: message [code]`` in ``language``; a warning says that it is one."""
        told = self.message.text(language)
        if self.warning:
            told = say("warning: {message}", message=told).text(language)
        return f"{self.file}:{self.line}:{self.column}: {told} [{self.code}]"


class DefinitionInvalid(CaseclockError):
    """A procedure, calendar or roster file has problems; all of them are in `problems`."""

    code = "definition-invalid"
    exit_status = 3

    def __init__(self, message: Message, problems: Iterable[Problem], hint: Message | None = None) -> None:
        super().__init__(message, hint)
        self.problems = tuple(problems)

    def text(self, language: Language = ENGLISH) -> str:
        """Return the message and every problem, one a line, in ``language``."""
        return "\n".join([CaseclockError.text(self, language), *(problem.text(language) for problem in self.problems)])


class Refusal(CaseclockError):
    """The request was understood and refused; nothing was changed."""

    code = "refused"
    exit_status = 5


class NotFound(Refusal):
    """The named case, procedure, action, clock or person does not exist in this office."""

    code = "not-found"
    exit_status = 4


class NotAllowed(Refusal):
    """The procedure, or the actor's role, unit or earlier part in the case, does not allow this."""

    code = "not-allowed"
    exit_status = 5


class InvalidInput(Refusal):
    """Inputs are missing, unknown or of the wrong type; `fields` says what is wrong with each, by name."""

    code = "invalid-input"
    exit_status = 2

    def __init__(self, message: Message, fields: dict[str, Message] | None = None, hint: Message | None = None) -> None:
        super().__init__(message, hint)
        self.fields = dict(fields or {})

    def text(self, language: Language = ENGLISH) -> str:
        """Return the message and then each field with what is wrong with it, one a line."""
        lines = [f"  {name}: {problem.text(language)}" for name, problem in self.fields.items()]
        return "\n".join([CaseclockError.text(self, language), *lines])


class Conflict(Refusal):
    """Somebody or something else was there first: another writer, a used key, a version already deployed."""

    code = "conflict"
    exit_status = 6


class KeyUsed(Conflict):
    """A request with the same idempotency key has been recorded meanwhile; repeating the request gets its result."""

    code = "key-used"


class StorageFailed(CaseclockError):
    """The database could not do its work: disk full, read-only, unreachable, or a schema this code does not know."""

    code = "storage-failed"
    exit_status = 1


class Undelivered(CaseclockError):
    """A letter that its receiver has not confirmed.

    Args:
        for_good: no further attempt can succeed, such as with an address that does not exist.
    """

    code = "undelivered"

    def __init__(self, message: Message, hint: Message | None = None, *, for_good: bool = False) -> None:
        super().__init__(message, hint)
        self.for_good = for_good


class Unreadable(StorageFailed):
    """What is kept does not mean anything: somebody's hand was in the database, or its file is damaged.

    Args:
        case: the id of the case that it belongs to, or its number; empty where no case is concerned.
        seq: the number of the event in the case; 0 where no event is concerned.
    """

    def __init__(self, message: Message, *, case: str = "", seq: int = 0) -> None:
        super().__init__(message)
        self.case = case
        self.seq = seq
