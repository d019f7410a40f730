"""Calendars: which days an office works, why, from which notice, and when its days begin and end.

calendar (compiled, arithmetic on a table), made of parts; facts tells what a calendar says, day by day.
"""

from .calendar import (
    MIDNIGHT,
    NEW_YEARS_EVE,
    ONE_DAY,
    RESTS,
    STANDING,
    STANDS,
    STANDS_WORKED,
    SUNDAY,
    WORKED,
    WORKS,
    Calendar,
    NoOfficeHours,
    OutsideCalendar,
)
from .parts import WEEKDAYS, ClosedSeason, Note, SeasonalHours, Session

__all__ = [
    "MIDNIGHT",
    "NEW_YEARS_EVE",
    "ONE_DAY",
    "RESTS",
    "STANDING",
    "STANDS",
    "STANDS_WORKED",
    "SUNDAY",
    "WEEKDAYS",
    "WORKED",
    "WORKS",
    "Calendar",
    "ClosedSeason",
    "NoOfficeHours",
    "Note",
    "OutsideCalendar",
    "SeasonalHours",
    "Session",
]
