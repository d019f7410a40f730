"""Cases as they stood at a cut-off: read off the history in pages, never off what lists keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..history import Case, Event, apply, fold
from ..migration import KEEP
from .family import Family
from .past import in_force, translated
from .session import Session, Sessions, family_pages
from .situation import Situation


@dataclass(frozen=True, slots=True)
class Standing:
    """A case with its subcases as they stood at a cut-off.

    Args:
        situation: of the case without parent, at the cut-off.
        events: what had happened by then and was not overtaken, in order of recording.
    """

    situation: Situation
    events: tuple[Event, ...]

    def of(self, case: Case) -> Situation:
        """Return the same situation for one member of the family."""
        return replace(self.situation, case=case)


def standing(session: Session, events: Iterable[Event], at: datetime, as_of: datetime | None) -> Standing | None:
    """Return a family as it stood at an instant; None when it had not been opened, or was not known.

    Args:
        events: its whole history, in order of recording.
        at: the cut-off in law: what happened later is left out.
        as_of: what was recorded later is left out, and the calendars are those that were in use then. Everything that
            is recorded counts when it is None.
    """
    known = [event for event in events if as_of is None or event.recorded_at <= as_of]
    kept = _kept(in_force(known), at)
    cases = fold(known) if len(kept) == len(known) else _stood(kept, at)
    if not cases or cases[0].parent is not None:
        return None
    root = cases[0]
    deployed = session.deployed_for(cases, as_of)
    told = tuple(event for event in translated(kept) if event.effective_at <= at)
    return Standing(Situation(deployed, Family(cases), root, at), told)


def _kept(events: Sequence[Event], at: datetime) -> tuple[Event, ...]:
    """The events that had happened by the cut-off, and the later migrations in whose words any of them is told."""
    last = max((place for place, event in enumerate(events) if event.effective_at <= at), default=0)
    later = [event.migration for event in events[:last] if event.migration and event.effective_at > at]
    undone = {told["undoes"] for told in later} & {told["id"] for told in later}
    words = {told["id"] for told in later if told["id"] not in undone and told["undoes"] not in undone}
    return tuple(
        event
        for event in events
        if event.effective_at <= at or (event.migration is not None and event.migration["id"] in words)
    )


def _stood(kept: Sequence[Event], at: datetime) -> tuple[Case, ...]:
    """The cases that these events add up to; what was left out leaves gaps in their numbers, which are passed over."""
    cases: dict[str, Case] = {}
    for event in kept:
        case = cases.get(event.case)
        if case is None and event.opened is None:
            continue
        if case and event.migration and event.effective_at > at:
            event = _in_its_words(case, event)
        case = replace(case, revision=event.seq - 1) if case else None
        cases[event.case] = apply(case, replace(event, overtakes=()))
    return tuple(cases.values())


def _in_its_words(case: Case, event: Event) -> Event:
    """A migration after the cut-off: the case stays where it is, and no clock begins anew by it."""
    told = dict(event.migration or {})
    carried = {clock: by for clock, by in told["carried"].items() if by["rule"] == KEEP}
    state = told["states"].get(case.state, case.state)
    return replace(event, to_state=state, migration={**told, "carried": carried, "restores": []})


def standings(
    sessions: Sessions, procedure: str | None, at: datetime | None, as_of: datetime | None
) -> Iterator[Standing]:
    """Yield every family as it stood at a cut-off, a page of them in one transaction.

    Args:
        procedure: only cases of this procedure; of all when None.
        at: the cut-off; when left out, the present instant at which the reading begins, for all pages.
    """
    for page in family_pages(sessions):
        with sessions() as session:
            at = at or session.now
            for root in page:
                found = standing(session, session.tx.events(root), at, as_of)
                if found and procedure in (None, found.situation.case.procedure):
                    yield found
