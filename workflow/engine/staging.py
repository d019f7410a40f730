"""Staging: families that hang together, played again in an empty office of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ..errors import CaseclockError, InvalidInput, NotAllowed
from ..history import Event
from ..messages import Message, say
from ..model import CASE, DISCLOSED, MIGRATED, OPEN, PRINTED, REDACTED, Field
from ..ports import Store, Transaction
from ..roster import Actor
from .carrying_out import carry_out, deliver, recount
from .commands import Command, FireAction, OpenCase
from .cutoff import Standing, standing
from .draft import Draft
from .family import Family
from .ids import time_ordered_id
from .migrating import repeat
from .recorded import Names, Stroke, cause_of, members, names_in, places, strokes
from .recorded_inputs import actions_named, inputs_of, instead
from .session import LocksFirst, Session
from .shelf import Shelf
from .situation import Deployed
from .under import Definitions, from_the_first, is_later_calendar


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that people took and that the other rules do not allow: on which case, which, when and why not."""

    case: str
    action: str
    actor: str
    at: datetime
    why: Message


@dataclass(frozen=True, slots=True)
class Replayed:
    """A family as it was recorded, and as it comes out when it is replayed.

    Args:
        events, again: the history as recorded, and as replayed; both in order of recording.
        before, after: as the family stood at the cut-off, by either; None where it was not opened by then.
        refused: the steps that were not allowed, the first of which is where the case stopped.
        erased: how many private values had been erased, so that something else stood in their place.
        alike: it was replayed under the definitions by which it was recorded.
    """

    number: str
    procedure: str
    events: tuple[Event, ...]
    again: tuple[Event, ...]
    before: Standing | None
    after: Standing | None
    refused: tuple[Refused, ...] = ()
    erased: int = 0
    alike: bool = True


@dataclass(slots=True)
class _ReplaySession(Session):
    """A session that gives cases the ids and numbers that they were given when the history was recorded."""

    owner: str = ""
    names: Names = field(default_factory=Names)
    drawn: dict[str, int] = field(default_factory=dict)

    def draft(self, deployed: Deployed, family: Family) -> Draft:
        """Return a draft of a change to ``family``, as `Session.draft` does."""
        draft = Session.draft(self, deployed, family)
        # A merger changes two families in one transaction; each draws its own names.
        owner = family.root.id if family.cases else self.owner
        draft.new_id, draft.next_serial = partial(self._new_id, owner), partial(self._next_serial, owner)
        return draft

    def _new_id(self, owner: str) -> str:
        ids = self.names.ids[owner]
        return ids.popleft() if ids else time_ordered_id(self.now)

    def _next_serial(self, owner: str, series: str) -> int:
        serials = self.names.serials[owner, series]
        if serials:
            return serials.popleft()
        self.drawn[series] = self.drawn.get(series, 0) + 1
        return self.drawn[series]


class Stage:
    """Some families that hang together, replayed in an empty office of their own.

    Args:
        recorded: by the name of each event, the procedure by which it was recorded.
    """

    def __init__(
        self,
        office: str,
        store: Store,
        shelf: Shelf,
        definitions: Definitions,
        families: Mapping[str, tuple[Event, ...]],
        recorded: Mapping[str, Deployed],
        drawn: dict[str, int],
        at: datetime,
    ) -> None:
        self._office = office
        self._store = store
        self._shelf = shelf
        self._definitions = definitions
        self._families = families
        self._recorded = recorded
        self._drawn = drawn
        self._at = at
        self._names = names_in(families.values(), recorded)
        self._alike = {root: definitions.alike(events[0]) for root, events in families.items()}
        self._placed = {name: place for events in families.values() for name, place in places(events).items()}
        self._refused: dict[str, list[Refused]] = {root: [] for root in families}
        self._erased = dict.fromkeys(families, 0)
        self._done: set[str] = set()
        self._waiting = sorted(from_the_first(definitions.played), key=lambda it: (it.deployed_at, it.kind, it.name))
        self._sweeps = sorted(
            (
                (it.recounted_at, it.name, it.version)
                for it in self._waiting
                if it.recounted_at and is_later_calendar(it, self._waiting)
            ),
            key=lambda sweep: sweep[:2],
        )

    def play(self, before: Mapping[str, Standing | None]) -> Iterator[Replayed]:
        """Replay everything and yield what becomes of each family."""
        for stroke in self._in_order():
            self._bring_definitions(stroke.at)
            self._take(stroke)
        self._bring_definitions(max(self._at, datetime.max.replace(tzinfo=UTC)))
        for root, events in self._families.items():
            again, after = self._outcome(root)
            yield Replayed(
                number=(events[0].opened or {})["number"],
                procedure=(events[0].opened or {})["procedure"],
                events=events,
                again=again,
                before=before[root],
                after=after,
                refused=tuple(self._refused[root]),
                erased=self._erased[root],
                alike=self._alike[root],
            )

    def _in_order(self) -> Iterator[Stroke]:
        """Yield the strokes of all families in order of recording; what waits for another family comes after that."""
        queues = {root: deque(strokes(events)) for root, events in self._families.items()}
        while waiting := [queue for queue in queues.values() if queue]:
            ready = [queue for queue in waiting if self._is_ready(queue[0], queues)]
            stroke = min(ready or waiting, key=lambda queue: queue[0].at).popleft()
            yield stroke
            self._done.add(stroke.event.name)

    def _is_ready(self, stroke: Stroke, queues: Mapping[str, deque[Stroke]]) -> bool:
        if stroke.kind == "wait":
            return stroke.event.cause in self._done or cause_of(stroke.event) not in self._placed
        # A case that takes another one in must have come as far as it had then.
        into = [told["case"] for told in stroke.event.relations if told["kind"] == "merged_into"]
        return all(queues[root][0].event.cause == stroke.event.name for root in into if queues.get(root))

    def _bring_definitions(self, until: datetime) -> None:
        """Put into use what had been deployed by an instant, and recount by calendars as was done by then."""
        while self._waiting and self._waiting[0].deployed_at <= until:
            definition = self._waiting.pop(0)
            later = is_later_calendar(definition, self._definitions.played)
            kept = replace(definition, recounted_at=None) if later else definition
            with self._store.begin(self._office, write=True) as tx:
                tx.deploy(kept)
        while self._sweeps and self._sweeps[0][0] < until:
            at, name, version = self._sweeps.pop(0)
            self._sweep(name, version, at)

    def _sweep(self, calendar: str, version: int, at: datetime) -> None:
        for root in self._families:
            with self._session(at, root) as session:
                if _is_there(session.tx, root) and any(case.closed_at is None for case in session.tx.family(root)):
                    recount(session, root, calendar)
        with self._store.begin(self._office, write=True) as tx:
            tx.finish_recount(calendar, version, at)

    @contextmanager
    def _session(self, now: datetime, owner: str, *, write: bool = True) -> Iterator[_ReplaySession]:
        with self._store.begin(self._office, write=write) as tx:
            yield _ReplaySession(tx, self._office, now, self._shelf, owner=owner, names=self._names, drawn=self._drawn)

    def _take(self, stroke: Stroke) -> None:
        if stroke.kind == "wait":
            return
        if stroke.kind == "command":
            self._command(stroke)
            return
        with self._session(stroke.at, stroke.root) as session:
            if not _is_there(session.tx, stroke.root):
                return
            if stroke.kind == "tick":
                whole = stroke.alone and not self._alike[stroke.root]
                deliver(session, stroke.root, stroke.at if whole else stroke.until or stroke.at)
            elif stroke.kind == "recount":
                self._recount(session, stroke)
            else:
                self._note(session, stroke)

    def _recount(self, session: Session, stroke: Stroke) -> None:
        calendar = (stroke.event.recount or {})["calendar"]
        if session.tx.definition("calendar", calendar):
            recount(session, stroke.root, calendar)

    def _command(self, stroke: Stroke) -> None:
        event = stroke.event
        try:
            with self._session(stroke.at, stroke.root) as session:
                command = self._again(session, event)
                carry_out(session, command)
        except LocksFirst as order:
            self._command_locked(stroke, order)
        except CaseclockError as refusal:
            self._refuse(event, refusal)

    def _command_locked(self, stroke: Stroke, order: LocksFirst) -> None:
        try:
            with self._session(stroke.at, stroke.root) as session:
                session.lock(order.cases)
                carry_out(session, self._again(session, stroke.event))
        except CaseclockError as refusal:
            self._refuse(stroke.event, refusal)

    def _refuse(self, event: Event, refusal: CaseclockError) -> None:
        number = next((it.opened["number"] for it in self._families[event.root] if it.opened), event.root)
        why = refusal.message
        if isinstance(refusal, InvalidInput) and refusal.fields:
            fields = [say("{field}: {problem}", field=name, problem=it) for name, it in refusal.fields.items()]
            why = say("{message}: {fields}", message=why, fields=fields)
        self._refused[event.root].append(Refused(number, event.action, event.actor, event.effective_at, why))

    def _again(self, session: Session, event: Event) -> Command:
        """The command that left an event. Raises `NotFound` or `NotAllowed` when it cannot even be given."""
        recorded = self._recorded[event.name]
        fields = self._taken(recorded, event)
        data = self._given(event, fields, recorded)
        if not self._alike[event.root]:
            # An input that the other rules do not know any more stops nobody.
            known = {it.name for it in self._taken(self._played(session, event.root), event)}
            data = {name: value for name, value in data.items() if name in known}
        if event.action == OPEN:
            opened, by = event.opened or {}, self._actor(session, event, fields, data)
            version = self._definitions.version(event)
            return OpenCase(opened["procedure"], data, by, event.effective_at, event.key, version)
        case = self._place(session, event)
        by = self._actor(session, event, fields, data)
        return FireAction(case, event.action, by, self._merging(event, recorded, data), event.effective_at, event.key)

    def _played(self, session: Session, root: str) -> Deployed:
        """The procedure under which a family is replayed."""
        first = self._families[root][0]
        return session.deployed((first.opened or {})["procedure"], self._definitions.version(first))

    def _taken(self, deployed: Deployed, event: Event) -> Sequence[Field]:
        """The inputs that a procedure takes for what an event did."""
        kind = self._kind_of(event)
        if event.action == OPEN:
            return deployed.procedure.case.opens_with
        known = kind == CASE or kind in deployed.procedure.subcases
        return inputs_of(deployed.procedure.lifecycle(kind), event.action) if known else ()

    def _kind_of(self, event: Event) -> str:
        return self._placed[event.case][0]

    def _given(self, event: Event, fields: Iterable[Field], deployed: Deployed) -> dict[str, Any]:
        """The inputs of an event; something of the same type where a private value has been erased."""
        data = {}
        for declared in fields:
            if declared.name in event.data:
                data[declared.name] = event.data[declared.name]
            elif declared.name in event.seals:
                data[declared.name] = instead(declared, event, deployed.roster)
                self._erased[event.root] += 1
        return data

    def _merging(self, event: Event, deployed: Deployed, data: dict[str, Any]) -> dict[str, Any]:
        """The inputs with the id of the case that this one was merged into: its number may be another now."""
        into = next((told["case"] for told in event.relations if told["kind"] == "merged_into"), None)
        actions = actions_named(deployed.procedure.lifecycle(self._kind_of(event)), event.action)
        names = [action.merges_into for action in actions if action.merges_into]
        return {**data, names[0]: into} if into and names else data

    def _actor(self, session: Session, event: Event, fields: Iterable[Field], data: Mapping[str, Any]) -> Actor:
        """Who acts: in the role that the event names; by another roster, as that says. Raises `NotFound`."""
        if self._definitions.under.roster and not self._alike[event.root]:
            return session.roster().actor(event.actor)
        person = session.roster().people.get(event.actor)
        roles = {event.role}
        if person and person.unit == event.unit and not self._alike[event.root]:
            roles |= person.roles
        for declared in fields:
            if declared.name in data and declared.set_by and not roles & set(declared.set_by):
                held = [role for role in declared.set_by if person and role in person.roles]
                roles.add((held or list(declared.set_by))[0])
        return Actor(event.actor, frozenset(roles), event.unit)

    def _place(self, session: Session, event: Event) -> str:
        """The case that takes the place of an event's case: of a subcase, the same unit's. Raises `NotAllowed`."""
        wanted = self._placed[event.case]
        if wanted[0] == CASE:
            return event.case
        if _is_there(session.tx, event.root):
            found = members(session.tx.family(event.root))
            if wanted in found:
                return found[wanted]
        raise NotAllowed(say("the unit {unit} was not given this case", unit=wanted[1]))

    def _note(self, session: Session, stroke: Stroke) -> None:
        """Have something noted down again: that a paper was printed, or private values shown or erased."""
        event = stroke.event
        if event.action == MIGRATED:
            self._migrate(session, event)
            return
        try:
            case = self._place(session, event)
        except NotAllowed:
            return
        situation = session.situation(case)
        draft = session.draft(situation.deployed, situation.family)
        member = draft.family.member(case)
        actor = Actor(event.actor, frozenset({event.role}), event.unit)
        erased: tuple[tuple[str, str], ...] = ()
        if event.action == PRINTED:
            draft.note_print(member, actor, event.role, event.printed or {})
        elif event.action == DISCLOSED:
            draft.disclose(member, actor, event.role, event.data)
        elif event.action == REDACTED:
            draft.redact(member, actor, event.role, event.redaction or {}, event.key)
            erased = tuple((case, name) for name in (event.redaction or {})["fields"])
        else:
            why = say("what {action} noted down cannot be replayed", action=event.action)
            self._refuse(event, NotAllowed(why))
            return
        session.tx.save(replace(draft.change(), erased=erased))

    def _migrate(self, session: Session, event: Event) -> None:
        """Have a family go over again; under other rules it has been on those all along."""
        if not self._alike[event.root]:
            return
        family = session.family(event.root)
        here = {case.id: case.revision for case in family.cases}
        if here.get(event.case, 0) >= event.seq:
            return
        told = event.migration or {}
        together = [it for it in self._families[event.root] if it.migration and it.migration["id"] == told["id"]]
        try:
            repeat(session, family, together)
        except (ValueError, KeyError):
            self._refuse(event, NotAllowed(say("it has come out otherwise, so it cannot go over again")))

    def _outcome(self, root: str) -> tuple[tuple[Event, ...], Standing | None]:
        end = max(self._at, self._families[root][-1].recorded_at)
        with self._session(end, root) as session:
            if not _is_there(session.tx, root):
                return (), None
            if not self._alike[root]:
                # By other rules, other rungs come than those of which a tick is recorded.
                deliver(session, root, self._at)
        with self._session(self._at, root, write=False) as session:
            events = session.tx.events(root)
            return events, standing(session, events, self._at, None)


def _is_there(tx: Transaction, root: str) -> bool:
    return bool(tx.events(root))
