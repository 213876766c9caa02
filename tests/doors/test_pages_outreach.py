"""Pages of warnings, groups, one's channels, and of what goes to and comes from private groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from linli.kernel import clock
from linli.matters.ledger.models import Matter
from linli.matters.parties.models import Party
from linli.org.people.acts import open_account
from linli.outreach.alerts.models import Alert
from linli.trail.entries.models import Entry
from linli.trail.reads.models import Read
from linli.works.channels.acts.setting import set_channel
from linli.works.channels.models import Wish
from linli.works.outbox.models import Message
from tests.reading import told
from tests.town import SETUP, Town

Enter = Callable[[str], Client]
SAYS = "演赵六"
PASTED = f"{SAYS} 3/2 12:30\n一号楼老演钱家往楼道堆电池\n[图片]\n演孙七 3/2 12:31\n别人的闲话"


@pytest.fixture
def enter(town: Town) -> Enter:
    """``enter("station_chief")``: a signed-in browser of this person."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(open_account(SETUP, username=f"u-{name}", person=town.people[name]))
        return client

    return signed_in


def test_a_warning_from_draft_to_the_residents_page(enter: Enter, town: Town) -> None:
    officer, chief = enter("community_officer"), enter("station_chief")
    facts: dict[str, Any] = {
        "agency": "R1",
        "areas": ["R1"],
        "event": "fraud",
        "severity": "Severe",
        "urgency": "Expected",
        "certainty": "Observed",
        "headline": "有人冒充民警要求转账",
        "instruction": "挂断，拨打96110。",
        "expires_at": f"{clock.shanghai(clock.now() + timedelta(days=1)):%Y-%m-%dT%H:%M}",
    }
    assert "headline" in officer.post("/outreach/new", facts | {"headline": ""}).content.decode()
    made = officer.post("/outreach/new", facts)
    path = made["Location"]
    alert = Alert.objects.get()
    page = officer.get(path).content.decode()
    assert "请另一位" in page and "各位居民请注意" in page and f"{path}/approve" not in page
    assert enter("auxiliary").get("/outreach").status_code == 403
    assert Client().get(f"/door/alerts/{alert.pk}").status_code == 404
    chief.post(f"{path}/approve")
    officer.post(f"{path}/publish")
    door = Client().get("/door/alerts", {"lang": "zh-hans"})
    assert facts["headline"] in door.content.decode() and not door.cookies
    shown = Client().get(f"/door/alerts/{alert.pk}").content.decode()
    assert facts["instruction"] in shown and "演community_officer" not in shown
    card = officer.get(f"{path}/card.png")
    assert Image.open(BytesIO(card.content)).size == (750, 1000)
    assert f"/door/alerts/{alert.pk}" in officer.get(f"{path}/share").content.decode()
    assert chief.post(f"{path}/cancel", {"reason": ""}).status_code == 422
    chief.post(f"{path}/cancel", {"reason": "已抓获"})
    assert "已抓获" in Client().get(f"/door/alerts/{alert.pk}", {"lang": "zh-hans"}).content.decode()
    assert officer.get("/outreach/groups").status_code == officer.get("/outreach/groups/new").status_code == 200


def test_what_is_pasted_becomes_a_report_and_nobody_learns_who_said_it(enter: Enter, town: Town) -> None:
    officer = enter("community_officer")
    read = officer.post("/paste", {"step": "read", "pasted": PASTED}).content.decode()
    assert "往楼道堆电池" in read and Matter.objects.count() == 0
    form = {
        "step": "open",
        "pasted": PASTED,
        "line": ["0"],
        "text-0": "一号楼往楼道堆电池",
        "who-0": SAYS,
        "text-1": "别人的闲话",
        "kind": "hazard",
        "address": "一号楼",
    }
    assert officer.post("/paste", form | {"line": []}).status_code == 422
    assert officer.post("/paste", form | {"kind": "incident"}).status_code == 422
    officer.post("/paste", form)
    plain = Matter.objects.get()
    assert (plain.kind, plain.source, plain.details["what"]) == ("hazard", "group", "一号楼往楼道堆电池")
    assert not Party.objects.filter(matter=plain).exists() and "闲话" not in str(plain.details)
    officer.post("/paste", form | {"keep_who": "1"})
    kept = Matter.objects.exclude(pk=plain.pk).get()
    party = Party.objects.get(matter=kept)
    assert party.name == SAYS and SAYS.encode() not in bytes(party.name_sealed)
    seen = [officer.get(f"/api/v1/matters/{kept.number}").content.decode()]
    reader = enter("grid_worker")
    Matter.objects.filter(pk=kept.pk).update(assignee=town.people["grid_worker"])
    seen += [
        reader.get(f"/api/v1/matters/{kept.number}").content.decode(),
        reader.get("/api/v1/matters").content.decode(),
    ]
    seen += [str(list(Entry.objects.values_list("facts", flat=True))), f"{kept.title} {kept.details}"]
    assert kept.title in seen[1]
    assert SAYS in officer.get(f"/matters/{kept.number}/share").content.decode() and Read.objects.count() == 1
    share = reader.get(f"/matters/{kept.number}/share").content.decode()
    assert not [text for text in (*seen, share) if SAYS in text or SAYS[1:] in text]
    assert kept.title not in share and kept.number in share
    assert reader.get(f"/matters/{kept.number}/card.png")["Content-Type"] == "image/png"


def test_my_channels_and_the_test_of_my_alert(enter: Enter, town: Town) -> None:
    officer, chief = enter("community_officer"), enter("station_chief")
    assert "没有通道能通知到您" in officer.get("/mine/channels").content.decode()
    assert officer.post("/mine/channels/test").status_code == 409
    for place, kind in enumerate(("sms", "voice"), 1):
        set_channel(SETUP, channel=kind, kind=kind, url="http://127.0.0.1:9", secret="x" * 20, place=place)
    answer = officer.post(
        "/mine/channels", {"first": "voice", "language": "zh", "quiet_from": "22:00", "quiet_until": ""}
    )
    assert answer.status_code == 422
    facts = {"first": "voice", "language": "en", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert officer.post("/mine/channels", facts)["Location"] == "/mine/channels"
    assert Wish.objects.get().channels == ["voice", "sms"]
    officer.post("/mine/channels/test")
    assert Message.objects.filter(template="alert.test").count() == 2
    Message.objects.filter(channel="voice").update(state="failed", last_error="HTTP 400: no such number")
    shown = told(officer.get("/mine/channels"))
    assert shown.index("1. voice") < shown.index("2. sms") and "no such number" in shown and "139" not in shown
    staff_no = town.people["community_officer"].staff_no
    assert officer.post(f"/people/{staff_no}/alert-test").status_code == 403
    Message.objects.all().delete()
    chief.post(f"/people/{staff_no}/alert-test")
    assert Message.objects.filter(template="alert.test").count() == 2
