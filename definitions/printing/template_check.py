"""Checking templates: everything that one prints must be shown by the document that it is the template of."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...workflow.checks.sentences import nearest
from ...workflow.errors import CaseclockError
from ...workflow.messages import Message, say
from ...workflow.model import Procedure
from ...workflow.showing.paper_values import skeleton
from .rendering import Unprintable, render
from .sandbox import sandbox
from .templates import ENDINGS, GENERAL, Template, Templates

if TYPE_CHECKING:
    from jinja2 import nodes

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a template: in which file, in which line where it has lines, and for which document."""

    file: str
    line: int | None
    document: str
    message: Message


def check_templates(procedure: Procedure, zone: str, templates: Templates) -> tuple[TemplateProblem, ...]:
    """Return everything that the templates of a procedure's documents print and the documents do not show."""
    found: list[TemplateProblem] = []
    for document in procedure.documents.values():
        shape = {**skeleton(procedure, document, zone, "zh"), "office": ""}
        for form in ENDINGS:
            try:
                template = templates.of(document, form)
                problems = list(_problems(template, form, templates, shape))
            except CaseclockError as error:
                problems = [(f"{document.template or document.name}.{ENDINGS[form]}", None, error.message)]
            found += [TemplateProblem(file, line, document.name, message) for file, line, message in problems]
    return tuple(found)


def _problems(
    template: Template, form: str, templates: Templates, shape: Scope
) -> Iterator[tuple[str, int | None, Message]]:
    import jinja2

    if template.file.startswith(f"{GENERAL}."):
        return
    if form == "pdf":
        # Typst itself tells of a name that is not there, and stops at the first.
        try:
            render(template, form, templates, shape)
        except Unprintable as error:
            yield template.file, error.line, say("{reason}", reason=error.reason)
        return
    source = template.content.decode() if form == "html" else _text_of(template)
    try:
        tree = sandbox(templates).parse(source)
    except jinja2.TemplateSyntaxError as error:
        yield template.file, error.lineno if form == "html" else None, say("{reason}", reason=error.message or "")
        return
    for line, message in _unknown(tree.body, shape):
        yield template.file, line if form == "html" else None, message


def _text_of(template: Template) -> str:
    """The jinja text of a Word file, as docxtpl reads it."""
    try:
        from docxtpl import DocxTemplate
    except ImportError:
        return ""
    document = DocxTemplate(io.BytesIO(template.content))
    document.init_docx()
    return str(document.patch_xml(document.get_xml()))


class _Anything:
    """A value of which nothing is known, so that whatever is asked of it is right."""


ANYTHING = _Anything()
LOOP = {"loop": ANYTHING}


def _unknown(body: Iterable[nodes.Node], scope: Scope) -> Iterator[tuple[int, Message]]:
    """Yield every name that is not there, each with its line; a loop's variable is one of what it goes through."""
    from jinja2 import nodes

    for node in body:
        match node:
            case nodes.For():
                yield from _unknown([node.iter], scope)
                inner = {**scope, **LOOP, **_targets(node, scope)}
                yield from _unknown([*node.body, *([node.test] if node.test else [])], inner)
                yield from _unknown(node.else_, scope)
            case nodes.Assign():
                yield from _unknown([node.node], scope)
                if isinstance(node.target, nodes.Name):
                    scope = {**scope, node.target.name: _value(node.node, scope)}
            case nodes.Macro():
                yield from _unknown(node.body, {**scope, **{arg.name: ANYTHING for arg in node.args}})
            case nodes.Import():
                scope = {**scope, node.target: ANYTHING}
            case nodes.FromImport():
                names = (one if isinstance(one, str) else one[1] for one in node.names)
                scope = {**scope, **dict.fromkeys(names, ANYTHING)}
            case nodes.Name() | nodes.Getattr():
                if (wrong := _wrong(node, scope)) is not None:
                    yield node.lineno, wrong
            case _:
                yield from _unknown(node.iter_child_nodes(), scope)


def _targets(node: nodes.For, scope: Scope) -> Scope:
    from jinja2 import nodes

    if isinstance(node.target, nodes.Name):
        many = _value(node.iter, scope)
        return {node.target.name: many[0] if isinstance(many, list) and many else ANYTHING}
    return {name.name: ANYTHING for name in node.target.find_all(nodes.Name)}


def _value(node: nodes.Node, scope: Scope) -> Any:
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return scope.get(node.name, ANYTHING)
    if isinstance(node, nodes.Getattr):
        owner = _value(node.node, scope)
        return owner.get(node.attr, ANYTHING) if isinstance(owner, Mapping) else ANYTHING
    return ANYTHING


def _wrong(node: nodes.Node, scope: Scope) -> Message | None:
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        known = node.name in scope or node.name in ("range", "dict", "namespace", "self", "super")
        return None if known else _no(node.name, scope)
    if not isinstance(node, nodes.Getattr):
        return next((message for _, message in _unknown([node], scope)), None)
    if (deeper := _wrong(node.node, scope)) is not None:
        return deeper
    owner = _value(node.node, scope)
    if isinstance(owner, Mapping) and node.attr not in owner:
        return _no(node.attr, owner)
    return None


def _no(name: str, valid: Scope) -> Message:
    near = nearest(name, valid)
    if near:
        return say("the document does not show {name}; did you mean {near}?", name=name, near=near)
    return say("the document does not show {name}; it shows: {valid}", name=name, valid=sorted(valid))
