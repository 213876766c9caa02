"""A message's way: queued in the act, handed over by the worker, stood in for, reported, answered; nothing vanishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from linli.kernel import clock
from linli.kernel.errors import Invalid, NotAllowed
from linli.kernel.scope import system
from linli.matters.ledger.models import Matter, Stamp
from linli.matters.notes.models import Note
from linli.operations.dispatch.acts import give_order, recall_order, sign_order
from linli.operations.dispatch.models import Escalation, Order
from linli.works.channels.acts.carrying import CARRIERS
from linli.works.channels.acts.setting import set_channel
from linli.works.channels.rules.signing import SIGNATURE_HEADER, TIME_HEADER, signed_headers
from linli.works.jobs.acts import work_long, work_one
from linli.works.jobs.models import Job
from linli.works.jobs.queries import due_lanes
from linli.works.outbox.acts import queue_message, take_receipt
from linli.works.outbox.models import Message
from linli.works.outbox.queries import oldest_unsent_at
from tests.gateways import Gateway, gateway
from tests.town import Town, build_town, call

SETUP = system("setup")
SECRET = "a secret that both know"
pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build_town(2)


@pytest.fixture
def gateways() -> Iterator[dict[str, Gateway]]:
    """WeCom first, then SMS, then voice."""
    with gateway() as wecom, gateway() as sms, gateway() as voice:
        set_channel(SETUP, channel="wecom", kind="wecom_robot", url=f"{wecom.url}/robot", place=1, secret=SECRET)
        set_channel(SETUP, channel="sms", kind="sms", url=sms.url, place=2, secret=SECRET)
        set_channel(SETUP, channel="voice", kind="voice", url=voice.url, place=3, secret=SECRET)
        yield {"wecom": wecom, "sms": sms, "voice": voice}


def ordered(town: Town) -> Order:
    desk = town.actor("dispatcher")
    return give_order(desk, matter=call(desk, town, address="柳林村12号"), unit=town.units[0])


def send_all() -> None:
    """Do what is due in every lane, as the sender's threads would."""
    for _ in range(20):
        lanes = due_lanes(clock.now())
        if not lanes:
            return
        for lane in lanes:
            while work_long(lane):
                continue


def receipt(message: Message, secret: str = SECRET, **told: Any) -> Message:
    raw = json.dumps({"id": str(message.pk), "state": "delivered", **told}).encode()
    signed = signed_headers(raw, secret=secret, now_s=clock.now().timestamp())
    return take_receipt(channel=message.channel, raw=raw, at_s=signed[TIME_HEADER], signature=signed[SIGNATURE_HEADER])


def messages(order: Order, **more: Any) -> list[Message]:
    rows = Message.objects.filter(subject_type="operations.order", subject_id=str(order.pk), **more)
    return list(rows.order_by("queued_at"))


def test_an_order_is_handed_to_wecom(town: Town, gateways: dict[str, Gateway]) -> None:
    order = ordered(town)
    assert oldest_unsent_at() is not None
    send_all()
    message = messages(order)[0]
    assert (message.channel, message.state, message.gateway_id) == ("wecom", "sent", "wx-1")
    text = gateways["wecom"].asked[0]["body"]["text"]
    assert text["mentioned_list"] == ["w-community_officer"]
    assert "柳林村12号" in text["content"] and order.matter.number in text["content"]
    for personal in ("13900001111", "甲某", "老人走失"):
        assert personal not in json.dumps(gateways["wecom"].asked[0]["body"], ensure_ascii=False)
    assert oldest_unsent_at() is None
    assert not Job.objects.filter(name="outbox.send", state="waiting").exists()


def test_a_receipt_delivers_the_order_and_a_repeated_one_changes_nothing(
    town: Town, gateways: dict[str, Gateway]
) -> None:
    order = ordered(town)
    send_all()
    message = messages(order)[0]
    set_channel(SETUP, channel="wecom", kind="wecom_robot", url=gateways["wecom"].url, place=1, receipt_secret="r" * 20)
    receipt(message, "r" * 20)
    order.refresh_from_db()
    assert order.state == "delivered"
    stamp = Stamp.objects.get(order_id=order.pk, milestone="delivered")
    assert stamp.source == "channel"
    version = Message.objects.get(pk=message.pk).version
    for _ in range(3):
        assert receipt(message, "r" * 20).state == "delivered"
    assert Message.objects.get(pk=message.pk).version == version
    assert Stamp.objects.filter(order_id=order.pk, milestone="delivered").count() == 1


def test_a_forged_receipt_changes_nothing(town: Town, gateways: dict[str, Gateway]) -> None:
    order = ordered(town)
    send_all()
    message = messages(order)[0]
    for channel in ("wecom", "sms", "nobody"):
        with pytest.raises(NotAllowed) as refused:
            take_receipt(channel=channel, raw=b"{}", at_s="1", signature="0" * 64)
        assert refused.value.code == "receipt.forged"
    with pytest.raises(NotAllowed):
        receipt(message, "another secret")
    order.refresh_from_db()
    assert order.state == "ordered" and Message.objects.get(pk=message.pk).state == "sent"


@pytest.mark.parametrize("told", [{"state": "perhaps"}, {"key": "9"}, {"id": "018f0000-0000-7000-8000-000000000000"}])
def test_a_genuine_receipt_that_makes_no_sense_is_refused(
    town: Town, gateways: dict[str, Gateway], told: dict[str, str]
) -> None:
    gateways["wecom"].mood = "refusing"
    order = ordered(town)
    send_all()
    with pytest.raises(Invalid):
        receipt(messages(order, channel="sms")[0], **told)


def test_a_dead_channel_is_stood_in_for_at_once(town: Town, gateways: dict[str, Gateway]) -> None:
    gateways["wecom"].mood = "broken"
    order = ordered(town)
    send_all()
    first, second = messages(order)
    assert (first.channel, first.state) == ("wecom", "failed")
    assert (second.channel, second.state, second.instead_of) == ("sms", "sent", first)
    assert gateways["sms"].asked[0]["body"]["to"] == "13900000000"
    assert not Job.objects.filter(name="order.unreachable").exists()


def test_a_reported_failure_is_stood_in_for_too(town: Town, gateways: dict[str, Gateway]) -> None:
    gateways["wecom"].mood = "broken"
    order = ordered(town)
    send_all()
    receipt(messages(order, channel="sms")[0], state="failed", why="switched off")
    send_all()
    voice = messages(order, channel="voice")[0]
    assert voice.state == "sent"
    assert gateways["voice"].asked[0]["body"]["keypad"] == {"1": "sign", "2": "decline"}


def test_key_1_signs_by_voice_and_once(town: Town, gateways: dict[str, Gateway]) -> None:
    gateways["wecom"].mood = gateways["sms"].mood = "refusing"
    order = ordered(town)
    send_all()
    voice = messages(order, channel="voice")[0]
    receipt(voice, key="1")
    receipt(voice, key="1")
    order.refresh_from_db()
    assert order.state == "signed"
    stamps = {row.milestone: row for row in Stamp.objects.filter(order_id=order.pk)}
    assert (stamps["signed"].source, stamps["signed"].claimed_by) == ("voice", "演community_officer")
    assert stamps["delivered"].source == "channel"
    assert Stamp.objects.filter(order_id=order.pk, milestone="signed").count() == 1


def test_key_2_declines_and_the_next_unit_is_asked(town: Town, gateways: dict[str, Gateway]) -> None:
    gateways["wecom"].mood = gateways["sms"].mood = "refusing"
    order = ordered(town)
    send_all()
    receipt(messages(order, channel="voice")[0], key="2")
    order.refresh_from_db()
    assert order.state == "declined" and "按键" in order.reason
    while work_one():
        continue
    assert Order.objects.filter(matter=order.matter, via="ladder").exists()


def test_a_key_after_the_phone_page_signed_is_no_error(town: Town, gateways: dict[str, Gateway]) -> None:
    gateways["wecom"].mood = gateways["sms"].mood = "refusing"
    order = ordered(town)
    send_all()
    sign_order(town.actor("community_officer"), order=order)
    receipt(messages(order, channel="voice")[0], key="1")
    assert Stamp.objects.filter(order_id=order.pk, milestone="signed").count() == 1


def test_when_nobody_can_be_reached_the_desk_sees_it(town: Town, gateways: dict[str, Gateway]) -> None:
    for dead in gateways.values():
        dead.mood = "refusing"
    order = ordered(town)
    send_all()
    assert {row.channel: row.state for row in messages(order)} == dict.fromkeys(("wecom", "sms", "voice"), "failed")
    with clock.fixed(clock.now() + timedelta(seconds=6)):
        for _ in range(6):  # the ladder's own second try on SMS and voice fails first
            while work_one():
                continue
            send_all()
            clock.advance(timedelta(seconds=1))
    assert Escalation.objects.filter(order=order, step="unreachable").exists()
    warnings = [item for item in Matter.objects.get(pk=order.matter_id).warnings if item["code"] == "order.not_reached"]
    assert len(warnings) == 1 and town.units[0].call_sign in warnings[0]["zh"]


def test_without_any_channel_orders_live_on_the_phone_page(town: Town) -> None:
    order = ordered(town)
    send_all()
    assert messages(order)[0].state == "failed"
    assert not Job.objects.filter(key=f"order:{order.pk}:unreachable").exists()


def test_a_recall_that_reached_nobody_is_noted(town: Town, gateways: dict[str, Gateway]) -> None:
    order = ordered(town)
    send_all()
    for dead in gateways.values():
        dead.mood = "refusing"
    recall_order(town.actor("dispatcher"), order=order, reason="误报")
    send_all()
    assert "撤回" in Note.objects.get(matter=order.matter).text


def test_nobody_is_rung_for_the_orders_of_an_outage(town: Town, gateways: dict[str, Gateway]) -> None:
    order = ordered(town)
    with clock.fixed(clock.now() + timedelta(hours=2)):
        send_all()
    assert [row.state for row in messages(order)] == ["failed"]
    assert all(not one.asked for one in gateways.values())


def test_the_second_try_repeats_nothing_that_is_on_its_way(town: Town, gateways: dict[str, Gateway]) -> None:
    gateways["wecom"].mood = "broken"
    order = ordered(town)
    send_all()
    with clock.fixed(clock.now() + timedelta(seconds=6)):
        while work_one():
            continue
        send_all()
    assert sorted((row.channel, row.state) for row in messages(order)) == [
        ("sms", "sent"),
        ("voice", "sent"),
        ("wecom", "failed"),
    ]


def test_an_order_that_reached_a_page_meanwhile_alarms_nobody(town: Town) -> None:
    set_channel(SETUP, channel="sms", kind="sms", url="http://127.0.0.1:9", secret=SECRET)
    order = ordered(town)
    Message.objects.update(attempts=7)
    send_all()
    sign_order(town.actor("community_officer"), order=order)
    with clock.fixed(clock.now() + timedelta(seconds=6)):
        while work_one():
            continue
    assert not Escalation.objects.filter(order=order, step="unreachable").exists()


def test_without_another_channel_it_is_tried_again_and_then_given_up(town: Town) -> None:
    with gateway() as sms:
        set_channel(SETUP, channel="sms", kind="sms", url=sms.url, secret=SECRET)
        sms.mood = "broken"
        with clock.fixed(clock.now()):
            message = queue_message(
                channel="sms", template="handover.sent", address="139", body={}, subject_type="t", subject_id="1"
            )
            for _ in range(20):
                send_all()
                clock.advance(timedelta(seconds=130))
                CARRIERS.forget()
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("failed", 8)
        assert not Job.objects.filter(name="outbox.send", state="waiting").exists()


def test_quiet_hours_hold_back_what_is_not_urgent(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.works.outbox.acts.sending.is_urgent", lambda template: template == "order.new")
    with gateway() as sms:
        quiet = (time(22), time(7))
        set_channel(SETUP, channel="sms", kind="sms", url=sms.url, secret=SECRET, quiet=quiet)
        with clock.fixed(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)):  # 23:00 in Shanghai
            for template in ("order.new", "notice"):
                queue_message(
                    channel="sms", template=template, address="139", body={}, subject_type="t", subject_id="1"
                )
            send_all()
            assert len(sms.asked) == 1
            assert Job.objects.get(name="outbox.send", state="waiting").due_at == datetime(2026, 11, 22, 23, tzinfo=UTC)
        CARRIERS.forget()


def test_a_recall_never_comes_before_its_order(town: Town, gateways: dict[str, Gateway]) -> None:
    order = ordered(town)
    recall_order(town.actor("dispatcher"), order=order, reason="误报")
    new, recalled = messages(order)
    Job.objects.filter(key=f"outbox:{new.pk}").update(due_at=clock.now() + timedelta(seconds=1))
    send_all()
    assert gateways["wecom"].asked == []
    with clock.fixed(clock.now() + timedelta(seconds=2)):
        send_all()
        clock.advance(timedelta(seconds=1))
        send_all()
    said = [asked["body"]["text"]["content"] for asked in gateways["wecom"].asked]
    assert [text[:4] for text in said] == ["【派警】", "【撤回】"]
    recalled.refresh_from_db()
    assert recalled.state == "sent"


def test_a_receipt_may_be_quicker_than_our_own_note(
    town: Town, gateways: dict[str, Gateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    gateways["wecom"].mood = "refusing"
    order = ordered(town)
    sms, plain = gateways["sms"], gateways["sms"].answer
    early: list[bool] = []

    def answer(path: str) -> dict[str, Any]:
        early.append(True)
        return plain(path)

    monkeypatch.setattr(sms, "answer", answer)
    work_long("send:wecom")
    message = messages(order, channel="sms")[0]
    receipt(message)
    work_long("send:sms")
    message.refresh_from_db()
    assert message.state == "delivered" and not early, "what is delivered is not sent again"


def test_addresses_are_sealed(town: Town) -> None:
    order = ordered(town)
    message = messages(order)[0]
    assert b"13900000000" not in bytes(message.address) and b"w-community" not in bytes(message.address)
    assert message.addresses["sms"] == "13900000000"
    assert not Message.objects.visible_to(town.actor("dispatcher")).exists()
    assert Message.objects.visible_to(town.actor("administrator")).exists()
    assert not Note.objects.exists()
