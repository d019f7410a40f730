"""Clocks as frozen values: every word in which a law says when a limit starts, how it is counted and where it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ..messages import Message, Text, say

OPENED = "opened"
"""The start of a clock that means the instant at which the case was opened."""


class TimeUnit(StrEnum):
    """The units in which a law counts."""

    MINUTE = "minute"
    WORKING_MINUTE = "working minute"
    HOUR = "hour"
    WORKING_HOUR = "working hour"
    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


EXACT_UNITS = (TimeUnit.MINUTE, TimeUnit.WORKING_MINUTE, TimeUnit.HOUR, TimeUnit.WORKING_HOUR)
"""The units of exact time; the others count days."""


_LENGTHS = {
    TimeUnit.MINUTE: (say("{number} minute"), say("{number} minutes")),
    TimeUnit.WORKING_MINUTE: (say("{number} working minute"), say("{number} working minutes")),
    TimeUnit.HOUR: (say("{number} hour"), say("{number} hours")),
    TimeUnit.WORKING_HOUR: (say("{number} working hour"), say("{number} working hours")),
    TimeUnit.DAY: (say("{number} day"), say("{number} days")),
    TimeUnit.WORKING_DAY: (say("{number} working day"), say("{number} working days")),
    TimeUnit.WEEK: (say("{number} week"), say("{number} weeks")),
    TimeUnit.MONTH: (say("{number} month"), say("{number} months")),
    TimeUnit.YEAR: (say("{number} year"), say("{number} years")),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of legal time, such as ``3 working days``."""

    amount: int
    unit: TimeUnit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    def spoken(self) -> Message:
        """Return the length in words.

        >>> Period(3, TimeUnit.WORKING_DAY).spoken().text()
        '3 working days'
        """
        return replace(_LENGTHS[self.unit][self.amount != 1], values={"number": self.amount})


class FirstDay(StrEnum):
    """Whether the day of the start is counted."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class UpTo(StrEnum):
    """To the end of which larger span a day is moved."""

    WEEK = "end_of_week"
    MONTH = "end_of_month"
    QUARTER = "end_of_quarter"
    HALF_YEAR = "end_of_half_year"
    YEAR = "end_of_year"


class Roll(StrEnum):
    """What happens when the last day is not a working day."""

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"
    PREVIOUS_WORKING_DAY = "previous_working_day"


class DayEnd(StrEnum):
    """When the last day ends. ``at``: at the wall time that the counting names."""

    MIDNIGHT = "24:00"
    CLOSE_OF_OFFICE = "close"
    SAME_TIME = "same_time"
    AT = "at"


class Seasons(StrEnum):
    """Whether a calendar's closed seasons in which time stands still hold for a limit."""

    STAND = "stand"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Counting:
    """How a limit in days or longer is counted.

    Args:
        minimum: at least so many working days must lie in the period; 0 for no such rule.
        up_to: the period reaches to the end of the week, month, quarter or year of its last day.
        ends_at: with `DayEnd.AT`: the wall time, such as ``17:00``.
        closed_seasons: whether time stands still in the calendar's closed seasons that say so.
        each_rolls: of lengths one after another, each begins when the one before, rolled, has ended.
        begins: it is counted from the end of the week, month, quarter or year of the start.
        clear: in clear days: the last day of the count is over before the limit ends on the next one.
        months_from_next_day: months and years are counted from the day after the start: to the day before its number.
        hours_roll: a limit in hours that ends on a day of rest ends at the same time of the next working day.
        ordinary: the first day is not counted, the last one rolls and ends at 24:00, and that is all.
    """

    first_day: FirstDay = FirstDay.EXCLUDED
    roll: Roll = Roll.NEXT_WORKING_DAY
    ends: DayEnd = DayEnd.MIDNIGHT
    minimum: int = 0
    up_to: UpTo | None = None
    ends_at: str | None = None
    closed_seasons: Seasons = Seasons.STAND
    each_rolls: bool = False
    begins: UpTo | None = None
    clear: bool = False
    months_from_next_day: bool = False
    hours_roll: bool = False
    ordinary: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rolls = self.roll is Roll.NEXT_WORKING_DAY and self.ends is DayEnd.MIDNIGHT
        special = self.minimum or self.up_to or self.begins or self.clear or self.first_day is FirstDay.INCLUDED
        object.__setattr__(self, "ordinary", rolls and not special)


@dataclass(frozen=True, slots=True)
class Amount:
    """A length whose number stands in an integer field."""

    field: str
    unit: TimeUnit


@dataclass(frozen=True, slots=True)
class Limit:
    """One possible length of a clock, with the condition under which it applies.

    Exactly one of ``period``, ``amount`` and ``until`` is given.

    Args:
        period: the length.
        until: instead of a length: the field whose date is the last day.
        when: the condition under which it applies.
        then: further lengths, each beginning where the one before it ended.
        amount: instead of a fixed length: the field that holds the number.
        before: the field from whose date the length is counted back.
        chosen: it is the one for a value of a field, so that there need not be one for every other value.
    """

    period: Period | None
    counting: Counting
    until: str | None = None
    when: str | None = None
    then: tuple[Period, ...] = ()
    amount: Amount | None = None
    before: str | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class LatestStart:
    """The latest start of a clock: so long after a field, an action, or ``opened``."""

    after: str
    period: Period


@dataclass(frozen=True, slots=True)
class DeemedReceipt:
    """When something that came in counts as received.

    Args:
        cutoff: what comes later than this wall time, such as ``16:30``, counts from the next day.
        outside_hours: what comes while the office is closed counts from its next opening.
        rest_day: what comes on a day of rest counts from the next working day.
    """

    cutoff: str | None = None
    outside_hours: bool = False
    rest_day: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """When time stands still.

    Args:
        begins, ends: names of instant fields or of actions.
        first_day: whether the day on which it begins is paused.
        last_day: whether the day on which it ends is still paused.
        times: how often it may be used in one run of the clock; None for no maximum.
        at_most: after this length it ends by itself.
    """

    begins: tuple[str, ...]
    ends: tuple[str, ...]
    first_day: bool = False
    last_day: bool = True
    times: int | None = None
    at_most: Period | None = None


class ExtensionMode(StrEnum):
    """Whether an extension names the new total, the addition, or the new last day."""

    TO = "to"
    BY = "by"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class Extension:
    """How a clock may be extended.

    Args:
        mode: ``to`` a total counted from the same start, ``by`` so much more, or ``until`` a day.
        period: the total or the addition, where the definition fixes it.
        times: how often it may be granted.
        ask, grant, refuse: the actions that ask for it, grant it and refuse it; without ``ask`` nobody needs to ask.
        before_due: it may be asked and granted only before the limit has run out; undecided at due means lapsed.
        amount: for ``by``: the field, given with the grant, that holds the number instead.
        until: for ``until``: the date field, given with the grant, that holds the new last day.
        cap: the total from the start that no extension passes.
        lead: it must be asked for (or granted, where nobody asks) at least so long before due.
        decided_within: it must be granted at most so long after the start, counted as the clock itself.
        decided_after: from which field, action, or ``opened`` that is counted instead of the start.
        every_run: a grant holds for later runs of the clock too.
    """

    mode: ExtensionMode
    period: Period | None
    times: int
    ask: str | None
    grant: str
    refuse: str | None = None
    before_due: bool = True
    amount: Amount | None = None
    until: str | None = None
    cap: Period | None = None
    lead: Period | None = None
    decided_within: Period | None = None
    decided_after: str | None = None
    every_run: bool = False


class Side(StrEnum):
    """On which side of the due instant a rung stands, or after the start."""

    BEFORE = "before"
    DUE = "due"
    AFTER = "after"
    AFTER_START = "after start"


class Strictness(StrEnum):
    """Which of the readings of a limit is meant: the earliest, the adopted one, or the latest."""

    STRICT = "strict"
    ADOPTED = "adopted"
    LENIENT = "lenient"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: an action that the system fires before, at or after due, or so long after the start.

    Args:
        offset: how far from due; None at due.
        reading: by which reading of the limit it is placed; where it is None, warnings (before due) go by the strict
            one, sanctions (after due) by the lenient one, and what comes at due by the adopted one.
        at_once: where it falls before the start, and so comes at the start, that is meant.
    """

    side: Side
    offset: Period | None
    action: str
    reading: Strictness | None = None
    at_once: bool = False

    @property
    def goes_by(self) -> Strictness:
        """The reading by which it is placed."""
        by_side = {Side.BEFORE: Strictness.STRICT, Side.AFTER: Strictness.LENIENT}
        return self.reading or by_side.get(self.side, Strictness.ADOPTED)


@dataclass(frozen=True, slots=True)
class Bound:
    """Not later than another clock's due, less a reserve: a working target, or with ``hard`` the due itself.

    Args:
        at_once: where no time is left for it, it is to be met at once, and that is meant.
    """

    clock: str
    of_case: bool
    reserve: Period | None = None
    hard: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Floor:
    """Not earlier than another clock's due, or so long after it."""

    clock: str
    of_case: bool
    plus: Period | None = None


class Effect(StrEnum):
    """What missing the clock means: a breach of law, of a service promise, or nothing."""

    STATUTORY = "statutory"
    SERVICE = "service"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Expiry:
    """What the system does when a limit has run out, and the condition under which it is this and nothing else."""

    action: str
    when: str | None = None


@dataclass(frozen=True, slots=True)
class OtherReading:
    """Another reading of a clock's limit. ``pauses``: time stands still by this reading too."""

    limits: tuple[Limit, ...]
    pauses: bool = True


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit that runs over several states.

    Args:
        starts: names of instant fields, of actions, or ``opened``; the first that is known starts the clock.
        limits: tried in order; the first whose condition holds applies.
        stops: actions that meet the clock.
        runs_on: actions that undo an earlier stop, as if it had not been (a reply sent back).
        restarts: actions from which the clock starts anew.
        latest_start: it starts at this time at the latest, whatever else is known.
        receipt: when what starts it counts as received.
        pauses: when time stands still.
        strict, lenient: other readings of its limits: an earlier one for warnings, a later one for sanctions.
        expires: what the system does at due, where the limit has run out; the first whose condition holds ends the
            clock.
        extension, further_extensions: how it may be extended; most clocks know one way.
        applies: the condition under which the case has this clock at all.
        not_before: it ends not earlier than another clock.
        receipts: for names of ``starts``: when that counts as received, where it is not as for the others.
        calendar: the id of the calendar by which it is counted; None for the procedure's.
        deemed_later: for names of ``starts``: how much later than that it counts as received.
        all_of: for names of ``starts`` that stand for several: the clock starts when all of these are known.
    """

    name: str
    title: Text
    starts: tuple[str, ...]
    limits: tuple[Limit, ...]
    stops: tuple[str, ...]
    basis: Text | None = None
    effect: Effect = Effect.STATUTORY
    runs_on: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    extension: Extension | None = None
    within: Bound | None = None
    ladder: tuple[Rung, ...] = ()
    latest_start: LatestStart | None = None
    receipt: DeemedReceipt | None = None
    pauses: tuple[Pause, ...] = ()
    strict: OtherReading | None = None
    lenient: OtherReading | None = None
    expires: tuple[Expiry, ...] = ()
    calendar: str | None = None
    deemed_later: Mapping[str, Period] = field(default_factory=dict)
    all_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    receipts: Mapping[str, DeemedReceipt] = field(default_factory=dict)
    applies: str | None = None
    not_before: Floor | None = None
    further_extensions: tuple[Extension, ...] = ()

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """Every way in which it may be extended; a grant names its own by the position here."""
        return (self.extension, *self.further_extensions) if self.extension else ()
