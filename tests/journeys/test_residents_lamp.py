"""A lamp reported by a resident at the public door, looked at by a grid worker with a code card, handed to the street
office, mended, answered, judged: everybody by his own door, by HTTP.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from linli.kernel import clock
from linli.matters.public.acts import INTAKE
from linli.org.agencies.acts import open_agency
from tests.town import SETUP, Town, build_town, person
from tests.visiting import Visitor, at_desk, by_card

HIDDEN = re.compile(r'name="(opened|once)" value="([^"]*)"')
NUMBER, CODE = re.compile(r"<b>(YH\d{8}-\d+)</b>"), re.compile(r"<b>(\w{4}-\w{4})</b>")


@pytest.fixture
def town(db: None) -> Town:
    INTAKE.forget()
    made = build_town()
    street = open_agency(
        SETUP, code="ST1", name="溪东街道办", kind="partner", parent=made.bureau, partner_service="street"
    )
    made.people["clerk"] = person("partner_officer", street, staff_no="clerk")
    return made


def reported(resident: Visitor) -> dict[str, str]:
    """A dark lamp, told at the door without a name; the two keys of its sender."""
    with clock.fixed(clock.now() - timedelta(seconds=5)):
        form = dict(HIDDEN.findall(resident.page("/door/send/hazard?room=R1")))
    facts: dict[str, Any] = {**form, "sort": "lamp", "text": "村口第三盏路灯不亮", "readers": "room"}
    page = resident.press("/door/send/hazard?room=R1", status=200, **facts)
    return {"number": NUMBER.findall(page)[0], "code": CODE.findall(page)[0]}


def followed(resident: Visitor, keys: dict[str, str], **more: str) -> str:
    return resident.press("/door/follow", status=200, **keys, **more)


def test_from_a_dark_lamp_to_its_senders_opinion(town: Town) -> None:
    resident, officer = Visitor(Client()), at_desk(town, "community_officer")
    worker, clerk = by_card(town, officer, "grid_worker"), at_desk(town, "clerk")
    keys = reported(resident)
    number = keys["number"]
    assert number in officer.page("/matters"), "it stands in the ledger of the room"
    clerk.page(f"/matters/{number}", status=404)
    officer.tell(f"/matters/{number}/assign", assignee="grid_worker")

    held = {key: data for key, data in worker.takes_along().items() if data.get("number") == number}
    [(item, data)] = [(key, data) for key, data in held.items() if key.startswith("matter:")]
    assert data["group"] == "today" and "matter.move:hazard.demand" in data["acts"]
    by = (clock.today() + timedelta(days=3)).isoformat()
    seen = {"holder": "street", "due_at": f"{by}T18:00:00+08:00", "demanded": "换灯"}
    worker.does("matter.move:hazard.demand", item.partition(":")[2], **seen)
    shown = officer.ask(f"/matters/{number}")
    assert (shown["state"], shown["details"]["demanded"]) == ("to_put_right", "换灯"), "the officer sees his step"

    officer.tell(f"/matters/{number}/handovers", agency="ST1", mode="hand_over", text="请换灯")
    [ticket] = [one for one in clerk.ask("/handovers")["items"] if one["number"] == number]
    assert "请换灯" in clerk.page("/tickets")
    clerk.press(f"/tickets/{ticket['id']}/moves/accept")
    assert "溪东街道办已接收" in followed(resident, keys), "its sender sees where it lies, as it lies there"
    clerk.press(f"/tickets/{ticket['id']}/moves/answer", answer="灯已换")
    shown = officer.ask(f"/matters/{number}")
    assert (shown["state"], shown["details"]["outcome"]) == ("settled", "灯已换")
    panel = officer.page(f"/matters/{number}")
    assert "群众来件" in panel and "最迟" in panel
    officer.press(f"/matters/{number}/public/answer", text="街道已换灯，谢谢您")
    officer.tell(f"/matters/{number}/moves/close")
    _answered(town, resident, officer, keys)


def _answered(town: Town, resident: Visitor, officer: Visitor, keys: dict[str, str]) -> None:
    """What its sender reads, and what he thinks of it."""
    number, read = keys["number"], followed(resident, keys)
    steps = ("已收到", "已交人办理", "已转交溪东街道办", "溪东街道办已接收", "街道已换灯，谢谢您")
    for said in steps:
        assert said in read, said
    assert "演" not in read, "nobody's name"
    followed(resident, keys, do="opinion", opinion="solved", opinion_text="三天亮了")
    opinions = at_desk(town, "station_chief").page("/opinions")
    assert "三天亮了" in opinions and number in opinions and "第1警务室" in opinions
    renewed = officer.press(f"/matters/{number}/public/code", status=200)
    resident.press("/door/follow", status=404, **keys)
    followed(resident, {**keys, "code": CODE.findall(renewed)[0]})
