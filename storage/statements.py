"""Every statement of the store, built once and named after what it does.

Parameters that every statement takes: ``office``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    join,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    union,
    union_all,
    update,
)

from ..workflow.ports import CaseQuery
from .of_family import OfFamily
from .schema import cases, clocks, definitions, documents, ends, events, heads, outbox, prints, private, serials, timers

_office: Any = bindparam("office")
PLACE = ("at", "case", "clock", "round", "rung")
"""The parameters that name the place of a timer."""

root_of_case = select(cases.c.root_id).where(cases.c.office == _office, cases.c.id == bindparam("case"))

# The case without parent is locked before its subcases are read: two units that answer at the same time then take
# turns, each sees what the other did, and they cannot wait for one another. SQLite has locked the whole file already.
lock_root = (
    select(cases.c.id).where(cases.c.office == _office, cases.c.id == root_of_case.scalar_subquery()).with_for_update()
)

# The number goes before the id, should one case be numbered as another is identified.
root_of_named = (
    select(cases.c.root_id)
    .where(cases.c.office == _office, or_(cases.c.number == bindparam("ref"), cases.c.id == bindparam("ref")))
    .order_by(cases.c.number != bindparam("ref"))
    .limit(literal_column("1"))
)
lock_named_root = (
    select(cases.c.id).where(cases.c.office == _office, cases.c.id == root_of_named.scalar_subquery()).with_for_update()
)

_first_timer = (
    select(func.min(timers.c.at))
    .where(timers.c.office == cases.c.office, timers.c.case_id == cases.c.id)
    .scalar_subquery()
    .label("first_timer")
)
# The case itself first, also where its row has been made anew after those of its subcases.
_parents_first = cases.c.parent_id.is_not(None), cases.c.position
_whole_family = select(cases, _first_timer).where(cases.c.office == _office).order_by(*_parents_first)
family_of_case = _whole_family.where(cases.c.root_id == root_of_case.scalar_subquery())
_named = (
    cases.c.office == _office,
    or_(cases.c.number.in_(bindparam("refs", expanding=True)), cases.c.id.in_(bindparam("refs", expanding=True))),
)
_roots_of_many = select(cases.c.root_id).where(*_named)
lock_many_roots = (
    select(cases.c.id)
    .where(cases.c.office == _office, cases.c.id.in_(_roots_of_many))
    .order_by(cases.c.id)
    .with_for_update()
)
families_of_many = _whole_family.where(cases.c.root_id.in_(_roots_of_many))
family_of_named = _whole_family.where(cases.c.root_id == root_of_named.scalar_subquery())

family = select(cases).where(cases.c.office == _office, cases.c.root_id == bindparam("root")).order_by(*_parents_first)

case_by_number_or_id = select(cases.c.id, cases.c.number).where(
    cases.c.office == _office, or_(cases.c.number == bindparam("ref"), cases.c.id == bindparam("ref"))
)

cases_like = select(cases.c.id, cases.c.number, cases.c.parent_id.is_(None).label("is_root")).where(
    cases.c.office == _office,
    or_(cases.c.number.like(bindparam("number_like"), escape="\\"), cases.c.id.like(bindparam("id_like"), escape="\\")),
)

newest_numbers = (
    select(cases.c.number)
    .where(cases.c.office == _office, cases.c.parent_id.is_(None))
    .order_by(cases.c.position.desc())
    .limit(bindparam("most", type_=Integer))
)

events_of_family = (
    select(events).where(events.c.office == _office, OfFamily(events.c.case_id)).order_by(events.c.position)
)

private_of_family = select(private).where(private.c.office == _office, OfFamily(private.c.case_id))

private_of_event = select(private).where(
    private.c.office == _office, private.c.case_id == bindparam("case"), private.c.seq == bindparam("seq")
)

event_by_key = select(events).where(events.c.office == _office, events.c.key == bindparam("key"))

last_event = (
    select(events)
    .where(events.c.office == _office, events.c.case_id == bindparam("case"))
    .order_by(events.c.seq.desc())
    .limit(1)
)

documents_of_family = (
    select(documents).where(documents.c.office == _office, OfFamily(documents.c.case_id)).order_by(documents.c.position)
)

prints_of_family = (
    select(prints)
    .where(prints.c.office == _office, OfFamily(prints.c.case_id))
    .order_by(prints.c.case_id, prints.c.seq)
)

clocks_of_family = (
    select(clocks)
    .where(clocks.c.office == _office, OfFamily(clocks.c.case_id))
    .order_by(clocks.c.case_id, clocks.c.clock)
)

open_families = (
    select(cases.c.root_id)
    .where(
        cases.c.office == _office,
        cases.c.closed_at.is_(None),
        cases.c.procedure.in_(bindparam("procedures", expanding=True)),
        cases.c.root_id > bindparam("after"),
    )
    .distinct()
    .order_by(cases.c.root_id)
    .limit(bindparam("most", type_=Integer))
)

cases_by_version = (
    select(
        cases.c.procedure,
        cases.c.version,
        func.count().label("all_of_them"),
        func.count(cases.c.closed_at).label("ended"),
    )
    .where(cases.c.office == _office, cases.c.parent_id.is_(None))
    .group_by(cases.c.procedure, cases.c.version)
)

timers_of_family = (
    select(timers)
    .where(timers.c.office == _office, OfFamily(timers.c.case_id))
    .order_by(timers.c.case_id, timers.c.clock, timers.c.round, timers.c.rung)
)

families = (
    select(cases.c.id)
    .where(cases.c.office == _office, cases.c.parent_id.is_(None), cases.c.id > bindparam("after"))
    .order_by(cases.c.id)
    .limit(bindparam("most", type_=Integer))
)

unheaded = (
    select(cases.c.id.label("case_id"), cases.c.revision.label("seq"), cases.c.link)
    .where(cases.c.office == _office, cases.c.unheaded.is_(True))
    .order_by(cases.c.id)
    .limit(bindparam("most", type_=Integer))
)
# Cases that somebody is writing at this moment are passed over; the next head covers them.
claim_unheaded = unheaded.with_for_update(skip_locked=True)

last_head = select(heads).where(heads.c.office == _office).order_by(heads.c.number.desc()).limit(1)
lock_last_head = last_head.with_for_update()
all_heads = select(heads).where(heads.c.office == _office).order_by(heads.c.number)
ends_of_head = select(ends).where(ends.c.office == _office, ends.c.head == bindparam("head")).order_by(ends.c.case_id)

contradicted = (
    select(ends)
    .outerjoin(
        events,
        and_(
            events.c.office == ends.c.office,
            events.c.case_id == ends.c.case_id,
            events.c.seq == ends.c.seq,
            events.c.link == ends.c.link,
        ),
    )
    .where(ends.c.office == _office, ends.c.head == bindparam("head"), events.c.seq.is_(None))
    .order_by(ends.c.case_id)
)

uncovered = (
    select(cases.c.id.label("case_id"), cases.c.revision.label("seq"), cases.c.link)
    .outerjoin(
        # An end without its head covers nothing.
        join(ends, heads, and_(heads.c.office == ends.c.office, heads.c.number == ends.c.head)),
        and_(ends.c.office == cases.c.office, ends.c.case_id == cases.c.id, ends.c.seq == cases.c.revision),
    )
    .where(cases.c.office == _office, cases.c.unheaded.is_not(True), ends.c.seq.is_(None))
    .order_by(cases.c.id)
)

_of_nobody = (
    select(table.c.case_id)
    .outerjoin(cases, and_(cases.c.office == table.c.office, cases.c.id == table.c.case_id))
    .where(table.c.office == _office, cases.c.id.is_(None))
    for table in (events, documents, clocks, timers, private, prints)
)
_roots = cases.alias("roots")
# A family is found by its case without parent: what hangs on no such case would never be looked at.
_of_no_family = (
    select(cases.c.id.label("case_id"))
    .outerjoin(
        _roots,
        and_(_roots.c.office == cases.c.office, _roots.c.id == cases.c.root_id, _roots.c.parent_id.is_(None)),
    )
    .where(cases.c.office == _office, _roots.c.id.is_(None))
)
strays = union(*_of_nobody, _of_no_family).order_by("case_id")

lost_families = (
    select(events.c.root_id)
    .outerjoin(cases, and_(cases.c.office == events.c.office, cases.c.id == events.c.case_id))
    .where(events.c.office == _office, cases.c.id.is_(None))
    .distinct()
    .order_by(events.c.root_id)
)
_of_root = events.c.office == _office, events.c.root_id == bindparam("root")
events_recorded = select(events).where(*_of_root).order_by(events.c.position)
private_recorded = select(private).where(
    private.c.office == _office, private.c.case_id.in_(select(events.c.case_id).where(*_of_root))
)

all_serials = select(serials).where(serials.c.office == _office).order_by(serials.c.series)

_place = (timers.c.at, timers.c.case_id, timers.c.clock, timers.c.round, timers.c.rung)
timers_until = (
    select(timers)
    .where(timers.c.office == _office, timers.c.at <= bindparam("until"))
    .order_by(*_place)
    .limit(bindparam("most", type_=Integer))
)
# The instant is said by itself too: only then do both databases begin in the index where the last page ended.
timers_after = timers_until.where(
    timers.c.at >= bindparam("at"),
    tuple_(*_place) > tuple_(*(bindparam(name, type_=column.type) for name, column in zip(PLACE, _place, strict=True))),
)


def claiming(statement: Select[Any]) -> Select[Any]:
    """Return the statement with the cases of its timers locked; those that somebody is writing are passed over."""
    root = and_(cases.c.office == timers.c.office, cases.c.id == timers.c.root_id)
    return statement.join(cases, root).with_for_update(of=cases, skip_locked=True)


claim_timers_until = claiming(timers_until)
claim_timers_after = claiming(timers_after)

add_case = insert(cases)
# The revision in the condition is what refuses a change made from a state of the case that is no longer the last one.
change_case = update(cases).where(
    cases.c.office == bindparam("_office"), cases.c.id == bindparam("_id"), cases.c.revision == bindparam("_expected")
)
CHANGING = ("state", "since", "revision", "data", "marks", "delivered", "relations", "version", "carried", "link")
"""The columns of a case that every event writes; those that change seldom are written only when they do."""

PROJECTED = ("due_clock", "due_at", "due_provisional", "projected")
"""The columns of a case that follow from its clocks and timers."""

set_projected = (
    update(cases)
    .where(cases.c.office == bindparam("_office"), cases.c.id == bindparam("_id"))
    .values({name: bindparam(name) for name in PROJECTED})
)
rewrite_case = update(cases).where(cases.c.office == bindparam("_office"), cases.c.id == bindparam("_id"))
add_event = insert(events)
add_private = insert(private)
erase_private = delete(private).where(
    private.c.office == _office, private.c.case_id == bindparam("case"), private.c.name == bindparam("name")
)
add_head = insert(heads)
add_end = insert(ends)
cover = (
    update(cases)
    .where(
        cases.c.office == bindparam("_office"),
        cases.c.id == bindparam("_id"),
        cases.c.revision == bindparam("_revision"),
    )
    .values(unheaded=None)
)
add_clock = insert(clocks)
add_timer = insert(timers)
add_document = insert(documents)
add_print = insert(prints)
erase_print = (
    update(prints)
    .where(prints.c.office == bindparam("_office"), prints.c.case_id == bindparam("_case"))
    .where(prints.c.seq == bindparam("_seq"))
    .values(content=None)
)
drop_clocks = delete(clocks).where(clocks.c.office == _office, clocks.c.case_id == bindparam("case"))
drop_timers = delete(timers).where(timers.c.office == _office, timers.c.case_id == bindparam("case"))

add_letter = insert(outbox)
settle_letter = (
    update(outbox)
    .where(outbox.c.office == bindparam("_office"), outbox.c.key == bindparam("_key"))
    .values({name: bindparam(name) for name in ("attempts", "next_at", "sent_at", "reason")})
)
_letters = select(outbox).where(outbox.c.office == _office, outbox.c.sent_at.is_(None))
_most_letters = bindparam("most", type_=Integer)
letters_given_up = _letters.where(outbox.c.next_at.is_(None)).order_by(outbox.c.key).limit(_most_letters)
_waiting = _letters.where(outbox.c.next_at.is_not(None)).order_by(outbox.c.next_at, outbox.c.key)
letters_waiting = _waiting.limit(_most_letters)
letters_due = _waiting.where(outbox.c.next_at <= bindparam("now")).limit(_most_letters)
claim_letters_due = letters_due.with_for_update(skip_locked=True)

# One statement, so that two who begin a series at the same moment take turns.
next_serial = text(
    "INSERT INTO cc_serials (office, series, value) VALUES (:office, :series, 1)"
    " ON CONFLICT (office, series) DO UPDATE SET value = cc_serials.value + 1 RETURNING value"
)

raise_serial = text(
    "INSERT INTO cc_serials (office, series, value) VALUES (:office, :series, :value)"
    " ON CONFLICT (office, series) DO UPDATE SET value = :value WHERE cc_serials.value < :value"
)

_definition = select(definitions).where(
    definitions.c.office == _office, definitions.c.kind == bindparam("kind"), definitions.c.name == bindparam("name")
)
newest_definition = _definition.order_by(definitions.c.version.desc()).limit(1)
definition_as_of = newest_definition.where(definitions.c.deployed_at <= bindparam("as_of"))
definition_version = _definition.where(definitions.c.version == bindparam("version"))
edition = (
    select(
        definitions.c.kind,
        definitions.c.name,
        definitions.c.version,
        definitions.c.fingerprint,
        definitions.c.recounted_at,
    )
    .where(definitions.c.office == _office)
    .order_by(definitions.c.kind, definitions.c.name, definitions.c.version)
)
all_definitions = (
    select(definitions)
    .where(definitions.c.office == _office)
    .order_by(definitions.c.kind, definitions.c.name, definitions.c.version)
)
add_definition = insert(definitions)
finish_recount = (
    update(definitions)
    .where(
        definitions.c.office == bindparam("_office"),
        definitions.c.kind == "calendar",
        definitions.c.name == bindparam("_name"),
        definitions.c.version == bindparam("_version"),
    )
    .values(recounted_at=bindparam("at"))
)


def listed(office: str, query: CaseQuery) -> Select[Any]:
    """Return the statement that lists the cases of a query, each with its soonest due running clock."""
    if query.states and query.unit is None and query.limit is not None:
        return _page_of_states(office, query, query.states, query.offset + query.limit)
    return (
        select(cases)
        .where(cases.c.office == office, *_conditions(query))
        .order_by(*_by_due(query), cases.c.number)
        .limit(query.limit)
        .offset(query.offset or None)
    )


def _page_of_states(office: str, query: CaseQuery, states: Sequence[tuple[str, str]], most: int) -> Select[Any]:
    """Return the statement that lists a page of the cases in some states, of which there may be very many.

    The soonest of each state are read off an index in this order, and the page is made of these alone.
    """
    soonest = (
        select(cases.c.position)
        .where(cases.c.office == office, *_conditions(replace(query, states=None)))
        .where(cases.c.kind == kind, cases.c.state == state)
        .order_by(cases.c.due_at.nulls_last(), cases.c.number)
        .limit(most)
        .subquery()
        for kind, state in sorted(set(states))
    )
    return (
        select(cases)
        .where(cases.c.position.in_(union_all(*(select(first.c.position) for first in soonest))))
        .order_by(*_by_due(query), cases.c.number)
        .limit(query.limit)
        .offset(query.offset or None)
    )


def _by_due(query: CaseQuery) -> tuple[ColumnElement[Any], ...]:
    """Return the order by due, undated last.

    Long lists are read off the index in this order. A list narrowed to some states or a unit is short, and sorted; said
    as an expression, or SQLite would walk through every case of the office to spare itself that sorting.
    """
    if query.states is None and query.unit is None:
        return (cases.c.due_at.nulls_last(),)
    return (cases.c.due_at.is_(None), cases.c.due_at)


def _conditions(query: CaseQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.procedure is not None:
        conditions.append(cases.c.procedure == query.procedure)
    if query.version is not None:
        conditions.append(cases.c.version == query.version)
    if query.kind is not None:
        conditions.append(cases.c.kind == query.kind)
    if query.states is not None:
        conditions.append(_in_states(query.states))
    if query.unit is not None:
        conditions.append(cases.c.unit == query.unit)
    if query.open_only:
        conditions.append(cases.c.closed_at.is_(None))
    if query.due_before is not None:
        conditions.append(cases.c.due_at <= query.due_before)
    return conditions


def _in_states(states: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    by_kind: dict[str, list[str]] = {}
    for kind, state in states:
        by_kind.setdefault(kind, []).append(state)
    pairs = or_(false(), *(and_(cases.c.kind == kind, cases.c.state.in_(names)) for kind, names in by_kind.items()))
    # Implied by the pairs; said as well, because only then does SQLite search its index on kind and state.
    either = cases.c.kind.in_(by_kind), cases.c.state.in_({state for _, state in states})
    return and_(*either, pairs)
