"""Tickets to partners: rung, chased, written to their system, answered by a signed file."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.kernel.scope import system
from linli.matters.handovers.acts import CHASER, chase_handover, open_handover
from linli.matters.handovers.models import Handover
from linli.matters.notes.models import Note
from linli.org.agencies.models import Agency
from linli.works.exchange.acts import register_peer
from linli.works.exchange.acts.reading import read_folder
from linli.works.outbox.models import Message
from tests.peers import BUREAU, KEY, Their, written
from tests.town import Town, build_town, call

SETUP = system("setup")
pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build_town(2)


def ticket(town: Town) -> Handover:
    desk = town.actor("dispatcher")
    matter = call(desk, town, category="5010", address="柳林村12号")
    return open_handover(desk, matter=matter, to_agency=town.partner, mode="ask_along", text="请急救")


def test_a_partner_is_told_by_its_people_and_chased(town: Town) -> None:
    made = ticket(town)
    message = Message.objects.get(subject_type="matters.handover")
    assert (message.template, message.channel, message.recipient) == (
        "handover.sent",
        "wecom",
        town.people["partner_officer"].pk,
    )
    chase_handover(CHASER, handover=made)
    assert Message.objects.filter(template="handover.chased").count() == 1


def test_a_partner_with_a_telephone_is_rung_there(town: Town) -> None:
    Agency.objects.filter(pk=town.partner.pk).update(phone="0000-120")
    town.partner.refresh_from_db()
    ticket(town)
    message = Message.objects.get()
    assert (message.channel, message.addresses["voice"]) == ("sms", "0000-120")


def test_a_partner_that_nobody_can_reach_is_noted(town: Town) -> None:
    town.partner.posts.all().delete()
    made = ticket(town)
    assert "请自行通知" in Note.objects.get(matter=made.matter).text


def test_a_partners_system_gets_the_ticket_and_answers_by_file(town: Town, tmp_path: Path) -> None:
    side = Their(tmp_path, peer="rescue120")
    register_peer(
        SETUP,
        peer="rescue120",
        kind="files",
        key=KEY,
        inbox=str(side.inbox),
        outbox=str(side.outbox),
        agency_code=town.partner.code,
    )
    made = ticket(town)
    written("rescue120")
    told = side.ours()[0]["handover"]
    assert (told["handover"], told["mode"], told["what"]) == (str(made.pk), "ask_along", "sent")
    for status, state in (("accepted", "accepted"), ("completed", "answered")):
        answer = {"handover": told["handover"], "status": status, "text": "已送医"}
        side.send({"id": f"a-{status}", "kind": "handover_answer", "handover_answer": answer})
        assert read_folder(side.inbox).items == {"taken": 1}
        made.refresh_from_db()
        assert made.state == state
    assert made.answer == "已送医"


def test_a_peer_answers_only_its_own_tickets(town: Town, tmp_path: Path) -> None:
    their = Their(tmp_path)
    register_peer(SETUP, peer=BUREAU, kind="files", key=KEY, inbox=str(their.inbox), outbox=str(their.outbox))
    made = ticket(town)
    answer = {"handover": str(made.pk), "status": "completed", "text": "x"}
    their.send(
        {"id": "a", "kind": "handover_answer", "handover_answer": answer},
        {"id": "b", "kind": "handover_answer", "handover_answer": {"handover": "no uuid", "status": "accepted"}},
    )
    assert read_folder(their.inbox).items == {"rejected": 2}
    made.refresh_from_db()
    assert made.state == "sent"
