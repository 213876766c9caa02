"""Receipts over HTTP, and the console's words for channels and peers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from linli.command.main import main
from linli.kernel import clock
from linli.kernel.scope import system
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.acts import give_order
from linli.operations.dispatch.models import Order
from linli.org.people.acts import make_token, open_account
from linli.trail.models import Entry
from linli.works.channels.acts.carrying import CARRIERS
from linli.works.channels.acts.setting import set_channel
from linli.works.channels.models import ChannelConfig
from linli.works.channels.rules.signing import signed_headers
from linli.works.exchange.acts import register_peer
from linli.works.exchange.models import Item, Peer
from linli.works.jobs.acts import work_long
from linli.works.outbox.models import Message
from tests.gateways import Gateway, gateway
from tests.peers import BUREAU, KEY, Their
from tests.town import Town, build_town, call

SETUP = system("setup")
SECRET = "a secret that both know"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The console sends logs to its own standard error; a test has none that lasts."""
    monkeypatch.setattr("linli.command.main.to_stderr", lambda: None)


@pytest.fixture
def town() -> Town:
    return build_town(1)


@pytest.fixture
def sms() -> Iterator[Gateway]:
    with gateway() as made:
        set_channel(SETUP, channel="sms", kind="sms", url=made.url, secret=SECRET)
        yield made


def sent_order(town: Town) -> tuple[Order, Message]:
    desk = town.actor("dispatcher")
    order = give_order(desk, matter=call(desk, town), unit=town.units[0])
    while work_long("send:wecom") or work_long("send:sms"):
        continue
    return order, Message.objects.get(channel="sms")


def post(body: dict[str, Any], secret: str = SECRET, name: str = "sms") -> Any:
    raw = json.dumps(body).encode()
    headers = signed_headers(raw, secret=secret, now_s=clock.now().timestamp())
    return Client().post(f"/api/v1/channels/{name}/receipts", raw, content_type="application/json", headers=headers)


def test_a_signed_receipt_delivers_the_order_twice_is_once(town: Town, sms: Gateway) -> None:
    order, message = sent_order(town)
    for _ in range(2):
        answer = post({"gateway_id": message.gateway_id, "state": "delivered"})
        assert (answer.status_code, answer.json()) == (200, {"id": str(message.pk), "state": "delivered"})
    order.refresh_from_db()
    assert order.state == "delivered"
    assert Entry.objects.filter(act="message.report", subject_id=str(message.pk)).count() == 1


def test_a_stranger_and_a_forger_get_403_and_learn_nothing(town: Town, sms: Gateway) -> None:
    _, message = sent_order(town)
    body = {"id": str(message.pk), "state": "delivered"}
    refused = [post(body, secret="guessed"), post(body, name="nobody"), Client().post("/api/v1/channels/sms/receipts")]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert {answer.json()["code"] for answer in refused} == {"receipt.forged"}
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_signed_receipt_that_makes_no_sense_is_422(town: Town, sms: Gateway) -> None:
    sent_order(town)
    for body in ({"state": "delivered", "id": "x"}, {"state": "maybe"}, {"state": "delivered", "key": "7"}):
        assert post(body).status_code == 422


def said(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, Any]:
    """Exit code and the JSON that a command prints."""
    try:
        code = main([*line, "--json"])
    except SystemExit as ended:
        code = int(str(ended.code))
    out = capsys.readouterr().out.strip()
    return code, json.loads(out.splitlines()[-1]) if out else None


def test_a_channel_from_the_console(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    with gateway() as made:
        line = ("channel", "set", "sms", "--kind", "sms", "--url", made.url, "--secret-file", str(secret))
        code, answer = said(capsys, *line, "--quiet", "22:00-07:00")
        assert code == 0 and answer["quiet"] == "22:00-07:00" and SECRET not in json.dumps(answer)
        assert ChannelConfig.objects.get().secret == SECRET
        code, answer = said(capsys, "channel", "test", "sms", "13900000000")
        assert code == 0 and answer["state"] == "queued"
        assert work_long("send:sms") and "测试" in made.asked[0]["body"]["text"]
        assert [row["name"] for row in said(capsys, "channel", "list")[1]["channels"]] == ["sms"]
        CARRIERS.forget()


@pytest.mark.parametrize(
    "line",
    [
        ("channel", "set", "sms", "--kind", "pigeon"),
        ("channel", "set", "sms", "--kind", "sms", "--url", "nowhere"),
        ("channel", "set", "sms", "--kind", "sms", "--url", "http://x", "--secret-file", "/nowhere"),
        ("channel", "set", "mail", "--kind", "mail", "--quiet", "late"),
        ("exchange", "read", "--folder", "/nowhere"),
        ("exchange", "write", "--peer", "nobody"),
        ("exchange", "peer", "x", "--kind", "files", "--inbox", "/nowhere", "--key-file", "/nowhere"),
        ("exchange",),
    ],
)
def test_what_cannot_be_read_ends_with_2(capsys: pytest.CaptureFixture[str], line: tuple[str, ...]) -> None:
    assert said(capsys, *line) == (2, None)
    assert not ChannelConfig.objects.exists() and not Peer.objects.exists()


def test_a_files_peer_from_the_console(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    side, key = Their(tmp_path), tmp_path / "key"
    key.write_text(KEY)
    folders = ("--inbox", str(side.inbox), "--outbox", str(side.outbox))
    assert said(capsys, "exchange", "peer", BUREAU, "--kind", "files", *folders, "--key-file", str(key))[0] == 0
    incident = {"external_number": "110-1", "narrative": "走失"}
    side.send({"id": "i1", "kind": "incident", "incident": incident})
    assert said(capsys, "exchange", "read") == (
        0,
        {"read": 1, "replayed": 0, "rejected": [], "items": {"taken": 1}, "missing": {}},
    )
    assert Matter.objects.get().external_number == "110-1"
    assert said(capsys, "exchange", "list")[1]["peers"][0]["waiting"] == 2
    assert said(capsys, "exchange", "write")[1] == {"peers": [{"peer": BUREAU, "bundles": 1, "error": ""}]}
    assert [item["kind"] for item in side.ours()] == ["status", "ack"]
    (side.inbox / "bad.json").write_text("{")
    code, answer = said(capsys, "exchange", "read", "--folder", str(side.inbox))
    assert code == 1 and answer["rejected"][0]["code"] == "exchange.not_json"


def test_a_peer_posts_in_its_own_words_and_is_told_what_became_of_it(town: Town) -> None:
    table = '[columns]\nnarrative = "content"\nexternal_number = "serial"'
    register_peer(SETUP, peer=BUREAU, kind="http", url="http://127.0.0.1:9/x", key=KEY, field_map=table)
    account = open_account(SETUP, username="bureau", machine=BUREAU)
    headers = {"Authorization": f"Bearer {make_token(SETUP, account=account, days=1)}", "Idempotency-Key": "k1"}
    body = {"content": "老人走失", "serial": "110-7", "source": "whatever it says"}
    answer = Client().post("/api/v1/incidents", body, content_type="application/json", headers=headers)
    assert answer.status_code == 201
    matter = Matter.objects.get(external_source=BUREAU, external_number="110-7")
    assert matter.details["narrative"] == "老人走失"
    assert [item.body["number"] for item in Item.objects.filter(kind="status")] == [matter.number]
