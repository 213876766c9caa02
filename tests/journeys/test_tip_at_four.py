"""A tip given at four in the morning without a name; checked, a team sent, two people caught; its giver reads the
answer by his receipt, and nothing in the house leads to him.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.kernel import clock
from linli.matters.ledger.models import Matter
from linli.org.roster.acts import plan_shift
from linli.tips.talk.models import Tip
from tests import tipping
from tests.doors.test_pages_tips import MARKS, photo
from tests.tipping import PASS, SEEN
from tests.town import SETUP, Town, build_town
from tests.visiting import Visitor, at_desk

FOUR_AM = datetime(2026, 11, 22, 20, 4, 31, tzinfo=UTC)
CLAIM = re.compile(r"领取码 (\d{8})")


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    tipping.quicken(monkeypatch)
    made = build_town(rooms=2)
    tipping.desk_person(made)
    return made


def given(giver: Visitor) -> str:
    """Form and photograph; the receipt."""
    hidden = dict(re.findall(r'name="(once|opened)" value="([^"]+)"', giver.page("/t/give")))
    clock.advance(timedelta(seconds=30))
    fields: dict[str, Any] = {**hidden, "what": SEEN, "place": "room:R1", "audience": "officer", "where": "集市后巷"}
    page = giver.press("/t/give", status=200, **fields, files=SimpleUploadedFile("marker-author-name.jpg", photo()))
    found = re.search(r"<b>(\d{4} \d{4} \d{4} \d{4})</b>", page)
    assert found
    return found[1]


def looked(giver: Visitor, receipt: str, **more: str) -> str:
    return giver.press("/t/look", status=200, receipt=receipt, **more)


def test_a_tip_at_four_in_the_morning(town: Town) -> None:
    with clock.fixed(FOUR_AM):
        giver = Visitor(Client(**MARKS))  # type: ignore[arg-type]  # the stubs know no extra headers
        officer, auxiliary = at_desk(town, "community_officer"), at_desk(town, "auxiliary")
        officer.press("/tips/key", passphrase=PASS, again=PASS)
        plan_shift(SETUP, agency=town.rooms[0], person=town.people["auxiliary"], begins_at=FOUR_AM, ends_at=FOUR_AM + timedelta(hours=4))  # fmt: skip  # noqa: E501
        receipt = given(giver)
        tip = Tip.objects.get()
        officer.press("/tips/unlock", passphrase=PASS, tip=str(tip.pk))
        assert SEEN in officer.page(f"/tips/{tip.pk}")
        auxiliary.page(f"/tips/{tip.pk}", status=403)
        officer.press(f"/tips/{tip.pk}/answer", text="那里有灯吗？")
        assert "那里有灯吗？" in looked(giver, receipt)
        looked(giver, receipt, do="write", text="没有灯")
        assert "没有灯" in officer.page(f"/tips/{tip.pk}")
        number = _checked_and_caught(town, officer, auxiliary, tip)
        officer.press(f"/tips/{tip.pk}/close", outcome="acted", text="抓到了两个人，谢谢您")
        last = looked(giver, receipt)
        for said in ("抓到了两个人，谢谢您", "已查实并处理", "奖励200元", "线索帮了大忙"):
            assert said in last, said
        claim = CLAIM.search(last)
        assert claim
        officer.press(f"/matters/{number}/pay", code=claim[1])
        assert "领取码" not in looked(giver, receipt), "paid, and nobody was asked for a name"
        _nothing_leads_to_him(town, receipt, number)


def _checked_and_caught(town: Town, officer: Visitor, auxiliary: Visitor, tip: Tip) -> str:
    """Passed on in the reader's own words, checked, the rostered team sent with one tap, its result, the thanks."""
    officer.press(f"/tips/{tip.pk}/pass-on", agency="R1", title="后巷夜间撬车", what="夜里有人撬电动车")
    [number] = re.findall(r"XS\d{8}-\d+", officer.page(f"/tips/{tip.pk}"))[:1]
    officer.press(f"/tips/{tip.pk}/check")
    officer.tell(f"/matters/{number}/moves/check", checked="两人在车旁")
    officer.press(f"/matters/{number}/send", plain_clothes="1")
    [(key, out)] = [(key, data) for key, data in auxiliary.takes_along().items() if key.startswith("sortie:")]
    assert out["group"] == "now" and "夜里有人撬电动车" in out["lines"] and SEEN not in str(out)
    leader = {key: data for key, data in officer.takes_along().items() if key.startswith("sortie:")}
    assert "sortie.report" in leader[key]["acts"], "who leads it reports"
    result: dict[str, Any] = {
        "finding": "caught",
        "held": 2,
        "gangs": 1,
        "goods": "撬锁工具",
        "account": "当场抓获两人",
    }
    officer.does("sortie.report", key.partition(":")[2], **result)
    assert officer.ask(f"/matters/{number}")["state"] == "settled"
    officer.press(f"/matters/{number}/thank", text="线索帮了大忙", reward_yuan="200")
    results = at_desk(town, "station_chief").page("/results")
    assert number in results and SEEN not in results
    return str(number)


def _nothing_leads_to_him(town: Town, receipt: str, number: str) -> None:
    """Neither the address, the browser or the photograph, nor the matter that was made of it; and no hour."""
    told = tipping.every_row() + tipping.every_file().decode(errors="replace")
    marks = ("203.0.113.77", "198.51.100.23", "Marker-Browser", "tlh;q", "marker-", "MarkerMaker")
    for mark in (*marks, SEEN, "没有灯", receipt, receipt.replace(" ", "")):
        assert mark not in told, mark
    matter, tip = Matter.objects.get(number=number), Tip.objects.get()
    assert not matter.parties.exists() and str(matter.pk) not in str(Tip.objects.values().get())
    assert str(tip.pk) not in str(Matter.objects.filter(pk=matter.pk).values().get()), "the tie is sealed in the talk"
    assert (tip.given_on, tip.closed_on) == (clock.today(), clock.today()), "days, no hours"
