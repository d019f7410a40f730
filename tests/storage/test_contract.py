"""What every store promises, whatever it is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from caseclock.workflow.errors import Conflict, NotFound, StorageFailed
from caseclock.workflow.history import RungKey, fold
from caseclock.workflow.ports import CaseQuery, Store

OFFICE = "qingxi"
HOUR = timedelta(hours=1)


def family(store: Store, case: str) -> Any:
    with store.begin(OFFICE, write=False) as transaction:
        return transaction.family(case)


def found(store: Store, ref: str) -> str:
    with store.begin(OFFICE, write=False) as transaction:
        return transaction.find(ref)


def listed(store: Store, **query: Any) -> list[str]:
    with store.begin(OFFICE, write=False) as transaction:
        return [item.case.number for item in transaction.cases(CaseQuery(**query))]


def test_a_case_is_read_back_as_it_was_saved(store: Store, make: Any) -> None:
    opened = make.opened("2026-0001", data={"主题": "积水", "urgent": True, "units": ["water", "roads"], "note": None})
    (case,) = make.keep(store, opened)
    warned = make.event(case, "warn", case.state, rung=RungKey("public_reply", 1, 0), data={"days": 3})
    (case,) = make.keep(store, warned, before=(case,))
    closed = make.event(case, "archive", "archived", closes=True)
    (case,) = make.keep(store, closed, before=(case,))
    assert family(store, case.id) == (case,)
    assert case.closed_at is not None
    assert case.delivered == {RungKey("public_reply", 1, 0): 2}


def test_the_history_is_read_back_as_it_was_recorded_and_adds_up_to_the_case(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001", key="k1", unit="water", data={"主题": "积水"}))
    event = make.event(case, rung=RungKey("public_reply", 2, 1), cause="other:3", unit="roads", key="k2")
    make.keep(store, event, make.slip(case, "water", cause=f"{case.id}:2"), before=(case,))
    with store.begin(OFFICE, write=False) as transaction:
        events = transaction.events(case.id)
        assert events[1] == event
        assert [item.case for item in events] == [case.id, case.id, "id-2026-0001-water"]
        assert fold(events) == transaction.family(case.id)
        assert transaction.event_by_key("k2") == event
        assert transaction.event_by_key("k3") is None


def test_a_mark_keeps_which_event_left_it_and_the_values_that_time_is_measured_by(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    given = {"days": 5, "until": "2026-12-01", "since": "2026-11-16T01:00:00+00:00", "urgent": True, "why": "2026"}
    make.keep(store, make.event(case, "extend", case.state, data=given), before=(case,))
    (kept,) = family(store, case.id)
    (mark,) = kept.marks["extend"]
    assert mark.seq == 2
    assert mark.given == {"days": 5, "until": "2026-12-01", "since": "2026-11-16T01:00:00+00:00"}


def test_what_an_event_overtakes_is_kept_and_taken_off_the_case(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    rung = RungKey("public_reply", 0, 0)
    expired = make.event(case, "lapse", "lapsed", closes=True, rung=rung)
    (case,) = make.keep(store, expired, before=(case,))
    assert (case.delivered, case.closed_at) == ({rung: 2}, expired.effective_at)
    back = make.event(case, "pause", "registered", from_state="registered", overtakes=(2,), since=make.noon)
    (case,) = make.keep(store, back, before=(case,))
    assert (case.state, case.since, case.closed_at) == ("registered", make.noon, None)
    assert (dict(case.delivered), "lapse" in case.marks, "pause" in case.marks) == ({}, False, True)
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.events(case.id)[1:] == (expired, back)
        assert fold(transaction.events(case.id)) == transaction.family(case.id) == (case,)


def test_a_recount_is_kept_and_leaves_no_mark(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    recount = {"calendar": "cn", "from": {"version": 1}, "to": {"version": 2}, "clocks": {"reply": {"old": "a"}}}
    event = make.event(case, "recounted", case.state, recount=recount)
    (after,) = make.keep(store, event, before=(case,))
    assert (after.marks, after.state, after.since) == (case.marks, case.state, case.since)
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.events(case.id)[1] == event


@pytest.mark.parametrize("zone", [UTC, timezone(8 * HOUR), timezone(-3 * HOUR)])
def test_an_instant_comes_back_in_utc_to_the_microsecond(store: Store, make: Any, zone: timezone) -> None:
    (case,) = make.keep(store, make.opened("2026-0001", at=make.noon.astimezone(zone)))
    (kept,) = family(store, case.id)
    assert kept.opened_at == make.noon
    assert kept.opened_at.tzinfo == UTC
    assert kept.marks["open"][0].at.tzinfo == UTC
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.events(case.id)[0].effective_at.tzinfo == UTC


def test_an_instant_of_another_library_is_kept_as_the_instant_it_is(store: Store, make: Any) -> None:
    """pendulum's datetimes, bound as they are, would lose their zone on SQLite and come back eight hours wrong."""
    import pendulum

    (case,) = make.keep(store, make.opened("2026-0001", at=pendulum.datetime(2026, 11, 16, 9, tz="Asia/Shanghai")))
    (kept,) = family(store, case.id)
    assert kept.opened_at == datetime(2026, 11, 16, 1, tzinfo=UTC)
    assert type(kept.opened_at) is datetime


def test_an_instant_without_zone_is_refused(store: Store, make: Any) -> None:
    naive = make.noon.replace(tzinfo=None)
    with pytest.raises(ValueError, match="with its zone"):
        make.keep(store, make.opened("2026-0001", at=naive))
    with pytest.raises(NotFound):
        found(store, "2026-0001")


def test_data_that_is_not_plain_json_is_refused(store: Store, make: Any) -> None:
    with pytest.raises(TypeError):
        make.keep(store, make.opened("2026-0001", data={"when": make.noon}))
    with pytest.raises(ValueError, match="JSON"):
        make.keep(store, make.opened("2026-0001", data={"share": float("nan")}))


def test_what_a_caller_does_to_its_data_afterwards_does_not_reach_the_store(store: Store, make: Any) -> None:
    data = {"units": ["water"]}
    (case,) = make.keep(store, make.opened("2026-0001", data=data))
    data["units"].append("roads")
    assert family(store, case.id)[0].data == {"units": ["water"]}


def test_a_family_is_the_case_first_then_its_subcases_in_order_of_opening(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    make.keep(store, make.slip(case, "water"), make.slip(case, "east"))
    (slip,) = make.keep(store, make.slip(case, "roads", lead=True))
    make.keep(store, make.opened("2026-0002"))
    assert [item.unit for item in family(store, case.id)] == [None, "water", "east", "roads"]
    assert family(store, slip.id) == family(store, case.id)
    assert family(store, slip.id)[3] == slip
    with pytest.raises(NotFound, match="no case 2026-0001"):
        family(store, "2026-0001")


def test_papers_are_listed_in_order_of_issue(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    second, first = make.paper("id-2026-0001-water", "B-2"), make.paper(case.id, "B-1")
    make.keep(store, make.slip(case, "water"), documents=(second, first))
    make.keep(store, make.opened("2026-0002"), documents=(make.paper("id-2026-0002", "B-3"),))
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.documents(case.id) == (second, first)


def test_an_exception_undoes_everything(store: Store, make: Any) -> None:
    one = "id-2026-0001"
    (case,) = make.keep(store, make.opened("2026-0001"), projected=(one,), clocks=(make.clock(one),))
    change = make.change(
        make.event(case, key="k"),
        make.slip(case, "water"),
        before=(case,),
        projected=(one,),
        timers=(make.timer(one),),
        documents=(make.paper(one, "B-1"),),
    )

    def fail_at_the_end() -> None:
        with store.begin(OFFICE, write=True) as transaction:
            assert transaction.next_serial("s") == 1
            transaction.deploy(make.definition())
            transaction.save(change)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_at_the_end()
    with store.begin(OFFICE, write=True) as transaction:
        assert transaction.family(case.id) == (case,)
        assert len(transaction.events(case.id)) == 1
        assert transaction.event_by_key("k") is None
        assert transaction.cases(CaseQuery())[0].clock == "public_reply"
        assert transaction.timers(make.noon, 9) == transaction.documents(case.id) == transaction.definitions() == ()
        assert transaction.next_serial("s") == 1


def test_a_change_made_from_an_older_revision_is_refused_and_says_who_was_first(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    make.keep(store, make.event(case, "approve", "approved", actor="lena"), before=(case,))
    with pytest.raises(Conflict) as refused:
        make.keep(store, make.event(case, "withdraw", "withdrawn"), make.slip(case, "water"), before=(case,))
    assert "2026-0001 was changed meanwhile: approve by lena at 2026-11-16 06:00" in refused.value.text()
    assert [item.state for item in family(store, case.id)] == ["approved"]


def test_several_events_of_one_case_make_one_change(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    first = make.event(case)
    (after,) = make.change(first, before=(case,)).cases
    (case,) = make.keep(store, first, make.event(after, "dispatch", "handling"), before=(case,))
    assert family(store, case.id) == (case,)
    assert case.revision == 3


def test_a_case_that_is_not_there_cannot_be_changed(store: Store, make: Any) -> None:
    (case,) = make.change(make.opened("2026-0001")).cases
    with pytest.raises(NotFound):
        make.keep(store, make.event(case), before=(case,))


def test_a_number_or_an_id_is_given_once(store: Store, make: Any) -> None:
    make.keep(store, make.opened("2026-0001"))
    with pytest.raises(Conflict):
        make.keep(store, make.opened("2026-0001", id="other"))
    with pytest.raises(Conflict):
        make.keep(store, make.opened("2026-0002", id="id-2026-0001"))
    assert listed(store) == ["2026-0001"]


def test_a_key_is_used_once(store: Store, make: Any) -> None:
    make.keep(store, make.opened("2026-0001", key="k"))
    with pytest.raises(Conflict, match="key"):
        make.keep(store, make.opened("2026-0002", key="k"))
    with pytest.raises(Conflict, match="key"):
        make.keep(store, make.opened("2026-0003", key="n"), make.opened("2026-0004", key="n"))
    make.keep(store, make.opened("2026-0005"), make.opened("2026-0006"))
    assert listed(store) == ["2026-0001", "2026-0005", "2026-0006"]


def test_a_change_that_does_not_hang_together_is_refused(store: Store, make: Any) -> None:
    whole = make.change(make.opened("2026-0001"))
    with store.begin(OFFICE, write=True) as transaction:
        for wrong in (
            make.change(make.opened("2026-0001"), clocks=(make.clock("id-2026-0001"),)),
            type(whole)(cases=whole.cases),
            type(whole)(events=whole.events),
        ):
            with pytest.raises(ValueError, match="change"):
                transaction.save(wrong)
        assert transaction.cases(CaseQuery()) == ()


def test_a_transaction_begun_for_reading_writes_nothing(store: Store, make: Any) -> None:
    with store.begin(OFFICE, write=False) as transaction:
        for write in (
            lambda: transaction.save(make.change(make.opened("2026-0001"))),
            lambda: transaction.next_serial("s"),
            lambda: transaction.deploy(make.definition()),
        ):
            with pytest.raises(StorageFailed, match="write=True"):
                write()


def test_serials_count_up_from_one_for_each_series(store: Store) -> None:
    with store.begin(OFFICE, write=True) as transaction:
        assert [transaction.next_serial("a"), transaction.next_serial("a"), transaction.next_serial("b")] == [1, 2, 1]
    with store.begin(OFFICE, write=True) as transaction:
        assert transaction.next_serial("a") == 3


def test_projections_of_the_named_cases_are_replaced_and_others_stay(store: Store, make: Any) -> None:
    one, two = "id-2026-0001", "id-2026-0002"
    make.keep(
        store,
        make.opened("2026-0001"),
        make.opened("2026-0002"),
        projected=(one, two),
        clocks=(make.clock(one), make.clock(one, clock="first_response"), make.clock(two)),
        timers=(make.timer(one), make.timer(one, rung=1), make.timer(two)),
    )
    with store.begin(OFFICE, write=True) as transaction:
        transaction.save(make.change(projected=(one,), timers=(make.timer(one, rung=2),)))
        assert [(timer.case, timer.key.rung) for timer in transaction.timers(make.noon, 9)] == [(one, 2), (two, 0)]
        assert [item.clock for item in transaction.cases(CaseQuery())] == ["public_reply", None]


def test_timers_come_in_legal_order_up_to_an_instant(store: Store, make: Any) -> None:
    one, two = "id-2026-0001", "id-2026-0002"
    late = make.timer(one, make.noon + HOUR)
    due = make.timer(two, make.noon.astimezone(timezone(8 * HOUR)))
    early, also_due = make.timer(two, make.noon - HOUR, rung=1), make.timer(one, rung=1)
    events = make.opened("2026-0001"), make.opened("2026-0002")
    make.keep(store, *events, projected=(one, two), timers=(late, due, early, also_due))
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.timers(make.noon, 9) == (early, also_due, due)
        assert transaction.timers(make.noon, 2) == (early, also_due)
        assert transaction.timers(make.noon - 2 * HOUR, 9) == ()
        assert transaction.timers(make.noon, 9)[2].at.tzinfo == UTC


@pytest.mark.parametrize("write", [False, True])
def test_timers_go_on_after_a_place(store: Store, make: Any, write: bool) -> None:
    one, two = "id-2026-0001", "id-2026-0002"
    places = [(make.noon + hours * HOUR, case, rung) for hours in (0, 1) for case in (one, two) for rung in (0, 1)]
    timers = [make.timer(case, at, rung=rung) for rung, (at, case, _) in enumerate(places)]
    events = make.opened("2026-0001"), make.opened("2026-0002")
    make.keep(store, *events, projected=(one, two), timers=tuple(timers))
    found, place = [], None
    with store.begin(OFFICE, write=write) as transaction:
        while page := transaction.timers(make.noon + HOUR, 3, place):
            found += page
            place = page[-1].place
    assert found == timers


def test_the_clocks_of_a_family_say_by_which_calendar_they_were_counted(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0001"))
    slip = "id-2026-0001-water"
    rows = (
        make.clock(slip, clock="unit_reply", calendar="uk@1"),
        make.clock(case.id, clock="b", calendar="cn@3", running=False),
        make.clock(case.id, clock="a"),
    )
    make.keep(store, make.slip(case, "water"), projected=(case.id, slip), clocks=rows)
    make.keep(store, make.opened("2026-0002"), projected=("id-2026-0002",), clocks=(make.clock("id-2026-0002"),))
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.clocks(case.id) == (rows[2], rows[1], rows[0])
        assert transaction.clocks("id-2026-0003") == ()


def test_open_families_are_paged_in_order_of_id(store: Store, make: Any) -> None:
    one, two, three, four = make.keep(
        store,
        *(make.opened(f"2026-000{n}", procedure="petition" if n == 4 else "online_opinion") for n in (1, 2, 3, 4)),
    )
    make.keep(store, make.slip(one, "water"), make.slip(one, "roads"))
    for case in (one, two):
        make.keep(store, make.event(case, "archive", "archived", closes=True), before=(case,))
    with store.begin(OFFICE, write=False) as transaction:
        assert transaction.open_families(["online_opinion"], "", 9) == (one.id, three.id)
        assert transaction.open_families(["online_opinion", "petition"], "", 2) == (one.id, three.id)
        assert transaction.open_families(["online_opinion", "petition"], three.id, 2) == (four.id,)
        assert transaction.open_families(["other"], "", 9) == ()


def test_lists_show_the_soonest_running_clock_and_are_ordered_by_due_then_number(store: Store, make: Any) -> None:
    ids = {n: f"id-2026-000{n}" for n in range(1, 6)}
    clocks = (
        make.clock(ids[1], make.noon + 3 * HOUR),
        make.clock(ids[2], make.noon + 2 * HOUR),
        make.clock(ids[2], make.noon + HOUR, "first_response", provisional=True),
        make.clock(ids[2], make.noon, "met", running=False),
        make.clock(ids[4], make.noon + HOUR),
        make.clock(ids[5], make.noon, running=False),
    )
    opened = [make.opened(f"2026-000{n}") for n in ids]
    make.keep(store, *opened, projected=tuple(ids.values()), clocks=clocks)
    with store.begin(OFFICE, write=False) as transaction:
        items = transaction.cases(CaseQuery())
    assert [(item.case.number[-1], item.clock, item.provisional) for item in items] == [
        ("2", "first_response", True),
        ("4", "public_reply", False),
        ("1", "public_reply", False),
        ("3", None, False),
        ("5", None, False),
    ]
    assert items[0].due_at == make.noon + HOUR
    assert listed(store, limit=2, offset=1) == ["2026-0004", "2026-0001"]
    assert listed(store, offset=3) == ["2026-0003", "2026-0005"]
    assert listed(store, due_before=make.noon + 2 * HOUR) == ["2026-0002", "2026-0004"]
    assert listed(store, due_before=make.noon + HOUR) == ["2026-0002", "2026-0004"]
    assert listed(store, due_before=make.noon) == []


def test_two_clocks_due_at_the_same_instant_list_a_case_once(store: Store, make: Any) -> None:
    case = "id-2026-0001"
    clocks = (make.clock(case, clock="b"), make.clock(case, clock="a"))
    make.keep(store, make.opened("2026-0001"), projected=(case,), clocks=clocks)
    with store.begin(OFFICE, write=False) as transaction:
        assert [item.clock for item in transaction.cases(CaseQuery())] == ["a"]


def test_lists_can_be_narrowed(store: Store, make: Any) -> None:
    one, two = make.keep(store, make.opened("2026-0001"), make.opened("2026-0002", procedure="petition"))
    make.keep(store, make.slip(one, "water"), make.slip(one, "roads"))
    make.keep(store, make.event(two, "archive", "archived", closes=True), before=(two,))
    assert listed(store, kind="slip") == ["2026-0001-roads", "2026-0001-water"]
    assert listed(store, unit="water") == ["2026-0001-water"]
    assert listed(store, procedure="petition") == ["2026-0002"]
    assert listed(store, open_only=True, kind="case") == ["2026-0001"]
    assert listed(store, states=[("case", "archived"), ("slip", "issued"), ("slip", "handling")], unit="roads") == [
        "2026-0001-roads"
    ]
    assert listed(store, states=[("case", "registered"), ("case", "archived")]) == ["2026-0001", "2026-0002"]
    assert listed(store, states=[("case", "issued")]) == []
    assert listed(store, states=[]) == []


def test_a_case_is_found_by_number_id_or_an_unambiguous_part(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("2026-0012", id="0193a5c2-7d00-7000-8000-000000000001"))
    make.keep(store, make.opened("2026-0112", id="0194ffff-7d00-7000-8000-000000000002"))
    make.keep(store, make.slip(case, "water"))
    for ref in (
        "2026-0012",
        case.id,
        "12",
        "012",
        "0012",
        "2026-12",
        "0193",
        "0193a5c2",
        " 2026-0012 ",
        "\uff11\uff12",
    ):
        assert found(store, ref) == case.id, ref
    assert found(store, "12-water") == "id-2026-0012-water"
    assert found(store, "water") == "id-2026-0012-water"


def test_the_closing_word_of_a_number_need_not_be_typed(store: Store, make: Any) -> None:
    (case,) = make.keep(store, make.opened("舆情（2026）12号"))
    make.keep(store, make.opened("舆情（2026）112号"))
    assert found(store, "12") == found(store, "12号") == found(store, "2026 12") == case.id


def test_a_case_goes_before_subcases_that_answer_to_the_same_part(store: Store, make: Any) -> None:
    case, other = make.keep(store, make.opened("2026-0001"), make.opened("2026-0007"))
    make.keep(store, make.slip(other, "1"))
    assert found(store, "1") == case.id
    assert found(store, "2026-0007") == other.id


def test_an_ambiguous_part_lists_what_it_may_mean(store: Store, make: Any) -> None:
    make.keep(store, *(make.opened(f"{year}-0012") for year in range(2019, 2027)))
    with pytest.raises(Conflict) as refused:
        found(store, "12")
    assert "2019-0012, 2020-0012, 2021-0012, 2022-0012, 2023-0012 and 3 more" in refused.value.text()
    with pytest.raises(Conflict, match="may mean 2019-0012"):
        found(store, "id-20")


@pytest.mark.parametrize("ref", ["", " ", "%", "_", "\\", "2026-0_01", "%00%", "-", "id-"])
def test_signs_and_scraps_find_nothing_by_accident(store: Store, make: Any, ref: str) -> None:
    make.keep(store, make.opened("2026-0001"))
    with pytest.raises(NotFound):
        found(store, ref)


def test_a_mistyped_number_is_answered_with_the_nearest(store: Store, make: Any) -> None:
    make.keep(store, make.opened("2026-0021"), make.opened("X7"))
    with pytest.raises(NotFound, match="did you mean 2026-0021"):
        found(store, "2062-0021")
    with pytest.raises(NotFound, match="as the list of cases shows it"):
        found(store, "99")


def test_definitions_are_kept_by_version_and_the_newest_is_the_default(store: Store, make: Any) -> None:
    nine, ten = make.definition(9), make.definition(10, source="更新")
    calendar = make.definition(1, name="cn", kind="calendar")
    with store.begin(OFFICE, write=True) as transaction:
        for definition in (ten, calendar, nine):
            transaction.deploy(definition)
        assert transaction.definition("procedure", "online_opinion") == ten
        assert transaction.definition("procedure", "online_opinion", 9) == nine
        assert transaction.definition("procedure", "online_opinion", 8) is None
        assert transaction.definition("roster", "online_opinion") is None
        assert transaction.definitions() == (calendar, nine, ten)


def test_a_definition_is_found_as_it_was_in_use_at_an_instant(store: Store, make: Any) -> None:
    versions = [make.definition(n, name="cn", kind="calendar", deployed_at=make.noon + n * HOUR) for n in (1, 2, 3)]
    with store.begin(OFFICE, write=True) as transaction:
        for definition in versions:
            transaction.deploy(definition)
        found = [transaction.definition("calendar", "cn", as_of=make.noon + n * HOUR) for n in (0, 1, 2.5, 9)]
    assert found == [None, versions[0], versions[1], versions[2]]


def test_that_a_calendar_has_been_recounted_is_kept_for_its_version(store: Store, make: Any) -> None:
    first, second = (make.definition(n, name="cn", kind="calendar") for n in (1, 2))
    with store.begin(OFFICE, write=True) as transaction:
        transaction.deploy(first)
        transaction.deploy(second)
        transaction.finish_recount("cn", 2, make.noon)

    def fail() -> None:
        with store.begin(OFFICE, write=True) as transaction:
            transaction.finish_recount("cn", 1, make.noon)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.begin(OFFICE, write=False) as transaction:
        kept = [transaction.definition("calendar", "cn", n) for n in (1, 2)]
    assert [one.recounted_at for one in kept if one] == [None, make.noon]


def test_a_deployed_version_keeps_its_meaning(store: Store, make: Any) -> None:
    with store.begin(OFFICE, write=True) as transaction:
        transaction.deploy(make.definition(1))
        transaction.deploy(make.definition(1, source="only the layout differs"))
        with pytest.raises(Conflict, match="higher version"):
            transaction.deploy(make.definition(1, fingerprint="other"))
        assert transaction.definitions() == (make.definition(1),)


def test_no_method_crosses_the_line_between_offices(store: Store, make: Any) -> None:
    case = "id-2026-0001"
    projected = {"projected": (case,), "clocks": (make.clock(case),), "timers": (make.timer(case),)}
    make.keep(store, make.opened("2026-0001", key="k"), **projected, documents=(make.paper(case, "B-1"),))
    with store.begin(OFFICE, write=True) as transaction:
        transaction.deploy(make.definition())
        transaction.next_serial("s")
    with store.begin("baihe", write=True) as transaction:
        for ref in ("2026-0001", case, "1", "id-2026"):
            with pytest.raises(NotFound, match="as the list of cases shows it"):
                transaction.find(ref)
        with pytest.raises(NotFound):
            transaction.family(case)
        assert transaction.events(case) == transaction.documents(case) == transaction.cases(CaseQuery()) == ()
        assert transaction.timers(make.noon, 9) == transaction.definitions() == transaction.clocks(case) == ()
        assert transaction.open_families(["online_opinion"], "", 9) == ()
        assert transaction.event_by_key("k") is transaction.definition("procedure", "online_opinion") is None
        assert transaction.next_serial("s") == 1


def test_two_offices_may_use_the_same_numbers_ids_and_keys(store: Store, make: Any) -> None:
    other = make.elsewhere("baihe")
    (here,) = make.keep(store, make.opened("2026-0001", key="k"))
    other.keep(store, other.opened("2026-0001", key="k", data={"主题": "噪声"}))
    make.keep(store, make.event(here), before=(here,))
    with store.begin("baihe", write=False) as transaction:
        assert transaction.family(here.id)[0].data == {"主题": "噪声"}
        assert transaction.family(here.id)[0].revision == 1


def test_a_transaction_writes_for_its_own_office_only(store: Store, make: Any) -> None:
    with store.begin("baihe", write=True) as transaction:
        with pytest.raises(ValueError, match="office baihe"):
            transaction.save(make.change(make.opened("2026-0001")))
        with pytest.raises(ValueError, match="office baihe"):
            transaction.deploy(make.definition())
