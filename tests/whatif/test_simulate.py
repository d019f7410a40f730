"""Forecasts: seeded, honest about their bands, and drawn from as much history as they need."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from caseclock.workflow import InvalidInput
from caseclock.workflow.engine import Under
from caseclock.workflow.reports import plan_of
from caseclock.workflow.whatif.forecast import Forecast, forecast
from caseclock.workflow.whatif.stays import Did, Stay, Stays
from caseclock.workflow.whatif.working_time import WorkingTime, fitting

from .steady_office import BEGIN, CLERK, READER, SOURCE, SteadyOffice


def ahead(
    office: SteadyOffice,
    *,
    start: datetime | None = None,
    weeks: int = 2,
    runs: int = 30,
    seed: int = 1,
    times: float = 1.0,
    source: str | None = None,
    compare: bool = False,
) -> Forecast:
    start = start or office.now
    under = Under(READER.compile(source, file="other.procedure.yaml")) if source else None
    rules = office.engine.rules("request", under)
    return forecast(
        lambda: office.engine.standings("request", start, start),
        plan_of(rules.procedure),
        rules,
        start=start,
        weeks=weeks,
        runs=runs,
        seed=seed,
        times=times,
        came=office.engine.standings("request", office.now) if compare else None,
    )


def total(found: Forecast, figure: str, unit: str | None = None) -> float:
    return sum(week.bands[figure].median for week in found.weeks if week.unit == unit)


@pytest.fixture(scope="module")
def office() -> SteadyOffice:
    return SteadyOffice(1).run(14)


def test_the_same_seed_gives_the_same_forecast_and_another_one_another(office: SteadyOffice) -> None:
    assert repr(ahead(office)) == repr(ahead(office))
    assert ahead(office).weeks != ahead(office, seed=2).weeks


def test_the_bands_hold_what_comes_in_an_office_whose_ways_are_known() -> None:
    """Eight of ten by design; counts are whole numbers, so that the ends of a band belong to it and more is inside."""
    inside, late, expected = Counter[bool](), 0, 0.0
    for seed in range(10):
        office = SteadyOffice(seed).run(12)
        start = office.now
        found = ahead(office.run(2), start=start, seed=seed, compare=True)
        for week in found.weeks:
            assert week.came is not None
            inside.update(
                week.bands[figure].low <= came <= week.bands[figure].high for figure, came in week.came.items()
            )
        late += sum(bool(risk.came) for risk in found.risks)
        expected += sum(risk.share for risk in found.risks)
        assert found.unfitting == 0
        assert not found.plain
    assert 0.78 <= inside[True] / inside.total() <= 0.98
    assert abs(late - expected) <= 6


def test_medians_are_near_what_the_office_was_made_to_do(office: SteadyOffice) -> None:
    """One and a half cases on a working day; the roads take twice as long as the water, and are late more often."""
    found = ahead(office, weeks=4, runs=40)
    assert 20 <= total(found, "arrivals") <= 40
    assert total(found, "late", "water") <= total(found, "late", "roads")


def test_more_arrivals_and_another_limit(office: SteadyOffice) -> None:
    plain = ahead(office)
    assert 1.6 <= total(ahead(office, times=2.0), "arrivals") / total(plain, "arrivals") <= 2.4
    assert total(ahead(office, times=0.0), "arrivals") == 0
    shorter = ahead(office, source=SOURCE.replace("limit: 3 working days", "limit: 1 working day"))
    assert total(shorter, "late", "roads") > total(plain, "late", "roads")


def test_a_case_that_is_late_already_is_late_for_certain() -> None:
    """Also one that has waited longer than any ever did, so that history does not say what comes next."""
    stalled = SteadyOffice(5).run(9)
    number = stalled.engine.open("request", {"subject": "Forgotten"}, by=CLERK).case.number
    stalled.run(3)
    found = ahead(stalled)
    assert next(risk for risk in found.risks if risk.case == number).share == 1.0


def test_too_little_history_is_refused_with_what_is_needed() -> None:
    with pytest.raises(InvalidInput, match="too little history") as refused:
        ahead(SteadyOffice(1).run(2))
    assert "at least 4 whole weeks with 30 cases" in refused.value.hint.text()


def test_what_the_system_does_by_time_is_done_in_the_weeks_to_come(office: SteadyOffice) -> None:
    """A limit that ends the case by itself leaves nothing open past it."""
    source = SOURCE.replace("stops: reply}", "stops: reply, expires: lapse}").replace(
        "  done: {stage: work, final: true}\nsub",
        "  done: {stage: work, final: true}\nactions:\n  lapse: {in: [new, away, here], by: system, to: done}\nsub",
    )
    slow = source.replace("is: 5 working days", "is: 1 working day")
    found = ahead(office, source=slow)
    assert total(found, "open") < total(ahead(office), "open")


def test_what_lasted_longer_takes_over_from_what_nobody_has_ended_yet() -> None:
    """One ended after 1 hour, one last seen after 2, one ended after 3: the third stands for the second too."""
    stays = Stays()
    left = [Did(float(at), "go", "ann", "clerk", None, BEGIN, {}) for at in (1, 3)]
    stays.found["case", "new", ""] = [Stay(1.0, (), left[0]), Stay(2.0, (), None), Stay(3.0, (), left[1])]
    stays.close()
    random = Random(1)
    ends = Counter(drawn.left.after for _ in range(3000) if (drawn := stays.draw("case", "new", None, 0, random)).left)
    assert ends.keys() == {1.0, 3.0}
    assert 0.3 < ends[1.0] / 3000 < 0.37
    assert all(stays.draw("case", "new", None, 1.5, random).left == left[1] for _ in range(20))
    assert stays.draw("case", "new", None, 5.0, random).left is None


def test_working_time_leaves_nights_and_weekends_out(office: SteadyOffice) -> None:
    friday = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
    time = WorkingTime(office.calendar, friday - timedelta(days=3), friday + timedelta(days=10))
    monday = friday + timedelta(days=3)
    assert time.since_first(monday) - time.since_first(friday) == 8 * 3600
    assert time.instant(time.since_first(friday) + 3600) == friday + timedelta(hours=1)
    assert time.instant(10**9) is None
    nights = [friday + timedelta(hours=9 + day) for day in range(20)]
    assert fitting(office.calendar, nights, friday).plain
