"""Matters on the map: the columns in memory and `visible_to` count the same, whatever is filtered or changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from django.db.models import Q, QuerySet

from linli.command.warm import warm
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import Placed, assign_matter, move_matter, open_matter
from linli.matters.ledger.acts import share as share_with
from linli.matters.ledger.models import Matter
from linli.matters.map.queries import HELD
from linli.matters.map.queries.held import StillLoading
from linli.matters.map.queries.rows import read
from linli.matters.routing.acts import place_matter
from linli.places.map.queries import features_of, is_cut, marks_of, rimmed, totals_of
from linli.places.map.rules import LAYERS, LayerQuery, Tile, Totals
from linli.places.map.rules.tiles import BITS, grid_of
from linli.places.premises.models import Premises
from tests.town import SETUP, SOUTH, WEST, Town, build_town, call

pytestmark = pytest.mark.django_db
LAYER = LAYERS["matters"]


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    HELD.forget()
    yield build_town()
    HELD.forget()


def shown(actor: Actor, query: LayerQuery, z: int = 8) -> int:
    """How many matters the marks of the tile around the town stand for."""
    wide = 1 << z
    tile = Tile(z, int((WEST + 0.03 + 180) / 360 * wide), {8: 106, 5: 13}[z])
    asked = LayerQuery(**{**{name: getattr(query, name) for name in LayerQuery.__slots__}, "bbox": rimmed(tile)})
    return sum(int(mark.properties["n"]) for mark in marks_of(actor, LAYER, asked, tile))


def fill(town: Town) -> list[Matter]:
    """Calls in three rooms, disputes with colours, one matter without a place."""
    desk = town.actor("dispatcher")
    matters = [call(desk, town, room=room) for room in (0, 0, 1, 2)]
    for room, colour in ((0, "red"), (1, "blue"), (1, "red")):
        lon, lat = town.spot(room, dx=0.3)
        agency = town.rooms[room]
        place = Placed(lon, lat, placed_by="sent", agency=agency, station=town.station)
        details = {"cause": "院墙", "colour": colour}
        matters.append(open_matter(SETUP, kind="dispute", title="院墙", details=details, place=place))
    matters.append(open_matter(SETUP, kind="task", details={"what": "走访"}, place=Placed(agency=town.rooms[0])))
    return matters


def same_for_all(town: Town, query: LayerQuery, narrowed: Q) -> None:
    for name in town.people:
        actor = town.actor(name)
        rows: QuerySet[Matter] = Matter.objects.visible_to(actor).filter(narrowed, lon__isnull=False)
        wanted = set(map(str, rows.values_list("pk", flat=True)))
        assert {feature.id for feature in features_of(actor, LAYER, query)} == wanted, name
        assert totals_of(actor, LAYER, query, 100)[0].count == len(wanted), name
        assert shown(actor, query) == shown(actor, query, 5) == len(wanted), name


def test_filters_pass_what_a_query_passes(town: Town) -> None:
    matters = fill(town)
    move_matter(SETUP, matter=matters[4], move="settle", facts={"outcome": "和解"})
    move_matter(SETUP, matter=matters[4], move="close")
    now = clock.now()
    red = Q(counted__name="colour", counted__text="red")
    for query, narrowed in (
        (LayerQuery(), Q()),
        (LayerQuery(where={"kind": ("dispute",)}), Q(kind="dispute")),
        (LayerQuery(where={"kind": ("dispute", "incident")}), Q(kind__in=("dispute", "incident"))),
        (LayerQuery(where={"state": ("closed",)}), Q(state="closed")),
        (LayerQuery(where={"colour": ("red",)}), red),
        (LayerQuery(where={"open": ("yes",)}), Q(closed_at__isnull=True)),
        (LayerQuery(where={"open": ("no",), "kind": ("dispute",)}), Q(closed_at__isnull=False)),
        (LayerQuery(at=now - timedelta(days=1)), Q(pk__in=[])),
        (LayerQuery(at=now + timedelta(days=1)), Q(closed_at__isnull=True)),
        (LayerQuery(begun_since=now - timedelta(hours=1)), Q()),
        (LayerQuery(begun_until=now - timedelta(hours=1)), Q(pk__in=[])),
        (LayerQuery(since=now - timedelta(days=2), until=now - timedelta(days=1)), Q(pk__in=[])),
    ):
        same_for_all(town, query, narrowed)


def test_what_changes_is_seen_at_the_next_look(town: Town) -> None:
    matters = fill(town)
    same_for_all(town, LayerQuery(), Q())
    place_matter(SETUP, matter=matters[0], lon=town.spot(2)[0], lat=town.spot(2)[1])
    same_for_all(town, LayerQuery(), Q())
    assign_matter(SETUP, matter=matters[5], assignee=town.people["community_officer"])
    same_for_all(town, LayerQuery(), Q())
    assign_matter(SETUP, matter=matters[6], agency=town.rooms[2])
    same_for_all(town, LayerQuery(), Q())
    share_with(matters[3], town.partner.pk)
    same_for_all(town, LayerQuery(), Q())
    assert shown(town.actor("partner_officer"), LayerQuery()) == 1
    call(town.actor("dispatcher"), town, room=1)
    same_for_all(town, LayerQuery(), Q())


def test_many_changes_are_sorted_in(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.matters.map.queries.held._MOST_APART", 2)
    matters = fill(town)
    HELD.now()
    for matter in matters[:3]:
        Matter.objects.filter(pk=matter.pk).update(state="closed", closed_at=clock.now())
    same_for_all(town, LayerQuery(where={"state": ("closed",)}), Q(state="closed"))
    assert len(HELD.now().few) == 0


def test_a_drawn_area_counts_what_lies_in_it(town: Town) -> None:
    fill(town)
    west = shapely.Polygon([(WEST, SOUTH), (WEST + 0.02, SOUTH), (WEST + 0.02, SOUTH + 0.02), (WEST, SOUTH + 0.02)])
    corner = shapely.Polygon([(WEST, SOUTH), (WEST + 0.0001, SOUTH), (WEST, SOUTH + 0.0001)])
    actor = town.actor("dispatcher")
    found = totals_of(actor, LAYER, LayerQuery(area=west), 100)[0]
    assert (found.count, dict(found.by)) == (3, {"incident": 2, "dispute": 1})
    assert len(list(features_of(actor, LAYER, LayerQuery(area=west)))) == 3
    assert totals_of(actor, LAYER, LayerQuery(area=corner), 100)[0].count == 0


def test_nobody_waits_long_while_another_loads(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.matters.map.queries.held._WAIT_S", 0.01)
    fill(town)
    with HELD._lock, pytest.raises(StillLoading):
        HELD.now()
    before = HELD.now()
    with HELD._lock:
        assert HELD.now() is before, "what is known already is better than nothing"


def test_what_is_open_is_there_while_the_rest_is_read(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.matters.map.queries.held._WAIT_S", 0.01)
    matters = fill(town)
    move_matter(SETUP, matter=matters[4], move="settle", facts={"outcome": "和解"})
    move_matter(SETUP, matter=matters[4], move="close")
    actor, seen = town.actor("dispatcher"), []

    def slowly(*asked: Any, **only: Any) -> Any:
        if HELD._view is not None:
            assert not LAYER.whole or not LAYER.whole()
            seen.append(shown(actor, LayerQuery()))
            for query in (LayerQuery(), LayerQuery(where={"open": ("no",)})):
                with pytest.raises(StillLoading):
                    totals_of(actor, LAYER, query, 100)
            assert totals_of(actor, LAYER, LayerQuery(where={"open": ("yes",)}), 100)[0].count == 6
        return read(*asked, **only)

    monkeypatch.setattr("linli.matters.map.queries.held.read", slowly)
    warm({"broken": lambda: 1 / 0, "map": HELD.warm})
    assert seen == [6], "the closed one is missing, nothing else"
    assert shown(actor, LayerQuery()) == 7 and LAYER.whole and LAYER.whole()


def test_very_many_premises_are_added_up_and_none_left_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.places.map.queries.MANY", 5)
    spots = [(town.spot(0)[0] + 0.0001 * (n % 7), town.spot(0)[1]) for n in range(12)] + [town.spot(2)]
    kinds = ["hotel" if spot == town.spot(2) else "shop" for spot in spots]
    Premises.objects.bulk_create(
        Premises(code=f"P{n}", name=f"店{n}", kind=kinds[n], lon=lon, lat=lat, agency_path=town.rooms[0].path)
        for n, (lon, lat) in enumerate(spots)
    )
    layer, actor = LAYERS["premises"], town.actor("dispatcher")
    x, y = (int(part[0]) >> (BITS - 9) for part in grid_of(*(np.array([part]) for part in town.spot(0))))
    tile = Tile(9, x, y)
    marks = marks_of(actor, layer, LayerQuery(bbox=rimmed(tile)), tile)
    assert sum(int(mark.properties["n"]) for mark in marks) == 13 and not is_cut(layer, marks)
    alone = [mark.properties for mark in marks if mark.properties["n"] == 1]
    assert [one["code"] for one in alone] == ["P12"], "who stands alone is told with its words"
    assert totals_of(actor, layer, LayerQuery(), 3) == (Totals(13, {"shop": 12, "hotel": 1}), True)
