"""A picture as text: of a procedure, or of a case in it with each of its subcases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import InvalidInput
from ..messages import Language, render, say
from ..model import CASE, Procedure
from .course import Course
from .drawing import part, svg
from .graph import graph
from .mermaid import mermaid

FORMS = ("svg", "mermaid")


def picture(
    procedure: Procedure,
    language: Language,
    form: str = "svg",
    *,
    courses: Sequence[Course] = (),
    subcase: str | None = None,
    stage: str | None = None,
) -> str:
    """Return a picture of a procedure, or of a case.

    Args:
        form: ``svg`` or ``mermaid``; several diagrams of Mermaid are divided by an empty line.
        courses: the way of the case, then that of each of its subcases; none for the procedure by itself.
        subcase: only this kind of subcase.
        stage: only this stage, and the states next to it.

    Raises `InvalidInput` for a kind or a stage that there is not.
    """
    _refuse_unknown("stage", stage, procedure.stages)
    _refuse_unknown("subcase", subcase, procedure.subcases)
    kinds = [subcase] if subcase else [CASE, *procedure.subcases]
    shown: list[tuple[str, Course | None]] = [(kind, None) for kind in kinds]
    if courses:
        shown = [(one.view.case.kind, one) for one in courses if subcase in (None, one.view.case.kind)]
    graphs = [(graph(procedure, kind, stage), course) for kind, course in shown]
    graphs = [(found, course) for found, course in graphs if any(states for _, states in found.bands)]
    if form == "mermaid":
        return "\n".join(mermaid(found, language, course) for found, course in graphs)
    title = render(procedure.title, language)
    if courses:
        title = f"{courses[0].view.case.number} {title}"
    stages = [one.title for one in sorted(procedure.stages.values(), key=lambda one: one.step)]
    description = say("states, actions and clocks by stage: {stages}", stages=stages)
    parts = [part(procedure, found, language, course) for found, course in graphs]
    return svg(parts, language, title, render(description, language))


def _refuse_unknown(kind: str, name: str | None, valid: Iterable[str]) -> None:
    known = list(valid)
    if name is not None and name not in known:
        raise InvalidInput(
            say("there is no {kind} {name} in the procedure", kind=kind, name=name),
            hint=say("valid: {valid}", valid=known),
        )
