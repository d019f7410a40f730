"""What holds for every limit, whatever its rule: more pause is never less time, and what is promised is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from caseclock.workflow.clocks import Grant, LineKind, Pausing, count, measure, read_ledger
from caseclock.workflow.history import Case, Mark
from caseclock.workflow.messages import Text
from caseclock.workflow.model import (
    Amount,
    Clock,
    Counting,
    DayEnd,
    Extension,
    ExtensionMode,
    Limit,
    Pause,
    Period,
    Roll,
    TimeUnit,
)

from .oracle import DAY, MONTHS
from .random_cases import (
    Question,
    ask_clock,
    ask_library,
    random_clock,
    random_extension,
    random_office,
    random_pause,
    random_question,
)

OFFICES = st.integers(0, 60)
CHANCES = st.randoms(use_true_random=False)


@st.composite
def questions(draw, **fixed) -> Question:
    """Any question, with some of its parts fixed."""
    question = random_question(draw(CHANCES), draw(OFFICES))
    return replace(question, **{"bound": None, **fixed})


def ends(question: Question) -> datetime:
    return ask_library(question).due


@given(question=questions(extension=None, until=None, before=None))
def test_as_many_days_are_counted_as_the_limit_says(question):
    assume(question.limit and not question.in_hours and not any(unit in MONTHS for _, unit in question.limit))
    lines = ask_library(question).lines
    numbers = [line.number for line in lines if line.kind is LineKind.COUNTED]
    limit = sum(amount * 7 if unit == "week" else amount for amount, unit in question.limit)
    assert numbers == list(range(1, limit + 1))


@given(question=questions())
def test_a_due_never_falls_on_a_day_of_rest_when_the_rule_rolls(question):
    assume(question.rule.roll != "none" and not question.in_hours)
    office, calendar = random_office(question.office)
    found = ask_library(question)
    assert calendar.is_working(found.due_day)
    assert found.due_day in office.works


@given(question=questions(), chance=CHANCES)
def test_one_more_pause_never_makes_a_due_earlier(question, chance):
    assume(question.rule.roll != "previous_working_day")
    without = ends(question)
    more = [*question.pauses, random_pause(chance, question, without)]
    chance.shuffle(more)
    assert ends(replace(question, pauses=more)) >= without


@given(question=questions(), chance=CHANCES)
def test_a_longer_pause_never_makes_a_due_earlier(question, chance):
    assume(question.pauses and question.rule.roll != "previous_working_day")
    *others, pause = question.pauses
    longer = replace(pause, ends=pause.ends + timedelta(minutes=chance.randint(1, 20000)), ended_at_day_end=False)
    assert ends(replace(question, pauses=[*others, longer])) >= ends(question)


@given(question=questions(until=None, before=None))
def test_a_limit_never_runs_out_while_it_is_paused(question):
    assume(question.limit and not (question.extension and question.extension.how == "until"))
    due = ends(question)
    assert not any(pause.begins < due < pause.ends for pause in question.pauses)


@given(question=questions())
def test_the_order_in_which_pauses_are_given_does_not_matter(question):
    assert ends(replace(question, pauses=question.pauses[::-1])) == ends(question)


@given(chance=CHANCES, number=OFFICES)
def test_the_strict_due_is_the_earliest_and_the_lenient_one_the_latest(chance, number):
    status = ask_clock(random_clock(chance, number))
    assert status.strict_due_at <= status.due_at <= status.lenient_due_at


@given(question=questions(extension=None, until=None, before=None), later=st.integers(1, 40 * 24 * 60))
def test_starting_later_never_ends_earlier(question, later):
    """Where the end of the day is not that of the start, and months do not meet pauses or closed seasons."""
    assume(question.limit and question.rule.ends != "same_time")
    if any(unit in MONTHS for _, unit in question.limit):
        rule = replace(question.rule, closed_seasons="run")
        question = replace(question, pauses=[], rule=rule)
    moved = replace(question, start=question.start + timedelta(minutes=later), at_day_end=False)
    assert ends(moved) >= ends(question)


@given(question=questions(before=None), chance=CHANCES)
def test_an_extension_never_shortens_and_never_passes_its_cap(question, chance):
    office, _ = random_office(question.office)
    extension = random_extension(chance, office, question)
    plain = ends(replace(question, extension=None))
    extended = ends(replace(question, extension=extension))
    assert extended >= plain
    if extension.cap:
        cap = replace(question, limit=[extension.cap], until=None, extension=None)
        assert extended <= max(plain, ends(cap))


@given(question=questions(pauses=[]), least=st.integers(1, 30))
def test_the_minimum_of_working_days_is_there(question, least):
    assume(not question.in_hours)
    office, calendar = random_office(question.office)
    found = ask_library(replace(question, rule=replace(question.rule, minimum=least)))
    first = office.day(question.start) - question.at_day_end * DAY
    if question.rule.first_day == "excluded":
        first += DAY
    assert calendar.working_days(first, found.due_day) >= least


@given(question=questions())
def test_a_bound_is_never_passed_and_only_ever_shortens(question):
    own = ends(question)
    for bound in (own - DAY, own, own + DAY):
        assert ends(replace(question, bound=bound)) == min(own, bound)


@given(day=st.dates(date(2012, 1, 1), date(2025, 12, 1)), number=st.integers(1, 40), more=st.integers(0, 20))
def test_a_number_from_a_field_counts_like_the_same_number_in_the_definition(cn, day, number, more):
    start, unit = cn.at(day, time(9)), TimeUnit.WORKING_DAY
    written, field = Limit(Period(number, unit), Counting()), Limit(None, Counting(), amount=Amount("n", unit))
    assert count(field, start, cn, amount=number).due == count(written, start, cn).due
    longer = Limit(Period(number + more, unit), Counting())
    extension = Extension(ExtensionMode.BY, None, 1, "ask", "grant", amount=Amount("more", unit))
    grants = [Grant(start, start, "head", {"more": more})]
    extended = count(field, start, cn, amount=number, extension=extension, grants=grants)
    assert extended.due == count(longer, start, cn).due


T0 = datetime(2026, 11, 16, 1, tzinfo=UTC)
CLOCK = Clock(
    name="reply",
    title=Text("Reply", "答复"),
    starts=("opened",),
    limits=(Limit(Period(10, TimeUnit.WORKING_DAY), Counting()),),
    stops=("publish",),
    runs_on=("send_back",),
    restarts=("complete",),
    extension=Extension(ExtensionMode.BY, Period(5, TimeUnit.DAY), 1, "ask", "grant", "refuse"),
    pauses=(
        Pause(("ask_fee",), ("fee_paid",), times=2),
        Pause(("ask_advice",), ("advice",), first_day=True, at_most=Period(3, TimeUnit.DAY)),
    ),
)
ACTIONS = ("publish", "send_back", "complete", "ask", "grant", "refuse", "ask_fee", "fee_paid", "ask_advice", "advice")


def case(marks: dict[str, list[int]]) -> Case:
    recorded = {
        action: tuple(Mark(T0 + timedelta(hours=hours), "ann") for hours in given) for action, given in marks.items()
    }
    return Case("1", "o", "p", 1, "case", "1", "1", "s", T0, T0, marks=recorded)


@given(
    marks=st.dictionaries(st.sampled_from(ACTIONS), st.lists(st.integers(-30, 400), min_size=1, max_size=4)),
    chance=CHANCES,
)
def test_the_order_of_recording_does_not_change_the_result(cn, marks, chance):
    actions = chance.sample(list(marks), len(marks))
    shuffled = {action: chance.sample(marks[action], len(marks[action])) for action in actions}
    assert read_ledger(CLOCK, case(shuffled), cn) == read_ledger(CLOCK, case(marks), cn)
    now = T0 + timedelta(hours=500)
    one, other = (measure(CLOCK, case(each), cn, lambda condition: True, now) for each in (marks, shuffled))
    assert one is not None
    assert other is not None
    assert (one.due_at, one.pauses, one.rungs) == (other.due_at, other.pauses, other.rungs)


# Where two programs once differed


def test_of_two_pauses_around_the_due_the_one_that_ends_last_decides(cn):
    """One more pause, even one that is over before, would else have made the due a day earlier."""
    start, rule = cn.at(date(2026, 11, 16), time(10)), Pause(("ask",), ("answer",))
    day_excluded = replace(rule, last_day=False)
    longest = Pausing(cn.at(date(2026, 11, 19), time(10)), cn.midnight_after(date(2026, 11, 24)), day_excluded, "ask")
    shorter = Pausing(cn.at(date(2026, 11, 19), time(11)), cn.at(date(2026, 11, 24), time(9)), day_excluded, "ask")
    limit = Limit(Period(3, TimeUnit.DAY), Counting(roll=Roll.NONE))
    dues = {count(limit, start, cn, pauses=pauses).due_day for pauses in ([longest], [longest, shorter])}
    assert dues == {date(2026, 11, 25)}


def test_a_start_at_2400_ends_at_2400_where_the_limit_ends_at_the_same_time(cn):
    counting = Counting(roll=Roll.NONE, ends=DayEnd.SAME_TIME)
    found = count(Limit(Period(1, TimeUnit.DAY), counting), cn.midnight_after(date(2026, 11, 16)), cn, at_day_end=True)
    assert found.due == cn.midnight_after(date(2026, 11, 17))


def test_a_cap_beyond_what_was_granted_does_not_lengthen(cn):
    """A minimum holds for the cap in days, though not for the limit in hours."""
    start = cn.at(date(2026, 11, 16), time(10))
    cap = Extension(ExtensionMode.BY, Period(24, TimeUnit.HOUR), 1, "ask", "grant", cap=Period(2, TimeUnit.DAY))
    limit = Limit(Period(24, TimeUnit.HOUR), Counting(minimum=10))
    found = count(limit, start, cn, extension=cap, grants=[Grant(start, start, "head")])
    assert found.due == start + timedelta(hours=48)
