"""A graph as Mermaid text (``stateDiagram-v2``): stages are composite states, clocks notes, a case's way classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..messages import Language, Text, render, say
from .course import Course
from .graph import Graph
from .words import clock_lines

_CLASSES = (
    "classDef been fill:#dbeafe,stroke:#1d4ed8,color:#111827",
    "classDef here fill:#fde68a,stroke:#b45309,stroke-width:3px,color:#111827",
)


def mermaid(graph: Graph, language: Language, course: Course | None = None) -> str:
    """Return a graph as Mermaid; with ``course``, the way of a case in it. Every title is safe in it."""
    return "\n".join(_lines(graph, language, course)) + "\n"


def _lines(graph: Graph, language: Language, course: Course | None) -> Iterator[str]:
    yield "stateDiagram-v2"
    for stage, states in graph.bands:
        title = f"{stage.step} {render(stage.title, language)}"
        yield f'    state "{escaped(title)}" as stage_{stage.name} {{'
        for state in states:
            told = escaped(_state_title(state.title, state.name, language, course))
            yield f'        state "{told}" as {ident(state.name)}'
        if not states:
            yield f'        state "{escaped(render(say("no state of its own"), language))}" as none_{stage.name}'
        yield "    }"
    shown = {state.name: state for _, states in graph.bands for state in states}
    if graph.lifecycle.initial in shown:
        yield f"    [*] --> {ident(graph.lifecycle.initial)}"
    for move in graph.moves:
        label = render(move.action.title, language)
        numbers = course.numbers(move.source, move.action.name, move.target) if course else ()
        label = " ".join((*numbers, label))
        yield f"    {ident(move.source)} --> {ident(move.target)} : {escaped(label)}"
    for state in shown.values():
        if state.final:
            yield f"    {ident(state.name)} --> [*]"
    yield from _notes(graph, language, course, set(shown))
    if course:
        yield from (f"    {line}" for line in _CLASSES)
        been = sorted(course.visited & shown.keys() - {course.here})
        if been:
            yield f"    class {','.join(map(ident, been))} been"
        if course.here in shown:
            yield f"    class {ident(course.here)} here"


def _state_title(title: Text, name: str, language: Language, course: Course | None) -> str:
    entries = course.entries(name) if course else ()
    return " / ".join((render(title, language), *(render(entry, language) for entry in entries)))


def _notes(graph: Graph, language: Language, course: Course | None, shown: set[str]) -> Iterator[str]:
    """Yield the notes: of every clock one, at the first state in which it can run; several there share one."""
    by_state: dict[str, list[str]] = {}
    for clock, span in graph.spans:
        here = [name for name in span.states if name in shown]
        if not here:
            continue
        titles = [graph.lifecycle.states[name].title for name in span.states]
        lines: Sequence[str] = (
            render(clock.title, language),
            *clock_lines(clock, graph.lifecycle, language),
            render(say("runs in: {states}", states=titles), language),
            *(render(line, language) for line in (course.clock_lines(clock.name) if course else ())),
        )
        by_state.setdefault(here[0], []).extend(lines)
    for name, lines in by_state.items():
        yield f"    note right of {ident(name)}"
        yield from (f"        {escaped(line)}" for line in lines)
        yield "    end note"


def ident(name: str) -> str:
    """Return a state's name as Mermaid takes it: no word of its own, and letters of ASCII only."""
    return "s_" + "".join(
        letter if (letter.isascii() and letter.isalnum()) or letter == "_" else f"x{ord(letter):x}" for letter in name
    )


def escaped(text: str) -> str:
    """Return a text in which nothing has a meaning for Mermaid: its signs become entities, line breaks spaces."""
    plain = " ".join(text.split())
    return "".join(f"#{ord(letter)};" if letter in '"#;<>{}&`\\%:' else letter for letter in plain)
