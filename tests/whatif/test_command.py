"""`caseclock replay`, as the owner of a procedure uses it."""

from __future__ import annotations

import pytest

from caseclock.storage import SqlStore

from ..cli.conftest import Shell
from .steady_office import SteadyOffice


def two_cases(shell: Shell) -> None:
    """One case that nobody replies to, and one that was opened later."""
    shell.dispatched()
    shell.at("2026-11-20 09:00")
    shell.run("tick")
    shell.dispatched()
    shell.at("2026-11-30 09:00")


def test_a_real_office_comes_out_as_it_was_recorded(shell: Shell) -> None:
    two_cases(shell)
    found = shell.json("replay", "--check")
    assert (found["cases"], found["differences"], found["refused"]) == (2, [], [])
    assert found["events"] > 6
    assert "everything came out as it was recorded" in shell.run("replay", "--check").stdout


def test_another_limit_is_set_beside_what_was(shell: Shell) -> None:
    two_cases(shell)
    file = shell.folder / "longer.yaml"
    text = (shell.folder / "online_opinion.procedure.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("limit: 3 days", "limit: 9 days"), encoding="utf-8")
    found = shell.json("replay", "--with", str(file), "--until", "2026-11-22 09:00")
    (reply,) = [one for one in found["clocks"] if one["clock"] == "public_reply"]
    assert (reply["recorded"]["late"], reply["replayed"]["n"]) == (2, 0)
    assert {one["days"] for one in found["changed"] if one["clock"] == "public_reply"} == {6}
    page = shell.run("replay", "--with", str(file)).stdout
    assert "Late by clock, unit and month" in page
    rows = shell.run("replay", "--with", str(file), "--csv", "figures").stdout
    assert rows.startswith("\ufeffClock,Unit,Month,")
    assert "2026-11" in rows
    assert shell.refused("replay", "--check", "--with", str(shell.folder / "no.yaml"), status=4)
    assert "there are:" in shell.run("replay", "--csv", "nonsense", status=2).output


def test_the_period_is_by_the_due(shell: Shell) -> None:
    two_cases(shell)
    found = shell.json("replay", "--since", "2026-11-18 00:00", "--until", "2026-11-29 09:00")
    assert {one["month"] for one in found["figures"] if one["clock"] == "public_reply"} == {"2026-11"}
    found = shell.json("replay", "--since", "2026-11-22 00:00")
    assert not [one for one in found["clocks"] if one["clock"] == "public_reply"]


@pytest.fixture
def steady(shell: Shell) -> Shell:
    """An office whose database holds eight weeks of another procedure."""
    store = SqlStore(f"sqlite:///{shell.folder}/caseclock.db")
    office = SteadyOffice(1, store, "qingxi", ("minzheng", "chengjian")).run(8)
    store.close()
    shell.time.move_to(office.now, tick=False)
    return shell


def test_the_next_weeks_are_forecast_and_the_past_ones_are_checked(steady: Shell) -> None:
    once = steady.run("simulate", "--procedure", "request", "--weeks", "2", "--runs", "20", "--json").stdout
    again = steady.run("simulate", "--procedure", "request", "--weeks", "2", "--runs", "20", "--json").stdout
    assert once == again
    past = ("simulate", "--procedure", "request", "--weeks", "1", "--runs", "20", "--as-of", "2026-04-20 08:30")
    found = steady.json(*past)
    assert all(week["came"] is not None for week in found["weeks"])
    page = steady.run(*past).stdout
    assert "Weeks to come" in page
    assert "Came" in page
    assert steady.run(*past, "--csv", "weeks").stdout.startswith("\ufeffWeek from,")
    more = steady.json("simulate", "--procedure", "request", "--weeks", "1", "--runs", "20", "--arrivals", "x0")
    assert more["weeks"][0]["arrivals"]["high"] == 0
    assert steady.refused("simulate", "--procedure", "request", "--arrivals", "many", status=2)


def test_an_office_without_history_is_told_how_much_is_needed(shell: Shell) -> None:
    two_cases(shell)
    assert "too little history" in shell.refused("simulate", status=2)["message"]
