"""Procedures as frozen values: fields, actions, states and subcases, and what belongs to the whole.

A `Procedure` has a lifecycle for its cases and one for each kind of subcase. A `Lifecycle` has states with their
actions, and clocks that run beside the states. Expressions stay source text here; `guards` gives them meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..messages import Text
from .archive import Archive
from .clock import Clock, Period

SYSTEM = "system"
"""The role, and the actor, of everything the engine does by itself: rungs of a ladder, joins, expiry."""


OPEN = "open"
"""The action of every case's first event, and the word in a definition for "all states that are not final"."""


RECOUNTED = "recounted"
"""The action of an event by which a new version of a calendar changed dues; no definition may use the word."""


REVISED = "revised"
"""The action of an event by which a late entry in its family overtook events of this case; reserved as well."""


REDACTED = "redacted"
"""The action of an event by which private values of a case were erased; reserved as well."""


PRINTED = "printed"
"""The action of an event by which a paper was printed for the first time in a format; reserved as well."""
JOINED = "joined"
"""The action of an event by which a case took in another one that was merged into it; reserved as well."""
MIGRATED = "migrated"
"""The action of an event by which a case went over to another version of its procedure; reserved as well."""
DISCLOSED = "disclosed"
"""The action of an event by which private values of a case were shown to somebody; reserved as well."""


CASE = "case"
"""The kind of a case that has no parent, and the prefix by which a subcase names its parent's fields and clocks."""


class FieldType(StrEnum):
    """The one set of types that case fields, action inputs and documents share."""

    TEXT = "text"
    FLAG = "flag"
    INTEGER = "integer"
    CHOICE = "choice"
    INSTANT = "instant"
    DATE = "date"
    URL = "url"
    UNIT = "unit"
    ACTOR = "actor"
    LIST = "list"
    FILE = "file"


class Mask(StrEnum):
    """What of a private value may be shown; see `masking`."""

    WHOLE = "whole"
    PHONE = "phone"
    IDENTITY = "id"
    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a case can carry.

    Args:
        of: the element type of a list.
        choices: for a choice: its values with their titles.
        set_by: roles that may give it; empty means whoever may take the action.
        private: to be masked in output.
        mask: what of a private value may be shown.
        published: it is a text for everybody to read, in which nothing personal may stand; see `publication`.
        published_unless: the field that lets it pass nonetheless, where it is given with the text.
    """

    name: str
    type: FieldType
    title: Text
    required: bool = False
    private: bool = False
    of: FieldType | None = None
    choices: Mapping[str, Text] = field(default_factory=dict)
    set_by: tuple[str, ...] = ()
    mask: Mask = Mask.WHOLE
    published: bool = False
    published_unless: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on an action, and what to tell whoever does not meet it."""

    check: str
    say: Text | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Subcases that an action opens: of which kind, one for each unit named in which field."""

    subcase: str
    units: str


@dataclass(frozen=True, slots=True)
class Firing:
    """An action that a case's action fires on its subcases.

    Args:
        units: the field naming the unit or units whose subcases are meant; None means every one where it is legal.
    """

    subcase: str
    action: str
    units: str | None = None


@dataclass(frozen=True, slots=True)
class Splitting:
    """New cases that an action splits off: one for each text of one of its inputs.

    Args:
        parts: the input that lists the texts.
        field: the field of the new case that each text becomes.
    """

    parts: str
    field: str


@dataclass(frozen=True, slots=True)
class Action:
    """What a person, or the system, may do in a state.

    Args:
        by: roles that may do it.
        to: the state it leads to; None means it stays.
        inputs: values it takes; they are kept as fields of the case.
        guards: conditions, all of which must hold.
        sets: fields computed from expressions when it is done.
        optional: it may be done, but nobody's inbox shows the case because of it.
        issues: the document it issues, with a number.
        tells: roles whose holders are told of it by letter.
        merges_into: the input that names the case into which this one is merged.
        splits: the new cases that it splits off.
        drops: clocks that need not be met any more when it ends the case.
    """

    name: str
    title: Text
    by: tuple[str, ...]
    to: str | None = None
    inputs: tuple[Field, ...] = ()
    guards: tuple[Guard, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    opens: Opening | None = None
    fires: Firing | None = None
    issues: str | None = None
    optional: bool = False
    basis: Text | None = None
    tells: tuple[str, ...] = ()
    merges_into: str | None = None
    splits: Splitting | None = None
    drops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """One state of the machine, with every action that is legal in it.

    Args:
        unlimited: a case may wait here without a clock, and that is meant; ``unlimited_because``: why, if it is said.
    """

    name: str
    stage: str
    title: Text
    actions: Mapping[str, Action] = field(default_factory=dict)
    final: bool = False
    unlimited: bool = False
    unlimited_because: Text | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states, fields and clocks of a case, or of one kind of subcase. The first state is where it begins.

    Args:
        kind: ``case``, or the name of the kind of subcase.
        fields: the declared fields and every action's inputs: all that an expression may name.
        opens_with: the declared fields, which may be given when the case is opened.
    """

    kind: str
    fields: Mapping[str, Field]
    clocks: Mapping[str, Clock]
    states: Mapping[str, State]
    opens_with: tuple[Field, ...] = ()

    @property
    def private(self) -> frozenset[str]:
        """The names of the fields whose values are private."""
        return frozenset(name for name, field in self.fields.items() if field.private)

    @property
    def initial(self) -> str:
        """The state in which a case begins: the first one declared."""
        return next(iter(self.states))

    @property
    def actions(self) -> Mapping[str, Action]:
        """Every action by name; where states declare one name differently, the first."""
        found: dict[str, Action] = {}
        for state in self.states.values():
            for name, action in state.actions.items():
                found.setdefault(name, action)
        return found


@dataclass(frozen=True, slots=True)
class Subcase:
    """A kind of subcase: one for each unit, with a lead unit, joined again by ``when_all``.

    Args:
        for_each: the case's field that names the units.
        lead: the case's field that names the lead unit.
        delivered_to: roles of the unit to whom it is delivered, the first that the unit's roster has.
        when_all: state of the subcases -> action that the system fires on the case when all that are open are in it.
        when_lead: the same, as soon as the lead unit's subcase enters the state.
        when_case_ends: the action fired on every open subcase when the case ends.
    """

    lifecycle: Lifecycle
    title: Text
    for_each: str
    lead: str | None = None
    delivered_to: tuple[str, ...] = ()
    when_all: Mapping[str, str] = field(default_factory=dict)
    when_lead: Mapping[str, str] = field(default_factory=dict)
    when_case_ends: str | None = None
    issues: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the steps people talk about; groups states, or is done beside them."""

    name: str
    step: int
    title: Text
    basis: Text | None = None
    beside_states: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody's part in the procedure. ``of_unit`` roles act for their own unit only."""

    name: str
    title: Text
    of_unit: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What a paper shows of a case, or of each of its subcases; a name with ``case.`` is of the parent.

    Args:
        fields: values of the case.
        clocks: when they started and are due, on what basis, whether extended, and overdue by how much.
        actions: how often each was done, when, by whom, and with which inputs the last time.
    """

    fields: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that an action issues; numbered without gaps in its own series.

    Args:
        template: the name of its template's file, without its ending; empty for the document's own name.
        shows: what it shows of the case, or subcase, that issues it.
        subcases: what it shows of each subcase, by kind.
        papers: names of the documents of which it lists what was issued before.
    """

    name: str
    title: Text
    numbering: str
    template: str = ""
    shows: Shown = field(default_factory=Shown)
    subcases: Mapping[str, Shown] = field(default_factory=dict)
    papers: tuple[str, ...] = ()

    @property
    def declares(self) -> bool:
        """Whether it shows anything but the inputs of the action that issues it."""
        return self.shows != Shown() or bool(self.subcases or self.papers)


@dataclass(frozen=True, slots=True)
class Reading:
    """A question that the rule leaves open, the reading adopted, and the place in the definition that switches it."""

    question: str
    adopted: Text
    basis: Text
    switch: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure in one version.

    Args:
        redacted_by: roles that may have private values erased; where it says none, those that may open a case.
        archive: what the record of a case holds; None where the procedure says nothing of it.
        unmasked_by: roles that may be shown private values; where it says none, those that may open a case.
        concealed_from: the field that names the unit of which nobody is shown private values.
        erase_private_after: how long after a case has ended its private values are kept; None for no such rule.
    """

    id: str
    version: int
    title: Text
    calendar: str
    numbering: str
    opened_by: tuple[str, ...]
    stages: Mapping[str, Stage]
    roles: Mapping[str, Role]
    case: Lifecycle
    basis: Text | None = None
    subcases: Mapping[str, Subcase] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    separation: tuple[tuple[str, ...], ...] = ()
    readings: tuple[Reading, ...] = ()
    redacted_by: tuple[str, ...] = ()
    archive: Archive | None = None
    unmasked_by: tuple[str, ...] = ()
    concealed_from: str | None = None
    erase_private_after: Period | None = None

    def lifecycle(self, kind: str) -> Lifecycle:
        """Return the lifecycle of cases (kind ``case``) or of a kind of subcase."""
        return self.case if kind == CASE else self.subcases[kind].lifecycle
