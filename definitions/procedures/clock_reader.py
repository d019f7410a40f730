"""The parts of a clock's shape to the model: limits, start, pauses, extension, bound and other readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ...workflow.model import (
    CASE,
    EXACT_UNITS,
    Amount,
    Bound,
    Counting,
    DayEnd,
    DeemedReceipt,
    Extension,
    ExtensionMode,
    FirstDay,
    Floor,
    LatestStart,
    Limit,
    OtherReading,
    Pause,
    Period,
    Roll,
)
from .clock_shapes import (
    ClockShape,
    CountingShape,
    ExtensionShape,
    FloorShape,
    LatestStartShape,
    Lengths,
    LimitShape,
    OtherReadingShape,
    PauseShape,
    ReceiptShape,
    WithinShape,
)

NO_LENGTHS: Lengths = ((), False)


def limits_of(shapes: Iterable[LimitShape], *common: CountingShape | None) -> tuple[Limit, ...]:
    """Return the limits; what one does not say itself about counting, ``common`` says, the last the weightiest."""
    return tuple(limit for shape in shapes for limit in _limits(shape, common))


def _limits(shape: LimitShape, common: Iterable[CountingShape | None]) -> Iterator[Limit]:
    if not isinstance(shape.is_, Mapping):
        yield _limit(shape, shape.is_ or NO_LENGTHS, shape.when, common)
        return
    for value, lengths in shape.is_.items():
        made = _limit(shape, lengths, _both(f"{shape.by} == {_literal(value)}", shape.when), common)
        yield replace(made, chosen=True)
    if isinstance(shape.otherwise, tuple):
        yield _limit(shape, shape.otherwise, shape.when, common)


def _literal(value: str) -> str:
    return value if value in ("true", "false") else f'"{value}"'


def _both(condition: str, other: str | None) -> str:
    return f"{condition} and ({other})" if other else condition


def _limit(shape: LimitShape, lengths: Lengths, when: str | None, common: Iterable[CountingShape | None]) -> Limit:
    periods, each_rolls = lengths
    base = Counting(each_rolls=each_rolls)
    if shape.before:
        base = replace(base, roll=Roll.PREVIOUS_WORKING_DAY)
    counting = _counting(base, (*common, shape.counting))
    units = [period.unit for period in periods] + ([shape.unit] if shape.unit else [])
    if not any(unit in EXACT_UNITS for unit in units):
        # What a definition means must not change with a word that means nothing for it: it is what its version is.
        counting = replace(counting, hours_roll=False)
    return Limit(
        period=periods[0] if periods else None,
        counting=counting,
        until=shape.until,
        when=when,
        then=periods[1:],
        amount=Amount(shape.amount, shape.unit) if shape.amount and shape.unit else None,
        before=shape.before,
    )


def _counting(base: Counting, said: Iterable[CountingShape | None]) -> Counting:
    """Return how a limit is counted: what later shapes say goes before what earlier ones say."""
    for shape in said:
        if shape is None:
            continue
        words = {
            "first_day": shape.first_day,
            "roll": shape.roll,
            "up_to": shape.up_to,
            "begins": shape.from_,
            "clear": shape.last_day is FirstDay.EXCLUDED if shape.last_day else None,
            "months_from_next_day": shape.months == "from_next_day" if shape.months else None,
            "hours_roll": shape.roll is Roll.NEXT_WORKING_DAY if shape.roll else None,
            "closed_seasons": shape.closed_seasons,
            "minimum": shape.minimum.amount if shape.minimum else None,
            **(_end(shape.ends) if shape.ends else {}),
        }
        base = replace(base, **{key: word for key, word in words.items() if word is not None})  # type: ignore[arg-type]
    return base


def _end(word: str) -> dict[str, object]:
    if word in (end.value for end in DayEnd):
        return {"ends": DayEnd(word)}
    return {"ends": DayEnd.AT, "ends_at": word}


def other_reading_of(shape: OtherReadingShape | None, clock: ClockShape) -> OtherReading | None:
    """Return another reading of the limit; what it does not say is as in the clock."""
    if shape is None:
        return None
    limits = limits_of(shape.limit or clock.limit, clock.counting, shape.counting)
    return OtherReading(limits, pauses=shape.pauses is None)


def latest_start_of(shape: LatestStartShape | None) -> LatestStart | None:
    """Return when a clock starts at the latest."""
    return LatestStart(shape.after, shape.is_) if shape else None


def receipt_of(shape: ReceiptShape | None) -> DeemedReceipt | None:
    """Return when what starts a clock counts as received."""
    if shape is None:
        return None
    return DeemedReceipt(shape.cutoff, shape.outside_hours is not None, shape.rest_day is not None)


def pause_of(shape: PauseShape) -> Pause:
    """Return when time stands still."""
    return Pause(
        begins=tuple(shape.from_),
        ends=tuple(shape.to),
        first_day=shape.first_day is FirstDay.INCLUDED,
        last_day=shape.last_day is not FirstDay.EXCLUDED,
        times=shape.times,
        at_most=shape.at_most,
    )


def extension_of(shape: ExtensionShape) -> Extension:
    """Return how a clock may be extended."""
    by = shape.by
    return Extension(
        mode=ExtensionMode.TO if shape.to else ExtensionMode.BY if by else ExtensionMode.UNTIL,
        period=shape.to or (by.length if by else None),
        times=shape.times,
        ask=shape.asked,
        grant=shape.granted,
        refuse=shape.refused,
        before_due=shape.ask != "any_time",
        amount=Amount(by.amount, by.unit) if by and by.amount and by.unit else None,
        until=shape.until,
        cap=shape.cap,
        lead=shape.ask if isinstance(shape.ask, Period) else None,
        decided_within=shape.within.is_ if shape.within else None,
        decided_after=shape.within.after if shape.within else None,
        every_run=shape.holds == "every_run",
    )


def floor_of(shape: FloorShape | None) -> Floor | None:
    """Return before which other clock's due a clock does not end."""
    if shape is None:
        return None
    clock, of_case = _other_clock(shape.clock)
    return Floor(clock, of_case, shape.plus)


def bound_of(shape: WithinShape) -> Bound:
    """Return the bound that another clock sets."""
    clock, of_case = _other_clock(shape.clock)
    return Bound(clock, of_case, shape.reserve, hard=shape.moves == "due", at_once=shape.at_once)


def _other_clock(named: str) -> tuple[str, bool]:
    """The id of another clock, and whether it is one of the case: a task names those with a prefix."""
    prefix = f"{CASE}."
    return named.removeprefix(prefix), named.startswith(prefix)
