"""Networks come in, one is active, roads are closed and reopened, and the base map follows."""

from __future__ import annotations

import gzip
import json
import struct
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, system
from linli.places.roads.acts import (
    TILES_FILE,
    TILES_JOB,
    activate_roads,
    close_road,
    import_roads,
    import_roads_file,
    make_tiles,
    reopen_road,
)
from linli.places.roads.models import RoadClosure, Roads
from linli.places.roads.queries import active_features, active_roads, roads_folder, travel_s
from linli.places.roads.rules.shapes import land_shapes
from linli.works.jobs.models import Job

pytestmark = pytest.mark.django_db

TEST = system("test")
WEST, MIDDLE, EAST = (116.0, 27.0), (116.0051, 27.0), (116.01, 27.0)


def town(extra: str = "") -> str:
    """A main road of three stretches, and a way round its middle one."""
    spots = {1: WEST, 2: (116.004, 27.0), 3: (116.006, 27.0), 4: EAST, 5: (116.004, 27.003), 6: (116.006, 27.003)}
    nodes = "".join(f'<node id="{i}" lon="{x}" lat="{y}"/>' for i, (x, y) in spots.items())
    ways = "".join(
        f'<way id="{i}">' + "".join(f'<nd ref="{r}"/>' for r in refs) + '<tag k="highway" v="residential"/></way>'
        for i, refs in {10: (1, 2), 11: (2, 3), 12: (3, 4), 13: (2, 5, 6, 3)}.items()
    )
    return f'<osm version="0.6">{nodes}{ways}{extra}</osm>'


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.LINLI_HOME = tmp_path
    (tmp_path / "town.osm").write_text(town(), encoding="utf-8")
    return tmp_path


def test_an_import_is_the_active_network(home: Path) -> None:
    row = import_roads(TEST, path=home / "town.osm", name="小镇")
    roads = active_roads()
    assert row.active and roads is not None and roads.name == row.sha256
    assert (row.nodes, row.edges) == (4, 4)
    assert row.report["pieces"]["car"]["parts"] == 1
    assert active_roads() is roads, "loaded once"
    assert travel_s(start=WEST, end=EAST) == pytest.approx(990.8 / (30 / 3.6), abs=1)
    assert len(list(active_features())) == 4


def test_a_street_that_is_one_way_at_the_peak_follows_the_clock(home: Path) -> None:
    peak = '<tag k="oneway:conditional" v="-1 @ (Mo-Fr 07:00-09:00)"/></way><way id="12">'
    (home / "peak.osm").write_text(town().replace('</way><way id="12">', peak), encoding="utf-8")
    import_roads(TEST, path=home / "peak.osm", name="小镇")
    assert travel_at("2026-03-02T06:59+08:00") == travel_at("2026-03-07T08:00+08:00")
    assert travel_at("2026-03-02T08:00+08:00") > travel_at("2026-03-02T06:59+08:00") + 60, "round by the other street"
    with clock.fixed(datetime.fromisoformat("2026-03-02T08:00+08:00")):
        close_road(TEST, lon=116.005, lat=27.003, reason="塌方")
        assert travel_s(start=WEST, end=EAST) is None, "a closure beside a rule by the hour"
    closure = RoadClosure.objects.get()
    with clock.fixed(closure.begins_at + timedelta(hours=1)):
        assert travel_s(start=WEST, end=EAST) is not None, "after the peak the main road is open both ways"


def travel_at(text: str) -> float:
    with clock.fixed(datetime.fromisoformat(text)):
        found = travel_s(start=WEST, end=EAST)
    assert found is not None
    return found


def test_without_a_network_nothing_is_guessed(home: Path) -> None:
    assert active_roads() is None and travel_s(start=WEST, end=EAST) is None
    assert not list(active_features())
    with pytest.raises(Conflict):
        close_road(TEST, lon=116.0, lat=27.0, reason="塌方")


def test_the_same_file_again_changes_nothing(home: Path) -> None:
    first = import_roads_file(TEST, path=home / "town.osm", dry_run=True)
    assert first["created"] == 4 and not Roads.objects.exists()
    first = import_roads_file(TEST, path=home / "town.osm")
    again = import_roads_file(TEST, path=home / "town.osm")
    assert (first["rows"], first["created"], first["unchanged"]) == (4, 4, 0)
    assert (again["rows"], again["created"], again["unchanged"]) == (4, 0, 4)
    assert Roads.objects.count() == 1 and Path(again["report"]).exists()


def test_a_broken_file_changes_nothing(home: Path) -> None:
    kept = import_roads(TEST, path=home / "town.osm", name="小镇")
    (home / "bad.osm").write_text(town()[:-40], encoding="utf-8")
    with pytest.raises(Invalid):
        import_roads(TEST, path=home / "bad.osm", name="坏")
    assert Roads.objects.get().pk == kept.pk and Roads.objects.get().active


def test_a_stranger_may_not_import(home: Path) -> None:
    nobody = Actor(id=new_id(), name="nobody", kind="person", posts=(), door="test", purpose="", device="")
    with pytest.raises(NotAllowed):
        import_roads(nobody, path=home / "town.osm", name="小镇")


def test_a_closed_road_is_gone_round_until_it_is_reopened(home: Path) -> None:
    import_roads(TEST, path=home / "town.osm", name="小镇")
    straight = travel_s(start=WEST, end=EAST)
    closure = close_road(TEST, lon=MIDDLE[0], lat=MIDDLE[1], reason="塌方")
    assert len(closure.arcs) == 2
    round_about = travel_s(start=WEST, end=EAST)
    assert straight is not None and round_about is not None and round_about > straight + 50
    reopened = reopen_road(TEST, closure_id=closure.pk)
    assert reopened.ends_at is not None and travel_s(start=WEST, end=EAST) == straight
    with pytest.raises(Conflict):
        reopen_road(TEST, closure_id=closure.pk)
    with pytest.raises(NotFound):
        reopen_road(TEST, closure_id=new_id())


def test_a_closure_begins_and_ends_by_itself(home: Path) -> None:
    start = clock.now()
    with clock.fixed(start):
        import_roads(TEST, path=home / "town.osm", name="小镇")
        straight = travel_s(start=WEST, end=EAST)
        begins_at, ends_at = start + timedelta(hours=1), start + timedelta(hours=2)
        close_road(
            TEST, lon=MIDDLE[0], lat=MIDDLE[1], reason="赛事", begins_at=begins_at, ends_at=ends_at, kinds=("car",)
        )
        assert travel_s(start=WEST, end=EAST) == straight
        clock.advance(timedelta(hours=1))
        by_car, by_motorcycle = travel_s(start=WEST, end=EAST), travel_s(start=WEST, end=EAST, kind="motorcycle")
        assert by_car is not None and straight is not None and by_car > straight
        assert by_motorcycle == straight
        clock.advance(timedelta(hours=1))
        assert travel_s(start=WEST, end=EAST) == straight


def test_what_cannot_be_closed_is_refused(home: Path) -> None:
    import_roads(TEST, path=home / "town.osm", name="小镇")
    now = clock.now()
    for wrong in (
        {"lon": 117.0, "lat": 27.0},
        {"lon": 116.0, "lat": 27.0, "kinds": ("tank",)},
        {"lon": 116.0, "lat": 27.0, "kinds": ()},
        {"lon": 116.0, "lat": 27.0, "begins_at": now, "ends_at": now - timedelta(minutes=1)},
    ):
        with pytest.raises(Invalid):
            close_road(TEST, reason="", **wrong)
    assert not RoadClosure.objects.exists()


def test_another_network_takes_closures_along(home: Path) -> None:
    first = import_roads(TEST, path=home / "town.osm", name="小镇")
    close_road(TEST, lon=MIDDLE[0], lat=MIDDLE[1], reason="塌方")
    shut = travel_s(start=WEST, end=EAST)
    more = '<node id="7" lon="116.0" lat="27.004"/><way id="20"><nd ref="1"/><nd ref="7"/>'
    more += '<tag k="highway" v="service"/></way>'
    (home / "more.osm").write_text(town(more), encoding="utf-8")
    second = import_roads(TEST, path=home / "more.osm", name="小镇二")
    assert Roads.objects.get(active=True).pk == second.pk
    assert travel_s(start=WEST, end=EAST) == pytest.approx(shut, abs=0.1)
    back = activate_roads(TEST, roads_id=first.pk)
    assert back.active and Roads.objects.filter(active=True).count() == 1
    with pytest.raises(Conflict):
        activate_roads(TEST, roads_id=first.pk)
    with pytest.raises(NotFound):
        activate_roads(TEST, roads_id=new_id())


def test_the_base_map_is_made_by_a_job(home: Path) -> None:
    row = import_roads(TEST, path=home / "town.osm", name="小镇")
    job = Job.objects.get(name=TILES_JOB)
    assert job.payload == {"sha256": row.sha256}
    for _ in range(2):
        make_tiles(job.payload)
        assert (roads_folder() / TILES_FILE).read_bytes()[:7] == b"PMTiles"
    assert sorted(path.suffix for path in roads_folder().iterdir()) == [".npz", ".pmtiles"]


def way(key: int, refs: tuple[int, ...], **tags: str) -> str:
    said = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
    return f'<way id="{key}">' + "".join(f'<nd ref="{ref}"/>' for ref in refs) + said + "</way>"


def drawn(path: Path) -> set[str]:
    """The layers that a PMTiles file says it has."""
    head = path.read_bytes()
    begin, length = struct.unpack("<QQ", head[24:40])
    told = json.loads(gzip.decompress(head[begin : begin + length]))
    return {layer["id"] for layer in told["vector_layers"]}


def test_water_green_and_buildings_of_the_file_are_drawn_with_its_roads(home: Path) -> None:
    shapes = [
        way(20, (2, 5, 6, 3, 2), natural="water", name="东湖"),
        way(21, (5, 6, 3, 5), building="yes"),
        way(22, (1, 5, 6, 4), waterway="river"),
        way(23, (2, 99, 3, 2), landuse="forest"),
        way(24, (2, 3), natural="cliff"),
        way(25, (1, 2), waterway="dam"),
    ]
    (home / "lake.osm").write_text(town("".join(shapes)), encoding="utf-8")
    assert sorted(layer for layer, _ in land_shapes(home / "lake.osm")) == ["building", "water", "waterway"]
    row = import_roads(TEST, path=home / "lake.osm", name="东湖")
    make_tiles({"sha256": row.sha256})
    assert drawn(roads_folder() / TILES_FILE) == {"roads", "water", "waterway", "building"}
    row = import_roads(TEST, path=home / "town.osm", name="小镇")
    make_tiles({"sha256": row.sha256})
    assert drawn(roads_folder() / TILES_FILE) == {"roads"}, "each network has its own shapes"


def test_a_lost_file_is_said_plainly(home: Path) -> None:
    row = import_roads(TEST, path=home / "town.osm", name="另一小镇")
    (roads_folder() / f"{row.sha256}.npz").rename(home / "gone")
    Roads.objects.filter(pk=row.pk).update(sha256="0" * 64)
    with pytest.raises(Conflict) as refused:
        active_roads()
    assert refused.value.code == "roads.file_gone"
