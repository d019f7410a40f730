"""What a procedure says about the record that is kept of its cases: its classes, how long, and how secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..messages import Text


@dataclass(frozen=True, slots=True)
class ArchiveClass:
    """A class of material that a record holds.

    Args:
        fields: what fills it: fields of the case, or ``kind.field`` for those of a kind of subcase.
        documents: papers that fill it.
        required_in: the states in which a case cannot be archived while the class is empty.
    """

    name: str
    title: Text
    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    required_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a record is kept.

    Args:
        otherwise: the period where the field is not given, or where there is none.
        field: the case's field that says it.
    """

    otherwise: Text
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """What of a case is archived, and when.

    Args:
        states: those in which a case may be archived.
        named_by: the case's field that names the record.
        secrecy: the class of secrecy of everything in it; None where nothing is said.
    """

    states: tuple[str, ...]
    classes: Mapping[str, ArchiveClass] = field(default_factory=dict)
    retention: Retention | None = None
    named_by: str | None = None
    secrecy: Text | None = None
