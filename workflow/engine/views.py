"""What reading returns: values that a menu, a table or a page can show, all derived at the asked-for time."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..clocks import ClockStatus
from ..errors import CaseclockError
from ..history import NOTED, Case, Event
from ..masking import shown
from ..messages import Message, Text
from ..model import Field, Stage
from ..ports import IssuedDocument


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that an actor may do now.

    Args:
        inputs: the values it takes, in order.
        obstacle: what stands in the way whatever the inputs are, such as an extension that was granted already.
        optional: it may be done, but nobody waits for it.
    """

    case: str
    action: str
    title: Text
    inputs: tuple[Field, ...]
    leads_to: Text | None
    optional: bool
    obstacle: Message | Text | None = None


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock of a case as of an instant. ``overdue`` is never said of a clock without effect."""

    status: ClockStatus
    overdue: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as of an instant, with its clocks, papers and subcases.

    ``case`` is the record, with the originals of private values; ``data`` is what may be shown of it.
    """

    case: Case
    procedure: Text
    state: Text
    stage: Stage
    zone: str
    fields: Mapping[str, Field]
    clocks: tuple[ClockView, ...]
    documents: tuple[IssuedDocument, ...]
    subcases: tuple[CaseView, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """The values of the case, private ones masked."""
        return shown(self.case.data, self.fields)


@dataclass(frozen=True, slots=True)
class EventView:
    """One entry of the history.

    Args:
        overtaken: it turned out later that it took no effect in law, such as an urging for what had been done by then.
        overtaken_by: the entry made late by which it is overtaken; None where only its clock is found to have stopped.
        fields: those of its case, or of its subcase.
    """

    event: Event
    number: str
    title: Text
    overtaken: bool = False
    overtaken_by: EventView | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The values that the event gave, private ones masked; ``event.data`` holds the originals."""
        return shown_values(self.event, self.fields)


@dataclass(frozen=True, slots=True)
class ListItem:
    """A case in a list or an inbox, with its soonest running clock, or a paused one, which has no due.

    Args:
        actions: in an inbox, the titles of what the actor can do.
        fields: those of the case.
    """

    case: Case
    procedure: Text
    state: Text
    stage: Stage
    zone: str
    clock: Text | None
    due_at: datetime | None
    overdue: bool
    provisional: bool
    actions: tuple[Text, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The values of the case, private ones masked."""
        return shown(self.case.data, self.fields)

    @property
    def paused(self) -> bool:
        """Whether time stands still for the clock."""
        return self.clock is not None and self.due_at is None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command did.

    Args:
        case: the case after it.
        event: its event.
        opened: subcases that it opened.
        documents: papers that it issued, with their numbers.
        notices: what the actor should know, such as a target that cannot be met.
        repeated: the command had been carried out before under the same key; nothing was done now.
    """

    case: Case
    event: Event
    opened: tuple[Case, ...] = ()
    documents: tuple[IssuedDocument, ...] = ()
    notices: tuple[Message, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one command of a batch: its receipt, or why it was not carried out."""

    receipt: Receipt | None
    refusal: CaseclockError | None = None


@dataclass(frozen=True, slots=True)
class TickReport:
    """What a tick delivered, in order, and the cases whose rungs it could not deliver."""

    delivered: tuple[Event, ...] = ()
    failed: Mapping[str, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """A running clock of a case, named by its number, whose due a new version of a calendar has moved."""

    case: str
    calendar: str
    clock: str
    title: Text
    old: datetime
    new: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class RecountReport:
    """What a recount moved, in order, and why which cases, by number, could not be recounted."""

    moved: tuple[Moved, ...] = ()
    failed: Mapping[str, Message] = field(default_factory=dict)


def shown_values(event: Event, fields: Mapping[str, Field], unmasked: Container[str] = ()) -> dict[str, Any]:
    """Return the values that an event gave as they may be shown; what the engine noted down gave none."""
    if event.action in NOTED:
        return {}
    return shown(event.data, fields, unmasked=unmasked, sealed=event.seals)
