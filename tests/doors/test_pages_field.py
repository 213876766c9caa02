"""The office's pages of the field: three values side by side, a decision, a lost phone."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.test import Client

from linli.field.conflicts.models import Divergence
from linli.field.conflicts.queries import divergences
from linli.field.devices.models import Phone as Row
from linli.insight.today.queries import day_of
from linli.org.people.models import Account
from linli.places.premises.acts import change_premises, register_premises
from linli.places.premises.models import Premises
from tests.doors.conftest import Door
from tests.doors.test_api_field import Phone
from tests.town import Town

Enter = Callable[[str], Door]


def change(mine: Phone, shop: Premises, **values: tuple[str, str]) -> dict[str, object]:
    """A change of premises: each field from one value to another."""
    news = {name: new for name, (_, new) in values.items()}
    olds = {name: old for name, (old, _) in values.items()}
    return mine.op("premises.change", str(shop.pk), values=news, old=olds, branch=str(uuid.uuid4()))


def test_two_values_of_one_field_are_kept_apart_until_a_person_decides(town: Town, door: Enter) -> None:
    officer, chief = town.actor("community_officer"), town.actor("station_chief")
    path = town.rooms[0].path
    shop = register_premises(
        officer, code="S1", name="便民超市", kind="shop", agency_path=path, operator="甲", hazard_note="无"
    )
    phone = Phone(door("community_officer"), town.people["community_officer"])
    door("station_desk")
    # Different fields: both stand. The same light field: the later one, and the office sees it.
    change_premises(chief, premises=shop, version=shop.version, values={"operator": "乙"})
    assert phone.send(change(phone, shop, hazard_note=("无", "电线裸露")))[0]["answer"] == "applied"
    [light] = phone.send(change(phone, shop, hazard_note=("无", "货物堵门")))
    assert (light["answer"], light["facts"]["overwrote"]["hazard_note"]["server"]) == ("applied", "电线裸露")
    # The same legal field: both are kept, nothing is written.
    [legal] = phone.send(change(phone, shop, operator=("甲", "丙"), address_text=("", "新街1号")))
    assert (legal["answer"], legal["code"]) == ("conflict", "field.two_values")
    assert legal["facts"]["fields"] == {"operator": {"mine": "丙", "server": "乙", "was": "甲"}}
    shop.refresh_from_db()
    assert (shop.operator, shop.address_text, shop.hazard_note) == ("乙", "", "货物堵门")
    [same] = phone.send(change(phone, shop, operator=("甲", "乙")))
    assert (same["answer"], same["code"]) == ("duplicate", "field.nothing_new")
    page = Client()
    page.force_login(Account.objects.get(username="station_desk"))
    asking = {item.source.code for item in day_of(town.actor("community_officer")).shown}
    assert "field.divergences" in asking, "it stands on the day of who decides"
    assert "field.divergences" not in {item.source.code for item in day_of(town.actor("other_officer")).shown}
    told = page.get("/divergences").content.decode()
    assert told.count("后改覆盖先改") == 1
    assert told.count("同一内容两处改动") == 1
    rows = {row.reason: row for row in _open(town)}
    one = page.get(f"/divergences/{rows['legal'].pk}").content.decode()
    assert all(value in one for value in ("丙", "乙", "甲", "经营者"))
    assert page.post(f"/divergences/{rows['legal'].pk}/settle/mine").status_code == 302
    assert page.post(f"/divergences/{rows['light'].pk}/settle/server").status_code == 302
    shop.refresh_from_db()
    assert (shop.operator, shop.address_text, shop.hazard_note) == ("丙", "新街1号", "电线裸露")
    assert page.post(f"/divergences/{rows['legal'].pk}/settle/server").status_code == 409
    told = page.get("/divergences?state=accepted").content.decode()
    assert "丙" not in told


def _open(town: Town) -> list[Divergence]:
    return list(divergences(town.actor("station_chief")))


def test_a_lost_phone_is_wiped_from_the_office(town: Town, door: Enter) -> None:
    phone = Phone(door("community_officer"), town.people["community_officer"])
    session = Client()
    session.force_login(Account.objects.get(username="community_officer"))
    assert session.get("/api/v1/me").status_code == 200
    answer = session.post(
        "/api/v1/field/devices",
        {"device": phone.device, "name": "小米"},
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert answer.status_code == 201
    recovery = answer.json()["recovery"]
    assert recovery == phone.body["recovery"], "always the same, for its owner"
    desk = Client()
    door("station_desk")
    desk.force_login(Account.objects.get(username="station_desk"))
    assert "小米" in desk.get("/field-phones").content.decode()
    assert desk.post(f"/field-phones/{phone.device}/wipe").status_code == 302
    assert "等待擦除" in desk.get("/field-phones").content.decode()
    assert session.get("/api/v1/me").status_code == 401, "its session ended with it"
    row = Row.objects.get(pk=phone.device)
    assert (row.wiped_by, row.erased_at) == (town.people["station_desk"].name, None)
    away = Client()
    door("other_officer")
    away.force_login(Account.objects.get(username="other_officer"))
    assert away.post(f"/field-phones/{phone.device}/wipe").status_code == 404
    _found_again(phone, desk, away)


def _found_again(phone: Phone, desk: Client, away: Client) -> None:
    """What it still held goes out; what came while it was closed stays with the office."""
    assert phone.send(phone.hazard())[0]["code"] == "field.phone_wiped"
    assert away.post(f"/field-phones/{phone.device}/readmit").status_code == 404
    assert desk.post(f"/field-phones/{phone.device}/readmit").status_code == 302
    assert desk.post(f"/field-phones/{phone.device}/readmit").status_code == 409
    assert "在用" in desk.get("/field-phones").content.decode()
    assert phone.door.get(f"/field/devices/{phone.device}/state")[1] == {"wipe": False}
    status, told = phone.door.post("/field/devices", {"device": phone.device, "name": "小米"})
    assert (status, told["recovery"]) == (201, phone.body["recovery"]), "the same key opens what it held"
    assert phone.send(phone.hazard())[0]["answer"] == "applied"
    assert Divergence.objects.get().reason == "wiped"
