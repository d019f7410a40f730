"""Times and values of a test file: as the owner writes them, to what the engine takes and what a case keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...workflow.calendars import Calendar
from ...workflow.errors import InvalidInput
from ...workflow.messages import say
from ...workflow.model import Clock, Field, FieldType
from ...workflow.rehearsal.expectations import ExpectedDue
from ..instants import read_date
from .shapes import DueShape
from .story_reader import read_time, with_hash


@dataclass(frozen=True, slots=True)
class Times:
    """How times are read: on the wall of the procedure's calendar, or of the calendar that a clock names.

    Args:
        calendar: the procedure's, or the one that replaces it.
        calendars: those that clocks name, by id.
    """

    calendar: Calendar
    calendars: Mapping[str, Calendar]

    @property
    def zone(self) -> str:
        """The time zone of the procedure's calendar."""
        return self.calendar.zone

    def instant(self, text: str) -> datetime:
        """Return an instant; a day alone is its first moment. Raises `InvalidInput`."""
        return read_time(text, self.zone)

    def exact(self, text: str, clock: Clock) -> datetime:
        """Return an instant that is written with its hour. Raises `InvalidInput`, also for a day alone."""
        if _is_day(text):
            raise InvalidInput(say("expected a time, such as {day} 00:00 or {day} 24:00", day=text))
        return read_time(text, self._calendar(clock).zone)

    def due(self, shape: DueShape, clock: Clock) -> ExpectedDue:
        """Return when a clock must be due. Raises `InvalidInput`."""
        return ExpectedDue(
            at=self._end(shape.due, clock),
            provisional=shape.provisional if shape.due else None,
            strict=self._end(shape.strict, clock),
            lenient=self._end(shape.lenient, clock),
            target=self._end(shape.target, clock),
            started=read_time(shape.started, self._calendar(clock).zone) if shape.started else None,
        )

    def _end(self, text: str | None, clock: Clock) -> datetime | None:
        """Return a due; a day alone is its 24:00."""
        if text is None:
            return None
        calendar = self._calendar(clock)
        return calendar.midnight_after(read_date(text)) if _is_day(text) else read_time(text, calendar.zone)

    def _calendar(self, clock: Clock) -> Calendar:
        return self.calendars[clock.calendar] if clock.calendar else self.calendar

    def value(self, field: Field | None, value: Any) -> Any:
        """Return a value of a field as the engine takes it and a case keeps it. Raises `InvalidInput`.

        A value that is not of the field's type stays as it is, to be refused by the engine.
        """
        if field is None or value is None:
            return value
        if field.type is FieldType.LIST:
            return [self._one(field.of, item) for item in (value if isinstance(value, list) else [value])]
        return self._one(field.type, value)

    def _one(self, kind: FieldType | None, value: Any) -> Any:
        match kind, value:
            case FieldType.INSTANT, str(text):
                return self.instant(text).astimezone(UTC).isoformat()
            case FieldType.DATE, str(text):
                return read_date(text).isoformat()
            case FieldType.FILE, str(name):
                return with_hash({"file": name})
            case FieldType.TEXT, int(number) if not isinstance(value, bool):
                return str(number)
            case _:
                return with_hash(value)


def _is_day(text: str) -> bool:
    try:
        read_date(text)
    except InvalidInput:
        return False
    return True
