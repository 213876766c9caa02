"""Contact cards: printed for a grid, carried from door to door, stale when the officer changes; the QR never dies."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.org.people.models import Person
from linli.org.posts.acts import end_post
from linli.org.posts.models import Post
from linli.org.rooms.acts import answer_for_grid
from linli.places.addresses.models import Address, AddressName
from linli.places.grid.acts import split_grid
from linli.places.grid.models import Grid
from linli.places.homes.models import Home
from linli.places.map.queries import features_of
from linli.places.map.rules import LAYERS, LayerQuery
from linli.visits.cards.acts import deliver_card, design_card, end_design, print_cards, withdraw_batch
from linli.visits.cards.models import CardBatch, CardDoor, GridPage
from linli.visits.cards.queries import cards_of, door_by_code, doors_of, grid_in_reach
from tests.town import SETUP, Town, build_town, person

pytestmark = pytest.mark.django_db


def houses(town: Town, room: int, count: int) -> list[Address]:
    """Houses in a row within a room's grid, and one just outside of it."""
    name = AddressName.objects.create(text=f"学府路{room}", area="", kind="road", sound="xuefulu", initials="xfl")
    made = []
    for number in range(1, count + 2):
        lon, lat = town.spot(room, dx=0.1 + 0.8 * number / (count + 1) if number <= count else 1.4)
        made.append(
            Address.objects.create(
                code=f"A{room}-{number}",
                text=f"学府路{number}号",
                kind="house",
                name=name,
                number=number,
                lon=lon,
                lat=lat,
            )
        )
    return made


def printed(town: Town, count: int = 3) -> CardBatch:
    houses(town, 0, count)
    chief, officer = town.actor("station_chief"), town.actor("community_officer")
    design = design_card(chief, agency=town.station, name="大字", layout="large", call_for="邻里纠纷")
    return print_cards(officer, face=grid_in_reach(officer, "G1"), design=design)


def test_every_door_of_the_grid_is_on_the_list_and_is_ticked() -> None:
    town = build_town()
    batch = printed(town)
    officer = town.actor("community_officer", "field")
    assert (batch.officer_name, batch.room_name, batch.phone) == ("演community_officer", "第1警务室", "0000-100")
    doors = list(doors_of(batch))
    assert [door.address.text for door in doors] == ["学府路1号", "学府路2号", "学府路3号"]
    with pytest.raises(NotAllowed):
        deliver_card(town.actor("other_officer"), door=doors[0], outcome="handed")
    with pytest.raises(Invalid):
        deliver_card(officer, door=doors[0], outcome="sold")
    deliver_card(officer, door=doors[0], outcome="handed", cards=2)
    deliver_card(officer, door=doors[1], outcome="absent")
    assert [door.address.text for door in doors_of(batch, left=True)] == ["学府路2号", "学府路3号"]
    yesterday = clock.now() - timedelta(days=1)
    deliver_card(officer, door=doors[0], outcome="absent", device_at=yesterday)
    assert CardDoor.objects.get(pk=doors[0].pk).outcome == "handed", "the later walk counts"
    for door in doors[1:]:
        deliver_card(officer, door=door, outcome="left")
    batch.refresh_from_db()
    assert batch.state == "delivered"
    deliver_card(officer, door=doors[2], outcome="absent")
    batch.refresh_from_db()
    assert batch.state == "going_out"
    withdraw_batch(officer, batch=batch)
    with pytest.raises(Conflict):
        deliver_card(officer, door=CardDoor.objects.get(pk=doors[2].pk), outcome="handed")


def test_each_flat_is_a_door_and_the_map_shows_what_is_left() -> None:
    town = build_town()
    first, second, third, _outside = houses(town, 0, 3)
    homes = [("2", "1001"), ("2", "901"), ("1", "101")]
    for address, unit, room in [*((first, *one) for one in homes), (first, "", ""), (second, "", "")]:
        code = f"{address.code}-{unit}-{room}"
        Home.objects.create(code=code, address=address, unit=unit, room=room, agency_path=town.rooms[0].path)
    Home.objects.create(code="gone", address=third, room="1", agency_path=town.rooms[0].path, active=False)
    chief, officer = town.actor("station_chief"), town.actor("community_officer")
    design = design_card(chief, agency=town.station, name="大字", layout="large", call_for="邻里纠纷")
    batch = print_cards(officer, face=grid_in_reach(officer, "G1"), design=design)
    said = [door.text for door in doors_of(batch)]
    assert said == ["学府路1号1单元101室", "学府路1号2单元901室", "学府路1号2单元1001室", "学府路2号", "学府路3号"]
    doors = list(doors_of(batch))
    deliver_card(officer, door=doors[0], outcome="handed")
    deliver_card(officer, door=doors[1], outcome="absent")
    layer, everything = LAYERS["card_doors"], LayerQuery(limit=100)
    shown = {one.properties["name"]: one.properties["state"] for one in features_of(officer, layer, everything)}
    assert shown == {said[1]: "absent", said[2]: "left", said[3]: "left", said[4]: "left"}
    again = LayerQuery(limit=100, where={"state": ("absent",), "grid": ("G1",)})
    assert [one.id for one in features_of(officer, layer, again)] == [str(doors[1].pk)]
    assert list(features_of(town.actor("other_officer"), layer, everything)) == []
    withdraw_batch(officer, batch=batch)
    assert list(features_of(officer, layer, everything)) == []


def test_a_new_officer_makes_the_cards_stale_and_the_qr_leads_to_him() -> None:
    town = build_town()
    batch = printed(town)
    code = GridPage.objects.get(grid_code="G1").code
    officer = town.actor("community_officer")
    assert cards_of(officer)[0].stale == []
    old = Post.objects.get(person=town.people["community_officer"], until__isnull=True)
    today = clock.today()
    end_post(SETUP, post=old, on=today)
    chief = town.actor("station_chief")
    assert cards_of(chief)[0].stale == ["officer"], "nobody in post: the card names somebody who has gone"
    face = door_by_code(code).face
    assert face is not None
    assert face.officer is None
    following = person("community_officer", town.rooms[0], staff_no="following")
    assert [one.stale for one in cards_of(chief) if one.batch] == [["officer"]]
    face = door_by_code(code).face
    assert face is not None
    assert face.officer == following
    design = batch.design
    again = print_cards(chief, face=grid_in_reach(chief, "G1"), design=design)
    batch.refresh_from_db()
    assert (batch.state, cards_of(chief)[0].stale) == ("replaced", [])
    assert GridPage.objects.get(grid_code="G1").code == code, "the same door for ever"
    end_design(chief, design=design)
    assert cards_of(chief)[0].stale == ["design"]
    with pytest.raises(Conflict):
        print_cards(chief, face=grid_in_reach(chief, "G1"), design=design)
    assert again.doors_count == 3


def test_the_named_officer_stands_on_the_card_and_the_code_outlives_its_grid() -> None:
    town = build_town(rooms=2)
    printed(town)
    page = GridPage.objects.get(grid_code="G1")
    grid = Grid.objects.get(code="G1")
    second = Person.objects.get(pk=person("community_officer", town.rooms[0], staff_no="second").pk)
    answer_for_grid(SETUP, grid=grid, agency=town.rooms[0], officer=second)
    officer = town.actor("community_officer")
    assert grid_in_reach(officer, "G1").officer == second
    west, east = page.lon - 0.02, page.lon + 0.02
    line = {"type": "LineString", "coordinates": [[west, page.lat - 0.003], [east, page.lat - 0.003]]}
    split_grid(
        SETUP,
        grid=grid,
        version=grid.version,
        line=line,
        codes=["G1N", "G1S"],
        names=["北", "南"],
        valid_from=clock.today(),
    )
    found = door_by_code(page.code).face
    assert found is not None
    assert found.grid.code in {"G1N", "G1S"}
    assert found.grid.shape.covers(shapely.Point(page.lon, page.lat))
    with pytest.raises(NotFound):
        door_by_code("nobodyprintedthis")
    with pytest.raises(NotFound):
        grid_in_reach(town.actor("other_officer"), "G1N")
