"""Every layer of the map: declared with words, seen by nobody without a post, never more than its model lets an actor
see, and read with a bounded number of queries.
"""

from __future__ import annotations

import hashlib
import inspect
import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import box

from linli.kernel.geo import box_of
from linli.kernel.scope import Actor, system
from linli.matters.ledger.models import listing
from linli.matters.ledger.models.matter import MatterQuery
from linli.places.map.queries import area_totals, features_of, layers_in_order, marks_of, rimmed, totals_of
from linli.places.map.rules import LAYERS, Layer, LayerQuery, Tile
from tests.town import SOUTH, WEST, Town, build_town, call, report
from tools.workshop.paths import ROOT

STRANGER = Actor(uuid.UUID(int=7), "stranger")
GEOMETRIES = {"point": {"Point"}, "line": {"LineString", "MultiLineString"}, "polygon": {"Polygon", "MultiPolygon"}}
MOST_QUERIES = 30
EVERYTHING = LayerQuery(limit=10_000)
REACH = "ee63bf7b"
"""Of the source of `Matter.visible_to`: the map in memory says the same in columns (`linli.matters.map.queries.held`).
Whoever changes the one changes the other, looks at tests/acts/test_map_matters.py, and then writes the new sign here.
"""


@pytest.fixture
def town(db: None) -> Town:
    made = build_town()
    for room in range(3):
        report(made.units[room], *made.spot(room))
        call(made.actor("dispatcher"), made, room=room)
    return made


def whole(town: Town) -> Tile:
    """A tile around the town."""
    return Tile(8, int((town.spot()[0] + 180) / 360 * 256), 106)


@pytest.mark.parametrize("code", sorted(LAYERS))
def test_a_layer_is_declared_with_words(code: str) -> None:
    layer = LAYERS[code]
    said = [layer.words, *(item.words for item in layer.filters)]
    said += [choice.words for item in layer.filters for choice in item.choices]
    assert layer.code == code
    assert layer.geometry in GEOMETRIES
    assert layer.icon
    assert all(words.zh and words.en for words in said)
    assert len({item.name for item in layer.filters}) == len(layer.filters)
    assert f"## `{code}`" in (ROOT / "docs" / "reference" / "layers.md").read_text()


def test_layers_are_listed_in_one_order() -> None:
    orders = [layer.order for layer in layers_in_order()]
    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)


def test_who_holds_no_post_sees_nothing(town: Town) -> None:
    area = box(WEST - 0.1, SOUTH - 0.1, WEST + 0.2, SOUTH + 0.1)
    for layer in LAYERS.values():
        assert list(features_of(STRANGER, layer, EVERYTHING)) == []
        assert totals_of(STRANGER, layer, EVERYTHING, 100)[0].count == 0
        assert marks_of(STRANGER, layer, EVERYTHING, whole(town)) == []
        assert area_totals(STRANGER, layer, replace(EVERYTHING, area=area))[0].count == 0


def test_a_layer_gives_what_the_model_lets_an_actor_see(town: Town) -> None:
    for layer in LAYERS.values():
        _no_more_than_all(layer, town)


def _no_more_than_all(layer: Layer, town: Town) -> None:
    every = {feature.id: feature for feature in features_of(system("map"), layer, EVERYTHING)}
    assert {feature.geometry.geom_type for feature in every.values()} <= GEOMETRIES[layer.geometry]
    for name in town.people:
        actor = town.actor(name)
        own = [feature.id for feature in features_of(actor, layer, EVERYTHING)]
        assert own == sorted(set(own)), "ascending by id, each once"
        assert set(own) <= set(every)
        _alike(actor, layer, own, town)


def _alike(actor: Actor, layer: Layer, own: list[str], town: Town) -> None:
    """Pages, single features, totals and marks say the same as the whole list."""
    if own:
        page = [feature.id for feature in features_of(actor, layer, LayerQuery(after=own[0], limit=2))]
        assert page == own[1:3]
        assert [feature.id for feature in features_of(actor, layer, LayerQuery(only=own[-1], limit=1))] == own[-1:]
    assert totals_of(actor, layer, EVERYTHING, 10_000)[0].count == len(own)
    if layer.geometry == "point":
        tile = whole(town)
        marks = marks_of(actor, layer, replace(EVERYTHING, bbox=rimmed(tile)), tile)
        assert sum(mark.properties["n"] for mark in marks) == len(own)


def test_a_layer_asks_few_questions_however_much_there_is(town: Town) -> None:
    actor = town.actor("dispatcher")
    before = {layer.code: questions(actor, layer) for layer in LAYERS.values()}
    for room in (0, 1, 2, 0, 1, 2):
        call(actor, town, room=room)
    for layer in LAYERS.values():
        assert before[layer.code] <= MOST_QUERIES
        # The map in memory reads what changed once: its columns, its colours.
        assert questions(actor, layer) <= before[layer.code] + 2


def questions(actor: Actor, layer: Layer) -> int:
    """How many queries the layer's features take, after a first look."""
    list(features_of(actor, layer, EVERYTHING))
    with CaptureQueriesContext(connection) as asked:
        list(features_of(actor, layer, EVERYTHING))
    return len(asked)


def test_a_box_narrows_and_a_wrong_id_finds_nothing(town: Town) -> None:
    actor, nowhere = town.actor("dispatcher"), box_of(box(10.0, 50.0, 10.1, 50.1))
    for layer in LAYERS.values():
        assert list(features_of(actor, layer, LayerQuery(bbox=nowhere))) == []
        assert list(features_of(actor, layer, LayerQuery(only="not an id"))) == []


def test_the_map_in_memory_follows_the_reach_of_matters() -> None:
    parts = (MatterQuery.visible_to, listing.reached_by, listing.keys_of)
    source = "".join(inspect.getsource(part) for part in parts)
    assert hashlib.sha256(source.encode()).hexdigest()[:8] == REACH
