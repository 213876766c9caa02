"""Roads from tables and graphs; snapping; coverage; closures in the hierarchy."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from linli.kernel.errors import Invalid
from linli.places.roads.rules.build import build
from linli.places.roads.rules.features import road_features
from linli.places.roads.rules.network import F64, FAR, I32, RoadNetwork
from linli.places.roads.rules.open_roads import Closed, OpenRoads
from linli.places.roads.rules.options import TableOptions, read_options
from linli.places.roads.rules.parse_tables import parse_tables
from linli.places.roads.rules.reading import read_roads
from tests.rules.road_cases import raw_networks

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "roads"
needs_data = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent: real road tables")

NODES = "node_id,lat,lon\n7,27.0,116.0\n8,27.0,116.01\n9,27.01,116.01\n"
EDGES = "from_node,to_node,length_m,speed_limit_mps,edge_id\n7,8,991,10,1\n8,7,991,10,2\n8,9,1112,20,3\n"


def tables(folder: Path, nodes: str = NODES, edges: str = EDGES) -> tuple[Path, Path]:
    one, other = folder / "nodes.csv", folder / "edges.csv"
    one.write_text(nodes, encoding="utf-8")
    other.write_text(edges, encoding="utf-8")
    return one, other


def test_rows_of_both_directions_are_one_road(tmp_path: Path) -> None:
    net = build(parse_tables(*tables(tmp_path)))
    assert (net.nodes, net.edges) == (3, 2)
    assert sorted(net.arc_ms[0].tolist()) == [55_600, 99_100, 99_100, FAR]
    assert min(net.arc_ms[2].tolist()) == round(991 / (5 / 3.6) * 1000), "on foot, also against the one-way"
    assert max(net.arc_ms[2].tolist()) < FAR


def test_columns_and_units_by_a_map_file(tmp_path: Path) -> None:
    nodes = "knoten;laenge;breite\n1;116.0;27.0\n2;116.01;27.0\n"
    edges = "a;b;km;kmh\n1;2;0.991;36\n"
    options = read_options(
        """[columns]
node = "knoten"
lon = "laenge"
lat = "breite"
from = "a"
to = "b"
length = "km"
speed = "kmh"
[options]
delimiter = ";"
datum = "GCJ-02"
""",
        "m.toml",
    )
    net = build(parse_tables(*tables(tmp_path, nodes, edges), options))
    assert net.arc_ms[0].min() == 99_100
    assert net.node_lon.min() != 116.0 and abs(net.node_lon.min() - 116.0) < 0.01


@pytest.mark.parametrize(
    "text",
    [
        "[columns]\nwho = 'x'",
        "[options]\ntime_unit = 'fortnight'",
        "[options]\nspeed_kmh = -3",
        "[",
        "[options]\ndatum='x'",
    ],
)
def test_a_wrong_map_file_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_options(text, "m.toml")
    assert refused.value.code == "roads.bad_map"


@pytest.mark.parametrize(
    ("nodes", "edges", "code", "facts"),
    [
        (NODES.replace("116.01", "x", 1), EDGES, "roads.bad_cell", {"row": 3, "column": "lon"}),
        (NODES.replace("27.01", "97.01"), EDGES, "roads.bad_cell", {"row": 4, "column": "lat"}),
        (NODES, EDGES.replace("8,9", "8,99"), "roads.bad_cell", {"row": 4, "column": "to_node"}),
        (NODES, EDGES.replace("20,3", "0,3"), "roads.bad_cell", {"row": 4, "column": "speed_limit_mps"}),
        (NODES, EDGES.replace("from_node", "where"), "roads.no_column", {"row": 1, "column": "from"}),
    ],
)
def test_a_bad_cell_is_named(
    tmp_path: Path, nodes: str, edges: str, code: str, facts: dict[str, object]
) -> None:  # fmt: skip
    with pytest.raises(Invalid) as refused:
        parse_tables(*tables(tmp_path, nodes, edges), strict=True)
    assert refused.value.code == code
    assert {key: refused.value.facts[key] for key in facts} == facts


def test_bad_rows_are_left_out_and_said(tmp_path: Path) -> None:
    edges = EDGES + "9,8,x,20,4\n8,99,10,20,5\n9,8,1112,0,6\n9,8,1112,20,7\n"
    raw = parse_tables(*tables(tmp_path, NODES + "10,99,0\n", edges))
    assert (raw.about["rows"], raw.about["rejected"]) == (7, 3)
    assert [fault["row"] for fault in raw.about["faults"]] == [5, 5, 7, 6]
    assert len(raw.edge_u) == 2
    with pytest.raises(Invalid) as refused:
        parse_tables(*tables(tmp_path, edges="from,to,length\n1,2,3\n"))
    assert refused.value.code == "roads.empty"


def test_an_unknown_file_is_refused(tmp_path: Path) -> None:
    one, _ = tables(tmp_path)
    for path in (one, tmp_path / "gone.osm"):
        with pytest.raises(Invalid) as refused:
            read_roads(path)
        assert refused.value.code == "roads.unreadable"


def test_a_length_that_nobody_can_drive_is_raised_to_the_straight_line(tmp_path: Path) -> None:
    raw = parse_tables(*tables(tmp_path, edges=EDGES.replace("8,9,1112", "8,9,500")))
    assert raw.about["doubtful_lengths"]["count"] == 1 and raw.about["doubtful_lengths"]["raised"] == 1
    assert raw.about["doubtful_lengths"]["rows"][0]["row"] == 4
    assert raw.edge_m.max() == pytest.approx(1112, abs=1)


def test_a_graph_with_and_without_a_problem_line(tmp_path: Path) -> None:
    path = tmp_path / "x.gr.gz"
    path.write_bytes(gzip.compress(b"c distance\np sp 3 3\na 1 2 1000\na 2 1 1000\na 2 3 500\n"))
    net = read_roads(path, options=TableOptions(speed_kmh=36))
    assert sorted(net.arc_ms[0].tolist()) == [5_000, 10_000, 10_000, FAR]
    assert not net.has_points and net.report["weight"] == "dm"
    plain = tmp_path / "time.gr"
    plain.write_text("a 0 1 700\na 1 2 300\n", encoding="utf-8")
    assert sorted(read_roads(plain).arc_ms[0].tolist())[:2] == [300, 700]
    plain.write_text("p sp 2 1\na 1 3 700\n", encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_roads(plain)
    assert refused.value.facts["row"] == 2
    assert OpenRoads(net).place(116, 27, 0) is None and not list(road_features(net))


@needs_data
def test_the_arterials_of_a_real_city() -> None:
    net = read_roads(SHARED / "nanchang_nodes.csv", edges=SHARED / "nanchang_edges.csv")
    assert (net.nodes, net.report["rows"]) == (2_067, 6_082)
    assert net.report["doubtful_lengths"]["count"] == 290
    assert net.report["pieces"]["car"]["parts"] == 1


@needs_data
def test_a_table_behind_header_lines_with_times_in_days() -> None:
    net = read_roads(SHARED / "jemss_edmonton_nodes.csv.gz", edges=SHARED / "jemss_edmonton_arcs.csv.gz")
    assert (net.nodes, net.report["rows"]) == (51_331, 71_241)
    driven = net.arc_ms[0][net.arc_ms[0] < FAR]
    assert 100 < float(np.median(driven)) < 60_000
    kmh = net.edge_m / (np.minimum(net.arc_ms[0, 0::2], net.arc_ms[0, 1::2]) / 1000) * 3.6
    assert float(np.median(kmh)) == pytest.approx(45, abs=1)


@settings(max_examples=60, deadline=None)
@given(raw_networks(bans=False), st.floats(115.98, 116.05), st.floats(26.98, 27.05), st.integers(0, 2))
def test_snapping_finds_the_nearest_open_road(raw: object, lon: float, lat: float, kind: int) -> None:
    net = build(raw)  # type: ignore[arg-type]  # hypothesis draws a RawNetwork
    roads = OpenRoads(net)
    spot = roads.place(lon, lat, kind)
    scale = float(np.cos(np.radians(lat)))
    m = 6_371_008.8 * np.pi / 180
    usable = [edge for edge in range(net.edges) if roads.edge_bits[edge] >> kind & 1]
    if not usable:
        assert spot is None
        return
    point = shapely.Point(lon * scale * m, lat * m)

    def line(edge: int) -> shapely.LineString:
        ends = (net.edge_u[edge], net.edge_v[edge])
        return shapely.LineString([(net.node_lon[i] * scale * m, net.node_lat[i] * m) for i in ends])

    assert spot is not None
    assert spot.distance_m == pytest.approx(min(point.distance(line(edge)) for edge in usable), abs=0.01)
    here = roads.point(spot.node, spot.edge, spot.fraction)
    there = shapely.Point(here[0] * scale * m, here[1] * m)
    assert there.distance(point) == pytest.approx(spot.distance_m, abs=1.1)


def shortest(graph: csr_matrix, start: int) -> F64:
    """scipy's answer from one vertex to all."""
    ms: F64 = np.asarray(dijkstra(graph, indices=np.array([start])), np.float64)[0]
    return ms


def matrix(net: RoadNetwork, ms: I32) -> csr_matrix:
    """Forward graph of vertices for scipy; no parallel arcs are left."""
    tail = np.repeat(np.arange(net.vertices), np.diff(net.out_first))
    order = np.lexsort((ms, net.out_head, tail))
    t, h, w = tail[order], net.out_head[order], ms[order]
    keep = np.append(True, (t[1:] != t[:-1]) | (h[1:] != h[:-1])) & (w < FAR)
    return csr_matrix((w[keep].astype(float), (t[keep], h[keep])), shape=(net.vertices, net.vertices))


@settings(max_examples=60, deadline=None)
@given(raw_networks(), st.data())
def test_coverage_equals_scipy_both_ways(raw: object, data: st.DataObject) -> None:
    net = build(raw)  # type: ignore[arg-type]  # hypothesis draws a RawNetwork
    roads = OpenRoads(net)
    node, kind = data.draw(st.integers(0, net.nodes - 1)), data.draw(st.integers(0, 2))
    graph = matrix(net, roads.weights(kind))
    spot = roads.at_node(node)
    out = shortest(graph, node)
    assert np.array_equal(np.where(np.isinf(out), FAR, out), roads.travel_from(spot, kind))
    seeds, _ = roads.ways([spot if one == kind else None for one in range(3)]).of_kind(kind)
    back = np.min([shortest(graph.T.tocsr(), int(vertex)) for vertex, _ in seeds], axis=0)
    assert np.array_equal(np.where(np.isinf(back), FAR, back), roads.travel_to(spot, kind))
    reached = roads.reached_nodes(spot, kind, 10.0)
    assert set(reached.tolist()) == set(net.vertex_node[out <= 10_000].tolist())


@settings(max_examples=30, deadline=None)
@given(raw_networks(), st.data())
def test_hierarchy_follows_closures_and_reopenings(raw: object, data: st.DataObject) -> None:
    """More states than are kept, in any order: each answers for its own closures."""
    net = build(raw)  # type: ignore[arg-type]  # hypothesis draws a RawNetwork
    plain = OpenRoads(net)
    arc = st.integers(0, 2 * net.edges - 1)
    states = [plain] + [
        plain.closing([Closed(tuple(data.draw(st.lists(arc, min_size=1, max_size=4))))]) for _ in range(3)
    ]
    node = data.draw(st.integers(0, net.nodes - 1))
    sources = np.arange(net.nodes, dtype=np.int32)
    for _ in range(6):
        roads = data.draw(st.sampled_from(states))
        seeds = roads.ways([roads.at_node(node)] * 3).of_kind(0)[0]
        found = roads.hierarchy().many_to_one(0, roads.weights(0), sources, seeds)
        assert np.array_equal(found, roads.travel_to(roads.at_node(node), 0)[: net.nodes])


def test_lines_for_the_map(tmp_path: Path) -> None:
    features = list(road_features(build(parse_tables(*tables(tmp_path)))))
    assert len(features) == 2
    assert features[0]["geometry"]["type"] == "LineString"
    assert {feature["properties"]["class"] for feature in features} == {"other"}
    assert sum("oneway" in feature["properties"] for feature in features) == 1


def test_tables_as_offices_write_them(tmp_path: Path) -> None:
    """Names of junctions instead of numbers, semicolons and GB 18030, Chinese headings, a blank end, tabs in gzip."""
    nodes, edges = tmp_path / "n.csv", tmp_path / "e.tsv.gz"
    nodes.write_bytes("纬度;经度;节点\n28.7;116.0;桥 头\n28.7;116.001;B\n28.7;116.002;7\n".encode("gb18030"))
    edges.write_bytes(gzip.compress("from\tto\tlength\n桥 头\tB\t100\nB\t7\t100\nB\t\t5\nB\tC\t5\n".encode()))
    net = read_roads(nodes, edges=edges)
    assert (net.nodes, net.edges, net.report["rejected"]) == (3, 2, 2)
    assert [fault["what"] for fault in net.report["faults"]] == ["blank", "no such node: C"]
    with pytest.raises(Invalid, match="blank"):
        read_roads(nodes, edges=edges, strict=True)
    assert read_options('[options]\ndelimiter = "tab"\nencoding = "gb18030"', "m.toml").delimiter == "\t"
