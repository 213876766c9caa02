"""Who may come in: tokens, sessions with their CSRF token, and what a stranger is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from linli.api.auth import ACTORS
from linli.kernel import clock
from linli.org.people.acts import let_go_person
from linli.org.people.models import Account, Token
from tests.doors.conftest import Door
from tests.town import SETUP, Town

Enter = Callable[[str], Door]


def test_a_stranger_gets_a_problem(db: None) -> None:
    for word in ("", "Bearer nobody", "Basic eDp5"):
        answer = Client().get("/api/v1/matters", headers={"Authorization": word} if word else {})
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        problem = answer.json()
        assert problem["code"] == "request.signed_out"
        assert problem["title"]
        assert problem["title_en"]


def test_a_token_ends_with_its_days_and_with_its_person(town: Town, door: Enter) -> None:
    desk = door("dispatcher")
    assert desk.get("/matters")[0] == 200
    with clock.fixed(clock.now() + timedelta(days=1, seconds=1)):
        ACTORS.forget()
        assert desk.get("/matters")[0] == 401
    ACTORS.forget()
    assert desk.get("/matters")[0] == 200
    let_go_person(SETUP, person=town.people["dispatcher"], on=clock.now().date())
    ACTORS.forget()
    assert desk.get("/matters")[0] == 401
    assert not Token.objects.exists()


def test_a_revoked_token_is_believed_for_a_second_at_most(
    town: Town, door: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = door("dispatcher")
    moment = [100.0]
    monkeypatch.setattr("linli.api.auth.time.monotonic", lambda: moment[0])
    assert desk.get("/matters")[0] == 200
    Token.objects.all().delete()
    moment[0] += 1.001
    assert desk.get("/matters")[0] == 401


def test_a_session_needs_its_csrf_token_to_change_anything(town: Town, door: Enter) -> None:
    account = Account.objects.get(username=door("dispatcher").account.username)
    client = Client(enforce_csrf_checks=True)
    client.force_login(account)
    assert client.get("/api/v1/me").status_code == 200
    body, kind = json.dumps({"category": "5020"}), "application/json"
    forged = client.post("/api/v1/incidents", data=body, content_type=kind, HTTP_IDEMPOTENCY_KEY="a")
    assert (forged.status_code, forged.json()["code"]) == (403, "request.forged")
    client.get("/desk")
    token = client.cookies["csrftoken"].value
    meant = client.post(
        "/api/v1/incidents", data=body, content_type=kind, HTTP_IDEMPOTENCY_KEY="a", HTTP_X_CSRFTOKEN=token
    )
    assert meant.status_code == 201, meant.content


def test_a_bad_token_is_not_saved_by_a_good_session(town: Town, door: Enter) -> None:
    client = Client()
    client.force_login(door("dispatcher").account)
    assert client.get("/api/v1/me", HTTP_AUTHORIZATION="Bearer wrong").status_code == 401


def test_no_post_no_rows(town: Town, door: Enter) -> None:
    door("110").post("/incidents", {"category": "5020"})
    status, answer = door("partner_officer").get("/matters")
    assert (status, answer["items"]) == (200, [])


def test_another_rooms_matter_is_not_there(town: Town, door: Enter) -> None:
    lon, lat = town.spot(room=0)
    _, taken = door("110").post("/incidents", {"category": "5020", "lon": lon, "lat": lat})
    number = taken["number"]
    assert door("community_officer").get(f"/matters/{number}")[0] == 200
    other = door("other_officer")
    hidden, absent = other.get(f"/matters/{number}"), other.get("/matters/JQ20200101-999999")
    assert hidden[0] == absent[0] == 404
    assert hidden[1]["code"] == absent[1]["code"] == "row.unknown"
    assert other.post(f"/matters/{number}/orders", {"unit": "警201"})[0] == 404
    assert other.post(f"/matters/{number}/moves/void", {"reason": "x"})[0] == 404


def test_a_post_without_the_right_is_told_so(town: Town, door: Enter) -> None:
    lon, lat = town.spot()
    _, taken = door("110").post("/incidents", {"category": "5020", "lon": lon, "lat": lat})
    status, answer = door("auxiliary").post(f"/matters/{taken['number']}/orders", {"unit": "警101"})
    assert (status, answer["code"]) == (403, "right.missing")
    assert answer["facts"]["act"] == "order.give"


def test_metrics_are_not_for_everybody(town: Town, door: Enter) -> None:
    def ask(name: str) -> int:
        return Client().get("/metrics", HTTP_AUTHORIZATION=f"Bearer {door(name).token}").status_code

    assert Client().get("/metrics").status_code == 401
    assert ask("community_officer") == 403
    assert ask("administrator") == 200


def test_health_says_nothing_else(db: None) -> None:
    assert Client().get("/healthz").json() == {"ok": True}
    assert Client().get("/readyz").json() == {"ready": True}
