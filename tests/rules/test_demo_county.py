"""The demo county is believable, whole, and the same for the same seed."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
import shapely

from linli.demo.county import County, grow
from linli.demo.incidents import PastIncident
from linli.demo.osm import osm_xml
from linli.demo.plane import lonlat, sheet
from linli.demo.tables import SHARES, categories

LAST_DAY = datetime(2026, 11, 21, 16, tzinfo=UTC)


@cache
def county() -> County:
    return grow("county", 1)


@cache
def year() -> list[PastIncident]:
    return county().year(LAST_DAY)[0]


def _reached(edges: list[tuple[int, int]], start: int) -> set[int]:
    after: dict[int, list[int]] = {}
    for a, b in edges:
        after.setdefault(a, []).append(b)
    seen, ahead = {start}, [start]
    while ahead:
        for node in after.get(ahead.pop(), ()):
            if node not in seen:
                seen.add(node)
                ahead.append(node)
    return seen


def test_the_same_seed_gives_the_same_county_and_another_seed_another() -> None:
    one, again, other = grow("town", 7), grow("town", 7), grow("town", 8)
    assert one.roads == again.roads
    assert one.addresses == again.addresses
    assert one.year(LAST_DAY) == again.year(LAST_DAY)
    assert one.roads != other.roads


def test_the_organisation_has_the_counts_of_the_practice() -> None:
    kinds = Counter(agency.kind for agency in county().agencies)
    posts = Counter(person.post for person in county().staff.people)
    assert kinds["station"] == 9
    assert (kinds["town_room"], kinds["central_room"], kinds["village_room"]) == (4, 28, 132)
    assert (posts["assistant"], posts["information_officer"]) == (34, 160)
    assert sum(grid.zone == "town" for grid in county().police_grids) == 16
    assert len(county().police_grids) == 176


def test_every_agency_stands_under_one_that_came_before_it() -> None:
    seen: set[str] = set()
    for agency in county().agencies:
        assert (agency.parent in seen) or agency.kind == "bureau"
        assert agency.code not in seen
        seen.add(agency.code)


def test_every_settlement_is_answered_for_by_exactly_one_room() -> None:
    held = Counter(s for agency in county().agencies for s in agency.settlements)
    assert held == Counter(range(len(county().settlements)))


# Town 9 and 76: a cell all round the seat; town 11: a main street with no crossing; county 25: two sites in one cell.
@pytest.mark.parametrize("seed", [1, 2, 3, 9, 11, 25, 76])
@pytest.mark.parametrize("size", ["town", "county"])
def test_police_grids_and_social_grids_each_cover_the_county_without_overlap(size: str, seed: int) -> None:
    made = grow(size, seed)
    for grids in (made.police_grids, made.social_grids):
        shapes = [shapely.Polygon(grid.ring) for grid in grids]
        assert all(shape.is_valid for shape in shapes)
        assert shapely.coverage_is_valid(shapes)
    for grid, settlement in zip(made.police_grids, made.settlements, strict=True):
        assert shapely.Polygon(grid.ring).contains(shapely.Point(lonlat(settlement.at)))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("size", ["town", "county"])
def test_every_junction_reaches_every_other(size: str, seed: int) -> None:
    roads = grow(size, seed).roads
    edges = [(edge.from_node, edge.to_node) for edge in roads.edges()]
    driven = {node for edge in edges for node in edge}
    start = edges[0][0]
    assert _reached(edges, start) == driven
    assert _reached([(b, a) for a, b in edges], start) == driven


def test_the_road_network_is_of_a_countys_size_with_bridges_one_ways_and_forbidden_turns() -> None:
    roads = county().roads
    assert 6_000 <= len(roads.nodes) <= 10_000
    assert 5 <= sum(way.bridge for way in roads.ways) <= 12
    assert any(way.oneway for way in roads.ways)
    assert len(roads.restrictions) >= 5
    for turn in roads.restrictions:
        assert turn.via_node in (roads.ways[turn.from_way].nodes[0], roads.ways[turn.from_way].nodes[-1])
        assert turn.via_node in (roads.ways[turn.to_way].nodes[0], roads.ways[turn.to_way].nodes[-1])


def test_only_bridges_cross_the_river() -> None:
    made = county()
    for way in made.roads.ways:
        points = [made.roads.nodes[node] for node in way.nodes]
        assert made.country.crosses_river(points) == way.bridge, way


def test_the_osm_document_is_well_formed_and_names_only_its_own_nodes() -> None:
    tree = ET.fromstring("".join(osm_xml(grow("town", 1).roads)))
    nodes = {node.get("id") for node in tree.iter("node")}
    assert all(nd.get("ref") in nodes for nd in tree.iter("nd"))
    assert {tag.get("v") for tag in tree.iter("tag") if tag.get("k") == "restriction"} <= {"no_left_turn"}


def test_addresses_are_as_many_as_promised_all_different_and_inside_the_county() -> None:
    rows = county().addresses
    outline = shapely.Polygon([lonlat(point) for point in county().country.outline])
    assert len(rows) == 30_000
    assert len({row.text for row in rows}) == len(rows)
    assert all(outline.contains(shapely.Point(row.at)) for row in rows)
    assert {row.kind for row in rows} == {"house", "building", "landmark"}
    assert any("卫生院" in row.name for row in rows)


def test_nobody_can_be_rung_up_by_mistake_and_no_division_exists() -> None:
    assert all(re.fullmatch(r"154\d{8}", person.phone) for person in county().staff.people)
    assert all(incident.call.phone.startswith("154") for incident in year())
    assert all(division.code.startswith("99") and len(division.code) == 12 for division in county().divisions)


def test_one_account_of_every_post_is_offered_and_the_officer_is_crew() -> None:
    offered = {person.post: person for person in county().staff.people if person.demo}
    assert {"call_taker", "dispatcher", "station_chief", "community_officer", "auditor"} <= set(offered)
    crews = {staff_no for unit in county().staff.units for staff_no in unit.crew}
    assert {offered[post].staff_no for post in ("community_officer", "auxiliary", "assistant")} <= crews
    assert offered["community_officer"].agency == offered["auxiliary"].agency


@pytest.mark.parametrize("size", ["town", "county"])
def test_call_signs_are_different_and_nobody_is_crew_twice(size: str) -> None:
    units = grow(size, 1).staff.units
    assert len({unit.call_sign for unit in units}) == len(units)
    crew = Counter(staff_no for unit in units for staff_no in unit.crew)
    assert max(crew.values()) == 1


def test_the_roster_covers_every_hour_and_nobody_is_in_two_places() -> None:
    shifts = county().shifts(LAST_DAY, 5)
    mine: dict[str, list[tuple[datetime, datetime]]] = {}
    here: dict[str, list[tuple[datetime, datetime]]] = {}
    for shift in shifts:
        mine.setdefault(shift.staff_no, []).append((shift.begins_at, shift.ends_at))
        here.setdefault(shift.agency, []).append((shift.begins_at, shift.ends_at))
    for spans in mine.values():
        assert all(a[1] <= b[0] for a, b in pairwise(sorted(spans)))
    for spans in here.values():
        assert all(a[1] >= b[0] for a, b in pairwise(sorted(spans)))
    assert any(
        (shift.begins_at + timedelta(hours=8)).date() != (shift.ends_at + timedelta(hours=8)).date() for shift in shifts
    )


def test_a_year_has_its_rhythm() -> None:
    local = [incident.call.received_at + timedelta(hours=8) for incident in year()]
    hours = Counter(at.hour for at in local)
    assert 12_000 <= len(local) <= 15_000
    assert hours[20] > 3 * hours[4]
    fights = Counter(i.call.received_at.month for i in year() if i.call.category in ("2010", "2031"))
    assert sum(fights[m] for m in (6, 7, 8)) > sum(fights[m] for m in (12, 1, 2))
    assert {incident.call.category for incident in year()} >= set(SHARES) - {"1010", "4020", "8020"}


def test_rooms_take_a_part_of_the_calls_and_are_sooner_where_they_are() -> None:
    sent = [incident for incident in year() if incident.unit]
    diverted = sum(incident.agency != incident.station for incident in sent) / len(sent)
    assert 0.15 < diverted < 0.35
    by_room: list[float] = []
    by_station: list[float] = []
    for incident in sent:
        if incident.call.zone == "town" and "arrived" in incident.stamps:
            took = (incident.stamps["arrived"] - incident.stamps["ordered"]).total_seconds()
            (by_station if incident.agency == incident.station else by_room).append(took)
    assert statistics.median(by_room) < statistics.median(by_station)
    assert statistics.median(by_room) < 300


def test_clocks_run_forward_apart_from_the_faults_that_real_clocks_have() -> None:
    order = (
        "received",
        "answered",
        "created",
        "located",
        "recommended",
        "ordered",
        "delivered",
        "signed",
        "under_way",
        "arrived",
    )
    faults = missing = 0
    for incident in year():
        taken = [incident.stamps[name] for name in order if name in incident.stamps]
        faults += taken != sorted(taken)
        missing += bool(incident.unit) and "arrived" not in incident.stamps
    assert 0 < faults < len(year()) * 0.01
    assert 0 < missing < len(year()) * 0.06


def test_serious_crime_goes_to_the_station() -> None:
    for incident in year():
        if categories()[incident.call.category].taken_by == "station" and incident.unit:
            assert incident.agency == incident.station


def test_the_sheet_and_the_globe_agree() -> None:
    x, y = sheet(lonlat((1_234.5, -987.6)))
    assert abs(x - 1_234.5) < 0.1
    assert abs(y + 987.6) < 0.1
