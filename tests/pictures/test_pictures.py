"""Pictures: nothing overlaps, every label lies in its box, lines touch only their own boxes, and any title is safe."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import mmdr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.language import language
from caseclock.workflow.messages import Text
from caseclock.workflow.model import CASE, Procedure
from caseclock.workflow.pictures.drawing import GUTTER, PAD, TITLE, draw, part
from caseclock.workflow.pictures.graph import graph
from caseclock.workflow.pictures.layout import Box, Layout, arrange
from caseclock.workflow.pictures.making import picture
from caseclock.workflow.pictures.mermaid import ident, mermaid
from caseclock.workflow.pictures.widths import width, wrapped

NAMES = (
    "bulletin",
    "cn_open_information",
    "cn_petition",
    "eu_gdpr",
    "fr_building_permit",
    "inquiry",
    "online_opinion",
    "patrol",
    "uk_foi",
)
HOSTILE = '"]} --> [*] : x; %% <script>alert(1)</script> #quot; `\n end note & 很长的标题很长的标题很长的标题 \x07'


@pytest.fixture(scope="module")
def procedures() -> dict[str, Procedure]:
    """Every shipped procedure by its id."""
    reader = YamlReader()
    files = {name: f"{name}.procedure.yaml" for name in NAMES}
    return {name: reader.procedure(reader.compile(shipped(file), file=file).compiled) for name, file in files.items()}


def check_layout(layout: Layout) -> None:
    """Nothing overlaps; a line begins and ends on the borders of its boxes and runs through no other one."""
    for one, other in combinations(layout.boxes.values(), 2):
        beside = one.x + one.box.width <= other.x or other.x + other.box.width <= one.x
        assert beside or one.bottom <= other.y or other.bottom <= one.y, (one, other)
    for line in layout.lines:
        for name, (x, y) in ((line.source, line.points[0]), (line.target, line.points[-1])):
            box = layout.boxes[name]
            assert box.x <= x <= box.x + box.box.width
            assert y in (box.y, box.bottom)
        for (x, y), (to, end) in pairwise(line.points):
            for name, box in layout.boxes.items():
                # A curve between two points stays in the rectangle that they span.
                inside_x = max(x, to) > box.x and min(x, to) < box.x + box.box.width
                inside_y = max(y, end) > box.y and min(y, end) < box.bottom
                assert not (inside_x and inside_y), (line, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", ["en", "zh"])
def test_nothing_overlaps_in_the_picture_of_a_shipped_procedure(
    procedures: dict[str, Procedure], name: str, code: str
) -> None:
    procedure = procedures[name]
    for kind in (CASE, *procedure.subcases):
        shown = graph(procedure, kind)
        drawn = draw(part(procedure, shown, language(code)), language(code))
        check_layout(drawn.layout)
        for box, left, right, bottom in drawn.texts:
            placed = drawn.layout.boxes[box]
            assert placed.x <= left <= right <= placed.x + placed.box.width
            assert placed.y <= bottom <= placed.bottom
        places = {stage: (top, bottom) for stage, top, bottom in drawn.bands}
        for stage, _ in shown.bands:
            top, bottom = places[stage.name]
            title_lines = wrapped(stage.title.of(code), TITLE, GUTTER - 2 * PAD)
            assert bottom - top >= 34 + 16 * len(title_lines)
        for state in shown.lifecycle.states.values():
            top, bottom = places[state.stage]
            assert top <= drawn.layout.boxes[state.name].y
            assert drawn.layout.boxes[state.name].bottom <= bottom


@given(st.data())
@settings(max_examples=60)
def test_nothing_overlaps_in_any_graph(data: Any) -> None:
    count = data.draw(st.integers(2, 7))
    sizes = data.draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(30, 200)), min_size=2, max_size=14))
    boxes = [Box(f"b{i}", row, wide, 20 + wide / 3) for i, (row, wide) in enumerate(sizes)]
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(boxes), st.sampled_from(boxes)), max_size=25))
    links = [(one.name, other.name) for one, other in pairs if one.row != other.row]
    check_layout(arrange(boxes, links, {}, 0, count))


@given(st.text(max_size=60), st.integers(40, 200))
def test_wrapped_lines_are_no_wider_than_their_room_and_lose_no_letter(text: str, room: int) -> None:
    lines = wrapped(text, 10, room)
    assert all(width(line, 10) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_only_words_too_long_for_a_line_are_broken() -> None:
    assert wrapped("Acknowledge the warning, swimmingly", 10, 90) == ("Acknowledge", "the warning,", "swimmingly")
    assert wrapped("增加承办单位、首次", 10, 60) == ("增加承办单", "位、首次")
    assert wrapped("对各单位网民留言", 10, 40) == ("对各单位", "网民留言")


def hostile(procedure: Procedure) -> Procedure:
    """A procedure whose every title tries to be something else."""
    bad = Text(HOSTILE, HOSTILE)
    states = {
        name: replace(
            state,
            title=bad,
            actions={key: replace(action, title=bad) for key, action in state.actions.items()},
        )
        for name, state in procedure.case.states.items()
    }
    clocks = {name: replace(clock, title=bad) for name, clock in procedure.case.clocks.items()}
    stages = {name: replace(stage, title=bad) for name, stage in procedure.stages.items()}
    case = replace(procedure.case, states=states, clocks=clocks)
    return replace(procedure, title=bad, stages=stages, case=case)


@pytest.mark.parametrize("name", NAMES)
def test_an_svg_is_well_formed_the_same_every_time_and_reaches_for_nothing(
    procedures: dict[str, Procedure], name: str
) -> None:
    for procedure in (procedures[name], hostile(procedures[name])):
        made = picture(procedure, language("zh"))
        assert made == picture(procedure, language("zh"))
        root = ElementTree.fromstring(made)
        assert root.get("role") == "img"
        assert [child.tag.rsplit("}")[-1] for child in root][:2] == ["title", "desc"]
        tags = {element.tag.rsplit("}")[-1] for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "style", "g", "rect", "path", "text", "circle"}
        assert "url(" not in made
        assert "href" not in made


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", ["en", "zh"])
def test_mermaid_says_the_same_states_and_moves_as_the_procedure(
    procedures: dict[str, Procedure], name: str, code: str
) -> None:
    for procedure in (procedures[name], hostile(procedures[name])):
        for kind in (CASE, *procedure.subcases):
            shown = graph(procedure, kind)
            made = mermaid(shown, language(code))
            states = shown.lifecycle.states
            arrows = re.findall(r"^    (s_\w+) --> (s_\w+) : \S", made, re.MULTILINE)
            assert arrows == [(ident(move.source), ident(move.target)) for move in shown.moves]
            assert set(re.findall(r'^        state "[^"]+" as (s_\w+)$', made, re.MULTILINE)) == set(map(ident, states))
            drawn = mmdr.render(made).svg()
            assert "<svg" in drawn
            if procedure is procedures[name]:
                assert all(state.title.of(code).split()[0] in drawn for state in states.values())


def test_a_stage_alone_is_shown_with_the_states_next_to_it(procedures: dict[str, Procedure]) -> None:
    shown = graph(procedures["online_opinion"], CASE, "approval")
    names = {state.name for _, states in shown.bands for state in states}
    assert names == {"awaiting_approval", "approved", "handling", "replied", "withdrawn"}
