"""Placing boxes in rows, and the lines between them: few crossings, no overlap, no line through a foreign box.

Lines that pass a row get a place of their own in it; rows are ordered by barycentres, places found by least squares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

GAP = 22.0
"""Between two boxes of a row, in pixels."""
LANE = 16.0
"""Between a line that passes a row and what is beside it."""
SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Box:
    """What is to be placed: its size in pixels, and the row in which it stands."""

    name: str
    row: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with the place of its upper left corner."""

    box: Box
    x: float
    y: float

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return self.x + self.box.width / 2

    @property
    def bottom(self) -> float:
        """The y of its lower border."""
        return self.y + self.box.height


@dataclass(frozen=True, slots=True)
class Line:
    """A line from one box to another, as points; between two points of different x it bends within a gap of rows."""

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands. ``rows``: for each row its upper and lower y."""

    boxes: Mapping[str, Placed]
    lines: tuple[Line, ...]
    rows: tuple[tuple[float, float], ...]
    width: float


def arrange(
    boxes: Sequence[Box], links: Iterable[tuple[str, str]], gaps: Mapping[int, float], top: float, count: int
) -> Layout:
    """Return where boxes and lines stand.

    Args:
        links: pairs of boxes in different rows.
        gaps: the height of the gap above a row, in pixels, where it is not the usual one.
        top: the y of the first row.
        count: how many rows there are.
    """
    every = {box.name: box for box in boxes}
    chains = [_chain(every, source, target) for source, target in dict.fromkeys(links)]
    rows: list[list[str]] = [[] for _ in range(count)]
    for box in every.values():
        rows[box.row].append(box.name)
    pairs = sorted({pair for chain in chains for pair in _downward(every, chain)})
    _order(rows, pairs)
    xs = _places(rows, pairs, every)
    heights = [max((every[name].height for name in row), default=0.0) for row in rows]
    spans: list[tuple[float, float]] = []
    y = top
    for row, height in enumerate(heights):
        y += gaps.get(row, GAP) if row else 0
        spans.append((y, y + height))
        y += height
    placed = {
        name: Placed(box, xs[name] - box.width / 2, spans[box.row][0] + (heights[box.row] - box.height) / 2)
        for name, box in every.items()
    }
    ports = _ports(placed, pairs)
    lines = tuple(_line(chain, placed, ports, spans) for chain in chains)
    real = {name: one for name, one in placed.items() if one.box.width > 0}
    right = max((one.x + one.box.width for one in placed.values()), default=0)
    return Layout(real, lines, tuple(spans), right)


def _chain(every: dict[str, Box], source: str, target: str) -> tuple[str, ...]:
    """The stops of a line: its ends, and a place in each row that it passes; lines to one box share their places."""
    down = 1 if every[target].row > every[source].row else -1
    between = [f"{target}\0{down}\0{row}" for row in range(every[source].row + down, every[target].row, down)]
    for name in between:
        every.setdefault(name, Box(name, int(name.rsplit("\0", 1)[1]), 0, 0))
    return (source, *between, target)


def _downward(every: Mapping[str, Box], chain: Sequence[str]) -> Iterable[tuple[str, str]]:
    for one, other in pairwise(chain):
        yield (one, other) if every[one].row < every[other].row else (other, one)


def _neighbours(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above, below = defaultdict(list), defaultdict(list)
    for upper, lower in pairs:
        above[lower].append(upper)
        below[upper].append(lower)
    return above, below


def _order(rows: list[list[str]], pairs: Sequence[tuple[str, str]]) -> None:
    """Order every row by the middle of its neighbours, down and up; the order with the fewest crossings is kept."""
    above, below = _neighbours(pairs)
    best, fewest = [list(row) for row in rows], _crossings(rows, below)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else rows[::-1]:
            _sort(row, rows, above if down else below)
        found = _crossings(rows, below)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    rows[:] = best


def _sort(row: list[str], rows: list[list[str]], near: Mapping[str, list[str]]) -> None:
    place = {name: index / max(len(one), 1) for one in rows for index, name in enumerate(one)}
    weight = {
        name: sum(place[other] for other in near[name]) / len(near[name]) if near.get(name) else place[name]
        for name in row
    }
    row.sort(key=lambda name: weight[name])


def _crossings(rows: Sequence[Sequence[str]], below: Mapping[str, list[str]]) -> int:
    place = {name: index for row in rows for index, name in enumerate(row)}
    found = 0
    for row in rows:
        ends = [sorted(place[other] for other in below.get(name, ())) for name in row]
        flat = [end for group in ends for end in group]
        found += sum(1 for i, one in enumerate(flat) for other in flat[i + 1 :] if other < one)
    return found


def _places(
    rows: Sequence[Sequence[str]], pairs: Sequence[tuple[str, str]], every: Mapping[str, Box]
) -> dict[str, float]:
    """The x of the middle of everything: as near to its neighbours as what stands beside it allows."""
    above, below = _neighbours(pairs)
    xs: dict[str, float] = {}
    for row in rows:
        xs.update(_apart([0.0] * len(row), row, every))
    for sweep in range(2 * SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = [
                (sum(xs[other] for other in near[name]) / len(near[name]) + xs[name] * 0.15) / 1.15
                if near.get(name)
                else xs[name]
                if name in above or name in below
                else sum(xs[other] for other in row) / len(row)
                for name in row
            ]
            xs.update(_apart(wanted, row, every))
    left = min(xs[name] - every[name].width / 2 for name in xs)
    return {name: round(x - left, 1) for name, x in xs.items()}


def _apart(wanted: Sequence[float], row: Sequence[str], every: Mapping[str, Box]) -> dict[str, float]:
    """The places nearest to the wanted ones at which nothing overlaps: pooling of neighbours that come too near."""
    offsets, at = [], 0.0
    for index, name in enumerate(row):
        if index:
            before = every[row[index - 1]].width
            at += before / 2 + every[name].width / 2 + (GAP if before and every[name].width else LANE)
        offsets.append(at)
    pools: list[list[float]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        pools.append([want - offset, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            value, count = pools.pop()
            pools[-1] = [(pools[-1][0] * pools[-1][1] + value * count) / (pools[-1][1] + count), pools[-1][1] + count]
    values = [value for value, count in pools for _ in range(int(count))]
    return {name: value + offset for name, value, offset in zip(row, values, offsets, strict=True)}


Ports = Mapping[tuple[str, str], float]


def _ports(placed: Mapping[str, Placed], pairs: Sequence[tuple[str, str]]) -> Ports:
    """The x at which a box meets each neighbour: spread along its border, in the order of the neighbours."""
    above, below = _neighbours(pairs)
    found: dict[tuple[str, str], float] = {}
    for near in (above, below):
        for name, others in near.items():
            one = placed[name]
            ordered = sorted(others, key=lambda other: (placed[other].middle, other))
            pitch = min(26.0, max(one.box.width - 16, 0) / len(ordered))
            for index, other in enumerate(ordered):
                found[name, other] = round(one.middle + (index - (len(ordered) - 1) / 2) * pitch, 1)
    return found


def _line(
    chain: Sequence[str], placed: Mapping[str, Placed], ports: Ports, spans: Sequence[tuple[float, float]]
) -> Line:
    points: list[tuple[float, float]] = []
    for one, other in pairwise(chain):
        down = placed[other].box.row > placed[one].box.row
        here, there = placed[one], placed[other]
        x, to = ports[one, other], ports[other, one]
        leaves, arrives = spans[here.box.row][1 if down else 0], spans[there.box.row][0 if down else 1]
        points.append((x, here.bottom if down else here.y))
        points += [(x, leaves), (to, arrives)]
        points.append((to, there.y if down else there.bottom))
    return Line(chain[0], chain[-1], tuple(dict.fromkeys(points)))
