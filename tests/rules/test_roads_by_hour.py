"""Turns forbidden at their hours, lanes that run by the hour, and hours that are not guessed at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from linli.places.roads.rules.hours import clauses, week
from linli.places.roads.rules.left_out import left_out
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
        assert at_hour(net, 1, 4, "2026-02-17T08:00") == free, "the Spring Festival's Tuesday: a public holiday"
        assert at_hour(net, 1, 4, "2026-02-24T08:00") == pytest.approx(2 * free, rel=0.1), "a plain Tuesday"


def test_a_rule_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The turn is allowed, the road two-way, and whoever imports reads which rules were left out and why it matters."""
    members = [("way", 10, "from"), ("node", 2, "via"), ("way", 12, "to")]
    dusk = "no_left_turn @ (sunset-sunrise)"
    relation = restriction("", members, **{"restriction:conditional": dusk}).replace('<tag k="restriction" v=""/>', "")
    ways = {**cross(), 11: ([2, 3], {"highway": "residential", "oneway:conditional": "yes @ (weight>7.5)"})}
    net = network(tmp_path, osm(ways, relation))
    assert net.report["restrictions"]["hours_not_read"]["relations"] == [90]
    told = [(one.osm, one.said) for one in left_out(load(save(net, tmp_path)[1]).report)]
    assert told == [("relation/90", f"restriction:conditional={dusk}"), ("way/11", "yes @ (weight>7.5)")]
    assert travel_s(net, 1, 4) == travel_s(network(tmp_path, osm(cross())), 1, 4)
    assert left_out({"form": "tables"}) == []


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
    vague = street(tmp_path, **{"oneway": "reversible", "oneway:conditional": "yes @ (sunrise-sunset)"})
    assert travel_s(vague, 1, 3) is None and vague.report["ways_hours_not_read"]["ways"] == [10]


def test_a_street_of_one_way_in_summer(tmp_path: Path) -> None:
    """Out of town only in the season, and on its public holidays at no hour but the morning's."""
    said = "-1 @ (Apr-Sep Sa,Su 08:00-20:00; Apr-Sep PH 08:00-10:00)"
    built = street(tmp_path, **{"oneway:conditional": said})
    for net in (built, load(save(built, tmp_path)[1])):
        for at, free in (
            ("2026-03-28T09:00", True), ("2026-04-04T07:59", True), ("2026-04-11T09:00", False),
            ("2026-04-13T09:00", True), ("2026-09-27T19:59", True), ("2026-09-13T19:59", False),
            ("2026-10-03T09:00", True), ("2026-05-01T09:00", False), ("2026-05-01T10:00", True),
            ("2099-05-01T09:00", True),
        ):  # fmt: skip
            assert (at_hour(net, 1, 3, at) is not None) == free, at
            assert at_hour(net, 3, 1, at) is not None


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("07:00-09:00", 7), ("Mo", 1), ("24/7", 1), ("Mo-Fr 07:00-09:00; We 10:00-11:00", 5), ("Sa-Mo 08:00-10:00", 3),
        ("Su 22:00-02:00", 2), ("Mo,We,Fr 06:00-07:00", 3), ("PH off", None), ("Apr-Sep 07:00-09:00", 14),
        ("25:00-26:00", None), ("weight>7.5", None), ("", None), ("Nov 15-Mar 15", 2 * 2), ("Dec 24-26,Jan", 2 * 2),
        ("Feb 30", None), ("Sep: Mo", 2), ("Mo-Fr 07:00-09:00; SH off", 5), ("PH", 1), ("Mo; PH off", 1),
        ("Mo-Su 06:00-07:00; Dec off", 14), ("Mo-Fr,PH 07:00-09:00", 12), ("SH 07:00-09:00", None),
        ("sunset-06:00", None),
    ],
)  # fmt: skip
def test_hours_are_read_or_not_guessed_at(text: str, spans: int | None) -> None:
    found = week(text)
    assert (None if found is None else len(found)) == spans
    assert all(0 <= start < end <= 7 * 1440 for start, end, *_ in found or ())
    assert all(1 <= first <= last <= 366 for _, _, first, last, _ in (one for one in found or () if len(one) > 2))
    said = clauses(f"no_u_turn @ ({text}); yes @ 06:00-07:00")
    assert (said is None) == (spans is None)
    assert said is None or [word for word, _ in said] == ["no_u_turn", "yes"]
