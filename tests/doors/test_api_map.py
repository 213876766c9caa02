"""The map by the API: layers, tiles, OGC API Features (Part 1, core, GeoJSON, OpenAPI 3.0), coverage, areas."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import mapbox_vector_tile
import numpy as np
import pytest
from django.test import Client

from linli.kernel import clock
from linli.matters.map.queries import HELD
from linli.operations.units.acts import set_availability
from linli.places.grid.acts import close_grid
from linli.places.grid.models import Grid
from linli.places.map.rules import LAYERS, Layer
from linli.places.map.rules.tiles import BITS, grid_of
from linli.trail.reads.models import Read
from tests.doors.conftest import Door
from tests.town import SETUP, SOUTH, STEP, WEST, Town, call, report

pytestmark = pytest.mark.django_db
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
Enter = Callable[[str], Door]


@pytest.fixture(autouse=True)
def anew(db: None) -> None:
    HELD.forget()


class Ogc:
    """A client of the standard: follows links, knows no address but the first."""

    def __init__(self, door: Door) -> None:
        self.door, self.client = door, Client(raise_request_exception=False)
        self.headers: dict[str, str] = {}

    def get(self, address: str) -> tuple[int, Any]:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self.client.get(path, HTTP_AUTHORIZATION=f"Bearer {self.door.token}")
        self.headers = dict(answer.headers)
        return answer.status_code, json.loads(answer.content)

    def link(self, document: Any, rel: str) -> Any:
        return next((link for link in document["links"] if link["rel"] == rel), None)


def tile_at(lon: float, lat: float, z: int) -> str:
    x, y = grid_of(np.array([lon]), np.array([lat]))
    return f"{z}/{int(x[0]) >> (BITS - z)}/{int(y[0]) >> (BITS - z)}"


def marks(door: Door, layer: str, tile: str, **query: str) -> list[dict[str, Any]]:
    """The properties of a tile's features."""
    answer = Client().get(f"/api/v1/map/tiles/{layer}/{tile}.mvt", query, HTTP_AUTHORIZATION=f"Bearer {door.token}")
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert "private" in answer.headers["Cache-Control"]
    return [feature["properties"] for feature in mapbox_vector_tile.decode(answer.content)[layer]["features"]]


def test_the_layers_are_listed_as_they_are_declared(door: Enter) -> None:
    status, body = door("grid_worker").get("/map/layers")
    assert status == 200
    assert {item["code"] for item in body["items"]} == set(LAYERS)
    assert [item["order"] for item in body["items"]] == sorted(item["order"] for item in body["items"])
    matters = next(item for item in body["items"] if item["code"] == "matters")
    assert matters["clustered"]
    assert matters["dated"]
    assert {"name": "colour", "zh": "颜色", "en": "colour"}.items() <= matters["filters"][2].items()


def test_a_tile_shows_what_one_may_see(door: Enter, town: Town) -> None:
    desk = town.actor("dispatcher")
    made = [call(desk, town, room=room) for room in (0, 0, 1, 2)]
    lon, lat = town.spot(0)
    assert sum(mark["n"] for mark in marks(door("dispatcher"), "matters", tile_at(lon, lat, 6))) == 4
    assert sum(mark["n"] for mark in marks(door("other_officer"), "matters", tile_at(lon, lat, 6))) == 1
    assert marks(door("partner_officer"), "matters", tile_at(lon, lat, 6)) == []
    two = marks(door("dispatcher"), "matters", tile_at(lon, lat, 18))
    assert two == [{"n": 2, "open": 2, "kind": "incident"}], "at one spot they stay one mark however near one looks"
    alone = marks(door("dispatcher"), "matters", tile_at(*town.spot(1), 16))
    assert [mark["number"] for mark in alone] == [made[2].number]
    assert alone[0].items() >= {"n": 1, "open": True, "late": False, "state": "waiting"}.items()
    assert not {"title", "address", "narrative"} & alone[0].keys()
    assert sum(mark["n"] for mark in marks(door("dispatcher"), "agencies", tile_at(lon, lat, 12))) == 4
    assert marks(door("dispatcher"), "grids", tile_at(lon, lat, 14))[0]["code"] == "G1"


def test_a_tile_is_narrowed_as_a_collection_is(door: Enter, town: Town) -> None:
    call(town.actor("dispatcher"), town)
    desk, tile = door("dispatcher"), tile_at(*town.spot(0), 10)
    before = (clock.now() - timedelta(hours=1)).isoformat()
    for query, count in (
        ({"kind": "incident,dispute"}, 1),
        ({"kind": "dispute"}, 0),
        ({"open": "no"}, 0),
        ({"state": "waiting", "max_age_s": "600"}, 1),
        ({"at": before}, 0),
        ({"datetime": f"{before}/.."}, 1),
        ({"datetime": f"../{before}"}, 0),
        ({"begun_until": before}, 0),
    ):
        assert len(marks(desk, "matters", tile, **query)) == count, query
    for wrong in ("kind=nothing", "datetime=yesterday", "max_age_s=-1", "at=2026-11-22T08:00:00"):
        assert desk.get(f"/map/tiles/matters/{tile}.mvt?{wrong}")[0] == 422, wrong
    for nowhere in ("matters/3/8/0", "matters/25/0/0", "nothing/3/1/1"):
        assert desk.get(f"/map/tiles/{nowhere}.mvt")[0] == 404, nowhere


def test_the_way_from_the_landing_page_to_a_feature(door: Enter, town: Town) -> None:
    """Requirements /req/core: root-success, conformance-success, fc-md-success, fc-response, f-success, links."""
    ogc = Ogc(door("dispatcher"))
    status, root = ogc.get("/ogc/")
    assert status == 200
    for rel in ("self", "service-desc", "conformance", "data"):
        assert ogc.link(root, rel)["type"]
    _definition_is_whole(ogc, ogc.link(root, "service-desc"))
    conforms = ogc.get(ogc.link(root, "conformance")["href"])[1]["conformsTo"]
    assert {uri.rsplit("/", 1)[1] for uri in conforms} == {"core", "geojson", "oas30"}
    listed = ogc.get(ogc.link(root, "data")["href"])[1]
    assert ogc.link(listed, "self")
    assert {item["id"] for item in listed["collections"]} == set(LAYERS)
    for item in listed["collections"]:
        assert CRS84 in item["crs"]
        assert item["extent"]["spatial"]["crs"] == CRS84
        assert len(item["extent"]["spatial"]["bbox"][0]) == 4
        assert item["extent"]["temporal"]["interval"] == [[None, None]]
        assert ogc.get(ogc.link(item, "self")["href"])[1] == item
        assert ogc.link(item, "items")["type"] == "application/geo+json"
        _collection_is_sound(ogc, ogc.link(item, "items")["href"])


def _definition_is_whole(ogc: Ogc, told: dict[str, str]) -> None:
    """Requirements /req/oas30: every address, its parameters and its answers; and /req/core/http: HEAD beside GET."""
    whole = ogc.get(told["href"])[1]
    assert ogc.headers["Content-Type"] == told["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert whole["openapi"].startswith("3.0.")
    assert whole["security"] == [{"bearer": []}, {"session": []}]
    paths = whole["paths"]
    assert {"/", "/api", "/conformance", "/collections", "/collections/{collectionId}"} <= set(paths)
    for code, layer in LAYERS.items():
        asked = {item["name"] for item in paths[f"/collections/{code}/items"]["get"]["parameters"]}
        assert {"bbox", "datetime", "limit", "cursor", *(item.name for item in layer.filters)} <= asked
        assert asked <= {item["name"] for item in paths["/collections/matters/items"]["get"]["parameters"]} | {
            item.name for item in layer.filters
        }
    schemas = whole["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/(\w+)", json.dumps(whole))) <= set(schemas)
    root, headers = urlsplit(whole["servers"][0]["url"]).path, {"Authorization": f"Bearer {ogc.door.token}"}
    for path in (item for item in paths if "{" not in item):
        head, got = (getattr(ogc.client, method)(root + path, headers=headers) for method in ("head", "get"))
        assert (head.status_code, head.content) == (200, b""), path
        assert (
            head.headers["Content-Type"]
            == got.headers["Content-Type"]
            in paths[path]["get"]["responses"]["200"]["content"]
        )
        assert ogc.client.options(root + path).headers["Allow"] == "GET, HEAD, OPTIONS"
        assert ogc.get(f"{root}{path}?unheard=1")[0] == 400, path
    assert ogc.client.head(f"{root}/collections").status_code == 401, "the same rights"
    assert ogc.client.head(f"{root}/nothing", headers=headers).status_code == 404
    assert ogc.client.options(f"{root}/nothing/at/all").status_code in {404, 405}
    assert ogc.client.post(f"{root}/collections", headers=headers).status_code == 405


def _collection_is_sound(ogc: Ogc, address: str) -> None:
    status, page = ogc.get(address)
    assert status == 200
    assert ogc.headers["Content-Type"] == "application/geo+json"
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"]) <= 10, "the standard's default limit"
    assert ogc.headers["Content-Crs"] == f"<{CRS84}>"
    assert ("numberMatched" in page) == (ogc.link(page, "next") is None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", page["timeStamp"])
    assert ogc.link(page, "self")["type"] == "application/geo+json"
    for feature in page["features"]:
        assert feature["type"] == "Feature"
        assert feature["geometry"]["type"] in {"Point", "Polygon", "MultiPolygon", "LineString"}
        assert isinstance(feature["properties"], dict)
        status, one = ogc.get(f"{urlsplit(address).path}/{feature['id']}")
        assert status == 200
        assert one["geometry"] == feature["geometry"]
        assert ogc.link(one, "self")["href"].endswith(feature["id"])
        assert ogc.link(one, "collection")


def test_pages_follow_each_other_by_their_links(door: Enter, town: Town) -> None:
    for room in (0, 1, 2, 0, 1):
        call(town.actor("dispatcher"), town, room=room)
    ogc, address, found, sizes = Ogc(door("dispatcher")), "/ogc/collections/matters/items?limit=2&kind=incident", [], []
    while address:
        page = ogc.get(address)[1]
        found += [feature["id"] for feature in page["features"]]
        sizes.append(page["numberReturned"])
        assert "numberMatched" not in page, "it is not counted for a page that is a part"
        following = ogc.link(page, "next")
        address = following["href"] if following else ""
    assert sizes == [2, 2, 1]
    assert found == sorted(set(found))
    whole = ogc.get("/ogc/collections/matters/items?limit=100000")[1]
    assert whole["numberReturned"] == whole["numberMatched"] == 5, "more than the most is the most"


def test_box_and_time_of_the_standard(door: Enter, town: Town) -> None:
    call(town.actor("dispatcher"), town, room=0)
    call(town.actor("dispatcher"), town, room=2)
    ogc = Ogc(door("dispatcher"))
    items = "/ogc/collections/matters/items"
    now = clock.now()
    before, after = ((now + timedelta(hours=h)).strftime("%Y-%m-%dT%H:%M:%SZ") for h in (-1, 1))
    west = f"{WEST},{SOUTH},{WEST + STEP},{SOUTH + STEP}"
    for query, count in (
        (f"bbox={west}", 1),
        (f"bbox={WEST},{SOUTH},0,{WEST + STEP},{SOUTH + STEP},100", 1),
        ("bbox=170,-10,-170,10", 0),
        ("bbox=100,-10,-170,50", 2),
        ("bbox=0,0,1,1", 0),
        (f"datetime={before}", 0),
        (f"datetime={after}", 2),
        (f"datetime={before}/{after}", 2),
        (f"datetime=../{before}", 0),
        (f"datetime={before}/..", 2),
        (f"datetime={after}/", 2),
        (f"bbox={west}&datetime={before}/..&limit=1", 1),
    ):
        status, page = ogc.get(f"{items}?{query}")
        assert (status, page.get("numberReturned")) == (200, count), query
    for wrong in ("bbox=1,2,3", "bbox=1,2,3,x", "bbox=0,50,1,40", "datetime=soon", "limit=0", "limit=x", "colour=pink"):
        assert ogc.get(f"{items}?{wrong}")[0] == 400, wrong
    assert ogc.get(f"{items}?unheard=1")[0] == 400
    assert ogc.get("/ogc/collections/nothing")[0] == 404
    assert ogc.get("/ogc/collections/nothing/items")[0] == 404
    assert ogc.get(f"{items}/018f0000-0000-7000-8000-000000000000")[0] == 404
    assert ogc.headers["Content-Type"] == "application/problem+json"
    assert Client().get(items).status_code == 401


def test_grids_are_asked_for_as_of_a_day(door: Enter, town: Town) -> None:
    close_grid(SETUP, grid_id=Grid.objects.get(code="G1").pk, valid_to=clock.today())
    ogc = Ogc(door("community_officer"))
    assert [f["properties"]["code"] for f in ogc.get("/ogc/collections/grids/items")[1]["features"]] == ["G2", "G3"]
    past = ogc.get("/ogc/collections/grids/items?datetime=2025-06-01T00:00:00Z")[1]
    assert [feature["properties"]["code"] for feature in past["features"]] == ["G1", "G2", "G3"]
    span = ogc.get("/ogc/collections/grids/items?datetime=2010-01-01T00:00:00Z/2011-01-01T00:00:00Z")[1]
    assert span["features"] == []
    assert ogc.get("/ogc/collections/units/items?datetime=2025-06-01T00:00:00Z")[1]["features"] == [], (
        "no track is kept"
    )


def test_coverage_and_what_would_restore_it(door: Enter, town: Town) -> None:
    for room in (1, 2):
        set_availability(SETUP, unit=town.units[room], availability="unavailable", activity="off_duty")
    set_availability(SETUP, unit=town.units[3], availability="unavailable", activity="off_duty")
    report(town.units[0], *town.spot(0))
    status, body = door("dispatcher").get("/map/coverage")
    assert status == 200
    assert 0 < body["share"]["road"] < 1
    assert body["road_m"]["covered"] == pytest.approx(body["share"]["road"] * body["road_m"]["all"], abs=20)
    assert body["grids"][0]["code"] == "G3", "the worst first"
    assert [item["name"] for item in body["from"]] == ["警101"]
    step = body["restore"][0]
    assert (step["move"], step["to"]["code"], step["own"]) == ("room", "R3", ["警301"])
    assert step["share_after"]["road"] > body["share"]["road"]
    assert "警301" in step["reason"]["zh"]
    assert step["reason"]["en"]
    by_hours = door("dispatcher").get("/map/coverage", basis="rooms")[1]
    assert by_hours["basis"] == "rooms"
    assert by_hours["share"]["road"] == 1.0
    assert door("dispatcher").get("/map/coverage", basis="guess")[0] == 422
    other = door("other_officer").get("/map/coverage")[1]
    assert other["share"]["road"] == pytest.approx(body["share"]["road"], abs=0.01)
    assert other["from"] == [], "where a unit stands is told to those who may see it"
    assert door("partner_officer").get("/map/coverage")[1]["why"] == "not_yours"


def _square(town: Town, size: float = STEP) -> dict[str, Any]:
    west, south = town.spot(0, 0, 0)
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_what_is_in_an_area(door: Enter, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    call(town.actor("dispatcher"), town, room=0)
    call(town.actor("dispatcher"), town, room=1)
    report(town.units[0], *town.spot(0))
    status, body = door("dispatcher").post("/map/area", {"geometry": _square(town)})
    found = {row["code"]: row for row in body["layers"]}
    assert status == 200
    assert body["area_m2"] == pytest.approx(1940 * 2217, rel=0.01)
    assert (found["matters"]["total"], found["matters"]["by"], found["matters"]["complete"]) == (
        1,
        {"incident": 1},
        True,
    )
    assert found["matters"]["items"][0]["geometry"]["type"] == "Point"
    assert found["units"]["total"] == 2
    assert found["agencies"]["by"] == {"station": 1, "village_room": 1}
    assert not body["noted"]
    narrowed = {"geometry": _square(town), "kinds": ["dispute"], "layers": ["matters"]}
    assert door("dispatcher").post("/map/area", narrowed)[1]["layers"][0]["total"] == 0
    past = {"geometry": _square(town), "layers": ["matters"], "at": (clock.now() - timedelta(days=1)).isoformat()}
    assert door("dispatcher").post("/map/area", past)[1]["layers"][0]["total"] == 0
    assert (
        door("partner_officer").post("/map/area", {"geometry": _square(town), "layers": ["matters"]})[1]["layers"][0][
            "total"
        ]
        == 0
    )


def test_an_area_that_cannot_be_answered_is_refused(door: Enter, town: Town) -> None:
    desk = door("dispatcher")
    for geometry, code in (
        (_square(town, 80.0), "fact.wrong"),
        (_square(town, 2.0), "area.too_large"),
        ({"type": "Point", "coordinates": [119, 29]}, "fact.wrong"),
        ({"type": "Polygon", "coordinates": []}, "fact.wrong"),
        ({"type": "Polygon", "coordinates": [[[119, 29], [119, "x"], [120, 30], [119, 29]]]}, "fact.wrong"),
    ):
        status, body = desk.post("/map/area", {"geometry": geometry})
        assert (status, body["code"]) == (422, code), geometry
    bow = [[119.8, 29.4], [119.82, 29.42], [119.82, 29.4], [119.8, 29.42], [119.8, 29.4]]
    assert desk.post("/map/area", {"geometry": {"type": "Polygon", "coordinates": [bow]}})[0] == 200, (
        "a bow tie is mended"
    )
    assert desk.post("/map/area", {"geometry": _square(town), "layers": ["nothing"]})[0] == 404


def test_who_asks_where_people_are_says_what_for(door: Enter, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = LAYERS["agencies"]
    named = {name: getattr(declared, name) for name in Layer.__slots__}
    monkeypatch.setitem(LAYERS._items, "agencies", Layer(**{**named, "people": True}))
    desk = door("dispatcher")
    asked = {"geometry": _square(town), "layers": ["agencies"]}
    status, body = desk.post("/map/area", asked)
    assert (status, body["code"]) == (422, "read.purpose_missing")
    assert not Read.objects.exists()
    assert desk.post("/map/area", {**asked, "purpose": "台风转移"})[1]["noted"]
    assert Read.objects.get().purpose == "台风转移"
    everything = desk.post("/map/area", {"geometry": _square(town)})[1]
    assert "agencies" not in {row["code"] for row in everything["layers"]}, "unasked it is left out"
