"""Turns forbidden at their hours, lanes that run by the hour, and hours that are not guessed at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from linli.places.roads.rules.hours import clauses, week
from linli.places.roads.rules.network import RoadNetwork, load, save
from linli.places.roads.rules.open_roads import OpenRoads
from tests.rules.test_roads_osm import CAR, FOOT, cross, network, osm, restriction, travel_s


def at_hour(net: RoadNetwork, start: int, end: int, text: str, kind: int = CAR) -> float | None:
    """Seconds from one OSM node to another at a local time; 2 March 2026 is a Monday."""
    every = OpenRoads(net)
    roads = every.closing((), every.hours_at(datetime.fromisoformat(text)))
    at = {int(ref): index for index, ref in enumerate(net.node_ref)}
    return roads.travel_between_s(roads.at_node(at[start]), roads.at_node(at[end]), kind)


def street(tmp_path: Path, **tags: str) -> RoadNetwork:
    """The cross; its western arm, drawn from the west to the middle, with these tags."""
    return network(tmp_path, osm({**cross(), 10: ([1, 2], {"highway": "residential", **tags})}))


def test_a_turn_forbidden_at_its_hours(tmp_path: Path) -> None:
    members = [("way", 10, "from"), ("node", 2, "via"), ("way", 12, "to")]
    peak = {"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00,17:00-19:00; PH off)"}
    relation = restriction("", members, **peak).replace('<tag k="restriction" v=""/>', "")
    built = network(tmp_path, osm(cross(), relation))
    assert built.report["restrictions"]["applied"] == 1 and built.report["turn_bans"] == 1
    for net in (built, load(save(built, tmp_path)[1])):
        free = at_hour(net, 1, 4, "2026-03-02T06:59")
        assert free is not None
        assert at_hour(net, 1, 4, "2026-03-02T07:00") == pytest.approx(2 * free, rel=0.1), "round by another arm"
        assert at_hour(net, 1, 4, "2026-03-02T09:00") == free
        assert at_hour(net, 1, 4, "2026-03-06T18:59") == pytest.approx(2 * free, rel=0.1)
        assert at_hour(net, 1, 4, "2026-03-07T08:00") == free, "on a Saturday nothing is forbidden"
        assert at_hour(net, 1, 4, "2026-03-02T08:00", FOOT) == at_hour(net, 1, 4, "2026-03-02T06:00", FOOT)
    vague = relation.replace("Mo-Fr 07:00-09:00,17:00-19:00; PH off", "sunrise-sunset")
    assert network(tmp_path, osm(cross(), vague)).report["restrictions"]["hours_not_read"]["relations"] == [90]


def test_a_lane_that_turns_round_at_noon(tmp_path: Path) -> None:
    """Into town in the morning, out of it in the afternoon; between, nobody knows: shut."""
    turning = {"oneway": "reversible", "oneway:conditional": "yes @ (06:00-12:00); -1 @ (15:00-22:00)"}
    net = street(tmp_path, **turning)
    assert net.report["ways_by_hour"] == 1
    for clock, into, out_of in (("08:00", True, False), ("13:00", False, False), ("16:00", False, True)):
        at = f"2026-03-02T{clock}"
        assert (at_hour(net, 1, 3, at) is not None, at_hour(net, 3, 1, at) is not None) == (into, out_of), clock
        assert at_hour(net, 3, 1, at, FOOT) is not None
    peak = street(tmp_path, **{"oneway:conditional": "yes @ (07:00-09:00)"})
    assert at_hour(peak, 3, 1, "2026-03-02T08:00") is None, "one-way at the peak"
    assert at_hour(peak, 3, 1, "2026-03-02T09:00") is not None
    vague = street(tmp_path, **{"oneway": "reversible", "oneway:conditional": "yes @ (Apr-Sep)"})
    assert travel_s(vague, 1, 3) is None and vague.report["ways_hours_not_read"]["ways"] == [10]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("07:00-09:00", 7), ("Mo", 1), ("24/7", 1), ("Mo-Fr 07:00-09:00; We 10:00-11:00", 5), ("Sa-Mo 08:00-10:00", 3),
        ("Su 22:00-02:00", 2), ("Mo,We,Fr 06:00-07:00", 3), ("PH off", None), ("Apr-Sep 07:00-09:00", None),
        ("25:00-26:00", None), ("weight>7.5", None), ("", None),
    ],
)  # fmt: skip
def test_hours_are_read_or_not_guessed_at(text: str, spans: int | None) -> None:
    found = week(text)
    assert (None if found is None else len(found)) == spans
    assert all(0 <= start < end <= 7 * 1440 for start, end in found or ())
    said = clauses(f"no_u_turn @ ({text}); yes @ 06:00-07:00")
    assert (said is None) == (spans is None)
    assert said is None or [word for word, _ in said] == ["no_u_turn", "yes"]
