"""A graph as an SVG: stages as bands from top to bottom, moves as pills on the lines, clocks as rails on the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from ..messages import Language, render, say
from ..model import CASE, SYSTEM, Procedure, State, Subcase
from .course import Course
from .graph import Graph, Move
from .layout import GAP, Box, Layout, Line, arrange
from .widths import width, wrapped
from .words import clock_lines

TITLE, SMALL = 13.0, 10.5
"""Sizes of letters in pixels."""
GUTTER = 118.0
"""The width in which a stage's title stands."""
STATE, PILL, CARD = 172.0, 150.0, 214.0
PAD = 8.0
MARGIN = 18.0
RAIL = 20.0
COLOURS = 6


@dataclass(frozen=True, slots=True)
class Part:
    """One lifecycle to be drawn: its graph, what stands above it, and the case whose way is shown in it."""

    graph: Graph
    title: str
    notes: tuple[str, ...] = ()
    course: Course | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part as SVG elements, its size in pixels, and where things stand, for whoever checks it."""

    elements: tuple[str, ...]
    width: float
    height: float
    layout: Layout
    bands: tuple[tuple[str, float, float], ...]
    texts: tuple[tuple[str, float, float, float], ...]


def part(procedure: Procedure, shown: Graph, language: Language, course: Course | None = None) -> Part:
    """Return a lifecycle with its title and, for a kind of subcase, what opens and joins it."""
    kind = shown.lifecycle.kind
    if kind == CASE:
        title, notes = f"{render(procedure.title, language)} ({procedure.id}@{procedure.version})", tuple[str, ...]()
    else:
        subcase = procedure.subcases[kind]
        title, notes = render(subcase.title, language), links(procedure, subcase, language)
    if course:
        case = course.view.case
        title = " ".join(filter(None, (case.number, case.unit or "", title)))
    return Part(shown, title, notes, course)


def links(procedure: Procedure, subcase: Subcase, language: Language) -> tuple[str, ...]:
    """Return in words which states and actions of the case open a kind of subcase, and what joins it."""
    case, own = procedure.case, subcase.lifecycle
    lines = [
        say("opened by {action}, from {state}", action=action.title, state=state.title)
        for state in case.states.values()
        for action in state.actions.values()
        if action.opens and action.opens.subcase == own.kind
    ]
    for state_name, action_name in subcase.when_all.items():
        values = {"state": own.states[state_name].title, "action": case.actions[action_name].title}
        lines.append(say("all are {state}: {action}", **values))
    for state_name, action_name in subcase.when_lead.items():
        values = {"state": own.states[state_name].title, "action": case.actions[action_name].title}
        lines.append(say("the lead is {state}: {action}", **values))
    return tuple(render(line, language) for line in lines)


def svg(parts: Sequence[Part], language: Language, title: str, description: str) -> str:
    """Return the parts, one below the other, as one SVG without scripts or anything from outside."""
    drawn = [(part, draw(part, language)) for part in parts]
    heads = [34 + 15 * len(part.notes) for part, _ in drawn]
    total_width = max(one.width for _, one in drawn) + 2 * MARGIN
    y = MARGIN
    body = []
    for (part, one), head in zip(drawn, heads, strict=True):
        body.append(f'<g transform="translate({_n(MARGIN)} {_n(y)})">')
        size = f'width="{_n(one.width + 16)}" height="{_n(head + one.height + 16)}"'
        body.append(f'<rect class="frame" x="-8" y="-8" {size} rx="6"/>')
        body.append(_text(part.title, 0, 16, "head"))
        body += [_text(note, 0, 34 + 15 * index, "small") for index, note in enumerate(part.notes)]
        body.append(f'<g transform="translate(0 {_n(head)})">')
        body += one.elements
        body.append("</g></g>")
        y += head + one.height + 30
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" lang="{language.code}"'
            f' viewBox="0 0 {_n(total_width)} {_n(y)}" width="{_n(total_width)}" height="{_n(y)}">',
            f'<title id="title">{escape(_clean(title))}</title>',
            f'<desc id="desc">{escape(_clean(description))}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{_n(total_width)}" height="{_n(y)}"/>',
            *body,
            "</svg>\n",
        )
    )


def draw(part: Part, language: Language) -> Drawn:
    """Return one lifecycle as SVG elements."""
    return _Drawing(part, language).drawn()


class _Drawing:
    """The work on one picture: rows, boxes, lines, then the elements."""

    def __init__(self, part: Part, language: Language) -> None:
        self.part, self.language = part, language
        self.graph, self.course = part.graph, part.course
        self.states = {state.name: state for _, states in self.graph.bands for state in states}
        self.boxes: list[Box] = []
        self.contents: dict[str, list[tuple[str, str]]] = {}
        self.pills: dict[str, list[Move]] = {}
        self.pill_rows: dict[str, int] = {}
        self.links: list[tuple[str, str]] = []
        self.band_rows: list[tuple[str, int, int]] = []
        self.gaps: dict[int, float] = {}
        self.texts: list[tuple[str, float, float, float]] = []
        self._rows()

    def _say(self, value: object) -> str:
        return render(value, self.language)

    def _rows(self) -> None:
        """Give every state a row below those that lead to it in its stage, and every move one next to its source."""
        local = {name: depth for _, states in self.graph.bands for name, depth in self._depths(states).items()}
        row, of_state = 0, dict[str, int]()
        for stage, states in self.graph.bands:
            first = row
            self.gaps[row] = 34
            upward = any(
                self._rank(move.target) < self._rank(move.source)
                for move in self.graph.moves
                if move.source in {s.name for s in states}
            )
            row += upward
            depth = max((local[state.name] for state in states), default=0)
            for level in range(depth + 1):
                for state in states:
                    if local[state.name] == level:
                        of_state[state.name] = row
                row += 2
            if not states:
                self._add(f"none {stage.name}", first, [("small", self._say(say("no state of its own")))], STATE)
                row = first + 1
            self.band_rows.append((stage.name, first, row - 1))
        for state in self.states.values():
            self._add(state.name, of_state[state.name], self._state_lines(state), STATE)
        for move in self.graph.moves:
            upward = of_state[move.target] < of_state[move.source]
            self._pill(move, of_state[move.source] + (-1 if upward else 1))
        for name, moves in self.pills.items():
            lines = [("label", line) for line in wrapped(self._label(moves), SMALL, PILL - 2 * PAD)]
            self._add(name, self.pill_rows[name], lines, None)
        self._leave_room_for_titles()

    def _leave_room_for_titles(self) -> None:
        """Widen the gap below a band in which its stage's title has no room beside what stands in it."""
        heights: dict[int, float] = {}
        for box in self.boxes:
            heights[box.row] = max(heights.get(box.row, 0), box.height)
        for index, (_, first, last) in enumerate(self.band_rows):
            rows = range(first, last + 1)
            inside = sum(heights.get(row, 0) for row in rows) + GAP * (last - first) + 29
            missing = self._stage_height(index) - inside
            if missing > 0 and index + 1 < len(self.band_rows):
                self.gaps[last + 1] += missing

    def _rank(self, name: str) -> int:
        return next(i for i, (_, states) in enumerate(self.graph.bands) if any(s.name == name for s in states))

    def _depths(self, states: Sequence[State]) -> dict[str, int]:
        """How far below the first row of its stage a state stands; moves back to an earlier one are left out."""
        order = {state.name: index for index, state in enumerate(states)}
        depth = dict.fromkeys(order, 0)
        for state in states:
            for move in self.graph.moves:
                if move.source == state.name and order.get(move.target, -1) > order[state.name]:
                    depth[move.target] = max(depth[move.target], depth[state.name] + 1)
        return depth

    def _pill(self, move: Move, row: int) -> None:
        """Add a move to its pill: the same action from several states to one target, in one row, has one."""
        name = f"{move.action.name}>{move.target}@{row}"
        if name not in self.pills:
            self.links.append((name, move.target))
        self.pills.setdefault(name, []).append(move)
        self.pill_rows[name] = row
        self.links.append((move.source, name))

    def _label(self, moves: Sequence[Move]) -> str:
        numbers = [number for move in moves for number in self._numbers(move)]
        return " ".join((*numbers, self._say(moves[0].action.title)))

    def _numbers(self, move: Move) -> tuple[str, ...]:
        return self.course.numbers(move.source, move.action.name, move.target) if self.course else ()

    def _state_lines(self, state: State) -> list[tuple[str, str]]:
        room = STATE - 2 * PAD
        lines = [("title", line) for line in wrapped(self._say(state.title), TITLE, room)]
        for entry in self.course.entries(state.name) if self.course else ():
            lines += [("entry", line) for line in wrapped(self._say(entry), SMALL, room)]
        if opened := self.graph.opens[state.name]:
            lines += [("opens", line) for line in wrapped(self._say(say("opens: {kinds}", kinds=opened)), SMALL, room)]
        staying = [action for action in state.actions.values() if not action.to or action.to == state.name]
        for style, own in (
            ("small", [action.title for action in staying if action.by != (SYSTEM,)]),
            ("timed", [action.title for action in staying if action.by == (SYSTEM,)]),
        ):
            if own:
                lines += [(style, line) for line in wrapped(self._say(own), SMALL, room)]
        return lines

    def _add(self, name: str, row: int, lines: list[tuple[str, str]], wide: float | None) -> None:
        needed = max(width(text, _size(style)) for style, text in lines) + 2 * PAD
        chips = 20.0 if any(name in span.states for _, span in self.graph.spans) else 0.0
        height = sum(_size(style) + 4 for style, _ in lines) + 2 * PAD - 4 + chips
        self.contents[name] = lines
        self.boxes.append(Box(name, row, wide or needed, height))

    def drawn(self) -> Drawn:
        """Return the finished picture."""
        layout = arrange(self.boxes, self.links, self.gaps, 12.0, 1 + self.band_rows[-1][2])
        left = GUTTER + 16
        bands = self._band_spans(layout)
        rails = left + layout.width + 24
        cards = rails + RAIL * len(self.graph.spans) + 10
        rail_elements, lowest = self._rails(layout, rails, cards)
        full = cards + CARD if self.graph.spans else left + layout.width + 16
        height = max(bands[-1][2], lowest)
        elements = [*self._bands(bands, left + layout.width + 14)]
        elements.append(f'<g transform="translate({_n(left)} 0)">')
        lines = [list(self._line(line)) for line in layout.lines]
        # What was taken is drawn last, so that no other line hides it where both share their way.
        lines.sort(key=lambda drawn: " taken" in drawn[0])
        elements += [element for drawn in lines for element in drawn]
        for name in layout.boxes:
            elements += self._box(layout, name)
        elements.append("</g>")
        elements += rail_elements
        return Drawn(tuple(elements), full, height, layout, tuple(bands), tuple(self.texts))

    def _band_spans(self, layout: Layout) -> list[tuple[str, float, float]]:
        found, top = [], 0.0
        for index, (name, _, last) in enumerate(self.band_rows):
            rows = layout.rows
            below = rows[last + 1][0] - 17 if index + 1 < len(self.band_rows) else rows[last][1] + 12
            height = self._stage_height(index)
            found.append((name, top, max(below, top + height) if index + 1 == len(self.band_rows) else below))
            top = below
        return found

    def _stage_height(self, index: int) -> float:
        return 34 + 16.0 * len(self._stage_lines(index))

    def _stage_lines(self, index: int) -> tuple[str, ...]:
        stage = self.graph.bands[index][0]
        return wrapped(self._say(stage.title), TITLE, GUTTER - 2 * PAD)

    def _bands(self, bands: Sequence[tuple[str, float, float]], right: float) -> Iterator[str]:
        for index, (_, top, bottom) in enumerate(bands):
            shade = "band odd" if index % 2 else "band"
            yield f'<rect class="{shade}" x="0" y="{_n(top)}" width="{_n(right)}" height="{_n(bottom - top)}"/>'
            stage = self.graph.bands[index][0]
            yield _text(str(stage.step), PAD, top + 22, "step")
            for place, line in enumerate(self._stage_lines(index)):
                yield _text(line, PAD, top + 40 + 16 * place, "title")

    def _line(self, line: Line) -> Iterator[str]:
        moves = self.pills.get(line.source) or [it for it in self.pills[line.target] if it.source == line.source]
        style = self._taken(moves) + (" system" if moves[0].by_system else "")
        yield f'<path class="line {style}" d="{_path(line.points)}"/>'
        if line.target in self.states:
            x, y = line.points[-1]
            rise = 7 if line.points[-2][1] > y else -7
            yield f'<path class="tip {style}" d="M{_n(x)} {_n(y)}l-4 {rise}h8z"/>'

    def _taken(self, moves: Sequence[Move]) -> str:
        """Whether a case took one of these moves; without a case, nothing is said of it."""
        if not self.course:
            return "plain"
        taken = [move for move in moves if self._numbers(move)]
        if not taken:
            return "faint"
        overtaken = all(self.course.overtaken(move.source, move.action.name, move.target) for move in taken)
        return "overtaken" if overtaken else "taken"

    def _box(self, layout: Layout, name: str) -> Iterator[str]:
        placed = layout.boxes[name]
        box, y = placed.box, placed.y + PAD
        if name in self.pills:
            moves = self.pills[name]
            style = f"pill {self._taken(moves)}" + (" system" if moves[0].by_system else "")
            corner = 9
        else:
            style, corner = self._state_style(name), 4
        size = f'x="{_n(placed.x)}" y="{_n(placed.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'
        yield f'<rect class="{style}" {size} rx="{corner}"/>'
        for kind, text in self.contents[name]:
            self.texts.append((name, placed.x + PAD, placed.x + PAD + width(text, _size(kind)), y + _size(kind)))
            yield _text(text, placed.x + PAD, y + _size(kind) - 1, kind)
            y += _size(kind) + 4
        spanned = [(i, name in span.paused) for i, (_, span) in enumerate(self.graph.spans) if name in span.states]
        for place, (index, paused) in enumerate(spanned):
            yield from _badge(index, placed.x + PAD + 7 + 18 * place, placed.bottom - 12, hollow=paused)

    def _state_style(self, name: str) -> str:
        style = "state"
        if name in self.states and self.states[name].final:
            style += " final"
        if self.course and name == self.course.here:
            return style + " here"
        return style + " been" if self.course and name in self.course.visited else style

    def _rails(self, layout: Layout, x: float, cards: float) -> tuple[list[str], float]:
        """The clocks: a rail along the rows they can run in, and a card that says their limit."""
        elements: list[str] = []
        lowest = 0.0
        for index, (clock, span) in enumerate(self.graph.spans):
            rows = [layout.rows[layout.boxes[name].box.row] for name in span.states if name in layout.boxes]
            middle = x + RAIL * index + RAIL / 2
            if rows:
                top, bottom = min(row[0] for row in rows), max(row[1] for row in rows)
                elements.append(
                    f'<path class="rail thin c{index % COLOURS}" d="M{_n(middle)} {_n(top)}V{_n(bottom)}"/>'
                )
                for start, end in sorted(set(rows)):
                    elements.append(f'<path class="rail c{index % COLOURS}" d="M{_n(middle)} {_n(start)}V{_n(end)}"/>')
            else:
                top = 0.0
            lines = list(self._card(index))
            y = max(top, lowest)
            height = sum(_size(kind) + 4 for kind, _ in lines) + 2 * PAD
            late = " late" if self.course and self.course.overdue(clock.name) else ""
            size = f'x="{_n(cards)}" y="{_n(y)}" width="{_n(CARD)}" height="{_n(height)}"'
            elements.append(f'<rect class="card{late}" {size} rx="4"/>')
            elements += _badge(index, cards + 14, y + 15, hollow=False)
            at = y + PAD
            for place, (kind, text) in enumerate(lines):
                indent = 18 if place == 0 else 0
                elements.append(_text(text, cards + PAD + indent, at + _size(kind) - 1, kind))
                at += _size(kind) + 4
            lowest = y + height + 10
        return elements, lowest

    def _card(self, index: int) -> Iterator[tuple[str, str]]:
        clock = self.graph.spans[index][0]
        room = CARD - 2 * PAD
        title, *more = wrapped(self._say(clock.title), TITLE, room - 18)
        yield "title", title
        yield from (("title", line) for line in more)
        for line in clock_lines(clock, self.graph.lifecycle, self.language):
            yield from (("small", piece) for piece in wrapped(line, SMALL, room))
        late = self.course is not None and self.course.overdue(clock.name)
        for told in self.course.clock_lines(clock.name) if self.course else ():
            yield from (("alarm" if late else "entry", piece) for piece in wrapped(self._say(told), SMALL, room))


def _size(style: str) -> float:
    return TITLE if style == "title" else SMALL


def _badge(index: int, x: float, y: float, *, hollow: bool) -> Iterator[str]:
    letter = chr(ord("A") + index % 26)
    style = f"badge c{index % COLOURS}" + (" hollow" if hollow else "")
    yield f'<circle class="{style}" cx="{_n(x)}" cy="{_n(y)}" r="7"/>'
    yield f'<text class="letter{" dark" if hollow else ""}" x="{_n(x)}" y="{_n(y + 3.4)}">{letter}</text>'


def _path(points: Sequence[tuple[float, float]]) -> str:
    """A line through points: straight where only one of x and y changes, else a curve that stays between both y."""
    d = f"M{_n(points[0][0])} {_n(points[0][1])}"
    for (x, y), (to, end) in pairwise(points):
        middle = (y + end) / 2
        if x == to or y == end:
            d += f"L{_n(to)} {_n(end)}"
        else:
            d += f"C{_n(x)} {_n(middle)} {_n(to)} {_n(middle)} {_n(to)} {_n(end)}"
    return d


def _text(text: str, x: float, y: float, style: str) -> str:
    return f'<text class="{style}" x="{_n(x)}" y="{_n(y)}">{escape(_clean(text))}</text>'


def _clean(text: str) -> str:
    """A text without the signs that XML does not know."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


_RAILS = ("#1d4ed8", "#b91c1c", "#047857", "#7e22ce", "#b45309", "#0e7490")
_FONTS = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Micro Hei',sans-serif"
_LIGHT = (
    f"text{{font-family:{_FONTS};font-size:{SMALL}px;fill:#1f2937}}"
    f".title{{font-size:{TITLE}px;font-weight:600}}.head{{font-size:16px;font-weight:700}}.step{{font-size:18px;font-weight:700}}"
    ".small{fill:#4b5563}.timed{fill:#7e22ce;font-style:italic}.entry{fill:#1d4ed8}.alarm{fill:#b91c1c;font-weight:700}.opens{fill:#047857;font-weight:600}"
    ".letter{fill:#fff;text-anchor:middle;font-weight:700}.letter.dark{fill:#1f2937}"
    ".page{fill:#fff}.frame{fill:none;stroke:#9ca3af}.band{fill:#f3f4f6}.odd{fill:#e5e7eb}"
    ".state{fill:#fff;stroke:#374151;stroke-width:1.4}.final{stroke-width:3}"
    ".been{fill:#dbeafe}.here{fill:#fde68a;stroke:#b45309;stroke-width:3.5}"
    ".pill{fill:#eef2ff;stroke:#6b7280}.pill.taken{fill:#bfdbfe;stroke:#1d4ed8}.pill.system{stroke:#7e22ce}"
    ".line{fill:none;stroke:#4b5563;stroke-width:1.3}.line.faint{stroke:#9ca3af}.line.taken{stroke:#1d4ed8;stroke-width:2.6}"
    ".line.system{stroke:#7e22ce}.overtaken{stroke-dasharray:5 3}"
    ".tip{fill:#4b5563}.tip.overtaken{stroke-dasharray:none}.tip.system{fill:#7e22ce}"
    ".tip.faint{fill:#9ca3af}.tip.taken{fill:#1d4ed8}.rail{fill:none;stroke-width:7}.rail.thin{stroke-width:1.4}"
    ".card{fill:#fff;stroke:#9ca3af}.card.late{stroke:#b91c1c;stroke-width:2.5}"
    + "".join(f".rail.c{i}{{stroke:{c}}}.badge.c{i}{{fill:{c};stroke:{c}}}" for i, c in enumerate(_RAILS))
    + ".badge.hollow{fill:#fff}"
)
_DARK = (
    "text{fill:#e5e7eb}.small{fill:#cbd5e1}.timed{fill:#d8b4fe}.entry{fill:#93c5fd}.alarm{fill:#fca5a5}.opens{fill:#6ee7b7}"
    ".page{fill:#111827}.band{fill:#1f2937}.odd{fill:#273449}.state,.card{fill:#111827;stroke:#9ca3af}"
    ".been{fill:#1e3a8a}.here{fill:#78350f;stroke:#fbbf24}.pill{fill:#312e81}.pill.taken{fill:#1e40af}"
    ".line{stroke:#9ca3af}.tip{fill:#9ca3af}"
)
STYLE = f"{_LIGHT}@media (prefers-color-scheme:dark){{{_DARK}}}"
