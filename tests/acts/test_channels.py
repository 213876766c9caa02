"""The adapters, each against a stand-in gateway: shapes, signatures, what an answer means, misbehaviour."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import time as clock_time
from typing import Any

import apprise.plugins.dingtalk
import pytest

from linli.kernel import clock
from linli.kernel.errors import Invalid, NotAllowed
from linli.kernel.scope import system
from linli.works.channels.acts import carrying
from linli.works.channels.acts.carrying import CARRIERS
from linli.works.channels.acts.setting import set_channel
from linli.works.channels.models import ChannelConfig
from linli.works.channels.rules.shapes import NotSent, Parcel, Sent
from linli.works.channels.rules.signing import SIGNATURE_HEADER, TIME_HEADER, is_genuine, signed_headers
from linli.works.jobs.acts import work_long
from linli.works.outbox.acts import take_receipt
from linli.works.outbox.acts.queueing import lane_of, try_channel
from linli.works.outbox.models import Message
from tests.gateways import Gateway, gateway
from tests.town import build_town

SETUP = system("setup")
SECRET = "a secret that both know"
PARCEL = Parcel(id="018f-1", to="13900000000", text="派警", link="https://x/1", say="请按1", keypad=True)


@pytest.fixture
def post() -> Iterator[Gateway]:
    with gateway() as made:
        yield made


def configured(kind: str, url: str = "", **more: Any) -> ChannelConfig:
    return set_channel(SETUP, channel=kind, kind=kind, url=url, **{"secret": SECRET, **more})


@pytest.mark.django_db
def test_sms_gateway_gets_a_signed_body_and_the_key(post: Gateway) -> None:
    sent = CARRIERS.of(configured("sms", post.url)).send(PARCEL)
    asked = post.asked[0]
    assert sent == Sent("gw-1")
    assert asked["body"] == {"id": "018f-1", "to": "13900000000", "text": "派警 https://x/1"}
    assert asked["headers"]["idempotency-key"] == "018f-1"
    at_s, signature = asked["headers"][TIME_HEADER.lower()], asked["headers"][SIGNATURE_HEADER.lower()]
    now_s = clock.now().timestamp()
    assert is_genuine(asked["raw"], secret=SECRET, at_s=at_s, signature=signature, now_s=now_s)
    assert not is_genuine(asked["raw"] + b" ", secret=SECRET, at_s=at_s, signature=signature, now_s=now_s)
    assert not is_genuine(asked["raw"], secret=SECRET, at_s=at_s, signature=signature, now_s=now_s + 400)
    assert not is_genuine(asked["raw"], secret="", at_s=at_s, signature=signature, now_s=now_s)


@pytest.mark.django_db
def test_voice_gateway_is_told_what_to_say_and_which_keys(post: Gateway) -> None:
    CARRIERS.of(configured("voice", post.url)).send(PARCEL)
    body = post.asked[0]["body"]
    assert body["say"] == "请按1" and body["keypad"] == {"1": "sign", "2": "decline"}


@pytest.mark.django_db
def test_wecom_application_fetches_its_token_once(post: Gateway) -> None:
    carrier = CARRIERS.of(configured("wecom_app", post.url, options={"corp_id": "ww1", "agent_id": 1000002}))
    assert carrier.send(PARCEL).gateway_id == "wx-1"
    carrier.send(PARCEL)
    assert post.tokens == 1
    body = post.asked[0]["body"]
    assert (body["touser"], body["agentid"], body["enable_duplicate_check"]) == (PARCEL.to, 1000002, 1)
    assert body["textcard"]["url"] == PARCEL.link


@pytest.mark.django_db
def test_wecom_token_that_ran_out_is_fetched_anew(post: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = CARRIERS.of(configured("wecom_app", post.url, options={"corp_id": "ww1"}))
    carrier.send(PARCEL)
    plain, stale = post.answer, [{"errcode": 42001, "errmsg": "expired"}]

    def answer(path: str) -> dict[str, Any]:
        return stale.pop() if stale and "message/send" in path else plain(path)

    monkeypatch.setattr(post, "answer", answer)
    assert carrier.send(PARCEL).gateway_id
    assert post.tokens == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "for_good"),
    [
        ({"errcode": 81013, "errmsg": "user not in"}, True),
        ({"errcode": 0, "invaliduser": "13900000000"}, True),
        ({"errcode": -1, "errmsg": "busy"}, False),
        ({}, False),
    ],
)
def test_wecom_robot_says_200_also_when_it_refuses(
    post: Gateway, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], for_good: bool
) -> None:
    monkeypatch.setattr(post, "answer", lambda path: answer)
    carrier = CARRIERS.of(configured("wecom_robot", f"{post.url}/robot", secret=""))
    with pytest.raises(NotSent) as failed:
        carrier.send(PARCEL)
    assert failed.value.for_good is for_good


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise's PGP plug-in still looks for it
@pytest.mark.django_db
def test_dingtalk_and_mail_go_through_apprise(post: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        apprise.plugins.dingtalk.NotifyDingTalk, "notify_url", f"{post.url}/robot/send?access_token={{token}}"
    )
    token = "a" * 40
    assert CARRIERS.of(configured("dingtalk", secret=f"dingtalk://{token}/{{to}}")).send(PARCEL) == Sent()
    assert "派警" in json.dumps(post.asked[0]["body"], ensure_ascii=False)
    post.mood = "broken"
    with pytest.raises(NotSent):
        CARRIERS.of(configured("dingtalk", secret=f"dingtalk://{token}/{{to}}")).send(PARCEL)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
@pytest.mark.django_db
def test_an_apprise_address_that_is_none_fails_for_good() -> None:
    with pytest.raises(NotSent) as failed:
        CARRIERS.of(configured("mail", secret="nothing at all")).send(PARCEL)
    assert failed.value.for_good


@pytest.mark.django_db
@pytest.mark.parametrize(("mood", "for_good"), [("broken", False), ("refusing", True), ("dropping", False)])
def test_what_an_answer_means(post: Gateway, mood: str, for_good: bool) -> None:
    post.mood = mood
    with pytest.raises(NotSent) as failed:
        CARRIERS.of(configured("sms", post.url)).send(PARCEL)
    assert failed.value.for_good is for_good


@pytest.mark.django_db
@pytest.mark.parametrize("mood", ["hanging", "dripping"])
def test_a_gateway_that_hangs_is_given_up(post: Gateway, monkeypatch: pytest.MonkeyPatch, mood: str) -> None:
    monkeypatch.setattr(carrying, "SILENCE_S", 0.5)
    monkeypatch.setattr(carrying, "IN_ALL_S", 0.6)
    post.mood = mood
    began = time.monotonic()
    with pytest.raises(NotSent):
        CARRIERS.of(configured("sms", post.url)).send(PARCEL)
    assert time.monotonic() - began < 2


@pytest.mark.django_db
def test_after_three_failures_a_gateway_is_left_alone(post: Gateway) -> None:
    carrier = CARRIERS.of(configured("sms", post.url))
    post.mood = "broken"
    for _ in range(3):
        with pytest.raises(NotSent):
            carrier.send(PARCEL)
    post.mood = "well"
    with pytest.raises(NotSent, match="left alone"):
        carrier.send(PARCEL)
    assert post.asked == []


@pytest.mark.django_db
def test_a_dead_robot_is_left_alone_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def carry(address: str, parcel: Parcel) -> Sent:
        asked.append(address)
        if address == "dead":
            raise NotSent("gone")
        return Sent()

    monkeypatch.setattr(carrying, "carry_by_apprise", carry)
    carrier = CARRIERS.of(configured("group"))
    for _ in range(5):
        with pytest.raises(NotSent):
            carrier.send(replace(PARCEL, to="dead"))
        carrier.send(replace(PARCEL, to="well"))
    assert (asked.count("dead"), asked.count("well")) == (3, 5)


@pytest.mark.django_db
def test_set_channel_refuses_what_cannot_work() -> None:
    for wrong, code in (
        ({"kind": "pigeon"}, "channel.unknown_kind"),
        ({"kind": "sms", "url": "ftp://x"}, "channel.bad_url"),
        ({"kind": "sms", "url": "http://127.0.0.1", "secret": ""}, "channel.no_secret"),
    ):
        with pytest.raises(Invalid) as refused:
            set_channel(SETUP, channel="sms", **{"secret": SECRET, **wrong})  # type: ignore[arg-type]  # mixed facts
        assert refused.value.code == code
    assert not ChannelConfig.objects.exists()


@pytest.mark.django_db
def test_a_blank_secret_leaves_the_one_that_is_there(post: Gateway) -> None:
    configured("sms", post.url)
    kept = set_channel(SETUP, channel="sms", kind="sms", url=post.url, quiet=(clock_time(22), clock_time(7)))
    assert kept.secret == SECRET and kept.version == 2
    assert SECRET.encode() not in bytes(kept.secret_sealed)


@pytest.mark.django_db
def test_only_the_administrator_sets_channels() -> None:
    town = build_town(1)
    with pytest.raises(NotAllowed):
        set_channel(town.actor("dispatcher"), channel="sms", kind="sms", url="http://127.0.0.1", secret=SECRET)
    set_channel(town.actor("administrator"), channel="sms", kind="sms", url="http://127.0.0.1", secret=SECRET)
    assert not ChannelConfig.objects.visible_to(town.actor("dispatcher")).exists()


@pytest.mark.django_db
def test_test_my_alert_goes_out_and_its_receipt_comes_back(post: Gateway) -> None:
    config = configured("sms", post.url)
    message = try_channel(SETUP, channel=config, address="13900000000")
    assert work_long(lane_of("sms"))
    assert "测试" in post.asked[0]["body"]["text"]
    raw = json.dumps({"id": str(message.pk), "state": "delivered"}).encode()
    headers = signed_headers(raw, secret=SECRET, now_s=clock.now().timestamp())
    take_receipt(channel="sms", raw=raw, at_s=headers[TIME_HEADER], signature=headers[SIGNATURE_HEADER])
    assert Message.objects.get().state == "delivered"
