"""Counting: items come one at a time and only numbers are kept, so that many cases need little memory."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

from ..messages import Message
from .items import CaseItem, SlipItem
from .metrics import LENGTHS_OF_CASES, LENGTHS_OF_SLIPS, OF_CASES, OF_SLIPS, Item, Length, Rate

ALL = "all"
"""The group that everything is in."""

CASES = "cases"
"""The figure that tells how many cases there are, by group."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One share, of everything or of one key of a group.

    Args:
        hits, n: numerator and denominator; both None in a cell that is not shown because it is small.
        pending: how many more there are that were not due by the cut-off.
    """

    name: str
    group: str
    key: str
    hits: int | None
    n: int | None
    pending: int | None = 0

    @property
    def share(self) -> float | None:
        """The numerator over the denominator; None of nothing, and of what is not shown."""
        return self.hits / self.n if self.n and self.hits is not None else None


@dataclass(frozen=True, slots=True)
class Lasted:
    """A length of time over several items: by the wall clock, and less the time that stood still.

    Args:
        n: of how many; None, as everything else, in a cell that is not shown because it is small.
        paused: the time that stood still, in all.
    """

    name: str
    group: str
    key: str
    n: int | None
    median: timedelta | None = None
    p90: timedelta | None = None
    median_by_clock: timedelta | None = None
    p90_by_clock: timedelta | None = None
    paused: timedelta | None = None


Cell = tuple[str, str, str]
"""A figure, a group and a key in it."""


@dataclass
class Tally:
    """The counts of a report while it is made.

    Args:
        since: only what belongs to an instant from then on; None from the beginning.
        zone: in which months are told.
    """

    at: datetime
    since: datetime | None
    zone: ZoneInfo
    _counts: dict[Cell, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    _walls: dict[Cell, array[float]] = field(default_factory=lambda: defaultdict(lambda: array("d")))
    _clocks: dict[Cell, array[float]] = field(default_factory=lambda: defaultdict(lambda: array("d")))

    def add(self, item: CaseItem) -> None:
        """Count a case and its slips."""
        self._add(item, OF_CASES, LENGTHS_OF_CASES)
        if self._belongs(item.opened_at):
            for group, key in self._keys(item.groups, item.opened_at):
                self._counts[CASES, group, key][0] += 1
        for slip in item.slips:
            self._add(slip, OF_SLIPS, LENGTHS_OF_SLIPS)

    def _add(self, item: Item, rates: Iterable[Rate[Item]], lengths: Iterable[Length[Item]]) -> None:
        for rate in rates:
            when = rate.when(item)
            if when is not None and (when > self.at or self._belongs(when)):
                place = 2 if when > self.at else 1
                hit = place == 1 and rate.hit(item)
                for group, key in self._keys(item.groups, when):
                    counts = self._counts[rate.name, group, key]
                    counts[place] += 1
                    counts[0] += hit
        for length in lengths:
            ended = length.when(item)
            if ended is not None and self._belongs(ended):
                wall, stood = length.lasted(item)
                for group, key in self._keys(item.groups, ended):
                    self._walls[length.name, group, key].append(wall.total_seconds())
                    self._clocks[length.name, group, key].append((wall - stood).total_seconds())

    def _belongs(self, when: datetime) -> bool:
        return when <= self.at and (self.since is None or self.since <= when)

    def _keys(self, groups: Mapping[str, str], when: datetime) -> Iterator[tuple[str, str]]:
        yield ALL, ""
        yield "month", when.astimezone(self.zone).strftime("%Y-%m")
        yield from groups.items()

    def figures(self, small: Mapping[str, int]) -> tuple[Figure, ...]:
        """Return every share, in the order of the figures, groups and keys; small cells are not shown.

        Args:
            small: for each group, from how many on a cell is shown.
        """
        found = (Figure(*cell, hits, n, pending) for cell, (hits, n, pending) in sorted(self._counts.items()))
        rates = [figure for figure in found if figure.name != CASES]
        order = [*(rate.name for rate in OF_CASES), *(rate.name for rate in OF_SLIPS)]
        return tuple(sorted(_shown(rates, small), key=lambda figure: (order.index(figure.name), figure.group != ALL)))

    def structure(self, small: Mapping[str, int]) -> tuple[Figure, ...]:
        """Return how many cases fall under each key, of all cases; small cells are not shown."""
        total = self._counts[CASES, ALL, ""][0] if (CASES, ALL, "") in self._counts else 0
        cells = sorted((cell, counts[0]) for cell, counts in self._counts.items() if cell[0] == CASES)
        return tuple(
            replace(figure, hits=figure.n, n=total if figure.n is not None else None)
            for figure in _shown([Figure(*cell, count, count) for cell, count in cells], small)
        )

    def lengths(self, small: Mapping[str, int]) -> tuple[Lasted, ...]:
        """Return every length of time, by figure, group and key; small cells are not shown."""
        counted = [Figure(*cell, len(walls), len(walls)) for cell, walls in sorted(self._walls.items())]
        return tuple(self._lasted(figure) for figure in _shown(counted, small))

    def _lasted(self, figure: Figure) -> Lasted:
        cell = figure.name, figure.group, figure.key
        if figure.n is None:
            return Lasted(*cell, None)
        walls, clocks = self._walls[cell], self._clocks[cell]
        return Lasted(
            *cell,
            figure.n,
            median=timedelta(seconds=median(walls)),
            p90=timedelta(seconds=nearest_rank(walls, 90)),
            median_by_clock=timedelta(seconds=median(clocks)),
            p90_by_clock=timedelta(seconds=nearest_rank(clocks, 90)),
            paused=timedelta(seconds=sum(walls) - sum(clocks)),
        )


def nearest_rank(values: Iterable[float], percent: int) -> float:
    """Return the smallest of the values that is not less than so many percent of them.

    >>> nearest_rank([5, 1, 4, 2, 3], 90)
    5
    """
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def _shown(figures: Iterable[Figure], small: Mapping[str, int]) -> Iterator[Figure]:
    """The figures with small cells emptied.

    Where one cell alone of a group would be empty, it could be had by subtraction; the next smallest goes with it.
    """
    grouped: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        grouped[figure.name, figure.group].append(figure)
    for (_, group), cells in grouped.items():
        yield from _without_small(cells, small.get(group, 0))


def _without_small(cells: list[Figure], least: int) -> Iterator[Figure]:
    by_size = sorted((cell for cell in cells if cell.n), key=lambda cell: cell.n or 0)
    hidden = [cell.key for cell in by_size if (cell.n or 0) < least]
    if len(hidden) == 1 and len(by_size) > 1:
        hidden.append(by_size[1].key)
    for cell in cells:
        few = 0 < (cell.pending or 0) < least
        if cell.key in hidden:
            yield replace(cell, hits=None, n=None, pending=None)
        else:
            yield replace(cell, pending=None) if few else cell


def titles_of_figures() -> Mapping[str, tuple[Message, Message]]:
    """Return the title and the formula of every figure, by its name."""
    every: tuple[Rate[CaseItem] | Rate[SlipItem] | Length[CaseItem] | Length[SlipItem], ...] = (
        *OF_CASES,
        *OF_SLIPS,
        *LENGTHS_OF_CASES,
        *LENGTHS_OF_SLIPS,
    )
    return {one.name: (one.title, one.formula) for one in every}
