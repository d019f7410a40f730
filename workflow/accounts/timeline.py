"""The timeline of a case, cut into intervals that cover it without gap or overlap; each is attributed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant up to, and not including, another one."""

    begins: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted; never less than nothing."""
        return max(self.ends - self.begins, NOTHING)

    def covers(self, other: Span) -> bool:
        """Return whether all of ``other`` lies in it."""
        return self.begins <= other.begins and other.ends <= self.ends

    def within(self, bounds: Span) -> Span:
        """Return the part of it that lies in ``bounds``; an empty span where there is none."""
        begins = min(max(self.begins, bounds.begins), bounds.ends)
        return Span(begins, max(begins, min(self.ends, bounds.ends)))


@dataclass(frozen=True, slots=True)
class Holding:
    """That it was a unit's turn for a span. ``still``: spans of it in which the unit's own time stood still."""

    unit: str
    lead: bool
    span: Span
    still: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A piece of a case's time in which nothing changed.

    Args:
        stage: the stage in which the case was.
        leads, co_units: the units whose turn it was, in order of dispatch, each named once.
        paused: time stood still: for the case, or for every unit whose turn it was.
    """

    span: Span
    stage: str
    leads: tuple[str, ...] = ()
    co_units: tuple[str, ...] = ()
    paused: bool = False

    @property
    def bearers(self) -> tuple[str, ...]:
        """The units to which it is attributed: the lead while it is its turn, else the co-units; none while paused."""
        return () if self.paused else self.leads or self.co_units


def partition(
    bounds: Span, holdings: Sequence[Holding], paused: Sequence[Span], stages: Sequence[tuple[datetime, str]]
) -> tuple[Interval, ...]:
    """Return the intervals of a case's time, one after another: they cover ``bounds`` exactly.

    Args:
        holdings: whose turn it was when, in order of dispatch; what lies outside the bounds is cut off.
        paused: when time stood still for the whole case.
        stages: from when on the case was in which stage, in order; the first holds from the beginning.
    """
    spans = [*(holding.span for holding in holdings), *(s for h in holdings for s in h.still), *paused]
    cuts = {edge for span in spans for edge in (span.begins, span.ends)} | {since for since, _ in stages}
    inside = sorted({bounds.begins, bounds.ends, *(cut for cut in cuts if bounds.begins < cut < bounds.ends)})
    pieces = (Span(begins, ends) for begins, ends in pairwise(inside))
    return tuple(_interval(piece, holdings, paused, stages) for piece in pieces)


def _interval(
    piece: Span, holdings: Sequence[Holding], paused: Sequence[Span], stages: Sequence[tuple[datetime, str]]
) -> Interval:
    turn = [holding for holding in holdings if holding.span.covers(piece)]
    active = [holding for holding in turn if not any(still.covers(piece) for still in holding.still)]
    stands = any(span.covers(piece) for span in paused) or bool(turn and not active)
    return Interval(
        piece,
        _stage(piece.begins, stages),
        leads=tuple(dict.fromkeys(holding.unit for holding in active if holding.lead)),
        co_units=tuple(dict.fromkeys(holding.unit for holding in active if not holding.lead)),
        paused=stands,
    )


def _stage(at: datetime, stages: Sequence[tuple[datetime, str]]) -> str:
    reached = [stage for since, stage in stages if since <= at]
    return reached[-1] if reached else stages[0][1] if stages else ""


def shares(interval: Interval) -> Mapping[str, timedelta]:
    """Return how much of an interval each bearer bears: equal parts that add up to it exactly.

    What does not divide by whole microseconds goes, one each, to the units that were dispatched first.

    >>> from datetime import UTC
    >>> span = Span(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 17, tzinfo=UTC))
    >>> {unit: str(part) for unit, part in shares(Interval(span, "handling", co_units=("roads", "water"))).items()}
    {'roads': '12:00:00', 'water': '12:00:00'}
    """
    bearers = interval.bearers
    if not bearers:
        return {}
    micro = timedelta(microseconds=1)
    part, rest = divmod(interval.span.length // micro, len(bearers))
    return {unit: (part + (place < rest)) * micro for place, unit in enumerate(bearers)}


def total(spans: Iterable[Span]) -> timedelta:
    """Return the time that at least one of the spans covers."""
    return sum((span.length for span in merged(spans)), NOTHING)


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the same time as spans that do not touch, in order."""
    last: Span | None = None
    for span in sorted((span for span in spans if span.length), key=lambda span: span.begins):
        if last is None or span.begins > last.ends:
            if last:
                yield last
            last = span
        else:
            last = Span(last.begins, max(last.ends, span.ends))
    if last:
        yield last
