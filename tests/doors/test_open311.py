"""GeoReport v2 as a client of the standard meets it; structures as the standard's own examples have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client

from linli.kernel import clock
from linli.matters.ledger.acts import move_matter
from linli.matters.ledger.models import Matter
from linli.matters.public.acts import INTAKE, answer_report, publish_report
from linli.matters.public.models import PublicReport
from linli.org.people.acts import make_token, open_account
from linli.works.channels.acts.setting import set_channel
from linli.works.outbox.models import Message
from tests.town import SETUP, Town

V2 = "/open311/v2"
REQUEST = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip
"""The elements of a request in the order of the standard's example."""
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
ATTRIBUTE = {"variable", "code", "datatype", "required", "datatype_description", "order", "description", "values"}


@pytest.fixture(autouse=True)
def full_buckets() -> Iterator[None]:
    INTAKE.forget()
    yield
    INTAKE.forget()


@pytest.fixture
def app(town: Town) -> Client:
    """An app without an account; the CSRF check is on."""
    return Client(enforce_csrf_checks=True)


def rows(answer: Any) -> Any:
    return json.loads(answer.content)


def tags(element: Any) -> list[str]:
    return [child.tag for child in element]


def report(app: Client, town: Town, *, ending: str = ".json", **more: Any) -> Any:
    lon, lat = town.spot(0)
    body = {"service_code": "lamp", "lat": lat, "long": lon, "description": "张三家门口的路灯不亮", **more}
    return app.post(f"{V2}/requests{ending}", body)


def test_services_as_the_standard_has_them(app: Client) -> None:
    listed = rows(app.get(f"{V2}/services.json"))
    top = fromstring(app.get(f"{V2}/services.xml").content)
    assert (top.tag, {one.tag for one in top}) == ("services", {"service"})
    assert all(set(tags(one)) == SERVICE for one in top) and all(set(one) == SERVICE for one in listed)
    assert [one["service_code"] for one in listed] == [one.findtext("service_code") for one in top]
    assert {one.findtext("metadata") for one in top} <= {"true", "false"}
    assert {one["type"] for one in listed} <= {"realtime", "batch", "blackbox"}
    [definition] = rows(app.get(f"{V2}/services/lamp.json"))
    one = fromstring(app.get(f"{V2}/services/lamp.xml").content)
    assert (one.tag, tags(one)) == ("service_definition", ["service_code", "attributes"])
    [attribute] = one.iter("attribute")
    assert set(tags(attribute)) == ATTRIBUTE == set(definition["attributes"][0])
    assert all(tags(value) == ["key", "name"] for value in attribute.iter("value"))
    missing = app.get(f"{V2}/services/none.json")
    assert (missing.status_code, list(rows(missing)[0])) == (404, ["code", "description"])
    assert app.get(f"{V2}/services", {"jurisdiction_id": "B"}).status_code == 200
    assert app.get(f"{V2}/services", {"jurisdiction_id": "elsewhere"}).status_code == 404
    assert app.get(f"{V2}/").content == app.get(f"{V2}/discovery.xml").content
    assert fromstring(app.get(f"{V2}/discovery.xml").content).findtext("endpoints/endpoint/specification")


def test_a_lamp_is_public_without_a_word_of_its_sender(app: Client, town: Town) -> None:
    posted = report(app, town, first_name="三", last_name="张", phone="13900001111", email="x@y.z", device_id="d")
    assert posted.status_code == 201
    [taken] = rows(posted)
    number = taken["service_request_id"]
    matter = Matter.objects.get(number=number)
    assert (matter.kind, matter.agency, matter.source) == ("hazard", town.rooms[0], "open311")
    [shown] = rows(app.get(f"{V2}/requests/{number}.json"))
    assert list(shown) == REQUEST
    assert (shown["status"], shown["description"], shown["lat"]) == ("open", None, matter.lat)
    assert datetime.fromisoformat(shown["requested_datetime"]).utcoffset() == timedelta(hours=8)
    top = fromstring(app.get(f"{V2}/requests/{number}.xml").content)
    assert (top.tag, tags(top), tags(top[0])) == ("service_requests", ["request"], REQUEST)
    everything = "".join(app.get(f"{V2}/requests.{form}").content.decode() for form in ("json", "xml"))
    assert number in everything and "张" not in everything and "1390000" not in everything and "d</" not in everything
    chief = town.actor("station_chief")
    publish_report(chief, report=PublicReport.objects.get(matter=matter), text="村口路灯已报修 \x07<b>")
    move_matter(chief, matter=matter, move="settle", facts={"outcome": "已换灯", "done": "已换灯"})
    [closed] = rows(app.get(f"{V2}/requests.json", {"status": "closed", "service_code": "lamp,road"}))
    assert (closed["status"], closed["description"]) == ("closed", "村口路灯已报修 \x07<b>")
    xml = fromstring(app.get(f"{V2}/requests.xml", {"service_request_id": number}).content)
    assert xml[0].findtext("description") == "村口路灯已报修 <b>"


def test_what_is_private_is_followed_by_its_token_alone(app: Client, town: Town) -> None:
    [taken] = rows(report(app, town, service_code="ebike"))
    assert set(taken) == {"token", "service_notice", "account_id"}
    token, number = taken["token"], taken["token"].partition(".")[0]
    assert rows(app.get(f"{V2}/tokens/{token}.json")) == [{"service_request_id": token, "token": token}]
    xml = fromstring(app.get(f"{V2}/tokens/{token}.xml").content)
    assert (tags(xml), tags(xml[0])) == (["request"], ["service_request_id", "token"])
    assert rows(app.get(f"{V2}/requests/{token}.json"))[0]["status"] == "open"
    for key in (number, f"{number}.aaaaaaaa", "x", "."):
        assert app.get(f"{V2}/requests/{key}.json").status_code == 404, key
    kept_back = rows(report(app, town, **{"attribute[readers]": "station"}))[0]
    assert "token" in kept_back, "its sender left the room out, so it is not public either"
    assert Matter.objects.get(number=kept_back["token"].partition(".")[0]).agency == town.station
    tip = rows(report(app, town, service_code="tip"))[0]["token"]
    [told] = rows(app.get(f"{V2}/requests/{tip}.json"))
    assert (told["lat"], told["address"], told["agency_responsible"]) == (None, None, None)
    assert rows(app.get(f"{V2}/requests.json")) == []


def test_what_is_wrong_is_said_in_both_forms(app: Client, town: Town, settings: Any) -> None:
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"service_code": ""}, 400),
        ({"service_code": "zoo"}, 404),
        ({"lat": "91"}, 400),
        ({"lat": "x"}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"description": ""}, 400),
        ({"description": "x" * 2001}, 400),
        ({"address_id": "1", "lat": "", "long": ""}, 400),
        ({"attribute[readers]": "everybody"}, 400),
        ({"service_code": "help"}, 400),
        ({"api_key": "wrong"}, 403),
    ]
    for more, status in wrong:
        answer = report(app, town, **more)
        assert (answer.status_code, rows(answer)[0]["code"]) == (status, status), more
    top = fromstring(report(app, town, ending=".xml", api_key="wrong").content)
    assert (top.tag, tags(top), tags(top[0])) == ("errors", ["error"], ["code", "description"])
    assert report(app, town, description="长" * 3_000_000).status_code == 413
    for query in ({"status": "lost"}, {"start_date": "soon"}, {"page": "0"}, {"page_size": "many"}):
        assert app.get(f"{V2}/requests.json", query).status_code == 400
    assert app.delete(f"{V2}/requests.json").status_code == 405
    assert not PublicReport.objects.exists()
    settings.LINLI_OPEN311_KEYS = True
    assert report(app, town).status_code == 403
    key = make_token(SETUP, account=open_account(SETUP, username="app", machine="app"), days=1)
    assert report(app, town, api_key=key).status_code == 201


def test_json_in_sent_twice_paged_and_flooded(app: Client, town: Town) -> None:
    body = {
        "service_code": "road",
        "address_string": "谁也不知道",
        "description": "塌陷",
        "attribute": {"readers": "room"},
    }
    answers = [
        app.post(f"{V2}/requests.json", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="one")
        for _ in range(2)
    ]
    assert rows(answers[0]) == rows(answers[1]) and PublicReport.objects.count() == 1
    assert Matter.objects.get().agency == town.bureau, "nowhere known, and not lost"
    assert app.post(f"{V2}/requests.json", "[", content_type="application/json").status_code == 400
    for minutes in (1, 2):
        with clock.fixed(clock.now() + timedelta(minutes=minutes)):
            report(app, town)
    first, second = (rows(app.get(f"{V2}/requests.json", {"page": page, "page_size": 2})) for page in (1, 2))
    assert (len(first), len(second)) == (2, 1) and first[0]["requested_datetime"] > second[0]["requested_datetime"]
    since = clock.shanghai(clock.now() + timedelta(seconds=90)).isoformat()
    assert len(rows(app.get(f"{V2}/requests.json", {"start_date": since}))) == 1
    at_s = (clock.now() + timedelta(hours=1)).timestamp()
    while not INTAKE.take("hazard R1", at_s):
        pass
    flooded = report(app, town)
    assert flooded.status_code == 429 and int(flooded.headers["Retry-After"]) >= 1


def test_an_app_may_wish_for_a_short_message_when_there_is_an_answer(app: Client, town: Town) -> None:
    def offered() -> list[str]:
        return [one["code"] for one in rows(app.get(f"{V2}/services/lamp.json"))[0]["attributes"]]

    assert offered() == ["readers"], "no way out to telephones, no promise"
    set_channel(SETUP, channel="sms", kind="sms", url="http://127.0.0.1:9", secret="both know it")
    assert offered() == ["readers", "sms"]
    assert fromstring(app.get(f"{V2}/services/lamp.xml").content).findall(".//attribute")[1].find("code").text == "sms"  # type: ignore[union-attr]  # it is there
    wish = {"attribute[sms]": "1", "phone": "13900006666"}
    assert report(app, town, **{**wish, "phone": ""}).status_code == 400, "a message needs a telephone"
    assert report(app, town, **{**wish, "attribute[sms]": "perhaps"}).status_code == 400
    for fields in (wish, {"phone": "13900006666"}):
        assert report(app, town, **fields).status_code == 201
        answered = PublicReport.objects.order_by("-received_at", "-pk").first()
        assert answered is not None
        answer_report(town.actor("community_officer"), report=answered, text="灯已换好")
    [told] = Message.objects.filter(subject_type="matters.public_report")
    assert (told.template, told.addresses) == ("public.answered", {"sms": "13900006666"})
