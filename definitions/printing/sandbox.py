"""The sandbox in which templates run: they print what they are given, and reach nothing else.

Templates are programs, and an office's own may come by mail. So nothing is called on values but jinja's filters,
everything is escaped, and a name that is not there is an error instead of an empty place on a paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .templates import Templates

if TYPE_CHECKING:
    from jinja2 import Environment


def sandbox(templates: Templates | None) -> Environment:
    """Return an environment for templates; with ``templates``, one that finds them by the names of their files."""
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Names after a dot are always values: a field may well be called ``items``."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if isinstance(obj, Mapping):
                return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
            return super().getattr(obj, attribute)

    def source(file: str) -> tuple[str, str, None] | None:
        found = templates.find(file) if templates else None
        return None if found is None else (found.content.decode(), file, None)

    made = Sandbox(autoescape=True, undefined=StrictUndefined, loader=FunctionLoader(source), trim_blocks=True)
    made.filters["dictvalues"] = lambda found: list(found.values())
    return made
