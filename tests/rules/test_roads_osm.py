"""Roads from OpenStreetMap: tags, one-ways, restrictions, bollards, extracts that are cut, files that are broken."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from linli.kernel.errors import Invalid
from linli.places.roads.rules.build import build
from linli.places.roads.rules.network import FAR, RoadNetwork, load, save
from linli.places.roads.rules.open_roads import OpenRoads
from linli.places.roads.rules.parse_osm import parse_osm
from linli.places.roads.rules.speeds import barred_kinds, limit_kmh, speeds_of

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "roads"
needs_data = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent: real road files")
CAR, MOTORCYCLE, FOOT = range(3)

# A cross: 1 west, 2 middle, 3 east, 4 north, 5 south; all 100 m or so.
NODES = {1: (116.0, 27.0), 2: (116.001, 27.0), 3: (116.002, 27.0), 4: (116.001, 27.001), 5: (116.001, 26.999)}


def osm(ways: dict[int, tuple[list[int], dict[str, str]]], relations: str = "", barriers: str = "") -> str:
    nodes = "\n".join(
        f'<node id="{ref}" lon="{lon}" lat="{lat}">{barriers if ref == 2 else ""}</node>'
        for ref, (lon, lat) in NODES.items()
    )
    lines = [
        f'<way id="{way}">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        + "</way>"
        for way, (refs, tags) in ways.items()
    ]
    return f'<?xml version="1.0"?>\n<osm version="0.6">\n{nodes}\n' + "\n".join(lines) + f"\n{relations}\n</osm>\n"


def network(folder: Path, text: str) -> RoadNetwork:
    path = folder / "roads.osm"
    path.write_text(text, encoding="utf-8")
    return build(parse_osm(path))


def travel_s(net: RoadNetwork, start: int, end: int, kind: int = CAR) -> float | None:
    """Seconds from one OSM node to another."""
    roads = OpenRoads(net)
    at = {int(ref): index for index, ref in enumerate(net.node_ref)}
    if start not in at or end not in at:
        return None
    return roads.travel_between_s(roads.at_node(at[start]), roads.at_node(at[end]), kind)


CROSS = {10: [1, 2], 11: [2, 3], 12: [2, 4], 13: [2, 5]}


def cross(**tags: str) -> dict[int, tuple[list[int], dict[str, str]]]:
    return {way: (refs, {"highway": "residential", **tags}) for way, refs in CROSS.items()}


def restriction(kind: str, members: list[tuple[str, int, str]], **tags: str) -> str:
    inside = "".join(f'<member type="{type_}" ref="{ref}" role="{role}"/>' for type_, ref, role in members)
    inside += "".join(
        f'<tag k="{k}" v="{v}"/>' for k, v in {"type": "restriction", "restriction": kind, **tags}.items()
    )
    return f'<relation id="90">{inside}</relation>'


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0), ("50 km/h", 50.0), ("30 mph", 48.28032), ("CN:urban", 50.0), ("RU:living_street", 20.0),
        ("walk", 7.0),         ("none", None), ("signals", None),
        ("60;40", 40.0), ("", None), ("0", None), ("10 knots", 18.52),
    ],
)  # fmt: skip
def test_signed_limits(text: str, kmh: float | None) -> None:
    assert limit_kmh(text) == (None if kmh is None else pytest.approx(kmh))


@pytest.mark.parametrize(
    ("tags", "forth", "back"),
    [
        ({"highway": "residential"}, (1, 1, 1), (1, 1, 1)),
        ({"highway": "residential", "oneway": "yes"}, (1, 1, 1), (0, 0, 1)),
        ({"highway": "residential", "oneway": "-1"}, (0, 0, 1), (1, 1, 1)),
        ({"highway": "residential", "oneway": "yes", "oneway:motorcycle": "no"}, (1, 1, 1), (0, 1, 1)),
        ({"highway": "residential", "oneway": "yes", "oneway:emergency": "no"}, (1, 1, 1), (1, 1, 1)),
        ({"highway": "footway", "oneway:foot": "yes"}, (0, 0, 1), (0, 0, 0)),
        ({"highway": "motorway"}, (1, 1, 0), (0, 0, 0)),
        ({"highway": "motorway", "oneway": "no"}, (1, 1, 0), (1, 1, 0)),
        ({"highway": "tertiary", "junction": "roundabout"}, (1, 1, 1), (0, 0, 1)),
        ({"highway": "primary", "access": "no"}, (0, 0, 0), (0, 0, 0)),
        ({"highway": "primary", "access": "no", "foot": "yes"}, (0, 0, 1), (0, 0, 1)),
        ({"highway": "primary", "access": "no", "emergency": "yes"}, (1, 1, 0), (1, 1, 0)),
        ({"highway": "service", "access": "private"}, (1, 1, 1), (1, 1, 1)),
        ({"highway": "pedestrian"}, (0, 0, 1), (0, 0, 1)),
        ({"highway": "pedestrian", "motor_vehicle": "yes"}, (1, 1, 1), (1, 1, 1)),
        ({"highway": "path", "access": "yes"}, (0, 0, 1), (0, 0, 1)),
        ({"highway": "path", "motorcycle": "yes"}, (0, 1, 1), (0, 1, 1)),
        ({"highway": "residential", "oneway": "reversible"}, (0, 0, 1), (0, 0, 1)),
    ],
)
def test_who_may_go_where(tags: dict[str, str], forth: tuple[int, ...], back: tuple[int, ...]) -> None:
    speeds = speeds_of(tags)
    assert speeds is not None
    assert tuple(int(kmh > 0) for kmh in speeds.forth) == forth
    assert tuple(int(kmh > 0) for kmh in speeds.back) == back


def test_no_road_at_all() -> None:
    assert speeds_of({"highway": "construction"}) is None
    assert speeds_of({"building": "yes"}) is None
    assert speeds_of({"highway": "pedestrian", "area": "yes"}) is None


def test_signed_limits_by_direction() -> None:
    speeds = speeds_of({"highway": "primary", "maxspeed": "80", "maxspeed:backward": "40"})
    assert speeds is not None
    assert speeds.forth[CAR] == pytest.approx(72) and speeds.back[CAR] == pytest.approx(36)
    assert speeds.forth[MOTORCYCLE] == 60 and speeds.forth[FOOT] == 5


@pytest.mark.parametrize(
    ("tags", "bits"),
    [
        ({"barrier": "bollard"}, 0b001),
        ({"barrier": "gate"}, 0),
        ({"barrier": "gate", "access": "no"}, 0b111),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, 0),
        ({"barrier": "turnstile"}, 0b011),
        ({"barrier": "block", "emergency": "yes"}, 0),
    ],
)
def test_barriers(tags: dict[str, str], bits: int) -> None:
    assert barred_kinds(tags) == bits


def test_lengths_and_times(tmp_path: Path) -> None:
    net = network(tmp_path, osm(cross()))
    assert net.nodes == 5 and net.edges == 4
    assert float(net.edge_m.min()) == pytest.approx(99.1, abs=0.2)
    assert travel_s(net, 1, 3) == pytest.approx(2 * 99.1 / (30 / 3.6), abs=0.1)
    assert travel_s(net, 1, 3, FOOT) == pytest.approx(2 * 99.1 / (5 / 3.6), abs=0.3)


def test_a_oneway_is_not_driven_against_but_walked(tmp_path: Path) -> None:
    net = network(tmp_path, osm({**cross(), 10: ([1, 2], {"highway": "residential", "oneway": "yes"})}))
    assert travel_s(net, 1, 3) is not None
    assert travel_s(net, 3, 1) is None
    assert travel_s(net, 3, 1, FOOT) is not None


def test_no_turn(tmp_path: Path) -> None:
    no_left = restriction("no_left_turn", [("way", 10, "from"), ("node", 2, "via"), ("way", 12, "to")])
    net = network(tmp_path, osm(cross(), no_left))
    straight, turned = travel_s(net, 1, 3), travel_s(net, 1, 4)
    assert straight is not None and turned is not None
    assert turned == pytest.approx(straight + 2 * 100 / (30 / 3.6), rel=0.03), "round by another arm and back"
    assert travel_s(net, 4, 1) == pytest.approx(straight, rel=0.08), "the other way round it is allowed"
    walked = travel_s(net, 1, 4, FOOT)
    assert walked is not None and walked < 2 * 112 / (5 / 3.6), "people on foot are not bound"


def test_only_turn_and_except(tmp_path: Path) -> None:
    members = [("way", 10, "from"), ("node", 2, "via"), ("way", 11, "to")]
    net = network(tmp_path, osm(cross(), restriction("only_straight_on", members)))
    plain = travel_s(net, 1, 3)
    turned = travel_s(net, 1, 4)
    assert plain is not None and turned is not None and turned > plain + 20
    free = network(tmp_path, osm(cross(), restriction("only_straight_on", members, **{"except": "motorcar"})))
    assert travel_s(free, 1, 4) == pytest.approx(plain, rel=0.15)
    bound = travel_s(free, 1, 4, MOTORCYCLE)
    assert bound is not None and bound > plain + 20


def test_no_u_turn_at_the_end_of_a_street(tmp_path: Path) -> None:
    ways = {10: ([1, 2], {"highway": "residential"}), 11: ([2, 3], {"highway": "residential", "oneway": "yes"})}
    back = osm(ways, restriction("no_u_turn", [("way", 10, "from"), ("node", 2, "via"), ("way", 10, "to")]))
    net = network(tmp_path, back)
    assert net.report["restrictions"]["applied"] == 1
    roads = OpenRoads(net)
    at = {int(ref): index for index, ref in enumerate(net.node_ref)}
    assert travel_s(net, 1, 2) is not None
    first = int(np.flatnonzero(net.edge_way == 10)[0])
    forward = 2 * first if net.node_ref[net.edge_u[first]] == 1 else 2 * first + 1
    landed = int(net.arc_lands[forward])
    assert landed != at[2], "arriving there remembers the road it came by"
    outs = net.out_arc[net.out_first[landed] : net.out_first[landed + 1]].tolist()
    bars = net.out_bar[net.out_first[landed] : net.out_first[landed + 1]].tolist()
    assert dict(zip(outs, bars, strict=True))[forward ^ 1] == 0b011
    assert roads.labels() is roads.labels()


def test_restriction_over_a_way(tmp_path: Path) -> None:
    """From the west over the short link 2-3 to the north-east is forbidden."""
    nodes = {**NODES, 6: (116.002, 27.001)}
    ways = {**{w: (r, {"highway": "residential"}) for w, r in CROSS.items()}, 14: ([3, 6], {"highway": "residential"})}
    text = osm(ways, restriction("no_left_turn", [("way", 10, "from"), ("way", 11, "via"), ("way", 14, "to")]))
    text = text.replace("</osm>", "").replace(
        '<node id="1"', f'<node id="6" lon="{nodes[6][0]}" lat="{nodes[6][1]}"/>\n<node id="1"'
    )
    net = network(tmp_path, text + "</osm>")
    assert net.report["restrictions"]["applied"] == 1
    west, south = travel_s(net, 1, 6), travel_s(net, 5, 6)
    assert west is not None and south is not None
    assert west > south + 15, "from the west one must turn round first"


def test_a_bollard_stops_cars_only(tmp_path: Path) -> None:
    street = {10: ([1, 2, 3], {"highway": "residential"})}
    net = network(tmp_path, osm(street, barriers='<tag k="barrier" v="bollard"/>'))
    assert travel_s(net, 1, 2) is not None and travel_s(net, 2, 3) is not None
    assert travel_s(net, 1, 3) is None
    assert travel_s(net, 1, 3, MOTORCYCLE) is not None and travel_s(net, 1, 3, FOOT) is not None


def test_what_fits_nowhere_is_reported(tmp_path: Path) -> None:
    outside = restriction("no_left_turn", [("way", 10, "from"), ("node", 2, "via"), ("way", 77, "to")])
    assert network(tmp_path, osm(cross(), outside)).report["restrictions"]["outside_extract"]["relations"] == [90]
    through = {10: ([1, 2, 3], {"highway": "residential"}), 12: ([2, 4], {"highway": "residential"})}
    unclear = restriction("no_left_turn", [("way", 10, "from"), ("node", 2, "via"), ("way", 12, "to")])
    report = network(tmp_path, osm(through, unclear)).report["restrictions"]
    assert report["ambiguous"]["count"] == 1 and report["applied"] == 0
    lorries = restriction("no_left_turn", [("way", 10, "from"), ("node", 2, "via"), ("way", 12, "to")])
    lorries = lorries.replace('k="restriction"', 'k="restriction:hgv"')
    assert network(tmp_path, osm(cross(), lorries)).report["restrictions"]["not_for_us"]["count"] == 1


def test_a_way_that_leaves_the_extract_is_cut(tmp_path: Path) -> None:
    ways = {10: ([1, 2, 99, 3, 4], {"highway": "residential"})}
    net = network(tmp_path, osm(ways))
    assert net.report["ways_cut"] == {"count": 1, "ways": [10]}
    assert travel_s(net, 1, 2) is not None and travel_s(net, 3, 4) is not None and travel_s(net, 1, 3) is None


def test_a_network_in_pieces_is_said(tmp_path: Path) -> None:
    ways = {10: ([1, 2], {"highway": "residential"}), 11: ([3, 4], {"highway": "residential", "name": "解放路"})}
    net = network(tmp_path, osm(ways))
    car = net.report["pieces"]["car"]
    assert (car["nodes"], car["parts"], car["largest_share"], car["stranded"]) == (4, 2, 0.5, 2)
    assert "解放路" in {net.name_of(edge) for edge in range(net.edges)}


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    net = network(tmp_path, osm(cross()))
    digest, path = save(net, tmp_path / "kept")
    again = load(path)
    assert all(
        np.array_equal(getattr(net, f), getattr(again, f), equal_nan=True) for f in ("node_lon", "arc_ms", "rank")
    )
    assert not again.arc_ms.flags.writeable and again.arc_ms.flags.aligned
    assert save(again, tmp_path / "kept")[0] == digest
    assert np.load(path)["edge_u"].tolist() == net.edge_u.tolist()


BROKEN = {
    "mismatched": ("</way>", "</wax>", "roads.broken_file"),
    "number": ('<nd ref="2"/>', '<nd ref="two"/>', "roads.broken_file"),
    "nothing": ("residential", "construction", "roads.empty"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_where(name: str, tmp_path: Path) -> None:
    old, new, code = BROKEN[name]
    path = tmp_path / "roads.osm"
    path.write_text(osm(cross()).replace(old, new), encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        parse_osm(path)
    assert refused.value.code == code
    if code == "roads.broken_file":
        assert refused.value.facts["line"] == 8 and refused.value.facts["byte"] > 100  # type: ignore[operator]  # numbers
        assert refused.value.facts["way"] == 10


def test_a_cut_archive_says_where(tmp_path: Path) -> None:
    whole = gzip.compress(osm(cross()).encode() * 1)
    path = tmp_path / "roads.osm.gz"
    path.write_bytes(whole[: len(whole) - 40])
    with pytest.raises(Invalid) as refused:
        parse_osm(path)
    assert refused.value.code == "roads.broken_file"


@needs_data
def test_a_broken_block_of_a_pbf_says_where(tmp_path: Path) -> None:
    whole = (SHARED / "liechtenstein.osm.pbf").read_bytes()
    for name, blob in (("cut", whole[:700_000]), ("spoilt", whole[:700_000] + b"\0" * 9 + whole[700_009:])):
        path = tmp_path / f"{name}.osm.pbf"
        path.write_bytes(blob)
        with pytest.raises(Invalid) as refused:
            parse_osm(path)
        assert refused.value.code == "roads.broken_file"
        byte = refused.value.facts["byte"]
        assert isinstance(byte, int) and 600_000 < byte <= 700_000


@needs_data
@pytest.mark.parametrize(
    ("file", "roads", "share"),
    [
        ("moscow.osm.gz", 1_000, 0.85),
        ("monaco.osm.gz", 1_000, 0.9),
        ("campo-grande.osm.gz", 10_000, 0.97),
        ("manhattan_roads.osm.gz", 20_000, 0.97),
        ("liechtenstein.osm.pbf", 5_000, 0.9),
    ],
)
def test_real_extracts(file: str, roads: int, share: float) -> None:
    net = build(parse_osm(SHARED / file))
    assert net.edges > roads
    assert net.report["pieces"]["car"]["largest_share"] > share
    assert ((net.arc_ms[0] < FAR).sum()) > roads
    if file.startswith("moscow"):
        found = net.report["restrictions"]
        assert found["seen"] == 106
        assert found["applied"] + sum(v["count"] for v in found.values() if isinstance(v, dict)) == 106
        assert net.vertices > net.nodes
