"""The archive section of a procedure file to the model."""

from __future__ import annotations

from collections.abc import Mapping

from ...workflow.model import Archive, ArchiveClass, Retention
from .lifecycle_reader import title_of
from .shapes import ArchiveClassShape, ArchiveShape, StateShape


def read_archive(shape: ArchiveShape, states: Mapping[str, StateShape]) -> Archive:
    """Return what the section says; where it names no states, those of ``states`` that are final."""
    final = [name for name, state in states.items() if state.final]
    allowed = tuple(final if shape.in_ is None else shape.in_)
    return Archive(
        states=allowed,
        classes={name: _class(name, one, allowed) for name, one in shape.classes.items()},
        retention=Retention(shape.retention.otherwise, shape.retention.field),
        named_by=shape.named_by,
        secrecy=shape.secrecy,
    )


def _class(name: str, shape: ArchiveClassShape, allowed: tuple[str, ...]) -> ArchiveClass:
    required_in = allowed if shape.required_in is None else tuple(shape.required_in)
    return ArchiveClass(name, title_of(name, shape.title), tuple(shape.fields), tuple(shape.documents), required_in)
