"""Warnings to residents, chat groups, one's own order of channels and the test of it: W9, Q5."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from lxml import etree

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.org.people.acts import make_token, open_account
from linli.org.reach.acts import try_alert_of, try_my_alert
from linli.org.reach.queries import ways_to
from linli.outreach.alerts.acts import (
    approve_alert,
    cancel_alert,
    change_alert,
    drop_alert,
    publish_alert,
    return_alert,
    write_alert,
)
from linli.outreach.alerts.models import Alert
from linli.outreach.alerts.queries import public_alerts
from linli.outreach.alerts.rules.declared import Said
from linli.outreach.groups.acts import end_group, set_group, try_group
from linli.outreach.groups.models import Group
from linli.works.channels.acts.setting import set_channel, wish_channels
from linli.works.jobs.acts import work_long, work_one
from linli.works.outbox.acts.queueing import queue_to_group
from linli.works.outbox.models import Message
from linli.works.outbox.rules.texts import FOR_GROUPS, TEXTS
from tests.gateways import Gateway, gateway
from tests.town import SETUP, Town, build_town

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TOMORROW = NOON + timedelta(days=1)
SECRET = "a secret that both know"
SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "data" / "standards" / "CAP-v1.2.xsd"
SAID = Said(
    "fraud",
    "Expected",
    "Severe",
    "Observed",
    "近期有人冒充民警要求转账",
    "已有三户接到电话 <b>&",
    "挂断，拨打96110核实。",
    "Callers pose as police",
    "Three homes were called.",
    "Hang up and call 96110.",
)


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    with clock.fixed(NOON):
        yield build_town(2)


@pytest.fixture
def relay() -> Iterator[Gateway]:
    with gateway() as made:
        yield made


def draft(town: Town, who: str = "community_officer", areas: Any = None) -> Alert:
    home = town.rooms[0] if who == "community_officer" else town.station
    return write_alert(town.actor(who), agency=home, said=SAID, areas=areas or [home], expires_at=TOMORROW)


def out(town: Town, alert: Alert) -> Alert:
    approve_alert(town.actor("station_chief" if alert.agency == town.rooms[0] else "bureau_leader"), alert=alert)
    return publish_alert(town.actor("station_chief"), alert=alert)


def send_all(*lanes: str) -> None:
    while any(work_long(f"send:{lane}") for lane in lanes):
        continue


def test_two_people_let_a_warning_out_and_only_for_their_own_areas(town: Town) -> None:
    officer, chief = town.actor("community_officer"), town.actor("station_chief")
    with pytest.raises(Invalid, match=r"alert\.beyond|范围"):
        draft(town, areas=[town.rooms[1]])
    with pytest.raises(NotAllowed):
        write_alert(officer, agency=town.station, said=SAID, areas=[town.station], expires_at=TOMORROW)
    with pytest.raises(Invalid):
        write_alert(officer, agency=town.rooms[0], said=SAID, areas=[town.rooms[0]], expires_at=NOON)
    own = draft(town, "station_chief")
    with pytest.raises(NotAllowed):
        approve_alert(chief, alert=own)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=own.pk).update(approved_by_id=own.written_by_id)
    alert = draft(town)
    assert not Alert.objects.visible_to(town.actor("other_officer")).filter(pk=alert.pk).exists()
    with pytest.raises(NotAllowed):
        approve_alert(officer, alert=alert)
    with pytest.raises(Conflict):
        publish_alert(officer, alert=alert)
    approve_alert(chief, alert=alert)
    with pytest.raises(Conflict):
        change_alert(officer, alert=alert, said=SAID, areas=[town.rooms[0]], expires_at=TOMORROW)
    return_alert(officer, alert=alert)
    assert alert.approved_by is None
    change_alert(officer, alert=alert, said=SAID, areas=[town.rooms[0]], expires_at=TOMORROW)
    out(town, alert)
    assert public_alerts(clock.now()) == [alert]
    assert Alert.objects.visible_to(town.actor("other_officer")).filter(pk=alert.pk).exists()
    drop_alert(chief, alert=own)
    with clock.fixed(TOMORROW + timedelta(minutes=1)):
        assert public_alerts(clock.now()) == []
        while work_one():
            continue
    alert.refresh_from_db()
    assert alert.state == "expired"


def test_the_feed_leads_to_cap_messages_that_hold_by_the_schema(town: Town) -> None:
    alert = out(town, draft(town))
    hidden = draft(town)
    atom = Client().get("/alerts/")
    tree = etree.fromstring(atom.content)
    names = {"a": "http://www.w3.org/2005/Atom", "c": "urn:oasis:names:tc:emergency:cap:1.2"}
    (href,) = tree.xpath("a:entry/a:link[@rel='alternate']/@href", namespaces=names)
    assert (atom.status_code, atom["Content-Type"].split(";")[0]) == (200, "application/atom+xml")
    assert Client().get(f"/alerts/{hidden.pk}.xml").status_code == 404
    path = href.removeprefix("http://testserver")
    first = etree.fromstring(Client().get(path).content)

    def read(document: Any, name: str) -> list[str]:
        return [str(one) for one in document.xpath(f".//c:{name}/text()", namespaces=names)]

    assert read(first, "msgType") == ["Alert"] and read(first, "sent") == ["2026-03-02T12:00:00+08:00"]
    assert read(first, "language") == ["zh-CN", "en"] and read(first, "description")[0] == SAID.description
    ring = read(first, "polygon")[0].split()
    assert ring[0] == ring[-1] and len(ring) >= 5 and 29 < float(ring[0].split(",")[0]) < 30
    cancel_alert(town.actor("station_chief"), alert=alert, reason="骗子已被抓获")
    second = etree.fromstring(Client().get(path).content)
    assert read(second, "msgType") == ["Cancel"]
    named = ",".join(read(first, name)[0] for name in ("sender", "identifier", "sent"))
    assert read(second, "references") == [named] and read(second, "identifier") != read(first, "identifier")
    assert b"\xe8\xa7\xa3\xe9\x99\xa4" in Client().get("/alerts/").content
    if SCHEMA.exists():
        schema = etree.XMLSchema(etree.parse(SCHEMA))
        schema.assertValid(first)
        schema.assertValid(second)
    with clock.fixed(NOON + timedelta(days=2)):
        assert b"<entry>" not in Client().get("/alerts/").content


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise's PGP plug-in still looks for it
def test_groups_of_the_area_are_told_and_only_what_was_declared_for_groups(town: Town, relay: Gateway) -> None:
    officer, admin = town.actor("community_officer"), town.actor("administrator")
    with pytest.raises(Invalid):
        set_group(
            officer, agency=town.rooms[0], name="一群", kind="wecom", address="https://evil.example/send?key=x1234567"
        )
    address = f"{relay.url}/robot"
    own = set_group(officer, agency=town.rooms[0], name="一群", kind="relay", address=address)
    other = set_group(admin, agency=town.rooms[1], name="二群", kind="relay", address=address)
    assert list(Group.objects.visible_to(town.actor("other_officer"))) == [other]
    with pytest.raises(Conflict):
        set_group(officer, agency=town.rooms[0], name="一群", kind="relay", address=address)
    alert = out(town, draft(town))
    send_all("group")
    (message,) = Message.objects.filter(channel="group")
    assert (message.state, message.recipient, message.subject_id) == ("sent", own.pk, str(alert.pk))
    told = json.dumps(relay.asked[-1]["body"], ensure_ascii=False)
    assert SAID.headline in told and "演community_officer" not in told
    relay.mood = "refusing"
    try_group(officer, group=own)
    send_all("group")
    assert "400" in Message.objects.get(template="group.test").last_error
    end_group(officer, group=own)
    own.refresh_from_db()
    assert own.address_sealed == b"" and not own.enabled
    with pytest.raises(RuntimeError):
        queue_to_group(
            channel="group", template="order.new", address="x", body={}, subject_type="", subject_id="", group=own.pk
        )


def test_no_text_for_groups_has_a_place_for_anything_personal() -> None:
    """Contract: the mutant is any new placeholder in a text for groups."""
    for name, text in TEXTS.items():
        used = {part[1] for form in (text.zh, text.en) for part in string.Formatter().parse(form) if part[1]}
        assert text.zh and text.en, name
        assert not text.to_group or used <= FOR_GROUPS, name
    assert not FOR_GROUPS & {"number", "place", "title", "name", "phone", "what", "address"}
    assert {name for name, text in TEXTS.items() if text.to_group} == {
        "group.test",
        "alert.published",
        "alert.cancelled",
    }


def test_my_alert_is_tested_on_every_channel_in_my_own_order(town: Town) -> None:
    person, officer = town.people["community_officer"], town.actor("community_officer")
    with pytest.raises(Conflict):
        try_my_alert(officer, person=person)
    with gateway() as sms, gateway() as voice:
        set_channel(SETUP, channel="sms", kind="sms", url=sms.url, place=1, secret=SECRET)
        set_channel(SETUP, channel="voice", kind="voice", url=voice.url, place=2, secret=SECRET)
        wish_channels(officer, order=["voice", "sms"], language="en")
        assert [way.config.name for way in ways_to(person)] == ["voice", "sms"]
        with pytest.raises(Invalid):
            wish_channels(officer, order=["pigeon"])
        with pytest.raises(Conflict):
            try_my_alert(town.actor("auxiliary"), person=person)
        with pytest.raises(NotAllowed):
            try_alert_of(town.actor("auxiliary"), person=person)
        voice.mood = "refusing"
        try_my_alert(officer, person=person)
        with pytest.raises(Conflict):
            try_my_alert(officer, person=person)
        send_all("sms", "voice")
        shown = {way.config.name: way for way in ways_to(person)}
        assert (shown["voice"].test.state, shown["sms"].test.state) == ("failed", "sent")  # type: ignore[union-attr]  # tested just now
        assert "400" in shown["voice"].test.last_error  # type: ignore[union-attr]  # the same
        assert sms.asked[-1]["body"]["text"].startswith("[Test]")
        assert Message.objects.count() == 2  # none stood in for another
        set_channel(SETUP, channel="sms", kind="sms", url=sms.url, place=1, own_order=False)
        assert [way.config.name for way in ways_to(person)] == ["sms", "voice"]
        account = open_account(SETUP, username="officer", person=person)
        token = make_token(SETUP, account=account, days=1)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "test-1"}
        answer = Client().post("/api/v1/me/channels/test", headers=headers)
        assert [row["test"] for row in answer.json()["channels"]] == ["queued", "queued"]
