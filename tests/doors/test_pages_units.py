"""Units are formed, crewed and signed on by the people of the room, on its page and by the API (P1, P12)."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from linli.kernel.ids import new_id
from linli.operations.units.models import Unit
from linli.org.people.acts import make_token, open_account
from tests.town import SETUP, Town, build_town


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def at_the_page(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(
        open_account(SETUP, username=name, person=town.people[name]),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def test_formed_crewed_and_signed_on(town: Town) -> None:
    chief = at_the_page(town, "station_chief")
    assert chief.post("/rooms/R3/units", {"call_sign": "新301", "kind": "motorcycle"}).status_code == 302
    unit = Unit.objects.get(call_sign="新301")
    assert (unit.agency, unit.availability) == (town.rooms[2], "unavailable")
    rider = town.people["auxiliary"].pk
    assert chief.post(f"/rooms/R3/units/{unit.pk}/crew", {"people": [str(rider)]}).status_code == 302
    assert [ride.person_id for ride in unit.crew.filter(until__isnull=True)] == [rider]
    assert chief.post(f"/rooms/R3/units/{unit.pk}/sign", {"availability": "available"}).status_code == 302
    unit.refresh_from_db()
    assert unit.availability == "available"
    shown = chief.get("/rooms/R3").content.decode()
    assert "新301" in shown
    assert town.people["auxiliary"].name in shown


def test_refused_where_it_is_not_ones_own(town: Town) -> None:
    officer = at_the_page(town, "community_officer")
    assert officer.post("/rooms/R2/units", {"call_sign": "x", "kind": "car"}).status_code == 403
    assert officer.post("/rooms/R1/units", {"call_sign": "警101", "kind": "car"}).status_code == 409
    grid_worker = at_the_page(town, "grid_worker")
    assert grid_worker.post("/rooms/R1/units", {"call_sign": "y", "kind": "car"}).status_code == 403
    assert not Unit.objects.filter(call_sign__in=("x", "y")).exists()


def test_by_the_api(town: Town) -> None:
    account = open_account(SETUP, username="chief", person=town.people["station_chief"])
    client = Client(headers={"authorization": f"Bearer {make_token(SETUP, account=account, days=1)}"})

    def post(path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
        answer = client.post(
            f"/api/v1{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"idempotency-key": str(new_id())},
        )
        return answer.status_code, answer.json()

    status, made = post("/units", {"agency": "R2", "call_sign": "新201", "kind": "foot"})
    assert (status, made["availability"]) == (201, "unavailable")
    assert post("/units", {"agency": "R2", "call_sign": "新201"})[0] == 409
    status, crewed = post("/units/新201/crew", {"people": ["auxiliary"]})
    assert (status, crewed["crew"]) == (200, [town.people["auxiliary"].name])
    assert post("/units/警101/crew", {"people": ["auxiliary"]})[1]["code"] == "unit.in_another"
