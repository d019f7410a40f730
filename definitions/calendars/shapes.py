"""The shape of a calendar file as an editor is told of it; `reader` judges the file itself, and is stricter."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ..shorthands import Shape

WeekdayWord = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class TextShape(Shape):
    """A text in one language, or in both."""

    zh: Any = None
    """In Chinese."""
    en: Any = None
    """In English."""


Words = str | TextShape


class NoticeShape(Shape):
    """The notice by which a year's days off are official."""

    number: Any = None
    """Its number, as it is cited."""
    published: Any = None
    """The day on which it was published."""
    amended: Any = None
    """The day on which it was amended."""


class DayShape(Shape):
    """What a day is, by a notice or an arrangement: ``off`` or ``work``, or other office hours alone."""

    off: Words = ""
    """It is a day of rest, for this reason."""
    work: Words = ""
    """It is worked, for this reason."""
    hours: Any = None
    """The office hours of this day alone: ``08:30..12:00``, or a list of such stretches."""
    source: Words = ""
    """The notice by which it is so."""


class SeasonShape(Shape):
    """A closed season that comes every year."""

    from_: Annotated[Any, Field(alias="from", examples=["12-24", "easter-7", "first monday of may"])]
    """Its first day: ``12-24``, ``easter-7`` or ``first monday of may``."""
    to: Annotated[Any, Field(examples=["01-01", "easter+7", "last friday of august"])]
    """Its last day, in the same words."""
    years: Any = None
    """The years in which it is, such as ``2010..2027``; by default all."""
    title: Words = ""
    """What people call it."""
    source: Words = ""
    """The provision by which it is so."""
    time: Literal["runs", "stands"] = "runs"
    """``runs`` (default): nobody works; ``stands``: time stands still for limits."""


class CalendarShape(Shape):
    """A calendar file."""

    calendar: Any
    """The id; this key comes first."""
    title: Words
    """What people call it."""
    extends: Any = None
    """The id of the calendar that this one builds on."""
    union: Annotated[list[Any], Field(min_length=1)] = Field(default_factory=list)
    """Ids of calendars: a day of rest in any of them is a day of rest."""
    base: Annotated[Any, Field(examples=["CN", "GB-ENG", "none"])] = None
    """The country, or country and region, whose public holidays are taken, or a list of them; ``none`` for none."""
    categories: Any = None
    """Which categories of holidays are taken, such as ``[public, bank]``."""
    without: Any = None
    """Names of holidays that are left out."""
    zone: Annotated[str, Field(examples=["Asia/Shanghai", "Europe/London"])] = ""
    """The IANA name of the time zone."""
    years: Annotated[str, Field(pattern=r"^[0-9]{4}\.\.[0-9]{4}$", examples=["2010..2027"])] = ""
    """The first and the last year that it knows: ``2010..2027``."""
    official_through: Annotated[str | int, Field(examples=["2026-12-31"])] = ""
    """The last day that an official notice covers; later dues are provisional."""
    rest_days: list[WeekdayWord] | dict[str, list[WeekdayWord]] = Field(default_factory=list)
    """The weekdays of rest, or range of days: weekdays, where they changed."""
    issuer: Words = ""
    """Who issues the notices; or the law by which the days stand, where there are none."""
    notices: dict[str, NoticeShape] = Field(default_factory=dict)
    """Year: the notice by which its days are official."""
    office_hours: dict[str, Any] = Field(default_factory=dict)
    """Weekdays such as ``monday..friday``: the stretches of the day in which the office is open."""
    closed_seasons: dict[str, SeasonShape] = Field(default_factory=dict)
    """Seasons of every year in which nobody works, or time stands still."""
    days: dict[str, DayShape] = Field(default_factory=dict)
    """Day, or range such as ``2024-09-15..2024-09-17``: what it is."""
    week_ends: WeekdayWord = "sunday"
    """The weekday on which a week ends."""
    year_ends: Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{2}$", examples=["03-31"])] = "12-31"
    """Month and day on which a year ends, for limits that reach to its end."""
