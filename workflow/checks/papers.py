"""Papers: everything that a document shows must be there in a case that issues it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import Problem
from ..model import CASE, Document, Lifecycle, Procedure, Shown
from .places import Path, actions, refuse_unknown


def check_papers(procedure: Procedure) -> Iterator[Problem]:
    """Yield every field, clock, action, kind of subcase and document that a paper shows and nothing declares."""
    for document in procedure.documents.values():
        path: Path = ("documents", document.name, "shows")
        yield from _shown(path, document.shows, _names_in(_issuers(procedure, document), procedure.case))
        yield from refuse_unknown("subcase", (*path, "subcases"), list(document.subcases), procedure.subcases)
        for kind in procedure.subcases.keys() & document.subcases.keys():
            own = _names_in([procedure.subcases[kind].lifecycle], None)
            yield from _shown((*path, "subcases", kind), document.subcases[kind], own)
        yield from refuse_unknown("document", (*path, "papers"), document.papers, procedure.documents)


def _issuers(procedure: Procedure, document: Document) -> list[Lifecycle]:
    """The lifecycles in which an action, or the opening, issues a document; every one for a document none issues."""
    kinds = {lifecycle.kind for _, lifecycle, action in actions(procedure) if action.issues == document.name}
    kinds |= {name for name, subcase in procedure.subcases.items() if subcase.issues == document.name}
    return [procedure.lifecycle(kind) for kind in sorted(kinds or {CASE, *procedure.subcases})]


def _names_in(own: list[Lifecycle], parent: Lifecycle | None) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {"fields": set(), "clocks": set(), "actions": set()}
    for lifecycle, prefix in [(one, "") for one in own] + ([(parent, f"{CASE}.")] if parent else []):
        for part, names in found.items():
            names.update(f"{prefix}{name}" for name in getattr(lifecycle, part))
    return {part: frozenset(names) for part, names in found.items()}


def _shown(path: Path, shown: Shown, valid: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    yield from refuse_unknown("field", (*path, "fields"), shown.fields, sorted(valid["fields"]))
    yield from refuse_unknown("clock", (*path, "clocks"), shown.clocks, sorted(valid["clocks"]))
    yield from refuse_unknown("action", (*path, "actions"), shown.actions, sorted(valid["actions"]))
