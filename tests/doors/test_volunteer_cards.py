"""A safety watcher signs in under a number, tells the area officer what he saw, does his tasks, and leaves no name."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from linli.field.devices.acts import register_phone
from linli.field.devices.models import Phone
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.matters.ledger.acts import Placed, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.line.models import Hop
from linli.matters.tasks.acts import issue_task
from linli.matters.tasks.models import Receipt
from linli.org.codecards.models import CodeCard
from linli.org.codecards.queries import code_shown, narrowed
from linli.org.people.acts import open_account
from linli.org.people.models import Account, Person
from linli.org.posts.acts import appoint_person
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.trail.entries.models import Entry
from linli.volunteers.entering.acts import give_member_card
from linli.volunteers.members.acts import move_member, register_member, withdraw_member
from linli.volunteers.members.models import Member
from tests.town import Town, build_town

NAME, PHONE, OWN = "演监督", "13900000077", "846203"


def told(answer: Any) -> str:
    """What a page says, without its tags, scripts and keys."""
    html = re.sub(r"(?s)<(script|style|template)\b.*?</\1>", " ", answer.content.decode())
    return re.sub(r"<[^>]+>", " ", html)


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=2)


def watcher(town: Town, code: str = "V-7") -> Member:
    officer = town.actor("community_officer")
    return register_member(
        officer, code=code, kind="safety_watcher", name=NAME, phone=PHONE, agency=town.rooms[0],
        consented_on=clock.today(),
    )  # fmt: skip


def signed_in(town: Town) -> tuple[Member, Person, Client]:
    """The room gives the card at its page; the volunteer binds his phone and is in."""
    member, office, phone = watcher(town), Client(), Client()
    office.force_login(open_account(town.actor("administrator"), username="o", person=town.people["community_officer"]))
    assert "发码卡" in told(office.get("/volunteers/V-7"))
    assert office.post("/volunteers/V-7/card")["Location"] == "/code-cards"
    shown = office.get("/code-cards")
    page, (pin,) = told(shown), re.findall(r"<b>(\d{6})</b>", shown.content.decode())
    member.refresh_from_db()
    assert member.person is not None
    assert NAME not in page and member.person.name in page
    assert "发码卡" not in told(office.get("/volunteers/V-7"))
    card = CodeCard.objects.get(person=member.person)
    assert phone.post("/sign-in/card", {"code": code_shown(card), "pin": pin}).status_code == 302
    assert phone.post("/sign-in/card/pin", {"pin": OWN, "again": OWN})["Location"] == "/field/"
    return member, member.person, phone


def test_he_sees_and_does_what_is_his_and_no_more(town: Town) -> None:
    _, person, phone = signed_in(town)
    forms = {form["act"] for form in phone.get("/api/v1/field/forms").json()["forms"]}
    kinds = {act.partition(":")[2] for act in forms if act.startswith("matter.open")}
    assert kinds == {"tip", "hazard", "community_info", "help_request"}
    assert not {act for act in forms if act.startswith(("visit", "mediation", "report.submit", "care"))}
    actor = narrowed(person_actor(person, door="page"), {"code_card": "x"})
    others = open_matter(
        town.actor("community_officer"), kind="tip", title="别人的", details={"what": "别人"},
        place=Placed(agency=town.rooms[0], station=town.station), source="field",
    )  # fmt: skip
    seen = open_matter(
        actor, kind="tip", title="半夜搬电瓶", details={"what": "面包车，三个人"},
        place=Placed(agency=town.rooms[0], station=town.station), source="field",
    )  # fmt: skip
    hop = Hop.objects.get(matter=seen)
    assert (hop.level, hop.agency) == (3, town.rooms[0]), "the area officer first, past assistant and auxiliary"
    assert list(Matter.objects.visible_to(actor)) == [seen]
    task = issue_task(
        town.actor("station_chief"), source="order", title="看守校门", what="放学时段",
        posts=["safety_watcher"], area=town.station, ends_at=clock.now() + timedelta(days=2),
    )  # fmt: skip
    assert list(Receipt.objects.filter(tasking=task).values_list("person_id", flat=True)) == [person.pk]
    for path in ("/mine", "/today", "/line", "/tasks", "/matters", "/field/"):
        page = phone.get(path)
        assert page.status_code == 200, path
        assert "别人的" not in told(page), path
    assert "半夜搬电瓶" in told(phone.get("/line?show=mine"))
    assert "看守校门" in told(phone.get("/tasks"))
    assert phone.get(f"/matters/{others.number}").status_code == 404
    for path in ("/register", "/volunteers", "/people", "/map", "/visits/all", "/mediation", "/board", "/code-cards"):
        assert phone.get(path).status_code == 403, path


def test_leaving_erases_him_whole(town: Town) -> None:
    member, person, phone = signed_in(town)
    device = uuid.UUID(int=7)
    register_phone(person_actor(person, door="field"), device=device, title="老王的手机", said={"agent": "x"})
    assert phone.get("/calendar").status_code < 500
    withdraw_member(town.actor("community_officer"), member=member)
    member.refresh_from_db()
    assert (member.person, member.name, member.phone) == (None, "", "")
    assert phone.get("/mine").status_code == 302, "his session is over"
    assert CodeCard.objects.get(person=person).state == "revoked"
    assert not Account.objects.get(person=person).is_active
    assert not Post.objects.held_on(clock.today()).filter(person=person)
    left = Phone.objects.get(pk=device)
    assert left.wiped_at is not None and (left.name, left.facts, bytes(left.recovery)) == ("", {}, b"")
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
        assert not [word for word in (NAME, PHONE, "老王的手机") if word in rows], table
    assert Entry.objects.filter(actor_name=person.name).exists() or person.name.startswith("监督员")


def test_who_gets_none(town: Town) -> None:
    officer, member = town.actor("community_officer"), watcher(town)
    with pytest.raises(NotAllowed):
        give_member_card(town.actor("other_officer"), member=member, starter="730518")
    move_member(officer, member=member, move="pause")
    with pytest.raises(Conflict, match=r"volunteer\.not_active"):
        give_member_card(officer, member=member, starter="730518")
    member.refresh_from_db()
    move_member(officer, member=member, move="resume")
    member.refresh_from_db()
    give_member_card(officer, member=member, starter="730518")
    with pytest.raises(Conflict, match=r"volunteer\.has_card"):
        give_member_card(officer, member=member, starter="730518")
    with pytest.raises(Invalid, match=r"post\.nameless"):
        appoint_person(
            town.actor("administrator"), staff_no="X1", name="有名字", agency=town.rooms[0], code="safety_watcher",
            since=clock.today(),
        )  # fmt: skip
