"""The same request sent twice is done once and answered twice."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from linli.api.auth import ACTORS
from linli.api.main import api
from linli.kernel import clock
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.models import Order
from linli.org.people.acts import open_account
from linli.trail.models import Entry
from linli.works.receipts.acts import sweep_receipts
from linli.works.receipts.models import Receipt
from tests.doors.conftest import Door
from tests.town import SETUP, Town, build_town

Enter = Callable[[str], Door]
CALL = {"category": "5020", "narrative": "老人走失"}
RACERS = 20


def test_again_with_the_same_key(door: Enter) -> None:
    first = door("110").post("/incidents", CALL, key="a")
    again = door("110").post("/incidents", CALL, key="a")
    assert again == first
    assert door("110").headers["Idempotent-Replay"] == "true"
    assert Matter.objects.count() == 1


def test_another_body_under_the_same_key(door: Enter) -> None:
    door("110").post("/incidents", CALL, key="a")
    status, answer = door("110").post("/incidents", CALL | {"narrative": "另一起"}, key="a")
    assert (status, answer["code"]) == (422, "receipt.other_body")
    assert Matter.objects.count() == 1


def test_a_key_belongs_to_its_caller_and_its_address(town: Town, door: Enter) -> None:
    _, one = door("110").post("/incidents", CALL, key="a")
    _, two = door("call_taker").post("/incidents", CALL, key="a")
    assert one["number"] != two["number"]
    status, _ = door("call_taker").post(f"/matters/{one['number']}/notes", CALL | {"text": "x"}, key="a")
    assert status == 201


@pytest.mark.parametrize(
    ("key", "status", "code"), [("", 400, "receipt.missing_key"), ("k" * 256, 422, "receipt.long_key")]
)
def test_keys_that_are_none(key: str, status: int, code: str, door: Enter) -> None:
    headers = {"Authorization": f"Bearer {door('110').token}", **({"Idempotency-Key": key} if key else {})}
    answer = Client().post("/api/v1/incidents", data=json.dumps(CALL), content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Matter.objects.exists()


SIGNED = {"/api/v1/channels/{name}/receipts"}
"""A gateway signs what it sends and knows nothing of our keys; its receipts may come twice and count once."""


def test_every_post_wants_a_key(door: Enter) -> None:
    paths: dict[str, Any] = api.get_openapi_schema()["paths"]
    routes = [path for path, verbs in paths.items() if "post" in verbs and path not in SIGNED]
    assert len(routes) > 10
    for route in routes:
        filled = re.sub(r"{(\w+_id)}", "018f0000-0000-7000-8000-000000000000", route)
        answer = Client().post(
            re.sub(r"{\w+}", "x", filled),
            data=b"{}",
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {door('dispatcher').token}",
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "receipt.missing_key"), route


def test_a_refusal_changes_nothing_and_keeps_no_answer(town: Town, door: Enter) -> None:
    _, taken = door("110").post("/incidents", CALL)
    path = f"/matters/{taken['number']}/orders"
    busy = {"unit": town.units[0].call_sign}
    door("dispatcher").post(path, busy)
    entries = Entry.objects.count()
    status, _ = door("dispatcher").post(path, busy, key="again")
    assert status == 409
    assert Entry.objects.count() == entries
    assert not Receipt.objects.filter(key="again").exists()
    order = Order.objects.get()
    door("dispatcher").post(f"/orders/{order.pk}/moves/recall", {"reason": "另派"})
    status, _ = door("dispatcher").post(path, busy, key="again")
    assert status == 201, "the key is free: the retry is judged as things stand now"


def test_answers_are_kept_seven_days(door: Enter) -> None:
    door("110").post("/incidents", CALL, key="a")
    with clock.fixed(clock.now() + timedelta(days=6, hours=23)):
        sweep_receipts({})
        assert Receipt.objects.filter(key="a").exists()
    with clock.fixed(clock.now() + timedelta(days=7, hours=1)):
        sweep_receipts({})
        assert not Receipt.objects.filter(key="a").exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_call() -> None:
    """One row, one entry, one receipt; each racer is told the same number, or that the request is being worked on."""
    ACTORS.forget()
    build_town()
    door = Door(open_account(SETUP, username="110", machine="110"))
    start = threading.Barrier(RACERS)
    answers: list[tuple[int, Any]] = []

    def race() -> None:
        racer = Door.__new__(Door)
        racer.token, racer.client, racer.headers = door.token, Client(raise_request_exception=False), {}
        start.wait()
        try:
            answers.append(racer.post("/incidents", CALL, key="race"))
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers} <= {201, 409}
    numbers = {answer["number"] for status, answer in answers if status == 201}
    assert len(numbers) == 1
    assert {answer["code"] for status, answer in answers if status == 409} <= {"receipt.in_flight"}
    assert Matter.objects.count() == 1
    assert Entry.objects.filter(act="incident.take").count() == 1
    assert Receipt.objects.filter(key="race").count() == 1
