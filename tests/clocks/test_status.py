"""The status of a clock: met, late, overdue, its ladder, its target, its extension."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from caseclock.workflow.clocks import ClockStatus, measure, why_not_ask, why_not_grant
from caseclock.workflow.history import Case, Mark, RungKey
from caseclock.workflow.messages import Text
from caseclock.workflow.model import (
    Bound,
    Clock,
    Counting,
    DayEnd,
    Extension,
    ExtensionMode,
    Limit,
    Period,
    Roll,
    Rung,
    Side,
    TimeUnit,
)

ONE_WORKING_DAY = Period(1, TimeUnit.WORKING_DAY)
LADDER = (
    Rung(Side.BEFORE, ONE_WORKING_DAY, "warn"),
    Rung(Side.DUE, None, "urge"),
    Rung(Side.AFTER, ONE_WORKING_DAY, "supervise"),
)
CLOCK = Clock(
    name="reply",
    title=Text("Reply", "答复"),
    starts=("opened",),
    limits=(
        Limit(Period(2, TimeUnit.DAY), Counting(roll=Roll.NONE), when="urgent"),
        Limit(Period(3, TimeUnit.DAY), Counting()),
    ),
    stops=("answer",),
    extension=Extension(ExtensionMode.TO, Period(5, TimeUnit.DAY), 1, "ask", "grant", "refuse"),
    ladder=LADDER,
)
MICROSECOND = timedelta(microseconds=1)


def wall(text: str) -> datetime:
    """An instant by the clock on the wall in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def status(
    cn, opened="2026-11-16T09:00", clock=CLOCK, urgent=False, bound=None, data=None, now="2026-12-31T09:00", **marks
) -> ClockStatus:
    case = Case(
        id="1",
        office="o",
        procedure="p",
        version=1,
        kind="case",
        number="2026-0001",
        root="1",
        state="s",
        opened_at=wall(opened),
        since=wall(opened),
        data=data or {},
        marks={name: tuple(Mark(wall(at), "leader") for at in times) for name, times in marks.items()},
    )
    measured = measure(clock, case, cn, lambda condition: condition == "urgent" and urgent, wall(now), bound)
    assert measured is not None
    return measured


def test_the_first_limit_whose_condition_holds_applies(cn):
    assert status(cn).due_at == wall("2026-11-20T00:00")
    assert status(cn, urgent=True).due_at == wall("2026-11-19T00:00")


def test_the_due_is_the_last_instant_at_which_the_clock_can_be_met(cn):
    met = status(cn, answer=["2026-11-20T00:00"])
    late = status(cn, answer=["2026-11-20T00:00:00.000001"])
    assert (met.met, met.late, met.running) == (True, False, False)
    assert (late.met, late.late, late.running) == (False, True, False)


def test_overdue_is_derived_at_the_asked_for_time(cn):
    running = status(cn)
    assert not running.overdue(running.due_at)
    assert running.overdue(running.due_at + MICROSECOND)
    late = status(cn, answer=["2026-11-21T10:00"])
    assert late.overdue(wall("2026-11-21T09:59"))
    assert not late.overdue(wall("2026-11-21T10:00"))


def test_a_reply_entered_late_but_given_in_time_is_not_late(cn):
    assert status(cn, answer=["2026-11-19T10:00"]).met


def test_a_warning_leaves_whole_days_and_a_sanction_waits_for_whole_days(cn):
    rungs = status(cn).rungs
    assert [(rung.action, rung.at) for rung in rungs] == [
        ("warn", wall("2026-11-18T00:00")),
        ("urge", wall("2026-11-20T00:00")),
        ("supervise", wall("2026-11-21T00:00")),
    ]
    assert [rung.key for rung in rungs] == [RungKey("reply", 0, n) for n in range(3)]


def test_rungs_step_over_rest_days(cn):
    """Due on Monday: warned from Friday 00:00, supervised after Tuesday."""
    warn, _, supervise = status(cn, "2026-11-20T09:00").rungs
    assert warn.at == wall("2026-11-20T09:00"), "Friday 00:00 lies before the start"
    assert supervise.at == wall("2026-11-25T00:00")
    warn, _, supervise = status(cn, "2026-09-25T09:00").rungs
    assert (warn.at, supervise.at) == (wall("2026-09-25T09:00"), wall("2026-09-30T00:00"))


def test_a_warning_never_comes_before_the_start(cn):
    ladder = (Rung(Side.BEFORE, Period(10, TimeUnit.WORKING_DAY), "warn"),)
    early = status(cn, clock=replace(CLOCK, ladder=ladder))
    assert early.rungs[0].at == early.started_at


@pytest.mark.parametrize(
    ("side", "offset", "at"),
    [
        (Side.BEFORE, Period(2, TimeUnit.DAY), "2026-11-17T00:00"),
        (Side.BEFORE, Period(6, TimeUnit.HOUR), "2026-11-19T18:00"),
        (Side.BEFORE, Period(1, TimeUnit.WORKING_HOUR), "2026-11-19T17:00"),
        (Side.BEFORE, Period(6, TimeUnit.WORKING_HOUR), "2026-11-19T10:30"),
        (Side.AFTER, Period(2, TimeUnit.DAY), "2026-11-22T00:00"),
        (Side.AFTER, Period(1, TimeUnit.WEEK), "2026-11-27T00:00"),
        (Side.AFTER, Period(1, TimeUnit.MONTH), "2026-12-20T00:00"),
        (Side.AFTER, Period(1, TimeUnit.WORKING_DAY), "2026-11-21T00:00"),
        (Side.AFTER, Period(36, TimeUnit.HOUR), "2026-11-21T12:00"),
        (Side.AFTER, Period(1, TimeUnit.WORKING_HOUR), "2026-11-20T09:30"),
    ],
    ids=str,
)
def test_offsets_in_every_unit(cn, side, offset, at):
    measured = status(cn, clock=replace(CLOCK, ladder=(Rung(side, offset, "x"),)))
    assert measured.rungs[0].at == wall(at)


def test_office_hours_do_not_move_rungs_in_days(cn):
    limit = Limit(Period(3, TimeUnit.DAY), Counting(ends=DayEnd.CLOSE_OF_OFFICE))
    warn, urge, supervise = (rung.at for rung in status(cn, clock=replace(CLOCK, limits=(limit,))).rungs)
    assert (warn, urge, supervise) == (
        wall("2026-11-18T00:00"),
        wall("2026-11-19T18:00"),
        wall("2026-11-21T00:00"),
    )


WITHIN = replace(CLOCK, within=Bound("public_reply", True, ONE_WORKING_DAY))


def test_the_working_target_leaves_the_reserve_before_the_outer_due(cn):
    """Outer due: the end of Friday the 20th. One working day in reserve: the target is the end of Thursday."""
    late_start = status(cn, "2026-11-18T09:00", WITHIN, bound=wall("2026-11-21T00:00"))
    assert late_start.due_at == wall("2026-11-24T00:00")
    assert late_start.target_at == wall("2026-11-20T00:00")
    assert not late_start.infeasible
    warn, urge, _ = late_start.rungs
    assert warn.at == wall("2026-11-18T09:00")
    assert urge.at == late_start.due_at, "sanctions use the unit's own clock only"


def test_the_target_is_never_later_than_the_due(cn):
    measured = status(cn, clock=WITHIN, bound=wall("2026-12-31T00:00"))
    assert measured.target_at == measured.due_at


def test_a_target_that_does_not_lie_after_the_start_is_infeasible(cn):
    assert status(cn, "2026-11-20T09:00", WITHIN, bound=wall("2026-11-21T00:00")).infeasible
    assert not status(cn, "2026-11-19T09:00", WITHIN, bound=wall("2026-11-21T00:00")).infeasible


def test_without_the_outer_clock_there_is_no_target(cn):
    assert status(cn, clock=WITHIN).target_at is None


def test_an_extension_gives_a_new_due_and_a_new_round_of_rungs(cn):
    extended = status(cn, ask=["2026-11-17T09:00"], grant=["2026-11-18T09:00"])
    assert extended.due_at == wall("2026-11-24T00:00")
    assert [rung.key.round for rung in extended.rungs] == [1, 1, 1]


def refusal(message) -> str:
    assert message is not None
    return message.text()


def test_an_extension_is_asked_for_up_to_the_due_and_not_after(cn):
    running = status(cn)
    assert why_not_ask(running, running.due_at) is None
    assert "ended at 2026-11-19 24:00" in refusal(why_not_ask(running, running.due_at + MICROSECOND))


def test_a_second_ask_while_one_is_pending_is_refused(cn):
    assert "already asked" in refusal(why_not_ask(status(cn, ask=["2026-11-17T09:00"]), wall("2026-11-18T09:00")))


def test_a_second_extension_is_refused(cn):
    extended = status(cn, ask=["2026-11-17T09:00"], grant=["2026-11-18T09:00"])
    at = wall("2026-11-19T09:00")
    assert "the most allowed" in refusal(why_not_ask(extended, at))
    assert "the most allowed" in refusal(why_not_grant(extended, at, {}))


def test_a_grant_needs_an_ask_that_came_before_it(cn):
    assert "no extension has been asked for" in refusal(why_not_grant(status(cn), wall("2026-11-18T09:00"), {}))
    asked = status(cn, ask=["2026-11-17T09:00"])
    assert "no extension has been asked for" in refusal(why_not_grant(asked, wall("2026-11-17T08:00"), {}))
    assert why_not_grant(asked, wall("2026-11-18T09:00"), {}) is None


def test_an_ask_that_is_undecided_at_due_has_lapsed(cn):
    asked = status(cn, ask=["2026-11-17T09:00"])
    assert why_not_grant(asked, asked.due_at, {}) is None
    assert not asked.lapsed(asked.due_at)
    assert asked.lapsed(asked.due_at + MICROSECOND)
    assert "lapsed" in refusal(why_not_grant(asked, asked.due_at + MICROSECOND, {}))


def test_where_the_rule_allows_it_an_extension_may_come_after_the_due(cn):
    extension = replace(CLOCK.extension, before_due=False)
    asked = status(cn, clock=replace(CLOCK, extension=extension), ask=["2026-11-21T09:00"])
    assert why_not_grant(asked, wall("2026-11-22T09:00"), {}) is None


def test_a_refused_ask_may_be_followed_by_another(cn):
    refused = status(cn, ask=["2026-11-17T09:00"], refuse=["2026-11-17T10:00"])
    assert why_not_ask(refused, wall("2026-11-17T11:00")) is None


def test_a_clock_that_cannot_be_extended_or_no_longer_runs_says_so(cn):
    at = wall("2026-11-17T09:00")
    assert "cannot be extended" in refusal(why_not_ask(status(cn, clock=replace(CLOCK, extension=None)), at))
    assert "no longer runs" in refusal(why_not_ask(status(cn, answer=["2026-11-16T10:00"]), at))


def test_a_limit_until_a_field_runs_when_the_field_is_known(cn):
    clock = replace(CLOCK, limits=(Limit(None, Counting(), until="promised_on"),))
    assert status(cn, clock=clock, data={"promised_on": "2026-11-21"}).due_at == wall("2026-11-24T00:00")
    instant = wall("2026-11-27T09:00").isoformat()
    assert status(cn, clock=clock, data={"promised_on": instant}).due_at == wall("2026-11-27T09:00")
    case = Case("1", "o", "p", 1, "case", "n", "1", "s", wall("2026-11-16T09:00"), wall("2026-11-16T09:00"))
    assert measure(clock, case, cn, lambda _: False, wall("2026-12-31T09:00")) is None


def test_a_clock_without_a_start_has_no_status(cn):
    case = Case("1", "o", "p", 1, "case", "n", "1", "s", wall("2026-11-16T09:00"), wall("2026-11-16T09:00"))
    assert measure(replace(CLOCK, starts=("deliver",)), case, cn, lambda _: False, wall("2026-12-31T09:00")) is None


def test_a_due_beyond_the_notices_is_provisional(cn):
    assert status(cn, "2026-12-30T09:00").provisional
    assert not status(cn).provisional


def test_a_warning_comes_at_midnight_of_the_clock_on_the_wall(cn):
    warn = cn.local(status(cn).rungs[0].at)
    assert (warn.date(), warn.time()) == (date(2026, 11, 18), time(0))
