"""Every word of a clock beyond the plain limit, on the calendar of China, with dates that a person can check."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from caseclock.workflow.clocks import LineKind, count, measure, why_not_ask, why_not_grant, why_not_pause
from caseclock.workflow.history import Case, Mark, RungKey
from caseclock.workflow.messages import Text
from caseclock.workflow.model import (
    Amount,
    Bound,
    Clock,
    Counting,
    DayEnd,
    DeemedReceipt,
    Expiry,
    Extension,
    ExtensionMode,
    Floor,
    LatestStart,
    Limit,
    OtherReading,
    Pause,
    Period,
    Roll,
    Rung,
    Side,
    Strictness,
    TimeUnit,
    UpTo,
)

DAYS, WORKING = TimeUnit.DAY, TimeUnit.WORKING_DAY
FIVE_DAYS = Limit(Period(5, DAYS), Counting(roll=Roll.NONE))
CLOCK = Clock("reply", Text("Reply", "答复"), ("opened",), (FIVE_DAYS,), ("answer",))
PAUSE = Pause(("ask",), ("tell",))


def wall(text: str) -> datetime:
    """An instant by the clock on the wall in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def case(opened="2026-11-16T09:00", data=None, given=None, delivered=(), system=(), **marks) -> Case:
    """A case opened on Monday; marks are what was done when, those in ``system`` by the system."""
    return Case(
        "1",
        "o",
        "p",
        1,
        "case",
        "2026-0001",
        "1",
        "s",
        wall(opened),
        wall(opened),
        data=data or {},
        marks={
            name: tuple(Mark(wall(at), "system" if name in system else "ann", given=given or {}) for at in times)
            for name, times in marks.items()
        },
        delivered=frozenset(delivered),
    )


def status(cn, clock, found, now="2026-12-31T09:00", bound=None, holds=lambda _: False):
    measured = measure(clock, found, cn, holds, wall(now), bound)
    assert measured is not None
    return measured


def due(cn, clock, found=None, **kwargs) -> str:
    """The due as the wall clock shows it."""
    return f"{cn.local(status(cn, clock, found or case(), **kwargs).due_at):%m-%d %H:%M}"


# Pauses


@pytest.mark.parametrize(
    ("pause", "expected"),
    [
        (PAUSE, "11-25 00:00"),
        (replace(PAUSE, first_day=True), "11-26 00:00"),
        (replace(PAUSE, last_day=False), "11-24 00:00"),
        (replace(PAUSE, first_day=True, last_day=False), "11-25 00:00"),
    ],
)
def test_a_pause_from_tuesday_to_friday_moves_the_due_by_the_days_on_which_time_stands(cn, pause, expected):
    paused = case(ask=["2026-11-17T10:00"], tell=["2026-11-20T10:00"])
    assert due(cn, replace(CLOCK, pauses=(pause,)), paused) == expected


def test_while_a_pause_is_open_the_due_is_as_if_time_ran_again_now(cn):
    clock, paused = replace(CLOCK, pauses=(PAUSE,)), case(ask=["2026-11-17T10:00"])
    measured = [status(cn, clock, paused, now) for now in ("2026-11-20T09:00", "2026-11-27T09:00")]
    assert [f"{cn.local(found.due_at):%m-%d}" for found in measured] == ["11-25", "12-02"]
    assert all(found.paused_since == wall("2026-11-17T10:00") for found in measured)
    assert not any(found.overdue(wall("2027-06-01T09:00")) for found in [status(cn, clock, paused, "2027-06-01T09:00")])


def test_a_pause_that_begins_after_the_due_does_not_bring_the_clock_back(cn):
    clock, late = replace(CLOCK, pauses=(PAUSE,)), case(ask=["2026-11-22T00:00"], tell=["2026-11-30T10:00"])
    found = status(cn, clock, late)
    assert cn.local(found.due_at).date() == date(2026, 11, 22)
    assert found.pauses == ()
    assert found.overdue(wall("2026-11-25T09:00"))


def test_a_limit_does_not_run_out_on_its_last_day_while_it_is_paused(cn):
    """Asked on Saturday 21 November, the fifth day; answered on the 30th: the rest of that day is left."""
    paused = case(ask=["2026-11-21T10:00"], tell=["2026-11-30T10:00"])
    assert due(cn, replace(CLOCK, pauses=(PAUSE,)), paused) == "12-01 00:00"


def test_a_pause_ends_by_itself_at_the_most_that_it_may_last(cn):
    clock = replace(CLOCK, pauses=(replace(PAUSE, at_most=Period(3, DAYS)),))
    assert due(cn, clock, case(ask=["2026-11-17T10:00"])) == "11-25 00:00"
    assert status(cn, clock, case(ask=["2026-11-17T10:00"])).paused_since is None
    assert status(cn, clock, case(ask=["2026-11-17T10:00"]), "2026-11-18T09:00").paused_since is not None


def test_a_rule_that_allows_one_pause_counts_only_the_first_and_refuses_the_second(cn):
    clock = replace(CLOCK, pauses=(replace(PAUSE, times=1),))
    paused = case(ask=["2026-11-17T10:00", "2026-11-19T10:00"], tell=["2026-11-18T10:00", "2026-11-24T10:00"])
    found = status(cn, clock, paused)
    assert len(found.pauses) == 1
    assert "paused 1 times" in why_not_pause(found, "ask").text()
    assert why_not_pause(status(cn, clock, case()), "ask") is None
    assert why_not_pause(found, "answer") is None


def test_a_pause_may_begin_and_end_with_instants_that_fields_hold(cn):
    clock = replace(CLOCK, pauses=(Pause(("asked_at",), ("told_at",)),))
    data = {"asked_at": wall("2026-11-17T10:00").isoformat(), "told_at": wall("2026-11-20T10:00").isoformat()}
    assert due(cn, clock, case(data=data)) == "11-25 00:00"


def test_hours_stand_still_exactly_from_the_beginning_to_the_end_of_a_pause(cn):
    clock = replace(CLOCK, limits=(Limit(Period(10, TimeUnit.HOUR), Counting()),), pauses=(PAUSE,))
    paused = case(ask=["2026-11-16T11:00"], tell=["2026-11-16T13:30"])
    assert due(cn, clock, paused) == "11-16 21:30"
    working = replace(clock, limits=(Limit(Period(90, TimeUnit.WORKING_MINUTE), Counting()),))
    assert due(cn, working, case(ask=["2026-11-16T10:00"], tell=["2026-11-16T13:00"])) == "11-16 14:00"


def test_the_line_of_a_paused_day_says_by_what_by_whom_and_since_when(cn):
    found = status(cn, replace(CLOCK, pauses=(PAUSE,)), case(ask=["2026-11-17T10:00"], tell=["2026-11-18T10:00"]))
    (line,) = [line for line in found.reckoning.lines if line.kind is LineKind.PAUSED]
    assert (line.day, line.number) == (date(2026, 11, 18), None)
    assert line.notes[0].text() == "time stands still: ask by ann on 2026-11-17"


LADDER = (Rung(Side.BEFORE, Period(2, DAYS), "warn"), Rung(Side.DUE, None, "urge"))


def test_the_ladder_begins_anew_after_a_pause_and_keeps_its_distance_from_the_new_due(cn):
    clock = replace(CLOCK, pauses=(PAUSE,), ladder=LADDER)
    found = status(cn, clock, case(ask=["2026-11-17T10:00"], tell=["2026-11-20T10:00"]))
    assert [rung.key for rung in found.rungs] == [RungKey("reply", 1, 0), RungKey("reply", 1, 1)]
    assert [f"{cn.local(rung.at):%m-%d}" for rung in found.rungs] == ["11-22", "11-25"]
    assert found.round_began == wall("2026-11-20T10:00")


def test_a_rung_may_stand_after_the_start(cn):
    ladder = (
        Rung(Side.AFTER_START, Period(2, WORKING), "remind"),
        Rung(Side.AFTER_START, Period(3, TimeUnit.HOUR), "call"),
    )
    found = status(cn, replace(CLOCK, ladder=ladder), case("2026-11-20T09:00"))
    assert [rung.at for rung in found.rungs] == [wall("2026-11-25T00:00"), wall("2026-11-20T12:00")]


def test_a_rung_whose_instant_lies_in_a_pause_waits_until_time_runs_again(cn):
    """Eight days before a due on 24 November is 16 November; the pause from the 16th holds it back."""
    ladder = (Rung(Side.BEFORE, Period(6, DAYS), "warn"),)
    clock = replace(CLOCK, pauses=(PAUSE,), ladder=ladder)
    found = status(cn, clock, case(ask=["2026-11-17T10:00"], tell=["2026-11-20T10:00"]))
    assert found.rungs[0].at == wall("2026-11-20T10:00")


def test_no_round_of_the_ladder_is_used_twice_when_the_clock_starts_anew(cn):
    clock = replace(CLOCK, pauses=(PAUSE,), ladder=LADDER, restarts=("correct",))
    done = {"ask": ["2026-11-17T10:00", "2026-11-19T10:00"], "tell": ["2026-11-18T10:00", "2026-11-20T10:00"]}
    assert status(cn, clock, case(**done)).round == 2
    assert status(cn, clock, case(correct=["2026-11-21T10:00"], **done)).round == 3


# Starts and receipt


def test_what_comes_after_the_cut_off_on_friday_counts_from_monday(cn):
    receipt = DeemedReceipt(cutoff="16:30", rest_day=True)
    clock = replace(CLOCK, receipt=receipt)
    assert due(cn, clock, case("2026-11-20T16:30")) == "11-26 00:00"
    assert due(cn, clock, case("2026-11-20T16:31")) == "11-29 00:00"
    found = status(cn, clock, case("2026-11-20T16:31"))
    assert found.started_at == wall("2026-11-23T00:00")
    kinds = [line.kind for line in found.reckoning.lines][:4]
    assert kinds == [LineKind.RECEIPT, LineKind.RECEIPT, LineKind.RECEIPT, LineKind.START]


def test_what_comes_while_the_office_is_closed_counts_from_its_next_opening(cn):
    limit = Limit(Period(30, TimeUnit.MINUTE), Counting())
    clock = replace(CLOCK, limits=(limit,), receipt=DeemedReceipt(outside_hours=True))
    assert due(cn, clock, case("2026-11-16T12:10")) == "11-16 14:00"
    assert due(cn, clock, case("2026-11-20T19:00")) == "11-23 09:00"


def test_what_is_posted_counts_as_received_later(cn):
    clock = replace(CLOCK, starts=("posted_at", "opened"), deemed_later={"posted_at": Period(2, WORKING)})
    posted = {"posted_at": wall("2026-11-19T10:00").isoformat()}
    assert due(cn, clock, case("2026-11-20T09:00", data=posted)) == "11-29 00:00"
    assert due(cn, clock, case("2026-11-20T09:00")) == "11-26 00:00"


def test_a_clock_starts_at_its_latest_start_where_nothing_else_starts_it_before(cn):
    clock = replace(CLOCK, starts=("complete",), latest_start=LatestStart("opened", Period(3, DAYS)))
    assert due(cn, clock, case()) == "11-25 00:00"
    assert due(cn, clock, case(complete=["2026-11-17T09:00"])) == "11-23 00:00"
    assert due(cn, clock, case(complete=["2026-11-27T09:00"])) == "11-25 00:00"


def test_a_clock_that_needs_both_starts_at_the_later_of_the_two(cn):
    both = "filed + pay"
    clock = replace(CLOCK, starts=(both,), all_of={both: ("filed", "pay")})
    assert measure(clock, case(filed=["2026-11-16T10:00"]), cn, lambda _: False, wall("2026-11-30T09:00")) is None
    assert due(cn, clock, case(filed=["2026-11-16T10:00"], pay=["2026-11-18T10:00"])) == "11-24 00:00"


def test_what_the_system_does_at_24_00_belongs_to_the_day_that_ends(cn):
    """A clock that another one's expiry on the 18th starts has its first counted day on the 19th."""
    clock = replace(CLOCK, starts=("deem",))
    assert due(cn, clock, case(deem=["2026-11-19T00:00"], system=("deem",))) == "11-24 00:00"
    assert due(cn, clock, case(deem=["2026-11-19T00:00"])) == "11-25 00:00"


# Limits and counting


def limit(period, *, then=(), **counting):
    return replace(CLOCK, limits=(Limit(period, Counting(**counting), then=then),))


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (limit(Period(3, DAYS), clear=True, roll=Roll.NONE), "11-21 00:00"),
        (limit(Period(3, DAYS), begins=UpTo.MONTH, roll=Roll.NONE), "12-04 00:00"),
        (limit(Period(3, DAYS), up_to=UpTo.MONTH, roll=Roll.NONE), "12-01 00:00"),
        (limit(Period(3, DAYS), up_to=UpTo.WEEK, roll=Roll.NONE), "11-23 00:00"),
        (limit(Period(3, DAYS), up_to=UpTo.QUARTER), "01-01 00:00"),
        (limit(Period(1, DAYS), minimum=3), "11-20 00:00"),
        (limit(Period(5, DAYS), roll=Roll.PREVIOUS_WORKING_DAY), "11-21 00:00"),
        (limit(Period(5, DAYS), then=(Period(2, DAYS),), roll=Roll.NONE), "11-24 00:00"),
        (limit(Period(5, DAYS), then=(Period(2, DAYS),), each_rolls=True), "11-26 00:00"),
        (limit(Period(5, DAYS), then=(Period(2, DAYS),)), "11-24 00:00"),
        (limit(Period(3, DAYS), ends=DayEnd.AT, ends_at="17:00"), "11-19 17:00"),
    ],
)
def test_words_of_counting(cn, clock, expected):
    assert due(cn, clock) == expected


def test_a_limit_before_a_date_leaves_so_many_days_and_rolls_back(cn):
    before = Limit(Period(7, DAYS), Counting(roll=Roll.PREVIOUS_WORKING_DAY), before="hearing_on")
    clock = replace(CLOCK, limits=(before,))
    assert due(cn, clock, case(data={"hearing_on": "2026-12-10"})) == "12-04 00:00"
    assert due(cn, clock, case(data={"hearing_on": "2026-12-13"})) == "12-05 00:00", "6 December is a Sunday"
    assert measure(clock, case(), cn, lambda _: False, wall("2026-11-30T09:00")) is None
    clear = replace(before, counting=replace(before.counting, clear=True))
    assert due(cn, replace(CLOCK, limits=(clear,)), case(data={"hearing_on": "2026-12-10"})) == "12-03 00:00"


def test_a_field_may_hold_the_number(cn):
    clock = replace(CLOCK, limits=(Limit(None, Counting(), amount=Amount("days", WORKING)),))
    assert due(cn, clock, case(data={"days": 5})) == "11-24 00:00"
    assert measure(clock, case(), cn, lambda _: False, wall("2026-11-30T09:00")) is None


def test_a_limit_may_end_at_an_instant_or_so_many_hours_before_one(cn):
    data = {"meeting_at": wall("2026-11-20T18:00").isoformat()}
    until = replace(CLOCK, limits=(Limit(None, Counting(), until="meeting_at"),))
    assert due(cn, until, case(data=data)) == "11-20 18:00"
    before = Limit(Period(72, TimeUnit.HOUR), Counting(), before="meeting_at")
    found = status(cn, replace(CLOCK, limits=(before,)), case(data=data))
    assert found.due_at == wall("2026-11-17T18:00")
    spans = [span for line in found.reckoning.lines for span in line.spans]
    assert (spans[0][0], spans[-1][1]) == (wall("2026-11-17T18:00"), wall("2026-11-20T18:00"))
    working = Limit(Period(2, TimeUnit.WORKING_HOUR), Counting(), before="meeting_at")
    assert due(cn, replace(CLOCK, limits=(working,)), case(data=data)) == "11-20 16:00"


def test_a_clock_may_start_with_a_date_whose_day_is_not_counted(cn):
    clock = replace(CLOCK, starts=("made_on", "opened"))
    assert due(cn, clock, case(data={"made_on": "2026-11-18"})) == "11-24 00:00"


def test_months_from_the_end_of_a_month_end_with_a_month(cn):
    months = Period(1, TimeUnit.MONTH)
    clock = limit(months, then=(Period(7, DAYS),), begins=UpTo.QUARTER, roll=Roll.NONE)
    assert due(cn, clock, case("2026-05-17T09:00")) == "08-08 00:00"
    nine = limit(Period(9, TimeUnit.MONTH), begins=UpTo.MONTH, roll=Roll.NONE)
    assert due(cn, nine, case("2026-02-28T09:00")) == "12-01 00:00"


def test_months_may_be_counted_from_the_next_day_as_in_japan(cn):
    clock = limit(Period(3, TimeUnit.MONTH), months_from_next_day=True, roll=Roll.NONE)
    assert due(cn, clock, case("2026-02-28T09:00")) == "06-01 00:00"
    assert due(cn, clock, case("2026-01-30T09:00")) == "05-01 00:00"


def test_hours_that_end_on_a_day_of_rest_roll_only_where_the_rule_says_so(cn):
    hours = Period(72, TimeUnit.HOUR)
    assert due(cn, limit(hours), case("2026-11-19T10:00")) == "11-22 10:00"
    assert due(cn, limit(hours, hours_roll=True), case("2026-11-19T10:00")) == "11-23 10:00"


def test_a_receipt_rule_may_hold_for_one_start_alone(cn):
    clock = replace(
        CLOCK,
        starts=("mailed_at", "opened"),
        receipts={"mailed_at": DeemedReceipt(cutoff="16:30")},
    )
    mailed = {"mailed_at": wall("2026-11-16T17:00").isoformat()}
    assert due(cn, clock, case(data=mailed)) == "11-23 00:00"
    assert due(cn, clock, case("2026-11-16T17:00")) == "11-22 00:00"


# Extensions


def extended(mode=ExtensionMode.BY, period=None, **kwargs):
    return replace(
        CLOCK, extension=Extension(mode, period, kwargs.pop("times", 1), kwargs.pop("ask", None), "grant", **kwargs)
    )


def test_an_extension_without_an_ask_is_granted_by_itself(cn):
    clock = extended(period=Period(3, DAYS))
    assert why_not_grant(status(cn, clock, case()), wall("2026-11-18T09:00"), {}) is None
    assert due(cn, clock, case(grant=["2026-11-18T09:00"])) == "11-25 00:00"


def test_the_number_or_the_day_may_be_given_with_the_grant(cn):
    by = extended(amount=Amount("more", DAYS))
    assert due(cn, by, case(grant=["2026-11-18T09:00"], given={"more": 4})) == "11-26 00:00"
    until = extended(ExtensionMode.UNTIL, until="new_day")
    assert due(cn, until, case(grant=["2026-11-18T09:00"], given={"new_day": "2026-12-01"})) == "12-02 00:00"
    assert due(cn, until, case(grant=["2026-11-18T09:00"], given={"new_day": "2026-11-01"})) == "11-22 00:00"


def test_an_extension_beyond_the_cap_is_refused_and_never_counted(cn):
    clock = extended(amount=Amount("more", DAYS), cap=Period(8, DAYS))
    found = status(cn, clock, case())
    assert why_not_grant(found, wall("2026-11-18T09:00"), {"more": 3}) is None
    refused = why_not_grant(found, wall("2026-11-18T09:00"), {"more": 4}).text()
    assert "8 days in all, which is 2026-11-24 24:00; this would reach to 2026-11-25 24:00" in refused
    assert due(cn, clock, case(grant=["2026-11-18T09:00"], given={"more": 40})) == "11-25 00:00"


def test_an_extension_must_be_asked_for_so_long_before_due(cn):
    clock = extended(period=Period(3, DAYS), ask="ask", lead=Period(2, DAYS))
    found = status(cn, clock, case())
    assert why_not_ask(found, wall("2026-11-19T00:00")) is None
    assert (
        "at least 2 days before it ends: until 2026-11-18 24:00" in why_not_ask(found, wall("2026-11-19T00:01")).text()
    )


def test_an_extension_must_be_granted_within_a_term_counted_as_the_clock_itself(cn):
    clock = replace(extended(period=Period(3, DAYS), decided_within=Period(2, DAYS)), pauses=(PAUSE,))
    found = status(cn, clock, case())
    assert why_not_grant(found, wall("2026-11-19T00:00"), {}) is None
    assert "within 2 days: until 2026-11-18 24:00" in why_not_grant(found, wall("2026-11-19T00:01"), {}).text()
    paused = status(cn, clock, case(ask=["2026-11-16T10:00"], tell=["2026-11-19T10:00"]))
    assert why_not_grant(paused, wall("2026-11-21T09:00"), {}) is None
    other = replace(clock, extension=replace(clock.extension, decided_after="filed"))
    filed = status(cn, other, case(filed=["2026-11-18T10:00"]))
    assert why_not_grant(filed, wall("2026-11-20T09:00"), {}) is None


def test_a_grant_that_holds_for_every_run_counts_when_the_clock_has_started_anew(cn):
    done = case(grant=["2026-11-17T09:00"], correct=["2026-11-18T09:00"])
    this_run = replace(extended(period=Period(3, DAYS)), restarts=("correct",))
    every_run = replace(this_run, extension=replace(this_run.extension, every_run=True))
    assert due(cn, this_run, done) == "11-24 00:00"
    assert due(cn, every_run, done) == "11-27 00:00"
    assert "the most allowed" in why_not_grant(status(cn, every_run, done), wall("2026-11-19T09:00"), {}).text()


def test_a_clock_may_be_extended_in_several_ways(cn):
    """Ten days by agreement and, apart from that, five by decision of the head, who must be asked."""
    agreed = Extension(ExtensionMode.BY, Period(10, DAYS), 1, None, "agree")
    decided = Extension(ExtensionMode.BY, Period(5, DAYS), 1, "ask", "decide", cap=Period(18, DAYS))
    clock = replace(CLOCK, extension=agreed, further_extensions=(decided,))
    assert due(cn, clock, case(agree=["2026-11-17T09:00"])) == "12-02 00:00"
    both = case(agree=["2026-11-17T09:00"], ask=["2026-11-18T09:00"], decide=["2026-11-19T09:00"])
    assert due(cn, clock, both) == "12-05 00:00", "the cap of the second: 18 days"
    assert due(cn, clock, case(ask=["2026-11-18T09:00"], decide=["2026-11-19T09:00"])) == "11-27 00:00"
    found, at = status(cn, clock, case(agree=["2026-11-17T09:00"])), wall("2026-11-18T10:00")
    assert "the most allowed" in why_not_grant(found, at, {}).text()
    assert "no extension has been asked for" in why_not_grant(found, at, {}, 1).text()
    assert why_not_ask(found, at, 1) is None
    assert found.asked == (None, None)


# Readings, bounds, expiry


def test_warnings_go_by_the_strict_reading_and_sanctions_by_the_lenient_one(cn):
    ladder = (*LADDER, Rung(Side.AFTER, Period(1, DAYS), "sanction"))
    clock = replace(
        CLOCK,
        limits=(Limit(Period(3, DAYS), Counting()),),
        ladder=ladder,
        strict=OtherReading((Limit(Period(2, DAYS), Counting(roll=Roll.NONE)),)),
        lenient=OtherReading((Limit(Period(3, WORKING), Counting()),)),
    )
    found = status(cn, clock, case("2026-11-20T09:00"))
    dues = (found.strict_due_at, found.due_at, found.lenient_due_at)
    assert dues == (wall("2026-11-23T00:00"), wall("2026-11-24T00:00"), wall("2026-11-26T00:00"))
    assert [rung.at for rung in found.rungs] == [
        wall("2026-11-20T09:00"),
        wall("2026-11-24T00:00"),
        wall("2026-11-27T00:00"),
    ]
    at = wall("2026-11-25T09:00")
    assert found.overdue(at)
    assert not found.overdue(at, Strictness.LENIENT)
    adopted = replace(clock, ladder=(replace(ladder[2], reading=Strictness.ADOPTED),))
    assert status(cn, adopted, case("2026-11-20T09:00")).rungs[0].at == wall("2026-11-25T00:00")


def test_a_reading_may_not_know_the_pauses(cn):
    clock = replace(CLOCK, pauses=(PAUSE,), strict=OtherReading(CLOCK.limits, pauses=False))
    found = status(cn, clock, case(ask=["2026-11-17T10:00"], tell=["2026-11-20T10:00"]))
    assert (found.strict_due_at, found.due_at) == (wall("2026-11-22T00:00"), wall("2026-11-25T00:00"))


def test_a_reading_that_turns_out_the_other_way_round_still_gives_the_earliest_and_the_latest(cn):
    clock = replace(CLOCK, strict=OtherReading((Limit(Period(9, DAYS), Counting(roll=Roll.NONE)),)))
    found = status(cn, clock, case())
    assert found.strict_due_at == found.due_at < found.lenient_due_at


def test_a_hard_bound_ends_the_limit_and_the_lines_say_so(cn):
    clock = replace(CLOCK, within=Bound("outer", False, hard=True))
    found = status(cn, clock, case(), bound=wall("2026-11-19T00:00"))
    assert (found.due_at, found.target_at) == (wall("2026-11-19T00:00"), None)
    last = found.reckoning.lines[-1]
    assert (last.day, last.ends) == (date(2026, 11, 18), "24:00")
    assert "the limit of another clock ends it here" in [note.text() for note in last.notes]
    assert due(cn, clock, bound=wall("2026-12-19T00:00")) == "11-22 00:00"


def test_whichever_is_later_of_two_limits(cn):
    clock = replace(CLOCK, not_before=Floor("other", False))
    floor = wall("2026-11-26T00:00")
    found = measure(clock, case(), cn, lambda _: False, wall("2026-12-31T09:00"), floor=floor)
    assert (found.due_at, found.reckoning.due_day) == (floor, date(2026, 11, 25))
    tail = [(line.day.day, line.kind, line.ends) for line in found.reckoning.lines[-4:]]
    assert tail == [
        (22, LineKind.ROLLED, None),
        (23, LineKind.ROLLED, None),
        (24, LineKind.ROLLED, None),
        (25, LineKind.ROLLED, "24:00"),
    ]
    plus = replace(CLOCK, not_before=Floor("other", False, Period(1, TimeUnit.MONTH)))
    later = measure(plus, case(), cn, lambda _: False, wall("2026-12-31T09:00"), floor=floor)
    assert later.due_at == wall("2026-12-26T00:00")
    early = measure(clock, case(), cn, lambda _: False, wall("2026-12-31T09:00"), floor=wall("2026-11-18T00:00"))
    assert early.due_at == wall("2026-11-22T00:00")


def test_a_pause_before_the_later_of_two_dues_holds_it_up(cn):
    clock = replace(CLOCK, pauses=(PAUSE,), not_before=Floor("other", False))
    now, floor = wall("2026-12-31T09:00"), wall("2026-11-26T00:00")
    held = case(ask=["2026-11-24T10:00"], tell=["2026-12-03T10:00"])
    found = measure(clock, held, cn, lambda _: False, now, floor=floor)
    assert (len(found.pauses), found.due_at) == (1, wall("2026-12-04T00:00"))


def test_the_floor_rolls_and_ends_as_the_clock_itself(cn):
    rolls = Limit(Period(5, DAYS), Counting(ends=DayEnd.AT, ends_at="17:00"))
    clock = replace(CLOCK, limits=(rolls,), not_before=Floor("other", False, Period(2, DAYS)))
    found = measure(clock, case(), cn, lambda _: False, wall("2026-12-31T09:00"), floor=wall("2026-11-27T00:00"))
    assert found.due_at == wall("2026-11-30T17:00"), "the 28th is a Saturday"


def test_each_giving_of_a_field_is_a_pause_of_its_own_and_the_same_beginning_corrects_it(cn):
    clock = replace(CLOCK, pauses=(Pause(("hold",), ("held_until",)),))

    def holds(*given):
        marks = tuple(
            Mark(wall(f"2026-11-{at}T10:00"), "ann", seq, {"held_until": wall(f"2026-11-{until}T10:00").isoformat()})
            for seq, (at, until) in enumerate(given, 2)
        )
        last = marks[-1].given["held_until"]
        return replace(case(), marks={"hold": marks}, data={"held_until": last})

    assert due(cn, clock, holds((17, 18))) == "11-23 00:00"
    assert due(cn, clock, holds((17, 18), (19, 20))) == "11-24 00:00"
    assert due(cn, clock, holds((17, 18), (17, 20))) == "11-25 00:00"


def test_hours_that_roll_may_end_at_a_time_of_the_next_working_day(cn):
    clock = limit(Period(12, TimeUnit.HOUR), hours_roll=True, ends=DayEnd.AT, ends_at="12:00")
    assert due(cn, clock, case("2026-11-20T22:00")) == "11-23 12:00"
    assert due(cn, clock, case("2026-11-19T22:00")) == "11-20 10:00"


def test_a_clock_that_does_not_apply_to_a_case_is_not_there(cn):
    clock = replace(CLOCK, applies="big")
    now = wall("2026-12-31T09:00")
    assert measure(clock, case(), cn, lambda _: False, now) is None
    assert measure(clock, case(), cn, lambda condition: condition == "big", now).due_at == wall("2026-11-22T00:00")


def test_a_pause_whose_end_is_known_beforehand_is_a_pause_until_then(cn):
    clock = replace(CLOCK, pauses=(Pause(("held_at",), ("held_until",)),))
    data = {"held_at": wall("2026-11-17T10:00").isoformat(), "held_until": wall("2026-11-20T10:00").isoformat()}
    assert status(cn, clock, case(data=data), "2026-11-18T09:00").paused_since == wall("2026-11-17T10:00")
    assert status(cn, clock, case(data=data), "2026-11-20T10:00").paused_since is None
    assert due(cn, clock, case(data=data), now="2026-11-18T09:00") == "11-25 00:00"


def test_the_expiry_stands_at_due_behind_everything_else_and_ends_the_clock(cn):
    clock = replace(CLOCK, ladder=LADDER, expires=(Expiry("refuse", when="big"), Expiry("grant")))
    found = status(cn, clock, case())
    assert [(rung.action, rung.expiry) for rung in found.rungs] == [("warn", False), ("urge", False), ("grant", True)]
    assert found.rungs[2].at == found.due_at
    assert status(cn, clock, case(), holds=lambda _: True).rungs[2].action == "refuse"
    over = status(cn, clock, case(grant=["2026-11-22T00:00"], system=("grant",)))
    assert (over.expired_at, over.running) == (wall("2026-11-22T00:00"), False)
    assert not over.overdue(wall("2026-12-01T00:00"))


def test_what_stopped_the_clock_in_time_goes_before_an_expiry(cn):
    clock = replace(CLOCK, expires=(Expiry("grant"),))
    found = status(cn, clock, case(grant=["2026-11-22T00:00"], answer=["2026-11-22T00:00"], system=("grant",)))
    assert (found.met, found.expired_at) == (True, None)


def test_at_the_same_time_means_the_time_of_day_of_the_start(cn):
    start = cn.at(date(2026, 11, 16), time(10, 15))
    same = Limit(Period(1, DAYS), Counting(ends=DayEnd.SAME_TIME))
    assert count(same, start, cn).due == cn.at(date(2026, 11, 17), time(10, 15))
    assert count(same, cn.midnight_after(date(2026, 11, 16)), cn, at_day_end=True).due_day == date(2026, 11, 17)
