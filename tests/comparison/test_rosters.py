"""Comparing rosters: people and units that came, went, or have other roles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caseclock.workflow import Actor
from caseclock.workflow.comparison import Matter, compare_rosters
from caseclock.workflow.messages import Text
from caseclock.workflow.roster import Roster, Unit

ANN = Actor("ann", frozenset({"officer"}), "water", Text("Ann", "甲"), ("ann@example.org",), "en")
WATER, ROADS = Unit("water", Text("Water station", "水务站")), Unit("roads", Text("Roads", "公路站"), can_lead=False)
OLD = Roster({"water": WATER, "roads": ROADS}, {"ann": ANN}, "en")


def test_a_roster_does_not_differ_from_itself() -> None:
    assert compare_rosters(OLD, replace(OLD)) == ()


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (replace(OLD, people={}), "Ann (ann) is gone: officer"),
        (replace(OLD, people={"ann": replace(ANN, roles=frozenset({"officer", "leader"}))}), "has the role leader now"),
        (replace(OLD, people={"ann": replace(ANN, roles=frozenset())}), "has not the role officer any more"),
        (replace(OLD, people={"ann": replace(ANN, unit="roads")}), "goes from Water station (water) to Roads (roads)"),
        (replace(OLD, people={"ann": replace(ANN, unit=None)}), "the unit goes from Water station (water) to nothing"),
        (replace(OLD, people={"ann": replace(ANN, name=Text("Anne", "甲"))}), "the name goes from Ann to Anne"),
        (replace(OLD, people={"ann": replace(ANN, name=None)}), "the name goes from Ann to nothing"),
        (replace(OLD, people={"ann": replace(ANN, notify=())}), "letters for Ann (ann) go elsewhere"),
        (replace(OLD, people={"ann": replace(ANN, language=None)}), "the language of letters goes from en to nothing"),
        (replace(OLD, language="zh"), "the language of letters goes from en to zh"),
        (replace(OLD, units={"water": WATER}), "the unit Roads (roads) is gone"),
        (replace(OLD, units={"water": WATER, "roads": replace(ROADS, can_lead=True)}), "Roads (roads) may lead now"),
        (replace(OLD, units={"roads": ROADS, "water": WATER}), "another order: roads, water"),
    ],
)
def test_what_differs_is_told_both_ways(new: Roster, told: str) -> None:
    (found,) = compare_rosters(OLD, new)
    assert told in str(found.told)
    assert len(compare_rosters(new, OLD)) == 1


def test_addresses_are_not_shown() -> None:
    """An address may hold a password."""
    (found,) = compare_rosters(OLD, replace(OLD, people={"ann": replace(ANN, notify=("json://secret@host",))}))
    assert "secret" not in str(found.told)
    assert found.matter is Matter.PAPER
